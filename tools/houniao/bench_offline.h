// Running the anomaly rules over a log without a server: feeds the records of a data directory to
// benches up to a place, or those of a bundle. The log may belong to a running server; nothing is
// ever written. The recorded verdicts are taken as they stand: `houniao audit verify` says whether
// they can be. One thread.
#pragma once

#include <filesystem>
#include <functional>
#include <span>

#include "base/ids.h"
#include "replay/rules/bench.h"
#include "server/log/log_store.h"
#include "server/views.h"

namespace houniao {

// How many records of the log belong to the place; invalid_argument when it lies beyond the log.
Result<TreeSize> size_at(const LogStore& log, const AsOf& as_of);

// All benches see the same records, through `as_of` of <data>/log. `tell` gets the number of
// records done now and then; may be empty. corrupt when one of them cannot be read.
Result<TreeSize> feed_offline(const std::filesystem::path& data, const AsOf& as_of,
                              std::span<rules::Bench* const> benches,
                              const std::function<void(std::uint64_t)>& tell);

// The records of a bundle of a whole log. invalid_argument for a part of one: what is left out
// would look as if it had never happened.
Result<TreeSize> feed_bundle(const std::filesystem::path& bundle,
                             std::span<rules::Bench* const> benches);

}  // namespace houniao
