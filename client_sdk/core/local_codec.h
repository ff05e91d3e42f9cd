// Little-endian encoding of what the client keeps in its own store. Local to one device, versioned
// by the first byte of each value; never on the wire. Pure.
#pragma once

#include <concepts>
#include <cstring>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/error.h"

namespace houniao::client {

class LocalWriter {
 public:
  template <std::integral T>
  void number(T value) {
    auto bits = static_cast<std::make_unsigned_t<T>>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      out_.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(bits) >> (8 * i)));
    }
  }
  void flag(bool value) { out_.push_back(value ? 1 : 0); }
  void raw(ByteView bytes) { append(out_, bytes); }
  void bytes(ByteView value) {
    number(static_cast<std::uint32_t>(value.size()));
    raw(value);
  }
  void text(std::string_view value) { bytes(as_bytes(value)); }
  Bytes finish() { return std::move(out_); }

 private:
  Bytes out_;
};

// Reads what LocalWriter wrote. After a short or damaged value every read gives zeros and ok() is
// false, so a caller checks once, at the end.
class LocalReader {
 public:
  explicit LocalReader(ByteView in) : in_(in) {}

  template <std::integral T>
  T number() {
    std::uint64_t value = 0;
    const ByteView part = raw(sizeof(T));
    for (std::size_t i = 0; i < part.size(); ++i) value |= std::uint64_t{part[i]} << (8 * i);
    return static_cast<T>(value);
  }
  bool flag() { return number<std::uint8_t>() != 0; }
  ByteView raw(std::size_t size) {
    if (in_.size() < size) {
      ok_ = false;
      in_ = {};
      return {};
    }
    const ByteView part = in_.first(size);
    in_ = in_.subspan(size);
    return part;
  }
  ByteView bytes() { return raw(number<std::uint32_t>()); }
  std::string text() { return std::string(as_text(bytes())); }
  template <std::size_t N>
  std::array<std::uint8_t, N> array() {
    std::array<std::uint8_t, N> out{};
    const ByteView part = raw(N);
    if (part.size() == N) std::memcpy(out.data(), part.data(), N);
    return out;
  }
  Hash hash() { return Hash{array<32>()}; }

  bool ok() const { return ok_; }
  bool at_end() const { return in_.empty(); }
  ByteView rest() const { return in_; }
  Result<void> done(const char* what) const {
    if (ok_ && in_.empty()) return {};
    return fail(Errc::corrupt, std::string("stored ") + what + " cannot be read");
  }

 private:
  ByteView in_;
  bool ok_ = true;
};

}  // namespace houniao::client
