#include "replay/facts.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>

#include "replay/metric.h"

namespace houniao {
namespace {

FactRow row_of(FactTable& facts, std::uint64_t event, std::string_view kind,
               std::int64_t quantity) {
  FactRow row;
  row.event = EventId{event};
  row.type = 7;
  row.kind = facts.intern(kind);
  row.quantity = quantity;
  return row;
}

std::int64_t sum_of_quantity(const FactTable& facts, const FactFilter& filter = {}) {
  std::int64_t sum = 0;
  facts.scan(filter, [&](const FactTable::Columns& c, std::size_t i) { sum += c.quantity[i]; });
  return sum;
}

TEST(Symbols, give_one_number_to_one_text) {
  Symbols symbols;
  EXPECT_EQ(symbols.intern(""), kNoText);
  const Symbol film = symbols.intern("film");
  EXPECT_EQ(symbols.intern("film"), film);
  EXPECT_NE(symbols.intern("karaoke"), film);
  EXPECT_EQ(symbols.text(film), "film");
  EXPECT_EQ(symbols.find("opera"), kUnknownSymbol);
  const Symbols copy = symbols;
  symbols.intern("opera");
  EXPECT_EQ(copy.find("film"), film);
  EXPECT_EQ(copy.find("opera"), kUnknownSymbol);
}

TEST(FactTable, gives_back_the_rows_of_an_event_as_they_were_added) {
  FactTable facts;
  FactRow row = row_of(facts, 5, "film", 3);
  row.seq = Seq{9};
  row.attr = facts.intern("weekend");
  row.programme = 1, row.site = 2, row.organisation = 3, row.subject = 4, row.group = 5;
  row.staff = 6, row.day = 17000, row.recorded_day = 17001, row.minutes = 90;
  row.amount_fen = -5, row.flags = kFactBulk;
  facts.add(row);
  const FactTable::RowSpan span = facts.rows_of(EventId{5});
  ASSERT_EQ(span.count, 1u);
  EXPECT_EQ(facts.row(span.first), row);
  EXPECT_EQ(facts.rows_of(EventId{6}).count, 0u);
  EXPECT_EQ(facts.rows_of(EventId{~0ull}).count, 0u);
}

TEST(FactTable, keeps_the_rows_of_one_event_together) {
  FactTable facts;
  facts.add(row_of(facts, 1, "a", 1));
  facts.add(row_of(facts, 2, "b", 10));
  facts.add(row_of(facts, 1, "a", 2));
  facts.add(row_of(facts, 1, "a", 3));
  const FactTable::RowSpan span = facts.rows_of(EventId{1});
  ASSERT_EQ(span.count, 3u);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(facts.row(span.first + i).quantity, i + 1);
  EXPECT_EQ(facts.live_rows(), 4u);
  EXPECT_EQ(sum_of_quantity(facts), 16);
}

TEST(FactTable, a_removed_event_does_not_count_and_can_be_projected_again) {
  FactTable facts;
  facts.add(row_of(facts, 1, "a", 1));
  facts.add(row_of(facts, 2, "b", 10));
  facts.add(row_of(facts, 2, "b", 20));
  EXPECT_EQ(facts.remove_event(EventId{2}), 2u);
  EXPECT_EQ(facts.remove_event(EventId{2}), 0u);
  EXPECT_EQ(sum_of_quantity(facts), 1);
  facts.add(row_of(facts, 2, "b", 7));
  EXPECT_EQ(sum_of_quantity(facts), 8);
  EXPECT_EQ(facts.rows_of(EventId{2}).count, 1u);
}

TEST(FactTable, rows_that_were_taken_out_can_be_put_back) {
  FactTable facts;
  facts.add(row_of(facts, 2, "b", 10));
  facts.add(row_of(facts, 2, "b", 20));
  const std::vector<FactRow> rows = facts.take_event(EventId{2});
  EXPECT_EQ(facts.live_rows(), 0u);
  for (const FactRow& row : rows) facts.add(row);
  EXPECT_EQ(facts.take_event(EventId{2}), rows);
}

TEST(FactTable, changes_flags_on_every_row_of_an_event) {
  FactTable facts;
  facts.add(row_of(facts, 2, "b", 10));
  facts.add(row_of(facts, 2, "b", 20));
  facts.add(row_of(facts, 3, "b", 30));
  facts.change_flags(EventId{2}, kFactOrphan | kFactLate, 0);
  facts.change_flags(EventId{2}, 0, kFactOrphan);
  FactFilter late;
  late.flags_all = kFactLate;
  EXPECT_EQ(sum_of_quantity(facts, late), 30);
  FactFilter on_time;
  on_time.flags_none = kFactLate;
  EXPECT_EQ(sum_of_quantity(facts, on_time), 30);
  FactFilter orphan;
  orphan.flags_all = kFactOrphan;
  EXPECT_EQ(sum_of_quantity(facts, orphan), 0);
}

// A table of several chunks in which every column has few values, with gaps.
FactTable random_table(std::mt19937_64& dice) {
  FactTable facts;
  const std::array<Symbol, 3> kinds = {facts.intern(""), facts.intern("film"),
                                       facts.intern("opera")};
  const auto few = [&] { return dice() % 3; };
  for (std::uint64_t event = 1; event <= 4000; ++event) {
    FactRow row;
    row.event = EventId{(event % 3) << 32 | event};
    row.seq = Seq{event};
    row.type = static_cast<std::uint16_t>(few() * 120);
    row.kind = kinds[few()], row.attr = kinds[few()];
    row.programme = few(), row.site = event / 2000, row.organisation = few();
    row.subject = few() << 32 | few(), row.group = few(), row.staff = few() * few();
    row.day = static_cast<std::int32_t>(event / 1000), row.flags = 1u << few();
    row.quantity = static_cast<std::int64_t>(few()) - 1;
    row.minutes = static_cast<std::int32_t>(few());
    for (std::uint64_t i = 0; i <= event % 2; ++i) facts.add(row);
  }
  for (std::uint64_t event = 1; event < 500; ++event) {
    facts.remove_event(EventId{(event % 3) << 32 | event});
  }
  return facts;
}

FactFilter random_filter(std::mt19937_64& dice, const FactTable& facts) {
  FactFilter filter;
  const auto perhaps = [&](auto change) {
    if (dice() % 4 == 0) change();
  };
  perhaps([&] { filter.types.set(120).set(dice() % 250); });
  perhaps([&] { filter.kinds = {facts.symbols().find("film")}; });
  perhaps([&] { filter.attrs = {kNoText, facts.symbols().find("opera")}; });
  perhaps([&] { filter.programme = dice() % 3; });
  perhaps([&] { filter.site = dice() % 3; });
  perhaps([&] { filter.organisation = dice() % 3; });
  perhaps([&] { filter.subject = (dice() % 3) << 32 | 1; });
  perhaps([&] { filter.group = dice() % 3; });
  perhaps([&] { filter.staff = dice() % 5; });
  perhaps([&] { filter.from_day = static_cast<std::int32_t>(dice() % 4); });
  perhaps([&] { filter.to_day = static_cast<std::int32_t>(dice() % 5); });
  perhaps([&] { filter.flags_all = 1u << dice() % 3; });
  perhaps([&] { filter.flags_none = 1u << dice() % 3; });
  return filter;
}

TEST(FactTable, a_scan_finds_the_rows_that_match_one_by_one) {
  std::mt19937_64 dice(3);
  const FactTable facts = random_table(dice);
  for (int round = 0; round < 300; ++round) {
    const FactFilter filter = random_filter(dice, facts);
    std::vector<std::size_t> expected;
    for (std::size_t i = 0; i < facts.size(); ++i) {
      if (FactTable::matches(facts.columns(), i, filter)) expected.push_back(i);
    }
    std::vector<std::size_t> found;
    facts.scan(filter, [&](const FactTable::Columns&, std::size_t i) { found.push_back(i); });
    ASSERT_EQ(found, expected) << "round " << round;
  }
}

TEST(FactTable, a_report_by_chunks_says_what_one_by_rows_says) {
  std::mt19937_64 dice(5);
  const FactTable facts = random_table(dice);
  const FigureInputs inputs{facts, {}};
  for (const MetricOp op : {MetricOp::count, MetricOp::sum, MetricOp::distinct}) {
    for (const MetricOf of : {MetricOf::events, MetricOf::rows, MetricOf::quantity,
                              MetricOf::minutes, MetricOf::amount_fen, MetricOf::subject}) {
      Metric metric;
      metric.op = op;
      metric.of = of;
      if (dice() % 2 == 0) metric.where.kinds = {"film"};
      const MetricValue by_chunks = compute_metric(inputs, metric, 0);
      metric.where.not_kinds = {"never used"};  // a condition that the filter does not know
      const MetricValue by_rows = compute_metric(inputs, metric, 0);
      EXPECT_EQ(by_chunks.value, by_rows.value);
      EXPECT_EQ(by_chunks.events, by_rows.events);
      EXPECT_EQ(by_chunks.sample, by_rows.sample);
    }
  }
}

TEST(FactTable, filters_by_each_column) {
  FactTable facts;
  FactRow row = row_of(facts, 1, "film", 1);
  row.attr = facts.intern("hall");
  row.programme = 10, row.site = 20, row.organisation = 30, row.subject = 40, row.group = 50;
  row.staff = 60, row.day = 100;
  facts.add(row);
  row.event = EventId{2};
  row.type = 8, row.kind = facts.intern("opera"), row.attr = kNoText;
  row.programme = 11, row.site = 21, row.organisation = 31, row.subject = 41, row.group = 51;
  row.staff = 61, row.day = 101, row.quantity = 2;
  facts.add(row);
  const auto with = [&](auto change) {
    FactFilter filter;
    change(filter);
    return sum_of_quantity(facts, filter);
  };
  EXPECT_EQ(with([](FactFilter& f) { f.types.set(7); }), 1);
  EXPECT_EQ(with([](FactFilter& f) { f.types.set(7).set(8); }), 3);
  EXPECT_EQ(with([&](FactFilter& f) { f.kinds = {facts.symbols().find("opera")}; }), 2);
  EXPECT_EQ(with([&](FactFilter& f) { f.kinds = {facts.symbols().find("never used")}; }), 0);
  EXPECT_EQ(with([&](FactFilter& f) { f.attrs = {facts.symbols().find("hall")}; }), 1);
  EXPECT_EQ(with([](FactFilter& f) { f.programme = 11; }), 2);
  EXPECT_EQ(with([](FactFilter& f) { f.site = 20; }), 1);
  EXPECT_EQ(with([](FactFilter& f) { f.organisation = 31; }), 2);
  EXPECT_EQ(with([](FactFilter& f) { f.subject = 40; }), 1);
  EXPECT_EQ(with([](FactFilter& f) { f.group = 51; }), 2);
  EXPECT_EQ(with([](FactFilter& f) { f.staff = 60; }), 1);
  EXPECT_EQ(with([](FactFilter& f) { f.from_day = 101; }), 2);
  EXPECT_EQ(with([](FactFilter& f) { f.to_day = 100; }), 1);
}

// The order of arrival never shows: only the rows that are in force count, by event id.
TEST(FactTable, has_the_same_canonical_rows_whatever_the_order_of_arrival) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    FactTable facts;
    std::map<std::uint64_t, std::vector<std::int64_t>> model;
    for (int step = 0; step < 5000; ++step) {
      const std::uint64_t event = (std::uint64_t{1 + random() % 3} << 32) | (1 + random() % 400);
      if (random() % 3 == 0) {
        EXPECT_EQ(facts.remove_event(EventId{event}), model[event].size());
        model.erase(event);
      } else {
        const auto quantity = static_cast<std::int64_t>(random() % 100);
        facts.add(row_of(facts, event, "k", quantity));
        model[event].push_back(quantity);
      }
    }
    std::vector<std::pair<std::uint64_t, std::int64_t>> expected, found;
    for (const auto& [event, quantities] : model) {
      for (std::int64_t quantity : quantities) expected.emplace_back(event, quantity);
    }
    for (std::uint32_t i : facts.canonical_order()) {
      found.emplace_back(facts.row(i).event.value, facts.row(i).quantity);
    }
    EXPECT_EQ(found, expected) << seed;
    EXPECT_EQ(facts.live_rows(), expected.size());
  }
}

TEST(FactTable, a_hostile_jump_in_the_numbering_costs_little) {
  FactTable facts;
  for (std::uint64_t device = 1; device <= 100; ++device) {
    facts.add(row_of(facts, (device << 32) | 0xffffffffULL, "a", 1));
  }
  EXPECT_EQ(facts.live_rows(), 100u);
  EXPECT_EQ(facts.canonical_order().size(), 100u);
}

}  // namespace
}  // namespace houniao
