#include "server/engine.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>

#include "base/os/os.h"
#include "replay/snapshot.h"
#include "replay/state.h"
#include "server/key_rotation.h"
#include "server/keys/lmdb_key_store.h"
#include "server/witness_transport.h"

namespace houniao {
namespace {

constexpr std::chrono::seconds kMaintenanceEvery{1};
// A stop stores a snapshot when at least this many records came after the last one.
constexpr std::uint64_t kSnapshotAtStop = 10'000;

}  // namespace

Engine::Engine(const ServerConfig& config, Clock& clock, Random& random, Options options)
    : config_(config),
      clock_(clock),
      random_(random),
      options_(options),
      orders_(config.orders()),
      // A full queue: the signature is offered again.
      signature_thread_([this](AttestRequest request) { (void)enqueue(std::move(request)); }),
      snapshot_schedule_(options.snapshot_every) {}

Result<std::unique_ptr<Engine>> Engine::open(const ServerConfig& config, Clock& clock,
                                             Random& random, Options options) {
  std::unique_ptr<Engine> out(new Engine(config, clock, random, options));
  HOUNIAO_TRY(out->open_parts());
  return out;
}

Result<void> Engine::open_parts() {
  HOUNIAO_TRY(lock_data());
  auto log = LmdbStore::open(config_.log(), options_.log);
  if (!log) return log.error();
  log_ = std::move(*log);
  log_->clear_stale_readers();
  auto keys = LmdbKeyStore::open(config_.keys(), config_.key_store_master, random_,
                                 LmdbKeyStore::Access::owner);
  if (!keys) return keys.error();
  keys_ = std::move(*keys);
  auto quarantine = DirectoryQuarantine::open(config_.quarantine());
  if (!quarantine) return quarantine.error();
  quarantine_ = std::move(*quarantine);
  auto snapshots = DirectorySnapshots::open(config_.snapshots());
  if (!snapshots) return snapshots.error();
  snapshots_ = std::move(*snapshots);
  auto cosignatures = Cosignatures::open(config_.cosigned());
  if (!cosignatures) return cosignatures.error();
  cosignatures_ = std::move(*cosignatures);
  const auto witness = load_witness(config_);
  if (!witness) return witness.error();
  auto largest = larger_cosigned(*witness);
  if (!largest) return largest.error();

  SequencerOptions sequencer = config_.sequencer_options();
  sequencer.witness = std::move(*largest);
  sequencer.queue_events_max = SIZE_MAX;  // the inbox is what bounds the queue
  const auto next = load_next_key(config_);
  if (!next) return next.error();
  if (*next) {
    sequencer.next_log_key = (*next)->key;
    sequencer.key_change_reason = (*next)->reason;
  }
  identity_ = identity_of(sequencer, *keys_);
  auto opened = Sequencer::open({*log_, *keys_, *quarantine_, snapshots_.get(), published_},
                                std::move(sequencer), clock_.wall());
  if (!opened) return opened.error();
  sequencer_ = std::move(*opened);
  if (*next) HOUNIAO_TRY(finish_key_rotation(config_, **next));
  const auto witnesses = load_witnesses(config_.witnesses());
  if (!witnesses) return witnesses.error();
  witness_transport_ = std::make_unique<HttpWitnessTransport>();
  witness_client_ = std::make_unique<WitnessClient>(
      WitnessClient::Ports{*log_, published_, *cosignatures_, *witness_transport_}, *witnesses);
  views_ = std::make_unique<Views>(*log_, published_, snapshots_.get());
  const auto newest = snapshots_->load(published_.head()->size);
  if (newest) snapshot_schedule_.start_from(newest->size);
  if (*witness) witnessed_ = (*witness)->size;
  return {};
}

// The largest checkpoint that is known to have been signed: the one that the server keeps outside
// of the log, or one that a witness cosigned.
Result<std::optional<Checkpoint>> Engine::larger_cosigned(
    const std::optional<Checkpoint>& kept) const {
  const auto note = cosignatures_->newest();
  if (!note) return kept;
  auto cosigned =
      open_own_checkpoint(config_, *note, "the newest note in " + config_.cosigned().string());
  if (!cosigned) return cosigned.error();
  if (kept && kept->size >= cosigned->size) return kept;
  return std::optional<Checkpoint>{std::move(*cosigned)};
}

// The lock goes with the process, however that ends.
Result<void> Engine::lock_data() {
  const std::filesystem::path path = config_.data / "server.lock";
  lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) return fail(Errc::storage_failed, path.string() + ": cannot be opened");
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    return fail(Errc::invalid_argument,
                config_.data.string() + ": another server is running on this directory");
  }
  return {};
}

Engine::~Engine() {
  stop();
  if (started_) save_at_end();
  log_.reset();
  if (lock_ >= 0) ::close(lock_);
}

void Engine::save_at_end() {
  const auto head = published_.head();
  if (head->size != witnessed_) (void)save_witness(config_, head->note);
  if (head->size.value >= snapshot_schedule_.last().value + kSnapshotAtStop &&
      !sequencer_->read_only()) {
    (void)snapshots_->save({head->size, head->root, snapshot(sequencer_->state())});
  }
}

