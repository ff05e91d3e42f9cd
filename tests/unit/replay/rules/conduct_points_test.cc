#include "tests/unit/replay/families/volunteer_world.h"
#include "tests/unit/replay/rules/conduct_bench.h"

namespace houniao::testing {
namespace {

// --- A21 ---------------------------------------------------------------------------------------

class ConductPoints : public VolunteerWorld {
 protected:
  ConductPoints() { publish({}); }

  EventId collect(EventId of, EventId item, std::uint8_t signature) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initPointsRedeemed();
      b.setVolunteer(of.value);
      b.setItem(item.value);
      b.setQuantity(1);
      b.setPoints(1);
      b.setMode(Redeem::ONLINE);
      b.setSignatureSha256(to_data(ByteView{Bytes(32, signature)}));
    });
  }
  EventId goods(std::int64_t quantity, std::int64_t value_fen) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initAssetRecorded();
      b.setKind("towel");
      b.setQuantity(quantity);
      b.setValueFen(value_fen);
    });
  }
  void days_pass(std::int32_t days) { log.set_today(Day{log.today().value + days}); }
};

TEST_F(ConductPoints, points_whose_hours_were_taken_back_are_doubted_while_they_stand) {
  const EventId of = volunteer();
  const EventId record = record_hours(of, {.minutes = 180});
  const EventId hours = confirm(supervisor, record, 180);
  const EventId earned = earn(of, hours, 3);
  EXPECT_IN_FORCE(earned);
  EXPECT_TRUE(ask_rule(log, "A21").empty()) << texts_of(ask_rule(log, "A21"));
  retract(record);
  const auto found = ask_rule(log, "A21");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 21);
  EXPECT_TRUE(names(found[0], earned) && names(found[0], record));
  EXPECT_EQ(found[0].subject, of.value);
  retract(earned);
  EXPECT_TRUE(ask_rule(log, "A21").empty());
}

TEST_F(ConductPoints, an_account_that_lives_on_corrections_is_doubted) {
  const EventId padded = volunteer();
  const EventId given = credit(padded, 40);
  EXPECT_IN_FORCE(given);
  const EventId honest = volunteer();
  earn(honest, serve_hours(honest, 1'440), 24);
  credit(honest, 20);
  const EventId put_right = volunteer();
  credit(put_right, 60);
  credit(put_right, -58);
  const auto found = ask_rule(log, "A21");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], given));
  EXPECT_TRUE(ask_rule(log, "A21", R"({"A21": {"version": 2, "topup_points": 41}})").empty());
}

TEST_F(ConductPoints, one_signature_for_three_people_is_doubted_with_the_goods_at_risk) {
  const EventId item = goods(10, 5'000);
  std::vector<EventId> collected;
  const auto with_points = [&] {
    const EventId of = volunteer();
    earn(of, serve_hours(of, 120), 2);
    return of;
  };
  for (int i = 0; i < 3; ++i) collected.push_back(collect(with_points(), item, 77));
  // A couple that collects together, and one person who is enrolled in two teams.
  for (int i = 0; i < 2; ++i) collect(with_points(), item, 78);
  const EventId one = person();
  for (int i = 0; i < 3; ++i) {
    const EventId of = enrol_volunteer({.person = one, .team = organisation()});
    earn(of, serve_hours(of, 120), 2);
    EXPECT_IN_FORCE(collect(of, item, 79));
  }
  const auto found = ask_rule(log, "A21");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, collected);
  EXPECT_EQ(found[0].at_risk, Fen{1'500});
}

TEST_F(ConductPoints, recruits_who_never_serve_are_doubted_after_two_months) {
  const auto bring = [&](bool serving) {
    const EventId referrer = volunteer();
    std::vector<EventId> out;
    for (int i = 0; i < 10; ++i) {
      out.push_back(enrol_volunteer({.person = person(), .team = team, .referred_by = referrer}));
      if (serving) duty(out.back());
    }
    return out;
  };
  const auto idle = bring(false);
  const auto busy = bring(true);
  EXPECT_TRUE(ask_rule(log, "A21").empty()) << texts_of(ask_rule(log, "A21"));
  days_pass(70);
  person();
  const auto found = ask_rule(log, "A21");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, idle);
  EXPECT_TRUE(about(found, busy.front()).empty());
}

TEST_F(ConductPoints, a_shortage_that_a_site_does_not_settle_is_doubted_after_a_month) {
  const EventId item = goods(10, 10'000);
  const EventId of = volunteer();
  const EventId handed =
      redeem(field, of,
             {.item = item, .points = 8, .mode = Redeem::HANDED_OVER, .quantity = 4, .site = site});
  EXPECT_FLAGGED_FOR(handed, points_shortage);
  EXPECT_TRUE(ask_rule(log, "A21").empty()) << texts_of(ask_rule(log, "A21"));
  days_pass(40);
  person();
  const auto found = ask_rule(log, "A21");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], handed));
  EXPECT_EQ(found[0].subject, site.value);
  EXPECT_EQ(found[0].at_risk, Fen{4'000});
  EXPECT_IN_FORCE(adjust(of, {.delta = 8, .cause = Cause::SHORTAGE_SETTLED, .site = site}));
  EXPECT_TRUE(ask_rule(log, "A21").empty());
}

// --- A22 ---------------------------------------------------------------------------------------

class ConductStock : public DeliveryWorld {
 protected:
  using Condition = schema::AssetReturned::Condition;

  EventId shelve(std::int64_t copies, EventId at = {}) {
    return log.add(field, [&](Body e) {
      e.setSite(at.value);
      auto b = e.initBody().initAssetRecorded();
      b.setKind("book");
      b.setQuantity(copies);
      b.setValueFen(copies * 3'000);
      b.setLendable(true);
    });
  }
  EventId lend(EventId asset, EventId borrower, std::int32_t days = 30) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initAssetLent();
      b.setAsset(asset.value);
      b.setBorrower(borrower.value);
      b.setDueDay(log.today().value + days);
    });
  }
  EventId give_back(EventId asset, EventId borrower, Condition condition = Condition::GOOD,
                    DeviceNumber by = {}) {
    return log.add(by ? by : field, [&](Body e) {
      auto b = e.initBody().initAssetReturned();
      b.setAsset(asset.value);
      b.setBorrower(borrower.value);
      b.setCondition(condition);
    });
  }
  void days_pass(std::int32_t days) { log.set_today(Day{log.today().value + days}); }
};

