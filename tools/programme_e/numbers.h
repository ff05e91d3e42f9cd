// How much of everything happens: what the article states exactly is met exactly, what it states
// with 余 or 多 gets a value that the seed chooses inside the word. Values.
#pragma once

#include <cstdint>

#include "tools/stage/dice.h"

namespace houniao::programme_e {

inline constexpr std::size_t kDistricts = 6;
inline constexpr int kFirstFileYear = 2013;  // of the case files
inline constexpr int kFileYears = 5;
inline constexpr std::size_t kCaravanYears = 6;
inline constexpr std::size_t kCityContests = 5;

struct Numbers {
  Numbers(const stage::Dice& story, std::int64_t permille);

  // Organisations.
  int linked = 0;
  int left = 6;  // linked for a time and gone since
  int incubated = 0;
  int talents = 100;
  int federation = 8;
  int grounded = 130;
  int tenants = 16;
  int liaisons = 30;

  // Workers.
  int full_time = 100;
  int part_time = 0;
  int part_time_left = 20;
  int supervisors = 7;
  int trainings = 12;  // in 2017
  int trained = 0;     // turnouts to them
  int least_placements = 8;

  // Places.
  int communities = 0;
  int hubs = 8;
  int shops = 30;
  int hope_bars = 17;
  int youth_homes = 68;
  int schools = 85;

  // Case work.
  int clients = 0;
  int entries = 0;
  int contacts = 0;

  // Calls and money.
  int proposals = 32;  // to each city contest
  int winners = 0;     // of all city contests
  int matched = 0;
  int lottery_projects = 60;
  int lottery_youth = 15;
  std::int64_t lottery_yuan = 6'000'000;
  int crowdfunded = 13;
  std::int64_t crowdfunded_yuan = 1'020'000;
  int buyers = 23;
  std::int64_t purchase_thousands = 0;  // of yuan, by all buyers together

  // Outreach.
  int lessons[kCaravanYears] = {};
  int law_sessions = 198;
  int law_shops = 0;
  int law_people = 0;
  int prizes = 9;
};

}  // namespace houniao::programme_e
