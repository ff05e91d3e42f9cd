// How figures and reconciliations are printed, as a table for people and as JSON; shared by
// `figures` and `demo`. Free functions; no thread rules.
#pragma once

#include <iosfwd>
#include <vector>

#include "replay/figures.h"
#include "tools/houniao/json_out.h"

namespace houniao {

Json json_of(const FigureResult& figure);
Json json_of(const ReconciliationResult& reconciliation);

// One line each: claimed, comparator, recomputed, holds; below a line that does not hold, why.
void print_figures(std::ostream& out, const std::vector<FigureResult>& figures);
void print_reconciliations(std::ostream& out, const std::vector<ReconciliationResult>& results);

// `text` filled up with spaces to `columns` of a terminal, where Chinese takes two.
std::string padded(std::string text, std::size_t columns);
std::string padded_left(std::string text, std::size_t columns);

}  // namespace houniao
