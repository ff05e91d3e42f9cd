// Devices of a load generator that have opened their sessions. One thread.
#pragma once

#include <vector>

#include "tools/benchmarks/load.h"
#include "tools/benchmarks/swarm.h"

namespace houniao::bench {

// Makes, enrols and welcomes `count` devices, the n-th on connection n of a fresh swarm.
Result<std::vector<LoadDevice>> open_sessions(Swarm& swarm, LoadServer& server, std::size_t count,
                                              Random& random);

// What a Pushed frame says; an error when it says anything but success, or is another frame.
struct Acknowledged {
  std::uint64_t push_id = 0;
  DeviceSeq through;
};
Result<Acknowledged> read_acknowledgement(ByteView message);

}  // namespace houniao::bench
