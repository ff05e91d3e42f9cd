// The sandbox alone, over real sockets: every planted fraud is found; the server, the offline
// command and a second run of it give one list; other thresholds give another list and the
// difference.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/server_process.h"

namespace houniao::tests {
namespace {

using Json = nlohmann::json;

// One play for all tests of this file.
class SandboxDemo : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    data_ = *folder_ / "data";
    outcome_ =
        houniao({"demo", "--sandbox", "--programme", "none", "--once", "--json", "--data", data_});
    json_ = Json::parse(outcome_.out, nullptr, false);
  }
  static void TearDownTestSuite() { delete folder_; }

  static Json findings(const std::vector<std::string>& more = {}) {
    std::vector<std::string> args = {"audit", "findings", "--json", "--data", data_};
    args.insert(args.end(), more.begin(), more.end());
    const Outcome outcome = houniao(args);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json json = Json::parse(outcome.out, nullptr, false);
    EXPECT_TRUE(json.is_object()) << outcome.out.substr(0, 400);
    return json;
  }
  static std::string file(const std::string& name, const Json& json) {
    const std::string path = *folder_ / name;
    std::ofstream(path) << json.dump();
    return path;
  }

  static inline TemporaryFolder* folder_ = nullptr;
  static inline std::string data_;
  static inline Outcome outcome_;
  static inline Json json_;
};

TEST_F(SandboxDemo, FindsEveryPlantedFraudAndNamesNoLookalike) {
  EXPECT_EQ(outcome_.exit_code, 0) << outcome_.err;
  ASSERT_TRUE(json_.is_object()) << outcome_.out.substr(0, 400);
  const Json& sandbox = json_.at("sandbox");
  EXPECT_EQ(sandbox.at("recall_complete"), true);
  EXPECT_EQ(sandbox.at("lookalikes_named"), 0);
  EXPECT_EQ(sandbox.at("rules").size(), 40U);
  for (const Json& rule : sandbox.at("rules")) {
    EXPECT_GE(rule.at("frauds"), 3) << rule.at("rule");
    EXPECT_EQ(rule.at("frauds_found"), rule.at("frauds")) << rule.at("missed").dump(1);
    EXPECT_GE(rule.at("lookalikes"), 3) << rule.at("rule");
    EXPECT_TRUE(rule.at("named").empty()) << rule.at("named").dump(1);
    EXPECT_EQ(rule.at("anomalies").at("elsewhere"), 0) << "there is nothing but the sandbox";
  }
}

TEST_F(SandboxDemo, ItsLogIsOneThatTheAuditAccepts) {
  const Outcome audit = houniao({"audit", "verify", "--data", data_});
  EXPECT_EQ(audit.exit_code, 0) << audit.out;
  const Json& digests = json_.at("digests");
  EXPECT_EQ(digests.at("server"), digests.at("tablet"));
  EXPECT_EQ(digests.at("server"), digests.at("replay"));
}

// All pages of the server's list.
Json over_http(std::uint16_t port, const std::string& token, const std::string& parameters) {
  Json all = Json::array();
  std::string cursor;
  for (int pages = 0; pages < 1'000; ++pages) {
    std::string target = "/v1/anomalies?limit=37" + parameters;
    if (!cursor.empty()) target += "&cursor=" + cursor;
    const HttpAnswer answer = http_get(port, target, token);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const Json page = Json::parse(answer.body, nullptr, false);
    if (!page.is_object()) return all;
    for (const Json& item : page.at("items")) all.push_back(item);
    if (page.at("next").is_null()) {
      EXPECT_EQ(page.at("total"), all.size());
      return all;
    }
    cursor = page.at("next").get<std::string>();
  }
  ADD_FAILURE() << "the pages never end";
  return all;
}

