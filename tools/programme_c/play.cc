#include "tools/programme_c/play.h"

#include "tools/programme_c/story.h"

namespace houniao::programme_c {

Play::Play(const Pack& pack, stage::Backstage& backstage, std::uint64_t seed,
           std::function<void(std::string_view)> tell, std::int64_t permille)
    : story_(std::make_unique<Story>(pack, backstage, seed, std::move(tell), permille)) {}

Play::~Play() = default;

Result<void> Play::run() {
  Story& story = *story_;
  HOUNIAO_TRY(found_district(story));
  HOUNIAO_TRY(open_funds(story));
  HOUNIAO_TRY(engage_workers(story));
  HOUNIAO_TRY(hold_activities(story));
  HOUNIAO_TRY(hold_lectures(story));
  HOUNIAO_TRY(hold_camps(story));
  HOUNIAO_TRY(send_teams(story));
  HOUNIAO_TRY(teach_trade(story));
  HOUNIAO_TRY(sign_projects(story));
  HOUNIAO_TRY(run_projects(story));
  HOUNIAO_TRY(meet_twice(story));
  HOUNIAO_TRY(move_workers(story));
  HOUNIAO_TRY(elect_branches(story));
  HOUNIAO_TRY(patrol_rivers(story));
  HOUNIAO_TRY(close_books(story));
  return story.company.come_home();
}

stage::Company& Play::company() { return story_->company; }
const std::vector<EventId>& Play::kept_held() const { return story_->kept_held; }

}  // namespace houniao::programme_c
