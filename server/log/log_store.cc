#include "server/log/log_store.h"

#include <algorithm>

#include "schema/codec.h"

namespace houniao {
namespace {

// Offsets are 32 bits wide; a run of this size is far beyond any frame.
constexpr std::size_t kRunBytesMax = std::size_t{1} << 30;

std::string seq_text(Seq seq) { return std::to_string(seq.value); }

Error bad(Seq first, const std::string& what) {
  return fail(Errc::invalid_argument, "commit at seq " + seq_text(first) + ": " + what);
}

bool sound(const merkle::TileWrite& tile) {
  return tile.level < merkle::kTileLevels && !tile.hashes.empty() &&
         tile.hashes.size() % merkle::kHashBytes == 0 &&
         tile.hashes.size() <= merkle::kTileWidth * merkle::kHashBytes;
}

}  // namespace

Result<void> check_commit(const Commit& commit, TreeSize size) {
  if (commit.first.value != size.value) {
    return bad(commit.first, "the log's size is " + std::to_string(size.value));
  }
  if (commit.offsets.empty()) return bad(commit.first, "no records");
  if (commit.records.size() > kRunBytesMax) return bad(commit.first, "too many bytes");
  const auto framed = frame_batch(commit.records);
  if (!framed || *framed != commit.offsets) {
    return bad(commit.first, "the offsets do not frame the records");
  }
  for (std::size_t i = 0; i < commit.offsets.size(); ++i) {
    const std::size_t end =
        i + 1 < commit.offsets.size() ? commit.offsets[i + 1] : commit.records.size();
    if (end - commit.offsets[i] > kRecordBytesMax) {
      return bad(commit.first, "record " + std::to_string(i) + " of it is too long");
    }
  }
  if (!std::ranges::all_of(commit.tiles, sound))
    return bad(commit.first, "a tile of a wrong shape");
  if (commit.checkpoint.empty()) return bad(commit.first, "no checkpoint");
  return {};
}

Result<std::vector<std::uint32_t>> frame_batch(ByteView batch) {
  std::vector<std::uint32_t> offsets;
  for (std::size_t at = 0; at < batch.size();) {
    const auto length = message_bytes(batch.subspan(at));
    if (!length) {
      return fail(Errc::corrupt, "stored batch cannot be framed at byte " + std::to_string(at));
    }
    offsets.push_back(static_cast<std::uint32_t>(at));
    at += *length;
  }
  return offsets;
}

Result<bool> extend_run(RecordRun& run, Seq batch_first, ByteView batch, std::size_t bytes_max) {
  bytes_max = std::min(bytes_max, kRunBytesMax);
  std::size_t at = 0;
  std::size_t copy_from = 0;
  bool room = true;
  const std::size_t base = run.records.size();
  for (Seq seq = batch_first; at < batch.size(); ++seq.value) {
    const auto length = message_bytes(batch.subspan(at));
    if (!length) return fail(Errc::corrupt, "record " + seq_text(seq) + " cannot be framed");
    if (seq < run.first) {
      copy_from = at + *length;
    } else {
      const std::size_t end = base + at - copy_from + *length;
      if (!run.empty() && end > bytes_max) {
        room = false;
        break;
      }
      run.offsets.push_back(static_cast<std::uint32_t>(base + at - copy_from));
    }
    at += *length;
  }
  append(run.records, batch.subspan(copy_from, at - copy_from));
  return room;
}

std::vector<TreeSize> checkpoints_to_drop(const std::deque<TreeSize>& recent) {
  std::vector<TreeSize> out;
  if (recent.size() < 2 * kCheckpointsKept) return out;
  const auto stretch = [](TreeSize size) { return (size.value - 1) / kCheckpointStretch; };
  for (std::size_t i = 0; i < kCheckpointsKept; ++i) {
    if (stretch(recent[i]) == stretch(recent[i + 1])) out.push_back(recent[i]);
  }
  return out;
}

void forget_old_checkpoints(std::deque<TreeSize>& recent) {
  if (recent.size() < 2 * kCheckpointsKept) return;
  recent.erase(recent.begin(), recent.begin() + static_cast<std::ptrdiff_t>(kCheckpointsKept));
}

}  // namespace houniao
