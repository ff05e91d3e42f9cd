// The tables of a log on disk hold what a log of its size has, and nothing else: every batch starts
// where the one before it ends, every tile is one of the tree's, no checkpoint covers more than
// there is, every key has the form of its table. Looks at keys, and of values only at how many
// records a batch has; what the values say is compared with the records elsewhere (verify.h).
//
// One read transaction; the calling thread. Call it while this process has not opened the log.
#pragma once

#include <filesystem>

#include "tools/audit/findings.h"

namespace houniao::audit {

// A log that cannot be opened is passed over: whoever opens it next says why.
void check_tables(const std::filesystem::path& directory, Findings& findings);

}  // namespace houniao::audit
