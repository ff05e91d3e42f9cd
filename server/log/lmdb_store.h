// The log on disk: one LMDB environment, one transaction per commit, one fdatasync before append()
// returns. docs/LOG_FORMAT.md has the tables byte by byte.
//
//   log           first seq (8 bytes, big-endian) -> the commit's Record messages, concatenated
//   tiles         level (1 byte), index (8 bytes, big-endian) -> n * 32 bytes
//   devices       device id (16 bytes) -> number (4), seq (8), head hash (32), little-endian
//   scopes        scope (8 bytes, big-endian) -> count (8, little-endian), head leaf hash (32)
//   checkpoints   size (8 bytes, big-endian) -> signed note; the last key is the log's size
//   meta          "format" -> "houniao-log-1"
//
// The file grows by doubling the map up to a configured limit. A full disk or a full map is an
// ordinary state: the append fails with storage_full, reads go on, and appends succeed again when
// there is room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "server/log/log_store.h"

namespace houniao {

struct LmdbStoreOptions {
  std::size_t map_bytes_start = std::size_t{256} << 20;
  std::size_t map_bytes_max = std::size_t{256} << 30;  // the hard limit of the log's size on disk
  bool read_only = false;  // never writes, never creates; another process may own the log
};

class LmdbStore final : public LogStore {
 public:
  // Creates the directory and an empty log unless read_only. corrupt when the directory holds
  // something else than a log of this format.
  static Result<std::unique_ptr<LmdbStore>> open(const std::filesystem::path& directory,
                                                 LmdbStoreOptions options = {});
  ~LmdbStore() override;

  Result<void> append(const Commit& commit) override;
  Result<RecordRun> read(Seq from, std::size_t bytes_max) const override;
  Result<Bytes> tile(unsigned level, std::uint64_t index) const override;
  LogHead head() const override;
  Result<std::vector<DeviceHead>> device_heads() const override;
  Result<std::vector<ScopeHead>> scope_heads() const override;
  Result<std::vector<StoredCheckpoint>> checkpoints() const override;
  std::uint64_t used_bytes() const override;

  // Raises (or lowers, not below what is used) the hard limit of the map; appends that failed with
  // storage_full for it succeed afterwards. May be called from any thread.
  Result<void> set_map_bytes_max(std::size_t bytes);
  // Frees reader slots of processes that died; returns how many.
  int clear_stale_readers();
  // Takes up commits that another process made since (read-only stores that follow a live log).
  Result<void> refresh();

 private:
  struct Impl;
  explicit LmdbStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace houniao
