#include "replay/admission.h"

#include <gtest/gtest.h>

#include "replay/digest.h"
#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using schema::Role;

class Admission : public ::testing::Test {
 protected:
  LogBuilder log;
  DeviceNumber field = log.enrol({.roles = {Role::FIELD}, .label = "field"});
  DeviceNumber other = log.enrol({.roles = {Role::FIELD}, .label = "other field"});
  DeviceNumber supervisor = log.enrol({.roles = {Role::SUPERVISOR}, .label = "supervisor"});
  DeviceNumber second = log.enrol({.roles = {Role::SUPERVISOR}, .label = "second supervisor"});
};

// --- the envelope ------------------------------------------------------------------------------

TEST_F(Admission, accepts_an_ordinary_fact) {
  const EventId person = register_person(log, field);
  EXPECT_EQ(log.status(person), EventStatus::accepted);
  EXPECT_TRUE(log.reasons(person).empty());
  EXPECT_TRUE(log.state().in_force(person));
}

TEST_F(Admission, the_server_enrols_itself_with_the_first_event) {
  EXPECT_EQ(log.status(event_id(kServerDevice, DeviceSeq{1})), EventStatus::accepted);
  EXPECT_NE(log.state().device(kServerDevice), nullptr);
}

TEST_F(Admission, a_decision_without_the_role_is_held_and_a_fact_is_flagged) {
  const EventId decision = open_site(log, field, Day{100});
  EXPECT_EQ(log.status(decision), EventStatus::held);
  EXPECT_TRUE(log.reasons(decision).has(Reason::missing_role));
  EXPECT_EQ(log.state().site(entity_cast<SiteId>(decision)), nullptr);

  const DeviceNumber nobody = log.enrol({.roles = {Role::AUDITOR}});
  const EventId fact = register_person(log, nobody);
  EXPECT_EQ(log.status(fact), EventStatus::flagged);
  EXPECT_TRUE(log.reasons(fact).has(Reason::missing_role));
  EXPECT_NE(log.state().person(entity_cast<PersonId>(fact)), nullptr);
}

TEST_F(Admission, the_actor_must_be_the_holder_of_the_device) {
  const DeviceNumber held = log.enrol({.holder = 77, .roles = {Role::SUPERVISOR}});
  EXPECT_EQ(log.status(open_site(log, held, Day{100})), EventStatus::accepted);
  const EventId foreign = log.add(held, [](EventBuilder event) {
    event.setActor(78);
    event.initBody().initSiteOpened().setFromDay(100);
  });
  EXPECT_EQ(log.status(foreign), EventStatus::held);
  EXPECT_TRUE(log.reasons(foreign).has(Reason::actor_not_holder));
  const EventId fact =
      register_person(log, held, {}, [](EventBuilder event) { event.setActor(78); });
  EXPECT_EQ(log.status(fact), EventStatus::flagged);
}

TEST_F(Admission, a_scope_that_was_not_granted_holds_a_decision) {
  const EventId site = log.add(supervisor, [](EventBuilder event) {
    event.setScope(40);
    event.initBody().initSiteOpened().setFromDay(100);
  });
  EXPECT_EQ(log.status(site), EventStatus::held);
  EXPECT_TRUE(log.reasons(site).has(Reason::scope_not_granted));
  EXPECT_TRUE(log.reasons(site).has(Reason::orphan)) << "the scope is not even defined";
  open_programme(log, supervisor, Day{0}, Day{kOpenDay}, {}, ScopeId{40});
  EXPECT_TRUE(log.reasons(site).has(Reason::scope_not_granted));
  EXPECT_FALSE(log.reasons(site).has(Reason::orphan));
  EXPECT_EQ(log.status(site), EventStatus::held);
}

TEST_F(Admission, events_after_the_revocation_are_marked) {
  const EventId before = register_person(log, field);
  const EventId revoke = log.add(LogBuilder::kServer, [&](EventBuilder event) {
    event.setScope(0);
    auto body = event.initBody().initDeviceRevoked();
    body.setDevice(field.value);
    body.setFromDeviceSeq(log.next_id(field).value & 0xffffffff);
  });
  EXPECT_EQ(log.status(revoke), EventStatus::accepted);
  const EventId after = register_person(log, field);
  EXPECT_EQ(log.status(before), EventStatus::accepted);
  EXPECT_TRUE(log.reasons(after).has(Reason::device_revoked));
}

