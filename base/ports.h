// Ports to the outside world that make a run repeatable: everything that needs time or randomness
// takes one of these. base/os implements them over the real machine; the simulator over a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace houniao {

// Microseconds since 1970-01-01T00:00:00Z by the wall clock.
struct WallTime {
  std::int64_t us = 0;
  auto operator<=>(const WallTime&) const = default;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() = 0;              // may jump; for stamping records only
  virtual std::int64_t monotonic_us() = 0;  // never goes back; for time-outs and rates
};

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

}  // namespace houniao
