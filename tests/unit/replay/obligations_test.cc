// Obligations: what becomes of each period of a promise, over rows by hand and over a folded log.
#include "replay/obligations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>

#include "replay/state.h"
#include "tests/unit/replay/fact_book.h"
#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using Per = schema::ObligationDefined::Per;
using Distinct = schema::ObligationDefined::Distinct;
using Status = ObligationStatus;

// Two weekend classes a month.
struct Promise : ::testing::Test {
  FactBook book;
  Obligation obligation;
  ObligationTerms terms;

  void SetUp() override {
    obligation.id = ObligationId{77};
    obligation.code = book.facts.intern("classes");
    obligation.event_kind = book.facts.intern("weekend_class");
    obligation.period = static_cast<std::uint16_t>(PeriodKind::month);
    obligation.threshold = 2;
    obligation.from = on("2015-01-01");
    obligation.to = on("2015-12-31");
  }
  FactRow hold(std::string_view when) { return book.add("SessionHeld", "weekend_class", when); }
  ObligationResult check(std::string_view as_of) const {
    return check_obligation(book.inputs(), obligation, terms, on(as_of));
  }
  std::vector<Status> statuses(std::string_view as_of) const {
    std::vector<Status> out;
    for (const ObligationPeriod& period : check(as_of).periods) out.push_back(period.status);
    return out;
  }
};

TEST_F(Promise, is_met_when_enough_was_done_within_the_period) {
  const FactRow first = hold("2015-01-03");
  const FactRow second = hold("2015-01-31");
  hold("2015-02-01");
  const ObligationResult result = check("2015-01-31");
  EXPECT_EQ(result.code, "classes");
  ASSERT_EQ(result.periods.size(), 1u);
  const ObligationPeriod& january = result.periods[0];
  EXPECT_EQ(january.status, Status::met);
  EXPECT_EQ(january.period.name, "2015-01");
  EXPECT_EQ(january.count, 2);
  EXPECT_EQ(january.done_on, on("2015-01-31"));
  EXPECT_EQ(january.events, 2u);
  EXPECT_EQ(january.proof,
            (std::vector<DecidingEvent>{{first.event, first.seq}, {second.event, second.seq}}));
  EXPECT_EQ(result.count(Status::met), 1u);
}

TEST_F(Promise, is_open_while_the_period_goes_on_and_missed_from_the_day_after) {
  hold("2015-01-03");
  EXPECT_EQ(statuses("2015-01-31"), (std::vector<Status>{Status::open}));
  EXPECT_EQ(statuses("2015-02-01"), (std::vector<Status>{Status::missed, Status::open}));
  EXPECT_EQ(check("2015-02-01").periods[0].count, 1) << "what was done is still told";
}

TEST_F(Promise, periods_that_have_not_begun_are_not_listed) {
  EXPECT_TRUE(check("2014-12-31").periods.empty());
  EXPECT_EQ(check("2016-06-30").periods.size(), 12u);
  terms.ends = on("2015-03-15");
  const ObligationResult result = check("2016-06-30");
  ASSERT_EQ(result.periods.size(), 3u) << "nothing is owed after the programme ended";
  EXPECT_EQ(result.periods[2].period.to, on("2015-03-15"));
}

TEST_F(Promise, facts_after_the_day_of_asking_are_not_looked_at) {
  hold("2015-01-03");
  hold("2015-01-20");
  EXPECT_EQ(statuses("2015-01-19"), (std::vector<Status>{Status::open}));
  EXPECT_EQ(statuses("2015-01-20"), (std::vector<Status>{Status::met}));
}

TEST_F(Promise, is_due_during_the_days_of_grace_and_late_when_they_complete_it) {
  obligation.grace_days = 5;
  hold("2015-01-03");
  EXPECT_EQ(statuses("2015-02-05")[0], Status::due);
  EXPECT_EQ(statuses("2015-02-06")[0], Status::missed);
  hold("2015-02-05");
  const ObligationResult result = check("2015-02-06");
  EXPECT_EQ(result.periods[0].status, Status::late);
  EXPECT_EQ(result.periods[0].done_on, on("2015-02-05"));
  EXPECT_EQ(result.periods[0].due, on("2015-02-05"));
  EXPECT_EQ(result.periods[1].count, 0) << "it does not count a second time";
}

