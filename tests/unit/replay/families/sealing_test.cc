#include "replay/families/sealing.h"

#include <algorithm>
#include <optional>

#include "replay/digest.h"
#include "replay/figures.h"
#include "replay/pack.h"
#include "replay/replayer.h"
#include "replay/snapshot.h"
#include "schema/programmes/packs.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

class Sealing : public DeliveryWorld {
 protected:
  static Day day(std::string_view text) { return *parse_day(text); }

  struct SealOptions {
    std::string from = "2016-03-01";
    std::string to = "2016-03-31";
    std::optional<EventId> of = {};               // programme() of the world
    std::optional<std::uint64_t> tree_size = {};  // all that the log has
    Bytes root = Bytes(32, 7);
    std::string report_name = "march";
    Bytes report_sha256 = Bytes(32, 9);
    std::vector<std::uint64_t> signers = {504, 502};
  };
  EventId seal_by(DeviceNumber device, const SealOptions& options) {
    const std::uint64_t all = log.records().size();
    return log.add(device, [&](Body e) {
      auto b = e.initBody().initPeriodSealed();
      b.setProgramme(options.of.value_or(programme).value);
      b.setFromDay(day(options.from).value);
      b.setToDay(day(options.to).value);
      b.setTreeSize(options.tree_size.value_or(all));
      b.setRoot(to_data(ByteView{options.root}));
      auto reports = b.initReports(1);
      reports[0].setName(options.report_name);
      reports[0].setSha256(to_data(ByteView{options.report_sha256}));
      auto signers = b.initSigners(static_cast<unsigned>(options.signers.size()));
      for (unsigned i = 0; i < signers.size(); ++i) signers.set(i, options.signers[i]);
    });
  }
  EventId seal(const SealOptions& options) { return seal_by(finance, options); }
  EventId seal_march() { return seal(SealOptions{}); }
  EventId seal_april() { return seal({.from = "2016-04-01", .to = "2016-04-30"}); }

  // Something handed out to `quantity` people on that day, in the world's programme.
  EventId serve_on(std::string_view when, std::int64_t quantity) {
    return serve_in(programme, when, quantity);
  }
  EventId serve_in(EventId of, std::string_view when, std::int64_t quantity) {
    return log.add(field, [&](Body e) {
      e.setOccurredDay(day(when).value);
      e.setProgramme(of.value);
      auto b = e.initBody().initServiceDelivered();
      b.setKind("visit");
      b.setQuantity(quantity);
    });
  }
  EventId open_another_programme(DeviceNumber device) {
    return log.add(device, [](Body e) {
      auto b = e.initBody().initProgrammeOpened();
      b.setCode("another");
      b.setFromDay(10'000);
      b.setToDay(kOpen);
    });
  }
  // Recorded by somebody without the role, so that it waits for a decision.
  EventId open_site_without_role(std::string_view when) {
    return log.add(field, [&](Body e) {
      e.setOccurredDay(day(when).value);
      e.setProgramme(programme.value);
      auto b = e.initBody().initSiteOpened();
      b.setCategory("station");
      b.setFromDay(day(when).value);
    });
  }
  EventId correct(EventId target, schema::EventCorrected::Field what, std::int64_t number) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initEventCorrected();
      b.setTarget(target.value);
      b.setReason("misread the sheet");
      auto changes = b.initChanges(1);
      changes[0].setField(what);
      changes[0].setNumber(number);
    });
  }
  EventId move_to(EventId target, std::string_view when) {
    return correct(target, schema::EventCorrected::Field::OCCURRED_DAY, day(when).value);
  }

  const std::vector<Seal>& seals() const {
    return *log.state().audit.findings.seals.of(entity_cast<ProgrammeId>(programme));
  }
  std::string booked(EventId id) const { return booked_in(log.state(), id); }
  static std::string booked_in(const State& state, EventId id) {
    const auto span = state.facts.rows_of(id);
    if (span.count == 0) return "no row";
    return to_string(booked_day(state, state.facts.columns(), span.first));
  }
  std::string next_booking(std::string_view when) const {
    return to_string(booked_day(log.state(), entity_cast<ProgrammeId>(programme), day(when)));
  }

  // The log up to that place, judged again: what ?at= answers from.
  Replayer at(std::uint64_t size) const {
    Replayer replayer(Replayer::Mode::verify);
    for (std::uint64_t i = 0; i < size; ++i) {
      const auto fed = replayer.feed(log.records()[static_cast<std::size_t>(i)]);
      EXPECT_TRUE(fed.has_value()) << fed.error().message();
    }
    return replayer;
  }
  static Metric visits(std::string_view from, std::string_view to, bool by_booking) {
    Metric metric;
    metric.op = MetricOp::sum;
    metric.of = MetricOf::quantity;
    metric.where.types = {static_cast<std::uint16_t>(Event::Body::SERVICE_DELIVERED)};
    metric.where.from = day(from);
    metric.where.to = day(to);
    metric.where.booked = by_booking;
    return metric;
  }
  std::int64_t count(const Metric& metric) const {
    return compute_metric(figure_inputs(log.state()), metric, 0).value;
  }
  // A report as it is printed and hashed.
  static std::string march_report(const State& state) {
    PackFigure figure;
    figure.id = "S1";
    figure.value = 8;
    figure.comparator = Comparator::equal;
    figure.unit = "visits";
    figure.metric = visits("2016-03-01", "2016-03-31", true);
    Pack pack;
    pack.figures = {figure};
    std::string text;
    for (const FigureResult& result : compute_figures(state, pack)) {
      text += result.id + " " + std::to_string(result.computed) + " " + result.reason_zh + " " +
              result.reason_en;
      for (const DecidingEvent& event : result.detail.sample) {
        text += " " + to_string(event.event) + "@" + std::to_string(event.seq.value);
      }
    }
    return text;
  }
};

