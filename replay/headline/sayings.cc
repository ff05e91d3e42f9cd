#include "replay/headline/sayings.h"

#include <algorithm>
#include <array>

namespace houniao {
namespace {

struct SayingWord {
  std::u32string_view word;
  Saying saying;
  // Not this word when one of these stands before it: 近 of 附近, 约 of 签约.
  std::u32string_view not_after = {};
};

// Longer words before those that they end with.
constexpr std::array kBefore = {
    SayingWord{U"不少于", Saying::at_least},
    SayingWord{U"不低于", Saying::at_least},
    SayingWord{U"至少", Saying::at_least},
    SayingWord{U"最少", Saying::at_least},
    SayingWord{U"起码", Saying::at_least},
    SayingWord{U"不超过", Saying::at_most},
    SayingWord{U"不下于", Saying::at_least},
    SayingWord{U"不小于", Saying::at_least},
    SayingWord{U"不下", Saying::at_least},
    SayingWord{U"不多于", Saying::at_most},
    SayingWord{U"不高于", Saying::at_most},
    SayingWord{U"不大于", Saying::at_most},
    SayingWord{U"不超", Saying::at_most},
    SayingWord{U"不逾", Saying::at_most},
    SayingWord{U"至多", Saying::at_most},
    SayingWord{U"最多", Saying::at_most},
    SayingWord{U"不足", Saying::below},
    SayingWord{U"不到", Saying::below},
    SayingWord{U"不及", Saying::below},
    SayingWord{U"不满", Saying::below},
    SayingWord{U"少于", Saying::below},
    SayingWord{U"小于", Saying::below},
    SayingWord{U"低于", Saying::below},
    SayingWord{U"不止", Saying::above},
    SayingWord{U"不只", Saying::above},
    SayingWord{U"超过", Saying::above},
    SayingWord{U"突破", Saying::above},
    SayingWord{U"高于", Saying::above},
    SayingWord{U"多于", Saying::above},
    SayingWord{U"大于", Saying::above},
    SayingWord{U"超", Saying::above},
    SayingWord{U"逾", Saying::above},
    SayingWord{U"破", Saying::above},
    SayingWord{U"接近", Saying::near},
    SayingWord{U"将近", Saying::near},
    SayingWord{U"近", Saying::near, U"附最临靠邻就贴"},
    SayingWord{U"差不多", Saying::about},
    SayingWord{U"大约", Saying::about},
    SayingWord{U"约为", Saying::about},
    SayingWord{U"大概", Saying::about},
    SayingWord{U"约", Saying::about, U"签预节违公契条履邀赴"},
    SayingWord{U"达到", Saying::equal},
    SayingWord{U"达", Saying::equal},
};
constexpr std::array kAfter = {
    SayingWord{U"以上", Saying::at_least}, SayingWord{U"及以上", Saying::at_least},
    SayingWord{U"左右", Saying::about},    SayingWord{U"上下", Saying::about},
    SayingWord{U"以内", Saying::at_most},  SayingWord{U"以下", Saying::below},
    SayingWord{U"不等", Saying::vague},    SayingWord{U"出头", Saying::above},
};

// How far back 至少 and 每月 reach.
constexpr std::size_t kBoundReach = 16;
constexpr std::size_t kEveryReach = 32;

std::size_t reach(std::size_t from, std::size_t at, std::size_t most) {
  return at > most ? std::max(from, at - most) : from;
}

bool ends_with(std::u32string_view text, std::size_t from, std::size_t at, const SayingWord& word) {
  if (at < from + word.word.size()) return false;
  const std::size_t begin = at - word.word.size();
  if (text.substr(begin, word.word.size()) != word.word) return false;
  return begin == 0 || word.not_after.find(text[begin - 1]) == std::u32string_view::npos;
}

bool contains(std::u32string_view text, std::size_t from, std::size_t to,
              std::u32string_view word) {
  return text.substr(from, to - from).find(word) != std::u32string_view::npos;
}

}  // namespace

std::optional<Comparator> comparator_of(Saying saying) {
  switch (saying) {
    case Saying::equal:
      return Comparator::equal;
    case Saying::above:
      return Comparator::above;
    case Saying::near:
      return Comparator::near;
    case Saying::about:
      return Comparator::about;
    case Saying::at_least:
      return Comparator::at_least;
    default:
      return std::nullopt;
  }
}

std::string_view sign_of(Saying saying) {
  if (const auto comparator = comparator_of(saying)) return sign_of(*comparator);
  if (saying == Saying::below) return "<<";
  if (saying == Saying::at_most) return "<=";
  return saying == Saying::between ? ".." : "?";
}

std::optional<Wording> saying_before(std::u32string_view text, std::size_t from, std::size_t at) {
  std::size_t end = at;
  if (end > from && text[end - 1] == U'了') --end;  // 突破了
  for (const SayingWord& word : kBefore) {
    if (!ends_with(text, from, end, word)) continue;
    return Wording{word.saying, {end - word.word.size(), end}};
  }
  return std::nullopt;
}

std::optional<Wording> bound_before(std::u32string_view text, std::size_t from, std::size_t at) {
  const std::size_t stop = reach(from, at, kBoundReach);
  for (std::size_t end = at; end > stop; --end) {
    for (const SayingWord& word : kBefore) {
      const bool bound = word.saying == Saying::at_least || word.saying == Saying::at_most;
      if (!bound || !ends_with(text, stop, end, word)) continue;
      return Wording{word.saying, {end - word.word.size(), end}};
    }
  }
  return std::nullopt;
}

std::optional<Wording> saying_after(std::u32string_view text, std::size_t at) {
  for (const SayingWord& word : kAfter) {
    if (at < text.size() && text.substr(at, word.word.size()) == word.word) {
      return Wording{word.saying, {at, at + word.word.size()}};
    }
  }
  return std::nullopt;
}

EveryWording every_before(std::u32string_view text, std::size_t from, std::size_t at) {
  constexpr std::u32string_view kSharers = U"平人户场家站村次";  // 人均: of each of them
  const std::size_t stop = reach(from, at, kEveryReach);
  for (std::size_t i = at; i > stop; --i) {
    const std::size_t place = i - 1;
    if (text[place] == U'均' && place > stop && (place < 2 || text[place - 2] != U'去')) {
      if (text[place - 1] == U'年') return {Every::year, true};
      if (text[place - 1] == U'月') return {Every::month, true};
      if (text[place - 1] == U'日') return {Every::day, true};
      if (text[place - 1] == U'周') return {Every::week, true};
      if (text[place - 1] == U'季') return {Every::quarter, true};
      if (kSharers.find(text[place - 1]) != std::u32string_view::npos) return {Every::one, true};
    }
    if (text[place] != U'每') continue;
    const bool mean = contains(text, stop, at, U"平均");
    if (const auto period = find_period(text.substr(0, at), i)) return {period->every, mean};
    if (find_unit(text.substr(0, at), i)) return {Every::one, mean};
  }
  return {};
}

}  // namespace houniao
