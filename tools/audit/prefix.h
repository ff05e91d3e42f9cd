// The first records of a log, folded as an auditor folds them: what a sealed report was made from.
//
// Reads only; while the log grows the answer stays the same. Any thread that may read the log.
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "replay/replayer.h"
#include "server/log/log_store.h"

namespace houniao::audit {

// Folds the first `size` records and trusts none of them: chains, signatures and verdicts hold, and
// root and state come from the same bytes. corrupt when a record does not hold or the log ends
// before `size`. Blocks for as long as the records take.
Result<Replayer> fold_prefix(const LogStore& log, TreeSize size);

}  // namespace houniao::audit
