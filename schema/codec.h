// Reading and writing of events and records. A writer encodes once; a reader checks shape and
// limits before anything looks inside, and the stored bytes stay what they were.
//
// Every message here is a Cap'n Proto message of one segment with its segment table: 4 bytes zero,
// 4 bytes number of 8-byte words, then the words. Messages follow one another without gaps, which
// is the standard Cap'n Proto stream format. Pure; objects are used by one thread at a time.
#pragma once

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "schema/catalogue.h"
#include "schema/event.capnp.h"
#include "schema/record.capnp.h"

namespace houniao {

// Length of the message at the start of `stream`, table included. Fails with malformed when it has
// more than one segment or does not lie wholly within the stream.
Result<std::size_t> message_bytes(ByteView stream);

// Calls `visit(ByteView)` for each message of a stream; stops at the first error of either.
Result<void> for_each_message(ByteView stream, const std::function<Result<void>(ByteView)>& visit);

// Encodes the message in `builder` as one segment.
Bytes encode(capnp::MessageBuilder& builder);

// Opens one message. Reads in place when `bytes` starts on an 8-byte boundary, else from an own
// copy; in the first case `bytes` must outlive the reader. Reusable: open() again for the next
// message.
class MessageReader {
 public:
  MessageReader() = default;
  MessageReader(const MessageReader&) = delete;
  MessageReader& operator=(const MessageReader&) = delete;

  // Fails with malformed or too_large. Looks only at the frame of the message.
  Result<void> open(ByteView bytes, std::size_t bytes_max);
  // The exact bytes given to open().
  ByteView bytes() const { return bytes_; }
  // The words of the message's one segment.
  kj::ArrayPtr<const capnp::word> segment() const { return words_.slice(1, words_.size()); }
  // Cap'n Proto's reader with all its checks; made at the first call after open().
  capnp::MessageReader& message();

 private:
  ByteView bytes_;
  kj::ArrayPtr<const capnp::word> words_;  // with the segment table, aligned
  std::unique_ptr<capnp::word[]> copy_;
  std::size_t copy_words_ = 0;
  std::optional<capnp::FlatArrayMessageReader> reader_;
};

// One event. open() checks the frame only, for bytes that were checked before (they come from the
// log and their hash is verified); open_untrusted() walks the whole message: every pointer, text
// (valid UTF-8), list and the sizes of fixed-length fields against base/limits.h.
class EventReader {
 public:
  Result<void> open(ByteView bytes);
  Result<void> open_untrusted(ByteView bytes);

  schema::Event::Reader get() const { return event_; }
  ByteView bytes() const { return reader_.bytes(); }
  EventType type() const { return event_.getBody().which(); }
  // nullptr for a type this build does not know.
  const CatalogueRow* row() const { return find_row(type()); }
  DeviceId device() const;
  DeviceSeq device_seq() const { return DeviceSeq{event_.getDeviceSeq()}; }
  Hash prev_hash() const;
  ScopeId scope() const { return ScopeId{event_.getScope()}; }
  Day occurred() const { return Day{event_.getOccurredDay()}; }
  Hash hash() const { return sha256(bytes()); }

 private:
  MessageReader reader_;
  schema::Event::Reader event_;
};

// One record, from the log or from the wire. Same two ways of opening.
class RecordReader {
 public:
  Result<void> open(ByteView bytes);
  Result<void> open_untrusted(ByteView bytes);
  schema::Record::Reader get() const { return record_; }
  ByteView bytes() const { return reader_.bytes(); }
  Seq seq() const { return Seq{record_.getSeq()}; }
  ScopeId scope() const { return ScopeId{record_.getScope()}; }
  bool is_event() const { return record_.isEvent(); }
  // The event's exact bytes; empty for an attestation. Aligned when the record was.
  ByteView event_bytes() const;

 private:
  MessageReader reader_;
  schema::Record::Reader record_;
};

// A device's statement about the last checkpoint it verified; size 0 when it has seen none.
struct WitnessedCheckpoint {
  TreeSize size;
  Hash root;
  Signature note_signature;
  bool operator==(const WitnessedCheckpoint&) const = default;
};

// The text a device signs with each push: "houniao.v1 push\n", device, through device_seq (8 bytes
// big-endian), head hash, witnessed size (8 bytes big-endian), root and note signature.
Bytes push_signing_bytes(const DeviceId& device, DeviceSeq through, const Hash& head,
                         const WitnessedCheckpoint& witnessed);
// The text a device signs to open a session: "houniao.v1 hello\n", the server's nonce, its public
// key.
Bytes challenge_signing_bytes(ByteView nonce, const VerifyKey& device_key);
// Associated data of a sealed item: device, device_seq (8 bytes big-endian), place in the list.
Bytes sealed_associated_data(const DeviceId& device, DeviceSeq seq, std::uint16_t index);

struct RecordHeader {
  Seq seq;
  WallTime received_at;
  ScopeId scope;
  std::uint64_t scope_count = 0;  // records of the scope before this one
  Hash scope_prev;                // ignored when scope_count is 0
  schema::Verdict verdict = schema::Verdict::ACCEPTED;
  std::span<const std::uint16_t> reasons;
};
struct AttestationData {
  DeviceId device;
  DeviceSeq through;
  Hash head;
  Signature signature;
  WitnessedCheckpoint witnessed;
};

// Appends one record message to `out` and returns its length.
std::size_t append_event_record(Bytes& out, const RecordHeader& header, ByteView event);
std::size_t append_attestation_record(Bytes& out, const RecordHeader& header,
                                      const AttestationData& attestation);

inline capnp::Data::Reader to_data(ByteView b) { return {b.data(), b.size()}; }
inline ByteView to_view(capnp::Data::Reader d) { return {d.begin(), d.size()}; }
inline std::string_view to_view(capnp::Text::Reader t) { return {t.cStr(), t.size()}; }
inline capnp::Data::Reader to_data(const Hash& h) { return to_data(ByteView{h.bytes}); }

}  // namespace houniao
