// The encrypted store, and what of it can be read from the disk.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/os/os.h"
#include "client_sdk/cpp/houniao.h"
#include "client_sdk/cpp/lmdb_store.h"
#include "client_sdk/cpp/url.h"
#include "tests/unit/client/scripted_server.h"

namespace houniao::tests {
namespace {

using client::LmdbStore;
using client::StoreSecret;
using client::Table;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "houniao.XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

StoreSecret raw_key(std::uint8_t fill) {
  StoreSecret secret;
  secret.key.emplace();
  secret.key->fill(fill);
  return secret;
}

constexpr std::size_t kMap = 64 * 1024 * 1024;

TEST(LmdbStore, KeepsValuesAcrossAReopenUnderTheSamePassPhrase) {
  TemporaryDirectory directory;
  os::SystemRandom random;
  const StoreSecret secret{"correct horse", std::nullopt};
  {
    auto store = LmdbStore::open(directory.path(), secret, kMap, random).value();
    const client::Write write{Table::meta, 9, Bytes{1, 2, 3}};
    ASSERT_TRUE(store->commit({&write, 1}));
  }
  auto store = LmdbStore::open(directory.path(), secret, kMap, random).value();
  EXPECT_EQ(store->get(Table::meta, 9).value(), (Bytes{1, 2, 3}));
  EXPECT_EQ(store->get(Table::meta, 8).value(), std::nullopt);
}

TEST(LmdbStore, AWrongPassPhraseOrKeyIsToldAndTouchesNothing) {
  TemporaryDirectory directory;
  os::SystemRandom random;
  ASSERT_TRUE(LmdbStore::open(directory.path(), raw_key(1), kMap, random));
  const auto wrong = LmdbStore::open(directory.path(), raw_key(2), kMap, random);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::wrong_key);
  EXPECT_TRUE(LmdbStore::open(directory.path(), raw_key(1), kMap, random));
  const auto neither = LmdbStore::open(directory.path(), {}, kMap, random);
  EXPECT_EQ(neither.error().code, Errc::invalid_argument);
}

TEST(LmdbStore, IsOpenInOnePlaceAtATime) {
  TemporaryDirectory directory;
  os::SystemRandom random;
  const auto first = LmdbStore::open(directory.path(), raw_key(1), kMap, random);
  const auto second = LmdbStore::open(directory.path(), raw_key(1), kMap, random);
  ASSERT_TRUE(first);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::storage_failed);
}

TEST(LmdbStore, AFullMapIsToldAndLeavesWhatWasThere) {
  TemporaryDirectory directory;
  os::SystemRandom random;
  auto store = LmdbStore::open(directory.path(), raw_key(1), 1024 * 1024, random).value();
  const client::Write small{Table::meta, 1, Bytes{7}};
  ASSERT_TRUE(store->commit({&small, 1}));
  const client::Write large{Table::batches, 1, Bytes(4 * 1024 * 1024)};
  const auto full = store->commit({&large, 1});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::storage_full);
  EXPECT_EQ(store->get(Table::meta, 1).value(), Bytes{7});
  const client::Write again{Table::meta, 2, Bytes{8}};
  EXPECT_TRUE(store->commit({&again, 1}));
}

