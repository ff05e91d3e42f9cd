#include "base/lmdb.h"

#include <cerrno>

namespace houniao::lmdb {

Error error_of(int code, const std::string& what) {
  const std::string detail = what + ": " + mdb_strerror(code);
  switch (code) {
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return fail(Errc::storage_full, detail);
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_PANIC:
    case MDB_VERSION_MISMATCH:
      return fail(Errc::corrupt, detail);
    default:
      return fail(Errc::storage_failed, detail);
  }
}

Result<Environment> Environment::open(const std::filesystem::path& directory, Options options) {
  std::error_code made;
  if (!options.read_only) std::filesystem::create_directories(directory, made);
  if (made) return fail(Errc::storage_failed, directory.string() + ": " + made.message());
  MDB_env* env = nullptr;
  int code = mdb_env_create(&env);
  if (code != 0) return error_of(code, "create environment");
  Environment out(env);
  mdb_env_set_maxdbs(env, options.tables_max);
  mdb_env_set_maxreaders(env, options.readers_max);
  mdb_env_set_mapsize(env, options.map_bytes);
  const unsigned flags = MDB_NOTLS | MDB_NORDAHEAD | (options.read_only ? MDB_RDONLY : 0U);
  code = mdb_env_open(env, directory.c_str(), flags, 0600);
  if (code != 0) return error_of(code, directory.string());
  return out;
}

Environment::~Environment() {
  if (env_ != nullptr) mdb_env_close(env_);
}

Result<void> Environment::set_map_bytes(std::size_t bytes) {
  const int code = mdb_env_set_mapsize(env_, bytes);
  if (code != 0) return error_of(code, "resize map");
  return {};
}

std::size_t Environment::map_bytes() const {
  MDB_envinfo info{};
  mdb_env_info(env_, &info);
  return info.me_mapsize;
}

std::size_t Environment::used_bytes() const {
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(env_, &info);
  mdb_env_stat(env_, &stat);
  return (info.me_last_pgno + 1) * stat.ms_psize;
}

int Environment::clear_stale_readers() {
  int dead = 0;
  mdb_reader_check(env_, &dead);
  return dead;
}

Result<Transaction> Transaction::begin_read(const Environment& env) {
  MDB_txn* txn = nullptr;
  const int code = mdb_txn_begin(env.get(), nullptr, MDB_RDONLY, &txn);
  if (code != 0) return error_of(code, "begin read");
  return Transaction(txn);
}

Result<Transaction> Transaction::begin_write(const Environment& env) {
  MDB_txn* txn = nullptr;
  const int code = mdb_txn_begin(env.get(), nullptr, 0, &txn);
  if (code != 0) return error_of(code, "begin write");
  return Transaction(txn);
}

Transaction::~Transaction() { abort(); }

Result<MDB_dbi> Transaction::open_table(const char* table, unsigned flags) {
  MDB_dbi dbi = 0;
  const int code = mdb_dbi_open(txn_, table, flags, &dbi);
  if (code == MDB_NOTFOUND) return fail(Errc::not_found, std::string("table ") + table);
  if (code != 0) return error_of(code, std::string("open table ") + table);
  return dbi;
}

Result<std::optional<ByteView>> Transaction::get(MDB_dbi table, ByteView key) const {
  MDB_val k = to_val(key);
  MDB_val v{};
  const int code = mdb_get(txn_, table, &k, &v);
  if (code == MDB_NOTFOUND) return std::optional<ByteView>{};
  if (code != 0) return error_of(code, "get");
  return std::optional<ByteView>{to_view(v)};
}

Result<void> Transaction::put(MDB_dbi table, ByteView key, ByteView value, unsigned flags) {
  MDB_val k = to_val(key);
  MDB_val v = to_val(value);
  const int code = mdb_put(txn_, table, &k, &v, flags);
  if (code != 0) return error_of(code, "put");
  return {};
}

Result<bool> Transaction::erase(MDB_dbi table, ByteView key) {
  MDB_val k = to_val(key);
  const int code = mdb_del(txn_, table, &k, nullptr);
  if (code == MDB_NOTFOUND) return false;
  if (code != 0) return error_of(code, "erase");
  return true;
}

Result<void> Transaction::commit() {
  const int code = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (code != 0) return error_of(code, "commit");
  return {};
}

void Transaction::abort() {
  if (txn_ != nullptr) mdb_txn_abort(std::exchange(txn_, nullptr));
}

Result<Cursor> Cursor::open(const Transaction& txn, MDB_dbi table) {
  MDB_cursor* cursor = nullptr;
  const int code = mdb_cursor_open(txn.get(), table, &cursor);
  if (code != 0) return error_of(code, "open cursor");
  return Cursor(cursor);
}

Cursor::~Cursor() {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
}

Result<std::optional<Cursor::Entry>> Cursor::move(MDB_cursor_op op) {
  MDB_val k{};
  MDB_val v{};
  const int code = mdb_cursor_get(cursor_, &k, &v, op);
  if (code == MDB_NOTFOUND) return std::optional<Entry>{};
  if (code != 0) return error_of(code, "cursor");
  return std::optional<Entry>{Entry{to_view(k), to_view(v)}};
}

Result<std::optional<Cursor::Entry>> Cursor::seek(ByteView key) {
  MDB_val k = to_val(key);
  MDB_val v{};
  const int code = mdb_cursor_get(cursor_, &k, &v, MDB_SET_RANGE);
  if (code == MDB_NOTFOUND) return std::optional<Entry>{};
  if (code != 0) return error_of(code, "cursor");
  return std::optional<Entry>{Entry{to_view(k), to_view(v)}};
}

}  // namespace houniao::lmdb
