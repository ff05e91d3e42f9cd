// A32, A33, A37 and A38: messages, bodies, demands and posts.
#include "tests/unit/replay/families/delivery_world.h"
#include "tests/unit/replay/rules/conduct_bench.h"

namespace houniao::testing {
namespace {

class InstitutionsBodies : public DeliveryWorld {
 protected:
  using Status = schema::OrganisationStatusChanged::Status;
  using Period = schema::DemandDigestCompiled::Period;
  using Disposition = schema::DemandDigestCompiled::Disposition;

  void days_pass(std::int32_t days) { log.set_today(Day{log.today().value + days}); }
  std::int32_t today() const { return log.today().value; }

  EventId phone_owner(std::uint8_t phone) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initPersonRegistered();
      b.setPhoneIndex(to_data(ByteView{Bytes(16, phone)}));
    });
  }
  struct Message {
    std::uint32_t recipients = 0;
    std::uint32_t delivered = 0;
    std::string basis = "form";
    std::uint8_t text = 0;
  };
  EventId send(const Message& message) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initBroadcastSent();
      b.setChannel("sms");
      b.setAudience("clients");
      b.setRecipients(message.recipients);
      b.setDelivered(message.delivered);
      b.setConsentBasis(message.basis);
      if (message.text != 0) b.setTextSha256(to_data(ByteView{Bytes(32, message.text)}));
    });
  }
  EventId consent(EventId who, bool given) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initConsentChanged();
      b.setPerson(who.value);
      b.setPurpose("notices");
      b.setGiven(given);
    });
  }

  EventId change_status(EventId of, Status status) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initOrganisationStatusChanged();
      b.setOrganisation(of.value);
      b.setStatus(status);
      b.setDay(today());
    });
  }
  EventId rate(EventId of, std::int32_t from, std::int32_t to) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initOrganisationCredentialRecorded();
      b.setOrganisation(of.value);
      b.setKind(schema::OrganisationCredentialRecorded::Kind::RATING);
      b.setValue("4A");
      b.setValidFromDay(from);
      b.setValidToDay(to);
    });
  }
  EventId serve_as(EventId organisation) {
    const EventId who = person();
    return log.add(field, [&](Body e) {
      e.setOrganisation(organisation.value);
      auto b = e.initBody().initServiceDelivered();
      b.setKind("visit");
      b.initPersons(1).set(0, who.value);
    });
  }

  EventId ask(std::int32_t day) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initDemandRaised();
      b.setCategory("repair");
      b.setDay(day);
    });
  }
  struct Listed {
    EventId demand;
    Disposition disposition = Disposition::CARRIED;
  };
  EventId list(Period period, std::int32_t from, std::int32_t to,
               const std::vector<Listed>& items) {
    return log.add(supervisor, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initDemandDigestCompiled();
      b.setPeriod(period);
      b.setFromDay(from);
      b.setToDay(to);
      auto out = b.initItems(static_cast<unsigned>(items.size()));
      for (unsigned i = 0; i < out.size(); ++i) {
        out[i].setDemand(items[i].demand.value);
        out[i].setDisposition(items[i].disposition);
      }
    });
  }

  EventId elect(EventId body, std::uint32_t seats, const std::vector<EventId>& elected = {}) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initElectionHeld();
      b.setBody(body.value);
      b.setDay(today());
      b.setSeats(seats);
      b.setElectorate(30);
      b.setTurnout(28);
      auto out = b.initElected(static_cast<unsigned>(elected.size()));
      for (unsigned i = 0; i < out.size(); ++i) out.set(i, elected[i].value);
    });
  }
  EventId appoint(EventId who, EventId body, bool started = true) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initAppointmentChanged();
      b.setPerson(who.value);
      b.setPost("secretary");
      b.setBody(body.value);
      b.setStarted(started);
      b.setDay(today());
    });
  }
};

TEST_F(InstitutionsBodies, MoreRecipientsThanPhonesAreDoubtedWithThePriceOfTheMessages) {
  for (std::uint8_t i = 1; i <= 5; ++i) phone_owner(i);
  phone_owner(5);  // the same phone twice
  send({.recipients = 5, .delivered = 5});
  EXPECT_TRUE(ask_rule(log, "A32").empty());
  const EventId many = send({.recipients = 105, .delivered = 100});
  const auto found = ask_rule(log, "A32");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 32);
  EXPECT_EQ(found[0].events, std::vector<EventId>{many});
  EXPECT_EQ(found[0].subject, programme.value);
  EXPECT_EQ(found[0].at_risk.value, 500);
}

