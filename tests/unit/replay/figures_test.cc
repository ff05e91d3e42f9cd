// Figures: comparators, verdicts and reconciliations, and the embedded pack of programme B.
#include "replay/figures.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "replay/pack.h"
#include "schema/programmes/packs.h"
#include "tests/unit/replay/fact_book.h"

namespace houniao::testing {
namespace {

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

TEST(Figures, numbers_are_written_in_groups_of_three) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(16285), "16,285");
  EXPECT_EQ(with_commas(-1234567), "-1,234,567");
}

// --- verdicts of a pack -------------------------------------------------------------------------

PackFigure figure(const char* id, std::int64_t value, Comparator comparator, Metric m) {
  PackFigure out;
  out.id = id;
  out.value = value;
  out.comparator = comparator;
  out.label = {"数字", "number"};
  out.metric = std::move(m);
  return out;
}

FigureResult judge(const FactBook& book, PackFigure of) {
  Pack pack;
  pack.figures = {std::move(of)};
  return compute_figures(book.inputs(), pack).front();
}

TEST(Figures, hold_or_are_refuted_by_the_number_alone) {
  FactBook book;
  for (int i = 0; i < 38; ++i) book.add("SessionHeld", "film", "2015-03-07");
  const Metric films = metric(MetricOp::count, MetricOf::events, "SessionHeld");
  FigureResult result = judge(book, figure("A12", 38, Comparator::equal, films));
  EXPECT_EQ(result.verdict, FigureVerdict::holds);
  EXPECT_TRUE(result.holds);
  EXPECT_NE(result.reason_zh.find("成立"), std::string::npos);
  result = judge(book, figure("A12", 39, Comparator::equal, films));
  EXPECT_EQ(result.verdict, FigureVerdict::refuted);
  EXPECT_FALSE(result.holds);
  EXPECT_NE(result.reason_en.find("recomputed as 38 from 38 events, must equal 39"),
            std::string::npos)
      << result.reason_en;
}

TEST(Figures, of_events_that_were_never_recorded_are_doubtful_and_do_not_hold) {
  FactBook book;
  book.add("ServiceDelivered", "advice", "2015-03-07");
  Metric films = metric(MetricOp::count, MetricOf::events, "SessionHeld");
  FigureResult result = judge(book, figure("A12", 38, Comparator::equal, films));
  EXPECT_EQ(result.verdict, FigureVerdict::doubtful);
  EXPECT_FALSE(result.holds);
  EXPECT_NE(result.reason_en.find("no record of any such event"), std::string::npos);
  // One session of another kind shows that sessions are recorded.
  book.add("SessionHeld", "talk", "2015-03-07");
  films.where.kinds = {"film"};
  EXPECT_EQ(judge(book, figure("A12", 38, Comparator::equal, films)).verdict,
            FigureVerdict::refuted);
}

TEST(Figures, an_average_is_compared_exactly_and_not_by_its_rounded_value) {
  FactBook book;
  for (int i = 0; i < 2; ++i) book.add("SessionHeld", "lesson", "2015-03-07");
  for (int i = 0; i < 3; ++i) book.add("SessionHeld", "lesson", "2016-03-07");
  Metric mean = metric(MetricOp::mean_per_period, MetricOf::events, "SessionHeld");
  mean.period = PeriodKind::year;
  mean.from = on("2015-01-01");
  mean.to = on("2016-12-31");
  const FigureResult above = judge(book, figure("E36", 2, Comparator::above, mean));
  EXPECT_TRUE(above.holds) << "2.5 is above 2";
  EXPECT_EQ(above.computed, 2);
  EXPECT_NE(above.reason_en.find("(5/2)"), std::string::npos) << above.reason_en;
  mean.rounding = Rounding::down;
  EXPECT_FALSE(judge(book, figure("E36", 2, Comparator::above, mean)).holds);
  mean.rounding = Rounding::up;
  EXPECT_TRUE(judge(book, figure("E36", 3, Comparator::equal, mean)).holds);
}

TEST(Figures, hold_only_when_every_part_of_the_claim_does) {
  FactBook book;
  for (const char* category : {"hall", "hall", "mall"}) {
    book.add("SiteOpened", category, "2021-01-01");
  }
  PackFigure homes =
      figure("C22", 3, Comparator::equal, metric(MetricOp::count, MetricOf::events, "SiteOpened"));
  PackPart categories;
  categories.value = 2;
  categories.label = {"类别", "categories"};
  categories.metric = metric(MetricOp::distinct, MetricOf::kinds, "SiteOpened");
  homes.also = {categories};
  FigureResult result = judge(book, homes);
  EXPECT_TRUE(result.holds);
  ASSERT_EQ(result.also.size(), 1u);
  EXPECT_EQ(result.also[0].computed, 2);
  homes.also[0].value = 6;
  result = judge(book, homes);
  EXPECT_FALSE(result.holds);
  EXPECT_EQ(result.verdict, FigureVerdict::refuted);
  EXPECT_NE(result.reason_en.find("categories: 2, must equal 6: does not hold"), std::string::npos)
      << result.reason_en;
}

