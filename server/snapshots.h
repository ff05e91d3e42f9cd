// Folded states kept beside the log, so that a start needs only the newest of them and the records
// after it. A snapshot is a cache: it is checked against the log's own tree before use, and a
// damaged or missing one only costs time.
//
// Threads: any; save() is slow and belongs on a background thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"

namespace houniao {

struct Snapshot {
  TreeSize size;  // records folded
  Hash root;      // of the tree at that size
  Bytes state;    // snapshot() of replay/digest.h
};

class SnapshotStore {
 public:
  virtual ~SnapshotStore() = default;
  virtual Result<void> save(const Snapshot& snapshot) = 0;
  // The newest readable one of at most this size; nullopt when there is none.
  virtual std::optional<Snapshot> load(TreeSize at_most) = 0;
  virtual void discard(TreeSize size) = 0;
};

inline constexpr std::size_t kSnapshotsKept = 3;
// To fold this many takes half a second; a snapshot of fewer saves a start next to nothing.
inline constexpr std::uint64_t kSnapshotEveryRecords = 500'000;
inline constexpr std::uint64_t kSnapshotGrowthPart = 8;
inline constexpr std::int64_t kSnapshotRest = 20;

// When a running server takes one. A snapshot holds the whole state, so the longer the log, the
// rarer: when `every` records and an eighth of the log came since the last, and not before twenty
// times as long has passed as that one took. Over a log's life all of them together cost at most
// nine times the last one; what a start has to fold after the newest grows with the log, as reading
// the snapshot itself does. Pure; one thread.
class SnapshotSchedule {
 public:
  explicit SnapshotSchedule(std::uint64_t every) : every_(every) {}
  // The newest that is stored.
  void start_from(TreeSize size) { last_ = size; }
  bool due(TreeSize size, std::int64_t now_us) const;
  // Whether it was stored or not: a full disk is not tried every second.
  void taken(TreeSize size, std::int64_t began_us, std::int64_t ended_us);
  TreeSize last() const { return last_; }

 private:
  std::uint64_t every_;
  TreeSize last_;
  std::int64_t not_before_us_ = INT64_MIN;
};

// One file per snapshot: "houniao-snapshot-1\n", size (8 bytes little-endian), root, SHA-256 of the
// state, the state.
class DirectorySnapshots final : public SnapshotStore {
 public:
  static Result<std::unique_ptr<DirectorySnapshots>> open(const std::filesystem::path& directory);
  Result<void> save(const Snapshot& snapshot) override;
  std::optional<Snapshot> load(TreeSize at_most) override;
  void discard(TreeSize size) override;

 private:
  explicit DirectorySnapshots(std::filesystem::path directory) : directory_(std::move(directory)) {}
  std::filesystem::path file(TreeSize size) const;
  std::vector<TreeSize> sizes() const;  // ascending
  const std::filesystem::path directory_;
  std::mutex mutex_;
};

class MemorySnapshots final : public SnapshotStore {
 public:
  Result<void> save(const Snapshot& snapshot) override;
  std::optional<Snapshot> load(TreeSize at_most) override;
  void discard(TreeSize size) override;

 private:
  std::mutex mutex_;
  std::map<TreeSize, Snapshot> snapshots_;
};

}  // namespace houniao
