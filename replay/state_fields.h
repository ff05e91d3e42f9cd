// The content of a state for the canonical encoding. Only for state_write.cc and state_read.cc:
// each compiles one direction, which takes a compiler half a minute.
#pragma once

#include "replay/archive.h"
#include "replay/state.h"

namespace houniao {

namespace detail {

inline void write_facts(CanonicalWriter& a, const FactTable& facts) {
  const std::vector<std::uint32_t> order = facts.canonical_order();
  a.number(static_cast<std::uint64_t>(order.size()));
  for (std::uint32_t index : order) {
    KeptRow row{facts.row(index)};
    row.fields(a);
  }
}

inline void read_facts(CanonicalReader& a, FactTable& facts) {
  const std::size_t size = a.count(a.number<std::uint64_t>(), 64);
  for (std::size_t i = 0; i < size && a.ok(); ++i) {
    KeptRow row;
    row.fields(a);
    if (!row.row.event) {
      a.fail();
      return;
    }
    facts.add(row.row);
  }
}

}  // namespace detail

template <class Archive>
void State::fields(Archive& a) {
  if constexpr (Archive::kReading) {
    detail::read_facts(a, facts);
  } else {
    detail::write_facts(a, facts);
  }
  a(ledger, events, system, programmes, people, organisations, sites, workforce, sessions, services,
    contracts, funds, volunteers, evaluations, communications, audit, orders, cases, calls,
    unknown_types, event_count);
  a.local(parked, waiting, reasons, last_seq, last_received);
}

}  // namespace houniao
