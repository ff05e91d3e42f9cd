// A19 paper satisfaction, A20 too many answers, A23 headline against ledger.
#include "tools/sandbox/plants_conduct.h"

namespace houniao::sandbox {
namespace {

using namespace conduct;
using schema::Source;

// --- answers -----------------------------------------------------------------------------------

struct Answers {
  EventId target;
  Day when;
  int people = 10;
  std::string group;   // tells the respondents of one questionnaire from those of another
  bool alike = false;  // everybody gives the same answers
  bool attended = true;
  Source source = Source::IMPORTED;
  int first = 0;  // number of the first respondent
};

// Three questions each; answers that differ run through every score above two.
Ids answer(Tablet& tablet, const Answers& a) {
  Ids out;
  for (int i = 0; i < a.people; ++i) {
    EventDraft draft = tablet.draft(a.when);
    draft.source = a.source;
    const int number = a.first + i;
    draft.body = [a, number](Body body) {
      auto s = body.initSatisfactionSurveyed();
      s.setTarget(a.target.value);
      const std::string invented = a.group + " respondent " + std::to_string(number);
      const Hash hash = sha256(as_bytes(invented));
      s.setRespondentIndex(capnp::Data::Reader(hash.bytes.data(), 16));
      auto answers = s.initAnswers(3);
      for (unsigned q = 0; q < answers.size(); ++q) {
        answers[q].setQuestion("question " + std::to_string(q + 1));
        answers[q].setPoints(a.alike ? 5 : 3 + (number + static_cast<int>(q) * number) % 3);
        answers[q].setPointsMax(5);
      }
      s.setAttended(a.attended);
    };
    out.push_back(tablet.add(std::move(draft)));
  }
  return out;
}

EventId rate(Tablet& tablet, Day when, OrganisationId rater, OrganisationId rated, int points) {
  return stage::submit_rating(
      tablet, when, {rater.value, rated.value, schema::RatingSubmitted::Kind::PEER, 0, points});
}

// What two bodies think of one another, three times each; the marks of the first one.
Ids rate_mutually(Tablet& tablet, Day from, OrganisationId one, OrganisationId two,
                  const std::vector<int>& marks) {
  Ids out;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const Day when = days_after(from, 30 * static_cast<std::int64_t>(i));
    out.push_back(rate(tablet, when, one, two, marks[i]));
    out.push_back(rate(tablet, when, two, one, 10));
  }
  return out;
}

EventId plan(Yard& yard, Day when) {
  return event_of(stage::plan_session(*yard.supervisor, days_after(when, -14),
                                      {.kind = "lecture",
                                       .title = "沙盒讲座",
                                       .day = when,
                                       .from_minute = 14 * 60,
                                       .to_minute = 16 * 60,
                                       .capacity = 60,
                                       .leader = yard.chief.value,
                                       .obligation = {},
                                       .contract = {}}));
}

// Accepts a claim of visits with that many opinions.
EventId accept_with(Yard& yard, Day when, const Delivered& delivered, std::int64_t fen,
                    std::uint32_t opinions) {
  return yard.second_supervisor->add(
      when, [=, visits = static_cast<std::int64_t>(delivered.units.size()),
             milestone = delivered.milestone, reviewer = yard.second_supervisor->actor](Body body) {
        auto r = body.initMilestoneReviewed();
        r.setMilestone(milestone.value);
        auto line = r.initLines(1)[0];
        line.setDeliverable("visits");
        line.setAccepted(visits);
        r.setAcceptedFen(fen);
        r.setBeneficiaryOpinions(opinions);
        r.setStandardsListed(true);
        r.setDisclosure("notice board of the station");
        r.initReviewers(1).set(0, reviewer);
      });
}

// Five visits under a contract, claimed and not reviewed yet.
Result<Delivered> claimed_visits(Yard& yard, Day from, std::int64_t price_fen) {
  Delivered out;
  out.contract = yard.contract(from, days_after(from, 200), 5 * price_fen, 5);
  HOUNIAO_TRY(yard.settle());
  for (int i = 0; i < 5; ++i) {
    const Day when = days_after(from, 6 + 5 * i);
    out.units.push_back(
        yard.service(1, when, yard.person(1, when), "home_visit", -1, 30, out.contract));
  }
  HOUNIAO_TRY(yard.settle());
  out.milestone = deliveries::claim(yard, days_after(from, 60), out.contract, 5, out.units);
  HOUNIAO_TRY(yard.settle());
  return out;
}

// --- figures -----------------------------------------------------------------------------------

// The pack of a programme that counts visits.
constexpr const char* kFiguresPack = R"json({
  "code": "s_figures",
  "name": {"zh": "沙盒：数字子项目", "en": "sandbox: a programme with figures"},
  "region": 440402, "from": "2024-01-01", "to": "2025-12-31",
  "policy": {"version": 1, "nearPermille": 900, "aboutPermille": 100,
             "approvalLadder": [
               {"code": "officer", "label": {"zh": "项目干事审批", "en": "project officer approves"}},
               {"code": "secretary", "label": {"zh": "书记审批", "en": "secretary approves"}}]},
  "serviceKinds": [{"code": "home_visit", "label": {"zh": "入户探访", "en": "home visit"}, "unit": "人次"}],
  "figures": [
    {"id": "S1", "value": 24, "comparator": "=", "unit": "人次", "phrase": "探访",
     "label": {"zh": "探访人次", "en": "home visits"},
     "metric": {"op": "sum", "of": "quantity",
                "where": {"type": ["ServiceDelivered"], "kind": ["home_visit"]}}}
  ]
})json";

