// Where a sealed report comes from, as W3C PROV (PROV-JSON, W3C member submission of 2013-04-24):
// one bundle-free document with, for every PeriodSealed in force,
//
//   entities    each report (name, SHA-256), the stretch of records it was made from (size, root),
//               the pack's programme
//   activities  the sealing, which used the records and generated the reports
//   agents      the device that recorded it, the organisation of its holder, the signers
//
// Pure; the state must rest.
#pragma once

#include <string>

#include "exports/logged_event.h"
#include "exports/sink.h"

namespace houniao {
class State;
}

namespace houniao::exports {

Result<void> write_prov(const State& state, const EventSource& source, TreeSize end,
                        const Scope& scope, const std::string& origin, const Sink& sink);

}  // namespace houniao::exports
