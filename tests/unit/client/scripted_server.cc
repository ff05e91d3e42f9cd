#include "tests/unit/client/scripted_server.h"

#include <algorithm>
#include <stdexcept>

#include "replay/admission.h"
#include "replay/merkle/hash.h"
#include "schema/frames.h"
#include "schema/sealed_keys.h"

namespace houniao::tests {
namespace {

void require(bool condition) {
  if (!condition) throw std::logic_error("the scripted server was sent something impossible");
}

constexpr const char* kOrigin = "log.test/houniao";

SigningKey key_of(std::uint8_t fill) {
  std::array<std::uint8_t, 32> seed;
  seed.fill(fill);
  return signing_key_from_seed(seed);
}

class Leaves final : public merkle::NodeSource {
 public:
  explicit Leaves(const std::vector<Hash>& leaves) : leaves_(leaves) {}
  Result<Hash> node(unsigned level, std::uint64_t index) const override {
    if (((index + 1) << level) > leaves_.size()) return fail(Errc::not_found, "node");
    if (level == 0) return leaves_[index];
    return merkle::node_hash(node(level - 1, index * 2).value(),
                             node(level - 1, index * 2 + 1).value());
  }

 private:
  const std::vector<Hash>& leaves_;
};

template <class List>
void set_hashes(List list, const std::vector<Hash>& hashes) {
  for (unsigned i = 0; i < list.size(); ++i) list.set(i, to_data(hashes[i]));
}

}  // namespace

void SeededRandom::fill(std::span<std::uint8_t> out) {
  for (std::uint8_t& byte : out) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    byte = static_cast<std::uint8_t>(state_ >> 32);
  }
}

// --- the log -----------------------------------------------------------------------------------

ScriptedServer::ScriptedServer()
    : log_signing_(key_of(1)),
      server_signing_(key_of(2)),
      log_key_(verifier_key(kOrigin, log_signing_.verify_key())) {
  blind_key_.fill(7);
  record(kScopeCommons, [&](schema::Event::Body::Builder body) {
    auto enrolled = body.initDeviceEnrolled();
    const VerifyKey key = server_signing_.verify_key();
    enrolled.setDevice(to_data(ByteView{device_id_for(key).bytes}));
    enrolled.setNumber(1);
    enrolled.setPublicKey(to_data(ByteView{key.bytes}));
    enrolled.setWholeLog(true);
    enrolled.initRoles(1).set(0, schema::Role::ADMIN);
  });
}

std::string ScriptedServer::note_at(TreeSize size) const {
  const Hash root = merkle::root_at(Leaves(leaves_), size).value();
  return sign_checkpoint({kOrigin, size, root}, log_signing_);
}

std::vector<Hash> ScriptedServer::proof(TreeSize from, TreeSize to) const {
  return merkle::consistency_proof(Leaves(leaves_), from, to).value();
}

RecordHeader ScriptedServer::header(ScopeId scope) const {
  RecordHeader out;
  out.seq = Seq{records_.size()};
  out.received_at = WallTime{clock_us};
  out.scope = scope;
  if (const auto head = heads_.find(scope); head != heads_.end()) {
    out.scope_count = head->second.first;
    out.scope_prev = head->second.second;
  }
  return out;
}

void ScriptedServer::add_record(ScopeId scope,
                                const std::function<void(const RecordHeader&, Bytes&)>& write) {
  Bytes bytes;
  write(header(scope), bytes);
  const Hash leaf = merkle::leaf_hash(bytes);
  auto& head = heads_[scope];
  ++head.first;
  head.second = leaf;
  leaves_.push_back(leaf);
  scopes_.push_back(scope);
  records_.push_back(std::move(bytes));
}

void ScriptedServer::append(ByteView event) {
  EventReader reader;
  require(reader.open_untrusted(event).has_value());
  const Received received{Seq{records_.size()}, WallTime{clock_us}};
  const Judgement judgement = admit(state_, reader, received);
  apply(state_, reader, received, judgement);
  const auto reasons = judgement.reasons.numbers();
  add_record(reader.scope(), [&](RecordHeader header, Bytes& out) {
    header.verdict = judgement.verdict;
    header.reasons = reasons;
    append_event_record(out, header, event);
  });
}

