#include "replay/merkle/hash.h"

#include <cstring>

#include "base/crypto.h"

namespace houniao::merkle {
namespace {

constexpr std::uint8_t kLeafPrefix[] = {0x00};

}  // namespace

Hash leaf_hash(ByteView record) { return sha256(kLeafPrefix, record); }

Hash node_hash(const Hash& left, const Hash& right) {
  // One contiguous message: three small updates cost more than the copy.
  std::uint8_t message[65];
  message[0] = 0x01;
  std::memcpy(message + 1, left.bytes.data(), left.bytes.size());
  std::memcpy(message + 33, right.bytes.data(), right.bytes.size());
  return sha256(message);
}

Hash empty_root() { return sha256(ByteView{}); }

}  // namespace houniao::merkle
