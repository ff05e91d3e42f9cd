// A11.
#include <gtest/gtest.h>

#include "tests/unit/replay/rules/deliveries_bench.h"

namespace houniao::testing {
namespace {

using Method = schema::HoursRecorded::Method;

class BoughtHoursTest : public DeliveriesBench {
 protected:
  struct Entry {
    std::int32_t day = 17'000;
    std::uint32_t minutes = 180;
    EventId session = {};
    EventId duty = {};
    Method method = Method::ADMIN_ENTRY;
    Source source = Source::TYPED;
    std::uint32_t refused = 0;
    std::int64_t confirmed_ms = 0;  // 0: as the log builder has it
  };
  // Recorded in the field and confirmed by a supervisor.
  EventId credit(EventId of, const Entry& entry) {
    const EventId record = log.add(field, [&](Body e) {
      e.setSource(entry.source);
      e.setOccurredDay(entry.day);
      auto b = e.initBody().initHoursRecorded();
      b.setVolunteer(of.value);
      b.setSession(entry.session.value);
      b.setDuty(entry.duty.value);
      b.setMinutes(entry.minutes);
      b.setDay(entry.day);
      b.setMethod(entry.method);
    });
    log.add(supervisor, [&](Body e) {
      e.setSource(entry.source);
      if (entry.confirmed_ms != 0) e.setRecordedAtMs(entry.confirmed_ms);
      auto b = e.initBody().initHoursConfirmed();
      b.setRecord(record.value);
      b.setAcceptedMinutes(entry.minutes - entry.refused);
      b.setRefusedMinutes(entry.refused);
      b.setReason("as agreed");
    });
    return record;
  }
  EventId enrolled(std::int32_t day = 16'900) {
    return enrol_volunteer({.person = known(), .team = team, .day = day});
  }
};

TEST_F(BoughtHoursTest, EntriesByHandWithoutAnyCheckInAreDoubtedWhenTheyAddUp) {
  const EventId volunteer_of = enrolled();
  credit(volunteer_of, {.day = 17'000});
  credit(volunteer_of, {.day = 17'007});
  EXPECT_TRUE(ask("A11").empty()) << "twice a leader may have had no tablet";
  const EventId third = credit(volunteer_of, {.day = 17'014});
  const Anomalies found = ask("A11");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, volunteer_of.value);
  EXPECT_TRUE(names(found[0], third));
  EXPECT_TRUE(names(found[0], volunteer_of));
  EXPECT_EQ(found[0].events.size(), 7u) << "three entries, three confirmations, the enrolment";
}

TEST_F(BoughtHoursTest, ASheetADutyOrAnOlderBookSupportsEntriesByHand) {
  const EventId signer = known();
  const EventId on_sheet = enrol_volunteer({.person = signer, .team = team, .day = 16'900});
  const EventId on_duty = enrolled();
  const EventId of_old = enrolled();
  for (int week = 0; week < 4; ++week) {
    const std::int32_t day = 17'000 + 7 * week;
    const EventId held = meeting({.headcount = 1, .from = 540, .to = 720, .day = day});
    sign_in(held, {.persons = {signer}});
    credit(on_sheet, {.day = day, .session = held});
    duty(on_duty, {.day = day});
    credit(on_duty, {.day = day});
    credit(of_old, {.day = day, .source = Source::IMPORTED});
  }
  EXPECT_TRUE(ask("A11").empty());
}

TEST_F(BoughtHoursTest, MoreThanTheActivityLastedIsDoubtedOnlyWhenItIsCredited) {
  const EventId held = meeting({.headcount = 9, .from = 540, .to = 660});
  const EventId modest = enrolled();
  credit(modest,
         {.minutes = 300, .session = held, .method = Method::LEADER_COUNTED, .refused = 180});
  EXPECT_TRUE(ask("A11").empty());
  const EventId greedy = enrolled();
  const EventId record =
      credit(greedy, {.minutes = 300, .session = held, .method = Method::LEADER_COUNTED});
  const Anomalies found = ask("A11");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(names(found[0], record));
  EXPECT_EQ(found[0].subject, greedy.value);
}

TEST_F(BoughtHoursTest, HoursBeforeTheEnrolmentAreDoubtedUnlessInAnotherTeam) {
  const EventId mover = known();
  enrol_volunteer({.person = mover, .team = contractor, .day = 16'500});
  const EventId moved = enrol_volunteer({.person = mover, .team = team, .day = 17'100});
  credit(moved, {.day = 17'000, .method = Method::LEADER_COUNTED, .source = Source::IMPORTED});
  const EventId prompt = enrolled(17'002);
  credit(prompt, {.day = 17'000, .method = Method::LEADER_COUNTED});
  EXPECT_TRUE(ask("A11").empty());
  const EventId late = enrolled(17'100);
  credit(late, {.day = 17'000, .method = Method::LEADER_COUNTED, .source = Source::IMPORTED});
  const Anomalies found = ask("A11");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, late.value);
}

TEST_F(BoughtHoursTest, OneEntryThatIsCreditedAtOnceIsEnough) {
  const EventId held = meeting({.headcount = 9, .from = 840, .to = 960});
  const std::int64_t end_ms = start_of(Day{17'000}).us / 1000 + 960 * 60'000;
  const EventId slow = enrolled();
  credit(slow, {.minutes = 120, .session = held, .confirmed_ms = end_ms + 3 * 3'600'000});
  EXPECT_TRUE(ask("A11").empty());
  const EventId quick = enrolled();
  credit(quick, {.minutes = 120, .session = held, .confirmed_ms = end_ms + 120'000});
  const Anomalies found = ask("A11");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, quick.value);
}

TEST_F(BoughtHoursTest, OnePersonWhoEntersHoursForManyTeamsIsDoubted) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(ask("A11").empty());
    const EventId other = organisation();
    credit(enrol_volunteer({.person = known(), .team = other, .day = 16'900}), {.minutes = 60});
  }
  const Anomalies found = ask("A11");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, 501u) << "whoever wrote them down";
  EXPECT_EQ(found[0].events.size(), 4u);
}

}  // namespace
}  // namespace houniao::testing
