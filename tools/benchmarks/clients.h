// The benchmarks that need clients: each starts a real server in this process, talks to it over
// loopback sockets and gives one report. They block for as long as they measure.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "base/ports.h"
#include "tools/benchmarks/report.h"

namespace houniao::bench {

struct Machine {
  std::filesystem::path directory;  // where to put the server's data; on the disk to be measured
  Clock& clock;
  Random& random;
  unsigned network_threads = 1;  // of the server
};

// Signed pushes of many events, several in flight on each session; counted when acknowledged.
struct IngestShape {
  std::uint64_t events = 400'000;
  std::size_t sessions = 4;
  std::size_t push_events = 32;
  std::size_t in_flight = 16;
};
Result<Report> measure_ingest(const Machine& machine, const IngestShape& shape);

// Pushes of one event, one in flight on each session.
struct AcksShape {
  std::uint64_t events = 300'000;
  std::size_t sessions = 256;
};
Result<Report> measure_acks(const Machine& machine, const AcksShape& shape);

// An empty SDK client takes over a log: everything verified, stored encrypted and folded.
struct CatchupShape {
  std::uint64_t events = 1'000'000;
};
Result<Report> measure_catchup(const Machine& machine, const CatchupShape& shape);

// One device records, many sessions hear of it. Latency from the server's time stamp on the record,
// which it takes before it writes to disk, to the receipt of the frame.
struct FanoutShape {
  std::uint64_t events = 200;
  std::size_t subscribers = 1'000;
  std::int64_t interval_us = 25'000;
};
Result<Report> measure_fanout(const Machine& machine, const FanoutShape& shape);

}  // namespace houniao::bench
