#include "client_sdk/cpp/lmdb_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace houniao::client {
namespace {

constexpr const char* kTableNames[kTables] = {"meta", "outbox", "batches",
                                              "keys", "sealed", "snapshot"};
// Holds what must be readable before the key is known: the salt, and a sealed text to test the key.
constexpr const char* kHeadTable = "head";
constexpr std::string_view kSaltKey = "salt";
constexpr std::string_view kCheckKey = "check";
constexpr std::string_view kCheckText = "houniao client store 1";
constexpr std::string_view kPurpose = "houniao client store values 1";
constexpr std::size_t kSaltBytes = 16;

Bytes place(Table table, std::uint64_t key) {
  const lmdb::U64Key number(key);
  Bytes out{static_cast<std::uint8_t>(table)};
  append(out, number);
  return out;
}

Bytes seal_with(const SymmetricKey& key, Random& random, ByteView plain, ByteView associated) {
  const Nonce nonce = make_nonce(random);
  const Bytes sealed = seal(key, nonce, plain, associated);
  Bytes out;
  out.reserve(nonce.size() + sealed.size());
  append(out, nonce);
  append(out, sealed);
  return out;
}

Result<Bytes> open_with(const SymmetricKey& key, ByteView sealed, ByteView associated) {
  Nonce nonce;
  if (sealed.size() < nonce.size()) return fail(Errc::corrupt, "a stored value is too short");
  std::memcpy(nonce.data(), sealed.data(), nonce.size());
  return open(key, nonce, sealed.subspan(nonce.size()), associated);
}

}  // namespace

// Held while the store is open; the kernel releases it when the process dies.
class LmdbStore::DirectoryLock {
 public:
  static Result<std::unique_ptr<DirectoryLock>> take(const std::filesystem::path& directory) {
    std::error_code made;
    std::filesystem::create_directories(directory, made);
    if (made) return fail(Errc::storage_failed, directory.string() + ": " + made.message());
    const std::filesystem::path file = directory / "in_use";
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
      const Errc code =
          errno == ENOSPC || errno == EDQUOT ? Errc::storage_full : Errc::storage_failed;
      return fail(code, file.string() + ": " + std::strerror(errno));
    }
    auto lock = std::unique_ptr<DirectoryLock>(new DirectoryLock(fd));
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
      return fail(Errc::storage_failed, directory.string() + " is in use by another client");
    }
    return lock;
  }
  ~DirectoryLock() { ::close(fd_); }

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  int fd_;
};

Result<std::unique_ptr<LmdbStore>> LmdbStore::open(const std::filesystem::path& directory,
                                                   const StoreSecret& secret, std::size_t map_bytes,
                                                   Random& random) {
  if (secret.passphrase.empty() != secret.key.has_value()) {
    return fail(Errc::invalid_argument, "give either a pass phrase or a key, not both or neither");
  }
  auto lock = DirectoryLock::take(directory);
  if (!lock) return lock.error();
  lmdb::Options options;
  options.map_bytes = map_bytes;
  auto env = lmdb::Environment::open(directory, options);
  if (!env) return env.error();
  std::unique_ptr<LmdbStore> store(new LmdbStore(std::move(*lock), std::move(*env), random));
  HOUNIAO_TRY(store->unlock(secret));
  HOUNIAO_TRY(store->open_tables());
  return store;
}

LmdbStore::LmdbStore(std::unique_ptr<DirectoryLock> lock, lmdb::Environment env, Random& random)
    : lock_(std::move(lock)), env_(std::move(env)), random_(random) {}

LmdbStore::~LmdbStore() { wipe(key_.data(), key_.size()); }

