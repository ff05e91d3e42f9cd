// Plants of A28 (unvetted with minors), A29 (uninsured duty) and A39 (insurance count).
#include "tools/sandbox/plants_institutions.h"

namespace houniao::sandbox::institutions {
namespace {

// A child under fourteen with a guardian who agrees.
PersonId child(Sower& s, Day when, int serial) {
  Tablet& desk = s.desk();
  const PersonId guardian = s.person(when);
  const stage::Identity identity = stage::child_born(s.yard.company.identities.person(false),
                                                     {2015, 1 + serial % 12, 1 + serial % 28});
  EventDraft draft = desk.draft(when);
  draft.personal.push_back({PersonId{}, identity.data});
  draft.body = [](Body body) {
    auto p = body.initPersonRegistered();
    p.setSex(schema::Sex::FEMALE);
    p.setBirthYearBand(2015);
    p.setUnder14(true);
    p.setVerification(schema::PersonRegistered::Verification::TYPED);
  };
  const PersonId id = entity_cast<PersonId>(desk.add(std::move(draft)));
  stage::name_guardian(desk, when, id, guardian);
  stage::consent(desk, when, id, "camp", guardian);
  return id;
}

std::vector<PersonId> children(Sower& s, Day when, int count) {
  std::vector<PersonId> out;
  for (int i = 0; i < count; ++i) out.push_back(child(s, when, i));
  return out;
}

SessionId plan(Sower& s, Day day, StaffId leader, bool with_minors) {
  stage::PlanDraft draft;
  draft.kind = "summer_camp";
  draft.title = "营地活动";
  draft.day = day;
  draft.from_minute = 9 * 60;
  draft.to_minute = 16 * 60;
  draft.leader = leader.value;
  draft.with_minors = with_minors;
  return stage::plan_session(s.desk(), days_after(day, -7), draft);
}

SessionId hold(Sower& s, Day day, StaffId leader, SessionId planned,
               const std::vector<PersonId>& present, std::uint32_t others = 0) {
  stage::SessionDraft draft;
  draft.kind = "summer_camp";
  draft.headcount = static_cast<std::uint32_t>(present.size()) + others;
  draft.method = schema::SessionHeld::CountingMethod::SIGN_IN;
  draft.from_minute = 9 * 60;
  draft.to_minute = 16 * 60;
  draft.leader = leader.value;
  draft.planned = planned;
  const SessionId held = stage::hold_session(s.desk(), day, draft);
  stage::attend(s.desk(), day, held, present, others);
  return held;
}

struct Duty {
  VolunteerId volunteer;
  Day day;
  bool risk = true;
  bool with_minors = false;
  OrderId order = {};
};
EventId duty(Sower& s, const Duty& duty) {
  stage::DutyDraft draft;
  draft.volunteer = duty.volunteer;
  draft.kind = "river_patrol";
  draft.in_minute = 14 * 60;
  draft.out_minute = 17 * 60;
  draft.physical_risk = duty.risk;
  draft.with_minors = duty.with_minors;
  draft.order = duty.order;
  return stage::check_in(s.desk(), duty.day, draft);
}

OrganisationId team(Sower& s, const std::string& name) {
  return s.yard.body("volunteer_team", name);
}
VolunteerId enrol(Sower& s, OrganisationId team, Day when, PersonId person = {}) {
  const PersonId who = person ? person : s.person(when);
  return stage::enrol_volunteer(s.desk(), when, who, team, "patrol");
}
std::vector<VolunteerId> enrol(Sower& s, OrganisationId team, Day when, int count) {
  std::vector<VolunteerId> out;
  for (int i = 0; i < count; ++i) out.push_back(enrol(s, team, when));
  return out;
}

// A policy that is concluded on one day and begins on another.
EventId insure(Sower& s, Day concluded, Day from, const std::vector<VolunteerId>& insured,
               const std::string& number, std::int64_t premium_fen = 0) {
  return s.desk().add(concluded, [=, to = s.yard.today](Body body) {
    auto c = body.initInsuranceCovered();
    c.setPolicyNumber(number);
    c.setInsurer("insurer of the sandbox");
    auto list = c.initInsured(static_cast<unsigned>(insured.size()));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, insured[i].value);
    c.setFromDay(from.value);
    c.setToDay(to.value);
    c.setPremiumFen(premium_fen);
  });
}

}  // namespace

