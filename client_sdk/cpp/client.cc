#include "base/os/os.h"
#include "client_sdk/cpp/client_impl.h"

namespace houniao {
namespace {

// Stateless; shared by all clients that bring no ports of their own.
os::SystemClock& system_clock_port() {
  static os::SystemClock clock;
  return clock;
}
os::SystemRandom& system_random_port() {
  static os::SystemRandom random;
  return random;
}

std::chrono::steady_clock::time_point after(std::chrono::milliseconds timeout) {
  return std::chrono::steady_clock::now() + timeout;
}

}  // namespace

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::open(Options options) {
  Clock& clock = options.clock != nullptr ? *options.clock : system_clock_port();
  Random& random = options.random != nullptr ? *options.random : system_random_port();
  client::StoreSecret secret{options.passphrase, std::nullopt};
  if (options.key) secret.key = *options.key;
  auto store = client::LmdbStore::open(options.directory, secret, options.map_bytes, random);
  wipe(options.passphrase.data(), options.passphrase.size());
  if (options.key) wipe(options.key->data(), options.key->size());
  if (!store) return store.error();
  auto notebook = client::Notebook::open(**store, random, options.log_key);
  if (!notebook) return notebook.error();
  return std::unique_ptr<Client>(new Client(std::make_unique<Impl>(
      std::move(options), clock, random, std::move(*store), std::move(*notebook))));
}

Result<DeviceIdentity> Client::enrol(const std::string& url, const std::string& code,
                                     std::chrono::milliseconds timeout) {
  return impl_->enrol(url, code, after(timeout));
}

bool Client::enrolled() const {
  const auto lock = impl_->lock();
  return impl_->notebook().enrolled();
}

DeviceIdentity Client::identity() const {
  const auto lock = impl_->lock();
  return impl_->notebook().identity();
}

Result<EventId> Client::record(const EventDraft& draft) {
  auto ids = record_many({&draft, 1});
  if (!ids) return ids.error();
  return ids->front();
}

Result<std::vector<EventId>> Client::record_many(std::span<const EventDraft> drafts) {
  Result<std::vector<EventId>> ids = std::vector<EventId>{};
  {
    const auto lock = impl_->lock();
    ids = impl_->notebook().record(drafts, impl_->wall());
  }
  if (ids && !ids->empty()) impl_->recorded();
  return ids;
}

EventId Client::next_event_id() const {
  const auto lock = impl_->lock();
  return impl_->notebook().next_event_id();
}

Result<EventSync> Client::status(EventId id) const {
  const auto lock = impl_->lock();
  return impl_->notebook().status(id);
}

OutboxCounters Client::outbox() const {
  const auto lock = impl_->lock();
  return impl_->notebook().counters();
}

Result<std::size_t> Client::export_unsent(const std::filesystem::path& file) const {
  Bytes content;
  std::size_t count = 0;
  {
    const auto lock = impl_->lock();
    const client::Notebook& notebook = impl_->notebook();
    notebook.outbox().for_each([&](DeviceSeq seq, ByteView event) {
      if (seq <= notebook.acknowledged()) return;
      append(content, event);
      ++count;
    });
  }
  HOUNIAO_TRY(os::write_file_durably(file, content));
  return count;
}

Result<void> Client::connect(const std::string& url) { return impl_->connect(url); }
void Client::disconnect() { impl_->disconnect(); }
SyncState Client::sync() const { return impl_->sync(); }
Result<void> Client::wait_synced(std::chrono::milliseconds timeout) {
  return impl_->wait_synced(after(timeout));
}

Result<void> Client::with_state(const std::function<void(const State&)>& fn) const {
  const auto lock = impl_->lock();
  auto state = impl_->notebook().with_pending(impl_->wall());
  if (!state) return state.error();
  fn(**state);
  return {};
}

Result<void> Client::with_confirmed_state(const std::function<void(const State&)>& fn) const {
  const auto lock = impl_->lock();
  auto state = impl_->notebook().confirmed();
  if (!state) return state.error();
  fn(**state);
  return {};
}

Result<Hash> Client::digest() const {
  const auto lock = impl_->lock();
  return impl_->notebook().digest();
}

std::optional<Client::Verified> Client::checkpoint() const {
  const auto lock = impl_->lock();
  const auto& verified = impl_->notebook().position().verified;
  if (!verified) return std::nullopt;
  // The newest one that was verified may be older than the newest key.
  std::vector<std::string> keys = impl_->notebook().earlier_log_keys();
  keys.push_back(impl_->notebook().identity().log_key);
  for (const std::string& text : keys) {
    const auto key = parse_verifier_key(text);
    if (!key || !verify_checkpoint(verified->checkpoint, key->key, verified->signature)) continue;
    return Verified{verified->checkpoint,
                    note_with_signature(verified->checkpoint, key->key, verified->signature)};
  }
  return std::nullopt;
}

Result<PersonalData> Client::personal(PersonId person) const {
  const auto lock = impl_->lock();
  return impl_->notebook().personal(person);
}

Result<std::size_t> Client::request_keys(std::span<const PersonId> persons,
                                         std::chrono::milliseconds timeout) {
  return impl_->request_keys(persons, after(timeout));
}

std::uint64_t Client::watch(std::function<void(const Change&)> fn) {
  return impl_->watch(std::move(fn));
}
void Client::unwatch(std::uint64_t handle) { impl_->unwatch(handle); }

}  // namespace houniao
