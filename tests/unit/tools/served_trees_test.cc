// Trees that a server shows to its devices and witnesses: keys that change, histories that fork or
// shrink, and a log key in the wrong hands. Real sessions on both sides, no sockets.
#include <gtest/gtest.h>

#include "client_sdk/core/client_core.h"
#include "replay/merkle/tiles.h"
#include "server/log/log_node_source.h"
#include "server/witness.h"
#include "tests/unit/server/device.h"
#include "tests/unit/server/scratch.h"
#include "tools/audit/verify.h"

namespace houniao {
namespace {

using audit::Check;
using testing_server::CountingRandom;
using testing_server::key_of;
using testing_server::Scratch;
using testing_server::TestClock;

constexpr ScopeId kStation{16};
constexpr const char* kOrigin = "log.test/unit";

SequencerOptions options_with(std::uint8_t log_key, std::optional<std::uint8_t> next = {}) {
  SequencerOptions out;
  out.origin = kOrigin;
  out.log_key = key_of(log_key);
  if (next) out.next_log_key = key_of(*next);
  out.device_key = key_of(2);
  return out;
}

// One server over a log in memory. Two of them over copies of one log are a fork.
struct Host {
  CountingRandom random;
  MemoryStore log;
  MemoryKeyStore keys{random};
  MemoryQuarantine quarantine;
  TestClock clock;
  std::unique_ptr<ServerCore> core;

  Result<void> start(const SequencerOptions& options) {
    core.reset();
    auto opened = ServerCore::open({log, keys, quarantine, nullptr, random}, options, clock());
    if (!opened) return std::move(opened).error();
    core = std::move(*opened);
    return {};
  }
  std::string code() {
    EnrolmentCode grant;
    grant.expires = WallTime{clock.now.wall.us + 3'600'000'000};
    grant.roles = {static_cast<std::uint16_t>(schema::Role::FIELD)};
    grant.scopes = {kStation};
    const std::string out = make_enrolment_code(random);
    EXPECT_TRUE(keys.add_code(out, grant));
    return out;
  }
};

// The whole of a log as one commit of another: what somebody with a copy of the disk has.
void copy_log(const LogStore& from, LogStore& to) {
  const RecordRun run = from.read(Seq{0}, std::size_t{1} << 30).value();
  merkle::TileBuilder tree;
  for (std::size_t i = 0; i < run.count(); ++i) tree.append(merkle::leaf_hash(run.record(i)));
  Commit commit;
  commit.records = run.records;
  commit.offsets = run.offsets;
  commit.tiles = tree.take_changed();
  commit.device_heads = from.device_heads().value();
  commit.scope_heads = from.scope_heads().value();
  commit.checkpoint = from.head().checkpoint;
  const auto copied = to.append(commit);
  ASSERT_TRUE(copied) << copied.error().message();
}

// A client with its store, and the wire to whichever server it is pointed at.
class Tablet {
 public:
  explicit Tablet(std::uint64_t seed) : random_(seed) {
    core_ = client::ClientCore::open(store_, random_, {}).value();
  }
  void connect(Host& host, const std::string& code = {}) {
    if (!code.empty()) core_->set_enrolment_code(code);
    host_ = &host;
    session_ = host.core->connect(host.clock());
    core_->connected(now());
    exchange();
  }
  void disconnect() {
    host_->core->disconnect(session_);
    core_->disconnected(now());
  }
  void record(std::uint32_t headcount) {
    EventDraft draft;
    draft.scope = kStation;
    draft.body = [headcount](schema::Event::Body::Builder body) {
      auto held = body.initSessionHeld();
      held.setKind("weekend_class");
      held.setHeadcount(headcount);
    };
    const auto recorded = core_->record({&draft, 1}, now());
    ASSERT_TRUE(recorded) << recorded.error().message();
  }
  void exchange() {
    for (int quiet = 0; quiet < 3;) {
      bool moved = false;
      for (const Bytes& frame : core_->take_output()) {
        host_->core->feed(session_, frame, host_->clock());
        moved = true;
      }
      host_->core->settle(host_->clock());
      for (const SharedFrame& frame : host_->core->take_output(session_)) {
        core_->feed(*frame, now());
        moved = true;
      }
      quiet = moved ? 0 : quiet + 1;
    }
  }
  client::ClientCore& core() { return *core_; }
  const client::Notebook& notebook() const { return std::as_const(*core_).notebook(); }
  TreeSize verified() const {
    const auto& seen = notebook().position().verified;
    return seen ? seen->checkpoint.size : TreeSize{0};
  }
  std::optional<Errc> last_error() const {
    const auto& error = core_->sync(now()).last_error;
    return error ? std::optional(error->code) : std::nullopt;
  }

