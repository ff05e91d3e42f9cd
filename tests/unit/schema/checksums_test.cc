#include "schema/checksums.h"

#include <gtest/gtest.h>

namespace houniao {
namespace {

// The first two numbers are the worked examples printed in GB 11643-1999.
TEST(ResidentId, AcceptsTheExamplesOfTheStandard) {
  const auto woman = parse_resident_id("11010519491231002X");
  ASSERT_TRUE(woman);
  EXPECT_EQ(woman->region, 110105U);
  EXPECT_EQ(woman->birth, (CivilDate{1949, 12, 31}));
  EXPECT_FALSE(woman->male);
  const auto man = parse_resident_id("440524188001010014");
  ASSERT_TRUE(man);
  EXPECT_TRUE(man->male);
  EXPECT_TRUE(parse_resident_id("34052419800101001X"));
  EXPECT_TRUE(parse_resident_id("34052419800101001x"));
}

TEST(ResidentId, RefusesEveryChangedDigit) {
  const std::string good = "34052419800101001X";
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (char c = '0'; c <= '9'; ++c) {
      std::string bad = good;
      if (bad[i] == c) continue;
      bad[i] = c;
      EXPECT_FALSE(parse_resident_id(bad)) << bad;
    }
  }
}

TEST(ResidentId, RefusesImpossibleDatesAndShapes) {
  const std::string first17 = "11010519490231002";  // 31 February
  EXPECT_FALSE(parse_resident_id(first17 + resident_id_check(first17)));
  EXPECT_FALSE(parse_resident_id(""));
  EXPECT_FALSE(parse_resident_id("1101051949123100"));
  EXPECT_FALSE(parse_resident_id("1101051949123100２X"));
}

TEST(Uscc, AcceptsAPublishedCodeAndRefusesEveryChange) {
  const std::string good = "91350100M000100Y43";
  EXPECT_TRUE(valid_uscc(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (char c : std::string("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
      std::string bad = good;
      if (bad[i] == c) continue;
      bad[i] = c;
      EXPECT_FALSE(valid_uscc(bad)) << bad;
    }
  }
}

TEST(OrganisationCode, MatchesPublishedCheckCharacters) {
  EXPECT_EQ(organisation_code_check("M000100Y"), '4');
  EXPECT_EQ(organisation_code_check("D2143569"), 'X');
  EXPECT_FALSE(valid_organisation_code("D21435690"));
}

TEST(NormaliseNumber, GivesOneFormForEveryWayOfWriting) {
  EXPECT_EQ(normalise_number(" 3405 2419-800101001x "), "34052419800101001X");
}

}  // namespace
}  // namespace houniao
