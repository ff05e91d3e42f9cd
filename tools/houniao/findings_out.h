// How doubts are printed: for people a page for each group of rules, with everything that an
// auditor needs to look into one of them; as JSON the items of /v1/anomalies. Case work is told as
// there and in a trace: its events are counted and not named, nor is whom they are about. Free
// functions; no thread rules.
#pragma once

#include <iosfwd>
#include <span>
#include <vector>

#include "replay/rules/bench.h"
#include "server/http/anomalies_json.h"
#include "tools/houniao/json_out.h"

namespace houniao {

void print_doubts(std::ostream& out, const State& state, const rules::RuleSet& rules,
                  std::span<const queries::ToldDoubt> doubts);
Json json_of_doubts(const State& state, std::span<const queries::ToldDoubt> doubts);
Json json_of_rules(const rules::RuleSet& rules);

// In a difference the ids of anomalies about case work count within the list that they stand in.
void print_difference(std::ostream& out, const State& state, const rules::Difference& difference);
Json json_of(const State& state, const rules::Difference& difference);

}  // namespace houniao
