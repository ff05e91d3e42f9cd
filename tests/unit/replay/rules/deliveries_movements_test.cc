// A07, A08.
#include <gtest/gtest.h>

#include "replay/rules/rules_deliveries_parts.h"
#include "tests/unit/replay/rules/deliveries_bench.h"

namespace houniao::testing {
namespace {

class Places : public DeliveriesBench {
 protected:
  void SetUp() override {
    // Stations at the coast, eight and twenty-one kilometres from the first.
    north = place({.latitude_e7 = 222'735'100, .longitude_e7 = 1'135'641'900});
    middle = place({.latitude_e7 = 222'101'700, .longitude_e7 = 1'135'260'300});
    south = place({.latitude_e7 = 220'986'400, .longitude_e7 = 1'134'822'800});
  }
  EventId attend(EventId person, EventId at, std::uint16_t from, std::uint16_t to) {
    const EventId held = meeting({.headcount = 1, .from = from, .to = to, .site = at});
    return log.add(field, [&](Body e) {
      e.setSite(at.value);
      auto b = e.initBody().initAttendanceRecorded();
      b.setSession(held.value);
      b.initPersons(1).set(0, person.value);
      b.setInMinute(from);
      b.setOutMinute(to);
    });
  }
  EventId north, middle, south;
};

TEST_F(Places, DistancesAgreeWithTheMap) {
  const State& state = log.state();
  const auto minutes = [&](EventId a, EventId b) {
    return rules::deliveries::travel_minutes(state, a.value, b.value, 60);
  };
  // Great-circle distances by the haversine formula: 8.07 km, 21.2 km, 13.2 km; at 60 km/h.
  EXPECT_EQ(minutes(north, middle), 8);
  EXPECT_NEAR(minutes(north, south), 21, 1);
  EXPECT_NEAR(minutes(middle, south), 13, 1);
  EXPECT_EQ(minutes(north, north), 0);
  EXPECT_EQ(minutes(north, site), 0) << "the world's first site has no coordinates";
}

TEST_F(Places, OnePersonInTwoLessonsAtOnceIsDoubted) {
  const EventId person = known();
  const EventId first = attend(person, north, 840, 960);
  const EventId second = attend(person, middle, 900, 1'020);
  const Anomalies found = ask("A07");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, person.value);
  EXPECT_EQ(found[0].events, (std::vector<EventId>{first, second}));
}

TEST_F(Places, AJourneyThatNobodyCanMakeIsDoubted) {
  const EventId person = known();
  attend(person, north, 540, 600);
  attend(person, south, 605, 660);
  EXPECT_EQ(ask("A07").size(), 1u);
}

TEST_F(Places, TimeForTheWayAndTheSameHouseAreInOrder) {
  const EventId person = known();
  attend(person, north, 540, 600);
  attend(person, south, 660, 720);
  attend(person, south, 700, 760);
  const EventId other = known();
  attend(other, north, 540, 600);
  attend(other, middle, 600, 660);  // rounded times, eight minutes apart
  EXPECT_TRUE(ask("A07").empty());
  attend(other, middle, 560, 580);
  EXPECT_EQ(ask("A07").size(), 1u) << "the canary";
}

TEST_F(Places, DutiesServicesAndLinkedPersonsAreSeenTogether) {
  const EventId person = known();
  const EventId again = known();
  link(person, again);
  const EventId mine = volunteer(person);
  const EventId on_duty = log.add(field, [&](Body e) {
    e.setSite(north.value);
    auto b = e.initBody().initDutyCheckedIn();
    b.setVolunteer(mine.value);
    b.setInMinute(540);
    b.setOutMinute(720);
    b.setKind("desk");
  });
  const EventId visited =
      service({.persons = {again}, .minute = 600, .minutes = 60, .site = south});
  const Anomalies found = ask("A07");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(names(found[0], on_duty));
  EXPECT_TRUE(names(found[0], visited));
}

TEST_F(Places, AShortStayElsewhereInsideALongOneIsFound) {
  using rules::deliveries::Clash;
  using rules::deliveries::Stay;
  const auto stay = [](int from, int to, EventId at, std::uint64_t event) {
    return Stay{7, 17'000, from, to, at.value, 0, EventId{event}};
  };
  const std::vector<Clash> found =
      rules::deliveries::clashes(log.state(),
                                 {stay(480, 900, north, 1), stay(500, 520, north, 2),
                                  stay(600, 620, south, 3), stay(1'000, 1'010, south, 4)},
                                 {10, 60});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].first.event, EventId{1});
  EXPECT_EQ(found[0].second.event, EventId{3});
}

class Workers : public Places {};

TEST_F(Workers, ServicesOfSomebodyWhoHasLeftAreDoubted) {
  const EventId contract = contract_with(contractor);
  const EventId release = log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initStaffReleased();
    b.setStaff(worker.value);
    b.setDay(17'000);
  });
  service({.persons = {known()}, .day = 17'000, .staff = worker});  // the last day of work
  EXPECT_TRUE(ask("A08").empty());
  const EventId late =
      service({.persons = {known()}, .day = 17'010, .staff = worker, .contract = contract});
  const Anomalies found = ask("A08");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, worker.value);
  EXPECT_TRUE(names(found[0], late));
  EXPECT_TRUE(names(found[0], release));
  EXPECT_EQ(found[0].at_risk, Fen{1'000});
}

TEST_F(Workers, LeadingHereAndServingThereIsDoubted) {
  meeting({.headcount = 9, .from = 540, .to = 660, .site = north, .leader = worker});
  service({.persons = {known()}, .minute = 720, .staff = worker, .site = south});
  EXPECT_TRUE(ask("A08").empty());
  const EventId there =
      service({.persons = {known()}, .minute = 600, .staff = worker, .site = south});
  EXPECT_TRUE(any_names(ask("A08"), there));
}

TEST_F(Workers, WorkAtAnotherSiteDuringAPlacementIsDoubted) {
  const auto put = [&](EventId at) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initStaffPlaced();
      b.setStaff(worker.value);
      b.setSite(at.value);
      b.setPurpose("residence");
      b.initInterval().setFromDay(16'990);
      b.getInterval().setToDay(17'010);
    });
  };
  const EventId placement = put(north);
  service({.persons = {known()}, .day = 17'000, .staff = worker, .site = north});
  service({.persons = {known()}, .day = 17'020, .staff = worker, .site = south});
  service({.persons = {known()}, .day = 17'001, .staff = worker, .site = south});
  EXPECT_TRUE(ask("A08").empty()) << "once is an errand";
  service({.persons = {known()}, .day = 17'002, .staff = worker, .site = south});
  const Anomalies found = ask("A08");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(names(found[0], placement));
  put(south);
  EXPECT_TRUE(ask("A08").empty());
}

TEST_F(Workers, WhoMerelyWroteItDownIsNotTheWorker) {
  const EventId clerk = engage(17'050);
  const DeviceNumber desk = log.enrol({.holder = clerk.value, .roles = {Role::FIELD}});
  service({.persons = {known()}, .day = 17'000, .device = desk});
  EXPECT_TRUE(ask("A08").empty());
}

}  // namespace
}  // namespace houniao::testing