Result<void> plant_a28(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 28);
  const Day day = on(2024, 7, 15);
  const StaffId never = yard.staff(yard.centre, "camp_leader", on(2024, 6, 1));
  const StaffId lapsed = yard.staff(yard.centre, "camp_leader", on(2024, 1, 10));
  stage::vet_staff(*yard.admin, on(2024, 1, 12), lapsed, "a28-1");
  const StaffId vetted = yard.staff(yard.centre, "camp_leader", on(2024, 1, 10), true);
  const StaffId lecturer = yard.staff(yard.centre, "lecturer", on(2024, 1, 10));
  HOUNIAO_TRY(yard.settle());

  const std::vector<PersonId> group = children(s, on(2024, 6, 20), 5);
  s.fraud("负责人从未查询，带营计划被待决后照样开营",
          "the plan under a leader who was never vetted is held, and the camp takes place all the "
          "same",
          {event_of(hold(s, day, never, plan(s, day, never, true), group))});
  const Day next_year = on(2025, 7, 14);
  s.fraud("一年前查询已过期，计划不注明有未成年人，到场多名儿童",
          "the vetting has lapsed and the plan does not say that children come; several do",
          {event_of(hold(s, next_year, lapsed, plan(s, next_year, lapsed, false), group))});

  const PersonId both = s.person(on(2024, 3, 1));
  HOUNIAO_TRY(yard.settle());
  stage::engage(*yard.admin, on(2024, 3, 4),
                {.employer = yard.centre, .post = "clerk", .person = both});
  HOUNIAO_TRY(yard.settle());
  const VolunteerId colleague = enrol(s, yard.centre, on(2024, 3, 5), both);
  s.fraud("未查询的工作人员以志愿者身份照看未成年人",
          "a member of staff who was not vetted looks after minors as a volunteer",
          {duty(s, {.volunteer = colleague, .day = day, .risk = false, .with_minors = true})});

  s.honest("负责人当年查询过，带未成年人营地", "a leader vetted within the year leads a camp",
           {event_of(hold(s, days_after(day, 2), vetted, plan(s, days_after(day, 2), vetted, true),
                          group))});
  s.honest("成人讲座，一名家长带来一个孩子", "a lecture for adults to which one child came along",
           {event_of(hold(s, days_after(day, 3), lecturer,
                          plan(s, days_after(day, 3), lecturer, false), {group.front()}, 20))});
  const SessionId given_up = plan(s, days_after(day, 4), lecturer, true);
  const SessionId instead = plan(s, days_after(day, 4), vetted, true);
  s.honest("未查询者的计划待决，改由已查询者带领",
           "the plan under somebody not vetted stays held; a vetted leader takes over",
           {event_of(given_up), event_of(hold(s, days_after(day, 4), vetted, instead, group))});
  const VolunteerId student = enrol(s, yard.centre, on(2024, 5, 1));
  s.honest("并非工作人员的志愿者协助托管",
           "a volunteer who is no staff helps with after-school care",
           {duty(s, {.volunteer = student, .day = day, .risk = false, .with_minors = true})});
  return yard.settle();
}

