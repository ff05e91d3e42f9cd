// The tree cut into tiles as C2SP tlog-tiles describes: a tile of level L holds up to 256
// consecutive hashes of tree level 8 * L. Only those levels are stored; the seven between are
// recomputed from within one tile. A tile that is not full is stored under the same name and
// replaced as it grows, so a reader uses the first hashes it needs and ignores the rest.
//
// Pure. TileBuilder and TileNodeSource belong to one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "replay/merkle/frontier.h"
#include "replay/merkle/proof.h"

namespace houniao::merkle {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr std::size_t kHashBytes = 32;
inline constexpr unsigned kTileLevels = 8;  // tile levels 0..7 cover 2^64 leaves

// The content of one tile after a change: n * 32 bytes, 1 <= n <= 256.
struct TileWrite {
  unsigned level = 0;
  std::uint64_t index = 0;
  Bytes hashes;
  bool operator==(const TileWrite&) const = default;
};

// Where stored tiles are read from.
class TileSource {
 public:
  virtual ~TileSource() = default;
  // n * 32 bytes, or Errc::not_found. May hold more hashes than the reader's tree size needs.
  virtual Result<Bytes> tile(unsigned level, std::uint64_t index) const = 0;
};

// Hashes that the tile (level, index) of a tree with `size` leaves holds: 0..256.
std::uint64_t tile_width_at(TreeSize size, unsigned level, std::uint64_t index);

// Nodes of every level out of tiles. Keeps the last tile of each level, so that one proof reads
// each tile once; an object is meant to live for a few proofs against one state of the tiles.
class TileNodeSource : public NodeSource {
 public:
  explicit TileNodeSource(const TileSource& tiles) : tiles_(tiles) {}
  Result<Hash> node(unsigned level, std::uint64_t index) const override;

 private:
  struct Cached {
    bool filled = false;
    std::uint64_t index = 0;
    Bytes hashes;
  };
  const TileSource& tiles_;
  mutable std::array<Cached, kTileLevels> cache_;
};

// Grows the tree leaf by leaf and says which tiles changed. Keeps only the last, unfinished tile of
// each level in memory, besides the changed ones that have not been taken yet.
class TileBuilder {
 public:
  TileBuilder() = default;
  // Continues a stored tree of `size` leaves; Errc::corrupt when a tile that must exist is missing
  // or too short.
  static Result<TileBuilder> restore(const TileSource& tiles, TreeSize size);

  void append(const Hash& leaf);
  TreeSize size() const { return frontier_.size(); }
  Hash root() const { return frontier_.root(); }
  const Frontier& frontier() const { return frontier_; }

  // The tiles changed since the last call, each once with its whole content, by level and index.
  std::vector<TileWrite> take_changed();

 private:
  Frontier frontier_;
  std::array<Bytes, kTileLevels> open_;  // content of the last tile of each level; may be empty
  std::map<std::pair<unsigned, std::uint64_t>, Bytes> full_;  // completed, not yet taken
  std::array<bool, kTileLevels> open_changed_{};
};

}  // namespace houniao::merkle
