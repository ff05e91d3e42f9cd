// What the SDK says about an event, about the outbox and about the connection. The rule: true at
// all times; nothing is called received before the server has it durably, nothing accepted before
// the server's verdict is on this device. Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/error.h"
#include "base/ids.h"
#include "schema/record.capnp.h"
#include "schema/system.capnp.h"

#include "replay/event_index.h"
#include "replay/verdict.h"

namespace houniao {

enum class SyncStatus : std::uint8_t {
  on_device,  // 本机已存: durable here, not yet acknowledged
  // 已收到: durable on the server, the verdict is not here yet. It stays so for what was recorded
  // in a scope that has been withdrawn from the device since: such verdicts are shown to those who
  // have it.
  received,
  accepted,  // 已接受
  flagged,   // 已接受，有提示: counted, with reasons to look at
  held,      // 待决: recorded and visible, not counted until a decision releases it
};
std::string_view name(SyncStatus status);     // "on_device"
std::string_view name_zh(SyncStatus status);  // "本机已存"

struct EventSync {
  SyncStatus status = SyncStatus::on_device;
  std::optional<Seq> seq;  // its place in the log, once known
  // What became of it there since: released, refused or retracted by a later event. A released
  // event reads accepted or flagged, a refused one held.
  houniao::EventStatus in_log = houniao::EventStatus::unseen;
  Reasons reasons;         // of flagged and held, those in force
  std::string reasons_zh;  // the same as sentences, joined with "；"
  std::string reasons_en;  // joined with "; "
};

// "17 of 17 acknowledged up to seq 5301".
struct OutboxCounters {
  std::uint64_t recorded = 0;      // events ever recorded on this device
  std::uint64_t acknowledged = 0;  // of those durable on the server
  std::uint64_t judged = 0;        // of those with a verdict here
  std::optional<Seq> through;      // greatest log place of an acknowledged own event that is known
};

enum class Link : std::uint8_t { offline, connecting, online, waiting };
std::string_view name(Link link);

struct SyncState {
  Link link = Link::offline;
  Seq next_seq;                     // every log place below is answered for on this device
  TreeSize known_size;              // size of the newest checkpoint verified
  std::optional<Error> last_error;  // why the link is not online, or the last refusal
  std::int64_t retry_in_ms = 0;     // while waiting
  // Sticky: history contradicts what this device verified earlier, or this device's chain forked.
  // Survives restart; nothing is sent or received any more; recording and reading go on.
  std::optional<Error> alarm;
};

struct DeviceIdentity {
  DeviceId id;
  VerifyKey public_key;
  DeviceNumber number;       // 0 before enrolment
  std::uint64_t holder = 0;  // staff or person id, 0 for a shared device
  std::vector<ScopeId> scopes;
  std::vector<schema::Role> roles;
  bool whole_log = false;
  std::string log_key;  // verifier key of the log, pinned at enrolment
};

}  // namespace houniao
