// A whole deployment out of one seed: a server, tablets, an auditor that follows the whole log, and
// the faults that happen to them; checked from outside by Checkers. Runs in two acts: first people
// record while things break, then everything heals and must come to rest. One thread.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/checkers.h"
#include "tests/sim/server_node.h"
#include "tests/sim/tablet.h"
#include "tests/sim/trace.h"
#include "tests/sim/workload.h"

namespace houniao::sim {

// A bug planted on purpose: the run must end with one of the violations it stands for.
enum class Plant : std::uint8_t {
  none,
  lying_disk,        // the server's disk says durable before it is, then loses power
  mutated_record,    // a byte of a stored record flips
  split_view,        // one tablet is shown a checkpoint over another history, properly signed
  wrong_verdict,     // a verdict is not the one that follows from the log
  stored_twice,      // the server gives an event two places
  lost_batch,        // a tablet does not fold everything it received
  forgetful_device,  // a tablet comes back from an old copy of its storage
  never_heals,       // a partition stays
  lost_signatures,   // signatures that are owed are neither checked nor sent again
  overdrawn_points,  // a volunteer of the state that is checked has spent what nobody earned
};
inline constexpr Plant kPlants[] = {
    Plant::lying_disk,      Plant::mutated_record,  Plant::split_view,       Plant::wrong_verdict,
    Plant::stored_twice,    Plant::lost_batch,      Plant::forgetful_device, Plant::never_heals,
    Plant::lost_signatures, Plant::overdrawn_points};
std::string_view name_of(Plant plant);
// Codes of which a run with this bug must show at least one.
std::vector<std::string> codes_of(Plant plant);

struct RunOptions {
  std::uint64_t seed = 1;
  Plant plant = Plant::none;
  std::ostream* trace = nullptr;
};

struct RunReport {
  std::vector<Violation> violations;
  Hash trace;  // of everything that happened
  std::uint64_t events = 0;
  std::uint64_t records = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t frames = 0;
  std::uint64_t crashes = 0;
  TypeCounts types{};  // of what the log holds

  bool has(const std::vector<std::string>& codes) const;
};

RunReport run(const RunOptions& options);

}  // namespace houniao::sim
