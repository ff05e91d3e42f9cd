// The story of programme E from its founding to the published figures. One object tells it once;
// one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "tools/stage/company.h"

namespace houniao::programme_e {

struct Story;

class Play {
 public:
  // `pack` and `backstage` outlive the play; `tell` gets one line of progress at a time, never with
  // personal data. `permille` scales how many people and events there are, for tests: with less
  // than 1000 the figures do not hold.
  Play(const Pack& pack, stage::Backstage& backstage, std::uint64_t seed,
       std::function<void(std::string_view)> tell, std::int64_t permille = 1000);
  ~Play();

  // Blocks until the story is told; on return every tablet is in step with the server.
  Result<void> run();

  stage::Company& company();
  // What the story does wrong on purpose and nobody releases.
  const std::vector<EventId>& kept_held() const;

 private:
  std::unique_ptr<Story> story_;
};

}  // namespace houniao::programme_e
