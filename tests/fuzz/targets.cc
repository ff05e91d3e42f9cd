#include "tests/fuzz/targets.h"

#include <kj/string.h>

#include "base/limits.h"
#include "replay/admission.h"
#include "replay/checkpoint.h"
#include "replay/digest.h"
#include "replay/snapshot.h"
#include "schema/codec.h"
#include "schema/frames.h"
#include "tests/fuzz/seeds.h"

namespace houniao::fuzz {
namespace {

// Reads every field of what a decoder let through; Cap'n Proto throws on anything unreadable, and
// nothing may be unreadable any more.
template <class Reader>
void walk(Reader reader) {
  HOUNIAO_ASSERT(kj::str(reader).size() > 0);
}

bool run_event(ByteView input) {
  EventReader reader;
  if (!reader.open_untrusted(input)) return false;
  walk(reader.get());
  HOUNIAO_ASSERT(reader.device_seq().value != 0);
  HOUNIAO_ASSERT(reader.hash() == sha256(input));
  // What was accepted once opens again from unaligned memory and from the trusted side.
  Bytes shifted(input.size() + 1);
  std::copy(input.begin(), input.end(), shifted.begin() + 1);
  EventReader again;
  HOUNIAO_ASSERT(again.open_untrusted(ByteView(shifted).subspan(1)).has_value());
  HOUNIAO_ASSERT(again.open(input).has_value() && again.type() == reader.type());
  return true;
}

bool run_record(ByteView input) {
  RecordReader reader;
  if (!reader.open_untrusted(input)) return false;
  walk(reader.get());
  if (reader.is_event()) run_event(reader.event_bytes());
  return true;
}

bool run_records(ByteView input) {
  std::size_t seen = 0;
  const auto result = for_each_message(input, [&](ByteView message) -> Result<void> {
    seen += message.size();
    run_record(message);
    return {};
  });
  HOUNIAO_ASSERT(seen <= input.size() && (!result || seen == input.size()));
  return result.has_value();
}

bool run_frame(ByteView input) {
  FrameReader reader;
  if (!reader.open(input)) return false;
  HOUNIAO_ASSERT(input.size() <= limits::kFrameBytesMax);
  walk(reader.get());
  if (reader.get().isPush()) run_records(to_view(reader.get().getPush().getEvents()));
  if (reader.get().isRecords()) run_records(to_view(reader.get().getRecords().getRecords()));
  return true;
}

bool run_checkpoint(ByteView input) {
  static const std::string kVkey = log_vkey();
  const auto opened = open_checkpoint(as_text(input), kVkey);
  if (!opened) return false;
  // Only what the log signed opens, so signing it again must give a note that opens to the same.
  const auto again = open_checkpoint(sign_checkpoint(*opened, log_key()), kVkey);
  HOUNIAO_ASSERT(again && *again == *opened);
  return true;
}

bool run_verifier_key(ByteView input) {
  const auto parsed = parse_verifier_key(as_text(input));
  if (!parsed) return false;
  HOUNIAO_ASSERT(verifier_key(parsed->name, parsed->key) == as_text(input));
  return true;
}

void fold(State& state, const EventReader& event, Seq seq) {
  const Received received{seq, WallTime{1'700'000'000'000'000}};
  apply(state, event, received, admit(state, event, received));
}

// A state in which every seed has happened.
const State& state_of_seeds() {
  static const State kState = [] {
    State state;
    EventReader event;
    for (const Bytes& seed : event_seeds()) {
      HOUNIAO_ASSERT(event.open_untrusted(seed).has_value());
      fold(state, event, Seq{event.device_seq().value});
    }
    return state;
  }();
  return kState;
}

// Whatever passes the decoder can be judged and folded, and leaves the ledger whole.
bool run_fold(ByteView input) {
  EventReader event;
  if (!event.open_untrusted(input)) return false;
  State state = state_of_seeds();
  if (!event_id_of(state, event)) return true;
  fold(state, event, Seq{1'000});
  HOUNIAO_ASSERT(state.ledger.check().empty());
  const auto restored = restore(snapshot(state));
  HOUNIAO_ASSERT(restored && digest(*restored) == digest(state));
  return true;
}

// Behind the hashes that protect it, the content of a snapshot may still be anything.
bool run_snapshot(ByteView input) {
  if (const auto state = restore(input)) {
    HOUNIAO_ASSERT(equal(snapshot(*state), input));
    return true;
  }
  constexpr std::size_t kHeader = 72;
  if (input.size() < kHeader) return false;
  Bytes repaired(input.begin(), input.end());
  const Hash hash = sha256(input.subspan(kHeader));
  std::copy(hash.bytes.begin(), hash.bytes.end(), repaired.begin() + 40);
  static_cast<void>(restore(repaired));
  return false;
}

std::vector<Bytes> snapshot_seeds() { return {snapshot(State()), snapshot(state_of_seeds())}; }

std::vector<Bytes> record_stream_seeds() {
  std::vector<Bytes> out(1);
  for (const Bytes& record : record_seeds()) {
    if (out.back().size() > 2'000) out.emplace_back();
    append(out.back(), record);
  }
  return out;
}

}  // namespace

const std::vector<Target>& targets() {
  static const std::vector<Target> kTargets = {
      {"frame", run_frame, frame_seeds},
      {"event", run_event, event_seeds},
      {"record", run_record, record_seeds},
      {"record_stream", run_records, record_stream_seeds},
      {"fold", run_fold, event_seeds},
      {"snapshot", run_snapshot, snapshot_seeds},
      {"checkpoint", run_checkpoint, checkpoint_seeds},
      {"verifier_key", run_verifier_key, verifier_key_seeds},
  };
  return kTargets;
}

const Target* find_target(const std::string& name) {
  for (const Target& target : targets()) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

}  // namespace houniao::fuzz
