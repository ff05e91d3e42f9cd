// Metrics over periods, over keys and over levels: each smallest, largest and mean by hand.
#include "replay/metric.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "replay/ratio.h"
#include "replay/selection.h"
#include "tests/unit/replay/fact_book.h"

namespace houniao::testing {
namespace {

// --- periods ------------------------------------------------------------------------------------

TEST(Periods, calendar_periods_leave_no_day_out_and_are_cut_at_both_ends) {
  const auto halves =
      periods_between(PeriodKind::half_year, on("2014-08-15"), on("2016-01-20"), {});
  const std::vector<Period> expected = {{"2014-H2", on("2014-08-15"), on("2014-12-31")},
                                        {"2015-H1", on("2015-01-01"), on("2015-06-30")},
                                        {"2015-H2", on("2015-07-01"), on("2015-12-31")},
                                        {"2016-H1", on("2016-01-01"), on("2016-01-20")}};
  EXPECT_EQ(halves, expected);
  EXPECT_EQ(periods_between(PeriodKind::day, on("2016-02-27"), on("2016-03-01"), {}).size(), 4u);
  EXPECT_EQ(periods_between(PeriodKind::quarter, on("2015-01-01"), on("2015-12-31"), {})[2].name,
            "2015-Q3");
  EXPECT_TRUE(periods_between(PeriodKind::day, on("2016-02-27"), on("2016-02-26"), {}).empty());
}

TEST(Periods, weeks_begin_on_monday_and_belong_to_the_year_of_their_thursday) {
  const auto weeks = periods_between(PeriodKind::week, on("2020-12-28"), on("2021-01-10"), {});
  const std::vector<Period> expected = {{"2020-W53", on("2020-12-28"), on("2021-01-03")},
                                        {"2021-W01", on("2021-01-04"), on("2021-01-10")}};
  EXPECT_EQ(weeks, expected);
  EXPECT_EQ(periods_between(PeriodKind::week, on("1969-12-30"), on("1969-12-30"), {})[0].name,
            "1970-W01");
}

TEST(Periods, a_hostile_time_ends_after_as_many_periods_as_anyone_needs) {
  const Day last{std::numeric_limits<std::int32_t>::max()};
  const Day first{std::numeric_limits<std::int32_t>::min()};
  EXPECT_EQ(periods_between(PeriodKind::day, Day{0}, last, {}).size(), kPeriodsMax);
  EXPECT_EQ(periods_between(PeriodKind::week, first, last, {}).size(), kPeriodsMax);
  EXPECT_EQ(periods_between(PeriodKind::year, on("9000-01-01"), last, {}).back().to,
            on("9999-12-31"));
  EXPECT_TRUE(periods_between(PeriodKind::year, Day{last.value - 3}, last, {}).empty());
}

std::vector<Holiday> holidays() {
  return {{"dragon_boat_2015", {}, on("2015-06-20"), on("2015-06-22")},
          {"spring_2015", {}, on("2015-02-18"), on("2015-02-24")},
          {"spring_2016", {}, on("2016-02-07"), on("2016-02-13")}};
}

TEST(Metrics, each_holiday_within_the_time_is_a_period_of_its_own) {
  FactBook book;
  book.add("SessionHeld", "party", "2015-02-20");
  book.add("SessionHeld", "party", "2015-05-01");  // no holiday
  const std::vector<Holiday> list = holidays();
  FigureInputs inputs = book.inputs();
  inputs.holidays = list;
  Metric m = metric(MetricOp::min_per_period, MetricOf::events, "SessionHeld");
  m.period = PeriodKind::holiday;
  m.from = on("2015-01-01");
  m.to = on("2015-12-31");
  MetricValue value = compute_metric(inputs, m, 1);
  EXPECT_EQ(value.value, 0);
  EXPECT_EQ(value.periods, (std::vector<PeriodValue>{{"spring_2015", 1}, {"dragon_boat_2015", 0}}));
  EXPECT_EQ(value.events, 1u);
  book.add("SessionHeld", "party", "2015-06-22");
  EXPECT_EQ(compute_metric(inputs, m, 1).value, 1);
}

TEST(Metrics, a_mean_is_the_sum_of_the_periods_by_their_number_and_keeps_both) {
  FactBook book;
  for (const auto& [when, minutes] : std::vector<std::pair<const char*, int>>{
           {"2021-05-01", 90'001}, {"2022-05-01", 89'999}, {"2020-05-01", 500}}) {
    FactRow row = book.row("HoursConfirmed", "hours", when);
    row.minutes = minutes;
    book.add(row);
  }
  Metric m = metric(MetricOp::mean_per_period, MetricOf::minutes, "HoursConfirmed");
  m.inner = MetricOp::sum;
  m.period = PeriodKind::year;
  m.scale = 60;
  m.from = on("2021-01-01");
  m.to = on("2023-12-31");
  const MetricValue value = compute_metric(book.inputs(), m, 0);
  EXPECT_EQ(value.numerator, 180'000);
  EXPECT_EQ(value.denominator, 3);
  EXPECT_EQ(value.value, 60'000);
  EXPECT_EQ(compare(in_units(m, value), Ratio{1000, 1}), 0);
}

TEST(Metrics, years_running_can_go_by_the_year_that_the_group_names) {
  FactBook book;
  for (const std::uint64_t year : {2014u, 2015u, 2017u}) {
    FactRow row = book.row("NoticePublished", "white_paper", "2018-01-01");
    row.group = year;
    book.add(row);
  }
  book.add("NoticePublished", "white_paper", "2018-01-01");  // names no year
  Metric m = metric(MetricOp::years_running, MetricOf::events, "NoticePublished");
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
  m.year_of = YearOf::group;
  const MetricValue value = compute_metric(book.inputs(), m, 0);
  EXPECT_EQ(value.value, 2);
  EXPECT_EQ(value.events, 3u);
}

// --- keys and levels ----------------------------------------------------------------------------

// E12: different places of each full-time worker in each year.
Metric places_per_worker() {
  Metric m = metric(MetricOp::min_per, MetricOf::site, "StaffPlaced");
  m.inner = MetricOp::distinct;
  m.per = FactColumn::staff;
  MetricPopulation workers;
  workers.key = FactColumn::staff;
  workers.where.types = {type_of("StaffEngaged"), type_of("StaffReleased")};
  workers.where.attrs = {"full_time"};
  m.population = workers;
  return m;
}

TEST(Metrics, a_key_of_the_population_without_facts_counts_nothing) {
  FactBook book;
  const std::uint64_t busy = book.engage("2016-01-01");
  for (const std::uint64_t site : {81u, 82u, 82u}) book.place(busy, site, "2017-05-01");
  const std::uint64_t part_time = book.engage("2016-01-01", "part_time");
  book.place(part_time, 81, "2017-05-01");
  Metric m = places_per_worker();
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 2);
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).keys, 1u);
  const std::uint64_t idle = book.engage("2016-01-01");
  const MetricValue value = compute_metric(book.inputs(), m, 0);
  EXPECT_EQ(value.value, 0);
  EXPECT_EQ(value.keys, 2u);
  EXPECT_EQ(value.worst.front(), (KeyValue{idle, "", 0}));
  // Without a population only those with facts are asked.
  m.population.reset();
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
}

TEST(Metrics, no_key_at_all_counts_nothing) {
  const FactBook book;
  const MetricValue value = compute_metric(book.inputs(), places_per_worker(), 8);
  EXPECT_EQ(value.value, 0);
  EXPECT_EQ(value.keys, 0u);
}

TEST(Metrics, a_key_owes_a_period_when_it_belonged_from_its_first_day_to_its_last) {
  FactBook book;
  const std::uint64_t long_served = book.engage("2015-03-01");
  const std::uint64_t gone = book.engage("2016-01-01");
  book.release(gone, "2017-12-30");
  book.engage("2017-01-02");
  book.place(long_served, 81, "2016-05-01");
  book.place(long_served, 81, "2017-05-01");
  book.place(gone, 81, "2016-05-01");
  Metric m = places_per_worker();
  m.in_periods = true;
  m.period = PeriodKind::year;
  m.from = on("2015-01-01");
  m.to = on("2017-12-31");
  const MetricValue value = compute_metric(book.inputs(), m, 0);
  EXPECT_EQ(value.value, 1) << "neither who left nor who came during a year owes that year";
  EXPECT_EQ(value.keys, 2u);
  EXPECT_EQ(value.periods, (std::vector<PeriodValue>{{"2016", 1}, {"2017", 1}}));
  book.engage("2016-01-01");
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 0);
}

