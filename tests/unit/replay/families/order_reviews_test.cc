#include "tests/unit/replay/families/orders_world.h"

// How orders are done and judged; how they are handed out is in orders_test.cc.
namespace houniao::testing {
namespace {

class OrderReviews : public OrdersWorld {};

TEST_F(OrderReviews, a_fulfilment_is_a_fact_and_at_most_flagged) {
  const EventId order = post();
  EXPECT_FLAGGED_FOR(fulfil(order), order_not_assigned);
  EXPECT_EQ(status_of(order), "fulfilled");
  EXPECT_FLAGGED_FOR(fulfil(order, {.day = log.today().value - 1}), interval_invalid);
  EXPECT_FLAGGED_FOR(fulfil(order, {.units = {a}}), unit_not_delivery);
  const EventId service = serve({person()});
  retract(service);
  EXPECT_FLAGGED_FOR(fulfil(order, {.units = {service}}), target_retracted);
  withdraw(supervisor, order);
  EXPECT_FLAGGED_FOR(fulfil(order), order_closed);
  EXPECT_EQ(quantity(of_type(Event::Body::ORDER_FULFILLED)), 5);
}

TEST_F(OrderReviews, an_order_that_was_done_before_it_was_assigned_may_still_be_assigned) {
  const EventId order = post();
  fulfil(order);
  EXPECT_ACCEPTED(assign(order, claim(order, a)));
  EXPECT_ACCEPTED(fulfil(order));
}

TEST_F(OrderReviews, a_fulfilment_takes_effect_when_what_it_names_arrives) {
  const EventId order = post();
  assign(order, claim(order, a));
  log.offline(other_field);
  const EventId unit = log.add(other_field, [](Body e) {
    auto body = e.initBody().initServiceDelivered();
    body.setKind("visit");
    body.setAnonymous(1);
  });
  const EventId fulfilled = fulfil(order, {.units = {unit}});
  EXPECT_FLAGGED_FOR(fulfilled, orphan);
  EXPECT_EQ(quantity(of_type(Event::Body::ORDER_FULFILLED)), 1);
  EXPECT_EQ(status_of(order), "assigned");
  EXPECT_HELD_FOR(judge(reviewer, order), fulfilment_missing);
  log.online(other_field);
  EXPECT_TRUE(log.reasons(fulfilled).empty());
  EXPECT_EQ(status_of(order), "fulfilled");
  EXPECT_EQ(quantity(of_type(Event::Body::ORDER_FULFILLED)), 1);
  EXPECT_ACCEPTED(judge(reviewer, order));
}

TEST_F(OrderReviews, the_same_evidence_does_not_prove_two_orders_done) {
  const auto with_photo = [&](EventId order) {
    return log.add(field, [&](Body e) {
      auto body = e.initBody().initOrderFulfilled();
      body.setOrder(order.value);
      const std::vector<std::uint8_t> hash(32, 7);
      e.initEvidence(1)[0].setSha256(kj::ArrayPtr<const kj::byte>(hash.data(), hash.size()));
    });
  };
  const auto assigned = [&] {
    const EventId order = post();
    assign(order, claim(order, a));
    return order;
  };
  const EventId one = assigned(), other = assigned();
  const EventId first = with_photo(one);
  EXPECT_ACCEPTED(first);
  EXPECT_FLAGGED_FOR(with_photo(other), evidence_reused);
  retract(first);
  EXPECT_TRUE(find(one).fulfilments.empty());
}

TEST_F(OrderReviews, nobody_who_performed_the_order_reviews_it) {
  const EventId claimant = person();
  EXPECT_HELD_FOR(judge(supervisor_who_is(claimant), done_by(claimant)), performer_reviews);

  const EventId member = person();
  const DeviceNumber members = supervisor_who_is(member);
  const EventId order = done_by(a);
  EXPECT_EQ(status_of(order), "fulfilled");
  join(member, a);
  const EventId by_member = judge(members, order);
  EXPECT_HELD_FOR(by_member, performer_reviews);
  release(by_member);
  EXPECT_TRUE(held(by_member)) << "no decision makes a performer independent";

  const EventId worker = person();
  const DeviceNumber workers = supervisor_who_is(worker);
  const EventId staff = engage(worker, a);
  EXPECT_HELD_FOR(judge(workers, order), performer_reviews);
  EXPECT_HELD_FOR(judge(supervisor_who_is(staff), order), performer_reviews);

  const EventId chair = person();
  log.add(supervisor, [&](Body e) {
    auto body = e.initBody().initAppointmentChanged();
    body.setPerson(chair.value);
    body.setPost("chair");
    body.setBody(a.value);
    body.setStarted(true);
    body.setDay(log.today().value);
  });
  EXPECT_HELD_FOR(judge(supervisor_who_is(chair), order), performer_reviews);
  EXPECT_HELD_FOR(judge(reviewer, order, {.organisation = a}), performer_reviews);
  EXPECT_EQ(status_of(order), "fulfilled");
  EXPECT_ACCEPTED(judge(reviewer, order, {.organisation = b}));
}

TEST_F(OrderReviews, a_second_registration_does_not_make_a_performer_independent) {
  const EventId claimant = person(), twin = person();
  const EventId order = done_by(claimant);
  const DeviceNumber twins = supervisor_who_is(twin);
  log.add(supervisor, [&](Body e) {
    auto body = e.initBody().initPersonLinkDecided();
    body.setFirst(claimant.value);
    body.setSecond(twin.value);
    body.setSame(true);
    body.setReason("same id card seen");
  });
  EXPECT_HELD_FOR(judge(twins, order), performer_reviews);
}

TEST_F(OrderReviews, leaving_the_performer_after_the_work_does_not_make_independent) {
  const EventId member = person(), former = person();
  join(member, a);
  join(former, a);
  next_day();
  join(former, a, false);
  next_day();
  const EventId order = done_by(a);
  next_day();
  join(member, a, false);
  next_day();
  EXPECT_HELD_FOR(judge(supervisor_who_is(member), order), performer_reviews);
  EXPECT_ACCEPTED(judge(supervisor_who_is(former), order));
}

TEST_F(OrderReviews, giving_the_claim_up_after_the_work_does_not_make_independent) {
  const EventId claimant = person();
  const EventId order = done_by(claimant);
  withdraw(field, order, EventId{find(order).claims.front().id.value});
  EXPECT_EQ(holder_of(order), EventId{});
  EXPECT_HELD_FOR(judge(supervisor_who_is(claimant), order), performer_reviews);
}

TEST_F(OrderReviews, a_member_of_the_panel_who_took_part_is_flagged) {
  const EventId member = person(), neighbour = person();
  join(member, a);
  const EventId order = done_by(a);
  EXPECT_FLAGGED_FOR(judge(reviewer, order, {.panel = {neighbour.value, member.value}}),
                     panel_took_part);
  EXPECT_FLAGGED_FOR(judge(reviewer, done_by(a), {.panel = {a.value}}), panel_took_part);
  EXPECT_ACCEPTED(judge(reviewer, done_by(a), {.panel = {neighbour.value}}));
  EXPECT_HELD_FOR(judge(reviewer, done_by(a), {.panel = {99}}), orphan);
  const std::vector<std::uint64_t> crowd(101, neighbour.value);
  EXPECT_HELD_FOR(judge(reviewer, done_by(a), {.panel = crowd}), value_invalid);
}

TEST_F(OrderReviews, a_review_needs_a_fulfilment_and_a_return_a_reason) {
  const EventId order = post();
  assign(order, claim(order, a));
  EXPECT_HELD_FOR(judge(reviewer, order), fulfilment_missing);
  EXPECT_EQ(status_of(order), "assigned");
  fulfil(order);
  EXPECT_HELD_FOR(judge(reviewer, order, {.accepted = false, .reason = ""}), reason_missing);
  EXPECT_ACCEPTED(judge(reviewer, order));
  const EventId closed = post();
  fulfil(closed);
  withdraw(supervisor, closed);
  EXPECT_HELD_FOR(judge(reviewer, closed), order_closed);
}

TEST_F(OrderReviews, a_returned_order_is_done_again_before_it_is_accepted) {
  const EventId order = done_by(a);
  const EventId returned = judge(reviewer, order, {.accepted = false});
  EXPECT_ACCEPTED(returned);
  EXPECT_EQ(text(first_row(returned).kind), "returned");
  EXPECT_EQ(status_of(order), "returned");
  EXPECT_EQ(load_of(a), 1u);
  EXPECT_HELD_FOR(judge(reviewer, order), fulfilment_missing);
  EXPECT_ACCEPTED(fulfil(order));
  EXPECT_EQ(status_of(order), "fulfilled");
  EXPECT_ACCEPTED(judge(reviewer, order));
  EXPECT_EQ(status_of(order), "accepted");
  EXPECT_FLAGGED_FOR(judge(reviewer, order), order_already_reviewed);
  EXPECT_FLAGGED_FOR(judge(reviewer, order, {.accepted = false}), order_already_reviewed);
  EXPECT_EQ(status_of(order), "returned");
}

TEST_F(OrderReviews, the_opinion_of_whoever_asked_has_a_row_of_its_own) {
  const EventId order = done_by(a);
  const EventId review = log.add(reviewer, [&](Body e) {
    auto body = e.initBody().initOrderReviewed();
    body.setOrder(order.value);
    body.setAccepted(true);
    body.setOpinion(schema::OrderReviewed::Opinion::SATISFIED);
  });
  EXPECT_ACCEPTED(review);
  EXPECT_EQ(log.state().facts.rows_of(review).count, 2u);
  FactFilter opinions = of_type(Event::Body::ORDER_REVIEWED);
  opinions.kinds = {log.state().symbols().find("opinion")};
  opinions.attrs = {log.state().symbols().find("satisfied")};
  EXPECT_EQ(quantity(opinions), 1);
}

}  // namespace
}  // namespace houniao::testing
