// Which version of which rule runs, with which thresholds.
#include <gtest/gtest.h>

#include "replay/rules/bench.h"

namespace houniao::testing {
namespace {

using rules::Choice;
using rules::RuleRow;
using rules::RuleSet;

TEST(RuleSets, HoldEveryRuleOnceInItsNewestVersion) {
  const RuleSet set = RuleSet::standard();
  ASSERT_EQ(set.choices().size(), 40u);
  for (std::size_t i = 0; i < set.choices().size(); ++i) {
    const RuleRow& row = *set.choices()[i].row;
    EXPECT_EQ(row.number, i + 1);
    EXPECT_NE(row.make, nullptr);
    for (const std::string_view text :
         {row.zh, row.en, row.basis, row.basis_en, row.innocent_zh, row.innocent_en}) {
      EXPECT_FALSE(text.empty()) << rules::code_of(row.number);
    }
    for (const rules::Parameter& parameter : row.parameters) {
      EXPECT_FALSE(parameter.zh.empty() || parameter.en.empty()) << parameter.name;
    }
  }
}

TEST(RuleSets, TakeOtherThresholdsAsAnotherVersion) {
  const auto set = RuleSet::parse(R"({"A09": {"version": 7, "services_per_day": 80}})");
  ASSERT_TRUE(set.has_value());
  const Choice& choice = set->choices()[8];
  EXPECT_EQ(choice.version, 7u);
  EXPECT_EQ(choice.parameters.get("services_per_day"), 80);
  EXPECT_EQ(choice.parameters.get("minutes_per_day"), 960) << "what is not named stays";
  EXPECT_EQ(set->choices()[9].version, set->choices()[9].row->version);
}

TEST(RuleSets, RefuseWhatTheyDoNotUnderstandAndSayWhatThereIs) {
  const auto why = [](std::string_view text) {
    const auto set = RuleSet::parse(text);
    return set ? std::string("taken") : set.error().detail;
  };
  EXPECT_EQ(why("{}"), "taken");
  EXPECT_EQ(why(R"({"A09": {"version": 1}})"), "taken");
  EXPECT_NE(why("[]").find("JSON"), std::string::npos);
  EXPECT_NE(why("{\"A09\"").find("JSON"), std::string::npos);
  EXPECT_NE(why(R"({"A99": {}})").find("A01"), std::string::npos);
  EXPECT_NE(why(R"({"A09": 3})").find("object"), std::string::npos);
  EXPECT_NE(why(R"({"A09": {"version": 2, "visits": 3}})").find("services_per_day"),
            std::string::npos);
  EXPECT_NE(why(R"({"A09": {"services_per_day": 80}})").find("another version"), std::string::npos);
  EXPECT_NE(why(R"({"A09": {"version": 2}})").find("no version 2"), std::string::npos);
  EXPECT_NE(why(R"({"A09": {"version": 0, "services_per_day": 80}})").find("whole number"),
            std::string::npos);
  EXPECT_NE(why(R"({"A09": {"version": 2, "services_per_day": -1}})").find("whole number"),
            std::string::npos);
  EXPECT_NE(why(R"({"A09": {"version": 2, "services_per_day": 1.5}})").find("whole number"),
            std::string::npos);
  EXPECT_NE(why(R"({"A09": {}, "A09": {}})").find("twice"), std::string::npos);
  const auto large = RuleSet::parse(std::string(200'000, ' '));
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(large.error().code, Errc::too_large);
}

TEST(RuleSets, KeepOnlyTheRulesThatAreAskedFor) {
  const std::vector<std::string> two{"A13", "A02"};
  const auto some = RuleSet::standard().only(two);
  ASSERT_TRUE(some.has_value());
  ASSERT_EQ(some->choices().size(), 2u);
  EXPECT_EQ(some->choices()[0].row->number, 2);
  const std::vector<std::string> none{"A41"};
  const auto unknown = RuleSet::standard().only(none);
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code, Errc::not_found);
}

}  // namespace
}  // namespace houniao::testing
