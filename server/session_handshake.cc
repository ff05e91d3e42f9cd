#include <algorithm>

#include "server/session.h"

namespace houniao {
namespace {

constexpr std::uint16_t kProtocol = 1;
constexpr std::size_t kCodeBytesMax = 128;

ScopeSet set_of(const DeviceGrant& grant) {
  ScopeSet out;
  out.whole_log = grant.whole_log;
  if (!grant.whole_log) out.scopes = grant.scopes;
  // Attestations are for whole-log devices only.
  std::erase(out.scopes, kScopeLog);
  return out;
}

}  // namespace

void SyncSession::on_hello(schema::Hello::Reader hello, Moment now) {
  if (hello.getProtocol() != kProtocol) {
    return fail_fatal(fail(Errc::protocol, "protocol " + std::to_string(hello.getProtocol()) +
                                               ", this server speaks 1"));
  }
  if (hello.getEnrolmentCode().size() > kCodeBytesMax) {
    return fail_fatal(fail(Errc::bad_code, "the code is too long"));
  }
  claims_ = std::make_unique<Claims>();
  const ByteView key = to_view(hello.getPublicKey());
  std::copy(key.begin(), key.end(), claims_->key.bytes.begin());
  claims_->code = std::string(to_view(hello.getEnrolmentCode()));
  for (auto cursor : hello.getCursors()) {
    claims_->cursors.push_back({ScopeId{cursor.getScope()}, Seq{cursor.getNextSeq()}});
  }
  claims_->whole_log_next = Seq{hello.getWholeLogCursor()};
  claims_->checkpoint_size = TreeSize{hello.getCheckpointSize()};
  claims_->checkpoint_root = hash_from(to_view(hello.getCheckpointRoot())).value_or(Hash{});
  ports_.random.fill(claims_->nonce);

  const auto head = ports_.published.head();
  const std::size_t changes = head->log_keys ? head->log_keys->size() : 0;
  FrameWriter writer(256 + changes * 512);
  auto challenge = writer.root().initChallenge();
  challenge.setNonce(to_data(claims_->nonce));
  challenge.setServerTimeUs(now.wall.us);
  challenge.setLogKey(ports_.identity.log_vkey);
  auto list = challenge.initLogKeyChanges(static_cast<unsigned>(changes));
  for (unsigned i = 0; i < list.size(); ++i) write_log_key_change((*head->log_keys)[i], list[i]);
  send(writer.finish());
  if (state_ != State::closed) state_ = State::proof;
}

void SyncSession::on_proof(schema::Proof::Reader proof, Moment now) {
  Signature signature;
  const ByteView raw = to_view(proof.getSignature());
  std::copy(raw.begin(), raw.end(), signature.bytes.begin());
  if (!verify(claims_->key, challenge_signing_bytes(claims_->nonce, claims_->key), signature)) {
    return fail_fatal(fail(Errc::bad_signature, "the proof does not answer the challenge"));
  }
  admit_device(now);
}

// The peer holds the key that it named.
void SyncSession::admit_device(Moment now) {
  const auto head = ports_.published.head();
  const DeviceId id = device_id_for(claims_->key);
  const DeviceGrant* grant = head->devices ? head->devices->find(id) : nullptr;
  if (grant != nullptr && grant->number != kServerDevice) {
    if (grant->revoked) {
      return fail_fatal(
          fail(Errc::revoked_device, "device " + std::to_string(grant->number.value)));
    }
    return welcome(*grant, now);
  }
  if (claims_->code.empty() || grant != nullptr) {
    return fail_fatal(fail(Errc::unknown_device, "device " + to_hex(id.bytes)));
  }
  if (!ports_.inbox.submit(EnrolRequest{key_, claims_->code, claims_->key})) {
    return fail_fatal(fail(Errc::overloaded, "too much waits for the sequencer; reconnect"));
  }
  state_ = State::enrolling;
}

void SyncSession::on_enrolment(const EnrolOutcome& outcome, Moment now) {
  if (state_ != State::enrolling) return;
  if (outcome.refused) return fail_fatal(*outcome.refused);
  const auto head = ports_.published.head();
  const DeviceGrant* grant = head->devices->find(device_id_for(claims_->key));
  if (grant == nullptr) return fail_fatal(fail(Errc::internal, "the enrolment cannot be found"));
  ++ports_.metrics.devices_enrolled;
  welcome(*grant, now);
}

void SyncSession::welcome(const DeviceGrant& grant, Moment now) {
  const auto head = ports_.published.head();
  if (!checkpoint_holds(*head)) return;
  grant_ = grant;
  send_welcome(*head, now);
  if (state_ == State::closed) return;
  subscription_ =
      Subscription(set_of(grant_), claims_->cursors, claims_->whole_log_next, head->size);
  set_id_ = ports_.fanout.intern(subscription_.set());
  known_size_ = head->size;
  quiet_since_us_ = now.mono_us;
  claims_.reset();
  state_ = State::open;
  ++ports_.metrics.devices_welcomed;
}

// The checkpoint that the device verified last must be one of this log: otherwise one of the two
// was shown a different history, and only an auditor can say which.
bool SyncSession::checkpoint_holds(const PublishedHead& head) {
  const TreeSize size = claims_->checkpoint_size;
  if (!size) return true;
  if (size > head.size) {
    fail_fatal(fail(Errc::checkpoint_mismatch,
                    "the device verified a log of " + std::to_string(size.value) +
                        " records, this one has " + std::to_string(head.size.value)));
    return false;
  }
  const auto root = size == head.size ? Result<Hash>(head.root) : ports_.proofs.root_at(size);
  if (!root) {
    fail_fatal(root.error());
    return false;
  }
  if (*root != claims_->checkpoint_root) {
    fail_fatal(fail(Errc::checkpoint_mismatch,
                    "the log has another root at " + std::to_string(size.value) + " records"));
    return false;
  }
  return true;
}

void SyncSession::send_welcome(const PublishedHead& head, Moment now) {
  const auto proof = ports_.proofs.consistency(claims_->checkpoint_size, head.size);
  if (!proof) return fail_fatal(proof.error());
  const DeviceHead chain = ports_.published.device_head(grant_.id);
  FrameWriter writer(2048 + grant_.scopes.size() * 8);
  auto out = writer.root().initWelcome();
  out.setDeviceNumber(grant_.number.value);
  out.setHolder(grant_.holder);
  auto scopes = out.initScopes(static_cast<unsigned>(grant_.scopes.size()));
  for (unsigned i = 0; i < scopes.size(); ++i) scopes.set(i, grant_.scopes[i].value);
  auto roles = out.initRoles(static_cast<unsigned>(grant_.roles.size()));
  for (unsigned i = 0; i < roles.size(); ++i) {
    roles.set(i, static_cast<schema::Role>(grant_.roles[i]));
  }
  out.setWholeLog(grant_.whole_log);
  out.setServerTimeUs(now.wall.us);
  out.setKnownDeviceSeq(chain.seq.value);
  out.setKnownHeadHash(to_data(chain.hash));
  out.setAttestedDeviceSeq(chain.attested.value);
  strict_ = chain.attested < chain.seq;
  out.setCheckpoint(head.note);
  auto hashes = out.initConsistency(static_cast<unsigned>((*proof)->size()));
  for (unsigned i = 0; i < hashes.size(); ++i) hashes.set(i, to_data((**proof)[i]));
  out.setBlindKeySealed(to_data(seal_to(grant_.key, ports_.identity.blind_key, ports_.random)));
  out.setServerKey(to_data(ports_.identity.device_key.verify_key().bytes));
  send(writer.finish());
}

// After a commit that changed devices: what this one may still do.
void SyncSession::check_grant() {
  const auto head = ports_.published.head();
  const DeviceGrant* grant = head->devices ? head->devices->find(grant_.number) : nullptr;
  if (grant == nullptr || grant->revoked) {
    return fail_fatal(fail(Errc::revoked_device, "device " + std::to_string(grant_.number.value)));
  }
  if (*grant == grant_) return;
  grant_ = *grant;
  subscription_.change(set_of(grant_));
  set_id_ = ports_.fanout.intern(subscription_.set());
}

}  // namespace houniao
