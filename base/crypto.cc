#include "base/crypto.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <stdexcept>

namespace houniao {
namespace {

constexpr std::size_t kSealToOverhead = crypto_scalarmult_BYTES + crypto_secretbox_MACBYTES;

const EVP_MD* sha256_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return method;
}

EVP_MD_CTX* start(EVP_MD_CTX* context) {
  HOUNIAO_ASSERT(EVP_DigestInit_ex2(context, sha256_method(), nullptr) == 1);
  return context;
}

// One reusable context per thread: fetching the algorithm anew costs more than a short hash.
EVP_MD_CTX* thread_context() {
  struct Holder {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~Holder() { EVP_MD_CTX_free(context); }
  };
  thread_local Holder holder;
  return start(holder.context);
}

Hash finish_digest(EVP_MD_CTX* context) {
  Hash out;
  unsigned int size = 0;
  HOUNIAO_ASSERT(EVP_DigestFinal_ex(context, out.bytes.data(), &size) == 1);
  return out;
}

// Key and nonce of a sealed box, bound to both public keys so that neither can be swapped.
void box_key_nonce(const std::uint8_t* shared, const std::uint8_t* ephemeral,
                   const std::uint8_t* recipient, SymmetricKey& key, Nonce& nonce) {
  std::array<std::uint8_t, 56> out;
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, out.size());
  static constexpr char kLabel[] = "houniao sealed box 1";
  crypto_generichash_update(&state, reinterpret_cast<const std::uint8_t*>(kLabel), sizeof kLabel);
  crypto_generichash_update(&state, shared, crypto_scalarmult_BYTES);
  crypto_generichash_update(&state, ephemeral, crypto_scalarmult_BYTES);
  crypto_generichash_update(&state, recipient, crypto_scalarmult_BYTES);
  crypto_generichash_final(&state, out.data(), out.size());
  std::memcpy(key.data(), out.data(), key.size());
  std::memcpy(nonce.data(), out.data() + key.size(), nonce.size());
}

}  // namespace

void crypto_init() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start on this machine");
  if (sha256_method() == nullptr) throw std::runtime_error("OpenSSL offers no SHA-256");
}

Hash sha256(ByteView data) {
  EVP_MD_CTX* context = thread_context();
  EVP_DigestUpdate(context, data.data(), data.size());
  return finish_digest(context);
}

Hash sha256(ByteView first, ByteView second) {
  EVP_MD_CTX* context = thread_context();
  EVP_DigestUpdate(context, first.data(), first.size());
  EVP_DigestUpdate(context, second.data(), second.size());
  return finish_digest(context);
}

Hash sha256(ByteView first, ByteView second, ByteView third) {
  EVP_MD_CTX* context = thread_context();
  EVP_DigestUpdate(context, first.data(), first.size());
  EVP_DigestUpdate(context, second.data(), second.size());
  EVP_DigestUpdate(context, third.data(), third.size());
  return finish_digest(context);
}

Sha256::Sha256() : context_(start(EVP_MD_CTX_new())) {}
Sha256::~Sha256() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }
void Sha256::update(ByteView data) {
  EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), data.data(), data.size());
}
Hash Sha256::finish() {
  auto* context = static_cast<EVP_MD_CTX*>(context_);
  const Hash out = finish_digest(context);
  start(context);
  return out;
}

Hash hmac_sha256(ByteView key, ByteView data) {
  Hash out;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, data.data(), data.size());
  crypto_auth_hmacsha256_final(&state, out.bytes.data());
  return out;
}

VerifyKey SigningKey::verify_key() const {
  VerifyKey out;
  crypto_sign_ed25519_sk_to_pk(out.bytes.data(), bytes.data());
  return out;
}

Bytes SigningKey::seed() const { return Bytes(bytes.begin(), bytes.begin() + 32); }

SigningKey signing_key_from_seed(const std::array<std::uint8_t, 32>& seed) {
  SigningKey out;
  VerifyKey ignored;
  crypto_sign_seed_keypair(ignored.bytes.data(), out.bytes.data(), seed.data());
  return out;
}

SigningKey make_signing_key(Random& random) {
  std::array<std::uint8_t, 32> seed;
  random.fill(seed);
  SigningKey out = signing_key_from_seed(seed);
  wipe(seed.data(), seed.size());
  return out;
}

Signature sign(const SigningKey& key, ByteView message) {
  Signature out;
  crypto_sign_detached(out.bytes.data(), nullptr, message.data(), message.size(), key.bytes.data());
  return out;
}

