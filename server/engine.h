// The production server without its sockets: the stores of one data directory, the sequencer on its
// own thread, and a maintenance thread (snapshots, the checkpoint kept outside the log, metrics).
//
// Owned by the serve command. submit() from any thread; everything else from the thread that owns
// it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "server/config.h"
#include "server/core.h"
#include "server/cosignatures.h"
#include "server/log/lmdb_store.h"
#include "server/orders.h"
#include "server/signature_thread.h"
#include "server/timeline/timeline.h"
#include "server/views.h"
#include "server/witness_client.h"

namespace houniao {

class Engine final : public Inbox {
 public:
  struct Options {
    LmdbStoreOptions log;
    std::size_t queue_events_max = limits::kSequencerQueueEventsMax;
    std::uint64_t snapshot_every = kSnapshotEveryRecords;  // at least; see SnapshotSchedule
    // Keeps states of the past warm; null: every `?at=` query folds for itself.
    std::shared_ptr<Timeline> timeline;
  };
  // Opens and checks everything; refuses as Sequencer::open() does, and with invalid_argument while
  // another process serves the same directory. `clock` and `random` are thread-safe
  // and outlive the engine.
  static Result<std::unique_ptr<Engine>> open(const ServerConfig& config, Clock& clock,
                                              Random& random, Options options);
  ~Engine() override;

  // `deliver` is called on the sequencer's thread with each group.
  using Deliver = std::function<void(std::shared_ptr<const CommittedGroup>)>;
  void start(Deliver deliver);
  // Commits what is queued, delivers it, stops the threads. Later submits fail.
  void stop();

  bool submit(Work work) override;

  const ServerIdentity& identity() const { return identity_; }
  const ServerConfig& config() const { return config_; }
  LmdbStore& log() { return *log_; }
  KeyStore& keys() { return *keys_; }
  Quarantine& quarantine() { return *quarantine_; }
  Published& published() { return published_; }
  Views& views() { return *views_; }
  // What witnesses added to checkpoints; any thread.
  Cosignatures* cosignatures() { return cosignatures_.get(); }
  Timeline* timeline() { return options_.timeline.get(); }
  Metrics& metrics() { return metrics_; }
  Clock& clock() { return clock_; }
  Random& random() { return random_; }
  Moment now() { return {clock_.wall(), clock_.monotonic_us()}; }

 private:
  Engine(const ServerConfig& config, Clock& clock, Random& random, Options options);
  Result<void> lock_data();
  Result<void> open_parts();
  Result<std::optional<Checkpoint>> larger_cosigned(const std::optional<Checkpoint>& kept) const;
  void save_at_end();
  void run_sequencer();
  bool take_work();
  bool enqueue(Work work);
  void run_maintenance();
  void maintain();
  void take_orders();

  ServerConfig config_;
  int lock_ = -1;  // file descriptor; one server per data directory
  bool started_ = false;
  Clock& clock_;
  Random& random_;
  Options options_;
  std::unique_ptr<LmdbStore> log_;
  std::unique_ptr<KeyStore> keys_;
  std::unique_ptr<DirectoryQuarantine> quarantine_;
  std::unique_ptr<DirectorySnapshots> snapshots_;
  Orders orders_;
  Published published_;
  Metrics metrics_;
  ServerIdentity identity_;
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<Views> views_;
  std::unique_ptr<Cosignatures> cosignatures_;
  std::unique_ptr<WitnessTransport> witness_transport_;
  std::unique_ptr<WitnessClient> witness_client_;
  SignatureThread signature_thread_;
  Deliver deliver_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work> inbox_;
  std::size_t inbox_events_ = 0;
  std::size_t inbox_bytes_ = 0;
  bool sequencer_waits_ = false;
  bool stopping_ = false;

  std::mutex maintenance_mutex_;
  std::condition_variable maintenance_wake_;
  bool maintenance_stops_ = false;
  SnapshotSchedule snapshot_schedule_;
  TreeSize witnessed_;
  std::int64_t orders_sent_us_ = INT64_MIN;

  std::thread sequencer_thread_;
  std::thread maintenance_thread_;
};

}  // namespace houniao
