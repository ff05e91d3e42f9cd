// The fact table (replay/facts.h) as CSV: one line for each countable thing, from which every
// report can be computed again. Rows of events that may not leave are left out, and ids that may
// not be named are empty (disclosure.h). Pure; the state must rest.
#pragma once

#include "exports/csv.h"
#include "exports/logged_event.h"

namespace houniao {
class State;
}

namespace houniao::exports {

// By event id, and within an event in the order of its rows.
void write_facts(const State& state, const Scope& scope, ByteOrderMark mark, const Sink& sink);

}  // namespace houniao::exports
