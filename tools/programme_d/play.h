// Programme D, played over a backstage, month by month. Blocks until the story is told; one thread.
#pragma once

#include <memory>

#include "tools/programme_d/story.h"

namespace houniao::programme_d {

class Play {
 public:
  // `pack` and `backstage` outlive the play; `tell` gets one line of progress at a time, never with
  // personal data. `permille` of the people and of what repeats; figures hold at 1000 only.
  Play(const Pack& pack, stage::Backstage& backstage, std::uint64_t seed,
       std::function<void(std::string_view)> tell, std::int64_t permille = 1000);

  // On return every tablet is in step with the server.
  Result<void> run();

  stage::Company& company() { return story_->company; }
  // Attempts that must stay held to the end.
  const std::vector<EventId>& kept_held() const { return story_->kept_held; }

 private:
  std::unique_ptr<Story> story_;
};

}  // namespace houniao::programme_d
