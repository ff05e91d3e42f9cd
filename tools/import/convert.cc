#include "tools/import/convert.h"

#include <algorithm>
#include <string>

#include "tools/import/clean.h"

namespace houniao::importing {
namespace {

constexpr std::size_t kGroup = 3;
constexpr std::size_t kIntegerDigitsMax = 19;
constexpr std::size_t kFractionDigitsMax = 9;

struct Decimal {
  bool negative = false;
  std::string integer;   // digits only, at least one
  std::string fraction;  // digits only, without zeros at the end
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Digits with or without thousands separators; false when a comma is anywhere else.
bool take_groups(std::string_view text, std::string& out) {
  const std::size_t first = std::min(text.find(','), text.size());
  if (!all_digits(text.substr(0, first))) return false;
  out = text.substr(0, first);
  if (first == text.size()) return true;
  if (first > kGroup) return false;
  for (text.remove_prefix(first); !text.empty(); text.remove_prefix(kGroup + 1)) {
    if (text.size() < kGroup + 1 || text.front() != ',') return false;
    if (!all_digits(text.substr(1, kGroup))) return false;
    out += text.substr(1, kGroup);
  }
  return true;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal out;
  if (text.starts_with('-') || text.starts_with('+')) {
    out.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::size_t point = text.find('.');
  if (!take_groups(text.substr(0, point), out.integer)) return std::nullopt;
  if (point != std::string_view::npos) {
    out.fraction = text.substr(point + 1);
    if (!all_digits(out.fraction)) return std::nullopt;
    out.fraction.erase(out.fraction.find_last_not_of('0') + 1);
  }
  out.integer.erase(0, std::min(out.integer.find_first_not_of('0'), out.integer.size() - 1));
  return out;
}

bool add_digits(std::string_view digits, std::uint64_t& value) {
  for (const char c : digits) {
    if (__builtin_mul_overflow(value, std::uint64_t{10}, &value)) return false;
    if (__builtin_add_overflow(value, static_cast<std::uint64_t>(c - '0'), &value)) return false;
  }
  return true;
}

Clean<Whole> scale(const Decimal& decimal, std::uint64_t multiply) {
  if (decimal.fraction.size() > kFractionDigitsMax) return Dirt::too_precise;
  if (decimal.integer.size() > kIntegerDigitsMax) return Dirt::out_of_range;
  std::uint64_t whole = 0;
  std::uint64_t part = 0;
  std::uint64_t base = 1;
  if (!add_digits(decimal.integer, whole)) return Dirt::out_of_range;
  add_digits(decimal.fraction, part);
  for (std::size_t i = 0; i < decimal.fraction.size(); ++i) base *= 10;
  if (__builtin_mul_overflow(whole, multiply, &whole)) return Dirt::out_of_range;
  if (__builtin_mul_overflow(part, multiply, &part)) return Dirt::out_of_range;
  if (part % base != 0) return Dirt::too_precise;
  if (__builtin_add_overflow(whole, part / base, &whole)) return Dirt::out_of_range;
  return Whole{decimal.negative && whole != 0, whole};
}

bool remove_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

Clean<Whole> to_whole(const Cell& cell) {
  const auto text = plain_text(cell);
  if (!text) return text.error();
  const auto decimal = parse_decimal(*text);
  if (!decimal || !decimal->fraction.empty()) return Dirt::integer_unreadable;
  return scale(*decimal, 1);
}

Clean<Whole> to_scaled(const Cell& cell, std::uint64_t multiply) {
  const auto text = plain_text(cell);
  if (!text) return text.error();
  const auto decimal = parse_decimal(*text);
  if (!decimal) return Dirt::decimal_unreadable;
  return scale(*decimal, multiply);
}

Clean<Whole> to_money(const Cell& cell, std::uint64_t fen_per_unit, std::string_view unit) {
  const auto text = plain_text(cell);
  if (!text) return text.error();
  std::string_view rest = *text;
  const bool negative = remove_prefix(rest, "-");
  for (const std::string_view sign : {"￥", "¥"}) {
    if (remove_prefix(rest, sign)) break;
  }
  rest = trim(rest);
  if (rest.size() > unit.size() && rest.ends_with(unit)) {
    rest = trim(rest.substr(0, rest.size() - unit.size()));
  }
  const auto decimal = parse_decimal(rest);
  if (!decimal || (negative && decimal->negative)) return Dirt::money_unreadable;
  auto out = scale(*decimal, fen_per_unit);
  if (out && negative) out->negative = out->magnitude != 0;
  return out;
}

Clean<bool> to_boolean(const Cell& cell) {
  if (cell.kind == CellKind::boolean) return cell.text == "1";
  const auto text = plain_text(cell);
  if (!text) return text.error();
  if (*text == "是" || *text == "true" || *text == "TRUE") return true;
  if (*text == "否" || *text == "false" || *text == "FALSE") return false;
  return Dirt::boolean_unreadable;
}

Clean<EventId> to_id(const Cell& cell) {
  const auto text = plain_text(cell);
  if (!text) return text.error();
  const EventId id = parse_event_id(*text);
  if (!id) return Dirt::id_unreadable;
  return id;
}

Clean<Bytes> to_bytes_of_hex(const Cell& cell) {
  const auto text = plain_text(cell);
  if (!text) return text.error();
  auto bytes = from_hex(*text);
  if (!bytes) return Dirt::hex_unreadable;
  return std::move(*bytes);
}

}  // namespace houniao::importing
