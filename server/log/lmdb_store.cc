#include "server/log/lmdb_store.h"

#include <sys/resource.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "base/lmdb.h"
#include "server/log/lmdb_tables.h"

namespace houniao {
namespace {

constexpr std::string_view kFormat = "houniao-log-1";
// What the pages of the trees above the values may take in one commit.
constexpr std::size_t kCommitSlackBytes = std::size_t{1} << 20;

std::string batches_do_not_join(const RecordRun& run, Seq last, Seq found) {
  std::string out = "no batch starts at seq " + std::to_string(run.next().value);
  if (!run.empty()) out += ", where the batch of seq " + std::to_string(last.value) + " ends";
  return out + "; the next one starts at seq " + std::to_string(found.value);
}

}  // namespace

using lmdb_log::Tables;

// `env_mutex` guards the environment as an object: everything that opens a transaction holds it
// shared, reopening and resizing hold it alone. `head_mutex` guards the copy of the head.
struct LmdbStore::Impl {
  std::filesystem::path directory;
  LmdbStoreOptions options;
  mutable std::shared_mutex env_mutex;
  std::optional<lmdb::Environment> env;
  Tables tables;
  mutable std::mutex head_mutex;
  LogHead head;
  std::deque<TreeSize> recent;
  bool failed = false;  // the outcome of a commit is unknown

  Result<void> open_env();
  Result<void> load();
  LogHead current_head() const {
    const std::lock_guard lock(head_mutex);
    return head;
  }

  template <class Use>
  auto with_read(Use&& use) const -> decltype(use(std::declval<lmdb::Transaction&>())) {
    const std::shared_lock lock(env_mutex);
    if (!env) return fail(Errc::storage_failed, "the log could not be opened again");
    auto txn = lmdb::Transaction::begin_read(*env);
    if (!txn) return std::move(txn).error();
    return use(*txn);
  }

