// Signatures that are checked a moment after their push was taken, see owed_signatures.h.
#include <algorithm>

#include "server/push_check.h"
#include "server/session.h"

namespace houniao {
namespace {

// A signature that the sequencer was asked to write down and has not (a full disk) is offered
// again.
constexpr std::int64_t kSettleAgainUs = 5'000'000;

}  // namespace

bool SyncSession::must_verify_first(std::size_t events) {
  return strict_ || owed_.events() + events > limits::kSignatureOwedEventsMax ||
         ports_.verify_budget.take(now_us_);
}

void SyncSession::plan_settling() {
  const auto due = owed_.due_us();
  if (!due || in_owing_) return;
  in_owing_ = true;
  // Never later than a push that comes from now on will be due.
  ports_.owing.emplace(std::min(*due, now_us_ + limits::kSignatureOwedMs * 1000), key_);
}

void SyncSession::settle_signatures(std::int64_t now_us) {
  in_owing_ = false;
  now_us_ = now_us;
  if (state_ != State::open) return;
  const auto due = owed_.due_us();
  if (due && *due <= now_us) {
    const auto signed_head = owed_.newest();
    if (!settle(*signed_head)) return;
    owed_.asked(signed_head->through, now_us + kSettleAgainUs);
  }
  plan_settling();
}

// Whether the signature was good. A bad one ends the session: the events are in the log, nobody
// vouches for them, and the device has to sign for its chain before anything more is taken
// unchecked.
bool SyncSession::settle(const AttestationData& signed_head) {
  ports_.metrics.signatures_settled.fetch_add(1, std::memory_order_relaxed);
  if (const auto fault = check_signature(signed_head, grant_.key)) {
    owed_ = {};
    report(fault->kind, {}, fault->at);
    fail_fatal(fault->error);
    return false;
  }
  // A full queue: asked again later.
  (void)ports_.inbox.submit(AttestRequest{key_, 0, true, grant_.number, signed_head});
  return true;
}

void SyncSession::settle_at_end() {
  const auto sure = owed_.newest();
  const auto newest = owed_.newest(true);
  owed_ = {};
  strict_ = true;
  if (!newest || !settle(*newest)) return;
  // The newest push may yet be refused; what is durable is signed for in any case.
  if (sure && sure->through != newest->through) (void)settle(*sure);
}

void SyncSession::note_signatures(const PushOutcome& outcome) {
  if (outcome.refused && !outcome.silent) owed_.refused(outcome.push_id);
  owed_.durable(outcome.through);
  owed_.covered(outcome.attested);
  if (outcome.attested == outcome.through) strict_ = false;
  plan_settling();
}

}  // namespace houniao
