// A campaign that is asked for no number of mutations fails and says so.
#include "tests/crash/mutation_count.h"

#include <gtest/gtest.h>

namespace houniao::crash {
namespace {

TEST(MutationCount, of_a_text_that_is_no_number_above_0_is_refused_with_the_reason) {
  for (const char* text : {"0", "-3", "abc", "12x", " 12", "1e5", "", "100000001", "99999999999"}) {
    const Result<int> count = parse_mutations(text);
    ASSERT_FALSE(count) << text;
    EXPECT_NE(count.error().detail.find("HOUNIAO_MUTATIONS is \"" + std::string(text) + "\""),
              std::string::npos)
        << count.error().detail;
    EXPECT_NE(count.error().detail.find("a whole number from 1"), std::string::npos);
  }
  EXPECT_EQ(parse_mutations("1").value(), 1);
  EXPECT_EQ(parse_mutations("100000").value(), 100'000);
}

TEST(MutationCount, is_shared_among_campaigns_and_a_wrong_one_stops_them) {
  const char* before = std::getenv("HOUNIAO_MUTATIONS");
  const std::string kept = before == nullptr ? "" : before;
  ::unsetenv("HOUNIAO_MUTATIONS");
  EXPECT_EQ(mutations(600, 2), 600);
  ::setenv("HOUNIAO_MUTATIONS", "1000", 1);
  EXPECT_EQ(mutations(600, 5), 200);
  ::setenv("HOUNIAO_MUTATIONS", "1", 1);
  EXPECT_EQ(mutations(600, 5), 1);
  for (const char* wrong : {"0", "abc"}) {
    ::setenv("HOUNIAO_MUTATIONS", wrong, 1);
    EXPECT_THROW(mutations(600, 5), std::invalid_argument) << wrong;
  }
  if (before == nullptr) {
    ::unsetenv("HOUNIAO_MUTATIONS");
  } else {
    ::setenv("HOUNIAO_MUTATIONS", kept.c_str(), 1);
  }
}

}  // namespace
}  // namespace houniao::crash
