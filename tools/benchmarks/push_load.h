// Pushing prepared events as fast as the server acknowledges them: the common part of the
// benchmarks that write. One thread.
#pragma once

#include "tools/benchmarks/clients.h"
#include "tools/benchmarks/report.h"
#include "tools/benchmarks/sessions.h"

namespace houniao::bench {

struct PushPlan {
  std::uint64_t events = 0;
  std::size_t push_events = 1;
  std::size_t in_flight = 1;  // pushes of one session that wait for their answer
};

// Prepares the events of all devices, then pushes them. Fills events, seconds, percentiles (of one
// push) and the resources of `report`. Every push is awaited. Registers the devices' persons first,
// outside the measured time.
// Waits at the end until the log holds a signature for every event and reports how long that took.
Result<void> push_all(const LoadServer& server, Swarm& swarm, std::vector<LoadDevice>& devices,
                      const PushPlan& plan, Clock& clock, Report& report);

// Gives the server's log `events` more events, signed, in parts so that what is prepared ahead
// stays small. For works that measure what comes after.
Result<void> fill_log(const Machine& machine, LoadServer& server, std::uint64_t events);

inline constexpr const char* kPreparedNote =
    "events are encoded and signed before the clock starts, as tablets do on their own processors; "
    "client and server share this machine's processors";
inline constexpr const char* kDurable = "fdatasync before acknowledgement";

// Adds the floor of this machine with batches of so many events of that size.
Result<void> add_floor(const Machine& machine, std::size_t batch_events, Report& report);

}  // namespace houniao::bench
