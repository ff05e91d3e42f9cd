// Benchmark `replay`: how fast one core folds a log. The records are made in memory in chunks (a
// realistic mix of a service centre's events on sixteen devices) and only their folding is timed.
// Blocks; one thread.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "base/ports.h"
#include "tools/benchmarks/report.h"

namespace houniao::bench {

struct ReplayShape {
  std::uint64_t events = 10'000'000;
  std::uint64_t chunk_events = 100'000;
  unsigned seconds_max = 60;  // of folding; what fits is measured
};

Result<Report> measure_replay(const ReplayShape& shape, Clock& clock);

}  // namespace houniao::bench
