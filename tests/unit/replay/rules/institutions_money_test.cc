// A34, A35 and A36: contests, coverage and amounts.
#include "tests/unit/replay/families/calls_world.h"
#include "tests/unit/replay/rules/conduct_bench.h"

namespace houniao::testing {
namespace {

class InstitutionsMoney : public CallsWorld {
 protected:
  EventId juror(EventId who = {}) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initStaffEngaged();
      b.setPerson(who.value);
      b.setEmployer(organiser.value);
      b.setFromDay(10'000);
    });
  }
  void relate(EventId one, EventId other) {
    log.add(field, [&](Body e) {
      auto b = e.initBody().initHouseholdChanged();
      b.setPerson(one.value);
      b.setMember(other.value);
      b.setRelation("spouse");
    });
  }

  EventId resident(EventId of) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      e.initBody().initPersonRegistered().setResidenceSite(of.value);
    });
  }
  EventId contract_at(EventId place) {
    const EventId contractor = organisation();
    const EventId money = establish_fund();
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initContractSigned();
      b.setNumber("P-" + to_string(money));
      b.setBuyer(organiser.value);
      b.initContractors(1).set(0, contractor.value);
      b.setAmountFen(100'000);
      b.initFunds(1).set(0, money.value);
      b.setFromDay(10'000);
      b.setToDay(kOpen);
      b.setLocation(place.value);
      auto line = b.initDeliverables(1)[0];
      line.setCode("visits");
      line.setKind("visit");
      line.setUnit("visit");
      line.setQuantity(100);
      line.setUnitPriceFen(1'000);
    });
  }
  EventId serve_under(EventId contract, EventId who) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initServiceDelivered();
      b.setKind("visit");
      b.initPersons(1).set(0, who.value);
      b.setContract(contract.value);
    });
  }

  // A fund with money, and a payee.
  void open_till() {
    fund = establish_fund();
    receive(fund, 900'000'000);
    allocate(fund, 800'000'000);
    shop = organisation();
    verified_account(shop);
  }
  EventId pay_out(std::int64_t fen) {
    const EventId asked = request({.fund = fund, .payee = shop, .fen = fen});
    approve(reviewer, asked);
    return pay(asked, fen);
  }
  EventId invoice(std::int64_t fen, int serial) {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initInvoiceRecorded();
      b.setIssuerUscc("91350100M000100Y43");
      b.setNumber(std::to_string(serial));
      b.setAmountFen(fen);
      b.setDay(log.today().value);
    });
  }

  EventId fund, shop;
};

// --- A34 ----------------------------------------------------------------------------------------

TEST_F(InstitutionsMoney, AnAwardWithoutCompetitionIsDoubtedWithItsAmount) {
  const EventId lonely = open_call();
  const EventId won = award(lonely, submit(lonely, alpha), 10'000);
  const EventId open = open_call();
  const EventId better = submit(open, alpha);
  submit(open, beta);
  award(open, better);
  const auto found = ask_rule(log, "A34");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 34);
  EXPECT_TRUE(names(found[0], won));
  EXPECT_EQ(found[0].subject, lonely.value);
  EXPECT_EQ(found[0].at_risk.value, 10'000);
}

TEST_F(InstitutionsMoney, OneDocumentOfTwoApplicantsIsDoubtedAndOfOneIsNot) {
  const EventId first = open_call();
  const EventId second = open_call();
  submit(first, {.applicants = {{alpha}}, .document = document(1)});
  submit(second, {.applicants = {{alpha}}, .document = document(1)});
  EXPECT_TRUE(ask_rule(log, "A34").empty());
  const EventId copy = submit(first, {.applicants = {{beta}}, .document = document(1)});
  const auto found = ask_rule(log, "A34");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(names(found[0], copy));
}

TEST_F(InstitutionsMoney, AScorerWhoseRelativeOrOwnMembershipIsKnownLaterIsDoubted) {
  const EventId call = open_call();
  const EventId of_alpha = submit(call, alpha);
  const EventId of_beta = submit(call, beta);
  const EventId married = person();
  const EventId spouse = person();
  const EventId scorer = juror(married);
  const EventId aside = juror();
  const EventId member = person();
  const EventId by_spouse = score(of_alpha, scorer);
  const EventId by_member = score(of_beta, member);
  recuse(of_beta, aside);
  EXPECT_TRUE(ask_rule(log, "A34").empty());
  relate(married, spouse);
  join(spouse, alpha);
  join(member, beta);
  const auto found = ask_rule(log, "A34");
  ASSERT_EQ(found.size(), 2u) << texts_of(found);
  EXPECT_EQ(about(found, by_spouse).size(), 1u);
  EXPECT_EQ(about(found, by_member).size(), 1u);
}

TEST_F(InstitutionsMoney, OneScoreFarFromTheOthersIsDoubtedButNotAStrictScorer) {
  const EventId call = open_call();
  std::vector<EventId> jurors;
  for (int i = 0; i < 4; ++i) jurors.push_back(juror());
  EventId pushed;
  for (int p = 0; p < 4; ++p) {
    const EventId proposal = submit(call, organisation(""));
    score(proposal, jurors[0], 30, 20);
    score(proposal, jurors[1], 31, 21);
    score(proposal, jurors[2], 5, 2);  // always
    const EventId last = score(proposal, jurors[3], p == 2 ? 60 : 30, p == 2 ? 40 : 20);
    if (p == 2) pushed = last;
  }
  const auto found = ask_rule(log, "A34");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, std::vector<EventId>{pushed});
  EXPECT_EQ(found[0].subject, jurors[3].value);
}

