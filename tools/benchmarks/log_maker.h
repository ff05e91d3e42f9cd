// A log made in memory for benchmarks of the fold: a realistic mix of a service centre's events on
// sixteen devices, in the shares of the demonstration's log. Every event names only what exists, as
// in the log of a healthy centre. Always the same log. Used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"

namespace houniao::bench {

class LogMaker {
 public:
  LogMaker();
  ~LogMaker();

  // Appends the next `count` records to `out` and where each starts to `offsets`.
  void make(std::uint64_t count, Bytes& out, std::vector<std::size_t>& offsets);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace houniao::bench
