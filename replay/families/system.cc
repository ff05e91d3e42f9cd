#include "replay/families/system.h"

#include "base/limits.h"
#include "replay/dispatch.h"
#include "replay/statements.h"
#include "schema/codec.h"

namespace houniao {

namespace {

constexpr std::uint32_t kNumberMax = 0xfffffffe;

template <class List>
std::vector<ScopeId> scopes_of(const List& list) {
  std::vector<ScopeId> scopes;
  for (std::uint64_t scope : list) scopes.push_back(ScopeId{scope});
  std::sort(scopes.begin(), scopes.end());
  scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
  return scopes;
}

void check_holder(const State& state, std::uint64_t holder, Reasons& reasons) {
  reasons.add_if(holder != 0 && state.person(PersonId{holder}) == nullptr &&
                     state.staff(StaffId{holder}) == nullptr,
                 Reason::unknown_holder);
}

}  // namespace

bool SystemState::has_role(const Device* device, std::uint64_t actor, std::uint16_t needed,
                           ScopeId scope, Day day) const {
  const auto role_needed = static_cast<schema::Role>(needed);
  if (device != nullptr && (device->holder == 0 || device->holder == actor) &&
      device->has_scope(scope)) {
    for (std::uint16_t role : device->roles) {
      if (may_record(static_cast<schema::Role>(role), role_needed)) return true;
    }
  }
  auto at = grants.find(actor);
  if (at == grants.end()) return false;
  for (const RoleGrant& grant : at->second) {
    if (may_record(static_cast<schema::Role>(grant.role), role_needed) && day <= grant.until &&
        (grant.scope == kEveryScope || grant.scope == scope)) {
      return true;
    }
  }
  return false;
}

void admit(const State& state, const EventContext&, schema::DeviceEnrolled::Reader body,
           Reasons& reasons) {
  VerifyKey key;
  const ByteView key_bytes = to_view(body.getPublicKey());
  const std::optional<DeviceId> id = device_id_from(to_view(body.getDevice()));
  const bool sized = key_bytes.size() == key.bytes.size() && id.has_value();
  if (sized) std::copy(key_bytes.begin(), key_bytes.end(), key.bytes.begin());
  reasons.add_if(!sized || device_id_for(key) != *id, Reason::device_key_invalid);
  const DeviceNumber number{body.getNumber()};
  reasons.add_if(number.value == 0 || number.value > kNumberMax ||
                     state.device(number) != nullptr ||
                     (id.has_value() && state.system.device(*id) != nullptr),
                 Reason::device_number_taken);
  reasons.add_if(body.getScopes().size() > limits::kScopesPerDeviceMax, Reason::value_invalid);
  for (std::uint64_t scope : body.getScopes()) {
    reasons.add_if(ScopeId{scope} == kScopeLog || ScopeId{scope} == kEveryScope,
                   Reason::scope_reserved);
  }
  check_holder(state, body.getHolder(), reasons);
}

void apply(State& state, const EventContext& context, schema::DeviceEnrolled::Reader body) {
  const std::optional<DeviceId> id = device_id_from(to_view(body.getDevice()));
  const ByteView key_bytes = to_view(body.getPublicKey());
  if (!id || key_bytes.size() != 32) return;
  Device device;
  device.number = DeviceNumber{body.getNumber()};
  device.id = *id;
  std::copy(key_bytes.begin(), key_bytes.end(), device.key.bytes.begin());
  device.enrolled = context.id;
  device.holder = body.getHolder();
  device.holder_organisation = OrganisationId{body.getHolderOrganisation()};
  device.scopes = scopes_of(body.getScopes());
  for (schema::Role role : body.getRoles()) {
    device.roles.push_back(static_cast<std::uint16_t>(role));
  }
  device.whole_log = body.getWholeLog();
  device.label = to_view(body.getLabel());
  if (!state.system.devices.try_emplace(device.number, device).second) return;
  state.system.numbers.try_emplace(*id, device.number);
}

void admit(const State& state, const EventContext&, schema::DeviceRevoked::Reader body,
           Reasons& reasons) {
  reasons.add_if(state.device(DeviceNumber{body.getDevice()}) == nullptr, Reason::unknown_device);
}

void apply(State& state, const EventContext&, schema::DeviceRevoked::Reader body) {
  auto at = state.system.devices.find(DeviceNumber{body.getDevice()});
  if (at == state.system.devices.end()) return;
  // From the first event on when no place is named; of two revocations the earlier place holds.
  const DeviceSeq from{std::max<std::uint64_t>(body.getFromDeviceSeq(), 1)};
  if (at->second.revoked_from && at->second.revoked_from <= from) return;
  at->second.revoked_from = from;
  at->second.revoke_reason = static_cast<std::uint16_t>(body.getReason());
}

void admit(const State& state, const EventContext&, schema::DeviceScopesChanged::Reader body,
           Reasons& reasons) {
  const Device* device = state.device(DeviceNumber{body.getDevice()});
  reasons.add_if(device == nullptr, Reason::unknown_device);
  reasons.add_if(device != nullptr &&
                     device->scopes.size() + body.getGranted().size() > limits::kScopesPerDeviceMax,
                 Reason::value_invalid);
  for (std::uint64_t scope : body.getGranted()) {
    reasons.add_if(ScopeId{scope} == kScopeLog || ScopeId{scope} == kEveryScope,
                   Reason::scope_reserved);
  }
}

void apply(State& state, const EventContext&, schema::DeviceScopesChanged::Reader body) {
  auto at = state.system.devices.find(DeviceNumber{body.getDevice()});
  if (at == state.system.devices.end()) return;
  std::vector<ScopeId>& scopes = at->second.scopes;
  for (ScopeId scope : scopes_of(body.getWithdrawn())) std::erase(scopes, scope);
  for (ScopeId scope : scopes_of(body.getGranted())) {
    if (!std::binary_search(scopes.begin(), scopes.end(), scope)) insert_sorted(scopes, scope);
  }
}

void admit(const State& state, const EventContext&, schema::RoleGranted::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getPerson() == 0, Reason::value_invalid);
  reasons.add_if(body.getScopes().size() > limits::kScopesPerDeviceMax, Reason::value_invalid);
  check_holder(state, body.getPerson(), reasons);
}

