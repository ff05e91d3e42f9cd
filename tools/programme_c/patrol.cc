// The river patrol of summer 2021: townships, departments, schools and three welfare organisations
// join, the organisations' volunteers are trained and insured before the first duty (志愿服务条例
// 16, 17), patrol, and get their hours confirmed by somebody else. Three latecomers went out one
// day before their cover began; that is counted, flagged, found and put right.
#include <algorithm>

#include "tools/programme_c/story.h"

namespace houniao::programme_c {
namespace {

constexpr const char* kDuty = "river_patrol";
constexpr std::int64_t kPremiumFen = 800;  // for each volunteer
const Day kLastCovered = on(2021, 9, 30);

struct Squad {
  std::vector<Volunteer> volunteers;
  std::vector<EventId> records;  // of hours
};

void join_partners(Story& s) {
  const Elsewhere there(*s.clerk, s.scope("district"));
  const auto enter = [&](OrganisationId organisation) {
    join(*s.clerk, on(2021, 6, 1), organisation.value, s.campaign.value, "patrol_partner", true);
  };
  std::for_each(s.townships.begin(), s.townships.end(), enter);
  std::for_each(s.departments.begin(), s.departments.end(), enter);
  std::for_each(s.schools.begin(), s.schools.end(), enter);
  std::for_each(s.welfare.begin(), s.welfare.end(), enter);
}

Volunteer enrol(Story& s, std::size_t team, Day when, VolunteerId by) {
  Tablet& tablet = *s.patrol[team];
  const PersonId person = register_person(tablet, when, s.company.identities.person(true, 37));
  consent(tablet, when, person, "volunteer_file");
  return {person, enrol_volunteer(tablet, when, person, s.welfare[team], "water_rescue", by)};
}

void train(Story& s, std::size_t team, Day when, const std::vector<Volunteer>& volunteers) {
  std::vector<PersonId> persons;
  for (const Volunteer& volunteer : volunteers) persons.push_back(volunteer.person);
  const SessionId session = hold_session(*s.patrol[team], when,
                                         {.kind = "patrol_training",
                                          .headcount = static_cast<std::uint32_t>(persons.size()),
                                          .method = schema::SessionHeld::CountingMethod::SIGN_IN,
                                          .from_minute = 8 * 60,
                                          .to_minute = 11 * 60,
                                          .leader = s.patrol[team]->actor,
                                          .tags = {},
                                          .contract = {},
                                          .planned = {}});
  attend(*s.patrol[team], when, session, persons);
  complete_training(*s.patrol[team], when, persons,
                    {.session = session,
                     .kind = "patrol_training",
                     .minutes = 180,
                     .result = schema::TrainingCompleted::Result::PASSED,
                     .certificate = "water_safety"});
}

EventId insure(Story& s, Day from, std::size_t team, const std::vector<Volunteer>& volunteers) {
  stage::CoverDraft cover;
  cover.policy_number = "PA-2021-" + std::to_string(team + 1) + "-" + to_string(from);
  cover.insurer = "承保单位";
  for (const Volunteer& volunteer : volunteers) cover.insured.push_back(volunteer.id);
  cover.to = kLastCovered;
  cover.fund = s.fund("league_special");
  cover.premium_fen = kPremiumFen * static_cast<std::int64_t>(volunteers.size());
  const Elsewhere there(*s.director, s.scope("patrol"));
  return cover_volunteers(*s.director, from, cover);
}

// What each volunteer does on the days of the campaign; every second one has the first duty's hours
// written down.
void go_out(Story& s, std::size_t team, Squad& squad) {
  Tablet& tablet = *s.patrol[team];
  const std::int64_t days = on(2021, 7, 5).value - on(2021, 6, 10).value;
  for (std::size_t i = 0; i < squad.volunteers.size(); ++i) {
    for (int n = 0; n < s.numbers.duties_each; ++n) {
      const Day when =
          days_after(on(2021, 6, 10), (static_cast<std::int64_t>(i) * 5 + n * 8) % (days + 1));
      const EventId duty = check_in(tablet, when,
                                    {.volunteer = squad.volunteers[i].id,
                                     .session = {},
                                     .kind = kDuty,
                                     .in_minute = 14 * 60,
                                     .out_minute = 17 * 60,
                                     .physical_risk = true,
                                     .with_minors = false});
      if (n != 0 || i % 2 != 0) continue;
      squad.records.push_back(record_hours(tablet, when, squad.volunteers[i].id, duty, 180));
    }
  }
}

// Enrolled, trained and sent out on one day; the cover began on the next.
Result<void> come_late(Story& s, std::size_t team) {
  std::vector<Volunteer> late;
  for (int i = 0; i < 3; ++i) late.push_back(enrol(s, team, on(2021, 6, 22), {}));
  train(s, team, on(2021, 6, 23), late);
  for (const Volunteer& volunteer : late) {
    s.uninsured_duty = check_in(*s.patrol[team], on(2021, 6, 24),
                                {.volunteer = volunteer.id,
                                 .session = {},
                                 .kind = kDuty,
                                 .in_minute = 14 * 60,
                                 .out_minute = 16 * 60,
                                 .physical_risk = true,
                                 .with_minors = false});
  }
  HOUNIAO_TRY(s.patrol[team]->sync(kSyncTimeout));
  s.late_cover = insure(s, on(2021, 6, 25), team, late);
  return s.director->sync(kSyncTimeout);
}

// The premium is paid out of the League's special money against the insurer's invoice. Money for a
// bonus, asked of the same fund, is outside its purposes and stays held.
Result<void> pay_premium(Story& s, std::int64_t fen, const std::vector<EventId>& covers) {
  const Elsewhere books(*s.finance, s.scope("finance"));
  stage::RequestDraft draft;
  draft.fund = s.fund("league_special");
  draft.fen = fen;
  draft.purpose = "volunteer_insurance";
  draft.payee = s.insurer;
  draft.region = kRegion;
  draft.pays_for = covers;
  draft.invoice = record_invoice(*s.finance, on(2021, 6, 9), s.insurer_uscc, "02210609", fen);
  HOUNIAO_TRY(s.finance->sync(kSyncTimeout));
  const Elsewhere clerk_books(*s.clerk, s.scope("finance"));
  const RequestId premium = request_money(*s.clerk, on(2021, 6, 11), draft);
  stage::RequestDraft bonus = draft;
  bonus.fen = 2'000'000;
  bonus.purpose = "staff_bonus";
  bonus.invoice = {};
  bonus.pays_for.clear();
  s.kept_held.push_back(EventId{request_money(*s.clerk, on(2021, 6, 11), bonus).value});
  HOUNIAO_TRY(s.clerk->sync(kSyncTimeout));
  return approve_and_pay({s.officer, s.secretary, s.finance}, on(2021, 6, 15), premium, draft);
}

// Hours are decided by the district, never by who wrote them down; a few volunteers ask for a
// certificate (民政部令67号).
Result<void> confirm(Story& s, const Squad& squad, std::size_t team) {
  const Elsewhere there(*s.director, s.scope("patrol"));
  for (std::size_t i = 0; i < squad.records.size(); ++i) {
    const bool cut = i % 20 == 19;
    confirm_hours(*s.director, on(2021, 7, 6), squad.records[i], cut ? 150 : 180, cut ? 30 : 0,
                  cut ? "left before the end, says the leader" : "");
  }
  HOUNIAO_TRY(s.director->sync(kSyncTimeout));
  if (squad.records.empty()) return {};
  s.director->add(on(2021, 7, 7),
                  [volunteer = squad.volunteers.front().id, issuer = s.league,
                   head = s.director_staff, handler = s.clerk_staff, team](Body body) {
                    auto c = body.initHoursCertificateIssued();
                    c.setNumber("LS-2021-" + std::to_string(team + 1));
                    c.setVolunteer(volunteer.value);
                    c.setFromDay(on(2021, 6, 1).value);
                    c.setToDay(on(2021, 7, 6).value);
                    c.setMinutes(180);
                    c.initContent(1).set(0, kDuty);
                    c.setIssuer(issuer.value);
                    c.setHead(head.value);
                    c.setHandler(handler.value);
                    c.setContact("office");
                    c.setDisclosure("notice board of the district League committee");
                    c.setDisclosedFromDay(on(2021, 6, 28).value);
                    c.setDisclosedToDay(on(2021, 7, 6).value);
                  });
  return s.director->sync(kSyncTimeout);
}

}  // namespace

Result<void> patrol_rivers(Story& s) {
  join_partners(s);
  HOUNIAO_TRY(s.clerk->sync(kSyncTimeout));
  std::array<Squad, kPatrolTeams> squads;
  std::vector<EventId> covers;
  const auto each = static_cast<std::size_t>(s.numbers.patrollers) / kPatrolTeams;
  for (std::size_t team = 0; team < kPatrolTeams; ++team) {
    std::vector<Volunteer>& volunteers = squads[team].volunteers;
    for (std::size_t i = 0; i < each; ++i) {
      const VolunteerId by = i % 5 == 4 ? volunteers[i - 1].id : VolunteerId{};
      volunteers.push_back(
          enrol(s, team, days_after(on(2021, 6, 1), static_cast<std::int64_t>(i % 4)), by));
    }
    train(s, team, on(2021, 6, 6), volunteers);
    HOUNIAO_TRY(s.patrol[team]->sync(kSyncTimeout));
    covers.push_back(insure(s, on(2021, 6, 8), team, volunteers));
  }
  HOUNIAO_TRY(s.director->sync(kSyncTimeout));
  HOUNIAO_TRY(pay_premium(s, kPremiumFen * static_cast<std::int64_t>(each * kPatrolTeams), covers));
  for (std::size_t team = 0; team < kPatrolTeams; ++team) {
    // There is no network on the river banks.
    s.patrol[team]->device().disconnect();
    go_out(s, team, squads[team]);
    HOUNIAO_TRY(s.patrol[team]->save());
    HOUNIAO_TRY(s.patrol[team]->connect());
    HOUNIAO_TRY(s.patrol[team]->sync(kSyncTimeout));
  }
  HOUNIAO_TRY(come_late(s, 1));
  for (std::size_t team = 0; team < kPatrolTeams; ++team)
    HOUNIAO_TRY(confirm(s, squads[team], team));
  s.company.tell(
      "护河志愿者先培训、先投保、后上岗 / patrol volunteers are trained and insured before duty");
  return {};
}

}  // namespace houniao::programme_c