TEST_F(Promise, days_of_grace_that_complete_nothing_stay_with_their_own_period) {
  obligation.grace_days = 5;
  hold("2015-02-03");
  hold("2015-02-20");
  const ObligationResult result = check("2015-03-31");
  EXPECT_EQ(result.periods[0].status, Status::missed);
  EXPECT_EQ(result.periods[1].status, Status::met);
}

TEST_F(Promise, only_as_much_of_the_grace_is_taken_as_is_needed) {
  obligation.grace_days = 10;
  for (const char* when : {"2015-01-03", "2015-02-01", "2015-02-02", "2015-02-03"}) hold(when);
  const ObligationResult result = check("2015-02-28");
  EXPECT_EQ(result.periods[0].status, Status::late);
  EXPECT_EQ(result.periods[1].status, Status::met);
  EXPECT_EQ(result.periods[1].count, 2);
}

TEST_F(Promise, is_waived_only_in_the_period_that_the_waiver_names_and_while_not_done) {
  obligation.waivers = {{EventId{901}, on("2015-02-10"), 5}};
  obligation.threshold = 1;
  EXPECT_EQ(statuses("2015-04-01"),
            (std::vector<Status>{Status::missed, Status::waived, Status::missed, Status::open}));
  EXPECT_EQ(check("2015-04-01").periods[1].waiver, EventId{901});
  hold("2015-02-28");
  EXPECT_EQ(check("2015-04-01").periods[1].status, Status::met);
  EXPECT_EQ(check("2015-04-01").periods[1].waiver, EventId{});
}

TEST_F(Promise, without_a_type_sessions_and_services_keep_it_and_attendance_does_not) {
  obligation.threshold = 1;
  book.add("AttendanceRecorded", "weekend_class", "2015-01-03");
  EXPECT_EQ(statuses("2015-01-31")[0], Status::open);
  book.add("ServiceDelivered", "weekend_class", "2015-01-03");
  EXPECT_EQ(statuses("2015-01-31")[0], Status::met);
  obligation.event_type = book.facts.intern("AttendanceRecorded");
  EXPECT_EQ(check("2015-01-31").periods[0].events, 1u);
  EXPECT_EQ(statuses("2015-01-31")[0], Status::met);
}

TEST_F(Promise, a_type_without_a_kind_is_kept_by_any_kind_and_an_unknown_type_by_nothing) {
  obligation.threshold = 1;
  obligation.event_kind = kNoText;
  obligation.event_type = book.facts.intern("DemandRaised");
  book.add("DemandRaised", "repair", "2015-01-03");
  EXPECT_EQ(statuses("2015-01-31")[0], Status::met);
  obligation.event_type = book.facts.intern("NeverHeardOf");
  EXPECT_EQ(statuses("2015-01-31")[0], Status::open);
}

TEST_F(Promise, several_rows_of_one_event_are_one_and_different_persons_can_be_asked_for) {
  FactRow row = book.row("ServiceDelivered", "weekend_class", "2015-01-03");
  for (const std::uint64_t person : {11u, 12u, 12u, 0u}) {
    row.subject = person;
    book.add(row);
  }
  EXPECT_EQ(check("2015-01-31").periods[0].count, 1);
  obligation.distinct = static_cast<std::uint16_t>(Distinct::PERSONS);
  EXPECT_EQ(check("2015-01-31").periods[0].count, 2) << "the anonymous are nobody in particular";
  EXPECT_EQ(check("2015-01-31").periods[0].events, 1u);
  obligation.distinct = static_cast<std::uint16_t>(Distinct::ORGANISATIONS);
  EXPECT_EQ(check("2015-01-31").periods[0].count, 0);
}

TEST_F(Promise, what_needs_evidence_counts_only_with_it) {
  obligation.threshold = 1;
  obligation.evidence_needed = true;
  const FactRow held = hold("2015-01-03");
  EXPECT_EQ(statuses("2015-01-31")[0], Status::open);
  boost::unordered_flat_set<std::uint64_t> with_evidence = {1};
  terms.with_evidence = &with_evidence;
  EXPECT_EQ(statuses("2015-01-31")[0], Status::open);
  with_evidence.insert(held.event.value);
  EXPECT_EQ(statuses("2015-01-31")[0], Status::met);
}