EventId ScriptedServer::record(ScopeId scope, const Body& body) {
  capnp::MallocMessageBuilder message;
  auto event = message.initRoot<schema::Event>();
  ++own_seq_.value;
  event.setDevice(to_data(ByteView{device_id_for(server_signing_.verify_key()).bytes}));
  event.setDeviceSeq(own_seq_.value);
  event.setPrevHash(to_data(own_head_));
  event.setRecordedAtMs(clock_us / 1000);
  event.setOccurredDay(day_of(WallTime{clock_us}).value);
  event.setScope(scope.value);
  body(event.getBody());
  const Bytes bytes = encode(message);
  own_head_ = sha256(bytes);
  append(bytes);
  return event_id(DeviceNumber{1}, own_seq_);
}

void ScriptedServer::rewrite_from(Seq seq, const std::function<void()>& again) {
  records_.resize(seq.value);
  leaves_.resize(seq.value);
  scopes_.resize(seq.value);
  heads_.clear();
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    auto& head = heads_[scopes_[i]];
    ++head.first;
    head.second = leaves_[i];
  }
  again();
}

void ScriptedServer::enrol(const VerifyKey& key) {
  Peer peer;
  peer.id = device_id_for(key);
  peer.key = key;
  peer.number = DeviceNumber{next_number_++};
  peer.whole_log = enrol_whole_log;
  record(kScopeCommons, [&](schema::Event::Body::Builder body) {
    auto enrolled = body.initDeviceEnrolled();
    enrolled.setDevice(to_data(ByteView{peer.id.bytes}));
    enrolled.setNumber(peer.number.value);
    enrolled.setPublicKey(to_data(ByteView{key.bytes}));
    auto scopes = enrolled.initScopes(static_cast<unsigned>(peer.scopes.size()));
    for (unsigned i = 0; i < scopes.size(); ++i) scopes.set(i, peer.scopes[i].value);
    auto roles = enrolled.initRoles(2);
    roles.set(0, schema::Role::FIELD);
    roles.set(1, schema::Role::SUPERVISOR);
    enrolled.setWholeLog(peer.whole_log);
  });
  peers_[peer.id] = peer;
}

// --- frames ------------------------------------------------------------------------------------

bool ScriptedServer::sees(const Peer& peer, ScopeId scope) const {
  return peer.whole_log ||
         std::find(peer.scopes.begin(), peer.scopes.end(), scope) != peer.scopes.end();
}

Bytes ScriptedServer::records_frame(Seq from, Seq to, std::optional<Seq> skip,
                                    std::optional<ScopeId> backfill) {
  Bytes records;
  std::uint32_t count = 0;
  for (std::uint64_t seq = from.value; seq < to.value; ++seq) {
    const bool wanted = backfill ? scopes_[seq] == *backfill : sees(peer(), scopes_[seq]);
    if (!wanted || skip == Seq{seq}) continue;
    houniao::append(records, records_[seq]);
    ++count;
  }
  FrameWriter frame(records.size() + 4096);
  auto out = frame.root().initRecords();
  out.setFromSeq(from.value);
  out.setNextSeq(to.value);
  out.setCount(count);
  out.setRecords(to_data(records));
  if (backfill) out.setBackfillScope(backfill->value);
  if (known_ < size()) {
    const auto hashes = proof(known_, size());
    out.setCheckpoint(note());
    set_hashes(out.initConsistency(static_cast<unsigned>(hashes.size())), hashes);
    known_ = size();
  }
  if (to == Seq{size().value} && !backfill) {
    auto heads = out.initScopeHeads(static_cast<unsigned>(heads_.size()));
    unsigned i = 0;
    for (const auto& [scope, head] : heads_) {
      heads[i].setScope(scope.value);
      heads[i].setCount(head.first);
      heads[i++].setHead(to_data(head.second));
    }
  }
  return frame.finish();
}

