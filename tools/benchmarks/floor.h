// What the machine can do at most for our shape of work: batches of records, each record hashed
// with SHA-256, each batch one LMDB put and one fdatasync. No tree, no signature, no verdict, no
// network. Other benchmarks run it with their own batch shape next to their own work, so that a
// ratio means something on a noisy machine.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "base/ports.h"
#include "tools/benchmarks/report.h"

namespace houniao::bench {

struct FloorShape {
  std::uint64_t events = 200'000;
  std::size_t batch_events = 1'000;
  std::size_t record_bytes = 400;
};

// Writes, then scans and hashes again, in a fresh environment below `directory` that is removed
// afterwards. The report's rate is that of the durable writes, its percentiles are of one batch;
// extra.scan_events_per_s is the rate of reading back and hashing.
Result<Report> measure_floor(const std::filesystem::path& directory, const FloorShape& shape,
                             Clock& clock);

}  // namespace houniao::bench
