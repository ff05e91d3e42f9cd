// A05, A06, A12.
#include <gtest/gtest.h>

#include "tests/unit/replay/rules/deliveries_bench.h"

namespace houniao::testing {
namespace {

using PersonStatus = schema::PersonStatusChanged::Status;
using SiteStatus = schema::SiteStatusChanged::Status;
using Counting = schema::SessionHeld::CountingMethod;

constexpr std::int32_t kMonday = 17'000 - (17'000 + 3) % 7;  // 1970-01-01 was a Thursday

class Lives : public DeliveriesBench {
 protected:
  EventId change(EventId person, PersonStatus status, std::int32_t day) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initPersonStatusChanged();
      b.setPerson(person.value);
      b.setStatus(status);
      b.setDay(day);
    });
  }
};

TEST_F(Lives, VisitsAfterADeathAreDoubtedWithTheirPrice) {
  const EventId contract = contract_with(contractor);
  const EventId person = known();
  const EventId death = change(person, PersonStatus::DECEASED, 17'010);
  const EventId on_the_day = service({.persons = {person}, .day = 17'010, .contract = contract});
  const EventId after = service({.persons = {person}, .day = 17'011, .contract = contract});
  const Anomalies found = ask("A05");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, person.value);
  EXPECT_TRUE(names(found[0], after));
  EXPECT_TRUE(names(found[0], death));
  EXPECT_FALSE(names(found[0], on_the_day));
  EXPECT_EQ(found[0].at_risk, Fen{1'000});
}

TEST_F(Lives, WhoComesBackIsServedAgain) {
  const EventId person = known();
  change(person, PersonStatus::MOVED_OUT, 17'010);
  change(person, PersonStatus::RETURNED, 17'100);
  service({.persons = {person}, .day = 17'120});
  EXPECT_TRUE(ask("A05").empty());
  const EventId between = service({.persons = {person}, .day = 17'050});
  EXPECT_TRUE(any_names(ask("A05"), between)) << "the canary";
}

TEST_F(Lives, ARegistrationMayFollowTheFirstVisitByDaysButNotByMonths) {
  log.set_today(Day{17'100});
  const EventId person = known();
  service({.persons = {person}, .day = 17'080});
  EXPECT_TRUE(ask("A05").empty());
  const EventId early = service({.persons = {person}, .day = 17'060});
  const Anomalies found = ask("A05");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].events.size(), 2u) << "the visit and the registration";
  EXPECT_TRUE(names(found[0], early));
  // Another record of the same person is older.
  log.set_today(Day{17'000});
  link(person, known());
  EXPECT_TRUE(ask("A05").empty());
}

TEST_F(Lives, WorkAfterAContractHasEndedIsDoubtedUntilItIsExtended) {
  const EventId contract = contract_with(contractor, 0, 16'900, 17'000);
  const EventId late = service({.persons = {known()}, .day = 17'020, .contract = contract});
  const Anomalies found = ask("A05");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, contract.value);
  EXPECT_TRUE(names(found[0], late));
  log.add(finance, [&](Body e) {
    auto b = e.initBody().initContractAmended();
    b.setContract(contract.value);
    b.setToDay(17'060);
    b.setReason("more weeks");
  });
  EXPECT_TRUE(ask("A05").empty());
}

TEST_F(Lives, WorkInAProgrammeThatDoesNotRunIsDoubted) {
  const EventId spring = log.add(supervisor, [](Body e) {
    auto b = e.initBody().initProgrammeOpened();
    b.setCode("spring");
    b.setFromDay(16'900);
    b.setToDay(17'000);
  });
  log.set_today(Day{16'950});
  const EventId person = known();
  const EventId inside = service({.persons = {person}, .day = 16'950, .programme = spring});
  EXPECT_TRUE(ask("A05").empty());
  log.set_today(Day{17'010});
  const EventId outside = service({.persons = {person}, .day = 17'010, .programme = spring});
  const Anomalies found = ask("A05");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, spring.value);
  EXPECT_TRUE(names(found[0], outside));
  EXPECT_FALSE(names(found[0], inside));
}

class Closed : public DeliveriesBench {};

TEST_F(Closed, SessionsDuringAClosureAreDoubtedButNotOnAnAnnouncedDay) {
  const EventId site_of = place({});
  const EventId closing = change_place(site_of, SiteStatus::CLOSED, 17'000, 17'030);
  change_place(site_of, SiteStatus::OPEN, 17'010, 17'010);
  const EventId open =
      meeting({.headcount = 5, .from = 540, .to = 660, .site = site_of, .day = 17'010});
  EXPECT_TRUE(ask("A06").empty());
  const EventId shut =
      meeting({.headcount = 5, .from = 540, .to = 660, .site = site_of, .day = 17'011});
  const Anomalies found = ask("A06");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, site_of.value);
  EXPECT_TRUE(names(found[0], shut));
  EXPECT_TRUE(names(found[0], closing));
  EXPECT_FALSE(names(found[0], open));
}

TEST_F(Closed, AWeekdayOnWhichASiteRestsIsDoubtedWhenItHappensOften) {
  const EventId rests = place({.first_weekday = 2});
  for (int week = 0; week < 2; ++week) {
    service({.persons = {known()}, .day = kMonday + 7 * week, .site = rests});
    service({.persons = {known()}, .day = kMonday + 7 * week + 1, .site = rests});
  }
  EXPECT_TRUE(ask("A06").empty()) << "twice may be an extra opening";
  service({.persons = {known()}, .day = kMonday + 14, .site = rests});
  const Anomalies found = ask("A06");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].events.size(), 4u) << "three Mondays and the site";
}

TEST_F(Closed, HoursAtNightAreDoubtedAndALateEveningIsNot) {
  const EventId site_of = place({});
  for (int i = 0; i < 3; ++i) {
    meeting({.headcount = 5, .from = 1'230, .to = 1'350, .site = site_of, .day = 17'000 + i});
  }
  EXPECT_TRUE(ask("A06").empty());
  for (int i = 0; i < 3; ++i) {
    service({.persons = {known()}, .day = 17'000 + i, .minute = 150, .site = site_of});
  }
  EXPECT_EQ(ask("A06").size(), 1u);
}

TEST_F(Closed, AFormerOperatorIsDoubtedAfterTheHandoverAndTheOtherOneIsNot) {
  const EventId site_of = place({.operated_by = contractor});
  change_place(site_of, SiteStatus::CHANGED, 17'050, kOpen, rival);
  service({.persons = {known()}, .day = 17'040, .site = site_of, .organisation = contractor});
  service({.persons = {known()}, .day = 17'060, .site = site_of, .organisation = rival});
  EXPECT_TRUE(ask("A06").empty());
  const EventId after =
      service({.persons = {known()}, .day = 17'060, .site = site_of, .organisation = contractor});
  EXPECT_TRUE(any_names(ask("A06"), after));
}

class Heads : public DeliveriesBench {};

TEST_F(Heads, AHeadcountFarFromItsSignInsIsDoubted) {
  const EventId padded = meeting({.headcount = 50});
  const EventId sheet = sign_in(padded, {.anonymous = 20});
  const EventId honest = meeting({.headcount = 25});
  sign_in(honest, {.anonymous = 22});
  const EventId estimated = meeting({.headcount = 90, .method = Counting::ESTIMATED});
  sign_in(estimated, {.anonymous = 30});
  const Anomalies found = ask("A12");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, padded.value);
  EXPECT_TRUE(names(found[0], sheet));
  EXPECT_FALSE(any_names(found, honest));
}

TEST_F(Heads, MoreSignaturesThanPeopleAreDoubtedAsWell) {
  const EventId held = meeting({.headcount = 20});
  sign_in(held, {.anonymous = 40});
  EXPECT_EQ(ask("A12").size(), 1u);
}

TEST_F(Heads, ACorrectedHeadcountIsJudgedAsCorrected) {
  const EventId held = meeting({.headcount = 240});
  sign_in(held, {.anonymous = 24});
  ASSERT_EQ(ask("A12").size(), 1u);
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initEventCorrected();
    b.setTarget(held.value);
    b.setReason("a zero too many");
    b.setApprover(503);
    auto change = b.initChanges(1)[0];
    change.setField(schema::EventCorrected::Field::HEADCOUNT);
    change.setNumber(24);
  });
  EXPECT_TRUE(ask("A12").empty());
}

TEST_F(Heads, MorePeopleThanTheRoomsHoldAreDoubted) {
  const EventId hall = place({.capacity = 60});
  meeting({.headcount = 64, .site = hall});  // chairs can be moved together
  EXPECT_TRUE(ask("A12").empty());
  const EventId full = meeting({.headcount = 130, .site = hall});
  const Anomalies found = ask("A12");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(names(found[0], full));
  EXPECT_TRUE(names(found[0], hall));
}

TEST_F(Heads, NothingButRoundNumbersIsDoubtedUnlessSheetsSupportThem) {
  const EventId careful = engage();
  for (int i = 0; i < 8; ++i) {
    meeting({.headcount = 20, .leader = worker});
    const EventId held = meeting({.headcount = 20, .leader = careful});
    sign_in(held, {.anonymous = 20});
  }
  const Anomalies found = ask("A12");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, worker.value);
  EXPECT_EQ(found[0].events.size(), 8u);
  meeting({.headcount = 17, .leader = worker});
  EXPECT_TRUE(ask("A12").empty());
}

}  // namespace
}  // namespace houniao::testing
