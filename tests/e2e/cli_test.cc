// The command line as people and scripts use it: help in two languages, exit codes, and with --json
// exactly one object on standard output.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/server_process.h"

namespace houniao::tests {
namespace {

using Json = nlohmann::json;

// The object, or null when standard output is anything but one JSON object.
Json only_json(const Outcome& outcome) { return Json::parse(outcome.out, nullptr, false); }

TEST(CommandLine, HelpIsInChineseAndEnglishAndNamesTheExitCodes) {
  const Outcome help = houniao({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* text :
       {"候鸟", "offline field records", "退出码", "exit codes", "data is damaged"}) {
    EXPECT_NE(help.out.find(text), std::string::npos) << text;
  }
  for (const char* command :
       {"init", "serve", "enrol", "demo", "replay", "audit", "figures", "state", "bench"}) {
    EXPECT_NE(help.out.find(std::string("\n  ") + command), std::string::npos) << command;
    const Outcome own = houniao({command, "--help"});
    EXPECT_EQ(own.exit_code, 0) << command;
    EXPECT_NE(own.out.find(" / "), std::string::npos)
        << command << " explains itself in both languages";
  }
}

TEST(CommandLine, WrongUsageExitsWithTwoAndSaysWhyOnStandardError) {
  for (const std::vector<std::string>& args : {std::vector<std::string>{},
                                               {"no-such-command"},
                                               {"init"},
                                               {"serve", "--data"},
                                               {"bench"}}) {
    const Outcome outcome = houniao(args);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_TRUE(outcome.out.empty()) << outcome.out;
    EXPECT_FALSE(outcome.err.empty());
  }
}

TEST(CommandLine, JsonModePrintsOneObjectAlsoForErrors) {
  const TemporaryFolder folder;
  const std::string data = folder / "server";
  const Outcome made = houniao({"--json", "init", "--data", data});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Json json = only_json(made);
  ASSERT_TRUE(json.is_object()) << made.out;
  EXPECT_TRUE(json.contains("log_key"));
  EXPECT_TRUE(json.contains("admin_code"));

  const Outcome again = houniao({"init", "--data", data, "--json"});
  EXPECT_EQ(again.exit_code, 2);
  const Json error = only_json(again);
  ASSERT_TRUE(error.is_object()) << again.out;
  EXPECT_EQ(error["error"]["code"], "invalid_argument");
  EXPECT_FALSE(error["error"]["what_to_do_zh"].get<std::string>().empty());
}

TEST(CommandLine, ADirectoryWithoutALogIsAnErrorForEveryReader) {
  const TemporaryFolder folder;
  for (const std::vector<std::string>& args : {std::vector<std::string>{"replay"},
                                               {"audit", "verify"},
                                               {"figures"},
                                               {"state"},
                                               {"serve"}}) {
    std::vector<std::string> line = args;
    line.insert(line.end(), {"--json", "--data", folder / "nothing"});
    const Outcome outcome = houniao(line);
    EXPECT_NE(outcome.exit_code, 0) << args[0];
    EXPECT_NE(outcome.exit_code, 70) << args[0] << ": " << outcome.err;
    EXPECT_TRUE(only_json(outcome).is_object()) << args[0] << ": " << outcome.out;
  }
}

TEST(CommandLine, ReplayAndAuditOfAFreshLogAgreeOnItsRoot) {
  const TemporaryFolder folder;
  const std::string data = folder / "server";
  const Json made = only_json(houniao({"--json", "init", "--data", data}));
  const Outcome replayed = houniao({"--json", "replay", "--data", data});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.err;
  const Json replay = only_json(replayed);
  ASSERT_TRUE(replay.is_object());
  EXPECT_EQ(replay["root"], made["root"]);
  EXPECT_EQ(houniao({"audit", "verify", "--data", data}).exit_code, 0);
}

}  // namespace
}  // namespace houniao::tests
