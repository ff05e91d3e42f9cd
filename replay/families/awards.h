// Scores and awards, a part of the family calls (replay/families/calls.h says what depends on the
// order of arrival and which rows are written). Part of State; written by the one thread that folds
// the log.
#pragma once

#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "replay/ledger.h"
#include "replay/symbols.h"
#include "schema/catalogue.h"

namespace houniao {

class State;

struct ProposalScore {
  EventId event;
  std::uint64_t scorer = 0;  // staff or person
  std::int64_t points = 0;   // over all criteria
  bool recused = false;

  template <class Archive>
  void fields(Archive& a) {
    a(event, scorer, points, recused);
  }
};

struct Award {
  EventId event;
  ProposalId proposal;
  Symbol lot;
  Fen amount;

  template <class Archive>
  void fields(Archive& a) {
    a(event, proposal, lot, amount.value);
  }
};

// The mean over all scorers of the points given, in thousandths of the points possible, rounded
// down. Scores of those who stood aside do not count; none while nobody scored.
std::optional<std::uint32_t> mean_score_permille(const State& state, ProposalId id);

// True when the event was of one of the types of this file.
bool take_back_awards(State& state, EventId event, EventType type);

}  // namespace houniao
