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

struct Row {
  const char* text;
  const char* read;
};

TEST(HeadlineAsides, a_numeral_with_anything_foreign_in_it_is_set_aside_as_a_whole) {
  constexpr Row kRows[] = {
      // Spaces, what is not seen, apostrophes, stops, line ends.
      {"服务1 900名", "(1 900)"},
      {"服务1\u3000900名", "(1\u3000900)"},
      {"服务1\u00a0900名", "(1\u00a0900)"},
      {"服务1\u2009900名", "(1\u2009900)"},
      {"服务1\u202f900名", "(1\u202f900)"},
      {"服务1\u200b900名", "(1\u200b900)"},
      {"服务1\u00ad900名", "(1\u00ad900)"},
      {"服务1\u2060900名", "(1\u2060900)"},
      {"服务1'900名", "(1'900)"},
      {"服务1’900名", "(1’900)"},
      {"服务1·900名", "(1·900)"},
      {"服务12，34名", "(12，34)"},
      {"服务12，345，67名", "(12，345，67)"},
      {"服务2。5万名", "(2。5万)"},
      {"服务19\n00名", "(1900)"},
      {"服务三\n百名", "(三百)"},
      {"服务20‑30名", "(20‑30)"},
      // Other characters for numbers.
      {"Ⅸ百名", "(Ⅸ百)"},
      {"ⅸ名", "(ⅸ)"},
      {"IX百名", "(IX百)"},
      {"弍百名", "(弍百)"},
      {"弎十名", "(弎十)"},
      {"弌千名", "(弌千)"},
      {"両百名", "(両百)"},
      {"\u2f06百名", "(\u2f06百)"},
      {"皕名，俩人，仨人", "(皕), (俩), (仨)"},
      {"①900名", "(①900)"},
      {"㈠百名，❶百名", "(㈠百), (❶百)"},
      {"½名，3½名，3 ½名", "(½), (3½), (3 ½)"},
      {"⅔的会员", "(⅔)"},
      {"10²名，900¹名，900₂名", "(10²), (900¹), (900₂)"},
      {"²900名", "(²900)"},
      {"٩٠٠名，۹۰۰名，1٬٩٠٠名", "(٩٠٠), (۹۰۰), (1٬٩٠٠)"},
      {"९००名，१ 9百名", "(९००), (१ 9百)"},
      {"𝟗𝟎𝟎名，9𝟎𝟎名", "(𝟗𝟎𝟎), (9𝟎𝟎)"},
      {"3️⃣百名", "(3️⃣百)"},
      {"9ОО名", "(9ОО)"},
      // What makes another number of it.
      {"900‰，900‱，9﹪", "(900‰), (900‱), (9﹪)"},
      {"3兆，三打鸡蛋，3打", "(3兆), (三打), (3打)"},
      {"900名半，3场半", "(900名半), (3场半)"},
      {"900多半，900半，半百名", "(900多半), (900半), (半百)"},
      {"三个多月，两个半月，连续两年半", "(三个多月), (两个半), (两年)"},
      {"2×900名，2 × 900名，900*2、2*900名", "(2×900), (2 × 900), (900*2), (2*900)"},
      {"900+100名，900 + 100名，四加三项", "(900+100), (900 + 100), (四加三)"},
      {"900+名，+900名", "(900+), (+900)"},
      {"≈900名，≥900名，<900名，±900名", "(≈900), (≥900), (<900), (±900)"},
      {"3÷900名，3^9名，500→900名", "(3÷900), (3^9), (500→900)"},
      {"B3百名，这两3名，8:30百名", "(B3百), (两3), (8:30百)"},
      {"1 3分之2，2-3分之1", "(1 3分之2，2-3分之1)"},
      // Chinese digits in an order that says nothing.
      {"三两名，三二百名", "(三两), (三二百)"},
      {"三百二五名，三百五六名，十五二名", "(三百二五), (三百五六), (十五二)"},
      {"三二万名", "(三二万)"},
  };
  for (const Row& row : kRows) EXPECT_EQ(read(row.text), row.read) << row.text;
}

