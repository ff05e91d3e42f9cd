// Folds a log, record by record. In two ways:
//
//   verify          for auditors and for a server that starts: trusts nothing. Every record must
//                   continue the log (seq, scope chain), every event its device's chain; every
//                   attestation must be signed by its device over an event of that chain that none
//                   before it covers; every verdict with its reasons must be the one that the log
//                   before it gives.
//   trust_verdicts  for a replica that holds only some scopes, or that verified the records before:
//                   takes the verdicts as recorded. Records may come with gaps, and older records
//                   of a scope that was granted later may come after newer ones. An event that is
//                   already known is skipped.
//
// Any failure is final: the state may hold part of the record, so every further feed() fails with
// the same error. Owned by one thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "replay/merkle/frontier.h"
#include "replay/state.h"

namespace houniao {

class EventReader;
class RecordReader;

class Replayer {
 public:
  enum class Mode : std::uint8_t { trust_verdicts, verify };

  explicit Replayer(Mode mode);
  ~Replayer();
  Replayer(const Replayer&) = delete;
  Replayer(Replayer&&) noexcept;
  Replayer& operator=(const Replayer&) = delete;
  Replayer& operator=(Replayer&&) noexcept;

  // One record message, as stored. Fails with corrupt (naming the seq, what is wrong and what was
  // expected), with bad_signature for an attestation, or with malformed when the bytes are no
  // record.
  Result<void> feed(ByteView record);
  // Records one after the other, with the same outcome as feed() for each until one fails:
  // record_count() says how many were folded. Faster than one by one, see replay/lookahead.h.
  Result<void> feed_run(std::span<const ByteView> records);
  // Every record of a stream (records without gaps between them).
  Result<void> feed_stream(ByteView stream);

  const State& state() const { return state_; }
  Mode mode() const { return mode_; }
  // Records folded; in verify mode also the seq that the next record must have.
  std::uint64_t record_count() const { return records_; }
  // The tree over the records, verify mode only.
  const merkle::Frontier& frontier() const { return frontier_; }

  struct DeviceHead {
    DeviceSeq seq;                 // last event
    Hash hash;                     // of that event's bytes
    DeviceSeq attested;            // covered by a signature
    std::vector<Hash> unattested;  // hashes of the events after `attested`

    template <class Archive>
    void fields(Archive& a) {
      a(seq, hash, attested, unattested);
    }
  };
  // Verify mode only; nullptr for a device without events.
  const DeviceHead* head(DeviceNumber device) const;
  struct ScopeHead {
    std::uint64_t count = 0;
    Hash last_leaf;

    template <class Archive>
    void fields(Archive& a) {
      a(count, last_leaf);
    }
  };
  const ScopeHead* scope_head(ScopeId scope) const;

  // Events that no attestation covers, by device: not an error while a push is being written, but
  // nobody can prove who wrote them.
  struct Unattested {
    DeviceNumber device;
    DeviceSeq first;
    DeviceSeq last;
  };
  std::vector<Unattested> unattested() const;

  // Everything needed to go on from here: the state's snapshot (replay/snapshot.h), the heads and
  // the tree's frontier, behind their hash. load() fails with corrupt.
  Bytes save() const;
  static Result<Replayer> load(Mode mode, ByteView bytes);

 private:
  template <class Fold>
  Result<void> guarded(Fold&& fold);
  Result<void> feed_record(ByteView bytes);
  Result<void> fold_event(const RecordReader& record, const EventReader& event);
  Result<void> check_chain(const RecordReader& record, const EventReader& event);
  Result<void> check_scope_chain(const RecordReader& record);
  Result<void> check_attestation(const RecordReader& record);
  void extend(const RecordReader& record);

  Mode mode_;
  State state_;
  std::uint64_t records_ = 0;
  merkle::Frontier frontier_;
  boost::unordered_flat_map<DeviceNumber, DeviceHead> heads_;
  boost::unordered_flat_map<ScopeId, ScopeHead> scopes_;
  std::optional<Error> failed_;
};

}  // namespace houniao
