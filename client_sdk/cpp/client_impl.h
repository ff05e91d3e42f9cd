// What is behind Client: a Notebook shared under one lock, a network thread that runs the transport
// and the session (with all verification), and a store thread that commits, folds and calls
// watchers.
//
//   mutex_        guards the notebook and everything marked (m); taken by all threads, held
//   briefly,
//                 by the store thread through a commit. What is marked (mn) only the network thread
//                 writes, with the lock; it reads it without.
//   queue_mutex_  guards what waits for the store thread, marked (q); never held with mutex_ inside
//   network only  session and reconnecting, marked (n)
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "client_sdk/core/backoff.h"
#include "client_sdk/core/session.h"
#include "client_sdk/cpp/houniao.h"
#include "client_sdk/cpp/lmdb_store.h"
#include "client_sdk/cpp/transport.h"

namespace houniao {

class Client::Impl final : public client::SessionHost, public client::TransportHandler {
 public:
  using Lock = std::unique_lock<std::recursive_mutex>;
  using Deadline = std::chrono::steady_clock::time_point;

  Impl(Options options, Clock& clock, Random& random, std::unique_ptr<client::LmdbStore> store,
       std::unique_ptr<client::Notebook> notebook);
  ~Impl() override;

  Lock lock() const { return Lock(mutex_); }
  client::Notebook& notebook() { return *notebook_; }
  const client::Notebook& notebook() const { return *notebook_; }
  WallTime wall() { return clock_.wall(); }

  Result<DeviceIdentity> enrol(const std::string& url, const std::string& code, Deadline deadline);
  Result<void> connect(const std::string& url);
  void disconnect();
  SyncState sync();
  Result<void> wait_synced(Deadline deadline);
  Result<std::size_t> request_keys(std::span<const PersonId> persons, Deadline deadline);
  void recorded();  // the outbox has something to send
  std::uint64_t watch(std::function<void(const Change&)> fn);
  void unwatch(std::uint64_t handle);

 private:
  struct Wanted {
    std::optional<client::Url> url;
    std::string enrolment_code;
  };

  // SessionHost, network thread.
  Result<void> on_log_key(const std::string& log_key) override;
  Result<void> on_log_key_changed(const std::string& log_key) override;
  Result<void> on_welcome(const client::Grants& grants) override;
  void on_clock(const client::ClockEstimate& estimate) override;
  Chain chain(DeviceSeq about) override;
  client::OutboxSlice next_events(DeviceSeq from, std::size_t events_max,
                                  std::size_t bytes_max) override;
  std::vector<client::KeyToDeposit> keys_to_deposit(DeviceSeq after, DeviceSeq through,
                                                    std::size_t max) override;
  void on_acknowledged(DeviceSeq through) override;
  void on_deposited(std::span<const std::uint64_t> key_ids) override;
  void on_keys(std::vector<client::GrantedKey> keys) override;
  void on_batch(client::VerifiedBatch batch) override;

  // TransportHandler, network thread.
  void on_open() override;
  void on_frame(ByteView frame) override;
  void on_closed(Error why) override;
  void on_tick() override;

  client::Now now() { return {clock_.wall(), clock_.monotonic_us()}; }
  void want(Wanted wanted);
  void try_connect();
  void end_session(Error why);
  void after_session_call();
  void set_link(Link link, std::optional<Error> error);
  bool reached(DeviceSeq through, std::int64_t since_us) const;

  // Store thread.
  void run_store();
  void store_group(std::vector<client::VerifiedBatch> batches, bool flush);
  void note_change(Change change);
  void call_watchers(Change change);
  bool store_drained();

  const Options options_;
  Clock& clock_;
  Random& random_;
  const std::unique_ptr<client::LmdbStore> store_;

  mutable std::recursive_mutex mutex_;
  std::condition_variable_any changed_;
  std::unique_ptr<client::Notebook> notebook_;  // (m)
  Link link_ = Link::offline;                   // (m)
  std::optional<Error> last_error_;             // (mn)
  std::int64_t reconnect_at_us_ = 0;            // (m)
  client::Session::Reach reach_;                // (mn) with the batches that came before it
  std::uint64_t reach_batches_ = 0;             // (mn)
  std::optional<Error> enrol_error_;            // (m)
  std::map<PersonId, bool> key_answers_;        // (m) asked for; whether answered

  std::mutex queue_mutex_;
  std::condition_variable queue_changed_;
  std::deque<client::VerifiedBatch> queue_;  // (q)
  bool flush_due_ = false;                   // (q)
  bool store_busy_ = false;                  // (q)
  bool store_failed_ = false;                // (q) drop batches until a session starts over
  bool stopping_ = false;                    // (q)
  std::optional<Change> change_;             // (q) for the watchers
  std::atomic<std::uint64_t> enqueued_{0};
  std::atomic<std::uint64_t> stored_{0};

  std::mutex watch_mutex_;
  std::condition_variable watch_idle_;
  std::map<std::uint64_t, std::function<void(const Change&)>> watchers_;
  std::uint64_t next_watch_ = 1;
  std::uint64_t running_watch_ = 0;
  std::mutex request_mutex_;  // one request_keys() at a time

  Wanted wanted_;                             // (n)
  std::unique_ptr<client::Session> session_;  // (n)
  std::optional<Error> session_end_;          // (n) why the session ended before its connection
  std::uint32_t asked_to_wait_ms_ = 0;        // (n)
  bool connecting_ = false;                   // (n) between open() and on_closed()
  client::Backoff backoff_;                   // (n)
  std::atomic<bool> pump_posted_{false};
  // Set at the end of construction; the threads look before they use what follows.
  std::atomic<bool> ready_{false};
  std::unique_ptr<client::Transport> transport_;
  std::thread store_thread_;
};

}  // namespace houniao
