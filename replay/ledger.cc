#include "replay/ledger.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/error.h"

namespace houniao {

namespace {

// Sums and differences of a few turnovers stay in the range of Fen.
constexpr std::int64_t kTurnoverMax = std::numeric_limits<std::int64_t>::max() / 16;

bool is_custody(AccountKind kind) {
  return kind >= AccountKind::custody_source && kind <= AccountKind::custody_refunded;
}
bool is_contract(AccountKind kind) {
  return kind >= AccountKind::contract_source && kind <= AccountKind::contract_advance;
}
bool is_fund(AccountKind kind) {
  return kind >= AccountKind::fund_free && kind <= AccountKind::fund_paid;
}

// Counter accounts give what comes in from outside the books, and an advance may overdraw what is
// due until acceptance has earned it. Everything else must not fall below zero.
bool may_be_negative(AccountKind kind) {
  return kind == AccountKind::outside || kind == AccountKind::contract_source ||
         kind == AccountKind::custody_source || kind == AccountKind::contract_due;
}

std::string_view invariant_of(AccountKind kind) {
  if (is_fund(kind)) return "I3";
  return is_custody(kind) ? "I28" : "I4";
}

}  // namespace

std::string_view name_of(AccountKind kind) {
  static constexpr std::array<std::string_view, 16> kNames{"outside",
                                                           "fund_free",
                                                           "fund_allocated",
                                                           "fund_committed",
                                                           "fund_paid",
                                                           "contract_source",
                                                           "contract_open",
                                                           "contract_due",
                                                           "contract_committed",
                                                           "contract_advance_committed",
                                                           "contract_paid",
                                                           "contract_advance",
                                                           "custody_source",
                                                           "custody_held",
                                                           "custody_paid_on",
                                                           "custody_refunded"};
  const auto i = static_cast<std::size_t>(kind);
  return i < kNames.size() ? kNames[i] : "unknown";
}

std::string_view name_of(PostingKind kind) {
  static constexpr std::array<std::string_view, 12> kNames{
      "received", "allocated",        "deallocated",     "approved",
      "paid",     "reversed",         "signed",          "amended",
      "accepted", "custody_received", "custody_paid_on", "custody_refunded"};
  const auto i = static_cast<std::size_t>(kind);
  return i < kNames.size() ? kNames[i] : "unknown";
}

Turnover Ledger::turnover(AccountId account) const {
  auto found = accounts_.find(account);
  return found == accounts_.end() ? Turnover{} : found->second;
}

bool Ledger::can_post(AccountId from, AccountId to, Fen amount) const {
  if (!valid_amount(amount.value) || from == to) return false;
  return turnover(from).out.value <= kTurnoverMax - amount.value &&
         turnover(to).in.value <= kTurnoverMax - amount.value;
}

bool Ledger::post(EventId event, PostingKind kind, AccountId from, AccountId to, Fen amount) {
  if (!can_post(from, to, amount)) return false;
  HOUNIAO_ASSERT(entries_.size() < std::numeric_limits<std::uint32_t>::max());
  entries_.push_back({Posting{event, kind, from, to, amount}});
  const auto number = static_cast<std::uint32_t>(entries_.size());  // index + 1
  if (auto [first, is_first] = first_of_.try_emplace(event, number); !is_first) {
    Entry* last = &entries_[first->second - 1];
    while (last->next != 0) last = &entries_[last->next - 1];
    last->next = number;
  }
  accounts_[from].out.value += amount.value;
  accounts_[to].in.value += amount.value;
  ++live_;
  return true;
}

std::size_t Ledger::remove_event(EventId event) {
  auto found = first_of_.find(event);
  if (found == first_of_.end()) return 0;
  std::size_t removed = 0;
  for (std::uint32_t at = found->second; at != 0; at = entries_[at - 1].next) {
    Entry& entry = entries_[at - 1];
    accounts_[entry.posting.from].out.value -= entry.posting.amount.value;
    accounts_[entry.posting.to].in.value -= entry.posting.amount.value;
    entry.live = false;
    ++removed;
  }
  first_of_.erase(found);
  live_ -= removed;
  compact_if_sparse();
  return removed;
}

void Ledger::compact_if_sparse() {
  const std::size_t dead = entries_.size() - live_;
  if (dead < 64 || dead < live_) return;
  load(canonical());
}

FundTotals Ledger::fund(FundId fund) const {
  const auto of = [&](AccountKind kind) { return turnover({kind, fund.value}); };
  const Turnover free = of(AccountKind::fund_free);
  const Turnover allocated = of(AccountKind::fund_allocated);
  const Turnover committed = of(AccountKind::fund_committed);
  const Turnover paid = of(AccountKind::fund_paid);
  // Money that comes back from `allocated` (taken back) or from `paid` (reversed) enters the
  // account before it, so the totals are derived from balances; only what came from outside is a
  // turnover.
  const Fen received{free.balance().value + allocated.balance().value + committed.balance().value +
                     paid.balance().value};
  return FundTotals{.received = received,
                    .allocated = Fen{received.value - free.balance().value},
                    .approved = Fen{committed.balance().value + paid.balance().value},
                    .paid = paid.in,
                    .reversed = paid.out};
}

ContractTotals Ledger::contract(ContractId contract) const {
  const auto of = [&](AccountKind kind) { return turnover({kind, contract.value}); };
  const Fen value{-of(AccountKind::contract_source).balance().value};
  const Turnover paid = of(AccountKind::contract_paid);
  const Turnover advance = of(AccountKind::contract_advance);
  const std::int64_t work_approved =
      of(AccountKind::contract_committed).balance().value + paid.balance().value;
  const std::int64_t advance_approved =
      of(AccountKind::contract_advance_committed).balance().value + advance.balance().value;
  return ContractTotals{.value = value,
                        .accepted = of(AccountKind::contract_due).in,
                        .approved = Fen{work_approved + advance_approved},
                        .paid = Fen{paid.in.value + advance.in.value},
                        .reversed = Fen{paid.out.value + advance.out.value},
                        .advance_approved = Fen{advance_approved}};
}

CustodyTotals Ledger::custody(PersonId client) const {
  const auto of = [&](AccountKind kind) { return turnover({kind, client.value}); };
  return CustodyTotals{.received = of(AccountKind::custody_held).in,
                       .paid_on = of(AccountKind::custody_paid_on).in,
                       .refunded = of(AccountKind::custody_refunded).in};
}

template <class Belongs>
std::vector<Posting> Ledger::collect(Belongs&& belongs) const {
  std::vector<Posting> out;
  for (const Entry& entry : entries_) {
    if (entry.live && belongs(entry.posting)) out.push_back(entry.posting);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Posting& a, const Posting& b) { return a.event < b.event; });
  return out;
}

