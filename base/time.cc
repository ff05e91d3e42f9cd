#include "base/time.h"

#include <charconv>
#include <cstdio>

namespace houniao {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;
constexpr std::int64_t kShanghaiOffsetUs = 8LL * 3'600'000'000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - static_cast<std::int64_t>(a % b != 0 && (a < 0) != (b < 0));
}

std::optional<int> number(std::string_view text) {
  int out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || text.front() == '-') {
    return std::nullopt;
  }
  return out;
}

}  // namespace

// Both conversions count in 400-year eras that start on 1 March, so that the leap day comes last.
Day to_day(CivilDate date) {
  const int y = date.year - (date.month <= 2 ? 1 : 0);
  const int era = static_cast<int>(floor_div(y, 400));
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return Day{era * 146097 + day_of_era - 719468};
}

CivilDate to_civil(Day day) {
  const std::int64_t z = std::int64_t{day.value} + 719468;
  const std::int64_t era = floor_div(z, 146097);
  const int day_of_era = static_cast<int>(z - era * 146097);
  const int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int mp = (5 * day_of_year + 2) / 153;
  const int month = mp < 10 ? mp + 3 : mp - 9;
  const int year = year_of_era + static_cast<int>(era) * 400 + (month <= 2 ? 1 : 0);
  return CivilDate{year, month, day_of_year - (153 * mp + 2) / 5 + 1};
}

Day day_of(WallTime time) {
  return Day{static_cast<std::int32_t>(floor_div(time.us + kShanghaiOffsetUs, kDayUs))};
}

WallTime start_of(Day day) { return WallTime{day.value * kDayUs - kShanghaiOffsetUs}; }

bool valid(CivilDate date) {
  return date.month >= 1 && date.month <= 12 && date.day >= 1 && to_civil(to_day(date)) == date;
}

std::string to_string(Day day) {
  const CivilDate date = to_civil(day);
  char out[40];
  std::snprintf(out, sizeof out, "%04d-%02d-%02d", date.year, date.month, date.day);
  return out;
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day = number(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const CivilDate date{*year, *month, *day};
  if (!valid(date)) return std::nullopt;
  return to_day(date);
}

std::string to_rfc3339(WallTime time) {
  const Day day = day_of(time);
  const std::int64_t second = (time.us - start_of(day).us) / 1'000'000;
  char out[32];
  std::snprintf(out, sizeof out, "T%02d:%02d:%02d+08:00", static_cast<int>(second / 3600),
                static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
  return to_string(day) + out;
}

}  // namespace houniao
