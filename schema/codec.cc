#include "schema/codec.h"

#include <kj/exception.h>

#include "base/limits.h"
#include "schema/segment.h"
#include "schema/shape.h"
#include "schema/trusted.h"

namespace houniao {
namespace {

constexpr std::size_t kWord = sizeof(capnp::word);
constexpr std::size_t kTable = 8;
// A record is an event and a fixed frame of less than this.
constexpr std::size_t kRecordOverheadMax = 12 * 1024;

std::uint32_t read_u32(const std::uint8_t* p) {
  return std::uint32_t{p[0]} | std::uint32_t{p[1]} << 8 | std::uint32_t{p[2]} << 16 |
         std::uint32_t{p[3]} << 24;
}

// Whether the segment table says that the bytes are one message of one segment, and nothing more.
bool is_framed(ByteView bytes, std::size_t words) {
  if (bytes.size() < kTable || bytes.size() % kWord != 0) return false;
  return read_u32(bytes.data()) == 0 && read_u32(bytes.data() + 4) == words - 1;
}

void append_u64_be(Bytes& out, std::uint64_t v) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(v >> shift));
}

Result<void> check_size(capnp::Data::Reader data, std::size_t size, bool may_be_empty,
                        const char* field) {
  if (data.size() == size || (may_be_empty && data.size() == 0)) return {};
  return fail(Errc::malformed, std::string(field) + " has " + std::to_string(data.size()) +
                                   " bytes instead of " + std::to_string(size));
}

Result<void> check_sealed(schema::Event::Reader event) {
  if (event.getSealed().size() > limits::kSealedMax) {
    return fail(Errc::limit_exceeded, "too many sealed items");
  }
  for (auto sealed : event.getSealed()) {
    HOUNIAO_TRY(check_size(sealed.getNonce(), 24, false, "sealed.nonce"));
    if (sealed.getCiphertext().size() > limits::kSealedBytesMax) {
      return fail(Errc::too_large, "a sealed item");
    }
  }
  return {};
}

Result<void> check_envelope(schema::Event::Reader event) {
  HOUNIAO_TRY(check_size(event.getDevice(), 16, false, "device"));
  HOUNIAO_TRY(check_size(event.getPrevHash(), 32, false, "prevHash"));
  if (event.getDeviceSeq() == 0 || event.getDeviceSeq() > 0xffffffffULL) {
    return fail(Errc::malformed, "deviceSeq is outside 1..2^32-1");
  }
  if (event.getCauses().size() > limits::kCausesMax) {
    return fail(Errc::limit_exceeded, "too many causes");
  }
  if (event.getEvidence().size() > limits::kEvidenceMax) {
    return fail(Errc::limit_exceeded, "too many evidence items");
  }
  for (auto item : event.getEvidence()) {
    HOUNIAO_TRY(check_size(item.getSha256(), 32, false, "evidence.sha256"));
  }
  if (event.getOccurredMinute() < -1 || event.getOccurredMinute() >= 24 * 60) {
    return fail(Errc::malformed, "occurredMinute is outside the day");
  }
  return check_sealed(event);
}

Result<void> check_attestation(schema::Attestation::Reader attestation) {
  HOUNIAO_TRY(check_size(attestation.getDevice(), 16, false, "attestation.device"));
  HOUNIAO_TRY(check_size(attestation.getHeadHash(), 32, false, "attestation.headHash"));
  HOUNIAO_TRY(check_size(attestation.getSignature(), 64, false, "attestation.signature"));
  HOUNIAO_TRY(check_size(attestation.getWitnessedRoot(), 32, true, "attestation.witnessedRoot"));
  return check_size(attestation.getWitnessedNoteSignature(), 64, true, "attestation.noteSignature");
}

Result<void> check_record(schema::Record::Reader record) {
  HOUNIAO_TRY(check_size(record.getScopePrev(), 32, record.getScopeCount() == 0, "scopePrev"));
  if (static_cast<std::uint16_t>(record.getVerdict()) > 2) {
    return fail(Errc::malformed, "an unknown verdict");
  }
  if (record.isAttestation()) return check_attestation(record.getAttestation());
  if (!record.isEvent()) return fail(Errc::malformed, "an unknown kind of record");
  return {};
}

// Runs `body`, which reads a message; what Cap'n Proto throws becomes an error.
template <class Body>
Result<void> guarded(Body body) {
  try {
    return body();
  } catch (const kj::Exception& e) {
    return fail(Errc::malformed, std::string("unreadable message: ") + e.getDescription().cStr());
  }
}

