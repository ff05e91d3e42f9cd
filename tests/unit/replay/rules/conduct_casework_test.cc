#include "tests/unit/replay/families/cases_world.h"
#include "tests/unit/replay/rules/conduct_bench.h"

namespace houniao::testing {
namespace {

// --- A26 ---------------------------------------------------------------------------------------

class ConductReading : public CasesWorld {
 protected:
  ConductReading() {
    outsider = engage();
    curious = device_of_reader(outsider);
    own = device_of_reader(worker);
  }
  EventId read_at(DeviceNumber by, EventId record, std::int16_t minute) {
    return log.add(by, [&](Body e) {
      e.setOccurredMinute(minute);
      auto b = e.initBody().initSensitiveRecordRead();
      b.setRecord(record.value);
      b.setPurpose("supervision");
    });
  }
  EventId outsider;
  DeviceNumber curious, own;
};

TEST_F(ConductReading, reading_without_relation_or_decision_is_doubted_once_for_the_reader) {
  const EventId first = open_case();
  const EventId second = open_case();
  const EventId one = read_at(curious, first, 600);
  const EventId two = read_at(curious, second, 610);
  const auto found = ask_rule(log, "A26");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 26);
  EXPECT_EQ(found[0].events, (std::vector<EventId>{one, two}));
  EXPECT_EQ(found[0].subject, outsider.value);
}

TEST_F(ConductReading, ones_own_case_at_any_hour_and_a_decision_in_force_are_in_order) {
  const EventId file = open_case();
  for (const std::int16_t minute : {100, 1'400, 1'410, 1'420}) read_at(own, file, minute);
  read_at(own, client, 700);
  read_at(device_of_reader(overseer), file, 700);
  grant(outsider, file);
  read_at(curious, file, 700);
  EXPECT_TRUE(ask_rule(log, "A26").empty()) << texts_of(ask_rule(log, "A26"));
}

TEST_F(ConductReading, ten_files_of_others_in_one_day_are_doubted_even_with_decisions) {
  std::vector<EventId> reads;
  for (int i = 0; i < 10; ++i) {
    const EventId file = open_case();
    grant(outsider, file);
    reads.push_back(read_at(curious, file, 600));
    read_at(own, file, 600);
  }
  const auto found = ask_rule(log, "A26");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, reads);
  EXPECT_TRUE(ask_rule(log, "A26", R"({"A26": {"version": 2, "records_per_day": 11}})").empty());
}

TEST_F(ConductReading, files_of_others_read_at_night_are_doubted_by_the_clock_that_is_known) {
  const EventId file = open_case();
  grant(outsider, file);
  std::vector<EventId> at_night;
  for (const std::int16_t minute : {1'300, 1'350, 50}) {
    at_night.push_back(read_at(curious, file, minute));
  }
  // A book that was typed in at night was not read at night.
  for (int i = 0; i < 4; ++i) {
    log.add(curious, [&](Body e) {
      e.setSource(schema::Source::IMPORTED);
      e.setRecordedAtMs(start_of(log.today()).us / 1000 + 3'600'000);
      auto b = e.initBody().initSensitiveRecordRead();
      b.setRecord(file.value);
      b.setPurpose("supervision");
    });
  }
  const auto found = ask_rule(log, "A26");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, at_night);
}

// --- A27 ---------------------------------------------------------------------------------------

class ConductReports : public CasesWorld {
 protected:
  EventId child(std::uint16_t band) {
    return log.add(field,
                   [&](Body e) { e.initBody().initPersonRegistered().setBirthYearBand(band); });
  }
  EventId file_of(EventId of, Risk risk = Risk::LOW) {
    Opening opening = usual();
    opening.client = of;
    opening.consent = give_consent(field, of);
    opening.risk = risk;
    return open_case(opening);
  }
  EventId file_report(EventId of, EventId about_child) { return report(of, about_child); }
};

TEST_F(ConductReports, a_danger_to_a_minor_that_nobody_reported_is_doubted_when_the_time_is_over) {
  const EventId minor = child(2005);
  const EventId file = file_of(minor);
  const EventId raised = contact(file, {.risk = Risk::HIGH});
  EXPECT_TRUE(ask_rule(log, "A27").empty()) << texts_of(ask_rule(log, "A27"));
  days_pass(3);
  person();
  const auto found = ask_rule(log, "A27");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 27);
  EXPECT_TRUE(names(found[0], raised) && names(found[0], file));
  EXPECT_EQ(found[0].subject, file.value);
  const EventId late = file_report(file, minor);
  const auto after = ask_rule(log, "A27");
  ASSERT_EQ(after.size(), 1u) << texts_of(after);
  EXPECT_TRUE(names(after[0], late));
  EXPECT_TRUE(says(after[0], "3 days later"));
  EXPECT_TRUE(ask_rule(log, "A27", R"({"A27": {"version": 2, "report_hours": 96}})").empty());
}

TEST_F(ConductReports, a_report_in_time_an_adult_and_a_risk_that_stays_are_in_order) {
  const EventId minor = child(2005);
  const EventId reported = file_of(minor);
  contact(reported, {.risk = Risk::CRITICAL});
  days_pass(1);
  file_report(reported, minor);
  const EventId adult_file = file_of(child(1985));
  contact(adult_file, {.risk = Risk::CRITICAL});
  // Found high at the screening, followed up and no worse.
  const EventId screened = file_of(child(2005), Risk::HIGH);
  contact(screened, {.risk = Risk::HIGH});
  days_pass(10);
  person();
  EXPECT_TRUE(ask_rule(log, "A27").empty()) << texts_of(ask_rule(log, "A27"));
}

TEST_F(ConductReports, a_file_that_opens_with_mortal_danger_needs_a_report_at_once) {
  const EventId file = file_of(child(2006), Risk::CRITICAL);
  days_pass(5);
  person();
  const auto found = ask_rule(log, "A27");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, (std::vector<EventId>{file}));
}

}  // namespace
}  // namespace houniao::testing
