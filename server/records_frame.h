// Records frames: choosing the records that a device may see, and encoding them. Pure; any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/limits.h"
#include "server/log/log_store.h"
#include "server/subscription.h"

namespace houniao {

// Room that a Records frame keeps for everything but the records: 256 scope heads, a note, a proof.
inline constexpr std::size_t kRecordsFrameOverhead = 64 * 1024;
inline constexpr std::size_t kRecordsBytesMax = limits::kFrameBytesMax - kRecordsFrameOverhead;

// Records chosen for one frame.
struct Selection {
  Bytes records;
  std::uint32_t count = 0;
  std::vector<ScopeHead> heads;  // of the scopes in it, ascending, after its last record
};

// Appends records to a selection and keeps the heads.
class Selector {
 public:
  // `record` was framed by the log. corrupt when it cannot be read.
  Result<void> add(ByteView record);
  std::size_t bytes() const { return out_.records.size(); }
  std::uint32_t count() const { return out_.count; }
  Selection finish();

 private:
  struct Last {
    ScopeId scope;
    std::uint64_t count = 0;
    std::size_t start = 0;
    std::size_t size = 0;
  };
  Selection out_;
  std::vector<Last> last_;
};

// Reads the stored log from `from` and selects until `until`, about `bytes_max` selected bytes (at
// least one record), or `scan_max` bytes read. `next` is where it stopped.
struct StoredSelection {
  Selection selection;
  Seq next;
};
Result<StoredSelection> select_stored(const LogStore& log, const ScopeSet& set, Seq from, Seq until,
                                      std::size_t bytes_max, std::size_t scan_max);

struct RecordsFrame {
  Seq from;
  Seq next;
  ScopeId backfill;                   // kScopeCommons: live records
  const std::string* note = nullptr;  // nullptr: the checkpoint did not change
  std::span<const Hash> consistency;
};
Bytes encode_records_frame(const RecordsFrame& frame, const Selection& selection);

}  // namespace houniao
