#include "server/server_chain.h"

#include "base/time.h"

namespace houniao {
namespace {

bool is_administrative(EventType type) {
  return type == EventType::DEVICE_REVOKED || type == EventType::DEVICE_SCOPES_CHANGED ||
         type == EventType::ROLE_GRANTED || type == EventType::ROLE_WITHDRAWN;
}

}  // namespace

ServerChain::ServerChain(const SigningKey& key, DeviceHead head) : key_(key), head_(head) {
  head_.device = device_id_for(key.verify_key());
  head_.number = kServerDevice;
}

template <class Fill>
Bytes ServerChain::make(WallTime now, ScopeId scope, Fill fill) {
  capnp::MallocMessageBuilder builder(256);
  auto event = builder.initRoot<schema::Event>();
  event.setDevice(to_data(head_.device.bytes));
  event.setDeviceSeq(head_.seq.value + 1);
  event.setPrevHash(to_data(head_.hash));
  event.setRecordedAtMs(now.us / 1000);
  const Day day = day_of(now);
  event.setOccurredDay(day.value);
  event.setOccurredMinute(static_cast<std::int16_t>((now.us - start_of(day).us) / 60'000'000));
  event.setScope(scope.value);
  fill(event);
  Bytes out = encode(builder);
  head_.hash = sha256(out);
  ++head_.seq.value;
  return out;
}

Bytes ServerChain::enrolled(const DeviceGrant& device, const EnrolmentCode& grant, WallTime now) {
  return make(now, kScopeCommons, [&](schema::Event::Builder event) {
    auto body = event.getBody().initDeviceEnrolled();
    body.setDevice(to_data(device.id.bytes));
    body.setNumber(device.number.value);
    body.setPublicKey(to_data(device.key.bytes));
    body.setHolder(device.holder);
    body.setHolderOrganisation(grant.organisation);
    auto scopes = body.initScopes(static_cast<unsigned>(grant.scopes.size()));
    for (unsigned i = 0; i < scopes.size(); ++i) scopes.set(i, grant.scopes[i].value);
    auto roles = body.initRoles(static_cast<unsigned>(grant.roles.size()));
    for (unsigned i = 0; i < roles.size(); ++i) {
      roles.set(i, static_cast<schema::Role>(grant.roles[i]));
    }
    body.setWholeLog(grant.whole_log);
    body.setLabel(grant.label);
  });
}

Bytes ServerChain::revoked_as_compromised(DeviceNumber device, DeviceSeq from, WallTime now) {
  return make(now, kScopeCommons, [&](schema::Event::Builder event) {
    auto body = event.getBody().initDeviceRevoked();
    body.setDevice(device.value);
    body.setFromDeviceSeq(from.value);
    body.setReason(schema::DeviceRevoked::Reason::COMPROMISED);
  });
}

Bytes ServerChain::incident(const IncidentReport& report, WallTime now) {
  return make(now, kScopeCommons, [&](schema::Event::Builder event) {
    auto body = event.getBody().initSyncIncidentRecorded();
    body.setDevice(to_data(report.device.bytes));
    body.setKind(static_cast<schema::SyncIncidentRecorded::Kind>(report.kind));
    body.setRawHash(to_data(report.raw_hash));
    body.setRawBytes(report.raw_bytes);
    body.setDeviceSeq(report.device_seq.value);
  });
}

Bytes ServerChain::log_key_changed(const LogKeyChange& change, WallTime now) {
  return make(now, kScopeCommons, [&](schema::Event::Builder event) {
    write_log_key_change(change, event.getBody().initLogKeyChanged());
  });
}

Result<Bytes> ServerChain::administrative(ByteView raw, WallTime now) {
  EventReader reader;
  HOUNIAO_TRY(reader.open(raw));
  const auto source = reader.get();
  if (!is_administrative(reader.type())) {
    return fail(Errc::invalid_argument, "not an event that the operator orders");
  }
  return make(now, reader.scope(), [&](schema::Event::Builder event) {
    const auto body = source.getBody();
    switch (body.which()) {
      case schema::Event::Body::DEVICE_REVOKED:
        event.getBody().setDeviceRevoked(body.getDeviceRevoked());
        break;
      case schema::Event::Body::DEVICE_SCOPES_CHANGED:
        event.getBody().setDeviceScopesChanged(body.getDeviceScopesChanged());
        break;
      case schema::Event::Body::ROLE_GRANTED:
        event.getBody().setRoleGranted(body.getRoleGranted());
        break;
      case schema::Event::Body::ROLE_WITHDRAWN:
        event.getBody().setRoleWithdrawn(body.getRoleWithdrawn());
        break;
      default:
        break;
    }
  });
}

Signature ServerChain::sign_head(const WitnessedCheckpoint& witnessed) const {
  return sign(key_, push_signing_bytes(head_.device, head_.seq, head_.hash, witnessed));
}

}  // namespace houniao
