// When a running server takes a snapshot of its state.
#include "server/snapshots.h"

#include <gtest/gtest.h>

namespace houniao {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

TEST(SnapshotSchedule, the_first_comes_after_so_many_records) {
  const SnapshotSchedule schedule(1'000);
  EXPECT_FALSE(schedule.due(TreeSize{999}, 0));
  EXPECT_TRUE(schedule.due(TreeSize{1'000}, 0));
}

TEST(SnapshotSchedule, a_long_log_waits_for_an_eighth_of_itself) {
  SnapshotSchedule schedule(1'000);
  schedule.start_from(TreeSize{80'000});
  EXPECT_FALSE(schedule.due(TreeSize{81'000}, 0));
  EXPECT_FALSE(schedule.due(TreeSize{89'999}, 0));
  EXPECT_TRUE(schedule.due(TreeSize{90'000}, 0));
}

TEST(SnapshotSchedule, one_that_took_long_is_followed_by_a_long_rest) {
  SnapshotSchedule schedule(1'000);
  schedule.taken(TreeSize{1'000}, 10 * kSecond, 13 * kSecond);
  EXPECT_EQ(schedule.last(), TreeSize{1'000});
  EXPECT_FALSE(schedule.due(TreeSize{50'000}, 13 * kSecond + 60 * kSecond - 1));
  EXPECT_TRUE(schedule.due(TreeSize{50'000}, 13 * kSecond + 60 * kSecond));
  EXPECT_FALSE(schedule.due(TreeSize{1'999}, 1'000 * kSecond)) << "rested, but nothing new";
}

TEST(SnapshotSchedule, all_of_them_together_cost_nine_times_the_last_at_most) {
  SnapshotSchedule schedule(1'000);
  std::uint64_t written = 0;
  std::uint64_t last = 0;
  for (std::uint64_t size = 0; size < 10'000'000; size += 500) {
    if (!schedule.due(TreeSize{size}, 0)) continue;
    last = size;
    written += size;
    schedule.taken(TreeSize{size}, 0, 0);
  }
  EXPECT_GT(last, 8'000'000U);
  EXPECT_LE(written, 9 * last + 1'000 * 9);
}

}  // namespace
}  // namespace houniao
