// Marks of rows and keys: keyed hashes, by which the journal knows a row or a person's number again
// without holding it. A plain hash would not do: there are few enough id numbers to try them all.
// Values; any thread.
#pragma once

#include <array>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/crypto.h"

namespace houniao::importing {

using Mark = std::array<std::uint8_t, 16>;

struct MarkHash {
  std::size_t operator()(const Mark& mark) const {
    std::size_t out = 0;
    std::memcpy(&out, mark.data(), sizeof out);
    return out;
  }
};

class Marker {
 public:
  explicit Marker(const SymmetricKey& key) : key_(key) {}
  ~Marker() { wipe(key_.data(), key_.size()); }
  Marker(const Marker&) = default;
  Marker& operator=(const Marker&) = default;

  // First 16 bytes of HMAC-SHA256 over the purpose and the parts, each after its length.
  Mark mark(std::string_view purpose, std::span<const std::string_view> parts) const;

 private:
  SymmetricKey key_;
};

}  // namespace houniao::importing
