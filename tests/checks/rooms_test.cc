// The shape of the house: dependencies point one way, every header can be read alone, every folder
// says what it is for, every event family is a corridor through all rooms, and nothing in the tree
// depends on the machine it was written on.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "schema/catalogue.h"
#include "tests/checks/source_tree.h"

namespace houniao::checks {
namespace {

std::string room_of(std::string_view path) { return std::string(path.substr(0, path.find('/'))); }

// base <- schema <- replay <- {exports, client_sdk} <- server <- tools <- tests; client_sdk and
// exports do not see each other, and server does not see client_sdk.
const std::map<std::string, std::set<std::string>>& visible_rooms() {
  static const std::map<std::string, std::set<std::string>> kVisible = {
      {"base", {"base"}},
      {"schema", {"base", "schema"}},
      {"replay", {"base", "schema", "replay"}},
      {"client_sdk", {"base", "schema", "replay", "client_sdk"}},
      {"exports", {"base", "schema", "replay", "exports"}},
      {"server", {"base", "schema", "replay", "exports", "server"}},
      {"tools", {"base", "schema", "replay", "exports", "client_sdk", "server", "tools"}},
      {"tests", {"base", "schema", "replay", "exports", "client_sdk", "server", "tools", "tests"}},
  };
  return kVisible;
}

std::vector<std::string> upward_includes(const SourceFile& file) {
  const auto room = visible_rooms().find(room_of(file.path));
  if (!is_cpp(file.path) || room == visible_rooms().end()) return {};
  std::vector<std::string> found;
  std::istringstream lines(file.text);
  constexpr std::string_view kInclude = "#include \"";
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kInclude)) continue;
    const std::string target = line.substr(kInclude.size());
    // A test may name its neighbour in the same folder.
    if (room->first == "tests" && target.find('/') == std::string::npos) continue;
    if (!room->second.contains(room_of(target))) found.push_back(file.path + ": " + line);
  }
  return found;
}

bool header_is_documented(const SourceFile& file) {
  return file.text.starts_with("// ") && file.text.find("\n#pragma once\n") != std::string::npos;
}

// Split so that this file does not hold what it looks for.
std::vector<std::string> forbidden_texts() {
  const std::string dot = ".";
  std::vector<std::string> out = {
      "deb" + dot + "debian", "pypi" + dot + "org",     "pythonhosted" + dot,  "npmjs" + dot,
      "crates" + dot + "io",  "proxy" + dot + "golang", "maven" + dot + "org", "rubygems" + dot,
      "conan" + dot + "io",   "docker" + dot + "io"};
  for (const char* top : {"work", "home", "root", "Users"})
    out.push_back("/" + std::string(top) + "/");
  for (const char* word : {"TO", "FIX"}) {
    out.push_back(word + std::string(word[0] == 'T' ? "DO" : "ME"));
  }
  return out;
}

std::vector<std::string> machine_traces(const SourceFile& file) {
  std::vector<std::string> found;
  for (const std::string& text : forbidden_texts()) {
    const std::size_t at = file.text.find(text);
    if (at != std::string::npos) found.push_back(file.path + ": " + text);
  }
  return found;
}

TEST(Rooms, IncludesPointOneWayOnly) {
  std::vector<std::string> found;
  for (const SourceFile& file : read_tree()) {
    for (std::string& line : upward_includes(file)) found.push_back(std::move(line));
  }
  EXPECT_TRUE(found.empty()) << join(found);
}

TEST(Rooms, CanaryAnUpwardIncludeIsCaught) {
  EXPECT_EQ(upward_includes({"replay/x.cc", "#include \"server/session.h\"\n"}).size(), 1u);
  EXPECT_EQ(upward_includes({"client_sdk/x.h", "#include \"server/session.h\"\n"}).size(), 1u);
  EXPECT_EQ(upward_includes({"exports/x.h", "#include \"server/session.h\"\n"}).size(), 1u);
  EXPECT_EQ(upward_includes({"replay/x.h", "#include \"exports/sink.h\"\n"}).size(), 1u);
  EXPECT_EQ(upward_includes({"base/x.h", "#include \"schema/codec.h\"\n"}).size(), 1u);
  EXPECT_EQ(upward_includes({"server/x.h", "#include \"session.h\"\n"}).size(), 1u)
      << "includes start at the root";
  EXPECT_TRUE(upward_includes({"server/x.h", "#include \"replay/state.h\"\n"}).empty());
}

