#include "replay/families/volunteers.h"

#include "replay/digest.h"
#include "replay/snapshot.h"
#include "tests/unit/replay/families/volunteer_world.h"

namespace houniao::testing {
namespace {

using Grade = schema::TrainingCompleted::Result;

class Volunteers : public VolunteerWorld {
 protected:
  EventId honour(EventId recipient, std::uint16_t year, bool is_organisation = true) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initHonourConferred();
      b.setRecipient(recipient.value);
      b.setRecipientIsOrganisation(is_organisation);
      b.setTitle("model_home");
      b.setGrade("city");
      b.setIssuer("city committee");
      b.setDay(log.today().value - 3);
      b.setYear(year);
    });
  }

  struct Insurance {
    std::vector<EventId> insured = {};
    std::int32_t from = 16'900;
    std::int32_t to = 17'100;
    std::string number = "P-1";
    std::int64_t premium = 300;
    EventId fund = {};
  };
  EventId insure(const Insurance& options) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initInsuranceCovered();
      b.setPolicyNumber(options.number);
      b.setInsurer("insurer");
      auto list = b.initInsured(static_cast<unsigned>(options.insured.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, options.insured[i].value);
      b.setFromDay(options.from);
      b.setToDay(options.to);
      b.setPremiumFen(options.premium);
      b.setFund(options.fund.value);
    });
  }

  struct TrainingOptions {
    std::vector<EventId> persons = {};
    Grade result = Grade::PASSED;
    std::int32_t day = 0;
    std::uint32_t minutes = 90;
    EventId session = {};
  };
  EventId train(const TrainingOptions& options) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initTrainingCompleted();
      b.setKind("first_aid");
      auto list = b.initPersons(static_cast<unsigned>(options.persons.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, options.persons[i].value);
      b.setMinutes(options.minutes);
      b.setResult(options.result);
      b.setDay(options.day);
      b.setSession(options.session.value);
    });
  }
  EventId vet(EventId staff, bool clear = true) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initStaffVetted();
      b.setStaff(staff.value);
      b.setClear(clear);
      b.setDay(log.today().value);
    });
  }
  const Volunteer* find(EventId id) const {
    return log.state().volunteers.find(entity_cast<VolunteerId>(id));
  }
};

// --- honours -----------------------------------------------------------------------------------

TEST_F(Volunteers, an_honour_is_one_row_on_the_day_it_was_conferred) {
  const EventId firm = organisation();
  const EventId given = honour(firm, 2014);
  EXPECT_ACCEPTED(given);
  const FactRow row = first_row(given);
  EXPECT_EQ(text(row.kind), "model_home");
  EXPECT_EQ(text(row.attr), "city");
  EXPECT_EQ(row.subject, firm.value);
  EXPECT_EQ(row.group, 2014u);
  EXPECT_EQ(row.day, log.today().value - 3);
}

TEST_F(Volunteers, the_same_honour_of_one_year_is_flagged_and_of_the_next_is_not) {
  const EventId firm = organisation();
  const EventId first = honour(firm, 2014);
  EXPECT_FLAGGED_FOR(honour(firm, 2014), honour_repeated);
  EXPECT_ACCEPTED(honour(firm, 2015));
  EXPECT_FLAGGED_FOR(honour(firm, 2016, false), wrong_reference);
  retract(first);
  EXPECT_EQ(log.state().facts.rows_of(first).count, 0u);
}

// --- enrolment ---------------------------------------------------------------------------------

TEST_F(Volunteers, an_enrolment_is_a_row_of_the_person_in_the_team) {
  const EventId who = person();
  const EventId referrer = volunteer();
  const EventId id = enrol_volunteer(
      {.person = who, .team = team, .referred_by = referrer, .day = log.today().value - 5});
  EXPECT_ACCEPTED(id);
  const FactRow row = first_row(id);
  EXPECT_EQ(text(row.kind), "volunteer");
  EXPECT_EQ(row.subject, who.value);
  EXPECT_EQ(row.group, team.value);
  EXPECT_EQ(row.day, log.today().value - 5);
  ASSERT_NE(find(id), nullptr);
  EXPECT_EQ(find(id)->referred_by, entity_cast<VolunteerId>(referrer));
  ASSERT_EQ(find(id)->skills.size(), 1u);
  EXPECT_EQ(text(find(id)->skills[0]), "first_aid");
}

TEST_F(Volunteers, a_person_is_enrolled_once_in_a_team_while_the_enrolment_stands) {
  const EventId who = person();
  const EventId first = volunteer(who);
  EXPECT_FLAGGED_FOR(volunteer(who), already_enrolled);
  EXPECT_ACCEPTED(enrol_volunteer({.person = who, .team = organisation("")}));
  const EventId other = person();
  const EventId mistaken = volunteer(other);
  retract(mistaken);
  EXPECT_ACCEPTED(volunteer(other));
  EXPECT_FALSE(log.state().in_force(mistaken));
  EXPECT_IN_FORCE(first);
}

