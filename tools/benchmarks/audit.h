// The benchmarks of an auditor: checking a bundle, and asking for moments of the past. Both block
// for as long as they measure.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "base/ports.h"
#include "tools/benchmarks/clients.h"
#include "tools/benchmarks/report.h"

namespace houniao::bench {

// A log of signed events, made by devices of a real server, is written as one bundle and checked
// with nothing but the bundle and the key. The bundle stays at `keep` when that is not empty.
struct BundleShape {
  std::uint64_t events = 1'000'000;
  std::filesystem::path keep;
};
Result<Report> measure_bundle(const Machine& machine, const BundleShape& shape);

// Pages of random moments of the log in `data`, as `?at=` asks for them, after one question has
// warmed the timeline; at some of them the digest is compared with that of a fold from the first
// record. The report's extra has "digests_compared" and
// "digests_differ".
struct MomentsShape {
  std::filesystem::path data;
  std::uint64_t queries = 1'000;
  std::uint64_t digests = 50;
  std::uint64_t seed = 1;
};
Result<Report> measure_moments(Clock& clock, const MomentsShape& shape);

}  // namespace houniao::bench