TEST(Rooms, EveryHeaderOpensWithWhatItIsFor) {
  std::vector<std::string> found;
  for (const SourceFile& file : read_tree()) {
    if (file.path.ends_with(".h") && !header_is_documented(file)) found.push_back(file.path);
  }
  EXPECT_TRUE(found.empty()) << join(found);
}

TEST(Rooms, CanaryAHeaderWithoutItsOpeningIsCaught) {
  EXPECT_FALSE(header_is_documented({"x.h", "#pragma once\nint f();\n"}));
  EXPECT_FALSE(header_is_documented({"x.h", "// For x.\nint f();\n"}));
  EXPECT_TRUE(header_is_documented({"x.h", "// For x.\n#pragma once\nint f();\n"}));
}

TEST(Rooms, EveryFolderSaysWhatItIsFor) {
  std::set<std::string> folders;
  std::set<std::string> readmes;
  for (const SourceFile& file : read_tree()) {
    const std::string folder = std::filesystem::path(file.path).parent_path().generic_string();
    if (file.path.ends_with("README.md")) {
      readmes.insert(folder);
    } else if (!folder.starts_with(".") && !folder.starts_with("tests/unit/")) {
      folders.insert(folder);
    }
  }
  std::vector<std::string> missing;
  std::set_difference(folders.begin(), folders.end(), readmes.begin(), readmes.end(),
                      std::back_inserter(missing));
  EXPECT_TRUE(missing.empty()) << "folders without README.md:" << join(missing);
}

TEST(Rooms, NothingNamesTheMachineItWasWrittenOnOrARegistry) {
  std::vector<std::string> found;
  for (const SourceFile& file : read_tree()) {
    for (std::string& line : machine_traces(file)) found.push_back(std::move(line));
  }
  EXPECT_TRUE(found.empty()) << join(found);
}

TEST(Rooms, CanaryMachineTracesAreCaught) {
  for (const std::string& text : forbidden_texts()) {
    EXPECT_EQ(machine_traces({"x.md", "see " + text + "x"}).size(), 1u) << text;
  }
}

TEST(Catalogue, EveryFamilyIsACorridorThroughTheHouse) {
  std::set<std::string> paths;
  for (const SourceFile& file : read_tree()) paths.insert(file.path);
  std::set<std::string> missing;
  for (const CatalogueRow& row : kCatalogue) {
    const std::string family(name_of(row.family));
    for (const std::string& path :
         {"schema/" + family + ".capnp", "replay/families/" + family + ".h",
          "replay/families/" + family + ".cc",
          "tests/unit/replay/families/" + family + "_test.cc"}) {
      if (!paths.contains(path)) missing.insert(path);
    }
  }
  EXPECT_TRUE(missing.empty()) << join({missing.begin(), missing.end()});
}

TEST(Catalogue, NamesAreCompleteAndUnique) {
  std::set<std::string_view> english;
  std::set<std::string_view> chinese;
  for (const CatalogueRow& row : kCatalogue) {
    EXPECT_TRUE(english.insert(row.name).second) << row.name;
    EXPECT_TRUE(chinese.insert(row.name_zh).second) << row.name_zh;
    EXPECT_FALSE(row.name_zh.empty()) << row.name;
    EXPECT_EQ(find_row(row.name), &row) << row.name;
    EXPECT_EQ(find_row(row.type), &row) << row.name;
  }
  EXPECT_EQ(find_row("NoSuchEvent"), nullptr);
  EXPECT_EQ(find_row(static_cast<std::uint16_t>(kCatalogue.size())), nullptr);
}

TEST(Catalogue, EveryTypeIsTheMemberOfTheEnvelopeWithThatName) {
  // The envelope's text: "deviceEnrolled @18 :System.DeviceEnrolled;"
  std::string envelope;
  for (const SourceFile& file : read_tree()) {
    if (file.path == "schema/event.capnp") envelope = file.text;
  }
  for (const CatalogueRow& row : kCatalogue) {
    std::string member(row.name);
    member[0] = static_cast<char>(member[0] - 'A' + 'a');
    // Two members of the envelope itself were added after type 101.
    const unsigned type = static_cast<unsigned>(row.type);
    const unsigned number = (type <= 101 ? 18 : 20) + type;
    EXPECT_NE(envelope.find(member + " @" + std::to_string(number) + " :"), std::string::npos)
        << row.name;
  }
}

}  // namespace
}  // namespace houniao::checks
