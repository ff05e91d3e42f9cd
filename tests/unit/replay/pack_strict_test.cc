// What a pack may not say, and where it is told: texts that cannot be shown, conditions and bounds
// that can never hold, numbers that are compared with themselves, codes that nothing declares.
#include <gtest/gtest.h>

#include <string>

#include "replay/pack.h"
#include "replay/pack_check.h"
#include "tests/unit/replay/pack_texts.h"

namespace houniao::testing {
namespace {

std::string place_of(const PackFault& fault) {
  return std::to_string(fault.line) + ":" + std::to_string(fault.column);
}

// A pack of the figures X1 and X2 with one reconciliation.
std::string pack_with_rule(const std::string& members) {
  const std::string second = R"({"id": "X2", "value": 4, "comparator": "=", "unit": "场",
 "phrase": "四场", "label": {"zh": "座谈", "en": "talks"}, "metric": )" +
                             kTalks + "}, {\"id\": \"X1\"";
  return replaced(
      pack_with(kTalks, R"(, "reconciliations": [{"id": "R", "label": {"zh": "甲", "en": "a"}, )" +
                            members + "}]"),
      "{\"id\": \"X1\"", second);
}

std::string pack_with_where(const std::string& members) {
  return pack_with(R"({"op": "count", "of": "events", "where": {"type": ["SessionHeld"], )" +
                   members + "}}");
}

std::string pack_with_obligation(const std::string& members) {
  return pack_with(
      kTalks,
      R"(, "obligations": [{"code": "o", "threshold": 2, "period": "month", )" + members + "}]");
}

TEST(PackStrictness, a_member_that_stands_twice_is_refused_in_any_object_by_both_readers) {
  const std::string twice = replaced(pack_with(kTalks), "\"nearPermille\": 900",
                                     "\"nearPermille\": 900, \"nearPermille\": 100");
  EXPECT_EQ(pointer_of(twice), "/policy/nearPermille");
  const Result<Pack> parsed = parse_pack(twice);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  EXPECT_NE(parsed.error().detail.find("/policy/nearPermille"), std::string::npos)
      << parsed.error().detail;
}

TEST(PackStrictness, a_name_written_with_escapes_is_the_same_name) {
  EXPECT_EQ(pointer_of(replaced(pack_with(kTalks), "\"region\": 440400",
                                R"("region": 440400, "regio\u006e": 440400)")),
            "/region");
  EXPECT_EQ(pointer_of("\xef\xbb\xbf" + replaced(pack_with(kTalks), "\"region\": 440400",
                                                 "\"region\": 440400, \"region\": 440400")),
            "/region")
      << "a byte order mark hides nothing";
}

TEST(PackStrictness, the_first_mistake_is_told_with_its_line_and_column_in_both_languages) {
  const Result<Pack> parsed = parse_pack(replaced(pack_with(kTalks), "\"=\"", "\"==\""));
  ASSERT_FALSE(parsed);
  for (const char* part : {"6:26", "is not known", "不认识"}) {
    EXPECT_NE(parsed.error().detail.find(part), std::string::npos) << parsed.error().detail;
  }
}

TEST(PackStrictness, control_characters_are_refused_in_every_text_and_never_repeated) {
  const auto unit = [](const std::string& text) {
    return replaced(pack_with(kTalks), "\"unit\": \"场\"", "\"unit\": \"" + text + "\"");
  };
  for (const char* text : {R"(\u001b[2J)", R"(\u0000)", R"(\n)", R"(\u001f)", R"(\u007f)",
                           R"(\u0080)", R"(\u009f)", "\x7f", "\xc2\x9b", "\xc2\x85"}) {
    EXPECT_EQ(pointer_of(unit(text)), "/figures/0/unit") << text;
    EXPECT_FALSE(parse_pack(unit(text))) << text;
  }
  for (const char* text : {" ", "~", R"(\u00a0)", "\xc2\xa0", "é", "场", "\xe4\xb8\x80"}) {
    EXPECT_TRUE(parse_pack(unit(text))) << text;
  }
}

TEST(PackStrictness, a_control_character_in_a_name_is_shown_as_json_writes_it) {
  const PackFault fault = only_fault(
      replaced(pack_with(kTalks), "\"region\"", R"("\u001b]0;x\u009c": 1, "regoin": 2, "region")"));
  EXPECT_EQ(fault.pointer, R"(/\u001b]0;x\u009c)");
  EXPECT_EQ(place_of(fault), "1:78");
}

TEST(PackStrictness, a_number_that_is_too_great_is_told_where_it_stands) {
  const PackFault fault = only_fault("{\n  \"code\": \"x\",\n  \"region\": 1e400\n}");
  EXPECT_EQ(place_of(fault), "3:13");
  EXPECT_NE(fault.what.en.find("too great"), std::string::npos) << fault.what.en;
  EXPECT_EQ(parse_pack("[1, -1e999]").error().code, Errc::malformed);
  EXPECT_EQ(place_of(only_fault("[1, -1e999]")), "1:5");
}

TEST(PackStrictness, what_is_nested_too_deep_is_told_where_it_becomes_so) {
  const std::string deep = "\n" + std::string(80, '[') + std::string(80, ']');
  const PackFault fault = only_fault(deep);
  EXPECT_EQ(place_of(fault), "2:66");
  EXPECT_EQ(parse_pack(deep).error().code, Errc::invalid_argument);
}

