#include "base/bytes.h"

#include <charconv>

namespace houniao {

bool equal(ByteView a, ByteView b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

std::string to_hex(ByteView b) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(b.size() * 2);
  for (std::uint8_t byte : b) {
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    std::uint8_t byte = 0;
    auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (error != std::errc{} || end != text.data() + i + 2) return std::nullopt;
    out.push_back(byte);
  }
  return out;
}

std::optional<Hash> hash_from(ByteView b) {
  Hash out;
  if (b.size() != out.bytes.size()) return std::nullopt;
  std::memcpy(out.bytes.data(), b.data(), b.size());
  return out;
}

std::optional<DeviceId> device_id_from(ByteView b) {
  DeviceId out;
  if (b.size() != out.bytes.size()) return std::nullopt;
  std::memcpy(out.bytes.data(), b.data(), b.size());
  return out;
}

std::string to_string(EventId id) {
  return std::to_string(device_of(id).value) + "-" + std::to_string(device_seq_of(id).value);
}

EventId parse_event_id(const std::string& text) {
  std::uint32_t device = 0;
  std::uint32_t seq = 0;
  const char* end = text.data() + text.size();
  auto first = std::from_chars(text.data(), end, device);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '-') return EventId{};
  auto second = std::from_chars(first.ptr + 1, end, seq);
  if (second.ec != std::errc{} || second.ptr != end) return EventId{};
  return event_id(DeviceNumber{device}, DeviceSeq{seq});
}

}  // namespace houniao
