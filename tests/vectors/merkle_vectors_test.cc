// The tree of RFC 6962's reference implementation: roots and proofs that nobody here computed.
#include <gtest/gtest.h>

#include "replay/merkle/frontier.h"
#include "replay/merkle/proof.h"
#include "replay/merkle/tiles.h"
#include "tests/vectors/vectors.h"

namespace houniao {
namespace {

using nlohmann::json;

struct StoredTiles : merkle::TileSource {
  std::map<std::pair<unsigned, std::uint64_t>, Bytes> tiles;
  Result<Bytes> tile(unsigned level, std::uint64_t index) const override {
    const auto found = tiles.find({level, index});
    if (found == tiles.end()) return fail(Errc::not_found, "tile");
    return found->second;
  }
};

class MerkleVectors : public testing::Test {
 protected:
  MerkleVectors() : vectors_(vectors::load("merkle_vectors.json")) {
    merkle::TileBuilder tree;
    for (const json& leaf : vectors_["leaves"]) {
      leaves_.push_back(merkle::leaf_hash(vectors::hex(leaf)));
      tree.append(leaves_.back());
    }
    for (auto& write : tree.take_changed()) {
      tiles_.tiles[{write.level, write.index}] = std::move(write.hashes);
    }
  }

  Hash root(std::uint64_t size) const { return vectors::hash(vectors_["roots"][size - 1]); }

  json vectors_;
  std::vector<Hash> leaves_;
  StoredTiles tiles_;
};

TEST_F(MerkleVectors, EveryRootOfTheGrowingTreeIsThePublishedOne) {
  EXPECT_EQ(merkle::empty_root(), vectors::hash(vectors_["empty_root"]));
  EXPECT_EQ(merkle::Frontier{}.root(), merkle::empty_root());
  merkle::Frontier frontier;
  const merkle::TileNodeSource nodes(tiles_);
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    frontier.append(leaves_[i]);
    EXPECT_EQ(frontier.root(), root(i + 1));
    EXPECT_EQ(merkle::root_at(nodes, TreeSize{i + 1}).value(), root(i + 1));
  }
}

TEST_F(MerkleVectors, PublishedInclusionProofsAreComputedAndVerify) {
  const merkle::TileNodeSource nodes(tiles_);
  for (const json& vector : vectors_["inclusion"]) {
    const Seq leaf{vector["leaf"].get<std::uint64_t>()};
    const TreeSize size{vector["size"].get<std::uint64_t>()};
    const auto proof = vectors::hashes(vector["proof"]);
    EXPECT_EQ(merkle::inclusion_proof(nodes, leaf, size).value(), proof);
    EXPECT_TRUE(merkle::verify_inclusion(leaves_[leaf.value], leaf, size, proof, root(size.value)));
  }
}

TEST_F(MerkleVectors, PublishedConsistencyProofsAreComputedAndVerify) {
  const merkle::TileNodeSource nodes(tiles_);
  for (const json& vector : vectors_["consistency"]) {
    const TreeSize from{vector["from"].get<std::uint64_t>()};
    const TreeSize to{vector["to"].get<std::uint64_t>()};
    const auto proof = vectors::hashes(vector["proof"]);
    EXPECT_EQ(merkle::consistency_proof(nodes, from, to).value(), proof);
    EXPECT_TRUE(merkle::verify_consistency(from, root(from.value), to, root(to.value), proof));
  }
}

}  // namespace
}  // namespace houniao
