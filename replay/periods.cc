#include "replay/periods.h"

namespace houniao {
namespace {

int months_of(PeriodKind kind) {
  switch (kind) {
    case PeriodKind::quarter:
      return 3;
    case PeriodKind::half_year:
      return 6;
    case PeriodKind::year:
      return 12;
    default:
      return 1;
  }
}

// Monday is 0; 1970-01-01 was a Thursday.
int weekday_of(Day day) {
  const int shifted = (day.value + 3) % 7;
  return shifted < 0 ? shifted + 7 : shifted;
}

// Years that are written with four digits; arithmetic on days beyond them could overflow.
constexpr Day kFirst{-719162};  // 0001-01-01
constexpr Day kLast{2932896};   // 9999-12-31

// The last day of the calendar period that the day lies in.
Day end_of(PeriodKind kind, Day day) {
  if (kind == PeriodKind::day) return day;
  if (kind == PeriodKind::week) return Day{day.value + 6 - weekday_of(day)};
  const CivilDate date = to_civil(day);
  const int months = months_of(kind);
  const int next = ((date.month - 1) / months + 1) * months;  // months from January on
  return Day{to_day({date.year + next / 12, next % 12 + 1, 1}).value - 1};
}

std::string two_digits(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

// ISO 8601: a week belongs to the year of its Thursday.
std::string week_name(Day day) {
  const Day thursday{day.value + 3 - weekday_of(day)};
  const int year = to_civil(thursday).year;
  const int week = (thursday.value - to_day({year, 1, 1}).value) / 7 + 1;
  return std::to_string(year) + "-W" + two_digits(week);
}

std::string name_of(PeriodKind kind, Day day) {
  const CivilDate date = to_civil(day);
  const std::string year = std::to_string(date.year);
  switch (kind) {
    case PeriodKind::day:
      return to_string(day);
    case PeriodKind::week:
      return week_name(day);
    case PeriodKind::month:
      return year + "-" + two_digits(date.month);
    case PeriodKind::quarter:
      return year + "-Q" + std::to_string((date.month - 1) / 3 + 1);
    case PeriodKind::half_year:
      return year + "-H" + std::to_string((date.month - 1) / 6 + 1);
    case PeriodKind::year:
    case PeriodKind::holiday:
      return year;
  }
  return year;
}

std::vector<Period> holidays_between(Day from, Day to, std::span<const Holiday> holidays) {
  std::vector<Period> out;
  for (const Holiday& holiday : holidays) {
    if (from <= holiday.from && holiday.to <= to && out.size() < kPeriodsMax) {
      out.push_back({holiday.code, holiday.from, holiday.to});
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Period& a, const Period& b) { return a.from < b.from; });
  return out;
}

}  // namespace

std::vector<Period> periods_between(PeriodKind kind, Day from, Day to,
                                    std::span<const Holiday> holidays) {
  if (kind == PeriodKind::holiday) return holidays_between(from, to, holidays);
  from = std::max(from, kFirst);
  to = std::min(to, kLast);
  std::vector<Period> out;
  for (Day start = from; start <= to && out.size() < kPeriodsMax;) {
    const Day end = std::min(end_of(kind, start), to);
    out.push_back({name_of(kind, start), start, end});
    if (end == to) break;
    start = Day{end.value + 1};
  }
  return out;
}

}  // namespace houniao