Result<void> plant_a29(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 29);
  const Day day = on(2024, 5, 10);
  const OrganisationId bare = team(s, "巡河一队");
  const OrganisationId hidden = team(s, "巡河二队");
  const OrganisationId late = team(s, "巡河三队");
  const OrganisationId good = team(s, "巡河四队");
  const OrganisationId other = team(s, "巡河五队");
  HOUNIAO_TRY(yard.settle());

  const VolunteerId first = enrol(s, bare, on(2024, 4, 1));
  s.fraud("巡河志愿者从未投保", "a volunteer who was never insured patrols a river",
          {duty(s, {.volunteer = first, .day = day}),
           duty(s, {.volunteer = first, .day = days_after(day, 7)})});
  stage::OrderDraft risky;
  risky.kind = "flood_watch";
  risky.physical_risk = true;
  const OrderId order = stage::post_order(s.desk(), on(2024, 5, 1), risky);
  const VolunteerId second = enrol(s, hidden, on(2024, 4, 1));
  s.fraud(
      "派单注明有风险，报到时改填无风险且未投保",
      "the order says that there is a risk, the check-in says there is none, and nobody insured",
      {duty(s, {.volunteer = second, .day = day, .risk = false, .order = order})});
  const VolunteerId third = enrol(s, late, on(2024, 4, 1));
  const EventId accident = duty(s, {.volunteer = third, .day = day});
  insure(s, on(2024, 6, 20), on(2024, 5, 1), {third}, "a29-late");
  s.fraud("出事后补买保单并把生效日倒签", "a policy bought afterwards and dated back over the duty",
          {accident});

  const VolunteerId fourth = enrol(s, good, on(2024, 4, 1));
  insure(s, on(2024, 4, 20), on(2024, 4, 20), {fourth}, "a29-good");
  s.honest("先投保后巡河", "insured before the duty", {duty(s, {.volunteer = fourth, .day = day})});
  const PersonId twice = s.person(on(2024, 4, 1));
  const VolunteerId here = enrol(s, good, on(2024, 4, 1), twice);
  const VolunteerId there = enrol(s, other, on(2024, 4, 2), twice);
  insure(s, on(2024, 4, 20), on(2024, 4, 20), {here}, "a29-other");
  s.honest("同一人在另一队的保单已覆盖", "the same person is covered by the policy of another team",
           {duty(s, {.volunteer = there, .day = days_after(day, 1)})});
  const VolunteerId desk = enrol(s, other, on(2024, 4, 1));
  s.honest("室内值班无人身风险", "duty at a desk without physical risk",
           {duty(s, {.volunteer = desk, .day = day, .risk = false})});
  const VolunteerId entered = enrol(s, other, on(2024, 4, 1));
  const EventId covered = duty(s, {.volunteer = entered, .day = day});
  insure(s, days_after(day, 2), on(2024, 5, 1), {entered}, "a29-entered");
  s.honest("保单早已生效，两天后才录入", "the policy was in force and entered two days later",
           {covered});
  return yard.settle();
}

Result<void> plant_a39(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 39);
  const Day from = on(2024, 3, 1);
  const Day day = on(2024, 4, 12);
  const OrganisationId idle = team(s, "防汛一队");
  const OrganisationId doubled = team(s, "防汛二队");
  const OrganisationId again = team(s, "防汛三队");
  const OrganisationId short_list = team(s, "防汛四队");
  const OrganisationId busy = team(s, "防汛五队");
  const OrganisationId small = team(s, "防汛六队");
  const OrganisationId swapped = team(s, "防汛七队");
  HOUNIAO_TRY(yard.settle());

  s.fraud("为十二人投保，无一人值守过", "twelve are insured and none was ever on duty",
          {insure(s, from, from, enrol(s, idle, from, 12), "a39-idle", 36'000)});
  std::vector<VolunteerId> list;
  for (int i = 0; i < 6; ++i) {
    const PersonId person = s.person(from);
    list.push_back(enrol(s, doubled, from, person));
    list.push_back(enrol(s, again, from, person));
    duty(s, {.volunteer = list.back(), .day = days_after(day, i)});
  }
  s.fraud("六个人分两队重复列入同一保单", "six people stand twice on one policy, under two teams",
          {insure(s, from, from, list, "a39-twice", 24'000)});
  const std::vector<VolunteerId> five = enrol(s, short_list, from, 5);
  insure(s, from, from, {five[0], five[1]}, "a39-short");
  std::vector<EventId> unlisted;
  for (std::size_t i = 0; i < five.size(); ++i) {
    const EventId id = duty(s, {.volunteer = five[i], .day = day});
    if (i >= 2) unlisted.push_back(id);
  }
  s.fraud("五人防汛值守，保单只有两人", "five are on flood duty and the policy lists two",
          unlisted);

  const std::vector<VolunteerId> twelve = enrol(s, busy, from, 12);
  for (std::size_t i = 0; i < 8; ++i) duty(s, {.volunteer = twelve[i], .day = day});
  s.honest("十二人投保，八人值守，其余为预备",
           "twelve are insured, eight served, four are a reserve",
           {insure(s, from, from, twelve, "a39-busy", 36'000)});
  s.honest("六人小队投保后活动因台风取消",
           "a team of six is insured and a typhoon cancels the activity",
           {insure(s, from, from, enrol(s, small, from, 6), "a39-small", 12'000)});
  const std::vector<VolunteerId> four = enrol(s, swapped, from, 4);
  insure(s, from, from, four, "a39-swap");
  const VolunteerId stand_in = enrol(s, swapped, from);
  s.honest(
      "四人投保、三人值守，其中一人临时顶班",
      "four are insured and three served, one of them a stand-in",
      {duty(s, {.volunteer = four[0], .day = day}), duty(s, {.volunteer = four[1], .day = day}),
       duty(s, {.volunteer = stand_in, .day = day})});
  return yard.settle();
}

}  // namespace houniao::sandbox::institutions
