#include <gtest/gtest.h>

#include "replay/families/system.h"
#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using schema::Role;

class System : public ::testing::Test {
 protected:
  LogBuilder log;

  EventId grant(std::uint64_t person, Role role, std::vector<ScopeId> scopes = {},
                std::int32_t until = kOpenDay) {
    return log.add(LogBuilder::kServer, [&](EventBuilder event) {
      event.setScope(0);
      auto body = event.initBody().initRoleGranted();
      body.setPerson(person);
      body.setRole(role);
      body.setUntil(until);
      auto list = body.initScopes(static_cast<unsigned>(scopes.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, scopes[i].value);
    });
  }
  EventId withdraw(std::uint64_t person, Role role) {
    return log.add(LogBuilder::kServer, [&](EventBuilder event) {
      event.setScope(0);
      auto body = event.initBody().initRoleWithdrawn();
      body.setPerson(person);
      body.setRole(role);
    });
  }
  EventId change_scopes(DeviceNumber device, std::vector<std::uint64_t> granted,
                        std::vector<std::uint64_t> withdrawn) {
    return log.add(LogBuilder::kServer, [&](EventBuilder event) {
      event.setScope(0);
      auto body = event.initBody().initDeviceScopesChanged();
      body.setDevice(device.value);
      auto more = body.initGranted(static_cast<unsigned>(granted.size()));
      for (unsigned i = 0; i < more.size(); ++i) more.set(i, granted[i]);
      auto less = body.initWithdrawn(static_cast<unsigned>(withdrawn.size()));
      for (unsigned i = 0; i < less.size(); ++i) less.set(i, withdrawn[i]);
    });
  }
};

TEST_F(System, an_enrolled_device_is_found_by_number_and_by_id) {
  const DeviceNumber number =
      log.enrol({.scopes = {ScopeId{20}, ScopeId{16}}, .label = "station 1"});
  const Device* device = log.state().device(number);
  ASSERT_NE(device, nullptr);
  EXPECT_EQ(log.state().system.device(device->id), device);
  EXPECT_EQ(device->label, "station 1");
  EXPECT_TRUE(device->has_scope(ScopeId{20}));
  EXPECT_TRUE(device->has_scope(kScopeCommons));
  EXPECT_FALSE(device->has_scope(ScopeId{21}));
  EXPECT_FALSE(device->has_scope(kScopeLog));
}

TEST_F(System, a_number_or_key_is_given_once) {
  const DeviceNumber number = log.enrol();
  const Device device = *log.state().device(number);
  const auto enrol = [&](std::uint32_t wanted, const VerifyKey& key) {
    return log.add(LogBuilder::kServer, [&](EventBuilder event) {
      event.setScope(0);
      auto body = event.initBody().initDeviceEnrolled();
      const DeviceId id = device_id_for(key);
      body.setDevice(to_data(ByteView{id.bytes}));
      body.setNumber(wanted);
      body.setPublicKey(to_data(ByteView{key.bytes}));
    });
  };
  const EventId same_key = enrol(50, device.key);
  EXPECT_EQ(log.status(same_key), EventStatus::held);
  EXPECT_TRUE(log.reasons(same_key).has(Reason::device_number_taken));
  std::array<std::uint8_t, 32> seed{9};
  const VerifyKey fresh = signing_key_from_seed(seed).verify_key();
  EXPECT_TRUE(log.reasons(enrol(number.value, fresh)).has(Reason::device_number_taken));
  EXPECT_EQ(log.status(enrol(51, fresh)), EventStatus::accepted);
}

TEST_F(System, the_device_id_must_come_from_the_key) {
  const EventId id = log.add(LogBuilder::kServer, [](EventBuilder event) {
    event.setScope(0);
    auto body = event.initBody().initDeviceEnrolled();
    const Bytes wrong(16, 1);
    const Bytes key(32, 2);
    body.setDevice(to_data(ByteView{wrong}));
    body.setNumber(50);
    body.setPublicKey(to_data(ByteView{key}));
  });
  EXPECT_EQ(log.status(id), EventStatus::held);
  EXPECT_TRUE(log.reasons(id).has(Reason::device_key_invalid));
  EXPECT_EQ(log.state().device(DeviceNumber{50}), nullptr);
}

TEST_F(System, a_role_is_granted_on_its_scopes_until_its_day_and_can_be_withdrawn) {
  const DeviceNumber device = log.enrol({.holder = 9});
  EXPECT_EQ(log.status(open_site(log, device, Day{1})), EventStatus::held);
  EXPECT_TRUE(log.reasons(grant(9, Role::SUPERVISOR, {ScopeId{77}})).has(Reason::unknown_holder));
  EXPECT_EQ(log.status(open_site(log, device, Day{1})), EventStatus::held);
  grant(9, Role::SUPERVISOR, {LogBuilder::kScope}, log.today().value);
  EXPECT_EQ(log.status(open_site(log, device, Day{1})), EventStatus::accepted);
  log.set_today(Day{log.today().value + 2});
  EXPECT_EQ(log.status(open_site(log, device, Day{1})), EventStatus::held);
  grant(9, Role::SUPERVISOR);
  EXPECT_EQ(log.status(open_site(log, device, Day{1})), EventStatus::accepted);
  EXPECT_TRUE(log.reasons(withdraw(9, Role::SUPERVISOR)).empty());
  EXPECT_EQ(log.status(open_site(log, device, Day{1})), EventStatus::held);
  EXPECT_TRUE(log.reasons(withdraw(9, Role::SUPERVISOR)).has(Reason::role_not_held));
}

TEST_F(System, only_administrators_grant_roles) {
  const DeviceNumber supervisor = log.enrol({.roles = {Role::SUPERVISOR}});
  const EventId id = log.add(supervisor, [](EventBuilder event) {
    auto body = event.initBody().initRoleGranted();
    body.setPerson(9);
    body.setRole(Role::ADMIN);
  });
  EXPECT_EQ(log.status(id), EventStatus::held);
  EXPECT_TRUE(log.state().system.grants.empty());
}

TEST_F(System, scopes_of_a_device_are_granted_and_withdrawn) {
  const DeviceNumber device = log.enrol({.scopes = {ScopeId{16}, ScopeId{17}}});
  change_scopes(device, {30, 18}, {17});
  const std::vector<ScopeId> expected{ScopeId{16}, ScopeId{18}, ScopeId{30}};
  EXPECT_EQ(log.state().device(device)->scopes, expected);
  EXPECT_TRUE(
      log.reasons(change_scopes(device, {kScopeLog.value}, {})).has(Reason::scope_reserved));
  EXPECT_TRUE(log.reasons(change_scopes(DeviceNumber{99}, {30}, {})).has(Reason::unknown_device));
}

TEST_F(System, of_two_revocations_the_earlier_place_holds) {
  const DeviceNumber device = log.enrol();
  const auto revoke = [&](std::uint64_t from) {
    log.add(LogBuilder::kServer, [&](EventBuilder event) {
      event.setScope(0);
      auto body = event.initBody().initDeviceRevoked();
      body.setDevice(device.value);
      body.setFromDeviceSeq(from);
    });
  };
  revoke(7);
  revoke(9);
  EXPECT_EQ(log.state().device(device)->revoked_from, DeviceSeq{7});
  revoke(0);
  EXPECT_EQ(log.state().device(device)->revoked_from, DeviceSeq{1});
}

TEST_F(System, incidents_are_kept) {
  log.add(LogBuilder::kServer, [](EventBuilder event) {
    event.setScope(0);
    auto body = event.initBody().initSyncIncidentRecorded();
    const Bytes device(16, 3);
    const Bytes hash(32, 4);
    body.setDevice(to_data(ByteView{device}));
    body.setRawHash(to_data(ByteView{hash}));
    body.setKind(schema::SyncIncidentRecorded::Kind::FORK);
    body.setDeviceSeq(12);
  });
  ASSERT_EQ(log.state().system.incidents.size(), 1u);
  EXPECT_EQ(log.state().system.incidents[0].device_seq, DeviceSeq{12});
}

SigningKey log_key(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(n);
  return signing_key_from_seed(seed);
}

constexpr const char* kLogName = "log.test/system";

EventId change_key(LogBuilder& log, const LogKeyChange& change,
                   DeviceNumber by = LogBuilder::kServer) {
  return log.add(by, [&](EventBuilder event) {
    event.setScope(0);
    write_log_key_change(change, event.initBody().initLogKeyChanged());
  });
}

TEST_F(System, a_key_of_the_log_is_handed_over_by_the_one_before) {
  EXPECT_EQ(log.status(change_key(log, announce_log_key(kLogName, log_key(1), TreeSize{1}))),
            EventStatus::accepted);
  const LogKeyChange second = hand_over_log_key(kLogName, log_key(1), log_key(2), TreeSize{50}, 1);
  EXPECT_EQ(log.status(change_key(log, second)), EventStatus::accepted);
  // From a key that is not in force any more, and with a signature of somebody else.
  for (const LogKeyChange& wrong :
       {hand_over_log_key(kLogName, log_key(1), log_key(3), TreeSize{60}, 1), [&] {
          LogKeyChange forged = second;
          forged.previous = log_key(2).verify_key();
          forged.key = log_key(3).verify_key();
          return forged;
        }()}) {
    const EventId id = change_key(log, wrong);
    EXPECT_EQ(log.status(id), EventStatus::held);
    EXPECT_TRUE(log.reasons(id).has(Reason::log_key_invalid));
  }
  const std::vector<LogKeyChange> changes = log.state().system.log_key_changes();
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes.back(), second);
}

TEST_F(System, only_the_server_itself_changes_the_key_of_the_log) {
  const DeviceNumber admin = log.enrol({.roles = {Role::ADMIN}});
  const EventId id = change_key(log, announce_log_key(kLogName, log_key(1), TreeSize{1}), admin);
  EXPECT_EQ(log.status(id), EventStatus::held);
  EXPECT_TRUE(log.reasons(id).has(Reason::not_the_server));
  EXPECT_TRUE(log.state().system.log_keys.empty());
}

}  // namespace
}  // namespace houniao::testing
