// A vector whose elements stay where they are while it grows: they lie in blocks of a fixed number,
// so that the block of an element is found by a shift. A value.
#pragma once

#include <compare>
#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

namespace houniao {

template <class T, std::size_t kBlock>
class BlockVector {
  static_assert(kBlock != 0 && (kBlock & (kBlock - 1)) == 0, "a power of two");

  template <class Owner, class Value>
  class Iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = Value*;
    using reference = Value&;

    Iterator() = default;
    Iterator(Owner* owner, std::size_t place) : owner_(owner), place_(place) {}
    // A place that may be written is also one that may be read.
    operator Iterator<const BlockVector, const T>() const { return {owner_, place_}; }

    Value& operator*() const { return (*owner_)[place_]; }
    Value* operator->() const { return &**this; }
    Value& operator[](difference_type by) const { return *(*this + by); }
    Iterator& operator+=(difference_type by) {
      place_ += static_cast<std::size_t>(by);
      return *this;
    }
    Iterator& operator-=(difference_type by) { return *this += -by; }
    Iterator& operator++() { return *this += 1; }
    Iterator& operator--() { return *this += -1; }
    Iterator operator++(int) { return std::exchange(*this, *this + 1); }
    Iterator operator--(int) { return std::exchange(*this, *this - 1); }
    friend Iterator operator+(Iterator at, difference_type by) { return at += by; }
    friend Iterator operator+(difference_type by, Iterator at) { return at += by; }
    friend Iterator operator-(Iterator at, difference_type by) { return at -= by; }
    friend difference_type operator-(Iterator a, Iterator b) {
      return static_cast<difference_type>(a.place_ - b.place_);
    }
    friend bool operator==(Iterator a, Iterator b) { return a.place_ == b.place_; }
    friend auto operator<=>(Iterator a, Iterator b) { return a.place_ <=> b.place_; }

    std::size_t place() const { return place_; }

   private:
    Owner* owner_ = nullptr;
    std::size_t place_ = 0;
  };

 public:
  using value_type = T;
  using iterator = Iterator<BlockVector, T>;
  using const_iterator = Iterator<const BlockVector, const T>;

  BlockVector() = default;
  BlockVector(const BlockVector& other) {
    blocks_.reserve(other.blocks_.size());
    for (const T& value : other) emplace_back(value);
  }
  BlockVector(BlockVector&& other) noexcept
      : blocks_(std::move(other.blocks_)), size_(std::exchange(other.size_, 0)) {}
  BlockVector& operator=(BlockVector other) noexcept {
    blocks_.swap(other.blocks_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~BlockVector() = default;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t i) { return blocks_[i / kBlock][i % kBlock]; }
  const T& operator[](std::size_t i) const { return blocks_[i / kBlock][i % kBlock]; }
  iterator begin() { return {this, 0}; }
  iterator end() { return {this, size_}; }
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, size_}; }

  template <class... Args>
  T& emplace_back(Args&&... args) {
    if (size_ % kBlock == 0) {
      blocks_.emplace_back();
      blocks_.back().reserve(kBlock);
    }
    ++size_;
    return blocks_.back().emplace_back(std::forward<Args>(args)...);
  }
  void pop_back() {
    blocks_.back().pop_back();
    if (--size_ % kBlock == 0) blocks_.pop_back();
  }
  void clear() { *this = {}; }

 private:
  std::vector<std::vector<T>> blocks_;  // all but the last are full
  std::size_t size_ = 0;
};

}  // namespace houniao
