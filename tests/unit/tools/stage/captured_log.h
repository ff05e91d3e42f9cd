// What a played programme left in the log, event by event, so that tests can fold it in another
// order, or without one of its events. Values; one thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "replay/pack.h"
#include "replay/state.h"
#include "tests/unit/tools/stage/paper_backstage.h"

namespace houniao::stage {

struct CapturedLog {
  Pack pack;
  std::vector<FoldedEvent> events;                         // in the order of the log
  std::vector<EventId> kept_held;                          // attempts that must stay held
  Hash whole;                                              // digest of the state that the play left
  boost::unordered_flat_map<EventId, std::size_t> places;  // of the events

  const FoldedEvent& event(EventId id) const { return events[places.at(id)]; }
};

// Plays the programme of that code, once in a process: a later call for the same seed gives the
// same log. Programme b tells its whole story, which is the only size it has; the others are told
// at the size at which their own story tests tell them small.
const CapturedLog& captured(std::string_view code, std::uint64_t seed);

// The places 0, 1, 2, ... of a log: its own order.
std::vector<std::size_t> own_order(const CapturedLog& log);

// Judges and folds the events at those places, one after the other. The n-th has the place and the
// time of receipt of the n-th of the log.
State fold(const CapturedLog& log, std::span<const std::size_t> order);

// Events of the log that the one at `place` names, anywhere: in its envelope, its body, its lists;
// ascending, without itself. Looks at the bytes alone and knows nothing of any type, so two small
// numbers that stand side by side may be taken for an id that they happen to spell.
std::vector<EventId> named_by(const CapturedLog& log, std::size_t place);
// The same without who recorded the event, for whom and where.
std::vector<EventId> named_in_body(const CapturedLog& log, std::size_t place);

}  // namespace houniao::stage
