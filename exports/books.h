// The books that an office keeps, from what the log says. Pure functions of a state; the state must
// rest. Names of persons stand in a book only when the caller can open them (`Names`); a server
// cannot.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "exports/book.h"
#include "exports/logged_event.h"
#include "replay/pack.h"

namespace houniao {
class State;
}

namespace houniao::exports {

// The name of a person, or an empty text where the key is not at hand. Empty function: no names.
using Names = std::function<std::string(PersonId)>;

// 政府采购与资金台账: contracts, acceptance, payments, funds, invoices.
Book purchase_ledger(const State& state, const Scope& scope);

// 志愿服务记录, with the five groups of 《志愿服务记录与证明出具办法（试行）》 article 4: basic
// data, service, training, commendation, evaluation; and the certificates issued.
Book volunteer_record(const State& state, const Scope& scope, const Names& names);

// 义务日历: every obligation of the packs' programmes by period, as of the last day of the log.
Book obligations_calendar(const State& state, const std::vector<Pack>& packs, const Scope& scope);

// 指标核对: every published figure beside what the log gives.
Book figures_book(const State& state, const std::vector<Pack>& packs);

// The packs that this build carries and whose programme the state has within the scope, in their
// order.
std::vector<Pack> packs_in(const State& state, const Scope& scope);

// The civil day of the last event received.
Day last_day(const State& state);

}  // namespace houniao::exports
