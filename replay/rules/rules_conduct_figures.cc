// A23 headline against ledger: a published figure that the log does not bear out by the comparator
// that was written, or that says persons (人) where only person-times (人次) hold.
//
// The figure is recomputed by replay/figures.h from the metric that the programme's pack gives it
// (rules_conduct_packs.h), with the value, comparator and unit that were reported, over the facts
// up to the day as of which it was reported. A figure that no pack defines, or that the pack itself
// doubts, cannot be known and is not doubted here.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "replay/figures.h"
#include "replay/rules/rules_conduct_packs.h"

namespace houniao::rules {
namespace {

constexpr std::array kParameters = {
    Parameter{"near_permille", 0, "“近”的下限千分比（0：按项目规则）",
              "least share for \"near\", in permille (0: as the programme's rules say)"},
    Parameter{"about_permille", 0, "“约”的偏差千分比（0：按项目规则）",
              "deviation for \"about\", in permille (0: as the programme's rules say)"},
};

// The signs that reports carry and the words that articles write.
std::optional<Comparator> comparator_of(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, Comparator>, 20> kWords = {{
      {"", Comparator::equal},        {"=", Comparator::equal},
      {"共", Comparator::equal},      {">", Comparator::above},
      {"多", Comparator::above},      {"余", Comparator::above},
      {"突破", Comparator::above},    {"超", Comparator::above},
      {"超过", Comparator::above},    {"<", Comparator::near},
      {"近", Comparator::near},       {"将近", Comparator::near},
      {"~", Comparator::about},       {"约", Comparator::about},
      {"左右", Comparator::about},    {">=", Comparator::at_least},
      {"至少", Comparator::at_least}, {"不少于", Comparator::at_least},
      {"≥", Comparator::at_least},    {"≈", Comparator::about},
  }};
  for (const auto& [word, comparator] : kWords) {
    if (word == text) return comparator;
  }
  return std::nullopt;
}

// Facts after the day were not there to be counted.
void limit_days(MetricWhere& where, Day last) {
  if (!where.to || *where.to > last) where.to = last;
}

// The number of different people, for a figure that counts person-times.
Metric by_person(Metric metric) {
  metric.op = MetricOp::distinct;
  metric.of = MetricOf::subject;
  return metric;
}
bool counts_person_times(const Metric& metric) {
  return (metric.op == MetricOp::sum && metric.of == MetricOf::quantity) ||
         (metric.op == MetricOp::count && metric.of == MetricOf::rows);
}

class Headlines final : public Rule {
 public:
  explicit Headlines(const Parameters& parameters)
      : near_permille_(capped(parameters, "near_permille", kPermilleMax)),
        about_permille_(capped(parameters, "about_permille", kPermilleMax)) {}

  void observe(const Observation& seen) override {
    packs_.observe(seen);
    if (seen.type == Body::FIGURE_REPORTED) {
      programmes_[seen.id] = ProgrammeId{seen.event.getProgramme()};
    }
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    if (state.audit.figures.empty()) return;
    std::map<const Pack*, std::vector<Claim>> by_pack;
    std::map<std::uint64_t, const Pack*> packs;  // by programme
    for (const FigureReport& report : state.audit.figures) {
      if (!state.in_force(report.event)) continue;
      const auto at = programmes_.find(report.event);
      const ProgrammeId programme = at == programmes_.end() ? ProgrammeId{} : at->second;
      const auto [known, fresh] = packs.try_emplace(programme.value, nullptr);
      if (fresh) known->second = packs_.of(state, programme);
      if (known->second == nullptr) continue;
      if (std::optional<Claim> claim = claim_of(state, report, *known->second)) {
        by_pack[known->second].push_back(std::move(*claim));
      }
    }
    for (const auto& [pack, claims] : by_pack) judge(state, *pack, claims, out);
  }

 private:
  // A report as the figure of the pack that it is about.
  struct Claim {
    const FigureReport* report = nullptr;
    PackFigure figure;
    bool as_persons = false;  // persons are said where the pack counts person-times
  };
  std::optional<Claim> claim_of(const State& state, const FigureReport& report,
                                const Pack& pack) const;
  void judge(const State& state, const Pack& pack, const std::vector<Claim>& claims,
             std::vector<Anomaly>& out) const;

