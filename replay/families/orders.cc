#include "replay/families/orders.h"

#include <algorithm>

#include "replay/dispatch.h"
#include "replay/families/delivery.h"
#include "replay/families/parties.h"

namespace houniao {

namespace {

constexpr std::string_view kUnknownName = "unknown";  // of an enumerant
constexpr std::uint64_t kWholePermille = 1000;
// Each member of a panel is compared with everybody who performed the order.
constexpr std::uint32_t kPanelMax = 100;

template <class Id>
std::vector<Id> distinct_ids(capnp::List<std::uint64_t>::Reader list) {
  std::vector<Id> out;
  for (std::uint64_t id : distinct_persons(list)) out.push_back(Id{id});
  return out;
}

// Adds the reasons for an order that is named; nullptr when it is not in the state.
const Order* check_order(const State& state, std::uint64_t id, Reasons& reasons) {
  const Order* order = state.orders.find(OrderId{id});
  if (order == nullptr) {
    not_found(state, id, reasons);
    return nullptr;
  }
  check_not_retracted(state, id, reasons);
  return order;
}

Order* find_order(State& state, std::uint64_t id) {
  auto at = state.orders.orders.find(OrderId{id});
  return at == state.orders.orders.end() ? nullptr : &at->second;
}

// --- who has how much in hand ------------------------------------------------------------------

void count_load(OrdersState& orders, const Order& order, bool counts) {
  if (order.is_closed() || order.assignment_in_force() == nullptr) return;
  for (const Claimant& claimant : order.performing_claim()->claimants) {
    std::vector<OrderId>& list = orders.load[claimant.party];
    erase_value(list, order.id);
    if (counts) insert_sorted(list, order.id);
    if (list.empty()) orders.load.erase(claimant.party);
  }
}

// Every change of an order goes through here, so that the loads stay in step with it.
template <class Change>
void change_order(State& state, Order& order, Change change) {
  count_load(state.orders, order, false);
  change(order);
  count_load(state.orders, order, true);
}

// --- checks ------------------------------------------------------------------------------------

void check_claimants(const State& state, const EventContext& context,
                     schema::OrderClaimed::Reader body, Reasons& reasons) {
  std::vector<std::uint64_t> parties;
  std::uint64_t sum = 0;
  for (auto claimant : body.getClaimants()) {
    const std::uint64_t party = claimant.getParty();
    sum += claimant.getPermille();
    parties.push_back(identity_of(state, party));
    check_party(state, party, reasons);
    reasons.add_if(claimant.getPermille() == 0, Reason::value_invalid);
    if (const OrganisationId id{party}; state.organisation(id) != nullptr) {
      reasons.add_if(!state.organisations.is_active(id, context.occurred),
                     Reason::organisation_not_active);
    }
  }
  reasons.add_if(sum != kWholePermille, Reason::claim_shares_not_whole);
  std::sort(parties.begin(), parties.end());
  reasons.add_if(std::adjacent_find(parties.begin(), parties.end()) != parties.end(),
                 Reason::same_person_twice);
}

// Whether the assignment may come now: the order is free, or this one names the assignment that it
// takes over. Returns that one.
const Assignment* check_turn(const State& state, const Order& order, AssignmentId replaces,
                             Reasons& reasons) {
  const Assignment* in_force = order.assignment_in_force();
  if (!replaces) {
    reasons.add_if(in_force != nullptr, Reason::order_already_assigned);
    return nullptr;
  }
  const Assignment* replaced = order.find_assignment(replaces);
  if (replaced == nullptr) {
    not_found(state, replaces.value, reasons);
    return nullptr;
  }
  reasons.add_if(replaced->retracted, Reason::target_retracted);
  if (replaced == order.last_assignment()) return replaced;
  reasons.add_if(in_force != nullptr, Reason::order_already_assigned);
  reasons.add_if(in_force == nullptr && !replaced->retracted, Reason::wrong_reference);
  return replaced;
}

// Whether whoever records the event made the claim or acts for one of those who did. A shared
// device names nobody, so there the device stands for its people.
bool may_give_up(const State& state, const EventContext& context, const OrderClaim& claim) {
  const std::uint64_t actor = context.actor();
  if (actor == 0) {
    return claim.actor == 0 && device_of(EventId{claim.id.value}) == context.device;
  }
  if (actor == claim.actor) return true;
  const Day day = day_of(context.received_at);
  return std::any_of(claim.claimants.begin(), claim.claimants.end(), [&](const Claimant& claimant) {
    return acts_for(state, actor, claimant.party, day);
  });
}

// The whole order is taken back by whoever may post orders, or by whoever asked for it.
void check_take_back(const State& state, const EventContext& context, const Order& order,
                     Reasons& reasons) {
  const Day day = day_of(context.received_at);
  reasons.add_if(order.is_withdrawn(), Reason::already_ended);
  if (acts_for(state, context.actor(), order.requester, day)) return;
  reasons.add_if(!state.system.has_role(state.device(context.device), context.actor(),
                                        static_cast<std::uint16_t>(schema::Role::SUPERVISOR),
                                        context.scope(), day),
                 Reason::missing_role);
}

void check_give_up(const State& state, const EventContext& context, const Order& order, ClaimId id,
                   Reasons& reasons) {
  const OrderClaim* claim = order.find_claim(id);
  if (claim == nullptr) return not_found(state, id.value, reasons);
  check_not_retracted(state, id.value, reasons);
  reasons.add_if(!claim->withdrawals.empty(), Reason::already_ended);
  reasons.add_if(!may_give_up(state, context, *claim), Reason::not_claimant);
}

void check_units(const State& state, capnp::List<std::uint64_t>::Reader units, Reasons& reasons) {
  for (EventId unit : distinct_ids<EventId>(units)) {
    const EventEntry* entry = state.events.find(unit);
    if (state.is_retracted(unit)) {
      reasons.add(Reason::target_retracted);
    } else if (entry == nullptr || !entry->in_force()) {
      reasons.orphan(unit);
    } else {
      reasons.add_if(!is_delivery(entry->type), Reason::unit_not_delivery);
    }
  }
}

// I24: whether the party took part in the work, by the day of the review or on a day on which the
// order was fulfilled: leaving the performer in between makes nobody independent.
bool took_part(const State& state, const EventContext& context, const Order& order,
               std::uint64_t party) {
  const OrderClaim* claim = order.performing_claim();
  if (claim == nullptr || party == 0) return false;
  std::vector<Day> days{day_of(context.received_at)};
  for (const Fulfilment& fulfilment : order.fulfilments) days.push_back(fulfilment.day);
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  return std::any_of(claim->claimants.begin(), claim->claimants.end(), [&](const Claimant& item) {
    return std::any_of(days.begin(), days.end(),
                       [&](Day day) { return acts_for(state, party, item.party, day); });
  });
}

void check_panel(const State& state, const EventContext& context, const Order* order,
                 capnp::List<std::uint64_t>::Reader panel, Reasons& reasons) {
  if (panel.size() > kPanelMax) return reasons.add(Reason::value_invalid);
  for (std::uint64_t member : panel) {
    check_party(state, member, reasons);
    reasons.add_if(order != nullptr && took_part(state, context, *order, member),
                   Reason::panel_took_part);
  }
}

FactRow order_row(const EventContext& context, std::uint64_t id, const Order* order) {
  FactRow row = start_row(context);
  row.group = id;
  if (order != nullptr) {
    row.kind = order->kind;
    row.subject = order->requester;
  }
  return row;
}

Day day_of_fulfilment(const EventContext& context, schema::OrderFulfilled::Reader body) {
  return body.getDay() != 0 ? Day{body.getDay()} : context.occurred;
}

}  // namespace

// --- OrderPosted -------------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::OrderPosted::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getKind().size() == 0, Reason::text_missing);
  reasons.add_if(name_of_order_mode(static_cast<std::uint16_t>(body.getMode())) == kUnknownName ||
                     name_of_order_rule(static_cast<std::uint16_t>(body.getRule())) == kUnknownName,
                 Reason::value_invalid);
  for (DemandId demand : distinct_ids<DemandId>(body.getDemands())) {
    check_demand(state, demand, context.occurred, reasons);
  }
  for (std::uint64_t party : body.getInvited()) check_party(state, party, reasons);
  if (body.getRequester() != 0) check_party(state, body.getRequester(), reasons);
  if (const FundId fund{body.getFund()}; fund && state.funds.find(fund) == nullptr) {
    not_found(state, fund.value, reasons);
  }
  check_contract(state, ContractId{body.getContract()}, context.occurred, reasons);
  if (body.getDeadlineDay() != 0) {
    check_interval(context.occurred, Day{body.getDeadlineDay()}, reasons);
  }
}

