#include "replay/families/evaluations.h"

#include "replay/digest.h"
#include "replay/snapshot.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

using RatingKind = schema::RatingSubmitted::Kind;

class Evaluations : public DeliveryWorld {
 protected:
  EventId evaluate(EventId evaluator, EventId subject, std::int32_t points, bool conflict = false) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initEvaluationIssued();
      b.setEvaluator(evaluator.value);
      b.setSubject(subject.value);
      b.setProgramme(programme.value);
      b.initInterval().setFromDay(16'000);
      b.getInterval().setToDay(16'364);
      b.setGrade("excellent");
      auto scores = b.initScores(1);
      scores[0].setIndicator("output");
      scores[0].setPoints(points);
      scores[0].setPointsMax(100);
      b.setConflictDeclared(conflict);
    });
  }

  EventId rate(EventId rater, EventId rated, RatingKind kind, std::int32_t points,
               std::int32_t most = 100, EventId target = {}) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initRatingSubmitted();
      b.setRater(rater.value);
      b.setRated(rated.value);
      b.setKind(kind);
      b.setTarget(target.value);
      auto scores = b.initScores(1);
      scores[0].setIndicator("diligence");
      scores[0].setPoints(points);
      scores[0].setPointsMax(most);
    });
  }
  struct SurveyOptions {
    std::int32_t points = 5;
    std::int32_t most = 5;
    bool attended = true;
    std::int32_t occurred = 0;  // 0: today
    std::size_t index_bytes = 16;
    DeviceNumber device = {};  // none: the field device
  };
  // `respondent` stands for one person's keyed hash.
  EventId survey(EventId target, std::uint8_t respondent, const SurveyOptions& options) {
    return log.add(options.device ? options.device : field, [&](Body e) {
      if (options.occurred != 0) e.setOccurredDay(options.occurred);
      auto b = e.initBody().initSatisfactionSurveyed();
      b.setTarget(target.value);
      b.setRespondentIndex(to_data(ByteView{Bytes(options.index_bytes, respondent)}));
      auto answers = b.initAnswers(1);
      answers[0].setQuestion("again?");
      answers[0].setPoints(options.points);
      answers[0].setPointsMax(options.most);
      b.setAttended(options.attended);
    });
  }
  EventId survey(EventId target, std::uint8_t respondent) {
    return survey(target, respondent, SurveyOptions{});
  }
  EventId plan_session() {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initSessionPlanned();
      b.setKind("weekend_class");
      b.setDay(log.today().value);
      b.setFromMinute(540);
      b.setToMinute(660);
    });
  }
  EventId hold_session(DeviceNumber by, std::uint32_t headcount, EventId plan = {}) {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initSessionHeld();
      b.setPlanned(plan.value);
      b.setKind("weekend_class");
      b.setFromMinute(540);
      b.setToMinute(660);
      b.setHeadcount(headcount);
    });
  }
  EventId sign_in(EventId session, std::uint32_t people) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initAttendanceRecorded();
      b.setSession(session.value);
      b.setAnonymous(people);
    });
  }
  Opinion opinion(EventId target) const { return survey_of(log.state(), target.value); }
};

TEST_F(Evaluations, a_third_party_judges_and_the_grade_counts) {
  const EventId evaluator = organisation(), subject = organisation("");
  const EventId issued = evaluate(evaluator, subject, 92);
  EXPECT_ACCEPTED(issued);
  EXPECT_EQ(text(first_row(issued).attr), "excellent");
  EXPECT_EQ(first_row(issued).subject, subject.value);
  EXPECT_EQ(log.state().evaluations.by_subject.at(subject.value).front().points, 92);
  retract(issued);
  EXPECT_TRUE(log.state().evaluations.by_subject.empty());
}

TEST_F(Evaluations, nobody_judges_themselves_and_a_conflict_is_shown) {
  const EventId evaluator = organisation(), subject = organisation("");
  const EventId own = evaluate(subject, subject, 100);
  EXPECT_HELD_FOR(own, evaluator_is_subject);
  release(own);
  EXPECT_TRUE(held(own));
  EXPECT_FLAGGED_FOR(evaluate(evaluator, subject, 90, true), conflict_declared);
}

TEST_F(Evaluations, scores_stay_within_their_maximum) {
  const EventId evaluator = organisation(), subject = organisation("");
  EXPECT_HELD_FOR(evaluate(evaluator, subject, 101), scores_invalid);
  EXPECT_HELD_FOR(evaluate(evaluator, subject, -1), scores_invalid);
  EXPECT_HELD_FOR(evaluate(evaluator, EventId{77}, 50), orphan);
}

// --- ratings -----------------------------------------------------------------------------------

