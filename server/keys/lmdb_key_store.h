// The key store on disk: an LMDB environment of its own and, beside it, one file with the epoch
// key.
//
//   <dir>/data.mdb      tables: keys, erased, access, codes, tokens, meta
//   <dir>/epoch-N.key   32 bytes, the epoch key under the master key (XChaCha20-Poly1305, 24-byte
//   nonce
//                       first); exactly one is valid, the N that meta names
//
//   keys     person id (8, big-endian) -> key id (8), nonce (24), wrapped key (48)
//   erased   person id -> empty
//   access   person id -> number of times its key was handed out (8, little-endian)
//   codes    SHA-256 -> JSON        tokens   SHA-256 -> JSON
//   meta     "format", "epoch" (8, little-endian), "blind" (nonce and wrapped blind-index key)
//
// erase() writes the survivors under a fresh epoch key and then overwrites and removes the old one.
// What LMDB or the file system still holds of the old pages cannot be opened any more.
//
// Another process (`houniao enrol`) may open the same directory for codes and tokens while the
// server runs; only the server, the owner, touches keys and epochs. Threads: any.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "base/lmdb.h"
#include "server/keys/key_store.h"

namespace houniao {

class LmdbKeyStore final : public KeyStore {
 public:
  enum class Access { owner, codes_only };
  // `master` wraps the epoch keys and lives in server.key. wrong_key when it is not the one that
  // the directory was made with.
  static Result<std::unique_ptr<LmdbKeyStore>> open(const std::filesystem::path& directory,
                                                    const SymmetricKey& master, Random& random,
                                                    Access access);
  ~LmdbKeyStore() override;

  Result<std::vector<bool>> put_keys(std::span<const SubjectKey> keys) override;
  Result<SubjectKey> key_of(PersonId subject) override;
  Result<void> erase(std::span<const PersonId> subjects) override;
  Result<bool> was_erased(PersonId subject) override;
  Result<void> count_handed_out(DeviceNumber device, std::span<const PersonId> subjects,
                                WallTime now) override;
  Result<std::uint64_t> handed_out(PersonId subject) override;
  Result<void> add_code(std::string_view code, const EnrolmentCode& grant) override;
  Result<EnrolmentCode> claim_code(std::string_view code, const DeviceId& device,
                                   WallTime now) override;
  Result<void> add_token(std::string_view token, const AccessToken& access) override;
  Result<AccessToken> find_token(std::string_view token) override;
  SymmetricKey blind_key() override { return blind_key_; }

  std::uint64_t epoch() const { return epoch_; }

 private:
  struct Tables {
    MDB_dbi keys = 0, erased = 0, access = 0, codes = 0, tokens = 0, meta = 0;
  };
  LmdbKeyStore(std::filesystem::path directory, lmdb::Environment env, const SymmetricKey& master,
               Random& random, Access access)
      : directory_(std::move(directory)),
        env_(std::move(env)),
        access_(access),
        master_(master),
        random_(random) {}

  Result<void> start();
  Result<void> start_meta(lmdb::Transaction& txn);
  Result<void> load_epoch();
  Result<void> write_epoch(std::uint64_t number, const SymmetricKey& key);
  void destroy_other_epochs();
  std::filesystem::path epoch_file(std::uint64_t number) const;
  Bytes wrap(const SymmetricKey& under, const SymmetricKey& key, std::string_view purpose);
  Result<Bytes> wrapped_entry(const SubjectKey& key, const SymmetricKey& under);
  Result<SubjectKey> unwrap_entry(PersonId subject, ByteView entry,
                                  const SymmetricKey& under) const;
  Result<void> rewrap(lmdb::Transaction& txn, const SymmetricKey& fresh);

  const std::filesystem::path directory_;
  lmdb::Environment env_;
  const Access access_;
  SymmetricKey master_;
  Random& random_;
  Tables tables_;
  std::mutex mutex_;  // guards the epoch; LMDB itself serialises writers
  std::uint64_t epoch_ = 0;
  SymmetricKey epoch_key_{};
  SymmetricKey blind_key_{};
};

}  // namespace houniao
