// The end of the story: a film that was entered twice, found by the auditor and taken back, and the
// figures as they were published.
#include "tools/programme_a/story.h"

namespace houniao::programme_a {
namespace {

Result<void> find_double_entry(Story& story) {
  Tablet& clerk = *story.cast.clerk;
  EventId twice;
  {
    const stage::Elsewhere at(clerk, clerk.scope, story.centre, story.film);
    stage::SessionDraft again;
    again.kind = "film";
    again.headcount = 20;
    again.to_minute = 21 * 60 + 30;
    again.leader = story.clerk.value;
    twice = EventId{stage::hold_session(clerk, on(2014, 8, 2), again).value};
  }
  HOUNIAO_TRY(clerk.sync(kSyncTimeout));

  Tablet& auditor = *story.cast.auditor;
  stage::FindingDraft finding;
  finding.code = "entered_twice";
  finding.law = "ledger of the project, one record for each activity";
  finding.events = {EventId{story.first_film.value}, twice};
  finding.responsible = story.station;
  finding.deadline = on(2016, 1, 24);
  const EventId issued = stage::issue_finding(auditor, on(2016, 1, 19), finding);
  HOUNIAO_TRY(auditor.sync(kSyncTimeout));

  Tablet& director = *story.cast.director;
  const stage::Elsewhere at(director, story.company.scope("centre"), {}, story.film);
  const EventId taken_back = stage::retract(director, on(2016, 1, 20), twice, story.secretary,
                                            "the film of that evening was entered twice");
  HOUNIAO_TRY(director.sync(kSyncTimeout));
  stage::resolve_finding(director, on(2016, 1, 20), issued, "the second record is taken back",
                         {taken_back});
  return director.sync(kSyncTimeout);
}

}  // namespace

Result<void> close_books(Story& story) {
  HOUNIAO_TRY(find_double_entry(story));
  story.tell(
      "审计发现一场电影重复登记，已撤销并整改 / the auditor finds a film entered twice; it is "
      "taken "
      "back");
  stage::report_published(*story.cast.clerk, story.pack(), "press");
  return story.cast.clerk->sync(kSyncTimeout);
}

}  // namespace houniao::programme_a