TEST_F(Admission, a_date_in_the_future_is_marked_and_so_is_a_clock_far_off) {
  const EventId future = register_person(
      log, field, {}, [&](EventBuilder event) { event.setOccurredDay(log.today().value + 3); });
  EXPECT_TRUE(log.reasons(future).has(Reason::future_dated));
  const EventId skewed = register_person(
      log, field, {}, [](EventBuilder event) { event.setClockOffsetMs(-3'600'000); });
  EXPECT_TRUE(log.reasons(skewed).has(Reason::clock_skew));
  const EventId ahead = register_person(log, field, {}, [&](EventBuilder event) {
    event.setRecordedAtMs(start_of(log.today()).us / 1000 + 3 * 86'400'000LL);
  });
  EXPECT_TRUE(log.reasons(ahead).has(Reason::clock_skew));
  EXPECT_FALSE(log.reasons(ahead).has(Reason::future_dated)) << "the day it names is right";
  EXPECT_EQ(log.state().events.find(skewed)->occurred, log.today()) << "never corrected in place";
}

TEST_F(Admission, extreme_dates_are_marked_without_overflow) {
  for (std::int32_t day :
       {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()}) {
    const EventId id = register_person(log, field, {}, [&](EventBuilder event) {
      event.setOccurredDay(day);
      event.setOccurredMinute(1439);
      event.setRecordedAtMs(std::numeric_limits<std::int64_t>::min());
      event.setClockOffsetMs(std::numeric_limits<std::int64_t>::min());
    });
    EXPECT_EQ(log.status(id), EventStatus::flagged);
  }
}

TEST_F(Admission, late_recording_is_marked_unless_it_was_imported) {
  const auto long_ago = [&](schema::Source source) {
    return register_person(log, field, {}, [&, source](EventBuilder event) {
      event.setOccurredDay(log.today().value - 400);
      event.setSource(source);
    });
  };
  EXPECT_TRUE(log.reasons(long_ago(schema::Source::TYPED)).has(Reason::late_recorded));
  EXPECT_TRUE(log.reasons(long_ago(schema::Source::IMPORTED)).empty());
}

TEST_F(Admission, events_outside_the_programme_period_are_flagged) {
  const Day today = log.today();
  const EventId programme =
      open_programme(log, supervisor, Day{today.value - 5}, Day{today.value + 5});
  const auto at = [&](std::int32_t day) {
    return register_person(log, field, {}, [&, day](EventBuilder event) {
      event.setProgramme(programme.value);
      event.setOccurredDay(day);
    });
  };
  EXPECT_TRUE(log.reasons(at(today.value)).empty());
  EXPECT_TRUE(log.reasons(at(today.value - 6)).has(Reason::outside_programme_period));
}

TEST_F(Admission, an_id_of_another_kind_is_not_an_orphan) {
  const EventId person = register_person(log, field);
  const EventId wrong =
      register_person(log, field, {}, [&](EventBuilder event) { event.setSite(person.value); });
  EXPECT_TRUE(log.reasons(wrong).has(Reason::wrong_reference));
  EXPECT_FALSE(log.reasons(wrong).has(Reason::orphan));
}

TEST_F(Admission, an_event_that_arrives_twice_counts_once) {
  const EventId person = register_person(log, field);
  const Hash before = digest(log.state());
  State state = log.state();
  EventReader event;
  ASSERT_TRUE(event.open_untrusted(log.event_bytes(person)));
  const Received received{Seq{99}, {}};
  apply(state, event, received, admit(state, event, received));
  EXPECT_EQ(digest(state), before);
}

TEST_F(Admission, judging_changes_nothing_and_repeats) {
  const EventId person = register_person(log, field, {.number = 1});
  State state = log.state();
  EventReader event;
  ASSERT_TRUE(event.open_untrusted(log.event_bytes(person)));
  const Hash before = digest(state);
  EXPECT_EQ(admit(state, event, {Seq{9}, {}}), admit(state, event, {Seq{9}, {}}));
  EXPECT_EQ(digest(state), before);
}

// --- orphans -----------------------------------------------------------------------------------

