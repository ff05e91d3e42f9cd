// From an EventDraft to the bytes that are hashed, signed and sent. Encoding happens exactly once;
// what comes out has passed the same check that the server applies, so a draft that cannot be sent
// is refused before it enters the chain. Pure.
#pragma once

#include <vector>

#include "base/ports.h"
#include "client_sdk/core/draft.h"
#include "client_sdk/core/personal.h"

namespace houniao::client {

// What the device adds to a draft.
struct Envelope {
  DeviceId device;
  DeviceNumber number;
  DeviceSeq seq;
  Hash prev;
  WallTime recorded_at;
  std::int64_t clock_offset_ms = 0;
  std::uint32_t clock_uncertainty_ms = 0;
  std::uint64_t holder = 0;
  const SymmetricKey* blind_key = nullptr;  // null when the device was given none
};

struct BuiltEvent {
  Bytes bytes;
  Hash hash;
  std::optional<SubjectKey> made_key;  // under the event's own id
  std::vector<std::pair<PersonId, SealedItem>> sealed;
};

// `keys` finds the keys of subjects that exist already; fresh ones come from `random`.
// `fresh` are keys made by earlier drafts of the same group, not in the ring yet.
Result<BuiltEvent> build_event(const EventDraft& draft, const Envelope& envelope,
                               const KeyRing& keys,
                               const std::map<std::uint64_t, SubjectKey>& fresh, Random& random);

}  // namespace houniao::client
