#include "tools/programme_e/story.h"

namespace houniao::programme_e {

Story::Story(const Pack& pack_of_e, stage::Backstage& backstage, std::uint64_t seed,
             std::function<void(std::string_view)> tell, std::int64_t permille)
    : company(pack_of_e, backstage, seed, std::move(tell)), numbers(company.dice, permille) {
  const std::array<std::pair<const char*, std::uint32_t>, kDistricts> kPlaces = {{
      {"tianning", 320'402},
      {"zhonglou", 320'404},
      {"xinbei", 320'411},
      {"wujin", 320'412},
      {"jintan", 320'413},
      {"liyang", 320'481},
  }};
  for (std::size_t i = 0; i < kDistricts; ++i) {
    districts[i].code = kPlaces[i].first;
    districts[i].region = kPlaces[i].second;
    districts[i].scope = scope(kPlaces[i].first);
  }
}

FundId Story::fund(std::string_view code) const {
  for (const auto& [name, id] : funds) {
    if (name == code) return id;
  }
  HOUNIAO_ASSERT(!"a fund of the pack");
  return {};
}

}  // namespace houniao::programme_e
