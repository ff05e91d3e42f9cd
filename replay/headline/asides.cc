#include "replay/headline/asides.h"

#include <algorithm>
#include <array>

#include "replay/headline/runs.h"
#include "replay/headline/text.h"
#include "replay/headline/units.h"

namespace houniao {
namespace {

using View = std::u32string_view;

// Words that begin like a count.
constexpr std::array<View, 13> kIdioms = {
    U"万一",     U"一一对应", U"一起",     U"一次性",   U"一条龙",   U"一家人", U"一条心",
    U"一成不变", U"一体",     U"千家万户", U"万家灯火", U"百家讲坛", U"一点"};
// 这一 那两 新一(届): the number points, it does not count.
constexpr View kPointers = U"这那";
constexpr View kPointersOfOne = U"唯统之同每某任逐进新另上下前后又单其再";

// What is called, and what may stand between it and the number.
constexpr std::array<View, 8> kCalled = {U"热线", U"专线",    U"电话", U"拨打",
                                         U"拨通", U"hotline", U"tel",  U"致电"};
constexpr View kBetween = U"：: 了为是号码“\"（(《【「";
constexpr std::array<View, 4> kCalledBehind = {U"热线", U"专线", U"电话", U"hotline"};
constexpr std::size_t kCalledReach = 10;
// 负 of 减负 is no sign.
constexpr View kMinus = U"-−﹣";
constexpr View kBurdenAfter = U"减担肩抱自欺胜";

char32_t at_of(View text, std::size_t at) { return at < text.size() ? text[at] : 0; }
bool has(View chars, char32_t c) { return chars.find(c) != View::npos; }
bool starts(View text, std::size_t at, View word) {
  return at <= text.size() && text.substr(at, word.size()) == word;
}

std::size_t digits_at(View text, std::size_t at) {
  std::size_t to = at;
  while (is_ascii_digit(at_of(text, to))) ++to;
  return to - at;
}

bool is_year_at(View text, std::size_t at) {
  return digits_at(text, at) == 4 && (starts(text, at, U"19") || starts(text, at, U"20"));
}

}  // namespace

std::size_t end_of_written_date(View text, std::size_t at) {
  if (!is_year_at(text, at)) return at;
  const char32_t sign = at_of(text, at + 4);
  if (!has(U"-./—~至到", sign)) return at;
  const std::size_t second = at + 5;
  if (is_year_at(text, second)) {
    return second + 4 + (at_of(text, second + 4) == U'年' ? 1u : 0u);
  }
  const std::size_t month = digits_at(text, second);
  if (month == 0 || month > 2 || at_of(text, second + month) != sign) return at;
  const std::size_t day = digits_at(text, second + month + 1);
  return day == 0 || day > 2 ? at : second + month + 1 + day;
}

std::size_t end_of_date(View text, std::size_t at) {
  for (;;) {
    const auto numeral = read_numeral(text, at);
    const auto unit = numeral ? find_unit(text, numeral->end) : std::nullopt;
    if (!unit || numeral->approximation != Approximation::none) return at;
    const std::string_view name = unit->unit.name;
    if (name != "月" && name != "日" && name != "号" && name != "时" && name != "点") return at;
    at = unit->end;
  }
}

std::size_t end_of_phrase(View text, std::size_t from, std::size_t at, const Numeral& numeral) {
  if (!numeral.spelled) return at;
  const std::size_t run = end_of_run(text, at, numeral.end);
  for (const View idiom : kIdioms) {
    if (starts(text, at, idiom) && run <= at + idiom.size()) return at + idiom.size();
  }
  const char32_t before = at > from ? text[at - 1] : 0;
  if (run > numeral.end) return at;
  if (has(kPointers, before)) return numeral.end;
  if (!numeral.single || text[at] != U'一') return at;
  // 新一届, 一个个, 一人一档
  const char32_t second = at_of(text, at + 2);
  const bool phrase =
      has(kPointersOfOne, before) || second == at_of(text, at + 1) || second == U'一';
  return phrase ? numeral.end : at;
}

bool is_service_number(View text, std::size_t from, std::size_t at, const Numeral& numeral) {
  if (numeral.spelled || numeral.power != 1 || numeral.decimals > 0) return false;
  if (numeral.approximation != Approximation::none) return false;
  const auto unit = find_unit(text, numeral.end);
  if (unit && unit->unit.kind < UnitClass::duration) return false;
  std::size_t before = at;
  while (before > from && has(kBetween, text[before - 1])) --before;
  for (const View called : kCalled) {
    if (text.substr(from, before - from).ends_with(called)) return true;
  }
  std::size_t to = numeral.end;
  while (to < text.size() && to - numeral.end < kCalledReach && !ends_clause(text[to]) &&
         !starts_numeral(text, to)) {
    ++to;
  }
  const View behind = text.substr(numeral.end, to - numeral.end);
  return std::any_of(kCalledBehind.begin(), kCalledBehind.end(),
                     [&](View called) { return behind.find(called) != View::npos; });
}

bool is_below_zero(View text, std::size_t from, std::size_t behind, std::size_t at) {
  if (at <= from) return false;
  const char32_t sign = text[at - 1];
  const char32_t before = at - 1 > from ? text[at - 2] : 0;
  if (sign == U'负') return !has(kBurdenAfter, before);
  if (!has(kMinus, sign) || has(kMinus, before) || is_ascii_digit(before)) return false;
  return behind == from || behind != at - 1;
}

std::size_t end_of_two_digits(View text, std::size_t from, std::size_t at, const Numeral& numeral) {
  const std::size_t next = numeral.end + 1;
  if (!numeral.single || is_power(text[at]) || at_of(text, numeral.end) != U'、')
    return numeral.end;
  // 一、 that opens a sentence numbers it, and in 一、二、三 each stands for itself.
  const bool list = at == from || text[at - 1] == U'、' || at_of(text, next + 1) == U'、';
  if (list || !starts_numeral(text, next)) return numeral.end;
  const auto first = read_numeral(text.substr(0, next + 1), next);
  if (!first || first->value_milli != numeral.value_milli + 1000) return numeral.end;
  const auto second = read_numeral(text, next);
  return end_of_run(text, next, second ? second->end : next + 1);
}

std::size_t end_of_time_with_more(View text, const UnitAt& unit) {
  if (unit.unit.name != "个") return unit.end;
  const char32_t next = at_of(text, unit.end);
  if (next == U'半') return unit.end + 1;
  if (!has(U"多来", next)) return unit.end;
  const auto time = find_unit(text, unit.end + 1);
  const bool of_time =
      time && (time->unit.kind == UnitClass::duration || time->unit.kind == UnitClass::hours);
  return of_time ? time->end : unit.end;
}

bool is_session_of_congress(View text, std::size_t at) {
  return starts(text, at, U"中央") ||
         (is_chinese_digit(text, at) && starts(text, at + 1, U"中全会"));
}

}  // namespace houniao
