#include "tools/import/dates.h"

#include <algorithm>
#include <charconv>

#include "tools/import/clean.h"

namespace houniao::importing {
namespace {

constexpr std::int64_t kSerialLast = 2'958'465;  // 9999-12-31
constexpr std::int64_t kSerialOfFalseLeapDay = 60;
constexpr int kMinutesOfDay = 24 * 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> number(std::string_view digits) {
  int out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return out;
}

std::size_t count_digits(std::string_view text, std::size_t max) {
  std::size_t n = 0;
  while (n < max && n < text.size() && is_digit(text[n])) ++n;
  return n;
}

Clean<Day> day_of(DateFormat::Parts parts, Edge edge) {
  const bool last = edge == Edge::last;
  if (parts.month == 0) {
    parts.month = last ? 12 : 1;
    parts.day = last ? 31 : 1;
  } else if (parts.day == 0) {
    parts.day = 1;
    if (last) {
      while (valid({parts.year, parts.month, parts.day + 1})) ++parts.day;
    }
  }
  const CivilDate date{parts.year, parts.month, parts.day};
  if (!valid(date)) return Dirt::date_impossible;
  return to_day(date);
}

Clean<Day> within(Day day, const DateRule& rule) {
  if (to_civil(day).year < 1) return Dirt::date_impossible;  // no calendar has a year 0
  if (day < rule.from && day < kEarliestDay) return Dirt::date_too_early;
  if (day < rule.from || day > rule.to) return Dirt::out_of_range;
  return day;
}

Clean<Day> match_formats(std::string_view text, const DateRule& rule) {
  std::optional<DateFormat::Parts> found;
  for (const DateFormat& format : rule.formats) {
    const auto parts = format.match(text);
    if (!parts) continue;
    if (found && *found != *parts) return Dirt::date_ambiguous;
    found = parts;
  }
  if (found) return day_of(*found, rule.edge);
  return has_lost_year_mark(text) ? Dirt::lost_year_mark : Dirt::date_unreadable;
}

}  // namespace

boost::system::result<DateFormat, std::string> DateFormat::parse(std::string_view text) {
  DateFormat out;
  bool seen[4] = {};
  for (std::size_t at = 0; at < text.size();) {
    const char letter = text[at];
    std::size_t run = 1;
    while (at + run < text.size() && text[at + run] == letter) ++run;
    Piece piece;
    if (letter == 'Y') {
      if (run != 4) return std::string("a year is YYYY");
      piece = {Token::year, 4, 4, {}};
    } else if (letter == 'M' || letter == 'D') {
      if (run > 2) return std::string("a month is M or MM, a day D or DD");
      piece = {letter == 'M' ? Token::month : Token::day, run, 2, {}};
    } else {
      run = 1;
      piece.literal = letter;
      if (is_digit(letter)) return std::string("digits in a format cannot stand for themselves");
    }
    at += run;
    bool& twice = seen[static_cast<std::size_t>(piece.token)];
    if (piece.token != Token::literal && twice) return std::string("a part occurs twice");
    twice = true;
    const bool variable = piece.digits_min != piece.digits_max;
    if (piece.token != Token::literal && !out.pieces_.empty()) {
      const Piece& before = out.pieces_.back();
      if (before.token != Token::literal && (variable || before.digits_min != before.digits_max)) {
        return std::string("M or D next to digits can be read in two ways; use MM and DD");
      }
    }
    if (piece.token == Token::literal && !out.pieces_.empty() &&
        out.pieces_.back().token == Token::literal) {
      out.pieces_.back().literal += piece.literal;
    } else {
      out.pieces_.push_back(std::move(piece));
    }
  }
  if (!seen[static_cast<std::size_t>(Token::year)]) return std::string("no year (YYYY)");
  out.has_day_ = seen[static_cast<std::size_t>(Token::day)];
  if (out.has_day_ && !seen[static_cast<std::size_t>(Token::month)]) {
    return std::string("a day without a month");
  }
  return out;
}

std::optional<DateFormat::Parts> DateFormat::match(std::string_view text) const {
  Parts out;
  for (const Piece& piece : pieces_) {
    if (piece.token == Token::literal) {
      if (!text.starts_with(piece.literal)) return std::nullopt;
      text.remove_prefix(piece.literal.size());
      continue;
    }
    const std::size_t digits = count_digits(text, piece.digits_max);
    if (digits < piece.digits_min) return std::nullopt;
    const int value = number(text.substr(0, digits)).value_or(0);
    text.remove_prefix(digits);
    if (piece.token == Token::year) out.year = value;
    if (piece.token == Token::month) out.month = value == 0 ? 99 : value;  // 0 is no month
    if (piece.token == Token::day) out.day = value == 0 ? 99 : value;
  }
  if (!text.empty()) return std::nullopt;
  return out;
}

std::optional<Day> day_of_serial(std::int64_t serial, bool from_1904) {
  if (serial < 0 || serial > kSerialLast) return std::nullopt;
  if (from_1904) return Day{to_day({1904, 1, 1}).value + static_cast<std::int32_t>(serial)};
  // The first spreadsheets took 1900 for a leap year; numbers above that day are off by one.
  if (serial == 0 || serial == kSerialOfFalseLeapDay) return std::nullopt;
  const int base = to_day({1899, 12, 31}).value - (serial > kSerialOfFalseLeapDay ? 1 : 0);
  return Day{base + static_cast<std::int32_t>(serial)};
}

Clean<Day> to_date(const Cell& cell, const DateRule& rule) {
  if (cell.kind == CellKind::date) {
    if (cell.day == kNoDay) return Dirt::date_impossible;
    return within(cell.day, rule);
  }
  const auto text = plain_text(cell);
  if (!text) return text.error();
  if (cell.kind == CellKind::number && rule.excel_serial) {
    const auto serial = number(*text);
    const auto day = serial ? day_of_serial(*serial, false) : std::nullopt;
    if (!day) return Dirt::date_impossible;
    return within(*day, rule);
  }
  const auto day = match_formats(*text, rule);
  if (!day) return day;
  return within(*day, rule);
}

Clean<int> to_minute(const Cell& cell) {
  if (cell.kind == CellKind::date) return cell.second / 60;
  const auto text = plain_text(cell);
  if (!text) return text.error();
  std::string_view rest = *text;
  const std::size_t hour_digits = count_digits(rest, 2);
  const auto hour = number(rest.substr(0, hour_digits));
  rest.remove_prefix(hour_digits);
  std::string_view end;
  if (rest.starts_with(":")) {
    rest.remove_prefix(1);
  } else if (rest.starts_with("时") || rest.starts_with("点")) {
    rest.remove_prefix(std::string_view("时").size());
    end = "分";
  } else {
    return Dirt::time_unreadable;
  }
  const std::size_t minute_digits = count_digits(rest, 2);
  const auto minute = number(rest.substr(0, minute_digits));
  rest.remove_prefix(minute_digits);
  if (!hour || !minute || (end.empty() && minute_digits != 2)) return Dirt::time_unreadable;
  const bool seconds = end.empty() && rest.size() == 3 && rest[0] == ':' && is_digit(rest[1]) &&
                       rest[1] < '6' && is_digit(rest[2]);
  if (rest != end && !seconds) return Dirt::time_unreadable;
  const int out = *hour * 60 + *minute;
  if (*minute > 59 || out >= kMinutesOfDay) return Dirt::out_of_range;
  return out;
}

}  // namespace houniao::importing
