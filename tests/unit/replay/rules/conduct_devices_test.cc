#include "tests/unit/replay/families/delivery_world.h"
#include "tests/unit/replay/rules/conduct_bench.h"

namespace houniao::testing {
namespace {

// --- A24 ---------------------------------------------------------------------------------------

class ConductDevices : public DeliveryWorld {
 protected:
  struct Shown {
    std::int64_t minute = 0;  // of the device's clock, since midnight of today
    std::int64_t offset_minutes = 0;
    schema::Source source = schema::Source::DEVICE;
  };
  EventId record(DeviceNumber by, const Shown& shown) {
    return log.add(by, [&](Body e) {
      e.setSource(shown.source);
      e.setRecordedAtMs(start_of(log.today()).us / 1000 + shown.minute * 60'000);
      e.setClockOffsetMs(shown.offset_minutes * 60'000);
      e.initBody().initPersonRegistered();
    });
  }
  EventId incident(DeviceNumber of, schema::SyncIncidentRecorded::Kind kind) {
    const Device* device = log.state().device(of);
    return log.add(LogBuilder::kServer, [&](Body e) {
      e.setScope(kScopeCommons.value);
      auto b = e.initBody().initSyncIncidentRecorded();
      b.setDevice(to_data(ByteView{device->id.bytes}));
      b.setKind(kind);
      b.setRawHash(to_data(ByteView{Bytes(32, 5)}));
      b.setDeviceSeq(7);
    });
  }
};

TEST_F(ConductDevices, a_clock_that_was_set_back_is_doubted_with_the_event_before_it) {
  const EventId before = record(field, {.minute = 9 * 60});
  const EventId after = record(field, {.minute = 8 * 60 + 20});
  record(field, {.minute = 8 * 60 + 25});
  const auto found = ask_rule(log, "A24");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 24);
  EXPECT_TRUE(names(found[0], before) && names(found[0], after));
  EXPECT_EQ(found[0].subject, log.state().device(field)->enrolled.value);
  EXPECT_TRUE(ask_rule(log, "A24", R"({"A24": {"version": 2, "rollback_minutes": 60}})").empty());
}

TEST_F(ConductDevices, a_clock_put_right_a_small_step_and_a_book_that_was_typed_in_are_in_order) {
  // Two hours fast until the network put it right: the measured offset has changed by as much.
  record(field, {.minute = 11 * 60, .offset_minutes = -120});
  record(field, {.minute = 9 * 60 + 5, .offset_minutes = 0});
  record(other_field, {.minute = 9 * 60});
  record(other_field, {.minute = 9 * 60 - 4});
  record(supervisor, {.minute = 11 * 60});
  record(supervisor, {.minute = 6 * 60, .source = schema::Source::IMPORTED});
  EXPECT_TRUE(ask_rule(log, "A24").empty()) << texts_of(ask_rule(log, "A24"));
}

TEST_F(ConductDevices, what_a_tablet_kept_for_more_than_a_month_is_doubted_once) {
  log.offline(field);
  log.offline(other_field);
  std::vector<EventId> kept;
  for (int i = 0; i < 3; ++i) kept.push_back(record(field, {.minute = 500 + i}));
  record(other_field, {.minute = 500, .source = schema::Source::IMPORTED});
  log.set_today(Day{log.today().value + 20});
  record(field, {.minute = 500});
  log.set_today(Day{log.today().value + 15});
  log.online(field);
  log.online(other_field);
  const auto found = ask_rule(log, "A24");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, kept);
  EXPECT_TRUE(says(found[0], "3 records") && says(found[0], "35 days"));
}

TEST_F(ConductDevices, what_the_server_noted_is_doubted_by_device) {
  const EventId fork = incident(field, schema::SyncIncidentRecorded::Kind::FORK);
  const EventId gap = incident(field, schema::SyncIncidentRecorded::Kind::GAP);
  const EventId other = incident(other_field, schema::SyncIncidentRecorded::Kind::REVOKED);
  const auto found = ask_rule(log, "A24");
  ASSERT_EQ(found.size(), 2u) << texts_of(found);
  ASSERT_EQ(about(found, fork).size(), 1u);
  EXPECT_TRUE(names(about(found, fork)[0], gap));
  EXPECT_FALSE(names(about(found, fork)[0], other));
}

// --- A25 ---------------------------------------------------------------------------------------

class ConductCorrections : public DeliveryWorld {
 protected:
  using Field = schema::EventCorrected::Field;

