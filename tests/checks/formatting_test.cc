// All C++ is formatted by clang-format with the root's .clang-format: a diff shows changes of
// meaning only.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/checks/source_tree.h"

namespace houniao::checks {
namespace {

struct Outcome {
  int status = 0;
  std::string output;
};

Outcome run(const std::string& command) {
  Outcome outcome;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, "cannot start a shell"};
  char buffer[4096];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) outcome.output += buffer;
  outcome.status = pclose(pipe);
  return outcome;
}

Outcome clang_format(const std::vector<std::string>& paths) {
  std::string command = std::string("cd '") + HOUNIAO_SOURCE_DIR +
                        "' && clang-format-14 --style=file:.clang-format --dry-run --Werror "
                        "--ferror-limit=1";
  for (const std::string& path : paths) command += " '" + path + "'";
  return run(command);
}

TEST(Formatting, AllCodeIsFormatted) {
  std::vector<std::string> paths;
  for (const SourceFile& file : read_tree()) {
    if (is_cpp(file.path)) paths.push_back(file.path);
  }
  ASSERT_FALSE(paths.empty());
  const Outcome outcome = clang_format(paths);
  EXPECT_EQ(outcome.status, 0) << "run: tools/format\n" << outcome.output;
}

TEST(Formatting, CanaryABadlyFormattedFileIsCaught) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("houniao_format_canary_" + std::to_string(getpid()) + ".cc");
  std::ofstream(path) << "int  f( int x ){return x ;}\n";
  EXPECT_NE(clang_format({path.string()}).status, 0);
  std::ofstream(path) << "int f(int x) { return x; }\n";
  EXPECT_EQ(clang_format({path.string()}).status, 0) << "a well formatted file passes";
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace houniao::checks
