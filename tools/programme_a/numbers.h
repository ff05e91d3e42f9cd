// How much of everything happens in programme A. What the article states exactly is met exactly,
// what it states with 多, 余 or 约 gets a value that the seed chooses within the word. Of a smaller
// play only the people and what repeats are fewer. Values.
#pragma once

#include <cstdint>

#include "tools/stage/dice.h"

namespace houniao::programme_a {

using stage::Dice;

struct Numbers {
  std::int64_t permille = 1000;

  int residents = 0;  // who live there at the end
  int moved_out = 0;
  int film_goers = 0;  // different persons at all films together
  int film_again = 0;  // seats taken by somebody who had come before, at each film
  int group_members = 0;
  int library_members = 0;
  int guests = 0;  // different persons at the seven other activities together
  int branch_members = 0;
  int branch_sessions = 0;
  int services = 0;
  int titles = 0;
  int loans = 0;
  int core_volunteers = 12;
  int duties = 0;
  int proposals = 0;

  int films = 38;
  int readings = 7;
  int cases = 7;
  int courses = 10;             // billed to the purchase contract
  int counselling_billed = 60;  // person-times billed to it

  static Numbers from_seed(const Dice& story, std::int64_t permille);
};

}  // namespace houniao::programme_a
