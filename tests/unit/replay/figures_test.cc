// Figures: comparators, metrics over the fact table, and the embedded pack of programme B.
#include "replay/figures.h"

#include <gtest/gtest.h>

#include <string>

#include "replay/pack.h"
#include "schema/catalogue.h"
#include "schema/programmes/packs.h"

namespace houniao {
namespace {

std::uint16_t type_of(const char* name) {
  return static_cast<std::uint16_t>(find_row(std::string_view{name})->type);
}
std::int32_t day(const char* text) { return parse_day(text)->value; }

struct Book {
  FactTable facts;
  std::uint32_t next = 1;

  // One event of one row.
  FactRow row(const char* type, const char* kind, const char* when) {
    FactRow out;
    out.event = event_id(DeviceNumber{7}, DeviceSeq{next++});
    out.seq = Seq{next};
    out.type = type_of(type);
    out.kind = facts.intern(kind);
    out.day = day(when);
    out.recorded_day = out.day;
    out.quantity = 1;
    return out;
  }
  FactRow add(FactRow r) {
    facts.add(r);
    return r;
  }
  FigureInputs inputs() const { return {facts, {}}; }
};

Metric metric(MetricOp op, MetricOf of, const char* type) {
  Metric m;
  m.op = op;
  m.of = of;
  m.where.types = {type_of(type)};
  return m;
}

const PackPolicy kPolicy{};

TEST(Comparators, near_holds_from_nine_tenths_up_to_but_without_the_number_itself) {
  EXPECT_FALSE(holds(Comparator::near, 8900, 8009, kPolicy));
  EXPECT_TRUE(holds(Comparator::near, 8900, 8010, kPolicy));
  EXPECT_TRUE(holds(Comparator::near, 8900, 8899, kPolicy));
  EXPECT_FALSE(holds(Comparator::near, 8900, 8900, kPolicy));
}

TEST(Comparators, above_at_least_equal_and_about_hold_as_the_words_say) {
  EXPECT_FALSE(holds(Comparator::above, 300, 300, kPolicy));
  EXPECT_TRUE(holds(Comparator::above, 300, 301, kPolicy));
  EXPECT_TRUE(holds(Comparator::at_least, 2, 2, kPolicy));
  EXPECT_FALSE(holds(Comparator::at_least, 2, 1, kPolicy));
  EXPECT_FALSE(holds(Comparator::equal, 98, 97, kPolicy));
  EXPECT_TRUE(holds(Comparator::about, 20'000'000, 22'000'000, kPolicy));
  EXPECT_TRUE(holds(Comparator::about, 20'000'000, 18'000'000, kPolicy));
  EXPECT_FALSE(holds(Comparator::about, 20'000'000, 22'000'001, kPolicy));
}

TEST(Comparators, do_not_overflow_at_the_ends_of_the_range) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_FALSE(holds(Comparator::near, most, 1, kPolicy));
  EXPECT_TRUE(holds(Comparator::near, most, most - 1, kPolicy));
  EXPECT_FALSE(holds(Comparator::about, most, -most, kPolicy));
}

TEST(Figures, count_counts_events_and_sum_counts_what_their_rows_say) {
  Book book;
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

TEST(Figures, a_kind_that_no_row_ever_used_counts_nothing_instead_of_everything) {
  Book book;
  book.add(book.row("SessionHeld", "weekend_class", "2015-03-07"));
  Metric m = metric(MetricOp::count, MetricOf::events, "SessionHeld");
  m.where.kinds = {"never_heard_of"};
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 0);
}

TEST(Figures, days_are_those_of_the_fact_and_not_of_its_recording) {
  Book book;
  FactRow late = book.row("SessionHeld", "weekend_class", "2015-03-07");
  late.recorded_day = day("2026-01-01");
  book.add(late);
  Metric m = metric(MetricOp::count, MetricOf::events, "SessionHeld");
  m.where.from = parse_day("2015-01-01");
  m.where.to = parse_day("2015-12-31");
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 1);
}