// --- the seal ----------------------------------------------------------------------------------

TEST_F(Sealing, a_seal_is_kept_with_what_it_vouches_for) {
  const std::uint64_t size = log.records().size();
  const EventId sealed = seal_march();
  EXPECT_ACCEPTED(sealed);
  ASSERT_EQ(seals().size(), 1u);
  const Seal& kept = seals().front();
  EXPECT_EQ(kept.event, sealed);
  EXPECT_EQ(to_string(kept.from), "2016-03-01");
  EXPECT_EQ(to_string(kept.to), "2016-03-31");
  EXPECT_EQ(kept.tree_size.value, size);
  EXPECT_EQ(kept.root.bytes[31], 7);
  ASSERT_EQ(kept.reports.size(), 1u);
  EXPECT_EQ(kept.reports.front().name, "march");
  EXPECT_EQ(kept.signers, (std::vector<std::uint64_t>{504, 502}));
  EXPECT_EQ(text(first_row(sealed).kind), "period_sealed");
  EXPECT_EQ(first_row(sealed).programme, programme.value);
}

TEST_F(Sealing, a_seal_names_a_place_that_the_log_has_reached) {
  const std::uint64_t size = log.records().size();
  const EventId ahead = seal({.tree_size = size + 1});
  EXPECT_HELD_FOR(ahead, value_invalid);
  EXPECT_HELD_FOR(seal({.tree_size = 0}), value_invalid);
  release(ahead);
  ASSERT_TRUE(in_force(ahead)) << why(ahead);
  EXPECT_EQ(seals().front().tree_size.value, log.state().events.find(ahead)->seq.value)
      << "it speaks for what there was";
}

TEST_F(Sealing, hashes_have_their_size_and_reports_their_names) {
  EXPECT_HELD_FOR(seal({.root = Bytes(31, 7)}), value_invalid);
  EXPECT_HELD_FOR(seal({.report_sha256 = Bytes{}}), value_invalid);
  EXPECT_HELD_FOR(seal({.report_name = ""}), text_missing);
}

TEST_F(Sealing, two_different_people_sign) {
  EXPECT_HELD_FOR(seal({.signers = {}}), not_independent);
  EXPECT_HELD_FOR(seal({.signers = {504, 504}}), not_independent);
  EXPECT_HELD_FOR(seal({.signers = {504, 0}}), not_independent);
  const EventId one = person(), same = person();
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initPersonLinkDecided();
    b.setFirst(one.value);
    b.setSecond(same.value);
    b.setSame(true);
    b.setReason("same id card seen");
  });
  EXPECT_HELD_FOR(seal({.signers = {one.value, same.value}}), not_independent);
  EXPECT_ACCEPTED(seal({.signers = {one.value, 504}}));
}

