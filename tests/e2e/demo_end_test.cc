// How the demonstration ends before its end: arguments that name nothing, a directory that is in
// use, and a signal in the middle of the play, after which no temporary data is left.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/server_process.h"

namespace houniao::tests {
namespace {

namespace fs = std::filesystem;
using Timer = std::chrono::steady_clock;

// Starts a play whose temporary files go below `temporary`.
pid_t start_demo(const std::string& temporary) {
  const std::string program = std::string(HOUNIAO_BINARY_DIR) + "/houniao";
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const int nowhere = ::open("/dev/null", O_WRONLY);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  setenv("TMPDIR", temporary.c_str(), 1);
  execl(program.c_str(), program.c_str(), "demo", "--once", "--programme", "a",
        static_cast<char*>(nullptr));
  _exit(127);
}

// Whether it ended by itself within that time; it is killed otherwise.
bool ends_within(pid_t pid, std::chrono::seconds time) {
  int status = 0;
  for (const auto began = Timer::now(); Timer::now() - began < time;) {
    if (waitpid(pid, &status, WNOHANG) == pid) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  kill(pid, SIGKILL);
  waitpid(pid, &status, 0);
  return false;
}

bool is_empty_after(const std::string& folder, pid_t pid, int number) {
  kill(pid, number);
  EXPECT_TRUE(ends_within(pid, std::chrono::seconds(10))) << number;
  return fs::is_empty(folder);
}

TEST(DemoEnd, ASignalInThePlayEndsItSoonAndLeavesNoTemporaryData) {
  for (const int number : {SIGTERM, SIGINT}) {
    const TemporaryFolder folder;
    const pid_t pid = start_demo(folder.path().string());
    ASSERT_GT(pid, 0);
    std::this_thread::sleep_for(std::chrono::seconds(2));
    EXPECT_FALSE(fs::is_empty(folder.path())) << "the play is on";
    EXPECT_TRUE(is_empty_after(folder.path().string(), pid, number)) << number;
  }
}

TEST(DemoEnd, ADirectoryThatHoldsSomethingIsRefusedAndLeftAlone) {
  const TemporaryFolder folder;
  std::ofstream(folder / "letter.txt") << "dear";
  const Outcome outcome =
      houniao({"demo", "--once", "--programme", "none", "--data", folder.path().string()});
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  EXPECT_NE(outcome.err.find("empty"), std::string::npos) << outcome.err;
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
  const Outcome on_file =
      houniao({"demo", "--once", "--programme", "none", "--data", folder / "letter.txt"});
  EXPECT_EQ(on_file.exit_code, 2) << on_file.err;
}

TEST(DemoEnd, SeedsAndProgrammesThatAreNoneAreRefused) {
  const std::vector<std::string> kWrong[] = {
      {"--seed", "-1"},      {"--seed", "99999999999999999999"},
      {"--seed", "1.5"},     {"--programme", ""},
      {"--programme", "aa"}, {"--programme", "af"},
      {"--programme", "A"},
  };
  for (const auto& option : kWrong) {
    std::vector<std::string> args = {"demo", "--once"};
    args.insert(args.end(), option.begin(), option.end());
    const Outcome outcome = houniao(args);
    EXPECT_EQ(outcome.exit_code, 2) << option[0] << " " << option[1];
    EXPECT_NE(outcome.err.find(option[0]), std::string::npos) << outcome.err;
  }
}

}  // namespace
}  // namespace houniao::tests
