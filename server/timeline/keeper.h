// The process that keeps past states. It folds the log and, whenever another `stride` records are
// in, forks a child that stays as it is: an anchor. A question about a place goes to the nearest
// anchor at or before it, which forks once more; that child folds the records between, answers and
// ends. When anchors become too many or take too much memory, every second one is let go and the
// stride doubles.
//
// Runs alone in its process, single-threaded, from a fork that was made before there were threads.
// Reads the log only; every process opens it for itself, because an LMDB environment must not be
// used across a fork.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>

#include "server/log/lmdb_store.h"
#include "server/replica.h"
#include "server/timeline/channel.h"

namespace houniao::timeline {

struct KeeperLimits {
  // Records between two anchors at first: about 15 ms of folding at the most.
  std::uint64_t stride = 8192;
  std::size_t anchors_max = 64;
  // Proportional set size of all anchors together.
  std::uint64_t bytes_max = std::uint64_t{2} << 30;
  // Given to one question, with the folding that it needs first. A minute folds tens of millions of
  // records (docs/PERFORMANCE.md); on a longer log the next question goes on where this one ended.
  int answer_ms_max = 60'000;
  // A keeper that says nothing for so long hangs, and whoever waits for it holds a worker of the
  // HTTP interface: well above answer_ms_max, after which a keeper says that it gave up.
  int silent_ms_max = 90'000;
  // A longer page is refused before it is sent, so that no frame is ever left half read.
  std::size_t page_bytes_max = kPageBytesMax;
};

class Keeper {
 public:
  Keeper(Channel server, std::filesystem::path log, KeeperLimits limits);
  ~Keeper();

  // Answers until the server closes its end. What it returns is the exit code of the process.
  int run();

 private:
  struct Anchor {
    int pid = -1;
    Channel channel;
  };

  Result<std::string> answer(const std::string& frame);
  int ms_left() const;  // of the question's time; 0 when it is over
  Result<void> follow(TreeSize size);
  Result<void> drop_anchor_here();
  void thin();
  std::uint64_t bytes_of_anchors() const;
  void let_go(Anchor& anchor);
  Result<std::string> ask_anchor(Anchor& anchor, const std::string& frame);
  Result<std::string> ask_myself(const std::string& frame);
  [[noreturn]] void be_anchor(Channel channel);
  [[noreturn]] void work(Channel& channel, const std::string& frame);
  Result<std::string> fold_and_read(const std::string& frame);

  Channel server_;
  const std::filesystem::path path_;
  KeeperLimits limits_;
  std::unique_ptr<LmdbStore> log_;
  std::unique_ptr<Replica> replica_;
  std::map<TreeSize, Anchor> anchors_;
  std::int64_t give_up_us_ = 0;  // when the time of the question is over
};

}  // namespace houniao::timeline
