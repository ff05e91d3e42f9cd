#include "replay/headline/units.h"

#include <array>

#include "replay/headline/text.h"

namespace houniao {
namespace {

struct Word {
  std::u32string_view word;
  std::string_view name;
  UnitClass kind;
  // Not the counting word when one of these follows: 成 of 成为, 次 of 次日.
  std::u32string_view not_before = {};
};

using K = UnitClass;
constexpr std::array kWords = {
    Word{U"人次", "人次", K::turnout},
    Word{U"人", "人", K::person, U"力"},
    Word{U"名", "名", K::person, U"单录"},
    Word{U"位", "位", K::person, U"于置"},
    Word{U"场次", "场次", K::session},
    Word{U"场", "场", K::session, U"所地馆"},
    Word{U"期", "期", K::session, U"间待望"},
    Word{U"堂", "堂", K::session},
    Word{U"次", "次", K::session, U"日序"},
    Word{U"届", "届", K::session},
    Word{U"节课", "节", K::session},
    Word{U"轮", "轮", K::session},
    Word{U"批次", "批次", K::session},
    Word{U"批", "批", K::session},
    Word{U"份", "份", K::item},
    Word{U"例", "例", K::item, U"如"},
    Word{U"册", "册", K::item},
    Word{U"条", "条", K::item, U"例件"},
    Word{U"起", "起", K::item, U"来点步"},
    Word{U"件", "件", K::item},
    Word{U"张", "张", K::item},
    Word{U"本", "本", K::item, U"地次"},
    Word{U"部", "部", K::item, U"门分"},
    Word{U"篇", "篇", K::item},
    Word{U"宗", "宗", K::item, U"旨"},
    Word{U"笔", "笔", K::item},
    Word{U"家", "家", K::body, U"长"},
    Word{U"支", "支", K::body, U"持部出"},
    Word{U"所", "所", K::body, U"以在有"},
    Word{U"处", "处", K::body, U"理于级"},
    Word{U"座", "座", K::body, U"谈"},
    Word{U"户", "户", K::body},
    Word{U"校", "校", K::body, U"园长"},
    Word{U"个", "个", K::thing},
    Word{U"项", "项", K::thing},
    Word{U"种", "种", K::thing},
    Word{U"类", "类", K::thing},
    Word{U"套", "套", K::thing},
    Word{U"组", "组", K::thing, U"织成建"},
    Word{U"对", "对", K::thing},
    Word{U"台", "台", K::thing},
    Word{U"辆", "辆", K::thing},
    Word{U"元", "元", K::money, U"旦"},
    Word{U"块钱", "元", K::money},
    Word{U"小时", "小时", K::hours},
    Word{U"个小时", "小时", K::hours},
    Word{U"工时", "工时", K::hours},
    Word{U"学时", "学时", K::hours},
    Word{U"课时", "课时", K::hours},
    Word{U"%", "%", K::percent},
    Word{U"成", "成", K::percent, U"为立员功果长绩就本都熟效年"},
    Word{U"亩", "亩", K::area},
    Word{U"平方米", "平方米", K::area},
    Word{U"平米", "平方米", K::area},
    Word{U"㎡", "平方米", K::area},
    Word{U"m²", "平方米", K::area},
    Word{U"公顷", "公顷", K::area},
    Word{U"平方公里", "平方公里", K::area},
    Word{U"个百分点", "个百分点", K::other},
    Word{U"倍", "倍", K::other},
    Word{U"公里", "公里", K::other},
    Word{U"米", "米", K::other},
    Word{U"公斤", "公斤", K::other},
    Word{U"吨", "吨", K::other},
    Word{U"年", "年", K::duration},
    Word{U"年级", "年级", K::level},
    Word{U"周年", "周年", K::duration},
    Word{U"个年头", "年", K::duration},
    Word{U"个月", "个月", K::duration},
    Word{U"月", "月", K::duration},
    Word{U"个季度", "季度", K::duration},
    Word{U"季度", "季度", K::duration},
    Word{U"个学期", "学期", K::duration},
    Word{U"学期", "学期", K::duration},
    Word{U"个星期", "星期", K::duration},
    Word{U"星期", "星期", K::duration},
    Word{U"周", "周", K::duration},
    Word{U"个工作日", "工作日", K::duration},
    Word{U"工作日", "工作日", K::duration},
    Word{U"天", "天", K::duration},
    Word{U"日", "日", K::duration},
    Word{U"分钟", "分钟", K::duration},
    Word{U"秒", "秒", K::duration},
    Word{U"岁", "岁", K::age},
    Word{U"周岁", "岁", K::age},
    Word{U"级", "级", K::level},
    Word{U"星级", "星级", K::level},
    Word{U"号", "号", K::label},
    Word{U"楼", "楼", K::label},
    Word{U"层", "层", K::label},
    Word{U"室", "室", K::label},
    Word{U"路", "路", K::label},
    Word{U"后", "后", K::label},
    Word{U"时", "时", K::clock},
    Word{U"点", "点", K::clock},
};

struct PeriodWord {
  std::u32string_view word;
  Every every;
  std::string_view name;
};
constexpr std::array kPeriods = {
    PeriodWord{U"半年", Every::half_year, "半年"}, PeriodWord{U"季度", Every::quarter, "季度"},
    PeriodWord{U"季", Every::quarter, "季度"},     PeriodWord{U"月", Every::month, "月"},
    PeriodWord{U"年", Every::year, "年"},          PeriodWord{U"星期", Every::week, "周"},
    PeriodWord{U"周", Every::week, "周"},          PeriodWord{U"天", Every::day, "日"},
    PeriodWord{U"日", Every::day, "日"},           PeriodWord{U"学期", Every::term, "学期"},
};

bool is_unit(const Word& word, std::u32string_view text, std::size_t at) {
  if (text.substr(at, word.word.size()) != word.word) return false;
  const std::size_t next = at + word.word.size();
  return next >= text.size() || word.not_before.find(text[next]) == std::u32string_view::npos;
}

bool can_be_things(UnitClass kind) {
  return kind == UnitClass::thing || kind == UnitClass::body || kind == UnitClass::item;
}

}  // namespace

std::optional<PeriodAt> find_period(std::u32string_view text, std::size_t at) {
  if (at < text.size() && text[at] == U'个') ++at;
  if (at >= text.size()) return std::nullopt;
  for (const PeriodWord& period : kPeriods) {
    if (text.substr(at, period.word.size()) == period.word) {
      return PeriodAt{at + period.word.size(), period.every};
    }
  }
  return std::nullopt;
}

std::optional<UnitAt> find_unit(std::u32string_view text, std::size_t at) {
  if (at >= text.size()) return std::nullopt;
  const Word* best = nullptr;
  for (const Word& word : kWords) {
    if ((best == nullptr || word.word.size() > best->word.size()) && is_unit(word, text, at)) {
      best = &word;
    }
  }
  if (best == nullptr) return std::nullopt;
  UnitAt out{at + best->word.size(), {best->name, best->kind, Every::none}};
  if (out.end < text.size() && text[out.end] == '/') {
    if (const auto period = find_period(text, out.end + 1)) {
      out.end = period->end;
      out.unit.every = period->every;
    }
  }
  return out;
}

std::string name_of(const Unit& unit) {
  std::string out(unit.name);
  if (unit.every == Every::one) return out + "/每";
  for (const PeriodWord& period : kPeriods) {
    if (period.every == unit.every) return out + "/" + std::string(period.name);
  }
  return out;
}

Unit unit_of(std::string_view written) {
  const auto folded = FoldedText::fold(written);
  if (!folded) return {};
  const std::u32string_view text = folded->chars();
  // A pack that counts years means years running; dates are no figures.
  const auto found = find_unit(text, 0);
  if (!found) return {};
  Unit unit = found->unit;
  if (unit.kind == UnitClass::duration && unit.name == "年") unit.kind = UnitClass::years;
  if (unit.every == Every::none && found->end < text.size() && text[found->end] == '/') {
    unit.every = Every::one;
  }
  return unit;
}

UnitFit fit_of(const Unit& a, const Unit& b) {
  if (a.kind == UnitClass::none || b.kind == UnitClass::none) return UnitFit::open;
  if (a.name == b.name && a.kind == b.kind) return UnitFit::same;
  if (a.kind == b.kind) return UnitFit::kin;
  if (can_be_things(a.kind) && can_be_things(b.kind)) return UnitFit::kin;
  const auto either = [&](UnitClass x, UnitClass y) {
    return (a.kind == x && b.kind == y) || (a.kind == y && b.kind == x);
  };
  if (either(UnitClass::person, UnitClass::turnout) || either(UnitClass::person, UnitClass::item) ||
      either(UnitClass::turnout, UnitClass::item)) {
    return UnitFit::other_count;
  }
  // 个 may count sessions: 个主题活动.
  if (either(UnitClass::thing, UnitClass::session)) return UnitFit::open;
  return UnitFit::foreign;
}

}  // namespace houniao
