#include "server/subscription.h"

#include <algorithm>

namespace houniao {

bool ScopeSet::contains(ScopeId scope) const {
  return whole_log || std::binary_search(scopes.begin(), scopes.end(), scope);
}

Subscription::Subscription(ScopeSet set, const std::vector<CursorClaim>& claims, Seq whole_log_next,
                           TreeSize log_size)
    : set_(std::move(set)) {
  const Seq end{log_size.value};
  if (set_.whole_log) {
    next_ = quiet_ = std::min(whole_log_next, end);
    return;
  }
  const auto claimed = [&](ScopeId scope) {
    for (const CursorClaim& claim : claims) {
      if (claim.scope == scope) return std::min(claim.next, end);
    }
    return Seq{0};
  };
  // Commons is in every set and never filled in, so its cursor is the live one.
  next_ = claimed(kScopeCommons);
  for (ScopeId scope : set_.scopes) {
    const Seq from = claimed(scope);
    if (from < next_) backfills_.push_back({scope, from, next_});
  }
  quiet_ = next_;
}

void Subscription::change(ScopeSet set) {
  std::erase_if(backfills_, [&](const Backfill& b) { return !set.contains(b.scope); });
  if (!set.whole_log && !set_.whole_log) {
    // What lies between `next` and `quiet` was skipped for the old set only.
    for (ScopeId scope : set.scopes) {
      if (!set_.contains(scope) && next_.value != 0) backfills_.push_back({scope, Seq{0}, next_});
    }
  } else if (set.whole_log && !set_.whole_log) {
    next_ = Seq{0};
    backfills_.clear();
  }
  quiet_ = next_;
  set_ = std::move(set);
}

void Subscription::advance(Seq to) {
  next_ = to;
  quiet_ = to;
}

Seq Subscription::sent_through() const {
  Seq out = quiet_;
  for (const Backfill& fill : backfills_) out = std::min(out, fill.next);
  return out;
}

}  // namespace houniao
