// What the stories of all programmes must show about their money: every payment says what it paid
// for, is found again from there, and the sums of a fund's trace are those of the ledger.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "replay/state.h"
#include "replay/trace.h"

namespace houniao::stage {

inline std::string purpose_of(const State& state, PaymentId id) {
  const Payment* payment = state.funds.find_payment(id);
  const Request* request =
      payment == nullptr ? nullptr : state.funds.find_request(payment->request);
  return request == nullptr ? "no request" : std::string(state.symbols().text(request->purpose));
}

inline void expect_every_payment_explained(const State& state) {
  const Tracer tracer(state);
  ASSERT_FALSE(tracer.payments().empty());
  for (const PaymentId payment : tracer.payments()) {
    const std::vector<EventId> units = tracer.units_of(payment);
    EXPECT_FALSE(units.empty()) << purpose_of(state, payment);
    for (const EventId unit : units) {
      const std::vector<PaymentId> back = tracer.payments_of(unit);
      ASSERT_TRUE(std::binary_search(back.begin(), back.end(), payment))
          << purpose_of(state, payment) << " is not found from " << to_string(unit);
    }
  }
}

// Money paid in advance has been earned: the contract has an accepted milestone with units.
inline void expect_every_advance_earned(const State& state) {
  for (const auto& [id, contract] : state.contracts.contracts) {
    const auto& milestones = state.contracts.milestones;
    const bool earned = std::any_of(milestones.begin(), milestones.end(), [&](const auto& entry) {
      const Milestone& milestone = entry.second;
      return milestone.contract == contract.id && milestone.is_reviewed() &&
             !milestone.units.empty();
    });
    EXPECT_TRUE(contract.advance.value == 0 || earned) << contract.number;
  }
}

inline void expect_fund_traces_add_up(const State& state) {
  const Tracer tracer(state);
  std::size_t traced = 0;
  for (const auto& [id, fund] : state.funds.funds) {
    const FundTotals ledger = state.ledger.fund(id);
    const Result<Trace> trace = tracer.trace(EventId{id.value}, {.nodes_max = 64});
    if (!trace) {
      EXPECT_EQ(ledger.received.value, 0) << fund.name << ": " << trace.error().message();
      continue;
    }
    ++traced;
    EXPECT_EQ(trace->totals.received, ledger.received) << fund.name;
    EXPECT_EQ(trace->totals.allocated, ledger.allocated) << fund.name;
    EXPECT_EQ(trace->totals.approved, ledger.approved) << fund.name;
    EXPECT_EQ(trace->totals.paid, ledger.paid) << fund.name;
    EXPECT_EQ(trace->totals.reversed, ledger.reversed) << fund.name;
  }
  EXPECT_GT(traced, 0u);
}

}  // namespace houniao::stage
