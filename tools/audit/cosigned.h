// The checkpoints that witnesses cosigned, as they stand beside a log in <data>/cosigned
// (server/cosignatures.h), read as an auditor reads: nothing that stands there is passed over
// without a word. Any thread.
#pragma once

#include <filesystem>
#include <vector>

#include "tools/audit/verify.h"

namespace houniao::audit {

struct CosignedNotes {
  std::vector<CosignedNote> notes;  // checkpoints, by name of their files; nothing is verified
  std::vector<Warning> warnings;    // what else stands there
};

// A directory that is not there has no notes. Links are named and not followed. A checkpoint whose
// file has another name than its size is a note all the same, with a warning.
CosignedNotes read_cosigned(const std::filesystem::path& directory);

}  // namespace houniao::audit
