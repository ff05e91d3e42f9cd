// What an event of each type says: draw() fills a body out of the book, one overload for each row
// of the catalogue, declared from the same rows, so a type without one does not link. Most of what
// they say is right as far as the people know, so that the invariants have something to bear on.
// One file for each group of families. One thread.
#pragma once

#include "schema/codec.h"
#include "tests/sim/book.h"

namespace houniao::sim {

#define X(name, constant, family, zh, event_class, role, privacy) \
  void draw(Book& book, schema::name::Builder body);
HOUNIAO_EVENTS(X)
#undef X

// Fills the body of an event of this type and notes what others need to name it.
void draw_body(Book& book, EventType type, schema::Event::Body::Builder body);

// What the deliverables of contracts and the services that fulfil them are called.
inline constexpr char kBilledKind[] = "legal_advice";
inline constexpr char kBilledLine[] = "D1";
// The account that is verified for an organisation.
std::string account_of(std::uint64_t organisation);
// A social credit code that checks.
std::string uscc_of(std::uint32_t serial);

// Which funds pay how much of a delivery; mostly the whole, oddly more.
template <class Shares>
void draw_fund_shares(Book& book, Shares list) {
  const std::vector<std::uint16_t> permille = book.shares(list.size());
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setFund(book.id(EventType::FUND_SOURCE_ESTABLISHED));
    list[i].setPermille(permille[i]);
  }
}

// Parties with shares: of a claim, of a proposal.
template <class Parties>
void draw_parties(Book& book, Parties list) {
  const std::vector<std::uint16_t> permille = book.shares(list.size());
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setParty(book.party());
    list[i].setPermille(permille[i]);
  }
}

}  // namespace houniao::sim
