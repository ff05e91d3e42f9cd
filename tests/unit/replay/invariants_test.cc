// Invariants of docs/INVARIANTS.md that no other test violates with verdict and reason in view. The
// number of the invariant is in each name; the page says where the others are violated.
#include "replay/digest.h"
#include "replay/replayer.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

class Invariants : public DeliveryWorld {
 protected:
  // Whether an auditor's replay takes the records, and what it says when it does not.
  static Result<void> replayed(const std::vector<Bytes>& records) {
    Replayer verify(Replayer::Mode::verify);
    for (const Bytes& record : records) HOUNIAO_TRY(verify.feed(record));
    return {};
  }
  EventId revoke_from(DeviceNumber device, EventId first_refused) {
    return log.add(LogBuilder::kServer, [&](Body e) {
      e.setScope(kScopeCommons.value);
      auto b = e.initBody().initDeviceRevoked();
      b.setDevice(device.value);
      b.setFromDeviceSeq(device_seq_of(first_refused).value);
    });
  }
  EventId open_a_site(const Fill& tweak = {}) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initSiteOpened();
      b.setCategory("station");
      b.setFromDay(10'000);
      if (tweak) tweak(e);
    });
  }
  EventId erase(EventId whom, const std::string& ground, bool restricted_only = false) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initPersonalDataErased();
      b.setPerson(whom.value);
      b.setLegalGround(ground);
      b.setRestrictedOnly(restricted_only);
    });
  }
  EventId money_of(EventId client, schema::CustodyMoneyMoved::Direction direction,
                   std::int64_t fen) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initCustodyMoneyMoved();
      b.setClient(client.value);
      b.setDirection(direction);
      b.setAmountFen(fen);
      b.setReceipt("r1");
    });
  }
};

TEST_F(Invariants, I1_an_event_left_out_of_its_devices_chain_is_refused_by_everybody) {
  LogBuilder without_it = log;
  person();
  const EventId second = person();
  EXPECT_TRUE(replayed(log.records()));
  // The device's chain goes on in a log that never got its event before.
  without_it.arrive(log.event_bytes(second));
  const auto result = replayed(without_it.records());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::corrupt);
  EXPECT_NE(result.error().detail.find("the device's chain goes on with"), std::string::npos)
      << result.error().message();
}

TEST_F(Invariants, I2_the_same_event_counts_once_and_other_bytes_in_its_place_are_refused) {
  const EventId id = person();
  const Hash digest_before = digest(log.state());
  log.arrive(log.event_bytes(id));
  EXPECT_EQ(digest(log.state()), digest_before) << "the same bytes change nothing";
  EXPECT_FALSE(replayed(log.records())) << "and no log holds them twice";

  LogBuilder forked;
  const DeviceNumber tablet = forked.enrol({.roles = {Role::FIELD}});
  LogBuilder other = forked;
  const EventId one = forked.add(tablet, [](Body e) { e.initBody().initPersonRegistered(); });
  const EventId two = other.add(
      tablet, [](Body e) { e.initBody().initPersonRegistered().setNativeRegion(411000); });
  ASSERT_EQ(one, two) << "one place in the chain";
  ASSERT_NE(forked.event_bytes(one), other.event_bytes(two));
  const Hash as_first = digest(forked.state());
  forked.arrive(other.event_bytes(two));
  EXPECT_EQ(digest(forked.state()), as_first) << "what came first stays";
  EXPECT_FALSE(replayed(forked.records()));
}