 private:
  class Seeded final : public Random {
   public:
    explicit Seeded(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::uint8_t> out) override {
      for (std::uint8_t& byte : out) {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        byte = static_cast<std::uint8_t>(state_ >> 56);
      }
    }

   private:
    std::uint64_t state_;
  };
  client::Now now() const {
    const Moment moment = host_ == nullptr ? TestClock{}() : host_->clock();
    return {moment.wall, moment.mono_us};
  }

  client::MemoryStore store_;
  Seeded random_;
  std::unique_ptr<client::ClientCore> core_;
  Host* host_ = nullptr;
  SessionKey session_{};
};

class ServedTrees : public testing::Test {
 protected:
  ServedTrees() {
    EXPECT_TRUE(honest_.start(options_with(1)));
    for (Tablet* tablet : {&first_, &second_}) {
      tablet->connect(honest_, honest_.code());
      EXPECT_TRUE(tablet->core().online());
      tablet->disconnect();
    }
  }
  // The same log up to here, on a second server with the same keys: the log key is stolen, or the
  // operator lies.
  void fork() {
    copy_log(honest_.log, forked_.log);
    const auto started = forked_.start(options_with(1));
    ASSERT_TRUE(started) << started.error().message();
  }
  static void work(Tablet& tablet, Host& host, std::uint32_t headcount) {
    tablet.connect(host);
    tablet.record(headcount);
    tablet.core().tick({host.clock().wall, host.clock().mono_us});
    tablet.exchange();
    tablet.disconnect();
  }
  audit::Report audit_of(const LogStore& log, std::uint8_t trusted) const {
    audit::Options options;
    options.verifier_key = verifier_key(kOrigin, key_of(trusted).verify_key());
    return audit::verify_log(log, options).value();
  }
  static std::uint64_t failed(const audit::Report& report, Check check) {
    return report.tallies[static_cast<std::size_t>(check)].failed;
  }

