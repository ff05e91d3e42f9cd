// Full-time and part-time youth social workers of two channels, their supervisors, the eight
// communities that each full-time worker enters in a year, and the training of 2017.
#include <algorithm>

#include "tools/programme_e/story.h"

namespace houniao::programme_e {
namespace {

constexpr const char* kPost = "youth_social_worker";
constexpr std::size_t kTrainedPartTime = 80;  // part-time workers who are registered as persons
constexpr std::int64_t kStayDays = 24;        // of one placement

PersonId register_worker(Story& s, Day when) {
  Identity identity = s.company.identities.person(true, 32);
  const PersonId person = register_person(*s.director, when, identity);
  s.trainees.push_back(person);
  return person;
}

StaffId hire(Story& s, Day from, OrganisationId employer, bool full_time,
             const std::string& channel, PersonId person) {
  return engage(*s.director, from,
                {.employer = employer,
                 .post = kPost,
                 .full_time = full_time,
                 .channel = channel,
                 .person = person});
}

// Agencies of the first year that nothing in the story suspends or ends.
std::vector<OrganisationId> agencies(const Story& s) {
  std::vector<OrganisationId> out;
  const std::size_t safe = std::min(kEarly, s.organisations.size()) * 3 / 4;
  for (std::size_t i = 0; i < safe; ++i) {
    if (s.organisations[i].agency) out.push_back(s.organisations[i].id);
  }
  return out;
}

void engage_full_time(Story& s) {
  const std::vector<OrganisationId> employers = agencies(s);
  for (int i = 0; i < s.numbers.full_time; ++i) {
    const auto serial = static_cast<std::size_t>(i);
    const Day from = days_after(on(2013, 1, 5), i % 20);
    const PersonId person = register_worker(s, from);
    const StaffId staff = hire(s, from, employers[serial % employers.size()], true,
                               i % 2 == 0 ? "league" : "prevention_office", person);
    s.full_time.push_back({staff, person});
    s.districts[serial % kDistricts].workers.push_back(staff);
    vet_staff(*s.director, days_after(from, 1), staff, "2013-01");
  }
  // Two more left before placements were promised.
  for (int i = 0; i < 2; ++i) {
    const StaffId staff = hire(s, on(2013, 1, 5), employers.front(), true, "league", {});
    release_staff(*s.director, on(2015, 10, 31), staff);
  }
}

void engage_part_time(Story& s) {
  const int all = s.numbers.part_time + s.numbers.part_time_left;
  for (int i = 0; i < all; ++i) {
    const auto serial = static_cast<std::size_t>(i);
    const Day from = days_after(on(2014, 3, 3), static_cast<std::int64_t>(i) * 900 / all);
    const PersonId person = serial < kTrainedPartTime ? register_worker(s, from) : PersonId{};
    const StaffId staff =
        hire(s, from, s.part_time_employers[serial % s.part_time_employers.size()], false,
             "prevention_office", person);
    if (i >= s.numbers.part_time) release_staff(*s.director, days_after(from, 300), staff);
  }
}

void engage_supervisors(Story& s) {
  for (const OrganisationId university : s.universities) {
    sign_agreement(*s.director, on(2013, 1, 10), on(2018, 12, 31), {university, s.league},
                   "supervision");
  }
  for (int i = 0; i < s.numbers.supervisors; ++i) {
    const auto serial = static_cast<std::size_t>(i);
    s.supervisors.push_back(engage(*s.director, on(2013, 1, 15),
                                   {.employer = s.universities[serial % s.universities.size()],
                                    .post = "university_supervisor",
                                    .full_time = false,
                                    .channel = "invited",
                                    .person = {}}));
  }
}

// One worker's communities of a year, each a different one.
void place_one(Story& s, std::size_t worker, int year) {
  const int wanted = s.numbers.least_placements + (worker % 5 == 0 ? 1 : 0);
  const std::size_t places = s.communities.size();
  for (int k = 0; k < wanted; ++k) {
    const auto step = static_cast<std::size_t>(k) * 11;
    const std::size_t site = (worker * 3 + step + static_cast<std::size_t>(year % 2) * 5) % places;
    const Day from = days_after(on(year, 1 + k, 3), static_cast<std::int64_t>(worker % 4));
    place_staff(*s.districts[worker % kDistricts].desk, from, days_after(from, kStayDays),
                s.full_time[worker].staff, s.communities[site], "community_service");
  }
}

}  // namespace

Result<void> engage_workers(Story& s) {
  engage_full_time(s);
  engage_part_time(s);
  engage_supervisors(s);
  s.company.tell(
      "专职、兼职社工与督导到岗 / full-time and part-time workers and supervisors are engaged");
  return s.director->sync(kSyncTimeout);
}

Result<void> place_workers(Story& s) {
  for (const int year : {2016, 2017}) {
    for (std::size_t worker = 0; worker < s.full_time.size(); ++worker) place_one(s, worker, year);
  }
  for (const District& district : s.districts) HOUNIAO_TRY(district.desk->sync(kSyncTimeout));
  s.company.tell(
      "每名专职社工每年进驻至少八个社区 / every full-time worker enters eight communities a year");
  return {};
}

Result<void> train_workers(Story& s) {
  Dice dice = s.company.dice.fork("training");
  const auto sizes = dice.split(s.numbers.trained, static_cast<std::size_t>(s.numbers.trainings));
  std::size_t turn = 0;
  s.registrar->site = s.training_base;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const Day when = days_after(on(2017, 1, 12), static_cast<std::int64_t>(i) * 29);
    std::vector<PersonId> present;
    const auto count = std::min(static_cast<std::size_t>(sizes[i]), s.trainees.size());
    for (std::size_t n = 0; n < count; ++n) {
      present.push_back(s.trainees[turn++ % s.trainees.size()]);
    }
    if (present.empty()) continue;
    const SessionId session = hold_session(*s.registrar, when,
                                           {.kind = "worker_training",
                                            .headcount = static_cast<std::uint32_t>(present.size()),
                                            .method = schema::SessionHeld::CountingMethod::SIGN_IN,
                                            .from_minute = 9 * 60,
                                            .to_minute = 16 * 60,
                                            .leader = s.supervisors[i % s.supervisors.size()].value,
                                            .tags = {},
                                            .contract = {},
                                            .planned = {}});
    attend(*s.registrar, when, session, present);
    complete_training(*s.registrar, when, present,
                      {.session = session,
                       .kind = "worker_training",
                       .minutes = 360,
                       .result = schema::TrainingCompleted::Result::PASSED,
                       .certificate = {}});
  }
  s.registrar->site = {};
  return s.registrar->sync(kSyncTimeout);
}

}  // namespace houniao::programme_e
