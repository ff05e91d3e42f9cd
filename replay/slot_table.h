// The hash table of a StableMap: eight bytes for each entry, its place and 32 bits of its hash, in
// one array with linear probing, so that the address of a lookup is known before anything is read.
// A hash's home is its high bits: doubling the array reads and writes it from front to back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "replay/warm.h"

namespace houniao {

class SlotTable {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  // A hash whose high bits depend on all bits of a key's hash, which may be the key itself.
  static std::uint32_t mix(std::uint64_t hash) {
    return static_cast<std::uint32_t>(((hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15ULL) >> 32);
  }

  // The first place with this hash of which is_wanted(place) is true; kNone when there is none.
  template <class IsWanted>
  std::uint32_t find(std::uint32_t hash, IsWanted&& is_wanted) const {
    if (slots_.empty()) return kNone;
    for (std::size_t i = home(hash); slots_[i].place != kNone; i = after(i)) {
      if (slots_[i].hash == hash && is_wanted(slots_[i].place)) return slots_[i].place;
    }
    return kNone;
  }
  void insert(std::uint32_t place, std::uint32_t hash) {
    if ((size_ + 1) * 4 > slots_.size() * 3) grow();
    put({place, hash});
    ++size_;
  }
  // The slot must exist.
  void erase(std::uint32_t place, std::uint32_t hash) {
    std::size_t hole = home(hash);
    while (slots_[hole].place != place) hole = after(hole);
    // What a later lookup would no longer reach past the hole moves into it.
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = after(hole); slots_[i].place != kNone; i = after(i)) {
      if (((i - home(slots_[i].hash)) & mask) < ((i - hole) & mask)) continue;
      slots_[hole] = slots_[i];
      hole = i;
    }
    slots_[hole] = {};
    --size_;
  }
  void clear() { *this = {}; }

  void warm(std::uint32_t hash) const {
    if (!slots_.empty()) warm_line(&slots_[home(hash)]);
  }

 private:
  struct Slot {
    std::uint32_t place = kNone;
    std::uint32_t hash = 0;
  };
  static constexpr unsigned kBitsMin = 4;

  std::size_t home(std::uint32_t hash) const { return hash >> (32 - bits_); }
  std::size_t after(std::size_t i) const { return (i + 1) & (slots_.size() - 1); }
  void put(Slot slot) {
    std::size_t i = home(slot.hash);
    while (slots_[i].place != kNone) i = after(i);
    slots_[i] = slot;
  }
  // Once in many entries: kept out of line, so that insert() is small.
  [[gnu::noinline]] void grow() {
    bits_ = slots_.empty() ? kBitsMin : bits_ + 1;
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(std::size_t{1} << bits_));
    for (const Slot& slot : old) {
      if (slot.place != kNone) put(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
  unsigned bits_ = kBitsMin;
};

}  // namespace houniao
