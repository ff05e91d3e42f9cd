#include "replay/pack.h"
#include "tests/unit/replay/families/delivery_world.h"
#include "tests/unit/replay/rules/conduct_bench.h"

namespace houniao::testing {
namespace {

constexpr const char* kPack = R"json({
  "code": "t", "name": {"zh": "测试", "en": "test"}, "region": 440402,
  "from": "2010-01-01", "to": "2017-12-31",
  "policy": {"version": 1, "nearPermille": 900, "aboutPermille": 100,
             "approvalLadder": [{"code": "o", "label": {"zh": "审批", "en": "approves"}}]},
  "serviceKinds": [{"code": "visit", "label": {"zh": "探访", "en": "visit"}, "unit": "人次"}],
  "figures": [
    {"id": "T1", "value": 3, "comparator": "=", "unit": "人次", "phrase": "探访",
     "label": {"zh": "探访人次", "en": "visits"},
     "metric": {"op": "sum", "of": "quantity",
                "where": {"type": ["ServiceDelivered"], "kind": ["visit"]}}}
  ]
})json";

class ConductFigures : public DeliveryWorld {
 protected:
  EventId publish(const std::string& body) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initPolicyVersionPublished();
      b.setProgramme(programme.value);
      b.setKind(schema::PolicyVersionPublished::Kind::PACK);
      b.setVersion(1);
      b.setValidFromDay(10'000);
      b.setBody(body);
    });
  }
  EventId visit(EventId one) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initServiceDelivered();
      b.setKind("visit");
      b.initPersons(1).set(0, one.value);
      b.setQuantity(1);
    });
  }
  struct Claim {
    std::int64_t value = 0;
    std::string comparator = "=";
    std::string unit = "人次";
    std::string figure = "T1";
    std::int32_t as_of = 0;  // 0: the pack's last day
  };
  EventId report(const Claim& claim) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initFigureReported();
      b.setFigure(claim.figure);
      b.setPhrase("visits");
      b.setValue(claim.value);
      b.setComparator(claim.comparator);
      b.setUnit(claim.unit);
      b.setAsOfDay(claim.as_of);
      b.setToWhom("press");
    });
  }
  // Four visits to three people.
  void visits() {
    const EventId first = person();
    for (const EventId one : {first, person(), person(), first}) visit(one);
  }
};

TEST_F(ConductFigures, a_report_is_held_to_the_comparator_that_it_was_written_with) {
  ASSERT_TRUE(parse_pack(kPack).has_value()) << parse_pack(kPack).error().detail;
  publish(kPack);
  visits();
  for (const Claim& honest : {Claim{4}, Claim{3, ">"}, Claim{3, "余"}, Claim{4, "至少"},
                              Claim{4, "约"}, Claim{2, "突破"}}) {
    report(honest);
  }
  EXPECT_TRUE(ask_rule(log, "A23").empty()) << texts_of(ask_rule(log, "A23"));
  const EventId more = report({5});
  const EventId broken = report({4, "突破"});
  const EventId near = report({40, "近"});
  const auto found = ask_rule(log, "A23");
  ASSERT_EQ(found.size(), 3u) << texts_of(found);
  for (const rules::Anomaly& anomaly : found) expect_complete(anomaly, 23);
  for (const EventId event : {more, broken, near}) EXPECT_EQ(about(found, event).size(), 1u);
  EXPECT_TRUE(says(about(found, more)[0], "recomputed as 4"));
}

TEST_F(ConductFigures, persons_are_not_person_times) {
  publish(kPack);
  visits();
  report({.value = 3, .unit = "人"});
  EXPECT_TRUE(ask_rule(log, "A23").empty()) << texts_of(ask_rule(log, "A23"));
  const EventId inflated = report({.value = 4, .unit = "人"});
  const auto found = ask_rule(log, "A23");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], inflated));
  EXPECT_TRUE(says(found[0], "person-times"));
}

TEST_F(ConductFigures, what_happened_after_the_day_of_the_report_does_not_count_for_it) {
  publish(kPack);
  visits();
  const std::int32_t then = log.today().value;
  log.set_today(Day{then + 10});
  visit(person());
  report({.value = 4, .as_of = then});
  EXPECT_TRUE(ask_rule(log, "A23").empty()) << texts_of(ask_rule(log, "A23"));
  const EventId late = report({.value = 4, .as_of = then + 10});
  EXPECT_EQ(about(ask_rule(log, "A23"), late).size(), 1u);
}

TEST_F(ConductFigures, what_no_pack_defines_cannot_be_known) {
  visits();
  report({.value = 99});  // no pack is published, and none of code "t" is built in
  EXPECT_TRUE(ask_rule(log, "A23").empty());
  publish(kPack);
  report({.value = 99, .figure = "T9"});
  report({.value = 99, .unit = "场"});
  const auto found = ask_rule(log, "A23");
  EXPECT_EQ(found.size(), 1u) << texts_of(found);
}

TEST_F(ConductFigures, a_retracted_report_claims_nothing) {
  publish(kPack);
  visits();
  const EventId wrong = report({99});
  EXPECT_EQ(ask_rule(log, "A23").size(), 1u);
  retract(wrong);
  EXPECT_TRUE(ask_rule(log, "A23").empty());
}

TEST_F(ConductFigures, the_tolerance_of_about_is_a_threshold) {
  publish(kPack);
  visits();
  report({5, "约"});  // four is a fifth less than five
  EXPECT_EQ(ask_rule(log, "A23").size(), 1u);
  EXPECT_TRUE(ask_rule(log, "A23", R"({"A23": {"version": 2, "about_permille": 200}})").empty());
}

}  // namespace
}  // namespace houniao::testing
