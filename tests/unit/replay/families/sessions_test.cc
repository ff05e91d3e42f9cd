#include "replay/families/sessions.h"

#include "replay/digest.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

class Sessions : public DeliveryWorld {
 protected:
  struct SessionOptions {
    EventId plan = {};
    std::string kind = "weekend_class";
    std::uint16_t from = 540;
    std::uint16_t to = 660;
    std::uint32_t people = 10;  // capacity of a plan, headcount of a session
    std::uint64_t leader = 0;
    bool with_minors = false;
  };
  EventId plan(const SessionOptions& options) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initSessionPlanned();
      e.setSite(site.value);
      b.setKind(options.kind);
      b.setDay(log.today().value);
      b.setFromMinute(options.from);
      b.setToMinute(options.to);
      b.setCapacity(options.people);
      b.setLeader(options.leader);
      b.setWithMinors(options.with_minors);
    });
  }
  EventId hold(const SessionOptions& options) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initSessionHeld();
      e.setSite(site.value);
      b.setPlanned(options.plan.value);
      b.setKind(options.kind);
      b.setFromMinute(options.from);
      b.setToMinute(options.to);
      b.setHeadcount(options.people);
      b.setLeader(options.leader);
    });
  }
  EventId attend(EventId session, const std::vector<EventId>& persons, std::uint32_t anonymous = 0,
                 std::uint16_t from = 540, std::uint16_t to = 660, EventId at = {}) {
    return log.add(other_field, [&](Body e) {
      auto b = e.initBody().initAttendanceRecorded();
      e.setSite(at.value);
      b.setSession(session.value);
      auto list = b.initPersons(static_cast<unsigned>(persons.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, persons[i].value);
      b.setAnonymous(anonymous);
      b.setInMinute(from);
      b.setOutMinute(to);
    });
  }
  FactFilter attendance() const { return of_type(schema::Event::Body::ATTENDANCE_RECORDED); }
  FactFilter held_sessions() const { return of_type(schema::Event::Body::SESSION_HELD); }
};

TEST_F(Sessions, a_session_is_one_row_with_its_kind_and_length) {
  const EventId held_session = hold({});
  EXPECT_ACCEPTED(held_session);
  const FactRow row = first_row(held_session);
  EXPECT_EQ(text(row.kind), "weekend_class");
  EXPECT_EQ(row.quantity, 1);
  EXPECT_EQ(row.minutes, 120);
  EXPECT_EQ(row.site, site.value);
  EXPECT_EQ(row.group, held_session.value);
}

TEST_F(Sessions, a_plan_does_not_count_and_names_the_occasion) {
  const EventId planned = plan({});
  EXPECT_IN_FORCE(planned);
  EXPECT_EQ(log.state().facts.rows_of(planned).count, 0u);
  const EventId held_session = hold({.plan = planned});
  EXPECT_EQ(first_row(held_session).group, planned.value);
  EXPECT_FLAGGED_FOR(hold({.plan = planned}), session_held_twice);
}

TEST_F(Sessions, attendance_counts_each_person_once_and_the_anonymous_together) {
  const EventId session = hold({.people = 20});
  const EventId a = person(), b = person();
  const EventId present = attend(session, {a, b, a}, 5);
  EXPECT_FLAGGED_FOR(present, person_listed_twice);
  EXPECT_EQ(log.state().facts.rows_of(present).count, 3u);
  EXPECT_EQ(quantity(attendance()), 7);
  EXPECT_EQ(text(first_row(present).kind), "weekend_class");
  EXPECT_EQ(text(first_row(present).attr), "qr");
  EXPECT_EQ(first_row(present).site, site.value);
  EXPECT_EQ(log.state().sessions.sign_ins_of(entity_cast<SessionId>(session)), 7u);
}

TEST_F(Sessions, attendance_of_an_unknown_session_counts_and_finds_its_kind_later) {
  const EventId a = person();
  log.offline(field);
  const EventId session = hold({});
  const EventId present = attend(session, {a});
  EXPECT_FLAGGED_FOR(present, orphan);
  EXPECT_EQ(quantity(attendance()), 1);
  EXPECT_TRUE(first_row(present).flags & kFactOrphan);
  log.online(field);
  EXPECT_EQ(quantity(attendance()), 1);
  EXPECT_FALSE(first_row(present).flags & kFactOrphan);
  EXPECT_EQ(text(first_row(present).kind), "weekend_class");
}

