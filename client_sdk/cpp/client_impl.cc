// The network side: connecting, feeding the session, and waiting for it. See client_impl.h.
#include "client_sdk/cpp/client_impl.h"

#include "client_sdk/core/client_core.h"

namespace houniao {

using namespace client;

namespace {

constexpr std::uint64_t kSnapshotAfterRecords = 50'000;
constexpr std::chrono::milliseconds kProbeEvery{50};
constexpr std::chrono::seconds kDisconnectMax{5};

bool same(const std::optional<Error>& a, const std::optional<Error>& b) {
  if (!a || !b) return !a && !b;
  return a->code == b->code && a->detail == b->detail;
}

}  // namespace

Client::Impl::Impl(Options options, Clock& clock, Random& random, std::unique_ptr<LmdbStore> store,
                   std::unique_ptr<Notebook> notebook)
    : options_(std::move(options)),
      clock_(clock),
      random_(random),
      store_(std::move(store)),
      notebook_(std::move(notebook)) {
  transport_ = std::make_unique<Transport>(*this, options_.ca_file);
  store_thread_ = std::thread([this] { run_store(); });
  ready_ = true;
}

Client::Impl::~Impl() {
  {
    const std::lock_guard guard(queue_mutex_);
    stopping_ = true;
  }
  queue_changed_.notify_all();
  store_thread_.join();  // it uses the transport, so it ends first; what still arrives comes again
  transport_->stop();
  (void)notebook_->flush();
  // A snapshot is a shortcut for the next open; without it everything is folded again.
  if (notebook_->folded_since_snapshot() > kSnapshotAfterRecords) (void)notebook_->write_snapshot();
}

// --- wishes of the application -----------------------------------------------------------------

void Client::Impl::want(Wanted wanted) {
  transport_->post([this, wanted = std::move(wanted)] {
    const bool same = wanted_.url == wanted.url && wanted.enrolment_code.empty();
    wanted_ = wanted;
    if (same && session_ && session_->online()) return;
    backoff_.reset();
    {
      const auto guard = lock();
      reconnect_at_us_ = 0;
    }
    if (connecting_) {
      if (session_) end_session(fail(Errc::unavailable, "disconnected"));
      if (!wanted_.url) transport_->close();
    } else {
      set_link(Link::offline, std::nullopt);
      try_connect();
    }
  });
}

Result<DeviceIdentity> Client::Impl::enrol(const std::string& url, const std::string& code,
                                           Deadline deadline) {
  auto parsed = parse_url(url);
  if (!parsed) return parsed.error();
  {
    const auto guard = lock();
    if (notebook_->enrolled()) {
      return fail(Errc::invalid_argument, "this device is enrolled already, as number " +
                                              std::to_string(notebook_->identity().number.value));
    }
    if (code.empty()) return fail(Errc::bad_code, "an empty code");
    enrol_error_.reset();
  }
  want({std::move(*parsed), code});
  auto guard = lock();
  changed_.wait_until(guard, deadline, [&] {
    return (notebook_->enrolled() && link_ == Link::online) || enrol_error_;
  });
  if (notebook_->enrolled() && !enrol_error_) return notebook_->identity();
  Error error =
      enrol_error_.value_or(last_error_.value_or(fail(Errc::unavailable, "no answer from " + url)));
  guard.unlock();
  want({});
  return error;
}

Result<void> Client::Impl::connect(const std::string& url) {
  auto parsed = parse_url(url);
  if (!parsed) return parsed.error();
  {
    const auto guard = lock();
    if (notebook_->alarm()) return *notebook_->alarm();
    if (!notebook_->enrolled()) {
      return fail(Errc::unauthorised, "this device is not enrolled; call enrol() first");
    }
  }
  want({std::move(*parsed), {}});
  return {};
}

void Client::Impl::disconnect() {
  want({});
  // The wish is carried out in order after this marker.
  std::atomic<bool> seen{false};
  transport_->post([this, &seen] {
    const auto guard = lock();
    seen = true;
    changed_.notify_all();
  });
  auto guard = lock();
  changed_.wait(guard, [&] { return seen.load(); });
  changed_.wait_for(guard, kDisconnectMax, [&] { return link_ == Link::offline; });
}

SyncState Client::Impl::sync() {
  const auto guard = lock();
  SyncState out;
  out.link = link_;
  const Position& position = notebook_->position();
  out.next_seq = position.next;
  if (position.verified) out.known_size = position.verified->checkpoint.size;
  out.last_error = last_error_;
  out.alarm = notebook_->alarm();
  if (link_ == Link::waiting) {
    out.retry_in_ms = std::max<std::int64_t>(0, reconnect_at_us_ - clock_.monotonic_us()) / 1000;
  }
  return out;
}

void Client::Impl::recorded() {
  if (pump_posted_.exchange(true)) return;
  transport_->post([this] {
    pump_posted_ = false;
    if (!session_) return;
    session_->pump(now());
    after_session_call();
  });
}

// Whether an answer to a probe sent at or after `since_us` says that everything is here.
bool Client::Impl::reached(DeviceSeq through, std::int64_t since_us) const {
  if (link_ != Link::online || notebook_->acknowledged() < through) return false;
  if (reach_.asked_us < since_us || stored_ < reach_batches_) return false;
  const Seq end{reach_.log_size.value};
  return reach_.sent_through >= end || notebook_->caught_up(reach_.log_size);
}

Result<void> Client::Impl::wait_synced(Deadline deadline) {
  auto guard = lock();
  const DeviceSeq through = notebook_->last();
  const std::int64_t started_us = clock_.monotonic_us();
  std::optional<std::int64_t> since_us;
  Deadline next_probe{};
  for (;;) {
    if (notebook_->alarm()) return *notebook_->alarm();
    // Only what is asked after the last acknowledgement covers the events it acknowledged.
    if (!since_us && link_ == Link::online && notebook_->acknowledged() >= through) {
      since_us = clock_.monotonic_us();
    }
    if (since_us && reached(through, *since_us)) return {};
    const auto real_now = std::chrono::steady_clock::now();
    if (real_now >= deadline) break;
    if (since_us && real_now >= next_probe) {
      next_probe = real_now + kProbeEvery;
      transport_->post([this] {
        if (!session_ || !session_->online()) return;
        session_->probe(now());
        after_session_call();
      });
    }
    changed_.wait_until(guard, std::min(deadline, real_now + kProbeEvery));
  }
  const std::string why = last_error_ ? last_error_->message() : std::string(name(link_));
  return fail(Errc::unavailable, "not synchronised after " +
                                     std::to_string((clock_.monotonic_us() - started_us) / 1000) +
                                     " ms, " + std::to_string(notebook_->acknowledged().value) +
                                     " of " + std::to_string(through.value) +
                                     " events acknowledged (" + why + ")");
}

Result<std::size_t> Client::Impl::request_keys(std::span<const PersonId> persons,
                                               Deadline deadline) {
  const std::lock_guard one_at_a_time(request_mutex_);
  std::vector<PersonId> missing;
  auto guard = lock();
  key_answers_.clear();
  for (const PersonId person : persons) {
    if (notebook_->keys().find(person.value) != nullptr) continue;
    missing.push_back(person);
    key_answers_[person] = false;
  }
  const bool online = changed_.wait_until(guard, deadline, [&] { return link_ == Link::online; });
  if (!missing.empty() && !online) return fail(Errc::unavailable, "not connected");
  transport_->post([this, missing] {
    if (!session_) return;
    session_->request_keys(missing);
    after_session_call();
  });
  const bool answered = changed_.wait_until(guard, deadline, [&] {
    return std::all_of(key_answers_.begin(), key_answers_.end(),
                       [](const auto& entry) { return entry.second; });
  });
  if (!answered) return fail(Errc::unavailable, "the server did not answer for all keys in time");
  return static_cast<std::size_t>(std::count_if(
      persons.begin(), persons.end(),
      [&](PersonId person) { return notebook_->keys().find(person.value) != nullptr; }));
}

// --- network thread ----------------------------------------------------------------------------

void Client::Impl::set_link(Link link, std::optional<Error> error) {
  {
    const auto guard = lock();
    link_ = link;
    last_error_ = std::move(error);
  }
  changed_.notify_all();
  Change change;
  change.link = true;
  note_change(change);
}

void Client::Impl::try_connect() {
  if (connecting_ || !wanted_.url) return;
  {
    const auto guard = lock();
    if (notebook_->alarm() || clock_.monotonic_us() < reconnect_at_us_) return;
  }
  // A session starts from what is stored: nothing of the one before may be under way.
  if (!store_drained()) return;
  connecting_ = true;
  const auto guard = lock();
  set_link(Link::connecting, last_error_);
  transport_->open(*wanted_.url);
}

void Client::Impl::on_open() {
  if (!wanted_.url) return transport_->close();
  SessionStart start;
  {
    const auto guard = lock();
    notebook_->begin_session();
    start = {notebook_->signing_key(), notebook_->identity(), notebook_->position(),
             options_.user_agent, notebook_->enrolled() ? "" : wanted_.enrolment_code};
    reach_ = {};
  }
  {
    const std::lock_guard guard(queue_mutex_);
    store_failed_ = false;
  }
  session_ = std::make_unique<Session>(std::move(start), *this, random_);
  session_->start(now());
  after_session_call();
}

void Client::Impl::on_frame(ByteView frame) {
  if (!session_) return;
  const bool was_online = session_->online();
  if (auto fed = session_->feed(frame, now()); !fed) return end_session(fed.error());
  // Only this thread writes reach_ and last_error_, so it looks without the lock: the store thread
  // holds it through a commit, and what arrives meanwhile is to be verified meanwhile.
  if (reach_.asked_us != session_->reach().asked_us) {
    const auto guard = lock();
    reach_ = session_->reach();
    reach_batches_ = enqueued_;
    changed_.notify_all();
  }
  if (!was_online && session_->online()) {
    backoff_.reset();
    set_link(Link::online, std::nullopt);
  }
  after_session_call();
}

// Sends what the session has to say and shows what it thinks.
void Client::Impl::after_session_call() {
  for (Bytes& frame : session_->take_output()) transport_->send(std::move(frame));
  if (!session_->online() || same(last_error_, session_->refused())) return;
  const auto guard = lock();
  last_error_ = session_->refused();
}

void Client::Impl::end_session(Error why) {
  if (is_alarm(why.code)) {
    const auto guard = lock();
    notebook_->raise(why);
  }
  if (session_) {
    asked_to_wait_ms_ = session_->retry_after_ms();
    for (Bytes& frame : session_->take_output()) transport_->send(std::move(frame));
  }
  session_.reset();
  session_end_ = std::move(why);
  transport_->close();
}

void Client::Impl::on_closed(Error why) {
  const Error reason = session_end_.value_or(why);
  session_end_.reset();
  if (session_) asked_to_wait_ms_ = session_->retry_after_ms();
  session_.reset();
  connecting_ = false;
  const bool enrolling = !wanted_.enrolment_code.empty();
  auto guard = lock();
  if (enrolling && !notebook_->enrolled() && reason.code != Errc::unavailable &&
      reason.code != Errc::overloaded && reason.code != Errc::shutting_down) {
    enrol_error_ = reason;
    wanted_ = {};
  }
  const bool stop = !wanted_.url || notebook_->alarm();
  const bool at_once = reconnect_at_us_ < 0;
  reconnect_at_us_ =
      at_once ? 0 : clock_.monotonic_us() + backoff_.next_ms(random_, asked_to_wait_ms_) * 1000;
  asked_to_wait_ms_ = 0;
  guard.unlock();
  set_link(stop ? Link::offline : Link::waiting, reason);
}

void Client::Impl::on_tick() {
  if (!ready_) return;
  if (!session_) return try_connect();
  if (auto ticked = session_->tick(now()); !ticked) return end_session(ticked.error());
  after_session_call();
}

// --- SessionHost -------------------------------------------------------------------------------

Result<void> Client::Impl::on_log_key(const std::string& log_key) {
  const auto guard = lock();
  return notebook_->pin(log_key);
}

Result<void> Client::Impl::on_log_key_changed(const std::string& log_key) {
  const auto guard = lock();
  return notebook_->pin_next(log_key);
}

Result<void> Client::Impl::on_welcome(const Grants& grants) {
  const auto guard = lock();
  return notebook_->accept(grants);
}

void Client::Impl::on_clock(const ClockEstimate& estimate) {
  const auto guard = lock();
  notebook_->measured(estimate);
}

SessionHost::Chain Client::Impl::chain(DeviceSeq about) {
  const auto guard = lock();
  return {notebook_->last(), notebook_->acknowledged(), notebook_->hash_of(about)};
}

OutboxSlice Client::Impl::next_events(DeviceSeq from, std::size_t events_max,
                                      std::size_t bytes_max) {
  const auto guard = lock();
  return notebook_->outbox().slice(from, events_max, bytes_max);
}

std::vector<KeyToDeposit> Client::Impl::keys_to_deposit(DeviceSeq after, DeviceSeq through,
                                                        std::size_t max) {
  const auto guard = lock();
  return client::keys_to_deposit(*notebook_, after, through, max);
}

void Client::Impl::on_acknowledged(DeviceSeq through) {
  {
    const auto guard = lock();
    if (through <= notebook_->acknowledged()) return;
    notebook_->acknowledge(through);
  }
  {
    const std::lock_guard guard(queue_mutex_);
    flush_due_ = true;
  }
  Change change;
  change.status = true;
  note_change(change);
  changed_.notify_all();
}

void Client::Impl::on_deposited(std::span<const std::uint64_t> key_ids) {
  {
    const auto guard = lock();
    notebook_->deposited(key_ids);
  }
  const std::lock_guard guard(queue_mutex_);
  flush_due_ = true;
  queue_changed_.notify_one();
}

void Client::Impl::on_keys(std::vector<GrantedKey> keys) {
  const auto guard = lock();
  for (const GrantedKey& key : keys) {
    // A full disk loses nothing here: the key is asked for again.
    if (key.key) (void)notebook_->add_key(key.subject, key.key_id, *key.key);
    if (const auto asked = key_answers_.find(key.subject); asked != key_answers_.end()) {
      asked->second = true;
    }
  }
  changed_.notify_all();
}

void Client::Impl::on_batch(VerifiedBatch batch) {
  const std::lock_guard guard(queue_mutex_);
  ++enqueued_;
  if (store_failed_) {
    ++stored_;
    return;
  }
  queue_.push_back(std::move(batch));
  queue_changed_.notify_one();
}

}  // namespace houniao