TEST_F(Admission, an_orphaned_fact_counts_at_once_and_is_resolved_when_its_cause_arrives) {
  log.offline(field);
  const EventId person = register_person(log, field);
  const EventId service = serve(log, other, {person});
  EXPECT_EQ(log.status(service), EventStatus::flagged);
  EXPECT_TRUE(log.reasons(service).has(Reason::orphan));
  EXPECT_EQ(row_count(log, service), 1u);
  EXPECT_FALSE(log.state().in_force(service));

  log.online(field);
  EXPECT_EQ(log.status(service), EventStatus::accepted);
  EXPECT_TRUE(log.reasons(service).empty());
  EXPECT_EQ(row_count(log, service), 1u);
  EXPECT_TRUE(log.state().in_force(service));
  EXPECT_TRUE(log.state().parked.empty());
  EXPECT_TRUE(log.state().waiting.empty());
  EXPECT_TRUE(log.recorded(service).reasons.has(Reason::orphan)) << "the record keeps the verdict";
}

TEST_F(Admission, an_orphaned_decision_is_held_and_takes_effect_when_its_cause_arrives) {
  log.offline(supervisor);
  const EventId parent = open_programme(log, supervisor, Day{0}, Day{kOpenDay});
  const EventId child = open_programme(log, second, Day{10}, Day{20}, parent);
  EXPECT_EQ(log.status(child), EventStatus::held);
  EXPECT_EQ(log.state().programme(entity_cast<ProgrammeId>(child)), nullptr);
  log.online(supervisor);
  EXPECT_EQ(log.status(child), EventStatus::accepted);
  EXPECT_NE(log.state().programme(entity_cast<ProgrammeId>(child)), nullptr);
}

