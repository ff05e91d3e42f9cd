#include <gtest/gtest.h>

#include <filesystem>

#include "base/os/os.h"
#include "device.h"
#include "scratch.h"
#include "server/keys/lmdb_key_store.h"

namespace houniao::testing_server {
namespace {

struct Store {
  Scratch directory;
  CountingRandom random;
  SymmetricKey master{};
  std::unique_ptr<KeyStore> keys;
  explicit Store(bool disk) : disk_(disk) {
    master.fill(7);
    open();
  }
  void open() {
    keys.reset();
    if (!disk_) {
      keys = std::make_unique<MemoryKeyStore>(random);
      return;
    }
    auto opened = LmdbKeyStore::open(directory.path(), master, random, LmdbKeyStore::Access::owner);
    ASSERT_TRUE(opened) << opened.error().message();
    keys = std::move(*opened);
  }
  SubjectKey make(std::uint64_t person) {
    return {PersonId{person}, person, make_symmetric_key(random)};
  }

 private:
  bool disk_;
};

class KeyStoreTest : public ::testing::TestWithParam<bool> {
 protected:
  Store store_{GetParam()};
  KeyStore& keys() { return *store_.keys; }
};

INSTANTIATE_TEST_SUITE_P(Engines, KeyStoreTest, ::testing::Values(false, true),
                         [](const auto& tested) { return tested.param ? "Lmdb" : "Memory"; });

TEST_P(KeyStoreTest, ADepositedKeyComesBack) {
  const SubjectKey key = store_.make(5);
  EXPECT_EQ(*keys().put_keys({&key, 1}), std::vector<bool>{true});
  EXPECT_EQ(keys().key_of(PersonId{5})->key, key.key);
  EXPECT_EQ(keys().key_of(PersonId{6}).error().code, Errc::not_found);
}

TEST_P(KeyStoreTest, TheFirstKeyOfAPersonStays) {
  const SubjectKey first = store_.make(5);
  const SubjectKey second = store_.make(5);
  EXPECT_EQ(*keys().put_keys({&first, 1}), std::vector<bool>{true});
  EXPECT_EQ(*keys().put_keys({&first, 1}), std::vector<bool>{true});
  EXPECT_EQ(*keys().put_keys({&second, 1}), std::vector<bool>{false});
  EXPECT_EQ(keys().key_of(PersonId{5})->key, first.key);
}

TEST_P(KeyStoreTest, ErasingOnePersonLeavesTheOthersReadable) {
  std::vector<SubjectKey> all;
  for (std::uint64_t i = 1; i <= 20; ++i) all.push_back(store_.make(i));
  ASSERT_TRUE(keys().put_keys(all));
  const PersonId gone{7};
  ASSERT_TRUE(keys().erase({&gone, 1}));
  for (const SubjectKey& key : all) {
    if (key.subject == gone) continue;
    EXPECT_EQ(keys().key_of(key.subject)->key, key.key);
  }
  EXPECT_EQ(keys().key_of(gone).error().code, Errc::not_found);
  EXPECT_TRUE(*keys().was_erased(gone));
  EXPECT_EQ(*keys().put_keys({&all[6], 1}), std::vector<bool>{false});
}

TEST_P(KeyStoreTest, KeysHandedOutAreCounted) {
  const PersonId person{5};
  EXPECT_EQ(*keys().handed_out(person), 0u);
  ASSERT_TRUE(keys().count_handed_out(DeviceNumber{3}, {&person, 1}, WallTime{1}));
  ASSERT_TRUE(keys().count_handed_out(DeviceNumber{4}, {&person, 1}, WallTime{2}));
  EXPECT_EQ(*keys().handed_out(person), 2u);
}

TEST_P(KeyStoreTest, ACodeIsFoundHoweverItIsTyped) {
  EnrolmentCode grant;
  grant.expires = WallTime{1000};
  grant.scopes = {ScopeId{16}};
  ASSERT_TRUE(keys().add_code("ABCD-01GH-JKMN-PQRS", grant));
  const auto claimed = keys().claim_code("ABCD-10GH-JKMN-PQRS", DeviceId{{1}}, WallTime{10});
  ASSERT_FALSE(claimed);
  EXPECT_EQ(claimed.error().code, Errc::bad_code);
  const auto again = keys().claim_code(" abcd olgh jkmn-pqrs", DeviceId{{1}}, WallTime{10});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->scopes, grant.scopes);
  EXPECT_EQ(keys().claim_code("ABCD-01GH-JKMN-PQRS", DeviceId{{2}}, WallTime{10}).error().code,
            Errc::bad_code);
}

TEST_P(KeyStoreTest, ATokenIsKnownOnlyInFull) {
  ASSERT_TRUE(keys().add_token("hn_secret", {"audit office", 3, false}));
  EXPECT_EQ(keys().find_token("hn_secret")->label, "audit office");
  EXPECT_EQ(keys().find_token("hn_secre").error().code, Errc::unauthorised);
}

TEST(LmdbKeyStoreTest, EverythingIsThereAfterReopening) {
  Store store(true);
  const SubjectKey key = store.make(5);
  ASSERT_TRUE(store.keys->put_keys({&key, 1}));
  const SymmetricKey blind = store.keys->blind_key();
  store.open();
  EXPECT_EQ(store.keys->key_of(PersonId{5})->key, key.key);
  EXPECT_EQ(store.keys->blind_key(), blind);
}

TEST(LmdbKeyStoreTest, AnotherMasterKeyDoesNotOpenIt) {
  Store store(true);
  store.keys.reset();
  store.master.fill(8);
  const auto opened = LmdbKeyStore::open(store.directory.path(), store.master, store.random,
                                         LmdbKeyStore::Access::owner);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::wrong_key);
}

