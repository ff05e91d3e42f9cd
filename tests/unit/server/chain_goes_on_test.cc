// What an honest device sends without knowing better gets into the log with a verdict that says so,
// and what it recorded afterwards follows: one odd event never holds back the rest of a chain.
#include <gtest/gtest.h>

#include "device.h"
#include "replay/replayer.h"
#include "replay/state.h"

namespace houniao::testing_server {
namespace {

constexpr ScopeId kStation{16};
constexpr ScopeId kOther{17};

struct Centre {
  TestServer server;
  TestDevice device{server, 10};
  TestDevice admin{server, 11};
  Centre() {
    device.open(server.code({kStation}));
    admin.open(server.code({kStation, kOther}, {schema::Role::ADMIN}));
  }
  const State& state() { return server.core->state(); }
  void change_scopes(ScopeId granted, ScopeId withdrawn) {
    const Bytes event = admin.make_event(kScopeCommons, [&](schema::Event::Builder e) {
      auto body = e.getBody().initDeviceScopesChanged();
      body.setDevice(device.number().value);
      if (granted) body.initGranted(1).set(0, granted.value);
      if (withdrawn) body.initWithdrawn(1).set(0, withdrawn.value);
    });
    admin.send(admin.make_push({event}));
    admin.chain(event);
    admin.settle();
    ASSERT_EQ(admin.next_error(), Errc{0});
  }
  // Events of one push, in order; what the server answered.
  Errc push(std::initializer_list<Bytes> events) {
    device.send(device.make_push(events));
    for (const Bytes& event : events) device.chain(event);
    device.settle();
    return device.next_error();
  }
  Bytes event(ScopeId scope, const TestDevice::Fill& fill = {}) {
    return device.make_event(scope, fill);
  }
  const EventEntry& entry(std::uint64_t device_seq) {
    const EventEntry* found = state().events.find(event_id(device.number(), DeviceSeq{device_seq}));
    HOUNIAO_ASSERT(found != nullptr);
    return *found;
  }
  bool has(std::uint64_t device_seq, Reason reason) {
    const auto found = state().reasons.find(event_id(device.number(), DeviceSeq{device_seq}));
    return found != state().reasons.end() && found->second.has(reason);
  }
  std::vector<IncidentKind> incidents() {
    std::vector<IncidentKind> out;
    for (const SyncIncident& incident : state().system.incidents) {
      out.push_back(static_cast<IncidentKind>(incident.kind));
    }
    return out;
  }
  // Everybody who has the log finds the same verdicts.
  void expect_verdicts_recompute() {
    Replayer out(Replayer::Mode::verify);
    for (Seq next; next.value < server.log.head().size.value;) {
      const auto run = server.log.read(next, 1 << 20).value();
      for (std::size_t i = 0; i < run.count(); ++i) {
        const auto fed = out.feed(run.record(i));
        ASSERT_TRUE(fed) << fed.error().message();
      }
      next = run.next();
    }
  }
};

// A claim waits where a fact only carries a note; a decision as well.
void decide(schema::Event::Builder event) {
  event.getBody().initSiteOpened().setCategory("station");
}

TEST(ChainGoesOn, WhatWasRecordedInAScopeWithdrawnMeanwhileIsKeptAndMarked) {
  Centre t;
  t.change_scopes(ScopeId{}, kStation);
  const Bytes fact = t.event(kStation);
  ASSERT_EQ(t.push({fact}), Errc{0});
  EXPECT_EQ(t.entry(1).status, EventStatus::flagged);
  EXPECT_TRUE(t.has(1, Reason::scope_not_granted));
  ASSERT_EQ(t.push({t.event(kStation, decide)}), Errc{0});
  EXPECT_EQ(t.entry(2).status, EventStatus::held);
  EXPECT_TRUE(t.has(2, Reason::scope_not_granted));
  ASSERT_EQ(t.push({t.event(kScopeCommons)}), Errc{0});
  EXPECT_FALSE(t.has(3, Reason::scope_not_granted)) << "what follows is judged by itself";
  EXPECT_EQ(t.incidents(), std::vector{IncidentKind::scope}) << "one a minute";
  t.expect_verdicts_recompute();
}

TEST(ChainGoesOn, AScopeThatTheDeviceNeverHadIsRefused) {
  Centre t;
  t.change_scopes(ScopeId{}, kStation);
  EXPECT_EQ(t.push({t.event(kOther)}), Errc::scope_denied);
}

TEST(ChainGoesOn, TheLogsOwnScopeIsRefusedWhateverAnAdministratorWithdraws) {
  Centre t;
  t.change_scopes(ScopeId{}, kScopeLog);
  EXPECT_EQ(t.push({t.event(kScopeLog)}), Errc::scope_denied);
}

TEST(ChainGoesOn, AWithdrawalThatIsItselfHeldTakesNothingAway) {
  Centre t;
  // A field device may not change grants: its event is held, and the scope it names was never
  // withdrawn from anybody.
  TestDevice other(t.server, 12);
  other.open(t.server.code({kStation}));
  const Bytes event = other.make_event(kScopeCommons, [&](schema::Event::Builder e) {
    auto body = e.getBody().initDeviceScopesChanged();
    body.setDevice(t.device.number().value);
    body.initWithdrawn(1).set(0, kOther.value);
  });
  other.send(other.make_push({event}));
  other.settle();
  ASSERT_EQ(other.next_error(), Errc{0});
  EXPECT_EQ(t.push({t.event(kOther)}), Errc::scope_denied);
}

TEST(ChainGoesOn, AGrantThatComesBackIsAGrant) {
  Centre t;
  t.change_scopes(ScopeId{}, kStation);
  ASSERT_EQ(t.push({t.event(kStation)}), Errc{0});
  t.change_scopes(kStation, ScopeId{});
  ASSERT_EQ(t.push({t.event(kStation)}), Errc{0});
  EXPECT_TRUE(t.has(1, Reason::scope_not_granted));
  EXPECT_FALSE(t.has(2, Reason::scope_not_granted));
  t.expect_verdicts_recompute();
}

// After a restart the withdrawals are read from the log, not remembered.
TEST(ChainGoesOn, AWithdrawalIsKnownAfterARestart) {
  Centre t;
  t.change_scopes(ScopeId{}, kStation);
  t.server.start();
  t.device.disconnect();
  t.device.open();
  ASSERT_EQ(t.push({t.event(kStation)}), Errc{0});
  EXPECT_TRUE(t.has(1, Reason::scope_not_granted));
}

TEST(ChainGoesOn, AClockFarAheadIsMarkedAndMeasuredAgainstTheOffset) {
  Centre t;
  const std::int64_t ahead_ms = limits::kFutureToleranceMs + 60'000;
  const auto at = [&](std::int64_t recorded_ms, std::int64_t offset_ms) {
    return t.event(kStation, [=](schema::Event::Builder e) {
      e.setRecordedAtMs(recorded_ms);
      e.setClockOffsetMs(offset_ms);
    });
  };
  const std::int64_t now_ms = t.server.clock.now.wall.us / 1000;
  ASSERT_EQ(t.push({at(now_ms + ahead_ms, 0)}), Errc{0});
  EXPECT_EQ(t.entry(1).status, EventStatus::flagged);
  EXPECT_TRUE(t.has(1, Reason::clock_skew));
  ASSERT_EQ(t.push({at(now_ms + limits::kFutureToleranceMs - 60'000, 0)}), Errc{0});
  EXPECT_FALSE(t.has(2, Reason::clock_skew));
  // Years ahead, as a tablet whose battery was empty may believe, and back in order afterwards.
  ASSERT_EQ(t.push({at(now_ms + 100LL * 365 * 86'400'000, 0)}), Errc{0});
  ASSERT_EQ(t.push({at(INT64_MAX, INT64_MAX)}), Errc{0}) << "no sum overflows";
  EXPECT_TRUE(t.has(4, Reason::clock_skew));
  ASSERT_EQ(t.push({at(now_ms, 0)}), Errc{0});
  EXPECT_FALSE(t.has(5, Reason::clock_skew));
  EXPECT_EQ(t.incidents(), std::vector{IncidentKind::clock});
  t.expect_verdicts_recompute();
}

}  // namespace
}  // namespace houniao::testing_server
