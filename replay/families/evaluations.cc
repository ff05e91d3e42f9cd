#include "replay/families/evaluations.h"

#include "replay/families/delivery.h"

namespace houniao {

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

void take_back_evaluations(State& state, EventId event, EventType) {
  boost::unordered::erase_if(state.evaluations.by_subject, [&](auto& entry) {
    return std::erase_if(entry.second, [&](const Evaluation& e) { return e.id == event; }) != 0 &&
           entry.second.empty();
  });
}

}  // namespace houniao
