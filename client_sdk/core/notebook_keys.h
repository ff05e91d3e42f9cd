// Names of the notebook's single values in the store; shared by its source files.
#pragma once

#include "client_sdk/core/store.h"

namespace houniao::client {

inline constexpr std::uint64_t kSnapshotKey = 1;

inline std::uint64_t key_of(MetaKey key) { return static_cast<std::uint64_t>(key); }
inline Write meta_write(MetaKey key, Bytes value) {
  return {Table::meta, key_of(key), std::move(value)};
}

}  // namespace houniao::client
