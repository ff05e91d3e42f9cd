#include "server/keys/lmdb_key_store.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/os/os.h"

namespace houniao {
namespace {

constexpr std::string_view kFormat = "houniao-keys-1";
constexpr std::string_view kEpochPurpose = "houniao epoch key";
constexpr std::string_view kBlindPurpose = "houniao blind-index key";
constexpr std::size_t kMapBytes = std::size_t{4} << 30;
constexpr std::size_t kNonce = sizeof(Nonce);

Bytes u64_le(std::uint64_t v) {
  Bytes out;
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<std::uint8_t>(v >> (8 * i)));
  return out;
}
std::uint64_t parse_u64_le(ByteView b) {
  std::uint64_t v = 0;
  for (std::size_t i = std::min<std::size_t>(b.size(), 8); i-- > 0;) v = v << 8 | b[i];
  return v;
}

Result<SymmetricKey> unwrap(const SymmetricKey& under, ByteView wrapped, std::string_view purpose) {
  if (wrapped.size() < kNonce) return fail(Errc::corrupt, "a wrapped key is too short");
  Nonce nonce;
  std::copy_n(wrapped.begin(), kNonce, nonce.begin());
  auto plain = open(under, nonce, wrapped.subspan(kNonce), as_bytes(purpose));
  if (!plain) return plain.error();
  SymmetricKey out;
  if (plain->size() != out.size()) return fail(Errc::corrupt, "a wrapped key has the wrong size");
  std::copy(plain->begin(), plain->end(), out.begin());
  wipe(plain->data(), plain->size());
  return out;
}

// Overwrites a file before it goes, as far as the file system lets one.
void shred(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd >= 0) {
    std::error_code ignored;
    const Bytes zeros(static_cast<std::size_t>(std::filesystem::file_size(path, ignored)), 0);
    if (::write(fd, zeros.data(), zeros.size()) >= 0) ::fdatasync(fd);
    ::close(fd);
  }
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

}  // namespace

Result<std::unique_ptr<LmdbKeyStore>> LmdbKeyStore::open(const std::filesystem::path& directory,
                                                         const SymmetricKey& master, Random& random,
                                                         Access access) {
  lmdb::Options options;
  options.map_bytes = kMapBytes;
  auto env = lmdb::Environment::open(directory, options);
  if (!env) return env.error();
  std::unique_ptr<LmdbKeyStore> out(
      new LmdbKeyStore(directory, std::move(*env), master, random, access));
  HOUNIAO_TRY(out->start());
  return out;
}

LmdbKeyStore::~LmdbKeyStore() {
  wipe(master_.data(), master_.size());
  wipe(epoch_key_.data(), epoch_key_.size());
  wipe(blind_key_.data(), blind_key_.size());
}

Result<void> LmdbKeyStore::start() {
  auto txn = lmdb::Transaction::begin_write(env_);
  if (!txn) return txn.error();
  const std::pair<MDB_dbi*, const char*> names[] = {
      {&tables_.keys, "keys"},   {&tables_.erased, "erased"}, {&tables_.access, "access"},
      {&tables_.codes, "codes"}, {&tables_.tokens, "tokens"}, {&tables_.meta, "meta"}};
  for (const auto& [table, name] : names) {
    auto opened = txn->open_table(name, MDB_CREATE);
    if (!opened) return opened.error();
    *table = *opened;
  }
  HOUNIAO_TRY(start_meta(*txn));
  HOUNIAO_TRY(txn->commit());
  return load_epoch();
}

Result<void> LmdbKeyStore::start_meta(lmdb::Transaction& txn) {
  const auto format = txn.get(tables_.meta, as_bytes("format"));
  if (!format) return format.error();
  if (*format) {
    if (as_text(**format) == kFormat) return {};
    return fail(Errc::corrupt, directory_.string() + ": not a key store of this format");
  }
  // The epoch key's file is durable before anything names it.
  HOUNIAO_TRY(write_epoch(1, make_symmetric_key(random_)));
  const Bytes blind = wrap(master_, make_symmetric_key(random_), kBlindPurpose);
  HOUNIAO_TRY(txn.put(tables_.meta, as_bytes("format"), as_bytes(kFormat)));
  HOUNIAO_TRY(txn.put(tables_.meta, as_bytes("epoch"), u64_le(1)));
  return txn.put(tables_.meta, as_bytes("blind"), blind);
}

Result<void> LmdbKeyStore::load_epoch() {
  auto txn = lmdb::Transaction::begin_read(env_);
  if (!txn) return txn.error();
  const auto number = txn->get(tables_.meta, as_bytes("epoch"));
  if (!number) return number.error();
  const auto blind = txn->get(tables_.meta, as_bytes("blind"));
  if (!blind) return blind.error();
  if (!*number || !*blind) return fail(Errc::corrupt, "the key store has no epoch");
  epoch_ = parse_u64_le(**number);
  auto blind_key = unwrap(master_, **blind, kBlindPurpose);
  if (!blind_key) {
    return fail(Errc::wrong_key, directory_.string() + ": server.key does not open the key store");
  }
  blind_key_ = *blind_key;
  const auto raw = os::read_file(epoch_file(epoch_), 1024);
  if (!raw) return raw.error();
  auto key = unwrap(master_, *raw, kEpochPurpose);
  if (!key) return key.error();
  epoch_key_ = *key;
  // What an erasure that was cut short left behind. Nobody else may: the owner could be in the
  // middle of one.
  if (access_ == Access::owner) destroy_other_epochs();
  return {};
}

