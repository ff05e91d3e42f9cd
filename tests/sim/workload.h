// What the people of a simulated programme record: every type of the catalogue, facts of the field
// most often, naming each other's entities whether or not they have synchronised. Each part draws
// from its own table; now and then somebody records what their role does not allow. What an event
// says is in draws.h, what they know of each other in book.h. One thread.
#pragma once

#include <vector>

#include "client_sdk/core/draft.h"
#include "tests/sim/book.h"
#include "tests/sim/tablet.h"

namespace houniao::sim {

class Workload {
 public:
  explicit Workload(std::uint64_t seed) : book_(seed) {}

  // One to a few events that this tablet's holder records at once. To be recorded before the next
  // call: their bodies are drawn as they are recorded.
  std::vector<EventDraft> draft(const Tablet& tablet);
  // What the events became, so that others can name them.
  void recorded(const Tablet& tablet, const std::vector<EventId>& ids);
  // A device that is gone for good: leases may still be given to it, and it may be revoked.
  void lost(DeviceNumber device) { book_.lost(device); }

 private:
  EventType choose(Part part, bool first);
  EventDraft make(EventType type, const Tablet& tablet);
  void address(EventDraft& draft, EventType type, const Tablet& tablet);
  ScopeId scope_for(EventType type, const Tablet& tablet);
  void add_personal(EventDraft& draft, EventType type);

  Book book_;
  std::vector<EventType> pending_;     // types of the drafts handed out last
  std::vector<DeviceNumber> devices_;  // by number of the tablet; none before it recorded anything
};

}  // namespace houniao::sim
