// How an order ends: reported as done, rated by those who did it, by their peers, by the resident
// who asked and by the panel, which has taken part all along and accepts the result. Once a month
// the universities are appraised and the next month is planned.
#include <algorithm>
#include <set>

#include "tools/programme_d/story.h"

namespace houniao::programme_d {
namespace {

using Opinion = schema::OrderReviewed::Opinion;
using RatingKind = schema::RatingSubmitted::Kind;

constexpr int kReturned = 20;  // the order that has to be done again, by its number
// From here on whoever belongs to the performer stands aside.
const Day kSplit = on(2024, 1, 1);

int points(Dice& dice) { return static_cast<int>(dice.between(6, 10)); }

bool performs(const Task& task, std::size_t university) {
  return std::find(task.taken.universities.begin(), task.taken.universities.end(), university) !=
         task.taken.universities.end();
}

std::vector<PersonId> panel_for(const Story& story, const Task& task, Day day, bool& took_part) {
  std::vector<PersonId> out;
  took_part = false;
  for (const Story::PanelMember& member : story.panel_members) {
    const bool own = member.university != kUniversities && performs(task, member.university);
    if (own && day >= kSplit) continue;
    took_part |= own;
    out.push_back(member.person);
  }
  return out;
}

Result<void> fulfil(Story& story, const Task& task, Day day, Dice& dice) {
  const std::size_t leader = task.taken.universities.front();
  const std::uint64_t rated = story.university(leader).id.value;
  Tablet& own = *story.university(leader).tablet;
  stage::fulfil_order(own, day, task.id, task.units, "done");
  stage::submit_rating(own, day, {rated, rated, RatingKind::SELF, task.id.value, points(dice)});
  HOUNIAO_TRY(own.sync(kSyncTimeout));
  std::size_t peer = (leader + 3) % kUniversities;
  while (performs(task, peer)) peer = (peer + 1) % kUniversities;
  Tablet& other = *story.university(peer).tablet;
  stage::submit_rating(
      other, day,
      {story.university(peer).id.value, rated, RatingKind::PEER, task.id.value, points(dice)});
  return other.sync(kSyncTimeout);
}

void rate(Story& story, const Task& task, Day day, PersonId panel_member, Dice& dice) {
  Tablet& secretary = *story.cast.secretary;
  const std::uint64_t rated = story.university(task.taken.universities.front()).id.value;
  if (task.requester) {
    stage::submit_rating(
        secretary, day,
        {task.requester.value, rated, RatingKind::RESIDENT, task.id.value, points(dice)});
  }
  stage::submit_rating(secretary, day,
                       {panel_member.value, rated, RatingKind::PANEL, task.id.value, points(dice)});
}

Result<void> do_again(Story& story, const Task& task, const Month& month,
                      const std::vector<PersonId>& panel) {
  Tablet& secretary = *story.cast.secretary;
  stage::review_order(secretary, month.day(27), task.id, panel, Opinion::DISSATISFIED, false,
                      "two households were left out");
  HOUNIAO_TRY(secretary.sync(kSyncTimeout));
  Tablet& own = *story.university(task.taken.universities.front()).tablet;
  stage::fulfil_order(own, month.day(28), task.id, task.units, "done_again");
  HOUNIAO_TRY(own.sync(kSyncTimeout));
  story.tell(
      "评议团退回一单重办，后验收 / the panel returns an order; it is done again and accepted");
  return {};
}

// Of whoever asked; where nobody is named, nobody is asked.
Opinion opinion_about(const Task& task, Dice& dice) {
  if (!task.requester) return Opinion::NONE;
  return dice.one_in(6) ? Opinion::NEUTRAL : Opinion::SATISFIED;
}

Result<void> accept_order(Story& story, const Task& task, const Month& month, Dice& dice) {
  Tablet& secretary = *story.cast.secretary;
  const Day day = month.day(28);
  bool took_part = false;
  const std::vector<PersonId> panel = panel_for(story, task, day, took_part);
  if (task.serial == kReturned) HOUNIAO_TRY(do_again(story, task, month, panel));
  const EventId review =
      stage::review_order(secretary, day, task.id, panel, opinion_about(task, dice));
  if (took_part) story.reviews_by_own.push_back(review);
  if (day >= kSplit && !story.independent_review) story.independent_review = review;
  rate(story, task, day, panel.front(), dice);
  for (const DemandId id : task.demands) story.book.find(id)->accepted = day;
  for (const std::size_t university : task.taken.universities) {
    --story.load[story.university(university).id.value];
  }
  return {};
}

// Each university that had an order this month, judged by the committee that gave it out.
void appraise(Story& story, const std::vector<Task>& tasks, const Month& month, Dice& dice) {
  std::set<std::size_t> judged;
  for (const Task& task : tasks) judged.insert(task.taken.universities.front());
  for (const std::size_t university : judged) {
    stage::EvaluationDraft draft;
    draft.evaluator = story.committee;
    draft.subject = story.university(university).id;
    draft.programme = story.programme;
    draft.from = month.from;
    draft.to = month.to;
    draft.points = static_cast<int>(dice.between(78, 97));
    draft.grade = draft.points >= 90 ? "excellent" : "good";
    stage::issue_evaluation(*story.cast.secretary, month.day(28), draft);
  }
}

void publish_plan(Story& story, const Month& month) {
  stage::NoticeDraft plan;
  plan.kind = "month_plan";
  plan.title = "plan of " + std::to_string(month.year) + "-" + std::to_string(month.month);
  plan.place = "notice boards of the compounds";
  stage::publish_notice(*story.cast.secretary, month.day(12), plan);
}

}  // namespace

Result<void> review(Story& story, const Month& month, std::vector<Task>& tasks) {
  Tablet& secretary = *story.cast.secretary;
  Dice dice = story.company.dice.fork("reviews" + std::to_string(month.serial));
  for (const Task& task : tasks) HOUNIAO_TRY(fulfil(story, task, month.day(27), dice));
  const stage::Elsewhere at(secretary, story.company.scope("orders"));
  publish_plan(story, month);
  for (const Task& task : tasks) HOUNIAO_TRY(accept_order(story, task, month, dice));
  appraise(story, tasks, month, dice);
  return secretary.sync(kSyncTimeout);
}

}  // namespace houniao::programme_d