  ConductCorrections() {
    payee = organisation("91350100M000100Y43");
    verified_account(payee);
    fund = establish_fund();
    receive(fund, 10'000'000);
    allocate(fund, 5'000'000);
    auditor = log.enrol({.holder = 510, .roles = {Role::AUDITOR}, .whole_log = true});
    leader = log.add(supervisor, [](Body e) {
      auto b = e.initBody().initStaffEngaged();
      b.setPost("social_worker");
      b.setFromDay(10'000);
    });
  }

  EventId hold(DeviceNumber by, std::uint32_t headcount, std::int32_t day = 16'990) {
    return log.add(by, [&](Body e) {
      e.setProgramme(programme.value);
      e.setOccurredDay(day);
      auto b = e.initBody().initSessionHeld();
      b.setKind("weekend_class");
      b.setFromMinute(540);
      b.setToMinute(660);
      b.setHeadcount(headcount);
      b.setLeader(leader.value);
    });
  }
  EventId correct(DeviceNumber by, EventId target, std::int64_t people) {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initEventCorrected();
      b.setTarget(target.value);
      b.setReason("counted again");
      b.setApprover(504);
      auto change = b.initChanges(1)[0];
      change.setField(Field::HEADCOUNT);
      change.setNumber(people);
    });
  }
  EventId find_fault(const std::vector<EventId>& events) {
    return log.add(auditor, [&](Body e) {
      auto b = e.initBody().initFindingIssued();
      b.setCode("entered_twice");
      b.setLaw("one record for each activity");
      auto list = b.initEvents(static_cast<unsigned>(events.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, events[i].value);
      b.setResponsible(payee.value);
      b.setDeadlineDay(log.today().value + 30);
    });
  }
  void remedy(EventId finding, EventId proof) {
    log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initFindingResolved();
      b.setFinding(finding.value);
      b.setAction("taken back");
      b.initProof(1).set(0, proof.value);
    });
  }

  EventId payee, fund, leader;
  DeviceNumber auditor;
};

TEST_F(ConductCorrections, a_delivery_taken_back_after_it_was_paid_is_doubted_with_its_price) {
  const EventId contract = sign_contract(organisation(), payee, fund, {.advance = 0});
  const EventId early = serve({person()});
  const EventId unit = serve({person()});
  retract(early);  // before anything was billed
  const EventId milestone = submit(contract, 1, {unit});
  review(reviewer, milestone, {.accepted = 1, .fen = 1'000});
  const EventId asked = request(
      {.fund = fund, .contract = contract, .milestone = milestone, .payee = payee, .fen = 1'000});
  approve(reviewer, asked);
  const EventId paid = pay(asked, 1'000);
  EXPECT_IN_FORCE(paid);
  EXPECT_TRUE(ask_rule(log, "A25").empty()) << texts_of(ask_rule(log, "A25"));
  const EventId taken_back = retract(unit);
  const auto found = ask_rule(log, "A25");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 25);
  EXPECT_TRUE(names(found[0], taken_back) && names(found[0], unit) && names(found[0], paid));
  EXPECT_EQ(found[0].at_risk, Fen{1'000});
}

TEST_F(ConductCorrections, what_an_auditor_questioned_may_change_only_as_the_remedy) {
  const EventId asked_about = hold(field, 20);
  const EventId covered_up = hold(field, 20, 16'991);
  const EventId finding = find_fault({asked_about, covered_up});
  EXPECT_IN_FORCE(finding);
  const EventId proof = retract(asked_about);
  remedy(finding, proof);
  EXPECT_TRUE(ask_rule(log, "A25").empty()) << texts_of(ask_rule(log, "A25"));
  const EventId hidden = correct(supervisor, covered_up, 45);
  const auto found = ask_rule(log, "A25");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], hidden) && names(found[0], finding));
}

TEST_F(ConductCorrections, one_device_that_changes_many_records_of_others_is_doubted) {
  std::vector<EventId> changes;
  for (int i = 0; i < 20; ++i) {
    changes.push_back(correct(supervisor, hold(field, 10, 16'900 + i), 30));
  }
  // Whoever puts their own records right may do so often, and a slow hand is no abuse.
  for (int i = 0; i < 25; ++i) correct(reviewer, hold(reviewer, 10, 16'930 + i), 11);
  EXPECT_EQ(ask_rule(log, "A25").size(), 1u) << texts_of(ask_rule(log, "A25"));
  EXPECT_EQ(ask_rule(log, "A25")[0].events, changes);
  EXPECT_TRUE(ask_rule(log, "A25", R"({"A25": {"version": 2, "by_one": 21}})").empty());
}

TEST_F(ConductCorrections, a_session_entered_again_larger_is_doubted_and_one_as_large_is_not) {
  const EventId small = hold(field, 20);
  const EventId taken_back = retract(small);
  const EventId same = hold(field, 22);
  EXPECT_TRUE(ask_rule(log, "A25").empty()) << texts_of(ask_rule(log, "A25"));
  const EventId large = hold(field, 60);
  hold(field, 90, 16'980);  // of another day
  const auto found = ask_rule(log, "A25");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], small) && names(found[0], taken_back) && names(found[0], large));
  EXPECT_FALSE(names(found[0], same));
  EXPECT_TRUE(says(found[0], "20 having become 60"));
}

}  // namespace
}  // namespace houniao::testing
