// Metrics: which facts are looked at and what they come to, each operation over rows by hand.
#include "replay/metric.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "replay/ratio.h"
#include "replay/selection.h"
#include "tests/unit/replay/fact_book.h"

namespace houniao::testing {
namespace {

TEST(Metrics, count_counts_events_and_sum_counts_what_their_rows_say) {
  FactBook book;
  FactRow first = book.row("ServiceDelivered", "legal_advice", "2014-05-01");
  first.subject = 11;
  book.add(first);
  first.subject = 12;  // second person of the same event
  book.add(first);
  FactRow second = book.row("ServiceDelivered", "legal_advice", "2014-05-02");
  second.quantity = 5;
  second.flags = kFactAnonymous;
  book.add(second);
  book.add(book.row("ServiceDelivered", "handbook", "2014-05-02"));

  Metric m = metric(MetricOp::count, MetricOf::events, "ServiceDelivered");
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 3);
  m.where.kinds = {"legal_advice"};
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 2);
  m.op = MetricOp::sum;
  m.of = MetricOf::quantity;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 7);
  m.where.anonymous = false;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 2);
  m.where.anonymous.reset();
  m.where.kinds.clear();
  m.where.not_kinds = {"handbook"};
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 7);
}

TEST(Metrics, a_kind_that_no_row_ever_used_counts_nothing_instead_of_everything) {
  FactBook book;
  book.add(book.row("SessionHeld", "weekend_class", "2015-03-07"));
  Metric m = metric(MetricOp::count, MetricOf::events, "SessionHeld");
  m.where.kinds = {"never_heard_of"};
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 0);
}

TEST(Metrics, days_are_those_of_the_fact_and_not_of_its_recording) {
  FactBook book;
  FactRow late = book.row("SessionHeld", "weekend_class", "2015-03-07");
  late.recorded_day = on("2026-01-01").value;
  book.add(late);
  Metric m = metric(MetricOp::count, MetricOf::events, "SessionHeld");
  m.where.from = parse_day("2015-01-01");
  m.where.to = parse_day("2015-12-31");
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
}

TEST(Metrics, linked_persons_are_distinct_once) {
  FactBook book;
  for (const std::uint64_t person : {101u, 102u, 103u}) {
    FactRow row = book.row("PersonRegistered", "", "2014-05-01");
    row.subject = person;
    book.add(row);
  }
  FigureInputs inputs = book.inputs();
  const Metric m = metric(MetricOp::distinct, MetricOf::subject, "PersonRegistered");
  EXPECT_EQ(compute_metric(inputs, m, 0).value, 3);
  const FigureInputs linked{book.facts,
                            [](std::uint64_t id) { return id == 103 ? std::uint64_t{101} : id; }};
  EXPECT_EQ(compute_metric(linked, m, 0).value, 2);
}

TEST(Metrics, current_membership_is_the_last_word_whatever_the_order_of_arrival) {
  FactBook book;
  FactRow left = book.row("MembershipChanged", "league_member", "2015-06-01");
  left.subject = 5;
  left.group = 900;
  left.flags = kFactEnded;
  FactRow joined = book.row("MembershipChanged", "league_member", "2014-06-01");
  joined.subject = 5;
  joined.group = 900;
  FactRow elsewhere = book.row("MembershipChanged", "league_member", "2014-06-01");
  elsewhere.subject = 6;
  elsewhere.group = 900;
  book.add(left);
  book.add(joined);
  book.add(elsewhere);
  Metric m = metric(MetricOp::distinct, MetricOf::subject, "MembershipChanged");
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 2);
  m.current = true;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
}

TEST(Metrics, a_join_asks_the_rows_of_the_event_that_created_the_entity) {
  FactBook book;
  const FactRow festival = book.add(book.row("SessionHeld", "festival_care", "2014-09-08"));
  const FactRow show = book.add(book.row("SessionHeld", "karaoke_show", "2014-09-09"));
  for (const FactRow& session : {festival, show, show}) {
    FactRow row = book.row("AttendanceRecorded", "", "2014-09-08");
    row.group = session.event.value;
    row.quantity = 10;
    book.add(row);
  }
  Metric m = metric(MetricOp::sum, MetricOf::quantity, "AttendanceRecorded");
  MetricJoin join;
  join.column = FactColumn::group;
  join.kinds = {"festival_care"};
  m.where.joins = {join};
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 10);
}

