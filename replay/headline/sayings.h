// The words that say how a number is meant: 近 多 余 约 左右 突破 超过 至少 以上 不足, and 每月 for
// each month. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "replay/headline/text.h"
#include "replay/headline/units.h"
#include "replay/pack.h"

namespace houniao {

enum class Saying : std::uint8_t {
  equal,     // N, 达 N
  above,     // 超过 N, N 多, N 余, 突破 N, 逾 N
  near,      // 近 N
  about,     // 约 N, N 左右
  at_least,  // 至少 N, N 以上, 不少于 N
  below,     // 不足 N
  at_most,   // 至多 N, N 以内
  between,   // 20 至 30
  vague,     // 数十, 近千, 上百: no number is said
};

// The comparator of a pack that means the same; none for those that packs do not have.
std::optional<Comparator> comparator_of(Saying saying);
// "=" ">" "<" "~" ">=" as claims are written, and "<<" (below), "<=", "..", "?".
std::string_view sign_of(Saying saying);

struct Wording {
  Saying saying = Saying::equal;
  TextSpan place;
};

// The word that ends right before `at`, not reaching back over `from`.
std::optional<Wording> saying_before(std::u32string_view text, std::size_t from, std::size_t at);
// 至少 or 至多 with other words between it and the number: 至少进驻8个.
std::optional<Wording> bound_before(std::u32string_view text, std::size_t from, std::size_t at);
// The word that starts at `at`: 以上, 左右.
std::optional<Wording> saying_after(std::u32string_view text, std::size_t at);

// 每月, 每家, 年均: the number is about each of them.
struct EveryWording {
  Every every = Every::none;
  bool mean = false;  // 平均, 年均
};
EveryWording every_before(std::u32string_view text, std::size_t from, std::size_t at);

}  // namespace houniao
