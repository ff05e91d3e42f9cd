// Published figures, recomputed: each figure of a programme pack is evaluated over the fact table
// and put beside what was claimed, by the comparator that was written (近 多 余 约 突破 至少). Pure
// and without floating point: the same facts give the same answer, to the digit, on every machine.
//
// Nothing here can change a fact. A figure that the log does not bear out says so, with both
// numbers and the events that decide it.
//
// Any thread, while nobody writes the facts. A scan allocates only its result and what distinct
// needs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "replay/facts.h"
#include "replay/pack.h"

namespace houniao {

class State;

// An event that a computed value rests on.
struct DecidingEvent {
  EventId event;
  Seq seq;
  bool operator==(const DecidingEvent&) const = default;
};

struct PeriodValue {
  std::string period;  // "2014-09", "2014-Q3", "2014-H2", "2014"
  std::int64_t value = 0;
  bool operator==(const PeriodValue&) const = default;
};

// What a metric comes to. `numerator` and `denominator` are set for shares only.
struct MetricValue {
  std::int64_t value = 0;  // in stored units, before Metric::scale
  std::int64_t numerator = 0;
  std::int64_t denominator = 0;
  std::vector<PeriodValue> periods;
  std::uint64_t events = 0;           // how many events decide it
  std::vector<DecidingEvent> sample;  // the first few of them, in order of event id
};

struct FigureResult {
  std::string id;
  Label label;
  std::int64_t value = 0;
  Comparator comparator = Comparator::equal;
  std::string word;
  std::string unit;
  std::int64_t computed = 0;  // rounded to the claim's precision
  bool holds = false;
  std::string reason_zh;
  std::string reason_en;
  MetricValue detail;
};

struct ReconciliationLine {
  Label label;
  std::int64_t claimed = 0;
  std::int64_t computed = 0;
};
struct ReconciliationResult {
  std::string id;
  Label label;
  bool claimed_holds = false;   // by the numbers as published
  bool computed_holds = false;  // by the log
  std::vector<ReconciliationLine> lines;
  std::string reason_zh;
  std::string reason_en;
};

// Facts and the one thing about persons that counting needs.
struct FigureInputs {
  const FactTable& facts;
  // The person that an id stands for after links were decided; ids of other things come back as
  // they are. Empty: every id stands for itself.
  std::function<std::uint64_t(std::uint64_t)> canonical;
};

inline constexpr std::size_t kDecidingSampleMax = 5;

// Whether a claim holds for a computed value. Exact: `computed` and `claimed` in the same unit.
bool holds(Comparator comparator, std::int64_t claimed, std::int64_t computed,
           const PackPolicy& policy);

MetricValue compute_metric(const FigureInputs& inputs, const Metric& metric, std::int64_t claimed);
std::vector<FigureResult> compute_figures(const FigureInputs& inputs, const Pack& pack);
std::vector<ReconciliationResult> reconcile(const Pack& pack,
                                            const std::vector<FigureResult>& figures);

// Over a folded log, linked persons being one. The inputs refer to `state`.
FigureInputs figure_inputs(const State& state);
std::vector<FigureResult> compute_figures(const State& state, const Pack& pack);

// "16,285": for people to read.
std::string with_commas(std::int64_t number);

}  // namespace houniao
