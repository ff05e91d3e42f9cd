// A trace as JSON, for the page /v1/traces and for `houniao audit trace`. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "replay/trace.h"

namespace houniao {

// {"root", "nodes": [...], "edges": [...], "totals": {...}, "left_out", "unexplained": [...]}.
// Nodes are named by their place in the list.
nlohmann::ordered_json to_json(const Trace& trace);
nlohmann::ordered_json to_json(const TraceTotals& totals);

}  // namespace houniao
