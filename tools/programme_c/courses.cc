// Teams from universities with their agreements and days of service, and the courses in online
// trade.
#include <algorithm>

#include "tools/programme_c/story.h"

namespace houniao::programme_c {
namespace {

constexpr std::size_t kSecondCourse = 40;  // trainees who come to a further course

struct Team {
  OrganisationId id;
  OrganisationId university;
};

std::vector<Team> found_teams(Story& s) {
  std::vector<Team> out;
  for (int i = 0; i < s.numbers.teams; ++i) {
    const OrganisationId university =
        s.universities[static_cast<std::size_t>(i) % s.universities.size()];
    const OrganisationId team = register_body(*s.university, on(2019, 6, 10),
                                              {.kind = "university_team",
                                               .name = "高校实践队" + std::to_string(i + 1),
                                               .level = "team",
                                               .region = kRegion,
                                               .uscc = {},
                                               .parent = university});
    out.push_back({team, university});
  }
  return out;
}

void serve(Story& s, const std::vector<Team>& teams) {
  Dice dice = s.company.dice.fork("teams");
  const auto days = static_cast<std::size_t>(s.numbers.team_days);
  const auto people = dice.split(s.numbers.team_person_times, days);
  for (std::size_t i = 0; i < days; ++i) {
    // Two summers: July and August of 2019 and of 2020.
    const std::int64_t place = static_cast<std::int64_t>(i % ((days + 1) / 2)) * 56 /
                               static_cast<std::int64_t>((days + 1) / 2);
    const Day when = days_after(on(i < (days + 1) / 2 ? 2019 : 2020, 7, 3), place);
    Tablet& tablet = *s.university;
    tablet.organisation = teams[i % teams.size()].id;
    tablet.site = s.communities[i % kCommunities].site;
    const SessionId session = hold_session(tablet, when,
                                           {.kind = "team_service",
                                            .headcount = static_cast<std::uint32_t>(people[i]),
                                            .method = schema::SessionHeld::CountingMethod::COUNTED,
                                            .from_minute = 9 * 60,
                                            .to_minute = 11 * 60 + 30,
                                            .leader = 0,
                                            .tags = {"university_resource"},
                                            .contract = {},
                                            .planned = {}});
    attend(tablet, when, session, {}, static_cast<std::uint32_t>(people[i]));
  }
  s.university->organisation = s.league;
  s.university->site = {};
}

// One course: who comes registers at the door.
void teach_course(Story& s, int number, std::size_t first, std::size_t count,
                  std::vector<PersonId>& trainees) {
  Tablet& tablet = *s.training;
  const Day when = days_after(on(2019, 4, 18), number * 58);
  std::vector<PersonId> present;
  for (std::size_t i = 0; i < count; ++i) {
    const PersonId person = register_person(tablet, when, s.company.identities.person(true, 37));
    trainees.push_back(person);
    present.push_back(person);
  }
  // Some came to the course before and go on learning.
  const std::size_t again =
      std::min(kSecondCourse / static_cast<std::size_t>(s.numbers.courses) + 1, first);
  for (std::size_t i = 0; i < again; ++i) present.push_back(trainees[first - 1 - i]);
  const SessionId session = hold_session(tablet, when,
                                         {.kind = "trade_course",
                                          .headcount = static_cast<std::uint32_t>(present.size()),
                                          .method = schema::SessionHeld::CountingMethod::SIGN_IN,
                                          .from_minute = 9 * 60,
                                          .to_minute = 17 * 60,
                                          .leader = s.training_staff.value,
                                          .tags = {},
                                          .contract = {},
                                          .planned = {}});
  attend(tablet, when, session, present);
  // One of the beginners fails and has no certificate.
  const std::ptrdiff_t failed = count > 20 ? 1 : 0;
  complete_training(tablet, when, {present.begin() + failed, present.end()},
                    {.session = session,
                     .kind = "trade_course",
                     .minutes = 420,
                     .result = schema::TrainingCompleted::Result::PASSED,
                     .certificate = "trade_course"});
  if (failed == 0) return;
  complete_training(tablet, when, {present.front()},
                    {.session = session,
                     .kind = "trade_course",
                     .minutes = 420,
                     .result = schema::TrainingCompleted::Result::FAILED,
                     .certificate = {}});
}

}  // namespace

Result<void> send_teams(Story& s) {
  const std::vector<Team> teams = found_teams(s);
  HOUNIAO_TRY(s.university->sync(kSyncTimeout));
  for (const Team& team : teams) {
    sign_agreement(*s.director, on(2019, 6, 20), on(2021, 8, 31),
                   {team.id, team.university, s.league}, "summer_practice");
  }
  HOUNIAO_TRY(s.director->sync(kSyncTimeout));
  serve(s, teams);
  s.company.tell(std::to_string(teams.size()) +
                 " 支高校队伍签订协议并开展服务 / university teams serve under agreements");
  return s.university->sync(kSyncTimeout);
}

Result<void> teach_trade(Story& s) {
  Dice dice = s.company.dice.fork("courses");
  // As many more as fail, one in each course.
  const auto all = s.numbers.trainees + s.numbers.courses;
  const auto sizes = dice.split(all, static_cast<std::size_t>(s.numbers.courses));
  std::vector<PersonId> trainees;
  for (int i = 0; i < s.numbers.courses; ++i) {
    teach_course(s, i, trainees.size(),
                 static_cast<std::size_t>(sizes[static_cast<std::size_t>(i)]), trainees);
  }
  s.company.tell(std::to_string(s.numbers.courses) + " 期电商培训 / courses in online trade");
  return s.training->sync(kSyncTimeout);
}

}  // namespace houniao::programme_c
