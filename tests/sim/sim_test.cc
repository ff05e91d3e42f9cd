// A thousand simulated deployments keep every promise; each planted bug is caught; a seed repeats
// byte for byte; the workload reaches every type of the catalogue.
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "tests/sim/world.h"

namespace houniao::sim {
namespace {

constexpr std::uint64_t kSeeds = 1'000;
constexpr std::uint64_t kBlocks = 20;  // one test each, so that they can be spread over processors

std::uint64_t seeds_per_block() {
  const char* percent = std::getenv("HOUNIAO_TEST_SCALE");
  const std::uint64_t full = kSeeds / kBlocks;
  return percent == nullptr
             ? full
             : std::max<std::uint64_t>(1, full * std::strtoull(percent, nullptr, 10) / 100);
}

std::string text_of(const RunReport& report) {
  std::string out;
  for (const Violation& violation : report.violations) {
    out += "\n  " + violation.code + ": " + violation.detail;
  }
  return out;
}

class Seeds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Seeds, KeepEveryPromise) {
  std::uint64_t acknowledged = 0;
  for (std::uint64_t i = 0; i < seeds_per_block(); ++i) {
    const std::uint64_t seed = GetParam() * (kSeeds / kBlocks) + i + 1;
    const RunReport report = run({.seed = seed});
    EXPECT_TRUE(report.violations.empty())
        << text_of(report) << "\n  replay: houniao_sim --seed " << seed << " --trace";
    acknowledged += report.acknowledged;
  }
  EXPECT_GT(acknowledged, 50 * seeds_per_block())
      << "the simulated people recorded next to nothing";
}

INSTANTIATE_TEST_SUITE_P(Simulation, Seeds, testing::Range<std::uint64_t>(0, kBlocks));

class Canary : public testing::TestWithParam<Plant> {};

// Not every run meets the crash or the end of a connection that a planted bug needs to do harm.
TEST_P(Canary, PlantedBugIsCaught) {
  constexpr std::uint64_t kRuns = 8;
  constexpr std::uint64_t kCaughtMin = 2;
  std::uint64_t caught = 0;
  std::string otherwise;
  for (std::uint64_t seed = 7; seed < 7 + kRuns; ++seed) {
    const RunReport report = run({.seed = seed, .plant = GetParam()});
    caught += report.has(codes_of(GetParam())) ? 1 : 0;
    otherwise += text_of(report);
  }
  EXPECT_GE(caught, kCaughtMin) << otherwise;
}

INSTANTIATE_TEST_SUITE_P(Simulation, Canary, testing::ValuesIn(kPlants),
                         [](const auto& plant) { return std::string(name_of(plant.param)); });

TEST(Simulation, SameSeedGivesTheSameTraceByteForByte) {
  for (std::uint64_t seed : {3, 4, 5}) {
    std::ostringstream first;
    std::ostringstream second;
    const RunReport a = run({.seed = seed, .trace = &first});
    const RunReport b = run({.seed = seed, .trace = &second});
    EXPECT_EQ(first.str(), second.str());
    EXPECT_EQ(a.trace, b.trace);
    EXPECT_FALSE(first.str().empty());
  }
}

TypeCounts counts_over(std::uint64_t seeds) {
  TypeCounts out{};
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const RunReport report = run({.seed = seed});
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i].recorded += report.types[i].recorded;
      out[i].in_force += report.types[i].in_force;
    }
  }
  return out;
}

TEST(Simulation, EveryTypeOfTheCatalogueOccursAndWhatIsCheckedTakesEffect) {
  constexpr std::uint64_t kSeedsForEveryType = 40;
  // Without these in force the invariants would be kept by doing nothing.
  constexpr EventType kChecked[] = {
      EventType::POINTS_EARNED,      EventType::POINTS_ALLOWANCE_LEASED,
      EventType::POINTS_REDEEMED,    EventType::ORDER_CLAIMED,
      EventType::ORDER_ASSIGNED,     EventType::ORDER_WITHDRAWN,
      EventType::HOURS_CONFIRMED,    EventType::HOURS_CERTIFICATE_ISSUED,
      EventType::PROPOSAL_SUBMITTED, EventType::AWARD_DECIDED,
      EventType::MILESTONE_REVIEWED, EventType::CUSTODY_MONEY_MOVED,
      EventType::DISBURSEMENT_PAID,  EventType::PERIOD_SEALED};
  const TypeCounts counts = counts_over(kSeedsForEveryType);
  for (const CatalogueRow& row : kCatalogue) {
    EXPECT_GT(counts[static_cast<std::size_t>(row.type)].recorded, 0u) << row.name;
  }
  for (EventType type : kChecked) {
    EXPECT_GT(counts[static_cast<std::size_t>(type)].in_force, 0u) << find_row(type)->name;
  }
}

TEST(Simulation, DifferentSeedsGiveDifferentRuns) {
  EXPECT_NE(run({.seed = 3}).trace, run({.seed = 4}).trace);
}

}  // namespace
}  // namespace houniao::sim
