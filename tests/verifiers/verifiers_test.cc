// The served log before verifiers that nobody here wrote (README.md). One server with a log of more
// than a thousand records, two keys and many checkpoints serves all tests.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "client_sdk/cpp/houniao.h"
#include "tests/support/server_process.h"

namespace houniao {
namespace {

using tests::houniao;
using Json = nlohmann::json;
using std::chrono::seconds;

constexpr int kRounds = 26;          // each ends in a checkpoint of its own, at least
constexpr int kEventsPerRound = 48;  // so that the log has more than four full tiles

EventDraft session_held(std::uint32_t headcount) {
  EventDraft draft;
  draft.scope = ScopeId{16};
  draft.body = [headcount](schema::Event::Body::Builder body) {
    auto held = body.initSessionHeld();
    held.setKind("weekend_class");
    held.setHeadcount(headcount);
  };
  return draft;
}

struct Verdict {
  int exit_code = -1;
  Json json;
  std::string out;
  std::string err;
};

class Verifiers : public testing::Test {
 protected:
  // One server for the suite: filling its log is what takes the time.
  struct Served {
    tests::TemporaryFolder folder;
    std::string data = folder / "server";
    tests::ServerProcess server{data};
    std::string token;
    std::vector<std::string> vkeys;
    bool ready = false;
  };
  static Served& served() {
    static auto* one = new Served;
    return *one;
  }

  static void SetUpTestSuite() {
    Served& s = served();
    ASSERT_EQ(houniao({"init", "--data", s.data, "--origin", "verifiers.test/log"}).exit_code, 0);
    ASSERT_TRUE(s.server.start());
    const tests::Outcome code = houniao({"enrol", "--data", s.data, "--new", "--scope", "16"});
    ASSERT_EQ(code.exit_code, 0) << code.err;
    Client::Options options;
    options.directory = s.folder / "tablet";
    options.key.emplace();
    auto client = Client::open(options);
    ASSERT_TRUE(client) << client.error().message();
    ASSERT_TRUE((*client)->enrol(s.server.url(), code.out.substr(0, code.out.find('\n'))));
    ASSERT_TRUE((*client)->connect(s.server.url()));
    for (int round = 0; round < kRounds; ++round) {
      if (round == kRounds / 2) change_key();
      for (int i = 0; i < kEventsPerRound; ++i) {
        ASSERT_TRUE((*client)->record(session_held(static_cast<std::uint32_t>(i + 1))));
      }
      const auto synced = (*client)->wait_synced(seconds(30));
      ASSERT_TRUE(synced) << synced.error().message();
    }
    const tests::Outcome token =
        houniao({"enrol", "--data", s.data, "--token", "--role", "auditor"});
    ASSERT_EQ(token.exit_code, 0) << token.err;
    s.token = token.out.substr(0, token.out.find('\n'));
    const Json keys = Json::parse(tests::http_get(s.server.port(), "/log/keys").body);
    for (const Json& key : keys.at("keys")) s.vkeys.push_back(key.at("vkey"));
    ASSERT_EQ(s.vkeys.size(), 2U) << "the key was changed on the way";
    s.ready = true;
  }
  static void change_key() {
    Served& s = served();
    ASSERT_EQ(s.server.terminate().exit_code, 0);
    ASSERT_EQ(houniao({"rotate-key", "--data", s.data}).exit_code, 0);
    ASSERT_TRUE(s.server.start());
  }
  static void TearDownTestSuite() { delete &served(); }

  void SetUp() override { ASSERT_TRUE(served().ready); }

  static std::string prefix() {
    return "http://127.0.0.1:" + std::to_string(served().server.port()) + "/log";
  }
  static Verdict run(const std::string& program, const std::string& args) {
    const std::string out = served().folder / "out";
    const std::string err = served().folder / "err";
    const std::string line = std::string(HOUNIAO_VERIFIERS) + "/" + program + " -url " + prefix() +
                             " " + args + " >" + out + " 2>" + err;
    const int status = std::system(line.c_str());
    const auto content = [](const std::string& file) {
      std::ifstream in(file);
      std::stringstream text;
      text << in.rdbuf();
      return text.str();
    };
    Verdict verdict;
    verdict.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    verdict.out = content(out);
    verdict.err = content(err);
    verdict.json = Json::parse(verdict.out, nullptr, false);
    return verdict;
  }
  static std::string trusted(std::size_t first = 0) {
    std::string out;
    for (std::size_t i = first; i < served().vkeys.size(); ++i) {
      out += " -vkey '" + served().vkeys[i] + "'";
    }
    return out;
  }
  static std::string with_token() { return " -token " + served().token; }
};

TEST_F(Verifiers, GoSumdbAcceptsAThousandRecordsAndAHundredPairsOfCheckpoints) {
  const Verdict verdict = run("verify_log", "-records 1000 -pairs 100" + trusted() + with_token());
  ASSERT_EQ(verdict.exit_code, 0) << verdict.err;
  std::printf("golang.org/x/mod/sumdb: %s", verdict.out.c_str());
  EXPECT_EQ(verdict.json.at("records"), 1000);
  EXPECT_EQ(verdict.json.at("pairs"), 100);
  EXPECT_GT(verdict.json.at("size").get<int>(), kRounds * kEventsPerRound);
  EXPECT_GT(verdict.json.at("different_records").get<int>(), 500);
  EXPECT_GT(verdict.json.at("checkpoints").get<int>(), kRounds);
}

TEST_F(Verifiers, CanaryGoSumdbRefusesAChangedRecordAndAnotherKey) {
  const Verdict changed = run("verify_log", "-spoil" + trusted() + with_token());
  EXPECT_EQ(changed.exit_code, 1) << changed.out;
  EXPECT_NE(changed.err.find("record"), std::string::npos) << changed.err;
  // The newest checkpoint is not signed by the key that was replaced.
  const Verdict old = run("verify_log", "-vkey '" + served().vkeys[0] + "'" + with_token());
  EXPECT_EQ(old.exit_code, 1) << old.out;
}

TEST_F(Verifiers, GoSumdbNeedsAnAuditorsTokenForRecordsOnly) {
  const Verdict none = run("verify_log", "-records 1 -pairs 0" + trusted());
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.err.find("status 401"), std::string::npos) << none.err;
  const Verdict hashes = run("verify_log", "-records 0 -pairs 20" + trusted());
  EXPECT_EQ(hashes.exit_code, 0) << hashes.err;
}

TEST_F(Verifiers, NebulousMerkletreeRebuildsTheRootAndAcceptsAThousandProofs) {
  const Verdict verdict = run("verify_inclusion", "-records 1000" + with_token());
  ASSERT_EQ(verdict.exit_code, 0) << verdict.err;
  std::printf("NebulousLabs/merkletree: %s", verdict.out.c_str());
  EXPECT_EQ(verdict.json.at("records"), 1000);
}

TEST_F(Verifiers, CanaryNebulousMerkletreeRefusesAChangedRecord) {
  const Verdict verdict = run("verify_inclusion", "-records 1 -spoil" + with_token());
  EXPECT_EQ(verdict.exit_code, 1) << verdict.out;
  EXPECT_NE(verdict.err.find("does not hold"), std::string::npos) << verdict.err;
}

}  // namespace
}  // namespace houniao
