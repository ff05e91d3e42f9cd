#include "tools/import/encoding.h"

#include <iconv.h>

#include <algorithm>

#include "schema/shape.h"

namespace houniao::importing {

struct Decoder::Handle {
  iconv_t converter = nullptr;
  ~Handle() { iconv_close(converter); }
};

std::optional<Encoding> parse_encoding(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (lower == "utf-8" || lower == "utf8") return Encoding::utf8;
  if (lower == "gb18030" || lower == "gbk" || lower == "gb2312") return Encoding::gb18030;
  return std::nullopt;
}

bool is_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Decoder::Decoder(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

Result<Decoder> Decoder::open(Encoding encoding) {
  if (encoding == Encoding::utf8) return Decoder(nullptr);
  const iconv_t converter = iconv_open("UTF-8", "GB18030");
  if (converter == reinterpret_cast<iconv_t>(-1)) {
    return fail(Errc::unavailable, "this system's C library has no tables for GB18030");
  }
  auto handle = std::make_unique<Handle>();
  handle->converter = converter;
  return Decoder(std::move(handle));
}

std::optional<std::string_view> Decoder::decode(std::string_view bytes) {
  if (is_ascii(bytes)) return bytes;
  if (handle_ == nullptr) {
    return valid_utf8(bytes) ? std::optional<std::string_view>(bytes) : std::nullopt;
  }
  text_.resize(bytes.size() * 3);  // two bytes become at most three, four at most four
  iconv(handle_->converter, nullptr, nullptr, nullptr, nullptr);
  char* in = const_cast<char*>(bytes.data());
  std::size_t in_left = bytes.size();
  char* out = text_.data();
  std::size_t out_left = text_.size();
  const std::size_t lost = iconv(handle_->converter, &in, &in_left, &out, &out_left);
  if (lost != 0 || in_left != 0) return std::nullopt;
  return std::string_view(text_.data(), text_.size() - out_left);
}

}  // namespace houniao::importing
