// Which figure a number of a headline means: the packs that are built in, by the phrases of their
// articles and by the product's own labels alone.
#include "replay/headline/match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "schema/programmes/packs.h"
#include "tests/unit/replay/headline/claims.h"

namespace houniao::testing {
namespace {

Pack pack_of(std::string_view code) {
  auto pack = parse_pack(embedded_pack(code));
  EXPECT_TRUE(pack) << code;
  return pack ? *pack : Pack{};
}

std::vector<Candidate> candidates_of(const FigureIndex& index, std::string_view sentence,
                                     std::int64_t value) {
  const auto text = FoldedText::fold(sentence);
  EXPECT_TRUE(text);
  const std::vector<HeadlineNumber> numbers = find_numbers(*text);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i].role != NumberRole::claim || numbers[i].value_milli != value * 1000) continue;
    return index.candidates(*text, numbers, i);
  }
  return {};
}

std::string first_of(const FigureIndex& index, std::string_view sentence, std::int64_t value) {
  const auto candidates = candidates_of(index, sentence, value);
  return candidates.empty() ? "" : candidates.front().figure->id;
}

struct Ranks {
  int claims = 0;
  int first = 0;
  int in_three = 0;
  std::string missed;
};

// Ranks of the right figure over the published phrases of a programme.
Ranks rank(const std::vector<Pack>& packs, std::string_view letter) {
  const FigureIndex index(packs);
  Ranks out;
  for (const tests::Claim& claim : tests::kClaims) {
    const std::string_view id = claim.id;
    if (!id.starts_with(letter)) continue;
    ++out.claims;
    const auto found = candidates_of(index, claim.phrase, claim.value);
    const auto place =
        std::find_if(found.begin(), found.end(),
                     [&](const Candidate& candidate) { return candidate.figure->id == id; }) -
        found.begin();
    const bool ranked = place < static_cast<std::ptrdiff_t>(found.size());
    out.first += ranked && place == 0 ? 1 : 0;
    out.in_three += ranked && place < 3 ? 1 : 0;
    if (!ranked || place > 0) out.missed += " " + std::string(id);
  }
  return out;
}

std::vector<Pack> without_phrases(std::vector<Pack> packs) {
  for (Pack& pack : packs) {
    for (PackFigure& figure : pack.figures) figure.phrase.clear();
  }
  return packs;
}

TEST(FigureMatching, the_phrases_of_programme_b_find_their_figures) {
  const Ranks ranks = rank({pack_of("b")}, "B");
  EXPECT_EQ(ranks.claims, 45);
  EXPECT_GE(ranks.first, 43) << "missed:" << ranks.missed;
  EXPECT_EQ(ranks.in_three, 45) << "missed:" << ranks.missed;
}

TEST(FigureMatching, the_labels_alone_find_most_figures_of_programme_b) {
  const Ranks ranks = rank(without_phrases({pack_of("b")}), "B");
  EXPECT_GE(ranks.first, 36) << "missed:" << ranks.missed;
}

TEST(FigureMatching, all_programmes_together_do_not_hide_each_others_figures) {
  std::vector<Pack> packs;
  for (const EmbeddedPack& embedded : embedded_packs()) packs.push_back(pack_of(embedded.code));
  for (const Pack& pack : packs) {
    std::string letter = pack.code;
    letter[0] = static_cast<char>(letter[0] - 'a' + 'A');
    const Ranks ranks = rank(packs, letter);
    EXPECT_GT(ranks.claims, 0) << letter;
    EXPECT_GE(ranks.first * 10, ranks.claims * 9) << letter << " missed:" << ranks.missed;
    EXPECT_EQ(ranks.in_three, ranks.claims) << letter << " missed:" << ranks.missed;
  }
}

