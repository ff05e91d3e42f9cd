// The text of a headline: untrusted bytes, folding, sentences.
#include "replay/headline/text.h"

#include <gtest/gtest.h>

#include <string>

#include "replay/headline/simplified.h"

namespace houniao {
namespace {

std::u32string folded(std::string_view text) {
  const auto out = FoldedText::fold(text);
  return out ? std::u32string(out->chars()) : U"<error>";
}

TEST(HeadlineText, bytes_that_are_not_utf8_are_refused_and_the_place_is_named) {
  for (const char* bad :
       {"\xff", "服务\xe6\x9c", "a\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80"}) {
    const auto out = FoldedText::fold(bad);
    ASSERT_FALSE(out) << bad;
    EXPECT_EQ(out.error().code, Errc::invalid_argument);
  }
  const auto gbk = FoldedText::fold("服务\xb7\xfe");
  ASSERT_FALSE(gbk);
  EXPECT_NE(gbk.error().detail.find("at byte 6;"), std::string::npos) << gbk.error().detail;
}

TEST(HeadlineText, a_text_over_the_limit_is_refused_and_one_at_the_limit_is_not) {
  EXPECT_TRUE(FoldedText::fold(std::string(limits::kHeadlineBytesMax, 'x')));
  const auto out = FoldedText::fold(std::string(limits::kHeadlineBytesMax + 1, 'x'));
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, Errc::too_large);
}

TEST(HeadlineText, full_width_forms_capitals_and_traditional_characters_fold) {
  EXPECT_EQ(folded("ＱＱ群１２０％"), U"qq群120%");
  EXPECT_EQ(folded("社會組織萬餘條"), U"社会组织万余条");
  EXPECT_EQ(folded("5A級"), U"5a级");
  EXPECT_EQ(folded("１，２３４人，５人"), U"1,234人，5人") << "the second comma ends a clause";
}

TEST(HeadlineText, a_full_width_comma_groups_three_half_width_digits) {
  EXPECT_EQ(folded("8，867份"), U"8,867份");
  EXPECT_EQ(folded("1，234，567份"), U"1,234,567份");
  EXPECT_EQ(folded("2015，100人"), U"2015，100人");
  EXPECT_EQ(folded("12，34人，8，8670人"), U"12，34人，8，8670人");
  EXPECT_EQ(folded("8，867"), U"8,867");
}

TEST(HeadlineText, spaces_vanish_except_between_letters_and_digits) {
  EXPECT_EQ(folded("　近 300 多 家\r"), U"近300多家");
  EXPECT_EQ(folded("38 760"), U"38 760");
  EXPECT_EQ(folded("\xef\xbb\xbf服务"), U"服务") << "a byte order mark is no text";
}

TEST(HeadlineText, words_are_given_back_as_written_without_control_characters) {
  const auto text = FoldedText::fold("達\x1b[31m３００\xe2\x80\xae 人");
  ASSERT_TRUE(text);
  EXPECT_EQ(text->words({0, text->chars().size()}), "達[31m３００ 人");
  const auto spaced = FoldedText::fold("12　34");
  ASSERT_TRUE(spaced);
  EXPECT_EQ(spaced->words({0, 2}), "12");
  EXPECT_EQ(spaced->words({0, 3}), "12　");
}

TEST(HeadlineText, sentences_end_at_full_stops_and_line_ends_only) {
  const auto text = FoldedText::fold("甲，乙。丙；丁！\n\n戊：己");
  ASSERT_TRUE(text);
  std::vector<std::string> sentences;
  for (const TextSpan& span : split_sentences(text->chars())) {
    sentences.push_back(text->words(span));
  }
  EXPECT_EQ(sentences, (std::vector<std::string>{"甲，乙", "丙", "丁", "戊：己"}));
}

TEST(HeadlineText, a_sentence_does_not_end_inside_what_may_be_one_number) {
  for (const char* one : {"2。5万", "19\n00名", "三\n百名", "3\n万名"}) {
    const auto text = FoldedText::fold(one);
    ASSERT_TRUE(text);
    EXPECT_EQ(split_sentences(text->chars()).size(), 1u) << one;
  }
  for (const char* two : {"900名。300名", "38\n\n2015", "900名\n300名", "三。五"}) {
    const auto text = FoldedText::fold(two);
    ASSERT_TRUE(text);
    EXPECT_EQ(split_sentences(text->chars()).size(), 2u) << two;
  }
}

TEST(HeadlineText, what_is_not_seen_keeps_digits_apart_like_a_space) {
  for (const char* text : {"1\u200b9", "1\u00ad9", "1\u202f9", "1\u30009", "1\u20609"}) {
    EXPECT_EQ(folded(text), U"1 9") << text;
  }
  EXPECT_EQ(folded("服\u200b务"), U"服务");
}

TEST(HeadlineText, characters_that_are_simplified_already_stay_as_they_are) {
  for (const char32_t c : std::u32string_view(U"人次服务惠及a1，。")) EXPECT_EQ(simplified(c), c);
  EXPECT_EQ(simplified(U'龜'), U'龟');
  EXPECT_EQ(simplified(0x10ffff), char32_t{0x10ffff});
  EXPECT_EQ(simplified(0), char32_t{0});
}

}  // namespace
}  // namespace houniao
