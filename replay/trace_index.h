// What hangs on what, for replay/trace.h: the connections of money are laid out once, those of
// single deliveries are looked up in the fact table when they are asked for. Internal to the trace;
// reads a state that rests.
//
// No link leads from or to an event of case work (I14): what such an event says of its client, its
// worker or its reader is out of reach from every root. Money that paid for case work is whole all
// the same; its units are kept as a number.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "replay/state.h"
#include "replay/trace.h"

namespace houniao {

struct TraceKey {
  TraceKind kind = TraceKind::fund;
  std::uint64_t id = 0;    // event or entity; of evidence: its place in TraceIndex::hashes()
  std::uint64_t part = 0;  // of a deliverable: its code
  auto operator<=>(const TraceKey&) const = default;
};
inline std::size_t hash_value(const TraceKey& key) {
  return hash_value(EventId{key.id ^ (key.part << 40) ^
                            (std::uint64_t{static_cast<std::uint8_t>(key.kind)} << 56)});
}

// Whether the event belongs to case work, as its type in the catalogue says. An event of a type
// that this build does not know may.
bool is_case_work(const State& state, EventId id);

struct TraceLink {
  TraceKey to;
  std::uint16_t permille = 1000;
};

class TraceIndex {
 public:
  explicit TraceIndex(const State& state);

  const State& state() const { return state_; }
  const std::vector<Hash>& hashes() const { return hashes_; }
  // The place of a hash; nullopt when no event names it.
  std::optional<std::uint64_t> find(const Hash& hash) const;

  // Neighbours along and against the flow, ascending, each once. `deliveries` adds what only the
  // fact table knows.
  std::vector<TraceLink> below(const TraceKey& key, bool deliveries) const;
  std::vector<TraceLink> above(const TraceKey& key, bool deliveries) const;

  // What an id names; kind organisation with id 0 when nothing that could be traced, which goes for
  // case work as for what the log does not have.
  TraceKey key_of(EventId id) const;
  // Units of case work that a milestone was billed for or a payment names, ascending, each once;
  // empty for other keys. To be counted only.
  const std::vector<EventId>& withheld(const TraceKey& key) const;
  TraceNode node_of(const TraceKey& key) const;

 private:
  // Nothing when either end is case work.
  void link(const TraceKey& from, const TraceKey& to, std::uint16_t permille = 1000);
  bool names_case_work(const TraceKey& key) const;
  // From what was paid for to the unit, which is only counted when it is case work.
  void link_unit(const TraceKey& from, EventId unit, std::uint16_t permille);
  void add_ledger();
  void add_contracts();
  void add_requests();
  void add_payment(const Payment& payment);
  void add_calls();
  void add_evidence();
  TraceKey delivery(EventId id) const;
  void deliveries_below(const TraceKey& key, std::vector<TraceLink>& out) const;
  void deliveries_above(const TraceKey& key, std::vector<TraceLink>& out) const;
  void sign_ins_below(EventId held, std::vector<TraceLink>& out) const;
  void certificates_below(EventId confirmed, std::vector<TraceLink>& out) const;
  void confirmed_above(EventId certificate, std::vector<TraceLink>& out) const;
  void facts_about(const TraceKey& key, std::vector<TraceLink>& out) const;

  using Links = boost::unordered_flat_map<TraceKey, std::vector<TraceLink>>;
  const State& state_;
  Links below_;
  Links above_;
  boost::unordered_flat_map<TraceKey, std::vector<EventId>> withheld_;
  std::vector<Hash> hashes_;  // that an event outside case work names, ascending
};

}  // namespace houniao