TEST(Metrics, who_no_longer_belongs_is_left_out_when_only_the_present_are_asked) {
  FactBook book;
  const std::uint64_t gone = book.engage("2016-01-01");
  book.release(gone, "2016-12-30");
  const std::uint64_t present = book.engage("2016-01-01");
  book.place(present, 81, "2016-05-01");
  Metric m = places_per_worker();
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 0);
  m.population->current = true;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
}

TEST(Metrics, each_per_reports_the_key_furthest_from_the_claim) {
  FactBook book;
  const auto appoint = [&](std::uint64_t person, std::uint64_t body, std::uint32_t flags) {
    FactRow row = book.row("AppointmentChanged", "coo", "2017-01-01");
    row.subject = person;
    row.group = body;
    row.flags = flags;
    book.add(row);
  };
  for (const std::uint64_t hub : {501u, 502u}) {
    FactRow row = book.row("OrganisationRegistered", "hub", "2016-01-01");
    row.subject = hub;
    book.add(row);
  }
  appoint(1, 501, 0);
  appoint(2, 502, 0);
  Metric m = metric(MetricOp::each_per, MetricOf::subject, "AppointmentChanged");
  m.inner = MetricOp::distinct;
  m.per = FactColumn::group;
  m.current = true;
  m.population.emplace();
  m.population->key = FactColumn::subject;
  m.population->where.types = {type_of("OrganisationRegistered")};
  EXPECT_EQ(compute_metric(book.inputs(), m, 1).value, 1);
  appoint(3, 502, 0);
  appoint(4, 502, 0);
  EXPECT_EQ(compute_metric(book.inputs(), m, 1).value, 3);
  appoint(3, 502, kFactEnded);
  appoint(4, 502, kFactEnded);
  EXPECT_EQ(compute_metric(book.inputs(), m, 1).value, 1);
  appoint(1, 501, kFactEnded);
  EXPECT_EQ(compute_metric(book.inputs(), m, 1).value, 0);
}

