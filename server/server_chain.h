// The server as a device: number 1 of every log. Builds the events that the server itself records
// (enrolments, revocations, incidents, keys of the log), chained and signed like those of any other
// device. Pure; belongs to the sequencer's thread.
#pragma once

#include <cstdint>

#include "replay/log_keys.h"
#include "server/keys/key_store.h"
#include "server/work.h"

namespace houniao {

class ServerChain {
 public:
  ServerChain(const SigningKey& key, DeviceHead head);

  // Each returns the encoded event and moves the head past it.
  Bytes enrolled(const DeviceGrant& device, const EnrolmentCode& grant, WallTime now);
  Bytes revoked_as_compromised(DeviceNumber device, DeviceSeq from, WallTime now);
  Bytes incident(const IncidentReport& report, WallTime now);
  Bytes log_key_changed(const LogKeyChange& change, WallTime now);
  // The operator's event: body and scope are taken from `event`, the envelope is the server's.
  Result<Bytes> administrative(ByteView event, WallTime now);

  const DeviceHead& head() const { return head_; }
  VerifyKey verify_key() const { return key_.verify_key(); }
  // Signs the head: what every push of a device carries.
  Signature sign_head(const WitnessedCheckpoint& witnessed) const;

 private:
  template <class Fill>
  Bytes make(WallTime now, ScopeId scope, Fill fill);

  SigningKey key_;
  DeviceHead head_;
};

}  // namespace houniao
