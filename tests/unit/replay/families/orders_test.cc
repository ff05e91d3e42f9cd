#include "replay/families/orders.h"

#include <map>
#include <random>

#include "replay/digest.h"
#include "replay/snapshot.h"
#include "tests/unit/replay/families/orders_world.h"

namespace houniao::testing {
namespace {

class Orders : public OrdersWorld {};

TEST_F(Orders, an_order_runs_from_posted_to_accepted) {
  const EventId client = person();
  const EventId order = post({.requester = client.value});
  EXPECT_ACCEPTED(order);
  EXPECT_EQ(status_of(order), "posted");
  const EventId taken = claim(order, a);
  EXPECT_ACCEPTED(taken);
  EXPECT_EQ(status_of(order), "claimed");
  const EventId assigned = assign(order, taken);
  EXPECT_ACCEPTED(assigned);
  EXPECT_EQ(status_of(order), "assigned");
  EXPECT_EQ(load_of(a), 1u);
  const EventId fulfilled = fulfil(order, {.units = {serve({client})}});
  EXPECT_ACCEPTED(fulfilled);
  EXPECT_EQ(status_of(order), "fulfilled");
  const EventId review = judge(reviewer, order);
  EXPECT_ACCEPTED(review);
  EXPECT_EQ(status_of(order), "accepted");
  EXPECT_EQ(name_zh(find(order).status()), "已验收");
  EXPECT_EQ(load_of(a), 0u);
  for (EventId event : {order, taken, assigned, fulfilled}) {
    EXPECT_EQ(text(first_row(event).kind), "tutoring");
    EXPECT_EQ(first_row(event).group, order.value);
    EXPECT_EQ(first_row(event).quantity, 1);
  }
  EXPECT_EQ(text(first_row(order).attr), "open_call");
  EXPECT_EQ(first_row(order).subject, client.value);
  EXPECT_EQ(text(first_row(taken).attr), "single");
  EXPECT_EQ(text(first_row(assigned).attr), "first");
  EXPECT_EQ(first_row(assigned).subject, a.value);
  EXPECT_EQ(text(first_row(fulfilled).attr), "done");
  EXPECT_EQ(text(first_row(review).kind), "accepted");
  EXPECT_EQ(text(first_row(review).attr), "tutoring");
}

TEST_F(Orders, an_order_names_what_it_is_and_only_what_is_known) {
  EXPECT_HELD_FOR(post({.kind = ""}), text_missing);
  EXPECT_HELD_FOR(post({.rule = static_cast<Rule>(9)}), value_invalid);
  EXPECT_HELD_FOR(post({.deadline = log.today().value - 1}), interval_invalid);
  EXPECT_ACCEPTED(post({.deadline = log.today().value}));
  EXPECT_HELD_FOR(post({.demands = {EventId{99}}}), orphan);
  EXPECT_HELD_FOR(post({.invited = {EventId{99}}}), orphan);
  EXPECT_HELD_FOR(post({.invited = {site}}), wrong_reference);
  EXPECT_HELD_FOR(post({.requester = 99}), orphan);
  EXPECT_HELD_FOR(post({.contract = a}), wrong_reference);
}

TEST_F(Orders, shares_of_a_joint_claim_are_the_whole_and_nothing_else) {
  const EventId order = post();
  const EventId joint = claim_by(field, order, {{a, 600}, {b, 400}});
  EXPECT_ACCEPTED(joint);
  EXPECT_EQ(log.state().facts.rows_of(joint).count, 2u);
  EXPECT_EQ(text(first_row(joint).attr), "joint");
  EXPECT_EQ(first_row(joint).amount_fen, 0);
  EXPECT_HELD_FOR(claim_by(field, order, {{a, 600}, {b, 401}}), claim_shares_not_whole);
  EXPECT_HELD_FOR(claim_by(field, order, {{a, 999}}), claim_shares_not_whole);
  EXPECT_HELD_FOR(claim_by(field, order, {}), claim_shares_not_whole);
  EXPECT_HELD_FOR(claim_by(field, order, {{a, 1000}, {b, 0}}), value_invalid);
  // As a number of sixteen bits the sum would be 1000.
  const EventId wrapped = claim_by(field, order, {{a, 65'535}, {b, 1'001}});
  EXPECT_HELD_FOR(wrapped, claim_shares_not_whole);
  release(wrapped);
  EXPECT_TRUE(held(wrapped)) << "no decision makes the shares right";
  EXPECT_EQ(find(order).claims.size(), 1u);
}

TEST_F(Orders, nobody_claims_twice_in_one_claim) {
  const EventId order = post();
  EXPECT_HELD_FOR(claim_by(field, order, {{a, 500}, {a, 500}}), same_person_twice);
  const EventId one = person(), other = person();
  EXPECT_ACCEPTED(claim_by(field, order, {{one, 500}, {other, 500}}));
  log.add(supervisor, [&](Body e) {
    auto body = e.initBody().initPersonLinkDecided();
    body.setFirst(one.value);
    body.setSecond(other.value);
    body.setSame(true);
    body.setReason("same id card seen");
  });
  EXPECT_HELD_FOR(claim_by(field, order, {{one, 500}, {other, 500}}), same_person_twice);
}

TEST_F(Orders, claimants_are_known_and_active) {
  const EventId order = post();
  EXPECT_HELD_FOR(claim(order, EventId{99}), orphan);
  EXPECT_HELD_FOR(claim(order, site), wrong_reference);
  EXPECT_HELD_FOR(claim(EventId{99}, a), orphan);
  log.add(supervisor, [&](Body e) {
    auto body = e.initBody().initOrganisationStatusChanged();
    body.setOrganisation(a.value);
    body.setStatus(schema::OrganisationStatusChanged::Status::SUSPENDED);
    body.setDay(log.today().value);
  });
  EXPECT_HELD_FOR(claim(order, a), organisation_not_active);
  EXPECT_ACCEPTED(claim(order, b));
}

TEST_F(Orders, a_claim_waits_for_its_order) {
  log.offline(supervisor);
  const EventId order = post();
  const EventId early = claim(order, a);
  EXPECT_HELD_FOR(early, orphan);
  log.online(supervisor);
  EXPECT_IN_FORCE(early);
  EXPECT_EQ(status_of(order), "claimed");
}

TEST_F(Orders, the_deadline_is_by_the_day_of_receipt_and_not_by_the_device) {
  const EventId order = post({.deadline = log.today().value + 1});
  log.offline(field);
  const EventId late = claim(order, a);
  next_day();
  EXPECT_ACCEPTED(claim_by(other_field, order, {{b}}));
  next_day();
  log.online(field);
  EXPECT_HELD_FOR(late, claim_after_deadline);
  release(late);
  EXPECT_IN_FORCE(late);
  EXPECT_EQ(find(order).claims.size(), 2u);
}

TEST_F(Orders, only_those_invited_may_claim_unless_somebody_decides) {
  const EventId order = post({.invited = {a}});
  EXPECT_ACCEPTED(claim(order, a));
  EXPECT_HELD_FOR(claim_by(field, order, {{a, 500}, {b, 500}}), not_invited);
  const EventId outsider = claim(order, b);
  EXPECT_HELD_FOR(outsider, not_invited);
  release(outsider);
  EXPECT_IN_FORCE(outsider);
}

TEST_F(Orders, a_closed_order_takes_no_claim_and_no_assignment) {
  const EventId order = post();
  const EventId taken = claim(order, a);
  EXPECT_ACCEPTED(withdraw(supervisor, order));
  EXPECT_EQ(status_of(order), "withdrawn");
  const EventId late = claim(order, b);
  EXPECT_HELD_FOR(late, order_closed);
  release(late);
  EXPECT_TRUE(held(late));
  EXPECT_HELD_FOR(assign(order, taken), order_closed);
  const EventId other = done_by(a);
  judge(reviewer, other);
  EXPECT_HELD_FOR(claim(other, b), order_closed);
  EXPECT_HELD_FOR(withdraw(supervisor, other), order_closed);
}

TEST_F(Orders, first_in_log_goes_by_seq_and_not_by_when_the_claim_was_made) {
  const EventId order = post({.rule = Rule::FIRST_IN_LOG});
  log.offline(field);
  const EventId made_first = claim(order, a);
  const EventId first = claim_by(other_field, order, {{b}});
  log.online(field);
  ASSERT_LT(made_first, first);
  EXPECT_EQ(winner_of(order), first);
  EXPECT_HELD_FOR(assign(order, made_first), assignment_breaks_rule);
  EXPECT_EQ(status_of(order), "claimed");
  EXPECT_ACCEPTED(assign(order, first));
  EXPECT_EQ(holder_of(order), first);
}

TEST_F(Orders, preference_goes_by_the_place_of_the_first_claimant_among_those_invited) {
  const EventId c = organisation("");
  const EventId order = post({.rule = Rule::PREFERENCE, .invited = {b, a}});
  const EventId outsider = claim(order, c);
  release(outsider);
  const EventId by_a = claim_by(field, order, {{a, 500}, {b, 500}});
  EXPECT_EQ(winner_of(order), by_a) << "who is not invited comes last";
  const EventId by_b = claim(order, b);
  EXPECT_EQ(winner_of(order), by_b);
  EXPECT_HELD_FOR(assign(order, by_a), assignment_breaks_rule);
  EXPECT_HELD_FOR(assign(order, outsider), assignment_breaks_rule);
  EXPECT_ACCEPTED(assign(order, by_b));
}

TEST_F(Orders, preference_among_equals_is_the_first_in_the_log) {
  const EventId order = post({.rule = Rule::PREFERENCE});
  log.offline(field);
  const EventId smaller = claim(order, a);
  const EventId first = claim_by(other_field, order, {{b}});
  log.online(field);
  ASSERT_LT(smaller, first);
  EXPECT_EQ(winner_of(order), first);
}

TEST_F(Orders, fewest_in_force_goes_by_what_the_first_claimant_has_in_hand) {
  const EventId busy = post();
  assign(busy, claim_by(field, busy, {{b, 300}, {a, 700}}));
  EXPECT_EQ(load_of(a), 1u);
  const EventId order = post({.rule = Rule::FEWEST_IN_FORCE});
  const EventId by_a = claim(order, a);
  const EventId c = organisation("");
  const EventId by_c = claim(order, c);
  EXPECT_EQ(winner_of(order), by_c);
  EXPECT_HELD_FOR(assign(order, by_a), assignment_breaks_rule);
  fulfil(busy);
  judge(reviewer, busy);
  EXPECT_EQ(load_of(a), 0u) << "what is accepted is out of hand";
  EXPECT_EQ(winner_of(order), by_a) << "of equals the smallest id";
  EXPECT_HELD_FOR(assign(order, by_c), assignment_breaks_rule);
  EXPECT_ACCEPTED(assign(order, by_a));
}

TEST_F(Orders, a_panel_names_whom_it_wants_and_says_why) {
  const EventId order = post({.rule = Rule::PANEL});
  claim(order, a);
  const EventId second = claim(order, b);
  EXPECT_EQ(winner_of(order), EventId{});
  EXPECT_HELD_FOR(assign(order, second), reason_missing);
  EXPECT_ACCEPTED(assign(order, second, "the better plan"));
  EXPECT_EQ(holder_of(order), second);
}

TEST_F(Orders, an_order_has_one_assignment_in_force) {
  const EventId order = post();
  const EventId first = claim(order, a);
  const EventId second = claim(order, b);
  EXPECT_ACCEPTED(assign(order, first));
  const EventId again = assign(order, second);
  EXPECT_HELD_FOR(again, order_already_assigned);
  EXPECT_HELD_FOR(assign(order, first), order_already_assigned);
  release(again);
  EXPECT_TRUE(held(again));
  EXPECT_EQ(holder_of(order), first);
}

TEST_F(Orders, an_assignment_names_a_claim_of_its_order) {
  const EventId order = post(), other = post();
  const EventId elsewhere = claim(other, a);
  EXPECT_HELD_FOR(assign(order, elsewhere), wrong_reference);
  EXPECT_HELD_FOR(assign(order, EventId{99}), orphan);
  const EventId outside = claim_by(field, order, {{a, 1}});
  const EventId waits = assign(order, outside);
  EXPECT_HELD_FOR(waits, orphan);
  EXPECT_EQ(holder_of(order), EventId{});
}

TEST_F(Orders, an_assignment_waits_for_a_claim_that_is_held_until_it_is_released) {
  const EventId order = post({.invited = {a}});
  const EventId outsider = claim(order, b);
  const EventId waits = assign(order, outsider);
  EXPECT_HELD_FOR(waits, orphan);
  release(outsider);
  EXPECT_IN_FORCE(waits);
  EXPECT_EQ(holder_of(order), outsider);
}

TEST_F(Orders, a_transfer_takes_over_with_a_reason) {
  const EventId order = post();
  const EventId first = claim(order, a);
  const EventId second = claim(order, b);
  const EventId assigned = assign(order, first);
  EXPECT_HELD_FOR(assign(order, second, "", assigned), reason_missing);
  EXPECT_HELD_FOR(assign(order, first, "to itself", assigned), assignment_breaks_rule);
  const EventId transfer = assign(order, second, "the first is overloaded", assigned);
  EXPECT_ACCEPTED(transfer);
  EXPECT_EQ(text(first_row(transfer).attr), "transfer");
  EXPECT_EQ(holder_of(order), second);
  EXPECT_EQ(load_of(a), 0u);
  EXPECT_EQ(load_of(b), 1u);
  EXPECT_HELD_FOR(assign(order, second, "again", assigned), order_already_assigned);
  EXPECT_ACCEPTED(assign(order, first, "and back", transfer));
  EXPECT_EQ(holder_of(order), first);
}

TEST_F(Orders, a_transfer_goes_by_the_rule_among_the_claims_that_remain) {
  const EventId order = post();
  const EventId first = claim(order, a);
  const EventId second = claim(order, b);
  const EventId third = claim(order, person());
  const EventId assigned = assign(order, first);
  EXPECT_HELD_FOR(assign(order, third, "overloaded", assigned), assignment_breaks_rule);
  EXPECT_ACCEPTED(assign(order, second, "overloaded", assigned));
}

TEST_F(Orders, a_transfer_names_the_assignment_of_its_order) {
  const EventId order = post(), other = post();
  const EventId elsewhere = assign(other, claim(other, a));
  const EventId first = claim(order, a);
  EXPECT_HELD_FOR(assign(order, first, "overloaded", elsewhere), wrong_reference);
  EXPECT_HELD_FOR(assign(order, first, "overloaded", EventId{99}), orphan);
}

TEST_F(Orders, giving_a_claim_up_frees_the_order) {
  const EventId order = post();
  const EventId first = claim(order, a);
  const EventId assigned = assign(order, first);
  const EventId second = claim(order, b);
  const EventId given_up = withdraw(field, order, first);
  EXPECT_ACCEPTED(given_up);
  EXPECT_EQ(text(first_row(given_up).kind), "claim_withdrawn");
  EXPECT_EQ(first_row(given_up).subject, a.value);
  EXPECT_EQ(first_row(given_up).flags & kFactEnded, kFactEnded);
  EXPECT_EQ(status_of(order), "claimed");
  EXPECT_EQ(load_of(a), 0u);
  EXPECT_HELD_FOR(assign(order, first), claim_withdrawn);
  EXPECT_ACCEPTED(assign(order, second, "the first gave up", assigned));
  EXPECT_EQ(holder_of(order), second);
  EXPECT_FLAGGED_FOR(withdraw(field, order, first), already_ended);
}

TEST_F(Orders, a_free_order_may_be_assigned_anew_without_naming_what_came_before) {
  const EventId order = post();
  const EventId first = claim(order, a);
  assign(order, first);
  withdraw(field, order, first);
  EXPECT_EQ(status_of(order), "posted");
  const EventId again = claim(order, a);
  EXPECT_ACCEPTED(assign(order, again));
}

TEST_F(Orders, a_claim_is_given_up_by_whoever_made_it_or_acts_for_the_claimant) {
  const EventId order = post();
  const EventId member = person();
  const DeviceNumber members = log.enrol({.holder = member.value, .roles = {Role::FIELD}});
  const EventId first = claim(order, a);
  const EventId stranger = withdraw(other_field, order, first);
  EXPECT_HELD_FOR(stranger, not_claimant);
  EXPECT_HELD_FOR(withdraw(members, order, first), not_claimant);
  EXPECT_TRUE(find(order).find_claim(entity_cast<ClaimId>(first))->in_force());
  join(member, a);
  EXPECT_ACCEPTED(withdraw(members, order, first));
  EXPECT_HELD_FOR(withdraw(field, order, claim(order, b), ""), reason_missing);
  EXPECT_HELD_FOR(withdraw(field, order, EventId{99}), orphan);
}

TEST_F(Orders, on_shared_devices_the_device_that_claimed_gives_up) {
  const DeviceNumber one = log.enrol({.roles = {Role::FIELD}});
  const DeviceNumber other = log.enrol({.roles = {Role::FIELD}});
  const EventId order = post();
  const EventId taken = claim_by(one, order, {{a}});
  EXPECT_HELD_FOR(withdraw(other, order, taken), not_claimant);
  EXPECT_ACCEPTED(withdraw(one, order, taken));
}

TEST_F(Orders, an_order_is_taken_back_by_a_supervisor_or_whoever_asked_for_it) {
  const EventId client = person();
  const DeviceNumber clients = log.enrol({.holder = client.value, .roles = {Role::FIELD}});
  const EventId order = post({.requester = client.value});
  EXPECT_HELD_FOR(withdraw(field, order), missing_role);
  EXPECT_EQ(status_of(order), "posted");
  const EventId taken_back = withdraw(clients, order);
  EXPECT_ACCEPTED(taken_back);
  EXPECT_EQ(text(first_row(taken_back).kind), "order_withdrawn");
  EXPECT_EQ(status_of(order), "withdrawn");
  EXPECT_FLAGGED_FOR(withdraw(supervisor, order), already_ended);
}

TEST_F(Orders, what_is_retracted_no_longer_speaks_for_the_order) {
  const EventId order = post();
  const EventId first = claim(order, a);
  const EventId second = claim(order, b);
  const EventId assigned = assign(order, first);
  const EventId transfer = assign(order, second, "overloaded", assigned);
  const EventId fulfilled = fulfil(order);
  const EventId review = judge(reviewer, order);
  EXPECT_EQ(status_of(order), "accepted");
  retract(review);
  EXPECT_EQ(status_of(order), "fulfilled");
  retract(fulfilled);
  EXPECT_EQ(status_of(order), "assigned");
  retract(transfer);
  EXPECT_EQ(holder_of(order), first);
  EXPECT_EQ(load_of(a), 1u);
  const EventId given_up = withdraw(field, order, first);
  EXPECT_EQ(holder_of(order), EventId{});
  retract(given_up);
  EXPECT_EQ(holder_of(order), first);
  retract(first);
  EXPECT_EQ(holder_of(order), EventId{});
  EXPECT_EQ(load_of(a), 0u);
  EXPECT_HELD_FOR(assign(order, first), claim_withdrawn);
  EXPECT_ACCEPTED(assign(order, second));
  retract(order);
  EXPECT_EQ(status_of(order), "withdrawn");
  EXPECT_EQ(load_of(b), 0u);
  EXPECT_HELD_FOR(claim(order, a), order_closed);
}

TEST_F(Orders, a_retracted_withdrawal_opens_the_order_and_a_retracted_order_leaves_its_demands) {
  const EventId demand =
      log.add(field, [](Body e) { e.initBody().initDemandRaised().setCategory("cleaning"); });
  const EventId order = post({.demands = {demand}});
  const EventId withdrawn = withdraw(supervisor, order);
  retract(withdrawn);
  EXPECT_EQ(status_of(order), "posted");
  const Demand* carried = log.state().orders.demands.find(entity_cast<DemandId>(demand));
  ASSERT_NE(carried, nullptr);
  EXPECT_EQ(carried->orders.size(), 1u);
  retract(order);
  EXPECT_TRUE(log.state().orders.demands.find(entity_cast<DemandId>(demand))->orders.empty());
}

TEST_F(Orders, claims_and_fulfilments_in_any_order_of_arrival_give_one_digest) {
  const EventId order = post();
  for (DeviceNumber device : {field, other_field, reviewer}) log.offline(device);
  claim(order, a);
  claim_by(other_field, order, {{b}});
  const EventId unit = log.add(other_field, [](Body e) {
    auto body = e.initBody().initServiceDelivered();
    body.setKind("visit");
    body.setAnonymous(1);
  });
  fulfil(order, {.units = {unit}});
  fulfil(order);
  LogBuilder first = log, second = log;
  for (DeviceNumber device : {field, other_field}) first.online(device);
  for (DeviceNumber device : {other_field, field}) second.online(device);
  EXPECT_EQ(digest(first.state()), digest(second.state()));
  const Order* kept = second.state().orders.find(entity_cast<OrderId>(order));
  EXPECT_EQ(kept->claims.size(), 2u);
  EXPECT_EQ(kept->fulfilments.size(), 2u);
}

// Loads counted from the orders alone, to put beside those that are kept up to date.
std::map<std::uint64_t, std::vector<OrderId>> loads_of(const State& state) {
  std::map<std::uint64_t, std::vector<OrderId>> out;
  for (const auto& [id, order] : state.orders.orders) {
    const Assignment* assignment = order.assignment_in_force();
    if (assignment == nullptr || order.is_closed()) continue;
    for (const Claimant& claimant : order.find_claim(assignment->claim)->claimants) {
      out[claimant.party].push_back(id);
    }
  }
  for (auto& [party, orders] : out) std::sort(orders.begin(), orders.end());
  return out;
}

// I10, without asking assignment_in_force(): of the assignments that count and that no later one
// has taken over from, at most one rests on a claim in force, and its shares are the whole.
void expect_i10(const State& state) {
  for (const auto& [id, order] : state.orders.orders) {
    std::size_t in_force = 0;
    for (std::size_t i = 0; i < order.assignments.size(); ++i) {
      const Assignment& item = order.assignments[i];
      bool superseded = item.retracted;
      for (std::size_t j = i + 1; j < order.assignments.size(); ++j) {
        superseded = superseded || !order.assignments[j].retracted;
      }
      const OrderClaim* claim = order.find_claim(item.claim);
      ASSERT_NE(claim, nullptr);
      if (superseded || !claim->in_force()) continue;
      ++in_force;
      EXPECT_EQ(order.assignment_in_force(), &item);
      std::uint64_t sum = 0;
      for (const Claimant& claimant : claim->claimants) sum += claimant.permille;
      EXPECT_EQ(sum, 1000u);
    }
    EXPECT_LE(in_force, 1u);
    EXPECT_EQ(in_force == 0, order.assignment_in_force() == nullptr);
  }
}

TEST_F(Orders, whatever_happens_one_assignment_is_in_force_and_the_loads_agree) {
  std::mt19937 random(7);
  const auto pick = [&](const std::vector<EventId>& list) { return list[random() % list.size()]; };
  const std::vector<EventId> parties{a, b, person()};
  const std::vector<EventId> orders{post(), post({.rule = Rule::PREFERENCE, .invited = {b, a}}),
                                    post({.rule = Rule::FEWEST_IN_FORCE}),
                                    post({.rule = Rule::PANEL})};
  std::vector<EventId> events;
  std::map<EventId, std::vector<EventId>> claims, assignments;
  for (EventId order : orders) claims[order].push_back(claim(order, a));
  std::size_t assigned = 0;
  for (int i = 0; i < 400; ++i) {
    const EventId order = pick(orders);
    EventId event;
    switch (random() % 8) {
      case 0:
        event = claim(order, pick(parties));
        claims[order].push_back(event);
        break;
      case 1:
        event = assign(order, pick(claims[order]), "chosen");
        assignments[order].push_back(event);
        break;
      case 2: {
        const EventId won = winner_of(order);
        event = assign(order, won ? won : pick(claims[order]), "chosen");
        assignments[order].push_back(event);
        break;
      }
      case 3:
        if (assignments[order].empty()) continue;
        event = assign(order, pick(claims[order]), "moved", pick(assignments[order]));
        assignments[order].push_back(event);
        break;
      case 4:
        event = withdraw(field, order, pick(claims[order]));
        break;
      case 5:
        event = fulfil(order);
        break;
      case 6:
        event = judge(reviewer, order, {.accepted = random() % 4 == 0});
        break;
      default:
        if (events.empty()) continue;
        retract(pick(events));
        continue;
    }
    events.push_back(event);
    if (find(order).assignment_in_force() != nullptr) ++assigned;
    expect_i10(log.state());
    const auto expected = loads_of(log.state());
    ASSERT_EQ(log.state().orders.load.size(), expected.size()) << "step " << i;
    for (const auto& [party, list] : expected) {
      ASSERT_EQ(log.state().orders.load.at(party), list) << "step " << i;
    }
  }
  EXPECT_GT(assigned, 20u) << "the steps reach what they are to test";
  Result<State> restored = restore(snapshot(log.state()));
  ASSERT_TRUE(restored.has_value());
  EXPECT_EQ(digest(*restored), digest(log.state()));
  EXPECT_EQ(loads_of(*restored), loads_of(log.state()));
  EXPECT_EQ(restored->orders.load, log.state().orders.load);
}

}  // namespace
}  // namespace houniao::testing