void Engine::start(Deliver deliver) {
  deliver_ = std::move(deliver);
  started_ = true;
  signature_thread_.start();
  sequencer_thread_ = std::thread([this] { run_sequencer(); });
  maintenance_thread_ = std::thread([this] { run_maintenance(); });
  witness_client_->start();
}

void Engine::stop() {
  signature_thread_.stop();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (sequencer_thread_.joinable()) sequencer_thread_.join();
  // What was pushed is committed by then: a witness that takes its time holds up nothing else.
  if (witness_client_) witness_client_->stop();
  {
    const std::lock_guard lock(maintenance_mutex_);
    maintenance_stops_ = true;
  }
  maintenance_wake_.notify_all();
  if (maintenance_thread_.joinable()) maintenance_thread_.join();
}

bool Engine::submit(Work work) {
  auto* owed = std::get_if<AttestRequest>(&work);
  if (owed != nullptr && owed->checked == AttestRequest::Checked::not_yet &&
      signature_thread_.submit(*owed)) {
    return true;
  }
  return enqueue(std::move(work));
}

bool Engine::enqueue(Work work) {
  const std::size_t events = events_in(work);
  const std::size_t bytes = bytes_in(work);
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    const bool full =
        inbox_events_ + events > options_.queue_events_max || inbox_bytes_ + bytes > kQueueBytesMax;
    if (!inbox_.empty() && full) return false;
    inbox_events_ += events;
    inbox_bytes_ += bytes;
    inbox_.push_back(std::move(work));
    wake = std::exchange(sequencer_waits_, false);
  }
  if (wake) wake_.notify_one();
  return true;
}

// Moves about one group's worth of work to the sequencer. False when the engine stops and nothing
// is left.
bool Engine::take_work() {
  std::unique_lock lock(mutex_);
  while (inbox_.empty()) {
    if (stopping_) return false;
    sequencer_waits_ = true;
    wake_.wait(lock);
  }
  std::size_t events = 0;
  while (!inbox_.empty() && events < limits::kGroupEventsMax) {
    const std::size_t more = events_in(inbox_.front());
    events += more;
    inbox_events_ -= more;
    inbox_bytes_ -= bytes_in(inbox_.front());
    (void)sequencer_->submit(std::move(inbox_.front()));
    inbox_.pop_front();
  }
  metrics_.events_waiting.store(inbox_events_, std::memory_order_relaxed);
  return true;
}

void Engine::run_sequencer() {
  while (take_work()) {
    while (!sequencer_->idle()) {
      const std::int64_t start = clock_.monotonic_us();
      auto group = sequencer_->commit(clock_.wall());
      if (group->count() != 0 || sequencer_->read_only()) {
        metrics_.observe_commit(clock_.monotonic_us() - start);
      }
      if (sequencer_->read_only()) ++metrics_.groups_failed;
      count_group(metrics_, *group, *sequencer_);
      for (const std::string& order : group->orders) orders_.remove(order);
      for (const std::string& order : group->orders_refused) orders_.refuse(order);
      deliver_(std::move(group));
    }
  }
}

void Engine::run_maintenance() {
  os::give_way();
  std::unique_lock lock(maintenance_mutex_);
  while (!maintenance_stops_) {
    maintenance_wake_.wait_for(lock, kMaintenanceEvery);
    if (maintenance_stops_) return;
    lock.unlock();
    maintain();
    lock.lock();
  }
}

// An order is removed when its event is durable. What waits is offered again after a while: the
// queue may have been full, or the disk.
void Engine::take_orders() {
  constexpr std::int64_t kAgainUs = 5'000'000;
  const std::int64_t now_us = clock_.monotonic_us();
  if (now_us < orders_sent_us_ + kAgainUs) return;
  for (Orders::Stored& order : orders_.waiting()) {
    orders_sent_us_ = now_us;
    (void)submit(AdminEvent{std::move(order.event), std::move(order.name)});
  }
}

void Engine::maintain() {
  take_orders();
  metrics_.log_bytes = log_->used_bytes();
  metrics_.resident_bytes = static_cast<std::uint64_t>(os::rss_bytes());
  metrics_.quarantine_files = quarantine_->kept();
  metrics_.quarantine_dropped = quarantine_->dropped();
  metrics_.witness_cosigned = witness_client_->cosigned();
  metrics_.witness_failed = witness_client_->failed();
  metrics_.witness_contradicted = witness_client_->contradicted();
  const auto head = published_.head();
  if (head->read_only) return;
  if (head->size != witnessed_ && save_witness(config_, head->note)) witnessed_ = head->size;
  const std::int64_t now_us = clock_.monotonic_us();
  if (snapshot_schedule_.due(head->size, now_us)) {
    // Failing (a full disk) costs time at the next start and nothing else.
    (void)views_->save_snapshot();
    snapshot_schedule_.taken(head->size, now_us, clock_.monotonic_us());
  }
}

}  // namespace houniao
