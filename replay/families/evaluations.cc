#include "replay/families/evaluations.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "replay/families/delivery.h"
#include "replay/families/parties.h"

namespace houniao {

namespace {

using RatingKind = schema::RatingSubmitted::Kind;
using RespondentIndex = decltype(SurveyAnswer::respondent);

std::string_view name_of(RatingKind kind) {
  switch (kind) {
    case RatingKind::SELF:
      return "self";
    case RatingKind::PEER:
      return "peer";
    case RatingKind::RESIDENT:
      return "resident";
    case RatingKind::PANEL:
      return "panel";
  }
  return "other";
}

// Scores and answers have the same members.
template <class Item>
bool is_within_bounds(const Item& item) {
  return item.getPoints() >= 0 && item.getPointsMax() > 0 &&
         item.getPoints() <= item.getPointsMax();
}

template <class List>
void check_points(const List& items, Reasons& reasons) {
  reasons.add_if(items.size() == 0, Reason::value_invalid);
  for (const auto& item : items) reasons.add_if(!is_within_bounds(item), Reason::scores_invalid);
}

template <class List>
Points sum_points(const List& items) {
  Points sum;
  for (const auto& item : items) {
    if (!is_within_bounds(item)) continue;
    sum.given += item.getPoints();
    sum.most += item.getPointsMax();
  }
  return sum;
}

// An index that is missing or of another size tells nobody from anybody.
std::optional<RespondentIndex> respondent_of(capnp::Data::Reader data) {
  RespondentIndex index{};
  if (data.size() != index.size()) return std::nullopt;
  std::memcpy(index.data(), data.begin(), index.size());
  return index == RespondentIndex{} ? std::nullopt : std::optional{index};
}

// What answers about one thing are kept under.
std::uint64_t survey_key(const State& state, std::uint64_t target) {
  const Session* session = state.sessions.find(SessionId{target});
  return session == nullptr ? target : session->occasion().value;
}

void check_survey_target(const State& state, std::uint64_t target, Reasons& reasons) {
  check_event(state, EventId{target}, reasons);
  const EventEntry* entry = state.events.find(EventId{target});
  if (entry == nullptr) return;
  switch (static_cast<EventType>(entry->type)) {
    case schema::Event::Body::SESSION_PLANNED:
    case schema::Event::Body::SESSION_HELD:
      // Its occasion is known only with its full effect, also when it was retracted before that.
      if (state.sessions.find(SessionId{target}) == nullptr) not_found(state, target, reasons);
      return;
    case schema::Event::Body::ORDER_POSTED:
    case schema::Event::Body::CONTRACT_SIGNED:
      return;
    default:
      return reasons.add(Reason::wrong_reference);
  }
}

// The mean of what each item came to.
class Mean {
 public:
  void see(const Points& points) {
    if (points.most == 0) return;
    ++count_;
    sum_ += points.permille();
  }
  void write(Opinion& out) const {
    out.scored = static_cast<std::uint64_t>(count_);
    if (count_ != 0) out.mean_permille = (sum_ + count_ / 2) / count_;
  }

 private:
  std::int64_t count_ = 0;
  std::int64_t sum_ = 0;
};

}  // namespace

// --- EvaluationIssued --------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::EvaluationIssued::Reader body,
           Reasons& reasons) {
  check_event(state, EventId{body.getEvaluator()}, reasons);
  check_event(state, EventId{body.getSubject()}, reasons);
  if (const ProgrammeId programme{body.getProgramme()}; programme) {
    check_known_programme(state, programme, reasons);
  }
  // I24: whoever did the work does not judge it, neither as a body nor through the person who
  // records the result.
  reasons.add_if(body.getEvaluator() == body.getSubject() || context.actor() == body.getSubject(),
                 Reason::evaluator_is_subject);
  reasons.add_if(body.getConflictDeclared(), Reason::conflict_declared);
  reasons.add_if(body.getGrade().size() == 0 && body.getScores().size() == 0, Reason::text_missing);
  check_interval(Day{body.getInterval().getFromDay()}, Day{body.getInterval().getToDay()}, reasons);
  for (const auto& score : body.getScores()) {
    reasons.add_if(score.getPoints() < 0 || score.getPoints() > score.getPointsMax(),
                   Reason::scores_invalid);
  }
}

void apply(State& state, const EventContext& context, schema::EvaluationIssued::Reader body) {
  Evaluation evaluation;
  evaluation.id = context.id;
  evaluation.evaluator = body.getEvaluator();
  evaluation.grade = state.intern(view(body.getGrade()));
  FactRow row = start_row(context);
  row.kind = state.intern("evaluation");
  row.attr = evaluation.grade;
  row.subject = body.getSubject();
  row.group = body.getEvaluator();
  if (body.getProgramme() != 0) row.programme = body.getProgramme();
  state.facts.add(row);
  if (context.provisional) return;

  evaluation.from = Day{body.getInterval().getFromDay()};
  evaluation.to = Day{body.getInterval().getToDay()};
  for (const auto& score : body.getScores()) {
    evaluation.points += score.getPoints();
    evaluation.points_max += score.getPointsMax();
  }
  evaluation.conflict_declared = body.getConflictDeclared();
  insert_sorted(state.evaluations.by_subject[body.getSubject()], evaluation,
                [](const Evaluation& a, const Evaluation& b) { return a.id < b.id; });
}

// --- RatingSubmitted ---------------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::RatingSubmitted::Reader body,
           Reasons& reasons) {
  check_event(state, EventId{body.getRater()}, reasons);
  check_event(state, EventId{body.getRated()}, reasons);
  if (body.getTarget() != 0) check_event(state, EventId{body.getTarget()}, reasons);
  reasons.add_if(body.getKind() > RatingKind::PANEL, Reason::value_invalid);
  const bool of_oneself = same_party(state, body.getRater(), body.getRated());
  reasons.add_if(of_oneself != (body.getKind() == RatingKind::SELF), Reason::rating_kind_differs);
  check_points(body.getScores(), reasons);
}

