// The canonical encoding of State: one byte string per content, whatever the order of arrival and
// whatever the hash tables inside look like. Digests and snapshots are the same encoding; a digest
// leaves out what depends on the order of arrival (seqs, times of receipt, parked bytes).
//
// A type takes part by a member `template <class Archive> void fields(Archive& a) { a(x, y); }`.
// Integers are little-endian and of fixed size, maps and sets are sorted by key, and a symbol is
// written as its text at its first use and as the number of that use afterwards.
//
// An archive is used by one thread, once.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/ports.h"
#include "base/time.h"
#include "replay/dense_map.h"
#include "replay/short_list.h"
#include "replay/stable_map.h"
#include "replay/symbols.h"

namespace houniao {

static_assert(std::endian::native == std::endian::little,
              "the canonical encoding copies integers as they lie in memory");

enum class ArchivePurpose : std::uint8_t { digest, snapshot };

namespace archive_detail {
template <class T>
inline constexpr bool kIsStrong = false;
template <class Tag, class Rep>
inline constexpr bool kIsStrong<Strong<Tag, Rep>> = true;
// Fixed bytes that are copied as they are.
template <class T>
inline constexpr bool kIsRaw = std::is_same_v<T, Hash> || std::is_same_v<T, DeviceId> ||
                               std::is_same_v<T, VerifyKey> || std::is_same_v<T, Signature>;
template <std::size_t N>
inline constexpr bool kIsRaw<std::array<std::uint8_t, N>> = true;
template <class T>
concept Number = std::is_arithmetic_v<T> || std::is_enum_v<T>;
}  // namespace archive_detail

class CanonicalWriter {
 public:
  static constexpr bool kReading = false;

  // Writes to memory.
  CanonicalWriter(ArchivePurpose purpose, const Symbols& symbols)
      : purpose_(purpose), symbols_(symbols) {}
  // Hashes on the way and keeps nothing.
  CanonicalWriter(ArchivePurpose purpose, const Symbols& symbols, Sha256& sink)
      : purpose_(purpose), symbols_(symbols), sink_(&sink) {}

  template <class... T>
  void operator()(T&... items) {
    (put(items), ...);
  }
  // Content that depends on the order of arrival: in snapshots only.
  template <class... T>
  void local(T&... items) {
    if (purpose_ == ArchivePurpose::snapshot) (put(items), ...);
  }
  bool is_snapshot() const { return purpose_ == ArchivePurpose::snapshot; }

  void raw(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    out_.insert(out_.end(), bytes, bytes + size);
    if (sink_ != nullptr && out_.size() >= kFlushBytes) flush();
  }
  template <archive_detail::Number T>
  void number(T value) {
    raw(&value, sizeof value);
  }

  void flush() {
    if (sink_ == nullptr) return;
    sink_->update(out_);
    out_.clear();
  }
  Bytes take() { return std::move(out_); }

 private:
  static constexpr std::size_t kFlushBytes = 64 * 1024;

  template <class T>
  void put(const T& x) {
    if constexpr (std::is_same_v<T, bool>) {
      number(static_cast<std::uint8_t>(x));
    } else if constexpr (archive_detail::Number<T>) {
      number(x);
    } else if constexpr (std::is_same_v<T, Symbol>) {
      put_symbol(x);
    } else if constexpr (std::is_same_v<T, Seq>) {
      if (is_snapshot()) number(x.value);
    } else if constexpr (archive_detail::kIsStrong<T>) {
      number(x.value);
    } else if constexpr (std::is_same_v<T, Day>) {
      number(x.value);
    } else if constexpr (std::is_same_v<T, WallTime>) {
      number(x.us);
    } else if constexpr (archive_detail::kIsRaw<T>) {
      raw(&x, sizeof x);
    } else {
      put_composite(x);
    }
  }

  void put_symbol(Symbol symbol) {
    auto [at, fresh] =
        first_use_.try_emplace(symbol, static_cast<std::uint32_t>(first_use_.size()));
    number(at->second);
    if (fresh) {
      const std::string_view text = symbols_.text(symbol);
      number(static_cast<std::uint32_t>(text.size()));
      raw(text.data(), text.size());
    }
  }

