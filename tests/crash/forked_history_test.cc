// An operator who shows two histories: one to each reader, or an older copy of the directory put
// back behind the tablets' back. Each history is signed and consistent in itself; the checkpoint of
// one honest tablet tells them apart.
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "server/log/memory_store.h"
#include "tests/crash/adversary.h"

namespace houniao {
namespace {

using audit::Check;
using crash::expect_only_witnesses;
using crash::Forger;
using crash::fund_established;
using crash::LogMaker;
using crash::Loot;
using crash::must;
using crash::push_money;
using crash::Said;
using crash::says;
using crash::Tablet;
using crash::TemporaryDirectory;
using crash::verify;
namespace fs = std::filesystem;

constexpr std::uint64_t kSeed = 20'190'521;

// Two histories with the same beginning, made by the same keys.
struct Fork {
  explicit Fork(LogStore& store) : log(store), maker(store, kSeed) {
    maker.play(4);
    tablet = &maker.enrol({schema::Role::FINANCE});
    fund = maker.push(*tablet, {fund_established()});
  }
  LogStore& log;
  LogMaker maker;
  Tablet* tablet = nullptr;
  EventId fund;
};

class ForkPerReader : public testing::Test {
 protected:
  ForkPerReader() : one_(log_one_), other_(log_other_) {
    push_money(one_.maker, *one_.tablet, one_.fund, 100);
    for (const std::int64_t fen : {500, 600, 700}) {
      push_money(other_.maker, *other_.tablet, other_.fund, fen);
    }
    key_ = one_.maker.verifier_key();
  }

  MemoryStore log_one_, log_other_;
  Fork one_, other_;
  std::string key_;
};

TEST_F(ForkPerReader, EachSidePassesAloneAndAKeptCheckpointOfTheOtherShowsIt) {
  EXPECT_TRUE(verify(log_one_, key_).ok());
  EXPECT_TRUE(verify(log_other_, key_).ok());
  const audit::Report report = verify(log_other_, key_, {log_one_.head().checkpoint});
  expect_only_witnesses(report);
  EXPECT_TRUE(says(report, Check::witnesses, "history was rewritten: it has another root"));
  EXPECT_TRUE(says(verify(log_one_, key_, {log_other_.head().checkpoint}), Check::witnesses,
                   "records are missing"));
}

TEST_F(ForkPerReader, TheFirstPushOfATabletThatSawTheOtherSideNamesIt) {
  const std::string note = log_one_.head().checkpoint;
  const Checkpoint seen = must(open_checkpoint(note, key_));
  std::vector<Said> records = crash::take_apart(log_other_);
  AttestationData& last = records.back().attestation;
  ASSERT_EQ(last.device, other_.tablet->id);
  last.witnessed = {seen.size, seen.root, must(checkpoint_signature(note, key_))};
  last.signature = crash::signed_by(other_.tablet->key, last);
  Loot loot;
  loot.log_key = other_.maker.log_key();
  MemoryStore forged;
  Forger(crash::kOrigin, loot).write(records, forged);
  const audit::Report report = verify(forged, key_);
  expect_only_witnesses(report);
  EXPECT_TRUE(says(report, Check::witnesses, "history was rewritten: the device saw another root"));
  ASSERT_TRUE(report.contradiction.has_value());
  EXPECT_EQ(report.contradiction->number, other_.tablet->number);
  EXPECT_EQ(report.contradiction->size, seen.size);
  EXPECT_EQ(report.contradiction->witnessed, seen.root);
  EXPECT_EQ(report.contradiction->record.value, records.size() - 1);
}

// A data directory, as the operator finds it, and an older copy of it.
class Backup : public testing::Test {
 protected:
  Backup() {
    write("backup", 0);
    write("data", 2);
  }

  fs::path path(const char* name) const { return directory_.path() / name; }
  void write(const char* name, int pushes, std::int64_t fen = 100) {
    const auto log = must(LmdbStore::open(path(name) / "log"));
    Fork fork(*log);
    for (int i = 0; i < pushes; ++i) push_money(fork.maker, *fork.tablet, fork.fund, fen + i);
    key_ = fork.maker.verifier_key();
    heads_[name] = log->head().checkpoint;
    std::ofstream(path(name) / "checkpoint", std::ios::binary) << heads_[name];
  }
  void restore(const char* from, const char* what) const {
    fs::remove_all(path("data") / what);
    fs::copy(path(from) / what, path("data") / what, fs::copy_options::recursive);
  }
  audit::Report audit(std::vector<std::string> kept = {}) const {
    audit::Options options;
    options.verifier_key = key_;
    options.kept_checkpoints = std::move(kept);
    return must(audit::verify_data(path("data"), options));
  }

  TemporaryDirectory directory_;
  std::string key_;
  std::map<std::string, std::string> heads_;
};

TEST_F(Backup, CanaryTheDirectoryAsItIsPasses) {
  EXPECT_TRUE(audit({heads_["backup"], heads_["data"]}).ok());
}

TEST_F(Backup, OfTheLogAloneIsFoundByTheCheckpointBesideIt) {
  restore("backup", "log");
  const audit::Report report = audit();
  expect_only_witnesses(report);
  EXPECT_TRUE(says(report, Check::witnesses, "records are missing"));
}

TEST_F(Backup, OfTheWholeDirectoryIsFoundByOneTabletsCheckpoint) {
  restore("backup", "log");
  restore("backup", "checkpoint");
  const audit::Report report = audit({heads_["data"]});
  expect_only_witnesses(report);
  EXPECT_TRUE(says(report, Check::witnesses, "records are missing", "kept checkpoint 1"));
}

TEST_F(Backup, RestoredAndCarriedOnIsFoundByOneTabletsCheckpoint) {
  write("carried on", 5, 7'000);
  restore("carried on", "log");
  restore("carried on", "checkpoint");
  EXPECT_TRUE(audit().ok()) << "nothing within the directory tells of the other history";
  const audit::Report report = audit({heads_["data"]});
  expect_only_witnesses(report);
  EXPECT_TRUE(says(report, Check::witnesses, "history was rewritten: it has another root"));
}

}  // namespace
}  // namespace houniao