TEST_F(Sealing, the_period_is_well_formed_and_over) {
  EXPECT_HELD_FOR(seal({.from = "2016-04-01", .to = "2016-03-31"}), interval_invalid);
  const Day today = log.today();
  EXPECT_HELD_FOR(seal({.to = to_string(Day{today.value + 1})}), future_dated);
  EXPECT_ACCEPTED(seal({.to = to_string(today)}));
}

TEST_F(Sealing, a_seal_waits_for_its_programme) {
  const DeviceNumber away = log.enrol({.holder = 507, .roles = {Role::SUPERVISOR}});
  log.offline(away);
  const EventId another = open_another_programme(away);
  const EventId early = seal({.of = another});
  EXPECT_HELD_FOR(early, orphan);
  log.online(away);
  EXPECT_IN_FORCE(early);
  EXPECT_HELD_FOR(seal({.of = EventId{}}), value_invalid);
}

TEST_F(Sealing, a_day_is_sealed_once) {
  const EventId first = seal_march();
  const EventId second = seal({.from = "2016-03-31", .to = "2016-04-30"});
  EXPECT_HELD_FOR(second, period_overlaps_seal);
  release(second);
  EXPECT_TRUE(held(second)) << "a release does not waive it";
  EXPECT_ACCEPTED(seal({.from = "2016-02-01", .to = "2016-02-29"}));
  EXPECT_ACCEPTED(seal({.of = open_another_programme(supervisor)}));
  retract(first);
  release(second);
  EXPECT_TRUE(in_force(second)) << "nothing is in its way any more";
}

TEST_F(Sealing, of_two_overlapping_seals_the_first_record_wins) {
  log.offline(finance);
  log.offline(payer);
  const EventId recorded_later = seal_by(finance, {});
  const EventId recorded_first = seal_by(payer, {});
  log.online(payer);
  log.online(finance);
  EXPECT_ACCEPTED(recorded_first);
  EXPECT_HELD_FOR(recorded_later, period_overlaps_seal);
}

// --- what is late ------------------------------------------------------------------------------

TEST_F(Sealing, a_fact_after_the_seal_counts_and_is_booked_in_the_next_period) {
  const EventId in_time = serve_on("2016-03-10", 3);
  const EventId sealed = seal_march();
  const EventId late = serve_on("2016-03-20", 5);
  EXPECT_ACCEPTED(in_time);
  EXPECT_FLAGGED_FOR(late, period_sealed);
  EXPECT_EQ(first_row(late).quantity, 5);
  EXPECT_EQ(booked(in_time), "2016-03-10");
  EXPECT_EQ(booked(late), "2016-04-01");
  EXPECT_EQ(next_booking("2016-03-31"), "2016-04-01");
  retract(sealed);
  EXPECT_EQ(booked(late), "2016-03-20");
  EXPECT_ACCEPTED(serve_on("2016-03-20", 1));
}

TEST_F(Sealing, other_days_and_other_programmes_go_on) {
  seal_march();
  EXPECT_ACCEPTED(serve_on("2016-02-29", 1));
  EXPECT_ACCEPTED(serve_on("2016-04-01", 1));
  EXPECT_ACCEPTED(serve_in(EventId{}, "2016-03-20", 1));
  const EventId elsewhere = serve_in(open_another_programme(supervisor), "2016-03-20", 1);
  EXPECT_ACCEPTED(elsewhere);
  EXPECT_EQ(booked(elsewhere), "2016-03-20");
  EXPECT_EQ(next_booking("2016-04-01"), "2016-04-01");
}

TEST_F(Sealing, what_was_booked_in_a_period_stays_when_that_is_sealed_too) {
  seal_march();
  const EventId first = serve_on("2016-03-20", 1);
  seal_april();
  const EventId second = serve_on("2016-03-21", 1);
  const EventId third = serve_on("2016-04-30", 1);
  EXPECT_EQ(booked(first), "2016-04-01") << "it stands in the report on April";
  EXPECT_EQ(booked(second), "2016-05-01");
  EXPECT_EQ(booked(third), "2016-05-01");
  EXPECT_EQ(next_booking("2016-03-05"), "2016-05-01");
}

TEST_F(Sealing, periods_may_be_sealed_in_any_order) {
  seal_april();
  const EventId before = serve_on("2016-03-20", 1);
  seal_march();
  const EventId after = serve_on("2016-03-20", 1);
  EXPECT_EQ(booked(before), "2016-03-20");
  EXPECT_EQ(booked(after), "2016-05-01");
}

