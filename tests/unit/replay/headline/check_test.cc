// Verdicts on headlines: proved, refuted, cannot be known, over facts written by hand.
#include "replay/headline/check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "schema/programmes/packs.h"
#include "tests/unit/replay/fact_book.h"

namespace houniao::testing {
namespace {

constexpr auto kProved = HeadlineVerdict::proved;
constexpr auto kRefuted = HeadlineVerdict::refuted;
constexpr auto kUnknown = HeadlineVerdict::unknown;

struct Desk {
  FactBook book;
  std::vector<Pack> packs;

  explicit Desk(std::vector<Pack> with) : packs(std::move(with)) {}
  Desk() {
    auto pack = parse_pack(embedded_pack("b"));
    EXPECT_TRUE(pack);
    if (pack) packs.push_back(std::move(*pack));
  }

  Result<HeadlineCheck> try_check(std::string_view text) const {
    return check_headline(
        text, packs, [this](const Pack& pack) { return compute_figures(book.inputs(), pack); });
  }
  HeadlineCheck check(std::string_view text) const {
    const auto out = try_check(text);
    EXPECT_TRUE(out) << text;
    return out ? *out : HeadlineCheck{};
  }
  // Of a text with one number.
  HeadlineFinding only(std::string_view text) const {
    HeadlineCheck out = check(text);
    EXPECT_EQ(out.findings.size(), 1u) << text;
    return out.findings.empty() ? HeadlineFinding{} : out.findings.front();
  }
  HeadlineVerdict verdict(std::string_view text) const {
    const HeadlineFinding finding = only(text);
    SCOPED_TRACE(finding.reason.en);
    return finding.verdict;
  }

