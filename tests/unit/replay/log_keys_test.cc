// The keys of a log over its life, cosignatures of witnesses, and proofs as files.
#include "replay/log_keys.h"

#include <gtest/gtest.h>

#include "replay/cosignature.h"
#include "replay/merkle/hash.h"
#include "replay/tlog_proof.h"

namespace houniao {
namespace {

constexpr const char* kOrigin = "log.test/keys";

SigningKey key_of(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(n);
  return signing_key_from_seed(seed);
}

LogKeyChange change(std::uint8_t from, std::uint8_t to, std::uint64_t size) {
  return hand_over_log_key(kOrigin, key_of(from), key_of(to), TreeSize{size}, 1);
}

LogKeys three_keys() {
  const auto keys = LogKeys::follow(
      {announce_log_key(kOrigin, key_of(1), TreeSize{1}), change(1, 2, 100), change(2, 3, 200)});
  EXPECT_TRUE(keys) << keys.error().message();
  return **keys;
}

Checkpoint checkpoint_of(std::uint64_t size) {
  return {kOrigin, TreeSize{size}, sha256(Bytes{static_cast<std::uint8_t>(size)})};
}

TEST(LogKeys, EachKeySignsItsStretchOfTheLogAndNoOther) {
  const LogKeys keys = three_keys();
  const auto opens = [&](std::uint64_t size, std::uint8_t key) {
    return keys.open(sign_checkpoint(checkpoint_of(size), key_of(key))).has_value();
  };
  EXPECT_TRUE(opens(1, 1));
  EXPECT_TRUE(opens(100, 1)) << "the change is the record after these";
  EXPECT_FALSE(opens(101, 1)) << "a key that was replaced signs nothing more";
  EXPECT_TRUE(opens(101, 2));
  EXPECT_FALSE(opens(100, 2));
  EXPECT_TRUE(opens(201, 3));
  EXPECT_FALSE(opens(201, 2));
  EXPECT_FALSE(opens(99, 9));
}

TEST(LogKeys, ACheckpointWithBothSignaturesOpensUnderTheNextKey) {
  const Checkpoint checkpoint = checkpoint_of(101);
  const std::string body = checkpoint_body(checkpoint);
  const std::string note =
      sign_checkpoint(checkpoint, key_of(2)) +
      note_signature_line(kOrigin, key_of(1).verify_key(), sign(key_of(1), as_bytes(body)));
  const auto opened = three_keys().open(note);
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ(opened->checkpoint, checkpoint);
  EXPECT_TRUE(open_checkpoint(note, verifier_key(kOrigin, key_of(1).verify_key())))
      << "whoever knows the first key alone still reads it";
}

TEST(LogKeys, AChangeThatDoesNotContinueTheKeysIsRefused) {
  const auto refused = [](const LogKeyChange& next) {
    LogKeys keys = three_keys();
    const auto added = keys.add(next);
    EXPECT_EQ(keys.all(), three_keys().all());
    return !added;
  };
  EXPECT_TRUE(refused(change(1, 4, 300))) << "from a key that is not in force";
  EXPECT_TRUE(refused(change(3, 1, 300))) << "back to a key that was given up";
  EXPECT_TRUE(refused(change(3, 4, 200))) << "at a place before the last change";
  EXPECT_TRUE(refused(announce_log_key(kOrigin, key_of(4), TreeSize{300})));
  LogKeyChange other = hand_over_log_key("log.test/other", key_of(3), key_of(4), TreeSize{300}, 1);
  EXPECT_TRUE(refused(other)) << "of another log";
  LogKeys keys = three_keys();
  EXPECT_TRUE(keys.add(change(3, 4, 300)));
}

TEST(LogKeys, AChangeIsReadOnlyWhenBothKeysSignedIt) {
  const auto read = [](const LogKeyChange& c) {
    capnp::MallocMessageBuilder message;
    auto body = message.initRoot<schema::LogKeyChanged>();
    write_log_key_change(c, body);
    return read_log_key_change(body.asReader());
  };
  const LogKeyChange good = change(1, 2, 100);
  const auto same = read(good);
  ASSERT_TRUE(same) << same.error().message();
  EXPECT_EQ(*same, good);
  for (const auto signature : {&LogKeyChange::handover, &LogKeyChange::possession}) {
    LogKeyChange spoilt = good;
    (spoilt.*signature).bytes[7] ^= 1;
    EXPECT_EQ(read(spoilt).error().code, Errc::bad_signature);
  }
  LogKeyChange moved = good;
  moved.from = TreeSize{101};
  EXPECT_EQ(read(moved).error().code, Errc::bad_signature) << "the place is signed too";
  LogKeyChange first = good;
  first.previous.reset();
  EXPECT_FALSE(read(first));
}

// --- cosignatures ------------------------------------------------------------------------------

std::string cosigned_note(std::int64_t seconds) {
  const Checkpoint checkpoint = checkpoint_of(7);
  return sign_checkpoint(checkpoint, key_of(1)) +
         cosign(checkpoint_body(checkpoint), "witness.test/w", key_of(8), seconds);
}

TEST(Cosignature, AWitnessAndTheLogSignOneNote) {
  const Cosigner witness{"witness.test/w", key_of(8).verify_key()};
  const std::string note = cosigned_note(1'700'000'000);
  EXPECT_EQ(verify_cosignature(note, witness).value(), 1'700'000'000);
  EXPECT_TRUE(open_checkpoint(note, verifier_key(kOrigin, key_of(1).verify_key())));
  EXPECT_EQ(parse_cosigner_key(cosigner_key(witness.name, witness.key)).value(), witness);
  EXPECT_FALSE(parse_cosigner_key(verifier_key(witness.name, witness.key)))
      << "a key for plain notes is not one for cosignatures";
}

TEST(Cosignature, CanaryAnotherTimeTextOrNameDoesNotVerify) {
  const Cosigner witness{"witness.test/w", key_of(8).verify_key()};
  std::string other_root = cosigned_note(5);
  const std::string root = to_base64(checkpoint_of(7).root.view());
  other_root.replace(other_root.find(root), root.size(), to_base64(checkpoint_of(8).root.view()));
  EXPECT_FALSE(verify_cosignature(other_root, witness));
  EXPECT_FALSE(verify_cosignature(cosigned_note(5), {"witness.test/x", witness.key}));
  EXPECT_FALSE(verify_cosignature(cosigned_note(5), {witness.name, key_of(9).verify_key()}));
  auto parts = split_note(cosigned_note(5)).value();
  parts.signatures.back().signature[7] ^= 1;  // the last byte of the time
  EXPECT_TRUE(good_cosignatures(parts.text, parts.signatures, {witness}).empty());
}

// The example of the specification names a key hash for its witness: name and hash are what they
// should be made of.
TEST(Cosignature, TheKeyHashDependsOnTheType) {
  const VerifyKey key = key_of(8).verify_key();
  Bytes typed{0x04};
  append(typed, key.bytes);
  const Hash expected = sha256(as_bytes("witness.test/w\n"), typed);
  const auto hash = cosigner_key_hash("witness.test/w", key);
  EXPECT_TRUE(equal(hash, ByteView(expected.bytes).first(4)));
  EXPECT_NE(hash, key_hash("witness.test/w", key));
}

// --- proofs as files ---------------------------------------------------------------------------

TlogProof proof_of_two(const Bytes& record) {
  TlogProof proof;
  const Hash leaf = merkle::leaf_hash(record);
  const Hash sibling = merkle::leaf_hash(Bytes{9});
  proof.index = Seq{1};
  proof.path = {sibling};
  proof.checkpoint =
      sign_checkpoint({kOrigin, TreeSize{2}, merkle::node_hash(sibling, leaf)}, key_of(1));
  return proof;
}

TEST(TlogProof, AFileProvesItsRecordAndNoOther) {
  const Bytes record{1, 2, 3};
  TlogProof proof = proof_of_two(record);
  const LogKeys keys(kOrigin, key_of(1).verify_key());
  for (const bool with_record : {false, true}) {
    if (with_record) proof.extra = record;
    const auto read = parse_tlog_proof(write_tlog_proof(proof));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(*read, proof);
    EXPECT_EQ(verify_tlog_proof(*read, record, keys).value().size, TreeSize{2});
    EXPECT_FALSE(verify_tlog_proof(*read, Bytes{1, 2, 4}, keys));
  }
  EXPECT_FALSE(verify_tlog_proof(proof, record, LogKeys(kOrigin, key_of(2).verify_key())));
  TlogProof moved = proof;
  moved.index = Seq{0};
  EXPECT_FALSE(verify_tlog_proof(moved, record, keys));
}

TEST(TlogProof, WhatIsNotTheFormatIsRefusedWithItsReason) {
  const std::string good = write_tlog_proof(proof_of_two({1}));
  EXPECT_TRUE(parse_tlog_proof(good));
  const auto without = [&](const std::string& part, const std::string& instead) {
    std::string text = good;
    text.replace(text.find(part), part.size(), instead);
    return parse_tlog_proof(text);
  };
  EXPECT_FALSE(without("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"));
  EXPECT_FALSE(without("index 1", "index 01"));
  EXPECT_FALSE(without("index 1\n", ""));
  EXPECT_FALSE(without("\n\n" + std::string(kOrigin), "\n" + std::string(kOrigin)));
  EXPECT_FALSE(parse_tlog_proof(good.substr(0, good.find("\n\n") + 2)));
  EXPECT_FALSE(parse_tlog_proof(""));
}

}  // namespace
}  // namespace houniao
