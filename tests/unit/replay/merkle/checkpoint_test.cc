#include "replay/checkpoint.h"

#include <gtest/gtest.h>

#include "replay/merkle/hash.h"

namespace houniao {
namespace {

SigningKey test_key(std::uint8_t fill) {
  std::array<std::uint8_t, 32> seed;
  seed.fill(fill);
  return signing_key_from_seed(seed);
}

const SigningKey kKey = test_key(7);
const Checkpoint kCheckpoint{"log.example/houniao", TreeSize{1234}, merkle::empty_root()};
const std::string kVkey = verifier_key(kCheckpoint.origin, kKey.verify_key());

Errc refused(std::string_view note, std::string_view vkey = kVkey) {
  const auto opened = open_checkpoint(note, vkey);
  EXPECT_FALSE(opened) << note;
  return opened ? Errc::internal : opened.error().code;
}

TEST(Checkpoints, OpenAsTheyWereSigned) {
  const std::string note = sign_checkpoint(kCheckpoint, kKey);
  EXPECT_TRUE(note.starts_with(
      "log.example/houniao\n1234\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\xe2\x80\x94 "
      "log.example/houniao "));
  EXPECT_EQ(open_checkpoint(note, kVkey).value(), kCheckpoint);
}

TEST(Checkpoints, WithAnyByteChangedDoNotOpen) {
  const std::string note = sign_checkpoint(kCheckpoint, kKey);
  for (std::size_t i = 0; i < note.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = note;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      EXPECT_FALSE(open_checkpoint(changed, kVkey)) << "byte " << i << " bit " << bit;
    }
    EXPECT_FALSE(open_checkpoint(note.substr(0, i), kVkey));
  }
}

TEST(Checkpoints, TheRawSignatureRebuildsTheNote) {
  const std::string note = sign_checkpoint(kCheckpoint, kKey);
  const Signature signature = checkpoint_signature(note, kVkey).value();
  EXPECT_TRUE(verify_checkpoint(kCheckpoint, kKey.verify_key(), signature));
  EXPECT_EQ(note_with_signature(kCheckpoint, kKey.verify_key(), signature), note);
  Checkpoint other = kCheckpoint;
  other.size = TreeSize{1235};
  EXPECT_FALSE(verify_checkpoint(other, kKey.verify_key(), signature));
}

TEST(Checkpoints, OfAnotherKeyAreRefusedAndCosignaturesAreIgnored) {
  const SigningKey witness = test_key(8);
  const std::string note = sign_checkpoint(kCheckpoint, kKey);
  EXPECT_EQ(refused(sign_checkpoint(kCheckpoint, witness)), Errc::bad_signature);
  const std::string by_witness =
      sign_note(checkpoint_body(kCheckpoint), "witness.example", witness);
  const std::string line = by_witness.substr(by_witness.rfind("\n\n") + 2);
  EXPECT_EQ(open_checkpoint(note + line, kVkey).value(), kCheckpoint);
  EXPECT_EQ(refused(by_witness), Errc::bad_signature);
  // The witness vouches for a log that has another name.
  EXPECT_EQ(refused(by_witness, verifier_key("witness.example", witness.verify_key())),
            Errc::checkpoint_mismatch);
}

TEST(Checkpoints, WithAnUnreadableBodyAreRefusedAlthoughSigned) {
  const std::string root = to_base64(kCheckpoint.root.view());
  const std::string name = kCheckpoint.origin;
  for (const std::string& body :
       {name + "\n", name + "\n1\n", name + "\n01\n" + root + "\n", name + "\n-1\n" + root + "\n",
        name + "\n+1\n" + root + "\n", name + "\n1 \n" + root + "\n",
        name + "\n18446744073709551616\n" + root + "\n", name + "\n1\n" + root.substr(4) + "\n",
        name + "\n1\n" + root + "\n\n", name + "\n\n" + root + "\n",
        std::string("\n1\n") + root + "\n"}) {
    EXPECT_EQ(refused(sign_note(body, name, kKey)), Errc::malformed) << body;
  }
  const auto extended = sign_note(name + "\n1\n" + root + "\nextension\n", name, kKey);
  EXPECT_EQ(open_checkpoint(extended, kVkey).value().size, TreeSize{1});
}

TEST(Checkpoints, HostileNotesAreRefused) {
  const std::string note = sign_checkpoint(kCheckpoint, kKey);
  EXPECT_EQ(refused(""), Errc::malformed);
  EXPECT_EQ(refused("\n"), Errc::malformed);
  EXPECT_EQ(refused("\n\n"), Errc::malformed);
  EXPECT_EQ(refused(note + "\n"), Errc::malformed);
  EXPECT_EQ(refused(note + "\xe2\x80\x94 x y\n"), Errc::malformed);
  EXPECT_EQ(refused(std::string(kNoteBytesMax + 1, 'a')), Errc::too_large);
  std::string many = note;
  const std::string line = note.substr(note.rfind("\n\n") + 2);
  for (int i = 0; i < 101; ++i) many += line;
  EXPECT_EQ(refused(many), Errc::malformed);
}

TEST(VerifierKeys, AreReadStrictly) {
  const VerifierKey key = parse_verifier_key(kVkey).value();
  EXPECT_EQ(key.name, kCheckpoint.origin);
  EXPECT_EQ(key.key, kKey.verify_key());
  for (std::size_t i = 0; i < kVkey.size(); ++i) {
    std::string changed = kVkey;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(parse_verifier_key(changed)) << i;
    EXPECT_FALSE(parse_verifier_key(kVkey.substr(0, i))) << i;
  }
  EXPECT_FALSE(valid_key_name(""));
  EXPECT_FALSE(valid_key_name("a b"));
  EXPECT_FALSE(valid_key_name("a+b"));
  EXPECT_FALSE(valid_key_name("a\xe3\x80\x80z"));
  EXPECT_TRUE(valid_key_name("候鸟.example/日志"));
}

}  // namespace
}  // namespace houniao