  Result<void> write(const Commit& commit);
  Result<void> write_values(lmdb::Transaction& txn, const Commit& commit);
  bool grow(std::size_t needed);
  bool short_of_space(std::size_t needed) const;
  Error after_failure(const Commit& commit, Error error, std::size_t needed);
};

Result<void> LmdbStore::Impl::open_env() {
  lmdb::Options env_options;
  env_options.read_only = options.read_only;
  std::error_code absent;
  const auto file_bytes = std::filesystem::file_size(directory / "data.mdb", absent);
  if (absent == std::errc::no_such_file_or_directory && options.read_only) {
    return fail(Errc::not_found, directory.string() + " holds no log");
  }
  const std::size_t wanted = absent ? 0 : static_cast<std::size_t>(file_bytes) * 2;
  env_options.map_bytes = options.read_only ? options.map_bytes_max
                                            : std::min(options.map_bytes_max,
                                                       std::max(options.map_bytes_start, wanted));
  auto opened = lmdb::Environment::open(directory, env_options);
  if (!opened) return std::move(opened).error();
  env.emplace(std::move(*opened));
  auto txn = options.read_only ? lmdb::Transaction::begin_read(*env)
                               : lmdb::Transaction::begin_write(*env);
  if (!txn) return std::move(txn).error();
  auto opened_tables = lmdb_log::open_tables(*txn, options.read_only ? 0 : MDB_CREATE);
  if (!opened_tables) return std::move(opened_tables).error();
  tables = *opened_tables;
  auto format = txn->get(tables.meta, as_bytes("format"));
  if (!format) return std::move(format).error();
  if (*format && as_text(**format) != kFormat) {
    return fail(Errc::corrupt, directory.string() + " holds another format");
  }
  if (!*format) {
    if (options.read_only) return fail(Errc::corrupt, directory.string() + " holds no log");
    HOUNIAO_TRY(txn->put(tables.meta, as_bytes("format"), as_bytes(kFormat)));
  }
  // Also for reading: a table handle lasts only when the transaction that opened it commits.
  return txn->commit();
}

Result<void> LmdbStore::Impl::load() {
  auto txn = lmdb::Transaction::begin_read(*env);
  if (!txn) return std::move(txn).error();
  auto stored = lmdb_log::read_head(*txn, tables);
  if (!stored) return std::move(stored).error();
  HOUNIAO_TRY(lmdb_log::check_end(*txn, tables, stored->size));
  auto stored_recent = lmdb_log::read_recent(*txn, tables);
  if (!stored_recent) return std::move(stored_recent).error();
  recent = std::move(*stored_recent);
  const std::lock_guard lock(head_mutex);
  head = std::move(*stored);
  return {};
}

Result<void> LmdbStore::Impl::write_values(lmdb::Transaction& txn, const Commit& commit) {
  HOUNIAO_TRY(txn.put(tables.log, lmdb::U64Key(commit.first.value), commit.records, MDB_APPEND));
  for (const auto& tile : commit.tiles) {
    HOUNIAO_TRY(txn.put(tables.tiles, lmdb_log::tile_key(tile.level, tile.index), tile.hashes));
  }
  for (const auto& device : commit.device_heads) {
    HOUNIAO_TRY(txn.put(tables.devices, device.device.bytes, lmdb_log::device_value(device)));
  }
  for (const auto& scope : commit.scope_heads) {
    HOUNIAO_TRY(
        txn.put(tables.scopes, lmdb::U64Key(scope.scope.value), lmdb_log::scope_value(scope)));
  }
  for (const TreeSize old : checkpoints_to_drop(recent)) {
    auto erased = txn.erase(tables.checkpoints, lmdb::U64Key(old.value));
    if (!erased) return std::move(erased).error();
  }
  return txn.put(tables.checkpoints, lmdb::U64Key(commit.first.value + commit.count()),
                 as_bytes(commit.checkpoint), MDB_APPEND);
}

Result<void> LmdbStore::Impl::write(const Commit& commit) {
  const std::shared_lock lock(env_mutex);
  if (!env) return fail(Errc::storage_failed, "the log could not be opened again");
  auto txn = lmdb::Transaction::begin_write(*env);
  if (!txn) return std::move(txn).error();
  HOUNIAO_TRY(write_values(*txn, commit));
  return txn->commit();
}

bool LmdbStore::Impl::grow(std::size_t needed) {
  const std::unique_lock lock(env_mutex);
  if (!env) return false;
  const std::size_t bytes = env->map_bytes();
  if (bytes >= options.map_bytes_max || env->used_bytes() + needed < bytes) return false;
  return env->set_map_bytes(std::min(options.map_bytes_max, bytes * 2)).has_value();
}

// LMDB reports a write that stopped half-way for lack of space as an input/output error.
bool LmdbStore::Impl::short_of_space(std::size_t needed) const {
  std::error_code error;
  const auto space = std::filesystem::space(directory, error);
  if (!error && space.available < needed) return true;
  rlimit limit{};
  const std::shared_lock lock(env_mutex);
  return env && getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
         env->used_bytes() + needed > limit.rlim_cur;
}

// A commit that failed before LMDB wrote its meta page has left nothing behind. Otherwise the
// environment refuses everything; opening it again shows what the file says.
Error LmdbStore::Impl::after_failure(const Commit& commit, Error error, std::size_t needed) {
  const bool full = error.code == Errc::storage_full || short_of_space(needed);
  bool usable = false;
  {
    const std::shared_lock lock(env_mutex);
    usable = env && lmdb::Transaction::begin_write(*env).has_value();
  }
  if (!usable) {
    const std::unique_lock lock(env_mutex);
    env.reset();
    const auto reopened = open_env();
    if (!reopened || !load()) {
      env.reset();
      failed = true;
      return fail(Errc::storage_failed, error.detail + "; the log could not be opened again");
    }
  }
  failed = !full || current_head().size.value != commit.first.value;
  return fail(failed ? Errc::storage_failed : Errc::storage_full, std::move(error.detail));
}

LmdbStore::LmdbStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LmdbStore::~LmdbStore() = default;

Result<std::unique_ptr<LmdbStore>> LmdbStore::open(const std::filesystem::path& directory,
                                                   LmdbStoreOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->directory = directory;
  impl->options = options;
  HOUNIAO_TRY(impl->open_env());
  HOUNIAO_TRY(impl->load());
  return std::unique_ptr<LmdbStore>(new LmdbStore(std::move(impl)));
}

Result<void> LmdbStore::append(const Commit& commit) {
  Impl& self = *impl_;
  if (self.options.read_only) return fail(Errc::invalid_argument, "the log is open for reading");
  if (self.failed)
    return fail(Errc::storage_failed, "an earlier commit failed; open the log again");
  HOUNIAO_TRY(check_commit(commit, self.current_head().size));
  const std::size_t needed =
      commit.records.size() + commit.tiles.size() * std::size_t{12 * 1024} + kCommitSlackBytes;
  Result<void> written = self.write(commit);
  while (!written && written.error().code == Errc::storage_full && self.grow(needed)) {
    written = self.write(commit);
  }
  if (!written) return self.after_failure(commit, std::move(written).error(), needed);
  forget_old_checkpoints(self.recent);
  const TreeSize size{commit.first.value + commit.count()};
  self.recent.push_back(size);
  const std::lock_guard lock(self.head_mutex);
  self.head = LogHead{size, commit.checkpoint};
  return {};
}

Result<RecordRun> LmdbStore::read(Seq from, std::size_t bytes_max) const {
  return impl_->with_read([&](lmdb::Transaction& txn) -> Result<RecordRun> {
    RecordRun run;
    run.first = from;
    auto cursor = lmdb::Cursor::open(txn, impl_->tables.log);
    if (!cursor) return std::move(cursor).error();
    auto entry = lmdb_log::seek_batch(*cursor, from);
    std::uint64_t end = 0;  // first seq after the batches looked at
    for (; entry && *entry; entry = cursor->move(MDB_NEXT)) {
      const Seq first{lmdb::U64Key::parse((*entry)->key)};
      // Cannot be unless keys are damaged.
      if (run.empty() ? first > from : first != run.next()) {
        return fail(Errc::corrupt, batches_do_not_join(run, Seq{end}, first));
      }
      if (run.empty()) run.records.reserve(std::min(bytes_max, (*entry)->value.size()));
      auto room = extend_run(run, first, (*entry)->value, bytes_max);
      if (!room) return std::move(room).error();
      if (!*room) return run;
      end = first.value;
    }
    if (!entry) return std::move(entry).error();
    if (!run.empty()) return run;
    auto stored = lmdb_log::read_head(txn, impl_->tables);
    if (!stored) return std::move(stored).error();
    if (from.value == stored->size.value) return run;
    if (from.value > stored->size.value) {
      return fail(Errc::not_found, "seq " + std::to_string(from.value) + " is beyond the log");
    }
    return fail(Errc::corrupt, "no batch holds seq " + std::to_string(from.value) +
                                   "; the last one before starts at " + std::to_string(end));
  });
}

Result<Bytes> LmdbStore::tile(unsigned level, std::uint64_t index) const {
  return impl_->with_read([&](lmdb::Transaction& txn) -> Result<Bytes> {
    auto value = txn.get(impl_->tables.tiles, lmdb_log::tile_key(level, index));
    if (!value) return std::move(value).error();
    if (!*value) {
      return fail(Errc::not_found,
                  "tile level " + std::to_string(level) + " index " + std::to_string(index));
    }
    return Bytes((*value)->begin(), (*value)->end());
  });
}

LogHead LmdbStore::head() const { return impl_->current_head(); }

Result<std::vector<DeviceHead>> LmdbStore::device_heads() const {
  return impl_->with_read(
      [&](lmdb::Transaction& txn) { return lmdb_log::read_devices(txn, impl_->tables); });
}

Result<std::vector<ScopeHead>> LmdbStore::scope_heads() const {
  return impl_->with_read(
      [&](lmdb::Transaction& txn) { return lmdb_log::read_scopes(txn, impl_->tables); });
}

Result<std::vector<StoredCheckpoint>> LmdbStore::checkpoints() const {
  return impl_->with_read(
      [&](lmdb::Transaction& txn) { return lmdb_log::read_checkpoints(txn, impl_->tables); });
}

std::uint64_t LmdbStore::used_bytes() const {
  const std::shared_lock lock(impl_->env_mutex);
  return impl_->env ? impl_->env->used_bytes() : 0;
}

Result<void> LmdbStore::set_map_bytes_max(std::size_t bytes) {
  const std::unique_lock lock(impl_->env_mutex);
  if (!impl_->env) return fail(Errc::storage_failed, "the log could not be opened again");
  impl_->options.map_bytes_max = std::max(bytes, impl_->env->used_bytes());
  return {};
}

int LmdbStore::clear_stale_readers() {
  const std::shared_lock lock(impl_->env_mutex);
  return impl_->env ? impl_->env->clear_stale_readers() : 0;
}

Result<void> LmdbStore::refresh() {
  const std::unique_lock lock(impl_->env_mutex);
  if (!impl_->env) return fail(Errc::storage_failed, "the log could not be opened again");
  return impl_->load();
}

}  // namespace houniao
