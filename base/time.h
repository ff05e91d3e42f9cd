// Civil dates of the People's Republic of China. The whole country keeps UTC+8 without summer time
// since 1992, so the conversion is arithmetic and needs no time zone data base. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ports.h"

namespace houniao {

// Days since 1970-01-01 by the civil calendar of Asia/Shanghai.
struct Day {
  std::int32_t value = 0;
  auto operator<=>(const Day&) const = default;
};

struct CivilDate {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  auto operator<=>(const CivilDate&) const = default;
};

Day to_day(CivilDate date);
CivilDate to_civil(Day day);
Day day_of(WallTime time);   // the civil day in Asia/Shanghai
WallTime start_of(Day day);  // its midnight
bool valid(CivilDate date);
std::string to_string(Day day);                       // "2016-03-15"
std::optional<Day> parse_day(std::string_view text);  // strict YYYY-MM-DD
// "2016-03-15T09:30:00+08:00", to the second.
std::string to_rfc3339(WallTime time);

}  // namespace houniao
