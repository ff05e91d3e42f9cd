#include "replay/families/redemptions.h"

#include "replay/digest.h"
#include "tests/unit/replay/families/volunteer_world.h"

namespace houniao::testing {
namespace {

class Leases : public VolunteerWorld {
 protected:
  Leases() {
    who = volunteer();
    towels = stock(1'000);
    credit(who, 10);
  }

  std::int32_t day(std::int32_t after) const { return log.today().value + after; }
  EventId redeem_leased(DeviceNumber by, EventId of_lease, std::int64_t points, EventId item = {}) {
    return redeem(by, who,
                  {.item = item ? item : towels,
                   .points = points,
                   .mode = Redeem::LEASED,
                   .lease = of_lease});
  }
  EventId redeem_online(std::int64_t points) {
    return redeem(other_field, who, {.item = towels, .points = points});
  }
  void revoke(DeviceNumber device, std::uint64_t from) {
    log.add(LogBuilder::kServer, [&](Body e) {
      e.setScope(kScopeCommons.value);
      auto b = e.initBody().initDeviceRevoked();
      b.setDevice(device.value);
      b.setFromDeviceSeq(from);
    });
  }
  std::uint64_t next_seq(DeviceNumber device) const {
    return device_seq_of(log.next_id(device)).value;
  }

  EventId who, towels;
};

TEST_F(Leases, what_is_redeemed_is_not_lent_and_what_is_lent_is_not_redeemed) {
  const EventId umbrellas = log.add(field, [](Body e) {
    auto b = e.initBody().initAssetRecorded();
    b.setKind("umbrella");
    b.setQuantity(2);
    b.setLendable(true);
  });
  const auto lend = [&] {
    const EventId borrower = person();
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initAssetLent();
      b.setAsset(umbrellas.value);
      b.setBorrower(borrower.value);
      b.setDueDay(day(7));
    });
  };
  const EventId taken = redeem(other_field, who, {.item = umbrellas, .points = 1});
  EXPECT_ACCEPTED(taken);
  EXPECT_ACCEPTED(lend());
  const EventId third = lend();
  EXPECT_HELD_FOR(third, nothing_to_lend);
  EXPECT_HELD_FOR(redeem(other_field, who, {.item = umbrellas, .points = 1}), stock_short);
  retract(taken);
  release(third);
  EXPECT_IN_FORCE(third);
}

// --- giving and using --------------------------------------------------------------------------

TEST_F(Leases, a_lease_sets_points_aside_and_its_device_spends_them) {
  const EventId id = open_lease(who, field, 6);
  EXPECT_ACCEPTED(id);
  EXPECT_EQ(available(who), 4);
  EXPECT_EQ(balance(who), 10);
  EXPECT_EQ(text(first_row(id).kind), "points_lease");
  EXPECT_EQ(text(first_row(id).attr), "opened");
  EXPECT_EQ(first_row(id).quantity, 6);
  EXPECT_EQ(first_row(id).group, id.value);
  EXPECT_HELD_FOR(redeem_online(5), points_short);
  EXPECT_ACCEPTED(redeem_leased(field, id, 5));
  EXPECT_EQ(available(who), 4);
  EXPECT_EQ(balance(who), 5);
  EXPECT_EQ(lease(id).left(), 1);
}

TEST_F(Leases, no_more_is_set_aside_than_is_available) {
  EXPECT_ACCEPTED(open_lease(who, field, 6));
  const EventId second = open_lease(who, other_field, 5);
  EXPECT_HELD_FOR(second, points_short);
  EXPECT_HELD_FOR(redeem_leased(other_field, second, 1), orphan);
  credit(who, 1);
  release(second);
  EXPECT_IN_FORCE(second);
  EXPECT_EQ(available(who), 0);
}

TEST_F(Leases, a_lease_is_for_a_known_device_and_a_day_to_come) {
  EXPECT_HELD_FOR(open_lease(who, DeviceNumber{99}, 1), unknown_device);
  EXPECT_HELD_FOR(open_lease(who, field, 1, day(-1)), interval_invalid);
  revoke(other_field, 1);
  EXPECT_HELD_FOR(open_lease(who, other_field, 1), device_revoked);
  EXPECT_EQ(available(who), 10);
}

TEST_F(Leases, a_lease_pays_for_its_own_device_and_volunteer_and_not_beyond_its_points) {
  const EventId id = open_lease(who, field, 6);
  EXPECT_HELD_FOR(redeem_leased(field, id, 7), lease_short);
  EXPECT_HELD_FOR(redeem_leased(other_field, id, 1), lease_of_other_device);
  const EventId other = volunteer();
  EXPECT_HELD_FOR(
      redeem(field, other, {.item = towels, .points = 1, .mode = Redeem::LEASED, .lease = id}),
      lease_of_other_device);
  EXPECT_ACCEPTED(redeem_leased(field, id, 4));
  const EventId over = redeem_leased(field, id, 3);
  EXPECT_HELD_FOR(over, lease_short);
  release(over);
  EXPECT_TRUE(held(over)) << "a decision cannot make a lease larger";
  EXPECT_EQ(lease(id).left(), 2);
}

TEST_F(Leases, what_is_no_lease_pays_for_nothing_even_when_released) {
  const EventId by_team = redeem_leased(field, team, 1);
  EXPECT_HELD_FOR(by_team, lease_of_other_device);
  const EventId by_none = redeem_leased(field, EventId{}, 1);
  EXPECT_HELD_FOR(by_none, lease_of_other_device);
  const EventId id = open_lease(who, field, 6);
  const EventId closing = close_lease(field, who, id, 6);
  const EventId by_closing = redeem_leased(field, closing, 1);
  EXPECT_HELD_FOR(by_closing, lease_of_other_device);
  for (EventId redemption : {by_team, by_none, by_closing}) {
    release(redemption);
    EXPECT_TRUE(held(redemption));
  }
}

// --- time --------------------------------------------------------------------------------------

TEST_F(Leases, a_lease_is_used_until_its_last_day_whenever_that_arrives) {
  const EventId id = open_lease(who, field, 6, day(1));
  log.offline(field);
  log.set_today(Day{day(1)});
  const EventId in_time = redeem_leased(field, id, 2);
  log.set_today(Day{day(1)});
  const EventId late = redeem_leased(field, id, 3);
  log.set_today(Day{day(300)});
  EXPECT_HELD_FOR(redeem_online(5), points_short);  // time alone does not free the points
  log.online(field);
  EXPECT_IN_FORCE(in_time);
  EXPECT_HELD_FOR(late, lease_expired);
  EXPECT_EQ(lease(id).left(), 4);
  release(late);
  EXPECT_IN_FORCE(late);
  EXPECT_EQ(lease(id).left(), 1);
  EXPECT_EQ(balance(who), 5);
}

// --- closing by the own device -----------------------------------------------------------------

TEST_F(Leases, closing_gives_back_what_is_left) {
  const EventId id = open_lease(who, field, 6);
  redeem_leased(field, id, 4);
  EXPECT_HELD_FOR(close_lease(field, who, id, 3), lease_short);
  EXPECT_HELD_FOR(close_lease(field, who, id, -1), value_invalid);
  EXPECT_HELD_FOR(close_lease(other_field, who, id, 2), lease_of_other_device);
  EXPECT_HELD_FOR(close_lease(field, volunteer(), id, 2), lease_of_other_device);
  const EventId closing = close_lease(field, who, id, 2);
  EXPECT_ACCEPTED(closing);
  EXPECT_EQ(available(who), 6);
  EXPECT_EQ(balance(who), 6);
  EXPECT_EQ(text(first_row(closing).attr), "closed");
  EXPECT_EQ(first_row(closing).group, id.value);
  EXPECT_EQ(first_row(closing).quantity, 2);
  EXPECT_HELD_FOR(redeem_leased(field, id, 1), lease_closed);
  EXPECT_HELD_FOR(close_lease(field, who, id, 0), lease_closed);
}

TEST_F(Leases, a_lease_that_is_given_back_in_part_is_closed_and_keeps_the_rest) {
  const EventId id = open_lease(who, field, 6);
  EXPECT_ACCEPTED(close_lease(field, who, id, 2));
  EXPECT_EQ(available(who), 6);
  EXPECT_EQ(balance(who), 10);
  const EventId late = redeem_leased(field, id, 1);
  EXPECT_HELD_FOR(late, lease_closed);
  release(late);
  EXPECT_TRUE(held(late));
  EXPECT_HELD_FOR(close_lease(field, who, id, 5), lease_short);
  EXPECT_ACCEPTED(close_lease(field, who, id, 4));
  EXPECT_EQ(available(who), 10);
}

TEST_F(Leases, what_was_redeemed_before_the_closing_keeps_its_share_while_it_waits) {
  const EventId id = open_lease(who, field, 6);
  log.offline(other_field);
  const EventId soap = log.add(other_field, [](Body e) {
    auto b = e.initBody().initAssetRecorded();
    b.setKind("soap");
    b.setQuantity(5);
  });
  const EventId waiting = redeem_leased(field, id, 4, soap);
  EXPECT_HELD_FOR(waiting, orphan);
  EXPECT_ACCEPTED(close_lease(field, who, id, 2));
  EXPECT_EQ(available(who), 6);
  log.online(other_field);
  EXPECT_IN_FORCE(waiting);
  EXPECT_EQ(balance(who), 6);
  EXPECT_EQ(lease(id).left(), 0);
}

TEST_F(Leases, a_lease_its_redemptions_and_its_closing_may_arrive_in_any_order) {
  log.offline(supervisor);
  const EventId more = credit(who, 10);
  const EventId id = open_lease(who, field, 20);
  EXPECT_HELD_FOR(id, points_short);
  const EventId spent = redeem_leased(field, id, 15);
  const EventId closing = close_lease(field, who, id, 5);
  EXPECT_HELD_FOR(spent, orphan);
  EXPECT_HELD_FOR(closing, orphan);
  log.online(supervisor);
  EXPECT_IN_FORCE(more);
  release(id);
  EXPECT_IN_FORCE(id);
  EXPECT_IN_FORCE(spent);
  EXPECT_IN_FORCE(closing);
  EXPECT_EQ(balance(who), 5);
  EXPECT_EQ(available(who), 5);
}

// --- closing for a revoked device --------------------------------------------------------------

TEST_F(Leases, a_supervisor_closes_the_lease_of_a_revoked_device) {
  const EventId id = open_lease(who, field, 6);
  redeem_leased(field, id, 1);
  EXPECT_HELD_FOR(close_lease(supervisor, who, id, 5), lease_of_other_device);
  log.offline(field);
  const EventId stolen = redeem_leased(field, id, 3);
  revoke(field, device_seq_of(stolen).value);
  EXPECT_HELD_FOR(close_lease(other_field, who, id, 5), missing_role);
  EXPECT_HELD_FOR(close_lease(supervisor, who, id, 6), lease_short);
  EXPECT_ACCEPTED(close_lease(supervisor, who, id, 5));
  EXPECT_EQ(available(who), 9);
  redeem_online(9);
  log.online(field);
  EXPECT_TRUE(held(stolen) && has(stolen, Reason::device_revoked));
  release(stolen);
  EXPECT_TRUE(held(stolen)) << "the lease is closed from the place of revocation on";
  EXPECT_EQ(available(who), 0);
}

TEST_F(Leases, nothing_is_freed_while_events_from_before_the_revocation_may_come) {
  const EventId id = open_lease(who, field, 6);
  log.offline(field);
  const EventId honest = redeem_leased(field, id, 4);
  revoke(field, next_seq(field));
  const EventId early = close_lease(supervisor, who, id, 6);
  EXPECT_HELD_FOR(early, lease_of_other_device);
  release(early);
  EXPECT_TRUE(held(early));
  log.online(field);
  EXPECT_IN_FORCE(honest);
  EXPECT_HELD_FOR(close_lease(supervisor, who, id, 3), lease_short);
  EXPECT_ACCEPTED(close_lease(supervisor, who, id, 2));
  EXPECT_EQ(available(who), 6);
  EXPECT_EQ(balance(who), 6);
}

TEST_F(Leases, what_a_revoked_device_redeemed_before_and_still_waits_keeps_its_share) {
  const EventId id = open_lease(who, field, 6);
  log.offline(other_field);
  const EventId soap = log.add(other_field, [](Body e) {
    auto b = e.initBody().initAssetRecorded();
    b.setKind("soap");
    b.setQuantity(5);
  });
  const EventId waiting = redeem_leased(field, id, 4, soap);
  revoke(field, next_seq(field));
  EXPECT_HELD_FOR(close_lease(supervisor, who, id, 3), lease_short);
  EXPECT_ACCEPTED(close_lease(supervisor, who, id, 2));
  log.online(other_field);
  EXPECT_IN_FORCE(waiting);
  EXPECT_EQ(balance(who), 6);
}

TEST_F(Leases, a_refused_redemption_gives_its_share_back) {
  const EventId id = open_lease(who, field, 6, day(1));
  log.set_today(Day{day(2)});
  const EventId late = redeem_leased(field, id, 4);
  EXPECT_HELD_FOR(late, lease_expired);
  revoke(field, next_seq(field));
  EXPECT_HELD_FOR(close_lease(supervisor, who, id, 6), lease_short);
  release(late, false);
  EXPECT_ACCEPTED(close_lease(supervisor, who, id, 6));
  EXPECT_EQ(available(who), 10);
}

// --- taking back -------------------------------------------------------------------------------

TEST_F(Leases, a_lease_is_not_freed_by_retracting_it) {
  const EventId id = open_lease(who, field, 6);
  log.offline(field);
  const EventId spent = redeem_leased(field, id, 6);
  retract(id);
  EXPECT_EQ(available(who), 4);
  EXPECT_HELD_FOR(redeem_online(5), points_short);
  log.online(field);
  EXPECT_IN_FORCE(spent);
  EXPECT_EQ(balance(who), 4);
}

TEST_F(Leases, a_leased_redemption_taken_back_returns_to_its_lease) {
  const EventId id = open_lease(who, field, 6);
  const EventId spent = redeem_leased(field, id, 5);
  retract(spent);
  EXPECT_EQ(lease(id).left(), 6);
  EXPECT_EQ(balance(who), 10);
  EXPECT_EQ(points().redeemed_of(entity_cast<AssetId>(towels)), 0);
  EXPECT_ACCEPTED(redeem_leased(field, id, 6));
}

TEST_F(Leases, leases_of_devices_that_arrive_in_another_order_give_the_same_state) {
  const EventId one = open_lease(who, field, 5);
  const EventId two = open_lease(who, other_field, 5);
  log.offline(field);
  log.offline(other_field);
  redeem_leased(field, one, 3);
  close_lease(field, who, one, 2);
  redeem_leased(other_field, two, 5);
  LogBuilder other = log;
  log.online(field);
  log.online(other_field);
  other.online(other_field);
  other.online(field);
  EXPECT_EQ(balance(who), 2);
  EXPECT_EQ(digest(other.state()), digest(log.state()));
}

}  // namespace
}  // namespace houniao::testing