void apply(State& state, const EventContext& context, schema::OrderPosted::Reader body) {
  Order order;
  order.id = entity_cast<OrderId>(context.id);
  order.programme = ProgrammeId{context.event.getProgramme()};
  order.demands = distinct_ids<DemandId>(body.getDemands());
  order.kind = state.intern(view(body.getKind()));
  order.mode = static_cast<std::uint16_t>(body.getMode());
  order.rule = static_cast<std::uint16_t>(body.getRule());
  for (std::uint64_t party : body.getInvited()) order.invited.push_back(party);
  order.slots = body.getSlots();
  order.fund = FundId{body.getFund()};
  order.contract = ContractId{body.getContract()};
  order.requester = body.getRequester();
  order.posted = context.occurred;
  order.deadline = Day{body.getDeadlineDay()};
  order.physical_risk = body.getPhysicalRisk();
  order.with_minors = body.getWithMinors();
  for (auto code : body.getRequirements()) order.requirements.push_back(state.intern(view(code)));

  FactRow row = order_row(context, context.id.value, &order);
  row.attr = state.intern(name_of_order_mode(order.mode));
  state.facts.add(row);
  if (context.provisional) return;
  carry_demands(state.orders.demands, order.id, order.demands);
  state.orders.orders.insert_or_assign(order.id, std::move(order));
}

