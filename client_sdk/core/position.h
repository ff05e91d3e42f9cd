// How far this device follows the log, and what it has verified about it: the part of the client's
// state that is stored together with every batch of records. A plain value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/ids.h"
#include "replay/checkpoint.h"
#include "replay/merkle/frontier.h"

namespace houniao::client {

struct ScopeCursor {
  ScopeId scope;
  Seq next;                 // first place in the log that is not answered for
  std::uint64_t count = 0;  // records held of this scope
  Hash head;                // leaf hash of the last one, zero when there is none
  bool operator==(const ScopeCursor&) const = default;
};

struct VerifiedCheckpoint {
  Checkpoint checkpoint;
  Signature signature;  // the log's, raw
  bool operator==(const VerifiedCheckpoint&) const = default;
};

struct Position {
  Seq next;                         // every live place below is answered for
  std::vector<ScopeCursor> scopes;  // ascending by scope
  merkle::Frontier frontier;        // of whole-log devices only: the tree over [0, next)
  std::optional<VerifiedCheckpoint> verified;
  bool operator==(const Position&) const = default;

  ScopeCursor* find(ScopeId scope);
  const ScopeCursor* find(ScopeId scope) const;
  ScopeCursor& at(ScopeId scope);  // inserts an empty cursor when there is none
  void erase(ScopeId scope);
};

Bytes encode_position(const Position& position);
Result<Position> decode_position(ByteView bytes);

}  // namespace houniao::client
