// Signatures that are checked a moment after their push was taken, see owed_signatures.h.
#include <algorithm>

#include "server/push_check.h"
#include "server/session.h"

namespace houniao {
namespace {

// A signature that the sequencer was asked to write down and has not (a full disk) is offered
// again.
constexpr std::int64_t kSettleAgainUs = 5'000'000;
constexpr std::int64_t kScatterUs = limits::kSignatureOwedMs * 1000 / 4;
constexpr std::int64_t kEarliestUs = limits::kSignatureOwedMs * 1000 - kScatterUs;
// Signatures that are handed in when a session ends.
constexpr std::size_t kSettleTries = 4;

}  // namespace

bool SyncSession::must_verify_first(std::size_t events) {
  return strict_ || owed_.events() + events > limits::kSignatureOwedEventsMax ||
         ports_.verify_budget.take(now_us_);
}

// Of a push that is taken now. Devices that began together would come due together, and hundreds of
// signatures would be checked while acknowledgements wait; so each session has a place of its own
// within the last quarter of the time that it may take.
std::int64_t SyncSession::signature_due_us() const {
  constexpr std::uint64_t kGolden = 0x9e37'79b9'7f4a'7c15;  // 2^64 by the golden ratio
  const auto place = static_cast<std::int64_t>((key_.value * kGolden >> 33) % kScatterUs);
  const std::int64_t earliest_us = now_us_ + kEarliestUs;
  return earliest_us + kScatterUs - (earliest_us + kScatterUs - place) % kScatterUs;
}

void SyncSession::plan_settling() {
  const auto due = owed_.due_us();
  if (!due || in_owing_) return;
  in_owing_ = true;
  // Never later than a push that comes from now on will be due.
  ports_.owing.emplace(std::min(*due, now_us_ + kEarliestUs), key_);
}

void SyncSession::settle_signatures(std::int64_t now_us) {
  in_owing_ = false;
  now_us_ = now_us;
  if (state_ != State::open) return;
  const auto due = owed_.due_us();
  const auto signed_head = owed_.newest();
  if (due && *due <= now_us && signed_head) settle(*signed_head);
  plan_settling();
}

// The check is made off the network threads; what comes of it is in the outcome. With a full queue
// the signature is offered again, or the device is asked when it comes back.
void SyncSession::settle(const AttestationData& signed_head) {
  ports_.metrics.signatures_settled.fetch_add(1, std::memory_order_relaxed);
  (void)ports_.inbox.submit(AttestRequest{key_, 0, true, grant_.number, signed_head, grant_.key});
  owed_.asked(signed_head.through, now_us_ + kSettleAgainUs);
}

// Nobody will look at the outcomes: the newest push may yet be refused and a signature may be bad,
// so a few are handed in, and with them the newest over events that are durable.
void SyncSession::settle_at_end() {
  strict_ = true;
  const auto sure = owed_.newest();
  bool sure_settled = !sure;
  for (const AttestationData& signed_head : owed_.newest_first(kSettleTries)) {
    settle(signed_head);
    sure_settled = sure_settled || signed_head.through == sure->through;
  }
  if (!sure_settled) settle(*sure);
  owed_ = {};
}

void SyncSession::note_signatures(const PushOutcome& outcome) {
  if (outcome.refused && !outcome.silent) owed_.refused(outcome.push_id);
  // Ends the session, and the device has to sign before anything more is taken unchecked.
  if (outcome.bad_signature) owed_.bad(outcome.bad_signature);
  owed_.durable(outcome.through);
  owed_.covered(outcome.attested);
  if (outcome.attested == outcome.through) strict_ = false;
  plan_settling();
}

}  // namespace houniao
