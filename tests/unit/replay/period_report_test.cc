// A sealed report is what the log gives at the seal's tree size, byte for byte, whatever comes
// later; what comes late stands in the next period's report.
#include "replay/period_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/crypto.h"
#include "replay/families/sealing.h"
#include "replay/merkle/frontier.h"
#include "replay/replayer.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

using Json = nlohmann::json;

class PeriodReport : public DeliveryWorld {
 protected:
  PeriodReport() {
    fund = establish_fund();
    in_time = serve_on("2016-03-10", 3);
    second = serve_on("2016-03-12", 4);
    receive_on("2016-02-20", 7'000);
    receive_on("2016-03-05", 5'000);
  }

  static Day day(std::string_view text) { return *parse_day(text); }
  EventId serve_on(std::string_view when, std::int64_t quantity) {
    return log.add(field, [&](Body e) {
      e.setOccurredDay(day(when).value);
      e.setProgramme(programme.value);
      auto b = e.initBody().initServiceDelivered();
      b.setKind("visit");
      b.setQuantity(quantity);
    });
  }
  EventId receive_on(std::string_view when, std::int64_t fen) {
    return log.add(finance, [&](Body e) {
      e.setOccurredDay(day(when).value);
      e.setProgramme(programme.value);
      auto b = e.initBody().initFundsReceived();
      b.setFund(fund.value);
      b.setAmountFen(fen);
      b.setBankReference("r" + std::string(when));
      b.setValueDay(day(when).value);
    });
  }
  EventId correct_quantity(EventId target, std::int64_t number) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initEventCorrected();
      b.setTarget(target.value);
      b.setReason("misread the sheet");
      auto changes = b.initChanges(1);
      changes[0].setField(schema::EventCorrected::Field::QUANTITY);
      changes[0].setNumber(number);
    });
  }

  static Pack pack() {
    PackFigure figure;
    figure.id = "S1";
    figure.comparator = Comparator::equal;
    figure.unit = "visits";
    figure.metric.op = MetricOp::sum;
    figure.metric.of = MetricOf::quantity;
    figure.metric.where.types = {static_cast<std::uint16_t>(Event::Body::SERVICE_DELIVERED)};
    PackFigure other = figure;
    other.id = "S2";
    other.metric.where.to = day("2016-01-31");
    Pack out;
    out.figures = {figure, other};
    return out;
  }
  std::string report_of(const State& state, std::string_view from, std::string_view to) const {
    const Pack figures = pack();
    const auto out =
        period_report(state, entity_cast<ProgrammeId>(programme), day(from), day(to), &figures);
    EXPECT_TRUE(out.has_value()) << out.error().message();
    return out ? *out : std::string();
  }
  std::string march(const State& state) const {
    return report_of(state, "2016-03-01", "2016-03-31");
  }
  std::string april(const State& state) const {
    return report_of(state, "2016-04-01", "2016-04-30");
  }

  // The log up to that place, every verdict computed again.
  Replayer at(TreeSize size) const {
    Replayer replayer(Replayer::Mode::verify);
    for (std::uint64_t i = 0; i < size.value; ++i) {
      const auto fed = replayer.feed(log.records()[static_cast<std::size_t>(i)]);
      EXPECT_TRUE(fed.has_value()) << fed.error().message();
    }
    return replayer;
  }
  Hash root_at(TreeSize size) const {
    merkle::Frontier tree;
    for (std::uint64_t i = 0; i < size.value; ++i) {
      tree.append(merkle::leaf_hash(log.records()[static_cast<std::size_t>(i)]));
    }
    return tree.root();
  }
  // Seals March as the log stands.
  EventId seal_march() {
    const TreeSize all{log.records().size()};
    const Hash report = sha256(as_bytes(march(log.state())));
    const Hash root = root_at(all);
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initPeriodSealed();
      b.setProgramme(programme.value);
      b.setFromDay(day("2016-03-01").value);
      b.setToDay(day("2016-03-31").value);
      b.setTreeSize(all.value);
      b.setRoot(to_data(root.view()));
      auto reports = b.initReports(1);
      reports[0].setName(std::string(kPeriodReportName));
      reports[0].setSha256(to_data(report.view()));
      auto signers = b.initSigners(2);
      signers.set(0, 504);
      signers.set(1, 502);
    });
  }
  const Seal& seal() const {
    return log.state().audit.findings.seals.of(entity_cast<ProgrammeId>(programme))->front();
  }

  static std::int64_t visits(const std::string& report) {
    const Json parsed = Json::parse(report);
    for (const Json& row : parsed["facts"]) {
      if (row["type"] == "ServiceDelivered") return row["quantity"].get<std::int64_t>();
    }
    return 0;
  }
  static std::int64_t received(const std::string& report, const char* when) {
    return Json::parse(report)["funds"].at(0)[when]["received_fen"].get<std::int64_t>();
  }

  EventId fund, in_time, second;
};

