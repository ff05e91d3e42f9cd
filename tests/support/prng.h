// A small repeatable generator (xorshift64*) for mutations, generated content and simulated worlds.
// Not for secrets. One thread at a time.
#pragma once

#include <cstdint>
#include <span>

#include "base/ports.h"

namespace houniao::tests {

class Prng final : public Random {
 public:
  explicit Prng(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 1) {}

  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1dULL;
  }
  // In [0, bound); bound > 0. The bias does not matter here.
  std::uint64_t below(std::uint64_t bound) { return (next() >> 11) % bound; }
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(next() >> 32);
  }

 private:
  std::uint64_t state_;
};

}  // namespace houniao::tests