void apply(State& state, const EventContext& context, schema::RoleGranted::Reader body) {
  if (body.getPerson() == 0) return;
  std::vector<RoleGrant>& grants = state.system.grants[body.getPerson()];
  RoleGrant grant;
  grant.event = context.id;
  grant.role = static_cast<std::uint16_t>(body.getRole());
  grant.until = Day{body.getUntil()};
  std::vector<ScopeId> scopes = scopes_of(body.getScopes());
  if (scopes.empty()) scopes.push_back(kEveryScope);
  for (ScopeId scope : scopes) {
    grant.scope = scope;
    auto place = std::upper_bound(
        grants.begin(), grants.end(), grant, [](const RoleGrant& a, const RoleGrant& b) {
          return a.event != b.event ? a.event < b.event : a.scope < b.scope;
        });
    grants.insert(place, grant);
  }
}

void admit(const State& state, const EventContext&, schema::RoleWithdrawn::Reader body,
           Reasons& reasons) {
  const auto at = state.system.grants.find(body.getPerson());
  const bool held = at != state.system.grants.end() &&
                    std::any_of(at->second.begin(), at->second.end(), [&](const RoleGrant& grant) {
                      return grant.role == static_cast<std::uint16_t>(body.getRole());
                    });
  reasons.add_if(!held, Reason::role_not_held);
}

void apply(State& state, const EventContext&, schema::RoleWithdrawn::Reader body) {
  auto at = state.system.grants.find(body.getPerson());
  if (at == state.system.grants.end()) return;
  const std::vector<ScopeId> scopes = scopes_of(body.getScopes());
  std::erase_if(at->second, [&](const RoleGrant& grant) {
    return grant.role == static_cast<std::uint16_t>(body.getRole()) &&
           (scopes.empty() || std::binary_search(scopes.begin(), scopes.end(), grant.scope));
  });
  if (at->second.empty()) state.system.grants.erase(at);
}

void admit(const State&, const EventContext&, schema::SyncIncidentRecorded::Reader, Reasons&) {}

void apply(State& state, const EventContext& context, schema::SyncIncidentRecorded::Reader body) {
  if (context.provisional) return;
  SyncIncident incident;
  incident.event = context.id;
  incident.device = device_id_from(to_view(body.getDevice())).value_or(DeviceId{});
  incident.kind = static_cast<std::uint16_t>(body.getKind());
  incident.raw_hash = hash_from(to_view(body.getRawHash())).value_or(Hash{});
  incident.raw_bytes = body.getRawBytes();
  incident.device_seq = DeviceSeq{body.getDeviceSeq()};
  insert_by_event(state.system.incidents, incident);
}

std::vector<LogKeyChange> SystemState::log_key_changes() const {
  std::vector<LogKeyChange> out;
  out.reserve(log_keys.size());
  for (const AnnouncedLogKey& key : log_keys) out.push_back(key.change);
  return out;
}

// Whether the change stands at the place in the log that it names is not asked here, so that a
// verdict does not depend on the order of arrival; audits and devices look at it.
void admit(const State& state, const EventContext& context, schema::LogKeyChanged::Reader body,
           Reasons& reasons) {
  reasons.add_if(context.device != kServerDevice, Reason::not_the_server);
  const auto change = read_log_key_change(body);
  bool continues = change.has_value();
  if (continues && !state.system.log_keys.empty()) {
    auto keys = LogKeys::follow(state.system.log_key_changes());
    continues = keys && *keys && (*keys)->add(*change).has_value();
  }
  reasons.add_if(!continues, Reason::log_key_invalid);
}

void apply(State& state, const EventContext& context, schema::LogKeyChanged::Reader body) {
  const auto change = read_log_key_change(body);
  if (!change) return;
  FactRow row = start_row(context);
  row.kind = state.intern("log_key_changed");
  row.attr = state.intern(change->reason == 0   ? "beginning"
                          : change->reason == 1 ? "scheduled"
                                                : "suspected");
  state.facts.add(row);
  if (context.provisional) return;
  AnnouncedLogKey key;
  key.event = context.id;
  key.change = *change;
  insert_by_event(state.system.log_keys, key);
}

}  // namespace houniao
