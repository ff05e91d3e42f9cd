// Family orders, first half: what people ask for (点单), the digests that say what became of it
// (周汇总与月清单), and the meetings that deliberate about it (议事会). A member of OrdersState;
// written by the one thread that folds the log.
//
// Nothing here depends on the order of arrival: all is kept as sets by event id, and of several
// dispositions the last by the end of its digest's period is in force (then by event id). What a
// demand was asked for in the person's own words is only in Event.sealed.
//
// Rows of the fact table:
//   DemandRaised          kind the category, attr the channel ("hotline"), subject the person (0
//                         and kFactAnonymous without one), staff the collector, day of the demand
//   DemandDigestCompiled  first row: kind the period ("week"), quantity 1. Then one for each item:
//                         kind the disposition ("answered"), attr the period, group the demand. All
//                         on the last day of the period
//   DeliberationHeld      first row: kind "deliberation", subject the body, group the meeting. Then
//                         one for each resolution: kind "adopted" or "not_adopted", attr the
//                         outcome, group the demand; one for each person present: kind "attendee",
//                         subject the person, group the meeting; one for the anonymous (quantity n)
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/dense_map.h"
#include "replay/reasons.h"
#include "replay/symbols.h"
#include "schema/catalogue.h"

namespace houniao {

class State;

inline constexpr Day kStillOpen{std::numeric_limits<std::int32_t>::max()};

// What a digest says became of a demand.
struct DemandDisposition {
  EventId event;                  // the DemandDigestCompiled
  std::uint16_t disposition = 0;  // schema::DemandDigestCompiled::Disposition
  Day day;                        // the last of the digest's period
  OrderId order;                  // of "dispatched"
  std::string reason;

  // Answered, resolved, declined and merged end a demand; carried and dispatched do not.
  bool settles() const;
  template <class Archive>
  void fields(Archive& a) {
    a(event, disposition, day, order, reason);
  }
};

struct Demand {
  DemandId id;
  PersonId person;  // none for an anonymous demand
  ProgrammeId programme;
  Symbol category;
  std::uint16_t urgency = 0;  // schema::DemandRaised::Urgency
  Symbol channel;
  std::uint64_t collector = 0;
  Day day;
  std::vector<DemandDisposition> dispositions;  // by event id
  std::vector<OrderId> orders;                  // that carry it and are not retracted, ascending

  // The end of the period of the first digest that settled it; kStillOpen while none has.
  Day settled_on() const;
  // The one in force among those that settle it, or among those that do not; nullptr for none.
  const DemandDisposition* last_disposition(bool settling) const;
  template <class Archive>
  void fields(Archive& a) {
    a(id, person, programme, category, urgency, channel, collector, day, dispositions, orders);
  }
};

struct DemandDigest {
  EventId id;
  std::uint16_t period = 0;  // schema::DemandDigestCompiled::Period
  ProgrammeId programme;
  Day from;
  Day to;
  std::vector<DemandId> items;  // ascending, each once

  template <class Archive>
  void fields(Archive& a) {
    a(id, period, programme, from, to, items);
  }
};

struct DemandResolution {
  DemandId demand;
  bool adopted = false;
  Symbol outcome;

  template <class Archive>
  void fields(Archive& a) {
    a(demand, adopted, outcome);
  }
};

struct Deliberation {
  EventId id;
  OrganisationId body;
  Day day;
  std::vector<DemandId> agenda;          // ascending, each once
  std::vector<std::uint64_t> attendees;  // persons and staff, ascending, each once
  std::uint32_t anonymous = 0;
  std::vector<DemandResolution> resolutions;  // as recorded

  template <class Archive>
  void fields(Archive& a) {
    a(id, body, day, agenda, attendees, anonymous, resolutions);
  }
};

struct DemandsState {
  EntityMap<DemandId, Demand> demands;
  // By programme: (day it was settled on, demand), ascending, without what is retracted. What is
  // still open comes last, so a digest looks at that and not at all there ever was.
  boost::unordered_flat_map<ProgrammeId, std::vector<std::pair<Day, DemandId>>> by_settlement;
  boost::unordered_flat_map<EventId, DemandDigest> digests;
  boost::unordered_flat_map<EventId, Deliberation> deliberations;

  const Demand* find(DemandId id) const {
    auto at = demands.find(id);
    return at == demands.end() ? nullptr : &at->second;
  }
  template <class Archive>
  void fields(Archive& a) {
    a(demands, by_settlement, digests, deliberations);
  }
};

enum class DemandStatus : std::uint8_t {
  open,        // no digest lists it and no order carries it
  carried,     // listed by a digest and left open
  dispatched,  // an order that is not withdrawn carries it
  answered,
  resolved,
  declined,
  merged,
  retracted,
};
std::string_view name_of(DemandStatus status);  // "open"
std::string_view name_zh(DemandStatus status);
std::string_view name_of_period(std::uint16_t period);            // "week"
std::string_view name_of_disposition(std::uint16_t disposition);  // "answered"
std::string_view name_of_urgency(std::uint16_t urgency);          // "urgent"

DemandStatus demand_status(const State& state, const Demand& demand);

// The demands of a programme that were raised by that day and not settled by then, ascending: what
// a digest whose period ends on that day has to list. Of programme 0 those without a programme.
std::vector<DemandId> open_demands(const State& state, ProgrammeId programme, Day day);
// A37: those of them that the digest does not list, as far as the log goes. A demand that arrives
// after the digest shows here too, although nobody could have listed it: compare the seqs.
std::vector<DemandId> missing_from_digest(const State& state, const DemandDigest& digest);
// The same for a digest in force, by its event; empty for any other event.
std::vector<DemandId> missing_from_digest(const State& state, EventId digest);

// For the other half of the family. An order carries its demands / is retracted.
void carry_demands(DemandsState& demands, OrderId order, const std::vector<DemandId>& carried);
void drop_demands(DemandsState& demands, OrderId order, const std::vector<DemandId>& carried);
// The demand is known and was not settled before that day. 0 does not pass.
void check_demand(const State& state, DemandId id, Day day, Reasons& reasons);
void take_back_demands(State& state, EventId event, EventType type);

}  // namespace houniao