TEST(LmdbStore, ScansInTheOrderOfKeys) {
  TemporaryDirectory directory;
  os::SystemRandom random;
  auto store = LmdbStore::open(directory.path(), raw_key(1), kMap, random).value();
  std::vector<client::Write> writes;
  for (const std::uint64_t key : {300ULL, 2ULL, 70'000ULL, 1ULL}) {
    writes.push_back({Table::batches, key, Bytes{static_cast<std::uint8_t>(key)}});
  }
  ASSERT_TRUE(store->commit(writes));
  std::vector<std::uint64_t> keys;
  ASSERT_TRUE(store->scan(Table::batches, 2, [&](std::uint64_t key, ByteView) -> Result<void> {
    keys.push_back(key);
    return {};
  }));
  EXPECT_EQ(keys, (std::vector<std::uint64_t>{2, 300, 70'000}));
}

std::string all_bytes_below(const std::filesystem::path& directory) {
  std::string out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    out.append(std::istreambuf_iterator<char>(in), {});
  }
  return out;
}

TEST(LmdbStore, NothingReadableOfAPersonIsOnTheDisk) {
  TemporaryDirectory directory;
  ScriptedServer server;
  SeededRandom random(3);
  client::Now now{WallTime{1'700'000'000'000'000}, 1'000'000};
  PersonId person;
  {
    auto store = LmdbStore::open(directory.path(), raw_key(1), kMap, random).value();
    auto core = client::ClientCore::open(*store, random, {}).value();
    core->set_enrolment_code(server.code);
    core->connected(now);
    const auto exchange = [&] {
      for (auto frames = core->take_output(); !frames.empty(); frames = core->take_output()) {
        for (const Bytes& frame : frames) {
          for (const Bytes& answer : server.handle(frame)) core->feed(answer, now);
        }
      }
    };
    exchange();
    EventDraft draft;
    draft.scope = ScriptedServer::kSite;
    draft.personal.push_back({PersonId{},
                              {"欧阳雪梅", "34052419800101001X", "13712345678",
                               CivilDate{1980, 1, 1}, "lives-behind-the-temple"}});
    draft.body = [](schema::Event::Body::Builder body) {
      body.initPersonRegistered().setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
    };
    person = entity_cast<PersonId>(core->record({&draft, 1}, now).value().front());
    exchange();
    EXPECT_EQ(core->notebook().personal(person).value().name, "欧阳雪梅");
  }
  const std::string disk = all_bytes_below(directory.path());
  ASSERT_GT(disk.size(), 4096U);
  for (const char* secret : {"欧阳雪梅", "34052419800101001X", "13712345678", "behind-the-temple",
                             "SiteOpened", "log.test"}) {
    EXPECT_EQ(disk.find(secret), std::string::npos) << secret;
  }
  auto store = LmdbStore::open(directory.path(), raw_key(1), kMap, random).value();
  auto core = client::ClientCore::open(*store, random, {}).value();
  EXPECT_EQ(core->notebook().personal(person).value().phone, "13712345678");
}

// --- the public API without a server -----------------------------------------------------------

Client::Options options_in(const std::filesystem::path& directory) {
  Client::Options options;
  options.directory = directory;
  options.key.emplace();
  options.key->fill(9);
  options.map_bytes = kMap;
  return options;
}

TEST(Client, OpensAFreshDirectoryAndKeepsItsKey) {
  TemporaryDirectory directory;
  DeviceId id;
  {
    auto client = Client::open(options_in(directory.path())).value();
    id = client->identity().id;
    EXPECT_FALSE(client->enrolled());
    EventDraft draft;
    draft.body = [](schema::Event::Body::Builder body) { body.initSessionHeld(); };
    EXPECT_EQ(client->record(draft).error().code, Errc::unauthorised);
    EXPECT_EQ(client->connect("ws://127.0.0.1:1").error().code, Errc::unauthorised);
  }
  auto client = Client::open(options_in(directory.path())).value();
  EXPECT_EQ(client->identity().id, id);
}

TEST(Client, EnrolmentWithoutAServerGivesUpInTimeAndSaysSo) {
  TemporaryDirectory directory;
  auto client = Client::open(options_in(directory.path())).value();
  const auto enrolled = client->enrol("ws://127.0.0.1:1", "CODE", std::chrono::milliseconds(300));
  ASSERT_FALSE(enrolled);
  EXPECT_EQ(enrolled.error().code, Errc::unavailable);
}

TEST(Client, RefusesAddressesThatLeaveTheMachineWithoutTls) {
  EXPECT_TRUE(client::parse_url("ws://127.0.0.1:8443"));
  EXPECT_TRUE(client::parse_url("ws://[::1]:8443/x"));
  EXPECT_EQ(client::parse_url("wss://log.example.org").value().port, "443");
  EXPECT_EQ(client::parse_url("ws://log.example.org:80").error().code, Errc::invalid_argument);
  EXPECT_EQ(client::parse_url("http://127.0.0.1").error().code, Errc::invalid_argument);
  EXPECT_EQ(client::parse_url("ws://127.0.0.1:x").error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace houniao::tests
