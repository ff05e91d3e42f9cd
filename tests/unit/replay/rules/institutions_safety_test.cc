// A28, A29, A39 and A31, A40: work with minors, insurance, certificates and money of clients.
#include "tests/unit/replay/families/volunteer_world.h"
#include "tests/unit/replay/rules/conduct_bench.h"

namespace houniao::testing {
namespace {

class InstitutionsSafety : public VolunteerWorld {
 protected:
  using Stage = schema::AgencyCaseProgressed::Stage;
  using Direction = schema::CustodyMoneyMoved::Direction;

  InstitutionsSafety() { log.set_today(kToday); }

  static constexpr Day kToday{20'000};  // in October 2024

  void days_pass(std::int32_t days) {
    log.set_today(Day{log.today().value + days});
    person();  // something is received that day
  }

  // --- staff and children ------------------------------------------------------------------------
  EventId engage(EventId who = {}) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initStaffEngaged();
      b.setPerson(who.value);
      b.setFromDay(10'000);
    });
  }
  EventId vet(EventId staff, std::int32_t day, bool clear = true) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initStaffVetted();
      b.setStaff(staff.value);
      b.setClear(clear);
      b.setQueryReference("q");
      b.setDay(day);
    });
  }
  EventId child() {
    const EventId guardian = person();
    const EventId id = log.add(field, [](Body e) {
      auto b = e.initBody().initPersonRegistered();
      b.setUnder14(true);
      b.setBirthYearBand(2015);
    });
    log.add(field, [&](Body e) {
      auto b = e.initBody().initConsentChanged();
      b.setPerson(id.value);
      b.setPurpose("camp");
      b.setGiven(true);
      b.setByGuardian(guardian.value);
    });
    return id;
  }
  EventId plan(EventId leader, bool with_minors) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initSessionPlanned();
      b.setKind("camp");
      b.setDay(log.today().value);
      b.setFromMinute(540);
      b.setToMinute(960);
      b.setLeader(leader.value);
      b.setWithMinors(with_minors);
    });
  }
  EventId hold(EventId planned, EventId leader) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initSessionHeld();
      b.setPlanned(planned.value);
      b.setKind("camp");
      b.setFromMinute(540);
      b.setToMinute(960);
      b.setLeader(leader.value);
      b.setHeadcount(20);
      b.setCountingMethod(schema::SessionHeld::CountingMethod::COUNTED);
    });
  }
  EventId attend(EventId held, const std::vector<EventId>& who) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initAttendanceRecorded();
      b.setSession(held.value);
      auto list = b.initPersons(static_cast<unsigned>(who.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, who[i].value);
    });
  }

  // --- insurance ---------------------------------------------------------------------------------
  EventId cover(const std::vector<EventId>& who, std::int32_t from, std::int64_t premium = 0,
                std::int32_t concluded = 0) {
    return log.add(supervisor, [&](Body e) {
      if (concluded != 0) e.setOccurredDay(concluded);
      auto b = e.initBody().initInsuranceCovered();
      b.setPolicyNumber("p");
      b.setInsurer("i");
      auto list = b.initInsured(static_cast<unsigned>(who.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, who[i].value);
      b.setFromDay(from);
      b.setToDay(from + 364);
      b.setPremiumFen(premium);
    });
  }
  std::vector<EventId> volunteers(int count) {
    std::vector<EventId> out;
    for (int i = 0; i < count; ++i) out.push_back(volunteer());
    return out;
  }

  // --- agency ------------------------------------------------------------------------------------
  EventId open_case(EventId who, std::int64_t fee = 0, const std::string& type = "permit") {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initAgencyCaseOpened();
      b.setPerson(who.value);
      b.setCertificate(type);
      b.setFeeFen(fee);
    });
  }
  EventId progress(EventId of, Stage stage, std::uint8_t number = 0) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initAgencyCaseProgressed();
      b.setCase(of.value);
      b.setStage(stage);
      b.setDay(log.today().value);
      if (number != 0) b.setNumberIndex(to_data(ByteView{Bytes(16, number)}));
    });
  }
  EventId issued_case(EventId who, std::int64_t fee = 0, std::uint8_t number = 0) {
    const EventId id = open_case(who, fee);
    progress(id, Stage::SUBMITTED);
    progress(id, Stage::ISSUED, number);
    return id;
  }
  // Registered in the programme, as clients are.
  EventId client() {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      e.initBody().initPersonRegistered();
    });
  }
  EventId move(EventId of, Direction direction, std::int64_t fen,
               const std::string& receipt = "r") {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initCustodyMoneyMoved();
      b.setClient(of.value);
      b.setDirection(direction);
      b.setAmountFen(fen);
      b.setReceipt(receipt);
    });
  }
};

