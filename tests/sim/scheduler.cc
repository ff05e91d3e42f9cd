#include "tests/sim/scheduler.h"

namespace houniao::sim {

void Scheduler::after(std::int64_t us, Action action) {
  actions_.emplace(std::pair{now_us_ + us, planned_++}, std::move(action));
}

void Scheduler::run_until(std::int64_t us) {
  while (!actions_.empty() && actions_.begin()->first.first <= us) {
    auto node = actions_.extract(actions_.begin());
    now_us_ = node.key().first;
    node.mapped()();
  }
  now_us_ = us;
}

}  // namespace houniao::sim
