// The demonstration at full size: one JSON object with every published figure, equal digests, a log
// that the audit accepts, and no personal data anywhere on disk.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/support/secrets.h"
#include "tests/support/server_process.h"

namespace houniao::tests {
namespace {

using Json = nlohmann::json;

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

// One play for all tests of this file.
class Demo : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    data_ = *folder_ / "data";
    outcome_ = houniao(
        {"demo", "--once", "--json", "--data", data_, "--secrets-out", *folder_ / "secrets"});
    json_ = Json::parse(outcome_.out, nullptr, false);
  }
  static void TearDownTestSuite() { delete folder_; }

  static inline TemporaryFolder* folder_ = nullptr;
  static inline std::string data_;
  static inline Outcome outcome_;
  static inline Json json_;
};

TEST_F(Demo, PrintsOneJsonObjectAndSucceeds) {
  EXPECT_EQ(outcome_.exit_code, 0) << outcome_.err;
  ASSERT_TRUE(json_.is_object()) << outcome_.out.substr(0, 400);
  for (const char* member : {"figures", "digests", "records", "root", "seconds"}) {
    EXPECT_TRUE(json_.contains(member)) << member;
  }
}

TEST_F(Demo, RecomputesEveryPublishedFigure) {
  std::set<std::string> ids;
  for (const Json& figure : json_.at("figures")) {
    ids.insert(figure.at("id"));
    for (const char* member : {"value", "comparator", "unit", "computed", "holds", "reason"}) {
      EXPECT_TRUE(figure.contains(member)) << figure.at("id") << " " << member;
    }
  }
  std::set<std::string> wanted;
  // How many figures each of the five articles published.
  const std::map<std::string, int> published = {
      {"A", 18}, {"B", 45}, {"C", 22}, {"D", 9}, {"E", 40}};
  for (const auto& [programme, count] : published) {
    for (int n = 1; n <= count; ++n) {
      wanted.insert(programme + (n < 10 ? "0" : "") + std::to_string(n));
    }
  }
  EXPECT_EQ(ids, wanted);
}

TEST_F(Demo, ServerTabletAndReplayHaveTheSameDigest) {
  const Json& digests = json_.at("digests");
  EXPECT_EQ(digests.at("server"), digests.at("tablet"));
  EXPECT_EQ(digests.at("server"), digests.at("replay"));
  const Outcome replayed = houniao({"--json", "replay", "--data", data_});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.err;
  const Json replay = Json::parse(replayed.out);
  EXPECT_EQ(replay.at("digest"), digests.at("server"));
  EXPECT_EQ(replay.at("root"), json_.at("root"));
}

TEST_F(Demo, TheAuditAcceptsItsLog) {
  const Outcome audit = houniao({"audit", "verify", "--data", data_});
  EXPECT_EQ(audit.exit_code, 0) << audit.out;
}

TEST_F(Demo, NoInventedPersonIsFindableInItsDirectory) {
  const std::vector<std::string> secrets = lines_of(*folder_ / "secrets");
  EXPECT_GT(secrets.size(), 1'000u);
  const SecretSearch search(secrets);
  std::uint64_t bytes = 0;
  const std::vector<std::string> found = search.find_below(data_, bytes);
  EXPECT_GT(bytes, 10'000'000u) << "the whole log was searched";
  EXPECT_TRUE(found.empty()) << found.size() << " found, first " << found[0];
}

TEST(SecretSearch, CanaryFindsWhatIsThere) {
  const SecretSearch search({"欧阳测试", "13912345678"});
  EXPECT_EQ(search.find("…欧阳测试…").size(), 1u);
  EXPECT_EQ(search.find("x13912345678y").size(), 1u);
  EXPECT_TRUE(search.find("1391234567欧阳测").empty());
}

}  // namespace
}  // namespace houniao::tests
