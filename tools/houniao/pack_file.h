// The file of a programme pack that a command line names. Any thread.
#pragma once

#include <string>

#include "base/error.h"
#include "replay/pack.h"

namespace houniao {

// The text of the file. Fails with invalid_argument when it is missing, no plain file, or larger
// than a pack may be, with not_found when it cannot be opened, with storage_failed when reading it
// fails.
Result<std::string> read_pack_file(const std::string& file);
// The pack in it, by the same strict reader as `houniao pack check`. A file that holds none is an
// invalid_argument, whose detail names the file and the place in it.
Result<Pack> load_pack_file(const std::string& file);

}  // namespace houniao
