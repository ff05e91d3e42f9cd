// Plants of A30 (order game) and A37 (lost demand).
#include <optional>

#include "tools/sandbox/plants_institutions.h"
#include "tools/stage/records_orders.h"

namespace houniao::sandbox::institutions {
namespace {

using Opinion = schema::OrderReviewed::Opinion;
using Rule = schema::OrderPosted::Rule;

struct Task {
  Day day;
  std::string kind = "repair";
  std::vector<OrganisationId> claimants;  // the last one gets it
  std::uint64_t requester = 0;
};
struct Given {
  OrderId order;
  ClaimId claim;
  AssignmentId assignment;
};

// Posted, claimed by everybody listed, and given to the last one by a panel's choice.
Given give(Sower& s, const Task& task) {
  Tablet& desk = s.desk();
  stage::OrderDraft draft;
  draft.kind = task.kind;
  draft.mode = schema::OrderPosted::Mode::OPEN_CALL;
  draft.rule = Rule::PANEL;
  draft.requester = task.requester;
  Given given;
  given.order = stage::post_order(desk, task.day, draft);
  for (const OrganisationId party : task.claimants) {
    given.claim =
        stage::claim_order(desk, days_after(task.day, 1), given.order, {{party.value, 1000}});
  }
  given.assignment = stage::assign_order(desk, days_after(task.day, 2), given.order, given.claim,
                                         "the panel prefers its plan");
  return given;
}

EventId fulfil(Sower& s, const Given& given, Day day) {
  return stage::fulfil_order(s.desk(), day, given.order, {}, "done");
}

// Assigned and reported as done by a device in one go, as it says itself.
EventId give_and_finish_at_once(Sower& s, Day day, OrganisationId party) {
  Tablet& desk = s.desk();
  stage::OrderDraft draft;
  draft.kind = "repair";
  const OrderId order = stage::post_order(desk, day, draft);
  const ClaimId claim = stage::claim_order(desk, day, order, {{party.value, 1000}});
  EventDraft assigned = desk.draft(day);
  assigned.source = schema::Source::DEVICE;
  assigned.body = [=](Body body) {
    auto a = body.initOrderAssigned();
    a.setOrder(order.value);
    a.setClaim(claim.value);
  };
  desk.add(std::move(assigned));
  EventDraft done = desk.draft(day);
  done.source = schema::Source::DEVICE;
  done.body = [=](Body body) {
    auto f = body.initOrderFulfilled();
    f.setOrder(order.value);
    f.setResult("done");
    f.setDay(day.value);
  };
  return desk.add(std::move(done));
}

// Contests of one kind; the winners in turn.
std::vector<EventId> contests(Sower& s, const std::string& kind, OrganisationId first,
                              OrganisationId second, bool in_turn) {
  std::vector<EventId> out;
  for (int i = 0; i < 6; ++i) {
    const bool swapped = in_turn && i % 2 == 1;
    const Given given =
        give(s, {.day = days_after(on(2024, 3, 4), i * 14),
                 .kind = kind,
                 .claimants = swapped ? std::vector{second, first} : std::vector{first, second}});
    out.push_back(event_of(given.assignment));
  }
  return out;
}

Result<void> plant_reviews(Sower& s, OrganisationId performer) {
  Yard& yard = s.yard;
  const StaffId hasty = yard.staff(yard.centre, "supervisor", yard.opened);
  const StaffId careful = yard.staff(yard.centre, "supervisor", yard.opened);
  HOUNIAO_TRY(yard.settle());
  auto first = yard.enrol("sandbox reviewer 1", schema::Role::SUPERVISOR, hasty, yard.centre);
  if (!first) return first.error();
  auto second = yard.enrol("sandbox reviewer 2", schema::Role::SUPERVISOR, careful, yard.centre);
  if (!second) return second.error();
  const PersonId insider = s.person(on(2024, 1, 20));
  const PersonId former = s.person(on(2024, 1, 20));
  const PersonId resident = s.person(on(2024, 1, 20));
  stage::join(s.desk(), on(2024, 2, 1), insider.value, performer.value, "member");
  stage::join(s.desk(), on(2024, 2, 1), former.value, performer.value, "member");
  stage::leave(s.desk(), on(2024, 3, 1), former.value, performer.value, "member");
  const Day day = on(2024, 8, 5);
  std::vector<OrderId> orders;
  for (int i = 0; i < 8; ++i) {
    const std::uint64_t asked = i < 6 ? resident.value : yard.centre.value;
    const Given given =
        give(s, {.day = days_after(day, i), .claimants = {performer}, .requester = asked});
    fulfil(s, given, days_after(day, i + 6));
    orders.push_back(given.order);
  }
  HOUNIAO_TRY(yard.settle());
  const Day end = on(2024, 9, 2);
  s.fraud("承办方成员进评议组验收本方的单",
          "a member of the performer sits on the panel that accepts",
          {stage::review_order(**second, end, orders[6], {insider}, Opinion::SATISFIED)});
  std::vector<EventId> unasked;
  for (std::size_t i = 0; i < 3; ++i) {
    unasked.push_back(stage::review_order(**first, end, orders[i], {}, Opinion::NONE));
  }
  s.fraud("三件居民点单未问点单人即验收办结",
          "three orders of a resident are accepted without asking the resident", unasked);
  s.honest("评议人早已离开承办方", "the panel member had left the performer long before",
           {stage::review_order(**second, end, orders[7], {former}, Opinion::SATISFIED)});
  std::vector<EventId> asked;
  for (std::size_t i = 3; i < 6; ++i) {
    const bool reached = i < 5;
    asked.push_back(stage::review_order(**second, end, orders[i], {},
                                        reached ? Opinion::SATISFIED : Opinion::NONE));
  }
  s.honest("三件点单问过两件，一位点单人联系不上",
           "of three orders two residents were asked, one could not be reached", asked);
  HOUNIAO_TRY((*first)->sync(stage::kSyncTimeout));
  return (*second)->sync(stage::kSyncTimeout);
}

// --- A37 ----------------------------------------------------------------------------------------

using Disposition = schema::DemandDigestCompiled::Disposition;
using Period = schema::DemandDigestCompiled::Period;

// A programme below the yard's, for the demands of one place.
ProgrammeId place(Sower& s, const std::string& code) {
  return stage::open_programme(*s.yard.admin, yard_pack(), code, s.yard.programme, s.yard.scope);
}

DemandId ask(Sower& s, Day day, PersonId who = {}) {
  stage::DemandDraft draft;
  draft.person = who;
  draft.category = "repair";
  draft.channel = "hotline";
  return stage::raise_demand(s.desk(), day, draft);
}

stage::DigestItem item(DemandId demand, Disposition disposition) {
  stage::DigestItem out;
  out.demand = demand;
  out.disposition = disposition;
  return out;
}

void list_week(Sower& s, Day monday, const std::vector<stage::DigestItem>& items) {
  stage::compile_digest(s.desk(), Period::WEEK, monday, days_after(monday, 6), items);
}

void plant_lists(Sower& s, ProgrammeId programme) {
  const stage::Elsewhere there(s.desk(), s.yard.scope, {}, programme);
  const Day monday = on(2024, 3, 4);
  const DemandId answered = ask(s, monday);
  const DemandId skipped = ask(s, days_after(monday, 1), s.person(monday));
  const DemandId forgotten = ask(s, days_after(monday, 2));
  const DemandId carried = ask(s, days_after(monday, 3));
  list_week(s, monday,
            {item(answered, Disposition::ANSWERED), item(carried, Disposition::CARRIED)});
  // Written down in the first week on a tablet that was away, and received after its list.
  const DemandId late = ask(s, days_after(monday, 4));
  list_week(s, days_after(monday, 7),
            {item(skipped, Disposition::ANSWERED), item(carried, Disposition::RESOLVED),
             item(late, Disposition::ANSWERED)});
  const DemandId of_month = ask(s, days_after(monday, 15));
  list_week(s, days_after(monday, 14), {item(of_month, Disposition::CARRIED)});
  stage::compile_digest(s.desk(), Period::MONTH, on(2024, 3, 1), on(2024, 3, 31), {});
  s.fraud("第一周的汇总漏列一件未办结点单，第二周才补答",
          "the first week's list leaves an open demand out; it is answered a week later",
          {event_of(skipped)});
  s.fraud("一件热线诉求从未进入任何汇总", "a demand by the hotline never appears in any list",
          {event_of(forgotten)});
  s.fraud("周汇总续办的诉求在月清单中消失",
          "a demand that the weekly list carried is gone from the monthly one",
          {event_of(of_month)});
  s.honest("当周答复并列明", "answered and listed in its week", {event_of(answered)});
  s.honest("离线平板晚到的诉求列入下一周", "a demand that arrived late is in the next list",
           {event_of(late)});
  s.honest("续办一周后解决", "carried for a week, then resolved", {event_of(carried)});
}

// Collected every day but for some days; returns the last demand before them.
DemandId collect(Sower& s, ProgrammeId programme, int gap) {
  const stage::Elsewhere there(s.desk(), s.yard.scope, {}, programme);
  DemandId before;
  for (int i = 0; i < 40; ++i) before = ask(s, days_after(on(2024, 1, 2), i));
  for (int i = 0; i < 5; ++i) ask(s, days_after(on(2024, 1, 2), 40 + gap + i));
  return before;
}

}  // namespace

Result<void> plant_a30(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 30);
  const OrganisationId dropper = yard.body("social_organisation", "接单社一");
  const OrganisationId steady = yard.body("social_organisation", "接单社二");
  const OrganisationId winner = yard.body("social_organisation", "接单社三");
  const OrganisationId loser = yard.body("social_organisation", "接单社四");
  const OrganisationId quick = yard.body("social_organisation", "接单社五");
  HOUNIAO_TRY(yard.settle());

