#include <gtest/gtest.h>

#include "device.h"
#include "replay/digest.h"
#include "replay/state.h"
#include "server/log/log_node_source.h"

namespace houniao::testing_server {
namespace {

constexpr ScopeId kStation{16};

struct Opened {
  TestServer server;
  TestDevice device{server, 10};
  Opened() {
    device.open(server.code({kStation}));
    device.give_credit();
    device.take_records();
  }
  // The next Pushed or Retry of the device; 0 for an acknowledgement.
  Errc push(const Bytes& frame) {
    device.send(frame);
    device.settle();
    return device.next_error();
  }
};

TEST(SequencerTest, TheFirstRecordOfALogIsTheServersOwnEnrolment) {
  TestServer server;
  EXPECT_EQ(server.size(), 3u);  // enrolment, log key, and the attestation of both
  const Device* self = server.core->state().device(kServerDevice);
  ASSERT_NE(self, nullptr);
  EXPECT_EQ(self->key, key_of(2).verify_key());
  EXPECT_EQ(server.core->published().head()->size.value, 3u);
}

TEST(SequencerTest, ARepeatIsAcknowledgedAgainAndAddsNothing) {
  Opened t;
  const Bytes frame = t.device.push_events(kStation, 4);
  EXPECT_EQ(t.push(frame), Errc{0});
  const std::uint64_t size = t.server.size();
  t.device.inbound() = {};
  t.device.send(frame);
  t.device.settle();
  FrameReader reader;
  ASSERT_TRUE(t.device.next(schema::Frame::PUSHED, reader));
  EXPECT_EQ(reader.get().getPushed().getErrorCode(), 0);
  EXPECT_EQ(reader.get().getPushed().getThroughDeviceSeq(), 4u);
  EXPECT_EQ(reader.get().getPushed().getCount(), 0u);
  EXPECT_EQ(t.server.size(), size);
}

TEST(SequencerTest, ARepeatOfAnOlderPushIsRecognisedAfterNewerOnes) {
  Opened t;
  const Bytes first = t.device.push_events(kStation, 2);
  EXPECT_EQ(t.push(first), Errc{0});
  EXPECT_EQ(t.push(t.device.push_events(kStation, 3)), Errc{0});
  const std::uint64_t size = t.server.size();
  EXPECT_EQ(t.push(first), Errc{0});
  EXPECT_EQ(t.server.size(), size);
}

TEST(SequencerTest, AnOlderPlaceWithOtherBytesIsAFork) {
  Opened t;
  const Hash start = t.device.chain_head();
  EXPECT_EQ(t.push(t.device.push_events(kStation, 2)), Errc{0});
  EXPECT_EQ(t.push(t.device.push_events(kStation, 3)), Errc{0});
  t.device.set_chain(DeviceSeq{0}, start);
  const Bytes other = t.device.make_event(
      kStation, [](schema::Event::Builder e) { e.getBody().initFigureReported(); });
  EXPECT_EQ(t.push(t.device.make_push({other})), Errc::chain_forked);
  const Device* device = t.server.core->state().device(t.device.number());
  EXPECT_NE(device->revoked_from.value, 0u);
}

TEST(SequencerTest, APushThatOverlapsWhatIsKnownAddsOnlyTheRest) {
  Opened t;
  const Hash start = t.device.chain_head();
  std::vector<Bytes> events;
  for (int i = 0; i < 4; ++i) {
    events.push_back(t.device.make_event(kStation));
    t.device.chain(events.back());
  }
  t.device.set_chain(DeviceSeq{0}, start);
  EXPECT_EQ(t.push(t.device.make_push({events[0], events[1]})), Errc{0});
  t.device.inbound() = {};
  t.device.send(t.device.make_push(events));
  t.device.settle();
  FrameReader reader;
  ASSERT_TRUE(t.device.next(schema::Frame::PUSHED, reader));
  EXPECT_EQ(reader.get().getPushed().getCount(), 2u);
  EXPECT_EQ(reader.get().getPushed().getThroughDeviceSeq(), 4u);
}

TEST(SequencerTest, PushesOfManySessionsShareOneCommit) {
  TestServer server;
  std::vector<std::unique_ptr<TestDevice>> devices;
  for (std::uint8_t i = 0; i < 20; ++i) {
    devices.push_back(std::make_unique<TestDevice>(server, static_cast<std::uint8_t>(10 + i)));
    devices.back()->open(server.code({kStation}));
  }
  for (auto& device : devices) device->send(device->push_events(kStation, 3));
  const std::uint64_t before = server.size();
  server.core->commit(server.clock());
  EXPECT_FALSE(server.core->busy());
  EXPECT_EQ(server.size(), before + 20 * 4);
  for (auto& device : devices) {
    device->collect();
    FrameReader reader;
    ASSERT_TRUE(device->next(schema::Frame::PUSHED, reader));
    device->accept(reader.get().getPushed().getCheckpoint(),
                   reader.get().getPushed().getConsistency());
  }
}

TEST(SequencerTest, AFullQueueAnswersRetryAndLosesNothing) {
  TestServer server;
  SequencerOptions options = server.options();
  options.queue_events_max = 10;
  ASSERT_TRUE(server.try_start(options));
  TestDevice device(server, 10);
  device.open(server.code({kStation}));
  device.send(device.push_events(kStation, 8, 1));
  const Bytes second = device.push_events(kStation, 8, 2);
  device.send(second);
  device.collect();
  FrameReader reader;
  ASSERT_TRUE(device.next(schema::Frame::RETRY, reader));
  EXPECT_EQ(reader.get().getRetry().getReason(), static_cast<std::uint16_t>(Errc::overloaded));
  EXPECT_EQ(reader.get().getRetry().getPushId(), 2u);
  EXPECT_GT(reader.get().getRetry().getAfterMs(), 0u);
  device.settle();
  device.send(second);
  device.settle();
  EXPECT_EQ(server.core->published().device_head(device.id()).seq, DeviceSeq{16});
}

TEST(SequencerTest, AFullDiskIsReadOnlySaysSoAndRecovers) {
  Opened t;
  EXPECT_EQ(t.push(t.device.push_events(kStation, 2)), Errc{0});
  const std::uint64_t size = t.server.size();
  const Hash before = digest(t.server.core->state());
  t.server.log.fail_full(1);
  const Bytes frame = t.device.push_events(kStation, 3);
  EXPECT_EQ(t.push(frame), Errc::storage_full);
  EXPECT_EQ(t.server.size(), size);
  // The state is what the disk has, to the digest.
  EXPECT_EQ(digest(t.server.core->state()), before);
  EXPECT_TRUE(t.server.core->published().head()->read_only.has_value());
  // Until the next attempt is due, pushes are turned away without touching the disk; reads go on.
  EXPECT_EQ(t.push(frame), Errc::storage_full);
  TestDevice reader(t.server, 12);
  reader.connect();
  reader.hello();
  reader.prove();
  EXPECT_EQ(reader.next_error(), Errc::unknown_device);
  t.server.clock.advance_ms(kStorageProbeUs / 1000 + 1);
  EXPECT_EQ(t.push(frame), Errc{0});
  EXPECT_FALSE(t.server.core->published().head()->read_only.has_value());
  EXPECT_EQ(t.server.core->published().device_head(t.device.id()).seq, DeviceSeq{5});
}

TEST(SequencerTest, ALogThatCannotBeBegunIsAnErrorAtOnce) {
  CountingRandom random;
  MemoryStore log;
  MemoryKeyStore keys(random);
  MemoryQuarantine quarantine;
  Published published;
  SequencerOptions options;
  options.origin = "log.test/unit";
  options.log_key = key_of(1);
  options.device_key = key_of(2);
  log.fail_full(5);
  const auto opened = Sequencer::open({log, keys, quarantine, nullptr, published}, options,
                                      WallTime{1'772'323'200'000'000});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::storage_full);
}

TEST(SequencerTest, ARepeatInAFailedGroupIsNotAcknowledged) {
  Opened t;
  const Bytes frame = t.device.push_events(kStation, 2);
  t.server.log.fail_full(1);
  t.device.send(frame);
  t.device.send(frame);
  t.device.settle();
  EXPECT_EQ(t.device.next_error(), Errc::storage_full);
  EXPECT_EQ(t.device.next_error(), Errc::storage_full);
  EXPECT_EQ(t.device.next_error(), Errc{0});
}

TEST(SequencerTest, AFailedDiskStaysReadOnlyUntilARestart) {
  Opened t;
  t.server.log.fail_next(false);
  const Bytes frame = t.device.push_events(kStation, 2);
  EXPECT_EQ(t.push(frame), Errc::storage_failed);
  t.server.clock.advance_ms(3'600'000);
  EXPECT_EQ(t.push(frame), Errc::storage_failed);
  t.server.log.crash();
  t.server.start();
  t.device.open();
  EXPECT_EQ(t.push(frame), Errc{0});
}

TEST(SequencerTest, WhatBecameDurableDespiteAnErrorIsThereAfterARestart) {
  Opened t;
  t.server.log.fail_next(true);
  const Bytes frame = t.device.push_events(kStation, 2);
  EXPECT_EQ(t.push(frame), Errc::storage_failed);
  t.server.log.crash();
  t.server.start();
  t.device.open();
  EXPECT_EQ(t.device.known_device_seq(), DeviceSeq{2});
  EXPECT_EQ(t.push(frame), Errc{0});
  EXPECT_EQ(t.server.core->published().device_head(t.device.id()).seq, DeviceSeq{2});
}

TEST(SequencerTest, RecordTimesNeverGoBackWhenTheClockDoes) {
  Opened t;
  EXPECT_EQ(t.push(t.device.push_events(kStation, 1)), Errc{0});
  const WallTime before = t.server.core->state().last_received;
  t.server.clock.now.wall.us -= 3'600'000'000;
  EXPECT_EQ(t.push(t.device.push_events(kStation, 1)), Errc{0});
  EXPECT_GE(t.server.core->state().last_received, before);
}

TEST(SequencerTest, ARestartGivesTheSameStateWithAndWithoutASnapshot) {
  Opened t;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(t.push(t.device.push_events(kStation, 7)), Errc{0});
  ASSERT_TRUE(t.server.core->save_snapshot());
  EXPECT_EQ(t.push(t.device.push_events(kStation, 3)), Errc{0});
  const Hash expected = digest(t.server.core->state());
  t.server.start();
  EXPECT_EQ(digest(t.server.core->state()), expected);
  t.server.snapshots.discard(TreeSize{t.server.size() - 4});
  t.server.start();
  EXPECT_EQ(digest(t.server.core->state()), expected);
  t.device.open();
  EXPECT_EQ(t.push(t.device.push_events(kStation, 1)), Errc{0});
}

TEST(SequencerTest, ADamagedSnapshotIsThrownAwayAndTheLogIsFolded) {
  Opened t;
  EXPECT_EQ(t.push(t.device.push_events(kStation, 7)), Errc{0});
  const Hash expected = digest(t.server.core->state());
  Snapshot bad;
  bad.size = TreeSize{t.server.size()};
  bad.root = t.server.core->published().head()->root;
  bad.state = Bytes(1000, 7);
  ASSERT_TRUE(t.server.snapshots.save(bad));
  t.server.start();
  EXPECT_EQ(digest(t.server.core->state()), expected);
}

// --- what must not be served ---------------------------------------------------------------------

TEST(StartUpTest, ALogWithAChangedByteIsRefused) {
  Opened t;
  EXPECT_EQ(t.push(t.device.push_events(kStation, 7)), Errc{0});
  ASSERT_TRUE(t.server.log.flip_record_byte(700, 0x10));
  const auto started = t.server.try_start(t.server.options());
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::checkpoint_mismatch);
}

TEST(StartUpTest, ALogSignedByAnotherKeyIsRefused) {
  TestServer server;
  SequencerOptions options = server.options();
  options.log_key = key_of(99);
  const auto started = server.try_start(options);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::checkpoint_mismatch);
}

TEST(StartUpTest, AnotherServersDeviceKeyIsRefused) {
  TestServer server;
  SequencerOptions options = server.options();
  options.device_key = key_of(99);
  const auto started = server.try_start(options);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::wrong_key);
}

TEST(StartUpTest, ALogShorterThanACheckpointKeptOutsideItIsRefused) {
  TestServer server;
  SequencerOptions options = server.options();
  options.witness = Checkpoint{options.origin, TreeSize{100}, sha256(Bytes{1})};
  const auto started = server.try_start(options);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::checkpoint_mismatch);
}

TEST(StartUpTest, ALogThatDoesNotExtendACheckpointKeptOutsideItIsRefused) {
  Opened t;
  SequencerOptions options = t.server.options();
  options.witness = Checkpoint{options.origin, TreeSize{2}, sha256(Bytes{1})};
  EXPECT_EQ(t.server.try_start(options).error().code, Errc::checkpoint_mismatch);
  options.witness->root = *merkle::root_at(LogNodeSource(t.server.log), TreeSize{2});
  EXPECT_TRUE(t.server.try_start(options));
}

TEST(StartUpTest, LostUnsyncedCommitsAreNoticedByTheDeviceThatVerifiedThem) {
  Opened t;
  t.server.log.set_deferred_sync(true);
  t.device.send(t.device.push_events(kStation, 3));
  t.device.settle();
  EXPECT_EQ(t.device.take_records(), 3u);
  t.server.log.crash();
  t.server.start();
  t.device.connect();
  t.device.inbound() = {};
  t.device.hello();
  t.device.prove();
  EXPECT_EQ(t.device.next_error(), Errc::checkpoint_mismatch);
}

}  // namespace
}  // namespace houniao::testing_server
