#include "replay/families/calls.h"

#include <limits>

#include "replay/digest.h"
#include "replay/snapshot.h"
#include "tests/unit/replay/families/calls_world.h"

namespace houniao::testing {
namespace {

class Calls : public CallsWorld {};

// --- the call ----------------------------------------------------------------------------------

TEST_F(Calls, a_call_is_a_row_of_its_kind_its_series_and_its_edition) {
  const EventId opened = open_call();
  EXPECT_ACCEPTED(opened);
  const FactRow row = first_row(opened);
  EXPECT_EQ(text(row.kind), "contest");
  EXPECT_EQ(text(row.attr), "city_contest");
  EXPECT_EQ(row.group, 5u);
  EXPECT_EQ(row.subject, organiser.value);
  EXPECT_EQ(row.amount_fen, 100'000);
  EXPECT_EQ(text(first_row(open_call({.kind = Kind::TENDER})).kind), "tender");
  EXPECT_EQ(text(first_row(open_call({.kind = Kind::MATCHING})).kind), "matching");
  EXPECT_EQ(text(first_row(open_call({.kind = Kind::CROWDFUNDING})).kind), "crowdfunding");
  EXPECT_EQ(left(opened), Fen{100'000});
}

TEST_F(Calls, a_call_has_a_title_a_series_for_its_edition_and_an_organiser) {
  EXPECT_HELD_FOR(open_call({.title = ""}), text_missing);
  EXPECT_HELD_FOR(open_call({.code = ""}), text_missing);
  EXPECT_ACCEPTED(open_call({.code = "", .edition = 0}));
  EXPECT_HELD_FOR(open_call({.organiser = person()}), wrong_reference);
  EXPECT_HELD_FOR(open_call({.fund = organiser}), wrong_reference);
  EXPECT_ACCEPTED(open_call({.fund = establish_fund()}));
  const EventId nobody = log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initCallOpened();
    b.setTitle("contest");
    b.setDeadlineDay(log.today().value);
    b.initCoOrganisers(1).set(0, 0);
  });
  EXPECT_HELD_FOR(nobody, value_invalid);
}

TEST_F(Calls, a_call_waits_for_its_organiser) {
  log.offline(field);
  const EventId late = organisation("");
  const EventId opened = open_call({.organiser = late});
  EXPECT_HELD_FOR(opened, orphan);
  EXPECT_EQ(find_call(opened), nullptr);
  log.online(field);
  EXPECT_IN_FORCE(opened);
  EXPECT_NE(find_call(opened), nullptr);
}

TEST_F(Calls, the_days_and_the_minute_of_a_call_make_sense) {
  EXPECT_HELD_FOR(open_call({.opens_in = 11, .deadline_in = 10}), interval_invalid);
  EXPECT_HELD_FOR(open_call({.deadline_in = -log.today().value}), value_invalid);
  const EventId opened = open_call({.minute = 1'440});
  EXPECT_HELD_FOR(opened, time_invalid);
  release(opened);
  ASSERT_NE(find_call(opened), nullptr);
  EXPECT_EQ(find_call(opened)->deadline_minute, -1);
}

TEST_F(Calls, lots_and_criteria_are_named_once_and_fit_the_call) {
  EXPECT_ACCEPTED(open_call({.lots = {{"a", 60'000}, {"b", 40'000}}}));
  EXPECT_FLAGGED_FOR(open_call({.lots = {{"a", 60'000}, {"b", 40'001}}}), count_exceeds_total);
  EXPECT_HELD_FOR(open_call({.lots = {{"a", 1}, {"a", 2}}}), value_invalid);
  EXPECT_HELD_FOR(open_call({.lots = {{"", 1}}}), text_missing);
  EXPECT_HELD_FOR(open_call({.criteria = {{"idea", 1}, {"idea", 2}}}), value_invalid);
  EXPECT_HELD_FOR(open_call({.criteria = {{"idea", 0}}}), value_invalid);
  EXPECT_HELD_FOR(open_call({.criteria = {{"", 5}}}), text_missing);
}

TEST_F(Calls, hostile_amounts_never_take_effect) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  for (std::int64_t fen : {kMin, std::int64_t{-1}, kMax}) {
    EXPECT_HELD_FOR(open_call({.budget = fen}), amount_invalid);
    EXPECT_HELD_FOR(open_call({.lots = {{"a", fen}, {"b", fen}}}), amount_invalid);
  }
}

TEST_F(Calls, a_call_that_is_released_in_spite_of_its_criteria_keeps_them_within_bounds) {
  const EventId opened =
      open_call({.criteria = {{"idea", std::numeric_limits<std::int32_t>::max()}, {"idea", 5}}});
  EXPECT_HELD_FOR(opened, value_invalid);
  release(opened);
  EXPECT_IN_FORCE(opened);
  ASSERT_EQ(find_call(opened)->criteria.size(), 1u);
  EXPECT_EQ(find_call(opened)->criteria[0].points_max, 1'000'000);
}

// --- the deadline ------------------------------------------------------------------------------

TEST_F(Calls, a_proposal_is_in_time_by_when_the_server_received_it) {
  const EventId call = open_call({.deadline_in = 1});
  log.offline(field);
  const EventId recorded_in_time = submit(call, alpha);
  days_pass(2);
  log.online(field);
  EXPECT_HELD_FOR(recorded_in_time, after_deadline);
  EXPECT_EQ(find_proposal(recorded_in_time), nullptr);
}

TEST_F(Calls, a_late_proposal_stays_out_whoever_releases_it) {
  const EventId call = open_call({.deadline_in = 1});
  days_pass(2);
  const EventId late = submit(call, alpha);
  EXPECT_HELD_FOR(late, after_deadline);
  release(late);
  EXPECT_TRUE(held(late));
  EXPECT_EQ(find_proposal(late), nullptr);
  EXPECT_HELD_FOR(award(call, late), orphan);
}

TEST_F(Calls, without_a_minute_the_deadline_is_the_end_of_its_day) {
  const EventId call = open_call({.deadline_in = 1});
  days_pass(1);
  EXPECT_ACCEPTED(submit(call, alpha));
}

TEST_F(Calls, the_minute_of_the_deadline_is_that_of_shanghai) {
  // The first record of a day is received at noon, each further one a millisecond later.
  const EventId call = open_call({.deadline_in = 1, .minute = 720});
  const EventId another = open_call({.deadline_in = 1, .minute = 721});
  days_pass(1);
  EXPECT_ACCEPTED(submit(call, alpha));
  EXPECT_HELD_FOR(submit(call, beta), after_deadline);
  EXPECT_ACCEPTED(submit(another, beta));
}

TEST_F(Calls, a_deadline_is_compared_without_overflow) {
  Call call;
  call.deadline = Day{17'000};
  call.deadline_minute = 0;
  EXPECT_FALSE(call.is_over(start_of(Day{17'000})));
  EXPECT_TRUE(call.is_over(WallTime{start_of(Day{17'000}).us + 1}));
  call.deadline_minute = -1;
  EXPECT_FALSE(call.is_over(WallTime{start_of(Day{17'001}).us - 1}));
  EXPECT_TRUE(call.is_over(start_of(Day{17'001})));
  EXPECT_TRUE(call.is_over(WallTime{std::numeric_limits<std::int64_t>::max()}));
  EXPECT_FALSE(call.is_over(WallTime{std::numeric_limits<std::int64_t>::min()}));
}

TEST_F(Calls, a_proposal_before_its_call_is_judged_later_by_its_own_time_of_receipt) {
  log.offline(supervisor);
  const EventId call = open_call({.deadline_in = 0});
  const EventId early = submit(call, alpha);
  EXPECT_HELD_FOR(early, orphan);
  days_pass(3);
  const EventId late = submit(call, beta);
  EXPECT_HELD_FOR(late, orphan);
  log.online(supervisor);
  EXPECT_IN_FORCE(early);
  EXPECT_TRUE(held(late));
  EXPECT_TRUE(log.reasons(late).has(Reason::after_deadline));
}

TEST_F(Calls, a_proposal_before_the_opening_day_is_held_until_somebody_decides) {
  const EventId call = open_call({.opens_in = 2, .deadline_in = 5});
  days_pass(1);
  const EventId early = submit(call, alpha);
  EXPECT_HELD_FOR(early, proposal_before_opening);
  EXPECT_TRUE(find_call(call)->proposals.empty());
  release(early);
  EXPECT_IN_FORCE(early);
  days_pass(1);
  EXPECT_ACCEPTED(submit(call, beta));
}

TEST_F(Calls, a_call_of_an_older_book_is_judged_by_the_days_that_its_rows_state) {
  const std::int32_t opening = log.today().value;
  const EventId call = open_call({.deadline_in = 10, .row = 2});
  days_pass(400);
  const auto row = [&](EventId of, std::int32_t day, std::uint32_t number) {
    return submit(of, Submission{.applicants = {{alpha}}, .row = number, .day = opening + day});
  };
  EXPECT_ACCEPTED(row(call, 0, 3));
  EXPECT_ACCEPTED(row(call, 10, 4));
  EXPECT_HELD_FOR(row(call, -1, 5), proposal_before_opening);
  const EventId late = row(call, 11, 6);
  EXPECT_HELD_FOR(late, after_deadline);
  release(late);
  EXPECT_TRUE(held(late));
  // What is no row of a book goes by its receipt.
  EXPECT_HELD_FOR(row(call, 5, 0), after_deadline);
}

TEST_F(Calls, an_imported_row_gains_nothing_in_a_call_that_was_recorded_as_it_opened) {
  const std::int32_t opening = log.today().value;
  const EventId call = open_call({.deadline_in = 1});
  days_pass(2);
  const EventId backdated =
      submit(call, Submission{.applicants = {{alpha}}, .row = 7, .day = opening});
  EXPECT_HELD_FOR(backdated, after_deadline);
  release(backdated);
  EXPECT_TRUE(held(backdated));
}

// --- proposals ---------------------------------------------------------------------------------

TEST_F(Calls, a_joint_proposal_has_a_row_for_each_applicant_and_counts_once) {
  const EventId call = open_call();
  const EventId joint = submit(call, {.applicants = {{alpha, 600}, {beta, 400}}});
  EXPECT_ACCEPTED(joint);
  EXPECT_EQ(log.state().facts.rows_of(joint).count, 2u);
  const FactRow row = first_row(joint);
  EXPECT_EQ(text(row.kind), "contest");
  EXPECT_EQ(text(row.attr), "city_contest");
  EXPECT_EQ(row.subject, alpha.value);
  EXPECT_EQ(row.group, call.value);
  EXPECT_EQ(row_at(joint, 1).subject, beta.value);
  const FactFilter proposals = of_type(schema::Event::Body::PROPOSAL_SUBMITTED);
  EXPECT_EQ(quantity(proposals), 1);
  EXPECT_EQ(amount(proposals), 30'000);
}

TEST_F(Calls, the_shares_of_the_applicants_make_up_the_whole) {
  const EventId call = open_call();
  const auto with = [&](std::vector<Share> applicants) {
    return submit(call, Submission{.applicants = std::move(applicants)});
  };
  EXPECT_HELD_FOR(with({}), claim_shares_not_whole);
  EXPECT_HELD_FOR(with({{alpha, 600}, {beta, 399}}), claim_shares_not_whole);
  EXPECT_HELD_FOR(with({{alpha, 600}, {beta, 401}}), claim_shares_not_whole);
  EXPECT_HELD_FOR(with({{alpha, 500}, {alpha, 500}}), claim_shares_not_whole);
  EXPECT_HELD_FOR(with({{alpha, 1000}, {beta, 0}}), claim_shares_not_whole);
  EXPECT_ACCEPTED(with({{alpha, 600}, {person(), 400}}));
}

TEST_F(Calls, a_proposal_waits_for_an_applicant_that_is_not_known) {
  const EventId call = open_call();
  log.offline(other_field);
  const EventId newcomer =
      log.add(other_field, [](Body e) { e.initBody().initPersonRegistered(); });
  const EventId proposal = submit(call, newcomer);
  EXPECT_HELD_FOR(proposal, orphan);
  EXPECT_HELD_FOR(submit(call, call), wrong_reference);
  EXPECT_HELD_FOR(submit(call, EventId{}), value_invalid);
  log.online(other_field);
  EXPECT_IN_FORCE(proposal);
}

TEST_F(Calls, a_proposal_is_for_a_lot_of_its_call) {
  const EventId plain = open_call();
  const EventId in_lots = open_call({.lots = {{"a", 60'000}, {"b", 40'000}}});
  EXPECT_HELD_FOR(submit(plain, {.applicants = {{alpha}}, .lot = "a"}), lot_unknown);
  EXPECT_HELD_FOR(submit(in_lots, alpha), lot_unknown);
  EXPECT_HELD_FOR(submit(in_lots, {.applicants = {{alpha}}, .lot = "c"}), lot_unknown);
  const EventId proposal = submit(in_lots, {.applicants = {{alpha}}, .lot = "b"});
  EXPECT_ACCEPTED(proposal);
  EXPECT_EQ(text(first_row(proposal).attr), "b");
}

TEST_F(Calls, a_proposal_has_a_title_and_a_price_that_can_be_right) {
  const EventId call = open_call();
  EXPECT_HELD_FOR(submit(call, {.applicants = {{alpha}}, .title = ""}), text_missing);
  EXPECT_HELD_FOR(submit(call, {.applicants = {{alpha}}, .price = -1}), amount_invalid);
  EXPECT_ACCEPTED(submit(call, {.applicants = {{alpha}}, .price = 0}));
  EXPECT_HELD_FOR(submit(organiser, alpha), wrong_reference);
  EXPECT_HELD_FOR(submit(EventId{}, alpha), value_invalid);
  retract(call);
  EXPECT_FLAGGED_FOR(submit(call, beta), target_retracted);
}

TEST_F(Calls, the_same_document_of_other_applicants_is_flagged_in_any_call) {
  const EventId call = open_call();
  const EventId next = open_call({.edition = 6});
  const EventId first = submit(call, {.applicants = {{alpha}}, .document = document(1)});
  EXPECT_ACCEPTED(first);
  EXPECT_ACCEPTED(submit(next, {.applicants = {{alpha}}, .document = document(1)}));
  EXPECT_FLAGGED_FOR(submit(next, {.applicants = {{beta}}, .document = document(1)}),
                     same_document);
  EXPECT_FLAGGED_FOR(
      submit(next, {.applicants = {{alpha, 500}, {beta, 500}}, .document = document(1)}),
      same_document);
  EXPECT_ACCEPTED(submit(next, {.applicants = {{beta}}, .document = document(2)}));
  EXPECT_FLAGGED_FOR(submit(next, {.applicants = {{beta}}, .document = Bytes(31, 3)}),
                     hash_invalid);
}

TEST_F(Calls, what_is_retracted_is_no_proposal_to_compare_with) {
  const EventId call = open_call();
  const EventId first = submit(call, {.applicants = {{alpha}}, .document = document(1)});
  retract(first);
  EXPECT_TRUE(log.state().calls.by_document.empty());
  EXPECT_TRUE(find_call(call)->proposals.empty());
  EXPECT_EQ(quantity(of_type(schema::Event::Body::PROPOSAL_SUBMITTED)), 0);
  EXPECT_ACCEPTED(submit(call, {.applicants = {{beta}}, .document = document(1)}));
}

// --- the family --------------------------------------------------------------------------------

TEST_F(Calls, proposals_scores_and_recusals_in_any_order_of_arrival_give_the_same_state) {
  const EventId call = open_call();
  const EventId expert = person();
  const EventId other_expert = person();
  for (DeviceNumber device : {field, other_field, supervisor, reviewer}) log.offline(device);
  const EventId first = submit(call, {.applicants = {{alpha}}, .document = document(4)});
  submit(call, {.applicants = {{beta}}, .document = document(4)}, other_field);
  score(first, expert, 60, 40);
  score(first, other_expert, 30, 20);
  recuse(first, expert, reviewer);
  const auto arrive_in = [&](std::vector<DeviceNumber> order) {
    LogBuilder copy = log;
    for (DeviceNumber device : order) copy.online(device);
    return copy;
  };
  const LogBuilder one = arrive_in({field, other_field, supervisor, reviewer});
  const LogBuilder two = arrive_in({reviewer, supervisor, other_field, field});
  EXPECT_EQ(digest(one.state()), digest(two.state()));
  for (const LogBuilder& copy : {one, two}) {
    EXPECT_EQ(mean_score_permille(copy.state(), entity_cast<ProposalId>(first)), 500u);
    EXPECT_EQ(copy.state().calls.find(entity_cast<CallId>(call))->proposals.size(), 2u);
  }
}

TEST_F(Calls, a_snapshot_holds_everything_of_the_family) {
  const EventId call = open_call({.lots = {{"a", 60'000}}});
  const EventId proposal =
      submit(call, {.applicants = {{alpha}}, .lot = "a", .document = document(8)});
  score(proposal, person());
  award(call, proposal, {.fen = 20'000, .lot = "a"});
  const Result<State> restored = restore(snapshot(log.state()));
  ASSERT_TRUE(restored.has_value());
  EXPECT_EQ(digest(*restored), digest(log.state()));
  EXPECT_EQ(mean_score_permille(*restored, entity_cast<ProposalId>(proposal)), 800u);
  EXPECT_EQ(restored->calls.remaining_budget(entity_cast<CallId>(call)), Fen{80'000});
  EXPECT_EQ(restored->calls.awards_of(entity_cast<CallId>(call)).size(), 1u);
  EXPECT_EQ(restored->calls.by_document.size(), 1u);
}

}  // namespace
}  // namespace houniao::testing
