// A11: hours that were given out rather than served.
#include "tools/sandbox/plants_deliveries.h"

namespace houniao::sandbox {
namespace {

using namespace deliveries;
using Method = schema::HoursRecorded::Method;

struct Hours {
  VolunteerId volunteer = {};
  std::optional<std::int64_t> on;  // day of the yard; none: today
  std::uint32_t minutes = 120;
  std::uint32_t refused = 0;
  SessionId session = {};
  Method method = Method::ADMIN_ENTRY;
};

Stamp typed(Yard& yard, stage::Tablet& tablet, std::optional<std::int64_t> on) {
  Stamp stamp;
  stamp.tablet = &tablet;
  if (on) stamp.when = day(yard, *on);
  stamp.source = schema::Source::TYPED;
  stamp.site = SiteId{};
  return stamp;
}

// Written by the first worker and confirmed by the second supervisor on the same day.
Result<Ids> credit(Yard& yard, const std::vector<Hours>& all) {
  Ids records;
  for (const Hours& hours : all) {
    records.push_back(record(typed(yard, *yard.field[0], hours.on), [hours](stage::Body body) {
      auto h = body.initHoursRecorded();
      h.setVolunteer(hours.volunteer.value);
      h.setSession(hours.session.value);
      h.setMinutes(hours.minutes);
      h.setMethod(hours.method);
    }));
  }
  HOUNIAO_TRY(yard.settle());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Hours& hours = all[i];
    record(typed(yard, *yard.second_supervisor, hours.on),
           [hours, of = records[i]](stage::Body body) {
             auto c = body.initHoursConfirmed();
             c.setRecord(of.value);
             c.setAcceptedMinutes(hours.minutes - hours.refused);
             c.setRefusedMinutes(hours.refused);
             if (hours.refused != 0) c.setReason("longer than the activity lasted");
           });
  }
  HOUNIAO_TRY(yard.settle());
  return records;
}

SessionId activity(Yard& yard, std::optional<std::int64_t> on, int from, int to) {
  Gathering draft;
  draft.stamp = typed(yard, *yard.field[1], on);
  draft.headcount = 9;
  draft.method = schema::SessionHeld::CountingMethod::ESTIMATED;
  draft.from_minute = from;
  draft.to_minute = to;
  return gather(draft);
}

VolunteerId enrol(Yard& yard, PersonId person, std::int64_t on, OrganisationId team) {
  return stage::enrol_volunteer(*yard.field[0], day(yard, on), person, team, {});
}

Result<void> plant_bought(Yard& yard, Plants& out) {
  const auto person = [&] { return yard.person(0, day(yard, 40)); };
  const VolunteerId steady = enrol(yard, person(), 41, yard.centre);
  const VolunteerId quick = enrol(yard, person(), 41, yard.centre);
  const VolunteerId eager = enrol(yard, person(), 41, yard.centre);
  const VolunteerId late = enrol(yard, person(), 320, yard.centre);
  const SessionId brief = activity(yard, 230, 14 * 60, 16 * 60);
  const SessionId tonight = activity(yard, std::nullopt, 20 * 60, 24 * 60 - 1);
  HOUNIAO_TRY(yard.settle());

  auto by_hand = credit(
      yard, {{steady, 200, 240}, {steady, 207, 240}, {steady, 214, 240}, {steady, 221, 240}});
  if (!by_hand) return by_hand.error();
  fraud(out, 11, "后台手工录入四次、每次四小时，没有任何签到",
        "four entries by hand of four hours each, with no check-in at all", std::move(*by_hand));
  auto long_hours = credit(yard, {{eager, 230, 480, 0, brief, Method::LEADER_COUNTED}});
  if (!long_hours) return long_hours.error();
  fraud(out, 11, "两小时的活动认定了八小时", "eight hours are confirmed for an activity of two",
        std::move(*long_hours));
  auto before = credit(yard, {{late, 235, 180, 0, {}, Method::LEADER_COUNTED},
                              {late, 242, 180, 0, {}, Method::LEADER_COUNTED}});
  if (!before) return before.error();
  fraud(out, 11, "入队近三个月之前的时长也被认定",
        "hours of nearly three months before the enrolment are confirmed", std::move(*before));
  auto at_once = credit(yard, {{quick, std::nullopt, 180, 0, tonight}});
  if (!at_once) return at_once.error();
  fraud(out, 11, "活动尚未结束，手工录入的三小时已经认定",
        "three hours entered by hand are confirmed before the activity is over",
        std::move(*at_once));
  return {};
}

Result<void> plant_served(Yard& yard, Plants& out) {
  const PersonId signer = yard.person(0, day(yard, 40));
  const PersonId mover = yard.person(0, day(yard, 40));
  const VolunteerId offline = enrol(yard, signer, 41, yard.centre);
  const VolunteerId modest = enrol(yard, yard.person(0, day(yard, 40)), 41, yard.centre);
  const VolunteerId single = enrol(yard, yard.person(0, day(yard, 40)), 41, yard.centre);
  enrol(yard, mover, 42, yard.contractor);
  const VolunteerId moved = enrol(yard, mover, 330, yard.centre);
  std::vector<Hours> sheets;
  for (int i = 0; i < 4; ++i) {
    const SessionId session = activity(yard, 250 + 7 * i, 14 * 60, 17 * 60);
    sign_in(typed(yard, *yard.field[1], 250 + 7 * i), session, {signer}, 0, 0);
    sheets.push_back({offline, 250 + 7 * i, 180, 0, session});
  }
  const SessionId brief = activity(yard, 285, 14 * 60, 16 * 60);
  HOUNIAO_TRY(yard.settle());

  auto backed = credit(yard, sheets);
  if (!backed) return backed.error();
  honest(out, 11, "断网四周由负责人代录，本人在每场签到表上",
         "entered by the leader while the network was down; the volunteer is on every sheet",
         std::move(*backed));
  auto cut = credit(yard, {{modest, 285, 300, 180, brief, Method::LEADER_COUNTED}});
  if (!cut) return cut.error();
  honest(out, 11, "两小时活动误报五小时，认定时只认两小时",
         "five hours claimed for an activity of two; only two were confirmed", std::move(*cut));
  auto transfer = credit(yard, {{moved, 290, 120, 0, {}, Method::LEADER_COUNTED}});
  if (!transfer) return transfer.error();
  honest(out, 11, "转队志愿者，服务时尚在原队",
         "a volunteer who changed teams and had been in the other one at the time",
         std::move(*transfer));
  auto once = credit(yard, {{single, 295, 90}});
  if (!once) return once.error();
  honest(out, 11, "平板没电，一次一个半小时由负责人代录",
         "a flat battery: one entry of an hour and a half by the leader", std::move(*once));
  return {};
}

}  // namespace

Result<void> plant_a11(Yard& yard, std::vector<Plant>& out) {
  HOUNIAO_TRY(plant_bought(yard, out));
  HOUNIAO_TRY(plant_served(yard, out));
  return yard.settle();
}

}  // namespace houniao::sandbox