TEST_F(InstitutionsBodies, AWithdrawalTakesARecipientAwayFromItsDayOn) {
  std::vector<EventId> people;
  for (std::uint8_t i = 1; i <= 3; ++i) people.push_back(phone_owner(i));
  for (const EventId who : people) consent(who, true);
  send({.recipients = 3, .delivered = 3, .basis = "notices"});
  days_pass(10);
  consent(people[0], false);
  EXPECT_TRUE(ask_rule(log, "A32").empty()) << "a withdrawal is not retroactive";
  send({.recipients = 2, .delivered = 2, .basis = "notices"});
  EXPECT_TRUE(ask_rule(log, "A32").empty());
  const EventId after = send({.recipients = 3, .delivered = 3, .basis = "notices"});
  const auto found = ask_rule(log, "A32");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, std::vector<EventId>{after});
}

TEST_F(InstitutionsBodies, OneTextAgainIsDoubtedButNotToThoseWhomItHadNotReached) {
  for (std::uint8_t i = 1; i <= 9; ++i) phone_owner(i);
  send({.recipients = 9, .delivered = 6, .text = 1});
  send({.recipients = 3, .delivered = 3, .text = 1});
  EXPECT_TRUE(ask_rule(log, "A32").empty());
  send({.recipients = 9, .delivered = 9, .text = 2});
  days_pass(7);
  send({.recipients = 9, .delivered = 9, .text = 2});
  EXPECT_TRUE(ask_rule(log, "A32").empty()) << "a weekly reminder";
  const EventId twice = send({.recipients = 9, .delivered = 9, .text = 2});
  EXPECT_EQ(about(ask_rule(log, "A32"), twice).size(), 1u);
}

TEST_F(InstitutionsBodies, ABadCodeAndOneCodeOfTwoBodiesAreDoubted) {
  const EventId bad = organisation("91350100M000100Y40");
  const EventId good = organisation("91350100M000100Y43");
  organisation("");
  auto found = ask_rule(log, "A33");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 33);
  EXPECT_EQ(found[0].events, std::vector<EventId>{bad});
  const EventId twin = organisation("91350100M000100Y43");
  found = about(ask_rule(log, "A33"), twin);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(names(found[0], good));
}

TEST_F(InstitutionsBodies, ServingAfterDeregistrationIsDoubtedButNotWindingUp) {
  const EventId body = organisation("");
  serve_as(body);
  change_status(body, Status::DEREGISTERED);
  days_pass(20);
  serve_as(body);
  EXPECT_TRUE(ask_rule(log, "A33").empty());
  days_pass(60);
  const EventId late = serve_as(body);
  const auto found = ask_rule(log, "A33");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, std::vector<EventId>{late});
  EXPECT_EQ(found[0].subject, body.value);
}

TEST_F(InstitutionsBodies, AContractAfterTheRatingExpiredPutsItsValueAtRisk) {
  const EventId buyer = organisation("");
  const EventId contractor = organisation();
  verified_account(contractor);
  rate(contractor, today() - 2'000, today() - 200);
  const EventId fund = establish_fund();
  receive(fund, 1'000'000);
  const EventId contract = sign_contract(buyer, contractor, fund, {});
  const auto found = ask_rule(log, "A33");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], contract));
  EXPECT_EQ(found[0].at_risk.value, 100'000);
  rate(contractor, today() - 199, today() + 1'600);
  EXPECT_TRUE(ask_rule(log, "A33").empty()) << "it was renewed in time";
}

TEST_F(InstitutionsBodies, AContractorWithoutAnAccountIsDoubtedTwoMonthsAfterSigning) {
  const EventId contractor = organisation();
  const EventId fund = establish_fund();
  const EventId contract = sign_contract(organisation(""), contractor, fund, {});
  EXPECT_TRUE(ask_rule(log, "A33").empty());
  days_pass(61);
  person();
  EXPECT_EQ(about(ask_rule(log, "A33"), contract).size(), 1u);
  verified_account(contractor);
  EXPECT_TRUE(ask_rule(log, "A33").empty()) << "an account valid since before the contract";
}

TEST_F(InstitutionsBodies, ADemandMissingFromAListThatCouldKnowItIsDoubted) {
  const std::int32_t monday = today() - 28;
  const EventId listed = ask(monday);
  const EventId lost = ask(monday + 1);
  const EventId week = list(Period::WEEK, monday, monday + 6, {{listed, Disposition::ANSWERED}});
  const EventId late = ask(monday + 2);
  const auto found = ask_rule(log, "A37");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 37);
  EXPECT_EQ(found[0].subject, lost.value);
  EXPECT_TRUE(names(found[0], lost) && names(found[0], week));
  EXPECT_TRUE(about(found, late).empty()) << "the list could not know it";
  retract(lost);
  EXPECT_TRUE(ask_rule(log, "A37").empty());
}

