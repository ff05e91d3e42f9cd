// A01, A02.
#include <gtest/gtest.h>

#include "tests/unit/replay/rules/deliveries_bench.h"

namespace houniao::testing {
namespace {

using Seen = schema::PersonRegistered::Verification;

class Ghosts : public DeliveriesBench {
 protected:
  std::vector<EventId> serve_times(EventId person, int times) {
    std::vector<EventId> out;
    for (int i = 0; i < times; ++i) {
      out.push_back(
          service({.persons = {person}, .day = 17'000 - i, .staff = worker, .contract = contract}));
    }
    return out;
  }
  void SetUp() override { contract = contract_with(contractor); }
  EventId contract;
};

TEST_F(Ghosts, SomebodyWithoutDocumentOrPhoneWhomOneWorkerAloneServesIsDoubted) {
  const EventId ghost = person_with({});
  const std::vector<EventId> services = serve_times(ghost, 4);
  const Anomalies found = ask("A01");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].rule, 1);
  EXPECT_EQ(found[0].version, 1u);
  EXPECT_EQ(found[0].subject, ghost.value);
  EXPECT_EQ(found[0].at_risk, Fen{4'000}) << "four visits at ten yuan";
  EXPECT_TRUE(names(found[0], ghost));
  for (const EventId event : services) EXPECT_TRUE(names(found[0], event));
}

TEST_F(Ghosts, ThresholdsMakeAnotherVersionOfTheRule) {
  serve_times(person_with({}), 4);
  EXPECT_TRUE(ask("A01", R"({"A01": {"version": 2, "services_min": 5}})").empty());
  const Anomalies found = ask("A01", R"({"A01": {"version": 2, "services_min": 4}})");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].version, 2u);
}

TEST_F(Ghosts, ANumberThatDoesNotCheckIsEnoughUntilItIsPutRight) {
  const EventId invented =
      person_with({.phone = 1, .number = 9, .checks_ok = false, .seen = Seen::SEEN});
  serve_times(invented, 3);
  EXPECT_TRUE(any_names(ask("A01"), invented));
  log.add(field, [&](Body e) {
    auto b = e.initBody().initPersonCorrected();
    b.setPerson(invented.value);
    b.setBaseVersion(1);
    b.initFields(1)[0].setField(schema::PersonCorrected::Field::ID_NUMBER);
    b.setBlindIndex(to_data(ByteView{Bytes(16, 77)}));
  });
  EXPECT_TRUE(ask("A01").empty());
}

TEST_F(Ghosts, SixPeopleWithOnePhoneAreDoubtedAndAFamilyOfFourIsNot) {
  std::vector<EventId> family;
  for (int i = 0; i < 4; ++i) family.push_back(person_with({.phone = 8}));
  std::vector<EventId> crowd;
  for (int i = 0; i < 6; ++i) crowd.push_back(person_with({.phone = 9}));
  for (const EventId person : family) serve_times(person, 3);
  for (const EventId person : crowd) serve_times(person, 3);
  const Anomalies found = ask("A01");
  EXPECT_EQ(found.size(), 6u);
  for (const EventId person : family) EXPECT_FALSE(any_names(found, person));
}

TEST_F(Ghosts, AnythingThatShowsThePersonIsEnoughToBeLeftAlone) {
  const EventId elder = person_with({.number = 5, .seen = Seen::SEEN});  // the card was seen
  serve_times(elder, 3);
  const EventId guest = person_with({});  // several workers
  serve_times(guest, 3);
  service({.persons = {guest}, .staff = engage()});
  const EventId pupil = person_with({});  // signed in at a class
  serve_times(pupil, 3);
  sign_in(meeting({.headcount = 1}), {.persons = {pupil}});
  const EventId child = person_with({});  // has a guardian
  serve_times(child, 3);
  log.add(field, [&](Body e) {
    auto b = e.initBody().initHouseholdChanged();
    b.setPerson(child.value);
    b.setMember(elder.value);
    b.setRelation("grandparent");
    b.setGuardian(true);
  });
  const EventId pictured = person_with({});  // a picture of one visit
  const EventId first = serve_times(pictured, 3).front();
  log.add(field, [&](Body e) {
    auto b = e.initBody().initEvidenceAttached();
    b.setTarget(first.value);
    b.setSha256(to_data(ByteView{Bytes(32, 3)}));
  });
  serve_times(person_with({}), 2);  // two visits are no pattern
  EXPECT_TRUE(ask("A01").empty());
}

TEST_F(Ghosts, ServicesThatWereTakenBackDoNotCount) {
  const std::vector<EventId> services = serve_times(person_with({}), 3);
  ASSERT_EQ(ask("A01").size(), 1u);
  retract(services[0]);
  EXPECT_TRUE(ask("A01").empty());
}

class Doubles : public DeliveriesBench {};

TEST_F(Doubles, OneNumberUnderTwoServedRegistrationsIsDoubted) {
  const EventId contract = contract_with(contractor);
  const EventId first = person_with({.phone = 1, .number = 7});
  const EventId second = person_with({.phone = 2, .number = 7});
  service({.persons = {first}, .contract = contract});
  service({.persons = {first}, .contract = contract});
  const EventId at_second = service({.persons = {second}, .contract = contract});
  const Anomalies found = ask("A02");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, first.value);
  EXPECT_TRUE(names(found[0], second));
  EXPECT_TRUE(names(found[0], at_second));
  EXPECT_EQ(found[0].at_risk, Fen{1'000}) << "what was served under the lesser registration";
}

TEST_F(Doubles, TheSamePhoneSexAgeAndRegionIsDoubtedAsWell) {
  const EventId first = person_with({.phone = 4});
  const EventId second = person_with({.phone = 4});
  service({.persons = {first}});
  service({.persons = {second}});
  EXPECT_EQ(ask("A02").size(), 1u);
}

TEST_F(Doubles, LinkedPersonsAndBrothersAndUnusedFormsAreNot) {
  const EventId a = person_with({.phone = 1, .number = 7});
  const EventId b = person_with({.phone = 2, .number = 7});
  service({.persons = {a}});
  service({.persons = {b}});
  ASSERT_EQ(ask("A02").size(), 1u) << "the canary";
  link(a, b);
  const EventId older = person_with({.phone = 3, .band = 1980});
  const EventId younger = person_with({.phone = 3, .band = 1990});
  service({.persons = {older}});
  service({.persons = {younger}});
  person_with({.phone = 5, .number = 8});  // never served
  service({.persons = {person_with({.phone = 5, .number = 8})}});
  EXPECT_TRUE(ask("A02").empty());
}

TEST_F(Doubles, TwinsWhomASupervisorHasToldApartAreLeftAlone) {
  const EventId one = person_with({.phone = 4});
  const EventId other = person_with({.phone = 4});
  service({.persons = {one}});
  service({.persons = {other}});
  ASSERT_EQ(ask("A02").size(), 1u) << "the canary";
  link(one, other);
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initPersonLinkDecided();
    b.setFirst(one.value);
    b.setSecond(other.value);
    b.setSame(false);
    b.setReason("twins, both seen");
  });
  EXPECT_TRUE(ask("A02").empty());
}

}  // namespace
}  // namespace houniao::testing
