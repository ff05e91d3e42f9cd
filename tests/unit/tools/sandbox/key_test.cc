// The page docs/SANDBOX.md has the key as the plants say it; the pack of the yard is a proper pack.
#include "tools/sandbox/key.h"

#include <fstream>
#include <sstream>

#include "replay/pack_check.h"
#include "tests/unit/tools/sandbox/told_sandbox.h"

namespace houniao::sandbox {
namespace {

std::string page() {
  std::ifstream in(std::string(HOUNIAO_SOURCE_DIR) + "/docs/SANDBOX.md");
  EXPECT_TRUE(in) << "docs/SANDBOX.md cannot be read";
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(SandboxKey, the_page_lists_every_plant_as_it_is_planted) {
  const auto written = key_in(page());
  ASSERT_TRUE(written) << "docs/SANDBOX.md lacks the marks of the key";
  EXPECT_EQ(*written, key_table(told().play->plants()))
      << "write what `houniao demo --key` prints between the marks of docs/SANDBOX.md";
}

TEST(SandboxKey, a_table_has_a_line_for_each_rule_and_each_plant_in_order_of_rule) {
  const std::vector<Plant> plants = {{4, Intent::honest, "丁", "four|4", {EventId{2}}},
                                     {3, Intent::fraud, "丙", "three", {EventId{1}}}};
  const std::string table = key_table(plants);
  const std::size_t three = table.find("| A03 | 舞弊 fraud | 丙 | three |\n");
  const std::size_t four = table.find("| A04 | 清白 honest | 丁 | four\\|4 |\n");
  ASSERT_NE(three, std::string::npos) << table;
  ASSERT_NE(four, std::string::npos) << table;
  EXPECT_LT(three, four);
  EXPECT_LT(table.find("| **A03** |"), three);
}

TEST(SandboxKey, CanaryADocumentWithoutItsMarksHasNoKey) {
  const std::string begins{kKeyBegins};
  const std::string ends{kKeyEnds};
  EXPECT_EQ(key_in("a\n" + begins + "\nrow\n" + ends + "\n"), "row\n");
  EXPECT_EQ(key_in("a\n" + begins + "\n" + ends + "\n"), "");
  EXPECT_EQ(key_in("a\n" + begins + "\nrow\n"), std::nullopt);
  EXPECT_EQ(key_in("a\n" + ends + "\nrow\n" + begins + "\n"), std::nullopt);
  EXPECT_EQ(key_in(begins + "\n" + begins + "\n" + ends + "\n"), std::nullopt);
}

TEST(SandboxKey, the_pack_of_the_yard_has_no_fault_and_no_warning) {
  const PackCheck checked = check_pack(yard_pack_text());
  for (const PackFault& fault : checked.faults) {
    ADD_FAILURE() << fault.line << ":" << fault.column << " " << fault.what.en;
  }
  EXPECT_TRUE(checked.pack.has_value());
  EXPECT_EQ(yard_pack().code, "s");
}

}  // namespace
}  // namespace houniao::sandbox
