// What one thread can hand to so many loopback sockets at most: one system call for each frame of
// that size and nothing else. The floor of fan-out, as LMDB with SHA-256 is that of ingest.
#pragma once

#include <cstddef>

#include "base/error.h"
#include "base/ports.h"

namespace houniao::bench {

// Frames a second; the median of some rounds. The receivers read between the rounds.
Result<double> bare_sends_per_s(std::size_t sockets, std::size_t frame_bytes, Clock& clock);

}  // namespace houniao::bench
