#include "server/owed_signatures.h"

#include <algorithm>

namespace houniao {

void OwedSignatures::add(std::uint64_t push_id, const AttestationData& signed_head,
                         std::size_t events, std::int64_t due_us) {
  owed_.push_back({push_id, signed_head, events, due_us, false});
  events_ += events;
}

void OwedSignatures::asked(DeviceSeq through, std::int64_t due_us) {
  for (Owed& owed : owed_) {
    if (owed.signed_head.through <= through) owed.due_us = due_us;
  }
}

void OwedSignatures::refused(std::uint64_t push_id) {
  const auto at = std::find_if(owed_.begin(), owed_.end(),
                               [&](const Owed& owed) { return owed.push_id == push_id; });
  if (at == owed_.end()) return;
  events_ -= at->events;
  owed_.erase(at);
}

void OwedSignatures::durable(DeviceSeq through) {
  for (Owed& owed : owed_) {
    if (owed.signed_head.through <= through) owed.durable = true;
  }
}

void OwedSignatures::covered(DeviceSeq through) {
  while (!owed_.empty() && owed_.front().signed_head.through <= through) {
    events_ -= owed_.front().events;
    owed_.pop_front();
  }
}

std::optional<AttestationData> OwedSignatures::newest(bool hurry) const {
  for (auto at = owed_.rbegin(); at != owed_.rend(); ++at) {
    if (at->durable || hurry) return at->signed_head;
  }
  return std::nullopt;
}

void OwedSignatures::bad(DeviceSeq through) {
  const auto at = std::find_if(owed_.begin(), owed_.end(), [&](const Owed& owed) {
    return owed.signed_head.through == through;
  });
  if (at == owed_.end()) return;
  events_ -= at->events;
  owed_.erase(at);
}

std::optional<std::int64_t> OwedSignatures::due_us() const {
  std::optional<std::int64_t> out;
  for (const Owed& owed : owed_) {
    if (owed.durable && (!out || owed.due_us < *out)) out = owed.due_us;
  }
  return out;
}

bool VerifyBudget::take(std::int64_t now_us) {
  constexpr std::int64_t kWhole = 1'000'000;
  const std::int64_t most = std::max(kWhole, kBurstUs * per_second_);
  if (refilled_us_ == INT64_MIN) {
    tokens_ = most;
  } else {
    const std::int64_t passed = std::clamp<std::int64_t>(now_us - refilled_us_, 0, kBurstUs);
    tokens_ = std::min(most, tokens_ + passed * per_second_);
  }
  refilled_us_ = now_us;
  if (per_second_ == 0 || tokens_ < kWhole) return false;
  tokens_ -= kWhole;
  return true;
}

}  // namespace houniao