  Host honest_;
  Host forked_;
  Tablet first_{11};
  Tablet second_{12};
};

TEST_F(ServedTrees, AForkShownToTwoTabletsIsFoundAtTheNextSyncOfEither) {
  fork();
  work(first_, honest_, 5);
  work(second_, forked_, 7);
  EXPECT_FALSE(first_.notebook().alarm());
  EXPECT_FALSE(second_.notebook().alarm());
  // The two histories are of the same size: nothing but the roots tells them apart.
  EXPECT_EQ(honest_.log.head().size, forked_.log.head().size);

  first_.connect(forked_);
  EXPECT_EQ(first_.last_error(), Errc::checkpoint_mismatch);
  second_.connect(honest_);
  EXPECT_EQ(second_.last_error(), Errc::checkpoint_mismatch);
}

TEST_F(ServedTrees, AForkIsFoundAlsoByATabletWhoseServerDoesNotAdmitIt) {
  fork();
  work(first_, honest_, 5);
  work(second_, forked_, 7);
  // A server that answers with its own checkpoint whatever the tablet says it has seen: the proof
  // that it would need does not exist.
  const auto head = forked_.core->published().head();
  const TreeSize seen = first_.verified();
  for (const TreeSize from : {TreeSize{0}, TreeSize{1}, TreeSize{seen.value - 1}, seen}) {
    client::History history(first_.notebook().position(), LogKeys(kOrigin, key_of(1).verify_key()),
                            false, first_.notebook().identity().id);
    const auto proof =
        merkle::consistency_proof(LogNodeSource(forked_.log), from, head->size).value();
    const auto accepted = history.accept_note(head->note, proof);
    ASSERT_FALSE(accepted);
    EXPECT_EQ(accepted.error().code, Errc::checkpoint_mismatch);
  }
}

TEST_F(ServedTrees, ALogThatWasRolledBackIsRefusedByWhoeverSawMore) {
  fork();  // the copy that is put back later
  work(first_, honest_, 5);
  EXPECT_GT(first_.verified(), forked_.log.head().size);
  first_.connect(forked_);
  EXPECT_EQ(first_.last_error(), Errc::checkpoint_mismatch);
}

TEST_F(ServedTrees, AStolenLogKeyIsCaughtByOneHonestTabletInTheAudit) {
  work(first_, honest_, 5);
  work(second_, honest_, 6);
  work(first_, honest_, 8);  // its signature vouches for the history with the 6
  EXPECT_TRUE(audit_of(honest_.log, 1).ok()) << audit::to_text(audit_of(honest_.log, 1));

  // The thief leaves a record out of the middle and signs what is left.
  MemoryStore forged;
  const RecordRun run = honest_.log.read(Seq{0}, std::size_t{1} << 30).value();
  Commit commit;
  merkle::TileBuilder tree;
  for (std::size_t i = 0; i < run.count(); ++i) {
    Bytes record(run.record(i).begin(), run.record(i).end());
    if (i == 2) record[record.size() - 1] ^= 1;  // in the first attestation
    commit.offsets.push_back(static_cast<std::uint32_t>(commit.records.size()));
    append(commit.records, record);
    tree.append(merkle::leaf_hash(record));
  }
  commit.tiles = tree.take_changed();
  commit.device_heads = honest_.log.device_heads().value();
  commit.scope_heads = honest_.log.scope_heads().value();
  commit.checkpoint = sign_checkpoint({kOrigin, tree.size(), tree.root()}, key_of(1));
  ASSERT_TRUE(forged.append(commit));

  const audit::Report report = audit_of(forged, 1);
  EXPECT_EQ(failed(report, Check::checkpoints), 0U) << "the signature is the log's own";
  EXPECT_GT(failed(report, Check::witnesses), 0U);
  ASSERT_TRUE(report.contradiction);
  EXPECT_NE(report.contradiction->witnessed, report.contradiction->in_log);
  EXPECT_GT(report.contradiction->size.value, 2U);
  const auto json = audit::to_json(report);
  EXPECT_EQ(json["contradiction"]["size"], report.contradiction->size.value);
  EXPECT_EQ(json["contradiction"]["witnessed_root"],
            to_hex(report.contradiction->witnessed.view()));
  EXPECT_NE(audit::to_text(report).find("the first device that contradicts the log"),
            std::string::npos);
}

// --- keys --------------------------------------------------------------------------------------

// A restart of the server cuts the connection; nothing else may have gone wrong.
template <class Tablet>
bool only_cut_off(const Tablet& tablet) {
  const auto error = tablet.last_error();
  return !error || *error == Errc::unavailable;
}

TEST_F(ServedTrees, ATabletFollowsTheLogsKeyAndRefusesTheOldOneAfterwards) {
  fork();
  work(first_, honest_, 5);
  const std::string old_key = first_.notebook().identity().log_key;
  ASSERT_TRUE(honest_.start(options_with(1, 3)));
  work(first_, honest_, 6);
  EXPECT_FALSE(first_.notebook().alarm());
  EXPECT_TRUE(only_cut_off(first_));
  EXPECT_EQ(first_.notebook().identity().log_key, verifier_key(kOrigin, key_of(3).verify_key()));
  EXPECT_EQ(first_.notebook().earlier_log_keys(), std::vector<std::string>{old_key});
  EXPECT_EQ(first_.verified(), honest_.log.head().size);
  // Twice more, without the tablet between the changes.
  ASSERT_TRUE(honest_.start(options_with(3, 4)));
  ASSERT_TRUE(honest_.start(options_with(4, 5)));
  work(first_, honest_, 7);
  EXPECT_TRUE(only_cut_off(first_));
  EXPECT_EQ(first_.notebook().identity().log_key, verifier_key(kOrigin, key_of(5).verify_key()));
  // Whoever still has the first key, and a copy of the log from before, is nobody.
  first_.connect(forked_);
  EXPECT_FALSE(first_.core().online());
  EXPECT_EQ(first_.last_error(), Errc::wrong_key);
}

TEST_F(ServedTrees, AKeyThatNobodyHandedOverIsRefused) {
  work(first_, honest_, 5);
  Host stranger;
  ASSERT_TRUE(stranger.start(options_with(9)));
  first_.connect(stranger);
  EXPECT_FALSE(first_.core().online());
  EXPECT_EQ(first_.last_error(), Errc::wrong_key);
}

TEST_F(ServedTrees, AStartWithTheWrongKeyIsRefused) {
  ASSERT_TRUE(honest_.start(options_with(1, 3)));
  const auto old = honest_.start(options_with(1));
  ASSERT_FALSE(old) << "its checkpoints would count for nothing";
  EXPECT_TRUE(honest_.start(options_with(1, 3))) << "cut off before the key was put in place";
  EXPECT_TRUE(honest_.start(options_with(3)));
}

TEST_F(ServedTrees, OldCheckpointsVerifyForEverUnderAnyOneKeyOfTheLog) {
  work(first_, honest_, 5);
  ASSERT_TRUE(honest_.start(options_with(1, 3)));
  work(first_, honest_, 6);
  work(second_, honest_, 7);  // its signature vouches for what the first key signed
  for (const std::uint8_t trusted : {std::uint8_t{1}, std::uint8_t{3}}) {
    const audit::Report report = audit_of(honest_.log, trusted);
    EXPECT_TRUE(report.ok()) << audit::to_text(report);
    EXPECT_EQ(report.tallies[static_cast<std::size_t>(Check::log_keys)].checked, 3U);
  }
  const audit::Report stranger = audit_of(honest_.log, 9);
  EXPECT_GT(failed(stranger, Check::log_keys), 0U);
  EXPECT_GT(failed(stranger, Check::checkpoints), 0U);
}

TEST_F(ServedTrees, CanaryAKeyThatWasReplacedSignsNothingLater) {
  ASSERT_TRUE(honest_.start(options_with(1, 3)));
  work(first_, honest_, 6);
  MemoryStore forged;
  copy_log(honest_.log, forged);
  audit::Options options;
  options.verifier_key = verifier_key(kOrigin, key_of(1).verify_key());
  const auto head = honest_.core->published().head();
  options.kept_checkpoints = {sign_checkpoint({kOrigin, head->size, head->root}, key_of(1))};
  const audit::Report report = audit::verify_log(forged, options).value();
  EXPECT_EQ(failed(report, Check::witnesses), 1U) << audit::to_text(report);
}

TEST_F(ServedTrees, AForkAtAChangeOfTheLogsKeyIsNamedByTheKeyThatBothSidesHave) {
  fork();
  ASSERT_TRUE(honest_.start(options_with(1, 3)));
  ASSERT_TRUE(forked_.start(options_with(1, 4)));
  audit::Options options;
  const std::string shared = verifier_key(kOrigin, key_of(1).verify_key());
  options.verifier_key = verifier_key(kOrigin, key_of(3).verify_key());
  options.kept_checkpoints = {forked_.log.head().checkpoint};
  const audit::Report report = audit::verify_log(honest_.log, options).value();
  const std::string text = audit::to_text(report);
  EXPECT_EQ(failed(report, Check::witnesses), 1U) << text;
  EXPECT_NE(text.find("history was rewritten: it is signed by " + shared), std::string::npos)
      << text;
  EXPECT_NE(
      text.find("contradicts the log at size " + std::to_string(forked_.log.head().size.value)),
      std::string::npos)
      << text;
  EXPECT_EQ(text.find("enrol again"), std::string::npos) << text;
}

// --- witnesses ---------------------------------------------------------------------------------

TEST_F(ServedTrees, AWitnessCosignsWhatExtendsAndNotTheFork) {
  Scratch scratch;
  CountingRandom random;
  struct Still final : Clock {
    WallTime wall() override { return WallTime{1'700'000'000'000'000}; }
    std::int64_t monotonic_us() override { return 0; }
  } clock;
  const std::vector<std::string> trusted{verifier_key(kOrigin, key_of(1).verify_key())};
  const auto state = scratch.path() / "witness.json";
  auto witness = Witness::open(state, "witness.test/w", trusted, random, clock).value();
  const auto ask = [&](const Host& host, TreeSize old) {
    const auto head = host.core->published().head();
    AddCheckpoint request{old, {}, head->note};
    if (old <= head->size) {
      request.proof = merkle::consistency_proof(LogNodeSource(host.log), old, head->size).value();
    }
    return witness->add_checkpoint(write_add_checkpoint(request));
  };
  fork();
  const TreeSize start = honest_.log.head().size;
  const WitnessAnswer first = ask(honest_, TreeSize{0});
  ASSERT_EQ(first.status, 200) << first.body;
  const Cosigner cosigner = parse_cosigner_key(witness->cosigner_key_text()).value();
  const std::string note = honest_.core->published().head()->note + first.body;
  EXPECT_EQ(verify_cosignature(note, cosigner).value(), 1'700'000'000);

  work(first_, honest_, 5);
  work(second_, forked_, 7);
  EXPECT_EQ(ask(honest_, TreeSize{0}).status, 409);
  EXPECT_EQ(ask(honest_, TreeSize{0}).body, std::to_string(start.value) + "\n");
  EXPECT_EQ(ask(honest_, TreeSize{0}).content_type, "text/x.tlog.size");
  EXPECT_EQ(ask(honest_, start).status, 200);
  // The fork is signed by the log's own key, and has the size that the witness just signed.
  const TreeSize size = honest_.log.head().size;
  ASSERT_EQ(forked_.log.head().size, size);
  EXPECT_EQ(ask(forked_, size).status, 409);
  work(second_, forked_, 9);
  EXPECT_EQ(ask(forked_, size).status, 422) << "it does not extend what was signed";
  EXPECT_EQ(ask(forked_, TreeSize{9'999}).status, 400);

  // The state survives a restart; another name is refused.
  witness.reset();
  EXPECT_FALSE(Witness::open(state, "witness.test/x", trusted, random, clock));
  witness = Witness::open(state, "", trusted, random, clock).value();
  EXPECT_EQ(witness->latest(kOrigin).size, size);
  EXPECT_EQ(ask(honest_, TreeSize{0}).status, 409);
  EXPECT_EQ(parse_cosigner_key(witness->cosigner_key_text()).value(), cosigner);
}

TEST_F(ServedTrees, AWitnessKnowsOnlyItsLogsAndTheirKeys) {
  Scratch scratch;
  CountingRandom random;
  struct Still final : Clock {
    WallTime wall() override { return WallTime{1}; }
    std::int64_t monotonic_us() override { return 0; }
  } clock;
  const auto with = [&](const std::string& file, const std::string& vkey) {
    return Witness::open(scratch.path() / file, "witness.test/w", {vkey}, random, clock).value();
  };
  const std::string body =
      write_add_checkpoint({TreeSize{0}, {}, honest_.core->published().head()->note});
  const auto other = with("a", verifier_key("log.test/other", key_of(1).verify_key()));
  EXPECT_EQ(other->add_checkpoint(body).status, 404);
  const auto stranger = with("b", verifier_key(kOrigin, key_of(9).verify_key()));
  EXPECT_EQ(stranger->add_checkpoint(body).status, 403);
  const auto good = with("c", verifier_key(kOrigin, key_of(1).verify_key()));
  const std::vector<std::string> bodies{"", "old 0\n", "old 00\n\n" + body, body.substr(4),
                                        "old 0\nnonsense\n\n" + body};
  for (const std::string& nonsense : bodies) {
    EXPECT_EQ(good->add_checkpoint(nonsense).status, 400) << nonsense;
  }
  EXPECT_EQ(good->add_checkpoint(body).status, 200);
}

}  // namespace
}  // namespace houniao
