// Tables by id for ids that lie close together: a device numbers its events without gaps, and an
// entity has the id of the event that created it. A lookup is an index into a page; nothing moves
// when a table grows. Part of State; written by the one thread that folds the log.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "base/error.h"
#include "replay/block_vector.h"
#include "replay/page_directory.h"
#include "replay/warm.h"

namespace houniao {

// One T for every id, value-initialised where nothing was written. A page holds kPageIds
// consecutive ids; a hostile jump in the numbering costs one page and no more.
template <class T, std::uint64_t kPageIds>
class PagedArray {
 public:
  // nullptr where no page was written.
  const T* find(std::uint64_t id) const {
    const std::uint32_t place = directory_.find(id / kPageIds);
    return place == PageDirectory::kNone ? nullptr : &pages_[place][id % kPageIds];
  }
  T* find(std::uint64_t id) {
    return const_cast<T*>(static_cast<const PagedArray&>(*this).find(id));
  }
  // Stays where it is when others follow.
  T& operator[](std::uint64_t id) {
    std::uint32_t place = directory_.find(id / kPageIds);
    if (place == PageDirectory::kNone) {
      place = static_cast<std::uint32_t>(pages_.size());
      pages_.emplace_back();
      directory_.insert(id / kPageIds, place);
    }
    return pages_[place][id % kPageIds];
  }
  void clear() {
    directory_.clear();
    pages_.clear();
  }

  // Calls visit(id, value) in order of id for every place of every page.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto& [number, place] : directory_.sorted()) {
      for (std::uint64_t i = 0; i < kPageIds; ++i) visit(number * kPageIds + i, pages_[place][i]);
    }
  }
  // The same in any order, to change the values.
  template <class Visit>
  void for_each_value(Visit&& visit) {
    for (Page& page : pages_) {
      for (T& value : page) visit(value);
    }
  }

 private:
  using Page = std::array<T, kPageIds>;

  PageDirectory directory_;  // by id / kPageIds
  BlockVector<Page, 1> pages_;
};

// Entities by their id. The page of an id says by one bit for each id which of them are entities,
// and holds those next to each other: a lookup among millions reaches into distant memory once. An
// entity, once known, is never taken out; what is retracted is marked in the EventIndex.
template <class Id, class T>
class EntityMap {
  struct Page {
    std::array<std::uint64_t, 4> present{};
    std::vector<std::pair<Id, T>> items;  // ascending

    bool has(std::size_t place) const { return (present[place / 64] >> (place % 64)) & 1; }
    // How many entities of the page come before this place.
    std::size_t rank(std::size_t place) const {
      std::size_t count = 0;
      for (std::size_t word = 0; word < place / 64; ++word) count += ones(present[word]);
      return count + ones(present[place / 64] & ((std::uint64_t{1} << (place % 64)) - 1));
    }
    static std::size_t ones(std::uint64_t word) {
      return static_cast<std::size_t>(std::popcount(word));
    }
  };
  using Pages = std::vector<Page>;
  static constexpr std::uint64_t kPageIds = 256;

  // Room for a page whose next entity goes to this place: ids mostly come in order, so what there
  // is up to here tells how many the page will hold, and few entities have to move.
  static std::size_t expected(const Page& page, std::size_t place) {
    const std::size_t count = page.items.size() + 1;
    const std::size_t at_this_rate = count * kPageIds / (place + 1) + count / 8;
    return std::clamp<std::size_t>(at_this_rate, count + count / 2 + 2, count * 4);
  }

  template <class Owner, class Value>
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = std::pair<Id, T>;
    using difference_type = std::ptrdiff_t;
    using pointer = Value*;
    using reference = Value&;

    Iterator() = default;
    Iterator(Owner* pages, std::size_t page, std::size_t item)
        : pages_(pages), page_(page), item_(item) {}
    Value& operator*() const { return (*pages_)[page_].items[item_]; }
    Value* operator->() const { return &**this; }
    Iterator& operator++() {
      if (++item_ == (*pages_)[page_].items.size()) ++page_, item_ = 0;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const = default;

   private:
    Owner* pages_ = nullptr;
    std::size_t page_ = 0;
    std::size_t item_ = 0;
  };

 public:
  using key_type = Id;
  using mapped_type = T;
  using value_type = std::pair<Id, T>;
  using iterator = Iterator<Pages, value_type>;
  using const_iterator = Iterator<const Pages, const value_type>;

  // Page by page in order of arrival, within a page ascending.
  iterator begin() { return {&pages_, 0, 0}; }
  iterator end() { return {&pages_, pages_.size(), 0}; }
  const_iterator begin() const { return {&pages_, 0, 0}; }
  const_iterator end() const { return {&pages_, pages_.size(), 0}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  iterator find(Id id) {
    return find_in<iterator>(pages_, directory_.find(id.value / kPageIds), id);
  }
  const_iterator find(Id id) const {
    return find_in<const_iterator>(pages_, directory_.find(id.value / kPageIds), id);
  }
  bool contains(Id id) const { return find(id) != end(); }
  T& at(Id id) {
    const iterator found = find(id);
    HOUNIAO_ASSERT(found != end());
    return found->second;
  }

  // Asks for the memory that looking for this id will read: first the page, and once that has
  // arrived the entity.
  void warm(Id id, Warm step) const {
    const std::uint32_t number = directory_.find(id.value / kPageIds);
    if (number == PageDirectory::kNone) return;
    const Page& page = pages_[number];
    if (step == Warm::index) return warm_object(page);
    const std::size_t place = id.value % kPageIds;
    if (page.has(place)) warm_object(page.items[page.rank(place)]);
  }

  void insert_or_assign(Id id, T value) {
    std::uint32_t number = directory_.find(id.value / kPageIds);
    if (number == PageDirectory::kNone) {
      number = static_cast<std::uint32_t>(pages_.size());
      pages_.emplace_back();
      directory_.insert(id.value / kPageIds, number);
    }
    Page& page = pages_[number];
    const std::size_t place = id.value % kPageIds;
    const std::size_t rank = page.rank(place);
    if (page.has(place)) {
      page.items[rank].second = std::move(value);
      return;
    }
    if (page.items.size() == page.items.capacity()) page.items.reserve(expected(page, place));
    page.items.emplace(page.items.begin() + static_cast<std::ptrdiff_t>(rank), id,
                       std::move(value));
    page.present[place / 64] |= std::uint64_t{1} << (place % 64);
    ++size_;
  }
  void clear() {
    directory_.clear();
    pages_.clear();
    size_ = 0;
  }

 private:
  template <class It, class Source>
  static It find_in(Source& pages, std::uint32_t number, Id id) {
    const It none{&pages, pages.size(), 0};
    if (number == PageDirectory::kNone) return none;
    const Page& page = pages[number];
    const std::size_t place = id.value % kPageIds;
    return page.has(place) ? It{&pages, number, page.rank(place)} : none;
  }

  PageDirectory directory_;  // by id / kPageIds
  Pages pages_;
  std::size_t size_ = 0;
};

}  // namespace houniao
