// XML 1.0 as text, element by element. What XML cannot hold (control characters) is left out. One
// writer belongs to one thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exports/sink.h"

namespace houniao::exports {

class XmlOut {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  explicit XmlOut(const Sink& sink) : out_(sink) {
    out_.put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  }

  void open(std::string_view name, Attributes attributes = {}) {
    start(name, attributes);
    out_.put(">\n");
    names_.emplace_back(name);
  }
  void close() {
    const std::string name = std::move(names_.back());
    names_.pop_back();
    indent();
    out_.put("</" + name + ">\n");
  }
  // An element without content, or with text alone.
  void empty(std::string_view name, Attributes attributes) {
    start(name, attributes);
    out_.put("/>\n");
  }
  void text(std::string_view name, std::string_view content, Attributes attributes = {}) {
    start(name, attributes);
    out_.put(">" + escaped(content) + "</" + std::string(name) + ">\n");
  }

  bool stopped() const { return out_.stopped(); }

  static std::string escaped(std::string_view content) {
    std::string out;
    for (const char c : content) {
      switch (c) {
        case '&':
          out += "&amp;";
          break;
        case '<':
          out += "&lt;";
          break;
        case '>':
          out += "&gt;";
          break;
        case '"':
          out += "&quot;";
          break;
        default:
          if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
      }
    }
    return out;
  }

 private:
  void indent() { out_.put(std::string(names_.size(), ' ')); }
  void start(std::string_view name, Attributes attributes) {
    indent();
    out_.put("<");
    out_.put(name);
    for (const auto& [key, value] : attributes) {
      out_.put(" " + std::string(key) + "=\"" + escaped(value) + "\"");
    }
  }

  TextOut out_;
  std::vector<std::string> names_;
};

}  // namespace houniao::exports
