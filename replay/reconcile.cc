#include "replay/reconcile.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "replay/figures.h"

namespace houniao {
namespace {

const FigureResult& find_result(const std::vector<FigureResult>& figures, const std::string& id) {
  const auto it = std::find_if(figures.begin(), figures.end(),
                               [&](const FigureResult& figure) { return figure.id == id; });
  HOUNIAO_ASSERT(it != figures.end());  // parse_pack() checked the names
  return *it;
}

ReconciliationLine line_of(const FigureResult& figure) {
  return {{figure.id + " " + figure.label.zh, figure.id + " " + figure.label.en},
          figure.value,
          figure.computed};
}

void reconcile_parts(ReconciliationResult& out, const PackReconciliation& rule,
                     const std::vector<FigureResult>& figures) {
  ReconciliationLine sum{{"各分项之和", "sum of the parts"}, 0, 0};
  for (const std::string& part : rule.parts) {
    const ReconciliationLine line = line_of(find_result(figures, part));
    sum.claimed = add_saturating(sum.claimed, line.claimed);
    sum.computed = add_saturating(sum.computed, line.computed);
    out.lines.push_back(line);
  }
  const ReconciliationLine whole = line_of(find_result(figures, rule.right));
  const ReconciliationLine rest{{"没有分项说明的", "without an item"},
                                whole.claimed - sum.claimed,
                                whole.computed - sum.computed};
  out.lines.push_back(sum);
  out.lines.push_back(whole);
  out.lines.push_back(rest);
  out.claimed_holds = rest.claimed == 0;
  out.computed_holds = rest.computed == 0;
  out.reason_zh = "所称分项合计 " + with_commas(sum.claimed) + " / " + with_commas(whole.claimed) +
                  "，余 " + with_commas(rest.claimed) + " 无分项；日志重算分项合计 " +
                  with_commas(sum.computed) + " / " + with_commas(whole.computed) + "，余 " +
                  with_commas(rest.computed);
  out.reason_en = "as published the parts sum to " + with_commas(sum.claimed) + " of " +
                  with_commas(whole.claimed) + ", leaving " + with_commas(rest.claimed) +
                  " without an item; recomputed from the log " + with_commas(sum.computed) +
                  " of " + with_commas(whole.computed) + ", leaving " + with_commas(rest.computed);
}

void reconcile_at_most(ReconciliationResult& out, const PackReconciliation& rule,
                       const std::vector<FigureResult>& figures) {
  const ReconciliationLine left = line_of(find_result(figures, rule.left));
  const ReconciliationLine right = line_of(find_result(figures, rule.right));
  out.lines = {left, right};
  out.claimed_holds = left.claimed <= right.claimed;
  out.computed_holds = left.computed <= right.computed;
  out.reason_zh = "所称 " + with_commas(left.claimed) + " 对 " + with_commas(right.claimed) +
                  "；日志重算 " + with_commas(left.computed) + " 对 " + with_commas(right.computed);
  out.reason_en = "as published " + with_commas(left.claimed) + " against " +
                  with_commas(right.claimed) + "; recomputed " + with_commas(left.computed) +
                  " against " + with_commas(right.computed);
}

void reconcile_obligation(ReconciliationResult& out, const PackReconciliation& rule,
                          const Pack& pack, const std::vector<FigureResult>& figures) {
  const PackObligation& promise = *pack.obligation(rule.obligation);
  const PeriodKind kind = period_kind(promise.period).value_or(PeriodKind::month);
  const auto periods = static_cast<std::int64_t>(
      periods_between(kind, promise.from, promise.to, pack.holidays).size());
  std::int64_t promised = 0;
  if (__builtin_mul_overflow(periods, promise.threshold, &promised)) {
    promised = std::numeric_limits<std::int64_t>::max();
  }
  const ReconciliationLine held = line_of(find_result(figures, rule.left));
  out.lines = {{{"承诺次数", "promised"}, promised, promised}, held};
  out.claimed_holds = held.claimed >= promised;
  out.computed_holds = held.computed >= promised;
  out.reason_zh = with_commas(periods) + " 期、每期 " + with_commas(promise.threshold) +
                  " 次，共应 " + with_commas(promised) + " 次；所称举办 " +
                  with_commas(held.claimed) + " 次，日志中 " + with_commas(held.computed) + " 次";
  out.reason_en = with_commas(promise.threshold) + " in each of " + with_commas(periods) +
                  " periods makes " + with_commas(promised) + "; " + with_commas(held.claimed) +
                  " held as published, " + with_commas(held.computed) + " in the log";
}

// Exact: bounds are multiplied, never the quotient divided. Without a divisor nothing holds.
bool quotient_holds(const PackReconciliation& rule, std::int64_t dividend, std::int64_t divisor) {
  if (divisor <= 0) return false;
  if (rule.min && Wide{dividend} < Wide{*rule.min} * divisor) return false;
  if (rule.max && Wide{dividend} > Wide{*rule.max} * divisor) return false;
  return !rule.not_whole || dividend % divisor != 0;
}

// "20.0" or "29.4": one place, halves up.
std::string quotient_text(std::int64_t dividend, std::int64_t divisor) {
  if (divisor <= 0) return "–";
  const std::int64_t tenths = rounded({Wide{dividend} * 10, divisor}, Rounding::nearest);
  const std::string sign = tenths < 0 ? "-" : "";
  const std::int64_t size = tenths < 0 ? -tenths : tenths;
  return sign + with_commas(size / 10) + "." + std::to_string(size % 10);
}

Label bounds_of(const PackReconciliation& rule) {
  Label out;
  if (rule.min) {
    out.zh += "，应不小于 " + with_commas(*rule.min);
    out.en += ", at least " + with_commas(*rule.min);
  }
  if (rule.max) {
    out.zh += "，应不大于 " + with_commas(*rule.max);
    out.en += ", at most " + with_commas(*rule.max);
  }
  if (rule.not_whole) {
    out.zh += "，恰为整数则可疑";
    out.en += ", suspicious when it is a whole number";
  }
  return out;
}

void reconcile_quotient(ReconciliationResult& out, const PackReconciliation& rule,
                        const std::vector<FigureResult>& figures) {
  const ReconciliationLine left = line_of(find_result(figures, rule.left));
  const ReconciliationLine right = line_of(find_result(figures, rule.right));
  out.lines = {left, right};
  out.claimed_holds = quotient_holds(rule, left.claimed, right.claimed);
  out.computed_holds = quotient_holds(rule, left.computed, right.computed);
  const Label bounds = bounds_of(rule);
  const std::string claimed = quotient_text(left.claimed, right.claimed);
  const std::string computed = quotient_text(left.computed, right.computed);
  out.reason_zh = "所称相除得 " + claimed + "；日志重算得 " + computed + bounds.zh;
  out.reason_en =
      "as published the quotient is " + claimed + "; recomputed " + computed + bounds.en;
}

void reconcile_compare(ReconciliationResult& out, const PackReconciliation& rule,
                       const FigureInputs& inputs) {
  const auto value_of = [&](const PackReconciliation::Side& side) {
    return in_units(side.metric, compute_metric(inputs, side.metric, 0));
  };
  const Ratio left = value_of(rule.left_side);
  const Ratio right = value_of(rule.right_side);
  const std::int64_t left_shown = rounded(left, Rounding::exact);
  const std::int64_t right_shown = rounded(right, Rounding::exact);
  out.lines = {{rule.left_side.label, 0, left_shown}, {rule.right_side.label, 0, right_shown}};
  out.claimed_holds = true;
  out.computed_holds = stands(compare(left, right), rule.relation);
  const std::string sign(sign_of(rule.relation));
  out.reason_zh = "日志中" + rule.left_side.label.zh + " " + with_commas(left_shown) + "，" +
                  rule.right_side.label.zh + " " + with_commas(right_shown) + "，应 " + sign;
  out.reason_en = "by the log " + rule.left_side.label.en + " " + with_commas(left_shown) + ", " +
                  rule.right_side.label.en + " " + with_commas(right_shown) + ", must be " + sign;
}

// `inputs` may be missing; then what needs the log is left out.
std::vector<ReconciliationResult> reconcile_all(const FigureInputs* inputs, const Pack& pack,
                                                const std::vector<FigureResult>& figures) {
  using Kind = PackReconciliation::Kind;
  std::vector<ReconciliationResult> out;
  for (const PackReconciliation& rule : pack.reconciliations) {
    if (rule.kind == Kind::compare && inputs == nullptr) continue;
    ReconciliationResult result;
    result.id = rule.id;
    result.label = rule.label;
    switch (rule.kind) {
      case Kind::parts_of_whole:
        reconcile_parts(result, rule, figures);
        break;
      case Kind::at_most:
        reconcile_at_most(result, rule, figures);
        break;
      case Kind::obligation:
        reconcile_obligation(result, rule, pack, figures);
        break;
      case Kind::quotient:
        reconcile_quotient(result, rule, figures);
        break;
      case Kind::compare:
        reconcile_compare(result, rule, *inputs);
        break;
    }
    if (!rule.note.zh.empty()) result.reason_zh += "；" + rule.note.zh;
    if (!rule.note.en.empty()) result.reason_en += "; " + rule.note.en;
    out.push_back(std::move(result));
  }
  return out;
}

}  // namespace

std::vector<ReconciliationResult> reconcile(const FigureInputs& inputs, const Pack& pack,
                                            const std::vector<FigureResult>& figures) {
  if (inputs.index != nullptr) return reconcile_all(&inputs, pack, figures);
  const FigureInputs scoped = inputs_of(inputs, pack);
  return reconcile_all(&scoped, pack, figures);
}

std::vector<ReconciliationResult> reconcile(const Pack& pack,
                                            const std::vector<FigureResult>& figures) {
  return reconcile_all(nullptr, pack, figures);
}

}  // namespace houniao
