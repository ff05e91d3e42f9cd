#include "replay/headline/negation.h"

#include <algorithm>
#include <array>

#include "replay/headline/text.h"

namespace houniao {
namespace {

using View = std::u32string_view;

struct Negator {
  View word;
  std::size_t reach;  // characters between it and the number
};
constexpr std::array kNegators = {
    Negator{U"没有", 3}, Negator{U"没能", 3}, Negator{U"未能", 3}, Negator{U"未曾", 3},
    Negator{U"尚未", 3}, Negator{U"从未", 3}, Negator{U"并未", 3}, Negator{U"并非", 3},
    Negator{U"绝非", 3}, Negator{U"不是", 3}, Negator{U"并不", 3}, Negator{U"并无", 3},
    Negator{U"从不", 3}, Negator{U"取消", 3}, Negator{U"否认", 3}, Negator{U"没", 2},
    Negator{U"未", 2},   Negator{U"不", 0},   Negator{U"非", 0},
};
// Words that only look like one.
constexpr std::array<View, 14> kOtherWords = {U"未成年", U"未来", U"未婚", U"未必", U"未名",
                                              U"未满",   U"未知", U"未经", U"未央", U"没收",
                                              U"没落",   U"除非", U"是非", U"南非"};
// A clause that goes on after the denial, or one that only describes: 没有工作的900名.
constexpr View kTurns = U"的地得而但却才就只";

// Whether the word with `size` characters at `at` is part of another one.
bool is_other_word(View text, std::size_t at, std::size_t size) {
  return std::any_of(kOtherWords.begin(), kOtherWords.end(), [&](View word) {
    for (std::size_t back = 0; back <= at && back + size <= word.size(); ++back) {
      if (text.substr(at - back, word.size()) == word) return true;
    }
    return false;
  });
}

bool may_stand_between(View words) {
  return std::all_of(words.begin(), words.end(),
                     [](char32_t c) { return is_word_char(c) && kTurns.find(c) == View::npos; });
}

constexpr std::size_t kPlanReach = 14;
constexpr std::array<View, 12> kPlans = {U"力争",   U"预计", U"预期", U"有望",   U"打算", U"目标是",
                                         U"目标为", U"将达", U"将超", U"将突破", U"将要", U"将会"};
// 计划 and 拟 are parts of many names and words: 西部计划志愿者, 模拟面试. Not so behind these.
constexpr View kBeforePlan = U"年月还并也";

bool is_plan_verb(View text, std::size_t from, std::size_t at) {
  const bool verb = text.substr(at, 2) == U"计划" || text[at] == U'拟';
  const bool named = text.substr(at, 4) == U"计划生育" || text.substr(at, 2) == U"拟定";
  return verb && !named && (at == from || kBeforePlan.find(text[at - 1]) != View::npos);
}

}  // namespace

bool is_planned(View text, std::size_t from, std::size_t at) {
  const std::size_t start = at > from + kPlanReach ? at - kPlanReach : from;
  for (std::size_t i = start; i < at; ++i) {
    const View rest = text.substr(i, at - i);
    const bool said = std::any_of(kPlans.begin(), kPlans.end(),
                                  [&](View word) { return rest.starts_with(word); });
    if (said || is_plan_verb(text, from, i)) return true;
  }
  return false;
}

std::optional<std::size_t> negation_before(View text, std::size_t from, std::size_t at) {
  for (const Negator& negator : kNegators) {
    const std::size_t size = negator.word.size();
    for (std::size_t between = 0; between <= negator.reach; ++between) {
      if (at < from + size + between) break;
      const std::size_t start = at - between - size;
      if (text.substr(start, size) != negator.word) continue;
      if (is_other_word(text, start, size)) continue;
      if (may_stand_between(text.substr(start + size, between))) return start;
    }
  }
  return std::nullopt;
}

}  // namespace houniao
