// Open Contracting Data Standard 1.1: government purchase and every other way in which money is
// given out for work. A contracting process is a call with the contracts that were signed for it
// (the contract names the call, a proposal or the award among its causes), or a contract that no
// call led to. Each event of it is a release:
//
//   CallOpened            planning, tender   AwardDecided                award
//   ContractSigned        contract (with award and tender "direct" when no call led to it)
//   ContractAmended       contractAmendment  MilestoneSubmitted/Reviewed implementation(Update)
//   DisbursementPaid/Reversed  implementationUpdate     ContractClosed    contractTermination
//
// Only events in force are told. Organisations are named; persons who apply are not: they appear by
// id, as "natural person". Amounts are yuan. The date of a release is the time at which the server
// received the event, so releases of a process sort as the log does.
//
// Pure; the state must rest.
#pragma once

#include <string>
#include <string_view>

#include "exports/logged_event.h"
#include "exports/sink.h"

namespace houniao {
class State;
}

namespace houniao::exports {

struct OcdsOptions {
  std::string ocid_prefix = "ocds-houniao";  // a registered prefix where there is one
  std::string origin = "houniao.local/log";
  std::string publisher = "Houniao";
  std::uint64_t process = 0;  // the call or contract that a process begins with; 0: all
};

// Both: not_found, before anything is written, when `options.process` begins no process.
//
// One release package with the releases of every process, process by process, each in order.
Result<void> write_ocds_releases(const State& state, const EventSource& source, TreeSize end,
                                 const Scope& scope, const OcdsOptions& options, const Sink& sink);
// One record package: for each process its releases and the compiled release (ocds_merge.h).
Result<void> write_ocds_records(const State& state, const EventSource& source, TreeSize end,
                                const Scope& scope, const OcdsOptions& options, const Sink& sink);

}  // namespace houniao::exports