TEST(Figures, a_doubt_between_two_metrics_makes_a_figure_doubtful_though_its_number_holds) {
  FactBook book;
  const auto open = [&](std::uint64_t client) {
    FactRow row = book.row("CaseOpened", "case", "2017-01-01");
    row.subject = client;
    book.add(row);
  };
  open(1);
  open(2);
  PackFigure files =
      figure("E13", 1, Comparator::above, metric(MetricOp::count, MetricOf::events, "CaseOpened"));
  PackDoubt entries;
  entries.reason = {"条是条目，不是人", "entries, not persons"};
  entries.when = PackDoubt::When::metric;
  entries.metric = files.metric;
  entries.relation = Relation::more;
  entries.than = metric(MetricOp::distinct, MetricOf::subject, "CaseOpened");
  files.doubts = {entries};
  EXPECT_EQ(judge(book, files).verdict, FigureVerdict::holds);
  open(2);
  const FigureResult result = judge(book, files);
  EXPECT_EQ(result.verdict, FigureVerdict::doubtful);
  EXPECT_TRUE(result.holds);
  EXPECT_NE(result.reason_zh.find("存疑：条是条目，不是人（3 > 2）"), std::string::npos)
      << result.reason_zh;
}

TEST(Figures, a_doubt_may_compare_a_metric_with_a_number_or_ask_for_enough_events) {
  FactBook book;
  book.add("SiteOpened", "hall", "2021-01-01");
  PackFigure homes =
      figure("C22", 1, Comparator::equal, metric(MetricOp::count, MetricOf::events, "SiteOpened"));
  PackDoubt few;
  few.when = PackDoubt::When::few_events;
  few.value = 2;
  homes.doubts = {few};
  EXPECT_EQ(judge(book, homes).verdict, FigureVerdict::doubtful);
  homes.doubts[0].value = 1;
  EXPECT_EQ(judge(book, homes).verdict, FigureVerdict::holds);
  PackDoubt kinds;
  kinds.metric = metric(MetricOp::distinct, MetricOf::kinds, "SiteOpened");
  kinds.relation = Relation::less;
  kinds.value = 2;
  homes.doubts = {kinds};
  EXPECT_EQ(judge(book, homes).verdict, FigureVerdict::doubtful);
  book.add("SiteOpened", "mall", "2021-01-01");
  homes.value = 2;
  EXPECT_EQ(judge(book, homes).verdict, FigureVerdict::holds);
}

// --- reconciliations ----------------------------------------------------------------------------

Pack films_pack() {
  Pack pack;
  Metric films = metric(MetricOp::count, MetricOf::events, "SessionHeld");
  Metric seats = metric(MetricOp::sum, MetricOf::quantity, "AttendanceRecorded");
  pack.figures = {figure("A12", 38, Comparator::equal, films),
                  figure("A13", 760, Comparator::about, seats)};
  PackReconciliation each;
  each.id = "R1";
  each.kind = PackReconciliation::Kind::quotient;
  each.left = "A13";
  each.right = "A12";
  each.not_whole = true;
  pack.reconciliations = {each};
  return pack;
}

TEST(Reconciliations, a_quotient_that_comes_out_even_is_suspicious_when_the_pack_says_so) {
  FactBook book;
  for (int i = 0; i < 2; ++i) book.add("SessionHeld", "film", "2015-03-07");
  FactRow seats = book.row("AttendanceRecorded", "film", "2015-03-07");
  seats.quantity = 41;
  book.add(seats);
  Pack pack = films_pack();
  ReconciliationResult result = pack_report(book.inputs(), pack).reconciliations.front();
  EXPECT_FALSE(result.claimed_holds) << "760 / 38 is 20";
  EXPECT_TRUE(result.computed_holds) << "41 / 2 is not whole";
  EXPECT_NE(result.reason_en.find("quotient is 20.0; recomputed 20.5"), std::string::npos)
      << result.reason_en;
  pack.reconciliations[0].not_whole = false;
  pack.reconciliations[0].min = 20;
  pack.reconciliations[0].max = 20;
  result = pack_report(book.inputs(), pack).reconciliations.front();
  EXPECT_TRUE(result.claimed_holds);
  EXPECT_FALSE(result.computed_holds) << "20.5 is above 20";
  EXPECT_FALSE(pack_report(FactBook{}.inputs(), pack).reconciliations.front().computed_holds)
      << "nothing divides by no session";
}