TEST_F(Sealing, what_arrived_while_the_reports_were_signed_is_late_without_a_flag) {
  const std::uint64_t size = log.records().size();
  const EventId between = serve_on("2016-03-15", 2);
  seal({.tree_size = size});
  EXPECT_ACCEPTED(between);
  EXPECT_EQ(booked(between), "2016-04-01");
}

TEST_F(Sealing, what_was_held_is_booked_by_the_day_on_which_it_was_let_in) {
  const EventId early = open_site_without_role("2016-03-14");
  const EventId late = open_site_without_role("2016-03-15");
  EXPECT_HELD_FOR(late, missing_role);
  release(early);
  seal_march();
  release(late);
  ASSERT_TRUE(in_force(early) && in_force(late));
  EXPECT_EQ(booked(early), "2016-03-14");
  EXPECT_EQ(booked(late), "2016-04-01") << "no report on March has it";
  EXPECT_FALSE(log.reasons(early).has(Reason::period_sealed));
  EXPECT_TRUE(log.reasons(late).has(Reason::period_sealed));
  seal_april();
  EXPECT_EQ(booked(late), "2016-04-01");

  const Result<State> restored = restore(snapshot(log.state()));
  ASSERT_TRUE(restored.has_value()) << restored.error().message();
  EXPECT_EQ(booked_in(*restored, early), "2016-03-14");
  EXPECT_EQ(booked_in(*restored, late), "2016-04-01");
}

TEST_F(Sealing, a_fact_that_waits_counts_from_its_arrival) {
  log.offline(other_field);
  const EventId unknown = log.add(other_field, [](Body e) { e.initBody().initPersonRegistered(); });
  const EventId orphan = log.add(field, [&](Body e) {
    e.setOccurredDay(day("2016-03-15").value);
    e.setProgramme(programme.value);
    auto b = e.initBody().initServiceDelivered();
    b.setKind("visit");
    b.initPersons(1).set(0, unknown.value);
  });
  EXPECT_FLAGGED_FOR(orphan, orphan);
  seal_march();
  log.online(other_field);
  ASSERT_TRUE(in_force(orphan));
  EXPECT_EQ(booked(orphan), "2016-03-15");
  EXPECT_FALSE(log.reasons(orphan).has(Reason::period_sealed));
}

TEST_F(Sealing, a_corrected_day_moves_nothing_out_of_a_report_nor_into_one) {
  const EventId reported = serve_on("2016-03-10", 3);
  const EventId corrected_in_time = serve_on("2016-04-12", 1);
  move_to(corrected_in_time, "2016-03-12");
  const EventId recounted = serve_on("2016-03-11", 1);
  const EventId april = serve_on("2016-04-10", 4);
  seal_march();
  move_to(reported, "2016-04-05");
  move_to(april, "2016-03-20");
  correct(recounted, schema::EventCorrected::Field::QUANTITY, 2);
  EXPECT_EQ(to_string(Day{first_row(reported).day}), "2016-04-05");
  EXPECT_EQ(booked(reported), "2016-03-10");
  EXPECT_EQ(booked(corrected_in_time), "2016-03-12");
  EXPECT_EQ(booked(recounted), "2016-03-11");
  EXPECT_EQ(booked(april), "2016-04-01");
}

TEST_F(Sealing, whether_a_fact_is_late_is_no_part_of_the_digest) {
  const std::uint64_t size = log.records().size();
  log.offline(field);
  log.offline(finance);
  const EventId fact = serve_on("2016-03-15", 2);
  seal({.tree_size = size});
  LogBuilder other = log;
  log.online(field);
  log.online(finance);
  other.online(finance);
  other.online(field);
  EXPECT_FALSE(log.recorded(fact).reasons.has(Reason::period_sealed));
  EXPECT_TRUE(other.recorded(fact).reasons.has(Reason::period_sealed));
  EXPECT_EQ(digest(log.state()), digest(other.state()));
  EXPECT_EQ(booked(fact), booked_in(other.state(), fact));
}

// --- reports -----------------------------------------------------------------------------------

