// docs/INVARIANTS.md is true of the tree: every invariant I1 to I28 and every event type has its
// row, with class and family as in the catalogue, and every test and reason that a row names
// exists; every reason is named somewhere. A reason of an invariant stands in one of the tests of
// its row, or in what their files have beside their tests; every reason stands in some test.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

#include "replay/reasons.h"
#include "schema/catalogue.h"
#include "tests/checks/source_tree.h"

namespace houniao::checks {
namespace {

constexpr int kInvariants = 28;

// --- the tree ------------------------------------------------------------------------------------

std::string without_spaces(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c != ' ' && c != '\n' && c != '\t') out.push_back(c);
  }
  return out;
}

using Words = std::set<std::string>;

// Every run of letters, digits and underscores.
Words words_in(std::string_view text) {
  Words words;
  std::string word;
  for (const char c : std::string(text) + ' ') {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word.push_back(c);
    } else if (!word.empty()) {
      words.insert(std::move(word));
      word.clear();
    }
  }
  return words;
}

// "Suite.name", with the words of its body and of all that its file has beside tests.
using Tests = std::map<std::string, Words>;

std::size_t end_of_block(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (code[i] == '{') ++depth;
    if (code[i] == '}' && --depth == 0) return i + 1;
  }
  return code.size();
}

std::size_t next_test(std::string_view code, std::size_t from) {
  std::size_t first = std::string_view::npos;
  for (std::string_view macro : {"TEST(", "TEST_F(", "TEST_P("}) {
    first = std::min(first, code.find(macro, from));
  }
  return first;
}

// Tests are found in the code; their words are those of the text that is left without comments, so
// that a name in a string counts.
void find_tests(std::string_view text, Tests& tests) {
  const std::string code = code_only(text);
  const std::string spoken = without_comments(text);
  Tests own;
  std::string beside;
  std::size_t done = 0;
  for (std::size_t at = next_test(code, 0); at != std::string::npos; at = next_test(code, done)) {
    const std::size_t begin = code.find('(', at) + 1;
    const std::size_t close = std::min(code.find(')', begin), code.size());
    const std::string names = without_spaces(code.substr(begin, close - begin));
    const std::size_t comma = names.find(',');
    const std::size_t end = end_of_block(code, close);
    beside += spoken.substr(done, at - done);
    done = end;
    if (comma == std::string::npos) continue;
    own[names.substr(0, comma) + "." + names.substr(comma + 1)] =
        words_in(std::string_view(spoken).substr(close, end - close));
  }
  beside += spoken.substr(std::min(done, spoken.size()));
  const Words helpers = words_in(beside);
  for (auto& [name, words] : own) {
    words.insert(helpers.begin(), helpers.end());
    tests[name].merge(words);
  }
}

struct Tree {
  std::string page;
  Tests tests;
  Words spoken;  // by all tests
  std::set<std::string> files;
};

const Tree& tree() {
  static const Tree kTree = [] {
    Tree out;
    for (const SourceFile& file : read_tree()) {
      out.files.insert(file.path);
      if (file.path == "docs/INVARIANTS.md") out.page = file.text;
      if (file.path.starts_with("tests/") && is_cpp(file.path)) {
        find_tests(file.text, out.tests);
      }
    }
    for (const auto& [name, words] : out.tests) out.spoken.insert(words.begin(), words.end());
    return out;
  }();
  return kTree;
}

std::set<std::string> reason_names() {
  std::set<std::string> names;
#define X(name, number, severity, zh, en) names.insert(#name);
  HOUNIAO_REASONS(X)
#undef X
  return names;
}

std::string class_name(EventClass event_class) {
  if (event_class == EventClass::fact) return "fact";
  return event_class == EventClass::claim ? "claim" : "decision";
}

// --- the page ------------------------------------------------------------------------------------

using Cells = std::vector<std::string>;

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// The cells of a row "| a | b |"; empty for any other line.
Cells cells_of(const std::string& line) {
  Cells cells;
  if (!line.starts_with("| ")) return cells;
  std::istringstream parts(line.substr(1));
  for (std::string cell; std::getline(parts, cell, '|');) cells.push_back(trimmed(cell));
  return cells;
}

