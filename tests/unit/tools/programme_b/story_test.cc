// The whole story over a plain fold: every figure of programme B at full size, what is held, and
// that one seed tells one story.
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "replay/digest.h"
#include "replay/families/sealing.h"
#include "replay/figures.h"
#include "replay/period_report.h"
#include "schema/checksums.h"
#include "schema/programmes/packs.h"
#include "tests/unit/tools/stage/money_trace.h"
#include "tests/unit/tools/stage/paper_backstage.h"
#include "tools/programme_b/play.h"

namespace houniao::programme_b {
namespace {

struct Told {
  Pack pack;
  stage::PaperBackstage stage;
  std::unique_ptr<Cast> cast;
  std::unique_ptr<Story> story;
};

std::unique_ptr<Told> tell(std::uint64_t seed) {
  auto told = std::make_unique<Told>();
  told->pack = *parse_pack(embedded_pack("b"));
  told->cast = std::make_unique<Cast>(told->stage);
  told->story = std::make_unique<Story>(told->pack, *told->cast, seed, [](std::string_view) {});
  const Result<void> played = play(*told->story);
  EXPECT_TRUE(played) << (played ? "" : played.error().message());
  return told;
}

// Telling it takes a while; the tests below look at one telling.
const Told& told() {
  static const std::unique_ptr<Told> once = tell(1);
  return *once;
}

TEST(StoryB, every_figure_holds_but_the_two_that_the_article_itself_breaks) {
  const auto figures = compute_figures(told().stage.state, told().pack);
  ASSERT_EQ(figures.size(), 45u);
  for (const FigureResult& figure : figures) {
    const bool broken = figure.id == "B19" || figure.id == "B31";
    EXPECT_EQ(figure.holds, !broken) << figure.id << " " << figure.reason_en;
  }
}

TEST(StoryB, the_party_share_is_sixty_five_of_sixty_six) {
  for (const FigureResult& figure : compute_figures(told().stage.state, told().pack)) {
    if (figure.id != "B06") continue;
    EXPECT_EQ(figure.detail.numerator, 65);
    EXPECT_EQ(figure.detail.denominator, 66);
  }
}

TEST(StoryB, the_itemised_services_do_not_add_up_and_the_log_says_so) {
  const auto figures = compute_figures(told().stage.state, told().pack);
  for (const ReconciliationResult& r : reconcile(told().pack, figures)) {
    EXPECT_FALSE(r.claimed_holds) << r.id << " " << r.reason_en;
    if (r.id == "R1") {
      EXPECT_EQ(r.lines.back().claimed, 39'165);
      EXPECT_GT(r.lines.back().computed, 39'000);
    }
  }
}

TEST(StoryB, exactly_the_planned_attempts_stay_held) {
  std::vector<EventId> held;
  for (const auto& [id, judgement] : told().stage.held) {
    const EventEntry* entry = told().stage.state.events.find(id);
    ASSERT_NE(entry, nullptr);
    if (entry->status == EventStatus::held) held.push_back(id);
  }
  std::vector<EventId> planned = told().story->kept_held;
  std::sort(planned.begin(), planned.end());
  std::sort(held.begin(), held.end());
  EXPECT_EQ(held, planned);
}

TEST(StoryB, a_payment_asked_for_before_acceptance_is_held_and_paid_after_it) {
  const EventId early = told().story->held_before_acceptance;
  const auto& held = told().stage.held;
  const auto at =
      std::find_if(held.begin(), held.end(), [&](const auto& h) { return h.first == early; });
  ASSERT_NE(at, held.end());
  EXPECT_TRUE(at->second.reasons.has(Reason::payment_before_acceptance));
  const Request* request = told().stage.state.funds.find_request(RequestId{early.value});
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->net_paid(), request->amount);
}

TEST(StoryB, clients_money_ends_at_zero) {
  std::int64_t held = 0;
  std::int64_t received = 0;
  const State& state = told().stage.state;
  for (const auto& [id, person] : state.people.persons) {
    held += state.ledger.balance({AccountKind::custody_held, id.value}).value;
    received -= state.ledger.balance({AccountKind::custody_source, id.value}).value;
  }
  EXPECT_EQ(held, 0);
  EXPECT_GT(received, 1'000'000);
}

TEST(StoryB, every_payment_says_what_it_paid_for_and_every_fund_adds_up) {
  const State& state = told().stage.state;
  stage::expect_every_payment_explained(state);
  stage::expect_every_advance_earned(state);
  stage::expect_fund_traces_add_up(state);
}

const Seal* find_seal(const Told& of) {
  const auto* seals = of.stage.state.audit.findings.seals.of(of.story->programme);
  return seals == nullptr || seals->size() != 1 ? nullptr : &seals->front();
}

TEST(StoryB, one_year_is_sealed_by_two_and_the_seal_is_accepted) {
  const EventEntry* entry = told().stage.state.events.find(told().story->seal);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->status, EventStatus::accepted);
  const Seal* seal = find_seal(told());
  ASSERT_NE(seal, nullptr);
  EXPECT_EQ(seal->event, told().story->seal);
  EXPECT_EQ(to_string(seal->from), "2013-01-01");
  EXPECT_EQ(to_string(seal->to), "2013-12-31");
  EXPECT_NE(seal->root, Hash{});
  const std::set<std::uint64_t> signers(seal->signers.begin(), seal->signers.end());
  EXPECT_EQ(signers.size(), 2u);
}

// Everything of the year lies before the seal, so that the end of the log gives the same bytes.
TEST(StoryB, the_sealed_report_has_facts_and_money_and_nothing_came_late) {
  const Seal* seal = find_seal(told());
  ASSERT_NE(seal, nullptr);
  const auto report = period_report(told().stage.state, told().story->programme, seal->from,
                                    seal->to, &told().pack);
  ASSERT_TRUE(report) << report.error().message();
  ASSERT_EQ(seal->reports.size(), 1u);
  EXPECT_EQ(seal->reports[0].name, kPeriodReportName);
  EXPECT_EQ(seal->reports[0].sha256, sha256(as_bytes(*report)));
  const std::string money = std::to_string(told().story->numbers.league_fen[0]);
  for (const std::string& text :
       {std::string("\"type\":\"AgencyCaseOpened\""), "\"received_fen\":" + money}) {
    EXPECT_NE(report->find(text), std::string::npos) << text;
  }
  const FactTable::Columns& c = told().stage.state.facts.columns();
  for (std::size_t row = 0; row < told().stage.state.facts.size(); ++row) {
    const bool dead = c.event[row] == 0;
    if (dead || c.programme[row] != told().story->programme.value) continue;
    ASSERT_EQ(booked_day(told().stage.state, c, row), Day{c.day[row]}) << "row " << row;
  }
}

TEST(StoryB, nothing_waits_for_something_that_never_came) {
  EXPECT_TRUE(told().stage.state.waiting.empty());
}

TEST(StoryB, identification_numbers_check_and_are_never_given_twice) {
  Identities identities{Dice(5)};
  std::set<std::string> seen;
  for (int i = 0; i < 500; ++i) {
    const Identity identity = identities.person(true);
    const auto id = parse_resident_id(identity.data.id_number);
    ASSERT_TRUE(id) << "an invented number fails its check digit";
    EXPECT_EQ(id->male, identity.male);
    EXPECT_EQ(id->birth, *identity.data.birth_date);
    EXPECT_TRUE(seen.insert(identity.data.id_number).second);
    EXPECT_TRUE(valid_uscc(identities.uscc("52", 440400)));
  }
  EXPECT_EQ(identities.secrets().size(), 1500u);
}

TEST(StoryB, amounts_chosen_by_any_seed_stay_inside_their_words) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Numbers n = Numbers::from_seed(Dice(seed));
    EXPECT_GT(n.committees_abroad + n.committees_zhuhai, 300);
    EXPECT_GT(n.contacts, n.online);
    EXPECT_GT(n.id_cards, n.files);
    EXPECT_LT(n.id_cards, 8900);
    EXPECT_GE(n.sessions_other(), 0);
  }
}

}  // namespace
}  // namespace houniao::programme_b