  void put_composite(const std::string& x) {
    number(static_cast<std::uint32_t>(x.size()));
    raw(x.data(), x.size());
  }
  template <class T>
  void put_composite(const std::vector<T>& x) {
    number(static_cast<std::uint64_t>(x.size()));
    if constexpr (archive_detail::Number<T> && !std::is_same_v<T, bool>) {
      raw(x.data(), x.size() * sizeof(T));
    } else {
      for (const T& item : x) put(item);
    }
  }
  template <class T, std::size_t N>
  void put_composite(const ShortList<T, N>& x) {
    number(static_cast<std::uint64_t>(x.size()));
    for (const T& item : x) put(item);
  }
  template <class T, std::size_t N>
  void put_composite(const std::array<T, N>& x) {
    for (const T& item : x) put(item);
  }
  template <class T>
  void put_composite(const std::optional<T>& x) {
    number(static_cast<std::uint8_t>(x.has_value()));
    if (x) put(*x);
  }
  template <class A, class B>
  void put_composite(const std::pair<A, B>& x) {
    put(x.first);
    put(x.second);
  }
  template <class K, class V, class... Rest>
  void put_composite(const boost::unordered_flat_map<K, V, Rest...>& x) {
    put_sorted(x, [](const auto& entry) -> const K& { return entry.first; });
  }
  template <class K, class V>
  void put_composite(const EntityMap<K, V>& x) {
    put_sorted(x, [](const auto& entry) -> const K& { return entry.first; });
  }
  template <class K, class V, class... Rest>
  void put_composite(const StableMap<K, V, Rest...>& x) {
    put_sorted(x, [](const auto& entry) -> const K& { return entry.first; });
  }
  template <class K, class... Rest>
  void put_composite(const boost::unordered_flat_set<K, Rest...>& x) {
    put_sorted(x, [](const auto& entry) -> const K& { return entry; });
  }
  template <class K, class V, class... Rest>
  void put_composite(const std::map<K, V, Rest...>& x) {
    put_sorted(x, [](const auto& entry) -> const K& { return entry.first; });
  }
  template <class K, class... Rest>
  void put_composite(const std::set<K, Rest...>& x) {
    put_sorted(x, [](const auto& entry) -> const K& { return entry; });
  }
  template <class T>
  void put_composite(const T& x) {
    // fields() serves both directions, so it is not const; a writer does not change what it visits.
    const_cast<T&>(x).fields(*this);
  }

  template <class Container, class KeyOf>
  void put_sorted(const Container& container, KeyOf key_of) {
    using Entry = typename Container::value_type;
    std::vector<const Entry*> entries;
    entries.reserve(container.size());
    for (const Entry& entry : container) entries.push_back(&entry);
    std::sort(entries.begin(), entries.end(),
              [&](const Entry* a, const Entry* b) { return compare(key_of(*a), key_of(*b)) < 0; });
    number(static_cast<std::uint64_t>(entries.size()));
    for (const Entry* entry : entries) put(*entry);
  }

  // Order of keys: by value, symbols by text.
  template <class T>
  int compare(const T& a, const T& b) const {
    if constexpr (std::is_same_v<T, Symbol>) {
      return symbols_.text(a).compare(symbols_.text(b));
    } else {
      return a < b ? -1 : b < a ? 1 : 0;
    }
  }
  template <class A, class B>
  int compare(const std::pair<A, B>& a, const std::pair<A, B>& b) const {
    if (int first = compare(a.first, b.first); first != 0) return first;
    return compare(a.second, b.second);
  }

  ArchivePurpose purpose_;
  const Symbols& symbols_;
  Sha256* sink_ = nullptr;
  Bytes out_;
  boost::unordered_flat_map<Symbol, std::uint32_t> first_use_;
};

// Reads a snapshot. Never trusts a length: on bytes that do not fit, everything read from there on
// is empty or zero and ok() is false.
class CanonicalReader {
 public:
  static constexpr bool kReading = true;

  // `intern` is the table whose symbols the content will use; see FactTable::intern().
  template <class Interner>
  CanonicalReader(ByteView bytes, Interner& interner)
      : bytes_(bytes), interner_(&interner), intern_([](void* self, std::string_view text) {
          return static_cast<Interner*>(self)->intern(text);
        }) {}

  template <class... T>
  void operator()(T&... items) {
    (get(items), ...);
  }
  template <class... T>
  void local(T&... items) {
    (get(items), ...);
  }
  bool is_snapshot() const { return true; }
  bool ok() const { return ok_; }
  bool at_end() const { return position_ == bytes_.size(); }

  bool raw(void* data, std::size_t size) {
    if (size == 0) return ok_;
    if (!ok_ || size > bytes_.size() - position_) {
      ok_ = false;
      std::memset(data, 0, size);
      return false;
    }
    std::memcpy(data, bytes_.data() + position_, size);
    position_ += size;
    return true;
  }
  template <archive_detail::Number T>
  T number() {
    T value{};
    raw(&value, sizeof value);
    return value;
  }
  // A count of items of at least `item_bytes` each; 0 when so many cannot follow.
  std::size_t count(std::uint64_t claimed, std::size_t item_bytes) {
    if (ok_ && claimed <= (bytes_.size() - position_) / std::max<std::size_t>(item_bytes, 1)) {
      return static_cast<std::size_t>(claimed);
    }
    ok_ = false;
    return 0;
  }
  void fail() { ok_ = false; }

