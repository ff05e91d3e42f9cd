// States to read from, as of any place in the log or any civil day: folded beside the sequencer out
// of the stored log, so that no query ever holds up a commit. Keeps one state that follows the head
// and the last few that somebody asked for.
//
// Threads: any; calls are serialised, those of the head and those of the past apart, so that a fold
// of the past holds up nobody who asks for the present. The state is handed to the reader under the
// lock, so a reader must be brief.
#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "server/published.h"
#include "server/replica.h"
#include "server/snapshots.h"

namespace houniao {

class State;

// Which state a query wants.
struct AsOf {
  std::optional<TreeSize> size;  // after this many records
  std::optional<Day> day;        // after everything received through this day (Asia/Shanghai)
};
// "1234" (a seq: the state that includes it), "2016-03-15", or empty for the head.
Result<AsOf> parse_as_of(std::string_view text);

class Views {
 public:
  static constexpr std::size_t kKept = 4;

  Views(const LogStore& log, const Published& published, SnapshotStore* snapshots)
      : log_(log), published_(published), snapshots_(snapshots) {}

  using Read = std::function<void(const State& state, TreeSize size)>;
  // Calls `read` with the state; invalid_argument when the place lies beyond the log.
  Result<void> with_state(const AsOf& as_of, const Read& read);
  // How many records the state has that is asked for; invalid_argument as above.
  Result<TreeSize> resolve(const AsOf& as_of) const {
    return resolve(as_of, published_.head()->size);
  }
  // Brings the head's state up to date and stores it as a snapshot.
  Result<void> save_snapshot();

 private:
  Result<TreeSize> resolve(const AsOf& as_of, TreeSize head) const;
  // False when the head's state has gone beyond `size` and that place was asked for.
  Result<bool> read_head(TreeSize size, bool newest, const Read& read);
  Result<Replica*> at_head(TreeSize head);
  Result<Replica*> at(TreeSize size);

  const LogStore& log_;
  const Published& published_;
  SnapshotStore* snapshots_;
  std::mutex head_mutex_;
  std::optional<Replica> head_;
  std::mutex past_mutex_;
  std::list<Replica> kept_;  // most recently used first
};

}  // namespace houniao
