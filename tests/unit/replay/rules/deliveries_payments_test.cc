// A13.
#include <gtest/gtest.h>

#include "tests/unit/replay/rules/deliveries_bench.h"

namespace houniao::testing {
namespace {

class Payments : public DeliveriesBench {
 protected:
  // Ten visits, claimed and accepted on that day.
  EventId accepted(EventId contract, std::int32_t day) {
    log.set_today(Day{day});
    return accept(contract, 10);
  }
  EventId account(EventId of, std::string_view index, std::int32_t from) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initOrganisationCredentialRecorded();
      b.setOrganisation(of.value);
      b.setKind(schema::OrganisationCredentialRecorded::Kind::BANK_ACCOUNT);
      b.setValue(std::string(index));
      b.setIssuer("bank");
      b.setValidFromDay(from);
      b.setValidToDay(kOpen);
    });
  }
};

TEST_F(Payments, MoneyPaidBeforeTheDayOfItsAcceptanceIsDoubted) {
  const EventId contract = contract_with(contractor);
  const EventId milestone = accepted(contract, 17'100);
  log.set_today(Day{17'050});
  const EventId payment = pay_for(contract, milestone, 10'000);
  EXPECT_IN_FORCE(payment);
  const Anomalies found = ask("A13");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, contract.value);
  EXPECT_EQ(found[0].at_risk, Fen{10'000});
  EXPECT_TRUE(names(found[0], payment));
  EXPECT_TRUE(names(found[0], contract));
}

TEST_F(Payments, AcceptanceFirstAnAgreedAdvanceAndASlipOfDaysAreInOrder) {
  const EventId usual = contract_with(contractor);
  EventId milestone = accepted(usual, 17'000);
  log.set_today(Day{17'020});
  EXPECT_IN_FORCE(pay_for(usual, milestone, 10'000));
  const EventId with_advance = contract_with(contractor, 30'000);
  EXPECT_IN_FORCE(pay_for(with_advance, {}, 30'000, true));
  const EventId slip = contract_with(contractor);
  milestone = accepted(slip, 17'032);
  log.set_today(Day{17'030});
  EXPECT_IN_FORCE(pay_for(slip, milestone, 10'000));
  EXPECT_TRUE(ask("A13").empty());
}

TEST_F(Payments, WhatCameBackIsNotPaid) {
  const EventId contract = contract_with(contractor);
  const EventId milestone = accepted(contract, 17'100);
  log.set_today(Day{17'050});
  const EventId payment = pay_for(contract, milestone, 10'000);
  reverse(payment, 6'000);
  Anomalies found = ask("A13");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at_risk, Fen{4'000});
  reverse(payment, 4'000);
  EXPECT_TRUE(ask("A13").empty());
}

TEST_F(Payments, AnAccountThatHasJustChangedIsDoubted) {
  const EventId payee = organisation();
  account(payee, "old", 16'000);
  const EventId changed = account(payee, "fresh", 17'000);
  log.set_today(Day{17'010});
  const EventId payment = pay_for({}, {}, 7'700, false, payee, "fresh");
  EXPECT_IN_FORCE(payment);
  const Anomalies found = ask("A13");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, payee.value);
  EXPECT_EQ(found[0].at_risk, Fen{7'700});
  EXPECT_TRUE(names(found[0], payment));
  EXPECT_TRUE(names(found[0], changed));
}

TEST_F(Payments, AFirstAccountAnOldChangeAndTheFormerAccountAreNot) {
  const EventId first_time = organisation();
  account(first_time, "first", 17'000);
  const EventId settled = organisation();
  account(settled, "old", 16'000);
  account(settled, "fresh", 16'900);
  const EventId faithful = organisation();
  account(faithful, "same", 16'000);
  account(faithful, "same", 17'000);   // verified again
  account(faithful, "other", 17'000);  // and a second one that is not paid to
  log.set_today(Day{17'010});
  EXPECT_IN_FORCE(pay_for({}, {}, 100, false, first_time, "first"));
  EXPECT_IN_FORCE(pay_for({}, {}, 100, false, settled, "fresh"));
  EXPECT_IN_FORCE(pay_for({}, {}, 100, false, faithful, "same"));
  EXPECT_TRUE(ask("A13").empty());
  EXPECT_IN_FORCE(pay_for({}, {}, 100, false, faithful, "other"));
  EXPECT_EQ(ask("A13").size(), 1u) << "the canary";
}

TEST_F(Payments, MonthsAfterTheEndOfAContractNothingIsPaidAnyMore) {
  const EventId contract = contract_with(contractor, 0, 16'900, 17'000);
  const EventId milestone = accepted(contract, 16'990);
  log.set_today(Day{17'060});
  EXPECT_IN_FORCE(pay_for(contract, milestone, 4'000));
  EXPECT_TRUE(ask("A13").empty()) << "a settlement";
  log.set_today(Day{17'200});
  const EventId late = pay_for(contract, milestone, 6'000);
  EXPECT_IN_FORCE(late);
  const Anomalies found = ask("A13");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(names(found[0], late));
  EXPECT_EQ(found[0].at_risk, Fen{6'000});
}

TEST_F(Payments, AnAttemptIsDoubtedUntilSomebodyRefusesIt) {
  const EventId contract = contract_with(contractor);
  const EventId asked =
      request({.fund = fund, .contract = contract, .payee = contractor, .fen = 50'000});
  EXPECT_HELD_FOR(asked, payment_before_acceptance);
  const Anomalies found = ask("A13");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].events, std::vector<EventId>{asked});
  EXPECT_EQ(found[0].at_risk, Fen{50'000});
  release(asked, false);
  EXPECT_TRUE(ask("A13").empty());
}

TEST_F(Payments, OtherRequestsThatAreHeldAreNotItsBusiness) {
  const EventId strict = establish_fund({.purposes = {"youth_service"}});
  receive(strict, 1'000'000);
  allocate(strict, 1'000'000);
  const EventId asked = request({.fund = strict, .payee = contractor, .fen = 100});
  EXPECT_TRUE(held(asked));
  EXPECT_TRUE(ask("A13").empty());
}

}  // namespace
}  // namespace houniao::testing
