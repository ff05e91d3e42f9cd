// States of any place of the past, warm: what a `?at=` query asks. Folds nothing in this process;
// a keeper process does (server/timeline/keeper.h).
//
// start() forks, so it must be called while the process has one thread, before anything that is not
// to be inherited is opened. read() may be called from any thread; calls are serialised. The keeper
// ends when this object does, or when the process dies.
//
// A question that gets no answer (the keeper was killed, or hangs) ends the timeline for good: a
// late answer could not be told from that to the next question, and another keeper would need a
// fork that threads forbid. ended() says so; it is for the caller to count and to report.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "base/ids.h"
#include "server/timeline/channel.h"
#include "server/timeline/keeper.h"

namespace houniao {

class Timeline {
 public:
  // `log` need not exist yet. unavailable when the system gives no process.
  static Result<std::unique_ptr<Timeline>> start(const std::filesystem::path& log,
                                                 timeline::KeeperLimits limits = {});
  ~Timeline();
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  // The page `target` ("/v1/contracts?limit=10") of the state after `size` records, as JSON text.
  // Errors as of query_state(); unavailable when the keeper is gone, or found no time to answer:
  // ask Views instead. The first question about a place folds the log up to it; later ones take
  // milliseconds.
  Result<std::string> read(TreeSize size, const std::string& target);
  // Nothing is answered any more. Any thread.
  bool ended() const { return ended_; }
  // Ends the timeline and lets a read() that waits return unavailable at once. Any thread; never
  // waits itself.
  void interrupt();
  int keeper_pid() const { return pid_; }

 private:
  Timeline(timeline::Channel channel, int pid, int silent_ms_max)
      : channel_(std::move(channel)), pid_(pid), silent_ms_max_(silent_ms_max) {}
  std::mutex mutex_;
  // Shut down when the timeline ends, but closed by the destructor only: interrupt() must not meet
  // a number that another file got since.
  timeline::Channel channel_;
  std::atomic<bool> ended_{false};
  const int pid_;
  const int silent_ms_max_;
};

}  // namespace houniao
