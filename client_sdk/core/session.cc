#include "client_sdk/core/session.h"

#include <kj/exception.h>

#include <algorithm>

#include "base/limits.h"
#include "schema/sealed_keys.h"

namespace houniao::client {
namespace {

constexpr std::uint16_t kProtocol = 1;
// Items of one KeyDeposit or KeyRequest frame.
constexpr std::size_t kKeysPerFrameMax = 256;
constexpr std::int64_t kUs = 1000;  // microseconds in a millisecond
// A push that is not answered by then is sent again on another connection.
constexpr std::int64_t kPushMsMax = 60'000;
// A refused push is tried again after this: what refused it (a grant, a clock) may have changed.
constexpr std::int64_t kRefusedMs = 60'000;

bool is_transient(Errc code) {
  return code == Errc::overloaded || code == Errc::storage_full || code == Errc::storage_failed ||
         code == Errc::shutting_down || code == Errc::unavailable;
}

WitnessedCheckpoint witnessed(const std::optional<VerifiedCheckpoint>& verified) {
  if (!verified) return {};
  return {verified->checkpoint.size, verified->checkpoint.root, verified->signature};
}

std::optional<SymmetricKey> symmetric_key_from(ByteView bytes) {
  SymmetricKey key;
  if (bytes.size() != key.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

}  // namespace

Session::Session(SessionStart start, SessionHost& host, Random& random)
    : start_(std::move(start)), host_(host), random_(random) {}

Session::~Session() { wipe(start_.key.bytes.data(), start_.key.bytes.size()); }

const Position& Session::position() const {
  return history_ ? history_->position() : start_.position;
}

void Session::send(FrameWriter& frame) { output_.push_back(frame.finish()); }

void Session::start(Now now) {
  HOUNIAO_ASSERT(phase_ == Phase::fresh);
  FrameWriter frame(4096);
  auto hello = frame.root().initHello();
  hello.setProtocol(kProtocol);
  hello.setPublicKey(to_data(ByteView{start_.identity.public_key.bytes}));
  hello.setEnrolmentCode(start_.enrolment_code);
  hello.setUserAgent(start_.user_agent);
  const Position& position = start_.position;
  hello.setWholeLogCursor(position.next.value);
  auto cursors = hello.initCursors(static_cast<unsigned>(position.scopes.size()));
  for (unsigned i = 0; i < cursors.size(); ++i) {
    const ScopeCursor& cursor = position.scopes[i];
    cursors[i].setScope(cursor.scope.value);
    cursors[i].setNextSeq(cursor.next.value);
    cursors[i].setCount(cursor.count);
    if (cursor.count > 0) cursors[i].setHead(to_data(cursor.head));
  }
  if (position.verified) {
    hello.setCheckpointSize(position.verified->checkpoint.size.value);
    hello.setCheckpointRoot(to_data(position.verified->checkpoint.root));
  }
  send(frame);
  phase_ = Phase::challenged;
  started_us_ = last_heard_us_ = last_ping_us_ = hello_us_ = now.monotonic_us;
}

Result<void> Session::feed(ByteView frame, Now now) {
  last_heard_us_ = now.monotonic_us;
  FrameReader reader;
  HOUNIAO_TRY(reader.open(frame));
  try {
    return dispatch(reader.get(), frame.size(), now);
  } catch (const kj::Exception& e) {
    return fail(Errc::malformed, std::string("unreadable frame: ") + e.getDescription().cStr());
  }
}

Result<void> Session::dispatch(schema::Frame::Reader frame, std::size_t frame_bytes, Now now) {
  using F = schema::Frame;
  switch (frame.which()) {  // what may come before the session is open
    case F::CHALLENGE:
      return on_challenge(frame.getChallenge(), now);
    case F::WELCOME:
      return on_welcome(frame.getWelcome(), now);
    case F::RETRY:
      return on_retry(frame.getRetry(), now);
    case F::ERROR:
      return on_error(frame.getError(), now);
    default:
      break;
  }
  if (!online()) return fail(Errc::protocol, "a frame before the welcome");
  switch (frame.which()) {
    case F::PUSHED:
      return on_pushed(frame.getPushed(), now);
    case F::RECORDS:
      return on_records(frame.getRecords(), frame_bytes);
    case F::KEYS:
      return on_keys(frame.getKeys());
    case F::PONG:
      return on_pong(frame.getPong(), now);
    case F::PING: {
      FrameWriter pong;
      pong.root().initPong().setStampUs(frame.getPing().getStampUs());
      send(pong);
      return {};
    }
    case F::CREDIT:
      return {};
    default:
      return fail(Errc::protocol, "a frame that servers do not send");
  }
}

// --- opening -----------------------------------------------------------------------------------

Result<void> Session::on_challenge(schema::Challenge::Reader challenge, Now now) {
  if (phase_ != Phase::challenged) return fail(Errc::protocol, "a challenge out of order");
  HOUNIAO_TRY(follow_log_keys(challenge));
  measure(hello_us_, challenge.getServerTimeUs(), now);
  FrameWriter frame;
  auto proof = frame.root().initProof();
  const Bytes text =
      challenge_signing_bytes(to_view(challenge.getNonce()), start_.identity.public_key);
  proof.setSignature(to_data(ByteView{sign(start_.key, text).bytes}));
  proof.setClientTimeUs(now.wall.us);
  send(frame);
  phase_ = Phase::proving;
  return {};
}

// From the pinned key to the one in force, over the changes that the log holds. A key that the
// pinned one does not lead to is refused by whoever keeps the pin.
Result<void> Session::follow_log_keys(schema::Challenge::Reader challenge) {
  const std::string log_key(to_view(challenge.getLogKey()));
  const auto list = challenge.getLogKeyChanges();
  if (list.size() > kLogKeyChangesMax) return fail(Errc::too_large, "changes of the log's key");
  std::vector<LogKeyChange> changes;
  for (const auto& item : list) {
    auto change = read_log_key_change(item);
    if (!change) return std::move(change).error();
    changes.push_back(std::move(*change));
  }
  auto followed = LogKeys::follow(changes);
  if (!followed) return std::move(followed).error();
  auto keys = *followed ? Result<LogKeys>(std::move(**followed)) : LogKeys::of(log_key);
  if (!keys) return std::move(keys).error();
  if (keys->newest_verifier_key() != log_key) {
    return fail(Errc::wrong_key, "the server shows the key " + log_key +
                                     ", and the log's changes "
                                     "lead to " +
                                     keys->newest_verifier_key());
  }
  const std::string& pinned = start_.identity.log_key;
  bool leads_here = false;
  if (!pinned.empty() && pinned != log_key) {
    const auto trusted = parse_verifier_key(pinned);
    if (!trusted) return trusted.error();
    leads_here = trusted->name == keys->origin() && keys->contains(trusted->key);
  }
  HOUNIAO_TRY(leads_here ? host_.on_log_key_changed(log_key) : host_.on_log_key(log_key));
  start_.identity.log_key = log_key;
  log_keys_ = std::move(*keys);
  return {};
}

Result<Grants> Session::read_grants(schema::Welcome::Reader welcome) const {
  Grants grants;
  grants.number = DeviceNumber{welcome.getDeviceNumber()};
  if (!grants.number) return fail(Errc::protocol, "a welcome without a device number");
  grants.holder = welcome.getHolder();
  for (const std::uint64_t scope : welcome.getScopes()) grants.scopes.push_back(ScopeId{scope});
  std::sort(grants.scopes.begin(), grants.scopes.end());
  for (const schema::Role role : welcome.getRoles()) grants.roles.push_back(role);
  grants.whole_log = welcome.getWholeLog();
  if (welcome.hasBlindKeySealed()) {
    auto opened = open_sealed(start_.key, to_view(welcome.getBlindKeySealed()));
    if (!opened) return opened.error();
    grants.blind_key = symmetric_key_from(*opened);
    wipe(opened->data(), opened->size());
    if (!grants.blind_key) return fail(Errc::malformed, "a blind-index key of the wrong size");
  }
  return grants;
}

Result<void> Session::on_welcome(schema::Welcome::Reader welcome, Now now) {
  if (phase_ != Phase::proving) return fail(Errc::protocol, "a welcome out of order");
  const ByteView server_key = to_view(welcome.getServerKey());
  if (server_key.size() != server_key_.bytes.size()) {
    return fail(Errc::malformed, "a welcome without the server's key");
  }
  std::copy(server_key.begin(), server_key.end(), server_key_.bytes.begin());
  auto grants = read_grants(welcome);
  if (!grants) return grants.error();
  auto history =
      std::make_unique<History>(start_.position, *log_keys_, grants->whole_log, start_.identity.id);
  HOUNIAO_TRY(history->accept_note(welcome.getCheckpoint(), welcome.getConsistency()));
  HOUNIAO_TRY(compare_chain(welcome));
  HOUNIAO_TRY(host_.on_welcome(*grants));
  history->subscribe(grants->scopes);
  history_ = std::move(history);
  sent_ = DeviceSeq{welcome.getKnownDeviceSeq()};
  host_.on_acknowledged(sent_);
  phase_ = Phase::online;
  report_position();
  FrameWriter credit;
  credit.root().initCredit().setBytes(kCreditWindow);
  send(credit);
  probe(now);
  if (welcome.getAttestedDeviceSeq() < sent_.value) send_owed_signature(sent_);
  pump(now);
  return {};
}

Result<void> Session::compare_chain(schema::Welcome::Reader welcome) {
  const DeviceSeq known{welcome.getKnownDeviceSeq()};
  const SessionHost::Chain own = host_.chain(known);
  if (known > own.last) {
    return fail(Errc::chain_forked, "the server has " + std::to_string(known.value) +
                                        " events of this device, which remembers " +
                                        std::to_string(own.last.value) +
                                        "; an older copy of its data was put back");
  }
  if (known < own.acknowledged) {
    return fail(Errc::checkpoint_mismatch,
                "the server acknowledged " + std::to_string(own.acknowledged.value) +
                    " events of this device and has only " + std::to_string(known.value));
  }
  const ByteView head = to_view(welcome.getKnownHeadHash());
  if (known.value > 0 && own.known_hash && !equal(head, own.known_hash->bytes)) {
    return fail(Errc::chain_forked, "the server holds another event " +
                                        std::to_string(known.value) + " of this device");
  }
  return {};
}

// --- pushing -----------------------------------------------------------------------------------

void Session::pump(Now now) {
  if (!online() || now.monotonic_us < push_not_before_us_) return;
  deposit_keys(sent_);
  while (in_flight_.size() < kPushesInFlight) {
    const OutboxSlice slice =
        host_.next_events(DeviceSeq{sent_.value + 1}, limits::kPushEventsMax, kPushBytesMax);
    if (slice.count == 0) return;
    send_push(slice, now);
  }
}

void Session::send_push(const OutboxSlice& slice, Now now) {
  deposit_keys(slice.last());
  const InFlight entry{next_push_id_++, slice.last(), now.monotonic_us};
  FrameWriter frame(slice.events.size() + 1024);
  auto push = frame.root().initPush();
  push.setId(entry.id);
  push.setFirstDeviceSeq(slice.first.value);
  push.setCount(slice.count);
  push.setEvents(to_data(slice.events));
  sign_head(push, slice.last(), slice.head);
  send(frame);
  sent_ = slice.last();
  in_flight_.push_back(entry);
}

// The server lost a signature before it could keep it: what is acknowledged is in its log, but
// nothing there proves who wrote it. Not tried again in this session, the next push covers it too.
void Session::send_owed_signature(DeviceSeq through) {
  const std::optional<Hash> head = host_.chain(through).known_hash;
  if (!head) return;
  FrameWriter frame(1024);
  auto push = frame.root().initPush();
  push.setId(next_push_id_++);
  push.setFirstDeviceSeq(through.value + 1);
  sign_head(push, through, *head);
  send(frame);
}

void Session::sign_head(schema::Push::Builder push, DeviceSeq through, const Hash& head) const {
  const WitnessedCheckpoint seen = witnessed(history_->position().verified);
  const Bytes text = push_signing_bytes(start_.identity.id, through, head, seen);
  push.setSignature(to_data(ByteView{sign(start_.key, text).bytes}));
  push.setWitnessedSize(seen.size.value);
  if (seen.size) {
    push.setWitnessedRoot(to_data(seen.root));
    push.setWitnessedNoteSignature(to_data(ByteView{seen.note_signature.bytes}));
  }
}

// Keys travel before the events that need them and are sent again until the server has said that it
// keeps them: a key lost on the way would make a name unreadable for everybody but this device.
void Session::deposit_keys(DeviceSeq through) {
  for (;;) {
    std::vector<KeyToDeposit> items = host_.keys_to_deposit(deposited_, through, kKeysPerFrameMax);
    if (items.empty()) return;
    deposited_ = items.back().made_by;
    FrameWriter frame(items.size() * 64 + 256);
    auto deposit = frame.root().initKeyDeposit();
    auto list = deposit.initItems(static_cast<unsigned>(items.size()));
    KeysTogether keys(items.size());
    for (unsigned i = 0; i < list.size(); ++i) {
      list[i].setSubject(items[i].subject.value);
      list[i].setKeyId(items[i].key_id);
      keys.add(items[i].key);
      wipe(items[i].key.data(), items[i].key.size());
      depositing_.insert(items[i].key_id);
    }
    deposit.setSealedKeys(to_data(keys.seal_to(server_key_, random_)));
    send(frame);
  }
}

Result<void> Session::on_pushed(schema::Pushed::Reader pushed, Now now) {
  if (pushed.getErrorCode() != 0) {
    return refuse(pushed.getId(),
                  fail(errc_from_number(pushed.getErrorCode()),
                       std::string(to_view(pushed.getErrorDetail()))),
                  now);
  }
  HOUNIAO_TRY(history_->accept_note(pushed.getCheckpoint(), pushed.getConsistency()));
  report_position();
  const DeviceSeq through{pushed.getThroughDeviceSeq()};
  if (through > sent_) return fail(Errc::protocol, "an acknowledgement of what was not sent");
  while (!in_flight_.empty() && in_flight_.front().through <= through) in_flight_.pop_front();
  refused_.reset();
  host_.on_acknowledged(through);
  pump(now);
  return {};
}

// Forgets that this push and those after it were sent.
void Session::rewind(std::uint64_t push_id) {
  while (!in_flight_.empty() && in_flight_.back().id >= push_id) in_flight_.pop_back();
  const DeviceSeq acknowledged = host_.chain(sent_).acknowledged;
  sent_ = in_flight_.empty() ? acknowledged : in_flight_.back().through;
}

Result<void> Session::refuse(std::uint64_t push_id, Error error, Now now) {
  const bool current = std::any_of(in_flight_.begin(), in_flight_.end(),
                                   [&](const InFlight& entry) { return entry.id == push_id; });
  if (!current) return {};  // sent before an earlier refusal: already taken back
  if (error.code == Errc::chain_broken || error.code == Errc::chain_forked) return error;
  if (error.code == Errc::revoked_device || error.code == Errc::unknown_device) return error;
  rewind(push_id);
  const std::int64_t wait_ms = is_transient(error.code) ? 1'000 : kRefusedMs;
  push_not_before_us_ = now.monotonic_us + wait_ms * kUs;
  refused_ = std::move(error);
  return {};
}

Result<void> Session::on_retry(schema::Retry::Reader retry, Now now) {
  const Errc code = errc_from_number(retry.getReason());
  Error error = fail(code, std::string(to_view(retry.getDetail())));
  if (!online()) {
    retry_after_ms_ = retry.getAfterMs();
    return error;
  }
  const std::int64_t until = now.monotonic_us + std::int64_t{retry.getAfterMs()} * kUs;
  if (retry.getPushId() == 0) {
    depositing_.clear();  // a deposit may be what was turned away
    deposited_ = DeviceSeq{};
    push_not_before_us_ = std::max(push_not_before_us_, until);
    return {};
  }
  HOUNIAO_TRY(refuse(retry.getPushId(), std::move(error), now));
  push_not_before_us_ = std::max(push_not_before_us_, until);
  if (in_flight_.empty() || refused_) push_not_before_us_ = until;
  return {};
}

Result<void> Session::on_error(schema::Error::Reader error, Now now) {
  Error received = fail(errc_from_number(error.getCode()), std::string(to_view(error.getDetail())));
  if (error.getFatal() || !online()) return received;
  if (error.getPushId() != 0) return refuse(error.getPushId(), std::move(received), now);
  refused_ = std::move(received);
  return {};
}

// --- pulling -----------------------------------------------------------------------------------

Result<void> Session::on_records(schema::Records::Reader records, std::size_t frame_bytes) {
  auto batch = history_->accept_records(records);
  if (!batch) return batch.error();
  batch->frame_bytes = frame_bytes;
  reported_ = history_->position().verified;
  reported_next_ = history_->position().next;
  host_.on_batch(std::move(*batch));
  return {};
}

// A checkpoint alone moves the position too, so that it is remembered and witnessed.
void Session::report_position() {
  const Position& position = history_->position();
  if (position.verified == reported_ && position.next == reported_next_) return;
  reported_ = position.verified;
  reported_next_ = position.next;
  VerifiedBatch batch;
  batch.from = batch.next = position.next;
  batch.after = position;
  host_.on_batch(std::move(batch));
}

void Session::stored(std::size_t frame_bytes) {
  credit_owed_ += frame_bytes;
  if (!online() || credit_owed_ < kCreditWindow / 4) return;
  FrameWriter frame;
  frame.root().initCredit().setBytes(credit_owed_);
  send(frame);
  credit_owed_ = 0;
}

// --- keys --------------------------------------------------------------------------------------

void Session::request_keys(std::span<const PersonId> persons) {
  while (!persons.empty()) {
    const auto part = persons.first(std::min(persons.size(), kKeysPerFrameMax));
    FrameWriter frame(part.size() * 8 + 64);
    auto request = frame.root().initKeyRequest();
    request.setTogether(true);
    auto list = request.initSubjects(static_cast<unsigned>(part.size()));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, part[i].value);
    send(frame);
    persons = persons.subspan(part.size());
  }
}

Result<void> Session::on_keys(schema::Keys::Reader keys) {
  if (keys.hasSealedKeys()) return on_granted(keys);
  std::vector<GrantedKey> denied;
  std::vector<std::uint64_t> deposited;
  for (const auto item : keys.getItems()) {
    if (depositing_.erase(item.getKeyId()) == 0) {
      denied.push_back({PersonId{item.getSubject()}, item.getKeyId(), std::nullopt});
    } else if (!item.getDenied()) {
      deposited.push_back(item.getKeyId());
    }
  }
  if (!deposited.empty()) host_.on_deposited(deposited);
  if (!denied.empty()) host_.on_keys(std::move(denied));
  return {};
}

Result<void> Session::on_granted(schema::Keys::Reader keys) {
  const auto items = keys.getItems();
  const auto granted =
      std::count_if(items.begin(), items.end(), [](const auto item) { return !item.getDenied(); });
  const auto opened = KeysTogether::open(start_.key, to_view(keys.getSealedKeys()),
                                         static_cast<std::size_t>(granted));
  if (!opened) return opened.error();
  std::vector<GrantedKey> out;
  std::size_t next = 0;
  for (const auto item : items) {
    GrantedKey& key =
        out.emplace_back(GrantedKey{PersonId{item.getSubject()}, item.getKeyId(), std::nullopt});
    if (!item.getDenied()) key.key = (*opened)[next++];
  }
  host_.on_keys(std::move(out));
  return {};
}

// --- time --------------------------------------------------------------------------------------

void Session::measure(std::int64_t sent_us, std::int64_t server_us, Now now) {
  if (server_us == 0) return;
  const std::int64_t round_trip = std::max<std::int64_t>(now.monotonic_us - sent_us, 0);
  const std::int64_t uncertainty = round_trip / 2 / kUs + 1;
  if (uncertainty >= uncertainty_ms_) return;
  uncertainty_ms_ = static_cast<std::uint32_t>(uncertainty);
  const std::int64_t offset_us = server_us - (now.wall.us - round_trip / 2);
  host_.on_clock({offset_us / kUs, uncertainty_ms_});
}

void Session::probe(Now now) {
  FrameWriter frame;
  frame.root().initPing().setStampUs(now.monotonic_us);
  send(frame);
  last_ping_us_ = now.monotonic_us;
}

Result<void> Session::on_pong(schema::Ping::Reader pong, Now now) {
  if (pong.getStampUs() > now.monotonic_us || pong.getStampUs() < started_us_) {
    return fail(Errc::protocol, "a pong to no ping");
  }
  measure(pong.getStampUs(), pong.getServerTimeUs(), now);
  reach_ = {Seq{pong.getSentThrough()}, TreeSize{pong.getLogSize()}, pong.getStampUs()};
  history_->complete_through(reach_.sent_through);
  report_position();
  return {};
}

Result<void> Session::tick(Now now) {
  if (!online() && now.monotonic_us - started_us_ > limits::kHandshakeMsMax * kUs) {
    return fail(Errc::unavailable, "the server did not open the session in time");
  }
  if (now.monotonic_us - last_heard_us_ > limits::kIdleMsMax * kUs) {
    return fail(Errc::unavailable, "nothing was heard from the server for a minute");
  }
  if (!in_flight_.empty() && now.monotonic_us - in_flight_.front().sent_us > kPushMsMax * kUs) {
    return fail(Errc::unavailable, "the server did not answer a push in time");
  }
  if (online() && now.monotonic_us - last_ping_us_ > limits::kKeepAliveMs * kUs) probe(now);
  pump(now);
  return {};
}

}  // namespace houniao::client
