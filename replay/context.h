// What admit() and apply() of a family are told about the event in hand, beside its body. Lives on
// the stack of the fold; `event` points into the reader's message.
#pragma once

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "replay/verdict.h"
#include "schema/event.capnp.h"

namespace houniao {

class State;

struct EventContext {
  EventId id;  // also the id of the entity that the event creates
  Seq seq;
  WallTime received_at;
  DeviceNumber device;
  Day occurred;
  EventType type = EventType{};
  schema::Event::Reader event;
  const Judgement* judgement = nullptr;  // in apply(); still being found in admit()

  // A fact that names something not received yet: it is counted at once and projected again when
  // the rest arrives. While this is set, apply() writes rows of the fact table only and touches no
  // other state; rows are replaced later by the caller.
  bool provisional = false;

  bool counted() const { return judgement->verdict != schema::Verdict::HELD; }
  bool flagged() const { return judgement->verdict == schema::Verdict::FLAGGED; }
  std::uint64_t actor() const { return event.getActor(); }
  ScopeId scope() const { return ScopeId{event.getScope()}; }
};

}  // namespace houniao
