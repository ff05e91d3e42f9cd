// What the sequencer decides about each piece of work before anything becomes a record.
#include <algorithm>

#include "replay/admission.h"
#include "replay/state.h"
#include "schema/codec.h"
#include "schema/server_events.h"
#include "server/push_check.h"
#include "server/sequencer.h"
#include "server/state_view.h"

namespace houniao {

struct Sequencer::Door {
  Error error;
  IncidentKind kind = IncidentKind::gap;
  DeviceSeq at;
  bool fatal = false;
  bool revoke = false;
};

namespace {

std::string place(DeviceSeq at) { return "event " + std::to_string(at.value) + ": "; }

bool is_good(const AttestRequest& request) {
  if (request.checked != AttestRequest::Checked::not_yet) {
    return request.checked == AttestRequest::Checked::good;
  }
  return !check_signature(request.signed_head, request.key);
}

}  // namespace

void Sequencer::process_push(PushRequest& push) {
  DeviceHead& head = head_of(push.device);
  const DeviceGrant grant = grant_of(*state_, push.number);
  if (auto door = check_door(push, head, grant)) return refuse(push, std::move(*door));

  PushOutcome outcome;
  outcome.session = push.session;
  outcome.device = push.device;
  outcome.push_id = push.push_id;
  const std::size_t known =
      push.last() <= head.seq ? push.count() : head.seq.value + 1 - push.first.value;
  if (known < push.count()) {
    std::vector<IncidentReport> incidents;
    if (auto door = check_events(push, known, grant, incidents)) {
      return refuse(push, std::move(*door));
    }
    for (const IncidentReport& incident : incidents) process_incident(incident);
    outcome.first_seq = Seq{tree_.size().value};
    outcome.count = static_cast<std::uint32_t>(push.count() - known);
    admit_events(push, known, head);
  }
  if (push.verified) attest(push.signed_head(), head);
  outcome.through = head.seq;
  outcome.attested = head.attested;
  group_->pushes.push_back(std::move(outcome));
}

// A signature that says nothing new is not even checked.
void Sequencer::process_attest(const AttestRequest& request) {
  const AttestationData& signed_head = request.signed_head;
  DeviceHead& head = head_of(signed_head.device);
  if (signed_head.through > head.attested && signed_head.through <= head.seq) {
    if (!is_good(request)) return refuse_signature(request);
    const Result<Hash> hash = signed_head.through == head.seq
                                  ? Result<Hash>(head.hash)
                                  : stored_hash(request.number, signed_head.through);
    if (hash && *hash == signed_head.head) attest(signed_head, head);
  }
  PushOutcome outcome = outcome_for(request.session, request.push_id, signed_head.device);
  outcome.silent = request.silent;
  if (head.attested < signed_head.through) {
    outcome.refused = fail(Errc::chain_broken,
                           place(signed_head.through) + "the log holds no such event to sign for");
  }
  group_->pushes.push_back(std::move(outcome));
}

// The events stay in the log; nobody vouches for those that no other signature covers.
void Sequencer::refuse_signature(const AttestRequest& request) {
  const AttestationData& signed_head = request.signed_head;
  PushFault fault = signature_fault(signed_head.through);
  PushOutcome outcome = outcome_for(request.session, request.push_id, signed_head.device);
  outcome.silent = request.silent;
  outcome.fatal = true;
  outcome.bad_signature = signed_head.through;
  outcome.refused = std::move(fault.error);
  group_->pushes.push_back(std::move(outcome));
  IncidentReport report;
  report.device = signed_head.device;
  report.kind = fault.kind;
  report.device_seq = fault.at;
  process_incident(report);
}

std::optional<Sequencer::Door> Sequencer::check_door(const PushRequest& push,
                                                     const DeviceHead& head,
                                                     const DeviceGrant& grant) {
  if (!grant.number || grant.id != push.device) {
    return Door{fail(Errc::unknown_device, "no such device"), IncidentKind::revoked, push.first,
                true, false};
  }
  if (grant.revoked && push.last() > head.seq) {
    return Door{fail(Errc::revoked_device, place(push.last()) + "the device is revoked"),
                IncidentKind::revoked, push.last(), true, false};
  }
  return check_chain(push, head);
}

std::optional<Sequencer::Door> Sequencer::check_chain(const PushRequest& push,
                                                      const DeviceHead& head) {
  const auto fork = [&](DeviceSeq at) {
    return Door{
        fail(Errc::chain_forked, place(at) + "other bytes than the log holds at this place"),
        IncidentKind::fork, at, true, true};
  };
  if (push.first.value > head.seq.value + 1) {
    return Door{
        fail(Errc::chain_broken, "expected device_seq " + std::to_string(head.seq.value + 1) +
                                     ", got " + std::to_string(push.first.value)),
        IncidentKind::gap, push.first, false, false};
  }
  if (push.first.value == head.seq.value + 1) {
    if (push.prev != head.hash) return fork(push.first);
    return std::nullopt;
  }
  const auto same = same_as_stored(push, head);
  if (!same) {
    return Door{same.error(), IncidentKind::fork, push.first, false, false};
  }
  if (!*same) return fork(push.first);
  return std::nullopt;
}

// Compares the last event that both sides have; the chain makes everything before it equal too.
Result<bool> Sequencer::same_as_stored(const PushRequest& push, const DeviceHead& head) {
  if (push.last() >= head.seq) {
    return push.hashes[head.seq.value - push.first.value] == head.hash;
  }
  const auto stored = stored_hash(push.number, push.last());
  if (!stored) return stored.error();
  return *stored == push.hashes.back();
}

Result<Hash> Sequencer::stored_hash(DeviceNumber number, DeviceSeq at) {
  const auto seq = seq_of_event(*state_, event_id(number, at));
  if (!seq) return fail(Errc::internal, "an event of the chain is not in the state");
  Hash out;
  HOUNIAO_TRY(with_record(*seq, [&](RecordReader& record) { out = sha256(record.event_bytes()); }));
  return out;
}

// Of the log, or of the group in hand.
Result<void> Sequencer::with_record(Seq seq, const std::function<void(RecordReader&)>& use) {
  RecordReader record;
  RecordRun run;
  if (seq >= Seq{group_->base.value}) {
    HOUNIAO_TRY(record.open(group_->record(seq.value - group_->base.value)));
  } else {
    auto read = ports_.log.read(seq, 1);
    if (!read) return read.error();
    run = std::move(*read);
    if (run.empty()) return fail(Errc::corrupt, "a record of the log is missing");
    HOUNIAO_TRY(record.open(run.record(0)));
  }
  use(record);
  return {};
}

Result<bool> Sequencer::had_scope(DeviceNumber device, ScopeId scope) {
  if (!former_scopes_) {
    auto read =
        FormerScopes::read(*state_, [this](Seq seq, const std::function<void(RecordReader&)>& use) {
          return with_record(seq, use);
        });
    if (!read) return read.error();
    former_scopes_ = std::move(*read);
  }
  return former_scopes_->contains(device, scope);
}

// Refused is what no honest device sends. What an honest one may send without knowing better (its
// scope was withdrawn meanwhile, its clock is wrong) is taken, with a verdict that says so and an
// incident: the chain cannot go on without it, and it may be the only copy.
std::optional<Sequencer::Door> Sequencer::check_events(const PushRequest& push, std::size_t from,
                                                       const DeviceGrant& grant,
                                                       std::vector<IncidentReport>& incidents) {
  const auto note = [&](std::size_t i, IncidentKind kind) {
    incidents.push_back(
        {push.device, kind, push.hashes[i], push.event(i).size(), DeviceSeq{push.first.value + i}});
  };
  for (std::size_t i = from; i < push.count(); ++i) {
    const DeviceSeq at{push.first.value + i};
    HOUNIAO_ASSERT(reader_->open(push.event(i)).has_value());
    const ScopeId scope = reader_->scope();
    if (!grant.may_write(scope)) {
      const auto had = scope == kScopeLog ? Result<bool>(false) : had_scope(push.number, scope);
      if (!had) return Door{had.error(), IncidentKind::scope, at, false, false};
      if (!*had) {
        return Door{fail(Errc::scope_denied, place(at) + "scope " + std::to_string(scope.value)),
                    IncidentKind::scope, at, false, false};
      }
      note(i, IncidentKind::scope);
    }
    if (only_server_records(reader_->type())) {
      return Door{fail(Errc::unauthorised, place(at) + "only the server records this type"),
                  IncidentKind::scope, at, false, false};
    }
    if (recorded_ahead(reader_->get(), received_at_)) note(i, IncidentKind::clock);
  }
  return std::nullopt;
}

void Sequencer::refuse(const PushRequest& push, Door door) {
  PushOutcome outcome = outcome_for(push.session, push.push_id, push.device);
  outcome.fatal = door.fatal;
  IncidentReport report;
  report.device = push.device;
  report.kind = door.kind;
  report.raw_hash = ports_.quarantine.keep(push.events);
  report.raw_bytes = push.events.size();
  report.device_seq = door.at;
  outcome.refused = std::move(door.error);
  group_->pushes.push_back(std::move(outcome));
  process_incident(report);
  if (door.revoke) {
    append_own_event(own_->revoked_as_compromised(
        push.number, DeviceSeq{head_of(push.device).seq.value + 1}, received_at_));
  }
}

void Sequencer::admit_events(const PushRequest& push, std::size_t from, DeviceHead& head) {
  for (std::size_t i = from; i < push.count(); ++i) append_event(push.event(i), push.number);
  head.number = push.number;
  head.seq = push.last();
  head.hash = push.hashes.back();
  changed_devices_.push_back(push.device);
}

void Sequencer::process_enrolment(const EnrolRequest& request) {
  EnrolOutcome outcome{request.session, std::nullopt};
  const DeviceId id = device_id_for(request.key);
  const DeviceGrant known = grant_of(*state_, id);
  if (known.number) {
    if (known.revoked) outcome.refused = fail(Errc::revoked_device, "the device is revoked");
    group_->enrolments.push_back(std::move(outcome));
    return;
  }
  const auto code = ports_.keys.claim_code(request.code, id, now_);
  if (!code) {
    outcome.refused = code.error();
    group_->enrolments.push_back(std::move(outcome));
    return;
  }
  DeviceGrant device;
  device.number = DeviceNumber{highest_device_number(*state_).value + 1};
  device.id = id;
  device.key = request.key;
  device.holder = code->holder;
  append_own_event(own_->enrolled(device, *code, received_at_));
  if (!grant_of(*state_, id).number) {
    outcome.refused = fail(Errc::internal, "the enrolment was recorded but did not take effect");
  }
  group_->enrolments.push_back(std::move(outcome));
}

void Sequencer::process_deposit(const KeyDepositRequest& request) {
  KeyOutcome outcome{request.session, true, false, {}};
  std::vector<SubjectKey> keys;
  for (const auto& item : request.items) {
    // A device makes keys for the persons that it registers, and only for those.
    const bool own = device_of(EventId{item.subject.value}) == request.number;
    outcome.items.push_back({item.subject, item.key_id, own});
    if (own) keys.push_back(SubjectKey{item.subject, item.key_id, item.key});
  }
  const auto stored = ports_.keys.put_keys(keys);
  std::size_t next = 0;
  for (auto& item : outcome.items) {
    if (item.allowed) item.allowed = stored && (*stored)[next++];
  }
  for (SubjectKey& key : keys) wipe(key.key.data(), key.key.size());
  group_->keys.push_back(std::move(outcome));
}

void Sequencer::process_query(const KeyQuery& query) {
  KeyOutcome outcome{query.session, false, query.together, {}};
  const DeviceGrant grant = grant_of(*state_, query.number);
  const bool everywhere = grant.whole_log;
  for (PersonId subject : query.subjects) {
    bool allowed =
        !grant.revoked && (everywhere || device_of(EventId{subject.value}) == query.number);
    const auto seq = seq_of_event(*state_, EventId{subject.value});
    if (!allowed && !grant.revoked && seq && *seq < Seq{group_->base.value}) {
      const auto run = ports_.log.read(*seq, 1);
      RecordReader record;
      allowed =
          run && !run->empty() && record.open(run->record(0)) && grant.may_read(record.scope());
    }
    outcome.items.push_back({subject, 0, allowed});
  }
  group_->keys.push_back(std::move(outcome));
}

void Sequencer::process_incident(const IncidentReport& report) {
  constexpr std::size_t kIncidentsPerGroup = 16;
  constexpr std::size_t kDevicesTracked = 100'000;
  const auto kind = static_cast<std::size_t>(report.kind);
  if (incident_times_.size() > kDevicesTracked) incident_times_.clear();
  std::int64_t& last = incident_times_[report.device][kind];
  const bool too_soon = last != 0 && now_.us - last < kIncidentEveryUs && now_.us >= last;
  if (read_only_ || too_soon || own_incidents_ >= kIncidentsPerGroup) {
    ++incidents_suppressed_;
    return;
  }
  last = now_.us;
  ++own_incidents_;
  append_own_event(own_->incident(report, received_at_));
}

void Sequencer::process_admin(const AdminEvent& admin) {
  const auto event = own_->administrative(admin.event_body, received_at_);
  if (event) append_own_event(*event);
  if (!admin.order.empty())
    (event ? group_->orders : group_->orders_refused).push_back(admin.order);
}

}  // namespace houniao
