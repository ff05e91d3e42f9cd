#include "replay/figures.h"

#include <algorithm>
#include <optional>

#include "replay/selection.h"

namespace houniao {
namespace {

// --- sentences ----------------------------------------------------------------------------------

Label comparator_sentence(Comparator comparator, std::int64_t claimed, const PackPolicy& policy) {
  const std::string value = with_commas(claimed);
  switch (comparator) {
    case Comparator::equal:
      return {"应等于 " + value, "must equal " + value};
    case Comparator::above:
      return {"应多于 " + value, "must be above " + value};
    case Comparator::at_least:
      return {"应不少于 " + value, "must be at least " + value};
    case Comparator::near: {
      const std::string least = std::to_string(policy.near_permille);
      return {"应少于 " + value + " 且不低于其 " + least + "‰",
              "must be below " + value + " and not below " + least + " permille of it"};
    }
    case Comparator::about: {
      const std::string most = std::to_string(policy.about_permille);
      return {"与 " + value + " 相差应不超过 " + most + "‰",
              "must be within " + most + " permille of " + value};
    }
  }
  return {};
}

// All periods of a short list; of a long one those with the smallest values, which decide promises.
constexpr std::size_t kPeriodsListed = 24;
constexpr std::size_t kPeriodsOfLongList = 6;

std::string text_of(const std::vector<PeriodValue>& periods) {
  std::string out;
  for (const PeriodValue& period : periods) {
    if (!out.empty()) out += ", ";
    out += period.period + ":" + with_commas(period.value);
  }
  return out;
}

Label periods_sentence(std::vector<PeriodValue> periods) {
  if (periods.size() <= kPeriodsListed) {
    const std::string list = text_of(periods);
    return {"（各期：" + list + "）", " (by period: " + list + ")"};
  }
  const std::string count = with_commas(static_cast<std::int64_t>(periods.size()));
  std::stable_sort(periods.begin(), periods.end(),
                   [](const PeriodValue& a, const PeriodValue& b) { return a.value < b.value; });
  periods.resize(kPeriodsOfLongList);
  const std::string list = text_of(periods);
  return {"（共 " + count + " 期，最少的：" + list + "）",
          " (" + count + " periods, the least: " + list + ")"};
}

Label keys_sentence(const MetricValue& value) {
  const std::string count = with_commas(static_cast<std::int64_t>(value.keys));
  std::string list;
  for (const KeyValue& key : value.worst) {
    if (!list.empty()) list += ", ";
    list += to_string(EventId{key.key});
    if (!key.period.empty()) list += " " + key.period;
    list += ":" + with_commas(key.value);
  }
  if (list.empty()) return {"（没有应计的对象）", " (nobody to ask)"};
  return {"（逐一核对 " + count + " 个对象，最不符的：" + list + "）",
          " (" + count + " asked one by one, the worst: " + list + ")"};
}

Label level_sentence(const MetricValue& value) {
  if (!value.lowest_on) return {};
  const std::string day = to_string(*value.lowest_on);
  return {"（最低在 " + day + "）", " (lowest on " + day + ")"};
}

void append(FigureResult& result, const Label& more) {
  result.reason_zh += more.zh;
  result.reason_en += more.en;
}

void explain(FigureResult& result, const PackFigure& figure, const PackPolicy& policy,
             bool main_holds) {
  const Label rule = comparator_sentence(figure.comparator, figure.value, policy);
  const std::string computed = with_commas(result.computed);
  const std::string events = with_commas(static_cast<std::int64_t>(result.detail.events));
  result.reason_zh = "由 " + events + " 条事件重算得 " + computed + "，" + rule.zh +
                     (main_holds ? "，成立" : "，不成立");
  result.reason_en = "recomputed as " + computed + " from " + events + " events, " + rule.en +
                     (main_holds ? ": holds" : ": does not hold");
  const MetricOp op = figure.metric.op;
  if (op == MetricOp::share || op == MetricOp::mean_per_period) {
    const std::string share =
        with_commas(result.detail.numerator) + "/" + with_commas(result.detail.denominator);
    append(result, {"（" + share + "）", " (" + share + ")"});
  }
  if (op == MetricOp::min_per || op == MetricOp::each_per) {
    append(result, keys_sentence(result.detail));
  }
  if (op == MetricOp::level_min) append(result, level_sentence(result.detail));
  if (!result.detail.periods.empty()) append(result, periods_sentence(result.detail.periods));
}

// --- one figure ---------------------------------------------------------------------------------

// States what the other reading of a figure comes to, so that both numbers stand side by side.
void add_reading(FigureResult& result, const PackFigure& figure, const FigureInputs& inputs,
                 const PackPolicy& policy) {
  const PackFigure::Reading& reading = *figure.reading;
  const Ratio other =
      in_units(reading.metric, compute_metric(inputs, reading.metric, figure.value));
  const std::int64_t value = rounded(other, Rounding::exact);
  const bool would_hold = holds(figure.comparator, figure.value, value, policy);
  append(result, {"；按“" + figure.unit + "”为 " + with_commas(result.computed) + "，按“" +
                      reading.unit.zh + "”为 " + with_commas(value) +
                      (would_hold ? "，仅后者与所称数字相符" : "，两者均与所称数字不符"),
                  "; as written it is " + with_commas(result.computed) + ", as " + reading.unit.en +
                      " it is " + with_commas(value) +
                      (would_hold ? ", and only the latter bears the claim out"
                                  : ", and neither bears the claim out")});
}

void add_part(FigureResult& result, const PackPart& part, const FigureInputs& inputs,
              const PackPolicy& policy) {
  const Ratio computed = in_units(part.metric, compute_metric(inputs, part.metric, part.value));
  FigurePart out;
  out.label = part.label;
  out.value = part.value;
  out.comparator = part.comparator;
  out.unit = part.unit;
  out.computed = rounded(computed, Rounding::exact);
  out.holds = holds(part.comparator, part.value, computed, policy);
  const Label rule = comparator_sentence(part.comparator, part.value, policy);
  append(result, {"；" + part.label.zh + "为 " + with_commas(out.computed) + "，" + rule.zh +
                      (out.holds ? "，成立" : "，不成立"),
                  "; " + part.label.en + ": " + with_commas(out.computed) + ", " + rule.en +
                      (out.holds ? ": holds" : ": does not hold")});
  result.holds = result.holds && out.holds;
  result.also.push_back(std::move(out));
}

FigureResult compute_figure(const FigureInputs& inputs, const PackFigure& figure,
                            const PackPolicy& policy) {
  FigureResult result;
  result.id = figure.id;
  result.label = figure.label;
  result.value = figure.value;
  result.comparator = figure.comparator;
  result.word = figure.word;
  result.unit = figure.unit;
  result.detail = compute_metric(inputs, figure.metric, figure.value);
  const Ratio computed = in_units(figure.metric, result.detail);
  result.computed = rounded(computed, Rounding::exact);
  result.holds = holds(figure.comparator, figure.value, computed, policy);
  explain(result, figure, policy, result.holds);
  for (const PackPart& part : figure.also) add_part(result, part, inputs, policy);
  if (figure.reading) add_reading(result, figure, inputs, policy);
  if (!figure.note.zh.empty()) result.reason_zh += "；" + figure.note.zh;
  if (!figure.note.en.empty()) result.reason_en += "; " + figure.note.en;
  return result;
}

// --- verdicts -----------------------------------------------------------------------------------

// What a doubt rests on, when it is met: "120,000 > 3,100".
std::optional<std::string> is_met(const FigureInputs& inputs, const PackDoubt& doubt,
                                  const FigureResult& result,
                                  const std::vector<ReconciliationResult>& reconciliations) {
  if (doubt.when == PackDoubt::When::few_events) {
    if (result.detail.events >= static_cast<std::uint64_t>(doubt.value)) return std::nullopt;
    return with_commas(static_cast<std::int64_t>(result.detail.events)) + " < " +
           with_commas(doubt.value);
  }
  if (doubt.when == PackDoubt::When::reconciliation) {
    for (const ReconciliationResult& rule : reconciliations) {
      if (rule.id != doubt.reconciliation) continue;
      if (doubt.by_claims ? rule.claimed_holds : rule.computed_holds) return std::nullopt;
      return rule.id;
    }
    return std::nullopt;
  }
  const Ratio left = in_units(doubt.metric, compute_metric(inputs, doubt.metric, doubt.value));
  const Ratio right = doubt.when == PackDoubt::When::metric
                          ? in_units(doubt.than, compute_metric(inputs, doubt.than, 0))
                          : Ratio{doubt.value, 1};
  if (!stands(compare(left, right), doubt.relation)) return std::nullopt;
  return with_commas(rounded(left, Rounding::exact)) + " " + std::string(sign_of(doubt.relation)) +
         " " + with_commas(rounded(right, Rounding::exact));
}

// The programme never recorded anything of the kind that is counted.
bool is_unrecorded(const FactIndex& index, const Metric& metric) {
  return std::all_of(metric.where.types.begin(), metric.where.types.end(),
                     [&](std::uint16_t type) { return index.rows(type).empty(); });
}

void settle_verdict(FigureResult& result, const PackFigure& figure, const FigureInputs& inputs,
                    const std::vector<ReconciliationResult>& reconciliations) {
  result.verdict = result.holds ? FigureVerdict::holds : FigureVerdict::refuted;
  if (is_unrecorded(*inputs.index, figure.metric)) {
    result.verdict = FigureVerdict::doubtful;
    append(result, {"；存疑：本项目没有任何这类事件的记录",
                    "; doubtful: the programme has no record of any such event"});
  }
  for (const PackDoubt& doubt : figure.doubts) {
    const auto ground = is_met(inputs, doubt, result, reconciliations);
    if (!ground) continue;
    result.verdict = FigureVerdict::doubtful;
    append(result, {"；存疑：" + doubt.reason.zh + "（" + *ground + "）",
                    "; doubtful: " + doubt.reason.en + " (" + *ground + ")"});
  }
}

std::bitset<256> types_of(const Pack& pack) {
  std::bitset<256> types;
  for (const PackFigure& figure : pack.figures) {
    collect_types(figure.metric, types);
    if (figure.reading) collect_types(figure.reading->metric, types);
    for (const PackPart& part : figure.also) collect_types(part.metric, types);
    for (const PackDoubt& doubt : figure.doubts) {
      collect_types(doubt.metric, types);
      collect_types(doubt.than, types);
    }
  }
  for (const PackReconciliation& rule : pack.reconciliations) {
    collect_types(rule.left_side.metric, types);
    collect_types(rule.right_side.metric, types);
  }
  return types;
}

}  // namespace

std::string_view name_of(FigureVerdict verdict) {
  switch (verdict) {
    case FigureVerdict::holds:
      return "holds";
    case FigureVerdict::refuted:
      return "refuted";
    case FigureVerdict::doubtful:
      return "doubtful";
  }
  return "doubtful";
}

std::string_view name_zh(FigureVerdict verdict) {
  switch (verdict) {
    case FigureVerdict::holds:
      return "成立";
    case FigureVerdict::refuted:
      return "不成立";
    case FigureVerdict::doubtful:
      return "存疑";
  }
  return "存疑";
}

std::string with_commas(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t start = number < 0 ? 1 : 0;
  for (std::size_t place = digits.size(); place > start + 3;) {
    place -= 3;
    digits.insert(place, ",");
  }
  return digits;
}

bool holds(Comparator comparator, std::int64_t claimed, const Ratio& computed,
           const PackPolicy& policy) {
  const Wide n = Wide{claimed} * computed.denominator;
  const Wide v = computed.numerator;
  switch (comparator) {
    case Comparator::equal:
      return v == n;
    case Comparator::above:
      return v > n;
    case Comparator::at_least:
      return v >= n;
    case Comparator::near:
      return v < n && v * 1000 >= n * policy.near_permille;
    case Comparator::about: {
      const Wide difference = v > n ? v - n : n - v;
      return difference * 1000 <= (n < 0 ? -n : n) * policy.about_permille;
    }
  }
  return false;
}

bool holds(Comparator comparator, std::int64_t claimed, std::int64_t computed,
           const PackPolicy& policy) {
  return holds(comparator, claimed, Ratio{computed, 1}, policy);
}

FigureInputs inputs_of(const FigureInputs& inputs, const Pack& pack) {
  FigureInputs out = inputs;
  if (inputs.programmes && !pack.code.empty()) out.within = inputs.programmes(pack.code);
  out.holidays = pack.holidays;
  return out;
}

PackReport pack_report(const FigureInputs& inputs, const Pack& pack) {
  FigureInputs scoped = inputs_of(inputs, pack);
  const FactIndex index(inputs.facts, types_of(pack), scoped.within);
  scoped.index = &index;
  PackReport out;
  out.figures.reserve(pack.figures.size());
  for (const PackFigure& figure : pack.figures) {
    out.figures.push_back(compute_figure(scoped, figure, pack.policy));
  }
  out.reconciliations = reconcile(scoped, pack, out.figures);
  for (std::size_t i = 0; i < pack.figures.size(); ++i) {
    settle_verdict(out.figures[i], pack.figures[i], scoped, out.reconciliations);
  }
  return out;
}

std::vector<FigureResult> compute_figures(const FigureInputs& inputs, const Pack& pack) {
  return pack_report(inputs, pack).figures;
}

}  // namespace houniao
