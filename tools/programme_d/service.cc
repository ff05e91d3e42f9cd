// What students do for an order: sessions in the compounds, after class, on holidays and for a
// stage of a project; duty with check-in and check-out, hours, and the points that the plan gives.
#include <algorithm>

#include "tools/programme_d/story.h"

namespace houniao::programme_d {
namespace {

using Mode = schema::DutyCheckedIn::Mode;

struct Shift {
  Day day;
  Mode mode = Mode::REGULAR;
  int in_minute = 0;
  int length = 0;
};

Shift shift_on(const Month& month, Dice& dice) {
  Shift shift;
  shift.day = month.day(static_cast<int>(dice.between(11, 26)));
  const bool vacation = month.month == 1 || month.month == 2 || month.month == 7;
  if (vacation) {
    shift.mode = Mode::CONCENTRATED;
    shift.in_minute = 9 * 60;
    shift.length = dice.one_in(2) ? 240 : 180;
  } else if (is_weekend(shift.day)) {
    shift.mode = Mode::PHASED;
    shift.in_minute = 9 * 60;
    shift.length = 180;
  } else {
    shift.mode = Mode::REGULAR;
    shift.in_minute = 16 * 60;
    shift.length = 150;
  }
  return shift;
}

std::int64_t minutes_of(const Numbers& n, const Month& month) {
  if (month.year == 2022) return n.minutes_2022 / 12;
  if (month.year == 2023) return n.minutes_2023 / 12;
  return n.minutes_2024 / 12;
}

// Whose turn it is at a university, of those who are insured and free that day.
std::optional<std::size_t> next_student(University& university, Day day) {
  for (std::size_t tries = 0; tries < university.students.size(); ++tries) {
    const std::size_t index = university.next++ % university.students.size();
    Student& student = university.students[index];
    if (student.insured > day || student.last_duty == day) continue;
    student.last_duty = day;
    return index;
  }
  return std::nullopt;
}

SessionId hold(Story& story, Tablet& tablet, const Task& task, const Shift& shift, Dice& dice) {
  stage::PlanDraft plan;
  plan.kind = task.need->order_kind;
  plan.day = shift.day;
  plan.from_minute = shift.in_minute;
  plan.to_minute = shift.in_minute + shift.length;
  plan.capacity = 60;
  plan.with_minors = task.need->with_minors;
  const SessionId planned = stage::plan_session(tablet, days_after(shift.day, -1), plan);
  std::vector<PersonId> known;
  const std::vector<PersonId>& residents = story.compounds[task.compound].residents;
  const std::size_t first = dice.index(residents.size());
  for (std::size_t i = 0; i < std::min<std::size_t>(4, residents.size()); ++i) {
    known.push_back(residents[(first + i) % residents.size()]);
  }
  const auto others = static_cast<std::uint32_t>(dice.between(4, 22));
  stage::SessionDraft session;
  session.kind = plan.kind;
  session.headcount = static_cast<std::uint32_t>(known.size()) + others;
  session.from_minute = plan.from_minute;
  session.to_minute = plan.to_minute;
  session.planned = planned;
  const SessionId held = stage::hold_session(tablet, shift.day, session);
  stage::attend(tablet, shift.day, held, known, others);
  return held;
}

// One session of an order; returns the minutes that were served in it.
std::int64_t serve_once(Story& story, Task& task, const Shift& shift, Dice& dice) {
  Tablet& tablet = *story.university(task.taken.universities.front()).tablet;
  const stage::Elsewhere at(tablet, story.company.scope("volunteers"),
                            story.compounds[task.compound].site);
  const SessionId session = hold(story, tablet, task, shift, dice);
  task.units.push_back(EventId{session.value});
  std::int64_t served = 0;
  const int people = static_cast<int>(dice.between(3, 6));
  for (int i = 0; i < people; ++i) {
    const std::size_t university =
        task.taken.universities[static_cast<std::size_t>(i) % task.taken.universities.size()];
    const auto student = next_student(story.university(university), shift.day);
    if (!student) continue;
    stage::DutyDraft duty;
    duty.volunteer = story.university(university).students[*student].volunteer;
    duty.order = task.id;
    duty.session = session;
    duty.kind = task.need->order_kind;
    duty.in_minute = shift.in_minute;
    duty.out_minute = shift.in_minute + shift.length;
    duty.physical_risk = true;
    duty.with_minors = task.need->with_minors;
    duty.mode = shift.mode;
    duty.method = schema::DutyCheckedIn::Method::QR;
    const EventId checked_in = stage::check_in(tablet, shift.day, duty);
    const auto minutes = static_cast<std::uint32_t>(shift.length);
    const EventId record =
        stage::record_hours(tablet, shift.day, duty.volunteer, checked_in, minutes);
    task.duties.push_back({record, university, *student, minutes, shift.day});
    served += shift.length;
  }
  return served;
}

// In turn one university has no network while it serves.
bool is_away(const Month& month, std::size_t university) {
  return month.serial % static_cast<int>(kUniversities) == static_cast<int>(university);
}

}  // namespace

Result<void> serve(Story& story, const Month& month, std::vector<Task>& tasks) {
  if (tasks.empty()) return {};
  for (std::size_t i = 0; i < kUniversities; ++i) {
    if (is_away(month, i)) story.university(i).tablet->device().disconnect();
  }
  Dice dice = story.company.dice.fork("service" + std::to_string(month.serial));
  std::int64_t left = minutes_of(story.numbers, month);
  for (std::size_t turn = 0; left > 0 || turn < tasks.size(); ++turn) {
    const std::int64_t served =
        serve_once(story, tasks[turn % tasks.size()], shift_on(month, dice), dice);
    // Nobody is free any more.
    if (served == 0 && turn >= tasks.size() * 8) break;
    left -= served;
  }
  for (std::size_t i = 0; i < kUniversities; ++i) {
    Tablet& tablet = *story.university(i).tablet;
    HOUNIAO_TRY(tablet.save());
    HOUNIAO_TRY(tablet.connect());
    HOUNIAO_TRY(tablet.sync(kSyncTimeout));
  }
  return {};
}

Result<void> credit(Story& story, const Month& month, std::vector<Task>& tasks) {
  Tablet& branch = *story.cast.branch;
  Dice dice = story.company.dice.fork("hours" + std::to_string(month.serial));
  const Day decided = month.day(28);
  for (Task& task : tasks) {
    for (const Duty& duty : task.duties) {
      Student& student = story.university(duty.university).students[duty.student];
      const std::uint32_t refused = dice.one_in(40) ? 15 : 0;
      const std::uint32_t accepted = duty.minutes - refused;
      const EventId confirmed =
          stage::confirm_hours(branch, decided, duty.record, accepted, refused,
                               refused != 0 ? "left early, as the leader saw" : "");
      student.minutes[month.year] += accepted;
      const std::int64_t points = accepted / story.pack().policy.minutes_per_point;
      if (points == 0) continue;
      branch.add(decided, [volunteer = student.volunteer, confirmed, points](stage::Body body) {
        auto p = body.initPointsEarned();
        p.setVolunteer(volunteer.value);
        p.setHours(confirmed.value);
        p.setPoints(points);
      });
      student.points += points;
    }
  }
  return branch.sync(kSyncTimeout);
}

}  // namespace houniao::programme_d