TEST_F(InstitutionsSafety, ACampUnderALeaderWhoWasNeverVettedIsDoubtedAlthoughItsPlanWasHeld) {
  const EventId leader = engage();
  const EventId planned = plan(leader, true);
  EXPECT_HELD_FOR(planned, staff_not_vetted);
  EXPECT_TRUE(ask_rule(log, "A28").empty()) << "the attempt alone exposes nobody";
  const EventId held = hold(planned, leader);
  const auto found = ask_rule(log, "A28");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 28);
  EXPECT_EQ(found[0].subject, leader.value);
  EXPECT_EQ(found[0].events, std::vector<EventId>{held});
}

TEST_F(InstitutionsSafety, ALeaderVettedWithinTheYearIsNotDoubted) {
  const EventId leader = engage();
  vet(leader, kToday.value - 300);
  hold(plan(leader, true), leader);
  EXPECT_TRUE(ask_rule(log, "A28").empty());
}

TEST_F(InstitutionsSafety, ChildrenAtASessionCountAlsoWhereThePlanDoesNotSaySo) {
  const EventId leader = engage();
  vet(leader, kToday.value - 500);
  const EventId quiet = hold({}, leader);
  const EventId first = child();
  attend(quiet, {first, person(), person()});
  EXPECT_TRUE(ask_rule(log, "A28").empty()) << "one child came along";
  attend(quiet, {child(), child()});
  const auto found = ask_rule(log, "A28");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(names(found[0], quiet));
}

TEST_F(InstitutionsSafety, ARetractedSessionIsNoDoubtAndAnotherThresholdIsAnotherVersion) {
  const EventId leader = engage();
  const EventId held = hold(plan(leader, true), leader);
  const auto later = ask_rule(log, "A28", R"({"A28": {"version": 7, "since_day": 30000}})");
  EXPECT_TRUE(later.empty()) << "before the law";
  const auto other = ask_rule(log, "A28", R"({"A28": {"version": 7, "vetting_days": 10}})");
  ASSERT_EQ(other.size(), 1u);
  expect_complete(other[0], 28, 7);
  retract(held);
  EXPECT_TRUE(ask_rule(log, "A28").empty());
}

TEST_F(InstitutionsSafety, StaffOnDutyWithMinorsAreDoubtedAndVolunteersAreNot) {
  const EventId who = person();
  const EventId staff = engage(who);
  const EventId both = duty(volunteer(who), {.minors = true});
  duty(volunteer(), {.minors = true});
  const auto found = ask_rule(log, "A28");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, staff.value);
  EXPECT_EQ(found[0].events, std::vector<EventId>{both});
}

TEST_F(InstitutionsSafety, RiskyDutyWithoutCoverIsDoubtedOncePerTeam) {
  const EventId one = volunteer();
  const EventId first = duty(one, {.risk = true});
  const EventId second = duty(volunteer(), {.risk = true});
  duty(volunteer());
  const auto found = ask_rule(log, "A29");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 29);
  EXPECT_EQ(found[0].subject, team.value);
  EXPECT_EQ(found[0].events, (std::vector<EventId>{first, second}));
}

