// Asking for memory before it is needed. The tables of a large state do not fit into the caches, so
// a lookup mostly waits for one or two distant lines; asked for while earlier records are folded,
// they arrive during that work. A hint to the processor: it changes no state and no result.
#pragma once

#include <cstddef>
#include <cstdint>

namespace houniao {

// A table is reached in two steps, and the address of the second is read from the first: what says
// where the entry lies, and the entry.
enum class Warm : std::uint8_t { index, entry };

inline constexpr std::size_t kCacheLineBytes = 64;

inline void warm_line(const void* address) {
  __builtin_prefetch(address);
  // A compiler takes a function that does nothing but this for one without effect, and drops calls.
  __asm__ volatile("" : : "r"(address));
}

inline void warm_bytes(const void* start, std::size_t size) {
  const char* first = static_cast<const char*>(start);
  for (std::size_t at = 0; at < size; at += kCacheLineBytes) warm_line(first + at);
  // An object that starts in the middle of a line may end one line further.
  if (size != 0) warm_line(first + size - 1);
}

template <class T>
void warm_object(const T& object) {
  warm_bytes(&object, sizeof object);
}

// The line after the one of an object, for tables that are filled in order.
template <class T>
void warm_line_after(const T& object) {
  warm_line(
      reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(&object) + kCacheLineBytes));
}

}  // namespace houniao
