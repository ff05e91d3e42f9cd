#include "tools/import/clean.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/limits.h"
#include "schema/checksums.h"

namespace houniao::importing {
namespace {

constexpr std::string_view kMonthMark = "月";
// What becomes of U+FFFD when UTF-8 is read as GBK.
constexpr std::string_view kTwiceLost = "锟斤拷";
constexpr std::size_t kMobileDigits = 11;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The code point at `at`, which is moved on. The text is valid UTF-8.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  char32_t out = lead & (0x3FU >> more);
  for (int i = 0; i < more; ++i) out = out << 6 | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  return out;
}

bool within(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

bool is_control(char32_t c) {
  return c < 0x20 || within(c, 0x7F, 0x9F) || (c & 0xFFFE) == 0xFFFE || within(c, 0xFDD0, 0xFDEF);
}
bool is_invisible(char32_t c) {
  return c == 0xAD || within(c, 0x200B, 0x200F) || within(c, 0x2028, 0x202E) ||
         within(c, 0x2060, 0x206F) || c == 0xFEFF;
}
bool is_private(char32_t c) { return within(c, 0xE000, 0xF8FF) || c >= 0xF0000; }

std::optional<Dirt> damage_of(char32_t c) {
  if (c == 0xFFFD) return Dirt::replacement_character;
  if (is_control(c)) return Dirt::control_character;
  if (is_invisible(c)) return Dirt::invisible_character;
  if (is_private(c)) return Dirt::private_character;
  return std::nullopt;
}

bool is_unreadable_name(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kMarks = {"?", "？", "□", "■", "▯", "〓"};
  return std::any_of(kMarks.begin(), kMarks.end(), [&](std::string_view mark) {
    return text.find(mark) != std::string_view::npos;
  });
}

bool is_mobile(std::string_view text) {
  return text.size() == kMobileDigits && text.front() == '1' &&
         std::all_of(text.begin(), text.end(), is_digit);
}

std::optional<Dirt> failed_check(std::string_view text, Check check) {
  switch (check) {
    case Check::none:
      return std::nullopt;
    case Check::resident_id:
      if (parse_resident_id(normalise_number(text))) return std::nullopt;
      return Dirt::id_checksum;
    case Check::uscc:
      if (valid_uscc(normalise_number(text))) return std::nullopt;
      return Dirt::code_checksum;
    case Check::organisation_code:
      if (valid_organisation_code(normalise_number(text))) return std::nullopt;
      return Dirt::code_checksum;
    case Check::mobile:
      if (is_mobile(normalise_number(text))) return std::nullopt;
      return Dirt::phone_shape;
    case Check::name:
      if (!is_unreadable_name(text)) return std::nullopt;
      return Dirt::unreadable_name;
  }
  return std::nullopt;
}

std::optional<Dirt> unusable_kind(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::broken:
      return Dirt::broken_bytes;
    case CellKind::error:
      return Dirt::error_value;
    case CellKind::formula:
      return Dirt::formula_without_value;
    case CellKind::date:
    case CellKind::boolean:
      return Dirt::wrong_cell_kind;
    default:
      return std::nullopt;
  }
}

bool is_spreadsheet_error(std::string_view text) {
  static constexpr std::array<std::string_view, 7> kErrors = {
      "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"};
  if (!text.starts_with("#") && !text.starts_with("＃")) return false;
  return std::find(kErrors.begin(), kErrors.end(), fold_width(text)) != kErrors.end();
}

// A spreadsheet keeps 15 digits of a number; an id number or account typed as a number is damaged.
bool has_lost_digits(const Cell& cell) {
  return cell.kind == CellKind::number && cell.text.find("e+") != std::string_view::npos;
}

}  // namespace

void throw_exception_from_error(Dirt dirt, const boost::source_location&) {
  assertion_failed(row_of(dirt).name.data(), __FILE__, __LINE__);
}

std::string_view trim(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kSpaces = {" ",  "\t", "\r",
                                                              "\n", "　", "\xC2\xA0"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view space : kSpaces) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        again = true;
      } else if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        again = true;
      }
    }
  }
  return text;
}

std::string fold_width(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const char32_t c = next_code_point(text, at);
    if (within(c, 0xFF01, 0xFF5E)) {
      out.push_back(static_cast<char>(c - 0xFEE0));
    } else if (c == 0x3000) {
      out.push_back(' ');
    } else {
      out += text.substr(start, at - start);
    }
  }
  return out;
}

std::string lower_ascii(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool is_no_name(std::string_view text) {
  const std::string word = lower_ascii(fold_width(text));
  return word.starts_with('#') || word == "n/a" || word == "null";
}

bool is_no_content(std::string_view text) {
  static constexpr std::array<std::string_view, 8> kWords = {"n/a", "null", "-", "--",
                                                             "—",   "——",   "/", "无"};
  return std::find(kWords.begin(), kWords.end(), lower_ascii(fold_width(text))) != kWords.end();
}

bool has_lost_year_mark(std::string_view text) {
  for (std::size_t at = text.find(kMonthMark); at != std::string_view::npos;
       at = text.find(kMonthMark, at + 1)) {
    std::size_t first = at;
    while (first > 0 && is_digit(text[first - 1])) --first;
    const std::string_view digits = text.substr(first, at - first);
    const bool year = digits.starts_with("19") || digits.starts_with("20");
    if (year && (digits.size() == 5 || digits.size() == 6)) return true;
  }
  return false;
}

std::optional<Dirt> find_damage(std::string_view text, bool multiline) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (multiline && (c == '\n' || (c == '\r' && at < text.size() && text[at] == '\n'))) continue;
    if (const auto damage = damage_of(c)) return damage;
  }
  if (text.find(kTwiceLost) != std::string_view::npos) return Dirt::replacement_character;
  if (has_lost_year_mark(text)) return Dirt::lost_year_mark;
  return std::nullopt;
}

Clean<std::string> clean_text(const Cell& cell, const TextRule& rule) {
  if (const auto unusable = unusable_kind(cell)) return *unusable;
  if (has_lost_digits(cell)) return Dirt::number_lost_digits;
  const std::string_view trimmed = trim(cell.text);
  if (is_spreadsheet_error(trimmed)) return Dirt::error_value;
  std::string text = rule.fold ? fold_width(trimmed) : std::string(trimmed);
  if (rule.fold) text = std::string(trim(text));
  if (const auto damage = find_damage(text, rule.multiline)) return *damage;
  const std::size_t bytes_max = rule.bytes_max == 0 ? limits::kTextBytesMax : rule.bytes_max;
  if (text.size() > bytes_max) return Dirt::too_long;
  if (text.empty()) return text;
  if (const auto failed = failed_check(text, rule.check)) return *failed;
  return text;
}

Clean<std::string> plain_text(const Cell& cell) {
  return clean_text(cell, {.multiline = false, .fold = true, .check = Check::none, .bytes_max = 0});
}

}  // namespace houniao::importing
