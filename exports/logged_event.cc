#include "exports/logged_event.h"

#include "replay/state.h"

namespace houniao::exports {

EventId LoggedEvent::id(const State& state) const {
  const Device* device = state.system.device(event->device());
  return device == nullptr ? EventId{} : event_id(device->number, event->device_seq());
}

}  // namespace houniao::exports
