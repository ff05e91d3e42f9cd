// IATI 2.03 activities (iatistandard.org): every programme is an activity, with its budget by
// calendar year and the movements of its money.
//
//   BudgetAllocated                 budget (indicative period: the part of the year asked for)
//   FundsReceived                   transaction type 1, incoming funds
//   DisbursementPaid                type 4, expenditure, under a contract; else 3, disbursement
//   DisbursementReversed            the same type, negative
//
// Organisations take part by the reference CN-USCC-<code> where they have a checked one. Pure; the
// state must rest.
#pragma once

#include <string>

#include "exports/logged_event.h"
#include "exports/sink.h"

namespace houniao {
class State;
}

namespace houniao::exports {

struct IatiOptions {
  std::string reporting_ref = "CN-HOUNIAO";  // as registered with IATI
  std::string reporting_name = "候鸟 Houniao";
};

Result<void> write_iati(const State& state, const Scope& scope, const IatiOptions& options,
                        const Sink& sink);

}  // namespace houniao::exports
