// Verification of everything the server says about the log. Nothing gets past this that contradicts
// what the device verified before:
//   - every checkpoint carries the signature of the log key in force at its size and extends the
//     last verified one; a key that the log announces must be one that the pinned key led to;
//   - a whole-log device recomputes the root from the records themselves at every checkpoint;
//   - every record continues its scope's hash chain, and the scope heads that a frame names are the
//     ones reached, so an omitted or inserted record shows at once.
//
// A contradiction is Errc::checkpoint_mismatch and is never forgiven: the caller keeps it as the
// sticky alarm. Malformed input is Errc::malformed or Errc::protocol and ends only the connection.
// After any error the object is spent; the caller starts again from the stored Position.
// Pure; one thread at a time.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "client_sdk/core/position.h"
#include "replay/log_keys.h"
#include "schema/frames.h"

namespace houniao::client {

// Records that passed, as they came and opened, with the position that holds once they are stored.
struct VerifiedBatch {
  Bytes raw;   // record messages, uncompressed; empty when only the position moved
  Bytes wire;  // the compressed form when it came compressed, else empty
  std::uint32_t count = 0;
  Seq from;
  Seq next;
  ScopeId backfill;             // kScopeCommons when these are live records
  std::size_t frame_bytes = 0;  // what the frame weighed against the credit
  Position after;
  // Where in `raw` the records start that concern more than the fold: own events, sealed items,
  // changed grants, erasures. Found here, where every event is open anyway.
  std::vector<std::uint32_t> notable;
};

class History {
 public:
  // `keys` are those that follow from the pinned one, `own` the device whose events are notable.
  History(Position position, LogKeys keys, bool whole_log, DeviceId own);

  // A signed note with the proof from the last verified checkpoint. Equal size needs an equal root.
  Result<void> accept_note(std::string_view note, std::span<const Hash> proof);
  // The same out of a frame's fields; an empty note is no note.
  Result<void> accept_note(capnp::Text::Reader note, capnp::List<capnp::Data>::Reader proof);

  // A Records frame: its note first, then the records, then the scope heads.
  Result<VerifiedBatch> accept_records(schema::Records::Reader frame);

  // The scopes of the subscription. What is held of others is forgotten, so that a later grant
  // starts from nothing; of added ones nothing is held yet. Not for whole-log devices.
  void subscribe(std::span<const ScopeId> scopes);
  // The server says that it sent everything of the subscription below `seq`. A lie shows as soon as
  // any later record of the scope arrives: it does not continue the chain.
  void complete_through(Seq seq);
  const Position& position() const { return position_; }

 private:
  Result<void> accept_record(ByteView message, Seq& expected, const VerifiedBatch& batch);
  bool is_notable() const;
  Result<void> check_log_key(Seq seq) const;
  Result<void> check_root();
  Result<void> check_heads(schema::Records::Reader frame, const VerifiedBatch& batch);
  void move_cursors(const VerifiedBatch& batch);

  Position position_;
  LogKeys keys_;
  bool whole_log_;
  DeviceId own_;
  RecordReader record_;
  EventReader event_;
  std::deque<Checkpoint> expected_;  // verified, not reached by the frontier yet; ascending
};

}  // namespace houniao::client
