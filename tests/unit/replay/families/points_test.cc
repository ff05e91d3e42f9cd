#include "replay/families/points.h"

#include "replay/archive.h"
#include "replay/digest.h"
#include "tests/unit/replay/families/volunteer_world.h"

namespace houniao::testing {
namespace {

class Points : public VolunteerWorld {
 protected:
  Points() {
    owner = person();
    who = volunteer(owner);
    towels = stock(1'000);
  }

  std::int32_t day(std::int32_t after) const { return log.today().value + after; }
  EventId redeem_online(std::int64_t points) {
    return redeem(field, who, {.item = towels, .points = points});
  }
  EventId hand_over(std::int64_t points, std::int32_t on = 0) {
    return redeem(
        field, who,
        {.item = towels, .points = points, .mode = Redeem::HANDED_OVER, .site = site, .day = on});
  }
  // Everything that is kept about points, as a digest sees it.
  Bytes content() const {
    CanonicalWriter writer(ArchivePurpose::digest, log.state().symbols());
    PointsState copy = points();
    copy.fields(writer);
    return writer.take();
  }

  EventId owner, who, towels;
};

// --- earning -----------------------------------------------------------------------------------

TEST_F(Points, confirmed_hours_give_points_by_the_rule) {
  publish({.minutes_per_point = 60});
  const EventId hours = serve_hours(who, 150);
  EXPECT_HELD_FOR(earn(who, hours, 3), points_exceed_rule);
  EXPECT_EQ(balance(who), 0);
  const EventId earned = earn(who, hours, 2);
  EXPECT_ACCEPTED(earned);
  EXPECT_EQ(balance(who), 2);
  const FactRow row = first_row(earned);
  EXPECT_EQ(text(row.kind), "points");
  EXPECT_EQ(text(row.attr), "earned");
  EXPECT_EQ(row.quantity, 2);
  EXPECT_EQ(row.subject, owner.value);
  EXPECT_EQ(row.group, hours.value);
}

TEST_F(Points, without_a_rule_hours_give_no_points) {
  const EventId hours = serve_hours(who, 600);
  EXPECT_HELD_FOR(earn(who, hours, 1), points_exceed_rule);
  publish({.minutes_per_point = 0});
  EXPECT_HELD_FOR(earn(who, hours, 1), points_exceed_rule);
}

TEST_F(Points, the_rule_of_the_day_of_service_holds) {
  publish({.version = 1, .minutes_per_point = 60});
  publish({.version = 2, .minutes_per_point = 10, .from = day(1)});
  const EventId before = serve_hours(who, 60);
  const EventId after = serve_hours(who, 60, day(1));
  EXPECT_HELD_FOR(earn(who, before, 2), points_exceed_rule);
  EXPECT_ACCEPTED(earn(who, after, 6));
}

TEST_F(Points, a_day_gives_a_volunteer_no_more_than_the_rule_allows) {
  publish({.minutes_per_point = 10, .points_per_day_max = 10});
  EXPECT_HELD_FOR(earn(who, serve_hours(who, 200), 11), points_exceed_rule);
  EXPECT_ACCEPTED(earn(who, serve_hours(who, 70), 7));
  const EventId second = serve_hours(who, 70);
  EXPECT_HELD_FOR(earn(who, second, 4), points_exceed_rule);
  EXPECT_ACCEPTED(earn(who, second, 3));
  EXPECT_ACCEPTED(earn(who, serve_hours(who, 100, day(1)), 10));
  const EventId other = volunteer();
  EXPECT_ACCEPTED(earn(other, serve_hours(other, 100), 10));
}

TEST_F(Points, hours_are_credited_once_and_to_who_served_them) {
  publish({});
  const EventId record = record_hours(who, {.minutes = 120});
  const EventId hours = confirm(supervisor, record, 120);
  const EventId other = volunteer();
  EXPECT_HELD_FOR(earn(other, hours, 1), wrong_reference);
  const EventId first = earn(who, hours, 1);
  EXPECT_ACCEPTED(first);
  EXPECT_HELD_FOR(earn(who, hours, 1), points_credited_twice);
  retract(hours);
  const EventId again = confirm(supervisor, record, 120);
  EXPECT_HELD_FOR(earn(who, again, 1), points_credited_twice);
  EXPECT_HELD_FOR(earn(who, hours, 1), points_exceed_rule);
  retract(first);
  EXPECT_EQ(balance(who), 0);
  EXPECT_ACCEPTED(earn(who, again, 2));
  EXPECT_EQ(balance(who), 2);
}

TEST_F(Points, points_that_arrive_before_their_hours_wait_for_them) {
  publish({});
  log.offline(reviewer);
  const EventId hours = confirm(reviewer, record_hours(who, {.minutes = 60}), 60);
  const EventId early = earn(who, hours, 1);
  EXPECT_HELD_FOR(early, orphan);
  EXPECT_EQ(balance(who), 0);
  log.online(reviewer);
  EXPECT_IN_FORCE(early);
  EXPECT_EQ(balance(who), 1);
}

TEST_F(Points, nobody_credits_themselves) {
  publish({});
  const DeviceNumber own = log.enrol({.holder = owner.value, .roles = {Role::SUPERVISOR}});
  const EventId hours = serve_hours(who, 60);
  const EventId earned = log.add(own, [&](Body e) {
    auto b = e.initBody().initPointsEarned();
    b.setVolunteer(who.value);
    b.setHours(hours.value);
    b.setPoints(1);
  });
  EXPECT_HELD_FOR(earned, not_independent);
}

// --- adjusting ---------------------------------------------------------------------------------

TEST_F(Points, adjustments_have_a_cause_a_reason_and_an_approver_who_is_somebody_else) {
  const EventId id = adjust(who, {.delta = 10});
  EXPECT_ACCEPTED(id);
  EXPECT_EQ(text(first_row(id).attr), "correction");
  EXPECT_EQ(first_row(id).quantity, 10);
  EXPECT_HELD_FOR(adjust(who, {.delta = 10, .reason = ""}), reason_missing);
  EXPECT_HELD_FOR(adjust(who, {.delta = 10, .approver = 502}), not_independent);
  EXPECT_HELD_FOR(adjust(who, {.delta = 10, .approver = 0}), not_independent);
  EXPECT_HELD_FOR(adjust(who, {.delta = 10, .approver = owner.value}), not_independent);
  const DeviceNumber own = log.enrol({.holder = owner.value, .roles = {Role::SUPERVISOR}});
  EXPECT_HELD_FOR(adjust(own, who, {.delta = 10}), not_independent);
  EXPECT_HELD_FOR(adjust(who, {.delta = 0}), value_invalid);
  EXPECT_HELD_FOR(adjust(who, {.delta = 5, .cause = Cause::EXPIRY}), value_invalid);
  EXPECT_HELD_FOR(adjust(who, {.delta = 5, .cause = Cause::PENALTY}), value_invalid);
  EXPECT_HELD_FOR(adjust(who, {.delta = -5, .cause = Cause::TRANSFER_IN}), value_invalid);
  EXPECT_EQ(balance(who), 10);
  EXPECT_ACCEPTED(adjust(who, {.delta = -4, .cause = Cause::EXPIRY}));
  EXPECT_ACCEPTED(adjust(who, {.delta = 3, .cause = Cause::TRANSFER_IN}));
  EXPECT_EQ(balance(who), 9);
}

TEST_F(Points, an_adjustment_leaves_no_negative_balance_and_takes_nothing_set_aside) {
  credit(who, 10);
  open_lease(who, field, 4);
  EXPECT_HELD_FOR(adjust(who, {.delta = -7}), points_short);
  EXPECT_ACCEPTED(adjust(who, {.delta = -6}));
  EXPECT_EQ(available(who), 0);
  EXPECT_EQ(balance(who), 4);
}

TEST_F(Points, numbers_beyond_all_bounds_have_no_effect_even_when_released) {
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  credit(who, 10);
  std::vector<EventId> hostile;
  for (std::int64_t value : {least, std::int64_t{-1}, std::int64_t{0}, kPointsMax + 1, most}) {
    if (value != -1) hostile.push_back(adjust(who, {.delta = value}));
    hostile.push_back(redeem_online(value));
    hostile.push_back(hand_over(value));
    hostile.push_back(open_lease(who, field, value));
  }
  hostile.push_back(redeem(field, who, {.item = towels, .points = 1, .quantity = least}));
  hostile.push_back(redeem(field, who, {.item = towels, .points = 1, .quantity = most}));
  for (EventId id : hostile) {
    EXPECT_HELD_FOR(id, value_invalid);
    release(id);
  }
  EXPECT_EQ(available(who), 8) << "two of them named points that were there";
  EXPECT_EQ(points().redeemed_of(entity_cast<AssetId>(towels)), 10) << "one item for each value";
}

// --- redeeming online --------------------------------------------------------------------------

TEST_F(Points, redeeming_takes_points_and_stock) {
  credit(who, 10);
  const EventId id = redeem(field, who, {.item = towels, .points = 6, .quantity = 2});
  EXPECT_ACCEPTED(id);
  EXPECT_EQ(balance(who), 4);
  EXPECT_EQ(points().redeemed_of(entity_cast<AssetId>(towels)), 2);
  ASSERT_EQ(rows_of(id), 2u);
  EXPECT_EQ(text(row_of(id, 0).kind), "points");
  EXPECT_EQ(text(row_of(id, 0).attr), "online");
  EXPECT_EQ(row_of(id, 0).quantity, -6);
  EXPECT_EQ(row_of(id, 0).subject, owner.value);
  EXPECT_EQ(text(row_of(id, 1).kind), "towel");
  EXPECT_EQ(row_of(id, 1).quantity, 2);
  EXPECT_EQ(row_of(id, 1).group, towels.value);
}

TEST_F(Points, redeeming_more_than_there_is_waits_until_there_is_enough) {
  credit(who, 5);
  const EventId id = redeem_online(6);
  EXPECT_HELD_FOR(id, points_short);
  release(id);
  EXPECT_TRUE(held(id)) << "a decision cannot make up points";
  credit(who, 1);
  release(id);
  EXPECT_IN_FORCE(id);
  EXPECT_EQ(balance(who), 0);
}

TEST_F(Points, of_two_redemptions_of_the_same_points_the_first_record_counts) {
  credit(who, 5);
  log.offline(field);
  log.offline(other_field);
  const EventId one = redeem_online(5);
  const EventId two = redeem(other_field, who, {.item = towels, .points = 5});
  log.online(other_field);
  log.online(field);
  EXPECT_IN_FORCE(two);
  EXPECT_HELD_FOR(one, points_short);
  EXPECT_EQ(balance(who), 0);
}

TEST_F(Points, what_is_redeemed_is_known_and_in_stock) {
  credit(who, 100);
  const EventId last = stock(3);
  EXPECT_ACCEPTED(redeem(field, who, {.item = last, .points = 1, .quantity = 2}));
  EXPECT_HELD_FOR(redeem(field, who, {.item = last, .points = 1, .quantity = 2}), stock_short);
  EXPECT_ACCEPTED(redeem(field, who, {.item = last, .points = 1, .quantity = 1}));
  const EventId over =
      redeem(field, who, {.item = last, .points = 1, .mode = Redeem::HANDED_OVER, .site = site});
  EXPECT_FLAGGED_FOR(over, stock_shortage);
  EXPECT_EQ(points().redeemed_of(entity_cast<AssetId>(last)), 4);
  EXPECT_HELD_FOR(redeem(field, who, {.item = team, .points = 1}), wrong_reference);
  EXPECT_HELD_FOR(redeem(field, who, {.item = towels, .points = 1, .quantity = 0}), value_invalid);
  EXPECT_FLAGGED_FOR(redeem(field, who, {.item = towels, .points = 1, .signature_bytes = 8}),
                     hash_invalid);
  EXPECT_FLAGGED_FOR(redeem(field, who, {.item = towels, .points = 1, .day = day(-1)}),
                     before_enrolment);
}

TEST_F(Points, who_is_no_volunteer_has_no_points_even_when_released) {
  const EventId id = redeem(field, team, {.item = towels, .points = 1});
  EXPECT_HELD_FOR(id, points_short);
  release(id);
  EXPECT_TRUE(held(id));
}

TEST_F(Points, the_rules_say_in_which_ways_points_are_redeemed) {
  credit(who, 100);
  publish({.version = 1, .modes = 1});
  EXPECT_ACCEPTED(redeem_online(1));
  EXPECT_HELD_FOR(hand_over(1), redemption_mode_not_allowed);
  EXPECT_HELD_FOR(open_lease(who, field, 1), redemption_mode_not_allowed);
  publish({.version = 2, .modes = 6});
  EXPECT_HELD_FOR(redeem_online(1), redemption_mode_not_allowed);
  EXPECT_ACCEPTED(hand_over(1));
  EXPECT_ACCEPTED(open_lease(who, field, 1));
}

TEST_F(Points, a_lease_is_good_under_the_rules_that_it_was_given_under) {
  credit(who, 10);
  const EventId lease_id = open_lease(who, field, 5);
  publish({.modes = 1});
  EXPECT_ACCEPTED(
      redeem(field, who, {.item = towels, .points = 5, .mode = Redeem::LEASED, .lease = lease_id}));
}

// --- goods handed over -------------------------------------------------------------------------

TEST_F(Points, what_the_account_does_not_cover_of_a_hand_over_the_site_owes) {
  credit(who, 4);
  const EventId id = hand_over(10);
  EXPECT_FLAGGED_FOR(id, points_shortage);
  EXPECT_EQ(balance(who), 0);
  EXPECT_EQ(shortage(who), 6);
  EXPECT_EQ(points().shortages_of(entity_cast<SiteId>(site)),
            (std::vector<SiteShortage>{{entity_cast<VolunteerId>(who), 6}}));
  EXPECT_TRUE(points().shortages_of(SiteId{77}).empty());
  retract(id);
  EXPECT_EQ(shortage(who), 0);
  EXPECT_EQ(balance(who), 4);
  EXPECT_ACCEPTED(hand_over(4));
}

TEST_F(Points, points_earned_later_are_not_taken_for_a_shortage) {
  const EventId id = hand_over(10);
  credit(who, 7, day(0));
  log.set_today(Day{day(1)});
  credit(who, 5);
  EXPECT_EQ(shortage(who), 3) << "the same day still pays";
  EXPECT_EQ(balance(who), 5);
  EXPECT_ACCEPTED(redeem_online(5));
  EXPECT_EQ(shortage(who), 3);
  EXPECT_IN_FORCE(id);
}

TEST_F(Points, points_set_aside_or_spent_do_not_pay_for_a_hand_over) {
  credit(who, 10);
  open_lease(who, field, 6);
  redeem_online(3);
  EXPECT_FLAGGED_FOR(hand_over(2), points_shortage);
  EXPECT_EQ(available(who), 0);
  EXPECT_EQ(shortage(who), 1);
  EXPECT_EQ(balance(who), 6);
}

TEST_F(Points, the_order_in_which_credits_and_hand_overs_arrive_makes_no_difference) {
  log.offline(field);
  log.offline(supervisor);
  log.offline(other_field);
  hand_over(10, day(-3));
  hand_over(4, day(-1));
  credit(who, 6, day(-4));
  credit(who, 5, day(-2));
  redeem(other_field, who,
         {.item = towels, .points = 3, .mode = Redeem::HANDED_OVER, .site = site});
  LogBuilder other = log;
  for (DeviceNumber device : {field, supervisor, other_field}) log.online(device);
  for (DeviceNumber device : {other_field, supervisor, field}) other.online(device);
  EXPECT_EQ(shortage(who), 4 + 0 + 2) << "6 of 10, then 4 of 4, then 1 of 3";
  EXPECT_EQ(balance(who), 0);
  EXPECT_EQ(digest(other.state()), digest(log.state()));
}

TEST_F(Points, a_shortage_is_settled_by_the_volunteer_or_by_the_site) {
  hand_over(10);
  log.set_today(Day{day(1)});
  credit(who, 8);
  const auto settle = [&](std::int64_t delta, EventId at) {
    return adjust(who, {.delta = delta, .cause = Cause::SHORTAGE_SETTLED, .site = at});
  };
  EXPECT_HELD_FOR(settle(-11, site), value_invalid);
  EXPECT_HELD_FOR(settle(-9, site), points_short);
  EXPECT_HELD_FOR(settle(-1, EventId{}), value_invalid);
  EXPECT_ACCEPTED(settle(-3, site));
  EXPECT_EQ(shortage(who), 7);
  EXPECT_EQ(balance(who), 5);
  const EventId paid = settle(7, site);
  EXPECT_ACCEPTED(paid);
  EXPECT_EQ(first_row(paid).quantity, 0);
  EXPECT_EQ(shortage(who), 0);
  EXPECT_EQ(balance(who), 5);
  EXPECT_HELD_FOR(settle(1, site), value_invalid);
  retract(paid);
  EXPECT_EQ(shortage(who), 7);
}

// --- taking back -------------------------------------------------------------------------------

TEST_F(Points, points_that_are_spent_cannot_be_taken_back) {
  const EventId first = credit(who, 10);
  redeem_online(6);
  retract(first);
  EXPECT_EQ(available(who), 0);
  EXPECT_EQ(balance(who), 0);
  const EventId second = credit(who, 5);
  retract(second);
  EXPECT_EQ(balance(who), 0);
  const EventId third = credit(who, 5);
  open_lease(who, field, 2);
  retract(third);
  EXPECT_EQ(available(who), 0);
  EXPECT_EQ(balance(who), 2);
}

TEST_F(Points, a_redemption_taken_back_returns_points_and_stock) {
  credit(who, 10);
  const Bytes before = content();
  const EventId id = redeem_online(6);
  retract(id);
  EXPECT_EQ(balance(who), 10);
  EXPECT_EQ(points().redeemed_of(entity_cast<AssetId>(towels)), 0);
  EXPECT_EQ(content(), before);
  const EventId less = adjust(who, {.delta = -4});
  retract(less);
  EXPECT_EQ(balance(who), 10);
}

TEST_F(Points, points_of_linked_persons_are_summed) {
  const EventId twin = person();
  const EventId other = volunteer(twin);
  credit(who, 3);
  credit(other, 4);
  EXPECT_EQ(points_balance(log.state(), entity_cast<PersonId>(owner)), 3);
  link(owner, twin);
  EXPECT_EQ(points_balance(log.state(), entity_cast<PersonId>(owner)), 7);
  EXPECT_EQ(points_balance(log.state(), entity_cast<PersonId>(twin)), 7);
  EXPECT_HELD_FOR(redeem_online(4), points_short);
}

}  // namespace
}  // namespace houniao::testing
