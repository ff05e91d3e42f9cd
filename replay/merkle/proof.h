// Inclusion and consistency proofs of RFC 9162 section 2.1.3 and 2.1.4: computed from the nodes of
// complete subtrees, verified from nothing but roots and the proof. Pure; any thread.
//
// Everything that verifies takes hostile input: any size, any index, any proof length. It answers
// false, never asserts and never reads past what it was given.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "replay/merkle/frontier.h"

namespace houniao::merkle {

// Where hashes of complete subtrees come from. Node (level, index) is the root over the leaves
// [index << level, (index + 1) << level).
class NodeSource {
 public:
  virtual ~NodeSource() = default;
  // Errc::not_found when the tree does not have that complete subtree.
  virtual Result<Hash> node(unsigned level, std::uint64_t index) const = 0;
};

// The audit path of leaf `leaf` in the tree of the first `size` leaves, from the leaf upwards.
// Errc::invalid_argument unless leaf < size.
Result<std::vector<Hash>> inclusion_proof(const NodeSource& nodes, Seq leaf, TreeSize size);

// Proof that the tree of size `from` is a prefix of the tree of size `to`; empty when the sizes are
// equal or `from` is 0. Errc::invalid_argument unless from <= to.
Result<std::vector<Hash>> consistency_proof(const NodeSource& nodes, TreeSize from, TreeSize to);

// Root of the first `size` leaves.
Result<Hash> root_at(const NodeSource& nodes, TreeSize size);

// The compact range of the first `size` leaves, to append from there.
Result<Frontier> frontier_at(const NodeSource& nodes, TreeSize size);

bool verify_inclusion(const Hash& leaf, Seq index, TreeSize size, std::span<const Hash> proof,
                      const Hash& root);

// A tree of size 0 is a prefix of every tree: then the proof must be empty and `from_root` must be
// empty_root(). With equal sizes the roots must be equal and the proof empty.
bool verify_consistency(TreeSize from, const Hash& from_root, TreeSize to, const Hash& to_root,
                        std::span<const Hash> proof);

}  // namespace houniao::merkle
