// A05, A06, A12: outside a life time, at a closed site, and numbers of people.
#include "tools/sandbox/plants_deliveries.h"

namespace houniao::sandbox {
namespace {

using namespace deliveries;
using Counting = schema::SessionHeld::CountingMethod;
using PersonStatus = schema::PersonStatusChanged::Status;
using SiteStatus = schema::SiteStatusChanged::Status;

// Monday on or after that day of the yard; 1970-01-01 was a Thursday.
Day monday(const Yard& yard, std::int64_t n) {
  Day when = day(yard, n);
  while ((when.value + 3) % 7 != 0) ++when.value;
  return when;
}

// --- A05 -----------------------------------------------------------------------------------------

void plant_lives(Yard& yard, Plants& out) {
  const PersonId late = yard.person(0, day(yard, 30));
  change_person_status(*yard.field[0], day(yard, 150), late, PersonStatus::DECEASED);
  fraud(out, 5, "老人去世之后仍按月记录探访",
        "visits are recorded month after month when the old person had died",
        {yard.service(0, day(yard, 180), late), yard.service(0, day(yard, 210), late)});

  const PersonId newcomer = yard.person(1, day(yard, 200));
  fraud(out, 5, "登记之前两个多月就记有三次服务",
        "three services more than two months before the person was registered",
        {yard.service(1, day(yard, 120), newcomer), yard.service(1, day(yard, 127), newcomer),
         yard.service(1, day(yard, 134), newcomer)});

  const PersonId traveller = yard.person(2, day(yard, 30));
  change_person_status(*yard.field[2], day(yard, 150), traveller, PersonStatus::MOVED_OUT);
  change_person_status(*yard.field[2], day(yard, 220), traveller, PersonStatus::RETURNED);
  honest(out, 5, "迁出半年后返回，返回之后的服务",
         "somebody who had moved away came back and was served again",
         {yard.service(2, day(yard, 140), traveller), yard.service(2, day(yard, 230), traveller)});

  const PersonId paper = yard.person(1, day(yard, 112));
  honest(out, 5, "先上门后补登记，相差十天",
         "visited first, registered on paper, entered ten days later",
         {yard.service(1, day(yard, 102), paper), yard.service(1, day(yard, 114), paper)});
}

Result<void> plant_terms(Yard& yard, Plants& out) {
  const ContractId ended = yard.contract(day(yard, 10), day(yard, 120), 200'000, 20);
  const ContractId extended = yard.contract(day(yard, 10), day(yard, 120), 200'000, 20);
  yard.payer->add(day(yard, 110), [extended, to = day(yard, 180),
                                   approver = yard.approver->actor](stage::Body body) {
    auto a = body.initContractAmended();
    a.setContract(extended.value);
    a.setToDay(to.value);
    a.setReason("the community asked for two more months");
    a.setApprover(approver);
  });
  const EventId short_lived = yard.admin->add(day(yard, 0), [&yard](stage::Body body) {
    auto p = body.initProgrammeOpened();
    p.setCode("s-spring");
    p.setParent(yard.programme.value);
    p.setPurpose("spring activities");
    p.setRegion(yard.company.pack.region);
    p.setFromDay(day(yard, 0).value);
    p.setToDay(day(yard, 90).value);
  });
  HOUNIAO_TRY(yard.settle());
  const PersonId one = yard.person(0, day(yard, 40));
  const PersonId two = yard.person(1, day(yard, 40));
  fraud(out, 5, "合同期满两个月后的探访仍记在该合同名下",
        "visits two months after the contract had ended still stand under it",
        {yard.service(0, day(yard, 180), one, "home_visit", -1, 30, ended),
         yard.service(0, day(yard, 187), one, "home_visit", -1, 30, ended)});
  honest(out, 5, "合同经批准延期，延长期内的探访",
         "the contract was extended with approval; visits in the added months",
         {yard.service(1, day(yard, 150), two, "home_visit", -1, 30, extended)});
  Visit spring;
  spring.stamp = stamp_of(yard, 0, day(yard, 140));
  spring.stamp.programme = entity_cast<ProgrammeId>(short_lived);
  spring.persons = {one};
  spring.kind = "counselling";
  spring.staff = yard.workers[0];
  fraud(out, 5, "春季子项目结束七周之后还在其中记录辅导",
        "counselling recorded in the spring programme seven weeks after its end", {visit(spring)});
  return {};
}

// --- A06 -----------------------------------------------------------------------------------------

Gathering lesson_at(Yard& yard, SiteId site, Day when) {
  Gathering lesson;
  lesson.stamp = stamp_of(yard, 0, when);
  lesson.stamp.site = site;
  lesson.headcount = 17;
  lesson.method = Counting::ESTIMATED;
  return lesson;
}

Result<void> plant_closed(Yard& yard, Plants& out) {
  const SiteId repaired = open_site(yard, {"沙盒东站"});
  const SiteId rested = open_site(yard, {"沙盒西站", 2});
  const SiteId handed = open_site(yard, {"沙盒街站"});
  const SiteId nightly = open_site(yard, {"沙盒村站"});
  HOUNIAO_TRY(yard.settle());
  change_site(yard, day(yard, 200), day(yard, 240), repaired, SiteStatus::CLOSED);
  change_site(yard, day(yard, 220), day(yard, 220), repaired, SiteStatus::OPEN);
  change_site(yard, day(yard, 300), day(yard, 729), handed, SiteStatus::CHANGED, yard.rival);
  HOUNIAO_TRY(yard.settle());

  fraud(out, 6, "站点停用装修期间照记两场课堂",
        "two lessons are recorded while the station was closed for repairs",
        {event_of(gather(lesson_at(yard, repaired, day(yard, 205)))),
         event_of(gather(lesson_at(yard, repaired, day(yard, 212))))});
  honest(out, 6, "装修期间公告临时开放一天，当天办课",
         "opened for one announced day during the repairs, with a lesson on that day",
         {event_of(gather(lesson_at(yard, repaired, day(yard, 220))))});

  Ids mondays;
  for (int week = 0; week < 4; ++week) {
    const Day when{monday(yard, 150).value + 7 * week};
    mondays.push_back(event_of(gather(lesson_at(yard, rested, when))));
  }
  fraud(out, 6, "每周一闭馆的站点连续四个周一记有课堂",
        "lessons on four Mondays at a station that is closed on Mondays", std::move(mondays));
  honest(out, 6, "同一站点周二的课堂", "a lesson on a Tuesday at the same station",
         {event_of(gather(lesson_at(yard, rested, Day{monday(yard, 150).value + 1})))});

  fraud(out, 6, "站点移交另一单位后，原单位仍在此记录课堂",
        "the former operator records lessons after the station was handed over",
        {event_of(gather(lesson_at(yard, handed, day(yard, 320)))),
         event_of(gather(lesson_at(yard, handed, day(yard, 327))))});
  Gathering by_rival = lesson_at(yard, handed, day(yard, 321));
  by_rival.stamp.organisation = yard.rival;
  honest(out, 6, "移交之后由新单位办课；移交之前由原单位办课",
         "lessons of the body that took over, and of the former one before the handover",
         {event_of(gather(by_rival)), event_of(gather(lesson_at(yard, handed, day(yard, 280))))});

  Ids nights;
  for (int i = 0; i < 3; ++i) {
    Gathering night = lesson_at(yard, nightly, day(yard, 160 + i));
    night.from_minute = 2 * 60;
    night.to_minute = 4 * 60;
    nights.push_back(event_of(gather(night)));
  }
  fraud(out, 6, "三天凌晨两点至四点的课堂", "lessons from two to four in the morning on three days",
        std::move(nights));
  Gathering evening = lesson_at(yard, nightly, day(yard, 170));
  evening.from_minute = 20 * 60 + 30;
  evening.to_minute = 22 * 60 + 30;
  honest(out, 6, "晚间讲座比闭馆时间晚半小时结束",
         "an evening lecture ends half an hour after closing time", {event_of(gather(evening))});
  return {};
}

// --- A12 -----------------------------------------------------------------------------------------

Result<void> plant_heads(Yard& yard, Plants& out) {
  const StaffId leader = yard.staff(yard.centre, "social_worker", day(yard, 0));
  const StaffId careful = yard.staff(yard.centre, "social_worker", day(yard, 0));
  const SiteId hall = open_site(yard, {"沙盒礼堂", 1, 60});
  HOUNIAO_TRY(yard.settle());
  const auto held = [&](std::int64_t on, std::uint32_t people, StaffId by = {},
                        Counting method = Counting::COUNTED) {
    Gathering draft;
    draft.stamp = stamp_of(yard, 1, day(yard, on));
    draft.stamp.site = hall;
    draft.headcount = people;
    draft.method = method;
    draft.leader = by.value;
    return gather(draft);
  };
  const auto signed_by = [&](std::int64_t on, SessionId session, std::uint32_t people) {
    Stamp stamp = stamp_of(yard, 1, day(yard, on));
    stamp.site = hall;
    return sign_in(stamp, session, {}, 0, 0, people);
  };

  const SessionId padded = held(60, 57);
  fraud(out, 12, "签到二十一人，上报现场五十七人", "twenty-one signed in, fifty-seven are reported",
        {event_of(padded), signed_by(60, padded, 21)});
  fraud(out, 12, "六十人的礼堂逐人清点出一百四十三人",
        "a hall for sixty in which a hundred and forty-three were counted",
        {event_of(held(67, 143))});
  const SessionId doubled = held(74, 18);
  fraud(out, 12, "现场十八人，签到表上却有三十九人",
        "eighteen were there, but thirty-nine are on the sheet",
        {event_of(doubled), signed_by(74, doubled, 39)});
  Ids round;
  for (int i = 0; i < 9; ++i) {
    round.push_back(
        event_of(held(80 + 7 * i, static_cast<std::uint32_t>(20 + 10 * (i % 3)), leader)));
  }
  fraud(out, 12, "同一负责人九场活动人数全是整十数，都没有签到",
        "nine sessions of one leader with headcounts in tens and no sheet", std::move(round));

  const SessionId plain = held(61, 25);
  honest(out, 12, "现场二十五人，签到二十二人，三人未签",
         "twenty-five were there, three of them did not sign",
         {event_of(plain), signed_by(61, plain, 22)});
  honest(out, 12, "广场活动估计约一百二十人，注明为估计",
         "a square with about a hundred and twenty people, marked as an estimate",
         {event_of(held(68, 120, {}, Counting::ESTIMATED))});
  const SessionId slip = held(75, 240);
  const EventId sheet = signed_by(75, slip, 24);
  Ids backed;
  for (int i = 0; i < 8; ++i) {
    const SessionId session = held(82 + 7 * i, 20, careful);
    backed.push_back(event_of(session));
    backed.push_back(signed_by(82 + 7 * i, session, 20));
  }
  honest(out, 12, "小班名额二十人，场场满员且逐一签到",
         "a class of twenty places that is full every time, everybody signing", std::move(backed));
  HOUNIAO_TRY(yard.settle());
  stage::correct_number(*yard.supervisor, day(yard, 77), event_of(slip),
                        schema::EventCorrected::Field::HEADCOUNT, 24,
                        StaffId{yard.second_supervisor->actor}, "a zero too many");
  honest(out, 12, "二十四人误录为二百四十人，次日经批准更正",
         "twenty-four was typed as two hundred and forty and corrected with approval",
         {event_of(slip), sheet});
  return {};
}

}  // namespace

Result<void> plant_a05(Yard& yard, std::vector<Plant>& out) {
  plant_lives(yard, out);
  HOUNIAO_TRY(plant_terms(yard, out));
  return yard.settle();
}

Result<void> plant_a06(Yard& yard, std::vector<Plant>& out) {
  HOUNIAO_TRY(plant_closed(yard, out));
  return yard.settle();
}

Result<void> plant_a12(Yard& yard, std::vector<Plant>& out) {
  HOUNIAO_TRY(plant_heads(yard, out));
  return yard.settle();
}

}  // namespace houniao::sandbox