std::vector<std::string> quoted_in(const std::string& cell) {
  std::vector<std::string> out;
  for (std::size_t open = cell.find('`'); open != std::string::npos;) {
    const std::size_t close = cell.find('`', open + 1);
    if (close == std::string::npos) break;
    out.push_back(cell.substr(open + 1, close - open - 1));
    open = cell.find('`', close + 1);
  }
  return out;
}

std::vector<std::string> words_of(const std::string& cell) {
  std::vector<std::string> out;
  std::istringstream words(cell);
  for (std::string word; words >> word;) out.push_back(word);
  return out;
}

// What is wrong with the page.
class PageCheck {
 public:
  PageCheck(const std::string& page, const Tree& known) : known_(known), reasons_(reason_names()) {
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("### ")) family_ = words_of(line).at(1);
      if (line.starts_with("**Reasons that any event")) {
        for (const std::string& name : quoted_in(line)) see_reason(name, "any event");
      }
      see_row(cells_of(line));
    }
    finish();
  }
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  void see_row(const Cells& cells) {
    if (cells.size() == 5 && is_invariant(cells[0])) {
      invariants_.insert(cells[0]);
      see_tests(cells[0], cells[4]);
      see_said(cells);
      for (const std::string& file : quoted_in(cells[2])) see_file(cells[0], file);
    }
    if (cells.size() == 6 && find_type(cells[0]) != nullptr) see_type(cells);
  }
  void see_type(const Cells& cells) {
    const CatalogueRow& row = *find_type(cells[0]);
    types_.insert(cells[0]);
    if (family_ != name_of(row.family)) faults_.push_back(cells[0] + ": family " + family_);
    if (cells[1] != row.name_zh) faults_.push_back(cells[0] + ": " + cells[1]);
    if (cells[2] != class_name(row.event_class)) faults_.push_back(cells[0] + ": " + cells[2]);
    for (const std::string& id : words_of(cells[3])) {
      if (id != "–" && !is_invariant(id)) faults_.push_back(cells[0] + ": no invariant " + id);
    }
    for (const std::string& name : words_of(cells[4])) {
      if (name != "–") see_reason(name, cells[0]);
    }
    see_tests(cells[0], cells[5]);
  }
  void see_tests(const std::string& row, const std::string& cell) {
    const std::vector<std::string> names = quoted_in(cell);
    if (names.empty()) faults_.push_back(row + ": names no test");
    for (const std::string& name : names) {
      if (!known_.tests.contains(name)) faults_.push_back(row + ": no test " + name);
    }
  }
  // Of the words in the column "what is said" those that are reasons.
  void see_said(const Cells& cells) {
    Words asserted;
    for (const std::string& name : quoted_in(cells[4])) {
      const auto test = known_.tests.find(name);
      if (test != known_.tests.end()) asserted.insert(test->second.begin(), test->second.end());
    }
    for (const std::string& word : words_in(cells[3])) {
      if (!reasons_.contains(word) || asserted.contains(word)) continue;
      faults_.push_back(cells[0] + ": none of its tests has " + word);
    }
  }
  void see_file(const std::string& row, const std::string& file) {
    if (!known_.files.contains(file)) faults_.push_back(row + ": no file " + file);
  }
  void see_reason(const std::string& name, const std::string& row) {
    if (!reasons_.contains(name)) faults_.push_back(row + ": no reason " + name);
    named_.insert(name);
  }
  void finish() {
    for (int i = 1; i <= kInvariants; ++i) {
      const std::string id = "I" + std::to_string(i);
      if (!invariants_.contains(id)) faults_.push_back("no row for " + id);
    }
    for (const CatalogueRow& row : kCatalogue) {
      if (!types_.contains(std::string(row.name))) {
        faults_.push_back("no row for " + std::string(row.name));
      }
    }
    for (const std::string& name : reasons_) {
      if (!named_.contains(name)) faults_.push_back("no row has the reason " + name);
      if (!known_.spoken.contains(name)) faults_.push_back("no test has the reason " + name);
    }
  }
  static bool is_invariant(const std::string& text) {
    if (text.size() < 2 || text.size() > 3 || text[0] != 'I') return false;
    const std::string number = text.substr(1);
    if (number.find_first_not_of("0123456789") != std::string::npos) return false;
    return std::stoi(number) >= 1 && std::stoi(number) <= kInvariants;
  }
  static const CatalogueRow* find_type(const std::string& name) {
    for (const CatalogueRow& row : kCatalogue) {
      if (row.name == name) return &row;
    }
    return nullptr;
  }

  const Tree& known_;
  const std::set<std::string> reasons_;
  std::string family_;
  std::set<std::string> invariants_;
  std::set<std::string> types_;
  std::set<std::string> named_;
  std::vector<std::string> faults_;
};

