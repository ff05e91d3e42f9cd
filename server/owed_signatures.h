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

  // The newest signature over durable events; with `hurry` the newest of all.
  std::optional<AttestationData> newest(bool hurry = false) const;
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

// Verifications that one network thread makes before it takes a push; beyond that they are owed. A
// token bucket over the monotonic clock.
class VerifyBudget {
 public:
  explicit VerifyBudget(std::uint32_t per_second) : per_second_(per_second) {}
  bool take(std::int64_t now_us);

 private:
  static constexpr std::int64_t kBurstUs = 100'000;
  std::uint32_t per_second_;
  std::int64_t tokens_ = 0;  // in millionths
  std::int64_t refilled_us_ = INT64_MIN;
};

}  // namespace houniao
