// The rows of the fact table that a MetricWhere lets through, and what is counted over them. Shared
// by the parts of the figures engine and by obligations; internal to replay/.
//
// A RowSelection refers to the inputs and the conditions that it was made from. Used by one thread;
// several may select from one table while nobody writes it.
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "replay/metric.h"

namespace houniao {

using FactColumns = FactTable::Columns;

std::uint64_t value_in(const FactColumns& c, std::size_t i, FactColumn column);

// Row numbers by event type, of the programmes asked for only: one pass over a table that many
// metrics share. Valid until the next write.
class FactIndex {
 public:
  FactIndex(const FactTable& facts, const std::bitset<256>& types,
            const std::optional<std::vector<std::uint64_t>>& within);

  bool covers(const std::bitset<256>& types) const { return (types & ~types_).none(); }
  const std::vector<std::uint32_t>& rows(std::size_t type) const { return rows_[type]; }

 private:
  std::bitset<256> types_;
  std::array<std::vector<std::uint32_t>, 256> rows_;
};
// Every type that the selection and those inside it look at.
void collect_types(const MetricWhere& where, std::bitset<256>& types);
void collect_types(const Metric& metric, std::bitset<256>& types);

// A list of codes as the table's symbols. A code that no row ever used stays in the list as a
// symbol that matches nothing, so that a condition on it stays a condition.
class SymbolSet {
 public:
  SymbolSet() = default;
  SymbolSet(const FactTable& facts, const std::vector<std::string>& codes);

  bool empty() const { return symbols_.empty(); }
  bool has(std::uint32_t symbol) const {
    return std::find(symbols_.begin(), symbols_.end(), Symbol{symbol}) != symbols_.end();
  }
  const std::vector<Symbol>& list() const { return symbols_; }

 private:
  std::vector<Symbol> symbols_;
};

// A join with its codes resolved and its answers remembered: many rows name the same entity.
class JoinTest {
 public:
  JoinTest(const FactTable& facts, const MetricJoin& join);
  bool passes(const FactColumns& c, std::size_t i);

 private:
  bool ask(std::uint64_t id) const;
  bool row_passes(const FactColumns& c, std::size_t row) const;

  const FactTable& facts_;
  const MetricJoin& join_;
  SymbolSet kinds_;
  SymbolSet attrs_;
  boost::unordered_flat_map<std::uint64_t, bool> answers_;
};

// An `in` with the keys that its selection found.
class InTest {
 public:
  InTest(const FigureInputs& inputs, const MetricIn& in);
  bool passes(const FactColumns& c, std::size_t i) const;

 private:
  const FigureInputs& inputs_;
  FactColumn column_;
  bool negated_;
  boost::unordered_flat_set<std::uint64_t> keys_;
};

class RowSelection {
 public:
  // Ends in sight: an end passes whatever the metric says about ends, and one without a kind, an
  // attr or a group meets any condition on it, because it ends whatever began.
  enum class Ends : std::uint8_t { as_stated, in_sight };
  RowSelection(const FigureInputs& inputs, const MetricWhere& where, Ends ends = Ends::as_stated);

  void limit_days(Day from, Day to);
  // By which periods go.
  Day day(const FactColumns& c, std::size_t i) const {
    return booked_ == nullptr ? Day{c.day[i]} : (*booked_)(c, i);
  }

  // Whether rows are told by the filter alone, so that each_chunk() may be asked.
  bool is_plain() const;
  // Calls visit(columns, FactTable::Rows) for chunks of the table.
  template <class Visit>
  void each_chunk(Visit&& visit) const {
    facts_.scan_chunks(filter_, visit);
  }
  // Calls visit(columns, row). The rows of one event come one after the other.
  template <class Visit>
  void each(Visit&& visit) {
    if (!last_) return each_row(visit);
    for (const std::uint32_t row : last_rows()) visit(facts_.columns(), row);
  }

 private:
  template <class Visit>
  void each_row(Visit&& visit) {
    const FactColumns& c = facts_.columns();
    if (index_ == nullptr) {
      facts_.scan(filter_, [&](const FactColumns&, std::size_t i) {
        if (passes(c, i)) visit(c, i);
      });
      return;
    }
    for (std::size_t type = 0; type < filter_.types.size(); ++type) {
      if (!filter_.types[type]) continue;
      for (const std::uint32_t i : index_->rows(type)) {
        if (FactTable::matches(c, i, filter_) && passes(c, i)) visit(c, i);
      }
    }
  }
  void want(const std::optional<bool>& wanted, std::uint32_t flag);
  bool passes(const FactColumns& c, std::size_t i);
  bool group_passes(std::uint64_t group, bool ended) const;
  bool last_passes(const FactColumns& c, std::size_t i) const;
  std::vector<std::uint32_t> last_rows();

