// Published figures, recomputed: each figure of a programme pack is evaluated over the fact table
// (replay/metric.h) and put beside what was claimed, by the comparator that was written (近 多 余
// 约 突破 至少). Pure and without floating point: the same facts give the same answer, to the
// digit, on every machine.
//
// Nothing here can change a fact. A figure that the log does not bear out says so, with both
// numbers and the events that decide it; one that the log cannot tell says why.
//
// Any thread, while nobody writes the facts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "replay/metric.h"
#include "replay/pack.h"
#include "replay/ratio.h"
#include "replay/reconcile.h"

namespace houniao {

class State;

enum class FigureVerdict : std::uint8_t {
  holds,
  refuted,
  doubtful,  // cannot be known: the number may hold or not, but it does not say what is claimed
};
std::string_view name_of(FigureVerdict verdict);  // "doubtful"
std::string_view name_zh(FigureVerdict verdict);

// A further part of the claim (PackPart).
struct FigurePart {
  Label label;
  std::int64_t value = 0;
  Comparator comparator = Comparator::equal;
  std::string unit;
  std::int64_t computed = 0;
  bool holds = false;
};

struct FigureResult {
  std::string id;
  Label label;
  std::int64_t value = 0;
  Comparator comparator = Comparator::equal;
  std::string word;
  std::string unit;
  std::int64_t computed = 0;  // rounded to the claim's precision
  bool holds = false;         // by the numbers, all parts of the claim
  FigureVerdict verdict = FigureVerdict::refuted;
  std::string reason_zh;
  std::string reason_en;
  MetricValue detail;
  std::vector<FigurePart> also;
};

// Whether a claim holds for a computed value. Exact: `computed` and `claimed` in the same unit.
bool holds(Comparator comparator, std::int64_t claimed, std::int64_t computed,
           const PackPolicy& policy);
bool holds(Comparator comparator, std::int64_t claimed, const Ratio& computed,
           const PackPolicy& policy);

// The figures of a pack over the rows of its programme, in the pack's order. Where the inputs know
// no programmes, or the pack has no code, every row counts.
std::vector<FigureResult> compute_figures(const FigureInputs& inputs, const Pack& pack);

struct PackReport {
  std::vector<FigureResult> figures;
  std::vector<ReconciliationResult> reconciliations;
};
PackReport pack_report(const FigureInputs& inputs, const Pack& pack);

// Over a folded log, linked persons being one. The inputs refer to `state`.
FigureInputs figure_inputs(const State& state);
std::vector<FigureResult> compute_figures(const State& state, const Pack& pack);
PackReport pack_report(const State& state, const Pack& pack);
// The programme and everything below it, ascending; empty when the log does not have it.
std::vector<std::uint64_t> programmes_below(const State& state, ProgrammeId programme);

// The inputs as a pack restricts them: its programme's rows, its holidays. Refers to `pack`.
FigureInputs inputs_of(const FigureInputs& inputs, const Pack& pack);

// "16,285": for people to read.
std::string with_commas(std::int64_t number);

}  // namespace houniao
