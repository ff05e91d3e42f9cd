// Metrics counted the plain way, row by row, to hold the figures engine against: what a condition
// says about one row, and what counts, sums and numbers of different things come to. Written from
// schema/programmes/README.md; of replay/ it takes the rows and what a metric is, and nothing that
// computes. Values refer to the state that they were made from; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/figures.h"
#include "replay/state.h"

namespace houniao::stage {

// A row with its codes as text.
struct Row {
  FactRow fact;
  std::string_view kind;
  std::string_view attr;

  bool ended() const { return (fact.flags & kFactEnded) != 0; }
};
std::vector<Row> rows_of(const State& state, EventId event);

// The rows that a pack may count, and the conditions of its metrics put to one of them.
class Ground {
 public:
  Ground(const State& state, const Pack& pack);

  // What the condition says about the row by itself: joins, `in`, `last` and booking are not asked.
  // With `ends` an end meets every condition on what it does not state.
  bool meets(const MetricWhere& where, const Row& row, bool ends = false) const;
  // Whether the row can have to do with the metric at all: by itself, as an entity that a join asks
  // about, as a key of an `in`, or as one of a population.
  bool may_meet(const Metric& metric, const Row& row) const;
  bool passes_joins(const MetricWhere& where, const Row& row) const;
  // Who a person is, links being followed.
  std::uint64_t person(std::uint64_t id) const;

 private:
  bool may_meet(const MetricWhere& where, const Row& row) const;
  bool is_of_pack(const FactRow& fact) const;
  bool is_of_programme(const FactRow& fact, const std::string& code) const;

  const State& state_;
  FigureInputs inputs_;
  std::vector<std::uint64_t> programmes_;  // of the pack, ascending
};

// One number that a figure states: its own, a further part's, another reading's.
struct Number {
  std::string name;
  const Metric* metric = nullptr;
  bool in_stored_units = true;
  std::int64_t value = 0;
  std::int64_t numerator = 0;
  std::int64_t denominator = 0;

  bool differs(const Number& other) const {
    return value != other.value || numerator != other.numerator || denominator != other.denominator;
  }
};
// As the figures engine finds them, in the order of the pack. Refer to `pack`.
std::vector<Number> numbers_of(const State& state, const Pack& pack);

// Counts, sums and numbers of different things, when no last word, no other selection and no
// booking is asked for: each row tells for itself whether it belongs.
bool is_plain(const Number& number);
// What a plain metric comes to over these rows, or over all rows of the state.
std::int64_t tally(const Ground& ground, const Metric& metric, const std::vector<Row>& rows);
std::int64_t tally(const Ground& ground, const Metric& metric, const State& state);

}  // namespace houniao::stage
