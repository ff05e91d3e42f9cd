// Interned text: codes of kinds, attributes, titles. A row of the fact table holds four bytes
// instead of a string, and comparing two kinds is comparing two numbers. Numbers are given in order
// of first use, so they differ between replicas: whatever leaves the process is written as text.
// A value type that belongs to the FactTable; one thread writes, readers need the table to rest.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace houniao {

using Symbol = Strong<struct SymbolTag, std::uint32_t>;

inline constexpr Symbol kNoText{0};           // the empty text
inline constexpr Symbol kUnknownSymbol{~0u};  // a text that was never interned; equals no row

class Symbols {
 public:
  Symbols();
  Symbol intern(std::string_view text);
  // kUnknownSymbol when no row ever used this text.
  Symbol find(std::string_view text) const;
  // Valid until the next intern().
  std::string_view text(Symbol symbol) const;
  std::size_t size() const { return texts_.size(); }

 private:
  Symbol intern_in_table(std::string_view text);

  // A short text as two words; codes nearly always are short.
  struct Short {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    std::uint32_t size = 0;
    Symbol symbol = kUnknownSymbol;

    static constexpr std::size_t kBytesMax = 2 * sizeof(std::uint64_t);
    static Short of(std::string_view text);
    std::size_t slot() const {
      const std::uint64_t mixed = (head ^ (head >> 29) ^ tail ^ size) * 0x9e3779b97f4a7c15ULL;
      return static_cast<std::size_t>(mixed >> 58);
    }
    bool same_text(const Short& other) const {
      return head == other.head && tail == other.tail && size == other.size;
    }
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::vector<std::string> texts_;
  boost::unordered_flat_map<std::string, std::uint32_t, TextHash, std::equal_to<>> by_text_;
  std::array<Short, 64> recent_{};  // what intern() found last
};

}  // namespace houniao
