// Benchmark `replay`: how fast one core folds a log. The records are made in memory in chunks
// (log_maker.h) or read from a server's log, and only their folding is timed, several times over:
// the memory of the first state comes from the kernel page by page, which on a virtual machine can
// take a quarter of the time, and that of the later ones is there. Blocks; one thread.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "base/ports.h"
#include "tools/benchmarks/report.h"

namespace houniao::bench {

struct ReplayShape {
  std::filesystem::path data;  // of a server, whose log is folded; empty: a log is made
  std::uint64_t events = 10'000'000;
  std::uint64_t chunk_events = 100'000;
  unsigned seconds_max = 60;  // of folding in each round; what fits is measured
  unsigned rounds = 3;        // at least 1; the median is quoted
};

Result<Report> measure_replay(const ReplayShape& shape, Clock& clock);

}  // namespace houniao::bench
