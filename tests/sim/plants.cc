// The planted bugs by name, and what a run with each must show.
#include "tests/sim/world.h"

namespace houniao::sim {

std::string_view name_of(Plant plant) {
  switch (plant) {
    case Plant::none:
      return "none";
    case Plant::lying_disk:
      return "lying_disk";
    case Plant::mutated_record:
      return "mutated_record";
    case Plant::split_view:
      return "split_view";
    case Plant::wrong_verdict:
      return "wrong_verdict";
    case Plant::stored_twice:
      return "stored_twice";
    case Plant::lost_batch:
      return "lost_batch";
    case Plant::forgetful_device:
      return "forgetful_device";
    case Plant::never_heals:
      return "never_heals";
    case Plant::lost_signatures:
      return "lost_signatures";
    case Plant::overdrawn_points:
      return "overdrawn_points";
  }
  return "unknown";
}

std::vector<std::string> codes_of(Plant plant) {
  switch (plant) {
    case Plant::none:
      return {};
    case Plant::lying_disk:
      return {"acknowledged_event_lost", "checkpoint_rewritten"};
    case Plant::mutated_record:
      return {"record_changed", "server_refused_start"};
    case Plant::split_view:
      return {"checkpoint_rewritten"};
    case Plant::wrong_verdict:
      return {"verdict_differs"};
    case Plant::stored_twice:
      return {"event_twice"};
    case Plant::lost_batch:
      return {"digest_differs"};
    case Plant::forgetful_device:
      return {"record_lost_on_device"};
    case Plant::never_heals:
      return {"not_drained"};
    case Plant::lost_signatures:
      return {"not_signed"};
    case Plant::overdrawn_points:
      return {"points_broken"};
  }
  return {};
}

}  // namespace houniao::sim
