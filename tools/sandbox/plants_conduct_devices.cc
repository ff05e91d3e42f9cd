// A24 devices, A25 correction abuse.
#include "tools/sandbox/plants_conduct.h"

namespace houniao::sandbox {
namespace {

using namespace conduct;
using std::chrono::hours;
using std::chrono::minutes;

// --- A24 ---------------------------------------------------------------------------------------

// What a worker counts in the field, as the device's own clock has it.
EventId note(Tablet& tablet, schema::Source source = schema::Source::DEVICE) {
  Stamp stamp;
  stamp.tablet = &tablet;
  stamp.source = source;
  return deliveries::record(stamp, [](Body body) {
    auto a = body.initAssetRecorded();
    a.setKind("equipment");
    a.setName("沙盒盘点");
    a.setQuantity(1);
  });
}

// A tablet of its own for each story of a clock.
Result<Tablet*> tablet_of(Yard& yard, const std::string& label) {
  return office(yard, label, schema::Role::FIELD, yard.centre);
}

// Notes something, is without a network while its clock is moved, notes again and comes home.
Result<Ids> note_around(Tablet& tablet, std::chrono::milliseconds moved,
                        schema::Source then = schema::Source::DEVICE) {
  Ids out = {note(tablet)};
  HOUNIAO_TRY(tablet.sync(kSyncTimeout));
  tablet.device().disconnect();
  tablet.device().set_clock_ahead(moved);
  out.push_back(note(tablet, then));
  HOUNIAO_TRY(tablet.save());
  tablet.device().set_clock_ahead(minutes(0));
  HOUNIAO_TRY(tablet.connect());
  HOUNIAO_TRY(tablet.sync(kSyncTimeout));
  return out;
}

// Notes twice so long ago and comes home only now.
Result<Ids> note_long_ago(Tablet& tablet, int days, schema::Source source) {
  HOUNIAO_TRY(tablet.sync(kSyncTimeout));
  tablet.device().disconnect();
  tablet.device().set_clock_ahead(-hours(24 * days));
  const Ids out = {note(tablet, source), note(tablet, source)};
  HOUNIAO_TRY(tablet.save());
  tablet.device().set_clock_ahead(minutes(0));
  HOUNIAO_TRY(tablet.connect());
  HOUNIAO_TRY(tablet.sync(kSyncTimeout));
  return out;
}

// A clock that was two hours fast from the beginning until the network put it right.
Result<Ids> note_before_and_after_repair(Tablet& tablet) {
  HOUNIAO_TRY(tablet.sync(kSyncTimeout));
  tablet.device().disconnect();
  tablet.device().set_clock_ahead(hours(2));
  HOUNIAO_TRY(tablet.connect());
  HOUNIAO_TRY(tablet.sync(kSyncTimeout));
  Ids out = {note(tablet)};
  HOUNIAO_TRY(tablet.sync(kSyncTimeout));
  tablet.device().disconnect();
  tablet.device().set_clock_ahead(minutes(0));
  HOUNIAO_TRY(tablet.connect());
  HOUNIAO_TRY(tablet.sync(kSyncTimeout));
  out.push_back(note(tablet));
  HOUNIAO_TRY(tablet.sync(kSyncTimeout));
  return out;
}

// --- A25 ---------------------------------------------------------------------------------------

EventId correct(Tablet& tablet, Yard& yard, Day when, EventId target, std::int64_t people) {
  return stage::correct_number(tablet, when, target, schema::EventCorrected::Field::HEADCOUNT,
                               people, yard.chief, "核对签到表");
}

Ids hold_many(Yard& yard, Day from, int count, Tablet* tablet) {
  Ids out;
  for (int i = 0; i < count; ++i) {
    out.push_back(hold(yard, {.when = days_after(from, i), .headcount = 15, .tablet = tablet}));
  }
  return out;
}

}  // namespace

Result<void> plant_a24(Yard& yard, std::vector<Plant>& out) {
  Key key(out, 24);
  struct Story {
    const char* label;
    Tablet* tablet = nullptr;
  };
  Story stories[7] = {{"sandbox clock set back"},    {"sandbox clock of yesterday"},
                      {"sandbox kept at home"},      {"sandbox clock put right"},
                      {"sandbox clock that drifts"}, {"sandbox three weeks away"},
                      {"sandbox old book"}};
  for (Story& story : stories) {
    auto tablet = tablet_of(yard, story.label);
    if (!tablet) return tablet.error();
    story.tablet = *tablet;
  }
  auto set_back = note_around(*stories[0].tablet, -hours(3));
  if (!set_back) return set_back.error();
  auto yesterday = note_around(*stories[1].tablet, -hours(26));
  if (!yesterday) return yesterday.error();
  auto kept = note_long_ago(*stories[2].tablet, 44, schema::Source::DEVICE);
  if (!kept) return kept.error();
  auto repaired = note_before_and_after_repair(*stories[3].tablet);
  if (!repaired) return repaired.error();
  auto drifting = note_around(*stories[4].tablet, -minutes(4));
  if (!drifting) return drifting.error();
  auto away = note_long_ago(*stories[5].tablet, 21, schema::Source::DEVICE);
  if (!away) return away.error();
  auto book = note_long_ago(*stories[6].tablet, 60, schema::Source::IMPORTED);
  if (!book) return book.error();

  key.fraud("平板时钟离线时回拨三小时后补记",
            "a tablet's clock is set back three hours while offline", *set_back);
  key.fraud("平板时钟离线时回拨到前一天",
            "a tablet's clock is set back to the day before while offline", *yesterday);
  key.fraud("记录在平板上扣住一个半月才同步",
            "records are kept on a tablet for six weeks before they are synchronised", *kept);
  key.honest("一直快两小时的时钟由网络校准",
             "a clock that was two hours fast is put right by the network", *repaired);
  key.honest("时钟走慢四分钟", "a clock loses four minutes", *drifting);
  key.honest("下乡三周无网络，回来即同步", "a tablet is without a network for three weeks", *away);
  key.honest("旧台账补录，设备时钟不作数",
             "an old book is typed in, whatever the device's clock shows", *book);
  return {};
}

Result<void> plant_a25(Yard& yard, std::vector<Plant>& out) {
  using schema::Role;
  Key key(out, 25);
  // Tablets of their own: changes are counted by device.
  Tablet* desks[4] = {};
  const char* labels[4] = {"sandbox eager corrector", "sandbox own corrector",
                           "sandbox quiet corrector", "sandbox honest corrector"};
  for (int i = 0; i < 4; ++i) {
    auto desk = office(yard, labels[i], Role::SUPERVISOR, yard.centre);
    if (!desk) return desk.error();
    desks[i] = *desk;
  }
  auto paid = deliver(yard, {.from = on(2024, 6, 3)});
  if (!paid) return paid.error();
  auto unpaid = deliver(yard, {.from = on(2024, 6, 4), .paid = false});
  if (!unpaid) return unpaid.error();

  const Day from = on(2024, 10, 8);
  const EventId covered_up = hold(yard, {.when = from, .headcount = 17});
  const EventId doubled = hold(yard, {.when = days_after(from, 1), .headcount = 17});
  const EventId swollen = hold(yard, {.when = days_after(from, 2), .headcount = 12});
  const EventId plain = hold(yard, {.when = days_after(from, 3), .headcount = 12});
  const Ids of_others = hold_many(yard, days_after(from, 5), 22, nullptr);
  const Ids of_own = hold_many(yard, days_after(from, 5), 24, desks[1]);
  HOUNIAO_TRY(desks[1]->sync(kSyncTimeout));
  HOUNIAO_TRY(yard.settle());
  const auto doubt_about = [&](EventId event) {
    stage::FindingDraft finding;
    finding.code = "headcount";
    finding.law = "ledger of the project, one record for each activity";
    finding.events = {event};
    finding.responsible = yard.centre;
    finding.deadline = days_after(from, 60);
    return stage::issue_finding(*yard.auditor, days_after(from, 30), finding);
  };
  const EventId about_cover = doubt_about(covered_up);
  const EventId about_double = doubt_about(doubled);
  HOUNIAO_TRY(yard.settle());

  Ids eager;
  for (const EventId event : of_others) {
    eager.push_back(correct(*desks[0], yard, days_after(from, 33), event, 32));
  }
  Ids careful;
  for (const EventId event : of_own) {
    careful.push_back(correct(*desks[1], yard, days_after(from, 33), event, 16));
  }
  const EventId withdrawn =
      stage::retract(*desks[2], days_after(from, 35), paid->units[2], yard.chief, "重复录入");
  const EventId hidden = correct(*desks[2], yard, days_after(from, 36), covered_up, 41);
  const EventId opened_again =
      stage::retract(*desks[2], days_after(from, 37), swollen, yard.chief, "人数有误");
  const EventId before_payment =
      stage::retract(*desks[3], days_after(from, 35), unpaid->units[1], yard.chief, "与另一条重复");
  const EventId remedy =
      stage::retract(*desks[3], days_after(from, 36), doubled, yard.chief, "审计指出重复登记");
  const EventId redone =
      stage::retract(*desks[3], days_after(from, 37), plain, yard.chief, "地点录错");
  for (Tablet* desk : desks) HOUNIAO_TRY(desk->sync(kSyncTimeout));
  HOUNIAO_TRY(yard.settle());
  stage::resolve_finding(*yard.supervisor, days_after(from, 40), about_double, "重复记录已撤销",
                         {remedy});
  const EventId larger = hold(yard, {.when = days_after(from, 2), .headcount = 48});
  const EventId as_large = hold(yard, {.when = days_after(from, 3), .headcount = 13});
  HOUNIAO_TRY(yard.settle());

  key.fraud("已验收付款的探访被撤销", "a visit is retracted after it was accepted and paid",
            {withdrawn});
  key.fraud("审计提出疑问后悄悄更正人数", "a headcount is corrected after an auditor questioned it",
            {hidden, about_cover});
  key.fraud("一台平板一天内更正他人活动二十二条，人数一律翻倍",
            "one tablet corrects 22 sessions of others in a day, doubling every headcount", eager);
  key.fraud("撤销十二人的活动，重录为四十八人",
            "a session of twelve is retracted and entered again with 48", {larger, opened_again});
  key.honest("更正自己录入的二十四条", "somebody corrects 24 records of their own", careful);
  key.honest("按审计要求撤销重复记录并列为整改",
             "a double record is retracted as the remedy of a finding", {remedy, doubled});
  key.honest("尚未付款的探访撤销", "a visit is retracted before anything was paid",
             {before_payment});
  key.honest("地点录错的活动撤销后重录，人数相近",
             "a session is retracted for its place and entered again with about as many people",
             {redone, as_large});
  return {};
}

}  // namespace houniao::sandbox
