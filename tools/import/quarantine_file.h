// Rows that were not taken over, for the person who repairs them: JSON lines with the place, the
// reason in Chinese and English, and the bytes as they stand in the file. Holds personal data in
// readable form, hence mode 0600 and a name beside the client's store. One thread.
#pragma once

#include <filesystem>

#include "tools/import/plan.h"

namespace houniao::importing {

// One line per problem:
//   {"file","sha256","sheet","row","column","column_name","other_row","reason","zh","en","raw",
//    "row_raw"}
// `column` counts from 1; it, its letters and `raw` are absent when the whole row is meant. `raw`
// and `row_raw` are base64.
std::string quarantine_lines(const LedgerFile& file, const Plan& plan);

// Writes them durably, mode 0600, in place of what was there; without such rows an old file is
// emptied and none is made.
Result<void> write_quarantine(const std::filesystem::path& path, const LedgerFile& file,
                              const Plan& plan);

// The name of a column in the entry's header row; empty when there is none or it is damaged.
std::string column_name(const BoundEntry& bound, std::size_t column);

}  // namespace houniao::importing
