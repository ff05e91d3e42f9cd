// The numbers of a text of the press: what each says, of what, and how exactly. Dates, durations,
// ordinals, ages, grades and names are recognised and set aside, so that nobody takes the year for
// a count. Pure; any thread.
//
// Chinese numerals are words of many other words (三农, 统一, 千方百计): one counts as a number
// only when a counting word or an approximation follows, or when it is written out (三百五十).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "replay/headline/sayings.h"
#include "replay/headline/text.h"
#include "replay/headline/units.h"

namespace houniao {

enum class NumberRole : std::uint8_t {
  claim,
  date,      // 2014年8月, 5月24日
  duration,  // 一周, 3个月
  ordinal,   // 第三届
  age,       // 60岁
  level,     // 4A级, 三级, 八年级
  name,      // QQ号, 12号楼, 90后: the digits are part of a name
  clock,     // 8:30
  phrase,    // 一人一档, 新一届: words, not counts
  unread,    // 3万5多, 12,34, 1 900: a numeral of which only parts are understood
  planned,   // 力争服务900名, 预计900名
  negated,   // 没有服务900名, 并非900名
  negative,  // -8867份: no count is below zero
  bare,      // 十三五, 三十五: numeral characters that nothing says are a count
};
Label label_of(NumberRole role);

struct HeadlineNumber {
  NumberRole role = NumberRole::claim;
  TextSpan place;     // with its words: 近8900份
  TextSpan digits;    // the numeral alone
  TextSpan sentence;  // that it stands in
  TextSpan clause;

  // In thousandths of the unit; the upper end is the same unless a range is said. 六成 is 60 %.
  std::int64_t value_milli = 0;
  std::int64_t upper_milli = 0;
  std::uint8_t decimals = 0;  // of a share, as written
  Saying saying = Saying::equal;
  std::string word;  // 近, 多, ... as written; empty when no word says it
  Unit unit;
  bool unit_implied = false;  // money by the words around it
  bool spelled_one = false;   // 一 with a counting word: often no more than "a"
  // A number that names a model instead of counting: 4+3, 三个一. It can only mean a figure of the
  // same value.
  bool pattern = false;
};

// In order of place; claims and what is set aside.
std::vector<HeadlineNumber> find_numbers(const FoldedText& text);

}  // namespace houniao
