#include "client_sdk/core/client_core.h"

namespace houniao::client {

std::vector<KeyToDeposit> keys_to_deposit(const Notebook& notebook, DeviceSeq after,
                                          DeviceSeq through, std::size_t max) {
  std::vector<KeyToDeposit> out;
  for (const std::uint64_t id : notebook.keys().undeposited(after, through, max)) {
    const SubjectKey* key = notebook.keys().find(id);
    out.push_back({id, key->subject, key->key, key->made_by});
  }
  return out;
}

bool is_alarm(Errc code) { return code == Errc::checkpoint_mismatch || code == Errc::chain_forked; }

Result<std::unique_ptr<ClientCore>> ClientCore::open(Store& store, Random& random,
                                                     Options options) {
  auto notebook = Notebook::open(store, random, options.log_key);
  if (!notebook) return notebook.error();
  return std::unique_ptr<ClientCore>(
      new ClientCore(std::move(*notebook), random, std::move(options)));
}

ClientCore::ClientCore(std::unique_ptr<Notebook> notebook, Random& random, Options options)
    : notebook_(std::move(notebook)), random_(random), options_(std::move(options)) {}

ClientCore::~ClientCore() = default;

Result<std::vector<EventId>> ClientCore::record(std::span<const EventDraft> drafts, Now now) {
  auto ids = notebook_->record(drafts, now.wall);
  if (ids && session_) session_->pump(now);
  return ids;
}

void ClientCore::connected(Now now) {
  wants_close_ = false;
  if (notebook_->alarm()) {
    wants_close_ = true;
    return;
  }
  batches_.clear();
  notebook_->begin_session();
  session_ = std::make_unique<Session>(
      SessionStart{notebook_->signing_key(), notebook_->identity(), notebook_->position(),
                   options_.user_agent, notebook_->enrolled() ? std::string() : enrolment_code_},
      static_cast<SessionHost&>(*this), random_);
  session_->start(now);
}

void ClientCore::disconnected(Now now) {
  if (session_) end_session(fail(Errc::unavailable, "the connection was lost"), now);
  wants_close_ = false;
}

void ClientCore::end_session(Error error, Now now) {
  const std::uint32_t asked_ms = session_ ? session_->retry_after_ms() : 0;
  session_.reset();
  batches_.clear();
  wants_close_ = true;
  if (is_alarm(error.code)) notebook_->raise(error);
  last_error_ = std::move(error);
  reconnect_at_us_ = now.monotonic_us + backoff_.next_ms(random_, asked_ms) * 1000;
}

void ClientCore::feed(ByteView frame, Now now) {
  if (!session_) return;
  if (auto fed = session_->feed(frame, now); !fed) return end_session(fed.error(), now);
  if (session_->online()) {
    backoff_.reset();
    last_error_ = session_->refused();
  }
  auto batches = std::exchange(batches_, {});
  std::size_t bytes = 0;
  for (const VerifiedBatch& batch : batches) bytes += batch.frame_bytes;
  auto stored = notebook_->store(batches);
  if (!stored) return end_session(stored.error(), now);
  if (auto flushed = notebook_->flush(); !flushed) return end_session(flushed.error(), now);
  if (stored->withdrawn) {
    end_session(fail(Errc::unavailable, "a scope was withdrawn; starting over"), now);
    reconnect_at_us_ = now.monotonic_us;
    return;
  }
  session_->stored(bytes);
}

void ClientCore::tick(Now now) {
  if (!session_) return;
  if (auto ticked = session_->tick(now); !ticked) end_session(ticked.error(), now);
}

std::vector<Bytes> ClientCore::take_output() {
  return session_ ? session_->take_output() : std::vector<Bytes>{};
}

std::optional<std::int64_t> ClientCore::reconnect_at_us() const {
  if (notebook_->alarm()) return std::nullopt;
  return reconnect_at_us_;
}

bool ClientCore::synced() const {
  const auto& verified = notebook_->position().verified;
  return online() && notebook_->acknowledged() == notebook_->last() &&
         notebook_->caught_up(verified ? verified->checkpoint.size : TreeSize{});
}

SyncState ClientCore::sync(Now now) const {
  SyncState out;
  out.link = online() ? Link::online : session_ ? Link::connecting : Link::waiting;
  out.next_seq = notebook_->position().next;
  if (notebook_->position().verified) {
    out.known_size = notebook_->position().verified->checkpoint.size;
  }
  out.last_error = last_error_;
  out.alarm = notebook_->alarm();
  if (!session_ && reconnect_at_us_ > now.monotonic_us) {
    out.retry_in_ms = (reconnect_at_us_ - now.monotonic_us) / 1000;
  }
  return out;
}

// --- SessionHost -------------------------------------------------------------------------------

Result<void> ClientCore::on_log_key(const std::string& log_key) { return notebook_->pin(log_key); }

Result<void> ClientCore::on_log_key_changed(const std::string& log_key) {
  return notebook_->pin_next(log_key);
}

Result<void> ClientCore::on_welcome(const Grants& grants) { return notebook_->accept(grants); }

void ClientCore::on_clock(const ClockEstimate& estimate) { notebook_->measured(estimate); }

SessionHost::Chain ClientCore::chain(DeviceSeq about) {
  return {notebook_->last(), notebook_->acknowledged(), notebook_->hash_of(about)};
}

OutboxSlice ClientCore::next_events(DeviceSeq from, std::size_t events_max, std::size_t bytes_max) {
  return notebook_->outbox().slice(from, events_max, bytes_max);
}

std::vector<KeyToDeposit> ClientCore::keys_to_deposit(DeviceSeq after, DeviceSeq through,
                                                      std::size_t max) {
  return client::keys_to_deposit(*notebook_, after, through, max);
}

void ClientCore::on_acknowledged(DeviceSeq through) { notebook_->acknowledge(through); }

void ClientCore::on_deposited(std::span<const std::uint64_t> key_ids) {
  notebook_->deposited(key_ids);
}

void ClientCore::on_keys(std::vector<GrantedKey> keys) {
  for (const GrantedKey& key : keys) {
    // A full disk loses nothing here: the key is asked for again.
    if (key.key) (void)notebook_->add_key(key.subject, key.key_id, *key.key);
  }
}

void ClientCore::on_batch(VerifiedBatch batch) { batches_.push_back(std::move(batch)); }

}  // namespace houniao::client
