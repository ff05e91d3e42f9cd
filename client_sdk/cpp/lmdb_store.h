// The client's store: one LMDB environment of which every value is sealed with XChaCha20-Poly1305
// under a key derived from the owner's pass phrase or key. A value is bound to its table and key,
// so that values cannot be swapped on disk. Keys (numbers of batches, persons, events) are not
// secret.
//
// The directory belongs to one process at a time. commit() by one thread at a time, reads by any.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/crypto.h"
#include "base/lmdb.h"
#include "client_sdk/core/store.h"

namespace houniao::client {

struct StoreSecret {
  std::string passphrase;  // or
  std::optional<SymmetricKey> key;
};

class LmdbStore final : public Store {
 public:
  // wrong_key, corrupt, storage_full, storage_failed (also: in use by another client).
  static Result<std::unique_ptr<LmdbStore>> open(const std::filesystem::path& directory,
                                                 const StoreSecret& secret, std::size_t map_bytes,
                                                 Random& random);
  ~LmdbStore() override;

  Result<std::optional<Bytes>> get(Table table, std::uint64_t key) const override;
  Result<void> scan(Table table, std::uint64_t from, const Visit& visit) const override;
  Result<void> commit(std::span<const Write> writes) override;

 private:
  class DirectoryLock;
  LmdbStore(std::unique_ptr<DirectoryLock> lock, lmdb::Environment env, Random& random);
  Result<void> unlock(const StoreSecret& secret);
  Result<void> open_tables();
  Bytes seal_value(Table table, std::uint64_t key, ByteView plain) const;
  Result<Bytes> open_value(Table table, std::uint64_t key, ByteView sealed) const;

  std::unique_ptr<DirectoryLock> lock_;
  lmdb::Environment env_;
  Random& random_;
  SymmetricKey key_{};
  MDB_dbi tables_[kTables] = {};
};

}  // namespace houniao::client
