// The gateway over real loopback sockets, spoken to byte by byte.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "base/os/os.h"
#include "device.h"
#include "scratch.h"
#include "server/connections.h"
#include "server/server.h"

namespace houniao::testing_server {
namespace {

class Wire {
 public:
  explicit Wire(std::uint16_t port) {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~Wire() { ::close(fd_); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  void send(ByteView bytes) {
    EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  void send(std::string_view text) { send(as_bytes(text)); }
  // Up to and including `end`; what came after stays for the next read.
  std::string until(std::string_view end) {
    for (;;) {
      const std::size_t at = kept_.find(end);
      if (at != std::string::npos) {
        std::string out = kept_.substr(0, at + end.size());
        kept_.erase(0, out.size());
        return out;
      }
      if (!more()) return std::exchange(kept_, "");
    }
  }
  std::string exactly(std::size_t bytes) {
    while (kept_.size() < bytes && more()) {
    }
    std::string out = kept_.substr(0, bytes);
    kept_.erase(0, out.size());
    return out;
  }
  // A masked binary message, as a WebSocket client must send it.
  void send_frame(ByteView payload, std::uint8_t opcode = 2) {
    Bytes out = {static_cast<std::uint8_t>(0x80 | opcode)};
    if (payload.size() < 126) {
      out.push_back(static_cast<std::uint8_t>(0x80 | payload.size()));
    } else {
      // RFC 6455 section 5.2: the shortest form of the length.
      const bool is_short = payload.size() < 65536;
      out.push_back(is_short ? 0x80 | 126 : 0x80 | 127);
      for (int shift = is_short ? 8 : 56; shift >= 0; shift -= 8) {
        out.push_back(static_cast<std::uint8_t>(std::uint64_t{payload.size()} >> shift));
      }
    }
    const std::uint8_t mask[4] = {1, 2, 3, 4};
    append(out, ByteView(mask, 4));
    for (std::size_t i = 0; i < payload.size(); ++i) {
      out.push_back(static_cast<std::uint8_t>(payload[i] ^ mask[i % 4]));
    }
    send(out);
  }
  // The next message; opcode 8 is a close, 0 the end of the connection.
  std::pair<int, Bytes> read_frame() {
    const std::string head = exactly(2);
    if (head.size() < 2) return {0, {}};
    std::uint64_t size = static_cast<std::uint8_t>(head[1]) & 127;
    const std::size_t more_bytes = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (more_bytes != 0) {
      size = 0;
      for (char c : exactly(more_bytes)) size = size << 8 | static_cast<std::uint8_t>(c);
    }
    const std::string body = exactly(size);
    return {head[0] & 15, Bytes(body.begin(), body.end())};
  }
  void upgrade(std::string_view subprotocol) {
    send(
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: " +
        std::string(subprotocol) + "\r\n\r\n");
  }

 private:
  bool more() {
    char buffer[65536];
    const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n <= 0) return false;
    kept_.append(buffer, static_cast<std::size_t>(n));
    return true;
  }
  int fd_ = -1;
  std::string kept_;
};

struct Running {
  Scratch scratch;
  os::SystemClock clock;
  os::SystemRandom random;
  std::shared_ptr<Timeline> timeline;
  std::unique_ptr<Server> server;

  // The timeline forks, so it is made before there are threads.
  explicit Running(unsigned threads = 2, bool with_timeline = false) {
    const auto config =
        create_config(scratch.path() / "data", "log.test/gate", random, clock.wall());
    EXPECT_TRUE(config);
    GatewayOptions options;
    options.threads = threads;
    Engine::Options engine;
    if (with_timeline) timeline = Timeline::start(config->log()).value();
    engine.timeline = timeline;
    auto opened = Server::open(*config, clock, random, options, engine);
    EXPECT_TRUE(opened) << opened.error().message();
    server = std::move(*opened);
    server->start();
  }
  // A request with the token of an auditor who may make codes.
  std::string request(const std::string& line, const std::string& token = "hn_gate",
                      const std::string& body = "") {
    if (!token_added_) {
      EXPECT_TRUE(server->engine().keys().add_token("hn_gate", {"tests", 3, true}));
      token_added_ = true;
    }
    return line + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  std::string code() {
    EnrolmentCode grant;
    grant.expires = WallTime{clock.wall().us + 3'600'000'000};
    grant.scopes = {ScopeId{16}};
    const std::string out = make_enrolment_code(random);
    EXPECT_TRUE(server->engine().keys().add_code(out, grant));
    return out;
  }

 private:
  bool token_added_ = false;
};

// Hello to Welcome over the socket; returns what is left to say.
void open_session(Wire& wire, const SigningKey& key, const std::string& code) {
  wire.upgrade("houniao.v1");
  const std::string answer = wire.until("\r\n\r\n");
  ASSERT_NE(answer.find("101"), std::string::npos) << answer;
  ASSERT_NE(answer.find("houniao.v1"), std::string::npos);
  FrameWriter hello;
  hello.root().initHello().setProtocol(1);
  hello.root().getHello().setPublicKey(to_data(ByteView{key.verify_key().bytes}));
  hello.root().getHello().setEnrolmentCode(code);
  wire.send_frame(hello.finish());
  FrameReader reader;
  const Bytes challenge = wire.read_frame().second;
  ASSERT_TRUE(reader.open(challenge));
  ASSERT_TRUE(reader.get().isChallenge());
  const Bytes text =
      challenge_signing_bytes(to_view(reader.get().getChallenge().getNonce()), key.verify_key());
  FrameWriter proof;
  proof.root().initProof().setSignature(to_data(ByteView{sign(key, text).bytes}));
  wire.send_frame(proof.finish());
  const Bytes welcome = wire.read_frame().second;
  ASSERT_TRUE(reader.open(welcome));
  ASSERT_TRUE(reader.get().isWelcome());
}

TEST(GatewayTest, HttpAndWebSocketShareOnePort) {
  Running running;
  Wire http(running.server->port());
  http.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(http.until("ok\n").find("200 OK"), std::string::npos);
  http.send("GET /log/checkpoint HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(http.until("\n\n").find("200 OK"), std::string::npos);
  Wire socket(running.server->port());
  open_session(socket, key_of(50), running.code());
}

TEST(GatewayTest, AnotherSubprotocolIsRefusedWithAProblem) {
  Running running(1);
  Wire wire(running.server->port());
  wire.upgrade("chat");
  const std::string answer = wire.until("}\n");
  EXPECT_NE(answer.find("400"), std::string::npos);
  EXPECT_NE(answer.find("houniao.v1"), std::string::npos);
}

TEST(GatewayTest, AMessageOverTheLimitEndsOnlyItsOwnConnection) {
  Running running(1);
  Wire wire(running.server->port());
  open_session(wire, key_of(50), running.code());
  Wire other(running.server->port());
  open_session(other, key_of(51), running.code());
  wire.send_frame(Bytes(limits::kFrameBytesMax + 1024, 1));
  FrameReader reader;
  const Bytes answer = wire.read_frame().second;
  ASSERT_TRUE(reader.open(answer));
  ASSERT_TRUE(reader.get().isError());
  EXPECT_EQ(reader.get().getError().getCode(), static_cast<std::uint16_t>(Errc::too_large));
  FrameWriter ping;
  ping.root().initPing().setStampUs(5);
  other.send_frame(ping.finish());
  const Bytes pong = other.read_frame().second;
  ASSERT_TRUE(reader.open(pong));
  EXPECT_TRUE(reader.get().isPong());
}

TEST(GatewayTest, ATextMessageIsMalformed) {
  Running running(1);
  Wire wire(running.server->port());
  open_session(wire, key_of(50), running.code());
  wire.send_frame(as_bytes("hello"), 1);
  FrameReader reader;
  const Bytes answer = wire.read_frame().second;
  ASSERT_TRUE(reader.open(answer));
  ASSERT_TRUE(reader.get().isError());
  EXPECT_TRUE(reader.get().getError().getFatal());
  EXPECT_EQ(wire.read_frame().first, 8);
}

TEST(GatewayTest, StoppingTellsSessionsWhenToComeBackAndKeepsTheLog) {
  Running running(1);
  Wire wire(running.server->port());
  open_session(wire, key_of(50), running.code());
  const TreeSize size = running.server->engine().published().head()->size;
  std::thread stopper([&] { running.server->stop(); });
  FrameReader reader;
  const Bytes answer = wire.read_frame().second;
  EXPECT_TRUE(reader.open(answer));
  EXPECT_TRUE(reader.get().isRetry());
  if (reader.get().isRetry()) {
    EXPECT_EQ(reader.get().getRetry().getReason(), static_cast<std::uint16_t>(Errc::shutting_down));
  }
  EXPECT_EQ(wire.read_frame().first, 8);
  wire.send_frame(Bytes{0x03, 0xe8}, 8);
  stopper.join();
  running.server.reset();
  const auto config = load_config(running.scratch.path() / "data");
  ASSERT_TRUE(config);
  const auto again = Engine::open(*config, running.clock, running.random, {});
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ((*again)->published().head()->size, size);
}

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 2'000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

// A keeper that hangs stands for a fold that takes long.
TEST(GatewayTest, WorkOfTheWholeLogHoldsUpNeitherBriefRequestsNorTheStop) {
  Running running(1, true);
  ASSERT_EQ(::kill(running.timeline->keeper_pid(), SIGSTOP), 0);
  Metrics& metrics = running.server->engine().metrics();
  Wire past(running.server->port());
  past.send(running.request("GET /v1/state?at=0"));
  ASSERT_TRUE(eventually([&] { return metrics.whole_log_requests == 1; }));
  Wire present(running.server->port());
  present.send(running.request("GET /v1/state"));
  EXPECT_NE(present.until("}\n").find("200 OK"), std::string::npos);
  present.send(running.request("POST /admin/enrol", "hn_gate", R"({"scopes": [16]})"));
  EXPECT_NE(present.until("}\n").find("200 OK"), std::string::npos);
  // Another one for the whole log does not wait for the timeline either.
  present.send(running.request("GET /v1/anomalies"));
  EXPECT_NE(present.until("}\n").find("200 OK"), std::string::npos);
  EXPECT_EQ(metrics.whole_log_requests, 1U) << "the first one still waits";
  const auto begun = std::chrono::steady_clock::now();
  running.server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(30));
}

TEST(GatewayTest, TooManyRequestsForTheWholeLogAreToldToComeBack) {
  Running running(1);
  Metrics& metrics = running.server->engine().metrics();
  metrics.whole_log_requests = kWholeLogRequestsMax;
  Wire wire(running.server->port());
  wire.send(running.request("GET /v1/anomalies"));
  const std::string busy = wire.until("}\n");
  EXPECT_NE(busy.find("503"), std::string::npos) << busy;
  EXPECT_NE(busy.find("Retry-After"), std::string::npos) << busy;
  EXPECT_EQ(metrics.http_turned_away, 1U);
  wire.send(running.request("GET /v1/anomalies", "hn_stranger"));
  EXPECT_NE(wire.until("}\n").find("401"), std::string::npos) << "a stranger takes no place";
  wire.send(running.request("GET /v1/state"));
  EXPECT_NE(wire.until("}\n").find("200 OK"), std::string::npos) << "brief work goes on";
  metrics.whole_log_requests = kWholeLogRequestsMax - 1;
  wire.send(running.request("GET /v1/anomalies"));
  EXPECT_NE(wire.until("}\n").find("200 OK"), std::string::npos);
  EXPECT_EQ(metrics.whole_log_requests, kWholeLogRequestsMax - 1) << "the place is given back";
}

TEST(GatewayTest, AnAddressBeyondLoopbackNeedsTls) {
  Scratch scratch;
  os::SystemClock clock;
  os::SystemRandom random;
  const auto config = create_config(scratch.path() / "data", "log.test/gate", random, clock.wall());
  GatewayOptions options;
  options.host = "0.0.0.0";
  const auto opened = Server::open(*config, clock, random, options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::invalid_argument);
  EXPECT_NE(opened.error().detail.find("--tls-cert"), std::string::npos);
}

TEST(GatewayTest, OneDirectoryHasOneServer) {
  Running running(1);
  const auto config = load_config(running.scratch.path() / "data");
  const auto second = Engine::open(*config, running.clock, running.random, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::invalid_argument);
}

TEST(GatewayTest, ATruncatedLogIsNotServed) {
  Running running(1);
  running.server->stop();
  running.server.reset();
  // The checkpoint outside the log speaks of more records than an older copy of the log has.
  const auto config = load_config(running.scratch.path() / "data");
  const Checkpoint ahead{config->origin, TreeSize{50}, sha256(Bytes{1})};
  ASSERT_TRUE(save_witness(*config, sign_checkpoint(ahead, config->log_key)));
  const auto opened = Engine::open(*config, running.clock, running.random, {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::checkpoint_mismatch);
}

}  // namespace
}  // namespace houniao::testing_server
