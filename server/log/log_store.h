// The port of the one durable thing the server owns: the log. A commit is all or nothing: records,
// tree tiles, device heads, scope heads and the checkpoint that covers them become durable together
// before append() returns.
//
// Threads: append() belongs to one thread (the sequencer's). Everything else may be called from any
// thread, also during an append; a reader sees the log before the commit or after it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "replay/merkle/tiles.h"

namespace houniao {

// What the log holds of one device.
struct DeviceHead {
  DeviceId device;
  DeviceNumber number;
  DeviceSeq seq;       // of the device's newest event in the log
  Hash hash;           // SHA-256 of that event
  DeviceSeq attested;  // of the newest event that an attestation in the log covers
  bool operator==(const DeviceHead&) const = default;
};

// What the log holds of one scope.
struct ScopeHead {
  ScopeId scope;
  std::uint64_t count = 0;  // records of the scope
  Hash hash;                // leaf hash of its newest record
  bool operator==(const ScopeHead&) const = default;
};

// One durable step of the log.
struct Commit {
  Seq first;                           // must be the log's size
  Bytes records;                       // Record messages, one after the other
  std::vector<std::uint32_t> offsets;  // where each record starts in `records`; the first is 0
  std::vector<merkle::TileWrite> tiles;
  std::vector<DeviceHead> device_heads;  // only the changed ones
  std::vector<ScopeHead> scope_heads;    // only the changed ones
  std::string checkpoint;                // signed note for the size after this commit

  std::uint64_t count() const { return offsets.size(); }
};

// Whole records that follow each other, in one buffer of their own. The buffer and each record in
// it are aligned to 8 bytes, so Cap'n Proto reads them in place.
struct RecordRun {
  Seq first;
  Bytes records;
  std::vector<std::uint32_t> offsets;  // where each record starts

  std::uint64_t count() const { return offsets.size(); }
  bool empty() const { return offsets.empty(); }
  Seq next() const { return Seq{first.value + offsets.size()}; }
  ByteView record(std::size_t i) const {
    const std::size_t end = i + 1 < offsets.size() ? offsets[i + 1] : records.size();
    return ByteView(records).subspan(offsets[i], end - offsets[i]);
  }
};

struct LogHead {
  TreeSize size;
  std::string checkpoint;  // the newest signed note; empty while the log is empty
  bool operator==(const LogHead&) const = default;
};

struct StoredCheckpoint {
  TreeSize size;
  std::string note;
  bool operator==(const StoredCheckpoint&) const = default;
};

// Checkpoints kept without gaps, counted back from the newest (up to twice as many are there at a
// time); of older ones the last in each stretch of kCheckpointStretch records stays. Bounds the
// space that single-event commits take.
inline constexpr std::size_t kCheckpointsKept = 1024;
inline constexpr std::uint64_t kCheckpointStretch = 4096;

// A longer record is not taken: an entry of a bundle has a length of two bytes (C2SP tlog-tiles).
// An event of the largest size with every reason there is stays well below.
inline constexpr std::size_t kRecordBytesMax = 65'535;

class LogStore : public merkle::TileSource {
 public:
  // Durable when it returns without an error. Errors leave the log as it was and readable:
  //   invalid_argument  `first` is not the log's size, or the commit contradicts itself
  //   storage_full      disk or map is full; later appends succeed when there is room again
  //   storage_failed    writing failed in a way whose outcome is unknown: every later append is
  //                     refused until the store is opened again, which shows what became durable
  virtual Result<void> append(const Commit& commit) = 0;

  // Whole records from exactly `from` on: at least one, then as many as fit in `bytes_max`, across
  // commits. Empty when `from` is the log's size; not_found beyond it; corrupt when stored bytes
  // cannot be framed.
  virtual Result<RecordRun> read(Seq from, std::size_t bytes_max) const = 0;

  virtual LogHead head() const = 0;
  // Ordered by device id.
  virtual Result<std::vector<DeviceHead>> device_heads() const = 0;
  // Ordered by scope.
  virtual Result<std::vector<ScopeHead>> scope_heads() const = 0;
  // Every stored checkpoint, oldest first.
  virtual Result<std::vector<StoredCheckpoint>> checkpoints() const = 0;
  // Bytes the log takes.
  virtual std::uint64_t used_bytes() const = 0;
};

// What the engines share. -------------------------------------------------------------------------

// The checks that every engine makes before it writes: first seq, offsets, framing of the records,
// tile shapes. invalid_argument says what is wrong.
Result<void> check_commit(const Commit& commit, TreeSize size);

// Where each record of a stored batch starts; corrupt when the bytes are not whole messages.
Result<std::vector<std::uint32_t>> frame_batch(ByteView batch);

// Copies records of the stored batch that begins at `batch_first` into `run`, from run.next() on,
// while they fit in `bytes_max`; the first record of a run always fits. False when there was no
// room for the whole rest of the batch.
Result<bool> extend_run(RecordRun& run, Seq batch_first, ByteView batch, std::size_t bytes_max);

// Which of the newest checkpoints (oldest first) to drop, once there are twice kCheckpointsKept.
std::vector<TreeSize> checkpoints_to_drop(const std::deque<TreeSize>& recent);
// Forgets those that checkpoints_to_drop() looked at.
void forget_old_checkpoints(std::deque<TreeSize>& recent);

}  // namespace houniao
