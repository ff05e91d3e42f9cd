#include "replay/metric.h"

#include <map>

#include "replay/ratio.h"
#include "replay/selection.h"

namespace houniao {
namespace {

// `current` is the last word that is not an end.
MetricWhere with_current(const MetricWhere& where, bool current) {
  MetricWhere out = where;
  if (!current) return out;
  if (!out.last) out.last.emplace();
  out.last->ended = false;
  return out;
}

MetricValue fold(const FigureInputs& inputs, const Metric& metric, const MetricWhere& where,
                 MetricOp op) {
  const MetricWhere conditions = with_current(where, metric.current);
  RowSelection selection(inputs, conditions);
  Counter counter(inputs, op, metric.of);
  if (selection.is_plain()) {
    selection.each_chunk(
        [&](const FactColumns& c, const FactTable::Rows& rows) { counter.see(c, rows); });
  } else {
    selection.each([&](const FactColumns& c, std::size_t i) { counter.see(c, i); });
  }
  return counter.finish();
}

// A share is a count of one thing among the same thing; "subject" counts persons once.
MetricOp share_op(MetricOf of) {
  switch (of) {
    case MetricOf::events:
    case MetricOf::rows:
      return MetricOp::count;
    case MetricOf::quantity:
    case MetricOf::minutes:
    case MetricOf::amount_fen:
      return MetricOp::sum;
    default:
      return MetricOp::distinct;
  }
}

MetricValue compute_share(const FigureInputs& inputs, const Metric& metric) {
  const MetricOp op = share_op(metric.of);
  MetricValue part = fold(inputs, metric, metric.where, op);
  const MetricValue whole = fold(inputs, metric, metric.among, op);
  part.numerator = part.value;
  part.denominator = whole.value;
  part.value = percent(part.numerator, part.denominator);
  return part;
}

// The value of one period among the others' decides, or all of them together.
std::int64_t decide(const Metric& metric, const std::vector<std::int64_t>& values,
                    std::int64_t claimed, MetricValue& out) {
  if (metric.op == MetricOp::mean_per_period) {
    for (const std::int64_t value : values) out.numerator = add_saturating(out.numerator, value);
    out.denominator = static_cast<std::int64_t>(values.size());
    return values.empty() ? 0 : rounded({out.numerator, out.denominator}, Rounding::down);
  }
  const Worse worse(metric, claimed);
  std::int64_t decisive = values.empty() ? 0 : values.front();
  for (const std::int64_t value : values) {
    if (worse(value, decisive)) decisive = value;
  }
  return decisive;
}

MetricValue compute_periods(const FigureInputs& inputs, const Metric& metric,
                            std::int64_t claimed) {
  const MetricWhere conditions = with_current(metric.where, metric.current);
  RowSelection selection(inputs, conditions);
  selection.limit_days(metric.from, metric.to);
  const std::vector<Period> periods =
      periods_between(metric.period, metric.from, metric.to, inputs.holidays);
  std::vector<Counter> counters(periods.size(), Counter(inputs, metric.inner, metric.of));
  Deciding deciding;
  selection.each([&](const FactColumns& c, std::size_t i) {
    for_each_period_of(periods, metric.period, selection.day(c, i), [&](std::size_t at) {
      counters[at].see(c, i);
      deciding.see(c.event[i], c.seq[i]);
    });
  });
  MetricValue out;
  std::vector<std::int64_t> values;
  values.reserve(periods.size());
  for (std::size_t at = 0; at < periods.size(); ++at) {
    const std::int64_t value = counters[at].value();
    values.push_back(value);
    const Ratio shown{Wide{value} * metric.scale_divisor, metric.scale};
    out.periods.push_back({periods[at].name, rounded(shown, Rounding::exact)});
  }
  out.value = decide(metric, values, claimed, out);
  deciding.give(out);
  return out;
}

// The year of a row: 0 when its group tells none.
int year_of(const RowSelection& selection, const Metric& metric, const FactColumns& c,
            std::size_t i) {
  if (metric.year_of == YearOf::day) return to_civil(selection.day(c, i)).year;
  constexpr std::uint64_t kYearMax = 9'999;
  return c.group[i] <= kYearMax ? static_cast<int>(c.group[i]) : 0;
}

MetricValue compute_years_running(const FigureInputs& inputs, const Metric& metric) {
  const MetricWhere conditions = with_current(metric.where, metric.current);
  RowSelection selection(inputs, conditions);
  std::map<int, std::int64_t> years;
  Deciding deciding;
  selection.each([&](const FactColumns& c, std::size_t i) {
    const int year = year_of(selection, metric, c, i);
    if (year == 0) return;
    ++years[year];
    deciding.see(c.event[i], c.seq[i]);
  });
  MetricValue out;
  std::int64_t run = 0;
  int previous = 0;
  for (const auto& [year, count] : years) {
    run = run > 0 && year == previous + 1 ? run + 1 : 1;
    previous = year;
    out.value = std::max(out.value, run);
    out.periods.push_back({std::to_string(year), count});
  }
  deciding.give(out);
  return out;
}

}  // namespace

Worse::Worse(const Metric& metric, std::int64_t claimed)
    : furthest_(metric.op == MetricOp::each_period || metric.op == MetricOp::each_per),
      scale_(metric.scale),
      divisor_(metric.scale_divisor),
      claimed_(claimed) {}

bool Worse::operator()(std::int64_t a, std::int64_t b) const {
  if (!furthest_) return a < b;
  const auto distance = [&](std::int64_t value) {
    const Wide difference = Wide{value} * divisor_ - Wide{claimed_} * scale_;
    return difference < 0 ? -difference : difference;
  };
  return distance(a) > distance(b);
}

MetricValue compute_metric(const FigureInputs& inputs, const Metric& metric, std::int64_t claimed) {
  switch (metric.op) {
    case MetricOp::share:
      return compute_share(inputs, metric);
    case MetricOp::min_per_period:
    case MetricOp::each_period:
    case MetricOp::mean_per_period:
      return compute_periods(inputs, metric, claimed);
    case MetricOp::years_running:
      return compute_years_running(inputs, metric);
    case MetricOp::min_per:
    case MetricOp::each_per:
      return compute_keys(inputs, metric, claimed);
    case MetricOp::level_min:
      return compute_level(inputs, metric);
    case MetricOp::count:
    case MetricOp::sum:
    case MetricOp::distinct:
      break;
  }
  return fold(inputs, metric, metric.where, metric.op);
}

}  // namespace houniao
