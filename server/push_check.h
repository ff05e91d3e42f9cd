// The checks of a push that need nothing but the push and the device's key: framing of the events,
// their shape, the chain from one to the next; and, apart because it costs most and may be owed for
// a moment, the signature over the chain's head. Pure; runs on the network threads and on that of
// server/signature_thread.h, so that the sequencer's thread spends next to no time on it.
#pragma once

#include <optional>

#include "schema/frames.h"
#include "server/work.h"

namespace houniao {

struct PushFault {
  Error error;
  IncidentKind kind = IncidentKind::unreadable;
  DeviceSeq at;  // the event concerned
};

// Fills `out` (all but the session and `verified`) from the frame, or says what is wrong.
// `out.events` is an own copy. The push must have events.
std::optional<PushFault> check_push(schema::Push::Reader push, const DeviceGrant& device,
                                    PushRequest& out);

// What the frame carries beside the events.
Signature signature_of(schema::Push::Reader push);
WitnessedCheckpoint witnessed_of(schema::Push::Reader push);

std::optional<PushFault> check_signature(const AttestationData& signed_head, const VerifyKey& key);
// That of a signature over the chain through here which does not match.
PushFault signature_fault(DeviceSeq through);

}  // namespace houniao