 private:
  template <class T>
  void get(T& x) {
    if constexpr (std::is_same_v<T, bool>) {
      x = number<std::uint8_t>() != 0;
    } else if constexpr (archive_detail::Number<T>) {
      x = number<T>();
    } else if constexpr (std::is_same_v<T, Symbol>) {
      x = get_symbol();
    } else if constexpr (archive_detail::kIsStrong<T>) {
      x.value = number<decltype(x.value)>();
    } else if constexpr (std::is_same_v<T, Day>) {
      x.value = number<std::int32_t>();
    } else if constexpr (std::is_same_v<T, WallTime>) {
      x.us = number<std::int64_t>();
    } else if constexpr (archive_detail::kIsRaw<T>) {
      raw(&x, sizeof x);
    } else {
      get_composite(x);
    }
  }

  Symbol get_symbol() {
    const auto use = number<std::uint32_t>();
    if (use < uses_.size()) return uses_[use];
    if (!ok_ || use != uses_.size()) {
      ok_ = false;
      return {};
    }
    std::string text;
    get_composite(text);
    if (!ok_) return {};
    uses_.push_back(intern_(interner_, text));
    return uses_.back();
  }

  void get_composite(std::string& x) {
    x.resize(count(number<std::uint32_t>(), 1));
    raw(x.data(), x.size());
  }
  template <class T>
  void get_composite(std::vector<T>& x) {
    if constexpr (archive_detail::Number<T> && !std::is_same_v<T, bool>) {
      x.resize(count(number<std::uint64_t>(), sizeof(T)));
      raw(x.data(), x.size() * sizeof(T));
    } else {
      x.clear();
      const std::size_t size = count(number<std::uint64_t>(), 1);
      for (std::size_t i = 0; i < size && ok_; ++i) get(x.emplace_back());
    }
  }
  template <class T, std::size_t N>
  void get_composite(ShortList<T, N>& x) {
    x.clear();
    const std::size_t size = count(number<std::uint64_t>(), 1);
    for (std::size_t i = 0; i < size && ok_; ++i) get(x.emplace_back());
  }
  template <class T, std::size_t N>
  void get_composite(std::array<T, N>& x) {
    for (T& item : x) get(item);
  }
  template <class T>
  void get_composite(std::optional<T>& x) {
    x.reset();
    if (number<std::uint8_t>() != 0) get(x.emplace());
  }
  template <class A, class B>
  void get_composite(std::pair<A, B>& x) {
    get(x.first);
    get(x.second);
  }
  template <class K, class V, class... Rest>
  void get_composite(boost::unordered_flat_map<K, V, Rest...>& x) {
    get_map(x);
  }
  template <class K, class V>
  void get_composite(EntityMap<K, V>& x) {
    get_map(x);
  }
  template <class K, class V, class... Rest>
  void get_composite(StableMap<K, V, Rest...>& x) {
    get_map(x);
  }
  template <class K, class V, class... Rest>
  void get_composite(std::map<K, V, Rest...>& x) {
    get_map(x);
  }
  template <class K, class... Rest>
  void get_composite(boost::unordered_flat_set<K, Rest...>& x) {
    get_set<K>(x);
  }
  template <class K, class... Rest>
  void get_composite(std::set<K, Rest...>& x) {
    get_set<K>(x);
  }
  template <class T>
  void get_composite(T& x) {
    x.fields(*this);
  }

  template <class Map>
  void get_map(Map& x) {
    x.clear();
    const std::size_t size = count(number<std::uint64_t>(), 1);
    for (std::size_t i = 0; i < size && ok_; ++i) {
      typename Map::key_type key{};
      typename Map::mapped_type value{};
      get(key);
      get(value);
      x.insert_or_assign(std::move(key), std::move(value));
    }
  }
  template <class K, class Set>
  void get_set(Set& x) {
    x.clear();
    const std::size_t size = count(number<std::uint64_t>(), 1);
    for (std::size_t i = 0; i < size && ok_; ++i) {
      K key{};
      get(key);
      x.insert(std::move(key));
    }
  }

  ByteView bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
  void* interner_;
  Symbol (*intern_)(void*, std::string_view);
  std::vector<Symbol> uses_;
};

}  // namespace houniao
