// The bench beside the log: the same list at the head, as of a place, and folded afresh; it follows
// the log; paging through it gives every anomaly once; what was decided about one is shown.
#include "server/doubts.h"

#include <set>

#include "replay/checkpoint.h"
#include "replay/merkle/tiles.h"
#include "server/http/anomalies_json.h"
#include "server/log/memory_store.h"
#include "tests/unit/replay/families/delivery_world.h"
#include "tests/unit/server/queries_world.h"

namespace houniao::testing {
namespace {

// A stored log that grows by the records of a log builder.
class Stored {
 public:
  void store(const std::vector<Bytes>& records, std::size_t through) {
    Commit commit;
    commit.first = Seq{tree_.size().value};
    for (std::size_t i = tree_.size().value; i < through; ++i) {
      commit.offsets.push_back(static_cast<std::uint32_t>(commit.records.size()));
      append(commit.records, records[i]);
      tree_.append(merkle::leaf_hash(records[i]));
    }
    commit.tiles = tree_.take_changed();
    std::array<std::uint8_t, 32> seed;
    seed.fill(9);
    commit.checkpoint = sign_checkpoint({"log.test/doubts", tree_.size(), tree_.root()},
                                        signing_key_from_seed(seed));
    const Result<void> stored = log.append(commit);
    EXPECT_TRUE(stored) << (stored ? "" : stored.error().message());
  }
  MemoryStore log;

 private:
  merkle::TileBuilder tree_;
};

// People without a document, a phone or any other trace, each served three times by one worker:
// what rule A01 doubts, one anomaly for each of them.
class DoubtsOfALog : public DeliveryWorld {
 protected:
  static constexpr std::size_t kGhosts = 7;

  DoubtsOfALog() {
    for (std::size_t i = 0; i < kGhosts; ++i) {
      const EventId ghost = person();
      for (int service = 0; service < 3; ++service) serve({ghost});
      ghosts_.push_back(ghost);
      if (i == kGhosts / 2) middle_ = log.records().size();
    }
  }
  std::vector<rules::Anomaly> fresh(std::size_t records) const {
    rules::Bench bench;
    for (std::size_t i = 0; i < records; ++i) EXPECT_TRUE(bench.feed(log.records()[i]));
    return bench.anomalies();
  }
  static std::vector<rules::Anomaly> list_of(Doubts& doubts, std::size_t size, std::size_t head) {
    std::vector<rules::Anomaly> out;
    const auto read = doubts.with_bench(TreeSize{size}, TreeSize{head},
                                        [&](rules::Bench& bench) { out = bench.anomalies(); });
    EXPECT_TRUE(read) << (read ? "" : read.error().message());
    return out;
  }

  std::vector<EventId> ghosts_;
  std::size_t middle_ = 0;
};

TEST_F(DoubtsOfALog, follow_the_head_and_answer_for_any_place_before_it) {
  Stored stored;
  Doubts doubts(stored.log);
  stored.store(log.records(), middle_);
  EXPECT_EQ(list_of(doubts, middle_, middle_), fresh(middle_));
  stored.store(log.records(), log.records().size());
  const std::size_t head = log.records().size();
  const auto whole = list_of(doubts, head, head);
  EXPECT_EQ(whole, fresh(head));
  EXPECT_GE(whole.size(), kGhosts);
  // Forward, backward, and the head again: a bench itself goes forward only.
  for (const std::size_t size : {middle_, middle_ + 5, middle_ - 3, std::size_t{0}, middle_}) {
    EXPECT_EQ(list_of(doubts, size, head), fresh(size)) << size;
  }
  EXPECT_EQ(list_of(doubts, head, head), whole);
  EXPECT_LT(fresh(middle_).size(), whole.size()) << "the places must differ to tell anything";
}

// Counts the slices that are read: what a fold from the first record costs.
class Counted final : public LogStore {
 public:
  explicit Counted(const MemoryStore& log) : log_(log) {}
  Result<void> append(const Commit&) override { return fail(Errc::internal, "read only"); }
  Result<RecordRun> read(Seq from, std::size_t bytes_max) const override {
    froms.push_back(from.value);
    return log_.read(from, bytes_max);
  }
  Result<Bytes> tile(unsigned level, std::uint64_t index) const override {
    return log_.tile(level, index);
  }
  LogHead head() const override { return log_.head(); }
  Result<std::vector<DeviceHead>> device_heads() const override { return log_.device_heads(); }
  Result<std::vector<ScopeHead>> scope_heads() const override { return log_.scope_heads(); }
  Result<std::vector<StoredCheckpoint>> checkpoints() const override { return log_.checkpoints(); }
  std::uint64_t used_bytes() const override { return log_.used_bytes(); }

