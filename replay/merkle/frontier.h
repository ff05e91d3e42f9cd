// The compact range of a growing tree: the roots of the perfect subtrees that its leaves divide
// into, at most 64 hashes. Enough to append and to know the root; not enough to prove. A plain
// value: copy it to try an append and throw the copy away. One thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "replay/merkle/hash.h"

namespace houniao::merkle {

class Frontier {
 public:
  Frontier() = default;

  void append(const Hash& leaf) {
    append(leaf, [](unsigned, std::uint64_t, const Hash&) {});
  }

  // Calls on_node(level, index, hash) for the leaf and for every subtree that it completes, lowest
  // level first.
  template <class OnNode>
  void append(const Hash& leaf, OnNode&& on_node) {
    Hash hash = leaf;
    unsigned level = 0;
    std::uint64_t index = size_;
    on_node(level, index, hash);
    for (; (index & 1) != 0; index >>= 1) {
      hash = node_hash(peaks_.back(), hash);
      peaks_.pop_back();
      on_node(++level, index >> 1, hash);
    }
    peaks_.push_back(hash);
    ++size_;
  }

  // A whole subtree of 2^level leaves of which only the root is known. False, without any effect,
  // when one of that size cannot stand here or the tree would leave its range.
  bool append_subtree(unsigned level, const Hash& root);

  TreeSize size() const { return TreeSize{size_}; }
  Hash root() const;

  // Roots of the perfect subtrees, largest (leftmost) first: one per bit set in size().
  std::span<const Hash> peaks() const { return peaks_; }
  // The inverse; Errc::malformed when the count does not fit the size.
  static Result<Frontier> from_peaks(TreeSize size, std::span<const Hash> peaks);

  bool operator==(const Frontier&) const = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> peaks_;
};

}  // namespace houniao::merkle
