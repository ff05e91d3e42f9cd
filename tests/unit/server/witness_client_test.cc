// The log asks its witnesses and keeps what they sign.
#include "server/witness_client.h"

#include <gtest/gtest.h>

#include "base/os/os.h"
#include "device.h"
#include "scratch.h"
#include "server/witness_transport.h"

namespace houniao::testing_server {
namespace {

struct Still final : Clock {
  WallTime wall() override { return WallTime{1'700'000'000'000'000}; }
  std::int64_t monotonic_us() override { return 0; }
};

// Witnesses within reach of a function call; "down" is one that does not answer.
class Direct final : public WitnessTransport {
 public:
  Result<WitnessAnswer> post(const std::string& url, const std::string& body) override {
    ++requests;
    ++requests_of[url];
    const auto found = witnesses.find(url);
    if (found == witnesses.end()) return fail(Errc::unavailable, "nobody at " + url);
    return found->second->add_checkpoint(body);
  }
  std::map<std::string, std::unique_ptr<Witness>> witnesses;
  std::size_t requests = 0;
  std::map<std::string, std::size_t> requests_of;
};

struct Witnessed {
  Scratch scratch;
  TestServer server;
  TestDevice device{server, 10};
  CountingRandom random;
  Still clock;
  Direct transport;
  std::unique_ptr<Cosignatures> cosignatures;
  std::vector<WitnessAddress> addresses;
  std::vector<std::string> told;

  Witnessed() {
    device.open(server.code({ScopeId{16}}));
    cosignatures = Cosignatures::open(scratch.path() / "cosigned").value();
    for (const std::string name : {"w1", "w2"}) {
      auto witness = Witness::open(scratch.path() / name, "witness.test/" + name, {server.vkey()},
                                   random, clock)
                         .value();
      addresses.push_back(
          {"test:" + name, parse_cosigner_key(witness->cosigner_key_text()).value()});
      transport.witnesses["test:" + name] = std::move(witness);
    }
  }
  WitnessClient client() {
    return WitnessClient({server.log, server.core->published(), *cosignatures, transport,
                          [this](std::string_view line) { told.emplace_back(line); }},
                         addresses);
  }
  std::string cosigned_head() const {
    return cosignatures->with_cosignatures(server.core->published().head()->note);
  }
  void grow() {
    device.send(device.push_events(ScopeId{16}, 3));
    device.settle();
  }
};

TEST(WitnessClientTest, EveryWitnessSignsEachNewCheckpoint) {
  Witnessed t;
  WitnessClient client = t.client();
  for (int i = 0; i < 3; ++i) {
    t.grow();
    EXPECT_EQ(client.round(), 2U);
    for (const WitnessAddress& address : t.addresses) {
      EXPECT_TRUE(verify_cosignature(t.cosigned_head(), address.cosigner));
    }
    EXPECT_TRUE(open_checkpoint(t.cosigned_head(), t.server.vkey()));
  }
  EXPECT_EQ(t.cosignatures->sizes().size(), 3U);
  EXPECT_EQ(t.transport.requests, 6U) << "no conflict once it is known what was signed";
}

TEST(WitnessClientTest, AfterARestartTheConflictTellsWhereToGoOn) {
  Witnessed t;
  t.grow();
  EXPECT_EQ(t.client().round(), 2U);
  t.grow();
  t.cosignatures = Cosignatures::open(t.scratch.path() / "cosigned").value();
  EXPECT_EQ(t.cosignatures->sizes().size(), 1U) << "what was kept is read again";
  const std::size_t before = t.transport.requests;
  EXPECT_EQ(t.client().round(), 2U);
  EXPECT_EQ(t.transport.requests - before, 4U);
  const std::string newest = t.cosignatures->newest().value();
  EXPECT_EQ(newest, t.cosigned_head());
}

TEST(WitnessClientTest, AWitnessThatIsAwayCostsItsCosignatureOnly) {
  Witnessed t;
  t.grow();
  auto away = t.transport.witnesses.extract("test:w1");
  WitnessClient client = t.client();
  EXPECT_EQ(client.round(), 1U);
  EXPECT_FALSE(verify_cosignature(t.cosigned_head(), t.addresses[0].cosigner));
  EXPECT_TRUE(verify_cosignature(t.cosigned_head(), t.addresses[1].cosigner));
  EXPECT_EQ(client.failed(), 1U);
  t.transport.witnesses.insert(std::move(away));
  EXPECT_EQ(client.round(), 2U);
  EXPECT_TRUE(verify_cosignature(t.cosigned_head(), t.addresses[0].cosigner));
  EXPECT_TRUE(verify_cosignature(t.cosigned_head(), t.addresses[1].cosigner))
      << "what the other had signed stays";
}

TEST(WitnessClientTest, AWitnessThatHasSignedIsNotAskedAgainAndOneThatIsAwayLessAndLess) {
  Witnessed t;
  t.grow();
  auto away = t.transport.witnesses.extract("test:w1");
  WitnessClient client = t.client();
  for (int round = 0; round < 200; ++round) EXPECT_EQ(client.round(), 1U);
  EXPECT_EQ(t.transport.requests_of["test:w2"], 1U) << "it has cosigned this checkpoint";
  // Rounds 1, 2, 4, 8, 16, 32, 64, then every 64th.
  EXPECT_EQ(t.transport.requests_of["test:w1"], 9U);
  EXPECT_EQ(client.failed(), 9U);
  EXPECT_EQ(client.cosigned(), 1U);
  EXPECT_EQ(client.contradicted(), 0U) << "to be away contradicts nothing";
  EXPECT_TRUE(t.told.empty());
  t.transport.witnesses.insert(std::move(away));
  std::size_t rounds = 0;
  while (client.round() != 2 && rounds <= kWitnessRoundsSkippedMax) ++rounds;
  EXPECT_LE(rounds, kWitnessRoundsSkippedMax) << "it is found again";
  t.grow();
  EXPECT_EQ(client.round(), 2U) << "and asked at once from then on";
}

TEST(WitnessClientTest, AWitnessThatSignedALargerTreeIsCountedAndNamed) {
  Witnessed t;
  t.grow();
  // A witness that says it cosigned more than this log has.
  class Ahead final : public WitnessTransport {
   public:
    Result<WitnessAnswer> post(const std::string& url, const std::string& body) override {
      if (!lies || url != "test:w1") return honest->post(url, body);
      return WitnessAnswer{409, "text/x.tlog.size", "99999\n"};
    }
    Direct* honest = nullptr;
    bool lies = true;
  } transport;
  transport.honest = &t.transport;
  WitnessClient client({t.server.log, t.server.core->published(), *t.cosignatures, transport,
                        [&](std::string_view line) { t.told.emplace_back(line); }},
                       t.addresses);
  EXPECT_EQ(client.round(), 1U);
  EXPECT_EQ(client.round(), 1U);
  EXPECT_EQ(client.contradicted(), 2U);
  EXPECT_EQ(client.failed(), 2U);
  ASSERT_EQ(t.told.size(), 1U) << "once, not at every round";
  EXPECT_NE(t.told[0].find("witness.test/w1"), std::string::npos) << t.told[0];
  EXPECT_NE(t.told[0].find("99999"), std::string::npos) << t.told[0];
  transport.lies = false;
  EXPECT_EQ(client.round(), 1U) << "it is left alone for a round";
  EXPECT_EQ(client.round(), 2U);
  transport.lies = true;
  t.grow();
  EXPECT_EQ(client.round(), 1U);
  EXPECT_EQ(t.told.size(), 2U) << "another contradiction is told again";
}

TEST(WitnessClientTest, AWitnessThatSignedAnotherTreeOfTheSameSizeContradicts) {
  Witnessed t;
  t.grow();
  ASSERT_EQ(t.client().round(), 2U);
  // The same keys and as many records, received a second later: a log that was rewritten.
  Witnessed forked;
  forked.server.clock.advance_ms(1'000);
  forked.grow();
  const auto honest_head = t.server.core->published().head();
  const auto forked_head = forked.server.core->published().head();
  ASSERT_EQ(forked_head->size, honest_head->size);
  ASSERT_NE(forked_head->root, honest_head->root);
  std::swap(forked.transport.witnesses, t.transport.witnesses);
  forked.addresses = t.addresses;
  ASSERT_EQ(forked.server.vkey(), t.server.vkey()) << "else the witness does not know the log";
  WitnessClient client = forked.client();
  EXPECT_EQ(client.round(), 0U);
  EXPECT_EQ(client.contradicted(), 2U);
  EXPECT_EQ(forked.told.size(), 2U);
}

TEST(WitnessClientTest, AnAddressThatCannotBeAskedIsRefusedAtTheStart) {
  Witnessed t;
  const auto file = t.scratch.path() / "witnesses.json";
  const std::string key = t.transport.witnesses["test:w1"]->cosigner_key_text();
  const auto load = [&](const std::string& url) {
    const std::string text = R"([{"url": ")" + url + R"(", "key": ")" + key + R"("}])";
    EXPECT_TRUE(os::write_file_durably(file, as_bytes(text)));
    return load_witnesses(file);
  };
  const auto good = load("https://witness.test/log/");
  ASSERT_TRUE(good) << good.error().message();
  EXPECT_EQ(good->at(0).url, "https://witness.test/log");
  for (const std::string bad : {"witness.test", "ftp://witness.test", "https://", "https://a/?q"}) {
    const auto refused = load(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().code, Errc::corrupt);
    EXPECT_NE(refused.error().detail.find("https://HOST"), std::string::npos)
        << refused.error().detail;
  }
}

// Two that sign from one state would each cosign a side of a fork.
TEST(WitnessState, IsOfOneWitnessAtATime) {
  Witnessed t;
  const auto open = [&] {
    return Witness::open(t.scratch.path() / "w1", "witness.test/w1", {t.server.vkey()}, t.random,
                         t.clock);
  };
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::invalid_argument);
  EXPECT_NE(second.error().detail.find("another witness"), std::string::npos);
  const std::string key = t.transport.witnesses["test:w1"]->cosigner_key_text();
  t.transport.witnesses.erase("test:w1");
  const auto next = open();
  ASSERT_TRUE(next) << next.error().message();
  EXPECT_EQ((*next)->cosigner_key_text(), key);
}

TEST(WitnessClientTest, CanaryALineOfSomebodyElseIsNotKept) {
  Witnessed t;
  t.grow();
  std::swap(t.addresses[0].cosigner, t.addresses[1].cosigner);
  EXPECT_EQ(t.client().round(), 0U);
  EXPECT_EQ(t.cosigned_head(), t.server.core->published().head()->note);
  EXPECT_FALSE(t.cosignatures->newest());
}

TEST(WitnessUrls, AreHttpsOrThisMachine) {
  const auto url = parse_witness_url("https://witness.test/a/b/").value();
  EXPECT_EQ(url, (WitnessUrl{true, "witness.test", "443", "/a/b"}));
  EXPECT_EQ(parse_witness_url("http://[::1]:81").value(), (WitnessUrl{false, "::1", "81", ""}));
  for (const std::string bad : {"", "ftp://a", "https://", "https://a:b", "https://a/x y",
                                "https://a/?q", "witness.test"}) {
    EXPECT_FALSE(parse_witness_url(bad)) << bad;
  }
  HttpWitnessTransport transport;
  const auto abroad = transport.post("http://192.0.2.1:1", "old 0\n");
  ASSERT_FALSE(abroad) << "an address that is not of this machine";
  EXPECT_EQ(abroad.error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace houniao::testing_server