TEST_F(Volunteers, linked_persons_are_one_when_they_enrol) {
  const EventId a = person(), b = person();
  volunteer(a);
  link(a, b);
  EXPECT_FLAGGED_FOR(volunteer(b), already_enrolled);
}

TEST_F(Volunteers, an_enrolment_needs_a_person_and_a_referrer_who_is_somebody_else) {
  EXPECT_FLAGGED_FOR(enrol_volunteer({.team = team}), wrong_reference);
  const EventId who = person();
  const EventId own = volunteer(who);
  EXPECT_FLAGGED_FOR(enrol_volunteer({.person = who, .team = organisation(""), .referred_by = own}),
                     not_independent);
  EXPECT_FLAGGED_FOR(enrol_volunteer({.person = person(), .team = team, .referred_by = team}),
                     wrong_reference);
  EXPECT_FLAGGED_FOR(enrol_volunteer({.person = person(), .team = team, .number_bytes = 5}),
                     hash_invalid);
  EXPECT_ACCEPTED(enrol_volunteer({.person = person(), .team = team, .number_bytes = 0}));
}

// --- duty --------------------------------------------------------------------------------------

TEST_F(Volunteers, a_duty_is_a_row_of_the_person_with_its_minutes) {
  const EventId who = person();
  const EventId held_session = session(500, 700);
  const EventId id = duty(volunteer(who), {.in = 540, .out = 660, .session = held_session});
  EXPECT_ACCEPTED(id);
  const FactRow row = first_row(id);
  EXPECT_EQ(text(row.kind), "river_patrol");
  EXPECT_EQ(text(row.attr), "concentrated");
  EXPECT_EQ(row.subject, who.value);
  EXPECT_EQ(row.group, held_session.value);
  EXPECT_EQ(row.minutes, 120);
  retract(id);
  EXPECT_EQ(rows_of(id), 0u);
}

TEST_F(Volunteers, nobody_is_on_duty_before_being_enrolled) {
  const EventId id =
      enrol_volunteer({.person = person(), .team = team, .day = log.today().value - 1});
  EXPECT_ACCEPTED(duty(id, {.day = log.today().value - 1}));
  EXPECT_FLAGGED_FOR(duty(id, {.day = log.today().value - 2}), before_enrolment);
}

TEST_F(Volunteers, risky_duty_needs_insurance_that_is_in_force_on_the_day) {
  const EventId id = volunteer(), other = volunteer();
  EXPECT_ACCEPTED(duty(id));
  EXPECT_FLAGGED_FOR(duty(id, {.in = 700, .out = 710, .risk = true}), uninsured_duty);
  insure({.insured = {other}});
  insure({.insured = {id}, .from = log.today().value + 1, .to = log.today().value + 9});
  insure({.insured = {id}, .from = log.today().value - 9, .to = log.today().value - 1});
  EXPECT_FLAGGED_FOR(duty(id, {.in = 720, .out = 730, .risk = true}), uninsured_duty);
  const EventId cover =
      insure({.insured = {id}, .from = log.today().value, .to = log.today().value});
  EXPECT_ACCEPTED(duty(id, {.in = 740, .out = 750, .risk = true}));
  retract(cover);
  EXPECT_FLAGGED_FOR(duty(id, {.in = 760, .out = 770, .risk = true}), uninsured_duty);
}

TEST_F(Volunteers, who_is_staff_is_vetted_before_duty_with_minors) {
  EXPECT_ACCEPTED(duty(volunteer(), {.minors = true}));
  const EventId who = person();
  const EventId staff = engage(who);
  const EventId id = volunteer(who);
  EXPECT_FLAGGED_FOR(duty(id, {.minors = true}), staff_not_vetted);
  EXPECT_ACCEPTED(duty(id, {.in = 700, .out = 710}));
  vet(staff);
  EXPECT_ACCEPTED(duty(id, {.in = 720, .out = 730, .minors = true}));
  vet(staff, false);
  EXPECT_FLAGGED_FOR(duty(id, {.in = 740, .out = 750, .minors = true}), vetting_failed);
}

