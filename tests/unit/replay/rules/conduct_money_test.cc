#include "tests/unit/replay/families/delivery_world.h"
#include "tests/unit/replay/rules/conduct_bench.h"

namespace houniao::testing {
namespace {

class ConductMoney : public DeliveryWorld {
 protected:
  ConductMoney() {
    buyer = organisation("91350100M000100Y43");
    contractor = organisation("");
    fund = establish_fund();
    receive(fund, 100'000'000);
  }

  EventId amend(EventId contract, std::int64_t delta, const std::string& ground = "") {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initContractAmended();
      b.setContract(contract.value);
      b.setDeltaFen(delta);
      b.setReason("more residents than expected");
      b.setLegalGround(ground);
      b.setApprover(777);
    });
  }
  EventId open_below(std::uint32_t region) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initProgrammeOpened();
      b.setCode("below");
      b.setParent(programme.value);
      b.setRegion(region);
      b.setFromDay(10'000);
      b.setToDay(kOpen);
    });
  }
  EventId allocate_to(EventId from, EventId to, std::int64_t fen) {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initBudgetAllocated();
      b.setFund(from.value);
      b.setProgramme(to.value);
      b.setAmountFen(fen);
    });
  }
  EventId receive_from(EventId into, EventId payer_body, std::int64_t fen) {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initFundsReceived();
      b.setFund(into.value);
      b.setPayer(payer_body.value);
      b.setAmountFen(fen);
      b.setBankReference("r");
      b.setValueDay(log.today().value);
    });
  }

  EventId buyer, contractor, fund;
};

// --- A14 ---------------------------------------------------------------------------------------

