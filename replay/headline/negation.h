// Words that deny a number, 没有服务900名, 并非900名, 未达到900人, or only intend it,
// 力争服务900名. Short lists that stand before the number in its clause; what is denied behind it
// (900名没有参加) is not understood. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace houniao {

// Where the word starts that denies the number at `at`, not reaching back over `from`. A few
// characters may stand in between: the verb.
std::optional<std::size_t> negation_before(std::u32string_view text, std::size_t from,
                                           std::size_t at);

// Whether the clause from `from` says before the number at `at` that it is a plan.
bool is_planned(std::u32string_view text, std::size_t from, std::size_t at);

}  // namespace houniao
