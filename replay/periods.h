// The periods that promises and figures "per month" go by: days, weeks, months, quarters, half
// years, years, and the dated holidays of a pack. Pure; any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "replay/label.h"

namespace houniao {

// In the order of schema::ObligationDefined::Period.
enum class PeriodKind : std::uint8_t { day, week, month, quarter, half_year, year, holiday };

// One occurrence of a holiday, so that nothing here has to know the lunar calendar.
struct Holiday {
  std::string code;  // "spring_festival_2015"
  Label label;
  Day from;
  Day to;  // inclusive
};

struct Period {
  std::string name;  // "2014-09-08", "2014-W37", "2014-09", "2014-Q3", "2014-H2", "2014", a holiday
  Day from;
  Day to;  // inclusive

  bool covers(Day day) const { return from <= day && day <= to; }
  bool operator==(const Period&) const = default;
};

// A century of days and a little more; nobody promises for longer.
inline constexpr std::size_t kPeriodsMax = 40'000;

// The periods of from..to in order. Calendar periods leave no day out; the first and the last are
// cut to from..to and keep the name of the whole. Holidays are those that lie within from..to, by
// first day. At most kPeriodsMax, and none outside of the years 1 to 9999.
std::vector<Period> periods_between(PeriodKind kind, Day from, Day to,
                                    std::span<const Holiday> holidays);

// Calls visit(index) for each period that covers the day; holidays may overlap.
template <class Visit>
void for_each_period_of(const std::vector<Period>& periods, PeriodKind kind, Day day,
                        Visit&& visit) {
  if (kind == PeriodKind::holiday) {
    for (std::size_t i = 0; i < periods.size(); ++i) {
      if (periods[i].covers(day)) visit(i);
    }
    return;
  }
  const auto after = std::upper_bound(periods.begin(), periods.end(), day,
                                      [](Day a, const Period& b) { return a < b.from; });
  if (after == periods.begin()) return;
  const auto at = after - 1;
  if (at->covers(day)) visit(static_cast<std::size_t>(at - periods.begin()));
}

}  // namespace houniao
