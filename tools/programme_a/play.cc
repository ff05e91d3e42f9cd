#include "tools/programme_a/play.h"

namespace houniao::programme_a {
namespace {

Result<void> set_up(Story& story) {
  HOUNIAO_TRY(found(story));
  HOUNIAO_TRY(open_funds(story));
  story.tell(
      "资金来源设立，场所建设经两级审批支付 / the funds are established; building is approved on "
      "two levels and paid");
  HOUNIAO_TRY(move_in(story, 0));
  HOUNIAO_TRY(form_branches(story));
  HOUNIAO_TRY(bring_volunteers(story));
  return open_library(story);
}

Result<void> tell_season(Story& story, std::size_t season) {
  HOUNIAO_TRY(work_season(story, season));
  HOUNIAO_TRY(hold_parties(story, season));
  HOUNIAO_TRY(take_up_proposals(story, season));
  HOUNIAO_TRY(keep_roster(story, season));
  return lend(story, season);
}

}  // namespace

Play::Play(const Pack& pack, stage::Backstage& backstage, std::uint64_t seed,
           std::function<void(std::string_view)> tell, std::int64_t permille)
    : story_(std::make_unique<Story>(pack, backstage, seed, std::move(tell), permille)) {}

Result<void> Play::run() {
  Story& story = *story_;
  HOUNIAO_TRY(set_up(story));
  for (std::size_t season = 0; season < kSeasons; ++season) {
    if (season == 1) HOUNIAO_TRY(sign_purchase(story));
    if (season > 0) HOUNIAO_TRY(move_in(story, season));
    HOUNIAO_TRY(tell_season(story, season));
  }
  HOUNIAO_TRY(care(story));
  HOUNIAO_TRY(settle_purchase(story));
  HOUNIAO_TRY(register_twice(story));
  HOUNIAO_TRY(lend_last_copy_twice(story));
  HOUNIAO_TRY(close_books(story));
  return story.company.come_home();
}

}  // namespace houniao::programme_a