TEST_F(Evaluations, a_rating_says_who_rates_whom_for_what) {
  const EventId rater = person(), rated = person();
  const EventId session = hold_session(field, 10);
  const EventId rating = rate(rater, rated, RatingKind::PEER, 90, 100, session);
  EXPECT_ACCEPTED(rating);
  const FactRow row = first_row(rating);
  EXPECT_EQ(text(row.kind), "rating");
  EXPECT_EQ(text(row.attr), "peer");
  EXPECT_EQ(row.subject, rated.value);
  EXPECT_EQ(row.group, session.value);
  EXPECT_EQ(row.staff, rater.value);
  retract(rating);
  EXPECT_TRUE(log.state().evaluations.ratings.empty());
}

TEST_F(Evaluations, a_self_rating_is_of_oneself_and_every_other_of_somebody_else) {
  const EventId one = person(), other = person();
  EXPECT_ACCEPTED(rate(one, one, RatingKind::SELF, 80));
  EXPECT_ACCEPTED(rate(one, other, RatingKind::PANEL, 80));
  EXPECT_FLAGGED_FOR(rate(one, other, RatingKind::SELF, 80), rating_kind_differs);
  EXPECT_FLAGGED_FOR(rate(one, one, RatingKind::PEER, 80), rating_kind_differs);
  EXPECT_FLAGGED_FOR(rate(one, one, RatingKind::RESIDENT, 80), rating_kind_differs);
  EXPECT_FLAGGED_FOR(rate(one, other, static_cast<RatingKind>(9), 80), value_invalid);
  const EventId staff = log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initStaffEngaged();
    b.setPerson(one.value);
    b.setPost("social_worker");
    b.setFromDay(10'000);
  });
  EXPECT_FLAGGED_FOR(rate(one, staff, RatingKind::PEER, 80), rating_kind_differs);
}

TEST_F(Evaluations, the_mean_of_ratings_leaves_out_scores_that_cannot_be_right) {
  const EventId one = person(), two = person(), rated = person();
  EXPECT_ACCEPTED(rate(one, rated, RatingKind::PEER, 90));
  EXPECT_ACCEPTED(rate(two, rated, RatingKind::RESIDENT, 40, 50));
  EXPECT_FLAGGED_FOR(rate(two, rated, RatingKind::PEER, 101), scores_invalid);
  EXPECT_FLAGGED_FOR(rate(two, rated, RatingKind::PEER, -1), scores_invalid);
  EXPECT_FLAGGED_FOR(rate(two, rated, RatingKind::PEER, 0, 0), scores_invalid);
  const Opinion opinion = ratings_of(log.state(), rated.value);
  EXPECT_EQ(opinion.respondents, 2u);
  EXPECT_EQ(opinion.scored, 2u);
  EXPECT_EQ(opinion.mean_permille, 850);
  EXPECT_EQ(ratings_of(log.state(), one.value).mean_permille, 0);
}

TEST_F(Evaluations, a_rating_of_something_unknown_counts_and_waits) {
  const EventId one = person(), other = person();
  log.offline(other_field);
  const EventId session = hold_session(other_field, 10);
  const EventId rating = rate(one, other, RatingKind::PEER, 80, 100, session);
  EXPECT_FLAGGED_FOR(rating, orphan);
  EXPECT_EQ(first_row(rating).quantity, 1);
  EXPECT_TRUE(log.state().evaluations.ratings.empty());
  log.online(other_field);
  EXPECT_EQ(ratings_of(log.state(), other.value).respondents, 1u);
}

// --- satisfaction ------------------------------------------------------------------------------

TEST_F(Evaluations, answers_about_a_plan_and_its_session_belong_together) {
  const EventId plan = plan_session();
  const EventId session = hold_session(field, 10, plan);
  const EventId answer = survey(plan, 1, {.points = 4});
  EXPECT_ACCEPTED(answer);
  EXPECT_ACCEPTED(survey(session, 2, {.points = 5}));
  EXPECT_EQ(text(first_row(answer).kind), "survey");
  EXPECT_EQ(text(first_row(answer).attr), "attended");
  EXPECT_EQ(first_row(answer).group, plan.value);
  for (EventId target : {plan, session}) {
    EXPECT_EQ(opinion(target).respondents, 2u);
    EXPECT_EQ(opinion(target).attended, 2u);
    EXPECT_EQ(opinion(target).mean_permille, 900);
  }
}

TEST_F(Evaluations, a_respondent_counts_once_and_the_first_answer_holds) {
  const EventId session = hold_session(field, 10), other = hold_session(field, 10);
  const std::int32_t today = log.today().value;
  const EventId first = survey(session, 1, {.points = 2, .occurred = today - 1});
  EXPECT_FLAGGED_FOR(survey(session, 1, {.points = 5}), answered_twice);
  EXPECT_ACCEPTED(survey(other, 1));
  EXPECT_ACCEPTED(survey(session, 2, {.points = 3}));
  EXPECT_EQ(opinion(session).respondents, 2u);
  EXPECT_EQ(opinion(session).mean_permille, 500);
  retract(first);
  EXPECT_EQ(opinion(session).respondents, 2u);
  EXPECT_EQ(opinion(session).mean_permille, 800) << "the second answer takes its place";
}

