#include <gtest/gtest.h>

#include "device.h"
#include "replay/digest.h"
#include "replay/state.h"
#include "schema/sealed_keys.h"

namespace houniao::testing_server {
namespace {

constexpr ScopeId kStation{16};
constexpr ScopeId kOther{17};

struct Opened {
  TestServer server;
  TestDevice device{server, 10};
  Opened() {
    device.open(server.code({kStation}));
    device.give_credit();
    device.take_records();
  }
};

TEST(SessionTest, ADeviceEnrolsPushesAndGetsItsRecordsBack) {
  TestServer server;
  TestDevice device(server, 10);
  device.open(server.code({kStation}));
  EXPECT_EQ(device.number(), DeviceNumber{2});
  device.give_credit();
  const std::size_t before = device.take_records();
  EXPECT_EQ(before, 3u);  // both enrolments and the log key are in the commons

  device.send(device.push_events(kStation, 3, 7));
  device.settle();
  FrameReader reader;
  ASSERT_TRUE(device.next(schema::Frame::PUSHED, reader));
  const auto pushed = reader.get().getPushed();
  EXPECT_EQ(pushed.getId(), 7u);
  EXPECT_EQ(pushed.getErrorCode(), 0);
  EXPECT_EQ(pushed.getThroughDeviceSeq(), 3u);
  EXPECT_EQ(pushed.getCount(), 3u);
  device.accept(pushed.getCheckpoint(), pushed.getConsistency());
  EXPECT_GE(device.verified().size.value, pushed.getFirstSeq() + 3);
  EXPECT_EQ(device.take_records(), 3u);
}

TEST(SessionTest, ASessionResumesFromItsCursorsWithoutRepeatingRecords) {
  Opened t;
  t.device.send(t.device.push_events(kStation, 5));
  t.device.settle();
  EXPECT_EQ(t.device.take_records(), 5u);
  t.device.disconnect();
  t.device.cursors() = {{kScopeCommons, t.device.next_seq()}, {kStation, t.device.next_seq()}};
  t.device.open();
  EXPECT_EQ(t.device.known_device_seq(), DeviceSeq{5});
  t.device.give_credit();
  EXPECT_EQ(t.device.take_records(), 0u);
  t.device.send(t.device.push_events(kStation, 2));
  t.device.settle();
  EXPECT_EQ(t.device.take_records(), 2u);
}

TEST(SessionTest, AScopeGrantedLaterIsFilledInBeforeItsLiveRecords) {
  TestServer server;
  TestDevice writer(server, 10);
  TestDevice reader(server, 11);
  writer.open(server.code({kStation, kOther}, {schema::Role::ADMIN, schema::Role::FIELD}));
  reader.open(server.code({kStation}));
  reader.give_credit();
  writer.send(writer.push_events(kOther, 4));
  writer.settle();
  reader.collect();
  const std::size_t before = reader.take_records();
  std::vector<Bytes> grant = {writer.make_event(kScopeCommons, [&](schema::Event::Builder event) {
    auto body = event.getBody().initDeviceScopesChanged();
    body.setDevice(reader.number().value);
    body.initGranted(1).set(0, kOther.value);
  })};
  writer.send(writer.make_push(grant));
  writer.chain(grant[0]);
  writer.settle();
  writer.send(writer.push_events(kOther, 2));
  writer.settle();
  reader.collect();
  const std::size_t after = reader.take_records();
  EXPECT_EQ(before, 4u);
  EXPECT_EQ(after, 1u + 4u + 2u);
}

TEST(SessionTest, AWholeLogDeviceReceivesEveryRecordInOrder) {
  TestServer server;
  TestDevice writer(server, 10);
  TestDevice auditor(server, 11);
  writer.open(server.code({kStation}));
  auditor.open(server.code({}, {schema::Role::AUDITOR}, true));
  auditor.give_credit();
  for (int i = 0; i < 5; ++i) {
    writer.send(writer.push_events(kStation, 3));
    writer.settle();
  }
  auditor.collect();
  EXPECT_EQ(auditor.take_records(), server.size());
  EXPECT_EQ(auditor.next_seq().value, server.size());
}

TEST(SessionTest, RecordsAreSentOnlyAgainstCredit) {
  Opened t;
  TestDevice other(t.server, 12);
  other.open(t.server.code({kStation}));
  t.device.send(t.device.push_events(kStation, 50));
  t.device.settle();
  other.collect();
  EXPECT_EQ(other.take_records(), 0u);
  other.give_credit(1);
  EXPECT_GT(other.take_records(), 0u);
  other.give_credit();
  other.take_records();
  EXPECT_EQ(other.next_seq().value, t.server.size());
}

TEST(SessionTest, ADeviceThatNothingConcernsStillHearsOfTheLogsGrowth) {
  Opened t;
  TestDevice other(t.server, 12);
  other.open(t.server.code({kOther}));
  other.give_credit();
  other.take_records();
  const TreeSize before = other.verified().size;
  t.device.send(t.device.push_events(kStation, 3));
  t.device.settle();
  other.collect();
  EXPECT_EQ(other.take_records(), 0u);
  t.server.clock.advance_ms(1500);
  t.server.core->tick(t.server.clock());
  other.collect();
  EXPECT_EQ(other.take_records(), 0u);
  EXPECT_GT(other.verified().size, before);
  EXPECT_EQ(other.next_seq().value, t.server.size());
}

TEST(SessionTest, APongSaysHowFarTheRecordsWereSent) {
  Opened t;
  t.device.send(t.device.push_events(kStation, 3));
  t.device.settle();
  FrameWriter ping;
  ping.root().initPing().setStampUs(77);
  t.device.send(ping);
  FrameReader reader;
  ASSERT_TRUE(t.device.next(schema::Frame::PONG, reader));
  EXPECT_EQ(reader.get().getPong().getStampUs(), 77);
  EXPECT_EQ(reader.get().getPong().getServerTimeUs(), t.server.clock.now.wall.us);
  EXPECT_EQ(reader.get().getPong().getSentThrough(), t.server.size());
}

// --- refusals ------------------------------------------------------------------------------------

TEST(SessionTest, ARandomFrameBeforeTheHandshakeIsMalformedAndCloses) {
  TestServer server;
  TestDevice device(server, 10);
  device.connect();
  device.send(Bytes(100, 0xff));
  EXPECT_EQ(device.next_error(), Errc::malformed);
  EXPECT_TRUE(device.closed());
  EXPECT_EQ(server.quarantine.kept(), 0u);
}

TEST(SessionTest, APushBeforeTheHandshakeIsAProtocolError) {
  TestServer server;
  TestDevice device(server, 10);
  device.connect();
  device.send(device.push_events(kStation, 1));
  EXPECT_EQ(device.next_error(), Errc::protocol);
  EXPECT_TRUE(device.closed());
}

TEST(SessionTest, AnUnknownProtocolVersionIsRefused) {
  TestServer server;
  TestDevice device(server, 10);
  device.connect();
  FrameWriter writer;
  auto hello = writer.root().initHello();
  hello.setProtocol(2);
  hello.setPublicKey(to_data(ByteView{device.key().verify_key().bytes}));
  device.send(writer);
  EXPECT_EQ(device.next_error(), Errc::protocol);
}

TEST(SessionTest, AProofThatDoesNotAnswerTheChallengeIsABadSignature) {
  TestServer server;
  TestDevice device(server, 10);
  device.connect();
  device.hello(server.code({kStation}));
  FrameWriter writer;
  writer.root().initProof().setSignature(to_data(Bytes(64, 1)));
  device.send(writer);
  EXPECT_EQ(device.next_error(), Errc::bad_signature);
  EXPECT_TRUE(device.closed());
}

TEST(SessionTest, AnUnknownDeviceWithoutACodeIsRefused) {
  TestServer server;
  TestDevice device(server, 10);
  device.connect();
  device.hello();
  device.prove();
  EXPECT_EQ(device.next_error(), Errc::unknown_device);
}

TEST(SessionTest, ACodeWorksOnceAndOnlyForOneDevice) {
  TestServer server;
  const std::string code = server.code({kStation});
  TestDevice first(server, 10);
  first.open(code);
  TestDevice second(server, 11);
  second.connect();
  second.hello(code);
  second.prove();
  EXPECT_EQ(second.next_error(), Errc::bad_code);
  first.disconnect();
  first.open(code);  // the same device may present it again: the first answer may have been lost
  EXPECT_EQ(first.number(), DeviceNumber{2});
}

TEST(SessionTest, AnExpiredCodeIsRefused) {
  TestServer server;
  const std::string code = server.code({kStation});
  server.clock.advance_ms(limits::kEnrolmentCodeMs + 1000);
  TestDevice device(server, 10);
  device.connect();
  device.hello(code);
  device.prove();
  EXPECT_EQ(device.next_error(), Errc::bad_code);
}

TEST(SessionTest, ADeviceThatVerifiedAnotherHistoryIsToldToCallAnAuditor) {
  Opened t;
  t.device.disconnect();
  t.device.verified().root.bytes[5] ^= 1;
  t.device.connect();
  t.device.hello();
  t.device.prove();
  EXPECT_EQ(t.device.next_error(), Errc::checkpoint_mismatch);
}

TEST(SessionTest, AWitnessOfACheckpointThatWasNeverSignedIsRefused) {
  Opened t;
  t.device.verified().note_signature.bytes[3] ^= 1;
  t.device.send(t.device.push_events(kStation, 1));
  t.device.settle();
  EXPECT_EQ(t.device.next_error(), Errc::checkpoint_mismatch);
  EXPECT_TRUE(t.device.closed());
}

struct RefusalCase {
  const char* name;
  Errc code;
  std::function<Bytes(TestDevice&, TestServer&)> frame;
};
void PrintTo(const RefusalCase& c, std::ostream* out) { *out << c.name; }

class RefusedPushTest : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(RefusedPushTest, GetsItsCodeIsQuarantinedAndOthersGoOn) {
  Opened t;
  TestDevice other(t.server, 12);
  other.open(t.server.code({kStation}));
  const std::uint64_t size_before = t.server.size();
  t.device.send(GetParam().frame(t.device, t.server));
  t.device.settle();
  EXPECT_EQ(t.device.next_error(), GetParam().code);
  EXPECT_GT(t.server.quarantine.kept(), 0u);
  // The log says so, and nothing else was added.
  EXPECT_EQ(t.server.core->state().system.incidents.size(), 1u);
  EXPECT_GT(t.server.size(), size_before);
  other.send(other.push_events(kStation, 2));
  other.settle();
  FrameReader reader;
  ASSERT_TRUE(other.next(schema::Frame::PUSHED, reader));
  EXPECT_EQ(reader.get().getPushed().getErrorCode(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedPushTest,
    ::testing::Values(
        RefusalCase{"truncated_frame", Errc::malformed,
                    [](TestDevice& d, TestServer&) {
                      Bytes out = d.push_events(kStation, 2);
                      out.resize(out.size() - 16);
                      return out;
                    }},
        RefusalCase{"truncated_event", Errc::malformed,
                    [](TestDevice& d, TestServer&) {
                      Bytes event = d.make_event(kStation);
                      event.resize(event.size() - 8);
                      return d.make_push({event});
                    }},
        RefusalCase{"garbage_event", Errc::malformed,
                    [](TestDevice& d, TestServer&) {
                      Bytes event = d.make_event(kStation);
                      std::fill(event.begin() + 8, event.end(), std::uint8_t{0xee});
                      return d.make_push({event});
                    }},
        RefusalCase{"oversized_event", Errc::too_large,
                    [](TestDevice& d, TestServer&) {
                      return d.make_push({d.make_event(kStation, [](schema::Event::Builder e) {
                        std::string text(8000, 'x');
                        auto body = e.getBody().initFigureReported();
                        body.setPhrase(text);
                        auto sealed = e.initSealed(20);
                        for (auto item : sealed) item.setCiphertext(to_data(Bytes(4000, 1)));
                      })});
                    }},
        RefusalCase{"unsigned", Errc::bad_signature,
                    [](TestDevice& d, TestServer&) {
                      return d.make_push({d.make_event(kStation)}, 1, [](schema::Push::Builder p) {
                        p.setSignature(to_data(Bytes(64, 0)));
                      });
                    }},
        RefusalCase{"another_devices_event", Errc::bad_signature,
                    [](TestDevice& d, TestServer&) {
                      return d.make_push({d.make_event(kStation, [](schema::Event::Builder e) {
                        e.setDevice(to_data(Bytes(16, 7)));
                      })});
                    }},
        RefusalCase{"miscounted", Errc::malformed,
                    [](TestDevice& d, TestServer&) {
                      return d.make_push({d.make_event(kStation)}, 1,
                                         [](schema::Push::Builder p) { p.setCount(2); });
                    }},
        RefusalCase{"gap", Errc::chain_broken,
                    [](TestDevice& d, TestServer&) {
                      d.chain(d.make_event(kStation));
                      return d.make_push({d.make_event(kStation)});
                    }},
        RefusalCase{"broken_inner_chain", Errc::chain_broken,
                    [](TestDevice& d, TestServer&) {
                      const Bytes first = d.make_event(kStation);
                      const Bytes second = d.make_event(kStation, [](schema::Event::Builder e) {
                        e.setDeviceSeq(2);
                        e.setPrevHash(to_data(Bytes(32, 9)));
                      });
                      return d.make_push({first, second});
                    }},
        RefusalCase{"wrong_scope", Errc::scope_denied,
                    [](TestDevice& d, TestServer&) { return d.make_push({d.make_event(kOther)}); }},
        RefusalCase{
            "log_scope", Errc::scope_denied,
            [](TestDevice& d, TestServer&) { return d.make_push({d.make_event(kScopeLog)}); }},
        RefusalCase{"enrols_somebody", Errc::unauthorised,
                    [](TestDevice& d, TestServer&) {
                      return d.make_push({d.make_event(kScopeCommons, [](schema::Event::Builder e) {
                        e.getBody().initDeviceEnrolled().setNumber(99);
                      })});
                    }}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(SessionTest, AForkIsKeptWrittenDownAndEndsTheDevice) {
  Opened t;
  const Hash head_before = t.device.chain_head();
  t.device.send(t.device.push_events(kStation, 2));
  t.device.settle();
  t.device.take_records();
  // The same places, other bytes: a tablet that was restored from an older copy.
  t.device.set_chain(DeviceSeq{0}, head_before);
  const Bytes event = t.device.make_event(kStation, [](schema::Event::Builder e) {
    e.getBody().initFigureReported().setFigure("B01");
  });
  t.device.send(t.device.make_push({event}));
  t.device.settle();
  EXPECT_EQ(t.device.next_error(), Errc::chain_forked);
  EXPECT_TRUE(t.device.closed());
  EXPECT_TRUE(t.server.quarantine.contains(sha256(event)));
  t.device.disconnect();
  t.device.connect();
  t.device.hello();
  t.device.prove();
  EXPECT_EQ(t.device.next_error(), Errc::revoked_device);
}

TEST(SessionTest, ARevokedDeviceIsClosedAtOnceAndStaysOut) {
  Opened t;
  TestDevice admin(t.server, 12);
  admin.open(t.server.code({}, {schema::Role::ADMIN}));
  admin.send(admin.make_push({admin.make_event(kScopeCommons, [&](schema::Event::Builder e) {
    auto body = e.getBody().initDeviceRevoked();
    body.setDevice(t.device.number().value);
    body.setFromDeviceSeq(1);
  })}));
  admin.settle();
  EXPECT_EQ(admin.next_error(), Errc{0});
  t.device.collect();
  EXPECT_EQ(t.device.next_error(), Errc::revoked_device);
  EXPECT_TRUE(t.device.closed());
  t.device.disconnect();
  t.device.connect();
  t.device.hello();
  t.device.prove();
  EXPECT_EQ(t.device.next_error(), Errc::revoked_device);
}

TEST(SessionTest, UnreadableFramesOfOneDeviceEndOnlyItsSession) {
  Opened t;
  for (unsigned i = 0; i + 1 < kUnreadableFramesMax; ++i) {
    t.device.send(Bytes(64, 0xee));
    EXPECT_EQ(t.device.next_error(), Errc::malformed);
    EXPECT_FALSE(t.device.closed());
  }
  t.device.send(Bytes(64, 0xee));
  EXPECT_TRUE(t.device.closed());
}

TEST(SessionTest, ATooLargeFrameIsSaidToBe) {
  Opened t;
  t.device.send(Bytes(limits::kFrameBytesMax + 8, 0));
  EXPECT_EQ(t.device.next_error(), Errc::too_large);
}

TEST(SessionTest, AHandshakeThatDoesNotEndIsCutOff) {
  TestServer server;
  TestDevice device(server, 10);
  device.connect();
  server.clock.advance_ms(limits::kHandshakeMsMax + 1);
  server.core->tick(server.clock());
  device.collect();
  EXPECT_EQ(device.next_error(), Errc::protocol);
  EXPECT_TRUE(device.closed());
}

TEST(SessionTest, ASilentDeviceIsPingedAndThenClosed) {
  Opened t;
  t.server.clock.advance_ms(limits::kKeepAliveMs + 1);
  t.server.core->tick(t.server.clock());
  t.device.collect();
  FrameReader reader;
  EXPECT_TRUE(t.device.next(schema::Frame::PING, reader));
  t.server.clock.advance_ms(limits::kIdleMsMax);
  t.server.core->tick(t.server.clock());
  EXPECT_TRUE(t.device.next_error() == Errc{0} || t.device.closed());
}

TEST(SessionTest, ShuttingDownTellsEverySessionWhenToComeBack) {
  Opened t;
  t.server.core->shut_down(2000);
  t.device.collect();
  FrameReader reader;
  ASSERT_TRUE(t.device.next(schema::Frame::RETRY, reader));
  EXPECT_EQ(reader.get().getRetry().getReason(), static_cast<std::uint16_t>(Errc::shutting_down));
  EXPECT_GE(reader.get().getRetry().getAfterMs(), 2000u);
  EXPECT_TRUE(t.device.closed());
}

// --- keys ----------------------------------------------------------------------------------------

TEST(SessionTest, KeysAreDepositedAndReachOnlyDevicesWithTheScope) {
  TestServer server;
  TestDevice owner(server, 10);
  TestDevice peer(server, 11);
  TestDevice stranger(server, 12);
  owner.open(server.code({kStation}));
  peer.open(server.code({kStation}));
  stranger.open(server.code({kOther}));
  owner.send(owner.push_events(kStation, 1));
  owner.settle();
  const PersonId person{event_id(owner.number(), DeviceSeq{1}).value};
  const SymmetricKey key = make_symmetric_key(server.random);

  FrameWriter deposit;
  auto items = deposit.root().initKeyDeposit().initItems(1);
  items[0].setSubject(person.value);
  items[0].setKeyId(person.value);
  items[0].setSealedKey(to_data(seal_to(owner.server_key(), key, server.random)));
  owner.send(deposit);
  owner.settle();
  FrameReader reader;
  ASSERT_TRUE(owner.next(schema::Frame::KEYS, reader));
  EXPECT_FALSE(reader.get().getKeys().getItems()[0].getDenied());

  const auto ask = [&](TestDevice& device) {
    FrameWriter request;
    request.root().initKeyRequest().initSubjects(1).set(0, person.value);
    device.send(request);
    device.settle();
    EXPECT_TRUE(device.next(schema::Frame::KEYS, reader));
    return reader.get().getKeys().getItems()[0];
  };
  const auto granted = ask(peer);
  ASSERT_FALSE(granted.getDenied());
  const auto opened = open_sealed(peer.key(), to_view(granted.getSealedKey()));
  ASSERT_TRUE(opened);
  EXPECT_TRUE(equal(*opened, key));
  EXPECT_TRUE(ask(stranger).getDenied());
  EXPECT_EQ(*server.keys.handed_out(person), 1u);
}

// As tablets send and ask for them; above, as devices of the first kind do, whose keys are sealed
// one by one.
TEST(SessionTest, KeysThatAreSealedTogetherAreTheKeysOfTheItemsInOrder) {
  TestServer server;
  TestDevice owner(server, 10);
  TestDevice peer(server, 11);
  owner.open(server.code({kStation}));
  peer.open(server.code({kStation}));
  constexpr unsigned kKeys = 256;  // as many as one frame takes
  owner.send(owner.push_events(kStation, kKeys));
  owner.settle();
  const auto person = [&](unsigned i) {
    return PersonId{event_id(owner.number(), DeviceSeq{1 + i}).value};
  };
  KeysTogether keys(kKeys);
  for (unsigned i = 0; i < kKeys; ++i) keys.add(make_symmetric_key(server.random));
  FrameReader reader;
  // Without the keys of all items none can be told from the others.
  for (const unsigned count : {kKeys - 1, kKeys}) {
    FrameWriter frame;
    auto deposit = frame.root().initKeyDeposit();
    auto items = deposit.initItems(count);
    for (unsigned i = 0; i < count; ++i) {
      items[i].setSubject(person(i).value);
      items[i].setKeyId(person(i).value);
    }
    deposit.setSealedKeys(to_data(keys.seal_to(owner.server_key(), server.random)));
    owner.send(frame);
    owner.settle();
    ASSERT_TRUE(owner.next(schema::Frame::KEYS, reader));
    for (const auto item : reader.get().getKeys().getItems()) {
      EXPECT_EQ(item.getDenied(), count != kKeys) << count;
    }
  }
  FrameWriter frame;
  auto request = frame.root().initKeyRequest();
  request.setTogether(true);
  auto subjects = request.initSubjects(3);
  subjects.set(0, person(2).value);
  subjects.set(1, event_id(owner.number(), DeviceSeq{2 * kKeys}).value);  // nobody
  subjects.set(2, person(0).value);
  peer.send(frame);
  peer.settle();
  ASSERT_TRUE(peer.next(schema::Frame::KEYS, reader));
  const auto answer = reader.get().getKeys();
  EXPECT_TRUE(answer.getItems()[1].getDenied());
  for (const auto item : answer.getItems()) EXPECT_FALSE(item.hasSealedKey());
  const auto opened = KeysTogether::open(peer.key(), to_view(answer.getSealedKeys()), 2);
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ((*opened)[0], keys[2]);
  EXPECT_EQ((*opened)[1], keys[0]);
  EXPECT_FALSE(KeysTogether::open(peer.key(), to_view(answer.getSealedKeys()), 3));
  EXPECT_FALSE(KeysTogether::open(owner.key(), to_view(answer.getSealedKeys()), 2));
}

TEST(SessionTest, AnErasedPersonsKeyIsDestroyedWithTheCommitThatSaysSo) {
  TestServer server;
  TestDevice device(server, 10);
  device.open(server.code({kStation}, {schema::Role::SUPERVISOR}));
  const Bytes registered = device.make_event(kScopeCommons, [](schema::Event::Builder e) {
    e.getBody().initPersonRegistered().setBirthYearBand(1960);
  });
  device.send(device.make_push({registered}));
  device.chain(registered);
  device.settle();
  const PersonId person{event_id(device.number(), DeviceSeq{1}).value};
  const SubjectKey key{person, person.value, make_symmetric_key(server.random)};
  ASSERT_TRUE(server.keys.put_keys({&key, 1}));
  const Bytes erased = device.make_event(kScopeCommons, [&](schema::Event::Builder e) {
    auto body = e.getBody().initPersonalDataErased();
    body.setPerson(person.value);
    body.setLegalGround("PIPL 47");
  });
  device.send(device.make_push({erased}, 2));
  device.chain(erased);
  device.settle();
  ASSERT_TRUE(server.core->state().person(person)->erased);
  EXPECT_EQ(server.keys.key_of(person).error().code, Errc::not_found);
  EXPECT_TRUE(*server.keys.was_erased(person));
}

TEST(SessionTest, AKeyForSomebodyElsesPersonIsNotTaken) {
  Opened t;
  FrameWriter deposit;
  auto items = deposit.root().initKeyDeposit().initItems(1);
  items[0].setSubject(event_id(DeviceNumber{77}, DeviceSeq{1}).value);
  items[0].setSealedKey(to_data(
      seal_to(t.device.server_key(), make_symmetric_key(t.server.random), t.server.random)));
  t.device.send(deposit);
  t.device.settle();
  FrameReader reader;
  ASSERT_TRUE(t.device.next(schema::Frame::KEYS, reader));
  EXPECT_TRUE(reader.get().getKeys().getItems()[0].getDenied());
}

}  // namespace
}  // namespace houniao::testing_server
