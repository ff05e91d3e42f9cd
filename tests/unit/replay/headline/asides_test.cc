// Every numeral of a sentence is either read as a whole or set aside as a whole, never passed over.
#include "replay/headline/asides.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "replay/headline/numbers.h"

namespace houniao {
namespace {

// "98.5, (-8867份)": the values that are claimed, and in brackets what is set aside.
std::string read(std::string_view sentence) {
  const auto text = FoldedText::fold(sentence);
  if (!text) return "<error>";
  std::string out;
  for (const HeadlineNumber& number : find_numbers(*text)) {
    if (!out.empty()) out += ", ";
    if (number.role != NumberRole::claim) {
      out += "(" + text->words(number.place) + ")";
      continue;
    }
    out += std::to_string(number.value_milli / 1000);
    if (number.value_milli % 1000 != 0) out += "." + std::to_string(number.value_milli % 1000);
  }
  return out;
}

TEST(HeadlineAsides, shares_are_read_to_the_hundredth) {
  EXPECT_EQ(read("九成八为党员"), "98");
  EXPECT_EQ(read("九成半，九成，9成8以上"), "95, 90, 98");
  EXPECT_EQ(read("1/4的会员"), "25");
  EXPECT_EQ(read("百分之九十八点五"), "98.500");
  EXPECT_EQ(read("九成五人，24/7服务，3/4场"), "(九成五), (24/7), (3/4)");
}

TEST(HeadlineAsides, what_is_understood_in_part_is_set_aside_as_a_whole) {
  EXPECT_EQ(read("3万5多册"), "(3万5)");
  EXPECT_EQ(read("12,34份"), "(12,34)");
  EXPECT_EQ(read("十几二十人"), "(十几二十)");
  EXPECT_EQ(read("约三、四百人"), "(三、四百)");
  EXPECT_EQ(read("30-20人"), "(30-20)");
  EXPECT_EQ(read("3分之0，0分之3"), "0, (0分之3)");
}

TEST(HeadlineAsides, ranges_may_repeat_the_counting_word) {
  EXPECT_EQ(read("20人至30人"), "20");
  EXPECT_EQ(read("20人到30个社区"), "20, 30");
}

TEST(HeadlineAsides, numbers_to_call_are_names_unless_something_is_counted) {
  EXPECT_EQ(read("热线12355，12345热线，拨打12348，服务电话12333"),
            "(12355), (12345), (12348), (12333)");
  EXPECT_EQ(read("12333人力资源热线，热线：12355、12345，hotline 12355"),
            "(12333), (12355), (12345), (12355)");
  EXPECT_EQ(read("热线电话300次，开通12条热线"), "300, 12");
}

TEST(HeadlineAsides, a_minus_is_no_count_and_a_dash_is_no_minus) {
  EXPECT_EQ(read("身份证-8867份，负5人"), "(-8867份), (负5人)");
  EXPECT_EQ(read("——8867份，减负3项"), "8867, 3");
  EXPECT_EQ(read("20-30名"), "20");
}

bool is_exempt(std::u32string_view text, std::size_t at) { return text.substr(at, 2) == U"五四"; }

// The first numeral that no number of the text covers; empty when there is none. Of one Chinese
// character only when something is counted with it.
std::string passed_over(std::string_view sentence) {
  const auto folded = FoldedText::fold(sentence);
  if (!folded) return "<error>";
  const std::u32string_view text = folded->chars();
  const std::vector<HeadlineNumber> numbers = find_numbers(*folded);
  for (std::size_t from = 0; from < text.size();) {
    std::size_t to = from;
    while (to < text.size() && starts_numeral(text, to)) ++to;
    if (to == from) {
      ++from;
      continue;
    }
    const bool counts = is_ascii_digit(text[from]) || to > from + 1 || find_unit(text, to);
    const bool listed = std::any_of(numbers.begin(), numbers.end(), [&](const HeadlineNumber& one) {
      return one.place.from <= from && one.place.to >= to;
    });
    if (counts && !listed && !is_exempt(text, from)) return folded->words({from, to});
    from = to;
  }
  return "";
}

TEST(HeadlineAsides, no_numeral_is_passed_over_in_silence) {
  for (const char* text :
       {"98%为河南籍党员，九成八为河南籍党员", "卅八人，廿份，五百廿二份，五卅运动",
        "捌仟捌佰陸拾柒份，參拾捌場，貳佰名，壹份", "3万5册，3万5，3万500册，3千5，3拾",
        "1/4的会员，24/7服务，1/4/5人，3分之0，0分之3", "8，867份，8，86份，2015，100人",
        "热线12355、12345，拨打0756-2223333，400-830-1234",
        "-8867份，covid-19，20人-30人，8月-10月",
        "1,2345，1.2.3，三点五人，上午九点十五分，8：30开展", "十几二十人，百八十人，千百个，千万",
        "服务三十五，十三五规划，五四奖章，三八妇女节",
        "第三、四届，第3-5届，4+x3，4+99999999999999999", "一些，一起，第一，统一，三方，五四",
        "20多五保户，300多4，2015三农，二〇一六年"}) {
    EXPECT_EQ(passed_over(text), "") << text;
  }
}

}  // namespace
}  // namespace houniao
