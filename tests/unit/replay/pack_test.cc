// Reading and checking programme packs: what is taken, what is refused, and where the mistake is.
#include "replay/pack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "replay/pack_check.h"
#include "schema/programmes/packs.h"
#include "tests/unit/replay/pack_texts.h"

namespace houniao::testing {
namespace {

TEST(Packs, of_the_five_programmes_have_no_fault_no_warning_and_a_hundred_and_thirty_four_figures) {
  const std::vector<std::pair<std::string, std::size_t>> expected = {
      {"a", 18}, {"b", 45}, {"c", 22}, {"d", 9}, {"e", 40}};
  for (const auto& [code, figures] : expected) {
    const PackCheck check = check_pack(embedded_pack(code));
    for (const PackFault& fault : check.faults) {
      ADD_FAILURE() << code << " " << fault.pointer << " " << fault.what.en;
    }
    ASSERT_TRUE(check.pack.has_value()) << code;
    EXPECT_EQ(check.pack->code, code);
    EXPECT_EQ(check.pack->figures.size(), figures) << code;
  }
}

TEST(Packs, are_taken_alike_by_parsing_and_by_checking) {
  const std::string good = pack_with(kTalks);
  EXPECT_TRUE(parse_pack(good));
  EXPECT_TRUE(check_pack(good).pack.has_value());
  EXPECT_TRUE(check_pack(good).faults.empty());
  const std::string bad = replaced(good, "\"=\"", "\"==\"");
  EXPECT_FALSE(check_pack(bad).pack.has_value());
  const Result<Pack> parsed = parse_pack(bad);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  EXPECT_NE(parsed.error().detail.find("/figures/0/comparator"), std::string::npos)
      << parsed.error().detail;
}

TEST(PackReading, text_that_is_not_json_is_malformed) {
  EXPECT_EQ(parse_pack("{").error().code, Errc::malformed);
  EXPECT_EQ(parse_pack("[]").error().code, Errc::invalid_argument);
}

TEST(PackReading, a_misspelt_condition_is_an_error_and_names_its_place) {
  const std::string pack =
      replaced(std::string(embedded_pack("b")), "\"current\": true", "\"curent\": true");
  const Result<Pack> parsed = parse_pack(pack);
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().detail.find("curent"), std::string::npos) << parsed.error().detail;
}

TEST(PackReading, unknown_event_types_figures_and_fractions_are_refused) {
  const std::string pack(embedded_pack("b"));
  EXPECT_FALSE(parse_pack(replaced(pack, "\"SessionHeld\"", "\"SessionHold\"")));
  EXPECT_FALSE(parse_pack(replaced(pack, "\"whole\": \"B29\"", "\"whole\": \"B99\"")));
  EXPECT_FALSE(parse_pack(replaced(pack, "\"value\": 300", "\"value\": 300.5")));
}

TEST(PackReading, a_metric_is_read_with_all_that_belongs_to_it) {
  const Result<Pack> pack = parse_pack(pack_with(
      R"({"op": "min_per", "of": "site", "inner": "distinct", "per": "staff", "period": "year",
 "from": "2015-01-01", "to": "2015-12-31", "scale": 200000, "scaleDivisor": 3, "rounding": "down",
 "where": {"type": ["StaffPlaced"], "groupFrom": 1, "groupTo": 9, "programme": ["y"],
  "last": {"by": "subject", "notKind": ["talk"]},
  "in": [{"column": "staff", "key": "subject", "not": true, "where": {"type": ["StaffVetted"]}}],
  "join": [{"column": "site", "groupTo": 5}]},
 "among": {"key": "subject", "current": true, "type": ["StaffEngaged"]}})"));
  ASSERT_TRUE(pack) << pack.error().detail;
  const Metric& m = pack->figures[0].metric;
  EXPECT_EQ(m.op, MetricOp::min_per);
  EXPECT_EQ(m.inner, MetricOp::distinct);
  EXPECT_EQ(m.per, FactColumn::staff);
  EXPECT_TRUE(m.in_periods);
  EXPECT_EQ(m.period, PeriodKind::year);
  EXPECT_EQ(m.scale, 200'000);
  EXPECT_EQ(m.scale_divisor, 3);
  EXPECT_EQ(m.rounding, Rounding::down);
  EXPECT_EQ(m.where.group_from, 1);
  EXPECT_EQ(m.where.programmes, (std::vector<std::string>{"y"}));
  ASSERT_TRUE(m.where.last.has_value());
  EXPECT_EQ(m.where.last->by, FactColumn::subject);
  ASSERT_EQ(m.where.in.size(), 1u);
  EXPECT_TRUE(m.where.in[0].negated);
  EXPECT_EQ(m.where.in[0].key, FactColumn::subject);
  EXPECT_EQ(m.where.joins[0].group_to, 5);
  ASSERT_TRUE(m.population.has_value());
  EXPECT_EQ(m.population->key, FactColumn::subject);
  EXPECT_TRUE(m.population->current);
}

TEST(PackReading, the_rules_by_which_a_programme_counts_are_read) {
  const Result<Pack> pack =
      parse_pack(replaced(pack_with(kTalks), "\"version\": 1",
                          R"("version": 2, "minutesPerPoint": 60, "pointsPerDayMax": 8,
 "redemptionModes": ["online", "handedOver"], "trainingBeforeDuty": true)"));
  ASSERT_TRUE(pack) << pack.error().detail;
  EXPECT_EQ(pack->policy.minutes_per_point, 60u);
  EXPECT_EQ(pack->policy.points_per_day_max, 8u);
  EXPECT_EQ(pack->policy.redemption_modes, 5u);
  EXPECT_TRUE(pack->policy.training_before_duty);
}

TEST(PackReading, an_obligation_names_a_type_or_a_kind_and_who_owes_it) {
  const auto with = [](const std::string& members) {
    return pack_with(kTalks, R"(, "obligations": [{"code": "o", "period": "year", "threshold": 8,
"from": "2015-01-01", "to": "2015-12-31", )" +
                                 members + "}]");
  };
  const std::string workers = R"("among": {"key": "staff", "type": ["StaffEngaged"]})";
  const Result<Pack> pack = parse_pack(
      with(R"("eventType": "StaffPlaced", "per": "person", "distinct": "sites", "graceDays": 5,
"evidenceNeeded": true, )" +
           workers));
  ASSERT_TRUE(pack) << pack.error().detail;
  const PackObligation& obligation = pack->obligations[0];
  EXPECT_EQ(obligation.event_type, "StaffPlaced");
  EXPECT_EQ(obligation.per, "person");
  EXPECT_EQ(obligation.distinct, "sites");
  EXPECT_EQ(obligation.grace_days, 5);
  EXPECT_TRUE(obligation.evidence_needed);
  ASSERT_TRUE(obligation.among.has_value());
  EXPECT_EQ(obligation.among->key, FactColumn::staff);
  EXPECT_EQ(pointer_of(with("\"graceDays\": 5")), "/obligations/0");
  EXPECT_EQ(pointer_of(with("\"eventKind\": \"talk\", \"per\": \"person\"")), "/obligations/0");
  EXPECT_EQ(pointer_of(with("\"eventKind\": \"talk\", " + workers)), "/obligations/0");
  EXPECT_EQ(pointer_of(with("\"eventType\": \"Talk\"")), "/obligations/0/eventType");
}

TEST(PackChecking, tells_every_mistake_and_not_only_the_first) {
  const PackCheck check = check_pack(R"({
  "code": "x",
  "name": {"zh": "甲"},
  "region": "440400",
  "from": "2015-02-30", "to": "2014-12-31",
  "policy": {"version": 1, "nearPermille": 1900, "aboutPermille": 100},
  "colour": "red"
})");
  EXPECT_FALSE(check.pack.has_value());
  std::vector<std::string> pointers;
  for (const PackFault& fault : check.faults) {
    pointers.push_back(fault.pointer + "@" + std::to_string(fault.line) + ":" +
                       std::to_string(fault.column));
    EXPECT_FALSE(fault.what.zh.empty());
    EXPECT_FALSE(fault.what.en.empty());
    EXPECT_FALSE(fault.warning);
  }
  const std::vector<std::string> expected = {"/name/en@3:3", "/region@4:3", "/from@5:3",
                                             "/policy/nearPermille@6:28", "/colour@7:3"};
  for (const std::string& pointer : expected) {
    EXPECT_NE(std::find(pointers.begin(), pointers.end(), pointer), pointers.end()) << pointer;
  }
}

