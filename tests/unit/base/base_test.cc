#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "base/crypto.h"
#include "base/lmdb.h"
#include "base/os/os.h"
#include "base/time.h"

namespace houniao {
namespace {

std::array<std::uint8_t, 32> seed_of(const std::string& hex) {
  std::array<std::uint8_t, 32> out{};
  const auto bytes = from_hex(hex);
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

// FIPS 180-4 examples.
TEST(Sha256, MatchesPublishedVectors) {
  crypto_init();
  EXPECT_EQ(to_hex(sha256(ByteView{}).bytes),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256(as_bytes("abc")).bytes),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(as_bytes("a"), as_bytes("bc")), sha256(as_bytes("abc")));
  Sha256 incremental;
  incremental.update(as_bytes("ab"));
  incremental.update(as_bytes("c"));
  EXPECT_EQ(incremental.finish(), sha256(as_bytes("abc")));
  EXPECT_EQ(incremental.finish(), sha256(ByteView{}));
}

// RFC 4231 test case 2.
TEST(Hmac, MatchesRfc4231) {
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?")).bytes),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(SealTo, OpensOnlyForTheRecipientAndOnlyUnchanged) {
  crypto_init();
  os::SystemRandom random;
  const SigningKey alice = make_signing_key(random);
  const SigningKey bob = make_signing_key(random);
  const Bytes box = seal_to(alice.verify_key(), as_bytes("key"), random);
  EXPECT_EQ(as_text(*open_sealed(alice, box)), "key");
  EXPECT_FALSE(open_sealed(bob, box));
  for (std::size_t i = 0; i < box.size(); ++i) {
    Bytes bad = box;
    bad[i] ^= 1;
    EXPECT_FALSE(open_sealed(alice, bad)) << i;
  }
}

// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
TEST(XChaCha20Poly1305, MatchesThePublishedVector) {
  crypto_init();
  SymmetricKey key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(0x80 + i);
  Nonce nonce;
  for (std::size_t i = 0; i < nonce.size(); ++i) nonce[i] = static_cast<std::uint8_t>(0x40 + i);
  const auto aad = *from_hex("50515253c0c1c2c3c4c5c6c7");
  const Bytes sealed =
      seal(key, nonce,
           as_bytes("Ladies and Gentlemen of the class of '99: If I could offer you "
                    "only one tip for the future, sunscreen would be it."),
           aad);
  EXPECT_EQ(to_hex(ByteView(sealed).first(16)), "bd6d179d3e83d43b9576579493c0e939");
  EXPECT_EQ(to_hex(ByteView(sealed).last(16)), "c0875924c1c7987947deafd8780acf49");
  EXPECT_TRUE(open(key, nonce, sealed, aad));
  EXPECT_FALSE(open(key, nonce, sealed));
}

TEST(Ids, RoundTripThroughTheirTextForm) {
  const EventId id = event_id(DeviceNumber{7}, DeviceSeq{1234});
  EXPECT_EQ(to_string(id), "7-1234");
  EXPECT_EQ(parse_event_id("7-1234"), id);
  for (const char* bad : {"", "7", "-1", "7-", "7-x", "7-1 ", "99999999999-1"}) {
    EXPECT_EQ(parse_event_id(bad), EventId{}) << bad;
  }
}

TEST(Day, AgreesWithTheCalendar) {
  EXPECT_EQ(to_day({1970, 1, 1}).value, 0);
  EXPECT_EQ(to_day({2000, 3, 1}).value, 11017);
  EXPECT_EQ(to_string(to_day({2016, 2, 29})), "2016-02-29");
  EXPECT_FALSE(parse_day("2015-02-29"));
  EXPECT_FALSE(parse_day("201111月"));
  EXPECT_EQ(parse_day("2012-11-01"), to_day({2012, 11, 1}));
  for (int d = -200000; d < 200000; d += 17) EXPECT_EQ(to_day(to_civil(Day{d})).value, d);
  // 16:00 UTC is midnight in China.
  EXPECT_EQ(day_of(WallTime{16LL * 3600 * 1000000}).value, 1);
  EXPECT_EQ(day_of(WallTime{16LL * 3600 * 1000000 - 1}).value, 0);
  EXPECT_EQ(to_rfc3339(WallTime{0}), "1970-01-01T08:00:00+08:00");
}

TEST(Base64, IsStrict) {
  EXPECT_EQ(to_base64(as_bytes("foob")), "Zm9vYg==");
  EXPECT_EQ(as_text(*from_base64("Zm9vYg==")), "foob");
  EXPECT_FALSE(from_base64("Zm9vYg"));
  EXPECT_FALSE(from_base64("Zm9v Yg=="));
  EXPECT_FALSE(from_base64("Zm9vYh=="));  // bits after the end
}

TEST(Lmdb, ReportsAFullMapAndRecoversWhenItGrows) {
  const auto dir =
      std::filesystem::temp_directory_path() / ("houniao_lmdb_" + std::to_string(getpid()));
  std::filesystem::remove_all(dir);
  {
    auto env = lmdb::Environment::open(dir, {.map_bytes = 1 << 16});
    ASSERT_TRUE(env);
    const Bytes big(1 << 17, 1);
    const auto put = [&]() -> Result<void> {
      auto txn = lmdb::Transaction::begin_write(*env);
      if (!txn) return txn.error();
      auto table = txn->open_table("t", MDB_CREATE);
      if (!table) return table.error();
      HOUNIAO_TRY(txn->put(*table, lmdb::U64Key(1), big));
      return txn->commit();
    };
    const auto full = put();
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, Errc::storage_full);
    ASSERT_TRUE(env->set_map_bytes(1 << 20));
    EXPECT_TRUE(put());
  }
  std::filesystem::remove_all(dir);
}

TEST(Ed25519, MatchesRfc8032Section71) {
  crypto_init();
  struct Vector {
    const char* seed;
    const char* public_key;
    const char* message;
    const char* signature;
  };
  const Vector vectors[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9b46bd"
       "25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "11d8c3"
       "87b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "dc6594"
       "a7c15e9716ed28dc027beceea1ec40a"},
  };
  for (const Vector& v : vectors) {
    const SigningKey key = signing_key_from_seed(seed_of(v.seed));
    EXPECT_EQ(to_hex(key.verify_key().bytes), v.public_key);
    Signature signature = sign(key, *from_hex(v.message));
    EXPECT_EQ(to_hex(signature.bytes), v.signature);
    EXPECT_TRUE(verify(key.verify_key(), *from_hex(v.message), signature));
    signature.bytes[5] ^= 1;
    EXPECT_FALSE(verify(key.verify_key(), *from_hex(v.message), signature));
  }
}

// There is nothing to see from outside but that memory stays what it was while the heap grows,
// shrinks and is asked for again.
TEST(LargePages, LeaveTheHeapAsItIs) {
  os::LargePages pages;
  std::vector<std::vector<std::uint8_t>> blocks;
  for (std::uint8_t i = 0; i < 40; ++i) {
    blocks.emplace_back(std::size_t{1} << 20, i);
    if (i % 16 == 15) blocks.erase(blocks.begin(), blocks.begin() + 8);
    pages.extend();
  }
  for (const auto& block : blocks) EXPECT_EQ(block.front(), block.back());
  EXPECT_GT(os::rss_bytes(), std::int64_t{20} << 20);
  EXPECT_GE(os::peak_rss_bytes(), os::rss_bytes());
}

}  // namespace
}  // namespace houniao
