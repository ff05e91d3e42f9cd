#include "tools/sandbox/score.h"

#include <algorithm>
#include <map>

namespace houniao::sandbox {
namespace {

using rules::Anomaly;

// Evidence is ascending.
bool names(const Anomaly& anomaly, EventId event) {
  return std::binary_search(anomaly.events.begin(), anomaly.events.end(), event);
}
bool names_any(const Anomaly& anomaly, const Plant& plant) {
  return anomaly.rule == plant.rule &&
         std::any_of(plant.events.begin(), plant.events.end(),
                     [&](EventId event) { return names(anomaly, event); });
}
bool names_any(const Anomaly& anomaly, std::span<const Plant> plants, Intent intent) {
  return std::any_of(plants.begin(), plants.end(), [&](const Plant& plant) {
    return plant.intent == intent && names_any(anomaly, plant);
  });
}

Fen plus(Fen a, Fen b) {
  const std::optional<Fen> sum = checked_add(a, b);
  return sum ? std::min(*sum, kFenMax) : kFenMax;
}

void count_plant(const Plant& plant, std::span<const Anomaly> anomalies, RuleScore& score) {
  const bool named = std::any_of(anomalies.begin(), anomalies.end(),
                                 [&](const Anomaly& anomaly) { return names_any(anomaly, plant); });
  if (plant.intent == Intent::fraud) {
    ++score.frauds;
    score.frauds_found += named ? 1 : 0;
    if (!named) score.missed.push_back(plant);
  } else {
    ++score.lookalikes;
    score.lookalikes_named += named ? 1 : 0;
    if (named) score.named.push_back(plant);
  }
}

void count_anomaly(const Anomaly& anomaly, std::span<const Plant> plants,
                   std::span<const DeviceNumber> devices, RuleScore& score) {
  if (names_any(anomaly, plants, Intent::fraud)) {
    ++score.finding;
    score.at_risk = plus(score.at_risk, anomaly.at_risk);
  } else if (names_any(anomaly, plants, Intent::honest)) {
    ++score.wrong;
  } else {
    const bool is_ours =
        std::any_of(anomaly.events.begin(), anomaly.events.end(), [&](EventId event) {
          return std::binary_search(devices.begin(), devices.end(), device_of(event));
        });
    ++(is_ours ? score.not_planted : score.elsewhere);
  }
}

}  // namespace

std::optional<std::uint32_t> RuleScore::precision_permille() const {
  const std::size_t all = finding + lookalikes_named;
  if (all == 0) return std::nullopt;
  return static_cast<std::uint32_t>(finding * 1000 / all);
}

bool Score::recall_is_complete() const {
  const bool any = std::any_of(rules.begin(), rules.end(),
                               [](const RuleScore& rule) { return rule.frauds > 0; });
  return any && std::all_of(rules.begin(), rules.end(),
                            [](const RuleScore& rule) { return rule.is_complete(); });
}

std::size_t Score::lookalikes_named() const {
  std::size_t sum = 0;
  for (const RuleScore& rule : rules) sum += rule.lookalikes_named;
  return sum;
}

Score score_of(std::span<const Plant> plants, std::span<const rules::Anomaly> anomalies,
               std::span<const rules::RuleRow* const> rows, std::span<const DeviceNumber> devices) {
  std::map<std::uint16_t, RuleScore> scores;
  for (const rules::RuleRow* row : rows) {
    RuleScore& score = scores[row->number];
    score.version = row->version;
    score.zh = row->zh;
    score.en = row->en;
  }
  for (const Plant& plant : plants) count_plant(plant, anomalies, scores[plant.rule]);
  for (const Anomaly& anomaly : anomalies) {
    count_anomaly(anomaly, plants, devices, scores[anomaly.rule]);
  }
  Score out;
  for (auto& [rule, score] : scores) {
    score.rule = rule;
    out.rules.push_back(std::move(score));
  }
  return out;
}

}  // namespace houniao::sandbox