TEST(PackChecking, counts_columns_in_characters_as_editors_do) {
  const PackFault fault = only_fault(replaced(pack_with(kTalks), R"("zh": "座谈", "en": "talks")",
                                              R"("zh": "座谈", "enn": "talks", "en": "talks")"));
  EXPECT_EQ(fault.pointer, "/figures/0/label/enn");
  EXPECT_EQ(fault.line, 7u);
  EXPECT_EQ(fault.column, 24u);
}

TEST(PackChecking, tells_where_a_text_stops_being_json) {
  const PackCheck check = check_pack("{\n  \"code\": \"x\",,\n}");
  EXPECT_FALSE(check.pack.has_value());
  ASSERT_EQ(check.faults.size(), 1u);
  EXPECT_EQ(check.faults[0].line, 2u);
  EXPECT_EQ(check.faults[0].column, 15u);
  EXPECT_FALSE(check_pack("").pack.has_value());
}

TEST(PackChecking, a_member_that_stands_twice_is_a_fault) {
  EXPECT_EQ(pointer_of(replaced(pack_with(kTalks), "\"region\": 440400",
                                "\"region\": 440400, \"region\": 440400")),
            "/region");
}

TEST(PackChecking, hostile_texts_are_refused_without_being_walked_to_the_end) {
  const std::string deep(10'000, '[');
  EXPECT_FALSE(check_pack(deep + std::string(10'000, ']')).pack.has_value());
  EXPECT_FALSE(check_pack(std::string(kPackBytesMax + 1, ' ')).pack.has_value());
  std::string many = "{";
  for (int i = 0; i < 1'000; ++i) many += "\"m" + std::to_string(i) + "\": 1,";
  many.back() = '}';
  const PackCheck check = check_pack(many);
  EXPECT_EQ(check.faults.size(), kPackFaultsMax);
  EXPECT_FALSE(check.complete);
  EXPECT_FALSE(check.pack.has_value());
}

TEST(PackChecking, an_unknown_operation_is_told_once_and_its_members_are_not_held_against_it) {
  EXPECT_EQ(pointer_of(pack_with(
                R"({"op": "median_per_period", "of": "events", "period": "year", "window": 3,
 "where": {"type": ["SessionHeld"]}})")),
            "/figures/0/metric/op");
}

TEST(PackChecking, an_operation_must_have_something_to_count) {
  const auto metric = [](const std::string& members) {
    return pack_with("{" + members + ", \"where\": {\"type\": [\"SessionHeld\"]}}");
  };
  const std::string of = "/figures/0/metric/of";
  EXPECT_EQ(pointer_of(metric(R"("op": "sum", "of": "subject")")), of);
  EXPECT_EQ(pointer_of(metric(R"("op": "count", "of": "subject")")), of);
  EXPECT_EQ(pointer_of(metric(R"("op": "distinct", "of": "minutes")")), of);
  EXPECT_EQ(pointer_of(metric(R"("op": "level_min", "of": "events", "from": "2015-01-01",
 "to": "2015-01-02")")),
            of);
  EXPECT_EQ(pointer_of(metric(R"("op": "min_per_period", "inner": "sum", "of": "events",
 "period": "year", "from": "2015-01-01", "to": "2015-01-02")")),
            of);
  EXPECT_EQ(pointer_of(metric(R"("op": "count", "of": "events", "period": "year")")),
            "/figures/0/metric/period");
  EXPECT_EQ(pointer_of(metric(R"("op": "count", "of": "events", "scale": 0)")),
            "/figures/0/metric/scale");
  EXPECT_EQ(pointer_of(metric(R"("op": "level_min", "of": "staff", "from": "1815-01-01",
 "to": "2015-01-02")")),
            "/figures/0/metric/to");
  EXPECT_EQ(pointer_of(metric(R"("op": "level_min", "of": "staff", "from": "2015-01-02",
 "to": "2015-01-01")")),
            "/figures/0/metric/to");
}

TEST(PackChecking, conditions_name_event_types_and_do_not_nest_without_end) {
  const auto where = [](const std::string& members) {
    return pack_with(R"({"op": "count", "of": "events", "where": )" + members + "}");
  };
  const std::string place = "/figures/0/metric/where";
  EXPECT_EQ(pointer_of(where("{}")), place);
  EXPECT_EQ(pointer_of(where(R"({"type": []})")), place + "/type");
  EXPECT_EQ(pointer_of(where(R"({"type": ["SessionHeld", "Talk"]})")), place + "/type/1");
  EXPECT_EQ(pointer_of(where(R"({"type": ["SessionHeld"], "groupFrom": 3, "groupTo": 2})")),
            place + "/groupTo");
  EXPECT_EQ(pointer_of(where(R"({"type": ["SessionHeld"], "from": "2015-02-01",
 "to": "2015-01-01"})")),
            place + "/to");
  EXPECT_EQ(pointer_of(where(R"({"type": ["SessionHeld"], "in": [{"column": "subject", "where":
 {"type": ["SessionHeld"], "in": []}}]})")),
            place + "/in/0/where/in");
}

TEST(PackChecking, names_must_lead_somewhere_and_stand_there_once) {
  EXPECT_EQ(pointer_of(pack_with(kTalks, R"(, "sites": [], "contracts": [{"number": "1",
"fund": "none", "amountFen": 1, "advanceFen": 0, "from": "2015-01-01", "to": "2015-12-31"}])")),
            "/contracts/0/fund");
  EXPECT_EQ(pointer_of(pack_with(kTalks, R"(, "scopes": [
{"code": "a", "id": 16, "label": {"zh": "甲", "en": "a"}},
{"code": "b", "id": 16, "label": {"zh": "乙", "en": "b"}}])")),
            "/scopes/1/id");
  EXPECT_EQ(pointer_of(pack_with(kTalks, R"(, "scopes": [
{"code": "a", "id": 1, "label": {"zh": "甲", "en": "a"}}])")),
            "/scopes/0/id");
  const auto rule = [](const std::string& members) {
    return pack_with(kTalks, R"(, "reconciliations": [{"id": "R", "label": {"zh": "甲", "en": "a"},
)" + members + "}]");
  };
  const std::string place = "/reconciliations/0";
  EXPECT_EQ(pointer_of(rule(R"("kind": "at_most", "left": "X1", "right": "X2")")),
            place + "/right");
  EXPECT_EQ(pointer_of(rule(R"("kind": "quotient", "dividend": "X2", "divisor": "X1", "min": 1)")),
            place + "/dividend");
  EXPECT_EQ(pointer_of(rule(R"("kind": "quotient", "dividend": "X1", "divisor": "X9", "min": 1)")),
            place + "/divisor");
  EXPECT_EQ(pointer_of(rule(R"("kind": "parts_of_whole", "parts": ["X3"], "whole": "X1")")),
            place + "/parts/0");
  EXPECT_EQ(pointer_of(rule(R"("kind": "obligation", "obligation": "o", "held": "X1")")),
            place + "/obligation");
}

TEST(PackChecking, a_doubt_rests_on_exactly_one_thing_that_is_there) {
  const auto doubt = [](const std::string& when) {
    return replaced(
        pack_with(kTalks), "\"phrase\": \"三场\",",
        R"("phrase": "三场", "doubts": [{"reason": {"zh": "甲", "en": "a"}, "when": {)" + when +
            "}}],");
  };
  const std::string place = "/figures/0/doubts/0/when";
  EXPECT_TRUE(parse_pack(doubt(R"("fewerEvents": 3)")));
  EXPECT_TRUE(parse_pack(doubt("\"metric\": " + kTalks + R"(, "relation": "<", "value": 3)")));
  const std::string all = replaced(kTalks, R"(, "kind": ["talk"])", "");
  EXPECT_TRUE(parse_pack(doubt("\"metric\": " + kTalks + R"(, "relation": "<", "than": )" + all)));
  EXPECT_EQ(pointer_of(doubt(R"("fewerEvents": 3, "value": 3)")), place + "/value");
  EXPECT_EQ(pointer_of(doubt(R"("fewerEvents": 0)")), place + "/fewerEvents");
  EXPECT_EQ(pointer_of(doubt(R"("reconciliation": "R9", "of": "log")")), place + "/reconciliation");
  EXPECT_EQ(pointer_of(doubt("\"metric\": " + kTalks + R"(, "relation": "<>", "value": 3)")),
            place + "/relation");
}

TEST(PackChecking, periods_of_holidays_need_a_holiday_in_their_time) {
  const std::string metric = R"({"op": "min_per_period", "of": "events", "inner": "count",
 "period": "holiday", "from": "2015-01-01", "to": "2015-12-31",
 "where": {"type": ["SessionHeld"], "kind": ["talk"]}})";
  const auto with = [&](const std::string& to) {
    return pack_with(metric,
                     R"(, "holidays": [{"code": "spring", "label": {"zh": "春节", "en": "s"},
"from": "2015-12-30", "to": ")" +
                         to + "\"}]");
  };
  EXPECT_TRUE(check_pack(with("2015-12-31")).faults.empty());
  EXPECT_EQ(pointer_of(with("2016-01-02")), "/figures/0/metric/period");
  EXPECT_EQ(pointer_of(with("2015-12-29")).substr(0, 11), "/holidays/0");
}

TEST(PackChecking, a_code_that_stands_in_no_list_is_a_warning_and_the_pack_can_be_used) {
  const std::string text =
      pack_with(replaced(kTalks, "[\"talk\"]", "[\"talk\", \"tolk\", \"440400\", \"issued\"]"));
  const PackCheck check = check_pack(text);
  ASSERT_TRUE(check.pack.has_value());
  ASSERT_EQ(check.faults.size(), 1u);
  EXPECT_TRUE(check.faults[0].warning);
  EXPECT_EQ(check.faults[0].pointer, "/figures/0/metric/where/kind/1");
  EXPECT_TRUE(parse_pack(text));
}

TEST(PackChecking, a_vague_comparator_without_its_word_is_a_warning) {
  const PackFault fault = only_fault(replaced(pack_with(kTalks), "\"=\"", "\"~\""));
  EXPECT_TRUE(fault.warning);
  EXPECT_EQ(fault.pointer, "/figures/0");
}

}  // namespace
}  // namespace houniao::testing
