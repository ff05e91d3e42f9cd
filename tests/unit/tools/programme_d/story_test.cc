// The whole story of programme D over a plain fold: every figure at full size, what is held, what
// is flagged and why, and that one seed tells one story.
#include <gtest/gtest.h>

#include <algorithm>

#include "replay/digest.h"
#include "replay/figures.h"
#include "schema/programmes/packs.h"
#include "tests/unit/tools/stage/money_trace.h"
#include "tests/unit/tools/stage/paper_backstage.h"
#include "tools/programme_d/play.h"

namespace houniao::programme_d {
namespace {

struct Told {
  Pack pack;
  stage::PaperBackstage stage;
  std::unique_ptr<Play> play;

  std::uint64_t seen(const std::string& reason) const {
    auto at = stage.reasons_seen.find(reason);
    return at == stage.reasons_seen.end() ? 0 : at->second;
  }
};

std::unique_ptr<Told> tell(std::uint64_t seed, std::int64_t permille = 1000) {
  auto told = std::make_unique<Told>();
  auto pack = parse_pack(embedded_pack("d"));
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

bool was_flagged_for(const State& state, EventId event, Reason reason) {
  auto at = state.reasons.find(event);
  return at != state.reasons.end() && at->second.has(reason);
}

TEST(StoryD, every_figure_of_the_article_is_borne_out) {
  const auto figures = compute_figures(told().stage.state, told().pack);
  ASSERT_EQ(figures.size(), 9u);
  for (const FigureResult& figure : figures) {
    EXPECT_EQ(figure.verdict, FigureVerdict::holds) << figure.id << " " << figure.reason_en;
    EXPECT_GT(figure.detail.events, 0u) << figure.id;
  }
}

TEST(StoryD, demands_insurance_and_hours_agree_with_one_another) {
  const PackReport report = pack_report(told().stage.state, told().pack);
  ASSERT_EQ(report.reconciliations.size(), 5u);
  for (const ReconciliationResult& r : report.reconciliations) {
    EXPECT_TRUE(r.claimed_holds) << r.id << " " << r.reason_en;
    EXPECT_TRUE(r.computed_holds) << r.id << " " << r.reason_en;
  }
}

TEST(StoryD, exactly_the_planned_attempts_stay_held) {
  std::vector<EventId> held;
  for (const auto& [id, judgement] : told().stage.held) {
    const EventEntry* entry = told().stage.state.events.find(id);
    ASSERT_NE(entry, nullptr);
    if (entry->status == EventStatus::held) held.push_back(id);
  }
  std::vector<EventId> planned = told().play->kept_held();
  EXPECT_EQ(planned.size(), 4u);
  std::sort(planned.begin(), planned.end());
  std::sort(held.begin(), held.end());
  EXPECT_EQ(held, planned);
  for (const char* reason : {"purpose_outside_fund", "assignment_breaks_rule",
                             "claim_shares_not_whole", "points_short"}) {
    EXPECT_EQ(told().seen(reason), 1u) << reason;
  }
}

TEST(StoryD, every_payment_says_what_it_paid_for_and_every_fund_adds_up) {
  const State& state = told().stage.state;
  stage::expect_every_payment_explained(state);
  stage::expect_every_advance_earned(state);
  stage::expect_fund_traces_add_up(state);
}

TEST(StoryD, nothing_waits_for_something_that_never_came) {
  EXPECT_TRUE(told().stage.state.waiting.empty());
}

TEST(StoryD, nothing_happens_at_the_wrong_place_or_time) {
  for (const char* reason : {"outside_programme_period",
                             "before_registration",
                             "outside_life_time",
                             "site_closed",
                             "outside_session_day",
                             "over_capacity",
                             "headcount_mismatch",
                             "staff_not_engaged",
                             "digest_incomplete",
                             "demand_closed",
                             "dispatch_without_order",
                             "order_not_assigned",
                             "fulfilment_missing",
                             "performer_reviews",
                             "uninsured_duty",
                             "untrained_duty",
                             "two_places",
                             "minutes_exceed_duty",
                             "points_exceed_rule",
                             "lease_short",
                             "stock_short",
                             "certificate_exceeds_hours",
                             "rating_kind_differs",
                             "not_invited"}) {
    EXPECT_EQ(told().seen(reason), 0u) << reason;
  }
}

TEST(StoryD, every_order_is_given_out_and_accepted_in_the_end) {
  std::size_t joint = 0;
  std::size_t returned = 0;
  std::size_t handed_on = 0;
  const auto& orders = told().stage.state.orders.orders;
  EXPECT_GT(orders.size(), 90u);
  for (const auto& [id, order] : orders) {
    EXPECT_EQ(order.status(), OrderStatus::accepted) << to_string(EventId{id.value});
    joint += order.performing_claim()->claimants.size() > 1 ? 1u : 0u;
    returned += order.reviews.size() > 1 ? 1u : 0u;
    handed_on += order.assignments.size() > 1 ? 1u : 0u;
  }
  EXPECT_GT(joint, 5u);
  EXPECT_EQ(returned, 1u);
  EXPECT_EQ(handed_on, 1u);
}

TEST(StoryD, a_panel_that_took_part_is_flagged_until_its_members_stand_aside) {
  const State& state = told().stage.state;
  const Day split = stage::on(2024, 1, 1);
  std::size_t flagged = 0;
  for (const auto& [id, order] : state.orders.orders) {
    for (const OrderReview& review : order.reviews) {
      const bool own = was_flagged_for(state, review.event, Reason::panel_took_part);
      flagged += own ? 1u : 0u;
      EXPECT_FALSE(own && review.day >= split) << to_string(review.event);
    }
  }
  EXPECT_GT(flagged, 10u);
  for (const auto& [id, finding] : state.audit.findings.findings) {
    EXPECT_EQ(state.audit.findings.status_on(finding, stage::on(2024, 3, 31)),
              FindingStatus::resolved);
  }
}

TEST(StoryD, points_are_leased_redeemed_offline_and_given_back_and_never_go_below_zero) {
  const PointsState& points = told().stage.state.volunteers.points;
  EXPECT_GT(points.leases.size(), 60u);
  for (const auto& [id, lease] : points.leases) {
    EXPECT_TRUE(lease.is_closed());
    EXPECT_EQ(lease.left(), 0);
    EXPECT_GT(lease.spent, 0);
  }
  for (const auto& [volunteer, account] : points.accounts) EXPECT_GE(account.available, 0);
}

TEST(StoryD, goods_handed_over_beyond_the_points_are_paid_by_the_site) {
  EXPECT_EQ(told().seen("points_shortage"), 1u);
  const State& state = told().stage.state;
  std::int64_t uncovered = 0;
  for (const auto& [volunteer, account] : state.volunteers.points.accounts) {
    uncovered += account.uncovered();
  }
  EXPECT_GT(uncovered, 0);
  for (const auto& [site, entry] : state.sites.sites) {
    EXPECT_TRUE(state.volunteers.points.shortages_of(site).empty());
  }
}

TEST(StoryD, certificates_state_no_more_than_was_confirmed) {
  const HoursState& hours = told().stage.state.volunteers.hours;
  EXPECT_EQ(hours.certificate_numbers.size(), 18u);
  for (const auto& [volunteer, list] : hours.certificates) {
    EXPECT_TRUE(hours.certificates_hold(volunteer));
  }
}

TEST(StoryD, one_seed_tells_one_story) {
  constexpr std::int64_t kSmall = 150;
  const auto first = tell(7, kSmall);
  const auto again = tell(7, kSmall);
  const auto other = tell(8, kSmall);
  EXPECT_EQ(digest(first->stage.state), digest(again->stage.state));
  EXPECT_NE(digest(first->stage.state), digest(other->stage.state));
  EXPECT_LT(first->stage.records, told().stage.records / 2);
  EXPECT_TRUE(first->stage.state.waiting.empty());
}

TEST(StoryD, amounts_chosen_by_any_seed_stay_inside_their_words) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Numbers n = Numbers::from_seed(Dice(seed), 1000);
    const int people = n.eighty + n.sixty + n.younger;
    EXPECT_GE((n.eighty + n.sixty) * 100, people * 60);
    EXPECT_GT(n.eighty, 300);
    EXPECT_LT(n.eighty, 400);
    EXPECT_EQ(n.officers, 10);
    EXPECT_GT(n.minutes_2022 + n.minutes_2023, 2 * 1'500 * 60);
  }
}

}  // namespace
}  // namespace houniao::programme_d
