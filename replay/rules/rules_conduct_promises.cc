// A17 obligations missed or made up: periods in which nothing that qualifies was done, periods
// whose work was all crowded into the last days, and many places visited by one owner in a single
// day. Whether a promise was kept is asked of replay/obligations.h.
//
// A pack says what a log does not: who owes a promise and when the holidays are. It is the one that
// the programme published with its body, else the one of the programme's code that is built in.
#include <algorithm>
#include <array>
#include <map>

#include "replay/obligations.h"
#include "replay/rules/rules_conduct_packs.h"

namespace houniao::rules {
namespace {

constexpr std::array kParameters = {
    Parameter{"rush_days", 7, "期末突击：全部履行集中在期末的天数",
              "last days of a period in which all of its work was done"},
    Parameter{"rush_min", 3, "期末突击：至少应履行的次数",
              "least threshold for a rush to mean anything"},
    Parameter{"rush_period_days", 28, "期末突击：只看不短于此的期间",
              "shortest period, in days, that can be rushed"},
    Parameter{"places_per_day", 6, "同一人一日到访不同地点数达到此数",
              "different places that one owner can hardly visit in a day"},
};

class Promises final : public Rule {
 public:
  explicit Promises(const Parameters& parameters)
      : rush_days_(capped(parameters, "rush_days", kDaysMax)),
        rush_min_(parameters.get("rush_min")),
        rush_period_days_(capped(parameters, "rush_period_days", kDaysMax)),
        places_per_day_(parameters.get("places_per_day")) {}

  void observe(const Observation& seen) override { packs_.observe(seen); }

  void find(const State& state, Day today, std::vector<Anomaly>& out) const override {
    // A parent's pack also covers the programmes below it; each obligation is asked once.
    std::map<std::uint64_t, const Pack*> packs;  // by obligation
    for (const auto& [id, obligation] : state.programmes.obligations) {
      if (!state.in_force(id)) continue;
      packs[id.value] = packs_.of(state, obligation.programme);
    }
    for (const auto& [id, pack] : packs) {
      const Obligation& obligation = state.programmes.obligations.find(ObligationId{id})->second;
      ask(state, obligation, pack, today, out);
      check_places(state, obligation, today, out);
    }
  }

 private:
  // What the log says about one owner's periods.
  struct Record {
    std::int64_t missed = 0;
    std::string first_missed;
    std::int64_t rushed = 0;
    std::vector<EventId> rushed_by;
  };

  void ask(const State& state, const Obligation& obligation, const Pack* pack, Day today,
           std::vector<Anomaly>& out) const;
  void see(const State& state, const Obligation& obligation, const ObligationPeriod& period,
           Record& record) const;
  void check_places(const State& state, const Obligation& obligation, Day today,
                    std::vector<Anomaly>& out) const;

