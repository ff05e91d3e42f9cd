// A hash map whose entries lie in order of arrival and stay there while the map grows: the hash
// table itself holds eight bytes for an entry, so that doubling it stops the fold for little, and a
// new entry touches one distant line of memory instead of three. Part of State; written by the one
// thread that folds the log.
#pragma once

#include <boost/container_hash/hash.hpp>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "replay/block_vector.h"
#include "replay/slot_table.h"
#include "replay/warm.h"

namespace houniao {

template <class Key, class T, class KeyHash = boost::hash<Key>>
class StableMap {
  using Entries = BlockVector<std::pair<Key, T>, 64>;

 public:
  using key_type = Key;
  using mapped_type = T;
  using value_type = std::pair<Key, T>;
  using iterator = typename Entries::iterator;
  using const_iterator = typename Entries::const_iterator;

  iterator begin() { return entries_.begin(); }
  iterator end() { return entries_.end(); }
  const_iterator begin() const { return entries_.begin(); }
  const_iterator end() const { return entries_.end(); }
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }

  iterator find(const Key& key) { return {&entries_, place_of(key, hash_of(key))}; }
  const_iterator find(const Key& key) const { return {&entries_, place_of(key, hash_of(key))}; }
  bool contains(const Key& key) const { return find(key) != end(); }
  const T& at(const Key& key) const {
    const const_iterator found = find(key);
    HOUNIAO_ASSERT(found != end());
    return found->second;
  }

  // Stays where it is until an entry is erased.
  T& operator[](const Key& key) {
    const std::uint32_t hash = hash_of(key);
    if (const std::size_t place = place_of(key, hash); place != size()) {
      return entries_[place].second;
    }
    HOUNIAO_ASSERT(size() < SlotTable::kNone);
    slots_.insert(static_cast<std::uint32_t>(size()), hash);
    return entries_
        .emplace_back(std::piecewise_construct, std::forward_as_tuple(key), std::tuple<>())
        .second;
  }
  void insert_or_assign(const Key& key, T value) { (*this)[key] = std::move(value); }

  // The last entry takes the place of the erased one.
  void erase(const_iterator at) {
    const std::size_t place = at.place();
    slots_.erase(static_cast<std::uint32_t>(place), hash_of(at->first));
    if (const std::size_t last = size() - 1; place != last) {
      const std::uint32_t hash = hash_of(entries_[last].first);
      slots_.erase(static_cast<std::uint32_t>(last), hash);
      slots_.insert(static_cast<std::uint32_t>(place), hash);
      entries_[place] = std::move(entries_[last]);
    }
    entries_.pop_back();
  }
  template <class Predicate>
  friend void erase_if(StableMap& map, Predicate&& predicate) {
    // From the end: what takes an erased place was asked already.
    for (std::size_t i = map.size(); i-- > 0;) {
      if (predicate(map.entries_[i])) map.erase(map.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  void clear() {
    slots_.clear();
    entries_.clear();
  }

  // Asks for the memory that looking for the key with this hash will read: first the slot, and once
  // that has arrived the entry.
  static std::uint32_t hash_of(const Key& key) { return SlotTable::mix(KeyHash{}(key)); }
  void warm(std::uint32_t hash, Warm step) const {
    if (step == Warm::index) return slots_.warm(hash);
    const std::uint32_t place = slots_.find(hash, [](std::uint32_t) { return true; });
    if (place != SlotTable::kNone) warm_object(entries_[place]);
  }

 private:
  // size() when there is none.
  std::size_t place_of(const Key& key, std::uint32_t hash) const {
    const std::uint32_t found =
        slots_.find(hash, [&](std::uint32_t place) { return entries_[place].first == key; });
    return found == SlotTable::kNone ? size() : found;
  }

  SlotTable slots_;
  Entries entries_;
};

}  // namespace houniao
