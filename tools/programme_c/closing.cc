// What others say about it at the end: the evaluator, the auditor, and the figures as they were
// published.
#include "tools/programme_c/story.h"

namespace houniao::programme_c {
namespace {

Result<void> evaluate(Story& s) {
  Dice dice = s.company.dice.fork("evaluation");
  for (const Community& community : s.communities) {
    const Elsewhere there(*s.officer, community.scope, {}, community.programme);
    const auto points = static_cast<int>(dice.between(82, 96));
    issue_evaluation(*s.officer, on(2021, 7, 2),
                     {.evaluator = s.evaluator,
                      .subject = community.contractor,
                      .programme = community.programme,
                      .from = on(2020, 7, 1),
                      .to = on(2021, 6, 30),
                      .grade = points >= 90 ? "excellent" : "good",
                      .points = points});
  }
  return s.officer->sync(kSyncTimeout);
}

// Two findings: posts without an appointment stay open, duty without cover is put right.
Result<void> audit(Story& s) {
  const Elsewhere there(*s.auditor, s.scope("district"));
  if (!s.unexplained_elections.empty()) {
    issue_finding(*s.auditor, on(2021, 7, 1),
                  {.code = "posts_without_appointment",
                   .law = "A38",
                   .events = s.unexplained_elections,
                   .responsible = s.league,
                   .deadline = on(2021, 9, 30),
                   .amount_fen = 0});
  }
  const EventId uninsured = issue_finding(*s.auditor, on(2021, 7, 1),
                                          {.code = "duty_without_cover",
                                           .law = "志愿服务条例 17",
                                           .events = {s.uninsured_duty},
                                           .responsible = s.welfare[1],
                                           .deadline = on(2021, 7, 31),
                                           .amount_fen = 0});
  HOUNIAO_TRY(s.auditor->sync(kSyncTimeout));
  resolve_finding(*s.director, on(2021, 7, 6), uninsured,
                  "the latecomers are covered since; no duty is given out before the cover begins",
                  {s.late_cover});
  return s.director->sync(kSyncTimeout);
}

}  // namespace

Result<void> close_books(Story& s) {
  HOUNIAO_TRY(evaluate(s));
  HOUNIAO_TRY(audit(s));
  const Elsewhere there(*s.clerk, s.scope("district"));
  report_published(*s.clerk, s.pack(), "press");
  return s.clerk->sync(kSyncTimeout);
}

}  // namespace houniao::programme_c
