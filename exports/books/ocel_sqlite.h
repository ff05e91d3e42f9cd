// OCEL 2.0 as an SQLite database (ocel-standard.org/specification/formats/sqlite): the tables
// event, object, event_object, object_object, event_map_type, object_map_type, and one table
// event_TYPE and object_TYPE for each type. Times are UTC.
//
// One call writes one database. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "exports/ocel.h"

namespace houniao::exports {

// Into PATH.part, which gets its name when it is whole and then replaces a file of that name.
// storage_failed and storage_full as SQLite says; a file that was begun is taken away again.
Result<void> write_ocel_sqlite(const State& state, const EventSource& source, TreeSize end,
                               const Scope& scope, const std::filesystem::path& path);
// The bytes of the same database, made in memory. too_large as soon as it has more than
// `bytes_max`.
Result<std::string> ocel_sqlite_bytes(const State& state, const EventSource& source, TreeSize end,
                                      const Scope& scope, std::size_t bytes_max = SIZE_MAX);

}  // namespace houniao::exports
