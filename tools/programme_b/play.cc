#include "tools/programme_b/play.h"

namespace houniao::programme_b {
namespace {

// The contract is signed before the season that it pays for begins, the rest of it asked for before
// that season's work is accepted.
constexpr std::size_t kContractSeason = 6;

Result<void> tell_seasons(Story& story) {
  for (std::size_t season = 0; season < kSeasons; ++season) {
    if (season == kContractSeason) HOUNIAO_TRY(sign_contract(story));
    HOUNIAO_TRY(work_season(story, season));
    if (season == kContractSeason + 1) {
      HOUNIAO_TRY(ask_too_early(story));
      HOUNIAO_TRY(come_home(story));
      HOUNIAO_TRY(accept_and_pay(story));
    }
  }
  return come_home(story);
}

// Everybody ends with everything of their scopes.
Result<void> come_in_step(Story& story) {
  for (const auto& tablet : story.cast.tablets()) {
    if (tablet.get() == story.cast.second[6]) continue;
    HOUNIAO_TRY(tablet->sync(kSyncTimeout));
  }
  return {};
}

}  // namespace

Result<void> play(Story& story) {
  HOUNIAO_TRY(found_centre(story));
  story.tell(std::to_string(story.cast.tablets().size()) +
             " 台平板凭一次性入网码入网 / tablets enrolled, each with its one-time code");
  HOUNIAO_TRY(equip_centre(story));
  HOUNIAO_TRY(open_funds(story));
  story.tell(
      "机构、阵地、规则、渠道与资金来源建立 / bodies, sites, rules, channels and funds are set up");
  HOUNIAO_TRY(import_members(story));
  HOUNIAO_TRY(spend_provincial_money(story));
  HOUNIAO_TRY(tell_seasons(story));
  HOUNIAO_TRY(report_committees(story));
  HOUNIAO_TRY(meet_twice(story));
  HOUNIAO_TRY(correct_and_retract(story));
  HOUNIAO_TRY(lose_tablet(story));
  HOUNIAO_TRY(evaluate_and_publish(story));
  HOUNIAO_TRY(come_in_step(story));
  HOUNIAO_TRY(seal_first_year(story));
  return come_in_step(story);
}

}  // namespace houniao::programme_b
