#include "replay/merkle/proof.h"

#include <gtest/gtest.h>

#include "tests/unit/replay/merkle/reference.h"

namespace houniao::merkle {
namespace {

constexpr std::size_t kSizesTo = 130;

class Proofs : public testing::Test {
 protected:
  Proofs() : leaves_(reference::some_leaves(kSizesTo)) {
    TileBuilder tree;
    roots_.push_back(reference::tree_hash({}));
    for (const Hash& leaf : leaves_) {
      tree.append(leaf);
      roots_.push_back(reference::tree_hash(reference::Leaves(leaves_).first(roots_.size())));
    }
    tiles_.store(tree.take_changed());
  }
  reference::Leaves first(std::size_t n) const { return reference::Leaves(leaves_).first(n); }

  std::vector<Hash> leaves_;
  std::vector<Hash> roots_;
  reference::TileMap tiles_;
  TileNodeSource nodes_{tiles_};
};

Hash flipped(Hash hash, std::size_t bit) {
  hash.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  return hash;
}

TEST_F(Proofs, EveryRootEqualsTheRecursiveDefinition) {
  Frontier frontier;
  for (std::size_t n = 0; n <= kSizesTo; ++n) {
    EXPECT_EQ(frontier.root(), roots_[n]);
    EXPECT_EQ(root_at(nodes_, TreeSize{n}).value(), roots_[n]);
    EXPECT_EQ(frontier_at(nodes_, TreeSize{n}).value(), frontier);
    if (n < kSizesTo) frontier.append(leaves_[n]);
  }
}

TEST_F(Proofs, EveryInclusionProofEqualsTheDefinitionAndVerifies) {
  for (std::size_t n = 1; n <= kSizesTo; ++n) {
    for (std::size_t i = 0; i < n; ++i) {
      const auto proof = inclusion_proof(nodes_, Seq{i}, TreeSize{n});
      ASSERT_TRUE(proof);
      ASSERT_EQ(*proof, reference::path(i, first(n)));
      ASSERT_TRUE(verify_inclusion(leaves_[i], Seq{i}, TreeSize{n}, *proof, roots_[n]));
    }
  }
}

TEST_F(Proofs, EveryConsistencyProofEqualsTheDefinitionAndVerifies) {
  for (std::size_t n = 0; n <= kSizesTo; ++n) {
    for (std::size_t m = 0; m <= n; ++m) {
      const auto proof = consistency_proof(nodes_, TreeSize{m}, TreeSize{n});
      ASSERT_TRUE(proof);
      if (m > 0) {
        ASSERT_EQ(*proof, reference::subproof(m, first(n), true));
      }
      ASSERT_TRUE(verify_consistency(TreeSize{m}, roots_[m], TreeSize{n}, roots_[n], *proof));
    }
  }
}

TEST_F(Proofs, AnInclusionProofWithAnyBitFlippedFails) {
  for (std::size_t n = 1; n <= kSizesTo; ++n) {
    const std::size_t i = (n * 7) % n == 0 ? n / 2 : n - 1;
    auto proof = inclusion_proof(nodes_, Seq{i}, TreeSize{n}).value();
    for (std::size_t bit = 0; bit < 256; ++bit) {
      ASSERT_FALSE(
          verify_inclusion(flipped(leaves_[i], bit), Seq{i}, TreeSize{n}, proof, roots_[n]));
      ASSERT_FALSE(
          verify_inclusion(leaves_[i], Seq{i}, TreeSize{n}, proof, flipped(roots_[n], bit)));
    }
    for (Hash& node : proof) {
      for (std::size_t bit = 0; bit < 256; ++bit) {
        node = flipped(node, bit);
        ASSERT_FALSE(verify_inclusion(leaves_[i], Seq{i}, TreeSize{n}, proof, roots_[n]));
        node = flipped(node, bit);
      }
    }
  }
}

TEST_F(Proofs, AConsistencyProofWithAnyBitFlippedFails) {
  for (std::size_t n = 1; n <= kSizesTo; ++n) {
    const std::size_t m = 1 + (n * 5) % n + (n * 11 / 16) % n;
    if (m > n) continue;
    const TreeSize from{m};
    const TreeSize to{n};
    auto proof = consistency_proof(nodes_, from, to).value();
    for (std::size_t bit = 0; bit < 256; ++bit) {
      ASSERT_FALSE(verify_consistency(from, flipped(roots_[m], bit), to, roots_[n], proof));
      ASSERT_FALSE(verify_consistency(from, roots_[m], to, flipped(roots_[n], bit), proof));
    }
    for (Hash& node : proof) {
      for (std::size_t bit = 0; bit < 256; ++bit) {
        node = flipped(node, bit);
        ASSERT_FALSE(verify_consistency(from, roots_[m], to, roots_[n], proof));
        node = flipped(node, bit);
      }
    }
  }
}

TEST_F(Proofs, AProofForAnotherPlaceOrOfAnotherLengthFails) {
  const std::size_t n = 100;
  for (std::size_t i = 0; i < n; ++i) {
    const auto proof = inclusion_proof(nodes_, Seq{i}, TreeSize{n}).value();
    for (std::size_t j = 0; j < n; ++j) {
      if (j != i) {
        EXPECT_FALSE(verify_inclusion(leaves_[i], Seq{j}, TreeSize{n}, proof, roots_[n]));
      }
    }
    auto longer = proof;
    longer.push_back(roots_[1]);
    EXPECT_FALSE(verify_inclusion(leaves_[i], Seq{i}, TreeSize{n}, longer, roots_[n]));
    for (std::size_t keep = 0; keep < proof.size(); ++keep) {
      EXPECT_FALSE(verify_inclusion(leaves_[i], Seq{i}, TreeSize{n}, std::span(proof).first(keep),
                                    roots_[n]));
    }
  }
  for (std::size_t m = 1; m < n; ++m) {
    const auto proof = consistency_proof(nodes_, TreeSize{m}, TreeSize{n}).value();
    auto longer = proof;
    longer.push_back(roots_[1]);
    EXPECT_FALSE(verify_consistency(TreeSize{m}, roots_[m], TreeSize{n}, roots_[n], longer));
    for (std::size_t keep = 0; keep < proof.size(); ++keep) {
      EXPECT_FALSE(verify_consistency(TreeSize{m}, roots_[m], TreeSize{n}, roots_[n],
                                      std::span(proof).first(keep)));
    }
  }
}

TEST_F(Proofs, HostileSizesAndLengthsAreRefusedWithoutHarm) {
  const std::uint64_t sizes[] = {
      0, 1, 2, 7, 1ULL << 32, (1ULL << 63) - 1, 1ULL << 63, UINT64_MAX - 1, UINT64_MAX};
  for (std::size_t length : {0, 1, 2, 63, 64, 65, 200}) {
    const std::vector<Hash> proof(length, leaves_[0]);
    for (const std::uint64_t a : sizes) {
      for (const std::uint64_t b : sizes) {
        const bool one_leaf = a == 0 && b == 1 && length == 0;
        EXPECT_EQ(verify_inclusion(leaves_[0], Seq{a}, TreeSize{b}, proof, leaves_[0]), one_leaf);
        const bool same = a == b && a != 0 && length == 0;
        EXPECT_EQ(verify_consistency(TreeSize{a}, leaves_[0], TreeSize{b}, leaves_[0], proof),
                  same);
      }
    }
  }
  EXPECT_TRUE(verify_consistency(TreeSize{0}, empty_root(), TreeSize{UINT64_MAX}, roots_[3], {}));
  EXPECT_FALSE(verify_consistency(TreeSize{0}, roots_[1], TreeSize{5}, roots_[5], {}));
}

TEST_F(Proofs, ComputingRefusesWhatTheTreeDoesNotHave) {
  EXPECT_EQ(inclusion_proof(nodes_, Seq{5}, TreeSize{5}).error().code, Errc::invalid_argument);
  EXPECT_EQ(inclusion_proof(nodes_, Seq{0}, TreeSize{0}).error().code, Errc::invalid_argument);
  EXPECT_EQ(inclusion_proof(nodes_, Seq{5}, TreeSize{kSizesTo + 1}).error().code, Errc::not_found);
  EXPECT_EQ(inclusion_proof(nodes_, Seq{5}, TreeSize{UINT64_MAX}).error().code, Errc::not_found);
  EXPECT_EQ(consistency_proof(nodes_, TreeSize{6}, TreeSize{5}).error().code,
            Errc::invalid_argument);
  EXPECT_EQ(consistency_proof(nodes_, TreeSize{5}, TreeSize{UINT64_MAX}).error().code,
            Errc::not_found);
  EXPECT_EQ(root_at(nodes_, TreeSize{UINT64_MAX}).error().code, Errc::not_found);
}

TEST(Frontiers, PeaksRestoreTheFrontierAndAWrongCountIsRefused) {
  const auto leaves = reference::some_leaves(100);
  Frontier frontier;
  for (const Hash& leaf : leaves) {
    frontier.append(leaf);
    const auto again = Frontier::from_peaks(frontier.size(), frontier.peaks());
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, frontier);
    EXPECT_FALSE(Frontier::from_peaks(frontier.size(), frontier.peaks().subspan(1)));
  }
}

}  // namespace
}  // namespace houniao::merkle
