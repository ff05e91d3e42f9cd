#include "tools/programme_c/numbers.h"

#include <algorithm>

namespace houniao::programme_c {

Numbers::Numbers(const stage::Dice& story, std::int64_t permille) {
  stage::Dice dice = story.fork("numbers");
  const auto scaled = [&](std::int64_t full) {
    return static_cast<int>(std::max<std::int64_t>(1, full * permille / 1000));
  };
  const auto between = [&](int low, int high) { return scaled(dice.between(low, high)); };

  good_youths = scaled(good_youths);
  committee_members = scaled(committee_members);
  branches = std::max(scaled(branches), good_youths + committee_members);
  deputies = between(176, 190);
  social_workers = between(185, 189);
  worker_moves = scaled(worker_moves);
  townships = scaled(townships);
  departments = scaled(departments);
  schools = scaled(schools);
  patrollers = std::max(between(506, 528), static_cast<int>(kPatrolTeams) * 4);
  residents = between(30'120, 30'440);
  theme_activities = std::max(between(505, 516), 4);
  culture_activities = std::min(between(203, 214), theme_activities);
  turnouts = between(5'030, 5'140);
  minors = between(200'400, 202'600);
  // As published these are exactly ten and four hundred for each activity; real books are not.
  if (turnouts % theme_activities == 0) ++turnouts;
  if (minors % theme_activities == 0) ++minors;
  volunteers = std::max(between(860, 900), 48);
  lectures = scaled(lectures);
  teams = between(31, 34);
  team_days = teams * 4;
  team_person_times = between(7'040, 7'180);
  trainees = std::max(between(1'012, 1'046), courses);
  camps = std::max(between(41, 44), 4);
  children = std::max(between(560, 600), 8);
}

}  // namespace houniao::programme_c
