#include "replay/families/evaluations.h"

#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

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

}  // namespace
}  // namespace houniao::testing
