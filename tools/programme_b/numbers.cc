#include "tools/programme_b/numbers.h"

namespace houniao::programme_b {

Numbers Numbers::from_seed(const Dice& story) {
  Dice dice = story.fork("numbers");
  const auto between = [&](int low, int high) { return static_cast<int>(dice.between(low, high)); };
  Numbers n;
  n.committees_abroad = between(294, 318);
  n.qq_groups = between(121, 128);
  n.contacts = between(20'300, 20'780);
  n.files = between(8'802, 8'838);
  n.online = between(20'020, 20'110);
  n.online_twice = between(2'100, 2'600);
  n.troupe = between(241, 248);
  n.id_cards = between(8'848, 8'897);
  n.residence_permits = between(958, 996);
  n.county_certificates = between(302, 309);
  n.cases_open = between(18, 34);
  n.settlement = between(966, 978);
  n.festival = between(41, 44);
  n.festival_attendance = between(7'012, 7'088);
  n.league_fen[0] = between(1'940, 2'060) * std::int64_t{10'000};
  n.league_fen[1] = between(1'940, 2'060) * std::int64_t{10'000};
  n.league_fen[2] = 20'000'000;
  return n;
}

}  // namespace houniao::programme_b