TEST(Metrics, a_share_is_rounded_to_whole_per_cent_and_keeps_both_numbers) {
  FactBook book;
  for (int i = 0; i < 66; ++i) {
    FactRow person = book.row("PersonRegistered", "", "2013-01-01");
    person.attr = book.facts.intern(i == 0 ? "430000" : "410000");
    person.subject = person.event.value;
    book.add(person);
    FactRow member = book.row("MembershipChanged", "party_member_on_roll", "2013-02-01");
    member.subject = person.subject;
    member.group = 900;
    book.add(member);
  }
  Metric m = metric(MetricOp::share, MetricOf::subject, "MembershipChanged");
  m.among.types = m.where.types;
  MetricJoin join;
  join.column = FactColumn::subject;
  join.attr_prefix = "41";
  m.where.joins = {join};
  const MetricValue value = compute_metric(book.inputs(), m, 98);
  EXPECT_EQ(value.value, 98);
  EXPECT_EQ(value.numerator, 65);
  EXPECT_EQ(value.denominator, 66);
}

TEST(Metrics, the_smallest_period_counts_empty_months_and_lists_each) {
  FactBook book;
  for (const char* when : {"2015-01-10", "2015-01-24", "2015-03-07", "2016-05-01"}) {
    book.add(book.row("SessionHeld", "weekend_class", when));
  }
  Metric m = metric(MetricOp::min_per_period, MetricOf::events, "SessionHeld");
  m.from = *parse_day("2015-01-01");
  m.to = *parse_day("2015-03-31");
  const MetricValue value = compute_metric(book.inputs(), m, 2);
  EXPECT_EQ(value.value, 0);
  const std::vector<PeriodValue> expected = {{"2015-01", 2}, {"2015-02", 0}, {"2015-03", 1}};
  EXPECT_EQ(value.periods, expected);
}

