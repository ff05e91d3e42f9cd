// LMDB with owners: environment, transaction and cursor close themselves, errors are Result.
//
// Rules of the house: never MDB_WRITEMAP or MDB_NOSYNC; read transactions are short and never
// outlive the function that opened them; a value points into the map and is only 2-byte aligned
// unless it is larger than half a page (overflow pages are 16-byte aligned), so copy before reading
// structured data from it. One write transaction at a time per environment.
#pragma once

#include <lmdb.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"

namespace houniao::lmdb {

// storage_full for a full disk or a full map, corrupt for a damaged file, else storage_failed.
Error error_of(int code, const std::string& what);

inline MDB_val to_val(ByteView b) { return {b.size(), const_cast<std::uint8_t*>(b.data())}; }
inline ByteView to_view(const MDB_val& v) {
  return {static_cast<const std::uint8_t*>(v.mv_data), v.mv_size};
}

struct Options {
  std::size_t map_bytes = std::size_t{64} << 30;  // address space, not disk; the hard limit of size
  unsigned tables_max = 16;
  unsigned readers_max = 1024;
  bool read_only = false;
};

// Owns the environment; pinned. Threads: any thread may open transactions (MDB_NOTLS is set).
class Environment {
 public:
  static Result<Environment> open(const std::filesystem::path& directory, Options options);
  Environment(Environment&& other) noexcept : env_(std::exchange(other.env_, nullptr)) {}
  Environment& operator=(Environment&& other) noexcept {
    std::swap(env_, other.env_);
    return *this;
  }
  ~Environment();

  MDB_env* get() const { return env_; }
  // Raises the hard limit of size; no transaction may be open. Fails with storage_full when the
  // address space is exhausted.
  Result<void> set_map_bytes(std::size_t bytes);
  std::size_t map_bytes() const;
  std::size_t used_bytes() const;  // pages in use by the newest commit, times the page size
  // Frees reader slots of processes that died; returns how many.
  int clear_stale_readers();

 private:
  explicit Environment(MDB_env* env) : env_(env) {}
  MDB_env* env_ = nullptr;
};

class Transaction {
 public:
  static Result<Transaction> begin_read(const Environment& env);
  static Result<Transaction> begin_write(const Environment& env);
  Transaction(Transaction&& other) noexcept : txn_(std::exchange(other.txn_, nullptr)) {}
  Transaction& operator=(Transaction&& other) noexcept {
    std::swap(txn_, other.txn_);
    return *this;
  }
  ~Transaction();  // aborts what was not committed

  MDB_txn* get() const { return txn_; }
  // Opens a table; `flags` as for mdb_dbi_open, MDB_CREATE in write transactions.
  Result<MDB_dbi> open_table(const char* table, unsigned flags);
  // nullopt when the key is absent. The view is valid until this transaction ends or writes.
  Result<std::optional<ByteView>> get(MDB_dbi table, ByteView key) const;
  Result<void> put(MDB_dbi table, ByteView key, ByteView value, unsigned flags = 0);
  Result<bool> erase(MDB_dbi table, ByteView key);  // false when it was absent
  // Durable when it returns without an error.
  Result<void> commit();
  void abort();

 private:
  explicit Transaction(MDB_txn* txn) : txn_(txn) {}
  MDB_txn* txn_ = nullptr;
};

class Cursor {
 public:
  static Result<Cursor> open(const Transaction& txn, MDB_dbi table);
  Cursor(Cursor&& other) noexcept : cursor_(std::exchange(other.cursor_, nullptr)) {}
  Cursor& operator=(Cursor&& other) noexcept {
    std::swap(cursor_, other.cursor_);
    return *this;
  }
  ~Cursor();

  struct Entry {
    ByteView key;
    ByteView value;
  };
  // `op` is MDB_FIRST, MDB_NEXT, MDB_PREV or MDB_LAST; nullopt at the end.
  Result<std::optional<Entry>> move(MDB_cursor_op op);
  // First entry with key >= `key`.
  Result<std::optional<Entry>> seek(ByteView key);

 private:
  explicit Cursor(MDB_cursor* cursor) : cursor_(cursor) {}
  MDB_cursor* cursor_ = nullptr;
};

// Big-endian key: sorts as the number does.
struct U64Key {
  explicit U64Key(std::uint64_t v) {
    for (int i = 7; i >= 0; --i, v >>= 8)
      bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(v);
  }
  operator ByteView() const { return bytes; }
  static std::uint64_t parse(ByteView b) {
    std::uint64_t v = 0;
    for (std::uint8_t byte : b) v = (v << 8) | byte;
    return v;
  }
  std::array<std::uint8_t, 8> bytes;
};

}  // namespace houniao::lmdb
