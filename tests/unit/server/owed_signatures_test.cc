// Under load a push is durable before its signature is checked; these tests follow what is owed.
#include <gtest/gtest.h>

#include "device.h"
#include "replay/replayer.h"
#include "server/owed_signatures.h"
#include "server/signature_thread.h"

namespace houniao::testing_server {
namespace {

constexpr ScopeId kStation{16};

// Every event of the log folded as an auditor does: what is signed for, and that the log is right.
Replayer audited(const MemoryStore& log) {
  Replayer out(Replayer::Mode::verify);
  for (Seq next; next.value < log.head().size.value;) {
    const auto run = log.read(next, 1 << 20).value();
    for (std::size_t i = 0; i < run.count(); ++i) {
      const auto fed = out.feed(run.record(i));
      EXPECT_TRUE(fed) << fed.error().message();
    }
    next = run.next();
  }
  return out;
}

// A server that never has time to check a signature first.
struct Loaded {
  TestServer server;
  TestDevice device{server, 10};
  Loaded() {
    server.verify_first_per_second = 0;
    server.start();
    device.open(server.code({kStation}));
  }
  DeviceHead head() { return server_head(device); }
  DeviceHead server_head(const TestDevice& of) {
    for (const DeviceHead& head : server.log.device_heads().value()) {
      if (head.device == of.id()) return head;
    }
    return {};
  }
  // Pushes one event and reads the answer.
  bool push(std::uint64_t id, const std::function<void(schema::Push::Builder)>& spoil = {}) {
    const Bytes event = device.make_event(kStation);
    device.send(device.make_push({event}, id, spoil));
    device.chain(event);
    device.settle();
    FrameReader reader;
    return device.next(schema::Frame::PUSHED, reader) &&
           reader.get().getPushed().getErrorCode() == 0 &&
           reader.get().getPushed().getThroughDeviceSeq() == device.seq().value;
  }
  void wait_ms(std::int64_t ms) {
    server.clock.advance_ms(ms);
    (void)server.core->settle_signatures(server.clock());
    device.settle();
  }
};

schema::Push::Builder spoil_signature(schema::Push::Builder push) {
  Bytes wrong(64, 7);
  push.setSignature(to_data(wrong));
  return push;
}

TEST(OwedSignatures, OneAttestationCoversThePushesThatWereTakenBeforeItsCheck) {
  Loaded t;
  for (std::uint64_t i = 1; i <= 5; ++i) EXPECT_TRUE(t.push(i));
  EXPECT_EQ(t.head().seq, DeviceSeq{5});
  EXPECT_EQ(t.head().attested, DeviceSeq{0});
  const std::uint64_t before = t.server.size();
  t.wait_ms(limits::kSignatureOwedMs / 2);
  EXPECT_EQ(t.server.size(), before) << "nothing is due yet";
  t.wait_ms(limits::kSignatureOwedMs / 2);
  EXPECT_EQ(t.server.size(), before + 1) << "one attestation, not five";
  EXPECT_EQ(t.head().attested, DeviceSeq{5});
  EXPECT_TRUE(audited(t.server.log).unattested().empty());
  t.wait_ms(10'000);
  EXPECT_EQ(t.server.size(), before + 1) << "what is covered is not attested again";
}

TEST(OwedSignatures, AnAttestationMayComeAfterLaterPushes) {
  Loaded t;
  EXPECT_TRUE(t.push(1));
  t.server.clock.advance_ms(limits::kSignatureOwedMs);
  // The second push waits for the sequencer while the first one's signature is settled.
  const Bytes event = t.device.make_event(kStation);
  t.device.send(t.device.make_push({event}, 2));
  t.device.chain(event);
  (void)t.server.core->settle_signatures(t.server.clock());
  t.device.settle();
  EXPECT_EQ(t.head().seq, DeviceSeq{2});
  EXPECT_EQ(t.head().attested, DeviceSeq{1});
  const auto unattested = audited(t.server.log).unattested();
  ASSERT_EQ(unattested.size(), 1u);
  EXPECT_EQ(unattested[0].first, DeviceSeq{2});
  t.wait_ms(limits::kSignatureOwedMs);
  EXPECT_EQ(t.head().attested, DeviceSeq{2});
  EXPECT_TRUE(audited(t.server.log).unattested().empty());
}

TEST(OwedSignatures, ABadOneEndsTheSessionAndTheNextChecksFirst) {
  Loaded t;
  EXPECT_TRUE(t.push(1, spoil_signature));  // durable, and nobody vouches for it yet
  t.wait_ms(limits::kSignatureOwedMs);
  EXPECT_EQ(t.device.next_error(), Errc::bad_signature);
  EXPECT_TRUE(t.device.closed());
  EXPECT_EQ(t.head().attested, DeviceSeq{0});

  t.device.disconnect();
  t.device.open();
  EXPECT_EQ(t.device.known_device_seq(), DeviceSeq{1});
  EXPECT_EQ(t.device.attested_device_seq(), DeviceSeq{0});
  const Bytes event = t.device.make_event(kStation);
  t.device.send(t.device.make_push({event}, 2, spoil_signature));
  t.device.settle();
  EXPECT_EQ(t.device.next_error(), Errc::bad_signature) << "taken unchecked a second time";
  EXPECT_EQ(t.head().seq, DeviceSeq{1});
  EXPECT_TRUE(t.push(3)) << "a good signature clears the debt";
  EXPECT_EQ(t.head().attested, DeviceSeq{2});
  EXPECT_TRUE(audited(t.server.log).unattested().empty());
}

TEST(OwedSignatures, ACrashLosesSignaturesAndTheDeviceGivesThemAgain) {
  Loaded t;
  EXPECT_TRUE(t.push(1));
  EXPECT_TRUE(t.push(2));
  t.server.start();  // without settling: as after a crash
  t.device.open();
  EXPECT_EQ(t.device.known_device_seq(), DeviceSeq{2});
  EXPECT_EQ(t.device.attested_device_seq(), DeviceSeq{0});
  t.device.send(t.device.make_signature(9));
  t.device.settle();
  FrameReader reader;
  ASSERT_TRUE(t.device.next(schema::Frame::PUSHED, reader));
  EXPECT_EQ(reader.get().getPushed().getId(), 9u);
  EXPECT_EQ(reader.get().getPushed().getErrorCode(), 0);
  EXPECT_EQ(reader.get().getPushed().getThroughDeviceSeq(), 2u);
  EXPECT_EQ(t.head().attested, DeviceSeq{2});
  EXPECT_TRUE(audited(t.server.log).unattested().empty());
}

TEST(OwedSignatures, ASignatureOverAnotherChainIsRefused) {
  Loaded t;
  EXPECT_TRUE(t.push(1));
  Hash other;
  other.bytes[3] = 1;
  t.device.send(t.device.make_signature(9, other));
  t.device.settle();
  EXPECT_EQ(t.device.next_error(), Errc::bad_signature);
  EXPECT_EQ(t.head().attested, DeviceSeq{0});
  // Over a place that the log does not have.
  t.device.set_chain(DeviceSeq{7}, t.device.chain_head());
  t.device.send(t.device.make_signature(10));
  t.device.settle();
  EXPECT_EQ(t.device.next_error(), Errc::chain_broken);
}

TEST(OwedSignatures, LeavingSettlesWhatIsOwed) {
  Loaded t;
  EXPECT_TRUE(t.push(1));
  // One more that the sequencer has not even seen when the connection breaks.
  const Bytes event = t.device.make_event(kStation);
  t.device.send(t.device.make_push({event}, 2));
  t.device.chain(event);
  t.device.disconnect();
  t.server.core->settle(t.server.clock());
  EXPECT_EQ(t.head().seq, DeviceSeq{2});
  EXPECT_EQ(t.head().attested, DeviceSeq{2});
  EXPECT_TRUE(audited(t.server.log).unattested().empty());
}

TEST(OwedSignatures, ABadSignatureDoesNotTakeTheGoodOneBeforeItAlong) {
  Loaded t;
  EXPECT_TRUE(t.push(1));
  EXPECT_TRUE(t.push(2, spoil_signature));
  t.device.disconnect();
  t.server.core->settle(t.server.clock());
  EXPECT_EQ(t.head().seq, DeviceSeq{2});
  EXPECT_EQ(t.head().attested, DeviceSeq{1});
  ASSERT_EQ(audited(t.server.log).unattested().size(), 1u);
}

TEST(OwedSignatures, AFullDiskDelaysTheAttestationAndLosesNothing) {
  Loaded t;
  EXPECT_TRUE(t.push(1));
  t.server.log.fail_full(1);
  t.wait_ms(limits::kSignatureOwedMs);
  EXPECT_EQ(t.head().attested, DeviceSeq{0});
  for (int i = 0; i < 10; ++i) t.wait_ms(1'000);
  EXPECT_EQ(t.head().attested, DeviceSeq{1});
  EXPECT_TRUE(audited(t.server.log).unattested().empty());
}

TEST(OwedSignatures, ASessionThatOwesForTooManyEventsIsCheckedFirst) {
  Loaded t;
  std::vector<Bytes> events;
  const auto push_many = [&](std::uint64_t id, std::size_t count, bool good) {
    TestDevice before = t.device;
    events.clear();
    for (std::size_t i = 0; i < count; ++i) {
      events.push_back(t.device.make_event(kStation));
      t.device.chain(events.back());
    }
    t.device.send(before.make_push(events, id, [&](schema::Push::Builder push) {
      if (!good) spoil_signature(push);
    }));
    t.device.settle();
    return t.device.next_error();
  };
  const std::size_t half = limits::kSignatureOwedEventsMax / 2;
  EXPECT_EQ(push_many(1, half, true), Errc{0});
  EXPECT_EQ(push_many(2, half, true), Errc{0});
  EXPECT_EQ(t.head().attested, DeviceSeq{0});
  EXPECT_EQ(push_many(3, 1, false), Errc::bad_signature) << "taken unchecked beyond the bound";
}

TEST(OwedSignatures, PushesAreCheckedFirstWhileThereIsTime) {
  VerifyBudget budget(1000);
  const auto taken = [&](std::int64_t now_us, int pushes) {
    int out = 0;
    for (int i = 0; i < pushes; ++i) out += budget.take(now_us) ? 1 : 0;
    return out;
  };
  EXPECT_EQ(taken(0, 100), 100);  // a tenth of a second at once
  EXPECT_EQ(taken(99'999, 1), 0);
  EXPECT_EQ(taken(100'000, 1), 0) << "the tenth before was too busy";
  EXPECT_EQ(taken(200'000, 100), 100) << "and the one before this was not";
  EXPECT_EQ(taken(300'000, 500), 100);
  EXPECT_EQ(taken(400'000, 500), 0);
  EXPECT_EQ(taken(500'000, 500), 0) << "as long as so many come";
  EXPECT_EQ(taken(700'000, 5), 5) << "a tenth without any";
  EXPECT_EQ(taken(600'000, 95), 95) << "a clock that goes back begins nothing anew";
  EXPECT_EQ(taken(600'000, 1), 0);
  VerifyBudget none(0);
  EXPECT_FALSE(none.take(5));
}

// On the server's own thread for it, in the order handed in.
TEST(SignatureThread, TellsGoodFromBadAndFinishesWhatWaits) {
  const SigningKey key = key_of(9);
  const auto request = [&](std::uint64_t through, bool good) {
    AttestRequest out;
    out.key = key.verify_key();
    AttestationData& head = out.signed_head;
    head.device = device_id_for(out.key);
    head.through = DeviceSeq{through};
    head.signature =
        sign(key, push_signing_bytes(head.device, head.through, head.head, head.witnessed));
    if (!good) head.signature.bytes[7] ^= 1;
    return out;
  };
  std::vector<std::pair<std::uint64_t, AttestRequest::Checked>> checked;
  SignatureThread thread([&](AttestRequest done) {
    checked.emplace_back(done.signed_head.through.value, done.checked);
  });
  AttestRequest early = request(1, true);
  EXPECT_FALSE(thread.submit(early)) << "it does not run yet";
  EXPECT_EQ(early.checked, AttestRequest::Checked::not_yet);
  thread.start();
  for (std::uint64_t i = 1; i <= 200; ++i) {
    AttestRequest next = request(i, i % 3 != 0);
    EXPECT_TRUE(thread.submit(next));
  }
  thread.stop();
  ASSERT_EQ(checked.size(), 200u);
  for (std::uint64_t i = 1; i <= 200; ++i) {
    EXPECT_EQ(checked[i - 1].first, i);
    EXPECT_EQ(checked[i - 1].second == AttestRequest::Checked::good, i % 3 != 0) << i;
  }
  AttestRequest late = request(1, true);
  EXPECT_FALSE(thread.submit(late));
}

}  // namespace
}  // namespace houniao::testing_server
