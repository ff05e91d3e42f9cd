// What the server needs to know of the folded state besides admit() and apply(): the one place that
// knows how the families keep it. Read-only; for the thread that owns the state.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "replay/log_keys.h"
#include "server/device_directory.h"

namespace houniao {

class State;

// Place in the log of an event that the state knows; nullopt when it does not keep it.
std::optional<Seq> seq_of_event(const State& state, EventId id);
// Persons whose data was erased for good.
std::vector<PersonId> erased_subjects(const State& state);
// What the log says of its keys, oldest first.
std::shared_ptr<const std::vector<LogKeyChange>> log_keys_of(const State& state);
// Highest device number ever given.
DeviceNumber highest_device_number(const State& state);

}  // namespace houniao
