// Asks one rule about a log that a test has built, as an auditor would: every record is folded by a
// bench that runs this rule alone.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "replay/rules/bench.h"
#include "tests/unit/replay/log_builder.h"

namespace houniao::testing {

// `thresholds` as RuleSet::parse() reads them: {"A14": {"version": 2, "threshold_fen": 1}}.
inline std::vector<rules::Anomaly> ask_rule(const LogBuilder& log, const std::string& code,
                                            const std::string& thresholds = "{}") {
  const auto set = rules::RuleSet::parse(thresholds);
  EXPECT_TRUE(set.has_value()) << (set ? "" : set.error().detail);
  if (!set) return {};
  const std::vector<std::string> codes = {code};
  const auto only = set->only(codes);
  EXPECT_TRUE(only.has_value());
  if (!only) return {};
  rules::Bench bench(*only);
  for (const Bytes& record : log.records()) {
    const auto fed = bench.feed(record);
    EXPECT_TRUE(fed.has_value()) << (fed ? "" : fed.error().detail);
    if (!fed) return {};
  }
  return bench.anomalies();
}

inline bool names(const rules::Anomaly& anomaly, EventId event) {
  return std::find(anomaly.events.begin(), anomaly.events.end(), event) != anomaly.events.end();
}
// The anomalies whose evidence has the event.
inline std::vector<rules::Anomaly> about(const std::vector<rules::Anomaly>& found, EventId event) {
  std::vector<rules::Anomaly> out;
  for (const rules::Anomaly& anomaly : found) {
    if (names(anomaly, event)) out.push_back(anomaly);
  }
  return out;
}
inline std::string texts_of(const std::vector<rules::Anomaly>& found) {
  std::string out;
  for (const rules::Anomaly& anomaly : found) out += anomaly.en + "\n";
  return out;
}
inline bool says(const rules::Anomaly& anomaly, std::string_view part) {
  return anomaly.en.find(part) != std::string::npos;
}

// What every anomaly has to say, whatever it is about.
inline void expect_complete(const rules::Anomaly& anomaly, std::uint16_t rule,
                            std::uint32_t version = 1) {
  EXPECT_EQ(anomaly.rule, rule);
  EXPECT_EQ(anomaly.version, version);
  EXPECT_FALSE(anomaly.events.empty());
  EXPECT_TRUE(std::is_sorted(anomaly.events.begin(), anomaly.events.end()));
  EXPECT_FALSE(anomaly.zh.empty());
  EXPECT_FALSE(anomaly.en.empty());
}

}  // namespace houniao::testing
