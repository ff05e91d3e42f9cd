// The demonstration's own chance: a small generator with a fixed algorithm, so that one seed tells
// the same story on every machine. Never used for keys. A value; one thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace houniao::stage {

// SplitMix64 (Steele, Lea, Flood 2014).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  // An independent generator for one part of the story: adding rolls there moves nothing elsewhere.
  Dice fork(std::string_view part) const {
    std::uint64_t mixed = state_ ^ 0x9e3779b97f4a7c15ULL;
    for (const char c : part) mixed = (mixed ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
    return Dice(mixed);
  }

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // Evenly within [low, high]; the bias of the remainder is below 2^-40 for the ranges used here.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    HOUNIAO_ASSERT(low <= high);
    const std::uint64_t width = static_cast<std::uint64_t>(high - low) + 1;
    return low + static_cast<std::int64_t>(next() % width);
  }
  bool one_in(std::int64_t n) { return between(1, n) == 1; }
  std::size_t index(std::size_t size) {
    return static_cast<std::size_t>(between(0, static_cast<std::int64_t>(size) - 1));
  }
  template <class List>
  const auto& pick(const List& list) {
    return list[index(list.size())];
  }

  // `total` in `parts` whole numbers of about the same size, none negative.
  std::vector<std::int64_t> split(std::int64_t total, std::size_t parts) {
    std::vector<std::int64_t> out(parts, total / static_cast<std::int64_t>(parts));
    for (std::int64_t rest = total % static_cast<std::int64_t>(parts); rest > 0; --rest) {
      ++out[static_cast<std::size_t>(rest - 1)];
    }
    for (std::size_t i = 0; i + 1 < parts; i += 2) {
      const std::int64_t moved = between(0, out[i] / 4);
      out[i] -= moved;
      out[i + 1] += moved;
    }
    return out;
  }

 private:
  std::uint64_t state_;
};

}  // namespace houniao::stage
