// How well the rules did against the key: of each rule how many planted frauds it found and how
// many honest look-alikes it named. Pure functions over plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "replay/rules/rule.h"
#include "tools/sandbox/plant.h"

namespace houniao::sandbox {

struct RuleScore {
  std::uint16_t rule = 0;
  std::uint32_t version = 0;  // of the row that was asked, 0 when no such rule is there
  std::string_view zh;
  std::string_view en;

  std::size_t frauds = 0;  // planted
  std::size_t frauds_found = 0;
  std::size_t lookalikes = 0;  // planted
  std::size_t lookalikes_named = 0;

  // Anomalies of the rule in the whole log: those that name a planted fraud; of the others those
  // that name a planted look-alike; of the rest those about something else in the sandbox, and
  // those about nothing of it: the other programmes' own data.
  std::size_t finding = 0;
  std::size_t wrong = 0;
  std::size_t not_planted = 0;
  std::size_t elsewhere = 0;
  Fen at_risk;  // sum over those that name a planted fraud, at most kFenMax

  std::vector<Plant> missed;  // frauds that were not found
  std::vector<Plant> named;   // look-alikes that were

  bool is_complete() const { return frauds_found == frauds; }
  // Anomalies that name planted frauds among these and the look-alikes that were named; in
  // permille, rounded down. None when the rule named neither.
  std::optional<std::uint32_t> precision_permille() const;
};

struct Score {
  std::vector<RuleScore> rules;  // by number: every rule that is planted or asked

  // Every planted fraud is found, and at least one is planted.
  bool recall_is_complete() const;
  std::size_t lookalikes_named() const;
};

// `rows` are the rules that were asked, one version of each; `devices` are those of the sandbox,
// ascending. The log's own device writes about all of them, so that what it wrote counts as
// elsewhere unless it was planted.
Score score_of(std::span<const Plant> plants, std::span<const rules::Anomaly> anomalies,
               std::span<const rules::RuleRow* const> rows, std::span<const DeviceNumber> devices);

}  // namespace houniao::sandbox
