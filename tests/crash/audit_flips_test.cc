// No single byte of a log can change unnoticed. Flips bytes in a copy of a real log, one at a time,
// and asks the auditor; every flip must be named. Two ways of flipping: the stored value through
// LMDB, as a malicious operator would, and the byte in the file, as a failing disk would.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>

#include "base/lmdb.h"
#include "replay/digest.h"
#include "tests/crash/audited_log.h"
#include "tools/audit/verify.h"

namespace houniao {
namespace {

using crash::LogMaker;
using crash::must;
using crash::SeededRandom;
using crash::TemporaryDirectory;
namespace fs = std::filesystem;

constexpr std::uint64_t kSeed = 20'160'315;
constexpr std::size_t kPushes = 40;
constexpr int kFileFlips = 1'000;
constexpr int kKeyFlips = 200;
constexpr int kValueFlips = 200;

// Where one live piece of the log lies in the file and in LMDB.
struct Piece {
  std::string kind;  // "record", "tree node", "device head", ...
  std::string table;
  Bytes key;
  std::size_t file_offset = 0;
  std::size_t size = 0;
  bool is_key = false;
};

// Where this process sees the file, which LMDB does not tell.
const std::uint8_t* mapped_at(const fs::path& file) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (!line.ends_with(file.string())) continue;
    return reinterpret_cast<const std::uint8_t*>(std::stoull(line, nullptr, 16));
  }
  throw std::runtime_error("the log is not mapped");
}

struct Tally {
  std::map<std::string, int> flipped;
  std::map<std::string, int> missed;

  void add(const std::string& kind, bool noticed, const std::string& where) {
    ++flipped[kind];
    if (noticed) return;
    ++missed[kind];
    std::printf("missed: %s %s\n", kind.c_str(), where.c_str());
  }
  int total_missed() const {
    int sum = 0;
    for (const auto& [kind, count] : missed) sum += count;
    return sum;
  }
  void print(const char* title) const {
    std::printf("%s:", title);
    int sum = 0;
    for (const auto& [kind, count] : flipped) {
      const auto found = missed.find(kind);
      std::printf(" %s %d (missed %d),", kind.c_str(), count,
                  found == missed.end() ? 0 : found->second);
      sum += count;
    }
    std::printf(" total %d, missed %d\n", sum, total_missed());
  }
};

class AuditFlips : public testing::Test {
 protected:
  AuditFlips() {
    auto log = must(LmdbStore::open(directory_.path() / "log"));
    LogMaker maker(*log, kSeed);
    maker.play(kPushes);
    verifier_key_ = maker.verifier_key();
    digest_ = digest(maker.state());
    log.reset();
    fs::copy(directory_.path() / "log", copy(), fs::copy_options::recursive);
    find_pieces();
  }

  fs::path copy() const { return directory_.path() / "copy"; }

  audit::Report verify() const {
    audit::Options options;
    options.verifier_key = verifier_key_;
    return must(audit::verify_directory(copy(), options));
  }

  void find_pieces() {
    auto env = must(lmdb::Environment::open(copy(), {.read_only = true}));
    const std::uint8_t* const map = mapped_at(copy() / "data.mdb");
    auto txn = must(lmdb::Transaction::begin_read(env));
    const std::pair<const char*, const char*> tables[] = {{"log", "record"},
                                                          {"tiles", "tree node"},
                                                          {"devices", "device head"},
                                                          {"scopes", "scope head"},
                                                          {"checkpoints", "checkpoint"}};
    for (const auto& [table, kind] : tables) {
      auto cursor = must(lmdb::Cursor::open(txn, must(txn.open_table(table, 0))));
      for (auto entry = must(cursor.move(MDB_FIRST)); entry; entry = must(cursor.move(MDB_NEXT))) {
        const Bytes key(entry->key.begin(), entry->key.end());
        for (const bool is_key : {false, true}) {
          const ByteView bytes = is_key ? entry->key : entry->value;
          pieces_[is_key ? std::string("key of a ") + kind : kind].push_back(
              {kind, table, key, static_cast<std::size_t>(bytes.data() - map), bytes.size(),
               is_key});
        }
      }
    }
  }

  // Every kind equally often, whatever it takes of the file; values or keys of the tables.
  const Piece& pick(SeededRandom& random, bool keys) const {
    for (;;) {
      const auto kind =
          std::next(pieces_.begin(), static_cast<std::ptrdiff_t>(random.below(pieces_.size())));
      if (kind->second.front().is_key != keys) continue;
      return kind->second[random.below(kind->second.size())];
    }
  }

  // Flips one bit, asks the auditor, takes it back.
  void try_in_file(SeededRandom& random, bool keys, Tally& tally) const;

  void flip_in_file(std::size_t offset, std::uint8_t mask) const {
    const int file = ::open((copy() / "data.mdb").c_str(), O_RDWR);
    ASSERT_GE(file, 0);
    std::uint8_t byte = 0;
    ASSERT_EQ(pread(file, &byte, 1, static_cast<off_t>(offset)), 1);
    byte ^= mask;
    ASSERT_EQ(pwrite(file, &byte, 1, static_cast<off_t>(offset)), 1);
    ::close(file);
  }

