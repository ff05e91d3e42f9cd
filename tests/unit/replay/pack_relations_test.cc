// Checks of a pack that could not fail, whatever the log says: numbers that are compared with
// themselves, circles of parts and bounds, and bounds that never bind.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "replay/pack.h"
#include "replay/pack_check.h"
#include "replay/pack_places.h"
#include "tests/unit/replay/pack_texts.h"

namespace houniao::testing {
namespace {

// Each figure counts sessions of its own kind, so that no two have one metric.
std::string metric_of(const std::string& kind) {
  return R"({"op": "count", "of": "events", "where": {"type": ["SessionHeld"], "kind": [")" + kind +
         "\"]}}";
}

// The figures X1 to X`count`, and reconciliations, each given by its members after the id.
std::string pack_of(std::size_t count, const std::vector<std::string>& rules,
                    const std::string& more = "") {
  std::string kinds;
  std::string figures;
  for (std::size_t i = 1; i <= count; ++i) {
    const std::string n = std::to_string(i);
    kinds +=
        (i == 1 ? "" : ",") + (R"({"code": "k)" + n) + R"(", "label": {"zh": "甲", "en": "a"}})";
    figures += (i == 1 ? "" : ",\n") + (R"({"id": "X)" + n) +
               R"(", "value": 3, "comparator": "=", "unit": "场", "phrase": "三场",
 "label": {"zh": "座谈", "en": "talks"}, "metric": )" +
               metric_of("k" + n) + "}";
  }
  std::string all;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    all += (i == 0 ? "" : ",\n") + (R"({"id": "R)" + std::to_string(i)) +
           R"(", "label": {"zh": "甲", "en": "a"}, )" + rules[i] + "}";
  }
  return R"({"code": "x", "name": {"zh": "甲", "en": "x"}, "region": 440400,
"from": "2015-01-01", "to": "2015-12-31",
"policy": {"version": 1, "nearPermille": 900, "aboutPermille": 100},
"sessionKinds": [)" +
         kinds + "],\n\"figures\": [" + figures + "],\n\"reconciliations\": [" + all + "]" + more +
         "}\n";
}

std::string whole(const std::string& id, const std::string& parts) {
  return R"("kind": "parts_of_whole", "whole": ")" + id + R"(", "parts": [)" + parts + "]";
}
std::string at_most(const std::string& left, const std::string& right) {
  return R"("kind": "at_most", "left": ")" + left + R"(", "right": ")" + right + "\"";
}
std::string compare(const std::string& left, const std::string& sign, const std::string& right) {
  return R"("kind": "compare", "left": {"label": {"zh": "左", "en": "left"}, "metric": )" + left +
         R"(}, "relation": ")" + sign +
         R"(", "right": {"label": {"zh": "右", "en": "right"}, "metric": )" + right + "}";
}

void expect_circle(const std::string& pack, const std::string& pointer, const std::string& path) {
  const PackFault fault = only_fault(pack);
  EXPECT_EQ(fault.pointer, pointer);
  EXPECT_FALSE(fault.warning);
  EXPECT_GT(fault.line, 1u);
  EXPECT_NE(fault.what.en.find("a circle: " + path), std::string::npos) << fault.what.en;
  EXPECT_NE(fault.what.zh.find("循环：" + path), std::string::npos) << fault.what.zh;
  const Result<Pack> parsed = parse_pack(pack);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  EXPECT_NE(parsed.error().detail.find(path), std::string::npos) << parsed.error().detail;
}

// --- circles -------------------------------------------------------------------------------------

TEST(PackCircles, of_two_wholes_that_are_parts_of_one_another_are_told_with_their_path) {
  expect_circle(pack_of(2, {whole("X1", "\"X2\""), whole("X2", "\"X1\"")}),
                "/reconciliations/1/parts/0", "X1 → X2 → X1");
}

