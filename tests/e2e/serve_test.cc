// A real server and real clients over real sockets: the way of an event from a tablet to an
// auditor, a full log, hostile connections, and what may be found in the bytes afterwards.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/os/os.h"
#include "client_sdk/cpp/houniao.h"
#include "replay/state.h"
#include "tests/support/capturing_proxy.h"
#include "tests/support/prng.h"
#include "tests/support/server_process.h"

namespace houniao {
namespace {

using tests::houniao;
using Json = nlohmann::json;
using std::chrono::seconds;

std::unique_ptr<Client> open_client(const std::string& directory) {
  Client::Options options;
  options.directory = directory;
  options.key.emplace();
  auto client = Client::open(options);
  EXPECT_TRUE(client) << client.error().message();
  return std::move(*client);
}

std::string code_for(const std::string& data, const std::vector<std::string>& more = {}) {
  std::vector<std::string> args = {"enrol", "--data", data, "--new"};
  args.insert(args.end(), more.begin(), more.end());
  const tests::Outcome made = houniao(args);
  EXPECT_EQ(made.exit_code, 0) << made.err;
  return made.out.substr(0, made.out.find('\n'));
}

EventDraft session_held(std::uint32_t headcount) {
  EventDraft draft;
  draft.body = [headcount](schema::Event::Body::Builder body) {
    auto held = body.initSessionHeld();
    held.setKind("weekend_class");
    held.setHeadcount(headcount);
  };
  return draft;
}

EventDraft person(const PersonalData& data) {
  EventDraft draft;
  draft.personal.push_back({PersonId{}, data});
  draft.body = [](schema::Event::Body::Builder body) {
    body.initPersonRegistered().setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
  };
  return draft;
}

class Serve : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(houniao({"init", "--data", data_}).exit_code, 0);
    ASSERT_TRUE(server_.start());
  }
  std::unique_ptr<Client> enrolled(const std::string& name,
                                   const std::vector<std::string>& more = {}) {
    auto client = open_client(folder_ / name);
    const auto identity = client->enrol(server_.url(), code_for(data_, more));
    EXPECT_TRUE(identity) << identity.error().message();
    return client;
  }

  const tests::TemporaryFolder folder_;
  const std::string data_ = folder_ / "server";
  tests::ServerProcess server_{data_};
};