TEST_F(PeriodReport, it_sums_what_is_booked_in_the_period) {
  const Json report = Json::parse(march(log.state()));
  EXPECT_EQ(report["from"], "2016-03-01");
  EXPECT_EQ(report["to"], "2016-03-31");
  EXPECT_EQ(report["programme"].get<std::string>(), to_string(programme));
  EXPECT_EQ(visits(march(log.state())), 7);
  EXPECT_EQ(received(march(log.state()), "period"), 5'000);
  EXPECT_EQ(received(march(log.state()), "before"), 7'000);
  EXPECT_EQ(received(april(log.state()), "before"), 12'000);
  ASSERT_EQ(report["figures"].size(), 1u) << "S2 speaks of January only";
  EXPECT_EQ(report["figures"][0]["id"], "S1");
  EXPECT_EQ(report["figures"][0]["computed"], 7);
}

TEST_F(PeriodReport, its_bytes_are_canonical) {
  const std::string report = march(log.state());
  EXPECT_EQ(Json::parse(report).dump(), report) << "members are in order of their names";
  EXPECT_EQ(report.find_first_of(" \n\t"), std::string::npos);
  const Json flat = Json::parse(report).flatten();
  EXPECT_GT(flat.size(), 20u);
  for (const auto& [path, value] : flat.items()) EXPECT_FALSE(value.is_number_float()) << path;
}

TEST_F(PeriodReport, a_sealed_report_is_made_again_from_the_log_at_its_tree_size) {
  const std::string sealed = march(log.state());
  const EventId id = seal_march();
  ASSERT_TRUE(in_force(id)) << why(id);
  const EventId late = serve_on("2016-03-20", 5);
  receive_on("2016-03-21", 900);
  correct_quantity(in_time, 2);
  retract(second);
  ASSERT_TRUE(log.reasons(late).has(Reason::period_sealed));

  const Replayer then = at(seal().tree_size);
  EXPECT_EQ(march(then.state()), sealed);
  ASSERT_EQ(seal().reports.size(), 1u);
  EXPECT_EQ(seal().reports.front().name, kPeriodReportName);
  EXPECT_EQ(seal().reports.front().sha256, sha256(as_bytes(march(then.state()))));
  EXPECT_EQ(seal().root, root_at(seal().tree_size));
}

TEST_F(PeriodReport, a_report_from_another_place_does_not_have_the_sealed_hash) {
  seal_march();
  correct_quantity(in_time, 2);
  EXPECT_NE(seal().reports.front().sha256, sha256(as_bytes(march(log.state()))));
  EXPECT_NE(seal().root, root_at(TreeSize{seal().tree_size.value - 1}));
}

TEST_F(PeriodReport, late_facts_leave_it_as_it_was_and_stand_in_the_next_one) {
  const std::string sealed = march(log.state());
  seal_march();
  EXPECT_EQ(visits(april(log.state())), 0);
  serve_on("2016-03-20", 5);
  receive_on("2016-03-21", 900);
  EXPECT_EQ(march(log.state()), sealed);
  EXPECT_EQ(visits(april(log.state())), 5);
  EXPECT_EQ(received(april(log.state()), "period"), 900);
  EXPECT_EQ(received(april(log.state()), "before"), 12'000);
}

TEST_F(PeriodReport, a_correction_and_a_retraction_change_what_it_says_today_and_nothing_else) {
  const std::string sealed = march(log.state());
  seal_march();
  correct_quantity(in_time, 2);
  EXPECT_EQ(visits(march(log.state())), 6);
  retract(second);
  const Json today = Json::parse(march(log.state()));
  Json expected = Json::parse(sealed);
  for (Json& row : expected["facts"]) {
    if (row["type"] != "ServiceDelivered") continue;
    row["quantity"] = 2;
    row["events"] = 1;
    row["rows"] = 1;
  }
  expected["figures"][0]["computed"] = 2;
  expected["figures"][0]["events"] = 1;
  EXPECT_EQ(today, expected);
}

TEST_F(PeriodReport, it_says_what_it_cannot_report_on) {
  const auto id = entity_cast<ProgrammeId>(programme);
  EXPECT_EQ(period_report(log.state(), id, Day{17'000}, Day{16'999}, nullptr).error().code,
            Errc::invalid_argument);
  EXPECT_EQ(
      period_report(log.state(), ProgrammeId{3}, Day{16'000}, Day{17'000}, nullptr).error().code,
      Errc::not_found);
  const auto bare = period_report(log.state(), id, Day{16'000}, Day{17'000}, nullptr);
  ASSERT_TRUE(bare.has_value());
  EXPECT_TRUE(Json::parse(*bare)["figures"].empty());
}

}  // namespace
}  // namespace houniao::testing
