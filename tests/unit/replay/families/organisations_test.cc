#include <gtest/gtest.h>

#include "replay/families/organisations.h"
#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using schema::Role;
using Status = schema::OrganisationStatusChanged::Status;
using CredentialKind = schema::OrganisationCredentialRecorded::Kind;

constexpr const char* kGoodCode = "91350100M000100Y43";

class Organisations : public ::testing::Test {
 protected:
  LogBuilder log;
  DeviceNumber field = log.enrol({.roles = {Role::FIELD}});
  DeviceNumber supervisor = log.enrol({.roles = {Role::SUPERVISOR}});

  EventId set_status(EventId id, Status status, Day day) {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initOrganisationStatusChanged();
      body.setOrganisation(id.value);
      body.setStatus(status);
      body.setDay(day.value);
    });
  }
  EventId credential(EventId id, CredentialKind kind, const std::string& value, Day from, Day to) {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initOrganisationCredentialRecorded();
      body.setOrganisation(id.value);
      body.setKind(kind);
      body.setValue(value);
      body.setValidFromDay(from.value);
      body.setValidToDay(to.value);
    });
  }
  EventId member(EventId who, EventId group, bool joined, Day day) {
    return log.add(field, [&](EventBuilder event) {
      auto body = event.initBody().initMembershipChanged();
      body.setMember(who.value);
      body.setGroup(group.value);
      body.setRole("league_member");
      body.setJoined(joined);
      body.setDay(day.value);
    });
  }
  bool active(EventId id, Day day) {
    return log.state().organisations.is_active(entity_cast<OrganisationId>(id), day);
  }
};

TEST_F(Organisations, a_social_credit_code_is_checked) {
  EXPECT_EQ(log.status(register_organisation(log, field, kGoodCode)), EventStatus::accepted);
  const EventId bad = register_organisation(log, field, "91350100M000100Y44");
  EXPECT_EQ(log.status(bad), EventStatus::flagged);
  EXPECT_TRUE(log.reasons(bad).has(Reason::uscc_invalid));
  EXPECT_EQ(log.status(register_organisation(log, field, "")), EventStatus::accepted);
}

TEST_F(Organisations, a_code_is_registered_once_unless_the_first_was_retracted) {
  const EventId first = register_organisation(log, field, kGoodCode);
  EXPECT_TRUE(log.reasons(register_organisation(log, field, kGoodCode)).has(Reason::uscc_taken));
  retract_event(log, supervisor, first);
  const EventId again = register_organisation(log, field, kGoodCode);
  EXPECT_TRUE(log.reasons(again).has(Reason::uscc_taken)) << "the second one still stands";
}

TEST_F(Organisations, the_last_status_by_date_holds_and_a_retracted_one_is_gone) {
  const EventId id = register_organisation(log, field);
  const EventId suspended = set_status(id, Status::SUSPENDED, Day{200});
  set_status(id, Status::INCUBATING, Day{100});
  EXPECT_TRUE(active(id, Day{199}));
  EXPECT_FALSE(active(id, Day{200}));
  retract_event(log, supervisor, suspended);
  EXPECT_TRUE(active(id, Day{200}));
}

TEST_F(Organisations, nobody_is_appointed_in_a_suspended_body) {
  const EventId id = register_organisation(log, field);
  const EventId person = register_person(log, field);
  const auto appoint = [&](Day day) {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initAppointmentChanged();
      body.setPerson(person.value);
      body.setPost("secretary");
      body.setBody(id.value);
      body.setStarted(true);
      body.setDay(day.value);
    });
  };
  EXPECT_EQ(log.status(appoint(Day{100})), EventStatus::accepted);
  set_status(id, Status::SUSPENDED, Day{200});
  const EventId late = appoint(Day{201});
  EXPECT_EQ(log.status(late), EventStatus::held);
  EXPECT_TRUE(log.reasons(late).has(Reason::organisation_not_active));
  EXPECT_EQ(log.state().organisations.appointments.at(entity_cast<OrganisationId>(id)).size(), 1u);
}

