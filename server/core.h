// The whole server without sockets, threads or a clock: sequencer, one hub of sessions and the
// ports they need. The simulator and the contract tests drive this; production wires the same parts
// to real threads (server/engine.h, server/gateway.h).
//
//   auto core = ServerCore::open(ports, options, now).value();
//   SessionKey key = core->connect(now);
//   core->feed(key, frame, now);  core->commit(now);  for (auto& f : core->take_output(key)) ...
//
// One thread.
#pragma once

#include <memory>
#include <vector>

#include "server/hub.h"
#include "server/sequencer.h"

namespace houniao {

class ServerCore final : public Inbox {
 public:
  struct Ports {
    LogStore& log;
    KeyStore& keys;
    Quarantine& quarantine;
    SnapshotStore* snapshots = nullptr;
    Random& random;
    std::uint32_t verify_first_per_second = limits::kVerifyFirstPerSecond;
  };
  static Result<std::unique_ptr<ServerCore>> open(Ports ports, SequencerOptions options,
                                                  Moment now);

  SessionKey connect(Moment now);
  // The peer is gone; what it pushed before stays queued.
  void disconnect(SessionKey key);
  // Ignored when the session is gone.
  void feed(SessionKey key, ByteView frame, Moment now);
  // Frames for the peer; counts them as written.
  std::vector<SharedFrame> take_output(SessionKey key);
  // True when the server has ended the session (or never had it): deliver its output, then
  // disconnect().
  bool closing(SessionKey key);

  // Work waits for commit().
  bool busy() const { return !sequencer_->idle(); }
  // One group, delivered to the sessions.
  std::shared_ptr<const CommittedGroup> commit(Moment now);
  // Commits until nothing waits and nobody has more to read.
  void settle(Moment now);
  void tick(Moment now) { hub_->tick(now); }
  std::optional<std::int64_t> settle_signatures(Moment now) { return hub_->settle_signatures(now); }
  bool owes_signatures() const { return hub_->owes_signatures(); }
  void shut_down(std::uint32_t after_ms) { hub_->shut_down(after_ms); }
  // Folds the log up to its head beside the sequencer and stores the result.
  Result<void> save_snapshot();

  Sequencer& sequencer() { return *sequencer_; }
  const State& state() const { return sequencer_->state(); }
  const Published& published() const { return published_; }
  const ServerIdentity& identity() const { return identity_; }
  Metrics& metrics() { return metrics_; }

  bool submit(Work work) override;

 private:
  ServerCore(Ports ports, const SequencerOptions& options);

  Ports ports_;
  ServerIdentity identity_;
  Published published_;
  Metrics metrics_;
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<SessionHub> hub_;
};

// What sessions need to know of the sequencer's options, once it has opened: a key that is to take
// over has done so.
ServerIdentity identity_of(const SequencerOptions& options, KeyStore& keys);
// Counts a group into the metrics.
void count_group(Metrics& metrics, const CommittedGroup& group, const Sequencer& sequencer);

}  // namespace houniao
