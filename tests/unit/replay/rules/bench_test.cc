#include "replay/rules/bench.h"

#include <gtest/gtest.h>

#include "tests/unit/replay/rules/deliveries_bench.h"

namespace houniao::testing {
namespace {

using rules::Anomaly;
using rules::Bench;
using rules::Choice;
using rules::Difference;
using rules::RuleRow;
using rules::RuleSet;
using EventBody = schema::Event::Body;

// --- a rule of the tests' own --------------------------------------------------------------------

// Doubts every person that is registered; `copies` times, and with the evidence that a test wants.
constexpr rules::Parameter kParameters[] = {{"copies", 1, "份数", "copies"}};
constexpr EventType kReads[] = {EventBody::PERSON_REGISTERED};

class DoubtsEverybody final : public rules::Rule {
 public:
  explicit DoubtsEverybody(const rules::Parameters& parameters)
      : copies_(parameters.get("copies")) {}
  void observe(const rules::Observation& seen) override {
    if (seen.type == EventBody::PERSON_REGISTERED) seen_.push_back(seen.id);
  }
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override {
    for (const EventId id : seen_) {
      if (!state.in_force(id)) continue;
      for (std::int64_t i = 0; i < copies_; ++i) {
        Anomaly anomaly;
        // Out of order, twice, and one that the log does not have.
        anomaly.events = {id, EventId{1} /* no such event */, id};
        anomaly.at_risk = Fen{static_cast<std::int64_t>(id.value % 7)};
        anomaly.zh = "某日" + to_string(today);
        anomaly.en = "on " + to_string(today);
        out.push_back(anomaly);
      }
    }
  }

 private:
  std::int64_t copies_;
  std::vector<EventId> seen_;
};

// A row of which only number, version and what it is made of matter.
RuleRow row_of(std::uint16_t number, std::uint32_t version,
               std::span<const rules::Parameter> parameters, std::span<const EventType> reads,
               bool by_day, std::unique_ptr<rules::Rule> (*make)(const rules::Parameters&)) {
  return {number, version,       "疑",       "a doubt", "据",   "a reason",
          "查",   "check first", parameters, reads,     by_day, make};
}

template <class T>
std::unique_ptr<rules::Rule> make(const rules::Parameters& parameters) {
  return std::make_unique<T>(parameters);
}

const RuleRow kRow = row_of(90, 4, kParameters, kReads, true, make<DoubtsEverybody>);

// Says that it reads what it does not.
constexpr EventType kWrongReads[] = {EventBody::SITE_OPENED};
const RuleRow kDeaf = row_of(92, 1, kParameters, kWrongReads, false, make<DoubtsEverybody>);

RuleSet own_rule() {
  return RuleSet::of({Choice{&kRow, rules::Parameters(kRow.parameters), kRow.version}});
}

// --- a rule that gives one anomaly over everything -----------------------------------------------

class SeesOneCrowd final : public rules::Rule {
 public:
  explicit SeesOneCrowd(const rules::Parameters&) {}
  void observe(const rules::Observation& seen) override { seen_.push_back(seen.id); }
  void find(const State&, Day, std::vector<Anomaly>& out) const override {
    Anomaly anomaly;
    anomaly.events.assign(seen_.rbegin(), seen_.rend());
    anomaly.zh = "众";
    anomaly.en = "crowd";
    out.push_back(anomaly);
    out.push_back(anomaly);
  }

 private:
  std::vector<EventId> seen_;
};
const RuleRow kCrowd = row_of(91, 1, {}, {}, false, make<SeesOneCrowd>);

class BenchTest : public DeliveriesBench {
 protected:
  static Bench fold(RuleSet set, std::span<const Bytes> records) {
    Bench bench(std::move(set));
    for (const Bytes& record : records) EXPECT_TRUE(bench.feed(record).has_value());
    return bench;
  }

