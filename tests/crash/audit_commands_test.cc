// The audit commands on damaged, altered and demanding input, through the real program: what it
// prints, and that it never ends without saying why.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/lmdb.h"
#include "base/os/os.h"
#include "replay/merkle/frontier.h"
#include "replay/merkle/hash.h"
#include "replay/period_report.h"
#include "replay/tlog_proof.h"
#include "server/cosignatures.h"
#include "tests/crash/adversary.h"
#include "tests/support/server_process.h"
#include "tools/audit/bundle.h"

namespace houniao {
namespace {

using crash::LogMaker;
using crash::must;
using crash::SeededRandom;
using crash::Tablet;
using crash::TemporaryDirectory;
using tests::Outcome;
namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uint64_t kSeed = 20'230'417;
constexpr std::int64_t kSealedFen = 7'654'321;
constexpr int kCorrupt = 5;

void write_text(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string text_of(const Outcome& outcome) {
  return "exit " + std::to_string(outcome.exit_code) + "\n" + outcome.out + outcome.err;
}

EventDraft draft(ScopeId scope, std::function<void(schema::Event::Body::Builder)> body) {
  EventDraft out;
  out.scope = scope;
  out.body = std::move(body);
  return out;
}

// A data directory as `audit` reads it: the log, the key's name, cosignatures, and one seal.
class AuditCommands : public testing::Test {
 protected:
  AuditCommands() {
    const auto log = must(LmdbStore::open(data() / "log"));
    LogMaker maker(*log, kSeed);
    maker.play(12);
    Tablet& lead =
        maker.enrol({schema::Role::ADMIN, schema::Role::SUPERVISOR, schema::Role::FINANCE});
    device_ = to_hex(lead.id.bytes);
    fund_ = maker.push(lead, {crash::fund_established()});
    maker.push(lead, {crash::received(fund_, kSealedFen)});
    seal(maker, lead, *log);
    vkey_ = maker.verifier_key();
    log_key_ = maker.log_key();
    note_ = log->head().checkpoint;
    write_text(data() / "server.json", Json{{"log_key", vkey_}, {"origin", crash::kOrigin}}.dump());
  }

  void seal(LogMaker& maker, Tablet& lead, const LogStore& log) {
    const EventId programme =
        maker.push(lead, {draft(crash::kStationScope, [](schema::Event::Body::Builder body) {
                     body.initProgrammeOpened().setCode("sealed");
                   })});
    const Checkpoint head = must(open_checkpoint(log.head().checkpoint, maker.verifier_key()));
    const auto today = static_cast<std::int32_t>(crash::kStartUs / 86'400'000'000);
    seal_ = maker.push(lead, {draft(crash::kStationScope, [&](schema::Event::Body::Builder body) {
                         auto sealed = body.initPeriodSealed();
                         sealed.setProgramme(programme.value);
                         sealed.setFromDay(today - 60);
                         sealed.setToDay(today - 30);
                         sealed.setTreeSize(head.size.value);
                         sealed.setRoot(to_data(head.root));
                         auto reports = sealed.initReports(1);
                         reports[0].setName(std::string(kPeriodReportName));
                         reports[0].setSha256(to_data(Hash{}));
                         auto signers = sealed.initSigners(2);
                         signers.set(0, 504);
                         signers.set(1, 502);
                       })});
  }

  fs::path data() const { return directory_.path() / "data"; }
  std::string file(const std::string& name) const { return (directory_.path() / name).string(); }
  Outcome verify(std::vector<std::string> more) const {
    more.insert(more.begin(), {"audit", "verify", "--key", vkey_});
    return tests::houniao(more);
  }
  Outcome proof(const std::string& path, std::vector<std::string> more) const {
    more.insert(more.begin(), {"audit", "proof", "verify", path});
    return tests::houniao(more);
  }
  std::string first_event_of_lead() const { return to_string(fund_); }
  // Writes the proof of an event with its record.
  std::string proof_file() const {
    const Outcome made =
        tests::houniao({"audit", "proof", "--data", data().string(), "--event",
                        first_event_of_lead(), "--with-record", "-o", file("event.tlog-proof")});
    EXPECT_EQ(made.exit_code, 0) << text_of(made);
    return file("event.tlog-proof");
  }

  // Changes bytes of a stored record and nothing beside it.
  void alter_record(const Bytes& wanted, const Bytes& other) const {
    auto env = must(lmdb::Environment::open(data() / "log", {}));
    auto txn = must(lmdb::Transaction::begin_write(env));
    const MDB_dbi table = must(txn.open_table("log", 0));
    Bytes key;
    Bytes value;
    {
      auto cursor = must(lmdb::Cursor::open(txn, table));
      for (auto at = must(cursor.move(MDB_FIRST)); at && key.empty();
           at = must(cursor.move(MDB_NEXT))) {
        value.assign(at->value.begin(), at->value.end());
        const auto found = std::search(value.begin(), value.end(), wanted.begin(), wanted.end());
        if (found == value.end()) continue;
        std::copy(other.begin(), other.end(), found);
        key.assign(at->key.begin(), at->key.end());
      }
    }
    ASSERT_FALSE(key.empty()) << "no record has these bytes";
    must(txn.put(table, key, value));
    must(txn.commit());
  }

  TemporaryDirectory directory_;
  std::string vkey_;
  SigningKey log_key_;
  std::string note_;
  std::string device_;
  EventId fund_;
  EventId seal_;
};

TEST_F(AuditCommands, CanaryTheUntouchedDirectoryPasses) {
  const Outcome outcome = verify({"--data", data().string()});
  EXPECT_EQ(outcome.exit_code, 0) << text_of(outcome);
  EXPECT_NE(outcome.out.find("newest key: " + vkey_), std::string::npos);
}

// --- witnesses and devices -----------------------------------------------------------------------

TEST_F(AuditCommands, ABundleCarriesTheCosignaturesAndAWitnessCanBeDemanded) {
  SeededRandom random(1);
  const SigningKey witness = make_signing_key(random);
  const std::string name = "witness.test/one";
  const std::string key = cosigner_key(name, witness.verify_key());
  const std::string stranger =
      cosigner_key("witness.test/two", make_signing_key(random).verify_key());
  const std::string all = file("all.bundle");
  const std::vector<std::string> bundle = {"audit", "bundle", "--data", data().string(), "-o", all};
  ASSERT_EQ(tests::houniao(bundle).exit_code, 0);
  EXPECT_EQ(verify({"--bundle", all, "--witness", key}).exit_code, kCorrupt);
  EXPECT_EQ(verify({"--data", data().string(), "--witness", key}).exit_code, kCorrupt);

  const auto kept = must(Cosignatures::open(data() / "cosigned"));
  const std::string line = cosign(must(split_note(note_)).text, name, witness, 1'500'000'000);
  ASSERT_EQ(must(kept->add(note_, line, {{name, witness.verify_key()}})), 1U);
  ASSERT_EQ(tests::houniao(bundle).exit_code, 0);
  const Outcome good = verify({"--bundle", all, "--witness", key});
  EXPECT_EQ(good.exit_code, 0) << text_of(good);
  EXPECT_EQ(verify({"--data", data().string(), "--witness", key}).exit_code, 0);
  EXPECT_EQ(verify({"--bundle", all, "--witness", stranger}).exit_code, kCorrupt);
  EXPECT_EQ(verify({"--bundle", all, "--witness", "nonsense"}).exit_code, 2);
}

TEST_F(AuditCommands, ADeviceReadFromATabletsScreenMustBeInTheLog) {
  EXPECT_EQ(verify({"--data", data().string(), "--device", device_}).exit_code, 0);
  const Outcome other = verify({"--data", data().string(), "--device", std::string(32, 'a')});
  EXPECT_EQ(other.exit_code, kCorrupt);
  EXPECT_NE(other.out.find("the log does not know this device"), std::string::npos);
  EXPECT_EQ(verify({"--data", data().string(), "--device", "7"}).exit_code, 2);
}

// --- sealed reports ------------------------------------------------------------------------------

TEST_F(AuditCommands, ASealedReportIsMadeOnlyFromRecordsThatHold) {
  const std::vector<std::string> report = {"--json",        "audit",  "report",        "--data",
                                           data().string(), "--seal", to_string(seal_)};
  const Outcome before = tests::houniao(report);
  ASSERT_TRUE(before.exit_code == 0 || before.exit_code == 1) << text_of(before);
  EXPECT_TRUE(Json::parse(before.out)["root_holds"].get<bool>()) << text_of(before);

  // The tiles stay, and with them the root that they give.
  Bytes sum;
  audit::put_number(sum, static_cast<std::uint64_t>(kSealedFen), 8);
  Bytes other;
  audit::put_number(other, static_cast<std::uint64_t>(kSealedFen + 1'000'000), 8);
  alter_record(sum, other);
  const Outcome after = tests::houniao(report);
  EXPECT_NE(after.exit_code, 0) << text_of(after);
  EXPECT_FALSE(Json::parse(after.out).value("root_holds", false)) << text_of(after);
}

// --- proofs --------------------------------------------------------------------------------------

TEST_F(AuditCommands, AProofNamesTheEventItsDeviceAndItsVerdict) {
  const std::string path = proof_file();
  const Outcome text = proof(path, {"--key", vkey_});
  ASSERT_EQ(text.exit_code, 0) << text_of(text);
  for (const char* word :
       {"FundSourceEstablished", "设备 / device", "类型 / type", "判定 / verdict", "已接受"}) {
    EXPECT_NE(text.out.find(word), std::string::npos) << word << "\n" << text.out;
  }
  EXPECT_NE(text.out.find(device_), std::string::npos) << text.out;
  const Json json = Json::parse(proof(path, {"--json", "--key", vkey_}).out);
  EXPECT_EQ(json["event"]["device_id"], device_);
  EXPECT_EQ(json["event"]["device_seq"], 1);
  EXPECT_EQ(json["event"]["type"], "FundSourceEstablished");
  EXPECT_TRUE(json["event"]["verdict"].is_string());
}

TEST_F(AuditCommands, AProofTakesAKeyOnlyForTheStretchInWhichItSigns) {
  const std::string path = proof_file();
  EXPECT_EQ(proof(path, {"--key", "0 " + vkey_}).exit_code, 0);
  const Outcome late = proof(path, {"--key", "500000 " + vkey_});
  EXPECT_EQ(late.exit_code, 6) << text_of(late);
  EXPECT_NE(late.err.find("none of the keys given"), std::string::npos);

  SeededRandom random(2);
  const std::string next = verifier_key(crash::kOrigin, make_signing_key(random).verify_key());
  // The whole of what `audit vkey --all` prints. A key that was replaced signs nothing later.
  EXPECT_EQ(proof(path, {"--key", "0 " + vkey_ + "\n500000 " + next + "\n"}).exit_code, 0);
  EXPECT_EQ(proof(path, {"--key", "0 " + vkey_, "--key", "3 " + next}).exit_code, 6);
  EXPECT_EQ(proof(path, {"--key", vkey_, "--key", next}).exit_code, 2);
  EXPECT_EQ(proof(path, {"--key", "x " + vkey_}).exit_code, 2);
}

TEST_F(AuditCommands, AProofOfARecordThatStatesAnotherPlaceOrIsNoneFails) {
  const TlogProof genuine = must(parse_tlog_proof([&] {
    std::ifstream in(proof_file());
    return std::string(std::istreambuf_iterator<char>(in), {});
  }()));
  for (const Bytes& record : {genuine.extra.value(), Bytes(64, 7)}) {
    merkle::Frontier tree;
    tree.append(merkle::leaf_hash(record));
    TlogProof forged;
    forged.extra = record;
    forged.checkpoint = sign_checkpoint({crash::kOrigin, tree.size(), tree.root()}, log_key_);
    write_text(file("forged.tlog-proof"), write_tlog_proof(forged));
    const Outcome outcome = proof(file("forged.tlog-proof"), {"--key", vkey_});
    EXPECT_EQ(outcome.exit_code, kCorrupt) << text_of(outcome);
  }
}

// --- what the command line could get wrong -------------------------------------------------------

TEST_F(AuditCommands, AnEmptyValueIsRefusedAndNotTakenForNone) {
  const std::string from = data().string();
  for (const std::vector<std::string>& line :
       {std::vector<std::string>{"audit", "verify", "--data", from, "--key", ""},
        {"audit", "bundle", "--data", from, "--from", "", "-o", file("a.bundle")},
        {"audit", "findings", "--data", from, "--at", ""},
        {"export", "ocds-records", "--data", from, "--process", "", "-o", file("ocds.json")},
        {"replay", "--data", from, "--at", ""}}) {
    const Outcome outcome = tests::houniao(line);
    EXPECT_EQ(outcome.exit_code, 2) << line[1] << ": " << text_of(outcome);
    EXPECT_NE(outcome.err.find("an empty value"), std::string::npos) << text_of(outcome);
  }
}

TEST_F(AuditCommands, AKeyThatCameWithTheLogIsSaidToProveLess) {
  const std::string note = "check again with a key from elsewhere";
  const Outcome own = tests::houniao({"audit", "verify", "--data", data().string()});
  EXPECT_EQ(own.exit_code, 0) << text_of(own);
  EXPECT_NE(own.out.find(note), std::string::npos) << own.out;
  EXPECT_EQ(verify({"--data", data().string()}).out.find(note), std::string::npos);
  const Outcome json = tests::houniao({"--json", "audit", "verify", "--data", data().string()});
  EXPECT_TRUE(Json::parse(json.out).value("key_from_data", false)) << json.out;
}

TEST_F(AuditCommands, NothingIsWrittenOverTheLogItsKeysLinksOrDevices) {
  const std::string from = data().string();
  fs::create_symlink(file("target"), file("link"));
  write_text(file("target"), "kept");
  const std::uintmax_t log_bytes = fs::file_size(data() / "log" / "data.mdb");
  for (const std::string& to :
       {from + "/log/data.mdb", from + "/server.json", from + "/new", file("link"),
        std::string("/dev/null"), directory_.path().string(), file("nowhere/out")}) {
    for (const std::vector<std::string>& line :
         {std::vector<std::string>{"audit", "bundle", "--data", from, "-o", to},
          {"audit", "proof", "--data", from, "--event", first_event_of_lead(), "-o", to},
          {"audit", "report", "--data", from, "--seal", to_string(seal_), "-o", to},
          {"audit", "trace", first_event_of_lead(), "--data", from, "--dot", to},
          {"export", "csv-facts", "--data", from, "-o", to},
          {"export", "ocel-sqlite", "--data", from, "-o", to}}) {
      const Outcome outcome = tests::houniao(line);
      EXPECT_EQ(outcome.exit_code, 2) << line[0] << " " << line[1] << " " << text_of(outcome);
    }
  }
  EXPECT_EQ(fs::file_size(data() / "log" / "data.mdb"), log_bytes);
  EXPECT_EQ(fs::file_size(file("target")), 4U);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_EQ(verify({"--data", from}).exit_code, 0);
}

// What somebody laid there beforehand, to have it written through.
TEST_F(AuditCommands, NothingIsWrittenThroughLinksAtTheNamesOfTemporaryFiles) {
  const std::string from = data().string();
  const std::string proof_of = first_event_of_lead();
  for (const bool hard : {false, true}) {
    int number = 0;
    for (const std::vector<std::string>& line :
         {std::vector<std::string>{"audit", "bundle", "--data", from, "-o"},
          {"audit", "proof", "--data", from, "--event", proof_of, "-o"},
          {"audit", "report", "--data", from, "--seal", to_string(seal_), "-o"},
          {"audit", "trace", proof_of, "--data", from, "--dot"},
          {"audit", "trace", proof_of, "--data", from, "--svg"},
          {"export", "csv-facts", "--data", from, "-o"},
          {"export", "ocel-sqlite", "--data", from, "-o"}}) {
      const std::string to = file((hard ? "hard" : "soft") + std::to_string(number++));
      const std::string kept = to + ".kept";
      write_text(kept, "kept");
      for (const char* ending : {".part", ".tmp", ".dot", ".part-journal", ".part-wal"}) {
        if (hard) {
          fs::create_hard_link(kept, to + ending);
        } else {
          fs::create_symlink(kept, to + ending);
        }
      }
      std::vector<std::string> command = line;
      command.push_back(to);
      const Outcome outcome = tests::houniao(command);
      // A link there is refused; another name of a file is not this command's to know. (1: the
      // report is written, and is not the one that was sealed.)
      EXPECT_EQ(outcome.exit_code < 2, hard) << to << text_of(outcome);
      EXPECT_EQ(fs::exists(to), hard) << to;
      for (const std::string& name : {kept, to + ".dot"}) {
        EXPECT_EQ(as_text(must(os::read_file(name, 64))), "kept") << name;
      }
    }
  }
}

TEST_F(AuditCommands, NothingIsWrittenWhereLinksOfTheDataDirectoryLead) {
  const fs::path moved = directory_.path() / "moved";
  const fs::path linked = directory_.path() / "linked";
  fs::copy(data(), moved, fs::copy_options::recursive);
  write_text((moved / "server.key").string(), "a secret");
  fs::create_directory(linked);
  for (const auto& entry : fs::directory_iterator(moved)) {
    fs::create_symlink(entry.path(), linked / entry.path().filename());
  }
  fs::remove(moved / "server.json");  // no data directory itself any more
  fs::remove(linked / "server.json");
  fs::copy(data() / "server.json", linked / "server.json");
  const std::uintmax_t log_bytes = fs::file_size(moved / "log" / "data.mdb");
  for (const std::string& to :
       {(moved / "log" / "data.mdb").string(), (moved / "log" / "new").string(),
        (moved / "server.key").string(), (data() / "new").string(), (linked / "new").string()}) {
    const Outcome outcome =
        tests::houniao({"export", "csv-facts", "--data", linked.string(), "-o", to});
    EXPECT_EQ(outcome.exit_code, 2) << to << text_of(outcome);
  }
  EXPECT_EQ(fs::file_size(moved / "log" / "data.mdb"), log_bytes);
  // Beside them is nobody's.
  const Outcome beside = tests::houniao(
      {"export", "csv-facts", "--data", linked.string(), "-o", (moved / "facts.csv").string()});
  EXPECT_EQ(beside.exit_code, 0) << text_of(beside);
}

// LMDB ends the process over a page that says to be of another kind.
TEST_F(AuditCommands, APageOfAnotherKindThanItWasIsToldAndEndsNoCommandByASignal) {
  constexpr std::size_t kPageBytes = 4096;
  constexpr std::size_t kFlagsAt = 10;  // behind the page's number and its padding
  const fs::path table = data() / "log" / "data.mdb";
  const Bytes whole = must(os::read_file(table, std::size_t{1} << 30));
  std::size_t told = 0;
  for (std::size_t page = 2; page < whole.size() / kPageBytes && page < 12; ++page) {
    Bytes changed = whole;
    changed[page * kPageBytes + kFlagsAt] ^= 3;  // a leaf becomes a branch and back
    write_text(table.string(), as_text(changed));
    for (const std::vector<std::string>& line :
         {std::vector<std::string>{"audit", "verify", "--data", data().string()},
          {"replay", "--data", data().string()}}) {
      const Outcome outcome = tests::houniao(line);
      EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == kCorrupt || outcome.exit_code == 3)
          << "page " << page << ": " << text_of(outcome);
      told += outcome.exit_code == kCorrupt ? 1 : 0;
    }
  }
  EXPECT_GT(told, 0U);
  write_text(table.string(), as_text(whole));
}

TEST_F(AuditCommands, AGraphAndItsPictureTakeTwoFiles) {
  const Outcome outcome =
      tests::houniao({"audit", "trace", first_event_of_lead(), "--data", data().string(), "--svg",
                      file("one"), "--dot", file("./one")});
  EXPECT_EQ(outcome.exit_code, 2) << text_of(outcome);
  EXPECT_NE(outcome.err.find("name two"), std::string::npos) << outcome.err;
  EXPECT_FALSE(fs::exists(file("one")));
}

TEST_F(AuditCommands, WhatIsNoCheckpointAmongTheCosignedOnesIsNamedByVerifyAndBundle) {
  fs::create_directories(data() / "cosigned");
  write_text(data() / "cosigned" / "00000000000000000007", "no checkpoint");
  const Outcome verified = verify({"--data", data().string()});
  EXPECT_EQ(verified.exit_code, 0) << text_of(verified);
  const Outcome bundled =
      tests::houniao({"audit", "bundle", "--data", data().string(), "-o", file("noted.bundle")});
  EXPECT_EQ(bundled.exit_code, 0) << text_of(bundled);
  for (const Outcome& outcome : {verified, bundled}) {
    const std::string text = outcome.out + outcome.err;
    EXPECT_NE(text.find("cosigned/00000000000000000007"), std::string::npos) << text;
    EXPECT_NE(text.find("not compared with the log"), std::string::npos) << text;
  }
}

// --- a log that was put back ---------------------------------------------------------------------

// The checkpoint beside the log went with it; what a witness cosigned stayed.
TEST_F(AuditCommands, ACosignedCheckpointNamesTheLogThatWasPutBack) {
  const Checkpoint head = must(open_checkpoint(note_, vkey_));
  const auto cosigned = must(Cosignatures::open(data() / "cosigned"));
  SeededRandom random(3);
  const SigningKey witness = make_signing_key(random);
  const auto keep = [&](TreeSize size, const Hash& root) {
    const std::string note = sign_checkpoint({crash::kOrigin, size, root}, log_key_);
    const std::string line =
        cosign(must(split_note(note)).text, "w.test/1", witness, 1'500'000'000);
    ASSERT_EQ(must(cosigned->add(note, line, {{"w.test/1", witness.verify_key()}})), 1U);
  };
  keep(head.size, head.root);
  EXPECT_EQ(verify({"--data", data().string()}).exit_code, 0);
  const std::vector<std::string> bundle = {"audit",         "bundle", "--data",
                                           data().string(), "-o",     file("back.bundle")};
  for (const auto& [size, what] : {std::pair{head.size.value + 2, "records are missing"},
                                   std::pair{head.size.value - 1, "rewritten"}}) {
    keep(TreeSize{size}, Hash{});
    const Outcome outcome = verify({"--data", data().string()});
    EXPECT_EQ(outcome.exit_code, kCorrupt) << text_of(outcome);
    EXPECT_NE(outcome.out.find("cosigned checkpoint"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find(what), std::string::npos) << outcome.out;
    EXPECT_EQ(tests::houniao(bundle).exit_code, kCorrupt);
    EXPECT_FALSE(fs::exists(file("back.bundle")));
    fs::remove_all(data() / "cosigned");
    fs::create_directories(data() / "cosigned");
  }
}

// --- a machine without Graphviz -----------------------------------------------------------------

// The search path of the programs that a test starts, while it lives.
class SearchPath {
 public:
  explicit SearchPath(const std::string& path) : before_(std::getenv("PATH")) {
    ::setenv("PATH", path.c_str(), 1);
  }
  ~SearchPath() { ::setenv("PATH", before_.c_str(), 1); }

 private:
  std::string before_;
};

TEST_F(AuditCommands, WithoutGraphvizTheTraceIsToldAndItSaysWhatToInstall) {
  const SearchPath nowhere(directory_.path().string());
  const std::vector<std::string> ask = {"audit",           "trace",         first_event_of_lead(),
                                        "--data",          data().string(), "--svg",
                                        file("money.svg"), "--dot",         file("money.dot")};
  const Outcome outcome = tests::houniao(ask);
  EXPECT_EQ(outcome.exit_code, 2) << text_of(outcome);
  EXPECT_NE(outcome.out.find("合计 / totals"), std::string::npos) << outcome.out;
  EXPECT_FALSE(fs::exists(file("money.svg")));
  EXPECT_GT(fs::file_size(file("money.dot")), 0u);
  for (const char* text : {"请安装", "apt-get install graphviz", "--dot", "was not drawn"}) {
    EXPECT_NE(outcome.err.find(text), std::string::npos) << text << ": " << outcome.err;
  }
  EXPECT_EQ(outcome.err.find("check the id"), std::string::npos) << outcome.err;
  std::vector<std::string> as_json = ask;
  as_json.insert(as_json.begin(), "--json");
  const Outcome json = tests::houniao(as_json);
  EXPECT_EQ(json.exit_code, 2);
  EXPECT_TRUE(Json::parse(json.out, nullptr, false).contains("totals")) << json.out;
}

// --- damaged files -------------------------------------------------------------------------------

TEST_F(AuditCommands, AStoreThatWasCutOffIsSaidToBeDamaged) {
  const fs::path map = data() / "log" / "data.mdb";
  const std::uintmax_t whole = fs::file_size(map);
  constexpr std::uintmax_t kPage = 4096;
  for (const std::uintmax_t part : {2U, 3U, 5U}) {
    fs::resize_file(map, whole / part / kPage * kPage);
    const Outcome outcome = verify({"--data", data().string()});
    EXPECT_EQ(outcome.exit_code, kCorrupt) << text_of(outcome);
    EXPECT_FALSE((outcome.out + outcome.err).empty());
  }
  // Nothing but the two meta pages, which point behind the end.
  fs::resize_file(map, 2 * kPage);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"verify", "--data", data().string(), "--key", vkey_},
        {"bundle", "--data", data().string(), "-o", file("cut.bundle")},
        {"proof", "--data", data().string(), "--event", first_event_of_lead()},
        {"report", "--data", data().string(), "--seal", to_string(seal_)}}) {
    std::vector<std::string> line = command;
    line.insert(line.begin(), "audit");
    const Outcome outcome = tests::houniao(line);
    EXPECT_TRUE(outcome.exit_code == kCorrupt || outcome.exit_code == 3)
        << command.front() << ": " << text_of(outcome);
    EXPECT_FALSE((outcome.out + outcome.err).empty()) << command.front();
  }
  const Outcome json = verify({"--json", "--data", data().string()});
  EXPECT_TRUE(Json::parse(json.out, nullptr, false).is_object()) << text_of(json);
}

TEST_F(AuditCommands, AServerFileOfOtherTypesIsAnErrorOfTheFileAndNotOfTheProgram) {
  write_text(data() / "server.json", R"({"log_key":7,"origin":[]})");
  const Outcome outcome = tests::houniao({"audit", "verify", "--data", data().string()});
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_NE(outcome.exit_code, 70) << text_of(outcome);
}

}  // namespace
}  // namespace houniao
