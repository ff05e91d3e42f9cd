#include "tools/audit/part_tree.h"

#include <algorithm>

#include "replay/merkle/hash.h"

namespace houniao::audit {

void PartTree::append(const Hash& leaf) {
  frontier_.append(leaf, [this](unsigned level, std::uint64_t index, const Hash& hash) {
    keep(level, index, hash);
  });
}

bool PartTree::append_subtree(unsigned level, const Hash& root) {
  if (level >= nodes_.size()) return false;
  std::uint64_t index = frontier_.size().value >> level;
  if (!frontier_.append_subtree(level, root)) return false;
  Hash hash = root;
  keep(level, index, hash);
  // Its left neighbours are peaks of the tree before it, all of which are kept.
  for (; (index & 1) != 0; index >>= 1) {
    const auto left = node(level, index - 1);
    if (!left) return false;
    hash = merkle::node_hash(*left, hash);
    keep(++level, index >> 1, hash);
  }
  return true;
}

std::optional<Hash> PartTree::root_of(TreeSize size) const {
  if (size > frontier_.size()) return std::nullopt;
  if (size == frontier_.size()) return frontier_.root();
  const auto root = merkle::root_at(*this, size);
  return root ? std::optional(*root) : std::nullopt;
}

Result<Hash> PartTree::node(unsigned level, std::uint64_t index) const {
  if (level < nodes_.size()) {
    const auto& nodes = nodes_[level];
    const auto found = std::lower_bound(
        nodes.begin(), nodes.end(), index,
        [](const Node& node, std::uint64_t wanted) { return node.first < wanted; });
    if (found != nodes.end() && found->first == index) return found->second;
  }
  return fail(Errc::not_found, "the part does not have this node");
}

void PartTree::keep(unsigned level, std::uint64_t index, const Hash& hash) {
  if (level >= nodes_.size()) return;
  nodes_[level].emplace_back(index, hash);
  ++nodes_held_;
}

}  // namespace houniao::audit
