// Family system: the devices, who holds them, which scopes they see, and who has which role. Part
// of State; written by the one thread that folds the log.
//
// The order of arrival matters here on purpose: a grant holds from the record that carries it, so
// the same event may be held before and accepted after it. Everything here is decided at the
// centre.
//
// Row of the fact table:
//   LogKeyChanged  kind "log_key_changed", attr the reason
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/ids.h"
#include "base/time.h"
#include "replay/log_keys.h"

namespace houniao {

// Number of the server's own device, which vouches for itself with the first event of the log.
inline constexpr DeviceNumber kServerDevice{1};
// In a grant: every scope.
inline constexpr ScopeId kEveryScope{~std::uint64_t{0}};

struct Device {
  DeviceNumber number;
  DeviceId id;
  VerifyKey key;
  EventId enrolled;
  std::uint64_t holder = 0;  // staff or person id, 0 for a shared device
  OrganisationId holder_organisation;
  std::vector<ScopeId> scopes;       // ascending
  std::vector<std::uint16_t> roles;  // schema::Role of the holder, on those scopes
  bool whole_log = false;
  std::string label;
  DeviceSeq revoked_from;           // events from here on are not accepted; none while 0
  std::uint16_t revoke_reason = 0;  // schema::DeviceRevoked::Reason
  DeviceSeq head;                   // highest device_seq folded

  bool revoked_at(DeviceSeq seq) const {
    return revoked_from.value != 0 && seq.value >= revoked_from.value;
  }
  bool has_scope(ScopeId scope) const {
    return scope == kScopeCommons || whole_log ||
           std::binary_search(scopes.begin(), scopes.end(), scope);
  }
  template <class Archive>
  void fields(Archive& a) {
    a(number, id, key, enrolled, holder, holder_organisation, scopes, roles, whole_log, label,
      revoked_from, revoke_reason, head);
  }
};

struct RoleGrant {
  EventId event;
  std::uint16_t role = 0;  // schema::Role
  ScopeId scope;           // kEveryScope for all
  Day until;

  template <class Archive>
  void fields(Archive& a) {
    a(event, role, scope, until);
  }
};

struct SyncIncident {
  EventId event;
  DeviceId device;
  std::uint16_t kind = 0;  // schema::SyncIncidentRecorded::Kind
  Hash raw_hash;
  std::uint64_t raw_bytes = 0;
  DeviceSeq device_seq;

  template <class Archive>
  void fields(Archive& a) {
    a(event, device, kind, raw_hash, raw_bytes, device_seq);
  }
};

// A key that the log announced for its checkpoints (replay/log_keys.h).
struct AnnouncedLogKey {
  EventId event;
  LogKeyChange change;

  template <class Archive>
  void fields(Archive& a) {
    bool handed_over = change.previous.has_value();
    VerifyKey previous = change.previous.value_or(VerifyKey{});
    a(event, change.origin, change.key, handed_over, previous, change.from, change.handover,
      change.possession, change.reason);
    if constexpr (Archive::kReading) {
      if (handed_over) change.previous = previous;
    }
  }
};

struct SystemState {
  boost::unordered_flat_map<DeviceNumber, Device> devices;
  boost::unordered_flat_map<DeviceId, DeviceNumber> numbers;
  boost::unordered_flat_map<std::uint64_t, std::vector<RoleGrant>> grants;  // by person or staff id
  std::vector<SyncIncident> incidents;                                      // by event id
  std::vector<AnnouncedLogKey> log_keys;  // those in force, by event id

  const Device* device(DeviceNumber number) const {
    auto at = devices.find(number);
    return at == devices.end() ? nullptr : &at->second;
  }
  const Device* device(const DeviceId& id) const {
    auto at = numbers.find(id);
    return at == numbers.end() ? nullptr : device(at->second);
  }
  // Whether `actor`, acting on `device`, may record what needs `needed` (a schema::Role) on `scope`
  // on that day: by a grant to the person, or by the device's enrolment when the actor is its
  // holder or it is shared.
  bool has_role(const Device* device, std::uint64_t actor, std::uint16_t needed, ScopeId scope,
                Day day) const;
  // What the log says of its keys, oldest first; empty when it announced none.
  std::vector<LogKeyChange> log_key_changes() const;

  template <class Archive>
  void fields(Archive& a) {
    a(devices, numbers, grants, incidents, log_keys);
  }
};

}  // namespace houniao
