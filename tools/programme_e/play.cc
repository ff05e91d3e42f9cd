#include "tools/programme_e/play.h"

#include "tools/programme_e/story.h"

namespace houniao::programme_e {

Play::Play(const Pack& pack, stage::Backstage& backstage, std::uint64_t seed,
           std::function<void(std::string_view)> tell, std::int64_t permille)
    : story_(std::make_unique<Story>(pack, backstage, seed, std::move(tell), permille)) {}

Play::~Play() = default;

Result<void> Play::run() {
  Story& story = *story_;
  HOUNIAO_TRY(found_city(story));
  HOUNIAO_TRY(open_funds(story));
  HOUNIAO_TRY(link_organisations(story));
  HOUNIAO_TRY(engage_workers(story));
  HOUNIAO_TRY(fill_posts(story));
  HOUNIAO_TRY(keep_files(story));
  HOUNIAO_TRY(place_workers(story));
  HOUNIAO_TRY(train_workers(story));
  HOUNIAO_TRY(hold_contests(story));
  HOUNIAO_TRY(hold_fairs(story));
  HOUNIAO_TRY(purchase_services(story));
  HOUNIAO_TRY(drive_caravan(story));
  HOUNIAO_TRY(teach_law(story));
  HOUNIAO_TRY(close_books(story));
  return story.company.come_home();
}

stage::Company& Play::company() { return story_->company; }
const std::vector<EventId>& Play::kept_held() const { return story_->kept_held; }

}  // namespace houniao::programme_e