TEST_F(Sealing, the_sealed_report_is_the_same_byte_for_byte_at_its_tree_size) {
  serve_on("2016-03-10", 3);
  serve_on("2016-03-12", 5);
  const std::uint64_t size = log.records().size();
  const std::string report = march_report(log.state());
  ASSERT_NE(report.find("S1 8 "), std::string::npos) << report;
  const Hash root = at(size).frontier().root();
  const Hash report_hash = sha256(as_bytes(report));
  EXPECT_ACCEPTED(
      seal({.root = Bytes(root.bytes.begin(), root.bytes.end()),
            .report_sha256 = Bytes(report_hash.bytes.begin(), report_hash.bytes.end())}));
  serve_on("2016-03-20", 7);
  serve_on("2016-04-02", 1);

  const Seal& kept = seals().front();
  const Replayer then = at(kept.tree_size.value);
  EXPECT_EQ(then.frontier().root(), kept.root);
  EXPECT_EQ(march_report(then.state()), report);
  EXPECT_EQ(sha256(as_bytes(march_report(then.state()))), kept.reports.front().sha256);
  EXPECT_EQ(march_report(log.state()), report) << "by booking, also over all that came later";
  EXPECT_EQ(count(visits("2016-04-01", "2016-04-30", true)), 8) << "the next period has the rest";
  EXPECT_EQ(count(visits("2016-03-01", "2016-03-31", false)), 15);
  EXPECT_EQ(count(visits("2016-04-01", "2016-04-30", false)), 1);
  EXPECT_EQ(digest(at(log.records().size()).state()), digest(log.state()));
}

TEST_F(Sealing, periods_of_a_metric_go_by_the_day_of_booking_when_asked) {
  serve_on("2016-03-10", 3);
  seal_march();
  serve_on("2016-03-20", 7);
  serve_on("2016-04-02", 1);
  Metric metric = visits("2016-03-01", "2016-12-31", true);
  metric.op = MetricOp::min_per_period;
  metric.inner = MetricOp::sum;
  metric.from = day("2016-03-01");
  metric.to = day("2016-04-30");
  const auto periods = [&] {
    return compute_metric(figure_inputs(log.state()), metric, 0).periods;
  };
  EXPECT_EQ(periods(), (std::vector<PeriodValue>{{"2016-03", 3}, {"2016-04", 8}}));
  metric.where.booked = false;
  EXPECT_EQ(periods(), (std::vector<PeriodValue>{{"2016-03", 10}, {"2016-04", 1}}));
}

TEST_F(Sealing, a_late_fact_counts_in_the_year_of_its_booking) {
  serve_on("2015-11-02", 1);
  seal({.from = "2015-01-01", .to = "2015-12-31"});
  serve_on("2015-12-20", 1);
  Metric metric = visits("2015-01-01", "2016-12-31", true);
  metric.op = MetricOp::years_running;
  metric.of = MetricOf::events;
  EXPECT_EQ(count(metric), 2);
  metric.where.booked = false;
  EXPECT_EQ(count(metric), 1);
}

TEST_F(Sealing, facts_without_their_log_are_booked_on_their_day) {
  serve_on("2016-03-10", 3);
  seal_march();
  serve_on("2016-03-20", 7);
  const FigureInputs facts_only{log.state().facts, {}};
  EXPECT_EQ(compute_metric(facts_only, visits("2016-03-01", "2016-03-31", true), 0).value, 10);
}

TEST(SealingPack, a_pack_asks_for_booking_in_so_many_words) {
  const std::string pack(embedded_pack("b"));
  const std::string where = "\"where\": {";
  const std::size_t place = pack.find(where);
  ASSERT_NE(place, std::string::npos);
  const auto with = [&](const std::string& member) {
    return parse_pack(std::string(pack).insert(place + where.size(), member));
  };
  const auto booked = [](const PackFigure& figure) { return figure.metric.where.booked; };
  const Result<Pack> plain = parse_pack(pack);
  ASSERT_TRUE(plain.has_value());
  EXPECT_TRUE(std::none_of(plain->figures.begin(), plain->figures.end(), booked));
  const Result<Pack> asks = with("\"booked\": true, ");
  ASSERT_TRUE(asks.has_value()) << asks.error().message();
  EXPECT_EQ(std::count_if(asks->figures.begin(), asks->figures.end(), booked), 1);
  EXPECT_FALSE(with("\"booked\": 1, ").has_value());
}

}  // namespace
}  // namespace houniao::testing
