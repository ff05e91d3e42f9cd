// The play itself: every act in its order. Blocks until the story is told; one thread.
#pragma once

#include "tools/programme_b/story.h"

namespace houniao::programme_b {

// Plays all acts; on return every tablet but the lost one is in step with the server.
Result<void> play(Story& story);

}  // namespace houniao::programme_b
