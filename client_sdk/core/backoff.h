// When to connect again: exponential with full jitter, never earlier than the server asked. A storm
// of tablets that lost the same server comes back spread out. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/ports.h"

namespace houniao::client {

class Backoff {
 public:
  static constexpr std::int64_t kFirstMs = 250;
  static constexpr std::int64_t kMaxMs = 60'000;

  // Milliseconds to wait after one more failure.
  std::int64_t next_ms(Random& random, std::uint32_t server_says_ms) {
    const std::int64_t ceiling = std::min(kMaxMs, kFirstMs << std::min(failures_, 10U));
    ++failures_;
    std::uint8_t bytes[4];
    random.fill(bytes);
    const std::uint32_t draw = std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 |
                               std::uint32_t{bytes[2]} << 16 | std::uint32_t{bytes[3]} << 24;
    const std::int64_t jittered = ceiling / 2 + draw % (ceiling / 2 + 1);
    return std::max<std::int64_t>(jittered, server_says_ms);
  }
  // A session came up.
  void reset() { failures_ = 0; }

 private:
  unsigned failures_ = 0;
};

}  // namespace houniao::client
