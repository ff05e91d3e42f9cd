// How many mutations a campaign makes: as many as it usually does, or what HOUNIAO_MUTATIONS asks
// for. A campaign that was asked for nothing that can be counted must not pass.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/error.h"

namespace houniao::crash {

inline constexpr int kMutationsMax = 100'000'000;

inline Result<int> parse_mutations(std::string_view text) {
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc{} && end == text.data() + text.size() && 1 <= count &&
      count <= kMutationsMax) {
    return count;
  }
  return fail(Errc::invalid_argument,
              "HOUNIAO_MUTATIONS is \"" + std::string(text) + "\"; a whole number from 1 to " +
                  std::to_string(kMutationsMax) + " is needed, such as 100000, or leave it unset");
}

// `share` is the part of all mutations that falls to the campaign: one in so many, at least one.
// Throws when the variable holds no such number, which fails the test with the reason.
inline int mutations(int usual, int share) {
  const char* asked = std::getenv("HOUNIAO_MUTATIONS");
  if (asked == nullptr) return usual;
  const auto all = parse_mutations(asked);
  if (!all) throw std::invalid_argument(all.error().detail);
  return std::max(1, *all / share);
}

}  // namespace houniao::crash
