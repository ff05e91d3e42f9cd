#include <algorithm>

#include "server/session.h"

namespace houniao {
namespace {

// Stored bytes that one call may read past without finding anything for this device.
constexpr std::size_t kScanBytesMax = 8 * 1024 * 1024;
constexpr unsigned kFramesPerPump = 4;

}  // namespace

bool SyncSession::may_send_records() const {
  return state_ == State::open && credit_ > 0 && unsent_bytes_ < kSessionOutputHigh;
}

// Sends what is due and allowed, a few frames at a time; the hub comes back for the rest.
void SyncSession::pump() {
  wants_pump_ = false;
  for (unsigned i = 0; i < kFramesPerPump && may_send_records(); ++i) {
    if (!subscription_.backfills().empty() ? !pump_backfill() : !pump_live()) return;
  }
  wants_pump_ = may_send_records();
  if (wants_pump_) ports_.pump_wanted = true;
}

// Older records of one scope; a scope's live records wait until it is complete, so that its chain
// arrives in order. False when there is nothing more to do at present.
bool SyncSession::pump_backfill() {
  Subscription::Backfill& fill = subscription_.backfills().front();
  const std::size_t room = std::min(kRecordsBytesMax, static_cast<std::size_t>(credit_));
  const ScopeSet one{false, {fill.scope}};
  const auto stored = select_stored(ports_.log, one, fill.next, fill.until, room, kScanBytesMax);
  if (!stored) {
    fail_fatal(stored.error());
    return false;
  }
  send_records(*stored, fill.next, fill.scope);
  fill.next = stored->next;
  if (fill.next >= fill.until) subscription_.backfills().pop_front();
  return true;
}

bool SyncSession::pump_live() {
  const auto head = ports_.published.head();
  const Seq end{head->size.value};
  const Seq from = subscription_.next();
  if (subscription_.quiet() >= end) return false;
  const std::size_t room = std::min(kRecordsBytesMax, static_cast<std::size_t>(credit_));
  auto stored = select_stored(ports_.log, subscription_.set(), subscription_.quiet(), end, room,
                              kScanBytesMax);
  if (!stored) {
    fail_fatal(stored.error());
    return false;
  }
  if (stored->selection.count == 0) {
    // Nothing for this device so far; said when it matters (announce_quiet) or with what follows.
    subscription_.quiet_through(stored->next);
    return stored->next < end;
  }
  send_records(*stored, from, kScopeCommons);
  subscription_.advance(stored->next);
  quiet_since_us_ = now_us_;
  return true;
}

void SyncSession::send_records(const StoredSelection& stored, Seq from, ScopeId backfill) {
  const auto head = ports_.published.head();
  RecordsFrame frame{from, stored.next, backfill, nullptr, {}};
  Proofs::Proof proof;
  if (known_size_ < head->size) {
    const auto made = ports_.proofs.consistency(known_size_, head->size);
    if (!made) return fail_fatal(made.error());
    proof = *made;
    frame.note = &head->note;
    frame.consistency = *proof;
    known_size_ = head->size;
  }
  Bytes bytes = encode_records_frame(frame, stored.selection);
  credit_ -= static_cast<std::int64_t>(bytes.size());
  ++ports_.metrics.records_frames_stored;
  send(std::move(bytes));
}

void SyncSession::on_group() {
  if (state_ != State::open) return;
  const CommittedGroup& group = ports_.fanout.group();
  if (group.devices_changed) check_grant();
  if (state_ != State::open || group.count() == 0) return;
  const Seq first{group.base.value};
  const Seq end{group.head->size.value};
  if (subscription_.quiet() >= end) return;
  const bool live = subscription_.backfills().empty() && subscription_.quiet() == first;
  if (!live) return pump();
  if (ports_.fanout.matching(set_id_) == 0) return subscription_.quiet_through(end);
  if (!may_send_records()) return;
  const SharedFrame frame = ports_.fanout.frame(set_id_, subscription_.next(), known_size_);
  if (!frame) return pump();
  send_live(frame);
}

void SyncSession::send_live(SharedFrame frame) {
  const CommittedGroup& group = ports_.fanout.group();
  credit_ -= static_cast<std::int64_t>(frame->size());
  subscription_.advance(Seq{group.head->size.value});
  known_size_ = std::max(known_size_, group.head->size);
  quiet_since_us_ = now_us_;
  ports_.metrics.records_frames_live.fetch_add(1, std::memory_order_relaxed);
  send_shared(std::move(frame));
}

// A device that nothing concerns learns now and then how far the log has come, with a checkpoint
// that it can witness.
void SyncSession::announce_quiet() {
  if (!may_send_records() || !subscription_.backfills().empty()) return;
  if (subscription_.quiet() <= subscription_.next()) return;
  if (now_us_ - quiet_since_us_ < kQuietUsMax) return;
  StoredSelection nothing;
  nothing.next = subscription_.quiet();
  send_records(nothing, subscription_.next(), kScopeCommons);
  subscription_.advance(nothing.next);
  quiet_since_us_ = now_us_;
}

}  // namespace houniao
