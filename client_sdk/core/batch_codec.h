// How a batch of verified records is kept in the store: as it came over the wire, behind a small
// header. Pure.
#pragma once

#include "client_sdk/core/history.h"

namespace houniao::client {

Bytes encode_batch(const VerifiedBatch& batch);

struct StoredBatch {
  Seq from;
  Seq next;
  ScopeId backfill;
  std::uint32_t count = 0;
  Bytes raw;  // record messages
};
Result<StoredBatch> decode_batch(ByteView value);

}  // namespace houniao::client
