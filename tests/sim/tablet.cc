#include "tests/sim/tablet.h"

namespace houniao::sim {

Result<void> ForgetfulStore::scan(client::Table table, std::uint64_t from,
                                  const Visit& visit) const {
  bool forgotten = table != client::Table::batches;
  return store_.scan(table, from, [&](std::uint64_t key, ByteView value) -> Result<void> {
    if (!std::exchange(forgotten, true)) return {};
    return visit(key, value);
  });
}

Tablet::Tablet(std::size_t number, Part part, Scheduler& scheduler, Network& network,
               tests::Prng& prng, Hooks hooks)
    : number_(number),
      part_(part),
      scheduler_(scheduler),
      network_(network),
      prng_(prng),
      hooks_(std::move(hooks)),
      random_(prng.next()) {}

Tablet::~Tablet() = default;

client::Now Tablet::now() const {
  return {WallTime{scheduler_.wall().us + wall_error_us_}, scheduler_.monotonic_us()};
}

void Tablet::start() {
  if (up()) return;
  client::Store& store = forgetful_ ? static_cast<client::Store&>(forgetful_store_) : store_;
  auto core = client::ClientCore::open(store, random_, {});
  if (!core) return hooks_.on_broken(number_, core.error());
  core_ = std::move(*core);
  core_->set_enrolment_code(code_);
  device_ = notebook().identity().id;
}

void Tablet::crash() {
  if (!up()) return;
  if (connection_) network_.cut(*connection_);
  connection_.reset();
  core_.reset();
}

void Tablet::tick() {
  if (!up()) return;
  if (!connection_) {
    const auto at = core_->reconnect_at_us();
    if (!at || *at > scheduler_.monotonic_us()) return;
    connection_ = hooks_.connect(number_);
    core_->connected(now());
    if (!connection_) return core_->disconnected(now());
  }
  core_->tick(now());
  flush();
}

void Tablet::receive(ConnectionId id, ByteView frame) {
  if (!up() || connection_ != id) return;
  core_->feed(frame, now());
  flush();
}

void Tablet::closed(ConnectionId id) {
  if (connection_ == id) disconnect();
}

void Tablet::disconnect() {
  connection_.reset();
  if (up()) core_->disconnected(now());
}

void Tablet::flush() {
  if (!connection_) return;
  for (Bytes& frame : core_->take_output())
    network_.send(*connection_, Side::server, std::move(frame));
  if (!core_->wants_close()) return;
  network_.close(*connection_, Side::tablet);
  disconnect();
}

std::vector<EventId> Tablet::record(std::span<const EventDraft> drafts) {
  if (!up() || !notebook().enrolled()) return {};
  const auto ids = core_->record(drafts, now());
  if (!ids) return {};
  std::vector<Hash> hashes;
  for (EventId id : *ids) hashes.push_back(sha256(notebook().outbox().find(device_seq_of(id))));
  hooks_.on_recorded(number_, device_seq_of(ids->front()), hashes);
  flush();
  return *ids;
}

void Tablet::set_disk_full(bool full) {
  store_.fail_commits(full ? std::optional(fail(Errc::storage_full, "simulated")) : std::nullopt);
}

bool Tablet::drained() { return up() && core_->synced() && notebook().outbox().empty(); }

}  // namespace houniao::sim
