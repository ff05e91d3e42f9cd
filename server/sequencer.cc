#include "server/sequencer.h"

#include <algorithm>

#include "replay/admission.h"
#include "replay/state.h"
#include "schema/codec.h"
#include "server/state_view.h"

namespace houniao {
namespace {

bool changes_devices(EventType type) {
  switch (type) {
    case EventType::DEVICE_ENROLLED:
    case EventType::DEVICE_REVOKED:
    case EventType::DEVICE_SCOPES_CHANGED:
    case EventType::ROLE_GRANTED:
    case EventType::ROLE_WITHDRAWN:
    case EventType::HELD_EVENT_DECIDED:
      return true;
    default:
      return false;
  }
}

bool may_erase(EventType type) {
  return type == EventType::PERSONAL_DATA_ERASED || type == EventType::HELD_EVENT_DECIDED;
}

}  // namespace

Sequencer::Sequencer(Ports ports, SequencerOptions options)
    : ports_(ports),
      options_(std::move(options)),
      state_(std::make_unique<State>()),
      reader_(std::make_unique<EventReader>()) {}

Sequencer::~Sequencer() = default;

bool Sequencer::submit(Work work) {
  const std::size_t events = events_in(work);
  if (!queue_.empty() && events_waiting_ + events > options_.queue_events_max) return false;
  events_waiting_ += events;
  queue_.push_back(std::move(work));
  return true;
}

std::shared_ptr<const CommittedGroup> Sequencer::commit(WallTime now) {
  start_group(now);
  if (read_only_ && now.us >= next_probe_us_) read_only_.reset();
  std::size_t events = 0;
  while (!queue_.empty()) {
    const std::size_t more = events_in(queue_.front());
    const bool full = events + more > options_.group_events_max ||
                      group_->records.size() + bytes_in(queue_.front()) > kGroupBytesMax;
    if (events != 0 && full) break;
    Work work = std::move(queue_.front());
    queue_.pop_front();
    events_waiting_ -= more;
    events += more;
    if (read_only_) {
      refuse_while_read_only(work);
    } else {
      process(std::move(work));
    }
  }
  finish_group();
  return std::move(group_);
}

void Sequencer::start_group(WallTime now) {
  group_ = std::make_shared<CommittedGroup>();
  group_->base = tree_.size();
  now_ = now;
  received_at_ = std::max(now, last_received_);
  changed_devices_.clear();
  changed_scopes_.clear();
  own_events_ = false;
  erasures_ = false;
  own_incidents_ = 0;
}

void Sequencer::process(Work work) {
  if (auto* push = std::get_if<PushRequest>(&work)) return process_push(*push);
  if (auto* request = std::get_if<AttestRequest>(&work)) return process_attest(*request);
  if (auto* request = std::get_if<EnrolRequest>(&work)) return process_enrolment(*request);
  if (auto* request = std::get_if<KeyDepositRequest>(&work)) return process_deposit(*request);
  if (auto* query = std::get_if<KeyQuery>(&work)) return process_query(*query);
  if (auto* report = std::get_if<IncidentReport>(&work)) return process_incident(*report);
  process_admin(std::get<AdminEvent>(work));
}

void Sequencer::refuse_while_read_only(Work& work) {
  if (const auto* push = std::get_if<PushRequest>(&work)) {
    PushOutcome outcome = outcome_for(push->session, push->push_id, push->device);
    outcome.refused = read_only_;
    outcome.retry_after_ms = kRetryStorageMs;
    group_->pushes.push_back(std::move(outcome));
  } else if (const auto* owed = std::get_if<AttestRequest>(&work)) {
    PushOutcome outcome = outcome_for(owed->session, owed->push_id, owed->signed_head.device);
    outcome.silent = owed->silent;
    outcome.refused = read_only_;
    outcome.retry_after_ms = kRetryStorageMs;
    group_->pushes.push_back(std::move(outcome));
  } else if (const auto* request = std::get_if<EnrolRequest>(&work)) {
    group_->enrolments.push_back(EnrolOutcome{request->session, read_only_});
  } else if (const auto* deposit = std::get_if<KeyDepositRequest>(&work)) {
    KeyOutcome outcome{deposit->session, true, false, {}};
    for (const auto& item : deposit->items)
      outcome.items.push_back({item.subject, item.key_id, false});
    group_->keys.push_back(std::move(outcome));
  } else if (const auto* query = std::get_if<KeyQuery>(&work)) {
    process_query(*query);
  }
}

DeviceHead& Sequencer::head_of(const DeviceId& device) {
  DeviceHead& head = devices_[device];
  head.device = device;
  return head;
}

// What the log has of the device now; the caller adds what became of the push.
PushOutcome Sequencer::outcome_for(SessionKey session, std::uint64_t push_id,
                                   const DeviceId& device) {
  PushOutcome out;
  out.session = session;
  out.push_id = push_id;
  out.device = device;
  out.through = head_of(device).seq;
  out.attested = head_of(device).attested;
  return out;
}

RecordHeader Sequencer::header_for(ScopeId scope) {
  ScopeHead& head = scopes_[scope];
  head.scope = scope;
  RecordHeader out;
  out.seq = Seq{tree_.size().value};
  out.received_at = received_at_;
  out.scope = scope;
  out.scope_count = head.count;
  out.scope_prev = head.hash;
  return out;
}

void Sequencer::close_record(std::size_t start, ScopeId scope) {
  const Hash leaf = merkle::leaf_hash(ByteView(group_->records).subspan(start));
  tree_.append(leaf);
  ScopeHead& head = scopes_[scope];
  ++head.count;
  head.hash = leaf;
  changed_scopes_.push_back(scope);
  group_->offsets.push_back(static_cast<std::uint32_t>(start));
  group_->scopes.push_back(scope);
}

void Sequencer::append_event(ByteView bytes, DeviceNumber) {
  HOUNIAO_ASSERT(reader_->open(bytes).has_value());  // whole and readable: checked at the door
  const Received received{Seq{tree_.size().value}, received_at_};
  const Judgement judgement = admit(*state_, *reader_, received);
  apply(*state_, *reader_, received, judgement);
  if (changes_devices(reader_->type())) {
    group_->devices_changed = true;
    former_scopes_.reset();
  }
  erasures_ |= may_erase(reader_->type());

  const ScopeId scope = reader_->scope();
  const std::vector<std::uint16_t> reasons = judgement.reasons.numbers();
  RecordHeader header = header_for(scope);
  header.verdict = judgement.verdict;
  header.reasons = reasons;
  const std::size_t start = group_->records.size();
  append_event_record(group_->records, header, bytes);
  close_record(start, scope);
}

void Sequencer::append_own_event(const Bytes& event) {
  append_event(event, kServerDevice);
  DeviceHead& head = head_of(own_->head().device);
  const DeviceSeq attested = head.attested;
  head = own_->head();
  head.attested = attested;
  changed_devices_.push_back(own_->head().device);
  own_events_ = true;
}

void Sequencer::append_attestation(const AttestationData& attestation) {
  const RecordHeader header = header_for(kScopeLog);
  const std::size_t start = group_->records.size();
  append_attestation_record(group_->records, header, attestation);
  close_record(start, kScopeLog);
}

// Signatures that say nothing new are not kept.
void Sequencer::attest(const AttestationData& signed_head, DeviceHead& head) {
  if (signed_head.through <= head.attested) return;
  head.attested = signed_head.through;
  changed_devices_.push_back(signed_head.device);
  append_attestation(signed_head);
}

void Sequencer::finish_group() {
  if (own_events_) {
    WitnessedCheckpoint witnessed;
    if (head_ && head_->size) witnessed = {head_->size, head_->root, head_->note_signature};
    const DeviceHead& own = own_->head();
    attest({own.device, own.seq, own.hash, own_->sign_head(witnessed), witnessed},
           head_of(own.device));
  }
  if (group_->offsets.empty()) {
    group_->head = head_;
    return;
  }
  publish_group();
}

void Sequencer::publish_group() {
  auto unique = [](auto& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  };
  unique(changed_devices_);
  unique(changed_scopes_);

  auto head = std::make_shared<PublishedHead>();
  head->size = tree_.size();
  head->root = tree_.root();
  head->committed_at = now_;
  const Checkpoint checkpoint{options_.origin, head->size, head->root};
  const SigningKey& key = handing_over_ ? *options_.next_log_key : options_.log_key;
  const std::string body = checkpoint_body(checkpoint);
  head->note_signature = sign(key, as_bytes(body));
  head->note = note_with_signature(checkpoint, key.verify_key(), head->note_signature);
  if (handing_over_) {
    head->note += note_signature_line(options_.origin, options_.log_key.verify_key(),
                                      sign(options_.log_key, as_bytes(body)));
  }

  Commit commit;
  commit.first = Seq{group_->base.value};
  commit.records = std::move(group_->records);
  commit.offsets = std::move(group_->offsets);
  commit.tiles = tree_.take_changed();
  for (const DeviceId& device : changed_devices_) commit.device_heads.push_back(devices_[device]);
  for (ScopeId scope : changed_scopes_) commit.scope_heads.push_back(scopes_[scope]);
  commit.checkpoint = head->note;
  const auto stored = ports_.log.append(commit);
  if (!stored) {
    fail_group(stored.error());
    return;
  }
  group_->records = std::move(commit.records);
  group_->offsets = std::move(commit.offsets);
  group_->scope_heads = std::move(commit.scope_heads);
  last_received_ = received_at_;
  head->devices = group_->devices_changed || !head_
                      ? std::make_shared<const DeviceDirectory>(directory_of(*state_))
                      : head_->devices;
  head->log_keys = !own_events_ && head_ ? head_->log_keys : log_keys_of(*state_);
  head_ = std::move(head);
  group_->head = head_;
  ports_.published.publish(head_, commit.device_heads, group_->scope_heads);
  if (erasures_) erase_keys_of_erased();
}

// Nothing of the group is durable: everybody is told to come back, and the state is folded again
// from what the disk has.
void Sequencer::fail_group(const Error& error) {
  read_only_ = error;
  next_probe_us_ = now_.us + kStorageProbeUs;
  if (error.code != Errc::storage_full) next_probe_us_ = INT64_MAX;
  auto failed = std::make_shared<CommittedGroup>();
  const auto reloaded = load(now_, false);
  if (!reloaded) {
    // What is in memory may be ahead of the disk and cannot be trusted: only a restart helps.
    read_only_ = reloaded.error();
    next_probe_us_ = INT64_MAX;
  }
  failed->base = tree_.size();
  for (PushOutcome& outcome : group_->pushes) {
    // A repeat of what was durable before, and a push refused for its own sake, stay as they are.
    const DeviceSeq durable = head_of(outcome.device).seq;
    const DeviceSeq attested = head_of(outcome.device).attested;
    const bool lost =
        outcome.count != 0 || outcome.through > durable || outcome.attested > attested;
    if (!outcome.refused && lost) {
      outcome.refused = read_only_;
      outcome.retry_after_ms = kRetryStorageMs;
      outcome.count = 0;
    }
    outcome.through = durable;
    outcome.attested = attested;
    failed->pushes.push_back(std::move(outcome));
  }
  for (EnrolOutcome& outcome : group_->enrolments) {
    if (!outcome.refused) outcome.refused = read_only_;
    failed->enrolments.push_back(std::move(outcome));
  }
  failed->keys = std::move(group_->keys);
  auto head = std::make_shared<PublishedHead>(head_ ? *head_ : PublishedHead{});
  head->read_only = read_only_;
  head_ = head;
  ports_.published.publish(head_, {}, {});
  failed->head = head_;
  failed->devices_changed = true;
  group_ = std::move(failed);
}

void Sequencer::erase_keys_of_erased() {
  std::vector<PersonId> gone;
  for (PersonId subject : erased_subjects(*state_)) {
    const auto known = ports_.keys.was_erased(subject);
    if (known && !*known) gone.push_back(subject);
  }
  if (gone.empty()) return;
  // A failure leaves the keys; the erasure in the log makes the next start try again.
  (void)ports_.keys.erase(gone);
}

}  // namespace houniao
