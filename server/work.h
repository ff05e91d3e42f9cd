// What sessions ask of the sequencer and what they get back. Plain values that move between
// threads; nothing here points into a session or a frame.
//
// Everything a session can check alone (framing, signatures, the chain inside one push) is checked
// before a value of these types exists; the sequencer checks what needs the order of the log.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/ports.h"
#include "schema/codec.h"
#include "server/device_directory.h"
#include "server/log/log_store.h"
#include "server/published.h"

namespace houniao {

// One connection in this process: index of the hub that owns it in the high 16 bits. Never reused.
using SessionKey = Strong<struct SessionKeyTag>;
constexpr SessionKey session_key(std::uint16_t hub, std::uint64_t serial) {
  return SessionKey{std::uint64_t{hub} << 48 | (serial & 0xffffffffffffULL)};
}
constexpr std::uint16_t hub_of(SessionKey key) {
  return static_cast<std::uint16_t>(key.value >> 48);
}

// A push whose shape and inner chain are good.
struct PushRequest {
  SessionKey session;
  std::uint64_t push_id = 0;
  DeviceNumber number;
  DeviceId device;
  DeviceSeq first;
  Hash prev;                           // prevHash of the first event
  Bytes events;                        // event messages, one after the other, each 8-byte aligned
  std::vector<std::uint32_t> offsets;  // where each starts
  std::vector<Hash> hashes;            // SHA-256 of each
  Signature signature;                 // over the last event; checked when `verified`
  WitnessedCheckpoint witnessed;
  bool verified = false;  // otherwise the signature is checked soon: AttestRequest

  AttestationData signed_head() const {
    return {device, last(), hashes.back(), signature, witnessed};
  }

  std::size_t count() const { return offsets.size(); }
  DeviceSeq last() const { return DeviceSeq{first.value + offsets.size() - 1}; }
  ByteView event(std::size_t i) const {
    const std::size_t end = i + 1 < offsets.size() ? offsets[i + 1] : events.size();
    return ByteView(events).subspan(offsets[i], end - offsets[i]);
  }
};

struct PushOutcome {
  SessionKey session;
  DeviceId device;
  std::uint64_t push_id = 0;
  std::optional<Error> refused;      // nullopt: every event is durable
  std::uint32_t retry_after_ms = 0;  // not 0: not judged at all, send again later
  bool fatal = false;                // the session ends
  bool silent = false;               // for the session alone; the device asked for nothing
  DeviceSeq through;                 // what the log holds of the device
  DeviceSeq attested;                // through here a signature of the device is in the log
  DeviceSeq bad_signature;           // answers an AttestRequest: that over the chain through here
  Seq first_seq;
  std::uint32_t count = 0;  // records of events that this push added
};

// A device's signature over its chain whose events were pushed before. Answered with a PushOutcome.
struct AttestRequest {
  // A check that nobody has made yet is the sequencer's.
  enum class Checked : std::uint8_t { not_yet, good, bad };

  SessionKey session;
  std::uint64_t push_id = 0;
  bool silent = false;  // the device does not wait for an answer
  DeviceNumber number;
  AttestationData signed_head;
  VerifyKey key;  // of the device
  Checked checked = Checked::not_yet;
};

struct EnrolRequest {
  SessionKey session;
  std::string code;
  VerifyKey key;
};
struct EnrolOutcome {
  SessionKey session;
  std::optional<Error> refused;
};

// Subject keys, already opened with the server's key.
struct KeyDepositRequest {
  SessionKey session;
  DeviceNumber number;
  struct Item {
    PersonId subject;
    std::uint64_t key_id = 0;
    SymmetricKey key{};
  };
  std::vector<Item> items;
};
// Asks which of these subjects' keys the device may have.
struct KeyQuery {
  SessionKey session;
  DeviceNumber number;
  bool together = false;  // as KeyRequest says
  std::vector<PersonId> subjects;
};
// Answer to both: which subjects were stored or may be handed out.
struct KeyOutcome {
  SessionKey session;
  bool deposit = false;
  bool together = false;  // as KeyQuery says
  struct Item {
    PersonId subject;
    std::uint64_t key_id = 0;
    bool allowed = false;
  };
  std::vector<Item> items;
};

// Something was refused before it could become an event; the log says so.
enum class IncidentKind : std::uint16_t {  // schema::SyncIncidentRecorded::Kind
  gap,
  fork,
  clock,
  bad_signature,
  unreadable,
  revoked,
  oversize,
  scope,
};
struct IncidentReport {
  DeviceId device;
  IncidentKind kind = IncidentKind::unreadable;
  Hash raw_hash;
  std::uint64_t raw_bytes = 0;
  DeviceSeq device_seq;
};

// An event that the operator asks the server's own device to record (revocations, grants).
struct AdminEvent {
  Bytes event_body;   // one schema::Event message of which only `body` and `scope` are used
  std::string order;  // name of the order (server/orders.h) that it carries out; may be empty
};

using Work = std::variant<PushRequest, AttestRequest, EnrolRequest, KeyDepositRequest, KeyQuery,
                          IncidentReport, AdminEvent>;

// How much of a queue or a group a piece of work takes.
inline std::size_t events_in(const Work& work) {
  const auto* push = std::get_if<PushRequest>(&work);
  return push != nullptr ? push->count() : 1;
}
inline std::size_t bytes_in(const Work& work) {
  const auto* push = std::get_if<PushRequest>(&work);
  return push != nullptr ? push->events.size() : 256;
}
// Events may be 60 KiB each, so their number alone does not bound the memory that waiting takes.
inline constexpr std::size_t kQueueBytesMax = std::size_t{256} << 20;
inline constexpr std::size_t kGroupBytesMax = std::size_t{8} << 20;

// Where sessions hand work in. submit() is false when the queue is full: the caller answers Retry.
class Inbox {
 public:
  virtual ~Inbox() = default;
  virtual bool submit(Work work) = 0;
};

// The result of one group: what became durable and who is told what. Shared, immutable.
struct CommittedGroup {
  TreeSize base;                              // log size before; the first record's seq
  std::shared_ptr<const PublishedHead> head;  // after; head->size - base records
  Bytes records;
  std::vector<std::uint32_t> offsets;
  std::vector<ScopeId> scopes;         // of each record
  std::vector<ScopeHead> scope_heads;  // of the scopes that changed
  bool devices_changed = false;
  std::vector<PushOutcome> pushes;
  std::vector<EnrolOutcome> enrolments;
  std::vector<KeyOutcome> keys;
  std::vector<std::string> orders;          // carried out
  std::vector<std::string> orders_refused;  // not understood

  std::size_t count() const { return offsets.size(); }
  ByteView record(std::size_t i) const {
    const std::size_t end = i + 1 < offsets.size() ? offsets[i + 1] : records.size();
    return ByteView(records).subspan(offsets[i], end - offsets[i]);
  }
};

}  // namespace houniao