TEST(PackCircles, over_three_steps_and_more_are_told_at_the_rule_that_stands_last) {
  expect_circle(pack_of(4, {whole("X3", "\"X4\", \"X1\""), whole("X1", "\"X2\""),
                            whole("X2", "\"X4\", \"X3\"")}),
                "/reconciliations/2/parts/1", "X1 → X2 → X3 → X1");
  std::vector<std::string> chain;
  for (int i = 1; i <= 40; ++i) {
    chain.push_back(whole("X" + std::to_string(i), "\"X" + std::to_string(i % 40 + 1) + "\""));
  }
  expect_circle(pack_of(40, chain), "/reconciliations/39/parts/0", "X1 → X2 → X3 → ");
}

TEST(PackCircles, of_parts_bounds_and_comparisons_together_are_found) {
  expect_circle(pack_of(2, {whole("X1", "\"X2\""), at_most("X1", "X2")}),
                "/reconciliations/1/right", "X1 → X2 → X1");
  expect_circle(pack_of(3, {whole("X1", "\"X2\""), at_most("X3", "X2"),
                            compare(metric_of("k3"), ">=", metric_of("k1"))}),
                "/reconciliations/2/right", "X1 → X2 → X3 → X1");
  expect_circle(pack_of(3, {compare(metric_of("k1"), "<", metric_of("k2")),
                            compare(metric_of("k3"), ">", metric_of("k2")),
                            compare(metric_of("k3"), "<=", metric_of("k1"))}),
                "/reconciliations/2/right", "X1 → X3 → X2 → X1");
}

TEST(PackCircles, two_that_touch_are_both_told) {
  const PackCheck check = check_pack(
      pack_of(3, {whole("X1", "\"X2\", \"X3\""), whole("X2", "\"X1\""), whole("X3", "\"X1\"")}));
  ASSERT_EQ(check.faults.size(), 2u);
  EXPECT_EQ(check.faults[0].pointer, "/reconciliations/1/parts/0");
  EXPECT_EQ(check.faults[1].pointer, "/reconciliations/2/parts/0");
}

TEST(PackCircles, CanaryTwoWaysToOneNumberAndWhatBoundsNothingAreNone) {
  for (const std::vector<std::string>& rules : std::vector<std::vector<std::string>>{
           {whole("X1", "\"X2\", \"X3\""), whole("X2", "\"X4\""), whole("X3", "\"X4\"")},
           {whole("X1", "\"X2\""), at_most("X2", "X1")},
           {whole("X1", "\"X2\""),
            R"("kind": "quotient", "dividend": "X2", "divisor": "X1", "max": 1)"},
           {compare(metric_of("k1"), "=", metric_of("k2")),
            compare(metric_of("k2"), "=", metric_of("k1")),
            compare(metric_of("k2"), "!=", metric_of("k3"))}}) {
    EXPECT_TRUE(check_pack(pack_of(4, rules)).faults.empty()) << rules.front();
  }
}

TEST(PackCircles, a_way_of_thousands_of_steps_is_followed) {
  constexpr std::size_t kSteps = 2'500;
  std::vector<std::string> chain;
  for (std::size_t i = 1; i < kSteps; ++i) {
    chain.push_back(at_most("X" + std::to_string(i + 1), "X" + std::to_string(i)));
  }
  EXPECT_TRUE(check_pack(pack_of(kSteps, chain)).faults.empty());
  chain.push_back(at_most("X1", "X" + std::to_string(kSteps)));
  EXPECT_NE(only_fault(pack_of(kSteps, chain)).what.en.find("→ … → X1"), std::string::npos);
}

// --- numbers against themselves ------------------------------------------------------------------

TEST(PackSides, a_compare_of_one_metric_with_itself_is_refused_because_it_can_find_nothing) {
  for (const char* sign : {"<", "<=", "=", "!=", ">=", ">"}) {
    const PackFault fault =
        only_fault(pack_of(1, {compare(metric_of("k1"), sign, metric_of("k1"))}));
    EXPECT_EQ(fault.pointer, "/reconciliations/0/right/metric") << sign;
    const bool always = std::string(sign).find('=') != std::string::npos && sign[0] != '!';
    EXPECT_NE(fault.what.en.find(always ? "always holds and can find nothing"
                                        : "never holds and can find nothing"),
              std::string::npos)
        << fault.what.en;
    EXPECT_NE(fault.what.zh.find("什么也查不出"), std::string::npos) << fault.what.zh;
  }
}