TEST(Metrics, each_period_reports_the_one_furthest_from_the_claim) {
  FactBook book;
  const std::pair<const char*, std::int64_t> receipts[] = {
      {"2013-04-01", 20'000'000}, {"2014-04-01", 19'000'000}, {"2015-04-01", 21'600'000}};
  for (const auto& [when, fen] : receipts) {
    FactRow row = book.row("FundsReceived", "", when);
    row.amount_fen = fen;
    book.add(row);
  }
  Metric m = metric(MetricOp::each_period, MetricOf::amount_fen, "FundsReceived");
  m.inner = MetricOp::sum;
  m.period = PeriodKind::year;
  m.scale = 100;
  m.from = *parse_day("2013-01-01");
  m.to = *parse_day("2015-12-31");
  EXPECT_EQ(compute_metric(book.inputs(), m, 200'000).value, 21'600'000);
}

TEST(Metrics, years_running_is_the_longest_run_without_a_gap) {
  FactBook book;
  for (const char* when : {"2011-05-01", "2013-05-01", "2014-05-01", "2014-07-01"}) {
    book.add(book.row("EvaluationIssued", "", when));
  }
  const Metric m = metric(MetricOp::years_running, MetricOf::events, "EvaluationIssued");
  EXPECT_EQ(compute_metric(book.inputs(), m, 2).value, 2);
}

TEST(Metrics, the_sample_names_the_first_deciding_events_by_id) {
  FactBook book;
  for (int i = 0; i < 20; ++i) book.add(book.row("SessionHeld", "weekend_class", "2015-03-07"));
  const MetricValue value =
      compute_metric(book.inputs(), metric(MetricOp::count, MetricOf::events, "SessionHeld"), 0);
  EXPECT_EQ(value.events, 20u);
  ASSERT_EQ(value.sample.size(), kDecidingSampleMax);
  EXPECT_EQ(value.sample.front().event, event_id(DeviceNumber{7}, DeviceSeq{1}));
  EXPECT_EQ(value.sample.back().event, event_id(DeviceNumber{7}, DeviceSeq{5}));
}

// --- conditions ---------------------------------------------------------------------------------

TEST(Metrics, an_index_of_the_rows_gives_the_same_answers_as_a_scan) {
  FactBook book;
  for (int i = 0; i < 30; ++i) {
    FactRow row = book.row(i % 3 == 0 ? "SessionHeld" : "ServiceDelivered", "talk", "2015-03-07");
    row.programme = i % 2 == 0 ? 40 : 0;
    row.subject = static_cast<std::uint64_t>(100 + i % 7);
    book.add(row);
  }
  book.facts.remove_event(event_id(DeviceNumber{7}, DeviceSeq{1}));
  FigureInputs inputs = book.inputs();
  inputs.within = std::vector<std::uint64_t>{40};
  Metric m = metric(MetricOp::distinct, MetricOf::subject, "SessionHeld");
  m.where.types.push_back(type_of("ServiceDelivered"));
  const MetricValue scanned = compute_metric(inputs, m, 0);
  std::bitset<256> types;
  collect_types(m, types);
  const FactIndex index(book.facts, types, inputs.within);
  inputs.index = &index;
  const MetricValue indexed = compute_metric(inputs, m, 0);
  EXPECT_EQ(scanned.value, 7);
  EXPECT_EQ(scanned.events, 14u);
  EXPECT_EQ(indexed.value, scanned.value);
  EXPECT_EQ(indexed.events, scanned.events);
  EXPECT_EQ(indexed.sample, scanned.sample);
  // A type that the index does not hold is looked up in the table.
  FactRow row = book.row("PersonRegistered", "female", "2015-03-07");
  row.programme = 40;
  row.subject = row.event.value;
  book.add(row);
  row = book.row("PersonRegistered", "female", "2015-03-07");
  row.subject = row.event.value;  // of no programme
  book.add(row);
  m.where.types = {type_of("PersonRegistered")};
  EXPECT_EQ(compute_metric(inputs, m, 0).value, 1);
}

TEST(Metrics, rows_of_other_programmes_and_of_none_do_not_count) {
  FactBook book;
  for (const std::uint64_t programme : {0u, 40u, 41u, 50u}) {
    FactRow row = book.row("SessionHeld", "talk", "2015-03-07");
    row.programme = programme;
    book.add(row);
  }
  FigureInputs inputs = book.inputs();
  Metric m = metric(MetricOp::count, MetricOf::events, "SessionHeld");
  EXPECT_EQ(compute_metric(inputs, m, 0).value, 4);
  inputs.within = std::vector<std::uint64_t>{40, 41};
  EXPECT_EQ(compute_metric(inputs, m, 0).value, 2);
  inputs.within = std::vector<std::uint64_t>{};
  EXPECT_EQ(compute_metric(inputs, m, 0).value, 0);
}

TEST(Metrics, a_condition_on_a_programme_is_met_by_nothing_when_none_is_known) {
  FactBook book;
  FactRow row = book.row("SessionHeld", "talk", "2015-03-07");
  row.programme = 41;
  book.add(row);
  FigureInputs inputs = book.inputs();
  Metric m = metric(MetricOp::count, MetricOf::events, "SessionHeld");
  m.where.programmes = {"north_garden"};
  EXPECT_EQ(compute_metric(inputs, m, 0).value, 0);
  inputs.programmes = [](std::string_view code) {
    return code == "north_garden" ? std::vector<std::uint64_t>{41} : std::vector<std::uint64_t>{};
  };
  EXPECT_EQ(compute_metric(inputs, m, 0).value, 1);
  m.where.programmes = {"south_garden"};
  EXPECT_EQ(compute_metric(inputs, m, 0).value, 0);
}

TEST(Metrics, a_range_of_the_group_takes_both_ends_and_never_the_unknown) {
  FactBook book;
  for (const std::uint64_t band : {0u, 1935u, 1940u, 1945u}) {
    FactRow row = book.row("PersonRegistered", "female", "2024-01-01");
    row.subject = row.event.value;
    row.group = band;
    book.add(row);
  }
  Metric m = metric(MetricOp::distinct, MetricOf::subject, "PersonRegistered");
  m.where.group_to = 1940;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 2);
  m.where.group_from = 1940;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
  m.where.group_from = -5;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 2);
}

