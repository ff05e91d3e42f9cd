// Rules and what they doubt as JSON, for the pages of the HTTP interface and for the commands that
// show the same offline. Pure; any thread while the bench rests.
//
// An anomaly has an id of its own, for cursors and for whoever writes about it:
// "A03-7-12-1a2b3c4d" is the rule, the first event of its evidence, and eight digits that tell
// apart what one rule says about one event. It stays the same as long as what it says does.
//
// Case work is confidential (I14) and a reading over HTTP leaves no event, so an anomaly about it
// is told there without its events of case work and without whom it is about. Its id is made of
// nothing that it says, because a digest of few possible contents gives the content away to whoever
// tries them all: "A27-c1" is the first that rule A27 says about case work, wherever it is shown.
// Such an id holds for one place in the log, the `records` of the answer; name both when you cite
// one. In the list these come behind the others of their rule, so that neighbours tell nothing.
#pragma once

#include <compare>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "replay/rules/bench.h"

namespace houniao::queries {

bool is_of_case_work(const State& state, EventId event);
// Whether an event of its evidence belongs to case work.
bool is_confidential(const State& state, const rules::Anomaly& anomaly);
// The id of one that is not about case work, which is asserted.
std::string anomaly_id(const State& state, const rules::Anomaly& anomaly);

struct AnomalyPlace {
  std::uint16_t rule = 0;
  std::uint64_t withheld = 0;  // which of those about case work, from 1; 0 for the others
  EventId event;               // the first of the evidence; none for an anomaly about case work
  auto operator<=>(const AnomalyPlace&) const = default;
};
// What an id says of the place in a list; none when it is no such id.
std::optional<AnomalyPlace> place_of(std::string_view anomaly_id);

// A doubt at its place in the list that is told.
struct ToldDoubt {
  const rules::Doubt* doubt = nullptr;
  AnomalyPlace place;
};
std::string id_of(const State& state, const ToldDoubt& told);
// The whole list of a bench, by place; to be filtered afterwards, as places are counted in it.
// `doubts` outlives the answer.
std::vector<ToldDoubt> in_telling_order(const State& state, std::span<const rules::Doubt> doubts);

enum class CaseWork : std::uint8_t { withheld, shown };
nlohmann::ordered_json doubt_json(const State& state, const ToldDoubt& told, CaseWork case_work);

// A rule with the texts that all its anomalies share. `parameters` are those of one version.
nlohmann::ordered_json rule_json(const rules::RuleRow& row, std::uint32_t version,
                                 const rules::Parameters& parameters);

// The row that an anomaly of that rule and version came from: the version itself, else the newest,
// which a version with other thresholds rests on. Asserts that there is such a rule.
const rules::RuleRow& row_of(std::uint16_t rule, std::uint32_t version);

}  // namespace houniao::queries