// --- OrderClaimed ------------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::OrderClaimed::Reader body,
           Reasons& reasons) {
  const Order* order = check_order(state, body.getOrder(), reasons);
  check_claimants(state, context, body, reasons);
  if (order == nullptr) return;
  const Invitation invitation(state, *order);
  for (auto claimant : body.getClaimants()) {
    reasons.add_if(!invitation.includes(claimant.getParty()), Reason::not_invited);
  }
  reasons.add_if(order->is_closed(), Reason::order_closed);
  reasons.add_if(order->has_deadline() && day_of(context.received_at) > order->deadline,
                 Reason::claim_after_deadline);
}

void apply(State& state, const EventContext& context, schema::OrderClaimed::Reader body) {
  OrderClaim claim;
  claim.id = entity_cast<ClaimId>(context.id);
  claim.seq = context.seq;
  claim.actor = context.actor();
  Order* order = find_order(state, body.getOrder());
  FactRow row = order_row(context, body.getOrder(), order);
  row.attr = state.intern(body.getClaimants().size() > 1 ? "joint" : "single");
  for (auto item : body.getClaimants()) {
    claim.claimants.push_back({item.getParty(), item.getPermille()});
    row.subject = item.getParty();
    state.facts.add(row);
  }
  if (context.provisional || order == nullptr) return;
  change_order(state, *order, [&](Order& changed) {
    insert_sorted(changed.claims, std::move(claim),
                  [](const OrderClaim& a, const OrderClaim& b) { return a.id < b.id; });
  });
}

// --- OrderAssigned -----------------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::OrderAssigned::Reader body,
           Reasons& reasons) {
  const Order* order = check_order(state, body.getOrder(), reasons);
  if (order == nullptr) return;
  const AssignmentId replaces{body.getReplaces()};
  reasons.add_if(order->is_closed(), Reason::order_closed);
  reasons.add_if((people_choose(*order) || replaces) && body.getReason().size() == 0,
                 Reason::reason_missing);
  const Assignment* replaced = check_turn(state, *order, replaces, reasons);
  const ClaimId id{body.getClaim()};
  const OrderClaim* claim = order->find_claim(id);
  if (claim == nullptr) return not_found(state, id.value, reasons);
  check_not_retracted(state, id.value, reasons);
  if (!claim->in_force()) return reasons.add(Reason::claim_withdrawn);
  // A transfer hands the order to somebody else, so whoever has it is no candidate.
  const ClaimId except = replaced == nullptr ? ClaimId{} : replaced->claim;
  reasons.add_if(
      id == except || (!people_choose(*order) && winning_claim(state, *order, except) != claim),
      Reason::assignment_breaks_rule);
}