TEST(FigureMatching, other_values_other_words_and_the_other_script_still_find_the_figure) {
  const std::vector<Pack> packs = {pack_of("b")};
  const FigureIndex index(packs);
  EXPECT_EQ(first_of(index, "代辦居民身份證近九千九百份", 9900), "B32");
  EXPECT_EQ(first_of(index, "中心先后为群众办理法律咨询600例", 600), "B36");
  EXPECT_EQ(first_of(index, "微信群发展到75个", 75), "B12");
  EXPECT_EQ(first_of(index, "艺术团成员已有500人", 500), "B20");
  EXPECT_EQ(first_of(index, "服务手册发放5万册", 50'000), "B39");
}

TEST(FigureMatching, words_beside_the_number_count_more_than_words_farther_off) {
  const std::vector<Pack> packs = {pack_of("b")};
  const FigureIndex index(packs);
  const char* list = "建立了5个QQ群、5000个微信群、积分入学咨询300人次、积分入户咨询200人次";
  EXPECT_EQ(first_of(index, list, 5), "B11");
  EXPECT_EQ(first_of(index, list, 5000), "B12");
  EXPECT_EQ(first_of(index, list, 300), "B41");
  EXPECT_EQ(first_of(index, list, 200), "B40");
  const char* festival = "节日关爱活动40余场次，惠及7000余人次";
  EXPECT_EQ(first_of(index, festival, 40), "B44");
  EXPECT_EQ(first_of(index, festival, 7000), "B45");
}

TEST(FigureMatching, a_number_without_any_word_of_the_figure_is_no_candidate) {
  const std::vector<Pack> packs = {pack_of("b")};
  const FigureIndex index(packs);
  EXPECT_TRUE(candidates_of(index, "放映电影60个", 60).empty())
      << "60 groups must not prove 60 films";
  EXPECT_TRUE(candidates_of(index, "55450人次", 55450).empty());
}

TEST(FigureMatching, units_that_count_other_things_exclude_a_figure) {
  const std::vector<Pack> packs = {pack_of("b")};
  const FigureIndex index(packs);
  for (const Candidate& candidate : candidates_of(index, "微信群投入60万元", 600'000)) {
    EXPECT_NE(candidate.figure->id, "B12");
  }
  const auto persons = candidates_of(index, "开展各类服务55450人", 55450);
  ASSERT_FALSE(persons.empty());
  EXPECT_EQ(persons.front().figure->id, "B29") << "人 for 人次 may be meant";
  EXPECT_EQ(persons.front().fit, UnitFit::other_count);
}

TEST(FigureMatching, the_other_reading_of_a_figure_is_found_by_its_unit) {
  const std::vector<Pack> packs = {pack_of("b")};
  const FigureIndex index(packs);
  const auto turnout = candidates_of(index, "惠及务工青年15万多人次", 150'000);
  ASSERT_FALSE(turnout.empty());
  EXPECT_EQ(turnout.front().figure->id, "B31");
  EXPECT_TRUE(turnout.front().by_reading);
  EXPECT_FALSE(candidates_of(index, "惠及务工青年15万多人", 150'000).front().by_reading);
}

TEST(FigureMatching, rare_words_weigh_more_than_those_of_many_figures) {
  Pack pack;
  pack.code = "x";
  const auto add = [&](const char* id, const char* label) {
    PackFigure figure;
    figure.id = id;
    figure.value = 1;
    figure.unit = "人次";
    figure.label = {label, label};
    pack.figures.push_back(figure);
  };
  add("X1", "青年服务法律");
  add("X2", "青年服务健康");
  add("X3", "青年服务就业");
  const std::vector<Pack> packs = {pack};
  const FigureIndex index(packs);
  EXPECT_EQ(first_of(index, "青年服务中健康讲座50人次", 50), "X2");
}

TEST(FigureMatching, patterns_mean_only_figures_of_the_same_value) {
  const std::vector<Pack> packs = {pack_of("a")};
  const FigureIndex index(packs);
  EXPECT_EQ(first_of(index, "“4+3”的運營模式", 4), "A04");
  EXPECT_TRUE(candidates_of(index, "“5+3”的運營模式", 5).empty());
}

TEST(FigureMatching, a_sentence_without_end_is_looked_at_near_the_number_only) {
  const std::vector<Pack> packs = {pack_of("b")};
  const FigureIndex index(packs);
  std::string sentence = "微信群";
  for (int i = 0; i < 1000; ++i) sentence += "，其他";
  EXPECT_TRUE(candidates_of(index, sentence + "60个", 60).empty());
}

}  // namespace
}  // namespace houniao::testing
