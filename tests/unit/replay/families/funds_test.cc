#include "replay/families/funds.h"

#include <random>

#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

// A buyer, a contractor that can be paid, a fund of 1,000 yuan and a contract over it.
class Funds : public DeliveryWorld {
 protected:
  Funds() {
    buyer = organisation("");
    contractor = organisation();
    account = verified_account(contractor);
    fund = establish_fund({.purposes = {"service"}, .regions = {440000}});
    receive(fund, 100'000);
    contract = sign_contract(buyer, contractor, fund, {});
    allocate(fund, 100'000, contract);
  }
  RequestOptions work(std::int64_t fen) const {
    return {.fund = fund, .contract = contract, .payee = contractor, .fen = fen};
  }
  FundTotals totals() const { return log.state().ledger.fund(entity_cast<FundId>(fund)); }

  EventId buyer, contractor, account, fund, contract;
};

TEST_F(Funds, money_goes_from_tender_to_payment) {
  const EventId milestone = accept(contract, 40);
  RequestOptions options = work(40'000);
  options.milestone = milestone;
  const EventId requested = request(options);
  EXPECT_IN_FORCE(requested);
  const EventId approved = approve(supervisor, requested);
  EXPECT_IN_FORCE(approved);
  EXPECT_EQ(totals().approved, Fen{40'000});
  const EventId paid = pay(requested, 40'000);
  EXPECT_IN_FORCE(paid);
  EXPECT_EQ(totals().received, Fen{100'000});
  EXPECT_EQ(totals().allocated, Fen{100'000});
  EXPECT_EQ(totals().net_paid(), Fen{40'000});
  EXPECT_EQ(log.state().ledger.contract(entity_cast<ContractId>(contract)).net_paid(), Fen{40'000});
  EXPECT_TRUE(money_is_sound());
  const FactRow row = first_row(paid);
  EXPECT_EQ(row.amount_fen, 40'000);
  EXPECT_EQ(row.group, fund.value);
  EXPECT_EQ(row.subject, contractor.value);
  EXPECT_EQ(text(row.kind), "grant");
  EXPECT_EQ(text(row.attr), "provincial_grant");
}

TEST_F(Funds, a_payment_asked_for_before_acceptance_is_held_and_can_be_released_after_it) {
  const EventId milestone = submit(contract, 40);
  RequestOptions options = work(40'000);
  options.milestone = milestone;
  const EventId early = request(options);
  EXPECT_HELD_FOR(early, payment_before_acceptance);
  EXPECT_EQ(log.state().facts.rows_of(early).count, 0u);

  const EventId too_soon = release(early);
  EXPECT_TRUE(held(early)) << why(too_soon);

  review(reviewer, milestone, {.accepted = 40, .fen = 40'000});
  release(early);
  EXPECT_IN_FORCE(early);
  EXPECT_IN_FORCE(approve(supervisor, early));
  EXPECT_IN_FORCE(pay(early, 40'000));
  EXPECT_TRUE(money_is_sound());
}

TEST_F(Funds, two_requests_cannot_spend_the_same_acceptance) {
  accept(contract, 40);
  const EventId first = request(work(40'000));
  const EventId second = request(work(40'000));
  EXPECT_IN_FORCE(approve(supervisor, first));
  EXPECT_HELD_FOR(approve(supervisor, second), payment_before_acceptance);
  EXPECT_TRUE(money_is_sound());
}

TEST_F(Funds, an_advance_is_paid_before_acceptance_and_earned_by_it) {
  RequestOptions advance = work(30'000);
  advance.advance = true;
  const EventId first = request(advance);
  EXPECT_IN_FORCE(first);
  approve(supervisor, first);
  EXPECT_IN_FORCE(pay(first, 30'000));
  EXPECT_HELD_FOR(request(advance), over_advance);
  EXPECT_TRUE(money_is_sound());

  accept(contract, 40);
  EXPECT_HELD_FOR(request(work(20'000)), payment_before_acceptance);
  const EventId rest = request(work(10'000));
  approve(supervisor, rest);
  EXPECT_IN_FORCE(pay(rest, 10'000));
  EXPECT_TRUE(money_is_sound());
}

TEST_F(Funds, allocation_stays_within_receipts) {
  const EventId more = allocate(fund, 1);
  EXPECT_HELD_FOR(more, allocation_exceeds_receipts);
  receive(fund, 1);
  EXPECT_IN_FORCE(allocate(fund, 1));
  EXPECT_IN_FORCE(allocate(fund, -50'001));
  EXPECT_HELD_FOR(allocate(fund, -50'001), allocation_in_use);
  EXPECT_EQ(totals().allocated, Fen{50'000});
  EXPECT_TRUE(money_is_sound());
}

TEST_F(Funds, approval_stays_within_the_allocation) {
  allocate(fund, -90'000, contract);
  accept(contract, 40);
  const EventId requested = request(work(40'000));
  EXPECT_HELD_FOR(approve(supervisor, requested), approval_exceeds_allocation);
  allocate(fund, 30'000, contract);
  EXPECT_IN_FORCE(approve(supervisor, requested));
  EXPECT_TRUE(money_is_sound());
}

TEST_F(Funds, payment_stays_within_the_approval) {
  accept(contract, 40);
  const EventId requested = request(work(40'000));
  EXPECT_HELD_FOR(pay(requested, 1), request_not_approved);
  approve(supervisor, requested);
  EXPECT_IN_FORCE(pay(requested, 30'000));
  EXPECT_HELD_FOR(pay(requested, 10'001), payment_exceeds_approval);
  EXPECT_IN_FORCE(pay(requested, 10'000));
  EXPECT_HELD_FOR(pay(requested, 1), payment_exceeds_approval);
}

TEST_F(Funds, a_reversal_stays_within_its_payment_and_lets_the_request_be_paid_again) {
  accept(contract, 40);
  const EventId requested = request(work(40'000));
  approve(supervisor, requested);
  const EventId paid = pay(requested, 40'000);
  EXPECT_HELD_FOR(reverse(paid, 40'001), reversal_exceeds_payment);
  EXPECT_IN_FORCE(reverse(paid, 15'000));
  EXPECT_HELD_FOR(reverse(paid, 25'001), reversal_exceeds_payment);
  EXPECT_EQ(totals().paid, Fen{40'000});
  EXPECT_EQ(totals().reversed, Fen{15'000});
  EXPECT_IN_FORCE(pay(requested, 15'000));
  EXPECT_EQ(totals().net_paid(), Fen{40'000});
  EXPECT_TRUE(money_is_sound());
}

TEST_F(Funds, restricted_money_keeps_to_its_purpose_region_and_period) {
  accept(contract, 40);
  RequestOptions options = work(1'000);
  options.purpose = "banquet";
  EXPECT_HELD_FOR(request(options), purpose_outside_fund);
  options = work(1'000);
  options.region = 410000;
  const EventId elsewhere = request(options);
  EXPECT_HELD_FOR(elsewhere, region_outside_fund);
  release(elsewhere);
  EXPECT_TRUE(held(elsewhere));

  const EventId short_fund = establish_fund({.from = 16'000, .to = 16'500});
  receive(short_fund, 1'000);
  EXPECT_HELD_FOR(request({.fund = short_fund, .payee = contractor, .fen = 1'000}),
                  date_outside_fund);
  EXPECT_IN_FORCE(request(work(1'000)));
}

TEST(FundRegions, contain_the_codes_below_them) {
  Fund fund;
  EXPECT_TRUE(fund.allows_region(0));
  fund.allowed_regions = {440000, 4115};
  EXPECT_TRUE(fund.allows_region(440402));
  EXPECT_TRUE(fund.allows_region(440000));
  EXPECT_TRUE(fund.allows_region(411522));
  EXPECT_FALSE(fund.allows_region(411600));
  EXPECT_FALSE(fund.allows_region(0));
  fund.allowed_regions = {0};
  EXPECT_FALSE(fund.allows_region(440402));
}

TEST_F(Funds, requester_approver_and_payer_are_different_people) {
  accept(contract, 40);
  const EventId requested = request(work(40'000));
  // The supervisor of the approval enrols for finance too, the requester for supervision.
  const DeviceNumber both = log.enrol({.holder = 501, .roles = {Role::SUPERVISOR, Role::FINANCE}});
  EXPECT_HELD_FOR(approve(both, requested), duties_not_separated);
  const DeviceNumber approver = log.enrol({.holder = 502, .roles = {Role::FINANCE}});
  EXPECT_IN_FORCE(approve(supervisor, requested));
  const EventId same_as_approver = pay_by(approver, requested, 40'000);
  EXPECT_HELD_FOR(same_as_approver, duties_not_separated);
  EXPECT_HELD_FOR(pay_by(both, requested, 40'000), duties_not_separated);
  release(same_as_approver);
  EXPECT_TRUE(held(same_as_approver));
  EXPECT_IN_FORCE(pay(requested, 40'000));
}

TEST_F(Funds, every_rung_of_the_ladder_is_another_person_in_order) {
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initPolicyVersionPublished();
    b.setProgramme(programme.value);
    b.setKind(schema::PolicyVersionPublished::Kind::APPROVAL_LADDER);
    b.setVersion(1);
    b.setValidFromDay(10'000);
    b.setApprovalLevels(2);
  });
  accept(contract, 40);
  const EventId requested = request(work(40'000));
  EXPECT_HELD_FOR(approve(supervisor, requested, 2), approval_out_of_order);
  EXPECT_IN_FORCE(approve(supervisor, requested, 1));
  EXPECT_EQ(totals().approved, Fen{0});
  EXPECT_HELD_FOR(pay(requested, 1), request_not_approved);
  EXPECT_HELD_FOR(approve(supervisor, requested, 2), duties_not_separated);
  EXPECT_IN_FORCE(approve(reviewer, requested, 2));
  EXPECT_EQ(totals().approved, Fen{40'000});
  EXPECT_HELD_FOR(approve(reviewer, requested, 3), approval_out_of_order);
  EXPECT_IN_FORCE(pay(requested, 40'000));
}

TEST_F(Funds, a_refused_request_is_not_paid_and_gives_its_invoice_back) {
  accept(contract, 40);
  const EventId invoice = log.add(finance, [&](Body e) {
    auto b = e.initBody().initInvoiceRecorded();
    b.setIssuerUscc("91350100M000100Y43");
    b.setNumber("0001");
    b.setAmountFen(40'000);
  });
  RequestOptions options = work(40'000);
  options.invoice = invoice;
  const EventId requested = request(options);
  EXPECT_IN_FORCE(requested);
  EXPECT_HELD_FOR(request(options), invoice_used);
  EXPECT_IN_FORCE(approve(supervisor, requested, 1, false));
  EXPECT_HELD_FOR(approve(reviewer, requested), request_refused);
  EXPECT_HELD_FOR(pay(requested, 1), request_refused);
  EXPECT_IN_FORCE(request(options));
}

TEST_F(Funds, an_invoice_is_unique_by_issuer_and_number_and_bounds_its_request) {
  const auto invoice = [&](std::string_view issuer, std::string_view number) {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initInvoiceRecorded();
      b.setIssuerUscc(std::string(issuer));
      b.setNumber(std::string(number));
      b.setAmountFen(500);
    });
  };
  const EventId first = invoice("91350100M000100Y43", "77");
  EXPECT_ACCEPTED(first);
  const EventId again = invoice("91350100m000100y43", " 77");
  EXPECT_FLAGGED_FOR(again, invoice_duplicate);
  EXPECT_FLAGGED_FOR(invoice("91350100M000100Y44", "78"), uscc_invalid);
  accept(contract, 40);
  RequestOptions options = work(501);
  options.invoice = first;
  EXPECT_HELD_FOR(request(options), over_invoice);
  options.fen = 500;
  EXPECT_IN_FORCE(request(options));
  options.invoice = again;
  EXPECT_HELD_FOR(request(options), invoice_used);
}

TEST_F(Funds, a_body_without_code_or_bank_account_cannot_be_paid) {
  const EventId no_code = organisation("");
  EXPECT_HELD_FOR(request({.fund = fund, .payee = no_code, .fen = 100}), payee_without_code);
  const EventId bad_code = organisation("91350100M000100Y44");
  EXPECT_HELD_FOR(request({.fund = fund, .payee = bad_code, .fen = 100}), payee_without_code);

  const EventId no_account = organisation("91350100M000100Y43");
  const EventId requested = request({.fund = fund, .payee = no_account, .fen = 100});
  EXPECT_IN_FORCE(requested);
  EXPECT_HELD_FOR(approve(supervisor, requested), payee_without_account);
  verified_account(no_account, "ffff");
  EXPECT_IN_FORCE(approve(supervisor, requested));
  EXPECT_HELD_FOR(pay(requested, 100), account_differs);
  EXPECT_HELD_FOR(pay(requested, 100, ""), account_differs);
  EXPECT_IN_FORCE(pay(requested, 100, "ffff"));
}

TEST_F(Funds, a_suspended_organisation_is_not_paid) {
  accept(contract, 40);
  const EventId requested = request(work(40'000));
  approve(supervisor, requested);
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initOrganisationStatusChanged();
    b.setOrganisation(contractor.value);
    b.setStatus(schema::OrganisationStatusChanged::Status::SUSPENDED);
    b.setDay(log.today().value);
  });
  EXPECT_HELD_FOR(pay(requested, 40'000), payee_not_active);
}

TEST_F(Funds, a_request_names_a_fund_and_a_payee_of_its_contract) {
  accept(contract, 40);
  RequestOptions options = work(1'000);
  options.fund = establish_fund();
  EXPECT_HELD_FOR(request(options), fund_not_in_contract);
  options = work(1'000);
  options.payee = buyer;
  EXPECT_HELD_FOR(request(options), payee_not_contractor);
  options = work(1'000);
  options.fund = contractor;
  EXPECT_HELD_FOR(request(options), wrong_reference);
}

TEST_F(Funds, a_request_names_a_milestone_of_its_contract) {
  accept(contract, 40);
  const EventId second = sign_contract(buyer, contractor, fund, {.number = "HT-2"});
  RequestOptions options = work(1'000);
  options.milestone = accept(second, 10);
  const EventId other = request(options);
  EXPECT_HELD_FOR(other, milestone_differs);
  release(other);
  EXPECT_TRUE(held(other));
  options.contract = {};
  EXPECT_HELD_FOR(request(options), milestone_differs);
  options.contract = second;
  EXPECT_IN_FORCE(request(options));
}

TEST_F(Funds, a_decision_that_comes_before_its_request_takes_effect_after_it) {
  accept(contract, 40);
  log.offline(field);
  const EventId requested = request(work(40'000));
  const EventId approved = approve(supervisor, requested);
  EXPECT_HELD_FOR(approved, orphan);
  log.online(field);
  EXPECT_IN_FORCE(requested);
  EXPECT_IN_FORCE(approved);
  EXPECT_EQ(totals().approved, Fen{40'000});
}

TEST_F(Funds, hostile_amounts_are_held_and_move_nothing) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  const FundTotals before = totals();
  for (std::int64_t amount : {std::int64_t{0}, std::int64_t{-1}, kFenMax.value + 1, kMax, kMin}) {
    EXPECT_HELD_FOR(receive(fund, amount), amount_invalid);
    EXPECT_HELD_FOR(request(work(amount)), amount_invalid);
    EXPECT_HELD_FOR(sign_contract(buyer, contractor, fund,
                                  {.number = "HT-" + std::to_string(amount), .amount = amount}),
                    amount_invalid);
    if (amount != -1) {
      EXPECT_HELD_FOR(allocate(fund, amount), amount_invalid);  // -1 takes one fen back
    }
  }
  accept(contract, 40);
  const EventId requested = request(work(40'000));
  approve(supervisor, requested);
  EXPECT_HELD_FOR(pay(requested, kMin), amount_invalid);
  const EventId paid = pay(requested, 40'000);
  EXPECT_HELD_FOR(reverse(paid, kMin), amount_invalid);
  EXPECT_EQ(totals().received, before.received);
  EXPECT_TRUE(money_is_sound());
}

TEST_F(Funds, an_account_is_full_before_its_sum_leaves_the_range_of_numbers) {
  constexpr int kTries = 2'000;
  const Fen before = totals().received;
  EventId last = receive(fund, kFenMax.value);
  int counted = 0;
  for (; in_force(last) && counted < kTries; ++counted) last = receive(fund, kFenMax.value);
  EXPECT_HELD_FOR(last, ledger_limit);
  release(last);
  EXPECT_TRUE(held(last)) << "nobody can make room in it";
  EXPECT_EQ(totals().received, Fen{before.value + counted * kFenMax.value});
  EXPECT_IN_FORCE(receive(fund, 1));
  EXPECT_TRUE(money_is_sound());
}

// Whatever is asked for, approved, paid and reversed in whatever order, no prefix of the log breaks
// I3 or I4, and the ledger's sum stays zero.
TEST_F(Funds, no_random_sequence_of_money_events_breaks_an_invariant) {
  std::mt19937 random(7);
  std::vector<EventId> requests{request(work(1))}, payments, milestones{submit(contract, 5)};
  const auto any = [&](const std::vector<EventId>& of) {
    return of.empty() ? EventId{} : of[random() % of.size()];
  };
  const std::vector<DeviceNumber> people{supervisor, reviewer, finance, payer};
  for (int step = 0; step < 600; ++step) {
    const std::int64_t fen = 1 + static_cast<std::int64_t>(random() % 30'000);
    switch (random() % 9) {
      case 0:
        receive(fund, fen);
        break;
      case 1:
        allocate(fund, random() % 2 ? fen : -fen, random() % 2 ? contract : EventId{});
        break;
      case 2:
        milestones.push_back(submit(contract, 1 + fen % 10));
        break;
      case 3: {
        const auto units = static_cast<std::int64_t>(1 + random() % 10);
        review(people[random() % 2], any(milestones), {.accepted = units, .fen = units * 1'000});
        break;
      }
      case 4: {
        RequestOptions options = work(fen);
        options.advance = random() % 4 == 0;
        if (random() % 5 == 0) options.contract = {};
        requests.push_back(request(options));
        break;
      }
      case 5:
        approve(people[random() % 2], any(requests), 1, random() % 8 != 0);
        break;
      case 6:
        payments.push_back(pay_by(people[random() % 4], any(requests), fen));
        break;
      case 7:
        reverse(any(payments), fen);
        break;
      default:
        log.add(finance, [&](Body e) {
          auto b = e.initBody().initContractAmended();
          b.setContract(contract.value);
          b.setDeltaFen(random() % 2 ? fen : -fen);
          b.setReason("agreed");
        });
    }
    ASSERT_TRUE(money_is_sound()) << "step " << step;
  }
  EXPECT_GT(totals().paid, Fen{0});
}

}  // namespace
}  // namespace houniao::testing
