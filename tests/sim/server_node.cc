#include "tests/sim/server_node.h"

namespace houniao::sim {

ServerNode::ServerNode(Scheduler& scheduler, Network& network, tests::Prng& prng, Hooks hooks)
    : scheduler_(scheduler),
      network_(network),
      prng_(prng),
      hooks_(std::move(hooks)),
      random_(prng.next()),
      keys_(random_) {
  options_.origin = "houniao.sim/log";
  options_.log_key = make_signing_key(random_);
  options_.device_key = make_signing_key(random_);
}

ServerNode::~ServerNode() = default;

std::string ServerNode::log_vkey() const {
  return verifier_key(options_.origin, options_.log_key.verify_key());
}

Moment ServerNode::now() const {
  return {WallTime{scheduler_.wall().us + wall_error_us_}, scheduler_.monotonic_us()};
}

void ServerNode::start() {
  if (up()) return;
  // Half of the starts find no snapshot, as after a restore from a backup.
  SnapshotStore* snapshots = prng_.below(2) == 0 ? &snapshots_ : nullptr;
  // A server that is always under load, one that never is, and one in between.
  constexpr std::uint32_t kVerifyFirst[] = {0, 1, 1'000'000};
  auto core = ServerCore::open({log_, keys_, quarantine_, snapshots, random_,
                                never_settles_ ? 0 : kVerifyFirst[prng_.below(3)]},
                               options_, now());
  if (!core) return hooks_.on_refused_start(core.error());
  core_ = std::move(*core);
  ++life_;
  commit_planned_ = settling_planned_ = false;
  hooks_.on_open();
  tick();
}

void ServerNode::crash() {
  if (!up()) return;
  core_.reset();
  ++life_;
  log_.crash();
  for (const auto& [id, session] : std::exchange(sessions_, {})) network_.cut(id);
}

bool ServerNode::accept(ConnectionId id) {
  if (!up()) return false;
  sessions_[id] = core_->connect(now());
  return true;
}

void ServerNode::receive(ConnectionId id, ByteView frame) {
  const auto found = sessions_.find(id);
  if (!up() || found == sessions_.end()) return;
  core_->feed(found->second, frame, now());
  flush();
  plan_commit();
}

void ServerNode::closed(ConnectionId id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  if (up()) core_->disconnect(found->second);
  sessions_.erase(found);
}

void ServerNode::plan_commit() {
  if (!up() || commit_planned_ || !core_->busy()) return;
  commit_planned_ = true;
  const auto wait = static_cast<std::int64_t>(prng_.below(milliseconds(3)));
  scheduler_.after(wait, [this, life = life_] {
    if (life == life_) commit();
  });
}

void ServerNode::commit() {
  commit_planned_ = false;
  do {
    const auto group = core_->commit(now());
    if (group->count() != 0) ++commits_;
    hooks_.on_commit(*group);
  } while (core_->busy());
  core_->settle(now());  // nothing waits any more: sessions that had more to read go on
  flush();
  plan_commit();
  plan_settling();
}

void ServerNode::plan_settling() {
  if (!up() || settling_planned_ || never_settles_ || !core_->owes_signatures()) return;
  settling_planned_ = true;
  scheduler_.after(milliseconds(limits::kSignatureOwedMs), [this, life = life_] {
    if (life != life_) return;
    settling_planned_ = false;
    static_cast<void>(core_->settle_signatures(now()));
    flush();
    plan_commit();
    plan_settling();
  });
}

void ServerNode::tick() {
  core_->tick(now());
  if (prng_.below(16) == 0) static_cast<void>(core_->save_snapshot());
  flush();
  plan_commit();
  scheduler_.after(seconds(1), [this, life = life_] {
    if (life == life_) tick();
  });
}

void ServerNode::flush() {
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    const auto [id, session] = *it;
    for (const SharedFrame& frame : core_->take_output(session)) {
      network_.send(id, Side::tablet, Bytes(*frame));
    }
    if (!core_->closing(session)) {
      ++it;
      continue;
    }
    core_->disconnect(session);
    network_.close(id, Side::server);
    it = sessions_.erase(it);
  }
}

}  // namespace houniao::sim
