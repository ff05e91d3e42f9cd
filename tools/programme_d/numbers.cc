#include "tools/programme_d/numbers.h"

#include <algorithm>

namespace houniao::programme_d {

Numbers Numbers::from_seed(const Dice& story, std::int64_t permille) {
  Dice dice = story.fork("numbers");
  const auto between = [&](int low, int high) { return static_cast<int>(dice.between(low, high)); };
  // At least enough people that every act has somebody to deal with.
  const auto scaled = [&](int whole, int least) {
    return std::max(least, static_cast<int>(whole * permille / 1000));
  };
  const auto hours = [&](int low, int high) {
    return std::int64_t{60} * between(low, high) * permille / 1000;
  };
  Numbers n;
  n.permille = permille;
  const int people = between(2'560, 2'660);
  const int old = people * between(615, 640) / 1000;
  const int oldest = between(306, 328);
  n.eighty = scaled(oldest, 21);
  n.sixty = scaled(old - oldest, 70);
  n.younger = scaled(people - old, 49);
  n.died = scaled(between(13, 19), 2);
  n.moved_out = scaled(between(30, 44), 2);
  n.others = scaled(between(13, 16), 2);
  n.second_cohort = scaled(between(5, 6), 2);
  n.minutes_2022 = hours(1'525, 1'560);
  n.minutes_2023 = hours(1'560, 1'620);
  n.minutes_2024 = hours(1'540, 1'600);
  n.orders_a_month = scaled(4, 1);
  n.redeemers = scaled(20, 3);
  return n;
}

}  // namespace houniao::programme_d
