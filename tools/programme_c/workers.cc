// Social workers: recruited by the district or for the posts of a project, vetted where they work
// with minors, and never fewer than the level that was promised while some leave and others come.
#include <algorithm>

#include "tools/programme_c/story.h"

namespace houniao::programme_c {
namespace {

constexpr std::size_t kWorkersEach = 8;  // of a community's project

StaffId recruit(Story& s, Day from, OrganisationId employer, const std::string& channel) {
  const StaffId worker = engage(*s.director, from,
                                {.employer = employer,
                                 .post = "social_worker",
                                 .full_time = true,
                                 .channel = channel,
                                 .person = {}});
  s.social_workers.push_back(worker);
  return worker;
}

void staff_projects(Story& s) {
  Dice dice = s.company.dice.fork("project posts");
  for (Community& community : s.communities) {
    while (community.workers.size() < kWorkersEach) {
      const Day from = days_after(on(2020, 4, 1), dice.between(0, 75));
      community.workers.push_back(recruit(s, from, community.contractor, "project_post"));
    }
    for (const StaffId worker : community.workers) {
      vet_staff(*s.director, on(2020, 6, 20), worker, "2020-06");
      vet_staff(*s.director, on(2021, 6, 10), worker, "2021-06");
    }
  }
}

}  // namespace

Result<void> engage_workers(Story& s) {
  staff_projects(s);
  const auto wanted = static_cast<std::size_t>(s.numbers.social_workers);
  const std::size_t first = s.social_workers.size();
  for (std::size_t i = first; i < wanted; ++i) {
    // In order of days: those who came first are the first who leave.
    const std::int64_t stretch = on(2020, 12, 18).value - on(2019, 3, 4).value;
    const std::int64_t place =
        static_cast<std::int64_t>(i - first) * stretch / static_cast<std::int64_t>(wanted - first);
    recruit(s, days_after(on(2019, 3, 4), place), s.personnel, "district_recruited");
  }
  // The camps' leaders are vetted at hire and every year (未成年人保护法 62). The third leader
  // comes later and is not (camps.cc).
  for (const StaffId leader : s.camp_leaders) {
    vet_staff(*s.director, on(2019, 6, 20), leader, "2019-06");
    vet_staff(*s.director, on(2020, 6, 12), leader, "2020-06");
  }
  HOUNIAO_TRY(s.director->sync(kSyncTimeout));
  for (Community& community : s.communities) {
    for (const StaffId worker : community.workers) {
      place_staff(*community.tablet, on(2020, 7, 1), on(2021, 6, 30), worker, community.site,
                  "project_post");
    }
    HOUNIAO_TRY(community.tablet->sync(kSyncTimeout));
  }
  return {};
}

Result<void> move_workers(Story& s) {
  Dice dice = s.company.dice.fork("moves");
  const std::size_t project = kCommunities * kWorkersEach;
  const std::size_t spare =
      s.social_workers.size() > project ? s.social_workers.size() - project : std::size_t{0};
  const std::size_t moves = std::min(static_cast<std::size_t>(s.numbers.worker_moves), spare);
  // Two leave, then two come: the level dips and recovers.
  for (std::size_t i = 0; i < moves; ++i) {
    const Day day = days_after(on(2021, 1, 11), static_cast<std::int64_t>(i) * 13);
    release_staff(*s.director, day, s.social_workers[project + i]);
    if (i % 2 == 0) continue;
    for (int come = 0; come < 2; ++come) {
      recruit(s, days_after(day, dice.between(3, 9)), s.personnel, "district_recruited");
    }
  }
  s.company.tell("社工有进有出，在岗人数始终保持 / social workers come and go, the level is kept");
  return s.director->sync(kSyncTimeout);
}

}  // namespace houniao::programme_c