TEST(Metrics, the_last_row_of_a_subject_must_meet_the_conditions_on_the_last) {
  FactBook book;
  const auto rate = [&](std::uint64_t body, const char* grade, const char* when) {
    FactRow row = book.row("OrganisationCredentialRecorded", "rating", when);
    row.subject = body;
    row.attr = book.facts.intern(grade);
    book.add(row);
  };
  rate(1, "4A", "2015-01-01");
  rate(2, "4A", "2015-01-01");
  rate(2, "5A", "2016-01-01");
  rate(3, "4A", "2016-01-01");  // recorded after the next, earlier by date
  rate(3, "5A", "2014-01-01");
  Metric m = metric(MetricOp::distinct, MetricOf::subject, "OrganisationCredentialRecorded");
  m.where.attrs = {"4A"};
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 3);
  m.where.attrs.clear();
  m.where.last.emplace();
  m.where.last->by = FactColumn::subject;
  m.where.last->attrs = {"4A"};
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 2);
  m.where.last->not_attrs = {"4A"};
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 0);
}

TEST(Metrics, an_end_without_kind_and_terms_ends_whatever_began) {
  FactBook book;
  const std::uint64_t gone = book.engage("2017-01-01");
  book.engage("2017-01-01");
  book.engage("2017-01-01", "part_time");
  book.release(gone, "2017-06-30");
  Metric m = metric(MetricOp::distinct, MetricOf::staff, "StaffEngaged");
  m.where.types.push_back(type_of("StaffReleased"));
  m.where.kinds = {"social_worker"};
  m.where.attrs = {"full_time"};
  m.current = true;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
  m.current = false;  // nothing ends anything, and the release is no engagement
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 2);
}

TEST(Metrics, a_row_may_be_asked_to_stand_among_the_keys_of_others_or_not) {
  FactBook book;
  const auto person = [&](const char* kind, const char* type, std::uint64_t id) {
    FactRow row = book.row(type, kind, "2024-01-01");
    row.subject = id;
    book.add(row);
  };
  for (const std::uint64_t id : {1u, 2u, 3u}) person("female", "PersonRegistered", id);
  person("deceased", "PersonStatusChanged", 2);
  person("moved_out", "PersonStatusChanged", 3);
  person("returned", "PersonStatusChanged", 3);
  MetricIn gone;
  gone.negated = true;
  gone.where.types = {type_of("PersonStatusChanged")};
  gone.where.last.emplace();
  gone.where.last->by = FactColumn::subject;
  gone.where.last->kinds = {"deceased", "moved_out"};
  Metric m = metric(MetricOp::distinct, MetricOf::subject, "PersonRegistered");
  m.where.in = {gone};
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 2) << "who came back is there";
  m.where.in[0].negated = false;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
}

TEST(Metrics, linked_persons_are_one_on_both_sides_of_in) {
  FactBook book;
  FactRow row = book.row("PersonRegistered", "female", "2024-01-01");
  row.subject = 2;
  book.add(row);
  row = book.row("InsuranceCovered", "insurance", "2024-01-01");
  row.subject = 1;
  book.add(row);
  MetricIn insured;
  insured.where.types = {type_of("InsuranceCovered")};
  Metric m = metric(MetricOp::distinct, MetricOf::subject, "PersonRegistered");
  m.where.in = {insured};
  FigureInputs inputs = book.inputs();
  EXPECT_EQ(compute_metric(inputs, m, 0).value, 0);
  inputs.canonical = [](std::uint64_t id) { return id == 2 ? std::uint64_t{1} : id; };
  EXPECT_EQ(compute_metric(inputs, m, 0).value, 1);
}

