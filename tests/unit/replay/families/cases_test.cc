#include "replay/families/cases.h"

#include "replay/digest.h"
#include "replay/snapshot.h"
#include "schema/catalogue.h"
#include "tests/unit/replay/families/cases_world.h"

namespace houniao::testing {
namespace {

class Cases : public CasesWorld {};

// --- opening -----------------------------------------------------------------------------------

TEST_F(Cases, an_opened_case_is_one_row_of_its_client_and_its_worker) {
  const EventId opened = open_case();
  EXPECT_ACCEPTED(opened);
  const FactRow row = first_row(opened);
  EXPECT_EQ(text(row.kind), "case");
  EXPECT_EQ(text(row.attr), "out_of_school");
  EXPECT_EQ(row.subject, client.value);
  EXPECT_EQ(row.group, opened.value);
  EXPECT_EQ(row.staff, worker.value);
  EXPECT_EQ(row.day, log.today().value);
  const Case* kept = cases().find(case_id(opened));
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->supervisor, overseer.value);
  EXPECT_EQ(cases().risk_of(case_id(opened)), level(Risk::LOW));
}

TEST_F(Cases, a_case_lacks_neither_client_nor_ground_nor_worker) {
  Opening options = usual();
  options.client = {};
  EXPECT_FLAGGED_FOR(open_case(options), nobody_served);
  options = usual();
  options.ground.clear();
  EXPECT_FLAGGED_FOR(open_case(options), text_missing);
  options = usual();
  options.worker = {};
  EXPECT_FLAGGED_FOR(open_case(options), value_invalid);
  options = usual();
  options.supervisor = {};
  EXPECT_ACCEPTED(open_case(options));
}

TEST_F(Cases, the_supervisor_is_somebody_else_than_the_worker) {
  Opening options = usual();
  options.supervisor = worker;
  EXPECT_FLAGGED_FOR(open_case(options), not_independent);
  const EventId human = person();
  options.worker = engage(10'000, human);
  options.supervisor = human;
  EXPECT_FLAGGED_FOR(open_case(options), not_independent);
}

TEST_F(Cases, the_worker_and_the_supervisor_are_engaged_on_the_day) {
  const EventId later = engage(log.today().value + 1);
  Opening options = usual();
  options.worker = later;
  EXPECT_FLAGGED_FOR(open_case(options), staff_not_engaged);
  options = usual();
  options.supervisor = later;
  EXPECT_FLAGGED_FOR(open_case(options), staff_not_engaged);
  days_pass(1);
  EXPECT_ACCEPTED(open_case(options));
}

TEST_F(Cases, a_risk_beyond_the_scale_is_flagged_and_taken_for_the_highest) {
  Opening options = usual();
  options.risk = static_cast<Risk>(40'000);
  const EventId opened = open_case(options);
  EXPECT_FLAGGED_FOR(opened, value_invalid);
  EXPECT_EQ(cases().risk_of(case_id(opened)), level(Risk::CRITICAL));
}

// --- consent -----------------------------------------------------------------------------------

TEST_F(Cases, a_case_rests_on_a_consent_of_its_client_that_is_still_given) {
  Opening options = usual();
  options.consent = {};
  EXPECT_FLAGGED_FOR(open_case(options), consent_not_in_force);
  options.consent = give_consent(field, person());
  EXPECT_FLAGGED_FOR(open_case(options), consent_not_in_force);
  options.consent = worker;
  EXPECT_FLAGGED_FOR(open_case(options), consent_not_in_force);
  const EventId withdrawn = give_consent(field, client, false);
  options.consent = withdrawn;
  EXPECT_FLAGGED_FOR(open_case(options), consent_not_in_force);
  EXPECT_FLAGGED_FOR(open_case(), consent_not_in_force);
  retract(withdrawn);
  EXPECT_ACCEPTED(open_case());
}

TEST_F(Cases, a_consent_counts_from_its_day_until_it_is_withdrawn) {
  const std::int32_t given_on = log.today().value;
  days_pass(3);
  give_consent(field, client, false);
  Opening options = usual();
  options.day = given_on + 2;
  EXPECT_ACCEPTED(open_case(options));
  options.day = given_on + 3;
  EXPECT_FLAGGED_FOR(open_case(options), consent_not_in_force);
  options.day = given_on - 1;
  EXPECT_FLAGGED_FOR(open_case(options), consent_not_in_force);
}

TEST_F(Cases, a_retracted_consent_is_none) {
  retract(agreed);
  EXPECT_FLAGGED_FOR(open_case(), consent_not_in_force);
}

TEST_F(Cases, a_case_waits_for_the_consent_that_it_names_and_then_stands) {
  log.offline(other_field);
  Opening options = usual();
  options.consent = give_consent(other_field, client);
  const EventId opened = open_case(options);
  EXPECT_FLAGGED_FOR(opened, orphan);
  EXPECT_EQ(cases().find(case_id(opened)), nullptr);
  EXPECT_EQ(first_row(opened).subject, client.value);
  const EventId logged = contact(opened);
  EXPECT_FLAGGED_FOR(logged, orphan);
  log.online(other_field);
  EXPECT_ACCEPTED(opened);
  EXPECT_ACCEPTED(logged);
  ASSERT_NE(cases().find(case_id(opened)), nullptr);
  EXPECT_EQ(cases().contacts_of(case_id(opened)).size(), 1u);
  EXPECT_EQ(first_row(logged).subject, client.value);
}

TEST_F(Cases, a_child_under_fourteen_needs_the_consent_of_a_guardian) {
  const EventId mother = person();
  const EventId child =
      log.add(field, [](Body e) { e.initBody().initPersonRegistered().setUnder14(true); });
  Opening options = usual();
  options.client = child;
  options.consent = give_consent(field, child);
  EXPECT_FLAGGED_FOR(open_case(options), guardian_consent_missing);
  log.add(field, [&](Body e) {
    auto b = e.initBody().initHouseholdChanged();
    b.setPerson(child.value);
    b.setMember(mother.value);
    b.setRelation("mother");
    b.setGuardian(true);
  });
  options.consent = give_consent(field, child, true, mother);
  const EventId opened = open_case(options);
  EXPECT_ACCEPTED(opened);
  EXPECT_ACCEPTED(contact(opened));
  give_consent(field, child, false, mother);
  EXPECT_FLAGGED_FOR(contact(opened), guardian_consent_missing);
}

// --- contacts ----------------------------------------------------------------------------------

TEST_F(Cases, a_contact_counts_for_the_client_and_by_default_for_the_worker_of_the_case) {
  const EventId opened = open_case();
  const EventId other = engage();
  const EventId own = contact(opened, {.minutes = 45, .mode = Mode::FACE_TO_FACE});
  const EventId stand_in = contact(opened, {.mode = Mode::PHONE, .worker = other});
  EXPECT_ACCEPTED(own);
  EXPECT_ACCEPTED(stand_in);
  const FactRow row = first_row(own);
  EXPECT_EQ(text(row.kind), "face_to_face");
  EXPECT_EQ(text(row.attr), "out_of_school");
  EXPECT_EQ(row.subject, client.value);
  EXPECT_EQ(row.group, opened.value);
  EXPECT_EQ(row.staff, worker.value);
  EXPECT_EQ(row.minutes, 45);
  EXPECT_EQ(text(first_row(stand_in).kind), "phone");
  EXPECT_EQ(first_row(stand_in).staff, other.value);
  EXPECT_EQ(quantity(of_type(schema::Event::Body::CASE_CONTACT_LOGGED)), 2);
}

TEST_F(Cases, the_risk_in_force_is_that_of_the_latest_contact_by_day) {
  const EventId opened = open_case();
  const std::int32_t start = log.today().value;
  days_pass(5);
  const EventId last = contact(opened, {.risk = Risk::CRITICAL, .day = start + 5});
  contact(opened, {.risk = Risk::MEDIUM, .day = start + 2});
  EXPECT_EQ(cases().risk_of(case_id(opened)), level(Risk::CRITICAL));
  const auto contacts = cases().contacts_of(case_id(opened));
  ASSERT_EQ(contacts.size(), 2u);
  EXPECT_EQ(contacts[0].day, Day{start + 2});
  EXPECT_EQ(contacts[1].event, last);
  retract(last);
  EXPECT_EQ(cases().risk_of(case_id(opened)), level(Risk::MEDIUM));
}

TEST_F(Cases, contacts_that_cannot_be_right_are_flagged) {
  const EventId opened = open_case();
  const EventId endless = contact(opened, {.minutes = 1'441});
  EXPECT_FLAGGED_FOR(endless, minutes_implausible);
  EXPECT_EQ(first_row(endless).minutes, 0);
  EXPECT_FLAGGED_FOR(contact(opened, {.day = log.today().value - 1}), interval_invalid);
  EXPECT_FLAGGED_FOR(contact(opened, {.risk = static_cast<Risk>(5)}), value_invalid);
  EXPECT_FLAGGED_FOR(contact(opened, {.worker = engage(log.today().value + 9)}), staff_not_engaged);
  EXPECT_FLAGGED_FOR(contact(worker), wrong_reference);
  EXPECT_FLAGGED_FOR(contact(EventId{}), value_invalid);
  retract(opened);
  EXPECT_FLAGGED_FOR(contact(opened), target_retracted);
}

TEST_F(Cases, a_photo_of_a_contact_is_not_used_for_another) {
  const EventId opened = open_case();
  const EventId first = contact(opened, {.photo = 7});
  EXPECT_ACCEPTED(first);
  EXPECT_FLAGGED_FOR(contact(opened, {.photo = 7}), evidence_reused);
}

// --- referral and report -----------------------------------------------------------------------

TEST_F(Cases, a_referral_names_whom_it_goes_to_what_is_shared_and_a_consent) {
  const EventId clinic = organisation("");
  const EventId opened = open_case();
  const EventId referred = refer(opened, clinic, agreed);
  EXPECT_ACCEPTED(referred);
  EXPECT_EQ(text(first_row(referred).kind), "referral");
  EXPECT_EQ(first_row(referred).organisation, clinic.value);
  EXPECT_EQ(first_row(referred).subject, client.value);
  EXPECT_EQ(first_row(referred).group, opened.value);
  EXPECT_FLAGGED_FOR(refer(opened, {}, agreed), value_invalid);
  EXPECT_FLAGGED_FOR(refer(opened, clinic, agreed, false), text_missing);
  EXPECT_FLAGGED_FOR(refer(opened, clinic, {}), consent_not_in_force);
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initOrganisationStatusChanged();
    b.setOrganisation(clinic.value);
    b.setStatus(schema::OrganisationStatusChanged::Status::SUSPENDED);
    b.setDay(log.today().value);
  });
  EXPECT_FLAGGED_FOR(refer(opened, clinic, agreed), organisation_not_active);
}

TEST_F(Cases, a_mandatory_report_names_a_case_or_a_child) {
  EXPECT_FLAGGED_FOR(report({}, {}), report_without_case);
  const EventId opened = open_case();
  const EventId of_case = report(opened, {});
  const EventId of_child = report({}, client);
  EXPECT_ACCEPTED(of_case);
  EXPECT_ACCEPTED(of_child);
  EXPECT_FLAGGED_FOR(report(opened, person()), wrong_reference);
  EXPECT_FLAGGED_FOR(report(opened, {}, 1'440), time_invalid);
  EXPECT_EQ(text(first_row(of_case).kind), "civil_affairs");
  EXPECT_EQ(text(first_row(of_case).attr), "violence");
  EXPECT_EQ(first_row(of_case).subject, client.value);
  const auto reports = cases().reports_about(entity_cast<PersonId>(client));
  ASSERT_EQ(reports.size(), 3u);
  EXPECT_EQ(reports[0].event, of_case);
  EXPECT_EQ(reports[0].of_case, case_id(opened));
  EXPECT_EQ(reports[1].event, of_child);
  EXPECT_EQ(reports[1].of_case, CaseId{});
  EXPECT_EQ(reports[2].minute, -1);
}

TEST_F(Cases, a_mandatory_report_waits_for_nobodys_consent) {
  const EventId child =
      log.add(field, [](Body e) { e.initBody().initPersonRegistered().setUnder14(true); });
  EXPECT_ACCEPTED(report({}, child));
}

// --- closing -----------------------------------------------------------------------------------

TEST_F(Cases, a_closing_states_its_outcome_and_reason_and_follows_the_opening) {
  const EventId opened = open_case();
  EXPECT_HELD_FOR(close(opened, {.outcome = ""}), text_missing);
  EXPECT_HELD_FOR(close(opened, {.reason = ""}), reason_missing);
  EXPECT_HELD_FOR(close(opened, {.day = log.today().value - 1}), interval_invalid);
  EXPECT_FALSE(cases().is_closed(case_id(opened), Day{kOpen}));
  const EventId closed = close(opened);
  EXPECT_ACCEPTED(closed);
  EXPECT_EQ(text(first_row(closed).kind), "back_in_school");
  EXPECT_EQ(first_row(closed).flags & kFactEnded, kFactEnded);
  EXPECT_TRUE(cases().is_closed(case_id(opened), Day{kOpen}));
  EXPECT_FLAGGED_FOR(close(opened), case_closed);
}

TEST_F(Cases, what_happens_after_the_closing_is_flagged) {
  const EventId clinic = organisation("");
  const EventId opened = open_case();
  const EventId closed = close(opened);
  EXPECT_ACCEPTED(contact(opened));
  days_pass(1);
  EXPECT_FLAGGED_FOR(contact(opened), case_closed);
  EXPECT_FLAGGED_FOR(refer(opened, clinic, agreed), case_closed);
  EXPECT_FLAGGED_FOR(report(opened, {}), case_closed);
  retract(closed);
  EXPECT_ACCEPTED(contact(opened));
}

TEST_F(Cases, a_worker_has_the_cases_that_are_open_on_the_day) {
  const EventId first = open_case();
  days_pass(1);
  Opening options = usual();
  options.worker = overseer;
  options.supervisor = worker;
  open_case(options);
  const EventId second = open_case();
  const EventId third = open_case();
  retract(third);
  const auto open_on = [&](std::int32_t days_from_now) {
    return open_cases_of(log.state(), worker.value, Day{log.today().value + days_from_now});
  };
  EXPECT_EQ(open_on(0), (std::vector<CaseId>{case_id(first), case_id(second)}));
  EXPECT_EQ(open_on(-1), std::vector<CaseId>{case_id(first)});
  close(first);
  EXPECT_EQ(open_on(0).size(), 2u);
  EXPECT_EQ(open_on(1), std::vector<CaseId>{case_id(second)});
}

// --- the family --------------------------------------------------------------------------------

TEST_F(Cases, every_event_of_the_family_is_confidential) {
  std::size_t types = 0;
  for (const CatalogueRow& row : kCatalogue) {
    if (row.family != Family::cases) continue;
    ++types;
    EXPECT_EQ(row.privacy, Privacy::confidential) << row.name;
  }
  EXPECT_EQ(types, 7u);
}

TEST_F(Cases, any_order_of_arrival_gives_the_same_state) {
  const EventId reader = person();
  for (DeviceNumber device : {field, other_field, supervisor, reviewer}) log.offline(device);
  const EventId opened = open_case();
  contact(opened, {.risk = Risk::HIGH, .day = log.today().value + 1}, other_field);
  contact(opened, {.risk = Risk::MEDIUM, .day = log.today().value + 1});
  report(opened, {});
  close(opened, {.sealed = true}, supervisor);
  close(opened, {}, reviewer);
  decide_access(reader, opened, {}, supervisor);
  decide_access(reader, opened, {.granted = false, .days = 0}, reviewer);
  const auto arrive_in = [&](std::vector<DeviceNumber> order) {
    LogBuilder copy = log;
    for (DeviceNumber device : order) copy.online(device);
    return copy;
  };
  const LogBuilder first = arrive_in({field, other_field, supervisor, reviewer});
  const LogBuilder second = arrive_in({reviewer, supervisor, other_field, field});
  EXPECT_EQ(digest(first.state()), digest(second.state()));
  EXPECT_EQ(second.state().cases.contacts_of(case_id(opened)).size(), 2u);
  EXPECT_EQ(first.state().cases.risk_of(case_id(opened)),
            second.state().cases.risk_of(case_id(opened)));
}

TEST_F(Cases, what_is_retracted_leaves_no_trace) {
  const EventId reader = person();
  const EventId opened = open_case();
  const EventId logged = contact(opened, {.photo = 9});
  const EventId reported = report(opened, {});
  const EventId closed = close(opened);
  const EventId granted = grant(reader, opened);
  for (EventId id : {granted, closed, reported, logged, opened}) retract(id);
  EXPECT_TRUE(cases().contacts.empty());
  EXPECT_TRUE(cases().closings.empty());
  EXPECT_TRUE(cases().reports.empty());
  EXPECT_TRUE(cases().accesses.empty());
  EXPECT_TRUE(log.state().services.evidence.empty());
  EXPECT_TRUE(open_cases_of(log.state(), worker.value, log.today()).empty());
  EXPECT_EQ(quantity(of_type(schema::Event::Body::CASE_OPENED)), 0);
}

TEST_F(Cases, a_snapshot_holds_everything_of_the_family) {
  const EventId reader = person();
  const EventId opened = open_case();
  contact(opened, {.risk = Risk::HIGH});
  report(opened, {});
  grant(reader, opened);
  close(open_case(), {.sealed = true});
  const Result<State> restored = restore(snapshot(log.state()));
  ASSERT_TRUE(restored.has_value());
  EXPECT_EQ(digest(*restored), digest(log.state()));
  EXPECT_EQ(restored->cases.risk_of(case_id(opened)), level(Risk::HIGH));
  EXPECT_TRUE(may_read(*restored, reader.value, opened.value, log.today()));
  EXPECT_EQ(restored->cases.closings.size(), 1u);
  EXPECT_EQ(restored->cases.reports_about(entity_cast<PersonId>(client)).size(), 1u);
}

}  // namespace
}  // namespace houniao::testing
