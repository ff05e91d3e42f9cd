// The server's machine: disks that survive a crash, and the shipping ServerCore that does not. One
// thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "server/core.h"
#include "server/keys/memory_key_store.h"
#include "server/log/memory_store.h"
#include "tests/sim/network.h"
#include "tests/sim/scheduler.h"

namespace houniao::sim {

class ServerNode {
 public:
  struct Hooks {
    std::function<void(const CommittedGroup&)> on_commit;
    std::function<void()> on_open;  // the log is open, nothing is served yet
    std::function<void(const Error&)> on_refused_start;
  };
  ServerNode(Scheduler& scheduler, Network& network, tests::Prng& prng, Hooks hooks);
  ~ServerNode();

  void start();
  // The process dies: what was not committed is gone, connections break.
  void crash();
  bool up() const { return core_ != nullptr; }

  bool accept(ConnectionId id);  // false: connection refused
  void receive(ConnectionId id, ByteView frame);
  void closed(ConnectionId id);

  void set_wall_error(std::int64_t us) { wall_error_us_ = us; }
  // A planted bug: signatures that are owed stay owed.
  void never_settle() { never_settles_ = true; }
  MemoryStore& log() { return log_; }
  MemoryKeyStore& keys() { return keys_; }
  ServerCore& core() { return *core_; }
  const SequencerOptions& options() const { return options_; }
  std::string log_vkey() const;
  std::uint64_t commits() const { return commits_; }

 private:
  Moment now() const;
  void plan_commit();
  void commit();
  void tick();
  void plan_settling();
  void flush();

  Scheduler& scheduler_;
  Network& network_;
  tests::Prng& prng_;
  Hooks hooks_;
  tests::Prng random_;

  MemoryStore log_;
  MemoryKeyStore keys_;
  MemoryQuarantine quarantine_;
  MemorySnapshots snapshots_;
  SequencerOptions options_;

  std::unique_ptr<ServerCore> core_;
  std::uint64_t life_ = 0;  // planned actions of an earlier life do nothing
  bool commit_planned_ = false;
  bool settling_planned_ = false;
  bool never_settles_ = false;
  std::map<ConnectionId, SessionKey> sessions_;
  std::int64_t wall_error_us_ = 0;
  std::uint64_t commits_ = 0;
};

}  // namespace houniao::sim