TEST_F(Promise, each_holiday_is_a_period_and_those_outside_of_the_obligation_are_none) {
  const std::vector<Holiday> holidays = {{"spring", {}, on("2015-02-18"), on("2015-02-24")},
                                         {"dragon_boat", {}, on("2015-06-20"), on("2015-06-22")},
                                         {"new_year", {}, on("2015-12-30"), on("2016-01-01")}};
  terms.holidays = holidays;
  obligation.period = static_cast<std::uint16_t>(PeriodKind::holiday);
  obligation.threshold = 1;
  hold("2015-02-24");
  hold("2015-06-19");
  const ObligationResult result = check("2016-02-01");
  ASSERT_EQ(result.periods.size(), 2u);
  EXPECT_EQ(result.periods[0].status, Status::met);
  EXPECT_EQ(result.periods[1].status, Status::missed);
  EXPECT_EQ(result.periods[1].period.name, "dragon_boat");
}

TEST_F(Promise, the_order_of_the_rows_does_not_matter) {
  obligation.grace_days = 10;
  std::vector<FactRow> rows;
  for (const char* when : {"2015-01-03", "2015-02-01", "2015-02-03", "2015-02-20"}) {
    rows.push_back(book.row("SessionHeld", "weekend_class", when));
  }
  FactBook other;
  static_cast<void>(other.facts.intern("classes"));
  static_cast<void>(other.facts.intern("weekend_class"));
  for (const FactRow& row : rows) book.add(row);
  std::reverse(rows.begin(), rows.end());
  for (const FactRow& row : rows) other.add(row);
  const ObligationResult there =
      check_obligation(other.inputs(), obligation, terms, on("2015-03-31"));
  const ObligationResult here = check("2015-03-31");
  ASSERT_EQ(here.periods.size(), there.periods.size());
  for (std::size_t i = 0; i < here.periods.size(); ++i) {
    EXPECT_EQ(here.periods[i].status, there.periods[i].status);
    EXPECT_EQ(here.periods[i].proof, there.periods[i].proof);
  }
}

