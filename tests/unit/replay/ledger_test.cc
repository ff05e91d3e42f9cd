#include "replay/ledger.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>

namespace houniao {
namespace {

constexpr FundId kFund{100};
constexpr ContractId kContract{200};
constexpr PersonId kClient{300};

AccountId fund_account(AccountKind kind) { return {kind, kFund.value}; }

TEST(Ledger, moves_money_through_the_stages_of_a_fund) {
  Ledger ledger;
  const AccountId outside;
  ASSERT_TRUE(ledger.post(EventId{1}, PostingKind::received, outside,
                          fund_account(AccountKind::fund_free), Fen{1000}));
  ASSERT_TRUE(ledger.post(EventId{2}, PostingKind::allocated, fund_account(AccountKind::fund_free),
                          fund_account(AccountKind::fund_allocated), Fen{800}));
  ASSERT_TRUE(ledger.post(EventId{3}, PostingKind::approved,
                          fund_account(AccountKind::fund_allocated),
                          fund_account(AccountKind::fund_committed), Fen{500}));
  ASSERT_TRUE(ledger.post(EventId{4}, PostingKind::paid, fund_account(AccountKind::fund_committed),
                          fund_account(AccountKind::fund_paid), Fen{300}));
  ASSERT_TRUE(ledger.post(EventId{5}, PostingKind::reversed, fund_account(AccountKind::fund_paid),
                          fund_account(AccountKind::fund_committed), Fen{100}));
  const FundTotals totals = ledger.fund(kFund);
  EXPECT_EQ(totals.received, Fen{1000});
  EXPECT_EQ(totals.allocated, Fen{800});
  EXPECT_EQ(totals.approved, Fen{500});
  EXPECT_EQ(totals.paid, Fen{300});
  EXPECT_EQ(totals.reversed, Fen{100});
  EXPECT_EQ(totals.net_paid(), Fen{200});
  EXPECT_EQ(totals.free(), Fen{200});
  EXPECT_TRUE(ledger.check().empty());
}

TEST(Ledger, an_allocation_taken_back_is_free_again) {
  Ledger ledger;
  const AccountId free = fund_account(AccountKind::fund_free);
  const AccountId allocated = fund_account(AccountKind::fund_allocated);
  ledger.post(EventId{1}, PostingKind::received, {}, free, Fen{1000});
  ledger.post(EventId{2}, PostingKind::allocated, free, allocated, Fen{800});
  ledger.post(EventId{3}, PostingKind::deallocated, allocated, free, Fen{300});
  EXPECT_EQ(ledger.fund(kFund).received, Fen{1000});
  EXPECT_EQ(ledger.fund(kFund).allocated, Fen{500});
  EXPECT_EQ(ledger.fund(kFund).free(), Fen{500});
}

TEST(Ledger, refuses_amounts_that_are_not_a_positive_sum_of_money) {
  Ledger ledger;
  const AccountId free = fund_account(AccountKind::fund_free);
  for (std::int64_t amount :
       {std::int64_t{0}, std::int64_t{-1}, kFenMax.value + 1,
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_FALSE(ledger.post(EventId{1}, PostingKind::received, {}, free, Fen{amount})) << amount;
  }
  EXPECT_EQ(ledger.size(), 0u);
  EXPECT_EQ(ledger.balance(free), Fen{0});
}

TEST(Ledger, refuses_a_posting_that_would_leave_the_range_and_stays_balanced) {
  Ledger ledger;
  const AccountId free = fund_account(AccountKind::fund_free);
  bool refused = false;
  for (std::uint64_t i = 1; i <= 10'000 && !refused; ++i) {
    refused = !ledger.post(EventId{i}, PostingKind::received, {}, free, kFenMax);
  }
  EXPECT_TRUE(refused);
  EXPECT_TRUE(ledger.check().empty());
  EXPECT_GT(ledger.balance(free), Fen{0});
}

TEST(Ledger, reports_an_account_that_fell_below_zero_with_its_invariant) {
  Ledger ledger;
  ledger.post(EventId{1}, PostingKind::paid, fund_account(AccountKind::fund_committed),
              fund_account(AccountKind::fund_paid), Fen{1});
  ledger.post(EventId{2}, PostingKind::custody_paid_on, {AccountKind::custody_held, kClient.value},
              {AccountKind::custody_paid_on, kClient.value}, Fen{7});
  ledger.post(EventId{3}, PostingKind::accepted, {AccountKind::contract_open, kContract.value},
              {AccountKind::contract_due, kContract.value}, Fen{5});
  std::set<std::string> invariants;
  for (const LedgerViolation& violation : ledger.check()) {
    invariants.emplace(violation.invariant);
    EXPECT_LT(violation.balance, Fen{0});
  }
  EXPECT_EQ(invariants, (std::set<std::string>{"I3", "I4", "I28"}));
}

TEST(Ledger, an_advance_may_overdraw_what_is_due_on_a_contract) {
  Ledger ledger;
  const auto of = [](AccountKind kind) { return AccountId{kind, kContract.value}; };
  ledger.post(EventId{1}, PostingKind::signed_value, of(AccountKind::contract_source),
              of(AccountKind::contract_open), Fen{1000});
  ledger.post(EventId{2}, PostingKind::approved, of(AccountKind::contract_due),
              of(AccountKind::contract_advance_committed), Fen{300});
  ledger.post(EventId{3}, PostingKind::paid, of(AccountKind::contract_advance_committed),
              of(AccountKind::contract_advance), Fen{300});
  EXPECT_TRUE(ledger.check().empty());
  const ContractTotals totals = ledger.contract(kContract);
  EXPECT_EQ(totals.value, Fen{1000});
  EXPECT_EQ(totals.accepted, Fen{0});
  EXPECT_EQ(totals.net_paid(), Fen{300});
  EXPECT_EQ(totals.advance_approved, Fen{300});
}

TEST(Ledger, removing_an_event_restores_the_balances_before_it) {
  Ledger ledger;
  const AccountId free = fund_account(AccountKind::fund_free);
  const AccountId allocated = fund_account(AccountKind::fund_allocated);
  ledger.post(EventId{1}, PostingKind::received, {}, free, Fen{10});
  ledger.post(EventId{2}, PostingKind::allocated, free, allocated, Fen{4});
  ledger.post(EventId{2}, PostingKind::allocated, free, allocated, Fen{3});
  EXPECT_EQ(ledger.postings_of(EventId{2}).size(), 2u);
  EXPECT_EQ(ledger.remove_event(EventId{2}), 2u);
  EXPECT_EQ(ledger.remove_event(EventId{2}), 0u);
  EXPECT_EQ(ledger.balance(free), Fen{10});
  EXPECT_EQ(ledger.balance(allocated), Fen{0});
  EXPECT_FALSE(ledger.has_event(EventId{2}));
  EXPECT_EQ(ledger.size(), 1u);
}

TEST(Ledger, traces_every_yuan_of_a_client_to_its_events) {
  Ledger ledger;
  const auto of = [](AccountKind kind) { return AccountId{kind, kClient.value}; };
  ledger.post(EventId{9}, PostingKind::custody_paid_on, of(AccountKind::custody_held),
              of(AccountKind::custody_paid_on), Fen{20});
  ledger.post(EventId{4}, PostingKind::custody_received, of(AccountKind::custody_source),
              of(AccountKind::custody_held), Fen{50});
  ledger.post(EventId{5}, PostingKind::received, {}, fund_account(AccountKind::fund_free), Fen{1});
  const std::vector<Posting> trace = ledger.trace(kClient);
  ASSERT_EQ(trace.size(), 2u);
  EXPECT_EQ(trace[0].event, EventId{4});
  EXPECT_EQ(trace[1].event, EventId{9});
  EXPECT_EQ(ledger.custody(kClient).held(), Fen{30});
  ASSERT_EQ(ledger.open_custody().size(), 1u);
  EXPECT_EQ(ledger.open_custody()[0].second, Fen{30});
}

// Conservation: whatever is posted and taken back, in any order, the accounts sum to zero, and the
// order of arrival does not show in the canonical form.
TEST(Ledger, conserves_money_over_random_postings_and_removals) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    std::vector<Posting> postings;
    for (std::uint64_t i = 1; i <= 300; ++i) {
      const auto account = [&] {
        return AccountId{static_cast<AccountKind>(random() % 16), random() % 3};
      };
      postings.push_back({EventId{i}, static_cast<PostingKind>(random() % 12), account(), account(),
                          Fen{static_cast<std::int64_t>(random() % 1000)}});
    }
    Ledger first;
    for (const Posting& p : postings) first.post(p.event, p.kind, p.from, p.to, p.amount);
    std::set<std::uint64_t> removed;
    for (int i = 0; i < 150; ++i) {
      removed.insert(1 + random() % 300);
      first.remove_event(EventId{*removed.rbegin()});
    }
    for (std::uint64_t event : removed) first.remove_event(EventId{event});

    std::shuffle(postings.begin(), postings.end(), random);
    Ledger second;
    for (const Posting& p : postings) {
      if (!removed.contains(p.event.value)) second.post(p.event, p.kind, p.from, p.to, p.amount);
    }
    for (const LedgerViolation& v : first.check()) EXPECT_NE(v.invariant, "balance") << seed;
    EXPECT_EQ(first.canonical(), second.canonical()) << seed;
    Ledger third;
    third.load(first.canonical());
    for (std::uint8_t kind = 0; kind < 16; ++kind) {
      for (std::uint64_t entity = 0; entity < 3; ++entity) {
        const AccountId id{static_cast<AccountKind>(kind), entity};
        EXPECT_EQ(first.balance(id), second.balance(id));
        EXPECT_EQ(first.turnover(id).in, third.turnover(id).in);
      }
    }
  }
}

TEST(Fen, arithmetic_says_when_it_would_overflow) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(checked_add(Fen{1}, Fen{2}), Fen{3});
  EXPECT_FALSE(checked_add(Fen{kMax}, Fen{1}));
  EXPECT_FALSE(checked_subtract(Fen{-kMax}, Fen{2}));
  EXPECT_EQ(checked_multiply(Fen{250}, 4), Fen{1000});
  EXPECT_FALSE(checked_multiply(Fen{kMax / 2}, 3));
}

}  // namespace
}  // namespace houniao