EventId report(Yard& yard, ProgrammeId programme, std::int64_t value, const std::string& comparator,
               const std::string& unit = "人次") {
  Stamp stamp;
  stamp.tablet = yard.supervisor;
  stamp.when = yard.today;
  stamp.programme = programme;
  return deliveries::record(stamp, [=, as_of = yard.today](Body body) {
    auto f = body.initFigureReported();
    f.setFigure("S1");
    f.setPhrase("入户探访");
    f.setValue(value);
    f.setComparator(comparator);
    f.setUnit(unit);
    f.setAsOfDay(as_of.value);
    f.setToWhom("press");
  });
}

// Two visits to each of twelve people.
void visit_all(Yard& yard, ProgrammeId programme) {
  for (int i = 0; i < 12; ++i) {
    const Day when = days_after(on(2024, 3, 4), 7 * i);
    const PersonId person = yard.person(0, when);
    for (const std::int64_t later : {0, 150}) {
      deliveries::Visit visit;
      visit.stamp = deliveries::stamp_of(yard, 0, days_after(when, later));
      visit.stamp.programme = programme;
      visit.persons = {person};
      visit.staff = yard.workers[0];
      deliveries::visit(visit);
    }
  }
}

}  // namespace

Result<void> plant_a19(Yard& yard, std::vector<Plant>& out) {
  Key key(out, 19);
  const Day when = on(2025, 6, 14);
  Ids sessions;
  for (int i = 0; i < 6; ++i) {
    sessions.push_back(
        hold(yard, {.when = days_after(when, i), .headcount = 40, .kind = "lecture"}));
  }
  OrganisationId bodies[4];
  for (int i = 0; i < 4; ++i) {
    bodies[i] = yard.body("volunteer_team", "沙盒互评队 " + std::to_string(i + 1));
  }
  HOUNIAO_TRY(yard.settle());
  const Ids alike =
      answer(*yard.field[0],
             {.target = sessions[0], .when = when, .people = 16, .group = "alike", .alike = true});
  const Ids hasty = answer(*yard.field[1], {.target = sessions[1],
                                            .when = when,
                                            .people = 9,
                                            .group = "hasty",
                                            .source = Source::DEVICE});
  // One batch of the tablet: all of it within the same minute.
  HOUNIAO_TRY(yard.settle());
  const Ids absent = answer(
      *yard.field[0],
      {.target = sessions[2], .when = when, .people = 8, .group = "absent", .attended = false});
  const Ids friends =
      rate_mutually(*yard.supervisor, on(2024, 3, 31), bodies[0], bodies[1], {10, 10, 10});
  const Ids mixed =
      answer(*yard.field[0], {.target = sessions[3], .when = when, .people = 16, .group = "mixed"});
  const Ids few =
      answer(*yard.field[0],
             {.target = sessions[4], .when = when, .people = 7, .group = "few", .alike = true});
  const Ids typed = answer(*yard.field[2], {.target = sessions[5],
                                            .when = when,
                                            .people = 9,
                                            .group = "typed",
                                            .source = Source::TYPED});
  const Ids critical =
      rate_mutually(*yard.supervisor, on(2024, 3, 31), bodies[2], bodies[3], {10, 8, 9});
  HOUNIAO_TRY(yard.settle());

  key.fraud("十六份问卷三题全部一模一样", "sixteen questionnaires of three questions are all alike",
            alike);
  key.fraud("一台平板一分钟内“现场”填完九份",
            "nine answers are given on one tablet within a minute", hasty);
  key.fraud("满意度全部来自自称没有参加的人", "all the answers come from people who were not there",
            absent);
  key.fraud("两支队伍互评，次次满分", "two teams rate each other with full marks every time",
            friends);
  key.honest("十六份答案各不相同的问卷", "sixteen questionnaires that differ", mixed);
  key.honest("小型活动七人都很满意", "seven people at a small session are all content", few);
  key.honest("九份纸质问卷事后集中录入",
             "nine paper questionnaires are typed in together afterwards", typed);
  key.honest("两支队伍互评，有褒有贬", "two teams rate each other, one of them critically",
             critical);
  return {};
}

