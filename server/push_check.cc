#include "server/push_check.h"

#include "base/limits.h"

namespace houniao {
namespace {

PushFault fault(Errc code, std::string detail, IncidentKind kind, DeviceSeq at) {
  return PushFault{fail(code, "event " + std::to_string(at.value) + ": " + std::move(detail)), kind,
                   at};
}

// Splits the stream into events without looking inside; every one must be whole.
std::optional<PushFault> split_events(PushRequest& out, std::size_t expected) {
  ByteView rest = out.events;
  while (!rest.empty()) {
    const DeviceSeq at{out.first.value + out.offsets.size()};
    const auto size = message_bytes(rest);
    if (!size) {
      return fault(Errc::malformed, size.error().detail, IncidentKind::unreadable, at);
    }
    if (*size > limits::kEventBytesMax) {
      return fault(
          Errc::too_large,
          std::to_string(*size) + " bytes, at most " + std::to_string(limits::kEventBytesMax),
          IncidentKind::oversize, at);
    }
    if (out.offsets.size() == expected) break;
    out.offsets.push_back(static_cast<std::uint32_t>(out.events.size() - rest.size()));
    rest = rest.subspan(*size);
  }
  if (!rest.empty() || out.offsets.size() != expected) {
    return fault(Errc::malformed, "the push does not hold the number of events that it names",
                 IncidentKind::unreadable, out.first);
  }
  return std::nullopt;
}

// One reader per thread: its buffer is reused, and events are 8-byte aligned anyway.
std::optional<PushFault> check_event(ByteView bytes, const DeviceGrant& device, DeviceSeq at,
                                     Hash& prev_of_event) {
  thread_local EventReader event;
  const auto opened = event.open_untrusted(bytes);
  if (!opened) {
    const IncidentKind kind =
        opened.error().code == Errc::too_large ? IncidentKind::oversize : IncidentKind::unreadable;
    return fault(opened.error().code, opened.error().detail, kind, at);
  }
  if (event.device() != device.id) {
    return fault(Errc::bad_signature, "names another device than the one that sent it",
                 IncidentKind::bad_signature, at);
  }
  if (event.device_seq() != at) {
    return fault(Errc::chain_broken,
                 "carries device_seq " + std::to_string(event.device_seq().value),
                 IncidentKind::gap, at);
  }
  prev_of_event = event.prev_hash();
  return std::nullopt;
}

}  // namespace

Signature signature_of(schema::Push::Reader push) {
  Signature out;
  const ByteView signature = to_view(push.getSignature());
  std::copy(signature.begin(), signature.end(), out.bytes.begin());
  return out;
}

WitnessedCheckpoint witnessed_of(schema::Push::Reader push) {
  WitnessedCheckpoint out;
  out.size = TreeSize{push.getWitnessedSize()};
  out.root = hash_from(to_view(push.getWitnessedRoot())).value_or(Hash{});
  const ByteView note = to_view(push.getWitnessedNoteSignature());
  std::copy(note.begin(), note.end(), out.note_signature.bytes.begin());
  return out;
}

std::optional<PushFault> check_push(schema::Push::Reader push, const DeviceGrant& device,
                                    PushRequest& out) {
  const ByteView events = to_view(push.getEvents());
  out.push_id = push.getId();
  out.number = device.number;
  out.device = device.id;
  out.first = DeviceSeq{push.getFirstDeviceSeq()};
  if (!out.first || out.first.value + push.getCount() > 0xffffffffULL) {
    return fault(Errc::malformed, "firstDeviceSeq is outside 1..2^32-1", IncidentKind::unreadable,
                 out.first);
  }
  out.events.assign(events.begin(), events.end());
  out.offsets.reserve(push.getCount());
  if (auto bad = split_events(out, push.getCount())) return bad;

  out.hashes.resize(out.count());
  for (std::size_t i = 0; i < out.count(); ++i) {
    const DeviceSeq at{out.first.value + i};
    Hash prev;
    if (auto bad = check_event(out.event(i), device, at, prev)) return bad;
    if (i == 0) {
      out.prev = prev;
    } else if (prev != out.hashes[i - 1]) {
      return fault(Errc::chain_broken, "does not carry the hash of the event before it",
                   IncidentKind::gap, at);
    }
    out.hashes[i] = sha256(out.event(i));
  }

  out.signature = signature_of(push);
  out.witnessed = witnessed_of(push);
  return std::nullopt;
}

std::optional<PushFault> check_signature(const AttestationData& signed_head, const VerifyKey& key) {
  if (verify(key,
             push_signing_bytes(signed_head.device, signed_head.through, signed_head.head,
                                signed_head.witnessed),
             signed_head.signature)) {
    return std::nullopt;
  }
  return signature_fault(signed_head.through);
}

PushFault signature_fault(DeviceSeq through) {
  return fault(Errc::bad_signature, "the signature over the chain's head does not match",
               IncidentKind::bad_signature, through);
}

}  // namespace houniao
