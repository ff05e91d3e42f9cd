// How much of everything happens in programme D. What the article states exactly is met exactly,
// what it states with 余, 以上 or 达 gets a value that the seed chooses within the word. Of a
// smaller play only the people and what repeats are fewer. Values.
#pragma once

#include <cstdint>

#include "tools/stage/dice.h"

namespace houniao::programme_d {

using stage::Dice;

struct Numbers {
  std::int64_t permille = 1000;

  // Residents by age at the end: 80 and older, 60 to 79, younger.
  int eighty = 0;
  int sixty = 0;
  int younger = 0;
  int died = 0;
  int moved_out = 0;

  int officers = 10;      // of each university
  int others = 0;         // further students of each university
  int second_cohort = 0;  // of each university, from autumn 2023

  std::int64_t minutes_2022 = 0;  // confirmed in the year
  std::int64_t minutes_2023 = 0;
  std::int64_t minutes_2024 = 0;  // at the same pace for a whole year

  int orders_a_month = 4;
  int redeemers = 20;  // at each fair

  // Whether a day of the calendar brings demands; every day does at full size.
  bool brings_demands(std::int64_t day) const {
    return (day + 1) * permille / 1000 > day * permille / 1000;
  }
  static Numbers from_seed(const Dice& story, std::int64_t permille);
};

}  // namespace houniao::programme_d