  void flip_value(const Piece& piece, std::size_t at, std::uint8_t mask) const {
    auto env = must(lmdb::Environment::open(copy(), {}));
    auto txn = must(lmdb::Transaction::begin_write(env));
    const MDB_dbi table = must(txn.open_table(piece.table.c_str(), 0));
    const ByteView stored = must(txn.get(table, piece.key)).value();
    Bytes value(stored.begin(), stored.end());
    value[at] ^= mask;
    must(txn.put(table, piece.key, value));
    must(txn.commit());
  }

  TemporaryDirectory directory_;
  std::string verifier_key_;
  Hash digest_;
  std::map<std::string, std::vector<Piece>> pieces_;
};

// The report names something; a report without a finding that says where is not good enough.
bool names_it(const audit::Report& report) {
  return !report.ok() && !report.findings.empty() && !report.findings.front().where.empty();
}

TEST_F(AuditFlips, AnUntouchedLogPassesAndItsDigestIsTheServers) {
  const audit::Report report = verify();
  EXPECT_TRUE(report.ok()) << audit::to_text(report);
  EXPECT_EQ(report.digest, digest_);
  EXPECT_GT(report.size.value, 150U);
  for (std::size_t i = 1; i < audit::kChecks; ++i) {
    EXPECT_GT(report.tallies[i].checked, 0U) << audit::name(static_cast<audit::Check>(i));
  }
}

void AuditFlips::try_in_file(SeededRandom& random, bool keys, Tally& tally) const {
  const Piece& piece = pick(random, keys);
  const std::size_t offset = piece.file_offset + random.below(piece.size);
  const auto mask = static_cast<std::uint8_t>(1U << random.below(8));
  flip_in_file(offset, mask);
  tally.add(piece.is_key ? "key of a " + piece.kind : piece.kind, names_it(verify()),
            "at file offset " + std::to_string(offset));
  flip_in_file(offset, mask);
}

TEST_F(AuditFlips, EveryByteFlippedInTheFileIsNamed) {
  SeededRandom random(kSeed);
  Tally values;
  for (int i = 0; i < kFileFlips; ++i) try_in_file(random, false, values);
  values.print("values flipped in the file");
  EXPECT_EQ(values.total_missed(), 0);
  EXPECT_EQ(values.flipped.size(), 5U);
  Tally keys;
  for (int i = 0; i < kKeyFlips; ++i) try_in_file(random, true, keys);
  keys.print("keys flipped in the file");
  EXPECT_EQ(keys.total_missed(), 0);
  EXPECT_EQ(keys.flipped.size(), 5U);
  EXPECT_TRUE(verify().ok()) << "the flips were not undone";
}

TEST_F(AuditFlips, EveryByteFlippedInAStoredValueIsNamed) {
  SeededRandom random(kSeed + 1);
  Tally tally;
  for (int i = 0; i < kValueFlips; ++i) {
    const Piece& piece = pick(random, false);
    const std::size_t at = random.below(piece.size);
    const auto mask = static_cast<std::uint8_t>(1 + random.below(255));
    flip_value(piece, at, mask);
    tally.add(piece.kind, names_it(verify()), to_hex(piece.key) + " byte " + std::to_string(at));
    flip_value(piece, at, mask);
  }
  tally.print("flipped through LMDB");
  EXPECT_EQ(tally.total_missed(), 0);
  EXPECT_EQ(tally.flipped.size(), 5U);
  EXPECT_TRUE(verify().ok()) << "the flips were not undone";
}

// The count of misses must be able to rise: an auditor that forgets to look at the tree misses
// flips of tree nodes, and a flip outside of every live piece is nobody's.
TEST_F(AuditFlips, CanaryAnAuditorThatSkipsTheTreeMissesFlips) {
  SeededRandom random(kSeed + 2);
  const auto forgetful = [this] {
    audit::Report report = verify();
    report.tallies[static_cast<std::size_t>(audit::Check::tree)].failed = 0;
    std::erase_if(report.findings, [](const auto& f) { return f.check == audit::Check::tree; });
    return report;
  };
  Tally honest;
  Tally blind;
  for (int i = 0; i < 20; ++i) {
    const auto& nodes = pieces_.at("tree node");
    const Piece& piece = nodes[random.below(nodes.size())];
    const std::size_t offset = piece.file_offset + random.below(piece.size);
    flip_in_file(offset, 1);
    ++honest.flipped["tree node"];
    honest.missed["tree node"] += names_it(verify()) ? 0 : 1;
    ++blind.flipped["tree node"];
    blind.missed["tree node"] += names_it(forgetful()) ? 0 : 1;
    flip_in_file(offset, 1);
  }
  honest.print("canary, whole auditor");
  blind.print("canary, auditor without the tree check");
  EXPECT_EQ(honest.total_missed(), 0);
  EXPECT_GT(blind.total_missed(), 0);
}

}  // namespace
}  // namespace houniao
