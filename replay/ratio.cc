#include "replay/ratio.h"

namespace houniao {
namespace {

Wide floor_div(Wide a, Wide b) { return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0); }

std::int64_t narrowed(Wide number) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (number > Limits::max()) return Limits::max();
  if (number < Limits::min()) return Limits::min();
  return static_cast<std::int64_t>(number);
}

Ratio exactly(const Metric& metric, const MetricValue& value) {
  if (metric.op == MetricOp::share) {
    if (metric.rounding == Rounding::exact) return {value.value, 1};
    if (value.denominator <= 0) return {};
    return {Wide{value.numerator} * 100, value.denominator};
  }
  if (metric.op == MetricOp::mean_per_period) {
    if (value.denominator <= 0) return {};
    return {Wide{value.numerator} * metric.scale_divisor, Wide{value.denominator} * metric.scale};
  }
  return {Wide{value.value} * metric.scale_divisor, metric.scale};
}

}  // namespace

std::int64_t rounded(const Ratio& ratio, Rounding rounding) {
  const Wide n = ratio.numerator;
  const Wide d = ratio.denominator;
  switch (rounding) {
    case Rounding::down:
      return narrowed(floor_div(n, d));
    case Rounding::up:
      return narrowed(-floor_div(-n, d));
    case Rounding::nearest:
      return narrowed(floor_div(n * 2 + d, d * 2));
    case Rounding::exact:
      return narrowed(n / d);
  }
  return 0;
}

Ratio in_units(const Metric& metric, const MetricValue& value) {
  const Ratio ratio = exactly(metric, value);
  if (metric.rounding == Rounding::exact) return ratio;
  return {rounded(ratio, metric.rounding), 1};
}

int compare(const Ratio& a, const Ratio& b) {
  const Wide left = a.numerator * b.denominator;
  const Wide right = b.numerator * a.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

std::int64_t percent(std::int64_t part, std::int64_t whole) {
  if (whole <= 0 || part < 0) return 0;
  return rounded({Wide{part} * 100, whole}, Rounding::nearest);
}

}  // namespace houniao
