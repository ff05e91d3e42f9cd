#include "replay/families/awards.h"

#include <limits>

#include "tests/unit/replay/families/calls_world.h"

namespace houniao::testing {
namespace {

class Awards : public CallsWorld {
 protected:
  Awards() {
    call = open_call();
    proposal = submit(call, alpha);
    rival = submit(call, beta);
    expert = person();
  }

  EventId appoint(EventId to, EventId in, bool started = true) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initAppointmentChanged();
      b.setPerson(to.value);
      b.setPost("treasurer");
      b.setBody(in.value);
      b.setStarted(started);
      b.setDay(log.today().value);
    });
  }
  EventId employ(EventId whom, EventId by) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initStaffEngaged();
      b.setPerson(whom.value);
      b.setEmployer(by.value);
      b.setPost("clerk");
      b.setFromDay(10'000);
    });
  }
  EventId link(EventId one, EventId other) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initPersonLinkDecided();
      b.setFirst(one.value);
      b.setSecond(other.value);
      b.setSame(true);
      b.setReason("same document");
    });
  }
  DeviceNumber device_of_decider(EventId who) {
    return log.enrol({.holder = who.value, .roles = {Role::SUPERVISOR}});
  }

  EventId call, proposal, rival, expert;
};

// --- scores ------------------------------------------------------------------------------------

TEST_F(Awards, a_score_is_a_row_of_its_scorer) {
  const EventId scored = score(proposal, expert);
  EXPECT_ACCEPTED(scored);
  const FactRow row = first_row(scored);
  EXPECT_EQ(text(row.kind), "scored");
  EXPECT_EQ(text(row.attr), "city_contest");
  EXPECT_EQ(row.subject, expert.value);
  EXPECT_EQ(row.group, proposal.value);
  EXPECT_EQ(text(first_row(recuse(proposal, person())).kind), "recused");
}

TEST_F(Awards, the_mean_is_over_all_scorers_and_rounded_down) {
  EXPECT_EQ(mean(proposal), std::nullopt);
  EXPECT_EQ(mean(call), std::nullopt);
  score(proposal, expert, 50, 30);
  EXPECT_EQ(mean(proposal), 800u);
  score(proposal, person(), 45, 20);
  score(proposal, person(), 60, 40);
  EXPECT_EQ(mean(proposal), 816u);  // 245 of 300
  EXPECT_EQ(mean(rival), std::nullopt);
}

TEST_F(Awards, whoever_stands_aside_counts_for_nothing_before_and_after) {
  const EventId judge = person();
  score(proposal, expert, 10, 10);
  score(proposal, judge, 60, 40);
  const EventId aside = recuse(proposal, judge);
  EXPECT_ACCEPTED(aside);
  EXPECT_EQ(mean(proposal), 200u);
  const EventId early = person();
  recuse(proposal, early);
  EXPECT_ACCEPTED(score(proposal, early, 60, 40));
  EXPECT_EQ(mean(proposal), 200u);
  retract(aside);
  EXPECT_EQ(mean(proposal), 600u);
}

TEST_F(Awards, a_scorer_scores_a_proposal_once_under_whatever_id) {
  score(proposal, expert);
  const EventId again = score(proposal, expert, 60, 40);
  EXPECT_HELD_FOR(again, scored_twice);
  EXPECT_HELD_FOR(score(proposal, employ(expert, organiser), 60, 40), scored_twice);
  EXPECT_ACCEPTED(score(rival, expert));
  release(again);
  EXPECT_TRUE(held(again));
  EXPECT_EQ(mean(proposal), 800u);
}

TEST_F(Awards, a_score_that_is_retracted_makes_room_for_another) {
  const EventId first = score(proposal, expert);
  retract(first);
  EXPECT_EQ(mean(proposal), std::nullopt);
  EXPECT_ACCEPTED(score(proposal, expert, 60, 40));
  EXPECT_EQ(mean(proposal), 1000u);
}

TEST_F(Awards, every_criterion_is_scored_once_within_its_points) {
  const std::vector<std::vector<Criterion>> wrong = {
      {},
      {{"idea", 50}},
      {{"idea", 50}, {"idea", 50}},
      {{"idea", 50}, {"charm", 30}},
      {{"idea", 61}, {"effect", 30}},
      {{"idea", -1}, {"effect", 30}},
      {{"idea", std::numeric_limits<std::int32_t>::min()}, {"effect", 30}},
      {{"idea", 50}, {"effect", 30}, {"charm", 1}},
  };
  for (const auto& points : wrong) {
    EXPECT_HELD_FOR(score(proposal, person(), Scoring{.points = points}), scores_invalid);
  }
  EXPECT_ACCEPTED(score(proposal, expert, 60, 0));
}

