// Proofs about the stored log: nodes out of the store's tiles, and the tree to continue from.
#pragma once

#include "replay/merkle/proof.h"
#include "replay/merkle/tiles.h"
#include "server/log/log_store.h"

namespace houniao {

// Keeps a few tiles between calls: make one per proof or per short run of proofs; one thread.
class LogNodeSource final : public merkle::NodeSource {
 public:
  explicit LogNodeSource(const LogStore& store) : nodes_(store) {}
  Result<Hash> node(unsigned level, std::uint64_t index) const override {
    return nodes_.node(level, index);
  }

 private:
  merkle::TileNodeSource nodes_;
};

// The tree of the whole stored log, ready to append to; corrupt when tiles are missing.
Result<merkle::TileBuilder> restore_tree(const LogStore& store);

}  // namespace houniao
