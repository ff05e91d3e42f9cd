// Signatures that others made: RFC 8032 for Ed25519, the Go note package for signed notes.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/crypto.h"
#include "replay/checkpoint.h"
#include "tests/vectors/vectors.h"

namespace houniao {
namespace {

TEST(Ed25519Vectors, KeysAndSignaturesAreThoseOfRfc8032) {
  const auto vectors = vectors::load("ed25519_vectors.json");
  for (const auto& vector : vectors["vectors"]) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    std::array<std::uint8_t, 32> seed{};
    std::ranges::copy(vectors::hex(vector["seed"]), seed.begin());
    const SigningKey key = signing_key_from_seed(seed);
    EXPECT_EQ(to_hex(key.verify_key().bytes), vector["public"].get<std::string>());
    const Bytes message = vectors::hex(vector["message"]);
    Signature signature = sign(key, message);
    EXPECT_EQ(to_hex(signature.bytes), vector["signature"].get<std::string>());
    EXPECT_TRUE(verify(key.verify_key(), message, signature));
    for (std::size_t i = 0; i < signature.bytes.size(); ++i) {
      signature.bytes[i] ^= 1;
      EXPECT_FALSE(verify(key.verify_key(), message, signature)) << "byte " << i;
      signature.bytes[i] ^= 1;
    }
  }
}

TEST(NoteVectors, ThePublishedNoteOpensWithItsPublishedKey) {
  const auto vector = vectors::load("note_vectors.json");
  const auto vkey = vector["verifier_key"].get<std::string>();
  const auto text = open_note(vector["note"].get<std::string>(), vkey);
  ASSERT_TRUE(text) << text.error().message();
  EXPECT_EQ(*text, vector["text"].get<std::string>());
  const auto key = parse_verifier_key(vkey);
  ASSERT_TRUE(key);
  EXPECT_EQ(verifier_key(key->name, key->key), vkey);
}

TEST(NoteVectors, ThePublishedNoteWithAnyByteChangedDoesNotOpen) {
  const auto vector = vectors::load("note_vectors.json");
  const auto vkey = vector["verifier_key"].get<std::string>();
  const auto note = vector["note"].get<std::string>();
  for (std::size_t i = 0; i < note.size(); ++i) {
    std::string changed = note;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open_note(changed, vkey)) << "byte " << i;
  }
}

}  // namespace
}  // namespace houniao
