// What the rules A01 to A13 share: rows of the fact table by type, what a delivery is worth, who
// was where at what time, and texts. Functions of the state alone. Internal to replay/rules; one
// thread, the state must rest while they run.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "replay/rules/rule.h"
#include "replay/state.h"

namespace houniao::rules::deliveries {

using Body = schema::Event::Body;

constexpr std::uint16_t number_of(EventType type) { return static_cast<std::uint16_t>(type); }

// Calls visit(columns, index) for every live row of one of the types.
template <class Visit>
void each_row(const State& state, std::initializer_list<EventType> types, Visit&& visit) {
  FactFilter filter;
  for (const EventType type : types) filter.types.set(number_of(type));
  state.facts.scan(filter, visit);
}

template <class T>
std::unique_ptr<Rule> make_rule(const Parameters& parameters) {
  return std::make_unique<T>(parameters);
}

inline int as_int(const Parameters& parameters, std::string_view name) {
  return static_cast<int>(std::min<std::int64_t>(parameters.get(name), 1'000'000'000));
}

// --- money ---------------------------------------------------------------------------------------

// Stays within [0, kFenMax]; what is below zero counts as nothing.
Fen plus(Fen a, Fen b);
// `permille` thousandths of it.
Fen part(Fen whole, std::uint32_t permille);
// The contract under which a delivery is, or is to be, paid: that of a milestone that claims it,
// else the one that it names itself. None when there is none.
ContractId contract_of(const State& state, EventId delivery);
// What one delivery costs under a contract: its quantity at the unit price of the deliverable that
// it fulfils. 0 when the contract has none for it.
Fen price_under(const State& state, const Contract& contract, EventId delivery);
// The same under contract_of(); 0 for what nobody pays by the piece.
Fen worth(const State& state, EventId delivery);
Fen worth(const State& state, std::span<const EventId> deliveries);
// What of a payment has not come back.
Fen net_of(const Payment& payment);

// --- who was where -------------------------------------------------------------------------------

// Somebody was somewhere on one day from one minute to another.
struct Stay {
  std::uint64_t who = 0;
  std::int32_t day = 0;
  int from = 0;
  int to = 0;
  std::uint64_t site = 0;      // none: the place is not known, and it clashes with nothing
  std::uint64_t occasion = 0;  // none, or what two records may be about together
  EventId event;
};
struct Clash {
  Stay first;
  Stay second;       // begins at the same time or later
  int short_by = 0;  // minutes that are missing between the two
};
struct TravelLimits {
  int tolerance_minutes = 0;
  int km_per_hour = 1;
};
// Minutes from one site to another by road; 0 when one of them has no coordinates.
int travel_minutes(const State& state, std::uint64_t from, std::uint64_t to, int km_per_hour);
// Pairs of stays that one body cannot have made. Near-linear: each stay is compared with the two
// latest ones at different places before it, which finds a clash wherever there is one.
std::vector<Clash> clashes(const State& state, std::vector<Stay> stays, const TravelLimits& limits);

// The minute of the day at which a service began, where the record says so.
class ServiceTimes {
 public:
  void observe(const Observation& observation);
  // -1 when it is not known.
  int minute_of(EventId service) const {
    auto at = minutes_.find(service);
    return at == minutes_.end() ? -1 : at->second;
  }
  bool empty() const { return minutes_.empty(); }

 private:
  boost::unordered_flat_map<EventId, std::int16_t> minutes_;
};

// --- texts ---------------------------------------------------------------------------------------

inline std::string number(std::int64_t value) { return std::to_string(value); }
std::string yuan(Fen amount);   // "1234.50"
std::string clock(int minute);  // "09:05"

// Appends an anomaly; the bench fills in rule and version and puts the evidence in order.
void doubt(std::vector<Anomaly>& out, std::vector<EventId> events, std::uint64_t subject,
           Fen at_risk, std::string zh, std::string en);

// The lists of the sources of this group.
std::span<const RuleRow> rules_of_persons();     // A01, A02
std::span<const RuleRow> rules_of_billing();     // A03, A04
std::span<const RuleRow> rules_of_life_times();  // A05
std::span<const RuleRow> rules_of_places();      // A06
std::span<const RuleRow> rules_of_headcounts();  // A12
std::span<const RuleRow> rules_of_movements();   // A07, A08
std::span<const RuleRow> rules_of_volume();      // A09, A10
std::span<const RuleRow> rules_of_hours();       // A11
std::span<const RuleRow> rules_of_payments();    // A13

}  // namespace houniao::rules::deliveries
