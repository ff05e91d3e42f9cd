// The tables of a log on disk and the form of their keys and values, see lmdb_store.h. Free
// functions over one transaction each; the caller owns the transaction.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "base/lmdb.h"
#include "server/log/log_store.h"

namespace houniao::lmdb_log {

inline constexpr std::size_t kDeviceValueBytes = 4 + 8 + 32 + 8;
inline constexpr std::size_t kScopeValueBytes = 8 + 32;

struct Tables {
  MDB_dbi log = 0;
  MDB_dbi tiles = 0;
  MDB_dbi devices = 0;
  MDB_dbi scopes = 0;
  MDB_dbi checkpoints = 0;
  MDB_dbi meta = 0;
};

// corrupt when a table is missing and `flags` do not create it.
Result<Tables> open_tables(lmdb::Transaction& txn, unsigned flags);

std::array<std::uint8_t, 9> tile_key(unsigned level, std::uint64_t index);
std::array<std::uint8_t, kDeviceValueBytes> device_value(const DeviceHead& head);
std::array<std::uint8_t, kScopeValueBytes> scope_value(const ScopeHead& head);

// The newest checkpoint; its key is the log's size.
Result<LogHead> read_head(const lmdb::Transaction& txn, const Tables& tables);
// corrupt unless the last batch ends where the newest checkpoint says the log ends.
Result<void> check_end(const lmdb::Transaction& txn, const Tables& tables, TreeSize size);
// Sizes of the newest checkpoints, oldest first, as checkpoints_to_drop() wants them.
Result<std::deque<TreeSize>> read_recent(const lmdb::Transaction& txn, const Tables& tables);
// Moves to the batch that holds record `from`, if any does.
Result<std::optional<lmdb::Cursor::Entry>> seek_batch(lmdb::Cursor& cursor, Seq from);

// Whole tables; corrupt names the entry that cannot be read.
Result<std::vector<DeviceHead>> read_devices(const lmdb::Transaction& txn, const Tables& tables);
Result<std::vector<ScopeHead>> read_scopes(const lmdb::Transaction& txn, const Tables& tables);
Result<std::vector<StoredCheckpoint>> read_checkpoints(const lmdb::Transaction& txn,
                                                       const Tables& tables);

}  // namespace houniao::lmdb_log
