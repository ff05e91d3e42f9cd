#include <gtest/gtest.h>

#include "replay/families/people.h"
#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using schema::Role;
using Field = schema::PersonCorrected::Field;
using Status = schema::PersonStatusChanged::Status;

class People : public ::testing::Test {
 protected:
  LogBuilder log;
  DeviceNumber field = log.enrol({.roles = {Role::FIELD}});
  DeviceNumber other = log.enrol({.roles = {Role::FIELD}});
  DeviceNumber supervisor = log.enrol({.roles = {Role::SUPERVISOR}});
  DeviceNumber second_supervisor = log.enrol({.roles = {Role::SUPERVISOR}});

  const Person& person(EventId id) { return *log.state().person(entity_cast<PersonId>(id)); }
  PersonId representative(EventId id) {
    return log.state().people.representative_of(entity_cast<PersonId>(id));
  }
  EventId household(EventId of, EventId member, bool guardian, bool ended = false) {
    return log.add(field, [&](EventBuilder event) {
      auto body = event.initBody().initHouseholdChanged();
      body.setPerson(of.value);
      body.setMember(member.value);
      body.setRelation("mother");
      body.setGuardian(guardian);
      body.setEnded(ended);
    });
  }
  EventId status(EventId of, Status now, Day day) {
    return log.add(field, [&](EventBuilder event) {
      auto body = event.initBody().initPersonStatusChanged();
      body.setPerson(of.value);
      body.setStatus(now);
      body.setDay(day.value);
    });
  }
  EventId erase(EventId of, bool restricted_only, const std::string& ground = "PIPL 47") {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initPersonalDataErased();
      body.setPerson(of.value);
      body.setLegalGround(ground);
      body.setRestrictedOnly(restricted_only);
      body.initKeyIds(1).set(0, of.value);
    });
  }
};

TEST_F(People, a_failed_check_digit_flags_the_registration) {
  EXPECT_EQ(log.status(register_person(log, field, {.number = 1})), EventStatus::accepted);
  const EventId bad = register_person(log, field, {.number = 2, .checks_ok = false});
  EXPECT_EQ(log.status(bad), EventStatus::flagged);
  EXPECT_TRUE(log.reasons(bad).has(Reason::id_check_failed));
}

TEST_F(People, the_same_number_twice_is_flagged_until_the_two_are_linked) {
  const EventId first = register_person(log, field, {.number = 1});
  const EventId second = register_person(log, other, {.number = 1});
  EXPECT_TRUE(log.reasons(second).has(Reason::duplicate_person));
  EXPECT_NE(representative(first), representative(second)) << "never merged on its own";
  link_persons(log, supervisor, first, second, true);
  const EventId third = register_person(log, field, {.number = 1});
  EXPECT_TRUE(log.reasons(third).has(Reason::duplicate_person));
}

TEST_F(People, a_retracted_registration_is_no_duplicate) {
  const EventId first = register_person(log, field, {.number = 1});
  retract_event(log, supervisor, first);
  EXPECT_TRUE(log.reasons(register_person(log, other, {.number = 1})).empty());
}

TEST_F(People, linking_unites_and_unlinking_separates_again) {
  const EventId a = register_person(log, field);
  const EventId b = register_person(log, field);
  const EventId c = register_person(log, other);
  link_persons(log, supervisor, a, b, true);
  link_persons(log, supervisor, c, b, true);
  EXPECT_EQ(representative(c), representative(a));
  EXPECT_EQ(log.state().people.linked(entity_cast<PersonId>(b)).size(), 3u);
  link_persons(log, supervisor, a, b, false);
  EXPECT_NE(representative(a), representative(b));
  EXPECT_EQ(representative(b), representative(c));
  link_persons(log, supervisor, b, c, false);
  EXPECT_TRUE(log.state().people.representative.empty());
  EXPECT_TRUE(log.state().people.linked_with.empty());
}

TEST_F(People, a_link_needs_two_persons_a_reason_and_something_to_take_back) {
  const EventId a = register_person(log, field);
  const EventId b = register_person(log, field);
  EXPECT_TRUE(
      log.reasons(link_persons(log, supervisor, a, a, true)).has(Reason::same_person_twice));
  EXPECT_TRUE(log.reasons(link_persons(log, supervisor, a, b, false)).has(Reason::link_unknown));
}

TEST_F(People, of_two_decisions_on_a_link_the_one_that_knew_the_other_holds) {
  const EventId a = register_person(log, field);
  const EventId b = register_person(log, field);
  const EventId unlink = link_persons(log, second_supervisor, a, b, false);
  link_persons(log, supervisor, a, b, true, {unlink});
  EXPECT_EQ(representative(a), representative(b));
}

