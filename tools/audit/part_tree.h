// The tree over a log of which only a part is at hand: leaves where there are records, roots of
// subtrees where records are left out. Keeps every node that follows, so that it can also say the
// root at an earlier size, unless that lies inside of what is left out.
//
// Owned by one audit; one thread. Takes some 80 bytes per leaf.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "replay/merkle/frontier.h"
#include "replay/merkle/proof.h"

namespace houniao::audit {

class PartTree final : public merkle::NodeSource {
 public:
  void append(const Hash& leaf);
  // 2^level leaves of which only the root is known. False, without any effect, when such a subtree
  // cannot stand here.
  bool append_subtree(unsigned level, const Hash& root);

  TreeSize size() const { return frontier_.size(); }
  Hash root() const { return frontier_.root(); }
  // nullopt beyond the tree, and where the size lies inside of what is left out.
  std::optional<Hash> root_of(TreeSize size) const;
  std::size_t held_bytes() const { return nodes_held_ * sizeof(Node); }

  Result<Hash> node(unsigned level, std::uint64_t index) const override;

 private:
  using Node = std::pair<std::uint64_t, Hash>;  // index, ascending within a level
  void keep(unsigned level, std::uint64_t index, const Hash& hash);

  merkle::Frontier frontier_;
  std::array<std::vector<Node>, 64> nodes_;
  std::size_t nodes_held_ = 0;
};

}  // namespace houniao::audit
