#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "base/ids.h"
#include "replay/column.h"
#include "replay/dense_map.h"
#include "replay/stable_map.h"

namespace houniao {
namespace {

TEST(Column, reads_back_what_was_written_across_chunks) {
  Column<int> column;
  std::vector<int> expected;
  for (int i = 0; i < 10'000; ++i) expected.push_back(i < 5000 ? 7 : i % 3);
  for (int value : expected) column.push_back(value);
  column.set(20, 8), expected[20] = 8;
  column.set(9999, 9), expected[9999] = 9;
  Column<int> copy = column;
  column.set(1, 100);
  ASSERT_EQ(copy.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(copy[i], expected[i]) << i;
}

TEST(Column, goes_on_in_the_middle_of_a_chunk_after_it_was_cut) {
  Column<int> column;
  for (int i = 0; i < 9000; ++i) column.push_back(i);
  column.truncate(4100);
  for (int i = 4100; i < 9000; ++i) column.push_back(-i);
  ASSERT_EQ(column.size(), 9000u);
  EXPECT_EQ(column[4099], 4099);
  EXPECT_EQ(column[4100], -4100);
  EXPECT_EQ(column[8999], -8999);
  column.truncate(0);
  column.push_back(5);
  EXPECT_EQ(column[0], 5);
}

TEST(EntityMap, holds_what_an_ordered_map_holds_whatever_the_order_of_arrival) {
  std::mt19937_64 dice(7);
  EntityMap<EventId, std::string> map;
  std::map<EventId, std::string> expected;
  for (int i = 0; i < 5000; ++i) {
    const EventId id{((dice() % 3) << 32) | (dice() % 3000 * (i % 100 == 0 ? 1'000'000 : 1))};
    const std::string value = std::to_string(i);
    map.insert_or_assign(id, value);
    expected.insert_or_assign(id, value);
  }
  EXPECT_EQ(map.size(), expected.size());
  std::map<EventId, std::string> found;
  for (const auto& [id, value] : map) found.emplace(id, value);
  EXPECT_EQ(found, expected);
  for (std::uint64_t i = 0; i < 3000; ++i) {
    const EventId id{i};
    const auto at = map.find(id);
    ASSERT_EQ(at != map.end(), expected.contains(id)) << i;
    if (at == map.end()) continue;
    ASSERT_EQ(at->second, expected.at(id));
  }
}

TEST(StableMap, agrees_with_an_ordered_map_through_inserts_and_erasures) {
  std::mt19937_64 dice(11);
  StableMap<std::uint64_t, int> map;
  std::map<std::uint64_t, int> expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t key = dice() % 700;
    if (dice() % 3 == 0) {
      const auto at = map.find(key);
      ASSERT_EQ(at != map.end(), expected.erase(key) == 1);
      if (at != map.end()) map.erase(at);
    } else {
      map[key] = i;
      expected[key] = i;
    }
  }
  const auto odd = [](const auto& entry) { return entry.second % 2 != 0; };
  erase_if(map, odd);
  std::erase_if(expected, odd);
  const StableMap<std::uint64_t, int> copy = map;
  map[1000] = 1;
  std::map<std::uint64_t, int> found;
  for (const auto& [key, value] : copy) found.emplace(key, value);
  EXPECT_EQ(found, expected);
  for (std::uint64_t key = 0; key <= 1000; ++key) {
    ASSERT_EQ(copy.contains(key), expected.contains(key)) << key;
  }
}

// Asking for memory ahead is a hint: any key, known or not, before and while the table grows.
TEST(StableMap, may_be_asked_to_warm_any_key) {
  StableMap<std::uint64_t, int> map;
  EntityMap<EventId, int> entities;
  for (std::uint64_t i = 0; i < 500; ++i) {
    for (const Warm step : {Warm::index, Warm::entry}) {
      map.warm(map.hash_of(i * 7 % 500), step);
      entities.warm(EventId{i * 7 % 500}, step);
    }
    map[i] = 1;
    entities.insert_or_assign(EventId{i}, 1);
  }
  EXPECT_EQ(map.size(), 500u);
  EXPECT_EQ(entities.size(), 500u);
}

// Keys whose hashes are all the same are still told apart.
TEST(StableMap, tells_keys_of_one_hash_apart) {
  struct Same {
    std::size_t operator()(std::uint64_t) const { return 5; }
  };
  StableMap<std::uint64_t, std::uint64_t, Same> map;
  for (std::uint64_t i = 0; i < 100; ++i) map[i] = i * 2;
  map.erase(map.find(3));
  for (std::uint64_t i = 0; i < 100; ++i) {
    ASSERT_EQ(map.contains(i), i != 3);
    if (i == 3) continue;
    ASSERT_EQ(map.at(i), i * 2);
  }
}

}  // namespace
}  // namespace houniao
