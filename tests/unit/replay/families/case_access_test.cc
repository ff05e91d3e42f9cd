#include "replay/families/cases.h"
#include "tests/unit/replay/families/cases_world.h"

namespace houniao::testing {
namespace {

class CaseAccess : public CasesWorld {};

TEST_F(CaseAccess, a_reading_needs_a_decision_for_this_reader_and_this_record) {
  const EventId reader = person();
  const DeviceNumber tablet = device_of_reader(reader);
  const EventId opened = open_case();
  const EventId other = open_case();
  EXPECT_FALSE(readable(reader, opened));
  EXPECT_FLAGGED_FOR(read(tablet, opened), access_missing);
  const EventId granted = grant(reader, opened);
  EXPECT_ACCEPTED(granted);
  EXPECT_TRUE(readable(reader, opened));
  const EventId seen = read(tablet, opened, granted);
  EXPECT_ACCEPTED(seen);
  EXPECT_ACCEPTED(read(tablet, opened));
  EXPECT_FLAGGED_FOR(read(tablet, other), access_missing);
  EXPECT_FLAGGED_FOR(read(field, opened), access_missing);
  const FactRow row = first_row(seen);
  EXPECT_EQ(text(row.kind), "read");
  EXPECT_EQ(text(row.attr), "supervision");
  EXPECT_EQ(row.subject, client.value);
  EXPECT_EQ(row.group, opened.value);
  EXPECT_EQ(row.staff, reader.value);
  EXPECT_EQ(text(first_row(granted).kind), "granted");
  EXPECT_EQ(first_row(granted).subject, reader.value);
}

TEST_F(CaseAccess, the_data_of_a_person_is_read_under_the_same_rules) {
  const EventId reader = person();
  const DeviceNumber tablet = device_of_reader(reader);
  EXPECT_FLAGGED_FOR(read(tablet, client), access_missing);
  grant(reader, client);
  const EventId seen = read(tablet, client);
  EXPECT_ACCEPTED(seen);
  EXPECT_EQ(first_row(seen).subject, client.value);
  EXPECT_FLAGGED_FOR(read(tablet, worker), wrong_reference);
  EXPECT_FLAGGED_FOR(read(tablet, EventId{}), value_invalid);
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initPersonalDataErased();
    b.setPerson(client.value);
    b.setLegalGround("PIPL 47");
    b.setRestrictedOnly(true);
  });
  EXPECT_FLAGGED_FOR(read(tablet, client), person_erased);
}

TEST_F(CaseAccess, access_runs_from_the_day_of_the_decision_to_its_last_day) {
  const EventId reader = person();
  const DeviceNumber tablet = device_of_reader(reader);
  const EventId opened = open_case();
  decide_access(reader, opened, {.days = 2});
  EXPECT_FALSE(readable(reader, opened, -1));
  EXPECT_TRUE(readable(reader, opened, 2));
  EXPECT_FALSE(readable(reader, opened, 3));
  days_pass(2);
  EXPECT_ACCEPTED(read(tablet, opened));
  days_pass(1);
  EXPECT_FLAGGED_FOR(read(tablet, opened), access_missing);
}

TEST_F(CaseAccess, a_refusal_ends_access_and_a_shorter_grant_does_not) {
  const EventId reader = person();
  const EventId opened = open_case();
  grant(reader, opened);
  decide_access(reader, opened, {.days = 1});
  EXPECT_TRUE(readable(reader, opened, 20));
  const EventId refused = decide_access(reader, opened, {.granted = false, .days = 0});
  EXPECT_ACCEPTED(refused);
  EXPECT_EQ(text(first_row(refused).kind), "refused");
  EXPECT_FALSE(readable(reader, opened));
  grant(reader, opened);
  EXPECT_TRUE(readable(reader, opened, 20));
}

TEST_F(CaseAccess, a_retracted_decision_gives_no_access) {
  const EventId reader = person();
  const DeviceNumber tablet = device_of_reader(reader);
  const EventId opened = open_case();
  const EventId granted = grant(reader, opened);
  retract(granted);
  EXPECT_FALSE(readable(reader, opened));
  const EventId seen = read(tablet, opened, granted);
  EXPECT_FLAGGED_FOR(seen, access_missing);
  EXPECT_TRUE(has(seen, Reason::target_retracted));
}

