#include <gtest/gtest.h>

#include "replay/families/programmes.h"
#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using schema::Role;
using PolicyKind = schema::PolicyVersionPublished::Kind;

class Programmes : public ::testing::Test {
 protected:
  LogBuilder log;
  DeviceNumber supervisor = log.enrol({.roles = {Role::SUPERVISOR}});

  EventId publish(EventId programme, std::uint32_t version, Day from, std::uint16_t near = 900) {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initPolicyVersionPublished();
      body.setProgramme(programme.value);
      body.setKind(PolicyKind::COUNTING);
      body.setVersion(version);
      body.setValidFromDay(from.value);
      body.setNearPermille(near);
    });
  }
  EventId close(EventId programme, Day day, const std::string& reason = "purpose fulfilled") {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initProgrammeClosed();
      body.setProgramme(programme.value);
      body.setDay(day.value);
      body.setReason(reason);
    });
  }
};

TEST_F(Programmes, a_period_must_not_end_before_it_starts) {
  EXPECT_TRUE(
      log.reasons(open_programme(log, supervisor, Day{10}, Day{9})).has(Reason::interval_invalid));
  EXPECT_EQ(log.status(open_programme(log, supervisor, Day{10}, Day{10})), EventStatus::accepted);
}

TEST_F(Programmes, a_child_lies_within_its_parent) {
  const EventId parent = open_programme(log, supervisor, Day{100}, Day{200});
  EXPECT_EQ(log.status(open_programme(log, supervisor, Day{100}, Day{200}, parent)),
            EventStatus::accepted);
  const EventId outside = open_programme(log, supervisor, Day{99}, Day{150}, parent);
  EXPECT_EQ(log.status(outside), EventStatus::held);
  EXPECT_TRUE(log.reasons(outside).has(Reason::child_outside_parent));
}

TEST_F(Programmes, a_code_that_another_programme_has_is_flagged_until_that_one_is_retracted) {
  const auto open_as = [&](const std::string& code) {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initProgrammeOpened();
      body.setCode(code);
      body.setFromDay(100);
      body.setToDay(kOpenDay);
    });
  };
  const EventId first = open_as("care");
  EXPECT_TRUE(log.reasons(first).empty());
  const EventId again = open_as("care");
  EXPECT_EQ(log.status(again), EventStatus::flagged);
  EXPECT_TRUE(log.reasons(again).has(Reason::code_taken));
  EXPECT_TRUE(log.reasons(open_as("school")).empty());
  EXPECT_TRUE(log.reasons(open_as("")).empty());
  EXPECT_TRUE(log.reasons(open_as("")).empty()) << "no code is no code taken";
  retract_event(log, supervisor, first);
  retract_event(log, supervisor, again);
  EXPECT_TRUE(log.reasons(open_as("care")).empty());
}

TEST_F(Programmes, after_the_closing_events_are_flagged_and_its_retraction_opens_it_again) {
  const EventId programme = open_programme(log, supervisor, Day{100}, Day{kOpenDay});
  const auto register_in = [&] {
    return register_person(log, supervisor, {},
                           [&](EventBuilder event) { event.setProgramme(programme.value); });
  };
  const EventId closing = close(programme, Day{log.today().value - 1});
  EXPECT_TRUE(log.reasons(register_in()).has(Reason::programme_closed));
  EXPECT_TRUE(log.reasons(close(programme, Day{100})).has(Reason::already_ended));
  retract_event(log, supervisor, closing);
  EXPECT_EQ(log.state().programme(entity_cast<ProgrammeId>(programme))->closed_on(), Day{100});
}

TEST_F(Programmes, closing_needs_a_reason) {
  const EventId programme = open_programme(log, supervisor, Day{100}, Day{200});
  EXPECT_TRUE(log.reasons(close(programme, Day{150}, "")).has(Reason::reason_missing));
}

TEST_F(Programmes, the_policy_in_force_is_the_highest_version_that_is_valid) {
  const EventId programme = open_programme(log, supervisor, Day{100}, Day{kOpenDay});
  publish(programme, 1, Day{100}, 900);
  publish(programme, 2, Day{17'100}, 950);
  const auto& programmes = log.state().programmes;
  const auto id = entity_cast<ProgrammeId>(programme);
  const auto kind = static_cast<std::uint16_t>(PolicyKind::COUNTING);
  EXPECT_EQ(programmes.policy(id, kind, Day{99}), nullptr);
  EXPECT_EQ(programmes.policy(id, kind, Day{17'099})->version, 1u);
  EXPECT_EQ(programmes.policy(id, kind, Day{17'100})->version, 2u);
  EXPECT_EQ(programmes.policies.size(), 2u) << "old versions stay addressable";
}

TEST_F(Programmes, a_version_is_published_once_and_events_may_only_name_published_ones) {
  const EventId programme = open_programme(log, supervisor, Day{100}, Day{kOpenDay});
  publish(programme, 1, Day{100});
  EXPECT_TRUE(log.reasons(publish(programme, 1, Day{200})).has(Reason::policy_version_taken));
  EXPECT_TRUE(log.reasons(publish(programme, 0, Day{200})).has(Reason::value_invalid));
  const auto naming = [&](std::uint32_t version) {
    return register_person(log, supervisor, {}, [&](EventBuilder event) {
      event.setProgramme(programme.value);
      event.setPolicyVersion(version);
    });
  };
  EXPECT_TRUE(log.reasons(naming(1)).empty());
  EXPECT_TRUE(log.reasons(naming(3)).has(Reason::policy_unknown));
}

TEST_F(Programmes, obligations_are_defined_and_waived_by_somebody_else_with_a_reason) {
  const EventId programme = open_programme(log, supervisor, Day{100}, Day{kOpenDay});
  const auto define = [&](std::int64_t threshold) {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initObligationDefined();
      body.setProgramme(programme.value);
      body.setCode("weekend_class_monthly");
      body.setEventKind("weekend_class");
      body.setPeriod(schema::ObligationDefined::Period::MONTH);
      body.setThreshold(threshold);
      body.setFromDay(100);
      body.setToDay(500);
    });
  };
  EXPECT_TRUE(log.reasons(define(0)).has(Reason::value_invalid));
  const EventId obligation = define(2);
  const auto waive = [&](EventId of, std::int32_t period, const std::string& reason) {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initObligationWaived();
      body.setObligation(of.value);
      body.setPeriodFromDay(period);
      body.setReason(reason);
      body.setApprover(8);
    });
  };
  EXPECT_TRUE(log.reasons(waive(obligation, 120, "")).has(Reason::reason_missing));
  EXPECT_TRUE(log.reasons(waive(obligation, 600, "flood")).has(Reason::interval_invalid));
  EXPECT_TRUE(log.reasons(waive(programme, 120, "flood")).has(Reason::wrong_reference));
  const EventId waiver = waive(obligation, 120, "flood");
  EXPECT_EQ(log.status(waiver), EventStatus::accepted);
  const auto& waivers =
      log.state().programmes.obligations.at(entity_cast<ObligationId>(obligation)).waivers;
  EXPECT_EQ(waivers.size(), 1u);
  retract_event(log, supervisor, waiver);
  EXPECT_TRUE(
      log.state().programmes.obligations.at(entity_cast<ObligationId>(obligation)).waivers.empty());
}

}  // namespace
}  // namespace houniao::testing