TEST(Metrics, keys_can_be_asked_for_sums_events_and_rows) {
  FactBook book;
  FactRow row = book.row("AttendanceRecorded", "talk", "2017-01-01");
  row.site = 81;
  row.quantity = 4;
  book.add(row);
  book.add(row);  // a second row of the same event
  row = book.row("AttendanceRecorded", "talk", "2017-01-02");
  row.site = 82;
  row.quantity = 100;
  book.add(row);
  Metric m = metric(MetricOp::each_per, MetricOf::quantity, "AttendanceRecorded");
  m.per = FactColumn::site;
  m.inner = MetricOp::sum;
  EXPECT_EQ(compute_metric(book.inputs(), m, 100).value, 8);
  m.inner = MetricOp::count;
  m.of = MetricOf::events;
  EXPECT_EQ(compute_metric(book.inputs(), m, 5).value, 1);
  m.of = MetricOf::rows;
  EXPECT_EQ(compute_metric(book.inputs(), m, 1).value, 2);
}

TEST(Metrics, the_level_is_the_fewest_in_post_on_any_day) {
  FactBook book;
  const std::uint64_t first = book.engage("2017-01-01");
  const std::uint64_t second = book.engage("2017-02-01");
  book.release(first, "2018-05-31");
  book.engage("2018-06-02");
  Metric m = metric(MetricOp::level_min, MetricOf::staff, "StaffEngaged");
  m.where.types.push_back(type_of("StaffReleased"));
  m.period = PeriodKind::year;
  m.from = on("2017-02-01");
  m.to = on("2018-12-31");
  MetricValue value = compute_metric(book.inputs(), m, 0);
  EXPECT_EQ(value.value, 1);
  EXPECT_EQ(value.lowest_on, on("2018-06-01")) << "the last day in post counts";
  EXPECT_EQ(value.periods, (std::vector<PeriodValue>{{"2017", 2}, {"2018", 1}}));
  m.to = on("2018-05-31");
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 2);
  m.from = on("2017-01-31");
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
  book.release(second, "2017-03-01");
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).lowest_on, on("2017-01-31"));
}

TEST(Metrics, someone_in_two_posts_is_in_post_until_both_have_ended) {
  FactBook book;
  const auto appoint = [&](std::uint64_t body, const char* when, std::uint32_t flags) {
    FactRow row = book.row("AppointmentChanged", "secretary", when);
    row.subject = 9;
    row.group = body;
    row.flags = flags;
    book.add(row);
  };
  appoint(501, "2021-01-01", 0);
  appoint(502, "2021-02-01", 0);
  appoint(501, "2021-03-01", kFactEnded);
  Metric m = metric(MetricOp::level_min, MetricOf::subject, "AppointmentChanged");
  m.from = on("2021-01-01");
  m.to = on("2021-12-31");
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
  appoint(502, "2021-06-01", kFactEnded);
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 0);
  appoint(503, "2021-06-02", 0);
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1) << "day on day";
}
}  // namespace
}  // namespace houniao::testing
