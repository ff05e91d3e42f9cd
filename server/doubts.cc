#include "server/doubts.h"

#include <algorithm>
#include <string>

namespace houniao {
namespace {

constexpr std::size_t kSliceBytes = std::size_t{4} << 20;

}  // namespace

Result<void> feed(rules::Bench& bench, const LogStore& log, TreeSize size,
                  const std::atomic<bool>* stops) {
  while (bench.records() < size.value) {
    if (stops != nullptr && *stops) return fail(Errc::shutting_down, "the server is stopping");
    const auto run = log.read(Seq{bench.records()}, kSliceBytes);
    if (!run) return run.error();
    if (run->empty()) {
      return fail(Errc::corrupt, "the log ends at " + std::to_string(bench.records()));
    }
    for (std::size_t i = 0; i < run->count() && bench.records() < size.value; ++i) {
      HOUNIAO_TRY(bench.feed(run->record(i)));
    }
  }
  return {};
}

Result<void> Doubts::with_bench(std::optional<TreeSize> place, TreeSize head, const Read& read) {
  const std::lock_guard lock(mutex_);
  TreeSize size = place.value_or(head);
  // Whoever came first may know of a later head than this caller, who read it before the lock.
  if (!place && head_) size = std::max(size, TreeSize{head_->records()});
  auto bench = at(is_for_head(place, head) ? head_ : past_, size);
  if (!bench) return bench.error();
  read(**bench);
  return {};
}

// Going back would cost the bench of the head its whole fold, so a place before it is never its.
bool Doubts::is_for_head(std::optional<TreeSize> place, TreeSize head) const {
  if (!place) return true;
  return head_ ? head_->records() <= place->value : *place == head;
}

Result<rules::Bench*> Doubts::at(std::optional<rules::Bench>& bench, TreeSize size) {
  // A bench goes forward only.
  if (!bench || bench->records() > size.value) bench.emplace();
  const Result<void> fed = feed(*bench, log_, size, &stops_);
  if (!fed) {
    bench.reset();
    return fed.error();
  }
  return &*bench;
}

}  // namespace houniao