TEST_F(People, edits_of_different_fields_merge) {
  const EventId id = register_person(log, field);
  edit_person(log, field, id, 1, Field::BIRTH_YEAR_BAND, "1960");
  const EventId later = edit_person(log, other, id, 1, Field::SEX, "male");
  EXPECT_TRUE(log.reasons(later).empty());
  EXPECT_EQ(person(id).basics.birth_year_band, 1960);
  EXPECT_EQ(person(id).basics.sex, static_cast<std::uint8_t>(schema::Sex::MALE));
  EXPECT_EQ(person(id).version, 3u);
}

TEST_F(People, two_edits_of_one_field_are_both_kept_and_shown_until_settled) {
  const EventId id = register_person(log, field);
  log.offline(field);
  log.offline(other);
  edit_person(log, field, id, 1, Field::BIRTH_YEAR_BAND, "1960");
  edit_person(log, other, id, 1, Field::BIRTH_YEAR_BAND, "1970");
  log.online(other);
  EXPECT_EQ(person(id).basics.birth_year_band, 1970);
  log.online(field);
  EXPECT_EQ(person(id).basics.birth_year_band, 1960) << "the first by device, in either order";
  const auto conflicts = log.state().people.conflicts(entity_cast<PersonId>(id));
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].after, "1970");

  edit_person(log, other, id, 3, Field::BIRTH_YEAR_BAND, "1965");
  EXPECT_EQ(person(id).basics.birth_year_band, 1965);
  EXPECT_TRUE(log.state().people.conflicts(entity_cast<PersonId>(id)).empty());
  EXPECT_EQ(log.state().people.histories.at(entity_cast<PersonId>(id)).changes.size(), 3u);
}

TEST_F(People, a_conflicting_edit_is_flagged) {
  const EventId id = register_person(log, field);
  edit_person(log, field, id, 1, Field::SEX, "male");
  const EventId late = edit_person(log, other, id, 1, Field::SEX, "unknown");
  EXPECT_EQ(log.status(late), EventStatus::flagged);
  EXPECT_TRUE(log.reasons(late).has(Reason::version_conflict));
}

TEST_F(People, retracting_an_edit_brings_the_value_before_it_back) {
  const EventId id = register_person(log, field);
  const EventId edit = edit_person(log, field, id, 1, Field::BIRTH_YEAR_BAND, "1960");
  retract_event(log, supervisor, edit);
  EXPECT_EQ(person(id).basics.birth_year_band, 1980);
  EXPECT_EQ(person(id).version, 1u);
}

TEST_F(People, a_value_that_is_none_is_flagged_and_changes_nothing) {
  const EventId id = register_person(log, field);
  const EventId edit = edit_person(log, field, id, 1, Field::BIRTH_YEAR_BAND, "about 1960");
  EXPECT_TRUE(log.reasons(edit).has(Reason::value_invalid));
  EXPECT_EQ(person(id).basics.birth_year_band, 1980);
}

TEST_F(People, personal_text_in_a_correction_is_not_kept) {
  const EventId id = register_person(log, field);
  const EventId edit = edit_person(log, field, id, 1, Field::NAME, "Somebody");
  EXPECT_TRUE(log.reasons(edit).has(Reason::value_invalid));
  EXPECT_TRUE(log.state().people.histories.at(entity_cast<PersonId>(id)).changes[0].after.empty());
}

TEST_F(People, under_14_needs_the_consent_of_a_guardian) {
  const EventId mother = register_person(log, field);
  const EventId child = register_person(log, field, {.under14 = true, .birth_year_band = 2010});
  EXPECT_TRUE(log.reasons(serve(log, field, {child})).has(Reason::guardian_consent_missing));
  EXPECT_TRUE(log.reasons(consent(log, field, child, true)).has(Reason::guardian_consent_missing));
  EXPECT_TRUE(log.reasons(serve(log, field, {child})).has(Reason::guardian_consent_missing));
  EXPECT_TRUE(log.reasons(consent(log, field, child, true, mother)).has(Reason::not_guardian));
  household(child, mother, true);
  EXPECT_TRUE(log.reasons(consent(log, field, child, true, mother)).empty());
  EXPECT_TRUE(log.reasons(serve(log, field, {child})).empty());
  log.set_today(Day{log.today().value + 1});
  consent(log, field, child, false, mother);
  EXPECT_TRUE(log.reasons(serve(log, field, {child})).has(Reason::guardian_consent_missing));
  const EventId before = serve(log, field, {child}, [&](EventBuilder event) {
    event.setOccurredDay(log.today().value - 1);
  });
  EXPECT_TRUE(log.reasons(before).empty()) << "a withdrawal is not retroactive";
}

