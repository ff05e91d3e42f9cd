// The same way as in serve_test.cc, over TLS: who is trusted, who is not, and that nothing readable
// passes.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client_sdk/cpp/houniao.h"
#include "replay/state.h"
#include "tests/support/capturing_proxy.h"
#include "tests/support/certificate.h"
#include "tests/support/server_process.h"

namespace houniao {
namespace {

using std::chrono::seconds;
using tests::houniao;

EventDraft session_held(std::uint32_t headcount) {
  EventDraft draft;
  draft.body = [headcount](schema::Event::Body::Builder body) {
    auto held = body.initSessionHeld();
    held.setKind("weekend_class");
    held.setHeadcount(headcount);
  };
  return draft;
}

class Tls : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(tests::make_certificate(server_pem_, "IP:127.0.0.1,DNS:localhost"));
    ASSERT_EQ(houniao({"init", "--data", data_}).exit_code, 0);
    ASSERT_TRUE(start());
  }
  bool start() {
    return server_.start({"--tls-cert", server_pem_ + ".crt", "--tls-key", server_pem_ + ".key"});
  }
  std::string url(const std::string& host = "127.0.0.1") const {
    return "wss://" + host + ":" + std::to_string(server_.port());
  }
  std::string code() const {
    const tests::Outcome made = houniao({"enrol", "--data", data_, "--new"});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    return made.out.substr(0, made.out.find('\n'));
  }
  std::unique_ptr<Client> client(const std::string& name, const std::string& ca_file) {
    Client::Options options;
    options.directory = folder_ / name;
    options.key.emplace();
    options.ca_file = ca_file;
    auto opened = Client::open(options);
    EXPECT_TRUE(opened) << opened.error().message();
    return std::move(*opened);
  }

  const tests::TemporaryFolder folder_;
  const std::string data_ = folder_ / "server";
  const std::string server_pem_ = folder_ / "server_pem";
  tests::ServerProcess server_{data_};
};

TEST_F(Tls, TabletsSynchroniseAndComeBackAfterARestart) {
  auto tablet = client("tablet", server_pem_ + ".crt");
  const auto identity = tablet->enrol(url("localhost"), code());
  ASSERT_TRUE(identity) << identity.error().message();
  ASSERT_TRUE(tablet->connect(url("localhost")));
  // More than one TLS record and more than one push.
  for (std::uint32_t i = 0; i < 300; ++i) ASSERT_TRUE(tablet->record(session_held(i)));
  ASSERT_TRUE(tablet->wait_synced(seconds(20)));

  EXPECT_EQ(server_.terminate().exit_code, 0);
  ASSERT_TRUE(tablet->record(session_held(400)));
  ASSERT_TRUE(start());
  ASSERT_TRUE(tablet->wait_synced(seconds(30)));
  const auto sync = tablet->sync();
  EXPECT_EQ(sync.link, Link::online);
  tablet.reset();
  EXPECT_EQ(server_.terminate().exit_code, 0);
  const tests::Outcome audit = houniao({"audit", "verify", "--data", data_});
  EXPECT_EQ(audit.exit_code, 0) << audit.out << audit.err;
}

TEST_F(Tls, AServerThatNobodyVouchesForIsRefused) {
  auto tablet = client("tablet", "");
  const auto identity = tablet->enrol(url(), code(), seconds(5));
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, Errc::unavailable) << identity.error().message();
  EXPECT_NE(identity.error().detail.find("TLS"), std::string::npos) << identity.error().detail;
}

TEST_F(Tls, ACertificateForAnotherNameIsRefused) {
  const std::string other = folder_ / "other_pem";
  ASSERT_TRUE(tests::make_certificate(other, "DNS:elsewhere.example"));
  const std::string data = folder_ / "other";
  ASSERT_EQ(houniao({"init", "--data", data}).exit_code, 0);
  tests::ServerProcess impostor(data);
  ASSERT_TRUE(impostor.start({"--tls-cert", other + ".crt", "--tls-key", other + ".key"}));
  auto tablet = client("tablet", other + ".crt");
  const auto identity =
      tablet->enrol("wss://127.0.0.1:" + std::to_string(impostor.port()), "ANY", seconds(5));
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, Errc::unavailable) << identity.error().message();
}

TEST_F(Tls, ACaFileThatCannotBeReadIsNamed) {
  auto tablet = client("tablet", folder_ / "absent.pem");
  const auto identity = tablet->enrol(url(), code(), seconds(5));
  ASSERT_FALSE(identity);
  EXPECT_NE(identity.error().detail.find("absent.pem"), std::string::npos)
      << identity.error().message();
}

// Whoever speaks plainly to a TLS port, or only half a handshake, ends without harm to others.
TEST_F(Tls, PlainAndBrokenConnectionsDoNotDisturbTheServer) {
  auto plain = client("plain", "");
  EXPECT_FALSE(plain->enrol(server_.url(), code(), seconds(3)));
  EXPECT_EQ(tests::http_get(server_.port(), "/healthz").status, 0);
  std::vector<int> half_open;
  for (int i = 0; i < 20; ++i) {
    const int fd = tests::connect_loopback(server_.port());
    ASSERT_GE(fd, 0);
    half_open.push_back(fd);
    if (i % 2 == 0) continue;
    const char garbage[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03garbage";
    EXPECT_GT(::send(fd, garbage, sizeof garbage, MSG_NOSIGNAL), 0);
  }
  auto tablet = client("tablet", server_pem_ + ".crt");
  ASSERT_TRUE(tablet->enrol(url(), code()));
  ASSERT_TRUE(tablet->connect(url()));
  ASSERT_TRUE(tablet->record(session_held(7)));
  EXPECT_TRUE(tablet->wait_synced(seconds(20)));
  for (int fd : half_open) ::close(fd);
}

TEST_F(Tls, BeyondLoopbackACertificateIsRequired) {
  const std::string data = folder_ / "open";
  ASSERT_EQ(houniao({"init", "--data", data}).exit_code, 0);
  const tests::Outcome refused =
      houniao({"serve", "--data", data, "--listen", "0.0.0.0:0", "--port-file", folder_ / "port"});
  EXPECT_EQ(refused.exit_code, 2) << refused.err;
  EXPECT_NE(refused.err.find("--tls-cert"), std::string::npos) << refused.err;
}

}  // namespace
}  // namespace houniao