std::vector<std::string> faults_of(const std::string& page) {
  return PageCheck(page, tree()).faults();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(InvariantsPage, NamesEveryInvariantEveryTypeAndTestsThatExist) {
  ASSERT_FALSE(tree().page.empty()) << "docs/INVARIANTS.md is missing";
  const auto faults = faults_of(tree().page);
  EXPECT_TRUE(faults.empty()) << join(faults);
}

TEST(InvariantsPage, CanaryAMadeUpTestIsCaught) {
  const std::string& page = tree().page;
  const std::string real = "`OrderReviews.nobody_who_performed_the_order_reviews_it`";
  const auto faults =
      faults_of(replaced(page, real, real + " `OrderReviews.nobody_who_dreams_reviews_it`"));
  ASSERT_EQ(faults.size(), 1U) << join(faults);
  EXPECT_EQ(faults[0], "I24: no test OrderReviews.nobody_who_dreams_reviews_it");
  EXPECT_FALSE(
      faults_of(replaced(page, real, "`Dreams.nobody_who_performed_the_order_reviews_it`")).empty())
      << "the suite counts too";
}

TEST(InvariantsPage, CanaryATestThatIsOnlyTalkedAboutIsNoTest) {
  Tests tests;
  find_tests(
      "// TEST(Made, up)\nconst char* k = \"TEST(In, a_text)\";\n"
      "TEST_F(Real,\n       one) {}\n",
      tests);
  ASSERT_EQ(tests.size(), 1U);
  EXPECT_EQ(tests.begin()->first, "Real.one");
}

TEST(InvariantsPage, CanaryAReasonThatNoneOfItsTestsHasIsCaught) {
  const auto faults = faults_of(replaced(
      tree().page, " `Funds.an_advance_is_paid_before_acceptance_and_earned_by_it` |", " |"));
  ASSERT_EQ(faults.size(), 1U) << join(faults);
  EXPECT_EQ(faults[0], "I4: none of its tests has over_advance");
}

TEST(InvariantsPage, CanaryAReasonCountsInItsTestAndBesideTestsAndNotInACommentOrAnotherTest) {
  Tests tests;
  find_tests(
      "void helper() { said(Reason::beside_it); }\n"
      "TEST(One, first) { if (x) { has(\"in_text\"); }  // commented\n }\n"
      "TEST(One, second) { EXPECT_HELD_FOR(event, of_second); }\n",
      tests);
  const Words& first = tests["One.first"];
  EXPECT_TRUE(first.contains("in_text"));
  EXPECT_TRUE(first.contains("beside_it"));
  EXPECT_FALSE(first.contains("commented"));
  EXPECT_FALSE(first.contains("of_second"));
}

TEST(InvariantsPage, CanaryWhatIsLeftOutOrMisnamedIsCaught) {
  const std::string& page = tree().page;
  const auto catches = [](const std::string& changed, const std::string& fault) {
    const auto faults = faults_of(changed);
    return std::find(faults.begin(), faults.end(), fault) != faults.end();
  };
  EXPECT_TRUE(catches(replaced(page, "| I17 |", "| – |"), "no row for I17"));
  EXPECT_TRUE(catches(replaced(page, "| OrderClaimed |", "| – |"), "no row for OrderClaimed"));
  EXPECT_TRUE(
      catches(replaced(page, "| 接单揭榜 | claim |", "| 接单揭榜 | fact |"), "OrderClaimed: fact"));
  EXPECT_TRUE(catches(replaced(page, " order_already_assigned ", " order_assigned_already "),
                      "OrderAssigned: no reason order_assigned_already"));
  EXPECT_TRUE(catches(replaced(page, "`replay/families/hours.cc`", "`replay/families/ours.cc`"),
                      "I25: no file replay/families/ours.cc"));
}

}  // namespace
}  // namespace houniao::checks
