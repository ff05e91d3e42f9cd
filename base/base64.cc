#include <sodium.h>

#include "base/bytes.h"

namespace houniao {

std::string to_base64(ByteView b) {
  const std::size_t size = sodium_base64_encoded_len(b.size(), sodium_base64_VARIANT_ORIGINAL);
  std::string out(size, '\0');
  sodium_bin2base64(out.data(), size, b.data(), b.size(), sodium_base64_VARIANT_ORIGINAL);
  out.resize(size - 1);  // the terminating zero is counted in size
  return out;
}

std::optional<Bytes> from_base64(std::string_view text) {
  // libsodium compares signed characters and takes 0xAB and 0xAF for '+' and '/'.
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0x80) != 0) return std::nullopt;
  }
  Bytes out(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, &end,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

}  // namespace houniao