TEST(Reconciliations, two_metrics_are_compared_by_the_log_alone) {
  FactBook book;
  const auto person = [&](const char* type, std::uint64_t id) {
    FactRow row = book.row(type, "", "2024-01-01");
    row.subject = id;
    book.add(row);
  };
  person("DutyCheckedIn", 1);
  person("DutyCheckedIn", 2);
  person("InsuranceCovered", 1);
  Pack pack;
  PackReconciliation insured;
  insured.id = "R1";
  insured.kind = PackReconciliation::Kind::compare;
  insured.left_side.metric = metric(MetricOp::distinct, MetricOf::subject, "DutyCheckedIn");
  insured.relation = Relation::at_most;
  insured.right_side.metric = metric(MetricOp::distinct, MetricOf::subject, "InsuranceCovered");
  pack.reconciliations = {insured};
  EXPECT_FALSE(pack_report(book.inputs(), pack).reconciliations.front().computed_holds);
  EXPECT_TRUE(reconcile(pack, {}).empty()) << "it cannot be told without the log";
  person("InsuranceCovered", 2);
  const auto results = reconcile(book.inputs(), pack, {});
  ASSERT_EQ(results.size(), 1u);
  EXPECT_TRUE(results[0].computed_holds);
  EXPECT_TRUE(results[0].claimed_holds);
}

TEST(Reconciliations, one_that_fails_can_make_a_figure_doubtful) {
  FactBook book;
  for (int i = 0; i < 2; ++i) book.add("SessionHeld", "film", "2015-03-07");
  FactRow seats = book.row("AttendanceRecorded", "film", "2015-03-07");
  seats.quantity = 41;
  book.add(seats);
  Pack pack = films_pack();
  PackDoubt even;
  even.when = PackDoubt::When::reconciliation;
  even.reconciliation = "R1";
  even.by_claims = true;
  pack.figures[1].doubts = {even};
  EXPECT_EQ(compute_figures(book.inputs(), pack)[1].verdict, FigureVerdict::doubtful);
  pack.figures[1].doubts[0].by_claims = false;
  EXPECT_EQ(compute_figures(book.inputs(), pack)[1].verdict, FigureVerdict::refuted);
}

TEST(Figures, a_pack_counts_the_rows_of_its_programme_and_joins_ask_any) {
  FactBook book;
  FactRow person = book.row("PersonRegistered", "female", "2014-01-01");
  person.programme = 99;  // registered elsewhere
  person.attr = book.facts.intern("410000");
  person.subject = person.event.value;
  book.add(person);
  for (const std::uint64_t programme : {40u, 41u, 99u, 0u}) {
    FactRow row = book.row("ServiceDelivered", "advice", "2014-05-01");
    row.programme = programme;
    row.subject = person.subject;
    book.add(row);
  }
  Metric served = metric(MetricOp::count, MetricOf::rows, "ServiceDelivered");
  MetricJoin from_henan;
  from_henan.attr_prefix = "41";
  served.where.joins = {from_henan};
  Pack pack;
  pack.code = "b";
  pack.figures = {figure("B03", 2, Comparator::equal, served)};
  FigureInputs inputs = book.inputs();
  inputs.programmes = [](std::string_view code) {
    return code == "b" ? std::vector<std::uint64_t>{40, 41} : std::vector<std::uint64_t>{};
  };
  EXPECT_EQ(compute_figures(inputs, pack).front().computed, 2);
  pack.code = "c";  // never opened
  EXPECT_EQ(compute_figures(inputs, pack).front().verdict, FigureVerdict::doubtful);
}

TEST(Figures, a_long_list_of_periods_is_told_by_its_least) {
  FactBook book;
  for (int i = 1; i <= 60; ++i) {
    FactRow row = book.row("DemandRaised", "repair", "2024-01-01");
    row.day += i;
    if (i != 40) book.add(row);
  }
  Metric daily = metric(MetricOp::min_per_period, MetricOf::events, "DemandRaised");
  daily.period = PeriodKind::day;
  daily.from = on("2024-01-02");
  daily.to = on("2024-03-01");
  const FigureResult result = judge(book, figure("D06", 1, Comparator::at_least, daily));
  EXPECT_FALSE(result.holds);
  EXPECT_NE(result.reason_en.find("(60 periods, the least: 2024-02-10:0, 2024-01-02:1"),
            std::string::npos)
      << result.reason_en;
}

// --- the pack of programme B --------------------------------------------------------------------

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

}  // namespace
}  // namespace houniao::testing
