#include "tests/unit/replay/families/delivery_world.h"
#include "tests/unit/replay/rules/conduct_bench.h"

namespace houniao::testing {
namespace {

class ConductOpinions : public DeliveryWorld {
 protected:
  using RatingKind = schema::RatingSubmitted::Kind;

  EventId hold(std::uint32_t headcount) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initSessionHeld();
      b.setKind("weekend_class");
      b.setFromMinute(540);
      b.setToMinute(660);
      b.setHeadcount(headcount);
    });
  }
  struct Answer {
    std::vector<int> points = {5, 5, 5};
    bool attended = true;
    schema::Source source = schema::Source::IMPORTED;
    std::int64_t second = 0;  // of the device's clock
  };
  EventId survey(EventId target, int respondent, const Answer& answer) {
    return log.add(field, [&](Body e) {
      e.setSource(answer.source);
      e.setRecordedAtMs(start_of(log.today()).us / 1000 + 30'000'000 + answer.second * 1000);
      auto b = e.initBody().initSatisfactionSurveyed();
      b.setTarget(target.value);
      Bytes index(16, 1);
      index[0] = static_cast<std::uint8_t>(respondent);
      b.setRespondentIndex(to_data(ByteView{index}));
      auto answers = b.initAnswers(static_cast<unsigned>(answer.points.size()));
      for (unsigned i = 0; i < answers.size(); ++i) {
        answers[i].setQuestion("question " + std::to_string(i));
        answers[i].setPoints(answer.points[i]);
        answers[i].setPointsMax(5);
      }
      b.setAttended(answer.attended);
    });
  }
  EventId rate(EventId rater, EventId rated, RatingKind kind, int points, EventId target = {}) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initRatingSubmitted();
      b.setRater(rater.value);
      b.setRated(rated.value);
      b.setKind(kind);
      b.setTarget(target.value);
      auto scores = b.initScores(1);
      scores[0].setIndicator("diligence");
      scores[0].setPoints(points);
      scores[0].setPointsMax(10);
    });
  }
};

// --- A19 ---------------------------------------------------------------------------------------

TEST_F(ConductOpinions, ten_answers_that_are_all_alike_are_doubted) {
  const EventId session = hold(30);
  std::vector<EventId> answers;
  for (int i = 0; i < 10; ++i) answers.push_back(survey(session, i + 1, {}));
  const auto found = ask_rule(log, "A19");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 19);
  EXPECT_EQ(found[0].events, answers);
  EXPECT_EQ(found[0].subject, session.value);
  EXPECT_TRUE(ask_rule(log, "A19", R"({"A19": {"version": 2, "identical_min": 11}})").empty());
}

TEST_F(ConductOpinions, one_different_answer_few_people_or_a_single_question_are_in_order) {
  const EventId session = hold(30);
  for (int i = 0; i < 12; ++i) survey(session, i + 1, {.points = {5, i == 4 ? 3 : 5, 5}});
  const EventId small = hold(30);
  for (int i = 0; i < 9; ++i) survey(small, i + 1, {});
  const EventId single = hold(30);
  for (int i = 0; i < 19; ++i) survey(single, i + 1, {.points = {5}});
  EXPECT_TRUE(ask_rule(log, "A19").empty()) << texts_of(ask_rule(log, "A19"));
}

TEST_F(ConductOpinions,
       answers_given_on_one_tablet_within_a_minute_are_doubted_and_typed_ones_not) {
  const auto fill = [&](schema::Source source, std::int64_t apart) {
    const EventId session = hold(30);
    std::vector<EventId> out;
    for (int i = 0; i < 6; ++i) {
      out.push_back(
          survey(session, i + 1, {.points = {5, i % 5, 4}, .source = source, .second = i * apart}));
    }
    return out;
  };
  const auto crowded = fill(schema::Source::DEVICE, 5);
  const auto typed = fill(schema::Source::TYPED, 5);
  const auto in_turn = fill(schema::Source::DEVICE, 90);
  const auto imported = fill(schema::Source::IMPORTED, 0);
  const auto found = ask_rule(log, "A19");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, crowded);
  for (const auto& honest : {typed, in_turn, imported}) {
    EXPECT_TRUE(about(found, honest.front()).empty());
  }
}

