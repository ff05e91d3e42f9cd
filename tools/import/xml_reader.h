// XML as the parts of a workbook have it, piece by piece and bounded: no document types (and so no
// entities of its own), limited depth and attributes. Names come without their namespace prefix.
// One thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace houniao::importing {

class XmlAttributes {
 public:
  explicit XmlAttributes(const char* const* pairs) : pairs_(pairs) {}
  // By the name without prefix; valid until the handler returns.
  std::optional<std::string_view> get(std::string_view name) const;

 private:
  const char* const* pairs_;
};

// What reads a part. The first error ends the reading.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual Result<void> start(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual Result<void> end(std::string_view name) = 0;
  // A piece of text; the text of one element may come in several.
  virtual Result<void> text(std::string_view piece) = 0;
};

class XmlReader {
 public:
  explicit XmlReader(XmlHandler& handler);
  ~XmlReader();
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;

  // corrupt, limit_exceeded, or the handler's own error.
  Result<void> feed(ByteView chunk, bool last);

 private:
  struct Parser;
  Parser* parser_;
};

}  // namespace houniao::importing
