#include "replay/families/contracts.h"

#include "tests/unit/replay/families/volunteer_world.h"

namespace houniao::testing {
namespace {

class Contracts : public VolunteerWorld {
 protected:
  Contracts() {
    buyer = organisation("");
    contractor = organisation();
    fund = establish_fund();
    contract = sign_contract(buyer, contractor, fund, {});
  }
  EventId amend(std::int64_t delta, std::string_view legal_ground = "", std::int32_t to = 0) {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initContractAmended();
      b.setContract(contract.value);
      b.setDeltaFen(delta);
      b.setToDay(to);
      b.setReason("more demand");
      b.setLegalGround(std::string(legal_ground));
    });
  }
  EventId open_agency_case() {
    const EventId client = person();
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initAgencyCaseOpened();
      b.setPerson(client.value);
      b.setCertificate("resident_id");
    });
  }
  EventId progress(EventId of) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initAgencyCaseProgressed();
      b.setCase(of.value);
      b.setStage(schema::AgencyCaseProgressed::Stage::SUBMITTED);
    });
  }
  ContractTotals totals() const {
    return log.state().ledger.contract(entity_cast<ContractId>(contract));
  }

  EventId buyer, contractor, fund, contract;
};

TEST_F(Contracts, the_signed_amount_is_the_value) {
  EXPECT_ACCEPTED(contract);
  EXPECT_EQ(totals().value, Fen{100'000});
  const FactRow row = first_row(contract);
  EXPECT_EQ(row.amount_fen, 100'000);
  EXPECT_EQ(row.subject, contractor.value);
  EXPECT_EQ(text(row.kind), "HT-1");
}

TEST_F(Contracts, a_contract_needs_two_parties_a_free_number_and_an_advance_within_it) {
  EXPECT_HELD_FOR(sign_contract(buyer, buyer, fund, {.number = "HT-2"}), parties_too_few);
  EXPECT_HELD_FOR(sign_contract(buyer, contractor, fund, {}), contract_number_taken);
  EXPECT_HELD_FOR(sign_contract(buyer, contractor, fund, {.number = ""}), text_missing);
  EXPECT_HELD_FOR(sign_contract(buyer, contractor, fund, {.number = "HT-3", .advance = 100'001}),
                  advance_invalid);
  EXPECT_HELD_FOR(sign_contract(buyer, contractor, fund, {.number = "HT-4", .advance = -1}),
                  advance_invalid);
  EXPECT_FLAGGED_FOR(sign_contract(buyer, contractor, fund, {.number = "HT-5", .units = 99}),
                     deliverables_differ);
  EXPECT_HELD_FOR(sign_contract(buyer, contractor, EventId{77}, {.number = "HT-6"}), orphan);
}

TEST_F(Contracts, supplements_past_a_tenth_need_a_legal_ground) {
  EXPECT_IN_FORCE(amend(6'000));
  EXPECT_IN_FORCE(amend(4'000));
  EXPECT_HELD_FOR(amend(1), amendment_over_tenth);
  EXPECT_IN_FORCE(amend(1, "procurement law 49, approved"));
  EXPECT_EQ(totals().value, Fen{110'001});
  EXPECT_HELD_FOR(amend(0), amount_invalid);
  EXPECT_HELD_FOR(amend(std::numeric_limits<std::int64_t>::min()), amount_invalid);
}

TEST_F(Contracts, a_reduction_stops_at_what_is_accepted) {
  accept(contract, 60);
  EXPECT_HELD_FOR(amend(-40'001), over_contract_value);
  EXPECT_IN_FORCE(amend(-40'000));
  EXPECT_EQ(totals().value, Fen{60'000});
  EXPECT_TRUE(money_is_sound());
}

TEST_F(Contracts, an_amendment_can_move_the_end) {
  EXPECT_IN_FORCE(amend(0, "", kOpen - 1));
  EXPECT_HELD_FOR(amend(0, "", 9'999), interval_invalid);
}

TEST_F(Contracts, accepted_work_becomes_due) {
  const EventId milestone = submit(contract, 40);
  EXPECT_IN_FORCE(milestone);
  const EventId reviewed =
      review(reviewer, milestone, {.accepted = 30, .refused = 10, .fen = 30'000});
  EXPECT_IN_FORCE(reviewed);
  EXPECT_EQ(totals().accepted, Fen{30'000});
  const Milestone* kept = log.state().contracts.find_milestone(entity_cast<MilestoneId>(milestone));
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->review, reviewed);
  EXPECT_EQ(kept->accepted, Fen{30'000});
  EXPECT_HELD_FOR(review(reviewer, milestone, {.accepted = 1, .fen = 1'000}), milestone_reviewed);
}

TEST_F(Contracts, whoever_submits_does_not_accept) {
  const EventId milestone = submit(contract, 40);
  EXPECT_HELD_FOR(review(supervisor, milestone, {.accepted = 40, .fen = 40'000}),
                  duties_not_separated);
  EXPECT_HELD_FOR(review(reviewer, milestone, {.accepted = 40, .fen = 40'000, .reviewers = {502}}),
                  duties_not_separated);
  EXPECT_IN_FORCE(review(reviewer, milestone, {.accepted = 40, .fen = 40'000}));
}

TEST_F(Contracts, an_acceptance_lists_standards_an_opinion_and_a_disclosure) {
  const EventId milestone = submit(contract, 40);
  const ReviewOptions good{.accepted = 40, .fen = 40'000};
  ReviewOptions options = good;
  options.opinions = 0;
  EXPECT_HELD_FOR(review(reviewer, milestone, options), acceptance_incomplete);
  options = good;
  options.standards = false;
  EXPECT_HELD_FOR(review(reviewer, milestone, options), acceptance_incomplete);
  options = good;
  options.disclosure = "";
  EXPECT_HELD_FOR(review(reviewer, milestone, options), acceptance_incomplete);
  EXPECT_IN_FORCE(review(reviewer, milestone, good));
}

TEST_F(Contracts, acceptance_stays_within_claim_price_and_contract) {
  const EventId milestone = submit(contract, 40);
  EXPECT_HELD_FOR(review(reviewer, milestone, {.accepted = 41, .fen = 41'000}),
                  accepted_exceeds_claim);
  EXPECT_HELD_FOR(review(reviewer, milestone, {.accepted = 30, .refused = 11, .fen = 1}),
                  accepted_exceeds_claim);
  EXPECT_HELD_FOR(review(reviewer, milestone, {.accepted = 40, .fen = 40'001}),
                  accepted_exceeds_claim);
  EXPECT_HELD_FOR(review(reviewer, milestone, {.accepted = -1, .fen = 0}), value_invalid);
  EXPECT_HELD_FOR(review(reviewer, milestone, {.accepted = 1, .fen = -1}), amount_invalid);
  const EventId large = submit(contract, 110);
  EXPECT_FLAGGED_FOR(large, accepted_exceeds_claim);
  EXPECT_HELD_FOR(review(reviewer, large, {.accepted = 110, .fen = 110'000}), over_contract_value);
  EXPECT_TRUE(money_is_sound());
}

TEST_F(Contracts, a_delivery_is_billed_at_most_once_over_all_contracts) {
  const EventId second = sign_contract(buyer, contractor, fund, {.number = "HT-2"});
  const EventId client = person();
  const std::vector<EventId> visits{serve({client}), serve({client})};
  const EventId first_bill = submit(contract, 2, visits);
  EXPECT_ACCEPTED(first_bill);
  const EventId second_bill = submit(second, 1, {visits[0]});
  EXPECT_FLAGGED_FOR(second_bill, unit_billed_twice);
  EXPECT_IN_FORCE(review(reviewer, first_bill, {.accepted = 2, .fen = 2'000}));
  EXPECT_HELD_FOR(review(reviewer, second_bill, {.accepted = 1, .fen = 1'000}), unit_billed_twice);
  EXPECT_EQ(log.state().contracts.billed_permille(visits[0], true), 1000u);
}

TEST_F(Contracts, an_agency_case_is_one_unit_whichever_of_its_events_are_listed) {
  const EventId opened = open_agency_case();
  const EventId stage = progress(opened);
  const EventId second =
      sign_contract(buyer, contractor, fund, {.number = "HT-2", .kind = "resident_id"});
  const EventId third =
      sign_contract(buyer, contractor, fund, {.number = "HT-3", .kind = "resident_id"});
  const EventId first_bill = submit(second, 1, {opened});
  EXPECT_ACCEPTED(first_bill);
  const EventId other_event = submit(third, 1, {stage});
  EXPECT_FLAGGED_FOR(other_event, unit_billed_twice);
  EXPECT_IN_FORCE(review(reviewer, first_bill, {.accepted = 1, .fen = 1'000}));
  EXPECT_HELD_FOR(review(reviewer, other_event, {.accepted = 1, .fen = 1'000}), unit_billed_twice);
  EXPECT_EQ(log.state().contracts.billed_permille(opened, true), 1000u);
  EXPECT_EQ(log.state().contracts.billed_permille(stage, true), 0u);
}

TEST_F(Contracts, a_stage_bills_its_case_and_both_together_bill_it_twice) {
  const EventId by_stage =
      sign_contract(buyer, contractor, fund, {.number = "HT-2", .kind = "submitted"});
  const EventId opened = open_agency_case();
  EXPECT_ACCEPTED(submit(by_stage, 1, {progress(opened)}));
  EXPECT_EQ(log.state().contracts.billed_permille(opened, false), 1000u);

  const EventId by_certificate =
      sign_contract(buyer, contractor, fund, {.number = "HT-3", .kind = "resident_id"});
  const EventId other = open_agency_case();
  const EventId twice = submit(by_certificate, 2, {other, progress(other)});
  EXPECT_FLAGGED_FOR(twice, unit_billed_twice);
  EXPECT_HELD_FOR(review(reviewer, twice, {.accepted = 2, .fen = 2'000}), unit_billed_twice);
}

TEST_F(Contracts, confirmed_hours_are_billed_by_the_hour_and_once) {
  const EventId by_hour =
      sign_contract(buyer, contractor, fund, {.number = "HT-2", .kind = "hours"});
  const EventId second =
      sign_contract(buyer, contractor, fund, {.number = "HT-3", .kind = "hours"});
  const EventId helper = volunteer();
  const EventId recorded = record_hours(helper, {.minutes = 90});
  EXPECT_FLAGGED_FOR(submit(by_hour, 1, {recorded}), unit_not_delivery);
  const std::vector<EventId> hours{confirm(supervisor, recorded, 90),
                                   serve_hours(helper, 60, log.today().value - 1)};
  EXPECT_IN_FORCE(hours[0]);
  EXPECT_IN_FORCE(hours[1]);
  const EventId bill = submit(by_hour, 2, hours);
  EXPECT_ACCEPTED(bill);
  EXPECT_FLAGGED_FOR(submit(second, 3, hours), units_differ_from_lines);
  const EventId again = submit(second, 1, {hours[0]});
  EXPECT_FLAGGED_FOR(again, unit_billed_twice);
  EXPECT_IN_FORCE(review(reviewer, bill, {.accepted = 2, .fen = 2'000}));
  EXPECT_HELD_FOR(review(reviewer, again, {.accepted = 1, .fen = 1'000}), unit_billed_twice);
}

TEST_F(Contracts, funders_share_a_delivery_as_declared_before_it) {
  const EventId other_fund = establish_fund();
  const EventId second = sign_contract(buyer, contractor, other_fund, {.number = "HT-2"});
  const EventId third = sign_contract(buyer, contractor, establish_fund(), {.number = "HT-3"});
  const EventId client = person();
  const EventId visit = log.add(field, [&](Body e) {
    auto b = e.initBody().initServiceDelivered();
    b.setKind("visit");
    b.initPersons(1).set(0, client.value);
    auto shares = b.initShares(2);
    shares[0].setFund(fund.value);
    shares[0].setPermille(600);
    shares[1].setFund(other_fund.value);
    shares[1].setPermille(400);
  });
  EXPECT_ACCEPTED(visit);
  const EventId first_bill = submit(contract, 1, {visit});
  const EventId second_bill = submit(second, 1, {visit});
  EXPECT_ACCEPTED(second_bill);
  EXPECT_IN_FORCE(review(reviewer, first_bill, {.accepted = 1, .fen = 1'000}));
  EXPECT_IN_FORCE(review(reviewer, second_bill, {.accepted = 1, .fen = 1'000}));
  EXPECT_FLAGGED_FOR(submit(third, 1, {visit}), unit_billed_twice);
}

TEST_F(Contracts, only_deliveries_are_billed_and_as_many_as_are_claimed) {
  const EventId client = person();
  EXPECT_FLAGGED_FOR(submit(contract, 1, {client}), unit_not_delivery);
  EXPECT_FLAGGED_FOR(submit(contract, 2, {serve({client})}), units_differ_from_lines);
  EXPECT_FLAGGED_FOR(submit(contract, 1, {serve({client}, "advice")}), units_differ_from_lines);
  EXPECT_ACCEPTED(submit(contract, 1, {serve({client})}));
}

TEST_F(Contracts, only_what_the_contract_lists_is_submitted_and_accepted) {
  const auto submit_as = [&](const std::string& deliverable) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initMilestoneSubmitted();
      b.setContract(contract.value);
      auto lines = b.initLines(1);
      lines[0].setDeliverable(deliverable);
      lines[0].setQuantity(10);
    });
  };
  EXPECT_FLAGGED_FOR(submit_as("meals"), deliverable_unknown);
  const EventId milestone = submit_as("visits");
  EXPECT_ACCEPTED(milestone);
  const auto review_as = [&](const std::string& deliverable) {
    return log.add(reviewer, [&](Body e) {
      auto b = e.initBody().initMilestoneReviewed();
      b.setMilestone(milestone.value);
      auto lines = b.initLines(1);
      lines[0].setDeliverable(deliverable);
      lines[0].setAccepted(10);
      b.setAcceptedFen(10'000);
      b.setBeneficiaryOpinions(1);
      b.setStandardsListed(true);
      b.setDisclosure("notice board");
    });
  };
  EXPECT_HELD_FOR(review_as("meals"), deliverable_unknown);
  EXPECT_EQ(totals().accepted, Fen{0});
  EXPECT_IN_FORCE(review_as("visits"));
  EXPECT_EQ(totals().accepted, Fen{10'000});
}

TEST_F(Contracts, a_claim_that_comes_before_its_deliveries_waits_for_them) {
  const EventId client = person();
  log.offline(field);
  const EventId visit = serve({client});
  const EventId milestone = submit(contract, 1, {visit});
  EXPECT_FLAGGED_FOR(milestone, orphan);
  EXPECT_EQ(log.state().contracts.find_milestone(entity_cast<MilestoneId>(milestone)), nullptr);
  EXPECT_EQ(log.state().facts.rows_of(milestone).count, 1u);
  log.online(field);
  EXPECT_IN_FORCE(milestone);
  EXPECT_NE(log.state().contracts.find_milestone(entity_cast<MilestoneId>(milestone)), nullptr);
  EXPECT_EQ(log.state().facts.rows_of(milestone).count, 1u);
}

TEST_F(Contracts, a_closed_contract_takes_no_more_work) {
  const auto close = [&] {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initContractClosed();
      b.setContract(contract.value);
      b.setSettlement(schema::ContractClosed::Settlement::SETTLED);
      b.setDay(log.today().value);
    });
  };
  const EventId milestone = submit(contract, 1);
  EXPECT_IN_FORCE(close());
  EXPECT_HELD_FOR(close(), contract_closed);
  EXPECT_HELD_FOR(amend(1), contract_closed);
  EXPECT_HELD_FOR(review(reviewer, milestone, {.accepted = 1, .fen = 1'000}), contract_closed);
  EXPECT_FLAGGED_FOR(submit(contract, 1), contract_closed);
}

TEST_F(Contracts, hostile_quantities_do_no_harm) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  EXPECT_HELD_FOR(
      sign_contract(buyer, contractor, fund, {.number = "HT-7", .units = kMax, .unit_price = kMax}),
      value_invalid);
  EXPECT_HELD_FOR(sign_contract(buyer, contractor, fund, {.number = "HT-8", .unit_price = kMin}),
                  value_invalid);
  EXPECT_FLAGGED_FOR(submit(contract, kMax), value_invalid);
  const EventId milestone = submit(contract, kMin);
  EXPECT_FLAGGED_FOR(milestone, value_invalid);
  EXPECT_HELD_FOR(review(reviewer, milestone, {.accepted = kMax, .refused = kMax, .fen = 1}),
                  value_invalid);
  EXPECT_TRUE(money_is_sound());
}

}  // namespace
}  // namespace houniao::testing
