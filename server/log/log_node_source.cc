#include "server/log/log_node_source.h"

namespace houniao {

Result<merkle::TileBuilder> restore_tree(const LogStore& store) {
  return merkle::TileBuilder::restore(store, store.head().size);
}

}  // namespace houniao