Bytes ScriptedServer::challenge(schema::Hello::Reader hello) {
  VerifyKey key;
  const ByteView bytes = to_view(hello.getPublicKey());
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  connected_ = device_id_for(key);
  if (!peers_.contains(connected_)) {
    if (std::string(to_view(hello.getEnrolmentCode())) != code) {
      return error_frame(fail(Errc::bad_code, "unknown code"), true);
    }
    enrol(key);
  }
  sent_ = Seq{hello.getWholeLogCursor()};
  if (!peer().whole_log) {
    sent_ = Seq{};
    for (const auto cursor : hello.getCursors()) {
      if (cursor.getScope() == kScopeCommons.value) sent_ = Seq{cursor.getNextSeq()};
    }
  }
  known_ = TreeSize{hello.getCheckpointSize()};
  FrameWriter frame;
  auto out = frame.root().initChallenge();
  out.setNonce(to_data(ByteView{blind_key_}));
  out.setServerTimeUs(clock_us);
  out.setLogKey(shown_log_key.empty() ? log_key_ : shown_log_key);
  return frame.finish();
}

Bytes ScriptedServer::welcome() {
  const Peer& p = peer();
  FrameWriter frame(4096);
  auto out = frame.root().initWelcome();
  out.setDeviceNumber(p.number.value);
  auto scopes = out.initScopes(static_cast<unsigned>(p.scopes.size()));
  for (unsigned i = 0; i < scopes.size(); ++i) scopes.set(i, p.scopes[i].value);
  out.setWholeLog(p.whole_log);
  out.setServerTimeUs(clock_us);
  out.setKnownDeviceSeq(p.known.value);
  out.setAttestedDeviceSeq(p.known.value);
  out.setKnownHeadHash(to_data(p.head));
  out.setCheckpoint(note());
  // A server that lost part of its log has no proof; it shows what it has.
  const auto hashes = known_ <= size() ? proof(known_, size()) : std::vector<Hash>{};
  set_hashes(out.initConsistency(static_cast<unsigned>(hashes.size())), hashes);
  out.setBlindKeySealed(to_data(seal_to(p.key, blind_key_, random_)));
  out.setServerKey(to_data(ByteView{server_signing_.verify_key().bytes}));
  known_ = size();
  return frame.finish();
}

std::vector<Bytes> ScriptedServer::push(schema::Push::Reader push) {
  ++pushes;
  Peer& p = peer();
  if (retry_ms != 0) return {retry_frame(Errc::overloaded, retry_ms, "busy", push.getId())};
  FrameWriter frame(4096);
  auto out = frame.root().initPushed();
  out.setId(push.getId());
  if (refuse_push) {
    out.setThroughDeviceSeq(p.known.value);
    out.setErrorCode(static_cast<std::uint16_t>(refuse_push->code));
    out.setErrorDetail(refuse_push->detail);
    return {frame.finish()};
  }
  witnessed = {};
  witnessed.size = TreeSize{push.getWitnessedSize()};
  if (witnessed.size) {
    witnessed.root = hash_from(to_view(push.getWitnessedRoot())).value();
    const ByteView raw = to_view(push.getWitnessedNoteSignature());
    std::copy(raw.begin(), raw.end(), witnessed.note_signature.bytes.begin());
  }
  ByteView rest = to_view(push.getEvents());
  std::vector<Bytes> events;
  while (!rest.empty()) {
    const std::size_t n = message_bytes(rest).value();
    events.emplace_back(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(n));
    rest = rest.subspan(n);
  }
  Signature signature;
  const ByteView raw = to_view(push.getSignature());
  std::copy(raw.begin(), raw.end(), signature.bytes.begin());
  const DeviceSeq through{push.getFirstDeviceSeq() + events.size() - 1};
  const Hash head = sha256(events.back());
  require(verify(p.key, push_signing_bytes(p.id, through, head, witnessed), signature));
  const Seq first{records_.size()};
  for (const Bytes& event : events) {
    EventReader reader;
    require(reader.open_untrusted(event).has_value());
    if (reader.device_seq() <= p.known) continue;
    require(reader.device_seq().value == p.known.value + 1);
    require(reader.prev_hash() == p.head);
    append(event);
    p.known = reader.device_seq();
    p.head = sha256(event);
  }
  if (records_.size() > first.value) {
    add_record(kScopeLog, [&](const RecordHeader& h, Bytes& bytes) {
      append_attestation_record(bytes, h, {p.id, p.known, p.head, signature, witnessed});
    });
  }
  std::vector<Bytes> answers;
  if (!drop_pushed) {
    out.setThroughDeviceSeq(p.known.value);
    out.setCheckpoint(note());
    const auto hashes = proof(known_, size());
    set_hashes(out.initConsistency(static_cast<unsigned>(hashes.size())), hashes);
    known_ = size();
    answers.push_back(frame.finish());
  }
  return answers;
}

