#include "client_sdk/core/store.h"

namespace houniao::client {

Result<std::optional<Bytes>> MemoryStore::get(Table table, std::uint64_t key) const {
  const auto& rows = tables_[static_cast<std::size_t>(table)];
  const auto found = rows.find(key);
  if (found == rows.end()) return std::optional<Bytes>{};
  return std::optional<Bytes>{found->second};
}

Result<void> MemoryStore::scan(Table table, std::uint64_t from, const Visit& visit) const {
  const auto& rows = tables_[static_cast<std::size_t>(table)];
  for (auto row = rows.lower_bound(from); row != rows.end(); ++row) {
    HOUNIAO_TRY(visit(row->first, row->second));
  }
  return {};
}

Result<void> MemoryStore::commit(std::span<const Write> writes) {
  if (failure_) return *failure_;
  for (const Write& write : writes) {
    auto& rows = tables_[static_cast<std::size_t>(write.table)];
    if (write.value) {
      rows[write.key] = *write.value;
    } else {
      rows.erase(write.key);
    }
  }
  ++commits_;
  return {};
}

}  // namespace houniao::client