std::vector<Posting> Ledger::trace(FundId fund) const {
  return collect([&](const Posting& p) {
    return (is_fund(p.from.kind) && p.from.entity == fund.value) ||
           (is_fund(p.to.kind) && p.to.entity == fund.value);
  });
}

std::vector<Posting> Ledger::trace(ContractId contract) const {
  return collect([&](const Posting& p) {
    return is_contract(p.from.kind) && p.from.entity == contract.value;
  });
}

std::vector<Posting> Ledger::trace(PersonId client) const {
  return collect(
      [&](const Posting& p) { return is_custody(p.from.kind) && p.from.entity == client.value; });
}

std::vector<Posting> Ledger::postings_of(EventId event) const {
  std::vector<Posting> out;
  auto found = first_of_.find(event);
  if (found == first_of_.end()) return out;
  for (std::uint32_t at = found->second; at != 0; at = entries_[at - 1].next) {
    out.push_back(entries_[at - 1].posting);
  }
  return out;
}

std::vector<LedgerViolation> Ledger::check() const {
  std::vector<LedgerViolation> out;
  std::uint64_t sum = 0;  // modulo 2^64, where a true zero stays zero
  for (const auto& [id, turnover] : accounts_) {
    const Fen balance = turnover.balance();
    sum += static_cast<std::uint64_t>(balance.value);
    if (balance.value < 0 && !may_be_negative(id.kind)) {
      out.push_back({invariant_of(id.kind), id, balance});
    }
  }
  std::sort(out.begin(), out.end(), [](const LedgerViolation& a, const LedgerViolation& b) {
    return a.account < b.account;
  });
  if (sum != 0) out.push_back({"balance", {}, Fen{}});
  return out;
}

std::vector<std::pair<PersonId, Fen>> Ledger::open_custody() const {
  std::vector<std::pair<PersonId, Fen>> out;
  for (const auto& [id, turnover] : accounts_) {
    if (id.kind != AccountKind::custody_held || turnover.balance().value == 0) continue;
    out.emplace_back(PersonId{id.entity}, turnover.balance());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<Posting> Ledger::canonical() const {
  return collect([](const Posting&) { return true; });
}

void Ledger::load(const std::vector<Posting>& postings) {
  *this = Ledger{};
  for (const Posting& p : postings) post(p.event, p.kind, p.from, p.to, p.amount);
}

}  // namespace houniao
