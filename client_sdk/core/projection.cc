#include "client_sdk/core/projection.h"

#include "replay/admission.h"
#include "replay/digest.h"
#include "replay/snapshot.h"
#include "replay/state.h"
#include "schema/codec.h"

namespace houniao::client {

struct Projection::Readers {
  RecordReader record;
  EventReader event;
};

Projection::Projection()
    : confirmed_(std::make_unique<State>()), readers_(std::make_unique<Readers>()) {}
Projection::~Projection() = default;

Result<void> Projection::fold(ByteView bytes) {
  RecordReader& record = readers_->record;
  EventReader& event = readers_->event;
  HOUNIAO_TRY(record.open(bytes));
  ++folded_;
  if (!record.is_event()) return {};
  HOUNIAO_TRY(event.open(record.event_bytes()));
  Judgement judgement;
  judgement.verdict = record.get().getVerdict();
  for (const std::uint16_t reason : record.get().getReasons()) {
    judgement.reasons.add_number(reason);
  }
  apply(*confirmed_, event, Received{record.seq(), WallTime{record.get().getReceivedAtUs()}},
        judgement);
  overlay_.reset();
  return {};
}

void Projection::reset() {
  confirmed_ = std::make_unique<State>();
  overlay_.reset();
  folded_ = 0;
}

void Projection::dirty() { overlay_.reset(); }

const State& Projection::with_pending(const Pending& pending, WallTime now) {
  if (overlay_) return *overlay_;
  overlay_ = std::make_unique<State>(*confirmed_);
  // Places that the log cannot give yet: after everything that it has.
  Received received{overlay_->last_seq, std::max(now, overlay_->last_received)};
  pending([&](ByteView bytes) {
    EventReader& event = readers_->event;
    if (!event.open(bytes)) return;
    ++received.seq.value;
    const Judgement judgement = admit(*overlay_, event, received);
    apply(*overlay_, event, received, judgement);
  });
  return *overlay_;
}

Hash Projection::digest() const { return houniao::digest(*confirmed_); }

Bytes Projection::snapshot() const { return houniao::snapshot(*confirmed_); }

Result<void> Projection::restore(ByteView snapshot) {
  auto restored = houniao::restore(snapshot);
  if (!restored) return restored.error();
  reset();
  *confirmed_ = std::move(*restored);
  return {};
}

}  // namespace houniao::client
