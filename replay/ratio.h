// A number as a fraction of two whole ones, wide enough for any 64-bit number times the largest
// scale and a permille: what metrics are compared by, so that nothing is rounded before it is
// asked. Values; any thread.
#pragma once

#include <cstdint>
#include <limits>

#include "replay/metric.h"

namespace houniao {

__extension__ typedef __int128 Wide;

struct Ratio {
  Wide numerator = 0;
  Wide denominator = 1;  // above 0
};

// Down means towards minus infinity, nearest takes halves up.
std::int64_t rounded(const Ratio& ratio, Rounding rounding);
// What a metric comes to in units claimed, rounded as the metric says.
Ratio in_units(const Metric& metric, const MetricValue& value);
// -1, 0 or 1.
int compare(const Ratio& a, const Ratio& b);

// Sums within 64 bits; a table cannot hold so many valid amounts that it saturates, a hostile one
// may.
inline std::int64_t add_saturating(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<std::int64_t>::max()
               : std::numeric_limits<std::int64_t>::min();
}

// Percentage to the nearest whole, halves up; 0 when there is no whole.
std::int64_t percent(std::int64_t part, std::int64_t whole);

}  // namespace houniao
