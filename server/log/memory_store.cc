#include "server/log/memory_store.h"

#include <algorithm>
#include <span>

namespace houniao {

void MemoryStore::Image::apply(const Commit& commit) {
  auto batch = std::make_shared<Batch>();
  batch->first = commit.first;
  batch->records = commit.records;
  bytes += commit.records.size();
  size += commit.count();
  batches.push_back(std::move(batch));
  for (const auto& tile : commit.tiles) tiles[{tile.level, tile.index}] = tile.hashes;
  for (const auto& head : commit.device_heads) devices[head.device] = head;
  for (const auto& head : commit.scope_heads) scopes[head.scope] = head;
  for (const TreeSize old : checkpoints_to_drop(recent_checkpoints)) checkpoints.erase(old);
  forget_old_checkpoints(recent_checkpoints);
  recent_checkpoints.push_back(TreeSize{size});
  checkpoints[TreeSize{size}] = commit.checkpoint;
}

Result<void> MemoryStore::append(const Commit& commit) {
  const std::lock_guard lock(mutex_);
  if (failed_) return fail(Errc::storage_failed, "an earlier commit failed; open the log again");
  HOUNIAO_TRY(check_commit(commit, TreeSize{visible_.size}));
  if (full_appends_ > 0) {
    --full_appends_;
    return fail(Errc::storage_full, "commit: no space left");
  }
  if (visible_.bytes + commit.records.size() > capacity_) {
    return fail(Errc::storage_full, "commit: no space left");
  }
  if (fail_next_) {
    failed_ = true;
    if (*fail_next_) doubtful_ = commit;
    fail_next_.reset();
    return fail(Errc::storage_failed, "commit: input/output error");
  }
  visible_.apply(commit);
  if (deferred_) unsynced_.push_back(commit);
  return {};
}

Result<RecordRun> MemoryStore::read(Seq from, std::size_t bytes_max) const {
  const std::lock_guard lock(mutex_);
  if (from.value > visible_.size) {
    return fail(Errc::not_found, "seq " + std::to_string(from.value) + " is beyond the log");
  }
  RecordRun run;
  run.first = from;
  if (from.value == visible_.size) return run;
  auto batch =
      std::ranges::upper_bound(visible_.batches, from, {}, [](const auto& b) { return b->first; });
  --batch;
  for (; batch != visible_.batches.end(); ++batch) {
    const auto room = extend_run(run, (*batch)->first, (*batch)->records, bytes_max);
    if (!room) return std::move(room).error();
    if (!*room) break;
  }
  return run;
}

Result<Bytes> MemoryStore::tile(unsigned level, std::uint64_t index) const {
  const std::lock_guard lock(mutex_);
  const auto found = visible_.tiles.find({level, index});
  if (found == visible_.tiles.end()) {
    return fail(Errc::not_found,
                "tile level " + std::to_string(level) + " index " + std::to_string(index));
  }
  return found->second;
}

LogHead MemoryStore::head() const {
  const std::lock_guard lock(mutex_);
  LogHead out{TreeSize{visible_.size}, {}};
  if (!visible_.checkpoints.empty()) out.checkpoint = visible_.checkpoints.rbegin()->second;
  return out;
}

Result<std::vector<DeviceHead>> MemoryStore::device_heads() const {
  const std::lock_guard lock(mutex_);
  std::vector<DeviceHead> out;
  for (const auto& [device, head] : visible_.devices) out.push_back(head);
  return out;
}

Result<std::vector<ScopeHead>> MemoryStore::scope_heads() const {
  const std::lock_guard lock(mutex_);
  std::vector<ScopeHead> out;
  for (const auto& [scope, head] : visible_.scopes) out.push_back(head);
  return out;
}

Result<std::vector<StoredCheckpoint>> MemoryStore::checkpoints() const {
  const std::lock_guard lock(mutex_);
  std::vector<StoredCheckpoint> out;
  for (const auto& [size, note] : visible_.checkpoints) out.push_back({size, note});
  return out;
}

std::uint64_t MemoryStore::used_bytes() const {
  const std::lock_guard lock(mutex_);
  return visible_.bytes;
}

void MemoryStore::set_capacity(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

void MemoryStore::fail_full(std::size_t appends) {
  const std::lock_guard lock(mutex_);
  full_appends_ = appends;
}

void MemoryStore::fail_next(bool durable_after_all) {
  const std::lock_guard lock(mutex_);
  fail_next_ = durable_after_all;
}

void MemoryStore::set_deferred_sync(bool on) {
  const std::lock_guard lock(mutex_);
  deferred_ = on;
  unsynced_.clear();
  if (on) {
    durable_ = visible_;
  } else {
    durable_.reset();
  }
}

void MemoryStore::sync() {
  const std::lock_guard lock(mutex_);
  unsynced_.clear();
  if (deferred_) durable_ = visible_;
}

std::size_t MemoryStore::unsynced() const {
  const std::lock_guard lock(mutex_);
  return unsynced_.size();
}

void MemoryStore::crash(std::size_t keep) {
  const std::lock_guard lock(mutex_);
  if (deferred_) {
    visible_ = *durable_;
    keep = std::min(keep, unsynced_.size());
    for (const Commit& commit : std::span(unsynced_).first(keep)) visible_.apply(commit);
    // What was written after a lost commit is lost with it.
    if (keep < unsynced_.size()) doubtful_.reset();
  }
  if (doubtful_) visible_.apply(*doubtful_);
  doubtful_.reset();
  unsynced_.clear();
  failed_ = false;
  fail_next_.reset();
  if (deferred_) durable_ = visible_;
}

bool MemoryStore::flip_record_byte(std::uint64_t at, std::uint8_t mask) {
  const std::lock_guard lock(mutex_);
  for (auto& batch : visible_.batches) {
    if (at < batch->records.size()) {
      auto damaged = std::make_shared<Batch>(*batch);
      damaged->records[at] ^= mask;
      batch = std::move(damaged);
      return true;
    }
    at -= batch->records.size();
  }
  return false;
}

}  // namespace houniao
