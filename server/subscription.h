// What one session still has to receive of the log: the live cursor, older parts of scopes that
// were granted later, and the credit it gave. Pure bookkeeping; belongs to its session.
//
// The live cursor `next` moves over the whole log; everything the device may see below it was sent.
// `quiet` runs ahead of it over records that do not concern the device, so that a frame needs to be
// sent only when there is something to say.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "server/work.h"

namespace houniao {

// Which records a device sees. Equal sets share encoded frames.
struct ScopeSet {
  bool whole_log = false;
  std::vector<ScopeId> scopes;  // ascending; not used with whole_log

  bool contains(ScopeId scope) const;
  auto operator<=>(const ScopeSet&) const = default;
};

struct CursorClaim {
  ScopeId scope;
  Seq next;
};

class Subscription {
 public:
  struct Backfill {
    ScopeId scope;
    Seq next;
    Seq until;  // the live cursor covers from here
  };

  Subscription() = default;
  // From what the device says it holds. Cursors of scopes it may not see are ignored, cursors
  // beyond the log count as the log's end.
  Subscription(ScopeSet set, const std::vector<CursorClaim>& claims, Seq whole_log_next,
               TreeSize log_size);

  // Takes up changed grants: an added scope is filled in from its beginning, a withdrawn one ends.
  void change(ScopeSet set);

  const ScopeSet& set() const { return set_; }
  Seq next() const { return next_; }
  Seq quiet() const { return quiet_; }
  // Everything below `to` is sent, or does not concern the device.
  void advance(Seq to);
  // Every record below that this set sees was sent, back-fills included.
  Seq sent_through() const;
  void quiet_through(Seq to) { quiet_ = to; }
  std::deque<Backfill>& backfills() { return backfills_; }
  const std::deque<Backfill>& backfills() const { return backfills_; }

 private:
  ScopeSet set_;
  Seq next_;
  Seq quiet_;
  std::deque<Backfill> backfills_;
};

}  // namespace houniao