TEST(PackSides, one_metric_written_in_two_ways_is_the_same) {
  const std::string one =
      R"({"op": "count", "of": "events", "where": {"type": ["SessionHeld"], "kind": ["k1", "k2"]}})";
  const std::string two =
      R"({"where": {"kind": ["k2", "k1", "k1"], "type": ["SessionHeld"], "booked": false, "in": []},
 "of": "events", "op": "count", "scale": 7, "scaleDivisor": 7, "rounding": "down"})";
  EXPECT_EQ(pointer_of(pack_of(2, {compare(one, "<=", two)})), "/reconciliations/0/right/metric");
  const std::string other = replaced(two, "\"scaleDivisor\": 7", "\"scaleDivisor\": 14");
  EXPECT_TRUE(check_pack(pack_of(2, {compare(one, "<=", other)})).faults.empty());
}

TEST(PackSides, a_doubt_of_one_metric_against_itself_is_refused) {
  const std::string doubt =
      R"("doubts": [{"reason": {"zh": "甲", "en": "a"}, "when": {"relation": "<", "metric": )" +
      metric_of("k1") + R"(, "than": )" + metric_of("k1") + "}}], \"phrase\"";
  const PackFault fault = only_fault(replaced(pack_of(1, {}), "\"phrase\"", doubt));
  EXPECT_EQ(fault.pointer, "/figures/0/doubts/0/when/than");
  EXPECT_NE(fault.what.en.find("never holds"), std::string::npos) << fault.what.en;
}

// --- bounds that never bind ----------------------------------------------------------------------

TEST(PackBounds, of_a_quotient_below_what_it_can_be_are_refused_with_what_to_write) {
  const auto quotient = [](const std::string& bounds) {
    return pack_of(2, {R"("kind": "quotient", "dividend": "X1", "divisor": "X2", )" + bounds});
  };
  for (const char* min : {"\"min\": -5", "\"min\": 0", "\"min\": -5, \"max\": 3"}) {
    const PackFault fault = only_fault(quotient(min));
    EXPECT_EQ(fault.pointer, "/reconciliations/0/min") << min;
    EXPECT_NE(fault.what.en.find("can never bind; write 1 or more"), std::string::npos)
        << fault.what.en;
    EXPECT_NE(fault.what.zh.find("请写 1 以上"), std::string::npos) << fault.what.zh;
  }
  const PackFault fault = only_fault(quotient("\"max\": -1"));
  EXPECT_EQ(fault.pointer, "/reconciliations/0/max");
  EXPECT_NE(fault.what.en.find("it can never hold"), std::string::npos) << fault.what.en;
  EXPECT_TRUE(parse_pack(quotient("\"min\": 1, \"max\": 1")));
  EXPECT_TRUE(parse_pack(quotient("\"max\": 0")));
}

TEST(PackBounds, of_groups_below_the_first_one_are_refused) {
  const auto grouped = [](const std::string& members) {
    return replaced(pack_of(1, {}), "\"type\": [\"SessionHeld\"]",
                    "\"type\": [\"SessionHeld\"], " + members);
  };
  const std::string where = "/figures/0/metric/where/";
  for (const char* low : {"-5", "0"}) {
    const PackFault from = only_fault(grouped("\"groupFrom\": " + std::string(low)));
    EXPECT_EQ(from.pointer, where + "groupFrom");
    EXPECT_NE(from.what.en.find("can never bind"), std::string::npos) << from.what.en;
    const PackFault to = only_fault(grouped("\"groupTo\": " + std::string(low)));
    EXPECT_EQ(to.pointer, where + "groupTo");
    EXPECT_NE(to.what.en.find("selects nothing"), std::string::npos) << to.what.en;
  }
  EXPECT_EQ(pointer_of(grouped(R"("join": [{"column": "subject", "groupFrom": -1}])")),
            where + "join/0/groupFrom");
  EXPECT_TRUE(parse_pack(grouped("\"groupFrom\": 1, \"groupTo\": 1")));
}