  PublishedPacks packs_;
  boost::unordered_flat_map<EventId, ProgrammeId> programmes_;
  std::int64_t near_permille_;
  std::int64_t about_permille_;
};

std::optional<Headlines::Claim> Headlines::claim_of(const State& state, const FigureReport& report,
                                                    const Pack& pack) const {
  const PackFigure* written = pack.figure(state.symbols().text(report.figure));
  const auto comparator = comparator_of(state.symbols().text(report.comparator));
  if (written == nullptr || !comparator) return std::nullopt;
  Claim claim;
  claim.report = &report;
  claim.figure = *written;
  const std::string_view unit = state.symbols().text(report.unit);
  if (!unit.empty() && unit != written->unit) {
    if (written->reading && unit == written->reading->unit.zh) {
      claim.figure.metric = written->reading->metric;
    } else if (unit == "人" && written->unit == "人次" && counts_person_times(written->metric)) {
      claim.figure.metric = by_person(written->metric);
      claim.as_persons = true;
    } else {
      return std::nullopt;  // another thing than the pack counts
    }
    claim.figure.reading.reset();
  }
  // The further parts of a claim are the pack's own; where another value is reported they cannot
  // be what is meant.
  if (report.value != written->value) claim.figure.also.clear();
  claim.figure.value = report.value;
  claim.figure.comparator = *comparator;
  // Doubts that rest on other figures are not asked; all others stand.
  std::erase_if(claim.figure.doubts, [](const PackDoubt& doubt_of) {
    return doubt_of.when == PackDoubt::When::reconciliation;
  });
  if (report.as_of.value != 0 && report.as_of < pack.to) {
    limit_days(claim.figure.metric.where, report.as_of);
    limit_days(claim.figure.metric.among, report.as_of);
    if (claim.figure.reading) limit_days(claim.figure.reading->metric.where, report.as_of);
  }
  return claim;
}

void Headlines::judge(const State& state, const Pack& pack, const std::vector<Claim>& claims,
                      std::vector<Anomaly>& out) const {
  // The figures of the pack that judges are those that were reported, each as often as it was.
  Pack question;
  question.code = pack.code;
  question.policy = pack.policy;
  if (near_permille_ > 0)
    question.policy.near_permille = static_cast<std::uint16_t>(near_permille_);
  if (about_permille_ > 0) {
    question.policy.about_permille = static_cast<std::uint16_t>(about_permille_);
  }
  question.holidays = pack.holidays;
  for (const Claim& claim : claims) question.figures.push_back(claim.figure);
  const std::vector<FigureResult> results = compute_figures(state, question);
  HOUNIAO_ASSERT(results.size() == claims.size());
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (results[i].verdict != FigureVerdict::refuted) continue;
    const Claim& claim = claims[i];
    const std::string persons_zh = claim.as_persons ? "（所报为“人”，项目规则只统计“人次”）" : "";
    const std::string persons_en =
        claim.as_persons ? " (persons are reported where the pack counts person-times)" : "";
    doubt(out, {claim.report->event}, 0, {},
          "指标 " + results[i].id + " 上报 " + number(claim.report->value) + persons_zh + "，" +
              results[i].reason_zh,
          "figure " + results[i].id + " is reported as " + number(claim.report->value) +
              persons_en + ": " + results[i].reason_en);
  }
}

const std::array kRows = {RuleRow{
    .number = 23,
    .version = 1,
    .zh = "宣传数字与台账不符",
    .en = "headline against ledger",
    .basis = "统计法（统计资料真实、准确、完整）；项目规则中的计数口径",
    .basis_en =
        "Statistics Law (true, accurate and complete figures); the counting rules of the pack",
    .innocent_zh = "核对统计截止日、口径（人与人次、是否含子项目）以及是否有尚未同步的平板",
    .innocent_en =
        "check the day of the count, what is counted (persons or person-times, programmes "
        "below) and whether tablets have not synchronised yet",
    .parameters = kParameters,
    .reads = {},
    .by_day = false,
    .make = make_rule<Headlines>,
}};

}  // namespace

std::span<const RuleRow> rules_of_figures() { return kRows; }

}  // namespace houniao::rules
