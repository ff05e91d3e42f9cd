// Everything that follows from the log: the fold of its records so far. A value: copying it gives
// an independent state. Owned by whoever folds (sequencer, replayer, client); written by one
// thread; readers need it to rest. Everything in it is reached through fields(), which gives the
// digest and the snapshot (replay/digest.h, replay/snapshot.h).
//
// Order of arrival. Pushes of devices that work independently of each other may be folded in any
// order and give the same digest. Where the order decides on purpose, because something scarce is
// given out or a right begins: roles, scopes and revocations (families/system.h), lending of the
// last copy (families/sites.h), money that does not suffice for two requests (families/funds.h),
// orders that are claimed, assigned, withdrawn and reviewed (families/orders.h), points that are
// leased and spent (families/points.h), awards out of one budget (families/calls.h), which of two
// overlapping seals holds and what is late (families/sealing.h), hours that are decided and
// certified once (families/hours.h), whether the approver of an access to sensitive records is its
// reader (families/cases.h), and the decision on a held event.
// Verdict and reasons of an event tell what the server knew when it arrived and are not part of the
// digest; whether the event counts is.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/event_index.h"
#include "replay/facts.h"
#include "replay/families/audit.h"
#include "replay/families/calls.h"
#include "replay/families/cases.h"
#include "replay/families/communications.h"
#include "replay/families/contracts.h"
#include "replay/families/evaluations.h"
#include "replay/families/funds.h"
#include "replay/families/orders.h"
#include "replay/families/organisations.h"
#include "replay/families/people.h"
#include "replay/families/programmes.h"
#include "replay/families/services.h"
#include "replay/families/sessions.h"
#include "replay/families/sites.h"
#include "replay/families/system.h"
#include "replay/families/volunteers.h"
#include "replay/families/workforce.h"
#include "replay/ledger.h"

namespace houniao {

struct EventContext;

// Under which key an event waits for a scope that no event has defined yet. No device ever gets the
// number 2^32-1.
constexpr std::uint64_t wait_key(ScopeId scope) { return ~std::uint64_t{0xffffffff} | scope.value; }

class State {
 public:
  // Out of line: written out here, every source that makes or drops a state would compile hundreds
  // of containers again.
  State();
  ~State();
  State(const State&);
  State(State&&) noexcept;
  State& operator=(const State&);
  State& operator=(State&&) noexcept;

  FactTable facts;
  Ledger ledger;
  EventIndex events;

  SystemState system;
  ProgrammesState programmes;
  PeopleState people;
  OrganisationsState organisations;
  SitesState sites;
  WorkforceState workforce;
  SessionsState sessions;
  ServicesState services;
  ContractsState contracts;
  FundsState funds;
  VolunteersState volunteers;
  EvaluationsState evaluations;
  CommunicationsState communications;
  AuditState audit;
  OrdersState orders;
  CasesState cases;
  CallsState calls;

  // Events that wait, by id, and who waits for what.
  boost::unordered_flat_map<EventId, ParkedEvent> parked;
  boost::unordered_flat_map<std::uint64_t, std::vector<EventId>> waiting;
  // Reasons in force of every event that has any.
  boost::unordered_flat_map<EventId, Reasons> reasons;
  // Events of types that this build does not know, by number on the wire.
  boost::unordered_flat_map<std::uint16_t, std::uint64_t> unknown_types;
  std::uint64_t event_count = 0;
  Seq last_seq;  // of the last event folded
  WallTime last_received;

  // What apply() still has to do before it returns: keys whose waiters are to be judged again, and
  // held events that a decision released. Empty between calls, so not part of the content.
  struct Due {
    std::uint64_t key = 0;
    bool judge_itself = false;
  };
  std::vector<Due> due;

  // Symbols are shared by the fact table and the families.
  Symbol intern(std::string_view text) { return facts.intern(text); }
  const Symbols& symbols() const { return facts.symbols(); }

  // The event has arrived, whatever became of it.
  bool knows(EventId id) const { return events.find(id) != nullptr; }
  // The event's full effect is part of this state: not held, not refused, not retracted and not
  // waiting for something. The test for "does this entity exist".
  bool in_force(EventId id) const {
    const EventEntry* entry = events.find(id);
    return entry != nullptr && entry->in_force();
  }
  template <class Tag>
  bool in_force(Strong<Tag> id) const {
    return in_force(EventId{id.value});
  }
  bool is_retracted(EventId id) const {
    const EventEntry* entry = events.find(id);
    return entry != nullptr && entry->status == EventStatus::retracted;
  }

  const Device* device(DeviceNumber number) const { return system.device(number); }
  const Person* person(PersonId id) const { return people.find(id); }
  const Organisation* organisation(OrganisationId id) const { return organisations.find(id); }
  const Site* site(SiteId id) const { return sites.find(id); }
  const Staff* staff(StaffId id) const { return workforce.find(id); }
  const Programme* programme(ProgrammeId id) const {
    auto at = programmes.programmes.find(id);
    return at == programmes.programmes.end() ? nullptr : &at->second;
  }

  template <class Archive>
  void fields(Archive& a);  // for CanonicalWriter and CanonicalReader, in state_fields.h
};

// Checks that several families share; each only adds reasons. An id of 0 passes: whether a member
// may be absent is the family's own rule.
//
// What to say about a reference that is not found where it should be: an orphan while nothing of
// that id is in force; what is in force but of another kind will never become what is asked for; 0
// is no reference at all.
void not_found(const State& state, std::uint64_t id, Reasons& reasons);
// A person who is served: known (else orphan), not erased or restricted, not gone on the day (A05),
// with a guardian's consent when under 14 (I15).
void check_person(const State& state, const EventContext& context, PersonId id, Reasons& reasons);
// Known; the reasons say nothing else about them.
void check_known_person(const State& state, PersonId id, Reasons& reasons);
void check_known_organisation(const State& state, OrganisationId id, Reasons& reasons);
void check_known_programme(const State& state, ProgrammeId id, Reasons& reasons);
void check_known_site(const State& state, SiteId id, Reasons& reasons);
// Known and open on the day (A06).
void check_site(const State& state, SiteId id, Day day, Reasons& reasons);
// Known and engaged on the day (A08). Accepts a person id in place of a staff id: then only known.
void check_staff(const State& state, std::uint64_t id, Day day, Reasons& reasons);
// I16: vetted within the last twelve months.
void check_vetted(const State& state, StaffId id, Day day, Reasons& reasons);
// I12: the end does not lie before the start.
void check_interval(Day from, Day to, Reasons& reasons);

}  // namespace houniao