bool verify(const VerifyKey& key, ByteView message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.bytes.data(), message.data(), message.size(),
                                     key.bytes.data()) == 0;
}

DeviceId device_id_for(const VerifyKey& key) {
  const Hash hash = sha256(key.bytes);
  DeviceId out;
  std::memcpy(out.bytes.data(), hash.bytes.data(), out.bytes.size());
  return out;
}

SymmetricKey make_symmetric_key(Random& random) {
  SymmetricKey out;
  random.fill(out);
  return out;
}

Nonce make_nonce(Random& random) {
  Nonce out;
  random.fill(out);
  return out;
}

Bytes seal(const SymmetricKey& key, const Nonce& nonce, ByteView plain, ByteView associated) {
  Bytes out(plain.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data(), nullptr, plain.data(), plain.size(),
                                             associated.data(), associated.size(), nullptr,
                                             nonce.data(), key.data());
  return out;
}

Result<Bytes> open(const SymmetricKey& key, const Nonce& nonce, ByteView sealed,
                   ByteView associated) {
  if (sealed.size() < crypto_aead_xchacha20poly1305_ietf_ABYTES) {
    return fail(Errc::wrong_key, "the ciphertext is shorter than its tag");
  }
  Bytes out(sealed.size() - crypto_aead_xchacha20poly1305_ietf_ABYTES);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          out.data(), nullptr, nullptr, sealed.data(), sealed.size(), associated.data(),
          associated.size(), nonce.data(), key.data()) != 0) {
    return fail(Errc::wrong_key, "the ciphertext does not open under this key");
  }
  return out;
}

Bytes seal_to(const VerifyKey& recipient, ByteView plain, Random& random) {
  std::array<std::uint8_t, crypto_scalarmult_BYTES> recipient_x;
  std::array<std::uint8_t, crypto_scalarmult_BYTES> secret;
  std::array<std::uint8_t, crypto_scalarmult_BYTES> ephemeral;
  std::array<std::uint8_t, crypto_scalarmult_BYTES> shared;
  HOUNIAO_ASSERT(crypto_sign_ed25519_pk_to_curve25519(recipient_x.data(), recipient.bytes.data()) ==
                 0);
  random.fill(secret);
  crypto_scalarmult_base(ephemeral.data(), secret.data());
  HOUNIAO_ASSERT(crypto_scalarmult(shared.data(), secret.data(), recipient_x.data()) == 0);
  SymmetricKey key;
  Nonce nonce;
  box_key_nonce(shared.data(), ephemeral.data(), recipient_x.data(), key, nonce);
  Bytes out(ephemeral.begin(), ephemeral.end());
  append(out, seal(key, nonce, plain));
  wipe(secret.data(), secret.size());
  wipe(shared.data(), shared.size());
  wipe(key.data(), key.size());
  return out;
}

Result<Bytes> open_sealed(const SigningKey& recipient, ByteView sealed) {
  if (sealed.size() < kSealToOverhead) return fail(Errc::malformed, "sealed box too short");
  std::array<std::uint8_t, crypto_scalarmult_BYTES> secret;
  std::array<std::uint8_t, crypto_scalarmult_BYTES> own;
  std::array<std::uint8_t, crypto_scalarmult_BYTES> shared;
  crypto_sign_ed25519_sk_to_curve25519(secret.data(), recipient.bytes.data());
  crypto_scalarmult_base(own.data(), secret.data());
  if (crypto_scalarmult(shared.data(), secret.data(), sealed.data()) != 0) {
    return fail(Errc::malformed, "sealed box with a weak public key");
  }
  SymmetricKey key;
  Nonce nonce;
  box_key_nonce(shared.data(), sealed.data(), own.data(), key, nonce);
  wipe(secret.data(), secret.size());
  wipe(shared.data(), shared.size());
  return open(key, nonce, sealed.subspan(crypto_scalarmult_BYTES));
}

SymmetricKey key_from_passphrase(std::string_view passphrase,
                                 const std::array<std::uint8_t, 16>& salt) {
  SymmetricKey out;
  if (crypto_pwhash(out.data(), out.size(), passphrase.data(), passphrase.size(), salt.data(),
                    crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw std::runtime_error("not enough memory to derive a key from the pass phrase (64 MiB)");
  }
  return out;
}

SymmetricKey derive_key(const SymmetricKey& master, std::string_view purpose) {
  SymmetricKey out;
  crypto_generichash(out.data(), out.size(), as_bytes(purpose).data(), purpose.size(),
                     master.data(), master.size());
  return out;
}

void wipe(void* data, std::size_t size) { sodium_memzero(data, size); }

}  // namespace houniao
