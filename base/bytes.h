// Byte strings, hashes and their text forms. Values; no thread rules.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace houniao {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// A SHA-256 value.
struct Hash {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const Hash&) const = default;
  ByteView view() const { return bytes; }
};

inline ByteView as_bytes(std::string_view s) {
  return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()};
}
inline std::string_view as_text(ByteView b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}
inline void append(Bytes& out, ByteView more) { out.insert(out.end(), more.begin(), more.end()); }
bool equal(ByteView a, ByteView b);

std::string to_hex(ByteView b);
std::optional<Bytes> from_hex(std::string_view text);

// RFC 4648 section 4, with padding; decoding is strict (no white space, canonical padding bits).
std::string to_base64(ByteView b);
std::optional<Bytes> from_base64(std::string_view text);

// Copies exactly N bytes; nullopt when the sizes differ.
std::optional<Hash> hash_from(ByteView b);
std::optional<DeviceId> device_id_from(ByteView b);

}  // namespace houniao
