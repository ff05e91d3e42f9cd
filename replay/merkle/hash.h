// Merkle tree hashing of RFC 6962 section 2.1 (the same as RFC 9162 section 2.1.1). Leaf and inner
// hashes start with different bytes, so that no record can pass for an inner node. Pure functions;
// any thread.
#pragma once

#include "base/bytes.h"

namespace houniao::merkle {

// SHA-256(0x00 || record). The record's stored bytes, segment table included.
Hash leaf_hash(ByteView record);
// SHA-256(0x01 || left || right).
Hash node_hash(const Hash& left, const Hash& right);
// Root of the tree without leaves: SHA-256 of the empty string.
Hash empty_root();

}  // namespace houniao::merkle
