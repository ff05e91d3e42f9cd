// OCEL 2.0 as JSON (ocel-standard.org/specification/formats/json). Pure; the state must rest.
#pragma once

#include "exports/ocel.h"

namespace houniao::exports {

Result<void> write_ocel_json(const State& state, const EventSource& source, TreeSize end,
                             const Scope& scope, const Sink& sink);

}  // namespace houniao::exports
