#include "tools/audit/part_audit.h"

#include <kj/exception.h>

#include <algorithm>
#include <array>

#include "replay/merkle/hash.h"
#include "tools/audit/witnesses.h"

namespace houniao::audit {
namespace {

template <std::size_t N>
bool copy_exactly(ByteView from, std::array<std::uint8_t, N>& to) {
  if (from.size() != N) return false;
  std::copy(from.begin(), from.end(), to.begin());
  return true;
}

std::optional<WitnessedCheckpoint> witnessed_by(schema::Attestation::Reader said) {
  WitnessedCheckpoint out;
  out.size = TreeSize{said.getWitnessedSize()};
  if (!out.size) return out;
  const auto root = hash_from(to_view(said.getWitnessedRoot()));
  if (!root || !copy_exactly(to_view(said.getWitnessedNoteSignature()), out.note_signature.bytes)) {
    return std::nullopt;
  }
  out.root = *root;
  return out;
}

// Every part has all records of these scopes.
bool always_there(ScopeId scope) { return scope == kScopeCommons || scope == kScopeLog; }

}  // namespace

PartAudit::PartAudit(BundleLog& bundle, VerifierKey key, const Options& options, Findings& findings,
                     BundleReport& out)
    : bundle_(bundle), key_(std::move(key)), options_(options), findings_(findings), out_(out) {}

void PartAudit::run() {
  out_.report.part = true;
  out_.report.complete = walk();
  out_.report.size = tree_.size();
  out_.report.root = tree_.root();
  if (!out_.report.complete) return;
  finish();
  settle_keys();
  compare_checkpoint();
  compare_witnesses();
}

bool PartAudit::walk() {
  const TreeSize size = bundle_.head().size;
  for (;;) {
    const auto item = bundle_.next_item();
    if (!item) return storage(item.error().detail);
    if (!*item) break;
    findings_.checked(Check::storage);
    const bool good = (*item)->kind == BundleItem::records ? records((*item)->content)
                                                           : subtree((*item)->content);
    if (!good) return false;
    if (const auto held = bundle_.hold(tree_.held_bytes()); !held) {
      return storage(held.error().detail);
    }
    if (options_.progress) options_.progress(tree_.size().value, size.value);
  }
  if (tree_.size() == size) return true;
  return storage("it covers " + std::to_string(tree_.size().value) + " records instead of " +
                 std::to_string(size.value));
}

bool PartAudit::storage(const std::string& what) {
  findings_.failed(Check::storage, "bundle", what);
  return false;
}

bool PartAudit::subtree(ByteView in) {
  if (in.size() != 1 + 8 + 32) return storage("a left-out stretch of a wrong length");
  const auto level = static_cast<unsigned>(take_number(in, 1));
  const std::uint64_t index = take_number(in, 8);
  const std::uint64_t before = tree_.size().value;
  const Hash hash = take_hash(in);
  if (level >= 63 || index != before >> level || !tree_.append_subtree(level, hash)) {
    return storage("a left-out stretch that does not follow what is before it");
  }
  const std::uint64_t count = std::uint64_t{1} << level;
  out_.left_out += count;
  const BundleManifest& manifest = bundle_.manifest();
  if (manifest.says_what_is_left_out() && manifest.asks_for(Seq{before}, Seq{before + count - 1})) {
    findings_.failed(Check::storage, "manifest",
                     "records " + std::to_string(before) + " to " +
                         std::to_string(before + count - 1) +
                         " are left out, some of which it says are there");
  }
  return true;
}

bool PartAudit::records(ByteView in) {
  if (in.size() < 8 || take_number(in, 8) != tree_.size().value) {
    return storage("records that do not follow what is before them");
  }
  const auto offsets = frame_batch(in);
  if (!offsets) return storage(offsets.error().detail);
  if (offsets->empty()) return storage("an item without records");
  for (std::size_t i = 0; i < offsets->size(); ++i) {
    const std::size_t end = i + 1 < offsets->size() ? (*offsets)[i + 1] : in.size();
    record(in.subspan((*offsets)[i], end - (*offsets)[i]));
  }
  return true;
}

void PartAudit::record(ByteView bytes) {
  const Seq seq{tree_.size().value};
  const Hash leaf = merkle::leaf_hash(bytes);
  tree_.append(leaf);
  ++out_.records;
  findings_.checked(Check::records);
  if (const auto opened = record_.open_untrusted(bytes); !opened) {
    return findings_.failed(Check::records, record_text(seq), opened.error().detail);
  }
  // Bytes made to harm their reader end as a finding, whatever Cap'n Proto thinks of them.
  try {
    follow(seq, leaf);
  } catch (const kj::Exception& e) {
    findings_.failed(Check::records, record_text(seq), e.getDescription().cStr());
  }
}

void PartAudit::follow(Seq seq, const Hash& leaf) {
  const std::string where = record_text(seq);
  findings_.expect(record_.seq() == seq, Check::sequence, where, "it states another seq");
  const std::int64_t received_us = record_.get().getReceivedAtUs();
  findings_.expect(received_us >= received_us_, Check::sequence, where,
                   "it was received before the record before it");
  received_us_ = std::max(received_us_, received_us);
  follow_scope(seq, leaf);
  check_manifest(seq);
  if (record_.is_event()) {
    ++out_.report.events;
    follow_event(seq);
  } else {
    ++out_.report.attestations;
    follow_attestation(seq, record_.get().getAttestation());
  }
}

void PartAudit::follow_scope(Seq seq, const Hash& leaf) {
  const ScopeId id = record_.scope();
  Scope& scope = scopes_[id];
  const std::string where = record_text(seq) + ", scope " + std::to_string(id.value);
  const std::uint64_t count = record_.get().getScopeCount();
  const std::uint64_t gap = count > scope.count ? count - scope.count : 0;
  findings_.expect(count >= scope.count, Check::scope_chains, where,
                   "it states fewer records of the scope before it than there are");
  if (always_there(id)) {
    findings_.expect(gap == 0, Check::scope_chains, where,
                     "records of its scope before it are left out");
    if (gap != 0 && id == kScopeLog) attestations_missing_ = true;
  } else {
    findings_.expect(gap <= out_.left_out - scope.left_out_before, Check::scope_chains, where,
                     "it states more records of the scope before it than are left out");
    out_.scope_gaps += std::min(gap, out_.left_out - scope.left_out_before);
  }
  if (count == scope.count) {
    const ByteView prev = to_view(record_.get().getScopePrev());
    findings_.expect(count == 0 ? prev.empty() : equal(prev, scope.head.view()),
                     Check::scope_chains, where, "it does not name the scope's record before it");
  }
  scope = {count + 1, leaf, out_.left_out};
}

// What the manifest says was asked for is what is there.
void PartAudit::check_manifest(Seq seq) {
  const BundleManifest& manifest = bundle_.manifest();
  const ScopeId scope = record_.scope();
  if (!manifest.restricts() || always_there(scope)) return;
  if (!manifest.asks_for(seq, seq) ||
      (!manifest.scopes.empty() && !manifest.scopes.contains(scope))) {
    findings_.failed(Check::storage, "manifest",
                     record_text(seq) + " of scope " + std::to_string(scope.value) +
                         " is there, which it does not say was asked for");
  }
}

void PartAudit::follow_event(Seq seq) {
  if (const auto opened = event_.open_untrusted(record_.event_bytes()); !opened) {
    return findings_.failed(Check::records, record_text(seq), "event: " + opened.error().detail);
  }
  findings_.expect(event_.scope() == record_.scope(), Check::scope_chains, record_text(seq),
                   "the record is in another scope than its event");
  if (event_.type() == EventType::DEVICE_ENROLLED) enrol(seq);
  const auto found = devices_.find(event_.device());
  if (!findings_.expect(found != devices_.end(), Check::device_chains, record_text(seq),
                        "an event of a device that was not enrolled")) {
    return;
  }
  const bool held = record_.get().getVerdict() == schema::Verdict::HELD;
  if (!held) out_.report.packs.see(found->second.number, event_);
  if (event_.type() == EventType::LOG_KEY_CHANGED && found->first == server_ && !held) {
    follow_key(seq);
  }
  follow_chain(seq, found->second);
}

// An event that a part leaves out is one of the records that it leaves out, so a chain has no more
// gaps than those.
void PartAudit::follow_chain(Seq seq, Device& device) {
  const DeviceSeq at = event_.device_seq();
  const std::string where = record_text(seq) + ", " + device_text(event_.device(), device.number) +
                            " event " + std::to_string(at.value);
  if (!findings_.expect(at > device.newest, Check::device_chains, where,
                        "the device's chain has a repetition")) {
    return;
  }
  const std::uint64_t gap = at.value - device.newest.value - 1;
  findings_.expect(gap <= out_.left_out - device.left_out_before, Check::device_chains, where,
                   "the device's chain has a gap of more events than are left out");
  if (gap == 0) {
    findings_.expect(event_.prev_hash() == device.head, Check::device_chains, where,
                     "it does not name the device's event before it");
  }
  device.newest = at;
  device.head = event_.hash();
  device.left_out_before = out_.left_out;
  device.open.push_back({at, device.head});
}

void PartAudit::enrol(Seq seq) {
  const auto body = event_.get().getBody().getDeviceEnrolled();
  Device device;
  device.number = DeviceNumber{body.getNumber()};
  const auto id = device_id_from(to_view(body.getDevice()));
  const bool readable = id && copy_exactly(to_view(body.getPublicKey()), device.key.bytes);
  if (!findings_.expect(readable && device_id_for(device.key) == *id, Check::device_chains,
                        record_text(seq), "an enrolment whose device id is not that of its key")) {
    return;
  }
  if (!server_ && device.number.value == kServer) server_ = *id;
  // A device stays what its first enrolment made it.
  devices_.try_emplace(*id, std::move(device));
}

// Every part has all changes of the log's key: they are in the commons.
void PartAudit::follow_key(Seq seq) {
  findings_.checked(Check::log_keys);
  const auto failed = [&](const std::string& what) {
    findings_.failed(Check::log_keys, record_text(seq), what);
  };
  const auto change = read_log_key_change(event_.get().getBody().getLogKeyChanged());
  if (!change) return failed(change.error().detail);
  if (change->from.value != seq.value) return failed("it names another place in the log");
  std::optional<LogKeys> keys = log_keys_;
  if (!keys) keys.emplace(change->origin, change->previous.value_or(change->key));
  if (const auto added = keys->add(*change); !added) return failed(added.error().detail);
  log_keys_ = std::move(keys);
}

void PartAudit::follow_attestation(Seq seq, schema::Attestation::Reader said) {
  const auto id = device_id_from(to_view(said.getDevice()));
  const auto found = id ? devices_.find(*id) : devices_.end();
  findings_.expect(record_.scope() == kScopeLog, Check::scope_chains, record_text(seq),
                   "an attestation outside of the scope of the log");
  if (!findings_.expect(found != devices_.end(), Check::attestations, record_text(seq),
                        "an attestation by a device that was not enrolled")) {
    return;
  }
  Device& device = found->second;
  const std::string where = record_text(seq) + ", " + device_text(*id, device.number);
  const auto head = hash_from(to_view(said.getHeadHash()));
  const auto seen = witnessed_by(said);
  Signature signature;
  const DeviceSeq through{said.getThroughDeviceSeq()};
  const bool good = head && seen && copy_exactly(to_view(said.getSignature()), signature.bytes) &&
                    verify(device.key, push_signing_bytes(*id, through, *head, *seen), signature);
  if (!findings_.expect(good, Check::attestations, where,
                        "the device's signature does not match") ||
      !check_covered(where, device, through, *head)) {
    return;
  }
  cover(device, through, *head);
  if (seen->size) witnessed_.push_back({seq, *id, device.number, through, *seen});
}

bool PartAudit::check_covered(const std::string& where, const Device& device, DeviceSeq through,
                              const Hash& head) {
  if (!findings_.expect(through > device.attested, Check::attestations, where,
                        "the attestation covers no event that was not covered before")) {
    return false;
  }
  const std::uint64_t beyond =
      through > device.newest ? through.value - device.newest.value : std::uint64_t{0};
  if (!findings_.expect(beyond <= out_.left_out - device.left_out_before, Check::attestations,
                        where, "the attestation covers more events than there are")) {
    return false;
  }
  const auto named = std::find_if(device.open.begin(), device.open.end(),
                                  [&](const Chained& event) { return event.seq == through; });
  return named == device.open.end() ||
         findings_.expect(named->hash == head, Check::attestations, where,
                          "the device signed another event than the one in this place");
}

// A signature covers the event that it names and, by their chain, those before it without a gap.
// It covers others as well, but that cannot be seen without the events between.
void PartAudit::cover(Device& device, DeviceSeq through, const Hash& head) {
  const auto end = std::find_if(device.open.begin(), device.open.end(),
                                [&](const Chained& event) { return event.seq > through; });
  std::uint64_t next = through.value;
  auto first = end;
  for (; first != device.open.begin() && std::prev(first)->seq.value == next; --next) --first;
  out_.unsigned_events += static_cast<std::uint64_t>(first - device.open.begin());
  device.open.erase(device.open.begin(), end);
  device.attested = through;
  if (through <= device.newest) return;
  // Events beyond this one may have been left out before this record: a server may verify a
  // signature after later pushes. So only those that it covers are accounted for.
  device.left_out_before += through.value - device.newest.value;
  device.newest = through;
  device.head = head;
}

// Whether attestations may be missing: the part leaves out records of the log's scope, or could,
// behind the last one that it has.
bool PartAudit::has_every_attestation() const {
  const auto log = scopes_.find(kScopeLog);
  return !attestations_missing_ && log != scopes_.end() &&
         log->second.left_out_before == out_.left_out;
}

void PartAudit::finish() {
  const bool whole = has_every_attestation();
  for (const auto& [id, device] : devices_) {
    if (whole) {
      findings_.expect(device.newest <= device.attested, Check::attestations,
                       device_text(id, device.number), "its last events are not signed for");
    } else {
      out_.unsigned_events += device.open.size();
    }
  }
}

// The key that the auditor trusts, and what the log says of those before and after it.
void PartAudit::settle_keys() {
  if (!log_keys_) return;
  if (findings_.expect(log_keys_->origin() == key_.name && log_keys_->contains(key_.key),
                       Check::log_keys, "bundle",
                       "the key that you trust is not one of the log's keys")) {
    keys_ = *log_keys_;
  }
}

void PartAudit::compare_checkpoint() {
  const auto stored = bundle_.checkpoints();
  findings_.checked(Check::checkpoints);
  if (stored->size() != 1 || stored->front().size != tree_.size()) {
    return findings_.failed(Check::checkpoints, "bundle",
                            "it must hold the one checkpoint that covers it");
  }
  const auto opened = keys_.open(stored->front().note);
  if (!opened) {
    return findings_.failed(Check::checkpoints, "checkpoint", opened.error().detail);
  }
  findings_.expect(
      opened->checkpoint.size == tree_.size() && opened->checkpoint.root == tree_.root(),
      Check::tree, "bundle", "the records are not those of the tree that the log signed");
}

void PartAudit::compare_witnesses() {
  Witnesses witnesses(keys_,
                      {tree_.size(), [this](TreeSize size) { return tree_.root_of(size); }, true},
                      findings_, out_.report);
  witnesses.report_keys(key_);
  for (const Witnessed& witnessed : witnessed_) {
    if (!witnesses.compare(witnessed)) ++out_.witnessed_not_compared;
  }
  witnesses.compare_kept("kept checkpoint", options_.kept_checkpoints);
  witnesses.expect_devices(options_, devices_);
  const auto stored = bundle_.checkpoints();
  witnesses.expect_cosigned(options_, stored->empty() ? std::string{} : stored->back().note);
}

}  // namespace houniao::audit
