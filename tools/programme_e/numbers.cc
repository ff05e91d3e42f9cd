#include "tools/programme_e/numbers.h"

#include <algorithm>

namespace houniao::programme_e {

Numbers::Numbers(const stage::Dice& story, std::int64_t permille) {
  stage::Dice dice = story.fork("numbers");
  const auto scaled = [&](std::int64_t full, std::int64_t least = 1) {
    return static_cast<int>(std::max(least, full * permille / 1000));
  };
  const auto between = [&](int low, int high, std::int64_t least = 1) {
    return scaled(dice.between(low, high), least);
  };
  linked = between(853, 868, 90);
  incubated = between(183, 192);
  talents = scaled(talents, 12);
  grounded = scaled(grounded);
  liaisons = scaled(liaisons);
  full_time = scaled(full_time, 6);
  liaisons = std::min(liaisons, full_time);
  part_time = between(1'204, 1'228, 6);
  part_time_left = scaled(part_time_left);
  trained = between(612, 648, trainings);
  communities = between(91, 96, 12);
  schools = scaled(schools, 4);
  clients = between(13'900, 14'200, static_cast<std::int64_t>(kDistricts) * kFileYears * 2);
  entries = between(120'300, 120'900, static_cast<std::int64_t>(kDistricts) * 15 * 2);
  // As published the files are exactly a hundred for each part-time worker; real books are not.
  if (entries % part_time == 0) ++entries;
  contacts = between(30'150, 30'420, static_cast<std::int64_t>(kDistricts) * 15);
  winners = static_cast<int>(dice.between(71, 78));
  matched = between(182, 190);
  purchase_thousands = dice.between(5'180, 5'360);
  for (int& year : lessons) year = between(371, 379);
  law_sessions = scaled(law_sessions);
  law_shops = static_cast<int>(dice.between(11, 14));
  law_people = between(16'080, 16'420, law_sessions);
}

}  // namespace houniao::programme_e
