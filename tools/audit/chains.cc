#include "tools/audit/chains.h"

#include <kj/exception.h>

#include <algorithm>
#include <cstring>

namespace houniao::audit {
namespace {

template <std::size_t N>
bool copy_exactly(ByteView from, std::array<std::uint8_t, N>& to) {
  if (from.size() != N) return false;
  std::memcpy(to.data(), from.data(), N);
  return true;
}

}  // namespace

std::string record_text(Seq seq) { return "record " + std::to_string(seq.value); }

std::string device_text(const DeviceId& device, DeviceNumber number) {
  return "device " + std::to_string(number.value) + " (" + to_hex(device.bytes) + ")";
}

bool Chains::feed(Seq seq, ByteView record, const Hash& leaf) {
  findings_.checked(Check::records);
  if (const auto opened = record_.open_untrusted(record); !opened) {
    findings_.failed(Check::records, record_text(seq), opened.error().detail);
    return false;
  }
  // Bytes made to harm their reader end as a finding, whatever Cap'n Proto thinks of them.
  try {
    follow(seq, leaf);
  } catch (const kj::Exception& e) {
    findings_.failed(Check::records, record_text(seq), e.getDescription().cStr());
    return false;
  }
  return true;
}

void Chains::follow(Seq seq, const Hash& leaf) {
  findings_.expect(record_.seq() == seq, Check::sequence, record_text(seq),
                   "the record states another seq");
  const std::int64_t received_us = record_.get().getReceivedAtUs();
  findings_.expect(received_us >= received_us_, Check::sequence, record_text(seq),
                   "it was received before the record before it");
  received_us_ = received_us;
  follow_scope(seq, leaf);
  if (record_.is_event()) {
    ++events_;
    follow_event(seq);
  } else {
    ++attestations_;
    check_attestation(seq, record_.get().getAttestation());
  }
}

void Chains::follow_scope(Seq seq, const Hash& leaf) {
  Scope& scope = scopes_[record_.scope()];
  const std::string where = record_text(seq) + ", scope " + std::to_string(record_.scope().value);
  findings_.expect(record_.get().getScopeCount() == scope.count, Check::scope_chains, where,
                   "it states another number of records of the scope before it");
  const ByteView prev = to_view(record_.get().getScopePrev());
  findings_.expect(scope.count == 0 ? prev.empty() : equal(prev, scope.head.view()),
                   Check::scope_chains, where, "it does not name the scope's record before it");
  ++scope.count;
  scope.head = leaf;
}

void Chains::follow_event(Seq seq) {
  if (const auto opened = event_.open_untrusted(record_.event_bytes()); !opened) {
    findings_.failed(Check::records, record_text(seq), "event: " + opened.error().detail);
    return;
  }
  findings_.expect(event_.scope() == record_.scope(), Check::scope_chains, record_text(seq),
                   "the record is in another scope than its event");
  if (event_.type() == EventType::DEVICE_ENROLLED)
    enrol(seq, event_.get().getBody().getDeviceEnrolled());
  const auto found = devices_.find(event_.device());
  if (!findings_.expect(found != devices_.end(), Check::device_chains, record_text(seq),
                        "an event of a device that was not enrolled")) {
    return;
  }
  Device& device = found->second;
  const bool held = record_.get().getVerdict() == schema::Verdict::HELD;
  if (!held) packs_.see(device.number, event_);
  if (event_.type() == EventType::LOG_KEY_CHANGED && found->first == server_ && !held) {
    follow_log_key(seq, event_.get().getBody().getLogKeyChanged());
  }
  const std::string where = record_text(seq) + ", " + device_text(found->first, device.number) +
                            " event " + std::to_string(event_.device_seq().value);
  findings_.expect(event_.device_seq().value == device.seq.value + 1, Check::device_chains, where,
                   "the device's chain has a gap or a repetition");
  findings_.expect(event_.prev_hash() == device.head, Check::device_chains, where,
                   "it does not name the device's event before it");
  device.seq = event_.device_seq();
  device.head = event_.hash();
  device.unattested.emplace_back(device.seq, device.head);
}

void Chains::follow_log_key(Seq seq, schema::LogKeyChanged::Reader body) {
  findings_.checked(Check::log_keys);
  const auto failed = [&](const std::string& what) {
    findings_.failed(Check::log_keys, record_text(seq), what);
  };
  const auto change = read_log_key_change(body);
  if (!change) return failed(change.error().detail);
  if (change->from.value != seq.value) return failed("it names another place in the log");
  std::optional<LogKeys> keys = log_keys_;
  if (!keys) keys.emplace(change->origin, change->previous.value_or(change->key));
  if (const auto added = keys->add(*change); !added) return failed(added.error().detail);
  log_keys_ = std::move(keys);
}

void Chains::enrol(Seq seq, schema::DeviceEnrolled::Reader body) {
  Device device;
  const auto id = device_id_from(to_view(body.getDevice()));
  device.number = DeviceNumber{body.getNumber()};
  const bool readable = id && copy_exactly(to_view(body.getPublicKey()), device.key.bytes);
  if (!findings_.expect(readable && device_id_for(device.key) == *id, Check::device_chains,
                        record_text(seq), "an enrolment whose device id is not that of its key")) {
    return;
  }
  if (!server_ && device.number.value == kServer) server_ = *id;
  // A device stays what its first enrolment made it.
  devices_.emplace(*id, device);
}

void Chains::check_attestation(Seq seq, schema::Attestation::Reader attestation) {
  const auto id = device_id_from(to_view(attestation.getDevice()));
  const auto found = id ? devices_.find(*id) : devices_.end();
  if (!findings_.expect(found != devices_.end(), Check::attestations, record_text(seq),
                        "an attestation by a device that was not enrolled")) {
    return;
  }
  Device& device = found->second;
  const std::string where = record_text(seq) + ", " + device_text(found->first, device.number);
  const DeviceSeq through{attestation.getThroughDeviceSeq()};
  const auto head = hash_from(to_view(attestation.getHeadHash()));
  // Mostly the newest event; an older one when the server verified a signature after later pushes.
  const auto last = std::find_if(device.unattested.rbegin(), device.unattested.rend(),
                                 [&](const auto& event) { return event.first == through; });
  if (!findings_.expect(last != device.unattested.rend(), Check::attestations, where,
                        "the attestation covers no event that was not covered before") ||
      !findings_.expect(last->second == head, Check::attestations, where,
                        "the attestation names another hash than the device's event has")) {
    return;
  }
  Witnessed witnessed{seq, found->first, device.number, through, {}};
  witnessed.checkpoint.size = TreeSize{attestation.getWitnessedSize()};
  bool readable = head.has_value();
  if (witnessed.checkpoint.size) {
    const auto root = hash_from(to_view(attestation.getWitnessedRoot()));
    readable = readable && root &&
               copy_exactly(to_view(attestation.getWitnessedNoteSignature()),
                            witnessed.checkpoint.note_signature.bytes);
    witnessed.checkpoint.root = root.value_or(Hash{});
  }
  Signature signature;
  readable = readable && copy_exactly(to_view(attestation.getSignature()), signature.bytes);
  if (!findings_.expect(
          readable && verify(device.key,
                             push_signing_bytes(found->first, through, head.value_or(Hash{}),
                                                witnessed.checkpoint),
                             signature),
          Check::attestations, where, "the device's signature does not match")) {
    return;
  }
  device.unattested.erase(device.unattested.begin(), last.base());
  device.attested = through;
  if (witnessed.checkpoint.size) witnessed_.push_back(witnessed);
}

void Chains::finish() {
  for (const auto& [id, device] : devices_) {
    findings_.expect(device.attested == device.seq, Check::attestations,
                     device_text(id, device.number), "its last events are not signed for");
  }
}

}  // namespace houniao::audit