TEST_F(ConductOpinions, answers_of_people_who_were_not_there_are_doubted_when_they_are_the_most) {
  const EventId session = hold(30);
  std::vector<EventId> absent;
  for (int i = 0; i < 10; ++i) {
    const EventId id = survey(session, i + 1, {.points = {i % 6, 4, 5}, .attended = i < 4});
    if (i >= 4) absent.push_back(id);
  }
  const EventId other = hold(30);
  for (int i = 0; i < 20; ++i) {
    survey(other, i + 1, {.points = {i % 6, 4, 5}, .attended = i >= 5});
  }
  const auto found = ask_rule(log, "A19");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, absent);
}

TEST_F(ConductOpinions, residents_who_rate_a_session_without_having_signed_in_are_doubted) {
  const EventId session = hold(10);
  const EventId rated = organisation();
  std::vector<EventId> present;
  for (int i = 0; i < 3; ++i) present.push_back(person());
  log.add(field, [&](Body e) {
    e.setProgramme(programme.value);
    auto b = e.initBody().initAttendanceRecorded();
    b.setSession(session.value);
    auto list = b.initPersons(3);
    for (unsigned i = 0; i < 3; ++i) list.set(i, present[i].value);
  });
  for (const EventId one : present) rate(one, rated, RatingKind::RESIDENT, 9, session);
  EXPECT_TRUE(ask_rule(log, "A19").empty());
  std::vector<EventId> strangers;
  for (int i = 0; i < 3; ++i) {
    strangers.push_back(rate(person(), rated, RatingKind::RESIDENT, 10, session));
  }
  const auto found = ask_rule(log, "A19");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, strangers);
}

TEST_F(ConductOpinions, friends_who_give_each_other_full_marks_are_doubted) {
  const EventId one = organisation();
  const EventId two = organisation();
  const EventId three = organisation();
  for (int i = 0; i < 3; ++i) {
    rate(one, two, RatingKind::PEER, 10);
    rate(two, one, RatingKind::PEER, 10);
    rate(one, three, RatingKind::PEER, 10);
    rate(three, one, RatingKind::PEER, i == 1 ? 9 : 10);
  }
  const auto found = ask_rule(log, "A19");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events.size(), 6u);
}

// --- A20 ---------------------------------------------------------------------------------------

TEST_F(ConductOpinions, more_respondents_than_people_are_doubted_and_repeated_answers_count_once) {
  const EventId session = hold(4);
  std::vector<EventId> answers;
  for (int i = 0; i < 5; ++i) answers.push_back(survey(session, i + 1, {}));
  const EventId honest = hold(4);
  for (int i = 0; i < 5; ++i) survey(honest, i % 4 + 1, {});
  const auto found = ask_rule(log, "A20");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 20);
  EXPECT_EQ(found[0].events, answers);
  EXPECT_TRUE(
      ask_rule(log, "A20", R"({"A20": {"version": 2, "tolerance_permille": 250}})").empty());
}

TEST_F(ConductOpinions, answers_about_a_session_that_never_took_place_are_doubted) {
  const auto plan = [&] {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initSessionPlanned();
      b.setKind("lecture");
      b.setDay(log.today().value);
      b.setFromMinute(540);
      b.setToMinute(600);
    });
  };
  const EventId never = plan();
  const EventId answer = survey(never, 1, {});
  EXPECT_TRUE(ask_rule(log, "A20").empty());
  log.set_today(Day{log.today().value + 20});
  const EventId fresh = plan();
  survey(fresh, 1, {});
  const auto found = ask_rule(log, "A20");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], answer));
}

TEST_F(ConductOpinions, an_acceptance_may_not_rest_on_more_opinions_than_people_served) {
  const EventId fund = establish_fund();
  receive(fund, 1'000'000);
  const EventId contract = sign_contract(organisation(), organisation(""), fund, {});
  const std::vector<EventId> units = {serve({person(), person()}), serve({person()})};
  const EventId milestone = submit(contract, 3, units);
  const EventId accepted =
      review(reviewer, milestone, {.accepted = 3, .fen = 3'000, .opinions = 4});
  EXPECT_IN_FORCE(accepted);
  const auto found = ask_rule(log, "A20");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], accepted) && names(found[0], milestone));
  EXPECT_EQ(found[0].at_risk, Fen{3'000});
}

}  // namespace
}  // namespace houniao::testing
