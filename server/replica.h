// A folded state that follows the stored log: start-up, queries as of any place, and snapshots all
// read the log through this. Trusts the verdicts that the records carry; `houniao audit verify` is
// the tool that recomputes them.
//
// One thread at a time. Never touches the sequencer: it reads what is durable.
#pragma once

#include <memory>

#include "base/ports.h"
#include "replay/merkle/frontier.h"
#include "server/log/log_store.h"
#include "server/snapshots.h"

namespace houniao {

class State;

class Replica {
 public:
  explicit Replica(const LogStore& log);
  Replica(Replica&&) noexcept;
  Replica& operator=(Replica&&) noexcept;
  ~Replica();

  // Begins from the newest usable snapshot of at most this size, or from nothing. A snapshot whose
  // root is not the log's at that size is discarded.
  Result<void> start(SnapshotStore* snapshots, TreeSize at_most);
  // Folds records up to `to`. corrupt when a stored record cannot be read.
  Result<void> advance(TreeSize to);
  // Reads on from another store of the same log.
  void read_from(const LogStore& log) { log_ = &log; }
  // Another replica at the same place.
  Replica fork() const;

  TreeSize size() const { return size_; }
  const State& state() const { return *state_; }
  std::unique_ptr<State> take_state();

 private:
  Result<void> fold_through(TreeSize to);

  const LogStore* log_;
  std::unique_ptr<State> state_;
  TreeSize size_;
};

// First seq whose record was received at `time` or later; the log's size when there is none.
Result<Seq> first_received_from(const LogStore& log, TreeSize size, WallTime time);

}  // namespace houniao
