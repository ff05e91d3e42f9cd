// One column of the fact table: values by row number, appended and overwritten, never inserted.
//
// Rows lie in chunks of kRows. The last chunk, which is being filled, is a plain array; a full one
// is closed: stored in as few bytes for each row as its values need, or as one value when all rows
// agree. Most columns of most chunks do (no amount, one recorded day, no place) or fit into a byte,
// so that the table is a third of what its rows are, and a scan reads a third of the memory or
// skips a chunk by what its values can be.
//
// The rows are counted by the owner, once for all of its columns. A value type that belongs to the
// FactTable.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

namespace houniao {

template <class T>
class Column {
 public:
  static constexpr std::size_t kRows = 1024;
  using Values = std::array<T, kRows>;

  T operator[](std::size_t i) const {
    const std::size_t chunk = i / kRows;
    return chunk < closed_.size() ? closed_[chunk].get(i % kRows) : open_[i % kRows];
  }

  // Before the first row of a chunk is written: closes the one before it, whose rows are all there.
  void start_chunk() {
    if (open_.empty()) {
      open_.resize(kRows);
    } else {
      closed_.push_back(Chunk::of(open_.data()));
    }
  }
  // The row at this place of the chunk that is being filled.
  void put(std::size_t place, T value) { open_[place] = value; }
  // A row that was written.
  void set(std::size_t i, T value) {
    const std::size_t chunk = i / kRows;
    if (chunk >= closed_.size()) {
      open_[i % kRows] = value;
    } else if (!closed_[chunk].set(i % kRows, value)) {
      Values values;
      closed_[chunk].read(values);
      values[i % kRows] = value;
      closed_[chunk] = Chunk::of(values.data());
    }
  }
  // All values of a chunk, decoded into `scratch` unless they lie there already. What stands behind
  // the last row of the table is anything.
  const T* values(std::size_t chunk, Values& scratch) const {
    if (chunk >= closed_.size()) return open_.data();
    if (closed_[chunk].is_plain()) return closed_[chunk].plain();
    closed_[chunk].read(scratch);
    return scratch.data();
  }
  // Whether every row of the chunk is known to have one value, which is that of its first row.
  bool is_same(std::size_t chunk) const {
    return chunk < closed_.size() && closed_[chunk].is_same();
  }
  // False when no row of the chunk has the value.
  bool may_hold(std::size_t chunk, T value) const {
    return chunk >= closed_.size() || closed_[chunk].may_hold(value);
  }

 private:
  using Unsigned = std::make_unsigned_t<T>;

  class Chunk {
   public:
    static Chunk of(const T* values);

    T get(std::size_t place) const {
      switch (form_) {
        case Form::same:
          return base_;
        case Form::bytes1:
          return above(load<std::uint8_t>(place));
        case Form::bytes2:
          return above(load<std::uint16_t>(place));
        case Form::bytes4:
          return above(load<std::uint32_t>(place));
        case Form::ids:
          return id_of(static_cast<std::uint32_t>(load<std::uint32_t>(place)));
        case Form::plain:
          return static_cast<T>(load<T>(place));
      }
      return base_;
    }
    // False when the value does not fit into the form.
    bool set(std::size_t place, T value);
    void read(Values& out) const;
    bool may_hold(T value) const;
    bool is_same() const { return form_ == Form::same; }
    bool is_plain() const { return form_ == Form::plain; }
    const T* plain() const { return reinterpret_cast<const T*>(bytes_.data()); }

   private:
    // How a row is stored: not at all, as what it is above the base in so many bytes, as the id of
    // an entity in four bytes, or as it is.
    enum class Form : std::uint8_t { same, bytes1, bytes2, bytes4, ids, plain };

    // Ids of the first devices' first events: the number of the device in eight bits, that of the
    // event in 24.
    static constexpr bool kMayBeIds = std::is_same_v<T, std::uint64_t>;
    static constexpr std::uint64_t kIdBits = 0x000000ff00ffffff;
    static T id_of(std::uint32_t packed) {
      return static_cast<T>(std::uint64_t{packed >> 24} << 32 | (packed & 0xffffff));
    }
    static std::uint32_t packed(T id) {
      const auto bits = static_cast<std::uint64_t>(id);
      return static_cast<std::uint32_t>(bits >> 32 << 24 | (bits & 0xffffff));
    }

