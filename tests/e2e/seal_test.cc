// A sealed report on the practice log of the demonstration, as an auditor looks at it: found in the
// list of seals, made again byte for byte, and told as PROV that a schema of other people accepts.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/bytes.h"
#include "base/crypto.h"
#include "tests/e2e/validators.h"
#include "tests/support/server_process.h"

namespace houniao::tests {
namespace {

using Json = nlohmann::json;

// One play for all tests of this file.
class DemoSeal : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    data_ = *folder_ / "data";
    played_ = houniao({"demo", "--once", "--json", "--programme", "b", "--data", data_});
    const Outcome listed = houniao({"--json", "state", "seals", "--data", data_});
    const Json page = Json::parse(listed.out, nullptr, false);
    if (page.is_object() && page.contains("items") && page.at("items").size() == 1) {
      seal_ = page.at("items").at(0);
    }
  }
  static void TearDownTestSuite() { delete folder_; }
  void SetUp() override {
    ASSERT_EQ(played_.exit_code, 0) << played_.err;
    ASSERT_TRUE(seal_.is_object()) << "the log has one seal in force";
  }

  static inline TemporaryFolder* folder_ = nullptr;
  static inline std::string data_;
  static inline Outcome played_;
  static inline Json seal_;
};

TEST_F(DemoSeal, TheListOfSealsShowsItWithTwoSigners) {
  EXPECT_EQ(seal_.at("from"), "2013-01-01");
  EXPECT_EQ(seal_.at("to"), "2013-12-31");
  EXPECT_GT(seal_.at("tree_size").get<std::uint64_t>(), 100'000u);
  EXPECT_EQ(seal_.at("reports").size(), 1u);
  const auto signers = seal_.at("signers").get<std::set<std::string>>();
  EXPECT_EQ(signers.size(), 2u);
  // By that id it is found as text, too.
  const Outcome text = houniao({"state", "seals", "--data", data_});
  EXPECT_NE(text.out.find(seal_.at("id").get<std::string>()), std::string::npos) << text.out;
}

TEST_F(DemoSeal, TheReportIsMadeAgainByteForByte) {
  const std::string sealed = *folder_ / "sealed.json";
  const Outcome again = houniao(
      {"--json", "audit", "report", "--data", data_, "--seal", seal_.at("id"), "-o", sealed});
  ASSERT_EQ(again.exit_code, 0) << again.out << again.err;
  const Json found = Json::parse(again.out);
  EXPECT_TRUE(found.at("report_holds").get<bool>());
  EXPECT_TRUE(found.at("root_holds").get<bool>());
  EXPECT_EQ(found.at("root"), seal_.at("root"));
  EXPECT_EQ(found.at("records"), seal_.at("tree_size"));
  const std::string report = read(sealed);
  EXPECT_EQ(to_hex(sha256(as_bytes(report)).bytes), seal_.at("reports").at(0).at("sha256"));
  const Json said = Json::parse(report);
  EXPECT_FALSE(said.at("facts").empty());
  EXPECT_FALSE(said.at("funds").empty());
  // Nothing of the year came later: the end of the log gives the same bytes.
  const std::string open = *folder_ / "open.json";
  const Outcome now =
      houniao({"audit", "report", "--data", data_, "--programme", seal_.at("programme"), "--from",
               seal_.at("from"), "--to", seal_.at("to"), "-o", open});
  ASSERT_EQ(now.exit_code, 0) << now.err;
  EXPECT_EQ(read(open), report);
}

TEST_F(DemoSeal, CanaryWithAnotherPackTheReportDiffers) {
  std::string pack = read(source("schema/programmes/b.json"));
  const std::size_t id = pack.find("\"B01\"");
  ASSERT_NE(id, std::string::npos);
  pack.replace(id, 5, "\"B99\"");
  const std::string other = *folder_ / "other.json";
  std::ofstream(other, std::ios::binary) << pack;
  const Outcome outcome = houniao(
      {"--json", "audit", "report", "--data", data_, "--seal", seal_.at("id"), "--pack", other});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out << outcome.err;
}

TEST_F(DemoSeal, ProvNamesReportSealingRecordsAndSigners) {
  const std::string path = *folder_ / "prov.json";
  const Outcome outcome = houniao({"export", "prov", "--data", data_, "-o", path});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(json_schema("prov-json.schema.json", path), 0) << read(path + ".err").substr(0, 2000);
  const Json prov = Json::parse(read(path));
  const std::string id = seal_.at("id");
  const std::string size = std::to_string(seal_.at("tree_size").get<std::uint64_t>());
  const Json& report = prov.at("entity").at("hn:report-" + id + "-1");
  EXPECT_EQ(report.at("hnv:sha256").at("$"), seal_.at("reports").at(0).at("sha256"));
  EXPECT_EQ(prov.at("entity").at("hn:records-" + size).at("hnv:root").at("$"), seal_.at("root"));
  EXPECT_TRUE(prov.at("activity").contains("hn:sealing-" + id));
  std::set<std::string> with;
  for (const auto& [name, relation] : prov.at("wasAssociatedWith").items()) {
    EXPECT_EQ(relation.at("prov:activity"), "hn:sealing-" + id);
    with.insert(relation.at("prov:agent"));
  }
  for (const Json& signer : seal_.at("signers")) {
    const std::string agent = "hn:signer-" + signer.get<std::string>();
    EXPECT_TRUE(prov.at("agent").contains(agent)) << agent;
    EXPECT_TRUE(with.contains(agent)) << agent;
  }
}

}  // namespace
}  // namespace houniao::tests
