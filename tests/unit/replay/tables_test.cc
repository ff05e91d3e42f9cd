#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/ids.h"
#include "replay/block_vector.h"
#include "replay/column.h"
#include "replay/dense_map.h"
#include "replay/page_directory.h"
#include "replay/stable_map.h"

namespace houniao {
namespace {

template <class T>
Column<T> column_of(const std::vector<T>& values) {
  Column<T> column;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % Column<T>::kRows == 0) column.start_chunk();
    column.put(i % Column<T>::kRows, values[i]);
  }
  return column;
}

// What a column says of its rows, one by one and chunk by chunk.
template <class T>
void expect_values(const Column<T>& column, const std::vector<T>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(column[i], expected[i]) << i;
  for (std::size_t chunk = 0; chunk * Column<T>::kRows < expected.size(); ++chunk) {
    typename Column<T>::Values scratch;
    const T* values = column.values(chunk, scratch);
    const std::size_t first = chunk * Column<T>::kRows;
    for (std::size_t i = first; i < std::min(first + Column<T>::kRows, expected.size()); ++i) {
      ASSERT_EQ(values[i - first], expected[i]) << i;
      ASSERT_TRUE(column.may_hold(chunk, expected[i])) << i;
      if (column.is_same(chunk)) {
        ASSERT_EQ(expected[i], expected[first]) << i;
      }
    }
  }
}

// Values as the columns of real tables have them: one, narrow, wide, ids, and everything at once.
template <class T>
T value_like(unsigned kind, std::uint64_t dice) {
  switch (kind % 7) {
    case 0:
      return T{7};
    case 1:
      return static_cast<T>(100 + dice % 200);
    case 2:
      return static_cast<T>(static_cast<T>(~T{0}) - static_cast<T>(dice % 100));
    case 3:
      return static_cast<T>(1'000 + dice % 60'000);
    case 4:
      return static_cast<T>(5'000'000'000 + dice % 4'000'000'000);
    case 5:
      return static_cast<T>((dice % 256) << 32 | (dice >> 40));
    default:
      return static_cast<T>(dice);
  }
}

template <class T>
void try_columns() {
  std::mt19937_64 dice(11);
  for (unsigned round = 0; round < 40; ++round) {
    std::vector<T> expected(1 + dice() % (4 * Column<T>::kRows));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      expected[i] = value_like<T>(round + static_cast<unsigned>(i / Column<T>::kRows), dice());
    }
    Column<T> column = column_of(expected);
    expect_values(column, expected);
    const Column<T> copy = column;
    const std::vector<T> before = expected;
    for (unsigned change = 0; change < 30; ++change) {
      const std::size_t at = dice() % expected.size();
      expected[at] = value_like<T>(static_cast<unsigned>(dice()), dice());
      column.set(at, expected[at]);
    }
    expect_values(column, expected);
    expect_values(copy, before);
  }
}

TEST(Column, reads_back_what_was_written_whatever_the_values) {
  try_columns<std::uint64_t>();
  try_columns<std::int64_t>();
  try_columns<std::uint32_t>();
  try_columns<std::int32_t>();
  try_columns<std::uint16_t>();
}

TEST(Column, knows_that_a_chunk_does_not_hold_a_value) {
  std::vector<std::uint64_t> values(2 * Column<std::uint64_t>::kRows + 1, 0x100000);
  values[Column<std::uint64_t>::kRows] = 0x100064;
  const auto column = column_of(values);
  EXPECT_TRUE(column.is_same(0));
  EXPECT_FALSE(column.may_hold(0, 0x100001));
  EXPECT_FALSE(column.is_same(1));
  EXPECT_FALSE(column.may_hold(1, 0xfffff));
  EXPECT_FALSE(column.may_hold(1, 0x100100));
  EXPECT_TRUE(column.may_hold(2, 5000)) << "what is being filled may hold anything";
}

TEST(BlockVector, holds_what_a_vector_holds_and_moves_nothing) {
  std::mt19937_64 dice(3);
  BlockVector<std::string, 8> blocks;
  std::vector<std::string> expected;
  for (int i = 0; i < 4000; ++i) {
    if (dice() % 3 == 0 && !expected.empty()) {
      blocks.pop_back();
      expected.pop_back();
    } else {
      blocks.emplace_back(std::to_string(i));
      expected.push_back(std::to_string(i));
    }
    ASSERT_EQ(blocks.size(), expected.size());
    ASSERT_EQ(blocks.empty(), expected.empty());
  }
  EXPECT_TRUE(std::equal(blocks.begin(), blocks.end(), expected.begin(), expected.end()));

  std::string* first = &blocks[0];
  const std::string* last = &blocks[blocks.size() - 1];
  const BlockVector<std::string, 8> copy = blocks;
  for (int i = 0; i < 100; ++i) blocks.emplace_back("later");
  EXPECT_EQ(&blocks[0], first);
  EXPECT_EQ(&blocks[expected.size() - 1], last);
  *first = "changed";
  EXPECT_TRUE(std::equal(copy.begin(), copy.end(), expected.begin(), expected.end()));

  BlockVector<std::string, 8> moved = std::move(blocks);
  EXPECT_EQ(moved.size(), expected.size() + 100);
  blocks = copy;
  EXPECT_EQ(blocks.size(), expected.size());
  blocks.clear();
  EXPECT_EQ(blocks.begin(), blocks.end());
}

// Numbers as honest devices make them, and jumps, gaps and devices that none does.
TEST(PageDirectory, agrees_with_an_ordered_map_whatever_the_numbers) {
  std::mt19937_64 dice(5);
  PageDirectory directory;
  std::map<std::uint64_t, std::uint32_t> expected;
  const auto number = [&]() -> std::uint64_t {
    const std::uint64_t device = dice() % 10 == 0 ? dice() % (std::uint64_t{1} << 32) : dice() % 5;
    const std::uint64_t page = dice() % 10 == 0 ? dice() % (std::uint64_t{1} << 24) : dice() % 400;
    return device << 24 | page;
  };
  for (std::uint32_t place = 0; place < 5000; ++place) {
    const std::uint64_t wanted = number();
    const auto at = expected.find(wanted);
    ASSERT_EQ(directory.find(wanted), at == expected.end() ? PageDirectory::kNone : at->second);
    if (at != expected.end()) continue;
    directory.insert(wanted, place);
    expected.emplace(wanted, place);
  }
  for (const auto& [wanted, place] : expected) ASSERT_EQ(directory.find(wanted), place);
  const auto sorted = directory.sorted();
  EXPECT_TRUE(std::equal(
      sorted.begin(), sorted.end(), expected.begin(), expected.end(),
      [](const auto& a, const auto& b) { return a.first == b.first && a.second == b.second; }));
  directory.clear();
  EXPECT_EQ(directory.find(expected.begin()->first), PageDirectory::kNone);
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