  std::vector<EventId> dropped;
  for (int i = 0; i < 3; ++i) {
    const Day day = days_after(on(2024, 4, 1), i * 20);
    const Given given = give(s, {.day = day, .claimants = {dropper}});
    dropped.push_back(stage::give_up_claim(s.desk(), days_after(day, 9), given.order, given.claim,
                                           "no staff this week"));
  }
  s.fraud("三次抢下派单又退回，把单占住", "three orders are claimed, held for a week and dropped",
          dropped);
  s.fraud("六次竞争总是同一家中选", "of six contested orders one party wins every one",
          contests(s, "yard_repair", loser, winner, false));
  s.fraud("派定与办结由同一平板在几秒内记下", "one tablet assigns and reports done within seconds",
          {give_and_finish_at_once(s, on(2024, 6, 3), quick)});
  s.honest("六次竞争两家轮流中选", "of six contested orders two parties win in turn",
           contests(s, "yard_painting", loser, winner, true));
  std::vector<EventId> kept;
  for (int i = 0; i < 4; ++i) {
    const Day day = days_after(on(2024, 5, 6), i * 20);
    const Given given = give(s, {.day = day, .claimants = {steady}});
    kept.push_back(i == 0 ? stage::give_up_claim(s.desk(), days_after(day, 3), given.order,
                                                 given.claim, "examination week")
                          : fulfil(s, given, days_after(day, 8)));
  }
  s.honest("四单只退一单，考试周", "one of four orders is given up, in an examination week", kept);
  std::vector<EventId> alone;
  for (int i = 0; i < 6; ++i) {
    alone.push_back(event_of(give(s, {.day = days_after(on(2024, 5, 7), i * 10),
                                      .kind = "yard_braille",
                                      .claimants = {steady}})
                                 .assignment));
  }
  s.honest("只有一家会做，六次无人竞争", "only one party can do it and nobody competes", alone);
  HOUNIAO_TRY(yard.settle());
  HOUNIAO_TRY(plant_reviews(s, steady));
  return yard.settle();
}

Result<void> plant_a37(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 37);
  const ProgrammeId listed = place(s, "s_lists");
  const ProgrammeId stopped = place(s, "s_stopped");
  const ProgrammeId holiday = place(s, "s_holiday");
  HOUNIAO_TRY(yard.settle());
  plant_lists(s, listed);
  s.fraud("天天收集，之后二十五天没有一件", "collected every day, and then nothing for 25 days",
          {event_of(collect(s, stopped, 25))});
  s.honest("天天收集，春节停八天", "collected every day but for eight days of Spring Festival",
           {event_of(collect(s, holiday, 8))});
  return yard.settle();
}

}  // namespace houniao::sandbox::institutions
