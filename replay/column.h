// One column of the fact table: values by row number, appended and overwritten, never inserted.
// Rows lie in chunks, so a table that grows copies nothing; a chunk in which all rows agree (no
// amount, one recorded day) stores their value once. A value type that belongs to the FactTable.
#pragma once

#include <cstddef>
#include <vector>

namespace houniao {

template <class T>
class Column {
 public:
  T operator[](std::size_t i) const {
    const Chunk& chunk = chunks_[i / kChunkRows];
    return chunk.rows.empty() ? chunk.same : chunk.rows[i % kChunkRows];
  }
  std::size_t size() const { return size_; }

  void push_back(T value) {
    const std::size_t place = size_++ % kChunkRows;
    if (place == 0) return start_chunk(value);
    Chunk& last = chunks_.back();
    if (last.rows.empty()) {
      if (value != last.same) spread(last, place, value);
    } else {
      last.rows[place] = value;
    }
  }
  void set(std::size_t i, T value) { write(chunks_[i / kChunkRows], i % kChunkRows, value); }
  // Drops the rows from `size` on.
  void truncate(std::size_t size) {
    chunks_.resize((size + kChunkRows - 1) / kChunkRows);
    size_ = size;
  }

 private:
  static constexpr std::size_t kChunkRows = 4096;
  struct Chunk {
    T same{};             // of every row while `rows` is empty
    std::vector<T> rows;  // kChunkRows of them
  };

  static void write(Chunk& chunk, std::size_t place, T value) {
    if (!chunk.rows.empty()) {
      chunk.rows[place] = value;
    } else if (value != chunk.same) {
      spread(chunk, place, value);
    }
  }
  // Once in many rows: kept out of line, so that the two above are small enough to inline.
  [[gnu::noinline]] void start_chunk(T value) { chunks_.push_back({value, {}}); }
  [[gnu::noinline]] static void spread(Chunk& chunk, std::size_t place, T value) {
    chunk.rows.assign(kChunkRows, chunk.same);
    chunk.rows[place] = value;
  }

  std::vector<Chunk> chunks_;
  std::size_t size_ = 0;
};

}  // namespace houniao
