// The cryptographic primitives, each by its standard name, over libsodium and OpenSSL. Pure
// functions; safe on any thread after crypto_init(). Randomness always comes in from outside
// (base/ports.h), so that simulated runs repeat.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ports.h"

namespace houniao {

// Call once in main() before anything else; throws when the library cannot start.
void crypto_init();

// FIPS 180-4 SHA-256.
Hash sha256(ByteView data);
Hash sha256(ByteView first, ByteView second);
Hash sha256(ByteView first, ByteView second, ByteView third);

// Incremental SHA-256. Movable, not copyable; one thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(ByteView data);
  Hash finish();  // resets, ready for the next message

 private:
  void* context_;
};

// RFC 2104 with SHA-256.
Hash hmac_sha256(ByteView key, ByteView data);

// RFC 8032 Ed25519.
struct VerifyKey {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const VerifyKey&) const = default;
};
struct Signature {
  std::array<std::uint8_t, 64> bytes{};
  auto operator<=>(const Signature&) const = default;
};
struct SigningKey {
  std::array<std::uint8_t, 64> bytes{};  // seed then public key, as libsodium stores it
  VerifyKey verify_key() const;
  Bytes seed() const;
};
SigningKey signing_key_from_seed(const std::array<std::uint8_t, 32>& seed);
SigningKey make_signing_key(Random& random);
Signature sign(const SigningKey& key, ByteView message);
bool verify(const VerifyKey& key, ByteView message, const Signature& signature);

// The device id that belongs to a public key.
DeviceId device_id_for(const VerifyKey& key);

// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): 24-byte nonce, 16-byte tag appended.
using SymmetricKey = std::array<std::uint8_t, 32>;
using Nonce = std::array<std::uint8_t, 24>;
SymmetricKey make_symmetric_key(Random& random);
Nonce make_nonce(Random& random);
Bytes seal(const SymmetricKey& key, const Nonce& nonce, ByteView plain, ByteView associated = {});
Result<Bytes> open(const SymmetricKey& key, const Nonce& nonce, ByteView sealed,
                   ByteView associated = {});

// Anonymous public-key encryption to the owner of an Ed25519 key (converted to X25519): an
// ephemeral X25519 key from `random`, then XChaCha20-Poly1305 under a key hashed from the shared
// secret and both public keys.
Bytes seal_to(const VerifyKey& recipient, ByteView plain, Random& random);
Result<Bytes> open_sealed(const SigningKey& recipient, ByteView sealed);

// Argon2id (RFC 9106) with libsodium's "interactive" cost; salt is 16 bytes. Takes ~50 ms.
SymmetricKey key_from_passphrase(std::string_view passphrase,
                                 const std::array<std::uint8_t, 16>& salt);
// Independent key for one purpose out of one master key (keyed hash with a label).
SymmetricKey derive_key(const SymmetricKey& master, std::string_view purpose);
// Overwrites secret memory in a way the compiler may not remove.
void wipe(void* data, std::size_t size);

}  // namespace houniao