TEST_F(Invariants, I11_every_kind_of_delivery_is_billed_at_most_once) {
  const EventId fund = establish_fund();
  const EventId buyer = organisation("");
  const EventId contractor = organisation();
  const EventId client = person();
  const EventId session =
      log.add(field, [](Body e) { e.initBody().initSessionHeld().setKind("visit"); });
  const EventId attendance = log.add(field, [&](Body e) {
    auto b = e.initBody().initAttendanceRecorded();
    b.setSession(session.value);
    b.initPersons(1).set(0, client.value);
  });
  const EventId agency_case = log.add(field, [&](Body e) {
    auto b = e.initBody().initAgencyCaseOpened();
    b.setPerson(client.value);
    b.setCertificate("resident_id");
  });
  int number = 0;
  const EventId stage = log.add(field, [&](Body e) {
    auto b = e.initBody().initAgencyCaseProgressed();
    b.setCase(agency_case.value);
    b.setStage(schema::AgencyCaseProgressed::Stage::SUBMITTED);
  });
  EXPECT_EQ(billed_unit(log.state(), stage), agency_case);
  for (EventId unit : {session, attendance, agency_case, serve({client})}) {
    const EventId first =
        sign_contract(buyer, contractor, fund, {.number = "HT-" + std::to_string(++number)});
    const EventId second =
        sign_contract(buyer, contractor, fund, {.number = "HT-" + std::to_string(++number)});
    const EventId billed = submit(first, 1, {unit});
    const EventId again = submit(second, 1, {unit});
    EXPECT_FLAGGED_FOR(again, unit_billed_twice);
    EXPECT_IN_FORCE(review(reviewer, billed, {.accepted = 1, .fen = 1'000}));
    EXPECT_HELD_FOR(review(reviewer, again, {.accepted = 1, .fen = 1'000}), unit_billed_twice);
    EXPECT_EQ(log.state().contracts.billed_permille(unit, true), 1000u);
  }
}

TEST_F(Invariants, I19_a_change_names_its_reason_and_money_only_its_reversal) {
  const EventId service = serve({person()});
  const auto correct = [&](EventId target, const std::string& reason) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initEventCorrected();
      b.setTarget(target.value);
      b.setReason(reason);
      auto changes = b.initChanges(1);
      changes[0].setField(schema::EventCorrected::Field::MINUTES);
      changes[0].setNumber(40);
    });
  };
  EXPECT_HELD_FOR(correct(service, ""), reason_missing);
  EXPECT_EQ(first_row(service).minutes, 0) << "what is held changes nothing";
  EXPECT_ACCEPTED(correct(service, "misread the sheet"));
  EXPECT_EQ(first_row(service).minutes, 40);
  EXPECT_EQ(log.state().audit.original_rows.at(service).front().row.minutes, 0)
      << "the original stays visible";

  const EventId fund = establish_fund();
  const EventId money = receive(fund, 10'000);
  EXPECT_HELD_FOR(retract(money), money_only_reversed);
  EXPECT_HELD_FOR(correct(money, "typing error"), money_only_reversed);
  const EventId insisted = retract(money);
  release(insisted);
  EXPECT_TRUE(held(insisted)) << "no decision makes money disappear";
  EXPECT_EQ(log.state().ledger.fund(entity_cast<FundId>(fund)).received, Fen{10'000});
}

TEST_F(Invariants, I20_erasing_needs_a_ground_and_keeps_what_does_not_identify) {
  const EventId client = person();
  const EventId service = serve({client});
  EXPECT_HELD_FOR(erase(client, ""), legal_ground_missing);
  EXPECT_IN_FORCE(money_of(client, schema::CustodyMoneyMoved::Direction::RECEIVED, 100));
  EXPECT_HELD_FOR(erase(client, "PIPL 47"), retention_runs);
  EXPECT_IN_FORCE(money_of(client, schema::CustodyMoneyMoved::Direction::REFUNDED, 100));
  EXPECT_ACCEPTED(erase(client, "PIPL 47"));
  EXPECT_TRUE(log.state().person(entity_cast<PersonId>(client))->erased);
  EXPECT_EQ(first_row(service).subject, client.value) << "the figures do not change";
  EXPECT_FLAGGED_FOR(serve({client}), person_erased);
  EXPECT_HELD_FOR(money_of(client, schema::CustodyMoneyMoved::Direction::RECEIVED, 100),
                  person_erased);
}

TEST_F(Invariants, I21_after_the_revocation_facts_are_flagged_and_the_rest_is_held) {
  const EventId fact_before = person();
  const EventId decision_before = open_a_site();
  revoke_from(field, log.next_id(field));
  revoke_from(supervisor, log.next_id(supervisor));
  EXPECT_ACCEPTED(fact_before);
  EXPECT_ACCEPTED(decision_before);
  EXPECT_FLAGGED_FOR(person(), device_revoked);
  const EventId decision = open_a_site();
  EXPECT_HELD_FOR(decision, device_revoked);
  EXPECT_EQ(log.state().site(entity_cast<SiteId>(decision)), nullptr);
  release(decision);
  EXPECT_IN_FORCE(decision);
}

TEST_F(Invariants, I22_a_number_that_is_wrong_or_taken_flags_the_registration) {
  const auto registered = [&](std::uint8_t number, bool checks) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initPersonRegistered();
      b.setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
      b.setIdChecksOk(checks);
      b.setBlindIndex(to_data(ByteView{Bytes(16, number)}));
    });
  };
  EXPECT_FLAGGED_FOR(registered(1, false), id_check_failed);
  EXPECT_ACCEPTED(registered(2, true));
  const EventId twice = registered(2, true);
  EXPECT_FLAGGED_FOR(twice, duplicate_person);
  EXPECT_NE(log.state().person(entity_cast<PersonId>(twice)), nullptr) << "kept, never merged";
}

TEST_F(Invariants, I23_what_is_dated_in_the_future_waits_or_is_flagged_and_keeps_its_date) {
  const std::int32_t future = log.today().value + 3;
  const EventId fact = log.add(field, [&](Body e) {
    e.setOccurredDay(future);
    e.initBody().initPersonRegistered();
  });
  EXPECT_FLAGGED_FOR(fact, future_dated);
  const EventId decision = open_a_site([&](Body e) { e.setOccurredDay(future); });
  EXPECT_HELD_FOR(decision, future_dated);
  EXPECT_EQ(log.state().events.find(fact)->occurred, Day{future}) << "never put right in place";
  EXPECT_FLAGGED_FOR(open_a_site([](Body e) { e.setClockOffsetMs(3'600'000); }), clock_skew);
}

TEST_F(Invariants, I28_money_of_a_client_is_never_the_programmes) {
  using Direction = schema::CustodyMoneyMoved::Direction;
  const EventId client = person();
  const EventId other = person();
  const EventId fund = establish_fund();
  receive(fund, 10'000);
  EXPECT_IN_FORCE(money_of(client, Direction::RECEIVED, 2'000));
  EXPECT_HELD_FOR(money_of(other, Direction::PAID_ON, 1), custody_short);
  EXPECT_HELD_FOR(money_of(client, Direction::PAID_ON, 2'001), custody_short);
  const EventId insisted = money_of(client, Direction::REFUNDED, 2'001);
  EXPECT_HELD_FOR(insisted, custody_short);
  release(insisted);
  EXPECT_TRUE(held(insisted)) << "neither another client's money nor a fund's covers it";
  const Ledger& ledger = log.state().ledger;
  EXPECT_EQ(ledger.fund(entity_cast<FundId>(fund)).received, Fen{10'000});
  EXPECT_EQ(ledger.custody(entity_cast<PersonId>(client)).held(), Fen{2'000});
  EXPECT_TRUE(money_is_sound());
}

}  // namespace
}  // namespace houniao::testing
