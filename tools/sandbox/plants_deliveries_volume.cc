// A09, A10: too much for a day, and written at once or long afterwards. A record's own clock counts
// for A10, so each of its plants has a tablet and a worker of its own.
#include "tools/sandbox/plants_deliveries.h"

namespace houniao::sandbox {
namespace {

using namespace deliveries;

// --- A09 -----------------------------------------------------------------------------------------

struct Round {
  StaffId staff = {};
  std::int64_t on = 0;
  int services = 0;
  std::uint32_t minutes = 10;
  int first_minute = -1;  // with one it goes on every two minutes
};

Ids work(Yard& yard, const Round& round) {
  const PersonId person = yard.person(0, day(yard, 40));
  Ids out;
  for (int i = 0; i < round.services; ++i) {
    Visit draft;
    const int minute = round.first_minute < 0 ? -1 : round.first_minute + 2 * i;
    draft.stamp = stamp_of(yard, 0, day(yard, round.on), minute);
    draft.persons = {person};
    draft.kind = "legal_advice";
    draft.minutes = round.minutes;
    draft.staff = round.staff;
    out.push_back(visit(draft));
  }
  return out;
}

Result<void> plant_volumes(Yard& yard, Plants& out) {
  StaffId staff[6];
  for (StaffId& one : staff) one = yard.staff(yard.centre, "social_worker", day(yard, 0));
  HOUNIAO_TRY(yard.settle());
  fraud(out, 9, "一名社工一天记了七十二次法律咨询",
        "one worker records seventy-two talks on law on one day", work(yard, {staff[0], 300, 72}));
  fraud(out, 9, "一天十三次、每次两小时的服务，合计超过二十四小时",
        "thirteen services of two hours on one day, more than the day has",
        work(yard, {staff[1], 301, 13, 120}));
  fraud(out, 9, "从九点起每两分钟一次，一小时内二十五次咨询",
        "twenty-five talks within one hour, one every two minutes",
        work(yard, {staff[2], 302, 25, 5, 9 * 60}));
  honest(out, 9, "普法日全天接待四十八人，每人几分钟",
         "a law day with forty-eight brief talks from morning to night",
         work(yard, {staff[3], 303, 48, 8}));
  Visit group;
  group.stamp = stamp_of(yard, 0, day(yard, 304));
  for (int i = 0; i < 12; ++i) group.persons.push_back(yard.person(0, day(yard, 40)));
  group.anonymous = 80;
  group.kind = "legal_advice";
  group.minutes = 150;
  group.staff = staff[4];
  honest(out, 9, "一场九十二人的集体咨询只是一次服务",
         "one talk to a group of ninety-two people is one service", {visit(group)});
  Ids week;
  for (int i = 0; i < 5; ++i) {
    for (const EventId event : work(yard, {staff[5], 305 + i, 14, 55})) week.push_back(event);
  }
  honest(out, 9, "连续五天每天十四次、每次近一小时",
         "fourteen services of nearly an hour on each of five days", std::move(week));
  return {};
}

// --- A10 -----------------------------------------------------------------------------------------

struct Desk {
  stage::Tablet* tablet = nullptr;
  StaffId worker;
};

Result<Desk> open_desk(Yard& yard, const std::string& label) {
  Desk desk;
  desk.worker = yard.staff(yard.centre, "social_worker", day(yard, 0));
  HOUNIAO_TRY(yard.admin->sync(stage::kSyncTimeout));
  auto tablet = yard.enrol(label, schema::Role::FIELD, desk.worker, yard.centre, yard.sites[0]);
  if (!tablet) return tablet.error();
  desk.tablet = *tablet;
  return desk;
}

struct Batch {
  int count = 0;
  schema::Source source = schema::Source::DEVICE;
  std::optional<std::int64_t> first_day = {};  // of the yard, one a day from there; none: today
  ContractId contract = {};
};

Ids write(Yard& yard, const Desk& desk, PersonId person, const Batch& batch) {
  Ids out;
  for (int i = 0; i < batch.count; ++i) {
    Visit draft;
    draft.stamp.tablet = desk.tablet;
    if (batch.first_day) draft.stamp.when = day(yard, *batch.first_day + i);
    draft.stamp.source = batch.source;
    draft.persons = {person};
    draft.staff = desk.worker;
    draft.contract = batch.contract;
    out.push_back(visit(draft));
  }
  return out;
}

Result<void> plant_late_records(Yard& yard, Plants& out, PersonId person) {
  auto burst = open_desk(yard, "sandbox burst");
  if (!burst) return burst.error();
  fraud(out, 10, "一部设备在几秒钟里写入五十条“当场”服务",
        "fifty services as if made on the spot are written on one tablet within seconds",
        write(yard, *burst, person, {50}));

  auto late = open_desk(yard, "sandbox late");
  if (!late) return late.error();
  fraud(out, 10, "一名记录人的全部服务都在数月之后补录",
        "everything that one worker wrote was written months after it happened",
        write(yard, *late, person, {24, schema::Source::TYPED, 320}));

  auto claimed = open_desk(yard, "sandbox claimed");
  if (!claimed) return claimed.error();
  const ContractId contract = yard.contract(day(yard, 300), day(yard, 600), 300'000, 30);
  HOUNIAO_TRY(yard.settle());
  const Ids units = write(yard, *claimed, person, {22, schema::Source::TYPED, 330, contract});
  HOUNIAO_TRY(claimed->tablet->sync(stage::kSyncTimeout));
  fraud(out, 10, "提交阶段成果前突击补录二十二次探访",
        "twenty-two visits are made up just before the milestone that claims them",
        {event_of(claim(yard, day(yard, 360), contract, 22, units, schema::Source::TYPED))});
  for (const Desk* desk : {&*burst, &*late}) {
    HOUNIAO_TRY(desk->tablet->sync(stage::kSyncTimeout));
  }
  return {};
}

Result<void> plant_honest_records(Yard& yard, Plants& out, PersonId person) {
  auto archive = open_desk(yard, "sandbox archive");
  if (!archive) return archive.error();
  honest(out, 10, "旧台账一次导入六十条，注明为旧账",
         "sixty records of an older book are taken over at once and marked so",
         write(yard, *archive, person, {60, schema::Source::IMPORTED, 400}));

  auto prompt = open_desk(yard, "sandbox prompt");
  if (!prompt) return prompt.error();
  honest(out, 10, "一个上午三十条当日服务，当日写入",
         "thirty services of the day are written on the day", write(yard, *prompt, person, {30}));

  auto paper = open_desk(yard, "sandbox paper");
  if (!paper) return paper.error();
  Ids sheets = write(yard, *paper, person, {25});
  for (const EventId event : write(yard, *paper, person, {8, schema::Source::TYPED, 380})) {
    sheets.push_back(event);
  }
  honest(out, 10, "三十三条中有八条是停电期间的纸质记录补录",
         "eight of thirty-three records come from paper kept during a power cut",
         std::move(sheets));

  auto roster = open_desk(yard, "sandbox roster");
  if (!roster) return roster.error();
  Gathering lesson;
  lesson.stamp.tablet = roster->tablet;
  lesson.stamp.source = schema::Source::TYPED;
  lesson.headcount = 45;
  const SessionId session = gather(lesson);
  Ids signs{event_of(session)};
  for (int i = 0; i < 45; ++i) signs.push_back(sign_in(lesson.stamp, session, {}, 0, 0, 1));
  honest(out, 10, "四十五人扫码签到，一分钟内全部写入",
         "forty-five people sign in by code within a minute", std::move(signs));
  for (const Desk* desk : {&*archive, &*prompt, &*paper, &*roster}) {
    HOUNIAO_TRY(desk->tablet->sync(stage::kSyncTimeout));
  }
  return {};
}

}  // namespace

Result<void> plant_a09(Yard& yard, std::vector<Plant>& out) {
  HOUNIAO_TRY(plant_volumes(yard, out));
  return yard.settle();
}

Result<void> plant_a10(Yard& yard, std::vector<Plant>& out) {
  const PersonId person = yard.person(0, day(yard, 40));
  HOUNIAO_TRY(yard.settle());
  HOUNIAO_TRY(plant_late_records(yard, out, person));
  HOUNIAO_TRY(plant_honest_records(yard, out, person));
  return yard.settle();
}

}  // namespace houniao::sandbox
