// The bench of anomaly rules beside the log: what the rules doubt at the head, and as of any place
// before it. A bench has to see every record, so no snapshot shortens its way; the one at the head
// is folded from the first record when somebody asks for the first time, and follows from then on.
// Of the past the place that was asked for last is kept.
//
// Threads: any; calls are serialised, and the bench is handed to the reader under the lock, so a
// reader must be brief. Never on the event loop: the first call folds the whole log, and so does
// each step back from a place of the past.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>

#include "base/error.h"
#include "base/ids.h"
#include "replay/rules/bench.h"
#include "server/log/log_store.h"

namespace houniao {

class Doubts {
 public:
  // `log` outlives this.
  explicit Doubts(const LogStore& log) : log_(log) {}

  using Read = std::function<void(rules::Bench& bench)>;
  // Calls `read` with a bench that has seen exactly the first `place` records; without a place, the
  // first `head`, or more when another caller knew of a later head: bench.records() says how many.
  // corrupt when a stored record cannot be read, shutting_down after interrupt().
  Result<void> with_bench(std::optional<TreeSize> place, TreeSize head, const Read& read);
  // Ends a fold that runs, and every later one, so that a stop need not wait for it. Any thread.
  void interrupt() { stops_ = true; }

 private:
  bool is_for_head(std::optional<TreeSize> place, TreeSize head) const;
  Result<rules::Bench*> at(std::optional<rules::Bench>& bench, TreeSize size);

  const LogStore& log_;
  std::atomic<bool> stops_{false};
  std::mutex mutex_;
  std::optional<rules::Bench> head_;
  std::optional<rules::Bench> past_;
};

// Feeds the records of the log that the bench has not seen, up to `size` of them in all, in slices
// of a few megabytes. corrupt when one cannot be read; the bench has seen those before it.
// shutting_down when `stops`, looked at between slices, becomes true; null: nothing stops it.
Result<void> feed(rules::Bench& bench, const LogStore& log, TreeSize size,
                  const std::atomic<bool>* stops = nullptr);

}  // namespace houniao
