// Checks and bookkeeping that the families sessions, services, contracts and funds share: what a
// delivery may refer to. Internal to replay/families; only adds reasons; same thread as the fold.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "replay/context.h"
#include "replay/reasons.h"
#include "replay/state.h"
#include "replay/statements.h"

namespace houniao {

inline std::string_view view(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

// A row of an older book that was taken over (docs/IMPORT.md).
inline bool is_imported_row(schema::Event::Reader event) {
  return event.getSource() == schema::Source::IMPORTED && event.getImportRow() != 0;
}

// A found entity whose event was taken back: shown, and no reason to wait.
inline void check_not_retracted(const State& state, std::uint64_t id, Reasons& reasons) {
  reasons.add_if(state.is_retracted(EventId{id}), Reason::target_retracted);
}

// An event of any kind that another one belongs to. 0 does not pass.
void check_event(const State& state, EventId id, Reasons& reasons);
// The contract is known, and runs on the day. 0 passes.
void check_contract(const State& state, ContractId id, Day day, Reasons& reasons);
// A delivery's place is open on the day (A06), and no evidence in its envelope belongs to another
// event already (A18). What an imported row names is its book, which all rows of the book share.
void check_delivery(const State& state, const EventContext& context, Day day, Reasons& reasons);
// Remembers what evidence the envelope of a delivery names; of an imported row nothing.
void keep_evidence(State& state, const EventContext& context);
void forget_evidence(State& state, EventId event);
// I11: the shares sum to at most the whole, and every fund is known.
void check_shares(const State& state, capnp::List<schema::FundShare>::Reader shares,
                  Reasons& reasons);
// Keeps the shares that a delivery declares, for billing.
void keep_shares(State& state, EventId delivery, capnp::List<schema::FundShare>::Reader shares);

// The persons of a list, ascending and each once.
std::vector<std::uint64_t> distinct_persons(capnp::List<std::uint64_t>::Reader persons);
}  // namespace houniao
