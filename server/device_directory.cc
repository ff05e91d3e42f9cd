#include "server/device_directory.h"

#include <algorithm>

#include "replay/state.h"
#include "schema/system.capnp.h"
#include "server/state_view.h"

namespace houniao {
namespace {

DeviceGrant grant_from(const Device& device) {
  DeviceGrant out;
  out.number = device.number;
  out.id = device.id;
  out.key = device.key;
  out.holder = device.holder;
  out.scopes = device.scopes;
  out.scopes.push_back(kScopeCommons);
  std::sort(out.scopes.begin(), out.scopes.end());
  out.scopes.erase(std::unique(out.scopes.begin(), out.scopes.end()), out.scopes.end());
  out.roles = device.roles;
  std::sort(out.roles.begin(), out.roles.end());
  out.whole_log = device.whole_log;
  // A revocation names the first device_seq that is refused; the chain never goes on past it.
  out.revoked = device.revoked_from.value != 0;
  return out;
}

}  // namespace

bool DeviceGrant::may_read(ScopeId scope) const {
  return whole_log || std::binary_search(scopes.begin(), scopes.end(), scope);
}

bool DeviceGrant::may_write(ScopeId scope) const { return scope != kScopeLog && may_read(scope); }

bool DeviceGrant::has_role(std::uint16_t role) const {
  return std::binary_search(roles.begin(), roles.end(), role);
}

void DeviceDirectory::add(DeviceGrant grant) {
  const auto index = static_cast<std::uint32_t>(devices_.size());
  by_id_[grant.id] = index;
  by_number_[grant.number] = index;
  devices_.push_back(std::move(grant));
}

const DeviceGrant* DeviceDirectory::find(const DeviceId& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &devices_[found->second];
}

const DeviceGrant* DeviceDirectory::find(DeviceNumber number) const {
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : &devices_[found->second];
}

DeviceDirectory directory_of(const State& state) {
  DeviceDirectory out;
  for (const auto& [number, device] : state.system.devices) out.add(grant_from(device));
  return out;
}

DeviceGrant grant_of(const State& state, DeviceNumber number) {
  const Device* device = state.device(number);
  return device == nullptr ? DeviceGrant{} : grant_from(*device);
}

DeviceGrant grant_of(const State& state, const DeviceId& id) {
  const Device* device = state.system.device(id);
  return device == nullptr ? DeviceGrant{} : grant_from(*device);
}

std::optional<Seq> seq_of_event(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  return entry == nullptr ? std::nullopt : std::optional<Seq>(entry->seq);
}

std::vector<PersonId> erased_subjects(const State& state) {
  std::vector<PersonId> out;
  for (const auto& [id, erasures] : state.people.erasures) {
    const bool gone = std::any_of(erasures.begin(), erasures.end(),
                                  [](const Erasure& e) { return !e.restricted_only; });
    if (gone) out.push_back(id);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::shared_ptr<const std::vector<LogKeyChange>> log_keys_of(const State& state) {
  return std::make_shared<const std::vector<LogKeyChange>>(state.system.log_key_changes());
}

DeviceNumber highest_device_number(const State& state) {
  DeviceNumber out;
  for (const auto& [number, device] : state.system.devices) out = std::max(out, number);
  return out;
}

}  // namespace houniao