TEST_F(People, a_claim_about_a_child_without_consent_is_held) {
  const EventId child = register_person(log, field, {.under14 = true, .birth_year_band = 2010});
  const EventId money = log.add(field, [&](EventBuilder event) {
    auto body = event.initBody().initCustodyMoneyMoved();
    body.setClient(child.value);
    body.setAmountFen(100);
    body.setReceipt("r1");
  });
  EXPECT_EQ(log.status(money), EventStatus::held);
  EXPECT_TRUE(log.reasons(money).has(Reason::guardian_consent_missing));
}

TEST_F(People, whoever_grows_up_needs_no_guardian) {
  const EventId child = register_person(log, field, {.under14 = true, .birth_year_band = 2000});
  // The youngest of the band are born in 2004 and turn 14 during 2018.
  log.set_today(to_day({2017, 6, 1}));
  EXPECT_TRUE(log.reasons(serve(log, field, {child})).has(Reason::guardian_consent_missing));
  log.set_today(to_day({2018, 6, 1}));
  EXPECT_FALSE(log.reasons(serve(log, field, {child})).has(Reason::guardian_consent_missing));
}

TEST_F(People, consent_can_be_retracted_like_any_fact) {
  const EventId id = register_person(log, field);
  const EventId given = consent(log, field, id, true);
  const auto has = [&] {
    return log.state().people.has_consent(entity_cast<PersonId>(id), kNoText, log.today());
  };
  EXPECT_TRUE(has());
  retract_event(log, supervisor, given);
  EXPECT_FALSE(has());
}

TEST_F(People, services_after_death_or_before_registration_are_flagged) {
  const EventId id = register_person(log, field);
  status(id, Status::DECEASED, Day{log.today().value});
  EXPECT_TRUE(log.reasons(serve(log, field, {id})).empty()) << "on the day itself";
  log.set_today(Day{log.today().value + 1});
  EXPECT_TRUE(log.reasons(serve(log, field, {id})).has(Reason::outside_life_time));
  const EventId early = serve(
      log, field, {id}, [&](EventBuilder event) { event.setOccurredDay(log.today().value - 30); });
  EXPECT_TRUE(log.reasons(early).has(Reason::before_registration));
}

TEST_F(People, whoever_returned_is_served_again_and_a_retracted_status_is_gone) {
  const EventId id = register_person(log, field);
  const EventId moved = status(id, Status::MOVED_OUT, log.today());
  log.set_today(Day{log.today().value + 5});
  EXPECT_TRUE(log.state().people.is_gone(entity_cast<PersonId>(id), log.today()));
  retract_event(log, supervisor, moved);
  EXPECT_FALSE(log.state().people.is_gone(entity_cast<PersonId>(id), log.today()));
  status(id, Status::MOVED_OUT, Day{log.today().value - 4});
  status(id, Status::RETURNED, Day{log.today().value - 2});
  EXPECT_FALSE(log.state().people.is_gone(entity_cast<PersonId>(id), log.today()));
}

TEST_F(People, erasure_keeps_the_skeleton_and_stops_processing) {
  const EventId id = register_person(log, field);
  EXPECT_TRUE(log.reasons(erase(id, false, "")).has(Reason::legal_ground_missing));
  EXPECT_FALSE(person(id).erased);
  EXPECT_EQ(log.status(erase(id, false)), EventStatus::accepted);
  EXPECT_TRUE(person(id).erased);
  EXPECT_EQ(row_count(log, id), 1u) << "the figures do not change";
  EXPECT_TRUE(log.reasons(serve(log, field, {id})).has(Reason::person_erased));
}

TEST_F(People, within_the_retention_period_only_the_use_is_restricted) {
  const EventId id = register_person(log, field);
  erase(id, true);
  EXPECT_TRUE(person(id).restricted);
  EXPECT_FALSE(person(id).erased);
}

TEST_F(People, a_person_whose_money_is_held_is_not_erased) {
  const EventId id = register_person(log, field);
  const EventId money = log.add(field, [&](EventBuilder event) {
    auto body = event.initBody().initCustodyMoneyMoved();
    body.setClient(id.value);
    body.setAmountFen(100);
    body.setReceipt("r1");
  });
  ASSERT_NE(log.status(money), EventStatus::held);
  EXPECT_TRUE(log.reasons(erase(id, false)).has(Reason::retention_runs));
  EXPECT_FALSE(person(id).erased);
}

TEST_F(People, rows_carry_what_figures_count_by_and_nothing_personal) {
  const EventId id = register_person(log, field, {.number = 4});
  const State& state = log.state();
  const FactRow row = state.facts.row(state.facts.rows_of(id).first);
  EXPECT_EQ(row.subject, id.value);
  EXPECT_EQ(state.symbols().text(row.attr), "411000");
  EXPECT_EQ(state.symbols().text(row.kind), "female");
}

}  // namespace
}  // namespace houniao::testing
