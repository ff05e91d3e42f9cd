#include "tools/programme_b/story.h"

#include "base/crypto.h"

namespace houniao::programme_b {

const std::array<Season, kSeasons>& seasons() {
  static const std::array<Season, kSeasons> kAll = {{
      {"2012 年上半年", "first half of 2012", to_day({2012, 1, 3}), to_day({2012, 6, 30})},
      {"2012 年下半年", "second half of 2012", to_day({2012, 7, 1}), to_day({2012, 12, 31})},
      {"2013 年上半年", "first half of 2013", to_day({2013, 1, 1}), to_day({2013, 6, 30})},
      {"2013 年下半年", "second half of 2013", to_day({2013, 7, 1}), to_day({2013, 12, 31})},
      {"2014 年上半年", "first half of 2014", to_day({2014, 1, 1}), to_day({2014, 6, 30})},
      {"2014 年下半年", "second half of 2014", to_day({2014, 7, 1}), to_day({2014, 12, 31})},
      {"2015 年上半年", "first half of 2015", to_day({2015, 1, 1}), to_day({2015, 6, 30})},
      {"2015 年下半年", "second half of 2015", to_day({2015, 7, 1}), to_day({2015, 12, 31})},
      {"2016 年春", "spring of 2016", to_day({2016, 1, 1}), to_day({2016, 3, 10})},
  }};
  return kAll;
}

std::size_t season_of(Day day) {
  for (std::size_t i = 0; i < kSeasons; ++i) {
    if (day <= seasons()[i].to) return i;
  }
  return kSeasons - 1;
}

Story::Story(const Pack& pack_of_b, Cast& players, std::uint64_t seed,
             std::function<void(std::string_view)> teller)
    : pack(pack_of_b),
      cast(players),
      tell(std::move(teller)),
      dice(seed),
      numbers(Numbers::from_seed(dice)),
      identities(dice.fork("identities")) {
  plan_activities(*this);
}

FundId Story::fund(std::string_view code) const {
  for (const auto& [name, id] : funds) {
    if (name == code) return id;
  }
  HOUNIAO_ASSERT(!"a fund of the pack");
  return {};
}

ScopeId Story::scope(std::string_view code) const {
  const PackScope* found = pack.scope(code);
  HOUNIAO_ASSERT(found != nullptr);
  return ScopeId{found->id};
}

std::string account_index(OrganisationId organisation) {
  // The account number itself is nobody's business; what stands here is a hash of an invented one.
  const std::string invented = "account of " + to_string(EventId{organisation.value});
  return to_hex(sha256(as_bytes(invented)).view());
}

Day open_day(Day day) {
  // 1970-01-01 was a Thursday; 4 days later is a Monday.
  const bool monday = (day.value - 4) % 7 == 0;
  return monday ? Day{day.value + 1} : day;
}

}  // namespace houniao::programme_b
