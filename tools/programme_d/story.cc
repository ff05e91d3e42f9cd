#include "tools/programme_d/story.h"

namespace houniao::programme_d {

Month month_of(int serial) {
  const auto first = [](int number) { return on(2021 + number / 12, number % 12 + 1, 1); };
  const int number = 11 + serial;  // months from January 2021
  Month out;
  out.serial = serial;
  out.year = 2021 + number / 12;
  out.month = number % 12 + 1;
  out.from = first(number);
  out.to = Day{first(number + 1).value - 1};
  return out;
}

bool is_weekend(Day day) {
  // 1970-01-01 was a Thursday, the fourth day of a week that begins on Monday.
  return (day.value + 3) % 7 >= 5;
}

const Need& need_of(const std::string& category) {
  for (const Need& need : kNeeds) {
    if (category == need.category) return need;
  }
  HOUNIAO_ASSERT(!"a category of demands");
  return kNeeds.front();
}

Story::Story(const Pack& pack_of_d, stage::Backstage& backstage, std::uint64_t seed,
             std::function<void(std::string_view)> teller, std::int64_t permille)
    : company(pack_of_d, backstage, seed, std::move(teller)),
      numbers(Numbers::from_seed(company.dice, permille)) {}

}  // namespace houniao::programme_d
