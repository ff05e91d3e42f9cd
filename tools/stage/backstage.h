// What the play needs from outside the story: tablets that record and synchronise, and the
// operator's hand for a lost one. Over the real server and SDK in live_backstage.h; over a plain
// fold in tests. Used from one thread.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "client_sdk/core/draft.h"
#include "client_sdk/core/status.h"
#include "replay/pack.h"

namespace houniao::stage {

// One enrolled device.
class Device {
 public:
  virtual ~Device() = default;
  virtual DeviceNumber number() const = 0;
  // Id of the next event; the n-th draft of a batch gets next + n.
  virtual EventId next_event_id() const = 0;
  // Durable on the device when it returns, connected or not.
  virtual Result<void> record(std::span<const EventDraft> drafts) = 0;
  virtual Result<void> connect() = 0;
  virtual void disconnect() = 0;
  // Until the server has everything of this device and the device everything of its scopes.
  virtual Result<void> wait_synced(std::chrono::milliseconds timeout) = 0;
  virtual Result<SyncStatus> status(EventId event) const = 0;
  // Connects and waits until the server turns this device away; false when it does not.
  virtual bool is_turned_away(std::chrono::milliseconds timeout) = 0;
  // From the next event on the device shows a clock that is so far ahead of the real one, negative:
  // behind. It measures its offset to the server only when it connects, so a clock that is moved
  // without a connection shows as one that somebody has set.
  virtual void set_clock_ahead(std::chrono::milliseconds ahead) = 0;
};

struct DeviceRequest {
  std::string label;
  schema::Role role = schema::Role::FIELD;
  std::vector<ScopeId> scopes;
  std::uint64_t holder = 0;
  bool whole_log = false;
};

// The canonical report of a period (replay/period_report.h) that is to be sealed.
struct PeriodAsked {
  ProgrammeId programme;
  Day from;
  Day to;                      // inclusive
  const Pack* pack = nullptr;  // null: no figures
};

// What a seal says of the log.
struct SealedTree {
  TreeSize size;
  Hash root;    // at that size
  Hash report;  // SHA-256 of the report that the first `size` records give
};

class Backstage {
 public:
  virtual ~Backstage() = default;
  // Enrols a device with a one-time code and connects it.
  virtual Result<std::unique_ptr<Device>> enrol(const DeviceRequest& request) = 0;
  // Records DeviceRevoked (lost) and returns when it is in the log.
  virtual Result<void> revoke_lost(DeviceNumber device) = 0;
  // What `by` can vouch for: the newest checkpoint that it has verified, which covers everything
  // that the log has at the call, and the report on exactly those records. `by` is connected.
  virtual Result<SealedTree> sealable(Device& by, const PeriodAsked& asked) = 0;
};

}  // namespace houniao::stage
