#include "tools/programme_c/story.h"

namespace houniao::programme_c {

Story::Story(const Pack& pack_of_c, stage::Backstage& backstage, std::uint64_t seed,
             std::function<void(std::string_view)> tell, std::int64_t permille)
    : company(pack_of_c, backstage, seed, std::move(tell)), numbers(company.dice, permille) {
  const std::array<std::pair<const char*, const char*>, kCommunities> kProjects = {{
      {"dongbeiyuan", "party_league_class"},
      {"dongmiaozhuang", "youth_guidance"},
      {"caojiawangzhuang", "community_council"},
      {"yizhou_garden", "newcomer_meeting"},
  }};
  for (std::size_t i = 0; i < kCommunities; ++i) {
    communities[i].code = kProjects[i].first;
    communities[i].focus = kProjects[i].second;
    communities[i].scope = scope(kProjects[i].first);
  }
}

const PackSite& Story::site_of(std::string_view code) const {
  for (const PackSite& site : pack().sites) {
    if (site.code == code) return site;
  }
  HOUNIAO_ASSERT(!"a site of the pack");
  return pack().sites.front();
}

FundId Story::fund(std::string_view code) const {
  for (const auto& [name, id] : funds) {
    if (name == code) return id;
  }
  HOUNIAO_ASSERT(!"a fund of the pack");
  return {};
}

}  // namespace houniao::programme_c