  const FigureInputs& inputs_;
  const FactTable& facts_;
  const MetricWhere& where_;
  const FactIndex* index_ = nullptr;
  const std::function<Day(const FactColumns&, std::size_t)>* booked_ = nullptr;
  bool ends_in_sight_ = false;
  // An end without a kind (attr) was let into the filter, and nothing else without one may pass.
  bool bare_kind_ = false;
  bool bare_attr_ = false;
  bool by_group_ = false;
  std::optional<MetricLast> last_;
  Day from_;
  Day to_;
  FactFilter filter_;
  SymbolSet not_kinds_;
  SymbolSet not_attrs_;
  SymbolSet last_kinds_;
  SymbolSet last_not_kinds_;
  SymbolSet last_attrs_;
  SymbolSet last_not_attrs_;
  std::optional<std::vector<std::uint64_t>> within_;      // absent: any, or the index knows
  std::optional<std::vector<std::uint64_t>> programmes_;  // of the condition
  std::vector<JoinTest> joins_;
  std::vector<InTest> in_;
};

// The events that decide a value: how many, and the first few by id. The rows of an event stand
// together, so a change of event is a new one.
class Deciding {
 public:
  void see(std::uint64_t event, std::uint64_t seq) {
    if (see(event)) keep(event, seq);
  }
  // The same for a caller that finds the seq only of those that are kept: true when keep() is due.
  bool see(std::uint64_t event) {
    if (event == last_) return false;
    last_ = event;
    ++events_;
    return sample_.size() < kDecidingSampleMax || event <= sample_.back().event.value;
  }
  void keep(std::uint64_t event, std::uint64_t seq);
  std::uint64_t events() const { return events_; }
  void give(MetricValue& out) {
    out.events = events_;
    out.sample = std::move(sample_);
  }

 private:
  std::uint64_t last_ = 0;
  std::uint64_t events_ = 0;
  std::vector<DecidingEvent> sample_;
};

// What a row adds to a sum.
std::int64_t addend(const FactColumns& c, std::size_t i, MetricOf of);
// What makes a row different from others, linked persons being one; 0 when it has nothing to tell.
std::uint64_t identity_in(const FigureInputs& inputs, const FactColumns& c, std::size_t i,
                          MetricOf of);

// Folds count, sum or distinct over the rows that it is shown.
class Counter {
 public:
  Counter(const FigureInputs& inputs, MetricOp op, MetricOf of)
      : inputs_(inputs), op_(op), of_(of) {}

  void see(const FactColumns& c, std::size_t i);
  // The same for many rows at once.
  void see(const FactColumns& c, const FactTable::Rows& rows);
  std::int64_t value() const;
  MetricValue finish();

 private:
  template <class T>
  void sum(const Column<T>& addends, const FactTable::Rows& rows);

  const FigureInputs& inputs_;
  MetricOp op_;
  MetricOf of_;
  std::int64_t value_ = 0;
  boost::unordered_flat_set<std::uint64_t> seen_;
  Deciding deciding_;
};

// --- who belonged when --------------------------------------------------------------------------

struct Spell {
  Day from;
  Day to;  // inclusive; kSpellOpen while it goes on
};
inline constexpr Day kSpellOpen{std::numeric_limits<std::int32_t>::max()};

// Of each key the times it belonged, in order, without overlap: from the day of a row until the day
// of an end that names the same group, or no group. Rows of the selection decide and their events
// are told to `deciding`.
using Spells = boost::unordered_flat_map<std::uint64_t, std::vector<Spell>>;
Spells spells_of(const FigureInputs& inputs, const MetricWhere& where, FactColumn key,
                 Deciding* deciding = nullptr);
bool belongs_throughout(const std::vector<Spell>& spells, Day from, Day to);
bool belongs_on(const std::vector<Spell>& spells, Day day);

// The keys, ascending: what is printed must not depend on the order of a hash table.
std::vector<std::uint64_t> keys_of(const Spells& spells);

// --- operations with keys (metric_keys.cc) ------------------------------------------------------

MetricValue compute_keys(const FigureInputs& inputs, const Metric& metric, std::int64_t claimed);
MetricValue compute_level(const FigureInputs& inputs, const Metric& metric);

// Which of two values is further from the claim, or smaller: the one that decides.
class Worse {
 public:
  Worse(const Metric& metric, std::int64_t claimed);
  bool operator()(std::int64_t a, std::int64_t b) const;

 private:
  bool furthest_;
  std::int64_t scale_;
  std::int64_t divisor_;
  std::int64_t claimed_;
};

}  // namespace houniao
