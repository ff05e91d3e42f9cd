#include <gtest/gtest.h>

#include <filesystem>

#include "base/os/os.h"
#include "tools/benchmarks/floor.h"
#include "tools/benchmarks/report.h"

namespace houniao::bench {
namespace {

TEST(BenchReports, PercentilesAreOfTheNearestRank) {
  Latencies latencies;
  EXPECT_EQ(latencies.percentile_ms(500), 0);
  for (int i = 1000; i >= 1; --i) latencies.add_us(i);
  EXPECT_EQ(latencies.percentile_ms(500), 0.5);
  EXPECT_EQ(latencies.percentile_ms(990), 0.99);
  EXPECT_EQ(latencies.percentile_ms(1000), 1.0);
  latencies.add_us(5000);
  EXPECT_EQ(latencies.percentile_ms(1000), 5.0);
}

TEST(BenchReports, CarryEveryCommonMember) {
  const auto json = to_json(Report{});
  for (const char* key : {"work", "events", "seconds", "events_per_s", "p50_ms", "p99_ms",
                          "durability", "floor_events_per_s", "rss_mib", "cpu_s"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
}

TEST(BenchFloor, MeasuresAndCleansUp) {
  os::SystemClock clock;
  const auto directory = std::filesystem::temp_directory_path() / "houniao-benchmarks-test";
  const auto report = measure_floor(directory, {.events = 250, .batch_events = 100}, clock);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->events, 250U);
  EXPECT_GT(report->events_per_s(), 0);
  EXPECT_GT(report->p99_ms, 0);
  EXPECT_TRUE(std::filesystem::is_empty(directory));
  std::filesystem::remove(directory);
  EXPECT_FALSE(measure_floor(directory, {.events = 0}, clock));
}

}  // namespace
}  // namespace houniao::bench