// For bytes that were checked before: the checks of Cap'n Proto at every step are worth one walk
// over the pointers. What the walk does not vouch for is read with them.
template <class Struct>
typename Struct::Reader trusted_root(MessageReader& reader) {
  const auto segment = reader.segment();
  if (is_self_contained(segment)) return trusted::root<Struct>(segment.begin());
  return reader.message().getRoot<Struct>();
}

void fill_header(schema::Record::Builder record, const RecordHeader& header) {
  record.setSeq(header.seq.value);
  record.setReceivedAtUs(header.received_at.us);
  record.setScope(header.scope.value);
  record.setScopeCount(header.scope_count);
  if (header.scope_count != 0) record.setScopePrev(to_data(header.scope_prev));
  record.setVerdict(header.verdict);
  if (header.reasons.empty()) return;
  auto reasons = record.initReasons(static_cast<unsigned>(header.reasons.size()));
  for (unsigned i = 0; i < reasons.size(); ++i) reasons.set(i, header.reasons[i]);
}

std::size_t append_message(Bytes& out, capnp::MessageBuilder& builder) {
  const auto segments = builder.getSegmentsForOutput();
  HOUNIAO_ASSERT(segments.size() == 1);
  const auto words = static_cast<std::uint32_t>(segments[0].size());
  const std::size_t start = out.size();
  out.resize(start + kTable + words * kWord);
  std::uint8_t* p = out.data() + start;
  std::memset(p, 0, 4);
  for (int i = 0; i < 4; ++i) p[4 + i] = static_cast<std::uint8_t>(words >> (8 * i));
  std::memcpy(p + kTable, segments[0].begin(), words * kWord);
  return out.size() - start;
}

}  // namespace

Result<std::size_t> message_bytes(ByteView stream) {
  if (stream.size() < kTable) return fail(Errc::malformed, "a message without its segment table");
  if (read_u32(stream.data()) != 0) return fail(Errc::malformed, "a message of several segments");
  const std::size_t bytes = kTable + std::size_t{read_u32(stream.data() + 4)} * kWord;
  if (bytes > stream.size()) return fail(Errc::malformed, "a truncated message");
  return bytes;
}

Result<void> for_each_message(ByteView stream, const std::function<Result<void>(ByteView)>& visit) {
  while (!stream.empty()) {
    const auto bytes = message_bytes(stream);
    if (!bytes) return bytes.error();
    HOUNIAO_TRY(visit(stream.first(*bytes)));
    stream = stream.subspan(*bytes);
  }
  return {};
}

Bytes encode(capnp::MessageBuilder& builder) {
  Bytes out;
  if (builder.getSegmentsForOutput().size() == 1) {
    append_message(out, builder);
    return out;
  }
  // A message that outgrew its first segment is copied once into one that is large enough.
  std::size_t words = 0;
  for (auto segment : builder.getSegmentsForOutput()) words += segment.size();
  capnp::MallocMessageBuilder flat(static_cast<unsigned>(words + 16),
                                   capnp::AllocationStrategy::GROW_HEURISTICALLY);
  flat.setRoot(builder.getRoot<capnp::AnyPointer>().asReader());
  append_message(out, flat);
  return out;
}

Result<void> MessageReader::open(ByteView bytes, std::size_t bytes_max) {
  reader_.reset();
  bytes_ = bytes;
  if (bytes.size() > bytes_max) {
    return fail(Errc::too_large,
                std::to_string(bytes.size()) + " bytes, at most " + std::to_string(bytes_max));
  }
  const std::size_t words = bytes.size() / kWord;
  if (!is_framed(bytes, words)) {
    const auto size = message_bytes(bytes);
    if (!size) return size.error();
    return fail(Errc::malformed, "bytes after the end of the message");
  }
  const auto* start = reinterpret_cast<const capnp::word*>(bytes.data());
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(capnp::word) != 0 ||
      reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) {
    if (copy_words_ < words) {
      copy_ = std::make_unique<capnp::word[]>(words);
      copy_words_ = words;
    }
    std::memcpy(copy_.get(), bytes.data(), bytes.size());
    start = copy_.get();
  }
  words_ = kj::arrayPtr(start, words);
  return {};
}

capnp::MessageReader& MessageReader::message() {
  if (!reader_) {
    capnp::ReaderOptions options;
    options.traversalLimitInWords = words_.size() * 8 + 1024;
    options.nestingLimit = limits::kNestingMax;
    reader_.emplace(words_, options);
  }
  return *reader_;
}