TEST_F(CaseAccess, nobody_approves_their_own_reading) {
  const EventId human = person();
  const EventId as_staff = engage(10'000, human);
  const EventId opened = open_case();
  const DeviceNumber own = device_of_reader(human, Role::SUPERVISOR);
  EXPECT_HELD_FOR(decide_access(human, opened, {}, own), not_independent);
  EXPECT_HELD_FOR(decide_access(as_staff, opened, {}, own), not_independent);
  EXPECT_FALSE(readable(human, opened));
  const DeviceNumber shared = log.enrol({.roles = {Role::SUPERVISOR}});
  EXPECT_HELD_FOR(decide_access(human, opened, {}, shared), not_independent);
  EXPECT_ACCEPTED(decide_access(human, opened, {}));
}

TEST_F(CaseAccess, access_lasts_at_most_a_year_and_states_its_purpose) {
  const EventId reader = person();
  const EventId opened = open_case();
  EXPECT_ACCEPTED(decide_access(reader, opened, {.days = 366}));
  EXPECT_HELD_FOR(decide_access(reader, opened, {.days = 367}), access_too_long);
  EXPECT_HELD_FOR(decide_access(reader, opened, {.days = -1}), interval_invalid);
  EXPECT_HELD_FOR(decide_access(reader, opened, {.purpose = ""}), text_missing);
  EXPECT_HELD_FOR(decide_access({}, opened, {}), value_invalid);
  EXPECT_HELD_FOR(decide_access(reader, {}, {}), value_invalid);
  EXPECT_HELD_FOR(decide_access(reader, worker, {}), wrong_reference);
  EXPECT_FLAGGED_FOR(decide_access(engage(log.today().value + 1), opened, {}), staff_not_engaged);
  EXPECT_FLAGGED_FOR(read(device_of_reader(reader), opened, {}, ""), text_missing);
}

TEST_F(CaseAccess, a_decision_waits_for_its_reader_and_its_case) {
  const EventId reader = person();
  log.offline(field);
  const EventId opened = open_case();
  const EventId newcomer = person();
  const EventId early = grant(reader, opened);
  const EventId unknown = grant(newcomer, client);
  EXPECT_HELD_FOR(early, orphan);
  EXPECT_HELD_FOR(unknown, orphan);
  EXPECT_FALSE(readable(reader, opened));
  log.online(field);
  EXPECT_IN_FORCE(early);
  EXPECT_IN_FORCE(unknown);
  EXPECT_TRUE(readable(reader, opened));
  EXPECT_TRUE(readable(newcomer, client));
}

TEST_F(CaseAccess, a_reading_that_names_a_decision_not_yet_received_is_judged_again) {
  const EventId reader = person();
  const DeviceNumber tablet = device_of_reader(reader);
  const EventId opened = open_case();
  log.offline(supervisor);
  const EventId granted = grant(reader, opened);
  const EventId seen = read(tablet, opened, granted);
  EXPECT_FLAGGED_FOR(seen, orphan);
  EXPECT_TRUE(has(seen, Reason::access_missing));
  log.online(supervisor);
  EXPECT_ACCEPTED(seen);
  EXPECT_TRUE(log.reasons(seen).empty());
}

TEST_F(CaseAccess, a_reading_that_names_a_decision_about_somebody_else_is_flagged) {
  const EventId reader = person();
  const EventId colleague = person();
  const DeviceNumber tablet = device_of_reader(reader);
  const EventId opened = open_case();
  const EventId theirs = grant(colleague, opened);
  const EventId seen = read(tablet, opened, theirs);
  EXPECT_FLAGGED_FOR(seen, wrong_reference);
  EXPECT_TRUE(has(seen, Reason::access_missing));
}

TEST_F(CaseAccess, a_sealed_case_is_not_read_whatever_was_granted) {
  const EventId reader = person();
  const DeviceNumber tablet = device_of_reader(reader);
  const EventId opened = open_case();
  grant(reader, opened);
  days_pass(1);
  const EventId sealed = close(opened, {.sealed = true});
  EXPECT_FALSE(readable(reader, opened));
  EXPECT_TRUE(readable(reader, opened, -1));
  const EventId seen = read(tablet, opened);
  EXPECT_FLAGGED_FOR(seen, case_sealed);
  EXPECT_FALSE(has(seen, Reason::access_missing));
  // The grant itself counts in any order of arrival; it opens nothing.
  EXPECT_ACCEPTED(grant(reader, opened));
  EXPECT_FALSE(readable(reader, opened));
  retract(sealed);
  EXPECT_TRUE(readable(reader, opened));
}

TEST_F(CaseAccess, a_case_that_is_closed_without_a_seal_can_be_read) {
  const EventId reader = person();
  const EventId opened = open_case();
  grant(reader, opened);
  close(opened);
  EXPECT_TRUE(readable(reader, opened, 5));
}

}  // namespace
}  // namespace houniao::testing
