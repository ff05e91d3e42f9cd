#include "tools/import/marks.h"

namespace houniao::importing {
namespace {

void append_part(std::string& out, std::string_view part) {
  for (int shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<char>(part.size() >> shift & 0xFF));
  }
  out += part;
}

}  // namespace

Mark Marker::mark(std::string_view purpose, std::span<const std::string_view> parts) const {
  std::string text;
  append_part(text, purpose);
  for (const std::string_view part : parts) append_part(text, part);
  const Hash mac = hmac_sha256(key_, as_bytes(text));
  wipe(text.data(), text.size());
  Mark out{};
  std::copy_n(mac.bytes.begin(), out.size(), out.begin());
  return out;
}

}  // namespace houniao::importing
