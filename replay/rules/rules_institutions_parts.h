// What the rules A28 to A40 share: whether an event counts, who acts for whom, sums and texts.
// Functions of the state alone. One thread; the state must rest while they run.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "replay/rules/rule.h"
#include "replay/state.h"
#include "schema/codec.h"

namespace houniao::rules::institutions {

using EventBody = schema::Event::Body;

// Whether the event has rows in the fact table or would have: accepted, flagged or released, and
// not taken back. Wider than State::in_force(): a fact that names something which never arrived
// counts as well, and what never arrived is at times just the point.
bool counts(const State& state, EventId id);
// Place in the log; 0 for an event that the state does not know.
Seq seq_of(const State& state, EventId id);
// The civil day of the envelope.
Day occurred_on(const State& state, EventId id);

// Calls visit(columns, index) for every live row of the type.
template <class Visit>
void each_row(const State& state, EventType type, Visit&& visit) {
  const FactTable::Columns& c = state.facts.columns();
  const auto number = static_cast<std::uint16_t>(type);
  for (std::size_t i = 0; i < state.facts.size(); ++i) {
    if (c.type[i] == number && c.event[i] != 0) visit(c, i);
  }
}

// --- money and shares --------------------------------------------------------------------------

Fen plus(Fen a, Fen b);  // stays within [-kFenMax, kFenMax]
// part of `of` equal parts of the whole, rounded down; nothing unless 0 < part and 0 < of.
Fen portion(Fen whole, std::int64_t part, std::int64_t of);
// Whether part is at least so many thousandths of a whole that is not 0.
constexpr bool reaches(std::int64_t part, std::int64_t whole, std::int64_t permille) {
  return whole > 0 && part * 1000 >= whole * permille;
}
// After amendments; 0 for a contract that is unknown.
Fen contract_value(const State& state, ContractId id);
// What the delivery was billed at over all milestones in force.
Fen billed(const State& state, EventId delivery);
// Sums the values of different contracts.
class ContractSum {
 public:
  void add(const State& state, ContractId id);
  Fen sum() const { return sum_; }

 private:
  boost::unordered_flat_set<std::uint64_t> seen_;
  Fen sum_;
};

// --- who is who ---------------------------------------------------------------------------------

// The programme at the top of the one that is named; itself when it is unknown.
std::uint64_t root_of(const State& state, std::uint64_t programme);

// Who acts for a party on a day, for many questions about one state: asks acts_for() of
// replay/families/parties.h only where something speaks for it, so that a question costs a few
// lookups instead of a look at all staff.
class Interests {
 public:
  explicit Interests(const State& state);
  bool acts_for(std::uint64_t actor, std::uint64_t party, Day day) const;
  // Whether a relative (HouseholdChanged, not ended) of the actor acts for the party.
  bool relative_acts_for(std::uint64_t actor, std::uint64_t party, Day day) const;

 private:
  bool may_act(std::uint64_t actor, std::uint64_t party) const;

  const State& state_;
  boost::unordered_flat_set<std::pair<std::uint64_t, std::uint64_t>> offices_;  // (identity, body)
  boost::unordered_flat_map<std::uint64_t, std::vector<std::uint64_t>> relatives_;  // by identity
};

// --- texts --------------------------------------------------------------------------------------

inline std::string number(std::int64_t value) { return std::to_string(value); }
template <class List>
std::string count_of(const List& list) {
  return std::to_string(list.size());
}
std::string yuan(Fen amount);  // "1234.50"

}  // namespace houniao::rules::institutions