TEST(PackStrictness, faults_are_not_crowded_out_by_warnings_before_them) {
  std::string codes = "\"talk\"";
  for (std::size_t i = 0; i < kPackFaultsMax + 5; ++i) codes += ", \"t" + std::to_string(i) + "x\"";
  const PackCheck check = check_pack(
      pack_with(replaced(kTalks, "[\"talk\"]", "[" + codes + "]"), ", \"colour\": \"red\""));
  EXPECT_FALSE(check.pack.has_value());
  EXPECT_FALSE(check.complete);
  ASSERT_EQ(check.faults.size(), kPackFaultsMax);
  EXPECT_EQ(check.faults.back().pointer, "/colour");
  EXPECT_FALSE(check.faults.back().warning);
}

TEST(PackStrictness, no_figure_is_compared_with_itself) {
  const std::string place = "/reconciliations/0";
  const auto pointer = [](const std::string& members) {
    return pointer_of(pack_with_rule(members));
  };
  EXPECT_EQ(pointer(R"("kind": "parts_of_whole", "parts": ["X2", "X1"], "whole": "X1")"),
            place + "/parts/1");
  EXPECT_EQ(pointer(R"("kind": "parts_of_whole", "parts": ["X2", "X2"], "whole": "X1")"),
            place + "/parts/1");
  EXPECT_EQ(pointer(R"("kind": "at_most", "left": "X1", "right": "X1")"), place + "/right");
  EXPECT_EQ(pointer(R"("kind": "quotient", "dividend": "X1", "divisor": "X1", "min": 1)"),
            place + "/divisor");
  for (const char* good : {R"("kind": "parts_of_whole", "parts": ["X2"], "whole": "X1")",
                           R"("kind": "at_most", "left": "X1", "right": "X2")"}) {
    EXPECT_TRUE(parse_pack(pack_with_rule(good))) << good;
  }
}

TEST(PackStrictness, bounds_of_a_quotient_can_hold) {
  const std::string place = "/reconciliations/0";
  const auto quotient = [](const std::string& bounds) {
    return pack_with_rule(R"("kind": "quotient", "dividend": "X1", "divisor": "X2")" + bounds);
  };
  EXPECT_EQ(pointer_of(quotient("")), place);
  EXPECT_EQ(pointer_of(quotient(", \"min\": 3, \"max\": 2")), place + "/max");
  EXPECT_EQ(pointer_of(quotient(", \"max\": -1")), place + "/max");
  EXPECT_TRUE(parse_pack(quotient(", \"min\": 3, \"max\": 3")));
}

// It would count everything.
TEST(PackStrictness, an_empty_condition_is_refused) {
  const std::string where = "/figures/0/metric/where";
  for (const char* key : {"kind", "notKind", "attr", "notAttr"}) {
    const std::string empty = "\"" + std::string(key) + "\": []";
    EXPECT_EQ(pointer_of(pack_with_where(empty)), where + "/" + key);
    EXPECT_EQ(pointer_of(pack_with_where("\"last\": {" + empty + "}")), where + "/last/" + key);
  }
}

TEST(PackStrictness, a_code_is_not_asked_for_and_ruled_out_at_once) {
  const std::string where = "/figures/0/metric/where";
  EXPECT_EQ(pointer_of(pack_with_where(R"("kind": ["talk"], "notKind": ["other", "talk"])")),
            where + "/notKind/1");
  EXPECT_EQ(pointer_of(pack_with_where(R"("attr": ["online"], "notAttr": ["online"])")),
            where + "/notAttr/0");
  EXPECT_EQ(pointer_of(pack_with_where(R"("last": {"kind": ["talk"], "notKind": ["talk"]})")),
            where + "/last/notKind/0");
  EXPECT_TRUE(parse_pack(pack_with_where(R"("kind": ["talk"], "notKind": ["other"])")));
}

TEST(PackStrictness, an_obligation_lasts_a_century_at_most) {
  const auto until = [](const std::string& to) {
    return pack_with_obligation(R"("eventKind": "talk", "from": "1900-01-01", "to": ")" + to +
                                "\"");
  };
  EXPECT_TRUE(check_pack(until("2000-01-01")).faults.empty());
  EXPECT_EQ(pointer_of(until("2000-01-03")), "/obligations/0/to");
}

TEST(PackStrictness, the_kind_of_an_obligation_uses_a_code_and_declares_none) {
  const std::string days = R"(, "from": "2015-01-01", "to": "2015-12-31")";
  EXPECT_TRUE(check_pack(pack_with_obligation("\"eventKind\": \"talk\"" + days)).faults.empty());
  const PackFault fault = only_fault(pack_with_obligation("\"eventKind\": \"tolk\"" + days));
  EXPECT_TRUE(fault.warning);
  EXPECT_EQ(fault.pointer, "/obligations/0/eventKind");
  const PackFault among = only_fault(pack_with_obligation(
      R"("eventKind": "talk", "per": "person", "among": {"type": ["StaffEngaged"], "kind": ["tolk"]})" +
      days));
  EXPECT_TRUE(among.warning);
  EXPECT_EQ(among.pointer, "/obligations/0/among/kind/0");
}

TEST(PackStrictness, a_condition_names_programmes_that_the_pack_knows) {
  const std::string below =
      R"(, "programmes": [{"code": "x_north", "label": {"zh": "北", "en": "north"}}])";
  const auto within = [&](const std::string& code) {
    return pack_with(R"({"op": "count", "of": "events", "where": {"type": ["SessionHeld"],
 "programme": ["x", ")" + code +
                         "\"]}}",
                     below);
  };
  EXPECT_TRUE(check_pack(within("x_north")).faults.empty());
  const PackFault fault = only_fault(within("x_nroth"));
  EXPECT_TRUE(fault.warning);
  EXPECT_EQ(fault.pointer, "/figures/0/metric/where/programme/1");
}

}  // namespace
}  // namespace houniao::testing
