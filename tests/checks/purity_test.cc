// Time, randomness, threads, floating point and input/output stay where the design puts them: the
// real machine in base/os only, and none of it in the pure rooms. A run that repeats byte for byte
// (the simulator, an auditor's replay) depends on it.
#include <gtest/gtest.h>

#include "tests/checks/source_tree.h"

namespace houniao::checks {
namespace {

// Tests of the real program wait for real processes; everything else takes the ports.
bool may_touch_the_machine(std::string_view path) {
  if (path.starts_with("base/os/")) return true;
  return path.starts_with("tests/") && !path.starts_with("tests/sim/");
}

bool is_pure(std::string_view path) {
  // Workbooks and databases are files, and a spreadsheet's numbers are floating.
  if (path.starts_with("exports/")) return !path.starts_with("exports/books/");
  return path.starts_with("replay/") || path.starts_with("schema/") ||
         path.starts_with("client_sdk/core/") || path.starts_with("server/session");
}

std::vector<std::string> machine_words(const SourceFile& file) {
  if (!is_cpp(file.path) || may_touch_the_machine(file.path)) return {};
  static const std::vector<std::string> kWords = {"system_clock::now",
                                                  "high_resolution_clock",
                                                  "random_device",
                                                  "rand(",
                                                  "srand(",
                                                  "drand48(",
                                                  "sleep_for",
                                                  "sleep_until",
                                                  "usleep(",
                                                  "nanosleep(",
                                                  "gettimeofday(",
                                                  "clock_gettime(",
                                                  "getrandom(",
                                                  "arc4random",
                                                  "randombytes_buf",
                                                  "RAND_bytes"};
  std::vector<std::string> found = find_words(file.path, code_only(file.text), kWords);
  // The deadlines of the SDK's blocking calls are those of the standard library's waiting
  // functions.
  if (!file.path.starts_with("client_sdk/cpp/")) {
    for (std::string& line : find_words(file.path, code_only(file.text), {"steady_clock::now"})) {
      found.push_back(std::move(line));
    }
  }
  return found;
}

std::vector<std::string> impure_words(const SourceFile& file) {
  if (!is_cpp(file.path) || !is_pure(file.path)) return {};
  std::vector<std::string> words = {"double",    "float",        "<chrono>",   "<random>",
                                    "<fstream>", "<filesystem>", "<iostream>", "<future>",
                                    "getenv(",   "fopen("};
  // The codec serves every thread and keeps tables behind a mutex; the other pure rooms belong to
  // one thread at a time and have nothing to guard.
  if (!file.path.starts_with("schema/")) {
    for (const char* word : {"<thread>", "<mutex>", "<atomic>", "<future>"}) {
      words.push_back(word);
    }
  }
  std::vector<std::string> found = find_words(file.path, code_only(file.text), words);
  if (file.text.find("#include \"base/os/") != std::string::npos) {
    found.push_back(file.path + ": base/os");
  }
  return found;
}

std::vector<std::string> all(std::vector<std::string> (*rule)(const SourceFile&)) {
  std::vector<std::string> found;
  for (const SourceFile& file : read_tree()) {
    for (std::string& line : rule(file)) found.push_back(std::move(line));
  }
  return found;
}

TEST(Purity, OnlyBaseOsTouchesTheRealClockAndEntropy) {
  const auto found = all(machine_words);
  EXPECT_TRUE(found.empty()) << join(found);
}

TEST(Purity, PureRoomsHaveNoThreadsFloatsOrFiles) {
  const auto found = all(impure_words);
  EXPECT_TRUE(found.empty()) << join(found);
}

TEST(Purity, CanaryEachForbiddenWordIsCaught) {
  for (const char* line :
       {"auto t = std::chrono::system_clock::now();", "std::random_device d;", "int x = rand();",
        "std::this_thread::sleep_for(1ms);", "auto t = std::chrono::steady_clock::now();"}) {
    EXPECT_EQ(machine_words({"server/canary.cc", line}).size(), 1u) << line;
    EXPECT_EQ(machine_words({"tests/sim/canary.cc", line}).size(), 1u) << line;
  }
  for (const char* line : {"double ratio = 0;", "float f;", "#include <thread>",
                           "#include <fstream>", "#include \"base/os/os.h\""}) {
    EXPECT_EQ(impure_words({"replay/canary.cc", line}).size(), 1u) << line;
    EXPECT_EQ(impure_words({"exports/canary.cc", line}).size(), 1u) << line;
    EXPECT_EQ(impure_words({"client_sdk/core/canary.h", line}).size(), 1u) << line;
    EXPECT_EQ(impure_words({"server/session.cc", line}).size(), 1u) << line;
  }
}

TEST(Purity, WordsInCommentsLiteralsAndLongerNamesAreNoViolation) {
  const char* text =
      "// never call rand() or sleep_for\n"
      "const char* k = \"std::random_device\"; int operand(int); char c = '\"';\n"
      "int n = 1'000'000; /* double */ auto r = R\"(float rand())\";\n";
  EXPECT_TRUE(machine_words({"server/x.cc", text}).empty());
  EXPECT_TRUE(impure_words({"replay/x.cc", text}).empty());
}

}  // namespace
}  // namespace houniao::checks