TEST_F(ConductStock, a_library_that_shrinks_is_doubted_with_the_books_evidence_and_value) {
  const EventId book = shelve(20, site);
  std::vector<EventId> lost;
  for (int i = 0; i < 5; ++i) {
    const EventId reader = person();
    lend(book, reader);
    lost.push_back(give_back(book, reader, i == 0 ? Condition::DAMAGED : Condition::LOST));
  }
  const EventId large = shelve(500);
  for (int i = 0; i < 6; ++i) {
    const EventId reader = person();
    lend(large, reader);
    give_back(large, reader, Condition::LOST);
  }
  const auto found = ask_rule(log, "A22");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 22);
  EXPECT_EQ(found[0].events, lost);
  EXPECT_EQ(found[0].at_risk, Fen{15'000});
  EXPECT_TRUE(ask_rule(log, "A22", R"({"A22": {"version": 2, "shrink_min": 7}})").empty());
}

TEST_F(ConductStock, loans_are_overdue_only_as_long_as_the_desk_goes_on_working) {
  const EventId book = shelve(3, site);
  const EventId reader = person();
  const EventId loan = lend(book, reader);
  days_pass(200);
  person();  // the desk itself has recorded nothing since
  EXPECT_TRUE(ask_rule(log, "A22").empty()) << texts_of(ask_rule(log, "A22"));
  const EventId other = person();
  lend(book, other);
  const auto found = ask_rule(log, "A22");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, (std::vector<EventId>{loan}));
  EXPECT_EQ(found[0].subject, reader.value);
  EXPECT_EQ(found[0].at_risk, Fen{3'000});
  give_back(book, reader);
  EXPECT_TRUE(ask_rule(log, "A22").empty());
}

TEST_F(ConductStock, whoever_writes_off_their_own_loan_is_doubted) {
  const EventId human = person();
  const EventId staff = log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initStaffEngaged();
    b.setPerson(human.value);
    b.setFromDay(10'000);
  });
  const DeviceNumber keeper = log.enrol({.holder = staff.value, .roles = {Role::FIELD}});
  const EventId book = shelve(50);
  lend(book, human);
  const EventId own = give_back(book, human, Condition::LOST, keeper);
  lend(book, human);
  give_back(book, human, Condition::GOOD, keeper);
  lend(book, human);
  give_back(book, human, Condition::LOST);  // somebody else writes it off
  const auto found = ask_rule(log, "A22");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, (std::vector<EventId>{own}));
  EXPECT_EQ(found[0].at_risk, Fen{3'000});
}

}  // namespace
}  // namespace houniao::testing
