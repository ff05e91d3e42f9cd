#include "client_sdk/core/history.h"

#include <zstd.h>

#include <algorithm>

#include "base/limits.h"
#include "replay/merkle/proof.h"

namespace houniao::client {
namespace {

// A frame is at most 1 MiB; more than this many times its size is not a record batch but a bomb.
constexpr std::size_t kRawBytesMax = 32 * limits::kFrameBytesMax;
// Checkpoints that wait for the frontier. Those between the first and the last are already tied to
// both by consistency proofs, so only their number is limited, not what is verified.
constexpr std::size_t kExpectedMax = 64;

Error contradiction(std::string what) { return fail(Errc::checkpoint_mismatch, std::move(what)); }

std::string at_seq(Seq seq) { return "seq " + std::to_string(seq.value); }
std::string of_scope(ScopeId scope) { return "scope " + std::to_string(scope.value); }

Result<void> decompress(VerifiedBatch& batch, std::size_t raw_bytes) {
  if (raw_bytes > kRawBytesMax) return fail(Errc::too_large, "records frame unpacks too large");
  batch.raw.resize(raw_bytes);
  const std::size_t size =
      ZSTD_decompress(batch.raw.data(), batch.raw.size(), batch.wire.data(), batch.wire.size());
  if (ZSTD_isError(size) != 0 || size != raw_bytes) {
    return fail(Errc::malformed, "records frame does not unpack to its stated size");
  }
  return {};
}

}  // namespace

History::History(Position position, LogKeys keys, bool whole_log, DeviceId own)
    : position_(std::move(position)), keys_(std::move(keys)), whole_log_(whole_log), own_(own) {
  if (whole_log_ && position_.verified &&
      position_.verified->checkpoint.size.value > position_.frontier.size().value) {
    expected_.push_back(position_.verified->checkpoint);
  }
}

Result<void> History::accept_note(std::string_view note, std::span<const Hash> proof) {
  const auto opened = keys_.open(note);
  if (!opened) return opened.error();
  const Checkpoint& checkpoint = opened->checkpoint;
  const TreeSize from = position_.verified ? position_.verified->checkpoint.size : TreeSize{};
  const Hash from_root =
      position_.verified ? position_.verified->checkpoint.root : merkle::empty_root();
  if (checkpoint.size < from) {
    return contradiction("the log shrank from " + std::to_string(from.value) + " to " +
                         std::to_string(checkpoint.size.value) + " records");
  }
  if (!merkle::verify_consistency(from, from_root, checkpoint.size, checkpoint.root, proof)) {
    return contradiction("the checkpoint of " + std::to_string(checkpoint.size.value) +
                         " records does not extend the verified one of " +
                         std::to_string(from.value));
  }
  if (position_.verified && checkpoint.size == from) return {};
  position_.verified = VerifiedCheckpoint{checkpoint, opened->signature};
  if (!whole_log_) return {};
  expected_.push_back(checkpoint);
  if (expected_.size() > kExpectedMax) expected_.erase(expected_.end() - 2);
  return check_root();
}

Result<void> History::accept_note(capnp::Text::Reader note,
                                  capnp::List<capnp::Data>::Reader proof) {
  if (note.size() == 0) return {};
  std::vector<Hash> hashes;
  hashes.reserve(proof.size());
  for (capnp::Data::Reader item : proof) {
    const auto hash = hash_from(to_view(item));
    if (!hash) return fail(Errc::malformed, "consistency proof with a hash of the wrong size");
    hashes.push_back(*hash);
  }
  return accept_note(to_view(note), hashes);
}

Result<void> History::check_root() {
  while (!expected_.empty() && expected_.front().size <= position_.frontier.size()) {
    const Checkpoint& checkpoint = expected_.front();
    if (checkpoint.size == position_.frontier.size() &&
        checkpoint.root != position_.frontier.root()) {
      return contradiction("the records below " + std::to_string(checkpoint.size.value) +
                           " do not hash to the root that the checkpoint signs");
    }
    expected_.pop_front();
  }
  return {};
}

Result<VerifiedBatch> History::accept_records(schema::Records::Reader frame) {
  HOUNIAO_TRY(accept_note(frame.getCheckpoint(), frame.getConsistency()));
  VerifiedBatch batch;
  batch.from = Seq{frame.getFromSeq()};
  batch.next = Seq{frame.getNextSeq()};
  batch.backfill = ScopeId{frame.getBackfillScope()};
  const bool live = !batch.backfill;
  // A scoped stream may start below `next`: what lies between did not concern this device.
  if (live && (whole_log_ ? batch.from != position_.next : batch.from > position_.next)) {
    return fail(Errc::protocol, "records from " + at_seq(batch.from) + " where " +
                                    at_seq(position_.next) + " was due");
  }
  if (!live && (whole_log_ || position_.at(batch.backfill).next > batch.from)) {
    return fail(Errc::protocol, "back-fill of " + of_scope(batch.backfill) + " that was not due");
  }
  if (batch.next < batch.from)
    return fail(Errc::protocol, "records frame that ends before it starts");
  const std::uint64_t covered = position_.verified ? position_.verified->checkpoint.size.value : 0;
  if (batch.next.value > covered) {
    return fail(Errc::protocol,
                "records through " + at_seq(batch.next) + " that no checkpoint covers");
  }
  const ByteView data = to_view(frame.getRecords());
  if (frame.getCompression() == schema::Records::Compression::ZSTD) {
    batch.wire.assign(data.begin(), data.end());
    HOUNIAO_TRY(decompress(batch, frame.getRawBytes()));
  } else {
    batch.raw.assign(data.begin(), data.end());
  }
  Seq expected = batch.from;
  ByteView rest = batch.raw;
  while (!rest.empty()) {
    auto size = message_bytes(rest);
    if (!size) return size.error();
    HOUNIAO_TRY(accept_record(rest.first(*size), expected, batch));
    if (is_notable()) {
      batch.notable.push_back(static_cast<std::uint32_t>(rest.data() - batch.raw.data()));
    }
    rest = rest.subspan(*size);
    ++batch.count;
  }
  if (whole_log_ && expected != batch.next) {
    return contradiction("records " + std::to_string(expected.value) + " to " +
                         std::to_string(batch.next.value) + " were left out");
  }
  if (batch.count != frame.getCount())
    return fail(Errc::malformed, "records frame miscounts itself");
  move_cursors(batch);
  HOUNIAO_TRY(check_heads(frame, batch));
  batch.after = position_;
  return batch;
}

Result<void> History::accept_record(ByteView message, Seq& expected, const VerifiedBatch& batch) {
  HOUNIAO_TRY(record_.open_untrusted(message));
  if (record_.is_event()) HOUNIAO_TRY(event_.open_untrusted(record_.event_bytes()));
  const Seq seq = record_.seq();
  const bool in_order = whole_log_ ? seq == expected : seq >= expected;
  if (!in_order || seq >= batch.next) {
    return contradiction("record " + at_seq(seq) + " where " + at_seq(expected) + " was due");
  }
  if (record_.is_event() && event_.type() == EventType::LOG_KEY_CHANGED) {
    HOUNIAO_TRY(check_log_key(seq));
  }
  const ScopeId scope = record_.scope();
  if (batch.backfill && scope != batch.backfill) {
    return fail(Errc::protocol, "back-fill of " + of_scope(batch.backfill) + " with a record of " +
                                    of_scope(scope));
  }
  if (!whole_log_ && position_.find(scope) == nullptr) {
    return fail(Errc::protocol, "a record of " + of_scope(scope) + ", which is not subscribed");
  }
  ScopeCursor& cursor = position_.at(scope);
  const schema::Record::Reader record = record_.get();
  const bool continues =
      record.getScopeCount() == cursor.count &&
      (cursor.count == 0 || equal(to_view(record.getScopePrev()), cursor.head.bytes));
  if (!continues) {
    return contradiction(of_scope(scope) + ": record " + at_seq(seq) +
                         " does not continue the chain of " + std::to_string(cursor.count) +
                         " records held here; records were left out or changed");
  }
  // The first record of a scope in the live stream: nothing of it lies before this frame.
  if (cursor.count == 0 && !batch.backfill) cursor.next = std::max(cursor.next, batch.from);
  cursor.head = merkle::leaf_hash(message);
  ++cursor.count;
  expected = Seq{seq.value + 1};
  if (!whole_log_) return {};
  position_.frontier.append(cursor.head);
  return check_root();
}

// What the log says of its keys must be what the pinned key led to. Held ones have no effect.
Result<void> History::check_log_key(Seq seq) const {
  if (record_.get().getVerdict() == schema::Verdict::HELD) return {};
  const auto change = read_log_key_change(event_.get().getBody().getLogKeyChanged());
  if (change && change->from.value == seq.value && keys_.knows(*change)) return {};
  return contradiction("record " + at_seq(seq) +
                       " names a key of the log that the key pinned here "
                       "does not lead to");
}

bool History::is_notable() const {
  if (!record_.is_event()) return false;
  const EventType type = event_.type();
  return event_.get().hasSealed() || type == EventType::DEVICE_SCOPES_CHANGED ||
         type == EventType::PERSONAL_DATA_ERASED ||
         equal(to_view(event_.get().getDevice()), own_.bytes);
}

void History::move_cursors(const VerifiedBatch& batch) {
  if (batch.backfill) {
    position_.at(batch.backfill).next = batch.next;
    return;
  }
  for (ScopeCursor& cursor : position_.scopes) {
    if (whole_log_ || cursor.next >= batch.from) cursor.next = batch.next;
  }
  position_.next = std::max(position_.next, batch.next);
}

void History::subscribe(std::span<const ScopeId> scopes) {
  if (whole_log_) return;
  const auto wanted = [&](ScopeId scope) {
    return scope == kScopeCommons || std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
  };
  std::erase_if(position_.scopes, [&](const ScopeCursor& c) { return !wanted(c.scope); });
  for (const ScopeId scope : scopes) position_.at(scope);
  position_.at(kScopeCommons);
}

void History::complete_through(Seq seq) {
  const std::uint64_t covered = position_.verified ? position_.verified->checkpoint.size.value : 0;
  if (whole_log_) return;
  seq = Seq{std::min(seq.value, covered)};
  position_.next = std::max(position_.next, seq);
  for (ScopeCursor& cursor : position_.scopes) cursor.next = std::max(cursor.next, seq);
}

Result<void> History::check_heads(schema::Records::Reader frame, const VerifiedBatch& batch) {
  for (schema::ScopeHead::Reader head : frame.getScopeHeads()) {
    const ScopeId scope{head.getScope()};
    if (batch.backfill && scope != batch.backfill) continue;
    if (position_.find(scope) == nullptr) continue;
    ScopeCursor& cursor = *position_.find(scope);
    const bool same = head.getCount() == cursor.count &&
                      (cursor.count == 0 || equal(to_view(head.getHead()), cursor.head.bytes));
    if (same) {
      cursor.next = std::max(cursor.next, batch.next);
    } else if (cursor.next >= batch.next) {
      return contradiction(of_scope(scope) + " has " + std::to_string(head.getCount()) +
                           " records at " + at_seq(batch.next) + ", of which " +
                           std::to_string(cursor.count) + " arrived here; records were left out");
    }  // else its back-fill still runs
  }
  return {};
}

}  // namespace houniao::client