TEST(Figures, linked_persons_are_distinct_once) {
  Book book;
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

TEST(Figures, current_membership_is_the_last_word_whatever_the_order_of_arrival) {
  Book book;
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

TEST(Figures, a_join_asks_the_rows_of_the_event_that_created_the_entity) {
  Book book;
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
  join.column = MetricJoin::Column::group;
  join.kinds = {"festival_care"};
  m.where.joins = {join};
  EXPECT_EQ(compute_metric(book.inputs(), m, 0).value, 10);
}

TEST(Figures, a_share_is_rounded_to_whole_per_cent_and_keeps_both_numbers) {
  Book book;
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
  join.column = MetricJoin::Column::subject;
  join.attr_prefix = "41";
  m.where.joins = {join};
  const MetricValue value = compute_metric(book.inputs(), m, 98);
  EXPECT_EQ(value.value, 98);
  EXPECT_EQ(value.numerator, 65);
  EXPECT_EQ(value.denominator, 66);
}

TEST(Figures, the_smallest_period_counts_empty_months_and_lists_each) {
  Book book;
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

TEST(Figures, each_period_reports_the_one_furthest_from_the_claim) {
  Book book;
  const std::pair<const char*, std::int64_t> receipts[] = {
      {"2013-04-01", 20'000'000}, {"2014-04-01", 19'000'000}, {"2015-04-01", 21'600'000}};
  for (const auto& [when, fen] : receipts) {
    FactRow row = book.row("FundsReceived", "", when);
    row.amount_fen = fen;
    book.add(row);
  }
  Metric m = metric(MetricOp::each_period, MetricOf::amount_fen, "FundsReceived");
  m.inner = MetricOp::sum;
  m.period = MetricPeriod::year;
  m.scale = 100;
  m.from = *parse_day("2013-01-01");
  m.to = *parse_day("2015-12-31");
  EXPECT_EQ(compute_metric(book.inputs(), m, 200'000).value, 21'600'000);
}

TEST(Figures, years_running_is_the_longest_run_without_a_gap) {
  Book book;
  for (const char* when : {"2011-05-01", "2013-05-01", "2014-05-01", "2014-07-01"}) {
    book.add(book.row("EvaluationIssued", "", when));
  }
  const Metric m = metric(MetricOp::years_running, MetricOf::events, "EvaluationIssued");
  EXPECT_EQ(compute_metric(book.inputs(), m, 2).value, 2);
}

TEST(Figures, the_sample_names_the_first_deciding_events_by_id) {
  Book book;
  for (int i = 0; i < 20; ++i) book.add(book.row("SessionHeld", "weekend_class", "2015-03-07"));
  const MetricValue value =
      compute_metric(book.inputs(), metric(MetricOp::count, MetricOf::events, "SessionHeld"), 0);
  EXPECT_EQ(value.events, 20u);
  ASSERT_EQ(value.sample.size(), kDecidingSampleMax);
  EXPECT_EQ(value.sample.front().event, event_id(DeviceNumber{7}, DeviceSeq{1}));
  EXPECT_EQ(value.sample.back().event, event_id(DeviceNumber{7}, DeviceSeq{5}));
}

TEST(Figures, numbers_are_written_in_groups_of_three) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(16285), "16,285");
  EXPECT_EQ(with_commas(-1234567), "-1,234,567");
}

// --- the pack of programme B
// -----------------------------------------------------------------------

TEST(PackB, is_embedded_and_has_its_forty_five_figures_in_order) {
  const Result<Pack> pack = parse_pack(embedded_pack("b"));
  ASSERT_TRUE(pack) << pack.error().message();
  ASSERT_EQ(pack->figures.size(), 45u);
  for (std::size_t i = 0; i < pack->figures.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    EXPECT_EQ(pack->figures[i].id, (i < 9 ? "B0" : "B") + number);
  }
  EXPECT_EQ(pack->policy.near_permille, 900);
  EXPECT_EQ(pack->policy.about_permille, 100);
}

TEST(PackB, over_an_empty_log_no_figure_that_needs_facts_holds) {
  const Result<Pack> pack = parse_pack(embedded_pack("b"));
  ASSERT_TRUE(pack);
  const FactTable empty;
  const std::vector<FigureResult> figures = compute_figures(FigureInputs{empty, {}}, *pack);
  ASSERT_EQ(figures.size(), 45u);
  for (const FigureResult& figure : figures) EXPECT_FALSE(figure.holds) << figure.id;
}

TEST(PackB, the_itemised_services_of_the_article_are_16285_of_55450) {
  const Result<Pack> pack = parse_pack(embedded_pack("b"));
  ASSERT_TRUE(pack);
  const FactTable empty;
  const auto results = reconcile(*pack, compute_figures(FigureInputs{empty, {}}, *pack));
  ASSERT_FALSE(results.empty());
  const ReconciliationResult& services = results.front();
  EXPECT_FALSE(services.claimed_holds);
  EXPECT_NE(services.reason_en.find("16,285 of 55,450, leaving 39,165"), std::string::npos)
      << services.reason_en;
}

TEST(PackB, the_obligation_promises_two_classes_in_each_of_fourteen_months) {
  const Result<Pack> pack = parse_pack(embedded_pack("b"));
  ASSERT_TRUE(pack);
  const FactTable empty;
  for (const ReconciliationResult& r :
       reconcile(*pack, compute_figures(FigureInputs{empty, {}}, *pack))) {
    if (r.id != "R4") continue;
    EXPECT_EQ(r.lines.front().claimed, 28);
    EXPECT_FALSE(r.claimed_holds);
    return;
  }
  FAIL() << "R4 is missing";
}

// --- reading packs
// ---------------------------------------------------------------------------------

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
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

}  // namespace
}  // namespace houniao
