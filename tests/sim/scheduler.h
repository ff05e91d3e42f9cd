// Simulated time: what happens is a queue of actions ordered by time and, at equal times, by when
// they were planned. Nothing else moves the clock, so a run is a function of its seed. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "base/ports.h"

namespace houniao::sim {

constexpr std::int64_t milliseconds(std::int64_t n) { return n * 1'000; }
constexpr std::int64_t seconds(std::int64_t n) { return n * 1'000'000; }

class Scheduler {
 public:
  using Action = std::function<void()>;

  std::int64_t now_us() const { return now_us_; }
  // What the true wall clock shows.
  WallTime wall() const { return WallTime{kStartUs + now_us_}; }
  std::int64_t monotonic_us() const { return now_us_; }

  void after(std::int64_t us, Action action);
  void run_until(std::int64_t us);

 private:
  // 2016-03-01T00:00:00Z, in the first year of programme B.
  static constexpr std::int64_t kStartUs = 1'456'790'400'000'000;

  std::int64_t now_us_ = 0;
  std::uint64_t planned_ = 0;
  std::map<std::pair<std::int64_t, std::uint64_t>, Action> actions_;
};

}  // namespace houniao::sim