TEST_F(Awards, a_score_that_is_released_counts_within_its_bounds) {
  const EventId generous = score(proposal, expert, 1'000, 40);
  EXPECT_HELD_FOR(generous, scores_invalid);
  release(generous);
  EXPECT_IN_FORCE(generous);
  EXPECT_EQ(mean(proposal), 1000u);
}

TEST_F(Awards, a_scorer_is_no_applicant_under_any_id) {
  const EventId founder = person();
  const EventId own = submit(call, founder);
  EXPECT_HELD_FOR(score(own, founder), scorer_has_interest);
  EXPECT_HELD_FOR(score(own, employ(founder, organiser)), scorer_has_interest);
  EXPECT_ACCEPTED(score(rival, founder));
  const EventId double_entry = person();
  link(founder, double_entry);
  EXPECT_HELD_FOR(score(own, double_entry), scorer_has_interest);
}

TEST_F(Awards, a_scorer_acts_for_no_applicant) {
  join(expert, alpha);
  const EventId member = score(proposal, expert);
  EXPECT_HELD_FOR(member, scorer_has_interest);
  release(member);
  EXPECT_TRUE(held(member));
  EXPECT_ACCEPTED(score(rival, expert));
  const EventId clerk = person();
  const EventId as_staff = employ(clerk, alpha);
  EXPECT_HELD_FOR(score(proposal, clerk), scorer_has_interest);
  EXPECT_HELD_FOR(score(proposal, as_staff), scorer_has_interest);
  const EventId treasurer = person();
  appoint(treasurer, alpha);
  EXPECT_HELD_FOR(score(proposal, treasurer), scorer_has_interest);
  EXPECT_EQ(mean(proposal), std::nullopt);
}

TEST_F(Awards, whoever_has_left_an_applicant_may_score) {
  join(expert, alpha);
  appoint(expert, alpha);
  EXPECT_HELD_FOR(score(proposal, expert), scorer_has_interest);
  days_pass(1);
  join(expert, alpha, false);
  appoint(expert, alpha, false);
  EXPECT_ACCEPTED(score(proposal, expert));
}

TEST_F(Awards, a_declared_interest_is_no_score_but_a_recusal_is_always_in_order) {
  EXPECT_HELD_FOR(score(proposal, expert, Scoring{.interest = "cousin"}), scorer_has_interest);
  join(expert, alpha);
  EXPECT_ACCEPTED(recuse(proposal, expert));
  EXPECT_EQ(mean(proposal), std::nullopt);
}

TEST_F(Awards, a_score_names_a_scorer_and_a_proposal_that_are_known) {
  EXPECT_HELD_FOR(score(proposal, EventId{}), value_invalid);
  EXPECT_HELD_FOR(score(proposal, alpha), wrong_reference);
  EXPECT_HELD_FOR(score(call, expert), wrong_reference);
  log.offline(other_field);
  const EventId late = submit(call, alpha, other_field);
  const EventId waiting = score(late, expert);
  EXPECT_HELD_FOR(waiting, orphan);
  log.online(other_field);
  EXPECT_IN_FORCE(waiting);
  EXPECT_EQ(mean(late), 800u);
}

// --- awards ------------------------------------------------------------------------------------

TEST_F(Awards, an_award_has_a_row_for_each_winner_and_counts_once) {
  const EventId joint = submit(call, {.applicants = {{alpha, 600}, {beta, 400}}});
  const EventId won = award(call, joint, 40'000);
  EXPECT_ACCEPTED(won);
  EXPECT_EQ(log.state().facts.rows_of(won).count, 2u);
  const FactRow row = first_row(won);
  EXPECT_EQ(text(row.kind), "contest");
  EXPECT_EQ(text(row.attr), "city_contest");
  EXPECT_EQ(row.subject, alpha.value);
  EXPECT_EQ(row.group, joint.value);
  EXPECT_EQ(row_at(won, 1).subject, beta.value);
  const FactFilter awards = of_type(schema::Event::Body::AWARD_DECIDED);
  EXPECT_EQ(quantity(awards), 1);
  EXPECT_EQ(amount(awards), 40'000);
  EXPECT_EQ(left(call), Fen{60'000});
  const auto of_call = log.state().calls.awards_of(entity_cast<CallId>(call));
  ASSERT_EQ(of_call.size(), 1u);
  EXPECT_EQ(of_call[0].proposal, entity_cast<ProposalId>(joint));
}

TEST_F(Awards, the_awards_of_a_call_stay_within_its_budget) {
  const EventId first = award(call, proposal, 60'000);
  EXPECT_ACCEPTED(first);
  const EventId second = award(call, rival, 40'001);
  EXPECT_HELD_FOR(second, awards_exceed_budget);
  release(second);
  EXPECT_TRUE(held(second));
  EXPECT_EQ(left(call), Fen{40'000});
  EXPECT_ACCEPTED(award(call, rival, 40'000));
  EXPECT_EQ(left(call), Fen{0});
}

TEST_F(Awards, money_of_a_retracted_award_can_be_given_to_another) {
  const EventId first = award(call, proposal, 60'000);
  const EventId second = award(call, rival, 60'000);
  EXPECT_HELD_FOR(second, awards_exceed_budget);
  retract(first);
  EXPECT_EQ(left(call), Fen{100'000});
  release(second);
  EXPECT_IN_FORCE(second);
  EXPECT_EQ(left(call), Fen{40'000});
  EXPECT_EQ(quantity(of_type(schema::Event::Body::AWARD_DECIDED)), 1);
}

TEST_F(Awards, the_awards_of_a_lot_stay_within_its_amount) {
  const EventId in_lots = open_call({.lots = {{"a", 60'000}, {"b", 0}}});
  const EventId for_a = submit(in_lots, {.applicants = {{alpha}}, .lot = "a"});
  const EventId also_a = submit(in_lots, {.applicants = {{beta}}, .lot = "a"});
  const EventId for_b = submit(in_lots, {.applicants = {{beta}}, .lot = "b"});
  EXPECT_ACCEPTED(award(in_lots, for_a, {.fen = 50'000, .lot = "a"}));
  EXPECT_HELD_FOR(award(in_lots, also_a, {.fen = 10'001, .lot = "a"}), awards_exceed_lot);
  const EventId rest = award(in_lots, also_a, {.fen = 10'000, .lot = "a"});
  EXPECT_ACCEPTED(rest);
  EXPECT_EQ(text(first_row(rest).attr), "a");
  EXPECT_HELD_FOR(award(in_lots, for_b, {.fen = 40'001, .lot = "b"}), awards_exceed_budget);
  EXPECT_IN_FORCE(award(in_lots, for_b, {.fen = 40'000, .lot = "b"}));
}

TEST_F(Awards, an_award_is_in_the_lot_that_its_proposal_is_for) {
  const EventId in_lots = open_call({.lots = {{"a", 60'000}, {"b", 40'000}}});
  const EventId for_a = submit(in_lots, {.applicants = {{alpha}}, .lot = "a"});
  EXPECT_HELD_FOR(award(in_lots, for_a, {.fen = 1, .lot = "b"}), lot_unknown);
  EXPECT_HELD_FOR(award(in_lots, for_a, {.fen = 1, .lot = "c"}), lot_unknown);
  EXPECT_HELD_FOR(award(in_lots, for_a, {.fen = 1}), lot_unknown);
  EXPECT_HELD_FOR(award(call, proposal, {.fen = 1, .lot = "a"}), lot_unknown);
}

TEST_F(Awards, a_call_without_a_budget_limits_no_award) {
  const EventId fair = open_call({.kind = Kind::MATCHING, .budget = 0});
  EXPECT_ACCEPTED(award(fair, submit(fair, alpha), 0));
  EXPECT_ACCEPTED(award(fair, submit(fair, beta), 1'020'000));
  EXPECT_EQ(left(fair), Fen{0});
}

TEST_F(Awards, a_proposal_is_awarded_once_until_that_award_is_retracted) {
  const EventId first = award(call, proposal);
  EXPECT_ACCEPTED(first);
  const EventId again = award(call, proposal);
  EXPECT_HELD_FOR(again, award_repeated);
  release(again);
  EXPECT_TRUE(held(again)) << "the first one has to go before";
  EXPECT_EQ(left(call), Fen{90'000});
  EXPECT_ACCEPTED(award(call, rival));
  retract(first);
  release(again);
  EXPECT_IN_FORCE(again);
  EXPECT_EQ(left(call), Fen{80'000});
}

TEST_F(Awards, an_award_before_the_deadline_is_held_until_somebody_decides) {
  const EventId open = open_call({.deadline_in = 2});
  const EventId eager = submit(open, alpha);
  const EventId other = submit(open, beta);
  days_pass(1);
  const EventId too_early = award(open, eager);
  EXPECT_HELD_FOR(too_early, award_before_deadline);
  EXPECT_EQ(left(open), Fen{100'000});
  release(too_early);
  EXPECT_IN_FORCE(too_early);
  days_pass(1);  // the last day
  EXPECT_ACCEPTED(award(open, other));
}

TEST_F(Awards, hostile_amounts_never_take_effect) {
  for (std::int64_t fen : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                           kFenMax.value + 1, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_HELD_FOR(award(call, proposal, fen), amount_invalid);
  }
  EXPECT_EQ(left(call), Fen{100'000});
}

TEST_F(Awards, an_award_states_its_reason_and_where_it_is_published) {
  EXPECT_HELD_FOR(award(call, proposal, {.disclosure = ""}), disclosure_missing);
  EXPECT_HELD_FOR(award(call, proposal, {.reason = ""}), reason_missing);
}

TEST_F(Awards, an_award_goes_to_a_proposal_of_the_same_call_in_force) {
  const EventId other = open_call({.edition = 6});
  const EventId elsewhere = submit(other, alpha);
  const EventId wrong = award(call, elsewhere);
  EXPECT_HELD_FOR(wrong, proposal_of_other_call);
  release(wrong);
  EXPECT_TRUE(held(wrong));
  EXPECT_HELD_FOR(award(call, call), wrong_reference);
  EXPECT_HELD_FOR(award(call, EventId{}), value_invalid);
  EXPECT_HELD_FOR(award(organiser, proposal), wrong_reference);
  retract(proposal);
  const EventId gone = award(call, proposal);
  EXPECT_HELD_FOR(gone, proposal_of_other_call);
  EXPECT_TRUE(has(gone, Reason::target_retracted));
}

TEST_F(Awards, an_award_waits_for_its_proposal) {
  log.offline(other_field);
  const EventId late = submit(call, alpha, other_field);
  const EventId won = award(call, late);
  EXPECT_HELD_FOR(won, orphan);
  log.online(other_field);
  EXPECT_IN_FORCE(won);
  EXPECT_EQ(left(call), Fen{90'000});
}

TEST_F(Awards, whoever_decides_takes_no_part_in_the_call) {
  const EventId founder = person();
  submit(call, founder);
  const DeviceNumber own = device_of_decider(founder);
  EXPECT_HELD_FOR(award(call, proposal, {}, own), not_independent);
  const EventId member = person();
  const DeviceNumber theirs = device_of_decider(member);
  EXPECT_ACCEPTED(award(call, proposal, {}, theirs));
  join(member, alpha);
  EXPECT_HELD_FOR(award(call, proposal, {}, theirs), not_independent);
  EXPECT_ACCEPTED(award(call, rival, {}, theirs));
}

TEST_F(Awards, a_contest_or_tender_with_one_valid_proposal_is_flagged) {
  for (Kind kind : {Kind::CONTEST, Kind::TENDER}) {
    const EventId single = open_call({.kind = kind});
    const EventId only = submit(single, alpha);
    const EventId first_award = award(single, only);
    EXPECT_FLAGGED_FOR(first_award, single_bidder);
    retract(first_award);
    const EventId second = submit(single, beta);
    const EventId next_award = award(single, only);
    EXPECT_ACCEPTED(next_award);
    retract(next_award);
    retract(second);
    EXPECT_FLAGGED_FOR(award(single, only), single_bidder);
  }
  const EventId fair = open_call({.kind = Kind::MATCHING});
  EXPECT_ACCEPTED(award(fair, submit(fair, alpha)));
}

TEST_F(Awards, competition_is_within_a_lot) {
  const EventId in_lots = open_call({.lots = {{"a", 60'000}, {"b", 40'000}}});
  const EventId for_a = submit(in_lots, {.applicants = {{alpha}}, .lot = "a"});
  submit(in_lots, {.applicants = {{beta}}, .lot = "b"});
  const EventId won = award(in_lots, for_a, {.lot = "a"});
  EXPECT_FLAGGED_FOR(won, single_bidder);
  retract(won);
  submit(in_lots, {.applicants = {{beta}}, .lot = "a"});
  EXPECT_ACCEPTED(award(in_lots, for_a, {.lot = "a"}));
}

}  // namespace
}  // namespace houniao::testing