    T above(Unsigned step) const {
      return static_cast<T>(static_cast<Unsigned>(static_cast<Unsigned>(base_) + step));
    }
    template <class Int>
    Unsigned load(std::size_t place) const {
      Int value = 0;
      std::memcpy(&value, bytes_.data() + place * sizeof value, sizeof value);
      return static_cast<Unsigned>(value);
    }
    template <class Int>
    void store(std::size_t place, Int value) {
      std::memcpy(bytes_.data() + place * sizeof value, &value, sizeof value);
    }
    template <class Int>
    void store_all(const T* values, Form form) {
      form_ = form;
      bytes_.resize(kRows * sizeof(Int));
      // Copies of what bytes might overlap as far as the compiler knows, so that the loop is
      // widened.
      std::uint8_t* out = bytes_.data();
      const Unsigned base = static_cast<Unsigned>(base_);
      for (std::size_t i = 0; i < kRows; ++i) {
        const auto step = static_cast<Int>(static_cast<Unsigned>(values[i]) - base);
        std::memcpy(out + i * sizeof step, &step, sizeof step);
      }
    }
    template <class Int>
    void read_all(Values& out) const {
      const std::uint8_t* in = bytes_.data();
      const Unsigned base = static_cast<Unsigned>(base_);
      for (std::size_t i = 0; i < kRows; ++i) {
        Int step = 0;
        std::memcpy(&step, in + i * sizeof step, sizeof step);
        out[i] = static_cast<T>(static_cast<Unsigned>(base + step));
      }
    }
    Unsigned step_to(T value) const {
      return static_cast<Unsigned>(static_cast<Unsigned>(value) - static_cast<Unsigned>(base_));
    }
    // The largest step that the form can store.
    std::uint64_t step_max() const {
      switch (form_) {
        case Form::bytes1:
          return 0xff;
        case Form::bytes2:
          return 0xffff;
        case Form::bytes4:
          return 0xffffffff;
        default:
          return 0;
      }
    }

    Form form_ = Form::same;
    T base_{};
    std::vector<std::uint8_t> bytes_;
  };

  std::vector<Chunk> closed_;
  std::vector<T> open_;  // kRows of them, or none while the column is empty
};

template <class T>
typename Column<T>::Chunk Column<T>::Chunk::of(const T* values) {
  Unsigned differ = 0;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    differ |= static_cast<Unsigned>(values[i]) ^ static_cast<Unsigned>(values[0]);
    bits |= static_cast<std::uint64_t>(values[i]);
  }
  Chunk chunk;
  chunk.base_ = values[0];
  if (differ == 0) return chunk;
  // The base is what the highest bits of all values say, which is found without comparing them.
  const std::uint64_t step = std::bit_ceil(std::uint64_t{differ} / 2 + 1) * 2 - 1;
  chunk.base_ = static_cast<T>(static_cast<Unsigned>(values[0]) & static_cast<Unsigned>(~step));
  if (step <= 0xff) {
    chunk.template store_all<std::uint8_t>(values, Form::bytes1);
  } else if (sizeof(T) > 2 && step <= 0xffff) {
    chunk.template store_all<std::uint16_t>(values, Form::bytes2);
  } else if (sizeof(T) > 4 && step <= 0xffffffff) {
    chunk.template store_all<std::uint32_t>(values, Form::bytes4);
  } else if (kMayBeIds && (bits & ~kIdBits) == 0) {
    chunk.form_ = Form::ids;
    chunk.bytes_.resize(kRows * sizeof(std::uint32_t));
    std::uint8_t* out = chunk.bytes_.data();
    for (std::size_t i = 0; i < kRows; ++i) {
      const std::uint32_t id = packed(values[i]);
      std::memcpy(out + i * sizeof id, &id, sizeof id);
    }
  } else {
    chunk.form_ = Form::plain;
    chunk.bytes_.resize(kRows * sizeof(T));
    std::memcpy(chunk.bytes_.data(), values, kRows * sizeof(T));
  }
  return chunk;
}

template <class T>
bool Column<T>::Chunk::set(std::size_t place, T value) {
  if (!may_hold(value)) return false;
  switch (form_) {
    case Form::same:
      break;
    case Form::bytes1:
      store(place, static_cast<std::uint8_t>(step_to(value)));
      break;
    case Form::bytes2:
      store(place, static_cast<std::uint16_t>(step_to(value)));
      break;
    case Form::bytes4:
      store(place, static_cast<std::uint32_t>(step_to(value)));
      break;
    case Form::ids:
      store(place, packed(value));
      break;
    case Form::plain:
      store(place, value);
      break;
  }
  return true;
}

template <class T>
bool Column<T>::Chunk::may_hold(T value) const {
  switch (form_) {
    case Form::ids:
      return (static_cast<std::uint64_t>(value) & ~kIdBits) == 0;
    case Form::plain:
      return true;
    default:
      return std::uint64_t{step_to(value)} <= step_max();
  }
}

template <class T>
void Column<T>::Chunk::read(Values& out) const {
  switch (form_) {
    case Form::same:
      return out.fill(base_);
    case Form::bytes1:
      return read_all<std::uint8_t>(out);
    case Form::bytes2:
      return read_all<std::uint16_t>(out);
    case Form::bytes4:
      return read_all<std::uint32_t>(out);
    case Form::ids:
      for (std::size_t i = 0; i < kRows; ++i) {
        out[i] = id_of(static_cast<std::uint32_t>(load<std::uint32_t>(i)));
      }
      return;
    case Form::plain:
      std::memcpy(out.data(), bytes_.data(), kRows * sizeof(T));
  }
}

}  // namespace houniao