TEST_F(Sessions, the_order_of_arrival_does_not_change_the_state) {
  const EventId a = person(), b = person();
  log.offline(field);
  log.offline(other_field);
  const EventId planned = plan({});
  const EventId session = hold({.plan = planned});
  attend(planned, {a}, 2);
  attend(session, {b});
  attend(session, {a, b}, 0, 600, 630);
  LogBuilder first = log, second = log;
  first.online(field);
  first.online(other_field);
  second.online(other_field);
  second.online(field);
  EXPECT_EQ(digest(first.state()), digest(second.state()));
}

TEST_F(Sessions, times_that_cannot_be_right_are_flagged) {
  EXPECT_FLAGGED_FOR(hold({.from = 700, .to = 600}), time_invalid);
  EXPECT_FLAGGED_FOR(hold({.from = 0, .to = 1441}), time_invalid);
  EXPECT_EQ(first_row(hold({.from = 700, .to = 600})).minutes, 0);
  EXPECT_HELD_FOR(plan({.from = 700, .to = 600}), time_invalid);
}

TEST_F(Sessions, more_people_than_the_room_or_the_plan_holds_are_flagged) {
  EXPECT_FLAGGED_FOR(hold({.people = 51}), over_capacity);
  const EventId planned = plan({.people = 5});
  EXPECT_FLAGGED_FOR(hold({.plan = planned, .people = 6}), over_capacity);
  const EventId session = hold({.people = 50});
  EXPECT_FLAGGED_FOR(attend(session, {}, 51), over_capacity);
  EXPECT_FLAGGED_FOR(attend(session, {}, 4'294'967'295u), headcount_mismatch);
}

TEST_F(Sessions, more_sign_ins_than_the_headcount_are_flagged) {
  const EventId session = hold({.people = 3});
  const EventId first = attend(session, {}, 3);
  EXPECT_ACCEPTED(first);
  EXPECT_FLAGGED_FOR(attend(session, {}, 1), headcount_mismatch);
}

TEST_F(Sessions, an_empty_sign_in_sheet_is_flagged) {
  EXPECT_FLAGGED_FOR(attend(hold({}), {}), nobody_served);
}

TEST_F(Sessions, a_person_in_two_places_at_one_time_is_flagged) {
  const EventId elsewhere = log.add(supervisor, [](Body e) {
    auto b = e.initBody().initSiteOpened();
    b.setCategory("station");
    b.setFromDay(10'000);
  });
  const EventId a = person();
  const EventId here = hold({});
  const EventId there = hold({.kind = "karaoke"});
  attend(here, {a}, 0, 540, 600);
  EXPECT_FLAGGED_FOR(attend(there, {a}, 0, 599, 660, elsewhere), two_places);
  const EventId later = attend(there, {a}, 0, 600, 660, elsewhere);
  EXPECT_FALSE(has(later, Reason::two_places)) << why(later);
}

TEST_F(Sessions, attendance_on_another_day_is_flagged) {
  const EventId session = hold({});
  log.set_today(Day{log.today().value + 1});
  EXPECT_FLAGGED_FOR(attend(session, {person()}), outside_session_day);
}

TEST_F(Sessions, work_with_minors_needs_vetted_staff) {
  const EventId staff = log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initStaffEngaged();
    b.setFullTime(true);
    b.setFromDay(10'000);
  });
  EXPECT_HELD_FOR(plan({.leader = staff.value, .with_minors = true}), staff_not_vetted);
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initStaffVetted();
    b.setStaff(staff.value);
    b.setClear(true);
    b.setQueryReference("q");
    b.setDay(log.today().value);
  });
  EXPECT_IN_FORCE(plan({.leader = staff.value, .with_minors = true}));
}

TEST_F(Sessions, a_retracted_attendance_does_not_count_any_more) {
  const EventId session = hold({.people = 3});
  const EventId present = attend(session, {person()}, 2);
  EXPECT_EQ(quantity(attendance()), 3);
  retract(present);
  EXPECT_EQ(quantity(attendance()), 0);
  EXPECT_EQ(log.state().sessions.sign_ins_of(entity_cast<SessionId>(session)), 0u);
  EXPECT_TRUE(log.state().sessions.presences.empty());
  const EventId again = attend(session, {}, 3);
  EXPECT_ACCEPTED(again);
}

TEST_F(Sessions, a_retracted_session_makes_room_for_the_right_one) {
  const EventId planned = plan({});
  const EventId wrong = hold({.plan = planned});
  retract(wrong);
  EXPECT_EQ(quantity(held_sessions()), 0);
  const EventId right = hold({.plan = planned});
  EXPECT_ACCEPTED(right);
}

TEST_F(Sessions, a_session_that_names_another_kind_of_event_is_flagged) {
  EXPECT_FLAGGED_FOR(hold({.plan = programme}), wrong_reference);
  EXPECT_FLAGGED_FOR(attend(programme, {person()}), wrong_reference);
}

}  // namespace
}  // namespace houniao::testing
