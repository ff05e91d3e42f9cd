#include "server/former_scopes.h"

#include "replay/state.h"
#include "schema/codec.h"

namespace houniao {
namespace {

bool took_effect(EventStatus status) {
  return status == EventStatus::accepted || status == EventStatus::flagged ||
         status == EventStatus::released;
}

}  // namespace

Result<FormerScopes> FormerScopes::read(const State& state, const WithRecord& with_record) {
  std::vector<Seq> places;
  state.events.for_each([&](EventId, const EventEntry& entry) {
    if (entry.type == static_cast<std::uint16_t>(EventType::DEVICE_SCOPES_CHANGED) &&
        took_effect(entry.status)) {
      places.push_back(entry.seq);
    }
  });
  FormerScopes out;
  EventReader event;
  for (const Seq place : places) {
    HOUNIAO_TRY(with_record(place, [&](RecordReader& record) {
      if (!event.open(record.event_bytes()) || event.type() != EventType::DEVICE_SCOPES_CHANGED) {
        return;
      }
      const auto body = event.get().getBody().getDeviceScopesChanged();
      const auto withdrawn = body.getWithdrawn();
      for (const std::uint64_t scope : withdrawn) {
        out.withdrawn_.insert({DeviceNumber{body.getDevice()}, ScopeId{scope}});
      }
    }));
  }
  return out;
}

}  // namespace houniao
