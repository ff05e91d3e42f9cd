// The counting words that the press puts behind numbers, and what may be compared with what: 人
// counts persons, 人次 person-times, and the two are never the same figure. Constant tables; pure;
// any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace houniao {

enum class UnitClass : std::uint8_t {
  none,      // no unit is written, or one that the table does not have
  person,    // 人 名 位
  turnout,   // 人次
  session,   // 场 场次 期 堂 次 届
  item,      // 份 例 册 条 起 件
  body,      // 家 支 所 处: organisations and places
  thing,     // 个 项: anything that is not persons
  money,     // 元
  hours,     // 小时
  percent,   // % 成
  years,     // 年, of years running
  area,      // 亩 平方米
  other,     // counted, but by no figure: 倍 公里
  duration,  // 年 月 天: how long or when
  age,       // 岁
  level,     // 级
  label,     // 号 楼: names things
  clock,     // 时 点
};

// "every ...": a number about each period or each of something.
enum class Every : std::uint8_t { none, day, week, month, quarter, half_year, year, term, one };

struct Unit {
  std::string_view name;  // simplified; empty: none. Lives as long as the program.
  UnitClass kind = UnitClass::none;
  Every every = Every::none;
};

// "场/月"; empty for none.
std::string name_of(const Unit& unit);

struct UnitAt {
  std::size_t end = 0;
  Unit unit;
};
// The longest counting word that starts at `at` of a folded text, "/月" included.
std::optional<UnitAt> find_unit(std::u32string_view text, std::size_t at);
// The period word that starts at `at`: 月, 季度, 半年 (also 个季度).
struct PeriodAt {
  std::size_t end = 0;
  Every every = Every::none;
};
std::optional<PeriodAt> find_period(std::u32string_view text, std::size_t at);

// The unit that a figure of a pack carries, "场/月" for instance.
Unit unit_of(std::string_view written);

// How well a number with one unit can be a figure with the other.
enum class UnitFit : std::uint8_t {
  same,         // the same word
  kin,          // the same class, or 个 for a body or an item
  open,         // one of them has no unit, or 个 for sessions
  other_count,  // 人, 人次 and 例 of the same persons: may be meant, but never the same number
  foreign,      // not the same thing
};
UnitFit fit_of(const Unit& a, const Unit& b);

}  // namespace houniao
