// Dates out of cells, by formats that the mapping names one by one. A format says which digits are
// the year; none is ever tried that the mapping does not name. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "tools/import/dirt.h"
#include "tools/import/table.h"

namespace houniao::importing {

// "YYYY-MM-DD", "YYYY/M/D", "YYYY年M月D日", "YYYYMMDD", "M/D/YYYY", "YYYY年M月": YYYY is four
// digits, MM and DD two, M and D one or two, everything else stands for itself.
class DateFormat {
 public:
  // An error text when the format is not usable: no year, a day without a month, a token twice, or
  // a token of one or two digits next to another one, which could be read in two ways.
  static boost::system::result<DateFormat, std::string> parse(std::string_view text);

  struct Parts {
    int year = 0;
    int month = 0;  // 0: the format has none
    int day = 0;
    auto operator<=>(const Parts&) const = default;
  };
  // The parts of a text that has this form from end to end, be it a date or not.
  std::optional<Parts> match(std::string_view text) const;
  bool has_day() const { return has_day_; }

 private:
  enum class Token : std::uint8_t { literal, year, month, day };
  struct Piece {
    Token token = Token::literal;
    std::size_t digits_min = 0;
    std::size_t digits_max = 0;
    std::string literal;
  };
  std::vector<Piece> pieces_;
  bool has_day_ = false;
};

// Which day stands for a month or a year that is all the book tells.
enum class Edge : std::uint8_t { none, first, last };

// 1900-01-01. Nobody whom these books name was born before it: earlier days are slips of the pen or
// of a spreadsheet, unless the mapping asks for them.
inline constexpr Day kEarliestDay{-25'567};

struct DateRule {
  std::vector<DateFormat> formats;
  bool excel_serial = false;  // a plain number counts days as a spreadsheet does
  Edge edge = Edge::none;
  Day from = kEarliestDay;
  Day to{INT32_MAX};
};

Clean<Day> to_date(const Cell& cell, const DateRule& rule);
// Minute of the day: "9:30", "09:30", "09:30:00", "9时30分", or the time of a date cell.
Clean<int> to_minute(const Cell& cell);

// The day of a spreadsheet's serial number; nullopt for those that no calendar has: before the
// first day, 29 February 1900, after the year 9999. `from_1904` is the other base that workbooks
// may have.
std::optional<Day> day_of_serial(std::int64_t serial, bool from_1904);

}  // namespace houniao::importing
