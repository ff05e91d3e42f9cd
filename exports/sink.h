// Where an export goes: text, piece by piece, so that a long one never lies in memory as a whole.
// A sink is called from the thread that runs the export, in order. It answers whether it wants
// more: once it has said no it is not called again, and the exporter ends early with success,
// because only whoever owns the sink knows why (an answer that is too large, a full disk). TextOut
// gathers small pieces.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace houniao::exports {

using Json = nlohmann::ordered_json;
using Sink = std::function<bool(std::string_view piece)>;

inline constexpr std::size_t kPieceBytes = std::size_t{64} << 10;

// Compact, as UTF-8; bytes that are no UTF-8 are replaced.
inline std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Hands over what was put in pieces of about kPieceBytes; the rest when it goes out of scope.
class TextOut {
 public:
  explicit TextOut(const Sink& sink) : sink_(sink) {}
  ~TextOut() { flush(); }
  TextOut(const TextOut&) = delete;
  TextOut& operator=(const TextOut&) = delete;

  void put(std::string_view text) {
    if (stopped_) return;
    buffer_.append(text);
    if (buffer_.size() >= kPieceBytes) flush();
  }
  void put_json(const Json& json) { put(dump(json)); }
  void flush() {
    if (!stopped_ && !buffer_.empty()) stopped_ = !sink_(buffer_);
    buffer_.clear();
  }
  // The sink wants no more: what is put is thrown away, so there is no point in making it.
  bool stopped() const { return stopped_; }

 private:
  const Sink& sink_;
  std::string buffer_;
  bool stopped_ = false;
};

// A JSON array whose items come one by one.
class JsonArrayOut {
 public:
  explicit JsonArrayOut(TextOut& out) : out_(out) { out_.put("["); }
  void item(const Json& json) {
    if (!first_) out_.put(",");
    first_ = false;
    out_.put("\n");
    out_.put_json(json);
  }
  void end() { out_.put("\n]"); }
  bool stopped() const { return out_.stopped(); }

 private:
  TextOut& out_;
  bool first_ = true;
};

}  // namespace houniao::exports