Result<void> LmdbStore::unlock(const StoreSecret& secret) {
  auto txn = lmdb::Transaction::begin_write(env_);
  if (!txn) return txn.error();
  auto head = txn->open_table(kHeadTable, MDB_CREATE);
  if (!head) return head.error();
  auto salt = txn->get(*head, as_bytes(kSaltKey));
  auto check = txn->get(*head, as_bytes(kCheckKey));
  if (!salt) return salt.error();
  if (!check) return check.error();
  const bool fresh = !check->has_value();
  std::array<std::uint8_t, kSaltBytes> salt_bytes{};
  if (fresh) {
    random_.fill(salt_bytes);
  } else if (!*salt || (**salt).size() != salt_bytes.size()) {
    return fail(Errc::corrupt, "the store has lost its salt");
  } else {
    std::memcpy(salt_bytes.data(), (**salt).data(), salt_bytes.size());
  }
  const Bytes sealed_check = fresh ? Bytes() : Bytes((**check).begin(), (**check).end());
  SymmetricKey master =
      secret.key ? *secret.key : key_from_passphrase(secret.passphrase, salt_bytes);
  key_ = derive_key(master, kPurpose);
  wipe(master.data(), master.size());
  if (!fresh) {
    const auto opened = open_with(key_, sealed_check, as_bytes(kCheckKey));
    if (!opened || as_text(*opened) != kCheckText) {
      return fail(Errc::wrong_key, "the pass phrase or key does not open this store");
    }
    return {};
  }
  const Bytes sealed = seal_with(key_, random_, as_bytes(kCheckText), as_bytes(kCheckKey));
  HOUNIAO_TRY(txn->put(*head, as_bytes(kSaltKey), salt_bytes));
  HOUNIAO_TRY(txn->put(*head, as_bytes(kCheckKey), sealed));
  return txn->commit();
}

Result<void> LmdbStore::open_tables() {
  auto txn = lmdb::Transaction::begin_write(env_);
  if (!txn) return txn.error();
  for (std::size_t i = 0; i < kTables; ++i) {
    auto table = txn->open_table(kTableNames[i], MDB_CREATE);
    if (!table) return table.error();
    tables_[i] = *table;
  }
  return txn->commit();
}

Bytes LmdbStore::seal_value(Table table, std::uint64_t key, ByteView plain) const {
  return seal_with(key_, random_, plain, place(table, key));
}

Result<Bytes> LmdbStore::open_value(Table table, std::uint64_t key, ByteView sealed) const {
  auto plain = open_with(key_, sealed, place(table, key));
  if (!plain) {
    return fail(Errc::corrupt, std::string("a value of table ") +
                                   kTableNames[static_cast<std::size_t>(table)] + " was altered");
  }
  return plain;
}

Result<std::optional<Bytes>> LmdbStore::get(Table table, std::uint64_t key) const {
  auto txn = lmdb::Transaction::begin_read(env_);
  if (!txn) return txn.error();
  auto value = txn->get(tables_[static_cast<std::size_t>(table)], lmdb::U64Key(key));
  if (!value) return value.error();
  if (!*value) return std::optional<Bytes>{};
  auto plain = open_value(table, key, **value);
  if (!plain) return plain.error();
  return std::optional<Bytes>{std::move(*plain)};
}

Result<void> LmdbStore::scan(Table table, std::uint64_t from, const Visit& visit) const {
  auto txn = lmdb::Transaction::begin_read(env_);
  if (!txn) return txn.error();
  auto cursor = lmdb::Cursor::open(*txn, tables_[static_cast<std::size_t>(table)]);
  if (!cursor) return cursor.error();
  auto entry = cursor->seek(lmdb::U64Key(from));
  for (;;) {
    if (!entry) return entry.error();
    if (!*entry) return {};
    const std::uint64_t key = lmdb::U64Key::parse((**entry).key);
    auto plain = open_value(table, key, (**entry).value);
    if (!plain) return plain.error();
    HOUNIAO_TRY(visit(key, *plain));
    entry = cursor->move(MDB_NEXT);
  }
}

Result<void> LmdbStore::commit(std::span<const Write> writes) {
  auto txn = lmdb::Transaction::begin_write(env_);
  if (!txn) return txn.error();
  for (const Write& write : writes) {
    const MDB_dbi table = tables_[static_cast<std::size_t>(write.table)];
    const lmdb::U64Key key(write.key);
    if (!write.value) {
      auto erased = txn->erase(table, key);
      if (!erased) return erased.error();
      continue;
    }
    const Bytes sealed = seal_value(write.table, write.key, *write.value);
    HOUNIAO_TRY(txn->put(table, key, sealed));
  }
  return txn->commit();
}

}  // namespace houniao::client
