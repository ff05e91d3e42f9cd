// The double-entry ledger, folded from the money events. Every posting moves an amount from one
// account to another, so the sum over all accounts is zero by construction, and the invariants on
// money are statements about balances that may not be negative:
//
//   I3 per fund      outside -> free -> allocated -> committed -> paid
//                    received >= allocated >= approved >= paid - reversed >= 0  <=>  no balance < 0
//   I4 per contract  source -> open -> due -> committed -> paid, and the same beside it for the
//   advance
//                    value = signed + amended; open = value - accepted; due = accepted - approved,
//                    which an agreed advance may overdraw until acceptance has earned it
//   I28 per client   source -> held -> paid on | refunded; money of clients never touches a fund
//
// The ledger holds the movements only. What a fund may be used for, what a contract delivers and
// who approved what are state of the families funds and contracts, whose admit() keeps the
// invariants.
//
// Amounts are Fen, 1/100 CNY. Input from a peer can be anything: a posting that is not positive or
// that would leave the range is refused by post(), never computed.
//
// Owned by State; written by the one thread that folds the log; readers need it to rest.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace houniao {

// An amount of money in 1/100 CNY. Arithmetic is only through the checked functions below.
struct Fen {
  std::int64_t value = 0;
  constexpr auto operator<=>(const Fen&) const = default;
};

// Largest amount that one event may name: ten trillion yuan. Larger is a typing error.
inline constexpr Fen kFenMax{1'000'000'000'000'000};

// Whether an amount of an event is a positive sum of money.
constexpr bool valid_amount(std::int64_t fen) { return fen > 0 && fen <= kFenMax.value; }

constexpr std::optional<Fen> checked_add(Fen a, Fen b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.value, b.value, &sum)) return std::nullopt;
  return Fen{sum};
}
constexpr std::optional<Fen> checked_subtract(Fen a, Fen b) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(a.value, b.value, &difference)) return std::nullopt;
  return Fen{difference};
}
// quantity * price; nullopt on overflow.
constexpr std::optional<Fen> checked_multiply(Fen price, std::int64_t quantity) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(price.value, quantity, &product)) return std::nullopt;
  return Fen{product};
}

enum class AccountKind : std::uint8_t {
  outside,          // whoever pays money in; entity 0
  fund_free,        // received and not allocated
  fund_allocated,   // allocated and not approved
  fund_committed,   // approved on every level and not paid
  fund_paid,        // with the payees
  contract_source,  // counter account of the contract's value
  contract_open,    // value not accepted yet
  contract_due,     // accepted and not approved for payment; negative by an advance not yet earned
  contract_committed,          // approved against acceptance and not paid
  contract_advance_committed,  // approved as advance and not paid
  contract_paid,               // paid against acceptance
  contract_advance,            // paid as advance
  custody_source,              // counter account of the client's money
  custody_held,                // held for the client
  custody_paid_on,             // paid on for the client
  custody_refunded,            // given back to the client
};
std::string_view name_of(AccountKind kind);  // "fund_committed"

struct AccountId {
  AccountKind kind = AccountKind::outside;
  std::uint64_t entity = 0;  // fund, contract or person id
  auto operator<=>(const AccountId&) const = default;
};
inline std::size_t hash_value(const AccountId& id) {
  return hash_value(EventId{id.entity ^ (std::uint64_t{static_cast<std::uint8_t>(id.kind)} << 56)});
}

enum class PostingKind : std::uint8_t {
  received,
  allocated,
  deallocated,
  approved,
  paid,
  reversed,
  signed_value,
  amended,
  accepted,
  custody_received,
  custody_paid_on,
  custody_refunded,
};
std::string_view name_of(PostingKind kind);

struct Posting {
  EventId event;
  PostingKind kind = PostingKind::received;
  AccountId from;  // credited
  AccountId to;    // debited
  Fen amount;      // positive

  bool operator==(const Posting&) const = default;

  template <class Archive>
  void fields(Archive& a) {
    a(event, kind, from.kind, from.entity, to.kind, to.entity, amount.value);
  }
};

struct Turnover {
  Fen in;   // sum of postings to the account
  Fen out;  // sum of postings from it
  Fen balance() const { return Fen{in.value - out.value}; }
};

struct FundTotals {
  Fen received, allocated, approved, paid, reversed;
  Fen net_paid() const { return Fen{paid.value - reversed.value}; }
  Fen free() const { return Fen{received.value - allocated.value}; }
};

struct ContractTotals {
  Fen value;  // signed amount and amendments
  Fen accepted;
  Fen approved;  // for payment, including what is paid
  Fen paid;      // including advances
  Fen reversed;
  Fen advance_approved;  // part of what is approved that is advance
  Fen net_paid() const { return Fen{paid.value - reversed.value}; }
};

struct CustodyTotals {
  Fen received, paid_on, refunded;
  Fen held() const { return Fen{received.value - paid_on.value - refunded.value}; }
};

struct LedgerViolation {
  std::string_view invariant;  // "I3", "I4", "I28", "balance"
  AccountId account;
  Fen balance;
};

class Ledger {
 public:
  // Moves `amount` and returns true; false, without any effect, when the amount is not in
  // (0, kFenMax] or a turnover would leave the range of Fen.
  bool post(EventId event, PostingKind kind, AccountId from, AccountId to, Fen amount);
  // Whether post() would succeed.
  bool can_post(AccountId from, AccountId to, Fen amount) const;
  // Takes back every posting of the event; returns how many there were.
  std::size_t remove_event(EventId event);
  bool has_event(EventId event) const { return first_of_.contains(event); }

  Turnover turnover(AccountId account) const;
  Fen balance(AccountId account) const { return turnover(account).balance(); }
  FundTotals fund(FundId fund) const;
  ContractTotals contract(ContractId contract) const;
  CustodyTotals custody(PersonId client) const;

  // The postings that touch an account of this fund, contract or client, in order of event id.
  std::vector<Posting> trace(FundId fund) const;
  std::vector<Posting> trace(ContractId contract) const;
  std::vector<Posting> trace(PersonId client) const;
  std::vector<Posting> postings_of(EventId event) const;
  std::size_t size() const { return live_; }

  // Every account whose balance breaks an invariant, and the sum over all accounts when it is not
  // zero. I4's bound on payments needs the agreed advance and is checked by the family contracts.
  std::vector<LedgerViolation> check() const;
  // Clients for whom money is still held (I28: ends at 0), by person id.
  std::vector<std::pair<PersonId, Fen>> open_custody() const;

  // All postings by event id, and within an event as posted: the canonical encoding.
  std::vector<Posting> canonical() const;
  void load(const std::vector<Posting>& postings);

  template <class Archive>
  void fields(Archive& a) {
    // Balances follow from the postings, so the encoding holds the postings alone.
    std::vector<Posting> postings = canonical();
    a(postings);
    if constexpr (Archive::kReading) load(postings);
  }

 private:
  struct Entry {
    Posting posting;
    std::uint32_t next = 0;  // index + 1 of the event's next posting; 0 at its last
    bool live = true;
  };
  template <class Belongs>
  std::vector<Posting> collect(Belongs&& belongs) const;
  void compact_if_sparse();

  std::vector<Entry> entries_;
  std::size_t live_ = 0;
  boost::unordered_flat_map<EventId, std::uint32_t> first_of_;
  boost::unordered_flat_map<AccountId, Turnover> accounts_;
};

}  // namespace houniao
