// One brings others: every core volunteer leads a small team of people whom he or she brought, and
// the teams staff the centre in the evenings and at week-ends.
#include "tools/programme_a/story.h"

namespace houniao::programme_a {

Result<void> bring_volunteers(Story& story) {
  Tablet& director = *story.cast.director;
  Tablet& roster = *story.cast.roster;
  Draw people(story, "volunteers", 23);
  Dice dice = story.company.dice.fork("volunteers");
  const Day formed = on(2014, 8, 10);
  std::vector<OrganisationId> teams;
  for (int i = 0; i < story.numbers.core_volunteers; ++i) {
    stage::BodyDraft draft;
    draft.kind = "one_plus_x_team";
    draft.name = "志愿小组" + std::to_string(i + 1);
    draft.level = "community";
    draft.region = story.pack().region;
    draft.parent = story.station;
    teams.push_back(stage::register_body(director, formed, draft));
  }
  HOUNIAO_TRY(director.sync(kSyncTimeout));
  for (const OrganisationId team : teams) {
    const PersonId leader = people.next(formed);
    const VolunteerId core = stage::enrol_volunteer(roster, formed, leader, team, "reception");
    stage::appoint(director, formed, leader, "core_volunteer", team.value);
    story.volunteers.push_back(core);
    const Day brought = stage::days_after(formed, dice.between(5, 18));
    for (std::int64_t x = dice.between(2, 5); x > 0; --x) {
      story.volunteers.push_back(
          stage::enrol_volunteer(roster, brought, people.next(formed), team, "", core));
    }
  }
  HOUNIAO_TRY(roster.sync(kSyncTimeout));
  HOUNIAO_TRY(director.sync(kSyncTimeout));
  story.tell("“1+x”：" + std::to_string(story.numbers.core_volunteers) + " 名骨干带动 " +
             std::to_string(story.volunteers.size() - teams.size()) +
             " 名志愿者 / each core volunteer brought others: " +
             std::to_string(story.volunteers.size()) + " in all");
  return {};
}

Result<void> keep_roster(Story& story, std::size_t season) {
  Tablet& roster = *story.cast.roster;
  Dice dice = story.company.dice.fork("roster" + std::to_string(season));
  std::vector<std::pair<EventId, std::uint32_t>> recorded;
  const Day first = on(2014, 9, 1);
  const std::int64_t days = on(2016, 1, 20).value - first.value;
  for (int i = 0; i < story.numbers.duties; ++i) {
    const Day day = stage::days_after(first, days * i / story.numbers.duties);
    if (!falls_in(season, day)) continue;
    stage::DutyDraft duty;
    duty.volunteer = story.volunteers[static_cast<std::size_t>(i) % story.volunteers.size()];
    duty.kind = "centre_desk";
    duty.in_minute = is_weekend(day) ? 9 * 60 : 18 * 60 + 30;
    duty.out_minute = duty.in_minute + static_cast<int>(dice.between(10, 17)) * 10;
    duty.mode = schema::DutyCheckedIn::Mode::REGULAR;
    duty.method = schema::DutyCheckedIn::Method::QR;
    const EventId checked_in = stage::check_in(roster, day, duty);
    const auto minutes = static_cast<std::uint32_t>(duty.out_minute - duty.in_minute);
    recorded.emplace_back(stage::record_hours(roster, day, duty.volunteer, checked_in, minutes),
                          minutes);
  }
  HOUNIAO_TRY(roster.sync(kSyncTimeout));
  // Once a season somebody who was not on duty confirms the hours.
  Tablet& director = *story.cast.director;
  const stage::Elsewhere at(director, story.company.scope("centre"));
  for (const auto& [record, minutes] : recorded) {
    stage::confirm_hours(director, seasons()[season].to, record, minutes);
  }
  return director.sync(kSyncTimeout);
}

}  // namespace houniao::programme_a