void apply(State& state, const EventContext& context, schema::RatingSubmitted::Reader body) {
  FactRow row = start_row(context);
  row.kind = state.intern("rating");
  row.attr = state.intern(name_of(body.getKind()));
  row.subject = body.getRated();
  row.group = body.getTarget();
  row.staff = body.getRater();
  state.facts.add(row);
  if (context.provisional) return;
  insert_by_event(state.evaluations.ratings[body.getRated()],
                  Rating{context.id, body.getRater(), static_cast<std::uint16_t>(body.getKind()),
                         body.getTarget(), sum_points(body.getScores())});
}

Opinion ratings_of(const State& state, std::uint64_t rated) {
  Opinion out;
  auto at = state.evaluations.ratings.find(rated);
  if (at == state.evaluations.ratings.end()) return out;
  std::vector<std::uint64_t> raters;
  Mean mean;
  for (const Rating& rating : at->second) {
    raters.push_back(identity_of(state, rating.rater));
    mean.see(rating.points);
  }
  std::sort(raters.begin(), raters.end());
  out.respondents =
      static_cast<std::uint64_t>(std::unique(raters.begin(), raters.end()) - raters.begin());
  mean.write(out);
  return out;
}

// --- SatisfactionSurveyed ----------------------------------------------------------------------

void admit(const State& state, const EventContext& context,
           schema::SatisfactionSurveyed::Reader body, Reasons& reasons) {
  const std::uint64_t target = body.getTarget();
  check_survey_target(state, target, reasons);
  check_points(body.getAnswers(), reasons);
  // There is nothing to attend about an order or a contract.
  reasons.add_if(!body.getAttended() && state.sessions.find(SessionId{target}) != nullptr,
                 Reason::not_attended);
  const std::optional<RespondentIndex> respondent = respondent_of(body.getRespondentIndex());
  if (!respondent) return reasons.add(Reason::value_invalid);
  auto at = state.evaluations.surveys.find(survey_key(state, target));
  if (at == state.evaluations.surveys.end()) return;
  auto answer = std::lower_bound(
      at->second.begin(), at->second.end(), *respondent,
      [](const SurveyAnswer& a, const RespondentIndex& b) { return a.respondent < b; });
  for (; answer != at->second.end() && answer->respondent == *respondent; ++answer) {
    reasons.add_if(answer->event != context.id, Reason::answered_twice);
  }
}

void apply(State& state, const EventContext& context, schema::SatisfactionSurveyed::Reader body) {
  const std::uint64_t key = survey_key(state, body.getTarget());
  FactRow row = start_row(context);
  row.kind = state.intern("survey");
  row.attr = state.intern(body.getAttended() ? "attended" : "not_attended");
  row.group = key;
  state.facts.add(row);
  if (context.provisional) return;
  const std::optional<RespondentIndex> respondent = respondent_of(body.getRespondentIndex());
  if (!respondent) return;
  insert_sorted(state.evaluations.surveys[key],
                SurveyAnswer{*respondent, context.occurred, context.id, body.getAttended(),
                             sum_points(body.getAnswers())},
                [](const SurveyAnswer& a, const SurveyAnswer& b) { return a.before(b); });
}

Opinion survey_of(const State& state, std::uint64_t target) {
  Opinion out;
  auto at = state.evaluations.surveys.find(survey_key(state, target));
  if (at == state.evaluations.surveys.end()) return out;
  const SurveyAnswer* previous = nullptr;
  Mean mean;
  for (const SurveyAnswer& answer : at->second) {
    const bool repeated = previous != nullptr && previous->respondent == answer.respondent;
    previous = &answer;
    if (repeated) continue;
    ++out.respondents;
    if (answer.attended) ++out.attended;
    mean.see(answer.points);
  }
  mean.write(out);
  return out;
}

std::uint64_t people_at(const State& state, std::uint64_t target) {
  const Session* session = state.sessions.find(SessionId{target});
  if (session == nullptr) return 0;
  const SessionId occasion = session->occasion();
  std::uint64_t people = state.sessions.sign_ins_of(occasion);
  const auto count = [&](SessionId id) {
    const Session* held = state.sessions.find(id);
    if (held == nullptr || !held->held || !state.in_force(id)) return;
    people = std::max<std::uint64_t>(people, held->headcount);
  };
  count(occasion);
  if (auto at = state.sessions.held_of_plan.find(occasion);
      at != state.sessions.held_of_plan.end()) {
    for (SessionId held : at->second) count(held);
  }
  return people;
}

// --- retraction --------------------------------------------------------------------------------

namespace {

// Retractions are rare, so nothing is kept that would lead from the event to its entry.
template <class Map>
void erase_from_lists(Map& map, EventId event) {
  boost::unordered::erase_if(
      map, [&](auto& entry) { return erase_event(entry.second, event) && entry.second.empty(); });
}

}  // namespace

void take_back_evaluations(State& state, EventId event, EventType type) {
  switch (type) {
    case schema::Event::Body::RATING_SUBMITTED:
      return erase_from_lists(state.evaluations.ratings, event);
    case schema::Event::Body::SATISFACTION_SURVEYED:
      return erase_from_lists(state.evaluations.surveys, event);
    default:
      break;
  }
  boost::unordered::erase_if(state.evaluations.by_subject, [&](auto& entry) {
    return std::erase_if(entry.second, [&](const Evaluation& e) { return e.id == event; }) != 0 &&
           entry.second.empty();
  });
}

}  // namespace houniao
