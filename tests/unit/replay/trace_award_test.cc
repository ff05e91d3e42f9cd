// What a call gives away is followed to the award and to who got it.
#include <algorithm>

#include "replay/trace.h"
#include "tests/unit/replay/families/calls_world.h"

namespace houniao::testing {
namespace {

class TraceOfAwards : public CallsWorld {
 protected:
  TraceOfAwards() {
    fund = establish_fund();
    receive(fund, 500'000);
    allocate(fund, 300'000);
    winner = organisation();
    verified_account(winner);
    call = open_call({.fund = fund});
    proposal = submit(call, winner);
    won = award(call, proposal);
  }

  EventId pay_for(EventId cause) {
    const RequestOptions options{.fund = fund, .payee = winner, .fen = 10'000};
    const EventId asked = log.add(field, [&](Body e) {
      e.initCauses(1).set(0, cause.value);
      e.setProgramme(programme.value);
      auto b = e.initBody().initDisbursementRequested();
      b.setFund(options.fund.value);
      b.setPayee(options.payee.value);
      b.setAmountFen(options.fen);
      b.setPurpose(options.purpose);
      b.setRegion(options.region);
    });
    approve(supervisor, asked);
    return pay(asked, options.fen);
  }

  EventId winner, fund, call, proposal, won;
};

TEST_F(TraceOfAwards, a_payment_for_an_award_is_explained_and_counts_it) {
  ASSERT_TRUE(in_force(won)) << why(won);
  const EventId payment = pay_for(won);
  ASSERT_TRUE(in_force(payment)) << why(payment);
  const Tracer tracer(log.state());
  EXPECT_EQ(tracer.units_of(PaymentId{payment.value}), std::vector<EventId>{won});
  EXPECT_EQ(tracer.payments_of(won), std::vector<PaymentId>{PaymentId{payment.value}});
  const Trace found = tracer.trace(payment).value();
  EXPECT_TRUE(found.unexplained.empty());
  EXPECT_EQ(found.totals.units, 1u);
  EXPECT_TRUE(std::any_of(found.nodes.begin(), found.nodes.end(), [&](const TraceNode& node) {
    return node.kind == TraceKind::award && node.id == won.value;
  }));
}

TEST_F(TraceOfAwards, an_award_that_two_payments_name_is_counted_once) {
  pay_for(won);
  pay_for(won);
  const Tracer tracer(log.state());
  const Trace found = tracer.trace(fund).value();
  EXPECT_EQ(found.totals.payments, 2u);
  EXPECT_EQ(found.totals.units, 1u);
}

TEST_F(TraceOfAwards, an_award_that_nothing_was_paid_for_counts_as_nothing) {
  EXPECT_EQ(Tracer(log.state()).trace(call).value().totals.units, 0u);
}

}  // namespace
}  // namespace houniao::testing