Result<void> EventReader::open(ByteView bytes) {
  HOUNIAO_TRY(reader_.open(bytes, limits::kEventBytesMax));
  return guarded([this]() -> Result<void> {
    event_ = trusted_root<schema::Event>(reader_);
    return {};
  });
}

Result<void> EventReader::open_untrusted(ByteView bytes) {
  HOUNIAO_TRY(open(bytes));
  return guarded([this]() -> Result<void> {
    static const Shape& shape = shape_of(capnp::Schema::from<schema::Event>());
    HOUNIAO_TRY(check_shape(shape, reader_.message().getRoot<capnp::AnyStruct>()));
    return check_envelope(event_);
  });
}

DeviceId EventReader::device() const {
  return device_id_from(trusted::data_at(event_, trusted::event::kDevice)).value_or(DeviceId{});
}

Hash EventReader::prev_hash() const {
  return hash_from(to_view(event_.getPrevHash())).value_or(Hash{});
}

Result<void> RecordReader::open(ByteView bytes) {
  HOUNIAO_TRY(reader_.open(bytes, limits::kEventBytesMax + kRecordOverheadMax));
  return guarded([this]() -> Result<void> {
    record_ = trusted_root<schema::Record>(reader_);
    return {};
  });
}

Result<void> RecordReader::open_untrusted(ByteView bytes) {
  HOUNIAO_TRY(open(bytes));
  return guarded([this]() -> Result<void> {
    static const Shape& shape = shape_of(capnp::Schema::from<schema::Record>());
    HOUNIAO_TRY(check_shape(shape, reader_.message().getRoot<capnp::AnyStruct>()));
    return check_record(record_);
  });
}

ByteView RecordReader::event_bytes() const {
  return record_.isEvent() ? trusted::data_at(record_, trusted::record::kEvent) : ByteView{};
}

Bytes push_signing_bytes(const DeviceId& device, DeviceSeq through, const Hash& head,
                         const WitnessedCheckpoint& witnessed) {
  Bytes out;
  append(out, as_bytes("houniao.v1 push\n"));
  append(out, device.bytes);
  append_u64_be(out, through.value);
  append(out, head.bytes);
  append_u64_be(out, witnessed.size.value);
  append(out, witnessed.root.bytes);
  append(out, witnessed.note_signature.bytes);
  return out;
}

Bytes challenge_signing_bytes(ByteView nonce, const VerifyKey& device_key) {
  Bytes out;
  append(out, as_bytes("houniao.v1 hello\n"));
  append(out, nonce);
  append(out, device_key.bytes);
  return out;
}

Bytes sealed_associated_data(const DeviceId& device, DeviceSeq seq, std::uint16_t index) {
  Bytes out;
  append(out, device.bytes);
  append_u64_be(out, seq.value);
  out.push_back(static_cast<std::uint8_t>(index >> 8));
  out.push_back(static_cast<std::uint8_t>(index));
  return out;
}

std::size_t append_event_record(Bytes& out, const RecordHeader& header, ByteView event) {
  HOUNIAO_ASSERT(event.size() <= limits::kEventBytesMax);
  // The scratch space is zeroed again by the builder, so it can be reused without clearing.
  thread_local std::unique_ptr<capnp::word[]> scratch(
      new capnp::word[(limits::kEventBytesMax + kRecordOverheadMax) / kWord]());
  const std::size_t words = (event.size() + kWord - 1) / kWord + 64 + header.reasons.size() / 4;
  capnp::MallocMessageBuilder builder(kj::arrayPtr(scratch.get(), words));
  auto record = builder.initRoot<schema::Record>();
  fill_header(record, header);
  record.setEvent(to_data(event));
  return append_message(out, builder);
}

std::size_t append_attestation_record(Bytes& out, const RecordHeader& header,
                                      const AttestationData& data) {
  capnp::MallocMessageBuilder builder(128);
  auto record = builder.initRoot<schema::Record>();
  fill_header(record, header);
  auto attestation = record.initAttestation();
  attestation.setDevice(to_data(data.device.bytes));
  attestation.setThroughDeviceSeq(data.through.value);
  attestation.setHeadHash(to_data(data.head));
  attestation.setSignature(to_data(data.signature.bytes));
  attestation.setWitnessedSize(data.witnessed.size.value);
  if (data.witnessed.size) {
    attestation.setWitnessedRoot(to_data(data.witnessed.root));
    attestation.setWitnessedNoteSignature(to_data(data.witnessed.note_signature.bytes));
  }
  return append_message(out, builder);
}

}  // namespace houniao
