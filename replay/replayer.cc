#include "replay/replayer.h"

#include <kj/exception.h>

#include <algorithm>

#include "base/limits.h"
#include "replay/admission.h"
#include "replay/archive.h"
#include "replay/lookahead.h"
#include "replay/merkle/hash.h"
#include "replay/snapshot.h"
#include "schema/codec.h"
#include "schema/trusted.h"

namespace houniao {

namespace {

constexpr std::string_view kMagic = "HNIAORP2";

Error corrupt(const RecordReader& record, std::string what) {
  return fail(Errc::corrupt, "record " + std::to_string(record.seq().value) + ": " + what);
}

Judgement judgement_of(schema::Record::Reader record) {
  Judgement judgement;
  judgement.verdict = record.getVerdict();
  if (trusted::has_at(record, trusted::record::kReasons)) {
    for (std::uint16_t number : record.getReasons()) judgement.reasons.add_number(number);
  }
  return judgement;
}

// Whether the record says exactly what was found: a list of reasons has one form, ascending.
bool says(schema::Record::Reader record, const Judgement& found) {
  if (record.getVerdict() != found.verdict) return false;
  const std::vector<std::uint16_t> numbers = found.reasons.numbers();
  const auto list = record.getReasons();
  if (list.size() != numbers.size()) return false;
  for (unsigned i = 0; i < list.size(); ++i) {
    if (list[i] != numbers[i]) return false;
  }
  return true;
}

std::string describe(const Judgement& judgement) {
  static constexpr std::string_view kNames[] = {"accepted", "flagged", "held"};
  const auto verdict = static_cast<std::size_t>(judgement.verdict);
  std::string text{verdict < 3 ? kNames[verdict] : "unknown"};
  judgement.reasons.for_each([&](Reason reason) { text += " " + std::string{name_of(reason)}; });
  return text;
}

// Event ids are only for people who read the message; device_seq is what the chain counts.
std::string place_of(const EventReader& event) {
  return "event " + std::to_string(event.device_seq().value) + " of device " +
         to_hex(event.device().bytes);
}

}  // namespace

Replayer::Replayer(Mode mode) : mode_(mode) {}
Replayer::~Replayer() = default;

Replayer::Replayer(Replayer&&) noexcept = default;

Replayer& Replayer::operator=(Replayer&&) noexcept = default;

// Runs `fold`, the work on one record; a failure is kept.
template <class Fold>
Result<void> Replayer::guarded(Fold&& fold) {
  if (failed_) return *failed_;
  Result<void> result;
  try {
    result = fold();
  } catch (const kj::Exception& e) {
    result = fail(Errc::corrupt, "record " + std::to_string(records_) + ": " +
                                     std::string{e.getDescription().cStr()});
  }
  if (!result) failed_ = result.error();
  return result;
}

Result<void> Replayer::feed(ByteView record) {
  return guarded([&] { return feed_record(record); });
}

Result<void> Replayer::feed_run(std::span<const ByteView> records) {
  if (failed_) return *failed_;
  if (mode_ == Mode::verify) {  // hashes and signatures, beside which memory does not count
    for (const ByteView record : records) HOUNIAO_TRY(feed(record));
    return {};
  }
  Lookahead ahead(state_, records);
  while (const Lookahead::Opened* next = ahead.next()) {
    HOUNIAO_TRY(guarded([&]() -> Result<void> {
      if (!next->ready) return feed_record(next->bytes);
      if (next->record.is_event()) HOUNIAO_TRY(fold_event(next->record, next->event));
      ++records_;
      return {};
    }));
  }
  return {};
}

Result<void> Replayer::feed_stream(ByteView stream) {
  std::vector<ByteView> records;
  const Result<void> cut = for_each_message(stream, [&](ByteView record) -> Result<void> {
    records.push_back(record);
    return {};
  });
  HOUNIAO_TRY(feed_run(records));
  return cut;
}

Result<void> Replayer::feed_record(ByteView bytes) {
  const bool verify = mode_ == Mode::verify;
  RecordReader record;
  HOUNIAO_TRY(verify ? record.open_untrusted(bytes) : record.open(bytes));
  if (verify) {
    if (record.seq().value != records_) {
      return corrupt(record, "the log goes on with seq " + std::to_string(records_));
    }
    HOUNIAO_TRY(check_scope_chain(record));
  }
  if (record.is_event()) {
    EventReader event;
    const ByteView event_bytes = record.event_bytes();
    HOUNIAO_TRY(verify ? event.open_untrusted(event_bytes) : event.open(event_bytes));
    HOUNIAO_TRY(fold_event(record, event));
  } else if (verify) {
    HOUNIAO_TRY(check_attestation(record));
  }
  if (verify) extend(record);
  ++records_;
  return {};
}

Result<void> Replayer::fold_event(const RecordReader& record, const EventReader& event) {
  const Received received{record.seq(), WallTime{record.get().getReceivedAtUs()}};
  const EventId id = event_id_of(state_, event);
  if (!id) return corrupt(record, place_of(event) + ": the device is not enrolled before it");
  Judgement judgement;
  if (mode_ == Mode::verify) {
    HOUNIAO_TRY(check_chain(record, event));
    judgement = admit(state_, event, received);
    if (!says(record.get(), judgement)) {
      return corrupt(record, place_of(event) + ": the log before it gives \"" +
                                 describe(judgement) + "\", the record says \"" +
                                 describe(judgement_of(record.get())) + "\"");
    }
  } else {
    if (static_cast<unsigned>(record.get().getVerdict()) > 2) {
      return corrupt(record, "a verdict that this version does not know");
    }
    judgement = judgement_of(record.get());
  }
  apply(state_, id, event, received, judgement);
  if (mode_ == Mode::verify) {
    DeviceHead& head = heads_[device_of(id)];
    head.seq = event.device_seq();
    head.hash = event.hash();
    head.unattested.push_back(head.hash);
  }
  return {};
}

Result<void> Replayer::check_chain(const RecordReader& record, const EventReader& event) {
  if (record.scope() != event.scope()) {
    return corrupt(record, place_of(event) + ": the record's scope is not the event's");
  }
  const EventId id = event_id_of(state_, event);
  const DeviceHead* head = this->head(device_of(id));
  const std::uint64_t expected = head == nullptr ? 1 : head->seq.value + 1;
  if (event.device_seq().value != expected) {
    return corrupt(record, place_of(event) + ": the device's chain goes on with device_seq " +
                               std::to_string(expected));
  }
  if (event.prev_hash() != (head == nullptr ? Hash{} : head->hash)) {
    return corrupt(record, place_of(event) + ": does not name the hash of the event before it");
  }
  return {};
}

Result<void> Replayer::check_scope_chain(const RecordReader& record) {
  const auto at = scopes_.find(record.scope());
  const ScopeHead head = at == scopes_.end() ? ScopeHead{} : at->second;
  if (record.get().getScopeCount() != head.count) {
    return corrupt(record, "is not record " + std::to_string(head.count) + " of its scope");
  }
  const ByteView previous = to_view(record.get().getScopePrev());
  const bool right = head.count == 0 ? previous.empty() : equal(previous, head.last_leaf.view());
  if (!right) return corrupt(record, "does not name the leaf hash of the scope's record before it");
  return {};
}

Result<void> Replayer::check_attestation(const RecordReader& record) {
  const schema::Attestation::Reader body = record.get().getAttestation();
  const std::optional<DeviceId> id = device_id_from(to_view(body.getDevice()));
  const Device* device = id ? state_.system.device(*id) : nullptr;
  if (device == nullptr) return corrupt(record, "attests for a device that is not enrolled");
  auto at = heads_.find(device->number);
  const std::string who = "attestation of device " + std::to_string(device->number.value);
  if (record.scope() != kScopeLog || !says(record.get(), Judgement{})) {
    return corrupt(record, who + ": must be accepted, in the scope of the log");
  }
  const DeviceSeq through{body.getThroughDeviceSeq()};
  if (at == heads_.end() || through <= at->second.attested || through > at->second.seq) {
    return corrupt(record, who + ": covers no event of the device that was not covered before");
  }
  DeviceHead& head = at->second;
  const std::size_t covered = through.value - head.attested.value;
  const Hash& hash = head.unattested[covered - 1];
  if (!equal(to_view(body.getHeadHash()), hash.view())) {
    return corrupt(record, who + ": names another hash than the device's event " +
                               std::to_string(through.value) + " has");
  }
  WitnessedCheckpoint witnessed;
  Signature signature;
  const ByteView signature_bytes = to_view(body.getSignature());
  if (signature_bytes.size() != signature.bytes.size()) {
    return corrupt(record, who + ": carries no signature");
  }
  std::copy(signature_bytes.begin(), signature_bytes.end(), signature.bytes.begin());
  witnessed.size = TreeSize{body.getWitnessedSize()};
  if (witnessed.size.value > record.seq().value) {
    return corrupt(record, who + ": has witnessed a tree larger than the log was");
  }
  if (witnessed.size) {
    witnessed.root = hash_from(to_view(body.getWitnessedRoot())).value_or(Hash{});
    const ByteView note = to_view(body.getWitnessedNoteSignature());
    if (note.size() == witnessed.note_signature.bytes.size()) {
      std::copy(note.begin(), note.end(), witnessed.note_signature.bytes.begin());
    }
  }
  if (!houniao::verify(device->key, push_signing_bytes(*id, through, hash, witnessed), signature)) {
    return fail(Errc::bad_signature, "record " + std::to_string(record.seq().value) + ": " + who);
  }
  head.unattested.erase(head.unattested.begin(),
                        head.unattested.begin() + static_cast<std::ptrdiff_t>(covered));
  head.attested = through;
  return {};
}

void Replayer::extend(const RecordReader& record) {
  const Hash leaf = merkle::leaf_hash(record.bytes());
  frontier_.append(leaf);
  ScopeHead& scope = scopes_[record.scope()];
  ++scope.count;
  scope.last_leaf = leaf;
}

const Replayer::DeviceHead* Replayer::head(DeviceNumber device) const {
  auto at = heads_.find(device);
  return at == heads_.end() ? nullptr : &at->second;
}

const Replayer::ScopeHead* Replayer::scope_head(ScopeId scope) const {
  auto at = scopes_.find(scope);
  return at == scopes_.end() ? nullptr : &at->second;
}

std::vector<Replayer::Unattested> Replayer::unattested() const {
  std::vector<Unattested> out;
  for (const auto& [device, head] : heads_) {
    if (head.attested < head.seq) {
      out.push_back({device, DeviceSeq{head.attested.value + 1}, head.seq});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const Unattested& a, const Unattested& b) { return a.device < b.device; });
  return out;
}

Bytes Replayer::save() const {
  CanonicalWriter writer(ArchivePurpose::snapshot, state_.symbols());
  Replayer& self = const_cast<Replayer&>(*this);  // a writer does not change what it visits
  std::vector<Hash> peaks(frontier_.peaks().begin(), frontier_.peaks().end());
  std::uint64_t size = frontier_.size().value;
  Bytes content = snapshot(state_);
  writer(self.records_, self.heads_, self.scopes_, size, peaks, content);
  const Bytes body = writer.take();
  Bytes out;
  append(out, as_bytes(kMagic));
  append(out, sha256(body).view());
  append(out, body);
  return out;
}

Result<Replayer> Replayer::load(Mode mode, ByteView bytes) {
  static constexpr std::size_t kHeaderBytes = 8 + 32;
  if (bytes.size() < kHeaderBytes || as_text(bytes.first(kMagic.size())) != kMagic ||
      !equal(sha256(bytes.subspan(kHeaderBytes)).view(), bytes.subspan(kMagic.size(), 32))) {
    return fail(Errc::corrupt, "the saved replay is damaged or of another version");
  }
  Replayer replayer(mode);
  CanonicalReader reader(bytes.subspan(kHeaderBytes), replayer.state_.facts);
  std::vector<Hash> peaks;
  std::uint64_t size = 0;
  Bytes content;
  reader(replayer.records_, replayer.heads_, replayer.scopes_, size, peaks, content);
  if (!reader.ok() || !reader.at_end()) {
    return fail(Errc::corrupt, "the saved replay cannot be read");
  }
  Result<merkle::Frontier> frontier = merkle::Frontier::from_peaks(TreeSize{size}, peaks);
  if (!frontier) return frontier.error();
  replayer.frontier_ = std::move(*frontier);
  Result<State> state = restore(content);
  if (!state) return state.error();
  replayer.state_ = std::move(*state);
  return replayer;
}

}  // namespace houniao
