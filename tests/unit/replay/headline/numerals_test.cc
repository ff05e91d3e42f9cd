// The values of numerals, and what is none.
#include "replay/headline/numerals.h"

#include <gtest/gtest.h>

#include "replay/headline/runs.h"

namespace houniao {
namespace {

// Value in thousandths; -1: no numeral that covers the whole text.
std::int64_t value_of(std::u32string_view text) {
  const auto numeral = read_numeral(text, 0);
  return numeral && numeral->end == text.size() ? numeral->value_milli : -1;
}

TEST(Numerals, digits_groups_decimals_and_powers) {
  EXPECT_EQ(value_of(U"0"), 0);
  EXPECT_EQ(value_of(U"55450"), 55'450'000);
  EXPECT_EQ(value_of(U"1,234,567"), 1'234'567'000);
  EXPECT_EQ(value_of(U"2.5万"), 25'000'000);
  EXPECT_EQ(value_of(U"98.5"), 98'500);
  EXPECT_EQ(value_of(U"0.125"), 125);
  EXPECT_EQ(value_of(U"3万5千"), 35'000'000);
  EXPECT_EQ(value_of(U"1亿2000万"), 120'000'000'000);
  EXPECT_EQ(value_of(U"3百"), 300'000);
}

TEST(Numerals, commas_that_do_not_group_by_three_end_the_numeral) {
  for (const std::u32string_view text : {U"12,34", U"1,2345", U"1234,567", U"0,123"}) {
    const auto numeral = read_numeral(text, 0);
    ASSERT_TRUE(numeral);
    EXPECT_EQ(text[numeral->end], U',');
  }
}

TEST(Numerals, spelled_numbers) {
  EXPECT_EQ(value_of(U"十"), 10'000);
  EXPECT_EQ(value_of(U"十五"), 15'000);
  EXPECT_EQ(value_of(U"二十"), 20'000);
  EXPECT_EQ(value_of(U"一百零五"), 105'000);
  EXPECT_EQ(value_of(U"一百一十"), 110'000);
  EXPECT_EQ(value_of(U"三百五十二"), 352'000);
  EXPECT_EQ(value_of(U"两千零一十六"), 2'016'000);
  EXPECT_EQ(value_of(U"二〇一六"), 2'016'000);
  EXPECT_EQ(value_of(U"五万五千四百五十"), 55'450'000);
  EXPECT_EQ(value_of(U"十二万三千"), 123'000'000);
  EXPECT_EQ(value_of(U"一亿零五万"), 100'050'000'000);
  EXPECT_EQ(value_of(U"二点五万"), 25'000'000);
}

TEST(Numerals, digits_in_an_order_that_has_no_one_meaning_are_no_numeral) {
  for (const std::u32string_view text :
       {U"三两", U"三二百", U"三百二五", U"三百五六", U"十五二", U"三二万", U"零百"}) {
    EXPECT_FALSE(read_numeral(text, 0));
  }
  EXPECT_EQ(value_of(U"两千零十六"), 2'016'000);
  EXPECT_EQ(value_of(U"一百零五"), 105'000);
}

TEST(Numerals, short_forms_take_the_next_smaller_power) {
  EXPECT_EQ(value_of(U"一百二"), 120'000);
  EXPECT_EQ(value_of(U"两千五"), 2'500'000);
  EXPECT_EQ(value_of(U"三万六"), 36'000'000);
  EXPECT_EQ(value_of(U"三万零六"), 30'006'000);
}

TEST(Numerals, contracted_tens_and_financial_numerals) {
  EXPECT_EQ(value_of(U"廿"), 20'000);
  EXPECT_EQ(value_of(U"卅八"), 38'000);
  EXPECT_EQ(value_of(U"五百廿二"), 522'000);
  EXPECT_EQ(value_of(U"捌仟捌佰陆拾柒"), 8'867'000);
  EXPECT_EQ(value_of(U"伍佰贰拾贰"), 522'000);
  EXPECT_EQ(value_of(U"参拾捌"), 38'000);
  EXPECT_EQ(value_of(U"壹万贰仟"), 12'000'000);
  EXPECT_FALSE(starts_numeral(U"队伍百人", 1));
  EXPECT_FALSE(starts_numeral(U"大陆十个", 1));
  EXPECT_FALSE(starts_numeral(U"参加", 0));
}

TEST(Numerals, digits_behind_a_power_belong_to_it_only_when_they_can_mean_one_thing) {
  EXPECT_EQ(value_of(U"3万5000"), 35'000'000);
  const auto counted = read_numeral(U"3万5册", 0);
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->value_milli, 35'000'000);
  for (const std::u32string_view text : {U"3万5", U"3万500", U"3万5月"}) {
    const auto numeral = read_numeral(text, 0);
    ASSERT_TRUE(numeral);
    EXPECT_EQ(numeral->end, 2u);
    EXPECT_GT(end_of_run(text, 0, numeral->end), 2u);
  }
}

TEST(Numerals, neighbouring_digits_are_a_range) {
  const auto hundreds = read_numeral(U"两三百", 0);
  ASSERT_TRUE(hundreds);
  EXPECT_EQ(hundreds->value_milli, 200'000);
  EXPECT_EQ(hundreds->upper_milli, 300'000);
  const auto teens = read_numeral(U"十五六", 0);
  ASSERT_TRUE(teens);
  EXPECT_EQ(teens->value_milli, 15'000);
  EXPECT_EQ(teens->upper_milli, 16'000);
}

TEST(Numerals, approximations_stand_behind_the_digits_or_before_a_power) {
  const auto is = [](std::u32string_view text, std::int64_t value, Approximation approximation) {
    const auto numeral = read_numeral(text, 0);
    return numeral && numeral->end == text.size() && numeral->value_milli == value * 1000 &&
           numeral->approximation == approximation;
  };
  EXPECT_TRUE(is(U"300多", 300, Approximation::more));
  EXPECT_TRUE(is(U"三百余", 300, Approximation::more));
  EXPECT_TRUE(is(U"20多万", 200'000, Approximation::more));
  EXPECT_TRUE(is(U"三千余万", 30'000'000, Approximation::more));
  EXPECT_TRUE(is(U"三十几", 30, Approximation::more));
  EXPECT_TRUE(is(U"三十来", 30, Approximation::about));
  EXPECT_TRUE(is(U"十余", 10, Approximation::rough));
  EXPECT_TRUE(is(U"百多万", 1'000'000, Approximation::rough));
  EXPECT_FALSE(is(U"30来自", 30, Approximation::about));
}

TEST(Numerals, words_and_impossible_orders_are_no_numerals) {
  EXPECT_FALSE(read_numeral(U"人", 0));
  EXPECT_FALSE(read_numeral(U"", 0));
  EXPECT_FALSE(read_numeral(U"百分之五", 0));
  EXPECT_EQ(value_of(U"万一"), -1) << "ten thousand and one is written 一万零一";
  EXPECT_EQ(value_of(U"十百"), -1);
  EXPECT_EQ(value_of(U"3十"), -1);
}

TEST(Numerals, the_bounds_hold_and_nothing_overflows) {
  EXPECT_EQ(value_of(U"1000000000000"), kNumeralMax * 1000);
  EXPECT_FALSE(read_numeral(U"1000000000001", 0));
  EXPECT_FALSE(read_numeral(U"12345678901234567890123456789012345678901234567890", 0));
  EXPECT_FALSE(read_numeral(U"9999999999999亿", 0));
  EXPECT_FALSE(read_numeral(U"九九九九九九九九九九九九九万亿", 0));
  EXPECT_FALSE(read_numeral(U"三万亿", 0)) << "3,000,000,000,000 is over the bound";
  EXPECT_EQ(value_of(U"1万亿"), kNumeralMax * 1000);
  EXPECT_FALSE(read_numeral(U"0.0001", 0)) << "finer than thousandths";
  EXPECT_FALSE(read_numeral(U"0.0000000000001万", 0));
  EXPECT_EQ(value_of(U"1.2345万"), 12'345'000);
}

}  // namespace
}  // namespace houniao
