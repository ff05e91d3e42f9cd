// Event log for process mining, XES (IEEE 1849-2016, xes-standard.org), for a chosen notion of a
// case: every object of one type (exports/ocel.h) is a trace, with the events that name it in the
// order in which they happened. An event that names several cases stands in each of them.
//
// Extensions: concept (names), time (when it happened), lifecycle (standard transitions, "complete"
// where the event is the whole of an activity), organizational (who recorded it, as a pseudonymous
// id). Pure; the state must rest. Holds one short entry for each event of a case in memory.
#pragma once

#include <string>

#include "exports/logged_event.h"
#include "exports/sink.h"

namespace houniao {
class State;
}

namespace houniao::exports {

// invalid_argument when no object type has that name; the message lists them.
Result<void> write_xes(const State& state, const EventSource& source, TreeSize end,
                       const Scope& scope, const std::string& case_type, const Sink& sink);

}  // namespace houniao::exports
