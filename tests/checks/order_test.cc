// docs/ORDER.md lists the types whose order of arrival decides on purpose. The list is that of the
// test which puts the programmes in other orders (order_decides()), every header that it names
// exists, and no type stands in both of its tables.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "schema/catalogue.h"
#include "tests/checks/source_tree.h"

namespace houniao::checks {
namespace {

using Names = std::set<std::string>;

struct Sources {
  std::string page;
  std::string test;
  Names files;
};

const Sources& sources() {
  static const Sources kSources = [] {
    Sources out;
    for (const SourceFile& file : read_tree()) {
      out.files.insert(file.path);
      if (file.path == "docs/ORDER.md") out.page = file.text;
      if (file.path == "tests/unit/tools/programmes_shuffle_test.cc") out.test = file.text;
    }
    return out;
  }();
  return kSources;
}

// "HoursConfirmed" as generated code spells it: "HOURS_CONFIRMED".
std::string constant_of(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !out.empty()) out.push_back('_');
    out.push_back(upper ? c : static_cast<char>(c - 'a' + 'A'));
  }
  return out;
}

// The cases of order_decides(), as in the catalogue.
Names listed_by_test(const std::string& test) {
  const std::string code = code_only(test);
  const std::size_t begin = code.find("bool order_decides(");
  const std::size_t end = code.find("default:", begin);
  Names names;
  if (begin == std::string::npos || end == std::string::npos) return names;
  const std::string cases = code.substr(begin, end - begin);
  for (const CatalogueRow& row : kCatalogue) {
    if (cases.find("Body::" + constant_of(row.name) + ":") == std::string::npos) continue;
    names.insert(std::string(row.name));
  }
  return names;
}

// Types in the first column of the table under a heading that begins so.
Names listed_under(const std::string& page, const std::string& heading) {
  Names names;
  bool inside = false;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) inside = line.starts_with("## " + heading);
    if (!inside || !line.starts_with("| ")) continue;
    const std::string name = line.substr(2, line.find(" |", 2) - 2);
    if (name != "event") names.insert(name);
  }
  return names;
}

std::vector<std::string> faults_of(const std::string& page, const std::string& test) {
  const Names by_test = listed_by_test(test);
  const Names by_page = listed_under(page, "Where the order decides on purpose");
  const Names others = listed_under(page, "Where it decides only between two");
  std::vector<std::string> faults;
  for (const std::string& name : by_test) {
    if (!by_page.contains(name)) faults.push_back("the page lacks " + name);
  }
  for (const std::string& name : by_page) {
    if (!by_test.contains(name)) faults.push_back("the test does not keep " + name);
    if (others.contains(name)) faults.push_back("twice on the page: " + name);
  }
  Names known;
  for (const CatalogueRow& row : kCatalogue) known.insert(std::string(row.name));
  for (const std::string& name : others) {
    if (!known.contains(name)) faults.push_back("no such type: " + name);
  }
  return faults;
}

bool catches(const std::string& page, const std::string& from, const std::string& to,
             const std::string& fault) {
  std::string changed = page;
  const std::size_t at = changed.find(from);
  if (at == std::string::npos) return false;
  changed.replace(at, from.size(), to);
  return faults_of(changed, sources().test) == std::vector<std::string>{fault};
}

TEST(OrderPage, ListsTheTypesThatTheShufflesKeepInPlace) {
  ASSERT_FALSE(sources().page.empty()) << "docs/ORDER.md is missing";
  EXPECT_FALSE(listed_by_test(sources().test).empty());
  const auto faults = faults_of(sources().page, sources().test);
  EXPECT_TRUE(faults.empty()) << join(faults);
}

TEST(OrderPage, NamesHeadersThatExist) {
  std::size_t named = 0;
  std::istringstream lines(sources().page);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find("`replay/");
    if (!line.starts_with("| ") || at == std::string::npos) continue;
    const std::string file = line.substr(at + 1, line.find('`', at + 1) - at - 1);
    EXPECT_TRUE(sources().files.contains(file)) << file;
    ++named;
  }
  EXPECT_GT(named, 0U);
}

TEST(OrderPage, CanaryATypeThatIsLeftOutAddedOrListedTwiceIsCaught) {
  const std::string& page = sources().page;
  EXPECT_TRUE(catches(page, "| AssetLent |", "| event |", "the page lacks AssetLent"));
  EXPECT_TRUE(catches(page, "| AssetLent |", "| SessionHeld | so |\n| AssetLent |",
                      "the test does not keep SessionHeld"));
  EXPECT_TRUE(catches(page, "| ContractSigned |", "| AssetLent |", "twice on the page: AssetLent"));
  EXPECT_TRUE(
      catches(page, "| ContractSigned |", "| ContractSung |", "no such type: ContractSung"));
}

}  // namespace
}  // namespace houniao::checks