TEST(HeadlineAsides, a_numeral_that_is_set_aside_says_that_it_is_not_understood) {
  for (const char* text : {"1 900名", "Ⅸ百名", "½名", "10²名", "2×900名", "900+100名", "3打"}) {
    const auto folded = FoldedText::fold(text);
    ASSERT_TRUE(folded);
    const auto numbers = find_numbers(*folded);
    ASSERT_EQ(numbers.size(), 1u) << text;
    EXPECT_EQ(numbers[0].role, NumberRole::unread) << text;
  }
  EXPECT_EQ(label_of(NumberRole::unread).zh, "未能读懂的数，无法得知");
}

TEST(HeadlineAsides, what_stands_beside_a_numeral_without_changing_it_leaves_it_read) {
  constexpr Row kRows[] = {
      {"1,900名，1，900名，１９００名，１，９００名", "1900, 1900, 1900, 1900"},
      {"一千九百名，两千零一十六名，两千零十六名", "1900, 2016, 2016"},
      {"服务 1900 名，3 万名，三 百 名", "1900, 30000, 300"},
      {"“900”名，（900名），★900名，900名！", "900, 900, 900, 900"},
      {"2300打造，300半价", "2300, 300"},
      {"100㎡，100m²", "100, 100"},
      {"举办900场\n300名青年参加", "900, 300"},
      {"4+3模式", "4, 3"},
      {"两三百名，三五百名，十五六名", "200, 300, 15"},
  };
  for (const Row& row : kRows) EXPECT_EQ(read(row.text), row.read) << row.text;
}

TEST(HeadlineAsides, numbers_that_are_denied_are_set_aside_with_the_word_that_denies_them) {
  constexpr Row kRows[] = {
      {"没有服务900名青年", "(没有服务900名)"},
      {"并非900名", "(并非900名)"},
      {"未达到900人", "(未达到900人)"},
      {"尚未完成900场", "(尚未完成900场)"},
      {"沒能幫助900人", "(沒能幫助900人)"},
      {"没有超过900人，不达900人", "(没有超过900人), (不达900人)"},
      {"取消了900场", "(取消了900场)"},
      {"不是800名，而是900名", "(不是800名), 900"},
  };
  for (const Row& row : kRows) EXPECT_EQ(read(row.text), row.read) << row.text;
  EXPECT_EQ(label_of(NumberRole::negated).en, "a number that is denied: cannot be known");
}

TEST(HeadlineAsides, what_is_planned_or_expected_is_no_result) {
  for (const char* text :
       {"计划服务900名青年", "2024年计划服务900名青年", "力争服务900名", "目标是服务900名",
        "拟服务900名", "预计服务900名", "服务人数有望突破900名"}) {
    const auto folded = FoldedText::fold(text);
    ASSERT_TRUE(folded) << text;
    const auto numbers = find_numbers(*folded);
    ASSERT_FALSE(numbers.empty()) << text;
    EXPECT_EQ(numbers.back().role, NumberRole::planned) << text;
  }
  EXPECT_EQ(label_of(NumberRole::planned).en, "planned or expected, no result: cannot be known");
  EXPECT_EQ(read("西部计划志愿者900名，计划生育服务900名，模拟面试900场，将900份材料送达"),
            "900, 900, 900, 900");
}

TEST(HeadlineAsides, words_that_only_look_like_a_denial_deny_nothing) {
  EXPECT_EQ(read("未成年人900名，未来900天内，没收900册"), "900, (900天), 900");
  EXPECT_EQ(read("没有工作的900名，没有停课，服务900名"), "900, 900");
  EXPECT_EQ(read("不到900名，不足900名，不超过900名，至多900名，不少于900名，不止900名"),
            "900, 900, 900, 900, 900, 900");
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
