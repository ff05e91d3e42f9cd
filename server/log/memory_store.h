// The log in memory, for tests and the simulator: the same contract as the LMDB engine, plus the
// faults that a disk can have, on command and repeatable. A crash keeps the object and loses what a
// real crash would lose; the server is then started again over the same object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "server/log/log_store.h"

namespace houniao {

class MemoryStore final : public LogStore {
 public:
  MemoryStore() = default;

  Result<void> append(const Commit& commit) override;
  Result<RecordRun> read(Seq from, std::size_t bytes_max) const override;
  Result<Bytes> tile(unsigned level, std::uint64_t index) const override;
  LogHead head() const override;
  Result<std::vector<DeviceHead>> device_heads() const override;
  Result<std::vector<ScopeHead>> scope_heads() const override;
  Result<std::vector<StoredCheckpoint>> checkpoints() const override;
  std::uint64_t used_bytes() const override;

  // Faults. -------------------------------------------------------------------------------------

  // Record bytes that fit; an append beyond fails with storage_full. Raising it gives space back.
  void set_capacity(std::uint64_t bytes);
  // The next `appends` appends fail with storage_full whatever the capacity.
  void fail_full(std::size_t appends);
  // The next append fails with storage_failed; whether its commit is nevertheless durable (the disk
  // wrote it, the answer was lost) shows after crash(). Until then every append is refused.
  void fail_next(bool durable_after_all);
  // A lying disk: appends return at once but stay unsynced until sync() or crash(). With this on
  // the contract is broken on purpose; the simulator's checkers must notice.
  void set_deferred_sync(bool on);
  void sync();
  std::size_t unsynced() const;  // commits
  // Power is lost: of the unsynced commits the first `keep` survive, the later ones are gone.
  void crash(std::size_t keep = 0);

  // Damages one stored byte, for canaries: byte `at` of the record bytes of the log. False when the
  // log is shorter.
  bool flip_record_byte(std::uint64_t at, std::uint8_t mask);

 private:
  struct Batch {
    Seq first;
    Bytes records;
  };
  // What a restart would find. Batches are shared between images, never changed in place.
  struct Image {
    std::uint64_t size = 0;
    std::uint64_t bytes = 0;
    std::vector<std::shared_ptr<const Batch>> batches;
    std::map<std::pair<unsigned, std::uint64_t>, Bytes> tiles;
    std::map<DeviceId, DeviceHead> devices;
    std::map<ScopeId, ScopeHead> scopes;
    std::map<TreeSize, std::string> checkpoints;
    std::deque<TreeSize> recent_checkpoints;
    void apply(const Commit& commit);
  };

  mutable std::mutex mutex_;
  Image visible_;
  std::optional<Image> durable_;    // only while syncs are deferred
  std::vector<Commit> unsynced_;    // commits in visible_ that durable_ lacks
  std::optional<Commit> doubtful_;  // failed, but durable after all
  bool deferred_ = false;
  bool failed_ = false;
  std::uint64_t capacity_ = UINT64_MAX;
  std::size_t full_appends_ = 0;
  std::optional<bool> fail_next_;
};

}  // namespace houniao