TEST(PackBounds, of_claims_and_doubts_that_every_count_keeps_are_refused) {
  const auto claim = [](const std::string& value, const std::string& sign) {
    return replaced(pack_of(1, {}), "\"value\": 3, \"comparator\": \"=\"",
                    "\"word\": \"x\", \"value\": " + value + ", \"comparator\": \"" + sign + "\"");
  };
  EXPECT_NE(only_fault(claim("0", ">=")).what.en.find("always holds"), std::string::npos);
  EXPECT_NE(only_fault(claim("0", "<")).what.en.find("can never hold"), std::string::npos);
  for (const char* sign : {"=", ">", "~"}) EXPECT_TRUE(parse_pack(claim("0", sign))) << sign;
  EXPECT_EQ(pointer_of(claim("-1", "=")), "/figures/0/value");

  const auto doubt = [](const std::string& relation, const std::string& value) {
    return replaced(pack_of(1, {}), "\"phrase\"",
                    R"("doubts": [{"reason": {"zh": "甲", "en": "a"}, "when": {"relation": ")" +
                        relation + R"(", "value": )" + value + R"(, "metric": )" + metric_of("k1") +
                        "}}], \"phrase\"");
  };
  const std::string place = "/figures/0/doubts/0/when/value";
  for (const auto& [relation, value, what] :
       {std::tuple{"<", "-5", "write 0 or more"}, std::tuple{"=", "-1", "write 0 or more"},
        std::tuple{"<", "0", "never holds"}, std::tuple{">=", "0", "always holds"}}) {
    const PackFault fault = only_fault(doubt(relation, value));
    EXPECT_EQ(fault.pointer, place) << relation << value;
    EXPECT_NE(fault.what.en.find(what), std::string::npos) << fault.what.en;
  }
  EXPECT_TRUE(parse_pack(doubt("=", "0")));
  // Reversals are taken off: what was paid may come to less than nothing.
  const std::string sum = R"({"op": "sum", "of": "amount_fen")";
  EXPECT_TRUE(parse_pack(replaced(doubt("<", "0"), R"("metric": {"op": "count", "of": "events")",
                                  "\"metric\": " + sum)));
}

TEST(PackBounds, of_what_near_means_leave_something_on_both_sides) {
  for (const char* near : {"0", "1000", "-1"}) {
    const PackFault fault = only_fault(replaced(pack_of(1, {}), "\"nearPermille\": 900",
                                                "\"nearPermille\": " + std::string(near)));
    EXPECT_EQ(fault.pointer, "/policy/nearPermille") << near;
    EXPECT_NE(fault.what.en.find("1 to 999 is needed"), std::string::npos) << fault.what.en;
  }
}

// --- texts made to do harm -----------------------------------------------------------------------

// Every pointer to a member of the inner object would repeat the long name.
TEST(PackPlaces, of_many_members_under_a_long_name_take_memory_like_the_text) {
  std::string text = "{\"" + std::string(400'000, 'n') + "\": {";
  for (int i = 0; i < 50'000; ++i) text += "\"" + std::to_string(i) + "\":1,";
  text.back() = '}';
  text += "}";
  ASSERT_LE(text.size(), kPackBytesMax);
  const PackCheck check = check_pack(text);
  EXPECT_FALSE(check.pack.has_value());
}

TEST(PackPlaces, more_of_them_than_any_pack_has_are_refused_where_they_become_so) {
  std::string text = "{\"code\": [";
  for (std::size_t i = 0; i < JsonPlaces::kPlacesMax + 5; ++i) text += "1,";
  text.back() = ']';
  text += "}";
  const PackFault fault = only_fault(text);
  EXPECT_EQ(fault.line, 1u);
  EXPECT_GT(fault.column, JsonPlaces::kPlacesMax);
  EXPECT_NE(fault.what.en.find("too many members"), std::string::npos) << fault.what.en;
}

}  // namespace
}  // namespace houniao::testing
