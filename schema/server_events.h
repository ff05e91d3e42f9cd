// Event types that only the server records, about itself: a device that pushes one is refused, so
// none must get into a device's chain. Own source (docs/PROTOCOL.md).
#pragma once

#include "schema/catalogue.h"

namespace houniao {

constexpr bool only_server_records(EventType type) {
  return type == EventType::DEVICE_ENROLLED || type == EventType::SYNC_INCIDENT_RECORDED ||
         type == EventType::LOG_KEY_CHANGED;
}

}  // namespace houniao