TEST(Metrics, a_join_can_ask_for_the_birth_year_of_a_person) {
  FactBook book;
  FactRow born = book.row("PersonRegistered", "female", "2024-01-01");
  born.subject = born.event.value;
  born.group = 1940;
  book.add(born);
  FactRow served = book.row("ServiceDelivered", "visit", "2024-02-01");
  served.subject = born.subject;
  book.add(served);
  MetricJoin join;
  join.group_from = 1;
  join.group_to = 1944;
  Metric m = metric(MetricOp::count, MetricOf::rows, "ServiceDelivered");
  m.where.joins = {join};
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
  m.where.joins[0].group_to = 1939;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 0);
}

TEST(Metrics, the_attr_can_be_asked_by_its_beginning) {
  FactBook book;
  for (const char* region : {"410100", "440400"}) {
    FactRow row = book.row("SiteOpened", "station", "2014-01-01");
    row.attr = book.facts.intern(region);
    book.add(row);
  }
  Metric m = metric(MetricOp::count, MetricOf::events, "SiteOpened");
  m.where.attr_prefix = "44";
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
}

TEST(Metrics, types_kinds_attrs_and_days_are_counted_once_each) {
  FactBook book;
  for (const char* type : {"DemandRaised", "OrderPosted", "OrderPosted"}) {
    book.add(type, "repair", "2024-03-01");
  }
  FactRow row = book.row("OrderClaimed", "repair", "2024-03-02");
  row.attr = book.facts.intern("joint");
  book.add(row);
  Metric m = metric(MetricOp::distinct, MetricOf::types, "DemandRaised");
  m.where.types = {type_of("DemandRaised"), type_of("OrderPosted"), type_of("OrderClaimed")};
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 3);
  m.of = MetricOf::kinds;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
  m.of = MetricOf::attrs;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1) << "no attr is none";
  m.of = MetricOf::days;
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 2);
}

// --- units --------------------------------------------------------------------------------------

TEST(Ratios, are_rounded_as_asked_also_below_nothing) {
  EXPECT_EQ(rounded({7, 2}, Rounding::down), 3);
  EXPECT_EQ(rounded({7, 2}, Rounding::up), 4);
  EXPECT_EQ(rounded({7, 2}, Rounding::nearest), 4);
  EXPECT_EQ(rounded({10, 3}, Rounding::nearest), 3);
  EXPECT_EQ(rounded({-7, 2}, Rounding::down), -4);
  EXPECT_EQ(rounded({-7, 2}, Rounding::up), -3);
  EXPECT_EQ(rounded({-7, 2}, Rounding::nearest), -3);
  EXPECT_EQ(rounded({Wide{1} << 100, 1}, Rounding::down), std::numeric_limits<std::int64_t>::max());
}

TEST(Ratios, fifty_mu_are_recognised_from_whole_square_decimetres) {
  FactBook book;
  FactRow row = book.row("SiteOpened", "estate", "2010-01-01");
  row.quantity = 3'333'333;
  book.add(row);
  Metric m = metric(MetricOp::sum, MetricOf::quantity, "SiteOpened");
  m.scale = 200'000;
  m.scale_divisor = 3;
  const MetricValue value = compute_metric(book.inputs(), m, 50);
  EXPECT_NE(compare(in_units(m, value), Ratio{50, 1}), 0);
  m.rounding = Rounding::nearest;
  EXPECT_EQ(compare(in_units(m, value), Ratio{50, 1}), 0);
}

TEST(Ratios, a_share_that_must_be_reached_is_not_rounded_up_to_it) {
  FactBook book;
  for (int i = 0; i < 200; ++i) {
    FactRow row = book.row("PersonRegistered", i < 119 ? "elder" : "other", "2024-01-01");
    row.subject = row.event.value;
    book.add(row);
  }
  Metric m = metric(MetricOp::share, MetricOf::subject, "PersonRegistered");
  m.among.types = m.where.types;
  m.where.kinds = {"elder"};
  const MetricValue value = compute_metric(book.inputs(), m, 60);
  EXPECT_EQ(rounded(in_units(m, value), Rounding::exact), 60) << "59.5";
  m.rounding = Rounding::down;
  EXPECT_EQ(rounded(in_units(m, value), Rounding::exact), 59);
}

}  // namespace
}  // namespace houniao::testing
