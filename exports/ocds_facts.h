// What OCDS releases need beside the state: of each event of purchase its time of receipt, what it
// followed from and the words that the state does not keep. Gathered in one walk over the log.
// Internal to exports/ocds. Pure.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "exports/logged_event.h"

namespace houniao::exports {

struct PurchaseEvent {
  EventId id;
  std::uint16_t type = 0;
  WallTime received;
  Day day;
  std::uint64_t programme = 0;
  std::vector<std::uint64_t> causes;
  std::uint64_t target = 0;  // what it belongs to: call, contract, milestone, request, payment
  std::string reason;
  std::string disclosure;
  std::int64_t amount_fen = 0;  // of a reversal
  std::int64_t accepted = 0;    // of a review
  std::int64_t refused = 0;
};

struct PurchaseEvents {
  std::vector<PurchaseEvent> events;  // in force, in the order of the log
  boost::unordered_flat_map<std::uint64_t, std::size_t> places;

  const PurchaseEvent* find(std::uint64_t id) const {
    const auto at = places.find(id);
    return at == places.end() ? nullptr : &events[at->second];
  }
};
Result<PurchaseEvents> gather_purchase_events(const State& state, const EventSource& source,
                                              TreeSize end);

}  // namespace houniao::exports
