// Who may speak to this server: every enrolled device with its key, scopes and roles, as the log
// says. Immutable once built; the sequencer builds a fresh one when a commit changed a device and
// publishes it, sessions on any thread read it without locks.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/ids.h"
#include "replay/families/system.h"

namespace houniao {

class State;

struct DeviceGrant {
  DeviceNumber number;
  DeviceId id;
  VerifyKey key;
  std::uint64_t holder = 0;          // staff or person id, 0 for a shared device
  std::vector<ScopeId> scopes;       // ascending; always contains kScopeCommons
  std::vector<std::uint16_t> roles;  // schema::Role numbers, ascending
  bool whole_log = false;
  bool revoked = false;

  bool may_read(ScopeId scope) const;
  bool may_write(ScopeId scope) const;
  bool has_role(std::uint16_t role) const;
  bool operator==(const DeviceGrant&) const = default;
};

class DeviceDirectory {
 public:
  void add(DeviceGrant grant);
  // nullptr when no such device was ever enrolled. Valid as long as the directory.
  const DeviceGrant* find(const DeviceId& id) const;
  const DeviceGrant* find(DeviceNumber number) const;
  const std::vector<DeviceGrant>& all() const { return devices_; }

 private:
  std::vector<DeviceGrant> devices_;
  boost::unordered_flat_map<DeviceId, std::uint32_t> by_id_;
  boost::unordered_flat_map<DeviceNumber, std::uint32_t> by_number_;
};

// The directory that a state implies.
DeviceDirectory directory_of(const State& state);
// One device as a state has it at this moment; nullopt-like: number 0 when it is unknown.
DeviceGrant grant_of(const State& state, DeviceNumber number);
DeviceGrant grant_of(const State& state, const DeviceId& id);

}  // namespace houniao