TEST_F(SandboxDemo, ServerOfflineCommandAndSecondRunGiveOneList) {
  const Outcome made = houniao({"enrol", "--data", data_, "--token", "--role", "auditor"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string token = made.out.substr(0, made.out.find('\n'));
  const Json offline = findings();
  const Json& list = offline.at("anomalies");
  ASSERT_GE(list.size(), 120U) << "three frauds of each rule";
  EXPECT_EQ(offline, findings()) << "a second run";
  const std::string last = std::to_string(offline.at("records").get<std::uint64_t>() - 1);
  const std::string middle = std::to_string(offline.at("records").get<std::uint64_t>() / 2);

  ServerProcess server(data_);
  ASSERT_TRUE(server.start());
  EXPECT_EQ(over_http(server.port(), token, "&at=" + last), list);
  EXPECT_EQ(over_http(server.port(), token, "&at=" + middle),
            findings({"--at", middle}).at("anomalies"));
  EXPECT_EQ(over_http(server.port(), token, "&rule=A03&at=" + last),
            findings({"--rule", "A03"}).at("anomalies"));
  const std::string id = list.front().at("id").get<std::string>();
  const HttpAnswer one = http_get(server.port(), "/v1/anomalies/" + id + "?at=" + last, token);
  EXPECT_EQ(one.status, 200) << one.body;
  EXPECT_EQ(Json::parse(one.body).at("id"), id);
  EXPECT_EQ(http_get(server.port(), "/v1/anomalies").status, 401);
  EXPECT_EQ(http_get(server.port(), "/v1/anomalies?rule=A99", token).status, 400);
  const HttpAnswer rules = http_get(server.port(), "/v1/anomaly-rules", token);
  EXPECT_EQ(rules.status, 200);
  EXPECT_GE(Json::parse(rules.body).at("rules").size(), 40U);
  EXPECT_EQ(server.terminate().exit_code, 0);
}

// An anomaly about case work is told without its events of case work and without whom it is about.
TEST_F(SandboxDemo, FindingsNameNoCaseWorkFromADirectoryOrABundle) {
  const std::string bundle = *folder_ / "case_work.bundle";
  ASSERT_EQ(houniao({"audit", "bundle", "--data", data_, "-o", bundle}).exit_code, 0);
  for (const std::vector<std::string>& from :
       {std::vector<std::string>{"--data", data_}, std::vector<std::string>{"--bundle", bundle}}) {
    std::vector<std::string> asked = {"audit", "findings"};
    asked.insert(asked.end(), from.begin(), from.end());
    const Outcome text = houniao(asked);
    EXPECT_EQ(text.exit_code, 0) << text.err;
    EXPECT_NE(text.out.find("case work and not named"), std::string::npos);
    asked.push_back("--json");
    const Json told = Json::parse(houniao(asked).out, nullptr, false);
    ASSERT_TRUE(told.is_object());
    std::size_t confidential = 0;
    std::size_t withheld = 0;
    for (const Json& item : told.at("anomalies")) {
      for (const Json& event : item.at("events")) EXPECT_NE(event.at("confidential"), true);
      if (item.at("confidential") != true) continue;
      ++confidential;
      withheld += item.at("events_withheld").get<std::size_t>();
      EXPECT_TRUE(item.at("subject").is_null()) << item.dump(1);
    }
    EXPECT_GE(confidential, 3U) << "the sandbox plants frauds about case work";
    EXPECT_GE(withheld, confidential);
  }
}

TEST_F(SandboxDemo, ARulesFileThatIsWrongIsAnErrorOfTheCommandLineAndSaysWhatIsWrong) {
  const std::string no_json = *folder_ / "no_json.json";
  std::ofstream(no_json) << "not JSON at all";
  const std::pair<std::string, const char*> wrong[] = {
      {no_json, "a choice of rules is JSON"},
      {file("no_rule.json", {{"A99", {{"version", 1}}}}), "no rule \"A99\""},
      {file("no_number.json", {{"A09", {{"version", 2}, {"services_per_day", "many"}}}}),
       "A09.services_per_day: a whole number"},
      {file("no_name.json", {{"A09", {{"version", 2}, {"nonsense", 1}}}}), "A09 has no"}};
  for (const auto& [path, says] : wrong) {
    for (const char* option : {"--rules", "--compare"}) {
      const Outcome outcome = houniao({"audit", "findings", "--data", data_, option, path});
      EXPECT_EQ(outcome.exit_code, 2) << path << "\n" << outcome.err;
      EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
      EXPECT_EQ(outcome.err.find("update the client"), std::string::npos) << outcome.err;
    }
  }
}

TEST_F(SandboxDemo, ATraceOfWhatIsNoIdSaysWhatIdsLookLike) {
  for (const std::string& what : {std::string("zzz"), std::string("7"), std::string(64, 'z')}) {
    const Outcome outcome = houniao({"audit", "trace", "--data", data_, what});
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_NE(outcome.err.find(what + ": "), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("an id is such as 7-12"), std::string::npos) << outcome.err;
  }
}

TEST_F(SandboxDemo, FindingsForPeopleNameRuleReasonMoneyAndTheInnocentExplanation) {
  const Outcome outcome = houniao({"audit", "findings", "--data", data_, "--rule", "A03"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* text : {"A03 v", "依据 / rests on", "先核对 / check first", "证据 / events",
                           "(seq ", "金额 / at risk", "处置 / decision"}) {
    EXPECT_NE(outcome.out.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(outcome.out.find("A04 v"), std::string::npos) << "only the rule that was asked for";
  EXPECT_NE(houniao({"audit", "findings", "--data", data_, "--rule", "A99"}).exit_code, 0);
}

// History under other thresholds: the same numbers as running each by itself.
TEST_F(SandboxDemo, HistoryIsRunAgainUnderAnotherVersionAndTheDifferenceShown) {
  const Json offline = findings();
  Json other = Json::object();
  for (const Json& rule : offline.at("rules")) {
    if (rule.at("thresholds").empty()) continue;
    Json asked = {{"version", 1'001}};
    for (const Json& threshold : rule.at("thresholds")) {
      asked[threshold.at("name").get<std::string>()] =
          threshold.at("value").get<std::int64_t>() * 2 + 1;
    }
    other[rule.at("rule").get<std::string>()] = std::move(asked);
  }
  ASSERT_FALSE(other.empty());
  const std::string path = file("rules.json", other);
  const Json under_other = findings({"--rules", path});
  const Json compared = findings({"--compare", path});
  const Json& difference = compared.at("difference");
  const std::size_t both = difference.at("both").get<std::size_t>();
  EXPECT_EQ(both + difference.at("only_first").size(), offline.at("anomalies").size());
  EXPECT_EQ(both + difference.at("only_second").size(), under_other.at("anomalies").size());
  EXPECT_GT(difference.at("only_first").size() + difference.at("only_second").size(), 0U)
      << "doubled thresholds change nothing";
  for (const Json& item : difference.at("only_second")) {
    EXPECT_EQ(item.at("version"), 1'001) << item.dump(1);
  }
  const std::string wrong = file("wrong.json", {{"A99", {{"version", 1}}}});
  EXPECT_NE(houniao({"audit", "findings", "--data", data_, "--rules", wrong}).exit_code, 0);
}

TEST_F(SandboxDemo, OnlyUndecidedOnesAreListedWhenThatIsAsked) {
  const Json undecided = findings({"--undecided"});
  std::size_t expected = 0;
  const Json found = findings();
  for (const Json& item : found.at("anomalies")) {
    expected += item.at("disposition").is_null() ? 1 : 0;
  }
  EXPECT_EQ(undecided.at("anomalies").size(), expected);
  for (const Json& item : undecided.at("anomalies")) EXPECT_TRUE(item.at("disposition").is_null());
}

TEST_F(SandboxDemo, ABundleOfItGivesTheSameList) {
  const std::string bundle = *folder_ / "whole.bundle";
  const Outcome made = houniao({"audit", "bundle", "--data", data_, "-o", bundle});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Outcome verified = houniao({"audit", "verify", "--bundle", bundle});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  const Outcome asked = houniao({"audit", "findings", "--json", "--bundle", bundle});
  ASSERT_EQ(asked.exit_code, 0) << asked.err;
  EXPECT_EQ(Json::parse(asked.out, nullptr, false), findings());
  const std::string part = *folder_ / "part.bundle";
  ASSERT_EQ(houniao({"audit", "bundle", "--data", data_, "--from", "20", "--to", "60", "-o", part})
                .exit_code,
            0);
  EXPECT_EQ(houniao({"audit", "findings", "--bundle", part}).exit_code, 2)
      << "what is left out would look as if it had never happened";
}

TEST_F(SandboxDemo, AnyMomentOfItHasTheDigestOfAFreshFold) {
  const Outcome asked = houniao({"--json", "bench", "moments", "--data", data_, "--queries", "40",
                                 "--digests", "5", "--seed", "7"});
  ASSERT_EQ(asked.exit_code, 0) << asked.err;
  const Json json = Json::parse(asked.out, nullptr, false);
  ASSERT_TRUE(json.is_object()) << asked.out;
  EXPECT_EQ(json.at("events"), 40);
  EXPECT_EQ(json.at("digests_compared"), 5);
  EXPECT_EQ(json.at("digests_differ"), 0);
}

}  // namespace
}  // namespace houniao::tests