TEST_F(Volunteers, one_person_is_on_one_duty_at_a_time) {
  const EventId who = person();
  const EventId id = volunteer(who);
  const EventId first = duty(id, {.in = 540, .out = 660});
  EXPECT_FLAGGED_FOR(duty(id, {.in = 659, .out = 700}), two_places);
  EXPECT_ACCEPTED(duty(id, {.in = 480, .out = 540}));
  EXPECT_ACCEPTED(duty(id, {.in = 540, .out = 660, .day = log.today().value + 1}));
  EXPECT_FLAGGED_FOR(duty(id, {.in = 600, .out = 0}), two_places);
  EXPECT_ACCEPTED(duty(id, {.in = 800, .out = 0}));
  const EventId elsewhere = enrol_volunteer({.person = who, .team = organisation("")});
  EXPECT_FLAGGED_FOR(duty(elsewhere, {.in = 550, .out = 560}), two_places);
  EXPECT_ACCEPTED(duty(volunteer(), {.in = 540, .out = 660}));

  const EventId alone = volunteer();
  retract(duty(alone));
  EXPECT_ACCEPTED(duty(alone));
  EXPECT_IN_FORCE(first);
}

TEST_F(Volunteers, a_programme_may_ask_for_training_before_duty) {
  const EventId who = person();
  const EventId id = volunteer(who);
  EXPECT_ACCEPTED(duty(id));
  publish({.training = true});
  EXPECT_FLAGGED_FOR(duty(id, {.in = 700, .out = 710}), untrained_duty);
  train({.persons = {who}, .result = Grade::FAILED});
  train({.persons = {who}, .day = log.today().value + 1});
  train({.persons = {person()}});
  EXPECT_FLAGGED_FOR(duty(id, {.in = 720, .out = 730}), untrained_duty);
  const EventId passed = train({.persons = {who}, .day = log.today().value});
  EXPECT_ACCEPTED(duty(id, {.in = 740, .out = 750}));
  retract(passed);
  EXPECT_FLAGGED_FOR(duty(id, {.in = 760, .out = 770}), untrained_duty);
}

TEST_F(Volunteers, training_of_a_linked_person_is_the_same_persons) {
  const EventId a = person(), b = person();
  publish({.training = true});
  train({.persons = {b}});
  const EventId id = volunteer(a);
  EXPECT_FLAGGED_FOR(duty(id), untrained_duty);
  link(a, b);
  EXPECT_ACCEPTED(duty(id, {.in = 700, .out = 710}));
}

