#include "tools/programme_a/numbers.h"

#include <algorithm>

namespace houniao::programme_a {

Numbers Numbers::from_seed(const Dice& story, std::int64_t permille) {
  Dice dice = story.fork("numbers");
  const auto between = [&](int low, int high) { return static_cast<int>(dice.between(low, high)); };
  // At least enough people and things that every act has somebody to deal with.
  const auto scaled = [&](int whole, int least) {
    return std::max(least, static_cast<int>(whole * permille / 1000));
  };
  Numbers n;
  n.permille = permille;
  n.residents = scaled(between(7'012, 7'086), 400);
  n.moved_out = scaled(between(280, 338), 12);
  n.film_goers = scaled(between(712, 812), 76);
  // Exactly as many new people at every film would be too round to be true.
  if (n.film_goers % n.films == 0) ++n.film_goers;
  n.film_again = scaled(between(5, 9), 1);
  n.group_members = scaled(between(151, 162), 12);
  n.library_members = scaled(between(81, 89), 12);
  n.guests = scaled(between(192, 221), 42);
  n.branch_members = scaled(between(34, 46), 12);
  n.branch_sessions = scaled(between(37, 41), 4);
  n.services = scaled(between(300, 340), 20);
  n.titles = scaled(between(150, 170), 20);
  n.loans = scaled(between(460, 500), 30);
  n.duties = scaled(between(300, 330), 30);
  n.proposals = scaled(between(22, 28), 17);
  return n;
}

}  // namespace houniao::programme_a
