#include "replay/headline/runs.h"

#include <array>

#include "replay/headline/digits.h"
#include "replay/headline/number_chars.h"
#include "replay/headline/text.h"

namespace houniao {
namespace {

using View = std::u32string_view;

// Chinese characters for numbers that are rare or of Japan, and forms of them that only look like
// Chinese characters.
constexpr View kRareNumerals =
    U"弌弍弎弐貮亖皕廾卄仨俩壱両阡"
    U"\u2f00\u2f06\u2f0b\u2f17\uf96b\uf973\uf978\uf9d1\uf9d3";

// What makes another number of the numeral before it, unless it begins a word.
struct TailWord {
  char32_t c;
  View not_before;
};
constexpr std::array kTailWords = {
    TailWord{U'半', U"年月天日数价程途边径导封成工脱自岁夜学期点辈身句生决"},
    TailWord{U'兆', U"头"},
    TailWord{U'垓', U""},
    TailWord{U'秭', U"归"},
    TailWord{U'打', U"造击印工电算动扫破折包款车开字通卡拐捞拼架磨理闹响拨分听官气球游断赢"},
};

// Between two digits.
constexpr View kBetweenDigits = U".,/-–—~:：·’‘。";
// Between two numerals of any kind.
constexpr View kBetweenNumerals = U" \n*^_|\\`<>='&@$#";
constexpr View kApproximate = U"多余几来";
// Of the signs above those that a numeral which is understood may have in it.
constexpr View kUnderstood = U".,/-–—~:：点分之多余几来+";
// Signs of ASCII before a numeral that change it; a minus is looked for elsewhere.
constexpr View kLeading = U"+<>^~$";
constexpr std::size_t kGroupMax = 3;

char32_t at_of(View text, std::size_t at) { return at < text.size() ? text[at] : 0; }
bool has(View chars, char32_t c) { return c != 0 && chars.find(c) != View::npos; }

bool is_foreign(View text, std::size_t at) {
  const char32_t c = at_of(text, at);
  if (c == U'俩' && at > 0 && text[at - 1] == U'伎') return false;
  return is_number_char(c) || has(kRareNumerals, c);
}

// A character that says a number by itself, understood or not.
bool is_piece(View text, std::size_t at) {
  return starts_numeral(text, at) || is_foreign(text, at);
}

bool is_digit(View text, std::size_t at) {
  return is_ascii_digit(at_of(text, at)) || is_number_char(at_of(text, at));
}

bool is_tail_word(View text, std::size_t at) {
  for (const TailWord& word : kTailWords) {
    if (word.c == at_of(text, at)) return !has(word.not_before, at_of(text, at + 1));
  }
  return false;
}

// Behind a piece, with or without another one to follow: 900‰, 900半, 900+.
bool is_tail(View text, std::size_t at) {
  const char32_t c = at_of(text, at);
  return c == '+' || is_tail_word(text, at) || !is_plain_neighbour(c);
}

// A full-width comma behind what may be a group of digits: 12，34. Behind more it ends a clause.
bool may_group(View text, std::size_t from, std::size_t at) {
  std::size_t digits = 0;
  while (at > from + digits && is_ascii_digit(text[at - 1 - digits])) ++digits;
  return digits > 0 && digits <= kGroupMax && text[at - digits] != '0' &&
         is_ascii_digit(at_of(text, at + 1));
}

// Whether the character at `at` stands between two pieces and joins them.
bool is_joint(View text, std::size_t from, std::size_t at) {
  const char32_t c = at_of(text, at);
  if (at == from) return false;
  if (has(kApproximate, c)) return is_piece(text, at + 1) || is_tail_word(text, at + 1);
  if (c == U'分') return at_of(text, at + 1) == U'之' && is_piece(text, at + 2);
  if (!is_piece(text, at + 1)) return false;
  if (c == U'之') return text[at - 1] == U'分';
  if (c == U'，') return may_group(text, from, at);
  if (c == U'点') return is_chinese_digit(text, at - 1) && is_chinese_digit(text, at + 1);
  if (has(kBetweenDigits, c)) return is_digit(text, at - 1) && is_digit(text, at + 1);
  return has(kBetweenNumerals, c);
}

// Before a numeral: ≈900, +900, 半百.
bool leads(View text, std::size_t at) {
  if (!is_piece(text, at + 1)) return false;
  const char32_t c = text[at];
  return has(kLeading, c) || !is_plain_neighbour(c) ||
         (c == U'半' && is_power(at_of(text, at + 1)));
}

}  // namespace

std::size_t end_of_run(View text, std::size_t at, std::size_t end) {
  for (std::size_t to = end;;) {
    if (is_piece(text, to) || (to > at && to < text.size() && is_tail(text, to))) {
      end = ++to;
    } else if (is_joint(text, at, to)) {
      ++to;
    } else {
      return end;
    }
  }
}

std::size_t end_of_foreign_run(View text, std::size_t at) {
  if (at >= text.size()) return at;
  if (!is_piece(text, at)) return leads(text, at) ? end_of_run(text, at, at + 1) : at;
  const std::size_t end = end_of_run(text, at, at);
  for (std::size_t i = at; i < end; ++i) {
    if (!starts_numeral(text, i) && !has(kUnderstood, text[i])) return end;
  }
  return at;
}

std::size_t end_of_half(View text, std::size_t at) {
  return at_of(text, at) == U'半' && is_tail_word(text, at) ? at + 1 : at;
}

}  // namespace houniao
