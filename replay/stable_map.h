// A hash map whose entries lie in order of arrival and stay there while the map grows: the hash
// table itself holds eight bytes for an entry, so that doubling it stops the fold for little, and a
// new entry touches one distant line of memory instead of three. Part of State; written by the one
// thread that folds the log.
#pragma once

#include <boost/container/deque.hpp>
#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/error.h"

namespace houniao {

template <class Key, class T, class KeyHash = boost::hash<Key>>
class StableMap {
  using Block = boost::container::deque_options_t<boost::container::block_size<64u>>;
  using Entries = boost::container::deque<std::pair<Key, T>, void, Block>;

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

  iterator find(const Key& key) { return entries_.nth(place_of(key, hash_of(key))); }
  const_iterator find(const Key& key) const { return entries_.nth(place_of(key, hash_of(key))); }
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
    HOUNIAO_ASSERT(size() < std::numeric_limits<std::uint32_t>::max());
    slots_.insert(Slot{static_cast<std::uint32_t>(size()), hash});
    return entries_.emplace_back(key, T{}).second;
  }
  void insert_or_assign(const Key& key, T value) { (*this)[key] = std::move(value); }

  // The last entry takes the place of the erased one.
  void erase(const_iterator at) {
    const std::size_t place = entries_.index_of(at);
    slots_.erase(slot_of(place));
    if (const std::size_t last = size() - 1; place != last) {
      const auto moved = slot_of(last);
      const std::uint32_t hash = moved->hash;
      slots_.erase(moved);
      slots_.insert(Slot{static_cast<std::uint32_t>(place), hash});
      entries_[place] = std::move(entries_[last]);
    }
    entries_.pop_back();
  }
  template <class Predicate>
  friend void erase_if(StableMap& map, Predicate&& predicate) {
    // From the end: what takes an erased place was asked already.
    for (std::size_t i = map.size(); i-- > 0;) {
      if (predicate(map.entries_[i])) map.erase(map.entries_.nth(i));
    }
  }
  void clear() {
    slots_.clear();
    entries_.clear();
  }

 private:
  struct Slot {
    std::uint32_t place;
    std::uint32_t hash;
  };
  // What is looked for; a slot alone does not know the key of its entry.
  struct Wanted {
    const Entries& entries;
    const Key& key;
    std::uint32_t hash;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Slot& slot) const { return slot.hash; }
    std::size_t operator()(const Wanted& wanted) const { return wanted.hash; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Slot& a, const Slot& b) const { return a.place == b.place; }
    bool operator()(const Wanted& a, const Slot& b) const {
      return a.hash == b.hash && a.entries[b.place].first == a.key;
    }
    bool operator()(const Slot& a, const Wanted& b) const { return (*this)(b, a); }
  };

  static std::uint32_t hash_of(const Key& key) {
    const std::uint64_t hash = KeyHash{}(key);
    return static_cast<std::uint32_t>(hash ^ (hash >> 32));
  }
  // size() when there is none.
  std::size_t place_of(const Key& key, std::uint32_t hash) const {
    const auto slot = slots_.find(Wanted{entries_, key, hash});
    return slot == slots_.end() ? size() : slot->place;
  }
  auto slot_of(std::size_t place) const {
    const Key& key = entries_[place].first;
    return slots_.find(Wanted{entries_, key, hash_of(key)});
  }

  boost::unordered_flat_set<Slot, Hash, Equal> slots_;
  Entries entries_;
};

}  // namespace houniao