// The pages of the data base may keep the wrapped key; the key that would open it is gone.
TEST(LmdbKeyStoreTest, ErasingDestroysTheEpochKeyThatTheErasedKeyWasWrappedUnder) {
  Store store(true);
  const SubjectKey key = store.make(5);
  ASSERT_TRUE(store.keys->put_keys({&key, 1}));
  const auto old_epoch = store.directory.path() / "epoch-1.key";
  ASSERT_TRUE(std::filesystem::exists(old_epoch));
  const auto old_content = os::read_file(old_epoch, 1024);
  ASSERT_TRUE(old_content);
  const PersonId person{5};
  ASSERT_TRUE(store.keys->erase({&person, 1}));
  EXPECT_FALSE(std::filesystem::exists(old_epoch));
  EXPECT_TRUE(std::filesystem::exists(store.directory.path() / "epoch-2.key"));
  // No file of the directory holds the old epoch key any more, wrapped or not.
  for (const auto& entry : std::filesystem::directory_iterator(store.directory.path())) {
    const auto content = os::read_file(entry.path(), std::size_t{1} << 30);
    ASSERT_TRUE(content);
    EXPECT_EQ(as_text(*content).find(as_text(*old_content)), std::string_view::npos);
  }
  store.open();
  EXPECT_EQ(store.keys->key_of(person).error().code, Errc::not_found);
  EXPECT_TRUE(*store.keys->was_erased(person));
}

TEST(LmdbKeyStoreTest, ACrashBetweenTheTwoStepsOfAnErasureLeavesAUsableStore) {
  Store store(true);
  const SubjectKey key = store.make(5);
  ASSERT_TRUE(store.keys->put_keys({&key, 1}));
  // The file of the next epoch was written and nothing named it yet.
  ASSERT_TRUE(os::write_file_durably(store.directory.path() / "epoch-2.key", Bytes(72, 1)));
  store.open();
  EXPECT_EQ(store.keys->key_of(PersonId{5})->key, key.key);
  EXPECT_FALSE(std::filesystem::exists(store.directory.path() / "epoch-2.key"));
}

TEST(LmdbKeyStoreTest, AProcessThatOnlyAddsCodesLeavesAnErasureUnderWayAlone) {
  Store store(true);
  const SubjectKey key = store.make(5);
  ASSERT_TRUE(store.keys->put_keys({&key, 1}));
  store.keys.reset();
  ASSERT_TRUE(os::write_file_durably(store.directory.path() / "epoch-2.key", Bytes(72, 1)));
  const auto other = LmdbKeyStore::open(store.directory.path(), store.master, store.random,
                                        LmdbKeyStore::Access::codes_only);
  ASSERT_TRUE(other);
  EXPECT_TRUE((*other)->add_code("ABCD", {}));
  EXPECT_TRUE(std::filesystem::exists(store.directory.path() / "epoch-2.key"));
}

TEST(LmdbKeyStoreTest, NoKeyRestsInTheClear) {
  Store store(true);
  const SubjectKey key = store.make(5);
  ASSERT_TRUE(store.keys->put_keys({&key, 1}));
  store.keys.reset();
  for (const auto& entry : std::filesystem::directory_iterator(store.directory.path())) {
    const auto content = os::read_file(entry.path(), std::size_t{1} << 30);
    ASSERT_TRUE(content);
    EXPECT_EQ(as_text(*content).find(as_text(key.key)), std::string_view::npos);
  }
}

}  // namespace
}  // namespace houniao::testing_server
