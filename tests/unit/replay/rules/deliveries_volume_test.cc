// A09, A10.
#include <gtest/gtest.h>

#include "tests/unit/replay/rules/deliveries_bench.h"

namespace houniao::testing {
namespace {

class Volume : public DeliveriesBench {
 protected:
  void SetUp() override { person = known(); }
  std::vector<EventId> work(EventId staff, int services, std::uint32_t minutes, int from = -1,
                            int step = 0) {
    std::vector<EventId> out;
    for (int i = 0; i < services; ++i) {
      out.push_back(service({.persons = {person},
                             .minute = from < 0 ? -1 : from + i * step,
                             .minutes = minutes,
                             .staff = staff,
                             .contract = contract}));
    }
    return out;
  }
  EventId person, contract;
};

TEST_F(Volume, MoreServicesThanADayHoldsAreOneAnomalyOfThatWorkersDay) {
  contract = contract_with(contractor);
  const std::vector<EventId> all = work(worker, 61, 5);
  work(engage(), 60, 5);  // as many as are let pass
  const Anomalies found = ask("A09");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, worker.value);
  EXPECT_EQ(found[0].events, all);
  EXPECT_EQ(found[0].at_risk, Fen{61'000});
}

TEST_F(Volume, ADayHasTwentyFourHours) {
  work(worker, 16, 60);
  EXPECT_TRUE(ask("A09").empty());
  work(worker, 9, 60);
  EXPECT_EQ(ask("A09").size(), 1u);
}

TEST_F(Volume, AnHourHoldsOnlySoMany) {
  work(worker, 21, 2, 540, 3);  // twenty-one within sixty-one minutes
  EXPECT_TRUE(ask("A09").empty());
  work(engage(), 21, 2, 540, 2);
  EXPECT_EQ(ask("A09").size(), 1u);
}

TEST_F(Volume, ThresholdsMakeAnotherVersionAndTheDifferenceShows) {
  work(worker, 70, 5);
  work(engage(), 90, 5);
  const Anomalies strict = ask("A09");
  const Anomalies lenient = ask("A09", R"({"A09": {"version": 2, "services_per_day": 80}})");
  ASSERT_EQ(strict.size(), 2u);
  ASSERT_EQ(lenient.size(), 1u);
  EXPECT_EQ(lenient[0].version, 2u);
  const rules::Difference change = rules::difference(strict, lenient);
  ASSERT_EQ(change.only_first.size(), 1u);
  EXPECT_EQ(change.only_first[0].subject, worker.value);
  EXPECT_TRUE(change.only_second.empty());
}

TEST_F(Volume, GroupsTotalsOfOthersAndWhatAClerkWritesDownAreNobodysDay) {
  std::vector<EventId> crowd;
  for (int i = 0; i < 40; ++i) crowd.push_back(known());
  service({.persons = crowd, .minutes = 180, .staff = worker, .anonymous = 100});
  for (int i = 0; i < 30; ++i) service({.persons = {person}, .minutes = 120});  // nobody named
  for (int i = 0; i < 70; ++i) {
    log.add(field, [&](Body e) {  // what another body has reported
      auto b = e.initBody().initServiceDelivered();
      b.setKind("visit");
      b.setQuantity(10);
      b.setMinutes(600);
      b.setStaff(worker.value);
      b.setReportedBy(contractor.value);
    });
  }
  EXPECT_TRUE(ask("A09").empty());
}

TEST_F(Volume, SessionsThatAWorkerLeadsTakeTimeToo) {
  for (int i = 0; i < 3; ++i) {
    meeting({.headcount = 9, .from = 480, .to = 840, .leader = worker});
  }
  EXPECT_EQ(ask("A09").size(), 1u) << "three times six hours";
}

// What the clock of the device says: noon of the first day, and seconds after it.
constexpr std::int64_t kMsPerDay = 86'400'000;
std::int64_t at_noon(std::int32_t day, std::int64_t seconds = 0) {
  return start_of(Day{day}).us / 1000 + kMsPerDay / 2 + seconds * 1000;
}

class Bursts : public Volume {
 protected:
  std::vector<EventId> write(int count, Source source, std::int32_t day, std::int32_t written,
                             std::int64_t seconds_apart, DeviceNumber by = {}) {
    std::vector<EventId> out;
    for (int i = 0; i < count; ++i) {
      out.push_back(service({.persons = {person},
                             .day = day,
                             .staff = worker,
                             .contract = contract,
                             .source = source,
                             .recorded_ms = at_noon(written, i * seconds_apart),
                             .device = by}));
    }
    return out;
  }
};

TEST_F(Bursts, FortyServicesOnOneDeviceWithinTwoMinutesAreDoubted) {
  contract = contract_with(contractor);
  const std::vector<EventId> all = write(40, Source::DEVICE, 17'000, 17'000, 3);
  const Anomalies found = ask("A10");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].events, all);
  EXPECT_EQ(found[0].at_risk, Fen{40'000});
  EXPECT_EQ(found[0].subject, 501u) << "the holder of the device";
}

TEST_F(Bursts, ASteadyPaceTwoDevicesAndAnOlderBookAreNot) {
  write(60, Source::DEVICE, 17'000, 17'000, 30);
  write(25, Source::DEVICE, 17'000, 17'001, 1);
  write(25, Source::DEVICE, 17'000, 17'001, 1, other_field);
  write(100, Source::IMPORTED, 16'000, 17'002, 0);
  EXPECT_TRUE(ask("A10").empty());
}

TEST_F(Bursts, WhoWritesMostlyMonthsLaterIsDoubted) {
  write(12, Source::TYPED, 17'000, 17'001, 200);
  const std::vector<EventId> late = write(12, Source::TYPED, 16'900, 17'002, 200);
  const Anomalies found = ask("A10");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].events, late);
  write(30, Source::TYPED, 17'000, 17'003, 200);
  EXPECT_TRUE(ask("A10").empty()) << "twelve of fifty-four";
}

TEST_F(Bursts, UnitsMadeUpJustBeforeTheirClaimAreDoubted) {
  contract = contract_with(contractor);
  const auto claim = [&](const std::vector<EventId>& units, std::int32_t written) {
    return log.add(supervisor, [&](Body e) {
      e.setRecordedAtMs(at_noon(written, 7'200));
      auto b = e.initBody().initMilestoneSubmitted();
      b.setContract(contract.value);
      auto list = b.initUnits(static_cast<unsigned>(units.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, units[i].value);
    });
  };
  const std::vector<EventId> prompt = write(25, Source::DEVICE, 17'020, 17'020, 200);
  claim(prompt, 17'040);
  EXPECT_TRUE(ask("A10").empty());
  const std::vector<EventId> made_up = write(22, Source::TYPED, 17'020, 17'039, 200);
  const EventId milestone = claim(made_up, 17'040);
  const Anomalies found = ask("A10");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].subject, contract.value);
  EXPECT_TRUE(names(found[0], milestone));
  EXPECT_TRUE(names(found[0], made_up.front()));
}

}  // namespace
}  // namespace houniao::testing
