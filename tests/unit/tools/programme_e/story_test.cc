// The whole story of programme E over a plain fold: every figure at full size, what is held, what
// is flagged, and that one seed tells one story.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "replay/digest.h"
#include "replay/figures.h"
#include "schema/programmes/packs.h"
#include "tests/unit/tools/stage/money_trace.h"
#include "tests/unit/tools/stage/paper_backstage.h"
#include "tools/programme_e/numbers.h"
#include "tools/programme_e/play.h"

namespace houniao::programme_e {
namespace {

struct Told {
  Pack pack;
  stage::PaperBackstage stage;
  std::unique_ptr<Play> play;

  std::uint64_t seen(const std::string& reason) const {
    auto at = stage.reasons_seen.find(reason);
    return at == stage.reasons_seen.end() ? 0 : at->second;
  }
  // What is held at the end, ascending.
  std::vector<EventId> held() const {
    std::vector<EventId> out;
    for (const auto& [id, judgement] : stage.held) {
      const EventEntry* entry = stage.state.events.find(id);
      if (entry != nullptr && entry->status == EventStatus::held) out.push_back(id);
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  std::vector<EventId> planned() const {
    std::vector<EventId> out = play->kept_held();
    std::sort(out.begin(), out.end());
    return out;
  }
  const FigureResult* find(const std::vector<FigureResult>& figures, const std::string& id) const {
    const auto at = std::find_if(figures.begin(), figures.end(),
                                 [&](const FigureResult& figure) { return figure.id == id; });
    return at == figures.end() ? nullptr : &*at;
  }
};

std::unique_ptr<Told> tell(std::uint64_t seed, std::int64_t permille = 1000) {
  auto told = std::make_unique<Told>();
  auto pack = parse_pack(embedded_pack("e"));
  EXPECT_TRUE(pack) << (pack ? "" : pack.error().message());
  if (!pack) return told;
  told->pack = std::move(*pack);
  told->play = std::make_unique<Play>(
      told->pack, told->stage, seed, [](std::string_view) {}, permille);
  const Result<void> played = told->play->run();
  EXPECT_TRUE(played) << (played ? "" : played.error().message());
  return told;
}

// Telling it takes a while; the tests below look at one telling.
const Told& told() {
  static const std::unique_ptr<Told> once = tell(1);
  return *once;
}

TEST(StoryE, every_figure_holds_but_the_files_that_are_no_persons) {
  const auto figures = compute_figures(told().stage.state, told().pack);
  ASSERT_EQ(figures.size(), 40u);
  for (const FigureResult& figure : figures) {
    const FigureVerdict expected =
        figure.id == "E13" ? FigureVerdict::doubtful : FigureVerdict::holds;
    EXPECT_EQ(figure.verdict, expected) << figure.id << " " << figure.reason_en;
    EXPECT_TRUE(figure.holds) << figure.id << " " << figure.reason_en;
    EXPECT_GT(figure.detail.events, 0u) << figure.id;
  }
}

TEST(StoryE, the_lottery_share_is_fifteen_of_sixty_and_a_quarter_of_the_money) {
  const auto figures = compute_figures(told().stage.state, told().pack);
  const FigureResult* share = told().find(figures, "E31");
  ASSERT_NE(share, nullptr);
  EXPECT_EQ(share->detail.numerator, 15);
  EXPECT_EQ(share->detail.denominator, 60);
  ASSERT_EQ(share->also.size(), 1u);
  EXPECT_EQ(share->also.front().computed, 25);
}

TEST(StoryE, the_log_says_where_the_published_numbers_cannot_be_persons_or_places) {
  const PackReport report = pack_report(told().stage.state, told().pack);
  ASSERT_EQ(report.reconciliations.size(), 10u);
  const std::set<std::string> broken_by_claims = {"R2", "R3"};
  const std::set<std::string> broken_by_log = {"R1", "R2", "R4"};
  for (const ReconciliationResult& r : report.reconciliations) {
    EXPECT_EQ(r.claimed_holds, !broken_by_claims.contains(r.id)) << r.id << " " << r.reason_en;
    EXPECT_EQ(r.computed_holds, !broken_by_log.contains(r.id)) << r.id << " " << r.reason_en;
  }
}

TEST(StoryE, exactly_the_planned_attempts_stay_held) {
  EXPECT_EQ(told().planned().size(), 5u);
  EXPECT_EQ(told().held(), told().planned());
  for (const char* reason : {"scorer_has_interest", "awards_exceed_budget", "purpose_outside_fund",
                             "after_deadline", "access_too_long"}) {
    EXPECT_EQ(told().seen(reason), 1u) << reason;
  }
}

TEST(StoryE, every_payment_says_what_it_paid_for_and_every_fund_adds_up) {
  const State& state = told().stage.state;
  stage::expect_every_payment_explained(state);
  stage::expect_every_advance_earned(state);
  stage::expect_fund_traces_add_up(state);
}

TEST(StoryE, nothing_waits_for_something_that_never_came) {
  EXPECT_TRUE(told().stage.state.waiting.empty());
}

TEST(StoryE, nothing_happens_at_the_wrong_place_or_time) {
  for (const char* reason : {"outside_programme_period",
                             "before_registration",
                             "site_closed",
                             "outside_opening_hours",
                             "over_capacity",
                             "headcount_mismatch",
                             "staff_not_engaged",
                             "outside_contract_period",
                             "person_listed_twice",
                             "outside_session_day",
                             "two_places",
                             "units_differ_from_lines",
                             "guardian_consent_missing",
                             "not_guardian",
                             "consent_not_in_force",
                             "case_closed",
                             "missing_role",
                             "scope_not_granted",
                             "uscc_invalid",
                             "answered_twice",
                             "single_bidder",
                             "same_document",
                             "posted_too_briefly",
                             "honour_repeated",
                             "deliverables_differ",
                             "organisation_not_active",
                             "membership_without_join"}) {
    EXPECT_EQ(told().seen(reason), 0u) << reason;
  }
}

TEST(StoryE, one_reading_without_a_decision_is_flagged_and_no_other) {
  EXPECT_EQ(told().seen("access_missing"), 1u);
}

TEST(StoryE, no_score_of_whoever_stood_aside_takes_part) {
  std::size_t recusals = 0;
  const State& state = told().stage.state;
  for (const auto& [id, proposal] : state.calls.proposals) {
    for (const ProposalScore& score : proposal.scores) recusals += score.recused ? 1 : 0;
  }
  EXPECT_EQ(recusals, 1u);
}

TEST(StoryE, every_township_pays_what_it_contracted_and_no_contest_spends_more_than_its_budget) {
  const State& state = told().stage.state;
  ASSERT_EQ(state.contracts.contracts.size(), 23u);
  for (const auto& [id, contract] : state.contracts.contracts) {
    EXPECT_TRUE(keeps_i4(state, contract));
    EXPECT_EQ(state.ledger.contract(id).accepted, contract.signed_amount);
    EXPECT_EQ(state.ledger.contract(id).net_paid(), contract.signed_amount);
  }
  for (const auto& [id, fund] : state.funds.funds) {
    EXPECT_TRUE(keeps_i3(state.ledger.fund(id))) << fund.name;
  }
  for (const auto& [id, call] : state.calls.calls) {
    if (call.budget.value == 0) continue;
    EXPECT_LE(call.awarded(), call.budget) << call.title;
  }
}

TEST(StoryE, one_seed_tells_one_story) {
  constexpr std::int64_t kSmall = 30;
  const auto first = tell(7, kSmall);
  const auto again = tell(7, kSmall);
  const auto other = tell(8, kSmall);
  EXPECT_EQ(digest(first->stage.state), digest(again->stage.state));
  EXPECT_NE(digest(first->stage.state), digest(other->stage.state));
  EXPECT_GT(told().stage.records, 180'000u);
  EXPECT_LT(first->stage.records, told().stage.records / 5);
  EXPECT_EQ(first->held(), first->planned());
  EXPECT_TRUE(first->stage.state.waiting.empty());
}

TEST(StoryE, amounts_chosen_by_any_seed_stay_inside_their_words) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Numbers n(stage::Dice(seed), 1000);
    EXPECT_GT(n.linked, 850);
    EXPECT_GT(n.incubated, 180);
    EXPECT_GT(n.part_time, 1'200);
    EXPECT_GT(n.trained, 600);
    EXPECT_GT(n.communities, 90);
    EXPECT_GT(n.entries, 120'000);
    EXPECT_NE(n.entries % n.part_time, 0);
    EXPECT_GT(n.contacts, 30'000);
    EXPECT_GT(n.winners, 70);
    EXPECT_LT(n.winners, 80);
    EXPECT_GT(n.matched, 180);
    EXPECT_GT(n.purchase_thousands, 5'000);
    for (const int lessons : n.lessons) EXPECT_GT(lessons, 370);
    EXPECT_GT(n.law_shops, 10);
    EXPECT_GT(n.law_people, 16'000);
  }
}

}  // namespace
}  // namespace houniao::programme_e
