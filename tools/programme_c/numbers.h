// How much of everything happens: what the article states exactly is met exactly, what it states
// with 余 or 突破 gets a value that the seed chooses inside the word. Values.
#pragma once

#include <cstdint>

#include "tools/stage/dice.h"

namespace houniao::programme_c {

inline constexpr std::size_t kCommunities = 4;
inline constexpr std::size_t kPatrolTeams = 3;

struct Numbers {
  Numbers(const stage::Dice& story, std::int64_t permille);

  // Elections.
  int branches = 344;
  int good_youths = 101;
  int committee_members = 215;
  int deputies = 0;

  int social_workers = 0;  // in post when 2021 begins
  int worker_moves = 12;   // who leave in 2021, and as many who come

  // River patrol.
  int townships = 12;
  int departments = 20;
  int schools = 33;
  int patrollers = 0;
  int duties_each = 3;

  // Four communities.
  int residents = 0;

  // Activities.
  int theme_activities = 0;
  int culture_activities = 0;  // of those
  int turnouts = 0;            // of volunteers to them
  int minors = 0;              // person-times
  int volunteers = 0;
  int lectures = 85;
  int teams = 0;
  int team_days = 0;
  int team_person_times = 0;
  int courses = 14;
  int trainees = 0;
  int camps = 0;
  int children = 0;
};

}  // namespace houniao::programme_c
