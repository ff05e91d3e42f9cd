// Devices of a load generator that have opened their sessions. One thread.
#pragma once

#include <optional>
#include <vector>

#include "tools/benchmarks/load.h"
#include "tools/benchmarks/swarm.h"

namespace houniao::bench {

// Makes, enrols and welcomes `count` devices, the n-th on connection n of a fresh swarm.
Result<std::vector<LoadDevice>> open_sessions(Swarm& swarm, LoadServer& server, std::size_t count,
                                              Random& random);

// What a Pushed frame says; an error when it says anything but success, or is another frame.
// Nothing for a Ping, which the server sends when a session has been silent for a while and which
// is answered here.
struct Acknowledged {
  std::uint64_t push_id = 0;
  DeviceSeq through;
};
Result<std::optional<Acknowledged>> read_acknowledgement(Swarm& swarm, std::size_t socket,
                                                         ByteView message);

}  // namespace houniao::bench