void apply(State& state, const EventContext& context, schema::OrderAssigned::Reader body) {
  Assignment assignment;
  assignment.id = entity_cast<AssignmentId>(context.id);
  assignment.claim = ClaimId{body.getClaim()};
  assignment.replaces = AssignmentId{body.getReplaces()};
  assignment.actor = context.actor();
  assignment.day = context.occurred;
  assignment.reason = view(body.getReason());
  Order* order = find_order(state, body.getOrder());
  FactRow row = order_row(context, body.getOrder(), order);
  row.attr = state.intern(assignment.replaces ? "transfer" : "first");
  const OrderClaim* claim = order == nullptr ? nullptr : order->find_claim(assignment.claim);
  row.subject = claim == nullptr ? 0 : claim->first();
  state.facts.add(row);
  if (context.provisional || order == nullptr) return;
  change_order(state, *order,
               [&](Order& changed) { changed.assignments.push_back(std::move(assignment)); });
}

// --- OrderWithdrawn ----------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::OrderWithdrawn::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  const Order* order = check_order(state, body.getOrder(), reasons);
  if (order == nullptr) return;
  reasons.add_if(order->is_accepted(), Reason::order_closed);
  if (body.getClaim() == 0) {
    check_take_back(state, context, *order, reasons);
  } else {
    check_give_up(state, context, *order, ClaimId{body.getClaim()}, reasons);
  }
}

void apply(State& state, const EventContext& context, schema::OrderWithdrawn::Reader body) {
  const ClaimId id{body.getClaim()};
  Order* order = find_order(state, body.getOrder());
  OrderClaim* claim = order == nullptr ? nullptr : order->find_claim(id);
  FactRow row = order_row(context, body.getOrder(), order);
  row.attr = row.kind;
  row.kind = state.intern(id ? "claim_withdrawn" : "order_withdrawn");
  if (id) row.subject = claim == nullptr ? 0 : claim->first();
  row.flags |= kFactEnded;
  state.facts.add(row);
  if (context.provisional || order == nullptr || (id && claim == nullptr)) return;
  change_order(state, *order, [&](Order& changed) {
    insert_sorted(id ? claim->withdrawals : changed.withdrawals, context.id);
  });
}

// --- OrderFulfilled ----------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::OrderFulfilled::Reader body,
           Reasons& reasons) {
  const Day day = day_of_fulfilment(context, body);
  check_units(state, body.getUnits(), reasons);
  check_delivery(state, context, day, reasons);
  const Order* order = check_order(state, body.getOrder(), reasons);
  if (order == nullptr) return;
  check_interval(order->posted, day, reasons);
  reasons.add_if(order->is_closed(), Reason::order_closed);
  reasons.add_if(order->assignment_in_force() == nullptr, Reason::order_not_assigned);
}

void apply(State& state, const EventContext& context, schema::OrderFulfilled::Reader body) {
  Fulfilment fulfilment;
  fulfilment.event = context.id;
  fulfilment.taken = state.last_seq;
  fulfilment.actor = context.actor();
  fulfilment.day = day_of_fulfilment(context, body);
  fulfilment.result = state.intern(view(body.getResult()));
  fulfilment.units = distinct_ids<EventId>(body.getUnits());
  Order* order = find_order(state, body.getOrder());
  FactRow row = order_row(context, body.getOrder(), order);
  row.attr = fulfilment.result;
  row.day = fulfilment.day.value;
  state.facts.add(row);
  if (context.provisional || order == nullptr) return;
  keep_evidence(state, context);
  change_order(state, *order, [&](Order& changed) {
    insert_by_event(changed.fulfilments, std::move(fulfilment));
  });
}