Bytes ScriptedServer::deposit(schema::KeyDeposit::Reader deposit) {
  const auto offered = deposit.getItems();
  deposits += offered.size();
  if (turn_deposits_away) return retry_frame(Errc::overloaded, 500, "deposit again", 0);
  FrameWriter frame(8192);
  auto items = frame.root().initKeys().initItems(offered.size());
  const auto keys =
      KeysTogether::open(server_signing_, to_view(deposit.getSealedKeys()), offered.size()).value();
  for (unsigned i = 0; i < items.size(); ++i) {
    keys_[offered[i].getKeyId()] = keys[i];
    items[i].setSubject(offered[i].getSubject());
    items[i].setKeyId(offered[i].getKeyId());
  }
  return frame.finish();
}

Bytes ScriptedServer::hand_out(schema::KeyRequest::Reader request) {
  FrameWriter frame(8192);
  require(request.getTogether());
  const auto subjects = request.getSubjects();
  auto answer = frame.root().initKeys();
  auto items = answer.initItems(subjects.size());
  KeysTogether together(items.size());
  for (unsigned i = 0; i < items.size(); ++i) {
    const std::uint64_t subject = subjects[i];
    items[i].setSubject(subject);
    items[i].setKeyId(subject);
    const auto key = keys_.find(subject);
    items[i].setDenied(key == keys_.end());
    if (key == keys_.end()) continue;
    together.add(key->second);
  }
  if (together.size() != 0) {
    answer.setSealedKeys(to_data(together.seal_to(peer().key, random_)));
  }
  return frame.finish();
}

std::vector<Bytes> ScriptedServer::handle(ByteView bytes) {
  FrameReader reader;
  require(reader.open(bytes).has_value());
  const auto frame = reader.get();
  std::vector<Bytes> out;
  switch (frame.which()) {
    case schema::Frame::HELLO:
      return {challenge(frame.getHello())};
    case schema::Frame::PROOF:
      out.push_back(welcome());
      break;
    case schema::Frame::PUSH:
      out = push(frame.getPush());
      break;
    case schema::Frame::KEY_DEPOSIT:
      out.push_back(deposit(frame.getKeyDeposit()));
      break;
    case schema::Frame::KEY_REQUEST:
      out.push_back(hand_out(frame.getKeyRequest()));
      break;
    case schema::Frame::PING: {
      FrameWriter pong;
      auto answer = pong.root().initPong();
      answer.setStampUs(frame.getPing().getStampUs());
      answer.setServerTimeUs(clock_us);
      return {pong.finish()};
    }
    default:
      break;
  }
  if (send_records && sent_.value < size().value) {
    out.push_back(records_frame(sent_, Seq{size().value}));
    sent_ = Seq{size().value};
  }
  return out;
}

// --- the client's side -------------------------------------------------------------------------

Rig::Rig(ScriptedServer& s, std::uint64_t seed) : server(s), random(seed) { open(); }

void Rig::open() {
  core.reset();
  core = client::ClientCore::open(store, random, {}).value();
}

void Rig::connect() {
  core->set_enrolment_code(server.code);
  core->connected(now());
  exchange();
}

void Rig::exchange() {
  for (std::vector<Bytes> frames = core->take_output(); !frames.empty();
       frames = core->take_output()) {
    for (const Bytes& frame : frames) {
      for (const Bytes& answer : server.handle(frame)) core->feed(answer, now());
    }
  }
}

EventId Rig::record(std::function<void(schema::Event::Body::Builder)> body, ScopeId scope) {
  EventDraft draft;
  draft.scope = scope;
  draft.body = std::move(body);
  return core->record({&draft, 1}, now()).value().front();
}

EventId Rig::record_person(const std::string& name, const std::string& id_number) {
  EventDraft draft;
  draft.scope = ScriptedServer::kSite;
  draft.personal.push_back({PersonId{}, {name, id_number, "13800138000", std::nullopt, ""}});
  draft.body = [](schema::Event::Body::Builder body) {
    body.initPersonRegistered().setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
  };
  return core->record({&draft, 1}, now()).value().front();
}

}  // namespace houniao::tests
