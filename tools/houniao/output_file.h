// Where a command may write what it made. Main thread.
#pragma once

#include <filesystem>

#include "base/error.h"

namespace houniao {

// Before anything is read: a file name that would destroy something else is refused. A plain file
// that is there is replaced when the new one is whole. invalid_argument when the name is that of a
// link, a device or a folder, or belongs to a data directory: `data`, the one that the command
// reads (empty: it reads none), with what stands behind links in it, or any other; not_found when
// there is no such folder. An empty name is none and fine.
Result<void> expect_output(const std::filesystem::path& file, const std::filesystem::path& data);

}  // namespace houniao