// --- OrderReviewed -----------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::OrderReviewed::Reader body,
           Reasons& reasons) {
  reasons.add_if(name_of_opinion(static_cast<std::uint16_t>(body.getOpinion())) == kUnknownName,
                 Reason::value_invalid);
  reasons.add_if(!body.getAccepted() && body.getReason().size() == 0, Reason::reason_missing);
  const Order* order = check_order(state, body.getOrder(), reasons);
  check_panel(state, context, order, body.getPanel(), reasons);
  if (order == nullptr) return;
  reasons.add_if(order->is_withdrawn(), Reason::order_closed);
  reasons.add_if(order->is_accepted(), Reason::order_already_reviewed);
  reasons.add_if(order->fulfilments.empty() || order->status() == OrderStatus::returned,
                 Reason::fulfilment_missing);
  // Who claims to review for the performer is no better than somebody who is known to act for it.
  reasons.add_if(took_part(state, context, *order, context.actor()) ||
                     took_part(state, context, *order, context.event.getOrganisation()),
                 Reason::performer_reviews);
}

void apply(State& state, const EventContext& context, schema::OrderReviewed::Reader body) {
  OrderReview review;
  review.event = context.id;
  review.taken = state.last_seq;
  review.actor = context.actor();
  review.day = context.occurred;
  review.accepted = body.getAccepted();
  review.opinion = static_cast<std::uint16_t>(body.getOpinion());
  review.panel = distinct_persons(body.getPanel());
  review.reason = view(body.getReason());
  Order* order = find_order(state, body.getOrder());
  FactRow row = order_row(context, body.getOrder(), order);
  row.attr = row.kind;
  row.kind = state.intern(review.accepted ? "accepted" : "returned");
  state.facts.add(row);
  if (body.getOpinion() != schema::OrderReviewed::Opinion::NONE) {
    row.kind = state.intern("opinion");
    row.attr = state.intern(name_of_opinion(review.opinion));
    state.facts.add(row);
  }
  if (context.provisional || order == nullptr) return;
  change_order(state, *order,
               [&](Order& changed) { insert_by_event(changed.reviews, std::move(review)); });
}

// --- retraction --------------------------------------------------------------------------------

namespace {

bool speaks_of(const Order& order, EventId event) {
  const auto is_it = [&](const auto& item) { return item.id.value == event.value; };
  const auto is_event = [&](const auto& item) { return item.event == event; };
  const auto lists = [&](const std::vector<EventId>& ids) {
    return std::binary_search(ids.begin(), ids.end(), event);
  };
  return is_it(order) || lists(order.withdrawals) ||
         std::any_of(order.assignments.begin(), order.assignments.end(), is_it) ||
         std::any_of(order.fulfilments.begin(), order.fulfilments.end(), is_event) ||
         std::any_of(order.reviews.begin(), order.reviews.end(), is_event) ||
         std::any_of(order.claims.begin(), order.claims.end(), [&](const OrderClaim& claim) {
           return is_it(claim) || lists(claim.withdrawals);
         });
}

void take_back_from(Order& order, EventId event) {
  if (order.id.value == event.value) order.retracted = true;
  for (Assignment& assignment : order.assignments) {
    if (assignment.id.value == event.value) assignment.retracted = true;
  }
  for (OrderClaim& claim : order.claims) {
    if (claim.id.value == event.value) claim.retracted = true;
    erase_value(claim.withdrawals, event);
  }
  erase_value(order.withdrawals, event);
  erase_event(order.fulfilments, event);
  erase_event(order.reviews, event);
}

}  // namespace

void take_back_orders(State& state, EventId event, EventType type) {
  switch (type) {
    case schema::Event::Body::DEMAND_RAISED:
    case schema::Event::Body::DEMAND_DIGEST_COMPILED:
    case schema::Event::Body::DELIBERATION_HELD:
      return take_back_demands(state, event, type);
    case schema::Event::Body::ORDER_FULFILLED:
      forget_evidence(state, event);
      break;
    default:
      break;
  }
  // Retractions are rare, so nothing is kept that would lead from the event to its order.
  for (auto& [id, order] : state.orders.orders) {
    if (!speaks_of(order, event)) continue;
    change_order(state, order, [&](Order& changed) { take_back_from(changed, event); });
    if (type == schema::Event::Body::ORDER_POSTED) {
      drop_demands(state.orders.demands, id, order.demands);
    }
    return;
  }
}

}  // namespace houniao