  PublishedPacks packs_;
  std::int64_t rush_days_;
  std::int64_t rush_min_;
  std::int64_t rush_period_days_;
  std::int64_t places_per_day_;
};

boost::unordered_flat_set<std::uint64_t> with_evidence(const State& state) {
  boost::unordered_flat_set<std::uint64_t> out;
  for (const auto& [hash, uses] : state.services.evidence) {
    for (const EvidenceUse& use : uses) out.insert(use.target.value);
  }
  return out;
}

void Promises::ask(const State& state, const Obligation& obligation, const Pack* pack, Day today,
                   std::vector<Anomaly>& out) const {
  FigureInputs inputs = figure_inputs(state);
  const FigureInputs everybody = pack == nullptr ? inputs : inputs_of(figure_inputs(state), *pack);
  inputs.within = programmes_below(state, obligation.programme);
  ObligationTerms terms;
  boost::unordered_flat_set<std::uint64_t> proven;
  if (obligation.evidence_needed) proven = with_evidence(state);
  terms.with_evidence = &proven;
  if (pack != nullptr) {
    inputs.holidays = pack->holidays;
    terms.holidays = pack->holidays;
    terms.among_inputs = &everybody;
    const PackObligation* written = pack->obligation(state.symbols().text(obligation.code));
    if (written != nullptr && written->among) terms.among = &*written->among;
  }
  if (const Programme* programme = state.programme(obligation.programme)) {
    terms.ends = std::min(programme->to, programme->closed_on());
  }
  const ObligationResult result = check_obligation(inputs, obligation, terms, today);
  std::map<std::uint64_t, Record> by_owner;
  for (const ObligationPeriod& period : result.periods) {
    see(state, obligation, period, by_owner[period.owner]);
  }
  for (auto& [owner, record] : by_owner) {
    std::vector<EventId> events = {EventId{obligation.id.value}};
    if (owner != 0) events.push_back(EventId{owner});
    if (record.missed > 0) {
      doubt(out, events, owner, {},
            "义务 " + result.code + " 有 " + number(record.missed) + " 期未履行，最早为 " +
                record.first_missed,
            "promise " + result.code + " was not kept in " + number(record.missed) +
                " periods, the first of them " + record.first_missed);
    }
    if (record.rushed > 0) {
      events.insert(events.end(), record.rushed_by.begin(), record.rushed_by.end());
      doubt(out, std::move(events), owner, {},
            "义务 " + result.code + " 有 " + number(record.rushed) + " 期全部集中在最后 " +
                number(rush_days_) + " 天履行",
            "all the work for promise " + result.code + " was done in the last " +
                number(rush_days_) + " days of " + number(record.rushed) + " periods");
    }
  }
}

void Promises::see(const State& state, const Obligation& obligation, const ObligationPeriod& period,
                   Record& record) const {
  if (period.status == ObligationStatus::missed) {
    if (record.missed++ == 0) record.first_missed = period.period.name;
    return;
  }
  const std::int64_t days = std::int64_t{period.period.to.value} - period.period.from.value + 1;
  if (period.status != ObligationStatus::met || obligation.threshold < rush_min_ ||
      days < rush_period_days_ || period.proof.empty()) {
    return;
  }
  // The proof is by day, so its first event tells when the work began.
  const FactTable::RowSpan rows = state.facts.rows_of(period.proof.front().event);
  if (rows.count == 0) return;
  const std::int32_t began = state.facts.columns().day[rows.first];
  if (std::int64_t{began} <= std::int64_t{period.period.to.value} - rush_days_) return;
  ++record.rushed;
  for (const DecidingEvent& deed : period.proof) record.rushed_by.push_back(deed.event);
}

// A promise that counts different places, kept by rushing through them.
void Promises::check_places(const State& state, const Obligation& obligation, Day today,
                            std::vector<Anomaly>& out) const {
  if (obligation.distinct != static_cast<std::uint16_t>(schema::ObligationDefined::Distinct::SITES))
    return;
  const CatalogueRow* row = find_row(state.symbols().text(obligation.event_type));
  if (row == nullptr) return;
  const std::vector<std::uint64_t> within = programmes_below(state, obligation.programme);
  FactFilter filter;
  filter.types.set(static_cast<std::size_t>(row->type));
  if (obligation.event_kind != kNoText) filter.kinds = {obligation.event_kind};
  filter.from_day = obligation.from.value;
  filter.to_day = std::min(obligation.to, today).value;
  struct Visit {
    std::uint64_t site = 0;
    EventId event;
  };
  std::map<std::pair<std::uint64_t, std::int32_t>, std::vector<Visit>> visits;
  state.facts.scan(filter, [&](const FactTable::Columns& c, std::size_t i) {
    if (c.staff[i] == 0 || c.site[i] == 0) return;
    if (!std::binary_search(within.begin(), within.end(), c.programme[i])) return;
    visits[{c.staff[i], c.day[i]}].push_back({c.site[i], EventId{c.event[i]}});
  });
  for (const auto& [who, list] : visits) {
    std::vector<std::uint64_t> sites;
    for (const Visit& visit : list) sites.push_back(visit.site);
    std::sort(sites.begin(), sites.end());
    sites.erase(std::unique(sites.begin(), sites.end()), sites.end());
    const auto places = static_cast<std::int64_t>(sites.size());
    if (places < places_per_day_) continue;
    std::vector<EventId> events;
    for (const Visit& visit : list) events.push_back(visit.event);
    doubt(out, std::move(events), who.first, {},
          "一人在 " + to_string(Day{who.second}) + " 一日内到访 " + number(places) +
              " 个地点以凑足义务",
          "one person visited " + number(places) + " places on " + to_string(Day{who.second}) +
              " for a promise that counts places");
  }
}

const std::array kRows = {RuleRow{
    .number = 17,
    .version = 1,
    .zh = "义务未履行或凑数履行",
    .en = "obligation missed or made up",
    .basis = "项目承诺（义务设定）；政府购买服务管理办法（绩效管理）",
    .basis_en = "the programme's own promises; Measures on Government Purchase of Services "
                "(performance)",
    .innocent_zh =
        "核对是否有停办通知或豁免未录入、记录是否仍在离线平板上、期末集中是否因节假日安排",
    .innocent_en = "check for a closure or waiver that was not recorded, for records still on a "
                   "tablet, and whether holidays explain the last days",
    .parameters = kParameters,
    .reads = {},
    .by_day = true,
    .make = make_rule<Promises>,
}};

}  // namespace

std::span<const RuleRow> rules_of_promises() { return kRows; }

}  // namespace houniao::rules
