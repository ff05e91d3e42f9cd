// Which pushes of a session were taken on the word of the authenticated connection, with the
// signature over the chain's head still to be checked, and how much checking a network thread does
// at once.
//
// An Ed25519 verification costs more than everything else that a small push needs, and a later
// signature of the same chain covers the earlier ones. Under load a server therefore makes pushes
// durable first and checks the newest signature of each device within limits::kSignatureOwedMs; the
// log gets one attestation for all that it covers. When there is time, each push is checked before
// it is taken. docs/PROTOCOL.md says what this means for an acknowledgement.
//
// Plain values; one session, one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "schema/codec.h"

namespace houniao {

class OwedSignatures {
 public:
  // A push that went to the sequencer unchecked.
  void add(std::uint64_t push_id, const AttestationData& signed_head, std::size_t events,
           std::int64_t due_us);
  // The sequencer was asked to attest events through here; asked again at `due_us` unless covered.
  void asked(DeviceSeq through, std::int64_t due_us);
  // The push did not become part of the log.
  void refused(std::uint64_t push_id);
  // The device's events through here are durable.
  void durable(DeviceSeq through);
  // A checked signature covers the events through here.
  void covered(DeviceSeq through);

  // The newest signature over durable events.
  std::optional<AttestationData> newest() const;
  // Every one at most so many, newest first.
  std::vector<AttestationData> newest_first(std::size_t at_most) const;
  // The signature over the chain through here turned out bad; another may vouch for the events.
  void bad(DeviceSeq through);
  // When the next is due; nullopt when nothing durable is owed.
  std::optional<std::int64_t> due_us() const;
  std::size_t events() const { return events_; }

 private:
  struct Owed {
    std::uint64_t push_id = 0;
    AttestationData signed_head;
    std::size_t events = 0;
    std::int64_t due_us = 0;
    bool durable = false;
  };
  std::deque<Owed> owed_;  // in the order of the chain
  std::size_t events_ = 0;
};

// Whether a network thread has the time to check a signature before it takes the push: while no
// more than so many pushes a second come. Counted in tenths of a second of the monotonic clock;
// after one with too many none is checked first, since each would make hundreds of others wait.
class VerifyBudget {
 public:
  explicit VerifyBudget(std::uint32_t per_second) : most_((per_second + 9) / 10) {}
  bool take(std::int64_t now_us);

 private:
  static constexpr std::int64_t kWindowUs = 100'000;
  std::uint64_t most_;  // in a window
  std::int64_t window_ = INT64_MIN;
  std::uint64_t asked_ = 0;  // in this window
  bool busy_ = false;        // more than that in the window before
};

}  // namespace houniao