TEST_F(Organisations, a_bank_account_counts_while_it_is_valid) {
  const EventId id = register_organisation(log, field, kGoodCode);
  const auto organisation = entity_cast<OrganisationId>(id);
  EXPECT_FALSE(log.state().organisations.has_bank_account(organisation, "", Day{150}));
  const EventId account = credential(id, CredentialKind::BANK_ACCOUNT, "ab12", Day{100}, Day{200});
  const auto has = [&](std::string_view value, Day day) {
    return log.state().organisations.has_bank_account(organisation, value, day);
  };
  EXPECT_TRUE(has("ab12", Day{150}));
  EXPECT_TRUE(has("", Day{150}));
  EXPECT_FALSE(has("cd34", Day{150}));
  EXPECT_FALSE(has("ab12", Day{201}));
  const FactRow row = log.state().facts.row(log.state().facts.rows_of(account).first);
  EXPECT_EQ(row.attr, kNoText) << "the account itself is nothing to count by";
  retract_event(log, supervisor, account);
  EXPECT_FALSE(has("ab12", Day{150}));
}

TEST_F(Organisations, a_credential_must_be_possible) {
  const EventId id = register_organisation(log, field);
  EXPECT_TRUE(log.reasons(credential(id, CredentialKind::RATING, "5A", Day{10}, Day{9}))
                  .has(Reason::interval_invalid));
  EXPECT_TRUE(log.reasons(credential(id, CredentialKind::USCC_CHECK, "nonsense", Day{1}, Day{9}))
                  .has(Reason::uscc_invalid));
}

TEST_F(Organisations, members_join_and_leave) {
  const EventId group = register_organisation(log, field);
  const EventId person = register_person(log, field);
  EXPECT_TRUE(
      log.reasons(member(person, group, false, Day{90})).has(Reason::membership_without_join));
  EXPECT_TRUE(log.reasons(member(person, group, true, Day{100})).empty());
  const auto& entries = log.state().organisations.memberships.at({person.value, group.value});
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_TRUE(entries.back().joined);
  const FactRow row = log.state().facts.row(log.state().facts.rows_of(entries.back().event).first);
  EXPECT_EQ(row.subject, person.value);
  EXPECT_EQ(row.group, group.value);
  EXPECT_EQ(log.state().symbols().text(row.kind), "league_member");
}

TEST_F(Organisations, a_channel_can_be_joined_too) {
  const EventId channel = log.add(field, [](EventBuilder event) {
    auto body = event.initBody().initAssetRecorded();
    body.setKind("qq_group");
    body.setQuantity(1);
  });
  const EventId person = register_person(log, field);
  EXPECT_EQ(log.status(member(person, channel, true, Day{100})), EventStatus::accepted);
}

TEST_F(Organisations, an_election_has_at_most_as_many_elected_as_seats) {
  const EventId id = register_organisation(log, field);
  const EventId person = register_person(log, field);
  const auto elect = [&](std::uint32_t seats, std::uint32_t turnout) {
    return log.add(field, [&](EventBuilder event) {
      auto body = event.initBody().initElectionHeld();
      body.setBody(id.value);
      body.setDay(100);
      body.setSeats(seats);
      body.setElectorate(50);
      body.setTurnout(turnout);
      body.initElected(1).set(0, person.value);
    });
  };
  EXPECT_TRUE(log.reasons(elect(1, 50)).empty());
  EXPECT_TRUE(log.reasons(elect(0, 50)).has(Reason::count_exceeds_total));
  EXPECT_TRUE(log.reasons(elect(1, 51)).has(Reason::count_exceeds_total));
}

TEST_F(Organisations, agreements_need_two_parties_and_end_once) {
  const EventId a = register_organisation(log, field);
  const EventId b = register_organisation(log, field);
  const auto sign = [&](std::vector<EventId> parties) {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initAgreementSigned();
      auto list = body.initParties(static_cast<unsigned>(parties.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, parties[i].value);
      body.setFromDay(100);
      body.setToDay(300);
    });
  };
  const auto end = [&](EventId agreement, std::int32_t day) {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initAgreementEnded();
      body.setAgreement(agreement.value);
      body.setDay(day);
      body.setReason("fulfilled");
    });
  };
  EXPECT_TRUE(log.reasons(sign({a})).has(Reason::parties_too_few));
  const EventId agreement = sign({a, b});
  EXPECT_EQ(row_count(log, agreement), 2u);
  EXPECT_TRUE(log.reasons(end(agreement, 99)).has(Reason::interval_invalid));
  EXPECT_TRUE(log.reasons(end(agreement, 200)).empty());
  EXPECT_TRUE(log.reasons(end(agreement, 210)).has(Reason::already_ended));
  const Agreement& signed_one =
      log.state().organisations.agreements.at(entity_cast<AgreementId>(agreement));
  EXPECT_TRUE(signed_one.in_force_on(Day{199}));
  EXPECT_FALSE(signed_one.in_force_on(Day{200}));
}

}  // namespace
}  // namespace houniao::testing
