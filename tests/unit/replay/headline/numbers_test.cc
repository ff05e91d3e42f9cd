// The numbers of a sentence: what each says, of what, how exactly, and what is no count at all.
#include "replay/headline/numbers.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/replay/headline/claims.h"

namespace houniao {
namespace {

std::vector<HeadlineNumber> numbers_of(std::string_view sentence) {
  const auto text = FoldedText::fold(sentence);
  EXPECT_TRUE(text) << sentence;
  return text ? find_numbers(*text) : std::vector<HeadlineNumber>{};
}

// "> 300 家": the claims of a sentence, one after another.
std::string said(const HeadlineNumber& number) {
  std::string out(sign_of(number.saying));
  out += " " + std::to_string(number.value_milli / 1000);
  if (number.value_milli % 1000 != 0) out += "." + std::to_string(number.value_milli % 1000);
  if (number.upper_milli != number.value_milli) {
    out += "-" + std::to_string(number.upper_milli / 1000);
  }
  const std::string unit = name_of(number.unit);
  return unit.empty() ? out : out + " " + unit;
}

std::string claims_of(std::string_view sentence) {
  std::string out;
  for (const HeadlineNumber& number : numbers_of(sentence)) {
    if (number.role != NumberRole::claim) continue;
    if (!out.empty()) out += ", ";
    out += said(number);
  }
  return out;
}

std::string set_aside(std::string_view sentence) {
  std::string out;
  for (const HeadlineNumber& number : numbers_of(sentence)) {
    if (number.role == NumberRole::claim) continue;
    if (!out.empty()) out += ", ";
    out += label_of(number.role).en;
  }
  return out;
}

TEST(HeadlineNumbers, every_published_figure_is_found_with_its_comparator_and_unit) {
  for (const tests::Claim& claim : tests::kClaims) {
    std::string wanted = std::string(claim.sign) + " " + std::to_string(claim.value);
    if (*claim.unit != '\0') wanted += " " + std::string(claim.unit);
    bool found = false;
    for (const HeadlineNumber& number : numbers_of(claim.phrase)) {
      found = found || (number.role == NumberRole::claim && said(number) == wanted);
    }
    EXPECT_TRUE(found) << claim.id << " " << claim.phrase << "\n  wanted " << wanted << "\n  found "
                       << claims_of(claim.phrase);
  }
}

TEST(HeadlineNumbers, figures_told_without_a_number_yield_no_claim) {
  for (const tests::UnnumberedClaim& claim : tests::kUnnumberedClaims) {
    EXPECT_EQ(claims_of(claim.phrase), "") << claim.id << ": " << claim.reason;
  }
  EXPECT_EQ(std::size(tests::kClaims) + std::size(tests::kUnnumberedClaims), 134u);
}

TEST(HeadlineNumbers, chinese_arabic_and_full_width_digits_say_the_same) {
  for (const char* text :
       {"服务55450人次", "服务５５４５０人次", "服务55,450人次", "服务５５，４５０人次",
        "服务五万五千四百五十人次", "服務五萬五千四百五十人次", "服务5.545万人次"}) {
    EXPECT_EQ(claims_of(text), "= 55450 人次") << text;
  }
  EXPECT_EQ(claims_of("服务102万人次"), "= 1020000 人次");
  EXPECT_EQ(claims_of("服务2.5万人"), "= 25000 人");
  EXPECT_EQ(claims_of("服务两万五千人"), "= 25000 人");
  EXPECT_EQ(claims_of("服务二點五萬人"), "= 25000 人");
  EXPECT_EQ(claims_of("投入1.2345亿元"), "= 123450000 元");
  EXPECT_EQ(claims_of("投入1亿2000万元"), "= 120000000 元");
  EXPECT_EQ(claims_of("服务一百二十人"), "= 120 人");
  EXPECT_EQ(claims_of("服务一百二十五人"), "= 125 人");
  EXPECT_EQ(claims_of("服务一百零五人"), "= 105 人");
  EXPECT_EQ(claims_of("服务十五人"), "= 15 人");
}

TEST(HeadlineNumbers, comparators_stand_before_behind_and_inside) {
  EXPECT_EQ(claims_of("近8900份"), "< 8900 份");
  EXPECT_EQ(claims_of("将近八千九百份"), "< 8900 份");
  EXPECT_EQ(claims_of("三百多家"), "> 300 家");
  EXPECT_EQ(claims_of("500余万元"), "> 5000000 元");
  EXPECT_EQ(claims_of("15万多人"), "> 150000 人");
  EXPECT_EQ(claims_of("突破20万人次"), "> 200000 人次");
  EXPECT_EQ(claims_of("突破了20万人次"), "> 200000 人次");
  EXPECT_EQ(claims_of("逾千名"), "? 1000 名");
  EXPECT_EQ(claims_of("超过300家"), "> 300 家");
  EXPECT_EQ(claims_of("约760人"), "~ 760 人");
  EXPECT_EQ(claims_of("760人左右"), "~ 760 人");
  EXPECT_EQ(claims_of("三十来人"), "~ 30 人");
  EXPECT_EQ(claims_of("至少8个"), ">= 8 个");
  EXPECT_EQ(claims_of("不少于8个"), ">= 8 个");
  EXPECT_EQ(claims_of("至少要进驻8个社区"), ">= 8 个");
  EXPECT_EQ(claims_of("300人以上"), ">= 300 人");
  EXPECT_EQ(claims_of("不足300人"), "<< 300 人");
  EXPECT_EQ(claims_of("不超过300人"), "<= 300 人");
  EXPECT_EQ(claims_of("20至30名"), ".. 20-30 名");
  EXPECT_EQ(claims_of("2至3万元"), ".. 20000-30000 元");
  EXPECT_EQ(claims_of("两三百人"), ".. 200-300 人");
  EXPECT_EQ(claims_of("团员青年达2.5万人"), "= 25000 人");
  EXPECT_EQ(claims_of("达2万多人"), "> 20000 人");
}

TEST(HeadlineNumbers, words_that_end_like_a_comparator_are_none) {
  EXPECT_EQ(claims_of("附近300人"), "= 300 人");
  EXPECT_EQ(claims_of("签约10家"), "= 10 家");
  EXPECT_EQ(claims_of("预约20人次"), "= 20 人次");
}

TEST(HeadlineNumbers, orders_of_magnitude_are_vague) {
  for (const char* text : {"十余家", "近千家", "上百家", "数十家", "几百家", "百余家", "上万家",
                           "数十万家", "十几家"}) {
    EXPECT_EQ(claims_of(text).front(), '?') << text << ": " << claims_of(text);
  }
  EXPECT_EQ(claims_of("几个"), "? 0 个");
  EXPECT_EQ(claims_of("10余家"), "> 10 家") << "with digits it is a number";
  EXPECT_EQ(claims_of("三十余家"), "> 30 家");
  EXPECT_EQ(claims_of("参加人数十五人"), "= 15 人") << "数 belongs to 人数";
}

TEST(HeadlineNumbers, shares_are_per_cent) {
  EXPECT_EQ(claims_of("占比98.5%"), "= 98.500 %");
  EXPECT_EQ(claims_of("占比98.5％"), "= 98.500 %");
  EXPECT_EQ(claims_of("六成以上"), ">= 60 %");
  EXPECT_EQ(claims_of("百分之九十八"), "= 98 %");
  EXPECT_EQ(claims_of("四分之一"), "= 25 %");
  EXPECT_EQ(claims_of("三分之二"), "~ 66.666 %");
  EXPECT_EQ(claims_of("一半以上"), ">= 50 %");
  EXPECT_EQ(claims_of("过半数"), "> 50 %");
  EXPECT_EQ(claims_of("6成为党员"), "= 6") << "成 of 成为 is not a tenth";
}

TEST(HeadlineNumbers, promises_for_each_period_carry_the_period) {
  EXPECT_EQ(claims_of("每月举办两场"), ">= 2 场/月");
  EXPECT_EQ(claims_of("每个季度开展一次"), ">= 1 次/季度");
  EXPECT_EQ(claims_of("平均每年开展370堂"), "= 370 堂/年");
  EXPECT_EQ(claims_of("平均每年开展370多堂"), "> 370 堂/年");
  EXPECT_EQ(claims_of("每家选聘1名"), "= 1 名/每");
  EXPECT_EQ(claims_of("年均时长达1500小时"), ">= 1500 小时/年");
  EXPECT_EQ(claims_of("20万元/年"), "= 200000 元/年");
}

TEST(HeadlineNumbers, dates_durations_ordinals_and_grades_are_set_aside) {
  EXPECT_EQ(claims_of("2014年8月至今,已放映电影38场"), "= 38 场");
  EXPECT_EQ(set_aside("2014年8月至今,已放映电影38场"), "a date");
  EXPECT_EQ(claims_of("二〇一六年一月二十六日"), "");
  EXPECT_EQ(claims_of("2016-01-26，2016.1.26，2015—2016年"), "");
  EXPECT_EQ(claims_of("5月24日8:30开展"), "");
  EXPECT_EQ(claims_of("近三年，用一周时间，3个月内"), "");
  EXPECT_EQ(claims_of("第三届，第12期"), "");
  EXPECT_EQ(claims_of("60岁以上，三级，八年级，5A级，4星级"), "");
  EXPECT_EQ(claims_of("12号楼，90后，COVID19，5G"), "");
  EXPECT_EQ(claims_of("其中4A級14家"), "= 14 家");
  EXPECT_EQ(claims_of("201111月"), "") << "a date that lost its 年 is not guessed";
  EXPECT_EQ(claims_of("电话13800138000，07561234567"), "");
}

TEST(HeadlineNumbers, years_running_are_a_claim_and_other_years_are_not) {
  EXPECT_EQ(claims_of("连续两年被评为优秀"), "= 2 年");
  EXPECT_EQ(claims_of("連續開展6年"), "= 6 年");
  EXPECT_EQ(claims_of("两年来"), "");
}

TEST(HeadlineNumbers, words_with_numerals_in_them_are_no_numbers) {
  for (const char* text :
       {"统一部署，进一步，一些，一线，三农，五四奖章，两委，十分满意，千方百计，万一，百姓",
        "一人一档，一户一策，一对一帮扶，一个个，新一届，这两个项目，千家万户，一起参加，一次性",
        "党的十九届四中全会", "单位，人数，层次，第一"}) {
    EXPECT_EQ(claims_of(text), "") << text;
  }
}

TEST(HeadlineNumbers, models_named_by_numbers_are_patterns) {
  for (const char* text : {"“4+3”的运营模式", "四加三模式", "“４＋３”模式"}) {
    const auto found = numbers_of(text);
    ASSERT_EQ(found.size(), 2u) << text;
    EXPECT_TRUE(found[0].pattern && found[1].pattern);
    EXPECT_EQ(claims_of(text), "= 4, = 3");
  }
  EXPECT_EQ(claims_of("“1+x”"), "= 1");
  EXPECT_EQ(claims_of("“三個一”的活動模式"), "= 3 个");
  EXPECT_TRUE(numbers_of("三个一").front().pattern);
  EXPECT_FALSE(numbers_of("三个支部").front().pattern);
}

TEST(HeadlineNumbers, money_is_known_by_the_words_before_it) {
  const auto found = numbers_of("共青团购买服务经费20万左右");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(said(found[0]), "~ 200000 元");
  EXPECT_TRUE(found[0].unit_implied);
  EXPECT_EQ(claims_of("惠及青年20万左右"), "~ 200000");
}

TEST(HeadlineNumbers, several_numbers_of_a_sentence_are_told_apart) {
  EXPECT_EQ(claims_of("建立120多个QQ群、60个微信群、1个网站、2个微博"),
            "> 120 个, = 60 个, = 1 个, = 2 个");
  EXPECT_EQ(claims_of("3个公益组织的500余名青年"), "= 3 个, > 500 名");
  EXPECT_EQ(claims_of("专职社工100名，兼职社工1200余名"), "= 100 名, > 1200 名");
}

TEST(HeadlineNumbers, places_are_those_of_the_text_as_given) {
  const auto text = FoldedText::fold("　代辦 近 ８９００ 份。");
  ASSERT_TRUE(text);
  const auto found = find_numbers(*text);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(text->words(found[0].place), "近 ８９００ 份");
  EXPECT_EQ(text->words(found[0].digits), "８９００ ");
  EXPECT_EQ(found[0].word, "近 ");
}

TEST(HeadlineNumbers, numbers_too_large_or_too_fine_to_be_counts_are_not_misread) {
  EXPECT_EQ(claims_of("99999999999999999999人"), "");
  EXPECT_EQ(claims_of("9999999999亿亿亿人"), "");
  EXPECT_EQ(claims_of("0.0000000001人"), "");
}

}  // namespace
}  // namespace houniao