// --- A35 ----------------------------------------------------------------------------------------

TEST_F(InstitutionsMoney, MoreDifferentPersonsThanResidentsOfTheContractsPlaceAreDoubted) {
  const EventId contract = contract_at(site);
  std::vector<EventId> residents;
  for (int i = 0; i < 10; ++i) residents.push_back(resident(site));
  for (int round = 0; round < 3; ++round) {
    for (const EventId who : residents) serve_under(contract, who);
  }
  EXPECT_TRUE(ask_rule(log, "A35").empty()) << "thirty person-times of ten persons";
  EventId stranger;
  for (int i = 0; i < 15; ++i) stranger = serve_under(contract, person());
  const auto found = ask_rule(log, "A35");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 35);
  EXPECT_TRUE(names(found[0], stranger));
  EXPECT_EQ(found[0].subject, contract.value);
  EXPECT_EQ(found[0].at_risk.value, 60'000) << "fifteen of twenty-five";
}

TEST_F(InstitutionsMoney, AFigureInPersonsBeyondEverybodyIsDoubted) {
  const auto report = [&](std::int64_t value, const std::string& unit) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initFigureReported();
      b.setFigure("F" + std::to_string(value));
      b.setPhrase("served");
      b.setValue(value);
      b.setComparator("=");
      b.setUnit(unit);
      b.setAsOfDay(log.today().value);
    });
  };
  for (int i = 0; i < 25; ++i) resident(site);
  report(26, "人");
  report(5'000, "人次");
  EXPECT_TRUE(ask_rule(log, "A35").empty());
  const EventId beyond = report(5'000, "人");
  const auto found = ask_rule(log, "A35");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, std::vector<EventId>{beyond});
}

// --- A36 ----------------------------------------------------------------------------------------

TEST_F(InstitutionsMoney, ManyDifferentRoundPaymentsAreDoubtedAndRentIsNot) {
  open_till();
  for (int month = 0; month < 6; ++month) {
    pay_out(500'000);
    days_pass(30);
  }
  EXPECT_TRUE(ask_rule(log, "A36").empty()) << "rent";
  for (int i = 1; i <= 4; ++i) pay_out(500'000 + i * 100'000);
  const auto found = ask_rule(log, "A36");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 36);
  EXPECT_EQ(found[0].subject, shop.value);
  EXPECT_EQ(found[0].at_risk.value, 500'000 + 600'000 + 700'000 + 800'000 + 900'000);
}

TEST_F(InstitutionsMoney, OneAmountThriceWithinDaysIsDoubted) {
  open_till();
  std::vector<EventId> same;
  for (int i = 0; i < 3; ++i) {
    same.push_back(pay_out(48'361));
    days_pass(4);
  }
  pay_out(48'362);
  const auto found = ask_rule(log, "A36");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, same);
  EXPECT_EQ(found[0].at_risk.value, 3 * 48'361);
}

TEST_F(InstitutionsMoney, FirstDigitsOfMadeUpInvoicesAreDoubtedAndThoseOfPowersOfTwoAreNot) {
  // The first digits of powers of two follow Benford's law exactly in the limit (H. Weyl 1916).
  std::int64_t power = 1'024;
  for (int i = 0; i < 120; ++i) {
    invoice(power, i);
    power = power * 2;
    if (power > 1'000'000'000'000) power = 1'087 + i;
  }
  EXPECT_TRUE(ask_rule(log, "A36").empty());
  for (int i = 0; i < 120; ++i) invoice(480'000 + i * 100, 1'000 + i);
  const auto found = ask_rule(log, "A36");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(says(found[0], "Benford"));
  EXPECT_TRUE(ask_rule(log, "A36", R"({"A36": {"version": 2, "sample_least": 500}})").empty())
      << "too small a sample says nothing";
}

TEST_F(InstitutionsMoney, ADepositShortlyBeforeTheAwardIsDoubted) {
  const EventId into = establish_fund();
  const auto deposit = [&](EventId by) {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initFundsReceived();
      b.setFund(into.value);
      b.setPayer(by.value);
      b.setAmountFen(5'000);
      b.setValueDay(log.today().value);
    });
  };
  deposit(beta);
  days_pass(40);
  const EventId paid_in = deposit(alpha);
  days_pass(5);
  const EventId call = open_call({.fund = into});
  const EventId of_alpha = submit(call, alpha);
  const EventId of_beta = submit(call, beta);
  award(call, of_beta);
  EXPECT_TRUE(ask_rule(log, "A36").empty()) << "long before";
  const EventId won = award(call, of_alpha, 7'000);
  const auto found = ask_rule(log, "A36");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], paid_in) && names(found[0], won));
  EXPECT_EQ(found[0].subject, alpha.value);
  EXPECT_EQ(found[0].at_risk.value, 7'000);
}

TEST_F(InstitutionsMoney, CanaryAReversedPaymentNoLongerCounts) {
  open_till();
  std::vector<EventId> same;
  for (int i = 0; i < 3; ++i) same.push_back(pay_out(48'361));
  ASSERT_EQ(ask_rule(log, "A36").size(), 1u);
  reverse(same[0], 48'361);
  EXPECT_TRUE(ask_rule(log, "A36").empty());
}

}  // namespace
}  // namespace houniao::testing
