#include "server/hub.h"

namespace houniao {

SessionHub::SessionHub(std::uint16_t index, HubPorts ports)
    : index_(index),
      ports_(ports),
      proofs_(ports.log),
      fanout_(proofs_),
      verify_budget_(ports.verify_first_per_second) {}

SyncSession& SessionHub::open(SessionOwner* owner, Moment now) {
  HOUNIAO_ASSERT(!visiting_);
  const SessionKey key = session_key(index_, ++serial_);
  SessionPorts ports{ports_.identity, ports_.log,        ports_.published,
                     ports_.keys,     ports_.quarantine, ports_.random,
                     ports_.inbox,    proofs_,           fanout_,
                     ports_.metrics,  verify_budget_,    pump_wanted_,
                     owing_};
  Entry& entry = sessions_[key];
  entry.session = std::make_unique<SyncSession>(key, ports, now);
  entry.owner = owner;
  return *entry.session;
}

SyncSession* SessionHub::find(SessionKey key) {
  const auto found = sessions_.find(key);
  return found == sessions_.end() ? nullptr : found->second.session.get();
}

void SessionHub::close(SessionKey key) {
  if (visiting_) {
    const auto found = sessions_.find(key);
    if (found == sessions_.end() || found->second.owner == nullptr) return;
    found->second.owner = nullptr;
    closed_.push_back(key);
    return;
  }
  erase(key);
}

void SessionHub::erase(SessionKey key) {
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) return;
  found->second.session->settle_at_end();
  sessions_.erase(found);
}

template <class Visit>
void SessionHub::for_each(Visit visit) {
  visiting_ = true;
  for (auto& [key, entry] : sessions_) visit(entry);
  visiting_ = false;
  for (SessionKey key : std::exchange(closed_, {})) erase(key);
}

void SessionHub::ready(Entry& entry) {
  if (entry.owner == nullptr) return;
  if (entry.session->has_output() || entry.session->closing()) {
    entry.owner->session_ready(*entry.session);
  }
}

void SessionHub::deliver(const std::shared_ptr<const CommittedGroup>& group, Moment now) {
  fanout_.start(group);
  for (const PushOutcome& outcome : group->pushes) {
    if (hub_of(outcome.session) != index_) continue;
    if (SyncSession* session = find(outcome.session)) session->on_push(outcome);
  }
  for (const EnrolOutcome& outcome : group->enrolments) {
    if (hub_of(outcome.session) != index_) continue;
    if (SyncSession* session = find(outcome.session)) session->on_enrolment(outcome, now);
  }
  for (const KeyOutcome& outcome : group->keys) {
    if (hub_of(outcome.session) != index_) continue;
    if (SyncSession* session = find(outcome.session)) session->on_keys(outcome, now);
  }
  for_each([&](Entry& entry) {
    entry.session->on_group();
    ready(entry);
  });
}

void SessionHub::tick(Moment now) {
  for_each([&](Entry& entry) {
    entry.session->tick(now);
    ready(entry);
  });
}

bool SessionHub::pump() {
  pump_wanted_ = false;
  for_each([&](Entry& entry) {
    if (!entry.session->wants_pump()) return;
    entry.session->pump();
    ready(entry);
  });
  return pump_wanted_;
}

std::optional<std::int64_t> SessionHub::settle_signatures(Moment now) {
  constexpr unsigned kAtOnce = 8;  // about half a millisecond, so that nobody waits longer
  for (unsigned i = 0; i < kAtOnce && !owing_.empty(); ++i) {
    const auto [due_us, key] = *owing_.begin();
    if (due_us > now.mono_us) break;
    owing_.erase(owing_.begin());
    const auto found = sessions_.find(key);
    if (found == sessions_.end()) continue;
    found->second.session->settle_signatures(now.mono_us);
    ready(found->second);
  }
  if (owing_.empty()) return std::nullopt;
  return owing_.begin()->first;
}

void SessionHub::settle_all() {
  for (auto& [key, entry] : sessions_) entry.session->settle_at_end();
}

void SessionHub::drop_all() {
  for_each([](Entry& entry) {
    if (entry.owner != nullptr) entry.owner->session_dropped();
    entry.owner = nullptr;
  });
  sessions_.clear();
}

void SessionHub::shut_down(std::uint32_t after_ms) {
  std::uint32_t slot = 0;
  for_each([&](Entry& entry) {
    // Devices come back spread over some seconds, in an order that the server chose.
    entry.session->shut_down(after_ms + slot++ % 100 * 50);
    ready(entry);
  });
}

}  // namespace houniao