  EventId dispose(const std::string& rule, std::vector<EventId> evidence, std::int32_t day,
                  schema::AnomalyDispositioned::Verdict verdict) {
    const DeviceNumber auditor = auditors_();
    return log.add(auditor, [&](Body e) {
      e.setOccurredDay(day);
      auto b = e.initBody().initAnomalyDispositioned();
      b.setRule(rule);
      b.setRuleVersion(4);
      auto list = b.initEvidence(static_cast<unsigned>(evidence.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, evidence[i].value);
      b.setVerdict(verdict);
      b.setReason("looked at the paper");
    });
  }

  // A season with a little of everything that the rules look at, out of order where that matters.
  void play_a_season() {
    const EventId here = place({.capacity = 30});
    const EventId there = place({.latitude_e7 = 222'735'100, .longitude_e7 = 1'135'641'900});
    const EventId contract = contract_with(contractor, 20'000, 16'990, 17'050);
    const EventId other = contract_with(rival);
    std::vector<EventId> persons;
    for (int i = 0; i < 4; ++i) persons.push_back(known());
    const EventId ghost = person_with({});
    std::vector<EventId> units;
    for (int day = 0; day < 6; ++day) {
      log.set_today(Day{17'000 + day});
      units.push_back(service({.persons = {persons[static_cast<std::size_t>(day) % 4]},
                               .minute = 600,
                               .staff = worker,
                               .contract = contract,
                               .site = here}));
      service({.persons = {ghost}, .staff = worker, .site = there});
      const EventId held = meeting({.headcount = 40, .from = 540, .to = 660, .site = here});
      sign_in(held, {.persons = {persons[0], persons[1]}, .in = 540, .out = 660});
    }
    log.offline(other_field);
    const EventId unseen =
        log.add(other_field, [](Body e) { e.initBody().initPersonRegistered(); });
    const EventId early = service({.persons = {unseen}, .staff = worker, .contract = other});
    const EventId milestone = submit(contract, 6, units);
    log.online(other_field);
    submit(other, 2, {units[0], early});
    review(reviewer, milestone, {.accepted = 6, .fen = 6'000});
    log.set_today(Day{17'030});
    pay_for(contract, milestone, 5'000);
    retract(units[5]);
    const EventId mine = volunteer(persons[2]);
    serve_hours(mine, 200, 17'020);
    link(persons[0], persons[3]);
    release(milestone, false);  // was never held: a decision about nothing
  }

 private:
  DeviceNumber auditors_() {
    if (auditor_.value == 0) auditor_ = log.enrol({.holder = 507, .roles = {Role::AUDITOR}});
    return auditor_;
  }
  DeviceNumber auditor_;
};

TEST_F(BenchTest, AsksAgainOnlyWhatMayHaveChangedAndStillAgreesWithABenchAskedOnce) {
  play_a_season();
  Bench incremental;
  std::size_t fed = 0;
  std::size_t anomalies = 0;
  bool spared = false;
  for (const Bytes& record : log.records()) {
    ASSERT_TRUE(incremental.feed(record).has_value());
    ++fed;
    const std::vector<Anomaly> found = incremental.anomalies();
    const std::size_t asked = incremental.asked();
    spared = spared || (asked > 0 && asked < RuleSet::standard().choices().size());
    if (fed % 9 != 0 && fed != log.records().size()) continue;
    Bench fresh = fold(RuleSet::standard(), std::span(log.records()).first(fed));
    ASSERT_EQ(fresh.anomalies(), found) << "after " << fed << " records";
    anomalies = found.size();
  }
  EXPECT_EQ(incremental.records(), log.records().size());
  EXPECT_GE(anomalies, 4u) << "a season without doubts proves nothing";
  EXPECT_TRUE(spared) << "every rule was asked again after every record";
}

// The canary of the test before this one: a row that does not name what its rule reads shows as a
// difference.
TEST_F(BenchTest, ARowThatNamesTheWrongTypesGivesAnotherListThanABenchAskedOnce) {
  const RuleSet deaf =
      RuleSet::of({Choice{&kDeaf, rules::Parameters(kDeaf.parameters), kDeaf.version}});
  known();
  Bench incremental = fold(deaf, log.records());
  ASSERT_EQ(incremental.anomalies().size(), 1u);
  const std::size_t before = log.records().size();
  known();
  for (std::size_t i = before; i < log.records().size(); ++i) {
    ASSERT_TRUE(incremental.feed(log.records()[i]).has_value());
  }
  Bench fresh = fold(deaf, log.records());
  EXPECT_EQ(fresh.anomalies().size(), 2u);
  EXPECT_NE(fresh.anomalies(), incremental.anomalies());
}

TEST_F(BenchTest, AsksNobodyTwiceAboutTheSameLog) {
  play_a_season();
  Bench bench = fold(RuleSet::standard(), log.records());
  bench.anomalies();
  EXPECT_EQ(bench.asked(), RuleSet::standard().choices().size());
  bench.anomalies();
  EXPECT_EQ(bench.asked(), 0u);
}

TEST_F(BenchTest, AsksARuleThatLooksAtTheDayWhenTheDayChanges) {
  const EventId someone = known();
  Bench bench = fold(own_rule(), log.records());
  ASSERT_EQ(bench.anomalies().size(), 1u);
  const std::size_t before = log.records().size();
  organisation();  // nothing that the rule reads
  log.set_today(Day{log.today().value + 1});
  organisation();
  for (std::size_t i = before; i < log.records().size(); ++i) {
    ASSERT_TRUE(bench.feed(log.records()[i]).has_value());
    bench.anomalies();
  }
  ASSERT_EQ(bench.anomalies().size(), 1u);
  EXPECT_EQ(bench.anomalies()[0].en, "on " + to_string(log.today()));
  EXPECT_EQ(bench.anomalies()[0].events, std::vector<EventId>{someone});
}

TEST_F(BenchTest, AsksEveryRuleAgainWhenAnEventIsTakenBack) {
  const EventId someone = known();
  Bench bench = fold(own_rule(), log.records());
  ASSERT_EQ(bench.anomalies().size(), 1u);
  const std::size_t before = log.records().size();
  retract(someone);
  for (std::size_t i = before; i < log.records().size(); ++i) {
    ASSERT_TRUE(bench.feed(log.records()[i]).has_value());
  }
  EXPECT_TRUE(bench.anomalies().empty());
}

TEST_F(BenchTest, FillsInRuleAndVersionAndPutsEvidenceInOrder) {
  known();
  known();
  Bench bench = fold(own_rule(), log.records());
  const std::vector<Anomaly>& found = bench.anomalies();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_LT(found[0].events, found[1].events);
  for (const Anomaly& anomaly : found) {
    EXPECT_EQ(anomaly.rule, 90);
    EXPECT_EQ(anomaly.version, 4u);
    EXPECT_EQ(anomaly.events.size(), 1u) << "each event once, and only what the log has";
  }
}

TEST_F(BenchTest, GivesOneAnomalyForTwoThatSayTheSame) {
  known();
  rules::Parameters thrice(kRow.parameters);
  ASSERT_TRUE(thrice.set("copies", 3));
  ASSERT_FALSE(thrice.set("sides", 3));
  Bench bench = fold(RuleSet::of({Choice{&kRow, thrice, 5}}), log.records());
  ASSERT_EQ(bench.anomalies().size(), 1u);
  EXPECT_EQ(bench.anomalies()[0].version, 5u);
}

TEST_F(BenchTest, KeepsWhatOnePersonCanLookThroughAndSaysWhatItLeftOut) {
  for (std::size_t i = 0; i < rules::kEvidencePerAnomaly + 10; ++i) organisation();
  Bench bench = fold(RuleSet::of({Choice{&kCrowd, rules::Parameters({}), 1}}), log.records());
  ASSERT_EQ(bench.anomalies().size(), 1u);
  const Anomaly& crowd = bench.anomalies()[0];
  EXPECT_EQ(crowd.events.size(), rules::kEvidencePerAnomaly);
  EXPECT_TRUE(std::is_sorted(crowd.events.begin(), crowd.events.end()));
  const std::size_t more = bench.state().events.size() - rules::kEvidencePerAnomaly;
  EXPECT_EQ(crowd.en, "crowd (" + std::to_string(more) + " more events are not listed)");
}

TEST_F(BenchTest, CountsAnomaliesBeyondTheLimitInOneMore) {
  for (std::size_t i = 0; i < rules::kAnomaliesPerRule + 5; ++i) person();
  Bench bench = fold(own_rule(), log.records());
  const std::vector<Anomaly>& found = bench.anomalies();
  ASSERT_EQ(found.size(), rules::kAnomaliesPerRule + 1);
  std::size_t summaries = 0;
  for (const Anomaly& anomaly : found) {
    if (anomaly.events.size() == 1) continue;
    ++summaries;
    EXPECT_EQ(anomaly.events.size(), 5u);
    EXPECT_EQ(anomaly.en.rfind("5 more anomalies", 0), 0u) << anomaly.en;
    EXPECT_EQ(anomaly.at_risk, Fen{}) << "those with most at risk are given one by one";
  }
  EXPECT_EQ(summaries, 1u);
}

TEST_F(BenchTest, ShowsWhatWasDecidedAboutAnAnomalyAndTheLatestDecision) {
  using Verdict = schema::AnomalyDispositioned::Verdict;
  log.set_today(Day{17'002});  // a decision of a day to come would be held
  const EventId first = known();
  const EventId second = known();
  dispose("A90", {first}, 17'000, Verdict::CONFIRMED);
  dispose("A90", {first}, 17'002, Verdict::EXPLAINED);
  dispose("A03", {second}, 17'002, Verdict::CONFIRMED);         // another rule
  dispose("A90", {first, second}, 17'001, Verdict::CONFIRMED);  // an anomaly that begins elsewhere
  Bench bench = fold(own_rule(), log.records());
  const std::vector<rules::Doubt> doubts = bench.doubts();
  ASSERT_EQ(doubts.size(), 2u);
  ASSERT_NE(doubts[0].disposition, nullptr);
  EXPECT_EQ(doubts[0].disposition->verdict, static_cast<std::uint16_t>(Verdict::EXPLAINED));
  EXPECT_EQ(doubts[1].disposition, nullptr);
}

TEST_F(BenchTest, TakesARecordThatItHasAlreadyOnce) {
  known();
  Bench bench(own_rule());
  for (const Bytes& record : log.records()) {
    ASSERT_TRUE(bench.feed(record).has_value());
    ASSERT_TRUE(bench.feed(record).has_value());
  }
  EXPECT_EQ(bench.anomalies().size(), 1u);
  EXPECT_EQ(bench.state().event_count, log.state().event_count);
}

TEST_F(BenchTest, StaysWithTheFirstFailure) {
  Bench bench;
  // The last event; what comes after it is its attestation. Its device is not enrolled before it.
  const Bytes& record = log.records().at(log.records().size() - 2);
  const auto refused = bench.feed(record);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::corrupt);
  const auto again = bench.feed(log.records().front());
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().detail, refused.error().detail);
  const auto rubbish = Bench().feed(Bytes(16, 0xff));
  EXPECT_FALSE(rubbish.has_value());
}

Anomaly about(std::uint16_t rule, std::uint64_t event, std::uint32_t version = 1) {
  Anomaly out;
  out.rule = rule;
  out.version = version;
  out.events = {EventId{event}};
  return out;
}

TEST(Differences, AreByWhatAnomaliesAreAboutAndNotByTheirVersion) {
  const std::vector<Anomaly> before{about(3, 10), about(3, 11), about(9, 10)};
  const std::vector<Anomaly> after{about(3, 11, 2), about(3, 12, 2), about(9, 10, 2)};
  const Difference difference = rules::difference(before, after);
  ASSERT_EQ(difference.only_first.size(), 1u);
  EXPECT_EQ(difference.only_first[0].events[0], EventId{10});
  ASSERT_EQ(difference.only_second.size(), 1u);
  EXPECT_EQ(difference.only_second[0].events[0], EventId{12});
  EXPECT_EQ(difference.both, 2u);
  EXPECT_EQ(rules::difference(before, before).both, before.size());
  EXPECT_EQ(rules::difference({}, after).only_second.size(), after.size());
}

TEST(RuleCodes, HaveTwoDigits) {
  EXPECT_EQ(rules::code_of(3), "A03");
  EXPECT_EQ(rules::code_of(40), "A40");
}

}  // namespace
}  // namespace houniao::testing