TEST_F(InstitutionsBodies, ADemandThatNothingEverNamesIsForgottenAfterTwoMonths) {
  const EventId carried = ask(today());
  list(Period::WEEK, today() - 3, today() + 3, {{carried}});
  const EventId late = ask(today());
  EXPECT_TRUE(ask_rule(log, "A37").empty());
  days_pass(70);
  person();
  const auto found = ask_rule(log, "A37");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].subject, late.value);
}

TEST_F(InstitutionsBodies, DaysWithoutCollectionAreDoubtedWhereItWasDaily) {
  for (std::int32_t i = 0; i < 40; ++i) ask(today() - 100 + i);
  ask(today() - 52);
  EXPECT_TRUE(ask_rule(log, "A37").empty()) << "a week of holidays";
  const EventId after = ask(today() - 20);
  const auto found = ask_rule(log, "A37");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], after));
  EXPECT_EQ(found[0].subject, programme.value);
}

TEST_F(InstitutionsBodies, SeatsAndPostsThatDoNotAddUpAreOneDoubtForTheProgramme) {
  const EventId whole = organisation("");
  const EventId empty = organisation("");
  const EventId wrong = organisation("");
  const EventId elected = person();
  elect(whole, 1, {elected});
  appoint(elected, whole);
  const EventId vacant = elect(empty, 3);
  const EventId other = elect(wrong, 1, {person()});
  appoint(person(), wrong);
  EXPECT_TRUE(ask_rule(log, "A38").empty()) << "posts are still being filled";
  days_pass(61);
  person();
  const auto found = ask_rule(log, "A38");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 38);
  EXPECT_EQ(found[0].events, (std::vector<EventId>{vacant, other}));
  EXPECT_EQ(found[0].subject, programme.value);
  EXPECT_TRUE(says(found[0], "3 bodies elected 5 seats; 2 posts are filled"));
}

TEST_F(InstitutionsBodies, OnePersonInTooManyPostsAtOnceIsDoubted) {
  const EventId who = person();
  std::vector<EventId> bodies;
  for (int i = 0; i < 5; ++i) bodies.push_back(organisation(""));
  for (const EventId body : bodies) appoint(who, body);
  const auto found = ask_rule(log, "A38");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, who.value);
  days_pass(1);
  appoint(who, bodies[0], false);
  EXPECT_TRUE(ask_rule(log, "A38").empty());
}

TEST_F(InstitutionsBodies, CanaryHonestEventsOfEveryKindGiveNothing) {
  phone_owner(1);
  send({.recipients = 1, .delivered = 1});
  const EventId demand = ask(today() - 3);
  list(Period::WEEK, today() - 6, today(), {{demand, Disposition::ANSWERED}});
  const EventId body = organisation();
  const EventId who = person();
  elect(body, 1, {who});
  appoint(who, body);
  days_pass(100);
  person();
  for (const char* code : {"A32", "A33", "A37", "A38"}) {
    EXPECT_TRUE(ask_rule(log, code).empty()) << code;
  }
  send({.recipients = 9, .delivered = 9});
  EXPECT_FALSE(ask_rule(log, "A32").empty()) << "the bench does ask the rule";
}

}  // namespace
}  // namespace houniao::testing
