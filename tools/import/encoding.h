// The encodings that ledgers come in. GB18030 is the national standard and contains GBK and GB2312,
// in which most old files were written. One thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace houniao::importing {

enum class Encoding : std::uint8_t { utf8, gb18030 };

// "utf-8", "gb18030" and the names of its subsets "gbk" and "gb2312".
std::optional<Encoding> parse_encoding(std::string_view name);

class Decoder {
 public:
  // unavailable when the C library has no tables for the encoding.
  static Result<Decoder> open(Encoding encoding);
  Decoder(Decoder&&) noexcept;
  ~Decoder();

  // The text as UTF-8; nullopt when its bytes are not of the encoding. Valid until the next call.
  std::optional<std::string_view> decode(std::string_view bytes);

 private:
  struct Handle;
  explicit Decoder(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;  // null: UTF-8, nothing to convert
  std::string text_;
};

bool is_ascii(std::string_view bytes);

}  // namespace houniao::importing
