// Reconciliations: figures of a pack that must agree with one another, by the numbers as they were
// published and by the log. Pure; any thread, while nobody writes the facts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "replay/label.h"

namespace houniao {

struct FigureInputs;
struct FigureResult;
struct Pack;

struct ReconciliationLine {
  Label label;
  std::int64_t claimed = 0;
  std::int64_t computed = 0;
};
struct ReconciliationResult {
  std::string id;
  Label label;
  bool claimed_holds = false;   // by the numbers as published; true where none was published
  bool computed_holds = false;  // by the log
  std::vector<ReconciliationLine> lines;
  std::string reason_zh;
  std::string reason_en;
};

// `figures` are those of compute_figures() for this pack.
std::vector<ReconciliationResult> reconcile(const FigureInputs& inputs, const Pack& pack,
                                            const std::vector<FigureResult>& figures);
// Without those that look at the log itself (PackReconciliation::Kind::compare).
std::vector<ReconciliationResult> reconcile(const Pack& pack,
                                            const std::vector<FigureResult>& figures);

}  // namespace houniao
