// The definitions of RFC 6962 section 2.1 written down word for word: recursive, slow, obviously
// right. The oracle for everything in replay/merkle.
#pragma once

#include <bit>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "replay/merkle/tiles.h"

namespace houniao::reference {

using Leaves = std::span<const Hash>;  // leaf hashes

inline std::size_t split(std::size_t n) { return std::bit_floor(n - 1); }

inline Hash inner(const Hash& left, const Hash& right) {
  Bytes message{0x01};
  append(message, left.view());
  append(message, right.view());
  return sha256(message);
}

// MTH(D[n])
inline Hash tree_hash(Leaves d) {
  if (d.empty()) return sha256(ByteView{});
  if (d.size() == 1) return d[0];
  const std::size_t k = split(d.size());
  return inner(tree_hash(d.first(k)), tree_hash(d.subspan(k)));
}

// PATH(m, D[n])
inline std::vector<Hash> path(std::size_t m, Leaves d) {
  if (d.size() <= 1) return {};
  const std::size_t k = split(d.size());
  auto out = m < k ? path(m, d.first(k)) : path(m - k, d.subspan(k));
  out.push_back(m < k ? tree_hash(d.subspan(k)) : tree_hash(d.first(k)));
  return out;
}

// SUBPROOF(m, D[n], b)
inline std::vector<Hash> subproof(std::size_t m, Leaves d, bool complete) {
  if (m == d.size()) return complete ? std::vector<Hash>{} : std::vector<Hash>{tree_hash(d)};
  const std::size_t k = split(d.size());
  if (m <= k) {
    auto out = subproof(m, d.first(k), complete);
    out.push_back(tree_hash(d.subspan(k)));
    return out;
  }
  auto out = subproof(m - k, d.subspan(k), false);
  out.push_back(tree_hash(d.first(k)));
  return out;
}

// Leaf hashes that no two indices share.
inline std::vector<Hash> some_leaves(std::size_t count) {
  std::vector<Hash> out;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t record[] = {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8),
                                   static_cast<std::uint8_t>(i >> 16)};
    out.push_back(merkle::leaf_hash(record));
  }
  return out;
}

// Tiles as a store would hold them.
struct TileMap : merkle::TileSource {
  std::map<std::pair<unsigned, std::uint64_t>, Bytes> tiles;
  mutable std::size_t reads = 0;

  Result<Bytes> tile(unsigned level, std::uint64_t index) const override {
    ++reads;
    const auto found = tiles.find({level, index});
    if (found == tiles.end()) return fail(Errc::not_found, "tile");
    return found->second;
  }
  void store(std::vector<merkle::TileWrite> writes) {
    for (auto& write : writes) tiles[{write.level, write.index}] = std::move(write.hashes);
  }
};

}  // namespace houniao::reference