  mutable std::vector<std::uint64_t> froms;

 private:
  const MemoryStore& log_;
};

// A caller reads the head, waits for the lock, and finds that another one has moved the bench on.
TEST_F(DoubtsOfALog, of_a_head_that_has_moved_on_are_answered_without_another_fold) {
  Stored stored;
  stored.store(log.records(), log.records().size());
  const std::size_t head = log.records().size();
  const Counted counted(stored.log);
  Doubts doubts(counted);
  const auto whole = list_of(doubts, head, head);
  counted.froms.clear();
  std::uint64_t records = 0;
  const auto newest = doubts.with_bench(std::nullopt, TreeSize{middle_}, [&](rules::Bench& bench) {
    records = bench.records();
    EXPECT_EQ(bench.anomalies(), whole);
  });
  EXPECT_TRUE(newest);
  EXPECT_EQ(records, head) << "the newest, and the page says of how many records";
  EXPECT_TRUE(counted.froms.empty());
  // Who asked for that place gets that place, and the bench of the head stays where it is.
  EXPECT_EQ(list_of(doubts, middle_, middle_), fresh(middle_));
  counted.froms.clear();
  EXPECT_EQ(list_of(doubts, head, head), whole);
  EXPECT_TRUE(counted.froms.empty()) << "folded again from " << counted.froms.front();
}

TEST_F(DoubtsOfALog, are_not_folded_any_more_when_the_server_stops) {
  Stored stored;
  stored.store(log.records(), middle_);
  Doubts doubts(stored.log);
  doubts.interrupt();
  const auto read = doubts.with_bench(std::nullopt, TreeSize{middle_}, [](rules::Bench&) {
    ADD_FAILURE() << "folded all the same";
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::shutting_down);
}

TEST_F(DoubtsOfALog, refuse_a_log_that_ends_too_early) {
  Stored stored;
  stored.store(log.records(), middle_);
  Doubts doubts(stored.log);
  const auto read = doubts.with_bench(TreeSize{middle_ + 1}, TreeSize{middle_ + 1},
                                      [](rules::Bench&) { ADD_FAILURE() << "nothing to read"; });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::corrupt);
  EXPECT_EQ(list_of(doubts, middle_, middle_), fresh(middle_)) << "and stay usable";
}

TEST_F(DoubtsOfALog, are_paged_so_that_each_comes_once_in_the_order_of_the_bench) {
  const PageJson whole = items(log, "anomalies?limit=500");
  ASSERT_GE(whole.size(), kGhosts);
  PageJson paged = PageJson::array();
  std::string cursor;
  for (std::size_t pages = 0; pages <= whole.size(); ++pages) {
    const PageJson page =
        ask(log, "anomalies?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    EXPECT_LE(page["items"].size(), 2U);
    EXPECT_EQ(page["total"], whole.size());
    for (const PageJson& item : page["items"]) paged.push_back(item);
    if (page["next"].is_null()) break;
    cursor = page["next"].get<std::string>();
  }
  EXPECT_EQ(paged, whole);
  const std::vector<std::string> ids = ids_of(whole);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size()) << "ids are unique";
}

// The anomaly that a cursor names may have changed since; what follows its event is still found.
TEST_F(DoubtsOfALog, a_cursor_of_an_anomaly_that_is_gone_goes_on_behind_its_event) {
  const PageJson whole = items(log, "anomalies?rule=A01");
  ASSERT_EQ(whole.size(), kGhosts);
  std::string gone = whole[2].at("id").get<std::string>();
  gone.back() = gone.back() == '0' ? '1' : '0';
  const PageJson rest = items(log, "anomalies?rule=A01&cursor=" + gone);
  ASSERT_EQ(rest.size(), kGhosts - 3);
  EXPECT_EQ(rest[0], whole[3]);
}

TEST_F(DoubtsOfALog, are_found_by_rule_by_whom_they_are_about_and_one_by_one) {
  const PageJson whole = items(log, "anomalies?rule=A01");
  ASSERT_EQ(whole.size(), kGhosts);
  for (const PageJson& item : whole) EXPECT_EQ(item["rule"], "A01");
  const std::string subject = whole[1].at("subject").get<std::string>();
  EXPECT_EQ(items(log, "anomalies?rule=A01&subject=" + subject), PageJson::array({whole[1]}));
  PageJson one = ask(log, "anomalies/" + whole[1].at("id").get<std::string>());
  EXPECT_EQ(one["records"], log.records().size());
  one.erase("at");
  one.erase("records");
  EXPECT_EQ(one, whole[1]);
  const PageJson& event = whole[1].at("events").front();
  const EventEntry* entry =
      log.state().events.find(parse_event_id(event.at("id").get<std::string>()));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(event.at("seq"), entry->seq.value);
}

TEST_F(DoubtsOfALog, refuse_rules_cursors_and_ids_that_do_not_exist) {
  const auto refusal = [&](const std::string& what) {
    const auto page = try_ask(log, what);
    EXPECT_FALSE(page) << what;
    return page ? Errc::internal : page.error().code;
  };
  for (const char* what :
       {"anomalies?rule=A99", "anomalies?rule=a01", "anomalies?cursor=7-12",
        "anomalies?cursor=A01-7-12-1a2b3c4", "anomalies?cursor=A01-7--12-1a2b3c4d",
        "anomalies?cursor=A01-99999999999-12-1a2b3c4d", "anomalies?undecided=maybe",
        "anomalies?subject=x", "anomalies?limit=0", "anomalies?verdict=confirmed"}) {
    EXPECT_EQ(refusal(what), Errc::invalid_argument) << what;
  }
  rules::Bench bench;
  EXPECT_EQ(try_ask(bench, "anomalies/A01-7-12-1a2b3c4d").error().code, Errc::not_found);
  EXPECT_EQ(try_ask(bench, "orders").error().code, Errc::not_found) << "no page of the bench";
}

TEST_F(DoubtsOfALog, show_what_was_decided_and_which_are_undecided) {
  const DeviceNumber auditor = log.enrol({.holder = 510, .roles = {Role::AUDITOR}});
  const PageJson first = items(log, "anomalies?rule=A01")[0];
  const std::size_t before = items(log, "anomalies?limit=500").size();
  const EventId decision = log.add(auditor, [&](Body e) {
    auto b = e.initBody().initAnomalyDispositioned();
    b.setRule("A01");
    b.setRuleVersion(first.at("version").get<std::uint32_t>());
    b.setVerdict(schema::AnomalyDispositioned::Verdict::EXPLAINED);
    b.setReason("a family without a phone");
    auto list = b.initEvidence(static_cast<unsigned>(first.at("events").size()));
    for (unsigned i = 0; i < list.size(); ++i) {
      list.set(i, parse_event_id(first.at("events")[i].at("id").get<std::string>()).value);
    }
  });
  const PageJson decided = items(log, "anomalies?rule=A01&undecided=false");
  ASSERT_EQ(decided.size(), 1U);
  EXPECT_EQ(decided[0]["id"], first["id"]) << "a decision changes nothing about the doubt";
  EXPECT_EQ(decided[0]["disposition"]["event"], id_of(decision));
  EXPECT_EQ(decided[0]["disposition"]["verdict"], "explained");
  EXPECT_EQ(decided[0]["disposition"]["actor"], "0-510");
  EXPECT_EQ(items(log, "anomalies?undecided=true&limit=500").size(), before - 1);
}

// What a place says of an id, for every rule number that there can be.
TEST(AnomalyIds, name_rule_and_first_event) {
  rules::Anomaly anomaly;
  anomaly.rule = 7;
  anomaly.events = {event_id(DeviceNumber{12}, DeviceSeq{345}),
                    event_id(DeviceNumber{13}, DeviceSeq{1})};
  anomaly.zh = "一";
  const State state;
  const std::string id = queries::anomaly_id(state, anomaly);
  EXPECT_EQ(id.substr(0, 11), "A07-12-345-");
  const auto place = queries::place_of(id);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->rule, 7);
  EXPECT_EQ(place->event, anomaly.events.front());
  rules::Anomaly other = anomaly;
  other.zh = "二";
  EXPECT_NE(queries::anomaly_id(state, other), id);
  for (const char* wrong : {"", "A", "A07", "A07-12-345", "A07-12-345-", "B07-12-345-00000000",
                            "A07-12-345-0000000g", "A70000-12-345-00000000"}) {
    EXPECT_FALSE(queries::place_of(wrong)) << wrong;
  }
}

TEST(AnomalyRulesPage, gives_every_rule_with_its_reason_its_thresholds_and_what_to_check_first) {
  const LogBuilder log;
  const PageJson rules = ask(log, "anomaly-rules").at("rules");
  ASSERT_GE(rules.size(), 40U);
  for (const PageJson& rule : rules) {
    for (const char* member :
         {"name_zh", "name_en", "basis_zh", "basis_en", "innocent_zh", "innocent_en"}) {
      EXPECT_FALSE(rule.at(member).get<std::string>().empty()) << rule.at("rule") << " " << member;
    }
    for (const PageJson& threshold : rule.at("thresholds")) {
      EXPECT_FALSE(threshold.at("zh").get<std::string>().empty()) << rule.at("rule");
    }
  }
}

}  // namespace
}  // namespace houniao::testing
