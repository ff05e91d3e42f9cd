#include "replay/headline/digits.h"

#include <array>
#include <string_view>

#include "replay/headline/text.h"
#include "replay/headline/units.h"

namespace houniao {

using View = std::u32string_view;

int digit_of(char32_t c) {
  if (is_ascii_digit(c)) return static_cast<int>(c - '0');
  constexpr View kDigits = U"〇一二三四五六七八九";
  if (c == U'零') return 0;
  if (c == U'两') return 2;
  const std::size_t place = kDigits.find(c);
  return place == View::npos ? -1 : static_cast<int>(place);
}

std::int64_t power_of(char32_t c) {
  switch (c) {
    case U'十':
    case U'拾':
      return 10;
    case U'百':
    case U'佰':
      return 100;
    case U'千':
    case U'仟':
      return 1'000;
    case U'万':
      return 10'000;
    case U'亿':
      return 100'000'000;
    default:
      return 0;
  }
}

int tens_of(char32_t c) {
  constexpr View kTensDigits = U"廿卅卌";
  const std::size_t place = kTensDigits.find(c);
  return place == View::npos ? 0 : static_cast<int>(place) + 2;
}

namespace {

char32_t at_of(View text, std::size_t at) { return at < text.size() ? text[at] : 0; }
bool has(View chars, char32_t c) { return chars.find(c) != View::npos; }

constexpr View kFinancialDigits = U"壹贰叁肆伍陆柒捌玖";

int financial_digit_of(char32_t c) {
  if (c == U'参') return 3;
  const std::size_t place = kFinancialDigits.find(c);
  return place == View::npos ? -1 : static_cast<int>(place) + 1;
}

// Financial numerals that are words as well, and what makes them one: 队伍, 大陆, 参加, 收拾.
struct WordToo {
  char32_t c;
  View not_after;
  View not_before;
};
constexpr std::array kWordsToo = {
    WordToo{U'伍', U"队入退", U""},
    WordToo{U'陆', U"大登着内水海", U"续军地"},
    WordToo{U'参', U"", U"加与观赛考会保照展军谋见"},
    WordToo{U'拾', U"收捡", U""},
};

// Whether what stands around a financial numeral that is a word as well makes it a numeral.
bool among_numerals(View text, std::size_t at) {
  constexpr View kBehindOthers = U"零壹贰叁肆伍陆柒捌玖拾佰仟";
  if (at > 0 &&
      (has(kBehindOthers, text[at - 1]) || (text[at] == U'拾' && digit_of(text[at - 1]) > 0))) {
    return true;
  }
  const char32_t next = at_of(text, at + 1);
  if (has(kFinancialDigits, next) || (text[at] != U'拾' && power_of(next) != 0)) return true;
  if (text[at] == U'参' || next == U'家' || next == U'处') return false;
  const auto unit = find_unit(text, at + 1);
  return unit && unit->unit.kind < UnitClass::duration;
}

bool is_word(View text, std::size_t at) {
  for (const WordToo& word : kWordsToo) {
    if (word.c != text[at]) continue;
    return (at > 0 && has(word.not_after, text[at - 1])) ||
           has(word.not_before, at_of(text, at + 1)) || !among_numerals(text, at);
  }
  return false;
}

}  // namespace

int digit_at(View text, std::size_t at) {
  const char32_t c = at_of(text, at);
  const int digit = digit_of(c);
  if (digit >= 0) return digit;
  const int financial = financial_digit_of(c);
  return financial >= 0 && !is_word(text, at) ? financial : -1;
}

bool is_chinese_digit(View text, std::size_t at) {
  return !is_ascii_digit(at_of(text, at)) && digit_at(text, at) >= 0;
}

bool is_power(char32_t c) { return power_of(c) != 0; }

bool starts_numeral(View text, std::size_t at) {
  const char32_t c = at_of(text, at);
  if (c == U'拾') return !is_word(text, at);
  return digit_at(text, at) >= 0 || power_of(c) != 0 || tens_of(c) != 0;
}

}  // namespace houniao
