// Consistency proofs for sessions, remembered: after a commit most sessions ask for the same few.
// Inner nodes of complete subtrees never change, so they are kept too. One per hub; that hub's
// thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "replay/merkle/proof.h"
#include "server/log/log_store.h"

namespace houniao {

class Proofs {
 public:
  using Proof = std::shared_ptr<const std::vector<Hash>>;

  explicit Proofs(const LogStore& log) : log_(log) {}
  // Empty for equal sizes and from size 0.
  Result<Proof> consistency(TreeSize from, TreeSize to);
  Result<Hash> root_at(TreeSize size);

 private:
  class CachedNodes;
  const LogStore& log_;
  boost::unordered_flat_map<std::pair<unsigned, std::uint64_t>, Hash> nodes_;
  boost::unordered_flat_map<TreeSize, Proof> proofs_;  // to `proofs_to_`, by where they start
  TreeSize proofs_to_;
};

}  // namespace houniao