TEST_F(Promise, of_a_hostile_length_ends_after_a_century_of_periods) {
  obligation.from = Day{std::numeric_limits<std::int32_t>::min()};
  obligation.to = kOpenEnd;
  obligation.period = 0;  // days
  obligation.grace_days = std::numeric_limits<std::uint16_t>::max();
  const ObligationResult result = check("2015-01-31");
  EXPECT_EQ(result.periods.back().period.to, on("2015-01-31"));
  EXPECT_LE(result.periods.size(), 36'526u);
  obligation.period = 60'000;  // of a schema to come
  EXPECT_TRUE(check("2015-01-31").periods.empty());
}

// --- each of a population -----------------------------------------------------------------------

struct Placements : Promise {
  MetricPopulation workers;

  void SetUp() override {
    Promise::SetUp();
    workers.key = FactColumn::staff;
    workers.where.types = {type_of("StaffEngaged"), type_of("StaffReleased")};
    workers.where.attrs = {"full_time"};
    terms.among = &workers;
    obligation.event_type = book.facts.intern("StaffPlaced");
    obligation.event_kind = kNoText;
    obligation.period = static_cast<std::uint16_t>(PeriodKind::year);
    obligation.per_scope = static_cast<std::uint16_t>(Per::PERSON);
    obligation.distinct = static_cast<std::uint16_t>(Distinct::SITES);
    obligation.threshold = 2;
  }
};

TEST_F(Placements, each_worker_owes_different_communities) {
  const std::uint64_t diligent = book.engage("2014-01-01");
  const std::uint64_t faithful = book.engage("2014-01-01");
  const std::uint64_t idle = book.engage("2014-01-01");
  const std::uint64_t part_time = book.engage("2014-01-01", "part_time");
  for (const std::uint64_t site : {81u, 82u}) book.place(diligent, site, "2015-05-01");
  for (int i = 0; i < 5; ++i) book.place(faithful, 81, "2015-05-01");
  book.place(part_time, 81, "2015-05-01");
  const ObligationResult result = check("2016-01-01");
  ASSERT_EQ(result.periods.size(), 3u);
  EXPECT_EQ(result.periods[0].owner, diligent);
  EXPECT_EQ(result.periods[0].status, Status::met);
  EXPECT_EQ(result.periods[1].owner, faithful);
  EXPECT_EQ(result.periods[1].status, Status::missed);
  EXPECT_EQ(result.periods[1].count, 1);
  EXPECT_EQ(result.periods[2].owner, idle);
  EXPECT_EQ(result.periods[2].status, Status::missed);
  EXPECT_EQ(result.count(Status::missed), 2u);
}

TEST_F(Placements, who_left_or_came_during_the_year_does_not_owe_it) {
  const std::uint64_t gone = book.engage("2014-01-01");
  book.engage("2015-02-01");
  EXPECT_EQ(check("2015-06-30").periods.size(), 1u);
  book.release(gone, "2015-06-30");
  EXPECT_EQ(check("2015-06-30").periods.size(), 1u) << "in post up to that day";
  EXPECT_TRUE(check("2016-01-01").periods.empty());
}

TEST_F(Placements, without_a_population_those_with_facts_are_asked) {
  terms.among = nullptr;
  book.engage("2014-01-01");
  book.place(3, 81, "2015-05-01");
  const ObligationResult result = check("2016-01-01");
  ASSERT_EQ(result.periods.size(), 1u);
  EXPECT_EQ(result.periods[0].owner, 3u);
}

TEST_F(Placements, sites_and_bodies_can_owe_too) {
  MetricPopulation stations;
  stations.key = FactColumn::site;
  stations.where.types = {type_of("SiteOpened")};
  terms.among = &stations;
  obligation.event_type = kNoText;
  obligation.event_kind = book.facts.intern("weekend_class");
  obligation.per_scope = static_cast<std::uint16_t>(Per::SITE);
  obligation.distinct = static_cast<std::uint16_t>(Distinct::EVENTS);
  obligation.threshold = 1;
  for (const std::uint64_t site : {81u, 82u}) {
    FactRow row = book.row("SiteOpened", "station", "2014-01-01");
    row.site = site;
    book.add(row);
  }
  FactRow held = book.row("SessionHeld", "weekend_class", "2015-05-01");
  held.site = 82;
  held.organisation = 9;
  book.add(held);
  EXPECT_EQ(statuses("2016-01-01"), (std::vector<Status>{Status::missed, Status::met}));
  terms.among = nullptr;
  obligation.per_scope = static_cast<std::uint16_t>(Per::ORGANISATION);
  EXPECT_EQ(check("2016-01-01").periods[0].owner, 9u);
}

// --- over a log ---------------------------------------------------------------------------------

struct ObligationsOfLog : ::testing::Test {
  LogBuilder log;
  DeviceNumber tablet;
  EventId programme;
  EventId project;  // below it
  Pack pack;

  void SetUp() override {
    tablet = log.enrol_all_roles();
    log.set_today(on("2016-08-10"));
    programme = open({}, "x", "2016-12-31");
    project = open(programme, "x_north", "2016-12-31");
    pack.code = "x";
  }
  EventId open(EventId parent, const char* code, const char* to) {
    return log.add(tablet, [&](EventBuilder event) {
      auto body = event.initBody().initProgrammeOpened();
      body.setCode(code);
      body.setParent(parent.value);
      body.setFromDay(on("2016-06-01").value);
      body.setToDay(on(to).value);
    });
  }
  EventId promise(EventId of, bool evidence = false, const char* type = "") {
    return log.add(tablet, [&](EventBuilder event) {
      auto body = event.initBody().initObligationDefined();
      body.setProgramme(of.value);
      body.setCode("classes");
      body.setEventType(type);
      body.setEventKind("weekend_class");
      body.setPeriod(schema::ObligationDefined::Period::MONTH);
      body.setThreshold(1);
      body.setFromDay(on("2016-06-01").value);
      body.setToDay(on("2016-12-31").value);
      body.setEvidenceNeeded(evidence);
    });
  }
  EventId hold(EventId of, const char* when) {
    return log.add(tablet, [&](EventBuilder event) {
      event.setOccurredDay(on(when).value);
      event.setProgramme(of.value);
      auto body = event.initBody().initSessionHeld();
      body.setKind("weekend_class");
      body.setHeadcount(10);
    });
  }
  ObligationResult only() const {
    const auto results = check_obligations(log.state(), pack, on("2016-08-10"));
    EXPECT_EQ(results.size(), 1u);
    return results.empty() ? ObligationResult{} : results.front();
  }
};

TEST_F(ObligationsOfLog, are_kept_by_what_their_programme_and_those_below_it_do) {
  const EventId other = open({}, "y", "2016-12-31");
  promise(programme);
  hold(programme, "2016-06-05");
  hold(project, "2016-07-05");
  hold(other, "2016-08-05");
  const ObligationResult result = only();
  ASSERT_EQ(result.periods.size(), 3u);
  EXPECT_EQ(result.periods[0].status, Status::met);
  EXPECT_EQ(result.periods[1].status, Status::met);
  EXPECT_EQ(result.periods[2].status, Status::open);
}

TEST_F(ObligationsOfLog, of_a_project_are_not_kept_by_the_programme_above) {
  promise(project);
  hold(programme, "2016-06-05");
  EXPECT_EQ(only().periods[0].status, Status::missed);
}

TEST_F(ObligationsOfLog, that_are_retracted_or_of_other_programmes_are_not_asked) {
  promise(open({}, "y", "2016-12-31"));
  EXPECT_TRUE(check_obligations(log.state(), pack, on("2016-08-10")).empty());
  const EventId mine = promise(programme);
  EXPECT_EQ(only().id.value, mine.value);
  retract_event(log, tablet, mine);
  EXPECT_TRUE(check_obligations(log.state(), pack, on("2016-08-10")).empty());
}

TEST_F(ObligationsOfLog, end_with_their_programme) {
  const EventId brief = open(programme, "x_brief", "2016-07-15");
  promise(brief);
  EXPECT_EQ(only().periods.size(), 2u);
}

TEST_F(ObligationsOfLog, a_retracted_session_no_longer_keeps_them) {
  promise(programme);
  const EventId held = hold(programme, "2016-06-05");
  EXPECT_EQ(only().periods[0].status, Status::met);
  retract_event(log, tablet, held);
  EXPECT_EQ(only().periods[0].status, Status::missed);
}

TEST_F(ObligationsOfLog, evidence_is_what_was_attached_to_the_event) {
  promise(programme, true);
  const EventId held = hold(programme, "2016-06-05");
  EXPECT_EQ(only().periods[0].status, Status::missed);
  log.add(tablet, [&](EventBuilder event) {
    auto body = event.initBody().initEvidenceAttached();
    body.setTarget(held.value);
    const Bytes hash(32, std::uint8_t{7});
    body.setSha256(to_data(ByteView{hash}));
    body.setMime("image/jpeg");
  });
  EXPECT_EQ(only().periods[0].status, Status::met);
}

TEST_F(ObligationsOfLog, one_that_names_an_event_type_that_nobody_knows_is_held) {
  EXPECT_EQ(log.status(promise(programme, false, "NeverHeardOf")), EventStatus::held);
  EXPECT_EQ(log.status(promise(programme, false, "SessionHeld")), EventStatus::accepted);
  const EventId nothing = log.add(tablet, [&](EventBuilder event) {
    auto body = event.initBody().initObligationDefined();
    body.setProgramme(programme.value);
    body.setThreshold(1);
    body.setToDay(1);
  });
  EXPECT_TRUE(log.reasons(nothing).has(Reason::value_invalid));
}

TEST_F(ObligationsOfLog, figures_count_the_programme_and_those_below_it) {
  hold(programme, "2016-06-05");
  hold(project, "2016-07-05");
  hold({}, "2016-07-06");
  hold(open({}, "y", "2016-12-31"), "2016-07-07");
  PackFigure figure;
  figure.id = "X1";
  figure.value = 2;
  figure.metric = metric(MetricOp::count, MetricOf::events, "SessionHeld");
  pack.figures = {figure};
  EXPECT_EQ(compute_figures(log.state(), pack).front().computed, 2);
  pack.figures[0].metric.where.programmes = {"x_north"};
  EXPECT_EQ(compute_figures(log.state(), pack).front().computed, 1);
  retract_event(log, tablet, project);
  EXPECT_EQ(compute_figures(log.state(), pack).front().computed, 0);
}

}  // namespace
}  // namespace houniao::testing
