#include "tests/fuzz/seeds.h"

#include <capnp/dynamic.h>

#include <algorithm>

#include "replay/checkpoint.h"
#include "schema/catalogue.h"
#include "schema/codec.h"
#include "schema/frames.h"
#include "tests/support/prng.h"

namespace houniao::fuzz {
namespace {

using tests::Prng;

constexpr const char* kOrigin = "houniao.test/log";
constexpr int kNestingMax = 6;
constexpr DeviceNumber kServer{1};

// Sizes that the decoders demand of fields with these names.
std::size_t data_bytes(std::string_view field) {
  if (field == "device") return 16;
  if (field == "nonce") return 24;
  if (field == "signature" || field == "witnessedNoteSignature") return 64;
  for (std::string_view ending : {"ash", "oot", "ead", "Key", "sha256", "scopePrev"}) {
    if (field.ends_with(ending)) return 32;
  }
  return 20;
}

void fill_struct(capnp::DynamicStruct::Builder out, Prng& prng, int nesting);

Bytes some_bytes(Prng& prng, std::size_t size) {
  Bytes out(size);
  prng.fill(out);
  return out;
}

template <class Integer>
Integer some_integer(Prng& prng) {
  return static_cast<Integer>(prng.below(100) + 1);
}

capnp::DynamicValue::Reader scalar(capnp::Type type, Prng& prng) {
  switch (type.which()) {
    case capnp::schema::Type::BOOL:
      return prng.below(2) == 1;
    case capnp::schema::Type::INT8:
    case capnp::schema::Type::INT16:
    case capnp::schema::Type::INT32:
    case capnp::schema::Type::INT64:
      return some_integer<std::int64_t>(prng);
    case capnp::schema::Type::ENUM: {
      const auto enumerants = type.asEnum().getEnumerants();
      return capnp::DynamicEnum(enumerants[static_cast<unsigned>(prng.below(enumerants.size()))]);
    }
    case capnp::schema::Type::UINT64:
      // Most of these name entities: often one that another seed creates.
      if (prng.below(2) == 0)
        return event_id(kServer, DeviceSeq{prng.below(kCatalogue.size()) + 1}).value;
      return some_integer<std::uint64_t>(prng);
    default:
      return some_integer<std::uint64_t>(prng);
  }
}

void fill_list(capnp::DynamicList::Builder out, std::string_view name, Prng& prng, int nesting) {
  const capnp::Type element = out.getSchema().getElementType();
  for (unsigned i = 0; i < out.size(); ++i) {
    switch (element.which()) {
      case capnp::schema::Type::STRUCT:
        fill_struct(out[i].as<capnp::DynamicStruct>(), prng, nesting + 1);
        break;
      case capnp::schema::Type::TEXT:
        out.set(i, "文字 text");
        break;
      case capnp::schema::Type::DATA:
        out.set(i, to_data(some_bytes(prng, data_bytes(name))));
        break;
      default:
        out.set(i, scalar(element, prng));
    }
  }
}

void fill_field(capnp::DynamicStruct::Builder out, capnp::StructSchema::Field field, Prng& prng,
                int nesting) {
  const std::string_view name = to_view(field.getProto().getName());
  if (field.getProto().isGroup()) {
    fill_struct(out.init(field).as<capnp::DynamicStruct>(), prng, nesting);
    return;
  }
  switch (field.getType().which()) {
    case capnp::schema::Type::VOID:
      out.set(field, capnp::VOID);
      break;
    case capnp::schema::Type::TEXT:
      out.set(field, "文字 text");
      break;
    case capnp::schema::Type::DATA:
      out.set(field, to_data(some_bytes(prng, data_bytes(name))));
      break;
    case capnp::schema::Type::STRUCT:
      if (nesting < kNestingMax) {
        fill_struct(out.init(field).as<capnp::DynamicStruct>(), prng, nesting + 1);
      }
      break;
    case capnp::schema::Type::LIST:
      fill_list(out.init(field, static_cast<unsigned>(1 + prng.below(2))).as<capnp::DynamicList>(),
                name, prng, nesting);
      break;
    case capnp::schema::Type::ANY_POINTER:
    case capnp::schema::Type::INTERFACE:
      break;
    default:
      out.set(field, scalar(field.getType(), prng));
  }
}

void fill_struct(capnp::DynamicStruct::Builder out, Prng& prng, int nesting) {
  for (auto field : out.getSchema().getNonUnionFields()) fill_field(out, field, prng, nesting);
  const auto members = out.getSchema().getUnionFields();
  if (members.size() == 0) return;
  fill_field(out, members[static_cast<unsigned>(prng.below(members.size()))], prng, nesting);
}

// The first seed enrols the device that all seeds come from, as the first event of a log does.
void enrol_itself(schema::DeviceEnrolled::Builder enrolled) {
  const VerifyKey key = log_key().verify_key();
  enrolled.setDevice(to_data(device_id_for(key).bytes));
  enrolled.setNumber(kServer.value);
  enrolled.setPublicKey(to_data(key.bytes));
  enrolled.setHolder(0);
  enrolled.setWholeLog(true);
}

Bytes event_seed(const CatalogueRow& row, Prng& prng) {
  capnp::MallocMessageBuilder builder;
  auto event = builder.initRoot<schema::Event>();
  capnp::DynamicStruct::Builder dynamic = event;
  fill_struct(dynamic, prng, 0);
  auto body = dynamic.get("body").as<capnp::DynamicStruct>();
  const auto members = body.getSchema().getUnionFields();
  fill_field(body, members[static_cast<unsigned>(row.type)], prng, 0);
  event.setDevice(to_data(device_id_for(log_key().verify_key()).bytes));
  event.setDeviceSeq(static_cast<std::uint64_t>(row.type) + 1);
  event.setOccurredDay(16'800);
  event.setOccurredMinute(600);
  if (row.type == EventType::DEVICE_ENROLLED) enrol_itself(event.getBody().getDeviceEnrolled());
  return encode(builder);
}

AttestationData attestation_seed(Prng& prng) {
  AttestationData out;
  prng.fill(out.device.bytes);
  out.through = DeviceSeq{7};
  prng.fill(out.head.bytes);
  prng.fill(out.signature.bytes);
  return out;
}

Bytes concatenated(const std::vector<Bytes>& messages, std::size_t count) {
  Bytes out;
  for (std::size_t i = 0; i < std::min(count, messages.size()); ++i) append(out, messages[i]);
  return out;
}

Bytes bytes_of(std::string_view text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

}  // namespace

std::vector<Bytes> event_seeds() {
  std::vector<Bytes> out;
  Prng prng(1);
  for (const CatalogueRow& row : kCatalogue) out.push_back(event_seed(row, prng));
  return out;
}

std::vector<Bytes> record_seeds() {
  std::vector<Bytes> out;
  Prng prng(2);
  const std::vector<std::uint16_t> reasons = {1, 2, 3};
  RecordHeader header;
  header.received_at = WallTime{1'700'000'000'000'000};
  for (const Bytes& event : event_seeds()) {
    header.scope_count = header.seq.value;
    header.verdict = static_cast<schema::Verdict>(header.seq.value % 3);
    header.reasons = header.seq.value % 3 == 0 ? std::span<const std::uint16_t>() : reasons;
    append_event_record(out.emplace_back(), header, event);
    ++header.seq.value;
  }
  append_attestation_record(out.emplace_back(), header, attestation_seed(prng));
  return out;
}

std::vector<Bytes> frame_seeds() {
  std::vector<Bytes> out;
  Prng prng(3);
  const auto members = capnp::Schema::from<schema::Frame>().getUnionFields();
  for (auto member : members) {
    FrameWriter writer;
    auto frame = writer.root();
    fill_field(frame, member, prng, 0);
    if (frame.isPush()) {
      frame.getPush().setEvents(to_data(concatenated(event_seeds(), 4)));
      frame.getPush().setCount(4);
    }
    if (frame.isRecords()) {
      const Bytes records = concatenated(record_seeds(), 4);
      frame.getRecords().setRecords(to_data(records));
      frame.getRecords().setCount(4);
      frame.getRecords().setCompression(schema::Records::Compression::NONE);
      frame.getRecords().setRawBytes(static_cast<std::uint32_t>(records.size()));
    }
    out.push_back(writer.finish());
  }
  return out;
}

SigningKey log_key() {
  Prng prng(4);
  return make_signing_key(prng);
}

std::string log_vkey() { return verifier_key(kOrigin, log_key().verify_key()); }

std::vector<Bytes> checkpoint_seeds() {
  std::vector<Bytes> out;
  Prng prng(5);
  for (std::uint64_t size : {0ULL, 1ULL, 1234ULL, 18'446'744'073'709'551'615ULL}) {
    Checkpoint checkpoint{kOrigin, TreeSize{size}, {}};
    prng.fill(checkpoint.root.bytes);
    std::string note = sign_checkpoint(checkpoint, log_key());
    out.push_back(bytes_of(note));
    // A second signature by a key that the reader does not know.
    out.push_back(bytes_of(note + "\xe2\x80\x94 other AAAAAAAA\n"));
  }
  return out;
}

std::vector<Bytes> verifier_key_seeds() { return {bytes_of(log_vkey())}; }

}  // namespace houniao::fuzz
