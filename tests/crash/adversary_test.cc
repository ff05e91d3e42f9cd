// An operator who owns the machine rewrites history. Each way of doing it is a test, tried with
// what he may have in hand: the tables alone, the log's signing key too, and also the key of the
// tablet whose records he changes. The forged log is as consistent as those keys allow; the auditor
// has to find it and to say what it is. docs/THREATS.md has the list in words.
#include <gtest/gtest.h>

#include "server/log/memory_store.h"
#include "tests/crash/adversary.h"

namespace houniao {
namespace {

using audit::Check;
using crash::expect_only_witnesses;
using crash::failed;
using crash::Forger;
using crash::fund_established;
using crash::LogMaker;
using crash::Loot;
using crash::must;
using crash::push_money;
using crash::Said;
using crash::says;
using crash::Tablet;
using crash::verify;

constexpr std::uint64_t kSeed = 20'180'917;
constexpr std::int64_t kForgedFen = 9'000'000;

// One tablet whose money the operator is after, among others that witness what happens.
class Adversary : public testing::Test {
 protected:
  Adversary() : maker_(log_, kSeed) {
    maker_.play(6);
    victim_ = &maker_.enrol({schema::Role::FINANCE});
    const EventId fund = maker_.push(*victim_, {fund_established()});
    push_money(maker_, *victim_, fund, 100);
    maker_.play(5);
    push_money(maker_, *victim_, fund, 200);
    kept_ = log_.head().checkpoint;
    kept_size_ = log_.head().size;
    maker_.play(5);
    push_money(maker_, *victim_, fund, 300);
    genuine_ = crash::take_apart(log_);
  }

  Loot tables() const {
    Loot loot;
    loot.chains_again = false;
    for (const StoredCheckpoint& stored : must(log_.checkpoints())) {
      loot.genuine_notes[stored.size] = stored.note;
    }
    return loot;
  }
  Loot log_key() const {
    Loot loot;
    loot.log_key = maker_.log_key();
    return loot;
  }
  Loot log_and_tablet_key() const {
    Loot loot = log_key();
    loot.devices[victim_->id] = victim_->key;
    return loot;
  }

  // The place of the victim's n-th record of a kind, from 0.
  std::size_t place(bool event, std::size_t n) const {
    for (std::size_t i = 0; i < genuine_.size(); ++i) {
      if (genuine_[i].is_event() != event || genuine_[i].device() != victim_->id) continue;
      if (n-- == 0) return i;
    }
    throw std::runtime_error("the victim recorded less");
  }
  // The second of the three sums that the victim recorded first.
  std::size_t target() const { return place(true, 2); }

  audit::Report audit_forged(const std::vector<Said>& records, const Loot& loot,
                             std::vector<std::string> kept = {}) const {
    MemoryStore forged;
    Forger(crash::kOrigin, loot).write(records, forged);
    return verify(forged, maker_.verifier_key(), std::move(kept));
  }

