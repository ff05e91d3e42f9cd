// Reading a log without a server: folds the records of a data directory up to a place. The log may
// belong to a running server; nothing is ever written. Used by replay, figures and state; one
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/ports.h"
#include "replay/replayer.h"
#include "server/views.h"

namespace houniao {

struct OfflineFold {
  Replayer replayer{Replayer::Mode::trust_verdicts};
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // of the records folded
  std::uint64_t attestations = 0;
  std::array<std::uint64_t, 3> verdicts{};  // accepted, flagged, held, as recorded
  WallTime last_received;
  std::int64_t fold_us = 0;  // reading and folding
  std::string checkpoint;    // the newest signed note of the whole log
};

// Folds <data>/log through `as_of`. `verify` recomputes every verdict, chain and signature
// (replay/replayer.h); otherwise the recorded verdicts are taken. `tell` gets the number of records
// done now and then; may be empty.
Result<OfflineFold> fold_offline(const std::filesystem::path& data, const AsOf& as_of, bool verify,
                                 Clock& clock, const std::function<void(std::uint64_t)>& tell);

}  // namespace houniao