TEST_F(Admission, a_chain_of_orphans_resolves_from_its_root) {
  log.offline(field);
  const EventId person = register_person(log, field);
  const EventId child = consent(log, other, person, true);
  const EventId correction = correct_event(log, supervisor, child,
                                           {{schema::EventCorrected::Field::OCCURRED_DAY, 16'990}});
  const EventId retraction = retract_event(log, second, correction);
  EXPECT_EQ(log.status(child), EventStatus::flagged);
  log.online(field);
  EXPECT_EQ(log.status(child), EventStatus::accepted);
  EXPECT_EQ(log.status(retraction), EventStatus::accepted);
  EXPECT_EQ(log.status(correction), EventStatus::retracted);
  EXPECT_TRUE(log.state().people.has_consent(entity_cast<PersonId>(person), kNoText, log.today()));
  EXPECT_TRUE(log.state().parked.empty());
}

TEST_F(Admission, an_event_may_wait_for_several_things) {
  log.offline(field);
  log.offline(other);
  const EventId first = register_person(log, field);
  const EventId second_person = register_person(log, other);
  const EventId service = serve(log, supervisor, {first, second_person});
  log.online(field);
  EXPECT_TRUE(log.reasons(service).has(Reason::orphan));
  log.online(other);
  EXPECT_TRUE(log.reasons(service).empty());
  EXPECT_EQ(row_count(log, service), 2u);
}

TEST_F(Admission, events_that_name_each_other_as_causes_both_resolve) {
  log.offline(field);
  const EventId expected = log.next_id(other);
  const auto naming = [](EventId cause) {
    return [cause](EventBuilder event) { event.initCauses(1).set(0, cause.value); };
  };
  const EventId one = register_person(log, field, {}, naming(expected));
  const EventId two = register_person(log, other, {}, naming(one));
  EXPECT_TRUE(log.reasons(two).has(Reason::orphan));
  log.online(field);
  EXPECT_TRUE(log.reasons(one).empty());
  EXPECT_TRUE(log.reasons(two).empty());
}

TEST_F(Admission, many_orphans_of_one_cause_resolve_together) {
  log.offline(field);
  const EventId person = register_person(log, field);
  std::vector<EventId> services;
  for (int i = 0; i < 500; ++i) services.push_back(serve(log, other, {person}));
  log.online(field);
  for (EventId service : services) EXPECT_EQ(log.status(service), EventStatus::accepted);
  EXPECT_TRUE(log.state().parked.empty());
}

// --- held events -------------------------------------------------------------------------------

TEST_F(Admission, a_release_lets_a_held_event_count) {
  const EventId site = open_site(log, field, Day{100});
  const EventId decision = decide_held(log, supervisor, site, true);
  EXPECT_EQ(log.status(decision), EventStatus::accepted);
  EXPECT_EQ(log.status(site), EventStatus::released);
  EXPECT_NE(log.state().site(entity_cast<SiteId>(site)), nullptr);
  EXPECT_TRUE(log.reasons(site).has(Reason::missing_role)) << "what was waived stays on record";
  EXPECT_EQ(log.state().audit.decisions.at(site).size(), 1u);
}

TEST_F(Admission, a_refusal_keeps_it_out_for_good) {
  const EventId site = open_site(log, field, Day{100});
  decide_held(log, supervisor, site, false);
  EXPECT_EQ(log.status(site), EventStatus::refused);
  const EventId again = decide_held(log, second, site, true);
  EXPECT_EQ(log.status(again), EventStatus::held);
  EXPECT_TRUE(log.reasons(again).has(Reason::target_not_held));
  EXPECT_EQ(log.status(site), EventStatus::refused);
  EXPECT_EQ(log.state().site(entity_cast<SiteId>(site)), nullptr);
}

TEST_F(Admission, nobody_decides_about_their_own_event) {
  const DeviceNumber one = log.enrol({.holder = 5, .roles = {Role::SUPERVISOR}});
  const DeviceNumber two = log.enrol({.holder = 5, .roles = {Role::SUPERVISOR}});
  const EventId site = log.add(one, [](EventBuilder event) {
    event.setScope(40);
    event.initBody().initSiteOpened().setFromDay(100);
  });
  open_programme(log, supervisor, Day{0}, Day{kOpenDay}, {}, ScopeId{40});
  const EventId own = decide_held(log, two, site, true);
  EXPECT_TRUE(log.reasons(own).has(Reason::not_independent));
  EXPECT_EQ(log.status(site), EventStatus::held);
  decide_held(log, supervisor, site, true);
  EXPECT_EQ(log.status(site), EventStatus::released);
}

TEST_F(Admission, a_release_cannot_waive_what_is_firm) {
  const EventId decision = link_persons(log, supervisor, EventId{}, EventId{}, true);
  EXPECT_EQ(log.status(decision), EventStatus::held);
  decide_held(log, second, decision, true);
  EXPECT_EQ(log.status(decision), EventStatus::held);
  EXPECT_TRUE(log.reasons(decision).has(Reason::same_person_twice));
}

TEST_F(Admission, a_supervisor_cannot_release_a_grant_of_rights) {
  const EventId grant = log.add(field, [](EventBuilder event) {
    auto body = event.initBody().initRoleGranted();
    body.setPerson(5);
    body.setRole(Role::ADMIN);
    body.setUntil(kOpenDay);
  });
  EXPECT_EQ(log.status(grant), EventStatus::held);
  const EventId decision = decide_held(log, supervisor, grant, true);
  EXPECT_TRUE(log.reasons(decision).has(Reason::missing_role));
  EXPECT_EQ(log.status(grant), EventStatus::held);
}

TEST_F(Admission, finance_may_decide_about_held_events_too) {
  const DeviceNumber finance = log.enrol({.roles = {Role::FINANCE}});
  const EventId site = open_site(log, field, Day{100});
  decide_held(log, finance, site, true);
  EXPECT_EQ(log.status(site), EventStatus::released);
}

TEST_F(Admission, a_decision_that_comes_before_the_held_event_waits_for_it) {
  log.offline(field);
  const EventId site = open_site(log, field, Day{100});
  const EventId decision = decide_held(log, supervisor, site, true);
  EXPECT_EQ(log.status(decision), EventStatus::held);
  log.online(field);
  EXPECT_EQ(log.status(decision), EventStatus::accepted);
  EXPECT_EQ(log.status(site), EventStatus::released);
}

TEST_F(Admission, a_released_event_wakes_what_waited_for_it) {
  const EventId site = open_site(log, field, Day{100});
  const EventId person =
      register_person(log, other, {}, [&](EventBuilder event) { event.setSite(site.value); });
  EXPECT_TRUE(log.reasons(person).has(Reason::orphan));
  decide_held(log, supervisor, site, true);
  EXPECT_TRUE(log.reasons(person).empty());
}

TEST_F(Admission, a_long_chain_of_decisions_does_not_recurse) {
  // Each decision releases the one before it, which was held for want of a role.
  log.offline(field);
  EventId target = open_site(log, field, Day{100});
  std::vector<EventId> decisions;
  for (int i = 0; i < 3000; ++i) {
    target = decide_held(log, i % 2 == 0 ? other : field, target, true);
    decisions.push_back(target);
  }
  log.online(field);
  decide_held(log, supervisor, target, true);
  EXPECT_TRUE(log.state().due.empty());
  EXPECT_EQ(log.status(decisions.back()), EventStatus::released);
}

// --- corrections and retractions ---------------------------------------------------------------

using CorrectedField = schema::EventCorrected::Field;

TEST_F(Admission, a_correction_changes_the_rows_and_keeps_the_original) {
  const EventId person = register_person(log, field);
  const EventId service = serve(log, field, {person});
  const EventId correction = correct_event(log, supervisor, service,
                                           {{CorrectedField::KIND, 0, "mediation"},
                                            {CorrectedField::OCCURRED_DAY, 16'999},
                                            {CorrectedField::QUANTITY, 3}});
  ASSERT_EQ(log.status(correction), EventStatus::accepted);
  const State& state = log.state();
  const FactRow row = state.facts.row(state.facts.rows_of(service).first);
  EXPECT_EQ(state.symbols().text(row.kind), "mediation");
  EXPECT_EQ(row.day, 16'999);
  EXPECT_EQ(row.quantity, 3);
  EXPECT_TRUE(row.flags & kFactCorrected);
  const FactRow& original = state.audit.original_rows.at(service).front().row;
  EXPECT_EQ(state.symbols().text(original.kind), "legal_advice");
  EXPECT_EQ(original.quantity, 1);
}

TEST_F(Admission, retracting_a_correction_brings_the_original_back) {
  const EventId person = register_person(log, field);
  const EventId service = serve(log, field, {person});
  const EventId correction =
      correct_event(log, supervisor, service, {{CorrectedField::QUANTITY, 3}});
  EXPECT_EQ(quantity_of(log, service), 3);
  retract_event(log, second, correction);
  EXPECT_EQ(log.status(correction), EventStatus::retracted);
  EXPECT_EQ(quantity_of(log, service), 1);
  EXPECT_TRUE(log.state().audit.original_rows.empty());
}

TEST_F(Admission, two_corrections_that_did_not_know_of_each_other_are_a_conflict) {
  const EventId person = register_person(log, field);
  const EventId service = serve(log, field, {person});
  const EventId first = correct_event(log, supervisor, service, {{CorrectedField::MINUTES, 30}});
  const EventId conflicting = correct_event(log, second, service, {{CorrectedField::MINUTES, 45}});
  EXPECT_TRUE(log.reasons(conflicting).has(Reason::correction_conflict));
  EXPECT_EQ(log.state().audit.corrections.at(service).size(), 2u);
  EXPECT_TRUE(log.state().audit.corrections.at(service).back().in_conflict);
  const EventId settled = correct_event(log, supervisor, service, {{CorrectedField::MINUTES, 40}},
                                        {first, conflicting});
  EXPECT_TRUE(log.reasons(settled).empty());
  EXPECT_FALSE(log.state().audit.corrections.at(service).back().in_conflict);
  const FactRow row = log.state().facts.row(log.state().facts.rows_of(service).first);
  EXPECT_EQ(row.minutes, 40);
}

TEST_F(Admission, a_correction_needs_a_reason_and_a_possible_value) {
  const EventId person = register_person(log, field);
  const EventId service = serve(log, field, {person});
  EXPECT_TRUE(
      log.reasons(correct_event(log, supervisor, service, {{CorrectedField::QUANTITY, 2}}, {}, ""))
          .has(Reason::reason_missing));
  EXPECT_TRUE(log.reasons(correct_event(log, supervisor, service, {{CorrectedField::QUANTITY, -2}}))
                  .has(Reason::value_invalid));
  EXPECT_EQ(quantity_of(log, service), 1);
}

TEST_F(Admission, money_is_neither_corrected_nor_retracted) {
  const DeviceNumber finance = log.enrol({.roles = {Role::FINANCE}});
  const EventId fund = log.add(finance, [](EventBuilder event) {
    auto body = event.initBody().initFundSourceEstablished();
    body.setCode("f");
    body.setToDay(kOpenDay);
  });
  EXPECT_TRUE(log.reasons(retract_event(log, supervisor, fund)).has(Reason::money_only_reversed));
  EXPECT_TRUE(log.reasons(correct_event(log, supervisor, fund, {{CorrectedField::QUANTITY, 2}}))
                  .has(Reason::money_only_reversed));
  EXPECT_TRUE(log.state().in_force(fund));
}

TEST_F(Admission, a_retraction_takes_the_rows_out_and_keeps_them_visible) {
  const EventId person = register_person(log, field);
  const EventId service = serve(log, field, {person});
  const EventId retraction = retract_event(log, supervisor, service);
  EXPECT_EQ(log.status(retraction), EventStatus::accepted);
  EXPECT_EQ(log.status(service), EventStatus::retracted);
  EXPECT_EQ(row_count(log, service), 0u);
  EXPECT_EQ(log.state().audit.retracted_rows.at(service).size(), 1u);
  EXPECT_TRUE(log.reasons(retract_event(log, second, service)).has(Reason::target_retracted));
}

TEST_F(Admission, a_retraction_needs_a_reason_and_cannot_itself_be_retracted) {
  const EventId person = register_person(log, field);
  const EventId service = serve(log, field, {person});
  const EventId empty = retract_event(log, supervisor, service, "");
  EXPECT_TRUE(log.reasons(empty).has(Reason::reason_missing));
  EXPECT_EQ(row_count(log, service), 1u);
  const EventId retraction = retract_event(log, supervisor, service);
  EXPECT_TRUE(log.reasons(retract_event(log, second, retraction)).has(Reason::not_retractable));
  EXPECT_EQ(row_count(log, service), 0u);
}

TEST_F(Admission, naming_a_retracted_entity_is_flagged_not_orphaned) {
  const EventId person = register_person(log, field);
  retract_event(log, supervisor, person);
  const EventId service = serve(log, field, {person});
  EXPECT_TRUE(log.reasons(service).has(Reason::target_retracted));
  EXPECT_FALSE(log.reasons(service).has(Reason::orphan));
}

// --- types of a later version ------------------------------------------------------------------

// The bytes of a registration with the union's discriminant set to a member that does not exist.
Bytes of_unknown_type(Bytes event, std::uint16_t type) {
  // The discriminant is the only two bytes in which this event differs from one of the next type.
  const auto known = static_cast<std::uint16_t>(schema::Event::Body::PERSON_REGISTERED);
  capnp::MallocMessageBuilder a;
  capnp::MallocMessageBuilder b;
  a.initRoot<schema::Event>().initBody().initPersonRegistered();
  b.initRoot<schema::Event>().initBody().initPersonCorrected();
  const Bytes first = encode(a);
  const Bytes next = encode(b);
  for (std::size_t i = 16; i + 1 < first.size(); ++i) {
    if (first[i] == known && next[i] == known + 1) {
      EXPECT_EQ(event[i], known);
      event[i] = static_cast<std::uint8_t>(type);
      event[i + 1] = static_cast<std::uint8_t>(type >> 8);
      return event;
    }
  }
  ADD_FAILURE() << "the discriminant was not found";
  return event;
}

TEST_F(Admission, an_event_of_an_unknown_type_is_kept_counted_and_can_be_named) {
  log.offline(field);
  const EventId id = register_person(log, field);
  const EventId waits = register_person(
      log, other, {}, [&](EventBuilder event) { event.initCauses(1).set(0, id.value); });
  EXPECT_TRUE(log.reasons(waits).has(Reason::orphan));
  const Bytes strange = of_unknown_type(log.event_bytes(id), 999);
  const Judgement judgement = log.arrive(strange);
  EXPECT_EQ(judgement.verdict, schema::Verdict::FLAGGED);
  EXPECT_TRUE(judgement.reasons.has(Reason::unknown_type));
  EXPECT_EQ(log.state().unknown_types.at(999), 1u);
  EXPECT_TRUE(log.reasons(waits).empty());
}

}  // namespace
}  // namespace houniao::testing