  MemoryStore log_;
  LogMaker maker_;
  Tablet* victim_ = nullptr;
  std::string kept_;  // the checkpoint that one honest tablet kept, from the middle of the history
  TreeSize kept_size_;
  std::vector<Said> genuine_;
};

Bytes other_amount(const Bytes& event) {
  return crash::reworded(event, [](schema::Event::Builder builder) {
    builder.getBody().getFundsReceived().setAmountFen(kForgedFen);
  });
}

struct Change {
  const char* name;
  void (*make)(std::vector<Said>&, std::size_t);
  // What a checkpoint that he cannot sign again is found out by.
  const char* stale_checkpoint;
};

const Change kChanges[] = {
    {"EditARecord",
     [](std::vector<Said>& records, std::size_t at) {
       records[at].event = other_amount(records[at].event);
     },
     "its root is not that of the records"},
    {"DropARecord",
     [](std::vector<Said>& records, std::size_t at) {
       records.erase(records.begin() + static_cast<std::ptrdiff_t>(at));
     },
     "it is stored under another size"},
    {"InsertARecord",
     [](std::vector<Said>& records, std::size_t at) {
       Said more = records[at];
       more.event = other_amount(more.event);
       records.insert(records.begin() + static_cast<std::ptrdiff_t>(at + 1), std::move(more));
     },
     "it is stored under another size"},
    {"ReorderTwoRecords",
     [](std::vector<Said>& records, std::size_t at) {
       std::swap(records[at].event, records[at + 1].event);
     },
     "its root is not that of the records"},
};

class Rewriting : public Adversary, public testing::WithParamInterface<Change> {
 protected:
  std::vector<Said> changed() const {
    std::vector<Said> out = genuine_;
    GetParam().make(out, target());
    return out;
  }
};

TEST_P(Rewriting, WithTheTablesAloneIsFoundByCheckpointsAndChains) {
  const audit::Report report = audit_forged(changed(), tables());
  EXPECT_TRUE(says(report, Check::checkpoints, GetParam().stale_checkpoint))
      << audit::to_text(report);
  EXPECT_GT(failed(report, Check::device_chains), 0U) << audit::to_text(report);
}

TEST_P(Rewriting, WithTheStolenLogKeyIsFoundByTheDevicesSignature) {
  const audit::Report report = audit_forged(changed(), log_key());
  EXPECT_TRUE(says(report, Check::attestations, "the device's signature does not match"))
      << audit::to_text(report);
  for (const Check fine : {Check::records, Check::sequence, Check::tree, Check::checkpoints,
                           Check::device_chains, Check::scope_chains, Check::scope_heads}) {
    EXPECT_EQ(failed(report, fine), 0U) << audit::name(fine) << "\n" << audit::to_text(report);
  }
}

TEST_P(Rewriting, WithTheKeysOfLogAndTabletIsFoundByWhatOtherTabletsWitnessed) {
  const audit::Report report = audit_forged(changed(), log_and_tablet_key());
  expect_only_witnesses(report);
  EXPECT_TRUE(says(report, Check::witnesses, "history was rewritten: the device saw another root"))
      << audit::to_text(report);
  ASSERT_TRUE(report.contradiction.has_value());
  EXPECT_NE(report.contradiction->number, victim_->number);
  EXPECT_GT(report.contradiction->size.value, target());
}

TEST_P(Rewriting, IsFoundByOneHonestTabletsKeptCheckpoint) {
  const audit::Report report = audit_forged(changed(), log_and_tablet_key(), {kept_});
  EXPECT_TRUE(says(report, Check::witnesses, "history was rewritten: it has another root",
                   "kept checkpoint 1"))
      << audit::to_text(report);
}

INSTANTIATE_TEST_SUITE_P(Ways, Rewriting, testing::ValuesIn(kChanges),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(Adversary, CanaryTheGenuineLogPasses) {
  const audit::Report report = verify(log_, maker_.verifier_key(), {kept_, log_.head().checkpoint});
  EXPECT_TRUE(report.ok()) << audit::to_text(report);
}

TEST_F(Adversary, CanaryTheSameForgingWithoutAChangePasses) {
  for (const Loot& loot : {tables(), log_key(), log_and_tablet_key()}) {
    MemoryStore forged;
    Forger(crash::kOrigin, loot).write(genuine_, forged);
    EXPECT_EQ(forged.head().checkpoint, log_.head().checkpoint);
    const audit::Report report =
        verify(forged, maker_.verifier_key(), {kept_, log_.head().checkpoint});
    EXPECT_TRUE(report.ok()) << audit::to_text(report);
  }
}

TEST_F(Adversary, TruncationToAnOlderCheckpointIsFoundByAKeptOne) {
  std::vector<Said> cut = genuine_;
  cut.resize(kept_size_.value);
  for (const Loot& loot : {tables(), log_key()}) {
    const audit::Report report = audit_forged(cut, loot, {kept_, log_.head().checkpoint});
    expect_only_witnesses(report);
    EXPECT_TRUE(says(report, Check::witnesses, "records are missing", "kept checkpoint 2"));
  }
}

TEST_F(Adversary, TruncationWithinAPushIsFoundByTheSignatureThatIsMissing) {
  std::vector<Said> cut = genuine_;
  cut.resize(place(true, 5) + 1);
  const audit::Report report = audit_forged(cut, log_key());
  EXPECT_TRUE(says(report, Check::attestations, "its last events are not signed for"))
      << audit::to_text(report);
  EXPECT_TRUE(
      says(audit_forged(cut, tables()), Check::checkpoints, "it is stored under another size"));
}

TEST_F(Adversary, SwappedSignaturesOfTwoAttestationsAreBothNamed) {
  std::vector<Said> swapped = genuine_;
  const std::size_t first = place(false, 1);
  const std::size_t second = place(false, 2);
  std::swap(swapped[first].attestation.signature, swapped[second].attestation.signature);
  const audit::Report report = audit_forged(swapped, log_key());
  for (const std::size_t at : {first, second}) {
    EXPECT_TRUE(says(report, Check::attestations, "the device's signature does not match",
                     "record " + std::to_string(at) + ","))
        << audit::to_text(report);
  }
}

TEST_F(Adversary, AReplayedPushIsFoundByTheDevicesChain) {
  std::vector<Said> replayed = genuine_;
  const std::size_t end = place(false, 1);
  for (std::size_t i = place(true, 1); i <= end; ++i) {
    Said again = genuine_[i];
    again.received = genuine_.back().received;
    again.ends_commit = i == end;
    replayed.push_back(std::move(again));
  }
  Loot loot = log_key();
  loot.chains_again = false;
  const std::string place_of_it = "record " + std::to_string(genuine_.size()) + ",";
  EXPECT_TRUE(says(audit_forged(replayed, loot), Check::device_chains,
                   "the device's chain has a gap or a repetition", place_of_it));
  // With places of their own in the chain they are other events, which the device never signed.
  const audit::Report moved = audit_forged(replayed, log_key());
  EXPECT_TRUE(says(moved, Check::attestations, "covers no event that was not covered before"));
  EXPECT_TRUE(says(moved, Check::attestations, "its last events are not signed for"));
}

TEST_F(Adversary, AnotherLogKeyThanTheAuditorsIsFound) {
  crash::SeededRandom random(1);
  Loot loot = log_key();
  loot.log_key = make_signing_key(random);
  const audit::Report report = audit_forged(genuine_, loot);
  EXPECT_EQ(failed(report, Check::checkpoints), must(log_.checkpoints()).size());
}

TEST_F(Adversary, AnEmptiedLogIsFoundByTheCheckpointThatIsMissing) {
  const audit::Report report = verify(MemoryStore{}, maker_.verifier_key());
  EXPECT_TRUE(says(report, Check::checkpoints, "no stored checkpoint covers the newest record"));
}

// A store whose head is another one each time that it is asked.
class RestlessLog final : public LogStore {
 public:
  explicit RestlessLog(const LogStore& log) : log_(log) {}
  Result<void> append(const Commit&) override { return fail(Errc::invalid_argument, "read only"); }
  Result<RecordRun> read(Seq from, std::size_t bytes_max) const override {
    return log_.read(from, bytes_max);
  }
  Result<Bytes> tile(unsigned level, std::uint64_t index) const override {
    return log_.tile(level, index);
  }
  LogHead head() const override {
    LogHead out = log_.head();
    out.size = TreeSize{out.size.value - asked_++ % 2};
    return out;
  }
  Result<std::vector<DeviceHead>> device_heads() const override { return log_.device_heads(); }
  Result<std::vector<ScopeHead>> scope_heads() const override { return log_.scope_heads(); }
  Result<std::vector<StoredCheckpoint>> checkpoints() const override { return log_.checkpoints(); }
  std::uint64_t used_bytes() const override { return log_.used_bytes(); }

 private:
  const LogStore& log_;
  mutable std::uint64_t asked_ = 0;
};

TEST_F(Adversary, ALogThatChangesInEveryRoundIsNotSaidToBeWhole) {
  const audit::Report report = verify(RestlessLog(log_), maker_.verifier_key());
  EXPECT_FALSE(report.ok());
  EXPECT_TRUE(says(report, Check::checkpoints, "the log changed in every round"))
      << audit::to_text(report);
}

// --- limits: what nobody can find with this alone ------------------------------------------------

TEST_F(Adversary, LimitWithTheLogKeyStolenAndNoKeptCheckpointATruncationIsNotFound) {
  std::vector<Said> cut = genuine_;
  cut.resize(kept_size_.value);
  EXPECT_TRUE(audit_forged(cut, log_key()).ok()) << "docs/THREATS.md says that this passes";
}

// The same without any witness at all: what devices signed still stands against a rewriting.
TEST_F(Adversary, WithTheLogKeyStolenAndNoWitnessARewritingStillFailsTheDevicesSignatures) {
  for (const Change& change : kChanges) {
    std::vector<Said> records = genuine_;
    change.make(records, target());
    const audit::Report report = audit_forged(records, log_key());
    EXPECT_GT(failed(report, Check::attestations), 0U) << change.name;
  }
}

// One thief with every key of a log that nobody else took part in.
TEST(AdversaryWithEveryKey, LimitIsFoundByAKeptCheckpointOnly) {
  MemoryStore log;
  LogMaker maker(log, kSeed);
  Tablet& only = maker.enrol({schema::Role::FINANCE});
  const EventId fund = maker.push(only, {fund_established()});
  for (const std::int64_t fen : {100, 200, 300}) push_money(maker, only, fund, fen);
  std::vector<Said> records = crash::take_apart(log);
  const std::size_t last = records.size() - 2;
  records[last].event = other_amount(records[last].event);
  Loot loot;
  loot.log_key = maker.log_key();
  loot.devices[only.id] = only.key;
  MemoryStore forged;
  Forger(crash::kOrigin, loot).write(records, forged);
  EXPECT_TRUE(verify(forged, maker.verifier_key()).ok());
  const audit::Report report = verify(forged, maker.verifier_key(), {log.head().checkpoint});
  expect_only_witnesses(report);
  EXPECT_TRUE(says(report, Check::witnesses, "history was rewritten: it has another root"));
}

}  // namespace
}  // namespace houniao