TEST_F(Volunteers, a_duty_with_times_or_references_that_cannot_be_right_is_counted_and_flagged) {
  const EventId id = volunteer();
  EXPECT_FLAGGED_FOR(duty(id, {.in = 660, .out = 540}), time_invalid);
  EXPECT_FLAGGED_FOR(duty(id, {.in = 1'440, .out = 0}), time_invalid);
  EXPECT_FLAGGED_FOR(duty(id, {.in = 1, .out = 1'441}), time_invalid);
  EXPECT_FLAGGED_FOR(duty(id, {.in = 20, .out = 21, .kind = ""}), text_missing);
  EXPECT_FLAGGED_FOR(duty(team), wrong_reference);
  const EventId today = session(0, 60);
  EXPECT_FLAGGED_FOR(
      duty(id, {.in = 30, .out = 31, .day = log.today().value + 1, .session = today}),
      outside_session_day);
  EXPECT_FLAGGED_FOR(duty(id, {.in = 40, .out = 41, .session = team}), wrong_reference);
  const EventId open = duty(id, {.in = 50, .out = 0});
  EXPECT_ACCEPTED(open);
  EXPECT_EQ(first_row(open).minutes, 0);
}

TEST_F(Volunteers, a_duty_that_arrives_before_the_enrolment_counts_and_is_completed_by_it) {
  log.offline(other_field);
  const EventId who = person();
  const EventId id = log.add(other_field, [&](Body e) {
    auto b = e.initBody().initVolunteerEnrolled();
    b.setPerson(who.value);
    b.setTeam(team.value);
  });
  const EventId early = duty(id);
  EXPECT_FLAGGED_FOR(early, orphan);
  EXPECT_EQ(first_row(early).subject, 0u);
  EXPECT_EQ(log.state().volunteers.find_duty(early), nullptr);
  log.online(other_field);
  EXPECT_ACCEPTED(early);
  EXPECT_EQ(first_row(early).subject, who.value);
  ASSERT_NE(log.state().volunteers.find_duty(early), nullptr);
  EXPECT_EQ(log.state().volunteers.find_duty(early)->minutes(), 120u);
  EXPECT_EQ(rows_of(early), 1u);
}

// --- insurance and training --------------------------------------------------------------------

TEST_F(Volunteers, insurance_is_a_row_for_each_one_insured_with_the_premium_on_the_first) {
  const EventId a = person(), b = person();
  const EventId fund = establish_fund();
  const EventId id = insure({.insured = {volunteer(a), volunteer(b)}, .fund = fund});
  EXPECT_ACCEPTED(id);
  ASSERT_EQ(rows_of(id), 2u);
  EXPECT_EQ(row_of(id, 0).subject, a.value);
  EXPECT_EQ(row_of(id, 0).amount_fen, 300);
  EXPECT_EQ(row_of(id, 0).group, fund.value);
  EXPECT_EQ(row_of(id, 0).day, 16'900);
  EXPECT_EQ(row_of(id, 1).subject, b.value);
  EXPECT_EQ(row_of(id, 1).amount_fen, 0);
}

TEST_F(Volunteers, insurance_that_lacks_something_is_held) {
  const EventId id = volunteer();
  EXPECT_HELD_FOR(insure({.insured = {}}), value_invalid);
  EXPECT_HELD_FOR(insure({.insured = {id}, .from = 17'000, .to = 16'999}), interval_invalid);
  EXPECT_HELD_FOR(insure({.insured = {id}, .number = ""}), text_missing);
  EXPECT_HELD_FOR(insure({.insured = {id}, .premium = -1}), amount_invalid);
  EXPECT_HELD_FOR(insure({.insured = {id}, .fund = team}), wrong_reference);
  EXPECT_HELD_FOR(insure({.insured = {team}}), wrong_reference);
  EXPECT_FLAGGED_FOR(insure({.insured = {id, id}}), person_listed_twice);
  EXPECT_FALSE(log.state().volunteers.is_insured(entity_cast<VolunteerId>(id), Day{16'899}));
}

TEST_F(Volunteers, insurance_waits_for_the_enrolment_of_whom_it_covers) {
  log.offline(other_field);
  const EventId who = person();
  const EventId id = log.add(other_field, [&](Body e) {
    auto b = e.initBody().initVolunteerEnrolled();
    b.setPerson(who.value);
  });
  const EventId cover = insure({.insured = {id}});
  EXPECT_HELD_FOR(cover, orphan);
  log.online(other_field);
  EXPECT_IN_FORCE(cover);
  EXPECT_TRUE(log.state().volunteers.is_insured(entity_cast<VolunteerId>(id), Day{17'000}));
}

TEST_F(Volunteers, training_is_a_row_for_each_person_trained) {
  const EventId a = person(), b = person();
  const EventId held_session = session(540, 660);
  const EventId id = train({.persons = {a, b}, .session = held_session});
  EXPECT_ACCEPTED(id);
  ASSERT_EQ(rows_of(id), 2u);
  EXPECT_EQ(text(row_of(id, 1).kind), "first_aid");
  EXPECT_EQ(text(row_of(id, 1).attr), "passed");
  EXPECT_EQ(row_of(id, 1).subject, b.value);
  EXPECT_EQ(row_of(id, 1).group, held_session.value);
  EXPECT_EQ(row_of(id, 1).minutes, 90);
  EXPECT_FLAGGED_FOR(train({.persons = {}}), nobody_served);
  EXPECT_FLAGGED_FOR(train({.persons = {a, a}}), person_listed_twice);
  EXPECT_FLAGGED_FOR(train({.persons = {a}, .minutes = 1'441}), minutes_implausible);
}

// --- the whole ---------------------------------------------------------------------------------

TEST_F(Volunteers, a_retracted_statement_leaves_nothing_behind) {
  const EventId who = person();
  const EventId id = volunteer(who);
  const EventId cover = insure({.insured = {id}});
  const EventId trained = train({.persons = {who}});
  const EventId served = duty(id);
  EXPECT_EQ(log.state().volunteers.duties_on.size(), 1u);
  for (EventId event : {cover, trained, served}) retract(event);
  EXPECT_TRUE(log.state().volunteers.covers.empty());
  EXPECT_TRUE(log.state().volunteers.trainings.empty());
  EXPECT_TRUE(log.state().volunteers.duties_on.empty());
}

TEST_F(Volunteers, a_snapshot_keeps_everything) {
  const EventId who = person();
  const EventId id = volunteer(who);
  publish({});
  insure({.insured = {id}});
  train({.persons = {who}});
  const EventId hours =
      confirm(supervisor, record_hours(id, {.minutes = 120, .duty = duty(id)}), 120);
  earn(id, hours, 2);
  const EventId towels = stock(9);
  const EventId set_aside = open_lease(id, field, 1);
  redeem(field, id, {.item = towels, .points = 1, .mode = Redeem::LEASED, .lease = set_aside});
  redeem(field, id, {.item = towels, .points = 5, .mode = Redeem::HANDED_OVER, .site = site});
  const Result<State> restored = restore(snapshot(log.state()));
  ASSERT_TRUE(restored.has_value()) << restored.error().message();
  EXPECT_EQ(digest(*restored), digest(log.state()));
  EXPECT_EQ(
      restored->volunteers.points.shortage(entity_cast<SiteId>(site), entity_cast<VolunteerId>(id)),
      4);
  EXPECT_EQ(restored->volunteers.points.balance(entity_cast<VolunteerId>(id)), 0);
}

}  // namespace
}  // namespace houniao::testing