// `houniao device`, while the server runs and while it does not.
TEST_F(Serve, TheOperatorRevokesADeviceAndChangesScopes) {
  auto lost = enrolled("lost", {"--scope", "16"});
  auto other = enrolled("other", {"--scope", "16"});
  const auto number = [](const Client& client) {
    return std::to_string(client.identity().number.value);
  };
  ASSERT_TRUE(lost->connect(server_.url()));
  ASSERT_TRUE(lost->record(session_held(1)));
  ASSERT_TRUE(lost->wait_synced(seconds(20)));

  const tests::Outcome revoked =
      houniao({"--json", "device", "revoke", number(*lost), "--data", data_, "--reason", "lost"});
  ASSERT_EQ(revoked.exit_code, 0) << revoked.err;
  EXPECT_TRUE(Json::parse(revoked.out)["done"].get<bool>()) << revoked.out;
  ASSERT_TRUE(lost->record(session_held(2)));  // recording goes on; the server refuses it
  const auto synced = lost->wait_synced(seconds(3));
  ASSERT_FALSE(synced);
  EXPECT_EQ(lost->sync().last_error->code, Errc::revoked_device);
  EXPECT_EQ(houniao({"device", "revoke", number(*lost), "--data", data_}).exit_code, 6);
  EXPECT_EQ(houniao({"device", "revoke", "99", "--data", data_}).exit_code, 2);
  EXPECT_EQ(houniao({"device", "revoke", "1", "--data", data_}).exit_code, 2);

  ASSERT_TRUE(other->connect(server_.url()));
  EXPECT_EQ(
      houniao({"device", "grant", number(*other), "--scope", "17", "--data", data_}).exit_code, 0);
  EventDraft draft = session_held(3);
  draft.scope = ScopeId{17};
  ASSERT_TRUE(other->wait_synced(seconds(20)));
  ASSERT_TRUE(other->record(draft)) << "the grant has arrived";
  ASSERT_TRUE(other->wait_synced(seconds(20)));

  // What is no order is put aside, not dropped.
  std::filesystem::create_directories(std::filesystem::path(data_) / "orders");
  std::ofstream(std::filesystem::path(data_) / "orders" / "0123456789abcdef.order") << "nonsense";
  const auto aside = std::filesystem::path(data_) / "orders" / "0123456789abcdef.order.refused";
  for (int i = 0; i < 150 && !std::filesystem::exists(aside); ++i) os::pause_us(100'000);
  EXPECT_TRUE(std::filesystem::exists(aside));

  // Without a server the order waits and is carried out at the next start.
  EXPECT_EQ(server_.terminate().exit_code, 0);
  const tests::Outcome later = houniao({"--json", "device", "withdraw", number(*other), "--scope",
                                        "17", "--data", data_, "--wait", "0"});
  ASSERT_EQ(later.exit_code, 0) << later.err;
  EXPECT_FALSE(Json::parse(later.out)["done"].get<bool>());
  ASSERT_TRUE(server_.start());
  bool gone = false;
  for (int i = 0; i < 200 && !gone; ++i) {
    os::pause_us(100'000);
    const auto scopes = other->identity().scopes;
    gone = std::find(scopes.begin(), scopes.end(), ScopeId{17}) == scopes.end();
  }
  EXPECT_TRUE(gone) << "the withdrawal did not reach the device";
  EXPECT_EQ(server_.terminate().exit_code, 0);
  EXPECT_EQ(houniao({"audit", "verify", "--data", data_}).exit_code, 0);
}

TEST_F(Serve, AnEventTravelsFromATabletToAnotherAndToTheAuditor) {
  auto tablet = enrolled("tablet");
  const EventId recorded = tablet->record(session_held(31)).value();
  EXPECT_EQ(tablet->status(recorded)->status, SyncStatus::on_device);
  ASSERT_TRUE(tablet->connect(server_.url()));
  ASSERT_TRUE(tablet->wait_synced(seconds(20)));
  EXPECT_EQ(tablet->status(recorded)->status, SyncStatus::accepted);

  auto auditor = enrolled("auditor", {"--role", "auditor", "--whole-log"});
  ASSERT_TRUE(auditor->connect(server_.url()));
  ASSERT_TRUE(auditor->wait_synced(seconds(20)));
  const std::string digest = to_hex(auditor->digest()->view());
  ASSERT_TRUE(
      auditor->with_state([&](const State& state) { EXPECT_TRUE(state.in_force(recorded)); }));

  EXPECT_EQ(server_.terminate().exit_code, 0) << "a server stops in good order";
  const tests::Outcome replayed = houniao({"--json", "replay", "--data", data_});
  ASSERT_EQ(replayed.exit_code, 0) << replayed.err;
  EXPECT_EQ(Json::parse(replayed.out)["digest"], digest);
  EXPECT_EQ(houniao({"audit", "verify", "--data", data_}).exit_code, 0);
}

TEST_F(Serve, HttpAnswersHealthCheckpointMetricsAndRefusesWithoutAToken) {
  EXPECT_EQ(tests::http_get(server_.port(), "/healthz").status, 200);
  const tests::HttpAnswer checkpoint = tests::http_get(server_.port(), "/log/checkpoint");
  EXPECT_EQ(checkpoint.status, 200);
  EXPECT_NE(checkpoint.body.find("houniao.local/log\n"), std::string::npos);
  EXPECT_NE(tests::http_get(server_.port(), "/metrics").body.find("records"), std::string::npos);
  EXPECT_EQ(tests::http_get(server_.port(), "/v1/figures").status, 401);
  const tests::Outcome token = houniao({"enrol", "--data", data_, "--token"});
  ASSERT_EQ(token.exit_code, 0) << token.err;
  const std::string text = token.out.substr(0, token.out.find('\n'));
  EXPECT_EQ(tests::http_get(server_.port(), "/v1/people", text).status, 200);
  EXPECT_EQ(tests::http_get(server_.port(), "/v1/people?at=0", text).status, 200);
  EXPECT_EQ(tests::http_get(server_.port(), "/no/such/page").status, 404);
}

TEST_F(Serve, HostileBytesEndOnlyTheirOwnConnection) {
  auto tablet = enrolled("tablet");
  ASSERT_TRUE(tablet->connect(server_.url()));
  tests::Prng prng(3);
  for (int i = 0; i < 50; ++i) {
    const int socket = tests::connect_loopback(server_.port());
    ASSERT_GE(socket, 0);
    Bytes noise(1 + prng.below(3'000));
    prng.fill(noise);
    if (i % 3 == 0) {
      const std::string start = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n";
      noise.insert(noise.begin(), start.begin(), start.end());
    }
    static_cast<void>(send(socket, noise.data(), noise.size(), MSG_NOSIGNAL));
    close(socket);
  }
  const EventId recorded = tablet->record(session_held(5)).value();
  ASSERT_TRUE(tablet->wait_synced(seconds(20)));
  EXPECT_EQ(tablet->status(recorded)->status, SyncStatus::accepted);
  EXPECT_EQ(tests::http_get(server_.port(), "/healthz").status, 200);
}

TEST_F(Serve, AFullLogIsSaidAndNothingIsLostWhenThereIsRoomAgain) {
  server_.terminate();
  ASSERT_TRUE(server_.start({"--log-mib-max", "1"}));
  auto tablet = enrolled("tablet");
  ASSERT_TRUE(tablet->connect(server_.url()));
  const std::vector<EventDraft> drafts(200, session_held(9));
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(tablet->record_many(drafts));
  // 8,000 events are more than one mebibyte.
  const auto synced = tablet->wait_synced(seconds(8));
  ASSERT_FALSE(synced);
  const std::uint64_t acknowledged = tablet->outbox().acknowledged;
  EXPECT_LT(acknowledged, 8'000u);
  EXPECT_EQ(tests::http_get(server_.port(), "/log/checkpoint").status, 200) << "reading goes on";
  // Reading goes on, so the server stays in rotation and says that it takes nothing new, and why.
  const auto ready = tests::http_get(server_.port(), "/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_NE(ready.body.find("\"read_only\""), std::string::npos) << ready.body;
  EXPECT_NE(ready.body.find("storage_full"), std::string::npos) << ready.body;

  server_.terminate();
  ASSERT_TRUE(server_.start());
  ASSERT_TRUE(tablet->wait_synced(seconds(60)));
  EXPECT_EQ(tablet->outbox().acknowledged, 8'000u);
  server_.terminate();
  EXPECT_EQ(houniao({"audit", "verify", "--data", data_}).exit_code, 0);
}

// Every file below a folder, as one string per file.
void expect_absent(const std::filesystem::path& folder, const std::vector<std::string>& secrets) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    for (const std::string& secret : secrets) {
      EXPECT_EQ(text.str().find(secret), std::string::npos) << secret << " in " << entry.path();
    }
  }
}

TEST_F(Serve, NoPersonalDataIsInTheStreamOrOnAnyDisk) {
  const PersonalData client{"欧阳测试", "110101199003070134", "13912345678", CivilDate{1990, 3, 7},
                            "住三号楼"};
  const std::vector<std::string> secrets = {client.name, client.id_number, client.phone,
                                            client.note, "1990-03-07",     "19900307"};
  tests::CapturingProxy proxy(server_.port());
  auto first = open_client(folder_ / "first");
  ASSERT_TRUE(first->enrol(proxy.url(), code_for(data_)));
  ASSERT_TRUE(first->connect(proxy.url()));
  const EventId registered = first->record(person(client)).value();
  ASSERT_TRUE(first->wait_synced(seconds(20)));

  auto second = open_client(folder_ / "second");
  ASSERT_TRUE(second->enrol(proxy.url(), code_for(data_)));
  ASSERT_TRUE(second->connect(proxy.url()));
  ASSERT_TRUE(second->wait_synced(seconds(20)));
  const std::vector<PersonId> persons = {entity_cast<PersonId>(registered)};
  ASSERT_TRUE(second->request_keys(persons, seconds(10)));
  EXPECT_EQ(second->personal(persons[0]).value(), client) << "a device with the grant reads it";

  first.reset();
  second.reset();
  server_.terminate();
  const std::vector<std::string> streams = proxy.payloads();
  std::size_t bytes = 0;
  for (const std::string& stream : streams) {
    bytes += stream.size();
    for (const std::string& secret : secrets) {
      EXPECT_EQ(stream.find(secret), std::string::npos) << secret << " in a captured stream";
    }
  }
  EXPECT_GT(bytes, 2'000u) << "the capture holds the conversation";
  expect_absent(folder_.path(), secrets);
}

TEST(CapturingProxy, CanaryFindsPlainTextInAMaskedFrame) {
  // A masked WebSocket text frame with the payload "secret".
  std::string frame =
      "\x81\x86"
      "abcd";
  const std::string payload = "secret";
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ "abcd"[i % 4]);
  }
  EXPECT_EQ(tests::websocket_payloads("GET / HTTP/1.1\r\n\r\n" + frame), "secret");
}

}  // namespace
}  // namespace houniao
