// A07, A08: in two places, and not there.
#include "tools/sandbox/plants_deliveries.h"

namespace houniao::sandbox {
namespace {

using namespace deliveries;

// --- A07 -----------------------------------------------------------------------------------------

// A lesson at a worker's site on a day, and who signed in for how long.
EventId lesson(Yard& yard, int worker, std::int64_t on, int from, int to, PersonId person) {
  Gathering draft;
  draft.stamp = stamp_of(yard, worker, day(yard, on));
  draft.headcount = 1;
  draft.from_minute = from;
  draft.to_minute = to;
  return sign_in(draft.stamp, gather(draft), {person}, from, to);
}

VolunteerId volunteer(Yard& yard, PersonId person) {
  return stage::enrol_volunteer(*yard.field[0], day(yard, 40), person, yard.centre, {});
}

EventId desk(Yard& yard, int worker, std::int64_t on, VolunteerId of, int from, int to) {
  stage::DutyDraft draft;
  draft.volunteer = of;
  draft.kind = "station_desk";
  draft.in_minute = from;
  draft.out_minute = to;
  return stage::check_in(*yard.field[worker], day(yard, on), draft);
}

void plant_doubles(Yard& yard, Plants& out) {
  const auto person = [&] { return yard.person(0, day(yard, 40)); };
  const PersonId one = person();
  fraud(out, 7, "同一人下午两点至四点在北站上课，三点又在中站签到",
        "somebody in a lesson at the north station from two to four signs in at the middle one "
        "at three",
        {lesson(yard, 0, 260, 14 * 60, 16 * 60, one), lesson(yard, 1, 260, 15 * 60, 17 * 60, one)});
  const PersonId two = person();
  fraud(out, 7, "北站课后五分钟就在二十公里外的南站签到",
        "signed in twenty kilometres away five minutes after a lesson",
        {lesson(yard, 0, 262, 9 * 60, 10 * 60, two),
         lesson(yard, 2, 262, 10 * 60 + 5, 11 * 60, two)});
  const PersonId three = person();
  const VolunteerId helper = volunteer(yard, three);
  fraud(out, 7, "志愿者在北站值班的同时在南站上课",
        "a volunteer on duty at the north station attends a lesson at the south one",
        {desk(yard, 0, 264, helper, 9 * 60, 12 * 60),
         lesson(yard, 2, 264, 10 * 60, 11 * 60 + 30, three)});
  const PersonId four = person();
  fraud(out, 7, "上门探访记在上午十点，同一时间此人又在中站上课",
        "a home visit at ten for somebody who was in a lesson at the middle station",
        {yard.service(0, day(yard, 266), four, "home_visit", 10 * 60, 60),
         lesson(yard, 1, 266, 9 * 60 + 30, 11 * 60, four)});
}

void plant_walkers(Yard& yard, Plants& out) {
  const auto person = [&] { return yard.person(0, day(yard, 40)); };
  const PersonId one = person();
  honest(
      out, 7, "同一站点先听讲座，中途转到隔壁课堂",
      "from a lecture to a class next door in the same station",
      {lesson(yard, 0, 270, 14 * 60, 16 * 60, one), lesson(yard, 0, 270, 15 * 60, 17 * 60, one)});
  const PersonId two = person();
  honest(out, 7, "上午在北站，一小时后到二十公里外的南站",
         "at the north station in the morning and twenty kilometres away an hour later",
         {lesson(yard, 0, 272, 9 * 60, 10 * 60, two), lesson(yard, 2, 272, 11 * 60, 12 * 60, two)});
  const PersonId three = person();
  honest(out, 7, "北站十点下课，签到表写的整点，八公里外的中站十点开始",
         "one sheet ends at ten sharp and the other, eight kilometres away, begins at ten sharp",
         {lesson(yard, 0, 274, 9 * 60, 10 * 60, three),
          lesson(yard, 1, 274, 10 * 60, 11 * 60, three)});
  const PersonId four = person();
  const VolunteerId helper = volunteer(yard, four);
  honest(
      out, 7, "在自己值班的站点一边值班一边听课",
      "on duty at the station in whose lesson the volunteer sits",
      {desk(yard, 1, 276, helper, 9 * 60, 12 * 60), lesson(yard, 1, 276, 10 * 60, 11 * 60, four)});
}

// --- A08 -----------------------------------------------------------------------------------------

struct Work {
  StaffId staff = {};
  int at = 0;  // site
  std::int64_t on = 0;
  int minute = -1;
  std::uint32_t minutes = 60;
};

EventId serve(Yard& yard, const Work& work) {
  Visit draft;
  draft.stamp = stamp_of(yard, work.at, day(yard, work.on), work.minute);
  draft.persons = {yard.person(work.at, day(yard, 40))};
  draft.kind = "counselling";
  draft.minutes = work.minutes;
  draft.staff = work.staff;
  return visit(draft);
}

EventId lead(Yard& yard, StaffId staff, int at, std::int64_t on, int from, int to) {
  Gathering draft;
  draft.stamp = stamp_of(yard, at, day(yard, on));
  draft.headcount = 13;
  draft.method = schema::SessionHeld::CountingMethod::ESTIMATED;
  draft.from_minute = from;
  draft.to_minute = to;
  draft.leader = staff.value;
  return event_of(gather(draft));
}

Result<void> plant_absent(Yard& yard, Plants& out) {
  const auto staff = [&] { return yard.staff(yard.centre, "social_worker", day(yard, 0)); };
  const StaffId left = staff();
  const StaffId split = staff();
  const StaffId placed = staff();
  const StaffId leaving = staff();
  const StaffId driver = staff();
  const StaffId roving = staff();
  HOUNIAO_TRY(yard.settle());
  stage::release_staff(*yard.admin, day(yard, 200), left);
  stage::release_staff(*yard.admin, day(yard, 250), leaving);
  stage::place_staff(*yard.supervisor, day(yard, 180), day(yard, 210), placed, yard.sites[0],
                     "residence");
  for (const int site : {0, 2}) {
    stage::place_staff(*yard.supervisor, day(yard, 180), day(yard, 210), roving, yard.sites[site],
                       "residence");
  }
  HOUNIAO_TRY(yard.settle());

  fraud(out, 8, "离任一个月后仍有三次服务记在其名下",
        "three services stand under a worker who had left a month before",
        {serve(yard, {left, 0, 230}), serve(yard, {left, 0, 231}), serve(yard, {left, 0, 232})});
  fraud(out, 8, "上午九点至十一点在北站带活动，十点又在二十公里外的南站做辅导",
        "leads a session from nine to eleven and counsels twenty kilometres away at ten",
        {lead(yard, split, 0, 280, 9 * 60, 11 * 60), serve(yard, {split, 2, 280, 10 * 60})});
  fraud(out, 8, "派驻北站的一个月里，四次服务记在南站",
        "four services at the south station in the month of a placement at the north one",
        {serve(yard, {placed, 2, 185}), serve(yard, {placed, 2, 188}),
         serve(yard, {placed, 2, 192}), serve(yard, {placed, 2, 199})});
  honest(out, 8, "离任当天完成最后一次服务", "the last service on the last day of work",
         {serve(yard, {leaving, 1, 250})});
  honest(out, 8, "上午带完活动，驱车一小时后到另一站做辅导",
         "counsels at another station an hour's drive after a session",
         {lead(yard, driver, 0, 282, 9 * 60, 10 * 60), serve(yard, {driver, 2, 282, 11 * 60})});
  honest(out, 8, "同时派驻两站的社工在两站轮流服务",
         "a worker placed at two stations serves at either in turn",
         {serve(yard, {roving, 0, 186}), serve(yard, {roving, 2, 187}),
          serve(yard, {roving, 0, 193})});
  return {};
}

}  // namespace

Result<void> plant_a07(Yard& yard, std::vector<Plant>& out) {
  plant_doubles(yard, out);
  plant_walkers(yard, out);
  return yard.settle();
}

Result<void> plant_a08(Yard& yard, std::vector<Plant>& out) {
  HOUNIAO_TRY(plant_absent(yard, out));
  return yard.settle();
}

}  // namespace houniao::sandbox
