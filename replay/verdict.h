// The judgement of an event: the verdict that its class allows for the reasons found. Plain values.
#pragma once

#include "base/ids.h"
#include "base/ports.h"
#include "replay/reasons.h"
#include "schema/catalogue.h"
#include "schema/record.capnp.h"

namespace houniao {

// Where and when the server took an event in.
struct Received {
  Seq seq;
  WallTime at;
};

struct Judgement {
  schema::Verdict verdict = schema::Verdict::ACCEPTED;
  Reasons reasons;
  bool operator==(const Judgement&) const = default;
};

// A fact is accepted or, for any reason, flagged. A claim or a decision is held by a reason of
// severity hold or firm. A type that this build does not know (`row` is nullptr) counts as a fact.
inline schema::Verdict verdict_for(const CatalogueRow* row, const Reasons& reasons) {
  if (reasons.empty()) return schema::Verdict::ACCEPTED;
  if (row != nullptr && row->event_class != EventClass::fact &&
      reasons.any_of_at_least(Severity::hold)) {
    return schema::Verdict::HELD;
  }
  return schema::Verdict::FLAGGED;
}

}  // namespace houniao
