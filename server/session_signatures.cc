// Signatures that are checked a moment after their push was taken, see owed_signatures.h.
#include <algorithm>

#include "server/push_check.h"
#include "server/session.h"

namespace houniao {
namespace {

// A signature that the sequencer was asked to write down and has not (a full disk) is offered
// again.
constexpr std::int64_t kSettleAgainUs = 5'000'000;
constexpr std::int64_t kHalfOwedUs = limits::kSignatureOwedMs * 1000 / 2;
// Bad signatures that are looked past for one that is good.
constexpr unsigned kSettleTries = 16;

}  // namespace

bool SyncSession::must_verify_first(std::size_t events) {
  return strict_ || owed_.events() + events > limits::kSignatureOwedEventsMax ||
         ports_.verify_budget.take(now_us_);
}

// Of a push that is taken now. Devices that began together would come due together, and a network
// thread would check hundreds of signatures while acknowledgements wait; so each session has a
// place of its own within half of the time that it may take.
std::int64_t SyncSession::signature_due_us() const {
  constexpr std::uint64_t kScatter = 0x9e37'79b9'7f4a'7c15;  // 2^64 by the golden ratio
  const auto place = static_cast<std::int64_t>((key_.value * kScatter >> 33) % kHalfOwedUs);
  const std::int64_t earliest_us = now_us_ + kHalfOwedUs;
  return earliest_us + kHalfOwedUs - (earliest_us + kHalfOwedUs - place) % kHalfOwedUs;
}

void SyncSession::plan_settling() {
  const auto due = owed_.due_us();
  if (!due || in_owing_) return;
  in_owing_ = true;
  // Never later than a push that comes from now on will be due.
  ports_.owing.emplace(std::min(*due, now_us_ + kHalfOwedUs), key_);
}

void SyncSession::settle_signatures(std::int64_t now_us) {
  in_owing_ = false;
  now_us_ = now_us;
  if (state_ != State::open) return;
  const auto due = owed_.due_us();
  if (due && *due <= now_us) (void)settle(false);
  plan_settling();
}

// Has the newest good signature written down; returns through where it reaches. A bad one ends the
// session: the events are in the log, nobody vouches for those that no other signature covers, and
// the device has to sign for its chain before anything more is taken unchecked.
DeviceSeq SyncSession::settle(bool hurry) {
  for (unsigned i = 0; i < kSettleTries; ++i) {
    const auto signed_head = owed_.newest(hurry);
    if (!signed_head) break;
    ports_.metrics.signatures_settled.fetch_add(1, std::memory_order_relaxed);
    if (const auto fault = check_signature(*signed_head, grant_.key)) {
      owed_.bad(signed_head->through);
      report(fault->kind, {}, fault->at);
      fail_fatal(fault->error);
      continue;
    }
    // With a full queue it is offered again, or the device is asked when it comes back.
    (void)ports_.inbox.submit(AttestRequest{key_, 0, true, grant_.number, *signed_head});
    owed_.asked(signed_head->through, now_us_ + kSettleAgainUs);
    return signed_head->through;
  }
  return {};
}

void SyncSession::settle_at_end() {
  strict_ = true;
  const DeviceSeq reached = settle(true);
  // The newest push may yet be refused; what is durable is signed for in any case.
  const auto sure = owed_.newest();
  if (sure && sure->through != reached) (void)settle(false);
  owed_ = {};
}

void SyncSession::note_signatures(const PushOutcome& outcome) {
  if (outcome.refused && !outcome.silent) owed_.refused(outcome.push_id);
  owed_.durable(outcome.through);
  owed_.covered(outcome.attested);
  if (outcome.attested == outcome.through) strict_ = false;
  plan_settling();
}

}  // namespace houniao
