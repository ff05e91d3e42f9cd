// Money is followed to what it paid for and back; sums are those of the ledger.
#include "replay/trace.h"

#include <algorithm>

#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

class TraceTest : public DeliveryWorld {
 protected:
  // A fund with money, a contract on it, two units accepted, one payment for the milestone and one
  // advance before; the advance is partly reversed.
  TraceTest() {
    contractor = organisation();
    verified_account(contractor);
    fund = establish_fund();
    receipt = receive(fund, 500'000);
    contract = sign_contract(organisation("91350211M000100Y46"), contractor, fund, {});
    allocation = allocate(fund, 300'000, contract);
    served = person();
    unit = serve({served, person()});
    other_unit = serve({person()});
    advance = paid(
        {.fund = fund, .contract = contract, .payee = contractor, .fen = 1'000, .advance = true});
    reversal = reverse(advance, 400);
    milestone = submit(contract, 2, {unit, other_unit});
    acceptance = review(reviewer, milestone, {.accepted = 2, .fen = 2'000});
    payment = paid({.fund = fund,
                    .contract = contract,
                    .milestone = milestone,
                    .payee = contractor,
                    .fen = 1'000});
  }
  EventId paid(const RequestOptions& options, std::vector<EventId> causes = {}) {
    const EventId asked = causes.empty() ? request(options) : request_for(options, causes);
    approve(supervisor, asked);
    return pay(asked, options.fen);
  }
  EventId request_for(const RequestOptions& options, const std::vector<EventId>& causes) {
    return log.add(field, [&](Body e) {
      auto list = e.initCauses(static_cast<unsigned>(causes.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, causes[i].value);
      e.setProgramme(programme.value);
      auto b = e.initBody().initDisbursementRequested();
      b.setFund(options.fund.value);
      b.setPayee(options.payee.value);
      b.setAmountFen(options.fen);
      b.setPurpose(options.purpose);
      b.setRegion(options.region);
    });
  }
  static bool has_node(const Trace& trace, TraceKind kind, EventId id) {
    return std::any_of(trace.nodes.begin(), trace.nodes.end(), [&](const TraceNode& node) {
      return node.kind == kind && node.id == id.value;
    });
  }
  Trace trace(EventId id, const TraceOptions& options = {}) const {
    return Tracer(log.state()).trace(id, options).value();
  }

  EventId contractor, fund, receipt, contract, allocation, served, unit, other_unit, advance,
      reversal, milestone, acceptance, payment;
};

TEST_F(TraceTest, a_payment_leads_to_its_units_and_up_to_the_fund) {
  ASSERT_TRUE(in_force(payment)) << why(payment);
  const Trace found = trace(payment);
  for (const auto& [kind, id] :
       std::vector<std::pair<TraceKind, EventId>>{{TraceKind::payment, payment},
                                                  {TraceKind::milestone, milestone},
                                                  {TraceKind::acceptance, acceptance},
                                                  {TraceKind::unit, unit},
                                                  {TraceKind::unit, other_unit},
                                                  {TraceKind::person, served},
                                                  {TraceKind::contract, contract},
                                                  {TraceKind::allocation, allocation},
                                                  {TraceKind::fund, fund},
                                                  {TraceKind::receipt, receipt},
                                                  {TraceKind::organisation, contractor}}) {
    EXPECT_TRUE(has_node(found, kind, id)) << name_of(kind) << " " << to_string(id);
  }
  EXPECT_FALSE(has_node(found, TraceKind::payment, advance)) << "another payment is no part of it";
  EXPECT_TRUE(found.unexplained.empty());
  EXPECT_EQ(found.nodes[found.root].id, payment.value);
  EXPECT_EQ(found.nodes[found.root].amount.value, 1'000);
}

TEST_F(TraceTest, an_advance_leads_to_the_work_that_earned_it_and_to_its_reversal) {
  const Trace found = trace(advance);
  EXPECT_TRUE(has_node(found, TraceKind::unit, unit));
  EXPECT_TRUE(has_node(found, TraceKind::reversal, reversal));
}

TEST_F(TraceTest, what_was_paid_twice_and_taken_back_is_net_zero_and_both_are_told) {
  allocate(fund, 5'000);
  const EventId twice = paid({.fund = fund, .payee = contractor, .fen = 700}, {unit});
  const FundTotals before = log.state().ledger.fund(FundId{fund.value});
  const EventId back = reverse(twice, 700);
  ASSERT_TRUE(in_force(back)) << why(back);
  const Trace found = trace(twice);
  EXPECT_TRUE(has_node(found, TraceKind::reversal, back));
  EXPECT_EQ(found.totals.paid.value, 700);
  EXPECT_EQ(found.totals.reversed.value, 700);
  EXPECT_TRUE(has_node(trace(fund), TraceKind::reversal, back));
  EXPECT_EQ(trace(fund).totals.reversed.value, before.reversed.value + 700);
  EXPECT_EQ(trace(fund).totals.reversed, log.state().ledger.fund(FundId{fund.value}).reversed);
  EXPECT_EQ(trace(back).nodes[0].kind, TraceKind::reversal);
  EXPECT_TRUE(has_node(trace(back), TraceKind::payment, twice));
}

// The site that was built or equipped is what such money bought.
TEST_F(TraceTest, money_for_sites_is_explained_by_the_sites) {
  allocate(fund, 5'000);
  const EventId built = paid({.fund = fund, .payee = contractor, .fen = 700}, {site});
  ASSERT_TRUE(in_force(built)) << why(built);
  EXPECT_EQ(Tracer(log.state()).units_of(PaymentId{built.value}), std::vector<EventId>{site});
  const Trace found = trace(built);
  EXPECT_TRUE(has_node(found, TraceKind::site, site));
  EXPECT_TRUE(found.unexplained.empty());
  EXPECT_EQ(found.totals.units, 1u);
}

// A fund, a receipt or a party that is named as the reason says nothing of what was delivered.
TEST_F(TraceTest, money_and_parties_named_as_causes_explain_nothing) {
  allocate(fund, 5'000);
  for (const EventId cause : {fund, receipt, contractor}) {
    const EventId hollow = paid({.fund = fund, .payee = contractor, .fen = 300}, {cause});
    ASSERT_TRUE(in_force(hollow)) << why(hollow);
    EXPECT_TRUE(Tracer(log.state()).units_of(PaymentId{hollow.value}).empty());
    EXPECT_EQ(trace(hollow).unexplained, std::vector<PaymentId>{PaymentId{hollow.value}});
    EXPECT_EQ(trace(hollow).totals.units, 0u);
  }
}

TEST_F(TraceTest, from_a_person_served_the_money_is_found) {
  const Trace found = trace(served);
  EXPECT_TRUE(has_node(found, TraceKind::unit, unit));
  EXPECT_FALSE(has_node(found, TraceKind::unit, other_unit));
  EXPECT_TRUE(has_node(found, TraceKind::payment, payment));
  EXPECT_TRUE(has_node(found, TraceKind::fund, fund));
}

// The person was served once: one unit, and everything that its milestone was paid with.
TEST_F(TraceTest, totals_from_a_person_are_those_of_the_money_that_is_shown) {
  const TraceTotals totals = trace(served).totals;
  EXPECT_EQ(totals.units, 1u);
  EXPECT_EQ(totals.payments, 2u);
  EXPECT_EQ(totals.paid.value, 2'000);
  EXPECT_EQ(totals.reversed.value, 400);
  EXPECT_EQ(totals.accepted.value, 2'000);
  EXPECT_EQ(totals.received.value, 500'000);
  EXPECT_EQ(totals, trace(unit).totals) << "the unit is all that hangs on the person";
}

TEST_F(TraceTest, totals_of_a_fund_are_those_of_the_ledger) {
  const TraceTotals totals = trace(fund).totals;
  const FundTotals ledger = log.state().ledger.fund(FundId{fund.value});
  EXPECT_EQ(totals.received, ledger.received);
  EXPECT_EQ(totals.allocated, ledger.allocated);
  EXPECT_EQ(totals.approved, ledger.approved);
  EXPECT_EQ(totals.paid, ledger.paid);
  EXPECT_EQ(totals.reversed, ledger.reversed);
  EXPECT_EQ(totals.paid.value, 2'000);
  EXPECT_EQ(totals.payments, 2u);
  EXPECT_EQ(totals.units, 2u);
}

TEST_F(TraceTest, money_of_another_fund_on_the_same_contract_is_not_counted) {
  const EventId second = establish_fund();
  receive(second, 9'000);
  allocate(second, 9'000);
  const TraceTotals totals = trace(second).totals;
  EXPECT_EQ(totals.received.value, 9'000);
  EXPECT_EQ(totals.paid.value, 0);
  EXPECT_EQ(trace(fund).totals.received.value, 500'000);
}

TEST_F(TraceTest, without_a_contract_the_causes_say_what_was_paid_for) {
  allocate(fund, 5'000);
  const EventId explained = paid({.fund = fund, .payee = contractor, .fen = 700}, {unit});
  const EventId unexplained = paid({.fund = fund, .payee = contractor, .fen = 300});
  const Tracer tracer(log.state());
  EXPECT_EQ(tracer.units_of(PaymentId{explained.value}), std::vector<EventId>{unit});
  EXPECT_TRUE(tracer.units_of(PaymentId{unexplained.value}).empty());
  const auto back = tracer.payments_of(unit);
  EXPECT_TRUE(std::binary_search(back.begin(), back.end(), PaymentId{explained.value}));
  EXPECT_FALSE(std::binary_search(back.begin(), back.end(), PaymentId{unexplained.value}));
  EXPECT_EQ(trace(unexplained).unexplained, std::vector<PaymentId>{PaymentId{unexplained.value}});
}

TEST_F(TraceTest, every_payment_is_found_again_from_each_of_its_units) {
  const Tracer tracer(log.state());
  ASSERT_EQ(tracer.payments().size(), 2u);
  for (const PaymentId each : tracer.payments()) {
    ASSERT_FALSE(tracer.units_of(each).empty());
    for (const EventId of : tracer.units_of(each)) {
      const auto back = tracer.payments_of(of);
      EXPECT_TRUE(std::binary_search(back.begin(), back.end(), each));
    }
  }
}

TEST_F(TraceTest, what_does_not_fit_is_counted_and_totals_stay_whole) {
  const Trace small = trace(fund, {.nodes_max = 4, .siblings_max = 1});
  EXPECT_EQ(small.nodes.size(), 4u);
  EXPECT_GT(small.left_out, 0u);
  EXPECT_EQ(small.totals.paid, trace(fund).totals.paid);
}

TEST_F(TraceTest, totals_are_told_where_only_the_root_fits) {
  const Trace root = trace(fund, {.nodes_max = 1, .siblings_max = 1});
  EXPECT_EQ(root.nodes.size(), 1u);
  EXPECT_EQ(root.totals.paid, trace(fund).totals.paid);
}

TEST_F(TraceTest, what_a_payee_gives_to_another_fund_is_other_money) {
  const EventId second = establish_fund();
  const EventId given = log.add(finance, [&](Body e) {
    auto b = e.initBody().initFundsReceived();
    b.setFund(second.value);
    b.setPayer(contractor.value);
    b.setAmountFen(9'000);
    b.setBankReference("gift");
    b.setValueDay(log.today().value);
  });
  ASSERT_TRUE(in_force(given)) << why(given);
  EXPECT_EQ(trace(fund).totals.received.value, 500'000);
  EXPECT_EQ(trace(second).totals.paid.value, 0);
  EXPECT_EQ(trace(second).totals.received.value, 9'000);
  EXPECT_FALSE(has_node(trace(fund), TraceKind::receipt, given));
  EXPECT_TRUE(has_node(trace(contractor), TraceKind::receipt, given));
}

TEST_F(TraceTest, edges_name_nodes_and_run_with_the_flow) {
  const Trace found = trace(fund);
  for (const TraceEdge& edge : found.edges) {
    ASSERT_LT(edge.from, found.nodes.size());
    ASSERT_LT(edge.to, found.nodes.size());
    if (found.nodes[edge.to].kind == TraceKind::payment) {
      EXPECT_EQ(found.nodes[edge.from].kind, TraceKind::request);
    }
  }
}

TEST_F(TraceTest, what_the_log_does_not_have_is_said) {
  const Tracer tracer(log.state());
  EXPECT_EQ(tracer.trace(EventId{0}).error().code, Errc::not_found);
  EXPECT_EQ(tracer.trace(EventId{1}).error().code, Errc::not_found);
  EXPECT_EQ(tracer.trace(Hash{}).error().code, Errc::not_found);
}

}  // namespace
}  // namespace houniao::testing