TEST_F(Evaluations, each_respondent_weighs_the_same) {
  const EventId session = hold_session(field, 10);
  survey(session, 1, {.points = 0, .most = 2'000'000'000});
  survey(session, 2, {.points = 1, .most = 1});
  survey(session, 3, {.points = 1, .most = 1});
  EXPECT_EQ(opinion(session).mean_permille, 667);
}

TEST_F(Evaluations, whoever_answers_about_a_session_was_there) {
  const EventId session = hold_session(field, 10);
  const EventId absent = survey(session, 1, {.attended = false});
  EXPECT_FLAGGED_FOR(absent, not_attended);
  EXPECT_EQ(text(first_row(absent).attr), "not_attended");
  EXPECT_EQ(opinion(session).attended, 0u);
  const EventId contract = sign_contract(organisation(""), organisation(), establish_fund(), {});
  ASSERT_TRUE(in_force(contract)) << why(contract);
  EXPECT_ACCEPTED(survey(contract, 1, {.attended = false}));
  EXPECT_EQ(opinion(contract).respondents, 1u);
}

TEST_F(Evaluations, a_survey_is_about_something_that_people_can_judge) {
  EXPECT_FLAGGED_FOR(survey(person(), 1), wrong_reference);
  EXPECT_FLAGGED_FOR(survey(EventId{}, 1), wrong_reference);
  const EventId session = hold_session(field, 10);
  retract(session);
  EXPECT_FLAGGED_FOR(survey(session, 1), target_retracted);
}

TEST_F(Evaluations, answers_without_a_usable_index_or_score_are_rows_only) {
  const EventId session = hold_session(field, 10);
  EXPECT_FLAGGED_FOR(survey(session, 1, {.index_bytes = 15}), value_invalid);
  EXPECT_FLAGGED_FOR(survey(session, 0), value_invalid);
  EXPECT_EQ(opinion(session).respondents, 0u);
  EXPECT_EQ(quantity(of_type(schema::Event::Body::SATISFACTION_SURVEYED)), 2);
  EXPECT_FLAGGED_FOR(survey(session, 1, {.points = 6}), scores_invalid);
  EXPECT_FLAGGED_FOR(survey(session, 2, {.points = 0, .most = 0}), scores_invalid);
  EXPECT_EQ(opinion(session).respondents, 2u);
  EXPECT_EQ(opinion(session).scored, 0u);
  EXPECT_EQ(opinion(session).mean_permille, 0);
}

TEST_F(Evaluations, how_many_were_there_is_the_larger_of_headcount_and_sign_ins) {
  const EventId plan = plan_session();
  EXPECT_EQ(people_at(log.state(), plan.value), 0u);
  const EventId session = hold_session(field, 4, plan);
  EXPECT_EQ(people_at(log.state(), plan.value), 4u);
  sign_in(session, 6);
  EXPECT_EQ(people_at(log.state(), plan.value), 6u);
  EXPECT_EQ(people_at(log.state(), session.value), 6u);
  EXPECT_EQ(people_at(log.state(), person().value), 0u);
}

TEST_F(Evaluations, an_answer_waits_for_its_session_in_whatever_order_all_arrive) {
  const EventId plan = plan_session();
  const std::vector<DeviceNumber> devices = {field, other_field, supervisor};
  for (DeviceNumber device : devices) log.offline(device);
  const EventId session = hold_session(other_field, 10, plan);
  const EventId early = survey(session, 1, {.points = 1});
  survey(session, 2, {.points = 3});
  survey(session, 1, {.points = 5, .device = supervisor});
  LogBuilder other = log;
  for (auto device = devices.begin(); device != devices.end(); ++device) log.online(*device);
  for (auto device = devices.rbegin(); device != devices.rend(); ++device) other.online(*device);
  EXPECT_FLAGGED_FOR(early, orphan);
  EXPECT_TRUE(in_force(early));
  EXPECT_EQ(first_row(early).group, plan.value);
  EXPECT_EQ(digest(log.state()), digest(other.state()));
  EXPECT_EQ(opinion(session).respondents, 2u);
  EXPECT_EQ(opinion(session).mean_permille, 400);

  const Result<State> restored = restore(snapshot(log.state()));
  ASSERT_TRUE(restored.has_value()) << restored.error().message();
  EXPECT_EQ(digest(*restored), digest(log.state()));
}

}  // namespace
}  // namespace houniao::testing
