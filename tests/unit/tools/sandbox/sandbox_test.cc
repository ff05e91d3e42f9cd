// The sandbox over a plain fold: every rule finds all its frauds and names none of the honest
// look-alikes; the same records give the same list however they are looked at; and what is withheld
// is reported as missed.
#include <algorithm>
#include <map>

#include "tests/unit/tools/sandbox/told_sandbox.h"

namespace houniao::sandbox {
namespace {

constexpr std::uint16_t kRules = 40;

const std::vector<Bytes>& records() {
  static const std::vector<Bytes> kRecords = records_of(told());
  return kRecords;
}
const Score& whole_score() {
  static const Score kScore = [] {
    rules::Bench bench = bench_of(records());
    return score(told(), bench);
  }();
  return kScore;
}

std::string text_of(const Plant& plant) {
  std::string out = rules::code_of(plant.rule) + " " + plant.en + " [";
  for (const EventId event : plant.events) {
    const EventEntry* entry = told().stage.state.events.find(event);
    out += " " + to_string(event);
    if (entry != nullptr) out += " " + std::string(name_of(entry->status));
  }
  return out + " ]";
}

std::set<std::string> words_of(const std::vector<Plant>& plants) {
  std::set<std::string> out;
  for (const Plant& plant : plants) out.insert(rules::code_of(plant.rule) + plant.en);
  return out;
}

TEST(Sandbox, has_three_frauds_and_three_lookalikes_for_each_of_forty_rules) {
  std::map<std::pair<std::uint16_t, Intent>, std::size_t> planted;
  for (const Plant& plant : told().play->plants()) ++planted[{plant.rule, plant.intent}];
  std::set<std::uint16_t> asked;
  for (const rules::RuleRow* row : rows_asked()) asked.insert(row->number);
  for (std::uint16_t rule = 1; rule <= kRules; ++rule) {
    EXPECT_GE((planted[{rule, Intent::fraud}]), kPlantsPerKind) << rules::code_of(rule);
    EXPECT_GE((planted[{rule, Intent::honest}]), kPlantsPerKind) << rules::code_of(rule);
    EXPECT_TRUE(asked.contains(rule)) << rules::code_of(rule) << " is asked";
  }
}

TEST(Sandbox, every_plant_is_in_the_log_and_told_apart_in_words) {
  std::set<std::string> words;
  for (const Plant& plant : told().play->plants()) {
    EXPECT_TRUE(words.insert(rules::code_of(plant.rule) + plant.en).second) << text_of(plant);
    for (const EventId event : plant.events) {
      EXPECT_NE(told().stage.state.events.find(event), nullptr) << text_of(plant);
    }
  }
}

TEST(Sandbox, every_planted_fraud_is_found_by_its_rule) {
  for (const RuleScore& rule : whole_score().rules) {
    for (const Plant& plant : rule.missed) ADD_FAILURE() << "missed: " << text_of(plant);
  }
  EXPECT_TRUE(whole_score().recall_is_complete());
}

TEST(Sandbox, no_honest_lookalike_is_named_by_its_rule) {
  for (const RuleScore& rule : whole_score().rules) {
    for (const Plant& plant : rule.named) ADD_FAILURE() << "named: " << text_of(plant);
  }
}

TEST(Sandbox, every_anomaly_says_what_was_seen_and_rests_on_events_of_the_log) {
  rules::Bench bench = bench_of(records());
  ASSERT_FALSE(bench.anomalies().empty());
  for (const rules::Anomaly& anomaly : bench.anomalies()) {
    EXPECT_FALSE(anomaly.zh.empty()) << rules::code_of(anomaly.rule);
    EXPECT_FALSE(anomaly.en.empty()) << rules::code_of(anomaly.rule);
    EXPECT_GE(anomaly.at_risk, Fen{0}) << anomaly.en;
    EXPECT_TRUE(std::is_sorted(anomaly.events.begin(), anomaly.events.end())) << anomaly.en;
    for (const EventId event : anomaly.events) {
      EXPECT_TRUE(bench.state().knows(event)) << anomaly.en;
    }
  }
}

// A bench that was asked on the way, again and again, ends with the list of one that was asked
// once.
TEST(Sandbox, gives_the_same_list_whether_it_is_asked_once_or_all_the_time) {
  constexpr std::size_t kEvery = 97;
  rules::Bench once = bench_of(records());
  rules::Bench often;
  for (std::size_t i = 0; i < records().size(); ++i) {
    ASSERT_TRUE(often.feed(records()[i]));
    if (i % kEvery == 0) (void)often.anomalies();
  }
  EXPECT_EQ(once.anomalies(), often.anomalies());
}

TEST(Sandbox, one_seed_plants_one_log) {
  const Told again(1);
  ASSERT_EQ(again.stage.log.size(), told().stage.log.size());
  for (std::size_t i = 0; i < again.stage.log.size(); ++i) {
    ASSERT_EQ(again.stage.log[i].bytes, told().stage.log[i].bytes) << i;
  }
}

// The first fraud of every rule is withheld: each of them is missed, and the run says so.
TEST(Sandbox, CanaryAFraudWhoseEventsAreWithheldIsReportedAsMissed) {
  std::map<std::uint16_t, Plant> first;
  for (const Plant& plant : told().play->plants()) {
    if (plant.intent == Intent::fraud) first.try_emplace(plant.rule, plant);
  }
  std::set<EventId> withheld;
  for (const auto& [rule, plant] : first) withheld.insert(plant.events.begin(), plant.events.end());
  rules::Bench bench = bench_of(records_of(told(), withheld));
  const Score without = score(told(), bench);
  EXPECT_FALSE(without.recall_is_complete());
  std::size_t rules_checked = 0;
  for (const RuleScore& rule : without.rules) {
    const auto plant = first.find(rule.rule);
    if (plant == first.end()) continue;
    ++rules_checked;
    EXPECT_FALSE(rule.is_complete()) << rules::code_of(rule.rule);
    EXPECT_TRUE(words_of(rule.missed).contains(rules::code_of(rule.rule) + plant->second.en))
        << text_of(plant->second);
  }
  EXPECT_EQ(rules_checked, first.size());
}

// What a rule rightly names is given out as honest: the score says that it named it.
TEST(Sandbox, CanaryALookalikeThatIsNamedIsReportedAsNamed) {
  std::vector<Plant> plants = told().play->plants();
  const auto fraud = std::find_if(plants.begin(), plants.end(),
                                  [](const Plant& plant) { return plant.intent == Intent::fraud; });
  ASSERT_NE(fraud, plants.end());
  fraud->intent = Intent::honest;
  rules::Bench bench = bench_of(records());
  const Score changed = score_of(plants, bench.anomalies(), rows_asked(), told().play->devices());
  for (const RuleScore& rule : changed.rules) {
    EXPECT_EQ(words_of(rule.named).contains(rules::code_of(fraud->rule) + fraud->en),
              rule.rule == fraud->rule)
        << rules::code_of(rule.rule);
  }
}

}  // namespace
}  // namespace houniao::sandbox
