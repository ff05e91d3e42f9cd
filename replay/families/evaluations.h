// Family evaluations: judgements by a body that did not do the work, what people think of one
// another's work, and how content they are. Part of State; written by the one thread that folds the
// log.
//
// A survey about a session goes by its occasion (families/sessions.h). Of several answers of one
// respondent about one thing the first by civil date counts, then by event id; nothing here depends
// on the order of arrival. A score that cannot be right takes no part in a mean. Rows of the fact
// table, each of quantity 1:
//   EvaluationIssued      kind "evaluation", attr the grade, subject whoever is judged, group the
//                         evaluator
//   RatingSubmitted       kind "rating", attr who rates ("self", "peer", "resident", "panel"),
//                         subject whoever is rated, group the order or session, staff the rater
//   SatisfactionSurveyed  kind "survey", attr "attended" or "not_attended", group what it is about
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/symbols.h"

namespace houniao {

class State;

struct Evaluation {
  EventId id;
  std::uint64_t evaluator = 0;
  Symbol grade;
  Day from;
  Day to;
  std::int64_t points = 0;
  std::int64_t points_max = 0;
  bool conflict_declared = false;

  template <class Archive>
  void fields(Archive& a) {
    a(id, evaluator, grade, from, to, points, points_max, conflict_declared);
  }
};

// The sum of the scores of one event that lie within their bounds.
struct Points {
  std::int64_t given = 0;
  std::int64_t most = 0;  // 0: no score to speak of

  // Rounded to the nearest whole, halves up; only where `most` is not 0.
  std::int64_t permille() const { return (given * 1000 + most / 2) / most; }
  template <class Archive>
  void fields(Archive& a) {
    a(given, most);
  }
};

struct Rating {
  EventId event;
  std::uint64_t rater = 0;
  std::uint16_t kind = 0;    // schema::RatingSubmitted::Kind
  std::uint64_t target = 0;  // order or session, 0 for the party as such
  Points points;

  template <class Archive>
  void fields(Archive& a) {
    a(event, rater, kind, target, points);
  }
};

struct SurveyAnswer {
  std::array<std::uint8_t, 16> respondent{};
  Day day;
  EventId event;
  bool attended = false;
  Points points;

  bool before(const SurveyAnswer& other) const {
    if (respondent != other.respondent) return respondent < other.respondent;
    return day != other.day ? day < other.day : event < other.event;
  }
  template <class Archive>
  void fields(Archive& a) {
    a(respondent, day, event, attended, points);
  }
};

struct EvaluationsState {
  boost::unordered_flat_map<std::uint64_t, std::vector<Evaluation>> by_subject;  // by event id
  boost::unordered_flat_map<std::uint64_t, std::vector<Rating>> ratings;  // by rated, event id
  // by occasion, order or contract; in the order of before()
  boost::unordered_flat_map<std::uint64_t, std::vector<SurveyAnswer>> surveys;

  template <class Archive>
  void fields(Archive& a) {
    a(by_subject, ratings, surveys);
  }
};

// What came out of ratings or of a survey. A mean gives each rating or respondent the same weight,
// is rounded to the nearest whole, and is 0 where nobody gave a score.
struct Opinion {
  std::uint64_t respondents = 0;  // different ones
  std::uint64_t attended = 0;     // of them, by their own word; surveys only
  std::uint64_t scored = 0;       // ratings or respondents that the mean rests on
  std::int64_t mean_permille = 0;
};
Opinion ratings_of(const State& state, std::uint64_t rated);
// The target may be a session planned or held, an order or a contract.
Opinion survey_of(const State& state, std::uint64_t target);
// How many people were at the occasion of a session: the larger of its headcount and its sign-ins,
// 0 for anything else. More respondents than that are too many (A20).
std::uint64_t people_at(const State& state, std::uint64_t target);

}  // namespace houniao
