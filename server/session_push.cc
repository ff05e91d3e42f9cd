#include <algorithm>

#include "replay/checkpoint.h"
#include "schema/sealed_keys.h"
#include "server/push_check.h"
#include "server/session.h"

namespace houniao {

void SyncSession::on_push_frame(schema::Push::Reader push) {
  const std::uint64_t id = push.getId();
  const std::size_t bytes = push.getEvents().size();
  if (pushes_in_flight_ >= kSessionPushesMax ||
      push_bytes_in_flight_ + bytes > kSessionPushBytesMax) {
    ++ports_.metrics.retries_sent;
    return send(retry_frame(Errc::overloaded, 200, "too many pushes of this device wait", id));
  }
  if (push.getCount() == 0 && bytes == 0) return on_signature_frame(push);
  PushRequest request;
  if (const auto fault = check_push(push, grant_, request)) {
    report(fault->kind, to_view(push.getEvents()), fault->at);
    return refuse_push(id, fault->error);
  }
  if (must_verify_first(request.count())) {
    if (const auto fault = check_signature(request.signed_head(), grant_.key)) {
      report(fault->kind, to_view(push.getEvents()), fault->at);
      return refuse_push(id, fault->error);
    }
    request.verified = true;
  }
  if (const auto error = check_witness(request.witnessed)) {
    refuse_push(id, *error);
    return fail_fatal(*error);
  }
  request.session = key_;
  const bool verified = request.verified;
  const AttestationData signed_head = request.signed_head();
  const std::size_t events = request.count();
  if (!ports_.inbox.submit(std::move(request))) return turn_away(id);
  if (!verified) {
    ports_.metrics.signatures_owed.fetch_add(1, std::memory_order_relaxed);
    owed_.add(id, signed_head, events, signature_due_us());
  }
  ++pushes_in_flight_;
  push_bytes_in_flight_ += bytes;
  push_sizes_.emplace_back(id, bytes);
}

void SyncSession::turn_away(std::uint64_t push_id) {
  ++ports_.metrics.retries_sent;
  // Spread the devices that come back over a second.
  const auto slot = static_cast<std::uint32_t>(key_.value * 37 % 1000);
  send(retry_frame(Errc::overloaded, 200 + slot, "the queue is full", push_id));
}

// A signature over what the log has of the device already.
void SyncSession::on_signature_frame(schema::Push::Reader push) {
  const std::uint64_t id = push.getId();
  const DeviceHead chain = ports_.published.device_head(grant_.id);
  if (push.getFirstDeviceSeq() != chain.seq.value + 1) {
    return refuse_push(
        id, fail(Errc::chain_broken, "a signature over the chain through " +
                                         std::to_string(chain.seq.value) + " was expected"));
  }
  const AttestationData signed_head{grant_.id, chain.seq, chain.hash, signature_of(push),
                                    witnessed_of(push)};
  if (const auto fault = check_signature(signed_head, grant_.key)) {
    report(fault->kind, {}, fault->at);
    return refuse_push(id, fault->error);
  }
  if (const auto error = check_witness(signed_head.witnessed)) {
    refuse_push(id, *error);
    return fail_fatal(*error);
  }
  if (!ports_.inbox.submit(AttestRequest{key_, id, false, grant_.number, signed_head, grant_.key,
                                         AttestRequest::Checked::good})) {
    return turn_away(id);
  }
  ++pushes_in_flight_;
  push_sizes_.emplace_back(id, 0);
}

// The checkpoint that the device vouches for must be one that this log signed: an attestation with
// anything else would be evidence against the wrong party.
std::optional<Error> SyncSession::check_witness(const WitnessedCheckpoint& witnessed) {
  if (!witnessed.size || witnessed == verified_) return std::nullopt;
  const auto head = ports_.published.head();
  const bool newest = witnessed.size == head->size && witnessed.root == head->root &&
                      witnessed.note_signature == head->note_signature;
  if (!newest) {
    if (witnessed.size > head->size) {
      return fail(Errc::checkpoint_mismatch, "the witnessed checkpoint is beyond the log's end");
    }
    const auto root = ports_.proofs.root_at(witnessed.size);
    if (!root) return root.error();
    if (*root != witnessed.root ||
        !verify_checkpoint({ports_.identity.origin, witnessed.size, witnessed.root},
                           log_key_at(*head, witnessed.size), witnessed.note_signature)) {
      return fail(Errc::checkpoint_mismatch, "the witnessed checkpoint of " +
                                                 std::to_string(witnessed.size.value) +
                                                 " records is not one of this log");
    }
  }
  verified_ = witnessed;
  return std::nullopt;
}

// The key that signed checkpoints of that size: devices that were away keep old ones.
VerifyKey SyncSession::log_key_at(const PublishedHead& head, TreeSize size) const {
  if (!head.log_keys) return ports_.identity.log_key;
  const auto keys = LogKeys::follow(*head.log_keys);
  return keys && *keys ? (*keys)->at(size) : ports_.identity.log_key;
}

void SyncSession::refuse_push(std::uint64_t push_id, const Error& error) {
  ++ports_.metrics.pushes_refused;
  ports_.metrics.count_error(error.code);
  FrameWriter writer(512);
  auto out = writer.root().initPushed();
  out.setId(push_id);
  out.setThroughDeviceSeq(ports_.published.device_head(grant_.id).seq.value);
  out.setErrorCode(static_cast<std::uint16_t>(error.code));
  out.setErrorDetail(error.detail);
  send(writer.finish());
}

void SyncSession::on_push(const PushOutcome& outcome) {
  const auto mine = std::find_if(push_sizes_.begin(), push_sizes_.end(),
                                 [&](const auto& entry) { return entry.first == outcome.push_id; });
  if (mine != push_sizes_.end()) {
    --pushes_in_flight_;
    push_bytes_in_flight_ -= mine->second;
    push_sizes_.erase(mine);
  }
  note_signatures(outcome);
  if (state_ != State::open) return;
  if (outcome.bad_signature) return fail_fatal(*outcome.refused);
  if (outcome.silent) return;
  if (outcome.retry_after_ms != 0) {
    ++ports_.metrics.retries_sent;
    return send(retry_frame(outcome.refused->code, outcome.retry_after_ms, outcome.refused->detail,
                            outcome.push_id));
  }
  if (outcome.refused) {
    refuse_push(outcome.push_id, *outcome.refused);
    if (outcome.fatal) fail_fatal(*outcome.refused);
    return;
  }
  // The newest head, not the group's: records may already have gone out under a newer one.
  const auto head = ports_.published.head();
  const auto proof = ports_.proofs.consistency(known_size_, head->size);
  if (!proof) return fail_fatal(proof.error());
  FrameWriter writer(head->note.size() + (*proof)->size() * 48 + 256);
  auto out = writer.root().initPushed();
  out.setId(outcome.push_id);
  out.setThroughDeviceSeq(outcome.through.value);
  out.setFirstSeq(outcome.first_seq.value);
  out.setCount(outcome.count);
  out.setCheckpoint(head->note);
  auto hashes = out.initConsistency(static_cast<unsigned>((*proof)->size()));
  for (unsigned i = 0; i < hashes.size(); ++i) hashes.set(i, to_data((**proof)[i]));
  known_size_ = head->size;
  ports_.metrics.pushes_accepted.fetch_add(1, std::memory_order_relaxed);
  send(writer.finish());
}

namespace {

// The keys of a deposit in the order of its items, nothing where one cannot be read: sealed
// together, or one by one, as devices of the first kind send them.
std::vector<std::optional<SymmetricKey>> keys_of(schema::KeyDeposit::Reader deposit,
                                                 const SigningKey& recipient) {
  const auto items = deposit.getItems();
  std::vector<std::optional<SymmetricKey>> out(items.size());
  if (deposit.hasSealedKeys()) {
    const auto keys = KeysTogether::open(recipient, to_view(deposit.getSealedKeys()), out.size());
    for (std::size_t i = 0; keys && i < out.size(); ++i) out[i] = (*keys)[i];
    return out;
  }
  for (unsigned i = 0; i < items.size(); ++i) {
    const auto key = KeysTogether::open(recipient, to_view(items[i].getSealedKey()), 1);
    if (key) out[i] = (*key)[0];
  }
  return out;
}

}  // namespace

void SyncSession::on_key_deposit(schema::KeyDeposit::Reader deposit) {
  if (deposit.getItems().size() > kKeysPerFrameMax) {
    return fail_fatal(fail(Errc::limit_exceeded, "more than 256 keys in one frame"));
  }
  KeyDepositRequest request{key_, grant_.number, {}};
  KeyOutcome unreadable{key_, true, false, {}};
  auto keys = keys_of(deposit, ports_.identity.device_key);
  const auto items = deposit.getItems();
  for (unsigned i = 0; i < keys.size(); ++i) {
    const PersonId subject{items[i].getSubject()};
    if (keys[i]) {
      request.items.push_back({subject, items[i].getKeyId(), *keys[i]});
      wipe(keys[i]->data(), keys[i]->size());
    } else {
      unreadable.items.push_back({subject, items[i].getKeyId(), false});
    }
  }
  if (!unreadable.items.empty()) on_keys(unreadable, {});
  if (request.items.empty()) return;
  if (!ports_.inbox.submit(std::move(request))) {
    ++ports_.metrics.retries_sent;
    send(retry_frame(Errc::overloaded, 500, "the queue is full; deposit the keys again"));
  }
}

void SyncSession::on_key_request(schema::KeyRequest::Reader request) {
  if (request.getSubjects().size() > kKeysPerFrameMax) {
    return fail_fatal(fail(Errc::limit_exceeded, "more than 256 keys in one frame"));
  }
  KeyQuery query{key_, grant_.number, request.getTogether(), {}};
  for (std::uint64_t subject : request.getSubjects()) query.subjects.push_back(PersonId{subject});
  if (!ports_.inbox.submit(std::move(query))) {
    ++ports_.metrics.retries_sent;
    send(retry_frame(Errc::overloaded, 500, "the queue is full; ask for the keys again"));
  }
}

void SyncSession::on_keys(const KeyOutcome& outcome, Moment now) {
  if (state_ != State::open) return;
  if (!outcome.deposit) return send_keys(outcome, now);
  FrameWriter writer(256 + outcome.items.size() * 48);
  auto items = writer.root().initKeys().initItems(static_cast<unsigned>(outcome.items.size()));
  for (unsigned i = 0; i < items.size(); ++i) {
    items[i].setSubject(outcome.items[i].subject.value);
    items[i].setKeyId(outcome.items[i].key_id);
    items[i].setDenied(!outcome.items[i].allowed);
    if (outcome.items[i].allowed) ++ports_.metrics.keys_deposited;
  }
  send(writer.finish());
}

void SyncSession::send_keys(const KeyOutcome& outcome, Moment now) {
  FrameWriter writer(256 + outcome.items.size() * 192);
  auto items = writer.root().initKeys().initItems(static_cast<unsigned>(outcome.items.size()));
  std::vector<PersonId> handed_out;
  KeysTogether together(outcome.items.size());
  for (unsigned i = 0; i < items.size(); ++i) {
    const PersonId subject = outcome.items[i].subject;
    items[i].setSubject(subject.value);
    items[i].setKeyId(subject.value);
    auto key = outcome.items[i].allowed ? ports_.keys.key_of(subject)
                                        : Result<SubjectKey>(fail(Errc::unauthorised, ""));
    if (!key) {
      items[i].setDenied(true);
      ++ports_.metrics.keys_denied;
      continue;
    }
    items[i].setKeyId(key->key_id);
    if (outcome.together) {
      together.add(key->key);
    } else {
      items[i].setSealedKey(to_data(seal_to(grant_.key, key->key, ports_.random)));
    }
    wipe(key->key.data(), key->key.size());
    handed_out.push_back(subject);
  }
  if (together.size() != 0) {
    writer.root().getKeys().setSealedKeys(to_data(together.seal_to(grant_.key, ports_.random)));
  }
  // No key leaves uncounted.
  if (!handed_out.empty()) {
    const auto counted = ports_.keys.count_handed_out(grant_.number, handed_out, now.wall);
    if (!counted) return fail_fatal(counted.error());
    ports_.metrics.keys_handed_out += handed_out.size();
  }
  send(writer.finish());
}

}  // namespace houniao
