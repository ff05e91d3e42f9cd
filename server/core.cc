#include "server/core.h"

#include "replay/snapshot.h"
#include "replay/state.h"

namespace houniao {

ServerIdentity identity_of(const SequencerOptions& options, KeyStore& keys) {
  const VerifyKey log_key = options.next_log_key.value_or(options.log_key).verify_key();
  return ServerIdentity{options.origin, verifier_key(options.origin, log_key), log_key,
                        options.device_key, keys.blind_key()};
}

void count_group(Metrics& metrics, const CommittedGroup& group, const Sequencer& sequencer) {
  std::uint64_t events = 0;
  for (const PushOutcome& push : group.pushes) events += push.count;
  metrics.events_committed += events;
  metrics.records_committed += group.count();
  metrics.incidents_suppressed = sequencer.incidents_suppressed();
  metrics.read_only = sequencer.read_only() ? 1 : 0;
  if (group.head) metrics.log_records = group.head->size.value;
  if (group.count() != 0) ++metrics.groups_committed;
}

ServerCore::ServerCore(Ports ports, const SequencerOptions& options)
    : ports_(ports), identity_(identity_of(options, ports.keys)) {}

Result<std::unique_ptr<ServerCore>> ServerCore::open(Ports ports, SequencerOptions options,
                                                     Moment now) {
  std::unique_ptr<ServerCore> out(new ServerCore(ports, options));
  auto sequencer =
      Sequencer::open({ports.log, ports.keys, ports.quarantine, ports.snapshots, out->published_},
                      std::move(options), now.wall);
  if (!sequencer) return sequencer.error();
  out->sequencer_ = std::move(*sequencer);
  out->hub_ = std::make_unique<SessionHub>(
      std::uint16_t{0},
      HubPorts{out->identity_, ports.log, out->published_, ports.keys, ports.quarantine,
               ports.random, *out, out->metrics_, ports.verify_first_per_second});
  return out;
}

SessionKey ServerCore::connect(Moment now) { return hub_->open(nullptr, now).key(); }

void ServerCore::disconnect(SessionKey key) { hub_->close(key); }

void ServerCore::feed(SessionKey key, ByteView frame, Moment now) {
  if (SyncSession* session = hub_->find(key)) session->feed(frame, now);
}

std::vector<SharedFrame> ServerCore::take_output(SessionKey key) {
  SyncSession* session = hub_->find(key);
  if (session == nullptr) return {};
  std::vector<SharedFrame> out = session->take_output();
  std::size_t bytes = 0;
  for (const SharedFrame& frame : out) bytes += frame->size();
  session->wrote(bytes);
  return out;
}

bool ServerCore::closing(SessionKey key) {
  SyncSession* session = hub_->find(key);
  return session == nullptr || (session->closing() && !session->has_output());
}

bool ServerCore::submit(Work work) { return sequencer_->submit(std::move(work)); }

std::shared_ptr<const CommittedGroup> ServerCore::commit(Moment now) {
  auto group = sequencer_->commit(now.wall);
  count_group(metrics_, *group, *sequencer_);
  hub_->deliver(group, now);
  return group;
}

void ServerCore::settle(Moment now) {
  while (busy()) commit(now);
  while (hub_->pump()) {
  }
}

Result<void> ServerCore::save_snapshot() {
  if (ports_.snapshots == nullptr) return {};
  const auto head = published_.head();
  return ports_.snapshots->save({head->size, head->root, snapshot(sequencer_->state())});
}

}  // namespace houniao
