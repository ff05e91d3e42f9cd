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

std::optional<AttestationData> OwedSignatures::newest() const {
  for (auto at = owed_.rbegin(); at != owed_.rend(); ++at) {
    if (at->durable) return at->signed_head;
  }
  return std::nullopt;
}

std::vector<AttestationData> OwedSignatures::newest_first(std::size_t at_most) const {
  std::vector<AttestationData> out;
  for (auto at = owed_.rbegin(); at != owed_.rend() && out.size() < at_most; ++at) {
    out.push_back(at->signed_head);
  }
  return out;
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
  const std::int64_t window = now_us / kWindowUs;
  if (window > window_) {
    busy_ = window == window_ + 1 && asked_ > most_;
    window_ = window;
    asked_ = 0;
  }
  ++asked_;
  return !busy_ && asked_ <= most_;
}

}  // namespace houniao
