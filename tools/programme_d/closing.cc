// What the year and the story end with: certificates and honours, the auditor's finding about a
// panel that judged its own university, and the figures as they were published.
#include <algorithm>

#include "tools/programme_d/story.h"

namespace houniao::programme_d {
namespace {

Student& busiest(University& university, int year) {
  return *std::max_element(
      university.students.begin(), university.students.end(),
      [&](Student& a, Student& b) { return a.minutes[year] < b.minutes[year]; });
}

void certify(Story& story, const Student& student, std::uint32_t minutes, int year, int number) {
  const Day when = on(year, 12, 29);
  story.cast.branch->add(when, [=, issuer = story.branch_body, head = story.branch_secretary,
                                handler = story.secretary](stage::Body body) {
    auto c = body.initHoursCertificateIssued();
    c.setNumber("WH-" + std::to_string(year) + "-" + std::to_string(number));
    c.setVolunteer(student.volunteer.value);
    c.setFromDay(on(year, 1, 1).value);
    c.setToDay(on(year, 12, 31).value);
    c.setMinutes(minutes);
    c.initContent(1).set(0, "service for residents of the community");
    c.setIssuer(issuer.value);
    c.setHead(head.value);
    c.setHandler(handler.value);
    c.setContact("office of the community League branch");
    c.setDisclosure("notice board of the community");
    c.setDisclosedFromDay(when.value);
    c.setDisclosedToDay(when.value + 9);
  });
}

}  // namespace

Result<void> honour(Story& story, int year) {
  int number = 0;
  Tablet& branch = *story.cast.branch;
  for (University& university : story.universities) {
    Student& student = busiest(university, year);
    const std::uint32_t minutes = student.minutes[year];
    if (minutes == 0) continue;
    certify(story, student, minutes, year, ++number);
    stage::HonourDraft draft;
    draft.recipient = student.person.value;
    draft.to_organisation = false;
    draft.title = "outstanding_volunteer";
    draft.issuer = "community League branch";
    stage::confer_honour(branch, on(year, 12, 30), draft);
  }
  stage::HonourDraft team;
  team.recipient = story.universities[static_cast<std::size_t>(year) % kUniversities].id.value;
  team.title = "outstanding_partner";
  team.issuer = "community committee";
  stage::confer_honour(branch, on(year, 12, 30), team);
  HOUNIAO_TRY(branch.sync(kSyncTimeout));
  story.tell(std::to_string(year) + " 年：出具志愿服务证明 " + std::to_string(number) +
             " 份并公示，表彰优秀志愿者 / certificates over confirmed hours, posted, and honours");
  return {};
}

Result<void> find_dependence(Story& story) {
  if (story.reviews_by_own.empty() || !story.independent_review) return {};
  Tablet& auditor = *story.cast.auditor;
  stage::FindingDraft finding;
  finding.code = "panel_took_part";
  finding.law = "I24: who did the work does not accept it";
  const std::size_t cited = std::min<std::size_t>(20, story.reviews_by_own.size());
  finding.events.assign(story.reviews_by_own.begin(),
                        story.reviews_by_own.begin() + static_cast<std::ptrdiff_t>(cited));
  finding.responsible = story.committee;
  finding.deadline = on(2024, 3, 31);
  const EventId issued = stage::issue_finding(auditor, on(2023, 12, 20), finding);
  HOUNIAO_TRY(auditor.sync(kSyncTimeout));
  Tablet& secretary = *story.cast.secretary;
  stage::resolve_finding(secretary, on(2024, 3, 5), issued,
                         "members of the performing university stand aside since January 2024",
                         {story.independent_review});
  HOUNIAO_TRY(secretary.sync(kSyncTimeout));
  story.tell("评议团成员参与承办 " + std::to_string(story.reviews_by_own.size()) +
             " 单已提示；审计发现后分开评议 / reviews with members of the performer were flagged; "
             "after the finding they stand aside");
  return {};
}

Result<void> close_books(Story& story) {
  stage::report_published(*story.cast.secretary, story.pack(), "press");
  return story.cast.secretary->sync(kSyncTimeout);
}

}  // namespace houniao::programme_d
