// What every log store promises, run over each engine, and what only the disk engine has to
// survive.
#include "server/log/log_store.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "base/lmdb.h"
#include "server/log/lmdb_store.h"
#include "server/log/log_node_source.h"
#include "server/log/memory_store.h"
#include "tests/contract/log_commits.h"

namespace houniao {
namespace {

using contract::CommitMaker;
namespace fs = std::filesystem;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string text = (fs::temp_directory_path() / "houniao-log-XXXXXX").string();
    if (mkdtemp(text.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = text;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct MemoryEngine {
  MemoryStore object;
  LogStore& store() { return object; }
  void reopen() { object.crash(); }
  // A process that dies after these appends returned.
  void append_and_die(const std::vector<Commit>& commits) {
    for (const Commit& commit : commits) ASSERT_TRUE(object.append(commit));
    object.crash();
  }
  void limit_space() { object.set_capacity(object.used_bytes() + 200'000); }
  void give_space() { object.set_capacity(UINT64_MAX); }
};

struct LmdbEngine {
  TemporaryDirectory directory;
  std::unique_ptr<LmdbStore> object = open();

  std::unique_ptr<LmdbStore> open(LmdbStoreOptions options = {.map_bytes_start = 1 << 20}) const {
    auto opened = LmdbStore::open(directory.path() / "log", options);
    if (!opened) throw std::runtime_error(opened.error().message());
    return std::move(*opened);
  }
  LogStore& store() { return *object; }
  void reopen() {
    object.reset();
    object = open();
  }
  void append_and_die(const std::vector<Commit>& commits) {
    object.reset();
    const pid_t child = fork();
    if (child == 0) {
      const auto own = open();
      for (const Commit& commit : commits) {
        if (!own->append(commit)) _exit(1);
      }
      kill(getpid(), SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    object = open();
  }
  void limit_space() {
    object.reset();
    object = open({.map_bytes_start = 1 << 20, .map_bytes_max = 2 << 20});
  }
  void give_space() { ASSERT_TRUE(object->set_map_bytes_max(std::size_t{64} << 20)); }
};

template <class Engine>
class LogStoreContract : public testing::Test {
 protected:
  Engine engine_;
  CommitMaker maker_;
  std::vector<Commit> appended_;

  LogStore& store() { return engine_.store(); }
  void append(std::size_t count, std::size_t event_bytes = 40) {
    appended_.push_back(maker_.next(count, event_bytes));
    const auto done = store().append(appended_.back());
    ASSERT_TRUE(done) << done.error().message();
  }
  // Everything the port can show equals what was appended.
  void expect_holds_all() {
    LogHead head;
    Bytes records;
    std::map<DeviceId, DeviceHead> devices;
    std::map<ScopeId, ScopeHead> scopes;
    std::map<std::pair<unsigned, std::uint64_t>, Bytes> tiles;
    std::vector<StoredCheckpoint> checkpoints;
    for (const Commit& commit : appended_) {
      houniao::append(records, commit.records);
      head = LogHead{TreeSize{commit.first.value + commit.count()}, commit.checkpoint};
      for (const auto& d : commit.device_heads) devices[d.device] = d;
      for (const auto& s : commit.scope_heads) scopes[s.scope] = s;
      for (const auto& t : commit.tiles) tiles[{t.level, t.index}] = t.hashes;
      checkpoints.push_back({head.size, commit.checkpoint});
    }
    EXPECT_EQ(store().head(), head);
    const auto run = store().read(Seq{0}, std::size_t{1} << 30);
    ASSERT_TRUE(run) << run.error().message();
    EXPECT_EQ(run->records, records);
    EXPECT_EQ(run->count(), head.size.value);
    for (const auto& [key, hashes] : tiles) {
      EXPECT_EQ(store().tile(key.first, key.second).value(), hashes);
    }
    std::vector<DeviceHead> device_list;
    for (const auto& [id, d] : devices) device_list.push_back(d);
    EXPECT_EQ(store().device_heads().value(), device_list);
    std::vector<ScopeHead> scope_list;
    for (const auto& [id, s] : scopes) scope_list.push_back(s);
    EXPECT_EQ(store().scope_heads().value(), scope_list);
    EXPECT_EQ(store().checkpoints().value(), checkpoints);
  }
};

using Engines = testing::Types<MemoryEngine, LmdbEngine>;
TYPED_TEST_SUITE(LogStoreContract, Engines);

TYPED_TEST(LogStoreContract, AnEmptyLogIsEmptyAndReadable) {
  EXPECT_EQ(this->store().head(), LogHead{});
  EXPECT_TRUE(this->store().read(Seq{0}, 1000).value().empty());
  EXPECT_EQ(this->store().read(Seq{1}, 1000).error().code, Errc::not_found);
  EXPECT_EQ(this->store().tile(0, 0).error().code, Errc::not_found);
  EXPECT_TRUE(this->store().device_heads().value().empty());
  EXPECT_TRUE(this->store().scope_heads().value().empty());
  EXPECT_TRUE(this->store().checkpoints().value().empty());
}

TYPED_TEST(LogStoreContract, WhatWasAppendedIsThereAlsoAfterReopening) {
  for (const std::size_t count : {1, 2, 300, 1, 1, 700, 5}) this->append(count);
  this->expect_holds_all();
  this->engine_.reopen();
  this->expect_holds_all();
  this->append(3);
  this->expect_holds_all();
}

TYPED_TEST(LogStoreContract, ReadingStartsAtExactlyTheAskedRecord) {
  for (const std::size_t count : {1, 4, 60, 1, 1, 33}) this->append(count);
  const RecordRun all = this->store().read(Seq{0}, std::size_t{1} << 30).value();
  ASSERT_EQ(all.count(), 100U);
  for (std::uint64_t from = 0; from < 100; ++from) {
    for (const std::size_t bytes : {0, 1, 300, 5'000, 1 << 20}) {
      const auto run = this->store().read(Seq{from}, bytes);
      ASSERT_TRUE(run);
      ASSERT_GE(run->count(), 1U);
      ASSERT_EQ(run->first, Seq{from});
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(run->records.data()) % 8, 0U);
      for (std::size_t i = 0; i < run->count(); ++i) {
        ASSERT_TRUE(equal(run->record(i), all.record(from + i)));
        ASSERT_EQ(run->offsets[i] % 8, 0U);
      }
      if (run->count() > 1) {
        ASSERT_LE(run->records.size(), bytes);
      }
      // It stops for the limit or the end of the log, not earlier.
      const std::uint64_t next = run->next().value;
      if (next < 100) {
        ASSERT_GT(run->records.size() + all.record(next).size(), bytes);
      }
    }
  }
  EXPECT_TRUE(this->store().read(Seq{100}, 1000).value().empty());
  EXPECT_EQ(this->store().read(Seq{101}, 1000).error().code, Errc::not_found);
  EXPECT_EQ(this->store().read(Seq{UINT64_MAX}, 1000).error().code, Errc::not_found);
}

TYPED_TEST(LogStoreContract, ProofsComeOutOfTheStoredTiles) {
  std::vector<std::pair<TreeSize, Hash>> roots;
  for (const std::size_t count : {1, 200, 55, 1, 400, 13}) {
    this->append(count);
    roots.emplace_back(this->maker_.size(), this->maker_.root());
  }
  const auto [size, root] = roots.back();
  const auto stored = open_checkpoint(this->store().head().checkpoint, contract::log_vkey());
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->root, root);
  const LogNodeSource nodes(this->store());
  const RecordRun all = this->store().read(Seq{0}, std::size_t{1} << 30).value();
  for (std::uint64_t i = 0; i < size.value; i += 23) {
    const auto proof = merkle::inclusion_proof(nodes, Seq{i}, size).value();
    EXPECT_TRUE(
        merkle::verify_inclusion(merkle::leaf_hash(all.record(i)), Seq{i}, size, proof, root));
  }
  for (const auto& [old_size, old_root] : roots) {
    const auto proof = merkle::consistency_proof(nodes, old_size, size).value();
    EXPECT_TRUE(merkle::verify_consistency(old_size, old_root, size, root, proof));
  }
}

TYPED_TEST(LogStoreContract, ARestoredTreeContinuesTheLog) {
  this->append(777);
  this->engine_.reopen();
  auto tree = restore_tree(this->store());
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->root(), this->maker_.root());
  this->maker_ = CommitMaker(std::move(*tree));
  this->append(300);
  this->expect_holds_all();
}

TYPED_TEST(LogStoreContract, ACommitThatDoesNotFitTheLogIsRefusedAndChangesNothing) {
  this->append(10);
  const Commit good = CommitMaker(restore_tree(this->store()).value()).next(5);
  std::vector<Commit> bad(8, good);
  bad[0].first = Seq{9};
  bad[1].first = Seq{11};
  bad[2].offsets.pop_back();
  bad[3].offsets.clear();
  bad[3].records.clear();
  bad[4].records.pop_back();
  bad[5].tiles[0].hashes.pop_back();
  bad[6].tiles[0].level = 8;
  bad[7].checkpoint.clear();
  for (const Commit& commit : bad) {
    const auto done = this->store().append(commit);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::invalid_argument) << done.error().message();
  }
  this->expect_holds_all();
  EXPECT_TRUE(this->store().append(good));
}

TYPED_TEST(LogStoreContract, WhatWasAppendedOutlivesAProcessThatDies) {
  this->append(3);
  std::vector<Commit> more;
  for (int i = 0; i < 20; ++i) more.push_back(this->maker_.next(7));
  this->engine_.append_and_die(more);
  this->appended_.insert(this->appended_.end(), more.begin(), more.end());
  this->expect_holds_all();
  this->append(1);
  this->expect_holds_all();
}

TYPED_TEST(LogStoreContract, WhenSpaceRunsOutItSaysSoKeepsReadingAndRecovers) {
  this->append(20);
  this->engine_.limit_space();
  std::optional<Commit> refused;
  for (int i = 0; i < 100 && !refused; ++i) {
    Commit commit = this->maker_.next(50, 2'000);
    const auto done = this->store().append(commit);
    if (done) {
      this->appended_.push_back(std::move(commit));
    } else {
      EXPECT_EQ(done.error().code, Errc::storage_full) << done.error().message();
      refused = std::move(commit);
    }
  }
  ASSERT_TRUE(refused) << "the space never ran out";
  this->expect_holds_all();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(this->store().append(*refused).error().code, Errc::storage_full);
  }
  this->expect_holds_all();
  this->engine_.give_space();
  const auto done = this->store().append(*refused);
  ASSERT_TRUE(done) << done.error().message();
  this->appended_.push_back(*refused);
  this->append(50, 2'000);
  this->expect_holds_all();
  this->engine_.reopen();
  this->expect_holds_all();
}

TYPED_TEST(LogStoreContract, OldCheckpointsThinOutAndTheNewestStay) {
  const std::size_t commits = 5 * kCheckpointsKept;
  for (std::size_t i = 0; i < commits; ++i) {
    const auto done = this->store().append(this->maker_.next(i % 4 == 0 ? 9 : 1));
    ASSERT_TRUE(done) << done.error().message();
  }
  const auto kept = this->store().checkpoints().value();
  EXPECT_LE(kept.size(), 2 * kCheckpointsKept + this->maker_.size().value / kCheckpointStretch + 1);
  EXPECT_GE(kept.size(), kCheckpointsKept);
  EXPECT_EQ(kept.back().size, this->maker_.size());
  const LogNodeSource nodes(this->store());
  for (std::size_t i = 0; i < kept.size(); i += 50) {
    const auto opened = open_checkpoint(kept[i].note, contract::log_vkey());
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->size, kept[i].size);
    EXPECT_EQ(opened->root, merkle::root_at(nodes, kept[i].size).value());
  }
  // The first stretch is still vouched for.
  EXPECT_LE(kept.front().size.value, kCheckpointStretch);
}

TYPED_TEST(LogStoreContract, ReadersDuringAppendsSeeWholeCommits) {
  this->append(10);
  std::atomic<bool> stop = false;
  std::atomic<int> torn = 0;
  std::thread reader([&] {
    while (!stop) {
      const LogHead head = this->store().head();
      const auto opened = open_checkpoint(head.checkpoint, contract::log_vkey());
      const auto last = this->store().read(Seq{head.size.value - 1}, 1);
      const LogNodeSource nodes(this->store());
      const auto root = merkle::root_at(nodes, head.size);
      if (!opened || opened->size != head.size || !last || !root || opened->root != *root) ++torn;
    }
  });
  for (int i = 0; i < 100; ++i) this->append(40);
  stop = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

// Faults that only the memory engine can make.
// ------------------------------------------------------

TEST(MemoryStoreFaults, ACrashLosesTheSuffixOfUnsyncedCommitsAndNothingElse) {
  MemoryStore store;
  CommitMaker maker;
  std::vector<Commit> commits;
  for (int i = 0; i < 6; ++i) commits.push_back(maker.next(10));
  ASSERT_TRUE(store.append(commits[0]));
  store.set_deferred_sync(true);
  ASSERT_TRUE(store.append(commits[1]));
  store.sync();
  for (int i = 2; i < 6; ++i) ASSERT_TRUE(store.append(commits[static_cast<std::size_t>(i)]));
  EXPECT_EQ(store.unsynced(), 4U);
  EXPECT_EQ(store.head().size, TreeSize{60});
  store.crash(2);
  EXPECT_EQ(store.head().size, TreeSize{40});
  EXPECT_EQ(store.head().checkpoint, commits[3].checkpoint);
  EXPECT_EQ(store.unsynced(), 0U);
  EXPECT_EQ(restore_tree(store).value().size(), TreeSize{40});
  EXPECT_TRUE(store.append(commits[4]));
  store.crash();
  EXPECT_EQ(store.head().size, TreeSize{40});
}

TEST(MemoryStoreFaults, AfterAnUnknownOutcomeEveryAppendIsRefusedUntilReopened) {
  for (const bool durable : {false, true}) {
    MemoryStore store;
    CommitMaker maker;
    ASSERT_TRUE(store.append(maker.next(5)));
    const Commit doubtful = maker.next(5);
    store.fail_next(durable);
    EXPECT_EQ(store.append(doubtful).error().code, Errc::storage_failed);
    EXPECT_EQ(store.append(doubtful).error().code, Errc::storage_failed);
    EXPECT_EQ(store.head().size, TreeSize{5});
    store.crash();
    EXPECT_EQ(store.head().size, TreeSize{durable ? 10U : 5U});
    EXPECT_EQ(store.append(doubtful).has_value(), !durable);
  }
}

TEST(MemoryStoreFaults, AFullDiskOnCommandRefusesAsManyAppendsAsAsked) {
  MemoryStore store;
  CommitMaker maker;
  const Commit commit = maker.next(5);
  store.fail_full(2);
  EXPECT_EQ(store.append(commit).error().code, Errc::storage_full);
  EXPECT_EQ(store.append(commit).error().code, Errc::storage_full);
  EXPECT_TRUE(store.append(commit));
}

// What only the disk engine meets.
// ------------------------------------------------------------------

TEST(LmdbStoreDisk, ADirectoryOfAnotherKindIsRefused) {
  const TemporaryDirectory directory;
  EXPECT_FALSE(LmdbStore::open(directory.path() / "absent", {.read_only = true}));
  EXPECT_FALSE(fs::exists(directory.path() / "absent"));
  {
    auto env = lmdb::Environment::open(directory.path(), {});
    ASSERT_TRUE(env);
    auto txn = lmdb::Transaction::begin_write(*env);
    auto table = txn->open_table("meta", MDB_CREATE);
    ASSERT_TRUE(txn->put(*table, as_bytes("format"), as_bytes("something else")));
    ASSERT_TRUE(txn->commit());
  }
  EXPECT_EQ(LmdbStore::open(directory.path()).error().code, Errc::corrupt);
}

TEST(LmdbStoreDisk, ALogWhoseEndWasCutOffIsRefused) {
  const TemporaryDirectory directory;
  CommitMaker maker;
  {
    auto store = LmdbStore::open(directory.path());
    ASSERT_TRUE(store);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE((*store)->append(maker.next(4)));
  }
  {
    auto env = lmdb::Environment::open(directory.path(), {});
    auto txn = lmdb::Transaction::begin_write(*env);
    auto table = txn->open_table("log", 0);
    ASSERT_TRUE(txn->erase(*table, lmdb::U64Key(8)).value());
    ASSERT_TRUE(txn->commit());
  }
  EXPECT_EQ(LmdbStore::open(directory.path()).error().code, Errc::corrupt);
}

TEST(LmdbStoreDisk, AReaderInAnotherProcessFollowsTheLog) {
  const TemporaryDirectory directory;
  CommitMaker maker;
  auto writer = LmdbStore::open(directory.path());
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->append(maker.next(4)));
  const Commit more = maker.next(6);
  int ready[2];
  int go[2];
  ASSERT_EQ(pipe(ready) | pipe(go), 0);
  const pid_t child = fork();
  if (child == 0) {
    // Exit codes name the step that failed.
    auto reader = LmdbStore::open(directory.path(), {.read_only = true});
    if (!reader || (*reader)->head().size != TreeSize{4}) _exit(2);
    if ((*reader)->append(more)) _exit(3);
    char c = 'r';
    if (::write(ready[1], &c, 1) != 1 || ::read(go[0], &c, 1) != 1) _exit(4);
    if (!(*reader)->refresh() || (*reader)->head().size != TreeSize{10}) _exit(5);
    _exit((*reader)->read(Seq{9}, 1) ? 0 : 6);
  }
  char c = 0;
  EXPECT_EQ(::read(ready[0], &c, 1), 1);
  EXPECT_TRUE((*writer)->append(more));
  EXPECT_EQ(::write(go[1], &c, 1), 1);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

// Fills the store until it refuses, gives space back and goes on. Returns 0, or a number that names
// the step that failed; runs in a child process because file size limits cannot be lifted
// elsewhere.
template <class GiveSpace>
int fill_and_recover(const fs::path& directory, GiveSpace&& give_space) {
  auto store = LmdbStore::open(directory, {.map_bytes_start = 1 << 20});
  if (!store) return 10;
  CommitMaker maker;
  std::optional<Commit> refused;
  std::uint64_t size = 0;
  for (int i = 0; i < 1000 && !refused; ++i) {
    Commit commit = maker.next(20, 4'000);
    const auto done = (*store)->append(commit);
    if (done) {
      size += commit.count();
    } else {
      if (done.error().code != Errc::storage_full) {
        std::printf("%s\n", done.error().message().c_str());
        return 11;
      }
      refused = std::move(commit);
    }
  }
  if (!refused || size == 0) return 12;
  if ((*store)->append(*refused).error().code != Errc::storage_full) return 13;
  if ((*store)->head().size.value != size) return 14;
  const auto run = (*store)->read(Seq{0}, std::size_t{1} << 30);
  if (!run || run->count() != size) return 15;
  give_space();
  if (!(*store)->append(*refused)) return 16;
  for (int i = 0; i < 20; ++i) {
    if (!(*store)->append(maker.next(20, 4'000))) return 17;
  }
  store->reset();
  auto again = LmdbStore::open(directory);
  if (!again || (*again)->head().size != maker.size()) return 18;
  return restore_tree(**again).value().root() == maker.root() ? 0 : 19;
}

template <class Body>
int in_child(Body&& body) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    const int code = body();
    std::fflush(nullptr);
    _exit(code);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

TEST(LmdbStoreDisk, AFileThatMayNotGrowIsAFullDisk) {
  const TemporaryDirectory directory;
  EXPECT_EQ(
      0, in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit limit{3'000'001, RLIM_INFINITY};  // not a whole page, so that a write stops half-way
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 9;
        return fill_and_recover(directory.path() / "log", [&] {
          limit.rlim_cur = RLIM_INFINITY;
          setrlimit(RLIMIT_FSIZE, &limit);
        });
      }));
}

TEST(LmdbStoreDisk, AFullFileSystemIsSurvived) {
  const TemporaryDirectory directory;
  const fs::path mounted = directory.path() / "mounted";
  fs::create_directory(mounted);
  if (mount("none", mounted.c_str(), "tmpfs", 0, "size=4m") != 0) {
    std::printf("skipped: mounting a small file system needs root; the file size limit test ran\n");
    GTEST_SKIP() << "no right to mount a tmpfs";
  }
  {
    const fs::path ballast = mounted / "ballast";
    FILE* file = std::fopen(ballast.c_str(), "w");
    const std::vector<char> bytes(1 << 20, 'x');
    EXPECT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
    std::fclose(file);
    EXPECT_EQ(0, in_child([&] {
                return fill_and_recover(mounted / "log", [&] {
                  fs::remove(ballast);
                  mount("none", mounted.c_str(), "tmpfs", MS_REMOUNT, "size=64m");
                });
              }));
  }
  EXPECT_EQ(umount(mounted.c_str()), 0);
}

}  // namespace
}  // namespace houniao