Result<void> plant_a20(Yard& yard, std::vector<Plant>& out) {
  Key key(out, 20);
  const Day when = on(2024, 5, 18);
  const EventId small = hold(yard, {.when = when, .headcount = 8});
  const EventId full = hold(yard, {.when = days_after(when, 7), .headcount = 12});
  const EventId repeated = hold(yard, {.when = days_after(when, 14), .headcount = 10});
  const EventId cancelled = plan(yard, days_after(when, 21));
  HOUNIAO_TRY(yard.settle());
  const Ids too_many =
      answer(*yard.field[0], {.target = small, .when = when, .people = 13, .group = "too many"});
  const Ids of_nothing = answer(
      *yard.field[0],
      {.target = cancelled, .when = days_after(when, 22), .people = 6, .group = "of nothing"});
  const Ids exact =
      answer(*yard.field[0],
             {.target = full, .when = days_after(when, 8), .people = 12, .group = "exact"});
  Ids again =
      answer(*yard.field[0],
             {.target = repeated, .when = days_after(when, 15), .people = 10, .group = "again"});
  const Ids second_time =
      answer(*yard.field[0],
             {.target = repeated, .when = days_after(when, 16), .people = 3, .group = "again"});
  again.insert(again.end(), second_time.begin(), second_time.end());
  auto inflated = claimed_visits(yard, on(2024, 2, 5), 22'900);
  if (!inflated) return inflated.error();
  auto plain = claimed_visits(yard, on(2024, 2, 6), 23'100);
  if (!plain) return plain.error();
  const EventId forty = accept_with(yard, on(2024, 4, 15), *inflated, 5 * 22'900, 40);
  const EventId three = accept_with(yard, on(2024, 4, 16), *plain, 5 * 23'100, 3);
  HOUNIAO_TRY(yard.settle());

  key.fraud("八人参加的活动收回十三份问卷", "thirteen people answer about a session of eight",
            too_many);
  key.fraud("没有举办的活动收回六份问卷", "six people answer about a session that was never held",
            of_nothing);
  key.fraud("验收称有四十份意见，只服务了五人次",
            "an acceptance rests on forty opinions after five visits", {forty});
  key.honest("参加者人人作答", "everybody who was there answers", exact);
  key.honest("三人重复作答，只计一次", "three people answer twice and count once", again);
  key.honest("五人次服务有三份意见", "three opinions after five visits", {three});
  return {};
}

Result<void> plant_a23(Yard& yard, std::vector<Plant>& out) {
  Key key(out, 23);
  const ProgrammeId programme = open_below(yard, "s_figures");
  HOUNIAO_TRY(yard.settle());
  yard.admin->add(yard.opened, [programme, from = yard.opened](Body body) {
    auto p = body.initPolicyVersionPublished();
    p.setProgramme(programme.value);
    p.setKind(schema::PolicyVersionPublished::Kind::PACK);
    p.setVersion(1);
    p.setBody(kFiguresPack);
    p.setValidFromDay(from.value);
    p.setApprovalLevels(2);
    p.setNearPermille(900);
    p.setAboutPermille(100);
  });
  visit_all(yard, programme);
  HOUNIAO_TRY(yard.settle());
  const EventId inflated = report(yard, programme, 31, "=");
  const EventId broken = report(yard, programme, 24, "突破");
  const EventId persons = report(yard, programme, 24, "=", "人");
  const EventId far = report(yard, programme, 40, "近");
  const EventId exact = report(yard, programme, 24, "=");
  const EventId above = report(yard, programme, 20, "余");
  const EventId about = report(yard, programme, 25, "约");
  const EventId of_persons = report(yard, programme, 12, "=", "人");
  HOUNIAO_TRY(yard.settle());

  key.fraud("台账 24 人次，上报 31 人次", "31 visits are reported where the log has 24",
            {inflated});
  key.fraud("恰为 24 人次却称“突破 24”", "exactly 24 visits are called more than 24", {broken});
  key.fraud("24 人次报成 24 人（实为 12 人）",
            "24 visits to twelve people are reported as 24 people", {persons});
  key.fraud("24 人次报成“近 40”", "24 visits are called nearly 40", {far});
  key.honest("如实上报 24 人次", "24 visits are reported as 24", {exact});
  key.honest("24 人次称“20 余”", "24 visits are called over 20", {above});
  key.honest("24 人次称“约 25”", "24 visits are called about 25", {about});
  key.honest("按人数上报 12 人", "twelve people are reported as twelve people", {of_persons});
  return {};
}

}  // namespace houniao::sandbox
