// What one order is: who may take it, who claimed it, to whom it is assigned, what was done and how
// that was judged; its status, and the rule by which it is given out. Values of the family orders
// (orders.h says what depends on the order of the log); written by the one thread that folds it.
//
// I10: an order has at most one assignment in force. Of all its assignments only the last that took
// effect and is not retracted speaks, and it is in force while its claim is. Giving the claim up
// frees the order; the claims that remain may then be assigned.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/short_list.h"
#include "replay/symbols.h"

namespace houniao {

class State;

struct Claimant {
  std::uint64_t party = 0;  // organisation, person or staff
  std::uint16_t permille = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(party, permille);
  }
};

struct OrderClaim {
  ClaimId id;
  Seq seq;  // of its record, also when it was held at first
  std::uint64_t actor = 0;
  ShortList<Claimant, 1> claimants;  // as recorded; the first one leads
  std::vector<EventId> withdrawals;  // ascending
  bool retracted = false;

  bool in_force() const { return withdrawals.empty() && !retracted; }
  std::uint64_t first() const { return claimants.empty() ? 0 : claimants.front().party; }
  template <class Archive>
  void fields(Archive& a) {
    a(id, seq, actor, claimants, withdrawals, retracted);
  }
};

struct Assignment {
  AssignmentId id;
  ClaimId claim;
  AssignmentId replaces;  // none for the first
  std::uint64_t actor = 0;
  Day day;
  std::string reason;
  bool retracted = false;

  template <class Archive>
  void fields(Archive& a) {
    a(id, claim, replaces, actor, day, reason, retracted);
  }
};

struct Fulfilment {
  EventId event;
  Seq taken;  // of the record with which it took effect
  std::uint64_t actor = 0;
  Day day;
  Symbol result;
  std::vector<EventId> units;  // ascending, each once

  template <class Archive>
  void fields(Archive& a) {
    a(event, taken, actor, day, result, units);
  }
};

struct OrderReview {
  EventId event;
  Seq taken;  // of the record with which it took effect
  std::uint64_t actor = 0;
  Day day;
  bool accepted = false;
  std::uint16_t opinion = 0;  // schema::OrderReviewed::Opinion
  std::vector<std::uint64_t> panel;
  std::string reason;

  template <class Archive>
  void fields(Archive& a) {
    a(event, taken, actor, day, accepted, opinion, panel, reason);
  }
};

enum class OrderStatus : std::uint8_t {
  posted,
  claimed,    // by at least one claim in force
  assigned,   // to the claim of the assignment in force
  fulfilled,  // and not reviewed since
  accepted,
  returned,   // to be done again
  withdrawn,  // taken back as a whole, or retracted
};
std::string_view name_of(OrderStatus status);  // "fulfilled"
std::string_view name_zh(OrderStatus status);
std::string_view name_of_order_mode(std::uint16_t mode);  // "open_call"
std::string_view name_of_order_rule(std::uint16_t rule);  // "first_in_log"
std::string_view name_of_opinion(std::uint16_t opinion);  // "satisfied"

struct Order {
  OrderId id;
  ProgrammeId programme;
  std::vector<DemandId> demands;  // ascending, each once
  Symbol kind;
  std::uint16_t mode = 0;              // schema::OrderPosted::Mode
  std::uint16_t rule = 0;              // schema::OrderPosted::Rule
  std::vector<std::uint64_t> invited;  // in order of preference; empty: anybody
  std::uint16_t slots = 0;
  FundId fund;
  ContractId contract;
  std::uint64_t requester = 0;
  Day posted;
  Day deadline;  // last day for claims; day 0 for none
  bool physical_risk = false;
  bool with_minors = false;
  std::vector<Symbol> requirements;
  bool retracted = false;
  std::vector<OrderClaim> claims;       // all, by event id
  std::vector<Assignment> assignments;  // all, in the order in which they took effect
  std::vector<EventId> withdrawals;     // of the whole order, ascending
  std::vector<Fulfilment> fulfilments;  // by event id
  std::vector<OrderReview> reviews;     // by event id

  OrderClaim* find_claim(ClaimId claim);
  const OrderClaim* find_claim(ClaimId claim) const;
  const Assignment* find_assignment(AssignmentId assignment) const;
  // The assignment that speaks for the order, in force or not; nullptr when there is none.
  const Assignment* last_assignment() const;
  // I10; nullptr while the order is free.
  const Assignment* assignment_in_force() const;
  // The claim of the last assignment, also when it was given up since: who performed the order.
  const OrderClaim* performing_claim() const;
  const OrderReview* last_review() const;  // in force; nullptr when there is none
  bool has_deadline() const { return deadline.value != 0; }
  bool is_withdrawn() const { return retracted || !withdrawals.empty(); }
  bool is_accepted() const;
  // Takes no claim and no assignment any more.
  bool is_closed() const { return is_withdrawn() || is_accepted(); }
  OrderStatus status() const;

  template <class Archive>
  void fields(Archive& a) {
    a(id, programme, demands, kind, mode, rule, invited, slots, fund, contract, requester, posted,
      deadline, physical_risk, with_minors, requirements, retracted, claims, assignments,
      withdrawals, fulfilments, reviews);
  }
};

// Whether the rule leaves the choice to people: a panel, or a rule that this build does not know.
bool people_choose(const Order& order);
// Whom an order invites, each by the one id that stands for them. Lives within one check: the state
// must rest and outlive it.
class Invitation {
 public:
  Invitation(const State& state, const Order& order);
  // Place in the order of preference, from 0; behind everybody for whoever is not invited.
  std::uint64_t place_of(std::uint64_t party) const;
  // Everybody is when nobody was named.
  bool includes(std::uint64_t party) const;

 private:
  const State& state_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> places_;  // (identity, place), ascending
};
// The claim that the published rule of the order chooses among its claims in force, apart from
// `except` (the claim that a transfer takes the order from). nullptr when no claim is left, or when
// people choose. Of claims that the rule cannot tell apart, "preference" takes the one with the
// smallest seq, "fewestInForce" the one with the smallest id.
const OrderClaim* winning_claim(const State& state, const Order& order, ClaimId except = {});

}  // namespace houniao
