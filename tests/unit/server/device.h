// A device for tests of the server: makes chained events and signed pushes, speaks the protocol
// frame by frame, and lets every byte of it be wrong on purpose. Knows nothing of the SDK.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "replay/checkpoint.h"
#include "schema/frames.h"
#include "server/core.h"
#include "server/keys/memory_key_store.h"
#include "server/log/memory_store.h"

namespace houniao::testing_server {

// Repeatable "randomness".
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) {
      state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
      byte = static_cast<std::uint8_t>(state_ >> 56);
    }
  }

 private:
  std::uint64_t state_ = 42;
};

inline SigningKey key_of(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed;
  seed.fill(n);
  return signing_key_from_seed(seed);
}

// 2026-03-01T00:00:00Z and a clock that only moves when told.
struct TestClock {
  Moment now{WallTime{1'772'323'200'000'000}, 1'000'000};
  Moment operator()() const { return now; }
  void advance_ms(std::int64_t ms) {
    now.wall.us += ms * 1000;
    now.mono_us += ms * 1000;
  }
};

// The server under test with everything in memory.
struct TestServer {
  CountingRandom random;
  MemoryStore log;
  MemoryKeyStore keys{random};
  MemoryQuarantine quarantine;
  MemorySnapshots snapshots;
  TestClock clock;
  std::uint32_t verify_first_per_second = limits::kVerifyFirstPerSecond;
  std::unique_ptr<ServerCore> core;

  TestServer() { start(); }
  SequencerOptions options() const {
    SequencerOptions out;
    out.origin = "log.test/unit";
    out.log_key = key_of(1);
    out.device_key = key_of(2);
    return out;
  }
  Result<void> try_start(SequencerOptions with) {
    core.reset();
    auto opened =
        ServerCore::open({log, keys, quarantine, &snapshots, random, verify_first_per_second},
                         std::move(with), clock());
    if (!opened) return opened.error();
    core = std::move(*opened);
    return {};
  }
  void start() {
    const auto started = try_start(options());
    ASSERT_TRUE(started) << started.error().message();
  }
  std::string vkey() const { return verifier_key("log.test/unit", key_of(1).verify_key()); }
  // A code that grants these scopes and roles.
  std::string code(std::vector<ScopeId> scopes,
                   std::vector<schema::Role> roles = {schema::Role::FIELD},
                   bool whole_log = false) {
    EnrolmentCode grant;
    grant.expires = WallTime{clock.now.wall.us + limits::kEnrolmentCodeMs * 1000};
    for (schema::Role role : roles) grant.roles.push_back(static_cast<std::uint16_t>(role));
    grant.scopes = std::move(scopes);
    grant.whole_log = whole_log;
    const std::string out = make_enrolment_code(random);
    EXPECT_TRUE(keys.add_code(out, grant));
    return out;
  }
  std::uint64_t size() const { return log.head().size.value; }
};

// Decoded frames that a device received.
struct Inbound {
  std::vector<Bytes> raw;
  std::size_t next = 0;
};

class TestDevice {
 public:
  TestDevice(TestServer& server, std::uint8_t key_number)
      : server_(server), key_(key_of(key_number)), id_(device_id_for(key_.verify_key())) {}

  // --- protocol ---
  void connect() {
    session_ = server_.core->connect(server_.clock());
    inbound_ = {};
  }
  void disconnect() { server_.core->disconnect(session_); }
  void send(const Bytes& frame) {
    server_.core->feed(session_, frame, server_.clock());
    collect();
  }
  void send(FrameWriter& writer) { send(writer.finish()); }
  void settle() {
    server_.core->settle(server_.clock());
    collect();
  }
  void collect() {
    for (;;) {
      auto frames = server_.core->take_output(session_);
      if (frames.empty()) return;
      for (const SharedFrame& frame : frames) inbound_.raw.push_back(*frame);
    }
  }
  bool closed() { return server_.core->closing(session_); }

  // The next frame of that kind, skipping others; fails the test when there is none.
  bool next(schema::Frame::Which kind, FrameReader& reader) {
    while (inbound_.next < inbound_.raw.size()) {
      const auto opened = reader.open(inbound_.raw[inbound_.next++]);
      EXPECT_TRUE(opened) << opened.error().message();
      if (!opened) return false;
      if (reader.get().which() == kind) return true;
    }
    return false;
  }
  // Code of the next Error frame, or of the next refusing Pushed; 0 when there is none.
  Errc next_error() {
    FrameReader reader;
    while (inbound_.next < inbound_.raw.size()) {
      EXPECT_TRUE(reader.open(inbound_.raw[inbound_.next++]));
      const auto frame = reader.get();
      if (frame.isError()) return errc_from_number(frame.getError().getCode());
      if (frame.isPushed() && frame.getPushed().getErrorCode() != 0) {
        return errc_from_number(frame.getPushed().getErrorCode());
      }
      if (frame.isRetry()) return errc_from_number(frame.getRetry().getReason());
    }
    return Errc{0};
  }

  void hello(const std::string& code = "") {
    FrameWriter writer;
    auto hello = writer.root().initHello();
    hello.setProtocol(1);
    hello.setPublicKey(to_data(ByteView{key_.verify_key().bytes}));
    hello.setEnrolmentCode(code);
    hello.setCheckpointSize(verified_.size.value);
    if (verified_.size) hello.setCheckpointRoot(to_data(verified_.root));
    hello.setWholeLogCursor(next_seq_.value);
    auto cursors = hello.initCursors(static_cast<unsigned>(cursors_.size()));
    unsigned i = 0;
    for (const auto& [scope, seq] : cursors_) {
      cursors[i].setScope(scope.value);
      cursors[i++].setNextSeq(seq.value);
    }
    send(writer);
  }
  void prove() {
    FrameReader reader;
    ASSERT_TRUE(next(schema::Frame::CHALLENGE, reader));
    const auto challenge = reader.get().getChallenge();
    EXPECT_EQ(std::string(to_view(challenge.getLogKey())), server_.vkey());
    FrameWriter writer;
    const Bytes text = challenge_signing_bytes(to_view(challenge.getNonce()), key_.verify_key());
    writer.root().initProof().setSignature(to_data(ByteView{sign(key_, text).bytes}));
    send(writer);
    settle();
  }
  // Connects and opens the session; enrols with the code when one is given.
  void open(const std::string& code = "") {
    connect();
    hello(code);
    prove();
    FrameReader reader;
    if (!next(schema::Frame::WELCOME, reader)) {
      inbound_.next = 0;
      ADD_FAILURE() << "no welcome: " << name(next_error());
      return;
    }
    const auto welcome = reader.get().getWelcome();
    number_ = DeviceNumber{welcome.getDeviceNumber()};
    accept(welcome.getCheckpoint(), welcome.getConsistency());
    server_key_.bytes = {};
    const ByteView raw = to_view(welcome.getServerKey());
    std::copy(raw.begin(), raw.end(), server_key_.bytes.begin());
    known_device_seq_ = DeviceSeq{welcome.getKnownDeviceSeq()};
    attested_device_seq_ = DeviceSeq{welcome.getAttestedDeviceSeq()};
  }
  void give_credit(std::uint64_t bytes = 1 << 24) {
    FrameWriter writer;
    writer.root().initCredit().setBytes(bytes);
    send(writer);
    settle();
  }
  // Verifies a note against the one before, as every client must.
  void accept(capnp::Text::Reader note, capnp::List<capnp::Data>::Reader proof) {
    if (note.size() == 0) return;
    const auto checkpoint = open_checkpoint(to_view(note), server_.vkey());
    ASSERT_TRUE(checkpoint) << checkpoint.error().message();
    std::vector<Hash> hashes;
    for (auto item : proof) hashes.push_back(*hash_from(to_view(item)));
    EXPECT_TRUE(merkle::verify_consistency(verified_.size,
                                           verified_.size ? verified_.root : merkle::empty_root(),
                                           checkpoint->size, checkpoint->root, hashes))
        << verified_.size.value << " -> " << checkpoint->size.value;
    verified_.size = checkpoint->size;
    verified_.root = checkpoint->root;
    verified_.note_signature = *checkpoint_signature(to_view(note), server_.vkey());
  }
  // Takes every Records frame, checks ranges, scope chains and checkpoints; returns how many
  // records.
  std::size_t take_records() {
    std::size_t count = 0;
    FrameReader reader;
    while (inbound_.next < inbound_.raw.size()) {
      EXPECT_TRUE(reader.open(inbound_.raw[inbound_.next++]));
      const auto frame = reader.get();
      if (frame.isPushed())
        accept(frame.getPushed().getCheckpoint(), frame.getPushed().getConsistency());
      if (frame.isRecords()) count += take(frame.getRecords());
    }
    return count;
  }

  // --- events ---
  using Fill = std::function<void(schema::Event::Builder)>;
  Bytes make_event(ScopeId scope, const Fill& fill = {}) {
    capnp::MallocMessageBuilder builder;
    auto event = builder.initRoot<schema::Event>();
    event.setDevice(to_data(ByteView{id_.bytes}));
    event.setDeviceSeq(seq_.value + 1);
    event.setPrevHash(to_data(head_));
    event.setRecordedAtMs(server_.clock.now.wall.us / 1000);
    event.setOccurredDay(day_of(server_.clock.now.wall).value);
    event.setScope(scope.value);
    auto body = event.getBody().initBroadcastSent();
    (void)body;
    if (fill) fill(event);
    return encode(builder);
  }
  void chain(const Bytes& event) {
    ++seq_.value;
    head_ = sha256(event);
  }
  // A push of the events, signed with the head after them. `spoil` may change it before sending.
  Bytes make_push(const std::vector<Bytes>& events, std::uint64_t id = 1,
                  const std::function<void(schema::Push::Builder)>& spoil = {}) {
    const DeviceSeq first{seq_.value + 1};
    Bytes all;
    for (const Bytes& event : events) append(all, event);
    const DeviceSeq last{seq_.value + events.size()};
    const Hash head = sha256(events.back());
    FrameWriter writer(all.size() + 512);
    auto push = writer.root().initPush();
    push.setId(id);
    push.setFirstDeviceSeq(first.value);
    push.setCount(static_cast<std::uint32_t>(events.size()));
    push.setEvents(to_data(all));
    push.setSignature(
        to_data(ByteView{sign(key_, push_signing_bytes(id_, last, head, verified_)).bytes}));
    push.setWitnessedSize(verified_.size.value);
    if (verified_.size) {
      push.setWitnessedRoot(to_data(verified_.root));
      push.setWitnessedNoteSignature(to_data(ByteView{verified_.note_signature.bytes}));
    }
    if (spoil) spoil(push);
    return writer.finish();
  }
  // Records `count` events and pushes them in one frame; the chain moves on.
  Bytes push_events(ScopeId scope, std::size_t count, std::uint64_t id = 1) {
    const DeviceSeq before = seq_;
    const Hash before_head = head_;
    std::vector<Bytes> events;
    for (std::size_t i = 0; i < count; ++i) {
      events.push_back(make_event(scope));
      chain(events.back());
    }
    const DeviceSeq after = seq_;
    const Hash after_head = head_;
    seq_ = before;
    head_ = before_head;
    Bytes out = make_push(events, id);
    seq_ = after;
    head_ = after_head;
    return out;
  }

  DeviceNumber number() const { return number_; }
  const DeviceId& id() const { return id_; }
  const SigningKey& key() const { return key_; }
  const VerifyKey& server_key() const { return server_key_; }
  DeviceSeq seq() const { return seq_; }
  DeviceSeq known_device_seq() const { return known_device_seq_; }
  DeviceSeq attested_device_seq() const { return attested_device_seq_; }
  // A push without events: a signature over the chain as it is.
  Bytes make_signature(std::uint64_t id = 1, const Hash& spoil = {}) {
    Hash head = head_;
    for (std::size_t i = 0; i < head.bytes.size(); ++i) head.bytes[i] ^= spoil.bytes[i];
    FrameWriter writer(512);
    auto push = writer.root().initPush();
    push.setId(id);
    push.setFirstDeviceSeq(seq_.value + 1);
    push.setSignature(to_data(ByteView{sign(key_, push_signing_bytes(id_, seq_, head, {})).bytes}));
    return writer.finish();
  }
  WitnessedCheckpoint& verified() { return verified_; }
  SessionKey session() const { return session_; }
  Inbound& inbound() { return inbound_; }
  std::map<ScopeId, Seq>& cursors() { return cursors_; }
  Seq& next_seq() { return next_seq_; }
  void set_chain(DeviceSeq seq, const Hash& head) {
    seq_ = seq;
    head_ = head;
  }
  const Hash& chain_head() const { return head_; }

 private:
  struct ScopeChain {
    std::uint64_t count = 0;
    Hash head;
  };
  std::size_t take(schema::Records::Reader frame) {
    accept(frame.getCheckpoint(), frame.getConsistency());
    const bool live = frame.getBackfillScope() == 0;
    if (live) {
      EXPECT_LE(frame.getFromSeq(), next_seq_.value);
      next_seq_ = Seq{frame.getNextSeq()};
    }
    EXPECT_LE(frame.getNextSeq(), verified_.size.value);
    std::size_t count = 0;
    RecordReader record;
    EXPECT_TRUE(for_each_message(to_view(frame.getRecords()), [&](ByteView bytes) -> Result<void> {
      HOUNIAO_TRY(record.open_untrusted(bytes));
      ScopeChain& scope = scopes_[record.scope()];
      EXPECT_EQ(record.get().getScopeCount(), scope.count) << "scope " << record.scope().value;
      if (scope.count != 0) {
        EXPECT_TRUE(equal(to_view(record.get().getScopePrev()), scope.head.bytes));
      }
      ++scope.count;
      scope.head = merkle::leaf_hash(bytes);
      ++count;
      return {};
    }));
    EXPECT_EQ(count, frame.getCount());
    for (auto head : frame.getScopeHeads()) {
      const ScopeChain& scope = scopes_[ScopeId{head.getScope()}];
      EXPECT_EQ(head.getCount(), scope.count);
      EXPECT_TRUE(equal(to_view(head.getHead()), scope.head.bytes));
    }
    return count;
  }

  TestServer& server_;
  SigningKey key_;
  DeviceId id_;
  DeviceNumber number_;
  SessionKey session_;
  Inbound inbound_;
  VerifyKey server_key_;
  DeviceSeq seq_;
  Hash head_;
  DeviceSeq known_device_seq_;
  DeviceSeq attested_device_seq_;
  WitnessedCheckpoint verified_;
  std::map<ScopeId, Seq> cursors_;
  std::map<ScopeId, ScopeChain> scopes_;
  Seq next_seq_;
};

}  // namespace houniao::testing_server
