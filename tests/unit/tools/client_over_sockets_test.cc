// The SDK against the real server over real loopback sockets, both in this process.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "base/os/os.h"
#include "client_sdk/cpp/houniao.h"
#include "replay/digest.h"
#include "replay/state.h"
#include "server/server.h"
#include "tools/benchmarks/clients.h"

namespace houniao {
namespace {

using namespace std::chrono_literals;

constexpr ScopeId kSite{16};

class ClientOverSockets : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "houniao.XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
    config_ = create_config(path_ / "server", "test.local/houniao", random_, clock_.wall()).value();
    start_server(0);
  }
  void TearDown() override {
    server_.reset();
    std::filesystem::remove_all(path_);
  }

  void start_server(std::uint16_t port) {
    GatewayOptions gateway;
    gateway.port = port;
    server_ = Server::open(config_, clock_, random_, gateway).value();
    server_->start();
  }

  std::string code(const std::string& text, bool whole_log = false) {
    EnrolmentCode grant;
    grant.expires = WallTime{clock_.wall().us + 3'600'000'000};
    grant.roles = {static_cast<std::uint16_t>(schema::Role::FIELD),
                   static_cast<std::uint16_t>(schema::Role::SUPERVISOR)};
    grant.scopes = {kScopeCommons, kSite};
    grant.whole_log = whole_log;
    grant.label = text;
    EXPECT_TRUE(server_->engine().keys().add_code(text, grant));
    return text;
  }

  std::unique_ptr<Client> open(const std::string& name) {
    Client::Options options;
    options.directory = path_ / name;
    options.key.emplace();
    options.key->fill(3);
    options.map_bytes = std::size_t{1} << 30;
    auto client = Client::open(std::move(options));
    EXPECT_TRUE(client) << client.error().message();
    return std::move(*client);
  }

  std::unique_ptr<Client> enrolled(const std::string& name, bool whole_log = false) {
    auto client = open(name);
    const auto identity = client->enrol(server_->url(), code(name, whole_log), 10s);
    EXPECT_TRUE(identity) << identity.error().message();
    return client;
  }

  static EventDraft session_held(ScopeId scope = kSite) {
    EventDraft draft;
    draft.scope = scope;
    draft.body = [](schema::Event::Body::Builder body) {
      auto held = body.initSessionHeld();
      held.setKind("weekend_class");
      held.setHeadcount(12);
    };
    return draft;
  }

  std::filesystem::path path_;
  os::SystemClock clock_;
  os::SystemRandom random_;
  ServerConfig config_;
  std::unique_ptr<Server> server_;
};

TEST_F(ClientOverSockets, RecordsSynchronisesAndKnowsWhatBecameOfEveryEvent) {
  auto client = enrolled("tablet");
  std::atomic<int> changes{0};
  const auto handle = client->watch([&](const Client::Change&) { ++changes; });
  std::vector<EventId> ids;
  for (int i = 0; i < 17; ++i) ids.push_back(client->record(session_held()).value());
  const auto synced = client->wait_synced(10s);
  ASSERT_TRUE(synced) << synced.error().message();
  for (const EventId id : ids) {
    const auto status = client->status(id).value();
    EXPECT_NE(status.status, SyncStatus::on_device);
    EXPECT_NE(status.status, SyncStatus::received);
    EXPECT_TRUE(status.seq.has_value());
  }
  const OutboxCounters counters = client->outbox();
  EXPECT_EQ(counters.recorded, 17U);
  EXPECT_EQ(counters.acknowledged, 17U);
  EXPECT_EQ(counters.judged, 17U);
  EXPECT_GT(changes.load(), 0);
  client->unwatch(handle);
  EXPECT_EQ(client->sync().link, Link::online);
}

TEST_F(ClientOverSockets, AWholeLogDeviceHasTheServersDigestAndRoot) {
  auto tablet = enrolled("tablet");
  auto auditor = enrolled("auditor", true);
  std::vector<EventDraft> drafts(2'000, session_held());
  ASSERT_TRUE(tablet->record_many(drafts));
  ASSERT_TRUE(tablet->wait_synced(20s));
  const auto synced = auditor->wait_synced(20s);
  ASSERT_TRUE(synced) << synced.error().message();
  const auto head = server_->engine().published().head();
  ASSERT_TRUE(auditor->checkpoint());
  EXPECT_EQ(auditor->checkpoint()->checkpoint.size, head->size);
  EXPECT_EQ(auditor->checkpoint()->checkpoint.root, head->root);
  Hash folded;
  ASSERT_TRUE(auditor->with_confirmed_state([&](const State& s) { folded = houniao::digest(s); }));
  EXPECT_EQ(auditor->digest().value(), folded);
  auditor.reset();
  EXPECT_EQ(open("auditor")->digest().value(), folded) << "after a reopen";
}

TEST_F(ClientOverSockets, WorkGoesOnWhileTheServerIsDownAndArrivesWhenItIsBack) {
  auto client = enrolled("tablet");
  const std::uint16_t port = server_->port();
  server_->stop();
  server_.reset();
  const EventId id = client->record(session_held()).value();
  EXPECT_EQ(client->status(id).value().status, SyncStatus::on_device);
  EXPECT_FALSE(client->wait_synced(300ms));
  start_server(port);
  const auto synced = client->wait_synced(20s);
  ASSERT_TRUE(synced) << synced.error().message();
  EXPECT_NE(client->status(id).value().status, SyncStatus::on_device);
}

TEST_F(ClientOverSockets, ARestartedClientSendsWhatItHadRecorded) {
  EventId id;
  {
    auto client = enrolled("tablet");
    client->disconnect();
    EXPECT_EQ(client->sync().link, Link::offline);
    id = client->record(session_held()).value();
    EXPECT_EQ(client->export_unsent(path_ / "unsent").value(), 1U);
  }
  auto client = open("tablet");
  EXPECT_EQ(client->status(id).value().status, SyncStatus::on_device);
  ASSERT_TRUE(client->connect(server_->url()));
  ASSERT_TRUE(client->wait_synced(10s));
  EXPECT_NE(client->status(id).value().status, SyncStatus::on_device);
}

TEST_F(ClientOverSockets, AWrongOrUsedCodeIsRefusedWithWhatToDo) {
  auto first = enrolled("first");
  auto second = open("second");
  const auto refused = second->enrol(server_->url(), "first", 10s);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::bad_code);
  EXPECT_TRUE(second->enrol(server_->url(), code("second"), 10s));
}

TEST_F(ClientOverSockets, ANameReachesAnotherDeviceOnlyWithItsKey) {
  auto first = enrolled("first");
  EventDraft draft;
  draft.scope = kSite;
  draft.personal.push_back({PersonId{}, {"张三丰", "11010519491231002X", "", std::nullopt, ""}});
  draft.body = [](schema::Event::Body::Builder body) {
    body.initPersonRegistered().setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
  };
  const PersonId person = entity_cast<PersonId>(first->record(draft).value());
  ASSERT_TRUE(first->wait_synced(10s));
  auto second = enrolled("second");
  ASSERT_TRUE(second->wait_synced(10s));
  EXPECT_EQ(second->personal(person).error().code, Errc::wrong_key);
  const auto granted = second->request_keys({&person, 1}, 10s);
  ASSERT_TRUE(granted) << granted.error().message();
  EXPECT_EQ(*granted, 1U);
  EXPECT_EQ(second->personal(person).value().name, "张三丰");
}

TEST(Benchmarks, EachRunsAtSizeOneAndCountsWhatItDid) {
  os::SystemClock clock;
  os::SystemRandom random;
  std::string pattern = (std::filesystem::temp_directory_path() / "houniao.XXXXXX").string();
  const std::filesystem::path path = ::mkdtemp(pattern.data());
  const bench::Machine machine{path, clock, random};
  const auto ingest = bench::measure_ingest(machine, {640, 2, 32, 4});
  ASSERT_TRUE(ingest) << ingest.error().message();
  EXPECT_EQ(ingest->events, 640U);
  const auto acks = bench::measure_acks(machine, {50, 5});
  ASSERT_TRUE(acks) << acks.error().message();
  EXPECT_EQ(acks->events, 50U);
  const auto catchup = bench::measure_catchup(machine, {5'000});
  ASSERT_TRUE(catchup) << catchup.error().message();
  EXPECT_GE(catchup->events, 5'000U);
  const auto fanout = bench::measure_fanout(machine, {5, 10, 5'000});
  ASSERT_TRUE(fanout) << fanout.error().message();
  EXPECT_EQ(fanout->events, 50U);
  std::filesystem::remove_all(path);
}

}  // namespace
}  // namespace houniao