std::filesystem::path LmdbKeyStore::epoch_file(std::uint64_t number) const {
  return directory_ / ("epoch-" + std::to_string(number) + ".key");
}

Result<void> LmdbKeyStore::write_epoch(std::uint64_t number, const SymmetricKey& key) {
  return os::write_file_durably(epoch_file(number), wrap(master_, key, kEpochPurpose));
}

void LmdbKeyStore::destroy_other_epochs() {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("epoch-") && entry.path() != epoch_file(epoch_)) shred(entry.path());
  }
}

Bytes LmdbKeyStore::wrap(const SymmetricKey& under, const SymmetricKey& key,
                         std::string_view purpose) {
  const Nonce nonce = make_nonce(random_);
  Bytes out(nonce.begin(), nonce.end());
  append(out, seal(under, nonce, key, as_bytes(purpose)));
  return out;
}

Result<Bytes> LmdbKeyStore::wrapped_entry(const SubjectKey& key, const SymmetricKey& under) {
  const Nonce nonce = make_nonce(random_);
  Bytes out = u64_le(key.key_id);
  append(out, nonce);
  append(out, seal(under, nonce, key.key, lmdb::U64Key(key.subject.value)));
  return out;
}

Result<SubjectKey> LmdbKeyStore::unwrap_entry(PersonId subject, ByteView entry,
                                              const SymmetricKey& under) const {
  if (entry.size() != 8 + kNonce + 48)
    return fail(Errc::corrupt, "a stored key has the wrong size");
  Nonce nonce;
  std::copy_n(entry.begin() + 8, kNonce, nonce.begin());
  auto plain = houniao::open(under, nonce, entry.subspan(8 + kNonce), lmdb::U64Key(subject.value));
  if (!plain) return fail(Errc::corrupt, "a stored key does not open under the epoch key");
  SubjectKey out{subject, parse_u64_le(entry.first(8)), {}};
  std::copy(plain->begin(), plain->end(), out.key.begin());
  wipe(plain->data(), plain->size());
  return out;
}

Result<std::vector<bool>> LmdbKeyStore::put_keys(std::span<const SubjectKey> keys) {
  std::vector<bool> out;
  if (keys.empty()) return out;
  const std::lock_guard lock(mutex_);
  auto txn = lmdb::Transaction::begin_write(env_);
  if (!txn) return txn.error();
  for (const SubjectKey& key : keys) {
    const lmdb::U64Key id(key.subject.value);
    const auto erased = txn->get(tables_.erased, id);
    if (!erased) return erased.error();
    const auto present = txn->get(tables_.keys, id);
    if (!present) return present.error();
    if (*erased) {
      out.push_back(false);
    } else if (*present) {
      const auto stored = unwrap_entry(key.subject, **present, epoch_key_);
      out.push_back(stored && stored->key == key.key);
    } else {
      const auto entry = wrapped_entry(key, epoch_key_);
      HOUNIAO_TRY(txn->put(tables_.keys, id, *entry));
      out.push_back(true);
    }
  }
  HOUNIAO_TRY(txn->commit());
  return out;
}

Result<SubjectKey> LmdbKeyStore::key_of(PersonId subject) {
  const std::lock_guard lock(mutex_);
  auto txn = lmdb::Transaction::begin_read(env_);
  if (!txn) return txn.error();
  const auto entry = txn->get(tables_.keys, lmdb::U64Key(subject.value));
  if (!entry) return entry.error();
  if (!*entry) return fail(Errc::not_found, "no key of this person");
  return unwrap_entry(subject, **entry, epoch_key_);
}

Result<void> LmdbKeyStore::rewrap(lmdb::Transaction& txn, const SymmetricKey& fresh) {
  std::vector<SubjectKey> survivors;
  {
    auto cursor = lmdb::Cursor::open(txn, tables_.keys);
    if (!cursor) return cursor.error();
    for (auto entry = cursor->move(MDB_FIRST);; entry = cursor->move(MDB_NEXT)) {
      if (!entry) return entry.error();
      if (!*entry) break;
      auto key =
          unwrap_entry(PersonId{lmdb::U64Key::parse((*entry)->key)}, (*entry)->value, epoch_key_);
      if (!key) return key.error();
      survivors.push_back(*key);
    }
  }
  for (SubjectKey& key : survivors) {
    const auto entry = wrapped_entry(key, fresh);
    wipe(key.key.data(), key.key.size());
    HOUNIAO_TRY(txn.put(tables_.keys, lmdb::U64Key(key.subject.value), *entry));
  }
  return {};
}