TEST_F(ConductMoney, supplements_beyond_a_tenth_are_doubted_with_what_exceeds_it_at_risk) {
  const EventId contract = sign_contract(buyer, contractor, fund, {});
  const EventId first = amend(contract, 8'000);
  const EventId second = amend(contract, 7'000, "natural disaster");
  const auto found = ask_rule(log, "A14");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 14);
  EXPECT_TRUE(names(found[0], contract) && names(found[0], first) && names(found[0], second));
  EXPECT_EQ(found[0].at_risk, Fen{5'000});
  EXPECT_EQ(found[0].subject, contract.value);
}

TEST_F(ConductMoney, a_supplement_of_a_tenth_or_one_taken_back_again_is_not_drift) {
  const EventId tenth = sign_contract(buyer, contractor, fund, {});
  amend(tenth, 10'000);
  const EventId taken_back = sign_contract(buyer, contractor, fund, {.number = "HT-2"});
  amend(taken_back, 9'000);
  amend(taken_back, 30'000, "a mistake of the clerk");
  amend(taken_back, -30'000);
  const EventId held_back = sign_contract(buyer, contractor, fund, {.number = "HT-3"});
  EXPECT_HELD_FOR(amend(held_back, 15'000), amendment_over_tenth);
  EXPECT_TRUE(ask_rule(log, "A14").empty()) << texts_of(ask_rule(log, "A14"));
}

TEST_F(ConductMoney, a_value_that_its_parts_do_not_give_is_doubted) {
  const EventId padded = sign_contract(buyer, contractor, fund, {.amount = 120'000});
  const auto found = ask_rule(log, "A14");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], padded));
  EXPECT_EQ(found[0].at_risk, Fen{20'000});
}

TEST_F(ConductMoney, one_number_for_two_values_is_doubted_once_a_decision_let_the_second_in) {
  const EventId first = sign_contract(buyer, contractor, fund, {});
  const EventId second = sign_contract(buyer, contractor, fund, {.amount = 130'000, .units = 130});
  EXPECT_HELD_FOR(second, contract_number_taken);
  EXPECT_TRUE(ask_rule(log, "A14").empty());
  release(second);
  const auto found = about(ask_rule(log, "A14"), second);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(names(found[0], first));
  EXPECT_EQ(found[0].at_risk, Fen{30'000});
}

TEST_F(ConductMoney, purchases_cut_up_within_one_year_are_doubted_and_those_of_two_years_are_not) {
  log.set_today(to_day({2016, 3, 1}));
  const EventId one =
      sign_contract(buyer, contractor, fund,
                    {.number = "a", .amount = 120'000'000, .units = 1'000, .unit_price = 120'000});
  log.set_today(to_day({2016, 11, 1}));
  const EventId two =
      sign_contract(buyer, contractor, fund,
                    {.number = "b", .amount = 120'000'000, .units = 1'000, .unit_price = 120'000});
  log.set_today(to_day({2017, 3, 1}));
  const EventId next_year =
      sign_contract(buyer, contractor, fund,
                    {.number = "c", .amount = 120'000'000, .units = 1'000, .unit_price = 120'000});
  const EventId of_another_kind = sign_contract(buyer, contractor, fund,
                                                {.number = "d",
                                                 .amount = 120'000'000,
                                                 .units = 1'000,
                                                 .unit_price = 120'000,
                                                 .kind = "lecture"});
  const auto found = ask_rule(log, "A14");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, (std::vector<EventId>{one, two}));
  EXPECT_EQ(found[0].at_risk, Fen{240'000'000});
  EXPECT_FALSE(names(found[0], next_year) || names(found[0], of_another_kind));
  // The canary: a threshold that nobody reaches silences the same log.
  EXPECT_TRUE(
      ask_rule(log, "A14", R"({"A14": {"version": 2, "threshold_fen": 900000000}})").empty());
}

// --- A15 ---------------------------------------------------------------------------------------

class ConductDuties : public ConductMoney {
 protected:
  ConductDuties() {
    payee = organisation("91350100M000100Y43");
    verified_account(payee);
    allocate(fund, 50'000'000);
  }
  EventId engage(EventId person_id, EventId employer = {}) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initStaffEngaged();
      b.setPerson(person_id.value);
      b.setEmployer(employer.value);
      b.setFromDay(10'000);
    });
  }
  EventId ask_for(std::int64_t fen) { return request({.fund = fund, .payee = payee, .fen = fen}); }

  EventId payee;
};

TEST_F(ConductDuties, an_attempt_to_approve_ones_own_request_is_doubted_though_it_is_held) {
  const DeviceNumber both = log.enrol({.holder = 501, .roles = {Role::SUPERVISOR}});
  const EventId asked = ask_for(70'000);
  const EventId attempt = approve(both, asked);
  EXPECT_HELD_FOR(attempt, duties_not_separated);
  const auto found = ask_rule(log, "A15");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 15);
  EXPECT_TRUE(names(found[0], asked) && names(found[0], attempt));
  EXPECT_EQ(found[0].at_risk, Fen{70'000});
  EXPECT_TRUE(says(found[0], "held"));
  EXPECT_TRUE(ask_rule(log, "A15", R"({"A15": {"version": 2, "attempts": 0}})").empty());
}

TEST_F(ConductDuties, one_human_being_with_two_ids_is_found_where_the_state_saw_two) {
  const EventId human = person();
  const EventId as_clerk = engage(human);
  const EventId as_officer = engage(human);
  const DeviceNumber clerk = log.enrol({.holder = as_clerk.value, .roles = {Role::FIELD}});
  const DeviceNumber officer = log.enrol({.holder = as_officer.value, .roles = {Role::SUPERVISOR}});
  const EventId asked = log.add(clerk, [&](Body e) {
    auto b = e.initBody().initDisbursementRequested();
    b.setFund(fund.value);
    b.setPayee(payee.value);
    b.setAmountFen(88'000);
    b.setPurpose("service");
  });
  const EventId approved = approve(officer, asked);
  EXPECT_IN_FORCE(approved);
  const auto found = ask_rule(log, "A15");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], asked) && names(found[0], approved));
  EXPECT_EQ(found[0].at_risk, Fen{88'000});
}

TEST_F(ConductDuties, an_approver_who_works_for_the_payee_is_doubted) {
  const EventId insider = engage({}, payee);
  const DeviceNumber officer = log.enrol({.holder = insider.value, .roles = {Role::SUPERVISOR}});
  const EventId asked = ask_for(45'000);
  const EventId approved = approve(officer, asked);
  EXPECT_IN_FORCE(approved);
  const auto found = ask_rule(log, "A15");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].subject, insider.value);
  EXPECT_TRUE(names(found[0], approved));
}

TEST_F(ConductDuties, three_offices_and_two_payments_by_one_payer_are_in_order) {
  const EventId asked = ask_for(70'000);
  EXPECT_IN_FORCE(approve(supervisor, asked));
  EXPECT_IN_FORCE(pay(asked, 30'000));
  EXPECT_IN_FORCE(pay(asked, 40'000));
  EXPECT_TRUE(ask_rule(log, "A15").empty()) << texts_of(ask_rule(log, "A15"));
}

TEST_F(ConductDuties, whoever_submits_a_milestone_may_not_be_named_among_its_reviewers) {
  const EventId contract = sign_contract(buyer, contractor, fund, {});
  const EventId milestone = submit(contract, 10);
  const EventId attempt =
      review(reviewer, milestone, {.accepted = 10, .fen = 10'000, .reviewers = {502}});
  EXPECT_HELD_FOR(attempt, duties_not_separated);
  EXPECT_EQ(about(ask_rule(log, "A15"), attempt).size(), 1u);
  review(reviewer, milestone, {.accepted = 10, .fen = 10'000, .reviewers = {503, 504}});
  EXPECT_EQ(ask_rule(log, "A15").size(), 1u) << texts_of(ask_rule(log, "A15"));
}

// --- A16 ---------------------------------------------------------------------------------------

class ConductFunds : public ConductDuties {
 protected:
  ConductFunds() {
    lottery = establish_fund({.purposes = {"youth_service"}, .regions = {440402}});
    receive(lottery, 5'000'000);
  }
  EventId lottery;
};

TEST_F(ConductFunds, a_request_outside_of_the_restriction_is_doubted_while_it_is_held) {
  allocate(lottery, 1'000'000);
  const EventId wrong =
      request({.fund = lottery, .payee = payee, .fen = 66'000, .purpose = "office_cars"});
  EXPECT_HELD_FOR(wrong, purpose_outside_fund);
  const auto found = ask_rule(log, "A16");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 16);
  EXPECT_EQ(found[0].at_risk, Fen{66'000});
  EXPECT_TRUE(names(found[0], wrong));
  release(wrong, false);  // refused: somebody has dealt with it
  EXPECT_TRUE(ask_rule(log, "A16").empty());
}

TEST_F(ConductFunds,
       money_for_one_region_given_to_another_is_doubted_and_to_the_region_above_is_not) {
  const EventId elsewhere = allocate_to(lottery, open_below(440404), 90'000);
  const EventId above = allocate_to(lottery, open_below(440400), 80'000);
  const EventId inside = allocate_to(lottery, open_below(440402), 70'000);
  EXPECT_IN_FORCE(elsewhere);
  const auto found = ask_rule(log, "A16");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], elsewhere));
  EXPECT_EQ(found[0].at_risk, Fen{90'000});
  EXPECT_TRUE(about(found, above).empty() && about(found, inside).empty());
}

TEST_F(ConductFunds, restricted_money_that_comes_back_into_another_fund_is_doubted) {
  allocate(lottery, 1'000'000);
  const EventId asked =
      request({.fund = lottery, .payee = payee, .fen = 400'000, .purpose = "youth_service"});
  approve(supervisor, asked);
  const EventId paid = pay(asked, 400'000);
  EXPECT_IN_FORCE(paid);
  const EventId back_into_the_same = receive_from(lottery, payee, 390'000);
  const EventId small_gift = receive_from(fund, payee, 20'000);
  EXPECT_TRUE(ask_rule(log, "A16").empty()) << texts_of(ask_rule(log, "A16"));
  const EventId moved = receive_from(fund, payee, 390'000);
  const auto found = ask_rule(log, "A16");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], moved) && names(found[0], paid));
  EXPECT_EQ(found[0].at_risk, Fen{390'000});
  EXPECT_TRUE(about(found, back_into_the_same).empty() && about(found, small_gift).empty());
  // The canary: with no days allowed for it, only a transfer of the very day would be one.
  log.set_today(Day{log.today().value + 10});
  const EventId later = receive_from(fund, payee, 380'000);
  EXPECT_TRUE(
      about(ask_rule(log, "A16", R"({"A16": {"version": 2, "transfer_days": 5}})"), later).empty());
  EXPECT_EQ(about(ask_rule(log, "A16"), later).size(), 1u);
}

}  // namespace
}  // namespace houniao::testing
