// The score against the key, by hand.
#include <gtest/gtest.h>

#include "tools/sandbox/score.h"

namespace houniao::sandbox {
namespace {

constexpr DeviceNumber kYard{9};
constexpr DeviceNumber kOther{4};

EventId in_yard(std::uint64_t seq) { return event_id(kYard, DeviceSeq{seq}); }
EventId elsewhere(std::uint64_t seq) { return event_id(kOther, DeviceSeq{seq}); }

Plant plant(Intent intent, std::vector<EventId> events, std::uint16_t rule = 3) {
  return {rule, intent, "中文", "english", std::move(events)};
}
rules::Anomaly anomaly(std::vector<EventId> events, std::int64_t fen = 0, std::uint16_t rule = 3) {
  rules::Anomaly out;
  out.rule = rule;
  out.version = 1;
  out.events = std::move(events);
  out.at_risk = Fen{fen};
  return out;
}

RuleScore only(const std::vector<Plant>& plants, const std::vector<rules::Anomaly>& anomalies) {
  const std::vector<DeviceNumber> devices = {kYard};
  const Score score = score_of(plants, anomalies, {}, devices);
  EXPECT_EQ(score.rules.size(), 1U);
  return score.rules.empty() ? RuleScore{} : score.rules.front();
}

TEST(SandboxScore, counts_what_was_found_named_and_left_over) {
  const RuleScore score = only(
      {plant(Intent::fraud, {in_yard(1), in_yard(2)}), plant(Intent::fraud, {in_yard(3)}),
       plant(Intent::honest, {in_yard(4)}), plant(Intent::honest, {in_yard(5)})},
      {anomaly({in_yard(2), in_yard(20)}, 700), anomaly({in_yard(4)}, 50), anomaly({in_yard(30)}),
       anomaly({elsewhere(1)}), anomaly({elsewhere(2), elsewhere(3)})});
  EXPECT_EQ(score.frauds, 2U);
  EXPECT_EQ(score.frauds_found, 1U);
  EXPECT_EQ(score.lookalikes, 2U);
  EXPECT_EQ(score.lookalikes_named, 1U);
  EXPECT_EQ(score.finding, 1U);
  EXPECT_EQ(score.wrong, 1U);
  EXPECT_EQ(score.not_planted, 1U);
  EXPECT_EQ(score.elsewhere, 2U);
  EXPECT_EQ(score.at_risk, Fen{700});
  EXPECT_EQ(score.precision_permille(), 500U);
  ASSERT_EQ(score.missed.size(), 1U);
  EXPECT_EQ(score.missed[0].events, std::vector<EventId>{in_yard(3)});
  ASSERT_EQ(score.named.size(), 1U);
  EXPECT_EQ(score.named[0].events, std::vector<EventId>{in_yard(4)});
  EXPECT_FALSE(score.is_complete());
}

TEST(SandboxScore, a_rule_is_not_credited_with_what_another_rule_found) {
  const std::vector<DeviceNumber> devices = {kYard};
  const std::vector<Plant> plants = {plant(Intent::fraud, {in_yard(1)}, 3)};
  const std::vector<rules::Anomaly> anomalies = {anomaly({in_yard(1)}, 0, 4)};
  const Score score = score_of(plants, anomalies, {}, devices);
  ASSERT_EQ(score.rules.size(), 2U);
  EXPECT_EQ(score.rules[0].frauds_found, 0U);
  EXPECT_EQ(score.rules[1].not_planted, 1U);
  EXPECT_FALSE(score.recall_is_complete());
}

// One anomaly may name both: it found the fraud, and the look-alike was named all the same.
TEST(SandboxScore, an_anomaly_over_a_fraud_and_a_lookalike_counts_for_both) {
  const RuleScore score =
      only({plant(Intent::fraud, {in_yard(1)}), plant(Intent::honest, {in_yard(2)})},
           {anomaly({in_yard(1), in_yard(2)})});
  EXPECT_EQ(score.finding, 1U);
  EXPECT_EQ(score.lookalikes_named, 1U);
  EXPECT_EQ(score.precision_permille(), 500U);
}

TEST(SandboxScore, without_anything_named_there_is_no_precision_and_without_frauds_no_recall) {
  const RuleScore nothing = only({plant(Intent::honest, {in_yard(1)})}, {});
  EXPECT_EQ(nothing.precision_permille(), std::nullopt);
  EXPECT_FALSE(score_of({}, {}, {}, {}).recall_is_complete());
}

}  // namespace
}  // namespace houniao::sandbox