Result<void> LmdbKeyStore::erase(std::span<const PersonId> subjects) {
  HOUNIAO_ASSERT(access_ == Access::owner);
  const std::lock_guard lock(mutex_);
  const SymmetricKey fresh = make_symmetric_key(random_);
  HOUNIAO_TRY(write_epoch(epoch_ + 1, fresh));
  auto txn = lmdb::Transaction::begin_write(env_);
  if (!txn) return txn.error();
  for (PersonId subject : subjects) {
    const lmdb::U64Key id(subject.value);
    const auto erased = txn->erase(tables_.keys, id);
    if (!erased) return erased.error();
    HOUNIAO_TRY(txn->put(tables_.erased, id, ByteView{}));
  }
  HOUNIAO_TRY(rewrap(*txn, fresh));
  HOUNIAO_TRY(txn->put(tables_.meta, as_bytes("epoch"), u64_le(epoch_ + 1)));
  HOUNIAO_TRY(txn->commit());
  // From here on the old epoch is nobody's; a crash before this line is finished by the next start.
  ++epoch_;
  wipe(epoch_key_.data(), epoch_key_.size());
  epoch_key_ = fresh;
  destroy_other_epochs();
  return {};
}

Result<bool> LmdbKeyStore::was_erased(PersonId subject) {
  auto txn = lmdb::Transaction::begin_read(env_);
  if (!txn) return txn.error();
  const auto entry = txn->get(tables_.erased, lmdb::U64Key(subject.value));
  if (!entry) return entry.error();
  return entry->has_value();
}

Result<void> LmdbKeyStore::count_handed_out(DeviceNumber, std::span<const PersonId> subjects,
                                            WallTime) {
  auto txn = lmdb::Transaction::begin_write(env_);
  if (!txn) return txn.error();
  for (PersonId subject : subjects) {
    const lmdb::U64Key id(subject.value);
    const auto entry = txn->get(tables_.access, id);
    if (!entry) return entry.error();
    const std::uint64_t count = *entry ? parse_u64_le(**entry) : 0;
    HOUNIAO_TRY(txn->put(tables_.access, id, u64_le(count + 1)));
  }
  return txn->commit();
}

Result<std::uint64_t> LmdbKeyStore::handed_out(PersonId subject) {
  auto txn = lmdb::Transaction::begin_read(env_);
  if (!txn) return txn.error();
  const auto entry = txn->get(tables_.access, lmdb::U64Key(subject.value));
  if (!entry) return entry.error();
  return *entry ? parse_u64_le(**entry) : std::uint64_t{0};
}

Result<void> LmdbKeyStore::add_code(std::string_view code, const EnrolmentCode& grant) {
  auto txn = lmdb::Transaction::begin_write(env_);
  if (!txn) return txn.error();
  const std::string text = to_json_text(grant);
  HOUNIAO_TRY(txn->put(tables_.codes, enrolment_code_hash(code).bytes, as_bytes(text)));
  return txn->commit();
}

Result<EnrolmentCode> LmdbKeyStore::claim_code(std::string_view code, const DeviceId& device,
                                               WallTime now) {
  auto txn = lmdb::Transaction::begin_write(env_);
  if (!txn) return txn.error();
  const Hash hash = enrolment_code_hash(code);
  const auto entry = txn->get(tables_.codes, hash.bytes);
  if (!entry) return entry.error();
  if (!*entry) return fail(Errc::bad_code, "unknown enrolment code");
  auto grant = parse_enrolment_code(as_text(**entry));
  if (!grant) return grant.error();
  if (grant->claimed_by) {
    if (*grant->claimed_by == device) return grant;
    return fail(Errc::bad_code, "the enrolment code was used by another device");
  }
  if (grant->expires < now) return fail(Errc::bad_code, "the enrolment code expired");
  grant->claimed_by = device;
  const std::string text = to_json_text(*grant);
  HOUNIAO_TRY(txn->put(tables_.codes, hash.bytes, as_bytes(text)));
  HOUNIAO_TRY(txn->commit());
  return grant;
}

Result<void> LmdbKeyStore::add_token(std::string_view token, const AccessToken& access) {
  auto txn = lmdb::Transaction::begin_write(env_);
  if (!txn) return txn.error();
  const std::string text = to_json_text(access);
  HOUNIAO_TRY(txn->put(tables_.tokens, sha256(as_bytes(token)).bytes, as_bytes(text)));
  return txn->commit();
}

Result<AccessToken> LmdbKeyStore::find_token(std::string_view token) {
  auto txn = lmdb::Transaction::begin_read(env_);
  if (!txn) return txn.error();
  const auto entry = txn->get(tables_.tokens, sha256(as_bytes(token)).bytes);
  if (!entry) return entry.error();
  if (!*entry) return fail(Errc::unauthorised, "unknown access token");
  return parse_access_token(as_text(**entry));
}

}  // namespace houniao
