#include "replay/headline/text.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "replay/headline/simplified.h"
#include "schema/shape.h"

namespace houniao {
namespace {

constexpr std::u32string_view kSentenceEnds = U"。！？；…!?;\n";
constexpr std::u32string_view kClauseEnds = U"，、：,:";

struct Decoded {
  char32_t c = 0;
  std::size_t bytes = 1;
};

// `text` is valid UTF-8 from `at` on.
Decoded decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[at + i]));
  };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xe0) return {(lead & 0x1f) << 6 | (byte(1) & 0x3f), 2};
  if (lead < 0xf0) return {(lead & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f), 3};
  return {(lead & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f),
          4};
}

// Where the first byte stands that does not belong to a code point.
std::size_t first_bad_byte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t bytes = 1;
    while (bytes <= 4 && !valid_utf8(text.substr(at, bytes))) ++bytes;
    if (bytes > 4) break;
    at += bytes;
  }
  return at;
}

struct Range {
  char32_t first = 0;
  char32_t last = 0;
};
// Spaces of any width, and what is not seen at all: format and control characters, selectors of a
// form. A line end is none.
constexpr Range kSpaces[] = {
    {0x00, 0x09},      {0x0b, 0x20},     {0x7f, 0xa0},     {0xad, 0xad},     {0x34f, 0x34f},
    {0x61c, 0x61c},    {0x115f, 0x1160}, {0x1680, 0x1680}, {0x17b4, 0x17b5}, {0x180b, 0x180e},
    {0x2000, 0x200f},  {0x2028, 0x202f}, {0x205f, 0x206f}, {0x2800, 0x2800}, {0x3000, 0x3000},
    {0x3164, 0x3164},  {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff9, 0xfffb},
    {0xe0000, 0xe01ef}};

bool is_space(char32_t c) {
  return std::any_of(std::begin(kSpaces), std::end(kSpaces),
                     [&](const Range& range) { return c >= range.first && c <= range.last; });
}

char32_t folded(char32_t c) {
  if (c >= 0xff01 && c <= 0xff5e && c != U'，' && c != U'：') c -= 0xfee0;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 'a';
  if (c == U'○') return U'〇';
  return c < 0x3400 ? c : simplified(c);
}

// Also those that turn the direction of writing around.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool is_letter_or_digit(char32_t c) { return is_ascii_digit(c) || is_ascii_letter(c); }

bool is_full_width_digit(char32_t c) { return c >= U'０' && c <= U'９'; }

// Whether a full-width comma groups digits instead of ending a clause: between full-width digits,
// or with one to three digits before it and exactly three behind (8，867). `before` is folded and
// may have groups of its own; `behind` is the UTF-8 behind the comma.
bool groups_digits(std::u32string_view before, char32_t last, std::string_view behind) {
  const auto digit_behind = [&](std::size_t& at) {
    if (at >= behind.size()) return false;
    const Decoded decoded = decode(behind, at);
    at += decoded.bytes;
    return is_ascii_digit(folded(decoded.c));
  };
  std::size_t at = 0;
  if (!is_ascii_digit(folded(last)) || !digit_behind(at)) return false;
  if (is_full_width_digit(last) && is_full_width_digit(decode(behind, 0).c)) return true;
  std::size_t digits = 0;
  while (digits < before.size() && is_ascii_digit(before[before.size() - 1 - digits])) ++digits;
  return digits <= 3 && digit_behind(at) && digit_behind(at) && !digit_behind(at);
}

}  // namespace

bool is_ascii_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char32_t c) { return c >= 'a' && c <= 'z'; }
bool is_word_char(char32_t c) {
  return is_letter_or_digit(c) || (c >= 0x3400 && c <= 0x9fff) || (c >= 0x20000 && c <= 0x3ffff);
}

bool ends_clause(char32_t c) {
  return kClauseEnds.find(c) != std::u32string_view::npos ||
         kSentenceEnds.find(c) != std::u32string_view::npos;
}

Result<FoldedText> FoldedText::fold(std::string_view utf8, std::size_t bytes_max) {
  if (utf8.size() > bytes_max) {
    return fail(Errc::too_large, "the text has " + std::to_string(utf8.size()) +
                                     " bytes, at most " + std::to_string(bytes_max) + " are read");
  }
  if (!valid_utf8(utf8)) {
    return fail(Errc::invalid_argument, "the text is not UTF-8 at byte " +
                                            std::to_string(first_bad_byte(utf8)) +
                                            "; save it as UTF-8 (文本不是 UTF-8 编码)");
  }
  FoldedText out;
  out.original_ = std::string(utf8);
  std::optional<std::size_t> space;  // where one began
  char32_t before = 0;               // the last code point as given
  for (std::size_t at = 0; at < utf8.size();) {
    const Decoded decoded = decode(utf8, at);
    const std::size_t next = at + decoded.bytes;
    char32_t c = folded(decoded.c);
    if (is_space(decoded.c)) {
      if (!space) space = at;
      at = next;
      continue;
    }
    if (c == U'，' && groups_digits(out.chars_, before, utf8.substr(next))) c = ',';
    if (space && !out.chars_.empty() && is_letter_or_digit(out.chars_.back()) &&
        is_letter_or_digit(c)) {
      out.chars_.push_back(' ');
      out.bytes_.push_back(static_cast<std::uint32_t>(*space));
    }
    space.reset();
    before = decoded.c;
    out.chars_.push_back(c);
    out.bytes_.push_back(static_cast<std::uint32_t>(at));
    at = next;
  }
  out.bytes_.push_back(static_cast<std::uint32_t>(utf8.size()));
  return out;
}

std::string FoldedText::words(TextSpan span) const {
  const std::string_view bytes =
      std::string_view(original_).substr(bytes_[span.from], bytes_[span.to] - bytes_[span.from]);
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const Decoded decoded = decode(bytes, at);
    if (!is_control(decoded.c)) out += bytes.substr(at, decoded.bytes);
    at += decoded.bytes;
  }
  return out;
}

namespace {

// A full stop between digits, or one line end between numerals, may be inside a number: 2。5万, or
// 三 at the end of a line and 百 on the next.
bool may_join(std::u32string_view text, std::size_t at) {
  constexpr std::u32string_view kNumerals = U"〇零一二三四五六七八九十百千万亿两";
  if (at == 0 || at + 1 >= text.size()) return false;
  const auto digit = [&](std::size_t i) { return is_ascii_digit(text[i]); };
  const auto numeral = [&](std::size_t i) {
    return digit(i) || kNumerals.find(text[i]) != std::u32string_view::npos;
  };
  if (text[at] == U'。') return digit(at - 1) && digit(at + 1);
  return text[at] == '\n' && numeral(at - 1) && numeral(at + 1);
}

}  // namespace

std::vector<TextSpan> split_sentences(std::u32string_view text) {
  std::vector<TextSpan> out;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && kSentenceEnds.find(text[i]) == std::u32string_view::npos) continue;
    if (i < text.size() && may_join(text, i)) continue;
    if (i > from) out.push_back({from, i});
    from = i + 1;
  }
  return out;
}

}  // namespace houniao
