// The client without sockets, threads and clocks: a Notebook and, while connected, a Session. The
// simulator and the tests drive this; the SDK of client_sdk/cpp runs the same two parts on threads
// of its own.
//
//   core->record(drafts, now)            any time after enrolment
//   core->connected(now)                 the transport is up
//   core->feed(frame, now); core->tick(now); core->take_output()
//   core->disconnected(now)              the transport is gone; reconnect at reconnect_at_us()
//
// Errors of a session are not returned: the session ends (wants_close()), the reason is in sync(),
// and a contradiction becomes the sticky alarm. Pure; one thread at a time.
#pragma once

#include <memory>

#include "client_sdk/core/backoff.h"
#include "client_sdk/core/session.h"

namespace houniao::client {

class ClientCore final : private SessionHost {
 public:
  struct Options {
    std::string user_agent = "houniao-core/0.1";
    std::string log_key;  // empty: pin the first one seen
  };
  // `store` and `random` outlive the core.
  static Result<std::unique_ptr<ClientCore>> open(Store& store, Random& random, Options options);
  ~ClientCore() override;

  // Code for the next connection; ignored when enrolled.
  void set_enrolment_code(std::string code) { enrolment_code_ = std::move(code); }
  Result<std::vector<EventId>> record(std::span<const EventDraft> drafts, Now now);

  void connected(Now now);
  void disconnected(Now now);
  void feed(ByteView frame, Now now);
  void tick(Now now);
  std::vector<Bytes> take_output();
  bool wants_close() const { return wants_close_; }
  // Monotonic time at which to connect again; nullopt while the alarm is set.
  std::optional<std::int64_t> reconnect_at_us() const;

  bool online() const { return session_ && session_->online(); }
  // Everything recorded is acknowledged and everything up to the newest known checkpoint is here.
  bool synced() const;
  SyncState sync(Now now) const;
  Notebook& notebook() { return *notebook_; }
  const Notebook& notebook() const { return *notebook_; }

 private:
  ClientCore(std::unique_ptr<Notebook> notebook, Random& random, Options options);
  void end_session(Error error, Now now);

  Result<void> on_log_key(const std::string& log_key) override;
  Result<void> on_log_key_changed(const std::string& log_key) override;
  Result<void> on_welcome(const Grants& grants) override;
  void on_clock(const ClockEstimate& estimate) override;
  Chain chain(DeviceSeq about) override;
  OutboxSlice next_events(DeviceSeq from, std::size_t events_max, std::size_t bytes_max) override;
  std::vector<KeyToDeposit> keys_to_deposit(DeviceSeq after, DeviceSeq through,
                                            std::size_t max) override;
  void on_acknowledged(DeviceSeq through) override;
  void on_deposited(std::span<const std::uint64_t> key_ids) override;
  void on_keys(std::vector<GrantedKey> keys) override;
  void on_batch(VerifiedBatch batch) override;

  std::unique_ptr<Notebook> notebook_;
  Random& random_;
  Options options_;
  std::unique_ptr<Session> session_;
  std::string enrolment_code_;
  std::vector<VerifiedBatch> batches_;
  std::optional<Error> last_error_;
  Backoff backoff_;
  std::int64_t reconnect_at_us_ = 0;
  bool wants_close_ = false;
};

// Keys to deposit out of a notebook; shared by the hosts.
std::vector<KeyToDeposit> keys_to_deposit(const Notebook& notebook, DeviceSeq after,
                                          DeviceSeq through, std::size_t max);
// Whether this error of a session becomes the sticky alarm.
bool is_alarm(Errc code);

}  // namespace houniao::client