  void add(const char* type, const char* kind, const char* attr, std::int64_t quantity = 1) {
    FactRow row = book.row(type, kind, "2015-05-01");
    row.attr = book.facts.intern(attr);
    row.quantity = quantity;
    row.subject = row.event.value;
    book.add(row);
  }
  void issue_cards(int count) {
    for (int i = 0; i < count; ++i) add("AgencyCaseProgressed", "issued", "resident_id");
  }
};

bool says(const Label& reason, std::string_view zh, std::string_view en) {
  return reason.zh.find(zh) != std::string::npos && reason.en.find(en) != std::string::npos;
}

TEST(Headline, a_true_sentence_is_proved_with_the_events_that_decide_it) {
  Desk desk;
  desk.issue_cards(885);
  const HeadlineFinding finding = desk.only("代办居民身份证近900份。");
  EXPECT_EQ(finding.verdict, kProved) << finding.reason.en;
  ASSERT_FALSE(finding.candidates.empty());
  const JudgedCandidate& best = finding.candidates.front();
  EXPECT_EQ(best.candidate.figure->id, "B32");
  EXPECT_EQ(best.result.computed, 885);
  EXPECT_EQ(best.result.detail.events, 885u);
  EXPECT_EQ(best.result.detail.sample.size(), kDecidingSampleMax);
  EXPECT_EQ(finding.text, "近900份");
  EXPECT_EQ(finding.byte, std::string("代办居民身份证").size());
  EXPECT_EQ(finding.sentence, "代办居民身份证近900份");
}

TEST(Headline, the_value_of_the_sentence_is_judged_and_not_that_of_the_pack) {
  Desk desk;
  desk.issue_cards(885);
  EXPECT_EQ(desk.verdict("代办居民身份证近8900份"), kRefuted);
  EXPECT_EQ(desk.verdict("代办居民身份证885份"), kProved);
  EXPECT_EQ(desk.verdict("代办居民身份证886份"), kRefuted);
  EXPECT_EQ(desk.verdict("代辦居民身份證近九百份"), kProved);
  EXPECT_EQ(desk.verdict("代办居民身份证约９００份"), kProved);
}

TEST(Headline, comparators_that_packs_do_not_have_are_judged_too) {
  Desk desk;
  desk.issue_cards(885);
  EXPECT_EQ(desk.verdict("代办居民身份证不足900份"), kProved);
  EXPECT_EQ(desk.verdict("代办居民身份证不足885份"), kRefuted);
  EXPECT_EQ(desk.verdict("代办居民身份证不超过885份"), kProved);
  EXPECT_EQ(desk.verdict("代办居民身份证不超过884份"), kRefuted);
  EXPECT_EQ(desk.verdict("代办居民身份证800至900份"), kProved);
  EXPECT_EQ(desk.verdict("代办居民身份证900至1000份"), kRefuted);
}

TEST(Headline, several_numbers_of_a_sentence_get_a_verdict_each) {
  Desk desk;
  desk.add("AssetRecorded", "qq_group", "", 121);
  desk.add("AssetRecorded", "wechat_group", "", 59);
  desk.add("AssetRecorded", "website", "", 1);
  const HeadlineCheck check = desk.check("2015年建立120多个QQ群、60个微信群、1个网站");
  ASSERT_EQ(check.findings.size(), 3u);
  EXPECT_EQ(check.findings[0].verdict, kProved);
  EXPECT_EQ(check.findings[1].verdict, kRefuted);
  EXPECT_EQ(check.findings[2].verdict, kProved);
  ASSERT_EQ(check.set_aside.size(), 1u);
  EXPECT_EQ(check.set_aside[0].role, NumberRole::date);
  EXPECT_EQ(check.set_aside[0].text, "2015年");
}

TEST(Headline, no_part_of_a_numeral_that_is_not_understood_is_judged) {
  Desk desk;
  desk.issue_cards(885);
  EXPECT_EQ(desk.verdict("代办居民身份证捌佰捌拾伍份"), kProved);
  for (const char* text :
       {"代办居民身份证-885份", "代办居民身份证3万5多份", "代办居民身份证8,85份",
        "代办居民身份证百八十份", "代办居民身份证8 85份", "代办居民身份证885²份",
        "代办居民身份证Ⅸ百份", "代办居民身份证885½份", "代办居民身份证2×885份",
        "代办居民身份证885+100份", "代办居民身份证≈885份", "代办居民身份证885份半",
        "没有代办885份居民身份证", "代办居民身份证并非885份"}) {
    const HeadlineCheck check = desk.check(text);
    EXPECT_TRUE(check.findings.empty()) << text;
    EXPECT_EQ(check.set_aside.size(), 1u) << text;
  }
}

TEST(Headline, what_no_figure_is_about_cannot_be_known) {
  Desk desk;
  desk.add("AssetRecorded", "wechat_group", "", 60);
  const HeadlineFinding finding = desk.only("放映电影60个");
  EXPECT_EQ(finding.verdict, kUnknown) << "60 groups do not prove 60 films";
  EXPECT_TRUE(says(finding.reason, "没有与此有关的指标", "no figure"));
}

TEST(Headline, a_figure_with_few_words_in_common_is_only_proposed) {
  Desk desk;
  desk.issue_cards(20);
  const HeadlineFinding finding = desk.only("老家的居民来了20人");
  EXPECT_EQ(finding.verdict, kUnknown);
  for (const JudgedCandidate& one : finding.candidates) EXPECT_FALSE(one.judged);
}

TEST(Headline, orders_of_magnitude_cannot_be_known) {
  Desk desk;
  desk.issue_cards(885);
  for (const char* text : {"代办居民身份证近千份", "代办居民身份证数百份", "代办居民身份证上百份",
                           "代办居民身份证百余份"}) {
    const HeadlineFinding finding = desk.only(text);
    EXPECT_EQ(finding.verdict, kUnknown) << text;
    EXPECT_TRUE(says(finding.reason, "885", "order of magnitude")) << finding.reason.en;
  }
}

TEST(Headline, persons_where_only_person_times_can_hold_are_called_out) {
  Desk desk;
  for (int i = 0; i < 10; ++i) desk.add("PersonRegistered", "", "");
  desk.add("ServiceDelivered", "unitemised", "", 160'000);
  const HeadlineFinding persons = desk.only("惠及务工青年15万多人");
  EXPECT_EQ(persons.verdict, kRefuted) << persons.reason.en;
  EXPECT_TRUE(says(persons.reason, "人次", "person-times")) << persons.reason.en;
  EXPECT_TRUE(says(persons.reason, "160,000", "160,000")) << persons.reason.en;
  const HeadlineFinding turnout = desk.only("惠及务工青年15万多人次");
  EXPECT_EQ(turnout.verdict, kProved) << turnout.reason.en;
}

TEST(Headline, a_count_of_person_times_bounds_persons_from_above_only) {
  Desk desk;
  desk.add("ServiceDelivered", "unitemised", "", 55'450);
  const HeadlineFinding possible = desk.only("开展各类服务55450人");
  EXPECT_EQ(possible.verdict, kUnknown) << possible.reason.en;
  EXPECT_TRUE(says(possible.reason, "只能是人次", "it can only be 人次")) << possible.reason.en;
  EXPECT_EQ(desk.verdict("开展各类服务55451人"), kRefuted);
  EXPECT_EQ(desk.verdict("开展各类服务55450多人"), kRefuted);
  EXPECT_EQ(desk.verdict("开展各类服务近6万人"), kUnknown);
  EXPECT_EQ(desk.verdict("开展各类服务近7万人"), kRefuted);
  EXPECT_EQ(desk.verdict("开展各类服务不足100人"), kUnknown);
}

TEST(Headline, a_count_of_persons_bounds_person_times_from_below_only) {
  Desk desk;
  for (int i = 0; i < 852; ++i) desk.add("OutcomeConfirmed", "job", "");
  EXPECT_EQ(desk.verdict("为850多人次务工青年找到工作"), kProved);
  EXPECT_EQ(desk.verdict("为852人次务工青年找到工作"), kUnknown);
  EXPECT_EQ(desk.verdict("为900多人次务工青年找到工作"), kUnknown);
}

TEST(Headline, a_number_that_is_far_off_refutes_only_when_nothing_else_can_be_meant) {
  Desk desk;
  desk.add("AssetRecorded", "website", "", 1);
  desk.issue_cards(8850);
  EXPECT_EQ(desk.verdict("网站点击量40万次"), kUnknown) << "clicks are no websites";
  EXPECT_EQ(desk.verdict("代办居民身份证近89万份"), kRefuted);
}

TEST(Headline, shares_are_compared_to_the_decimals_that_are_written) {
  Desk desk;
  for (int i = 0; i < 66; ++i) {
    FactRow person = desk.book.row("PersonRegistered", "", "2013-01-01");
    person.attr = desk.book.facts.intern(i == 0 ? "430000" : "410000");
    person.subject = person.event.value;
    desk.book.add(person);
    FactRow member = desk.book.row("MembershipChanged", "party_member_on_roll", "2013-02-01");
    member.subject = person.subject;
    member.group = 900;
    desk.book.add(member);
  }
  EXPECT_EQ(desk.verdict("98%为河南籍党员"), kProved);
  EXPECT_EQ(desk.verdict("98.5%为河南籍党员"), kProved);
  EXPECT_EQ(desk.verdict("98.48%为河南籍党员"), kProved);
  EXPECT_EQ(desk.verdict("98.4%为河南籍党员"), kRefuted);
  EXPECT_EQ(desk.verdict("百分之九十以上为河南籍党员"), kProved);
  EXPECT_EQ(desk.verdict("九成八为河南籍党员"), kProved);
  EXPECT_EQ(desk.verdict("1/4为河南籍党员"), kRefuted);
}

TEST(Headline, money_is_compared_in_yuan) {
  Desk desk;
  FactRow row = desk.book.row("FundsReceived", "provincial_support", "2014-06-01");
  row.amount_fen = 20'000'000;
  desk.book.add(row);
  EXPECT_EQ(desk.verdict("广东省财政扶持社会组织专项经费20万元"), kProved);
  EXPECT_EQ(desk.verdict("广东省财政扶持社会组织专项经费20万"), kProved);
  EXPECT_EQ(desk.verdict("广东省财政扶持社会组织专项经费25万元"), kRefuted);
}

TEST(Headline, a_number_for_each_period_is_not_put_to_a_figure_of_all_time) {
  Desk desk;
  for (int i = 0; i < 10; ++i) desk.book.add("SessionHeld", "weekend_class", "2015-03-07");
  EXPECT_EQ(desk.verdict("开展“党群周末课堂”10期"), kProved);
  const HeadlineFinding yearly = desk.only("每年开展“党群周末课堂”10期");
  EXPECT_EQ(yearly.verdict, kUnknown);
  EXPECT_TRUE(says(yearly.reason, "每一期", "each period")) << yearly.reason.en;
  EXPECT_EQ(desk.verdict("每月定期举办两场党群周末课堂"), kRefuted);
}

TEST(Headline, a_missing_unit_is_taken_from_the_figure_and_said) {
  Desk desk;
  desk.issue_cards(885);
  const HeadlineFinding finding = desk.only("代办居民身份证近900");
  EXPECT_EQ(finding.verdict, kProved);
  EXPECT_TRUE(says(finding.reason, "未写单位", "no unit"));
}

TEST(Headline, one_with_a_counting_word_is_an_article_unless_it_counts_something) {
  Desk desk;
  desk.add("AssetRecorded", "website", "", 1);
  EXPECT_EQ(desk.verdict("建立一个网站"), kProved);
  const HeadlineCheck article = desk.check("这是一个好消息，欢迎提出一个建议");
  EXPECT_TRUE(article.findings.empty());
  EXPECT_FALSE(article.set_aside.empty());
}

TEST(Headline, a_log_without_any_record_of_the_kind_cannot_tell) {
  const Desk desk;
  const HeadlineFinding finding = desk.only("代办居民身份证近8900份");
  EXPECT_EQ(finding.verdict, kUnknown) << finding.reason.en;
}

// --- packs written for the purpose --------------------------------------------------------------

PackFigure figure(const char* id, const char* label, const char* unit, std::int64_t value,
                  Metric counted) {
  PackFigure out;
  out.id = id;
  out.label = {label, label};
  out.unit = unit;
  out.value = value;
  out.metric = std::move(counted);
  return out;
}

Metric sessions(const char* kind) {
  Metric out = metric(MetricOp::count, MetricOf::events, "SessionHeld");
  out.where.kinds = {kind};
  return out;
}

TEST(Headline, two_figures_that_may_be_meant_and_differ_leave_it_open) {
  Pack pack;
  pack.figures = {figure("X1", "志愿者培训", "场", 3, sessions("spring")),
                  figure("X2", "志愿者培训", "场", 3, sessions("autumn"))};
  Desk desk({pack});
  for (int i = 0; i < 3; ++i) desk.book.add("SessionHeld", "spring", "2015-03-07");
  for (int i = 0; i < 2; ++i) desk.book.add("SessionHeld", "autumn", "2015-09-07");
  const HeadlineFinding open = desk.only("举办志愿者培训3场");
  EXPECT_EQ(open.verdict, kUnknown);
  EXPECT_TRUE(says(open.reason, "X1, X2", "X1, X2")) << open.reason.en;
  desk.book.add("SessionHeld", "autumn", "2015-09-08");
  EXPECT_EQ(desk.verdict("举办志愿者培训3场"), kProved) << "both say the same";
}

TEST(Headline, a_further_part_of_a_claim_is_judged_as_itself) {
  Pack pack;
  PackFigure homes = figure("X1", "青年之家", "处", 16, sessions("home"));
  homes.also.push_back({6, Comparator::equal, "项", {"青年之家的类别", "kinds"}, sessions("kind")});
  pack.figures = {homes};
  Desk desk({pack});
  for (int i = 0; i < 6; ++i) desk.book.add("SessionHeld", "kind", "2015-03-07");
  for (int i = 0; i < 15; ++i) desk.book.add("SessionHeld", "home", "2015-03-07");
  const HeadlineCheck check = desk.check("打造6项16处“青年之家”");
  ASSERT_EQ(check.findings.size(), 2u);
  EXPECT_EQ(check.findings[0].verdict, kProved) << check.findings[0].reason.en;
  EXPECT_EQ(check.findings[1].verdict, kRefuted) << check.findings[1].reason.en;
}

TEST(Headline, a_doubt_of_the_pack_leaves_it_open_also_one_about_the_other_figures) {
  Pack pack;
  pack.figures = {figure("X1", "志愿者培训", "场", 3, sessions("spring")),
                  figure("X2", "居民座谈会", "场", 2, sessions("autumn"))};
  PackReconciliation rule;
  rule.id = "R1";
  rule.kind = PackReconciliation::Kind::at_most;
  rule.left = "X1";
  rule.right = "X2";
  pack.reconciliations = {rule};
  PackDoubt doubt;
  doubt.reason = {"分项多于总数", "the part is more than the whole"};
  doubt.when = PackDoubt::When::reconciliation;
  doubt.reconciliation = "R1";
  doubt.by_claims = true;
  pack.figures[0].doubts = {doubt};
  Desk desk({pack});
  for (int i = 0; i < 3; ++i) desk.book.add("SessionHeld", "spring", "2015-03-07");
  const HeadlineFinding finding = desk.only("举办志愿者培训3场");
  EXPECT_EQ(finding.verdict, kUnknown);
  EXPECT_TRUE(says(finding.reason, "分项多于总数", "the part is more")) << finding.reason.en;
  desk.packs[0].figures[0].doubts.clear();
  EXPECT_EQ(desk.verdict("举办志愿者培训3场"), kProved);
}

TEST(Headline, each_pack_is_asked_over_its_own_figures) {
  Pack first;
  first.code = "x";
  first.figures = {figure("X1", "志愿者培训", "场", 3, sessions("spring"))};
  Pack second;
  second.code = "y";
  second.figures = {figure("Y1", "居民座谈会", "场", 2, sessions("autumn"))};
  Desk desk({first, second});
  for (int i = 0; i < 3; ++i) desk.book.add("SessionHeld", "spring", "2015-03-07");
  desk.book.add("SessionHeld", "autumn", "2015-03-07");
  const HeadlineCheck check = desk.check("举办志愿者培训3场、居民座谈会2场");
  ASSERT_EQ(check.findings.size(), 2u);
  EXPECT_EQ(check.findings[0].candidates.front().candidate.pack->code, "x");
  EXPECT_EQ(check.findings[0].verdict, kProved);
  EXPECT_EQ(check.findings[1].candidates.front().candidate.pack->code, "y");
  EXPECT_EQ(check.findings[1].verdict, kRefuted);
}

// --- untrusted text -----------------------------------------------------------------------------

TEST(Headline, bad_bytes_long_texts_and_too_many_numbers_are_refused) {
  const Desk desk;
  EXPECT_EQ(desk.try_check("服务\xff").error().code, Errc::invalid_argument);
  EXPECT_EQ(desk.try_check(std::string(limits::kHeadlineBytesMax + 1, 'a')).error().code,
            Errc::too_large);
  std::string table;
  for (std::size_t i = 0; i <= limits::kHeadlineNumbersMax; ++i) table += "3人，";
  EXPECT_EQ(desk.try_check(table).error().code, Errc::limit_exceeded);
  EXPECT_TRUE(desk.check("").findings.empty());
}

TEST(Headline, texts_made_to_be_hard_end_quickly_and_quietly) {
  const Desk desk;
  std::string powers;
  for (int i = 0; i < 5000; ++i) powers += "万亿";
  std::string ones;
  for (int i = 0; i < 400; ++i) ones += "近约超一百多万";
  std::string every;
  for (int i = 0; i < 5000; ++i) every += "每";
  for (const std::string& text :
       {powers + "人", ones, every + "3人", std::string(60'000, '9') + "人", std::string("第"),
        std::string("百分之"), std::string("分之一"), std::string("3分之0"), std::string("0分之3"),
        std::string("4+"), std::string("2016-"), std::string("数十"), std::string("3至")}) {
    const auto out = desk.try_check(text);
    EXPECT_TRUE(out || out.error().code == Errc::limit_exceeded);
  }
}

}  // namespace
}  // namespace houniao::testing