TEST_F(InstitutionsSafety, ACoverUnderAnotherEnrolmentOrEnteredInTheSameWeekIsACover) {
  const EventId who = person();
  const EventId here = volunteer(who);
  const EventId there = enrol_volunteer({.person = who, .team = organisation("")});
  cover({here}, kToday.value - 10);
  duty(there, {.risk = true});
  const EventId entered = volunteer();
  duty(entered, {.in = 700, .out = 800, .risk = true});
  log.set_today(Day{kToday.value + 2});
  cover({entered}, kToday.value - 20);
  EXPECT_TRUE(ask_rule(log, "A29").empty());
}

TEST_F(InstitutionsSafety, APolicyDatedBackOverTheDutyIsNoCover) {
  const EventId who = volunteer();
  const EventId served = duty(who, {.risk = true});
  log.set_today(Day{kToday.value + 40});
  cover({who}, kToday.value - 5);
  const auto found = about(ask_rule(log, "A29"), served);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(says(found[0], "only afterwards"));
}

TEST_F(InstitutionsSafety, APolicyOfWhichNobodyServedPutsItsPremiumAtRisk) {
  const EventId idle = cover(volunteers(12), kToday.value, 36'000);
  const std::vector<EventId> busy = volunteers(12);
  const EventId used = cover(busy, kToday.value, 36'000);
  for (std::size_t i = 0; i < 7; ++i) duty(busy[i], {.risk = true});
  EXPECT_TRUE(ask_rule(log, "A39").empty()) << "the year has only begun";
  days_pass(200);
  const auto found = ask_rule(log, "A39");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 39);
  EXPECT_EQ(found[0].events, std::vector<EventId>{idle});
  EXPECT_EQ(found[0].at_risk.value, 36'000);
  EXPECT_TRUE(about(found, used).empty());
}

TEST_F(InstitutionsSafety, ATeamWithMoreOnDutyThanInsuredIsDoubted) {
  const std::vector<EventId> list = volunteers(4);
  cover({list[0]}, kToday.value - 1);
  duty(list[0], {.risk = true});
  const EventId bare = duty(list[1], {.risk = true});
  const auto found = ask_rule(log, "A39");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, std::vector<EventId>{bare});
  cover({list[2], list[3]}, kToday.value - 1);
  EXPECT_TRUE(ask_rule(log, "A39").empty()) << "three are insured, two served";
}

TEST_F(InstitutionsSafety, OneCertificateTwiceWithinItsTimeIsDoubtedAndARefusedOneIsNot) {
  const EventId who = client();
  const EventId other = client();
  const EventId refused = open_case(other);
  progress(refused, Stage::SUBMITTED);
  progress(refused, Stage::REFUSED);
  issued_case(other);
  const EventId first = issued_case(who, 4'000);
  const EventId again = issued_case(who, 4'000);
  for (int i = 0; i < 6; ++i) client();
  const auto found = ask_rule(log, "A31");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 31);
  EXPECT_EQ(found[0].events, (std::vector<EventId>{first, again}));
  EXPECT_EQ(found[0].subject, who.value);
  EXPECT_EQ(found[0].at_risk.value, 4'000);
}

TEST_F(InstitutionsSafety, ANumberUnderTwoCasesAndCertificatesNeverHandedOverAreDoubted) {
  std::vector<EventId> clients;
  for (int i = 0; i < 6; ++i) clients.push_back(client());
  issued_case(clients[0], 0, 9);
  issued_case(clients[1], 0, 9);
  issued_case(clients[2], 0, 8);
  auto found = ask_rule(log, "A31");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(says(found[0], "one certificate number"));
  days_pass(100);
  found = ask_rule(log, "A31");
  EXPECT_EQ(found.size(), 2u) << "three are not handed over after 90 days: " << texts_of(found);
}

TEST_F(InstitutionsSafety, CasesForPersonsWhoWereNeverRegisteredAreDoubtedAfterAMonth) {
  for (std::uint64_t i = 1; i <= 3; ++i) open_case(EventId{(std::uint64_t{900} << 32) | i});
  client();
  EXPECT_TRUE(about(ask_rule(log, "A31"), EventId{}).empty());
  EXPECT_FALSE(says(ask_rule(log, "A31").front(), "never registered")) << "a tablet may be away";
  days_pass(40);
  const auto found = ask_rule(log, "A31");
  ASSERT_EQ(found.size(), 2u) << texts_of(found);
  EXPECT_TRUE(says(found[0], "never registered") || says(found[1], "never registered"));
}

TEST_F(InstitutionsSafety, MoneyHeldForTooLongIsDoubtedWithItsAmount) {
  const EventId slow = person();
  const EventId cleared = person();
  const EventId taken = move(slow, Direction::RECEIVED, 5'000);
  move(slow, Direction::PAID_ON, 4'000);
  move(cleared, Direction::RECEIVED, 5'000);
  move(cleared, Direction::REFUNDED, 5'000);
  EXPECT_TRUE(ask_rule(log, "A40").empty());
  days_pass(61);
  const auto found = ask_rule(log, "A40");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 40);
  EXPECT_EQ(found[0].subject, slow.value);
  EXPECT_EQ(found[0].at_risk.value, 1'000);
  EXPECT_TRUE(names(found[0], taken));
}

TEST_F(InstitutionsSafety, PayingOnMoreThanIsHeldIsAnAttemptThatIsDoubtedAlthoughItStaysHeld) {
  const EventId who = person();
  const EventId attempt = move(who, Direction::PAID_ON, 9'000);
  EXPECT_HELD_FOR(attempt, custody_short);
  const auto found = ask_rule(log, "A40");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].events, std::vector<EventId>{attempt});
  EXPECT_EQ(found[0].at_risk.value, 9'000);
}

TEST_F(InstitutionsSafety, AClientsReceiptInTheProgrammesAccountIsDoubted) {
  const EventId who = person();
  move(who, Direction::RECEIVED, 3'000, "DJ-7");
  move(who, Direction::PAID_ON, 3'000, "DJ-8");
  const EventId fund = establish_fund();
  receive(fund, 1'000'000);
  EXPECT_TRUE(ask_rule(log, "A40").empty());
  const EventId mixed = log.add(finance, [&](Body e) {
    auto b = e.initBody().initFundsReceived();
    b.setFund(fund.value);
    b.setAmountFen(3'000);
    b.setBankReference("DJ-7");
  });
  const auto found = ask_rule(log, "A40");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(names(found[0], mixed));
  EXPECT_EQ(found[0].subject, fund.value);
}

TEST_F(InstitutionsSafety, IssuedCasesWithAFeeAndNoMoneyMovedAreDoubted) {
  std::vector<EventId> cases;
  for (int i = 0; i < 3; ++i) cases.push_back(issued_case(client(), 4'000));
  const EventId paid = client();
  issued_case(paid, 4'000);
  move(paid, Direction::RECEIVED, 4'000);
  move(paid, Direction::PAID_ON, 4'000);
  const auto found = ask_rule(log, "A40");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, cases);
  EXPECT_EQ(found[0].at_risk.value, 12'000);
}

TEST_F(InstitutionsSafety, CanaryALogWithoutAnyOfThisGivesNothing) {
  person();
  volunteer();
  for (const char* code : {"A28", "A29", "A31", "A39", "A40"}) {
    EXPECT_TRUE(ask_rule(log, code).empty()) << code;
  }
  // The same questions do find what is there: a checker that is always silent would pass above.
  duty(volunteer(), {.risk = true});
  EXPECT_FALSE(ask_rule(log, "A29").empty());
}

}  // namespace
}  // namespace houniao::testing
