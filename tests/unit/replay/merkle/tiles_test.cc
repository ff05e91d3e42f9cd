#include "replay/merkle/tiles.h"

#include <gtest/gtest.h>

#include "tests/unit/replay/merkle/reference.h"

namespace houniao::merkle {
namespace {

// Enough for tiles of level 1 that are full and level 2 that is begun.
constexpr std::size_t kLeaves = 256 * 256 + 3 * 256 + 5;

struct BigTree {
  std::vector<Hash> leaves = reference::some_leaves(kLeaves);
  reference::TileMap tiles;
  Frontier frontier;
};

const BigTree& big_tree() {
  static const BigTree tree = [] {
    BigTree out;
    TileBuilder builder;
    for (std::size_t i = 0; i < out.leaves.size(); ++i) {
      builder.append(out.leaves[i]);
      if (i % 1000 == 0) out.tiles.store(builder.take_changed());
    }
    out.tiles.store(builder.take_changed());
    out.frontier = builder.frontier();
    return out;
  }();
  return tree;
}

TEST(Tiles, HoldTheNodesOfEveryEighthLevel) {
  const auto& tree = big_tree();
  const TreeSize size{kLeaves};
  std::size_t tiles = 0;
  std::vector<Hash> nodes = tree.leaves;
  for (unsigned level = 0; !nodes.empty(); ++level) {
    for (std::uint64_t index = 0; index * kTileWidth < nodes.size(); ++index) {
      Bytes want;
      const std::uint64_t width = tile_width_at(size, level, index);
      for (std::uint64_t i = 0; i < width; ++i) append(want, nodes[index * kTileWidth + i].view());
      ASSERT_EQ(tree.tiles.tiles.at({level, index}), want) << level << " " << index;
      ++tiles;
    }
    std::vector<Hash> above;
    for (std::size_t i = 0; i + kTileWidth <= nodes.size(); i += kTileWidth) {
      above.push_back(reference::tree_hash(std::span(nodes).subspan(i, kTileWidth)));
    }
    nodes = std::move(above);
  }
  EXPECT_EQ(tree.tiles.tiles.size(), tiles);
}

TEST(Tiles, GiveTheNodesBetweenTheStoredLevels) {
  const auto& tree = big_tree();
  const TileNodeSource nodes(tree.tiles);
  for (unsigned level = 0; level < 17; ++level) {
    const std::uint64_t width = std::uint64_t{1} << level;
    for (const std::uint64_t index : {std::uint64_t{0}, kLeaves / width / 2, kLeaves / width - 1}) {
      const auto range = std::span(tree.leaves).subspan(index * width, width);
      EXPECT_EQ(nodes.node(level, index).value(), reference::tree_hash(range)) << level;
    }
    EXPECT_EQ(nodes.node(level, kLeaves / width).error().code, Errc::not_found);
  }
  EXPECT_FALSE(nodes.node(63, UINT64_MAX));
  EXPECT_FALSE(nodes.node(64, 0));
  EXPECT_FALSE(nodes.node(7, UINT64_MAX));
}

TEST(Tiles, ProveLeavesAndPrefixesOfALargeTree) {
  const auto& tree = big_tree();
  const TreeSize size{kLeaves};
  const Hash root = tree.frontier.root();
  EXPECT_EQ(root, reference::tree_hash(tree.leaves));
  for (std::size_t i = 0; i < kLeaves; i += 997) {
    const TileNodeSource nodes(tree.tiles);
    const auto proof = inclusion_proof(nodes, Seq{i}, size);
    ASSERT_TRUE(proof);
    EXPECT_TRUE(verify_inclusion(tree.leaves[i], Seq{i}, size, *proof, root));
    const TreeSize old{i + 1};
    const auto step = consistency_proof(nodes, old, size);
    ASSERT_TRUE(step);
    EXPECT_TRUE(verify_consistency(old, root_at(nodes, old).value(), size, root, *step));
  }
}

TEST(Tiles, OneProofReadsAHandfulOfTiles) {
  const auto& tree = big_tree();
  tree.tiles.reads = 0;
  const TileNodeSource nodes(tree.tiles);
  ASSERT_TRUE(inclusion_proof(nodes, Seq{12'345}, TreeSize{kLeaves}));
  EXPECT_LE(tree.tiles.reads, 8U);
}

TEST(Tiles, ABuilderRestoredAtAnySizeContinuesTheSameTree) {
  const auto leaves = reference::some_leaves(1300);
  for (const std::size_t at : {0, 1, 100, 255, 256, 257, 511, 512, 1024, 1299}) {
    TileBuilder builder;
    reference::TileMap tiles;
    for (std::size_t i = 0; i < at; ++i) builder.append(leaves[i]);
    tiles.store(builder.take_changed());
    auto restored = TileBuilder::restore(tiles, TreeSize{at});
    ASSERT_TRUE(restored) << at;
    EXPECT_TRUE(restored->take_changed().empty());
    for (std::size_t i = at; i < leaves.size(); ++i) {
      builder.append(leaves[i]);
      restored->append(leaves[i]);
    }
    EXPECT_EQ(restored->root(), reference::tree_hash(leaves));
    EXPECT_EQ(restored->take_changed(), builder.take_changed());
  }
}

TEST(Tiles, ABuilderDoesNotRestoreFromMissingOrShortTiles) {
  const auto leaves = reference::some_leaves(700);
  TileBuilder builder;
  for (const Hash& leaf : leaves) builder.append(leaf);
  reference::TileMap whole;
  whole.store(builder.take_changed());
  ASSERT_TRUE(TileBuilder::restore(whole, TreeSize{700}));
  EXPECT_EQ(TileBuilder::restore(whole, TreeSize{701}).error().code, Errc::corrupt);
  auto damaged = whole;
  damaged.tiles.erase({0, 2});
  EXPECT_EQ(TileBuilder::restore(damaged, TreeSize{700}).error().code, Errc::corrupt);
  damaged = whole;
  damaged.tiles[{0, 2}].pop_back();
  EXPECT_EQ(TileBuilder::restore(damaged, TreeSize{700}).error().code, Errc::corrupt);
}

TEST(Tiles, WidthFollowsTheSize) {
  EXPECT_EQ(tile_width_at(TreeSize{0}, 0, 0), 0U);
  EXPECT_EQ(tile_width_at(TreeSize{256}, 0, 0), 256U);
  EXPECT_EQ(tile_width_at(TreeSize{256}, 0, 1), 0U);
  EXPECT_EQ(tile_width_at(TreeSize{256}, 1, 0), 1U);
  EXPECT_EQ(tile_width_at(TreeSize{300}, 0, 1), 44U);
  EXPECT_EQ(tile_width_at(TreeSize{UINT64_MAX}, 7, 0), 255U);
  EXPECT_EQ(tile_width_at(TreeSize{UINT64_MAX}, 8, 0), 0U);
}

}  // namespace
}  // namespace houniao::merkle
