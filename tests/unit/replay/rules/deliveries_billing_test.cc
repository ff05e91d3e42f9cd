// A03, A04.
#include <gtest/gtest.h>

#include "tests/unit/replay/rules/deliveries_bench.h"

namespace houniao::testing {
namespace {

class Bills : public DeliveriesBench {
 protected:
  void SetUp() override {
    first = contract_with(contractor);
    second = contract_with(rival);
  }
  std::vector<EventId> visits(int count, EventId contract) {
    std::vector<EventId> out;
    for (int i = 0; i < count; ++i) {
      out.push_back(service({.persons = {known()}, .contract = contract}));
    }
    return out;
  }
  EventId first, second;
};

TEST_F(Bills, UnitsUnderTwoContractsAreDoubtedWithTheirPrice) {
  const std::vector<EventId> units = visits(3, first);
  const EventId earlier = submit(first, 3, units);
  const EventId later = submit(second, 2, {units[0], units[1]});
  const Anomalies found = ask("A03");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, second.value);
  EXPECT_EQ(found[0].at_risk, Fen{2'000});
  EXPECT_TRUE(names(found[0], earlier));
  EXPECT_TRUE(names(found[0], later));
  EXPECT_TRUE(names(found[0], units[0]));
  EXPECT_FALSE(names(found[0], units[2])) << "billed once";
}

TEST_F(Bills, TheSameUnitsTwiceUnderOneContractAreDoubted) {
  const std::vector<EventId> units = visits(2, first);
  submit(first, 2, units);
  submit(first, 2, units);
  EXPECT_EQ(ask("A03").size(), 1u);
}

TEST_F(Bills, SharesAgreedBeforehandAreInOrderUntilAThirdContractBillsThem) {
  const EventId other_fund = establish_fund();
  const EventId lottery = contract_with(rival, 0, 10'000, kOpen, other_fund);
  const EventId unit = service({.persons = {known()}, .shares = {{fund, 600}, {other_fund, 400}}});
  submit(first, 1, {unit});
  submit(lottery, 1, {unit});
  EXPECT_TRUE(ask("A03").empty());
  submit(second, 1, {unit});  // 600 thousandths more
  const Anomalies found = ask("A03");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at_risk, Fen{600});
}

TEST_F(Bills, WhatWasRefusedMayBeClaimedAgain) {
  const std::vector<EventId> all = visits(2, first);
  const EventId refused = submit(first, 2, all);
  const std::vector<EventId> some = visits(3, second);
  const EventId partly = submit(second, 3, some);
  review(reviewer, refused, {.refused = 2});
  review(reviewer, partly, {.accepted = 2, .refused = 1, .fen = 2'000});
  submit(first, 2, all);
  submit(second, 1, {some[1]});
  EXPECT_TRUE(ask("A03").empty());
  submit(second, 1, {some[2]});  // a second of three, of which only one was refused
  EXPECT_EQ(ask("A03").size(), 2u) << "which of the two is the refused one nobody can tell";
}

class Claims : public DeliveriesBench {
 protected:
  void SetUp() override {
    first = contract_with(contractor);
    second = contract_with(rival);
    person = known();
  }
  EventId visit_at(EventId contract, int minute, const std::string& kind = "visit",
                   std::int32_t day = 17'000) {
    return service({.persons = {person},
                    .day = day,
                    .minute = minute,
                    .minutes = 60,
                    .contract = contract,
                    .kind = kind});
  }
  EventId first, second, person;
};

TEST_F(Claims, OverlappingVisitsUnderTwoContractsAreOneAnomalyOfThePerson) {
  const EventId a = visit_at(first, 540);
  const EventId b = visit_at(second, 570);
  visit_at(first, 540, "visit", 17'001);
  visit_at(second, 560, "visit", 17'001);
  const Anomalies found = ask("A04");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, person.value);
  EXPECT_EQ(found[0].events.size(), 4u);
  EXPECT_TRUE(names(found[0], a) && names(found[0], b));
  EXPECT_EQ(found[0].at_risk, Fen{2'000});
}

TEST_F(Claims, VisitsWithoutATimeMayHaveBeenAtTheSameTime) {
  visit_at(first, -1);
  visit_at(first, 540);
  const EventId b = visit_at(second, 900);
  const Anomalies found = ask("A04");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(names(found[0], b));
}

TEST_F(Claims, OtherTimesKindsDaysAndTheSameContractAreInOrder) {
  visit_at(first, 540);
  visit_at(second, 900);
  visit_at(second, 540, "counselling");
  visit_at(second, 540, "visit", 17'001);
  visit_at(first, 550);
  EXPECT_TRUE(ask("A04").empty());
  visit_at(second, 555);
  EXPECT_EQ(ask("A04").size(), 1u) << "the canary";
}

TEST_F(Claims, OneWithdrawnClaimLeavesTheOtherAlone) {
  visit_at(first, 540);
  const EventId twice = visit_at(second, 540);
  ASSERT_EQ(ask("A04").size(), 1u);
  retract(twice);
  EXPECT_TRUE(ask("A04").empty());
}

}  // namespace
}  // namespace houniao::testing
