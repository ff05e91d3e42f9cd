#include "replay/merkle/tiles.h"

#include <algorithm>
#include <string>

namespace houniao::merkle {
namespace {

std::string tile_text(unsigned level, std::uint64_t index) {
  return "tile level " + std::to_string(level) + " index " + std::to_string(index);
}

// Nodes of tree level 8 * level in a tree of `size` leaves.
std::uint64_t nodes_at(std::uint64_t size, unsigned level) {
  return level >= kTileLevels ? 0 : size >> (kTileHeight * level);
}

Hash hash_at(ByteView hashes, std::uint64_t i) {
  Hash out;
  std::memcpy(out.bytes.data(), hashes.data() + i * kHashBytes, kHashBytes);
  return out;
}

// Root over `count` hashes, a power of two of at most 256.
Hash fold(ByteView hashes, std::uint64_t first, std::uint64_t count) {
  std::array<Hash, kTileWidth> work;
  for (std::uint64_t i = 0; i < count; ++i) work[i] = hash_at(hashes, first + i);
  for (; count > 1; count /= 2) {
    for (std::uint64_t i = 0; i < count / 2; ++i) work[i] = node_hash(work[2 * i], work[2 * i + 1]);
  }
  return work[0];
}

}  // namespace

std::uint64_t tile_width_at(TreeSize size, unsigned level, std::uint64_t index) {
  const std::uint64_t nodes = nodes_at(size.value, level);
  const std::uint64_t full = nodes / kTileWidth;
  if (index < full) return kTileWidth;
  return index == full ? nodes % kTileWidth : 0;
}

Result<Hash> TileNodeSource::node(unsigned level, std::uint64_t index) const {
  if (level >= 64) return fail(Errc::not_found, "tree level " + std::to_string(level));
  const unsigned tile_level = level / kTileHeight;
  const unsigned above = level % kTileHeight;  // levels between the stored hashes and the node
  if ((index << above) >> above != index) {
    return fail(Errc::not_found, "node index " + std::to_string(index));
  }
  const std::uint64_t first = index << above;
  const std::uint64_t count = std::uint64_t{1} << above;
  const std::uint64_t tile_index = first / kTileWidth;
  const std::uint64_t offset = first % kTileWidth;

  Cached& cached = cache_[tile_level];
  const std::uint64_t needed = (offset + count) * kHashBytes;
  if (!cached.filled || cached.index != tile_index || cached.hashes.size() < needed) {
    auto bytes = tiles_.tile(tile_level, tile_index);
    if (!bytes) return std::move(bytes).error();
    cached = Cached{true, tile_index, std::move(*bytes)};
  }
  if (cached.hashes.size() < needed) {
    return fail(Errc::not_found, tile_text(tile_level, tile_index) + " is not that far");
  }
  return fold(cached.hashes, offset, count);
}

Result<TileBuilder> TileBuilder::restore(const TileSource& tiles, TreeSize size) {
  TileBuilder out;
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const std::uint64_t nodes = nodes_at(size.value, level);
    const std::uint64_t index = nodes / kTileWidth;
    const std::uint64_t width = nodes % kTileWidth;
    if (width == 0) continue;
    auto bytes = tiles.tile(level, index);
    if (!bytes || bytes->size() < width * kHashBytes) {
      if (!bytes && bytes.error().code != Errc::not_found) return std::move(bytes).error();
      return fail(Errc::corrupt, tile_text(level, index) + " is missing or too short for size " +
                                     std::to_string(size.value));
    }
    bytes->resize(width * kHashBytes);
    out.open_[level] = std::move(*bytes);
  }
  TileNodeSource nodes(tiles);
  auto frontier = frontier_at(nodes, size);
  if (!frontier) {
    return fail(Errc::corrupt,
                "tree of size " + std::to_string(size.value) + ": " + frontier.error().detail);
  }
  out.frontier_ = std::move(*frontier);
  return out;
}

void TileBuilder::append(const Hash& leaf) {
  frontier_.append(leaf, [this](unsigned level, std::uint64_t index, const Hash& hash) {
    if (level % kTileHeight != 0) return;
    const unsigned tile_level = level / kTileHeight;
    Bytes& tile = open_[tile_level];
    if (tile.capacity() == 0) tile.reserve(kTileWidth * kHashBytes);
    houniao::append(tile, hash.view());
    open_changed_[tile_level] = true;
    if (tile.size() == kTileWidth * kHashBytes) {
      full_.emplace(std::pair{tile_level, index / kTileWidth}, std::move(tile));
      tile = Bytes{};
      open_changed_[tile_level] = false;
    }
  });
}

std::vector<TileWrite> TileBuilder::take_changed() {
  std::vector<TileWrite> out;
  for (auto& [key, hashes] : full_) {
    out.push_back(TileWrite{key.first, key.second, std::move(hashes)});
  }
  full_.clear();
  for (unsigned level = 0; level < kTileLevels; ++level) {
    if (!std::exchange(open_changed_[level], false)) continue;
    const std::uint64_t index = nodes_at(size().value, level) / kTileWidth;
    out.push_back(TileWrite{level, index, open_[level]});
  }
  std::ranges::sort(out, [](const TileWrite& a, const TileWrite& b) {
    return std::pair{a.level, a.index} < std::pair{b.level, b.index};
  });
  return out;
}

}  // namespace houniao::merkle
