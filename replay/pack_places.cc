// Where the members of a JSON text stand. The text was read by a JSON reader before, so this only
// walks it; anything unexpected ends the walk.
#include "replay/pack_text.h"

namespace houniao {
namespace {

constexpr int kDepthMax = 64;

// The length of the control character at the front of the text; 0 when another one stands there.
std::size_t control_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x20 || first == 0x7f) return 1;
  const bool c1 = first == 0xc2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xa0;
  return c1 ? 2 : 0;
}

}  // namespace

bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (control_bytes(text.substr(i)) != 0) return true;
  }
  return false;
}

std::string shown(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  while (!text.empty()) {
    const std::size_t bytes = control_bytes(text);
    if (bytes == 0) {
      out += text.front();
    } else {
      const auto code = static_cast<unsigned char>(text[bytes - 1]);
      out += "\\u00";
      out += kHex[code >> 4];
      out += kHex[code & 0xf];
    }
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return out;
}

// A byte order mark is no part of the JSON.
JsonPlaces::JsonPlaces(std::string_view text) : text_(text) {
  if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
  value("", 0);
}

void JsonPlaces::spaces() {
  while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string::npos) {
    ++at_;
  }
}

std::string JsonPlaces::string() {
  const std::size_t start = at_++;
  bool escapes = false;
  while (at_ < text_.size() && text_[at_] != '"') {
    if (text_[at_] == '\\') {
      escapes = true;
      ++at_;
    }
    ++at_;
  }
  at_ = std::min(at_ + 1, text_.size());
  const std::string_view written = text_.substr(start, at_ - start);
  if (!escapes) return std::string(written.substr(1, written.size() - 2));
  return pack_reader::Json::parse(written).get<std::string>();
}

void JsonPlaces::value(const std::string& pointer, int depth) {
  spaces();
  offsets_.try_emplace(pointer, at_);
  if (depth > kDepthMax) {
    too_deep_ = at_;
    at_ = text_.size();
    return;
  }
  switch (peek()) {
    case '{':
      return object(pointer, depth);
    case '[':
      return array(pointer, depth);
    case '"':
      if (has_control(string())) controls_.push_back(pointer);
      return;
    default:
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
  }
}

void JsonPlaces::object(const std::string& pointer, int depth) {
  ++at_;
  for (spaces(); at_ < text_.size() && peek() != '}'; spaces()) {
    if (peek() == ',') {
      ++at_;
      continue;
    }
    const std::size_t start = at_;
    if (peek() != '"') {
      at_ = text_.size();
      return;
    }
    const std::string name = string();
    const std::string member = pointer + "/" + pack_reader::escaped(name);
    if (has_control(name)) controls_.push_back(member);
    if (!offsets_.try_emplace(member, start).second) repeated_.push_back(member);
    spaces();
    if (peek() == ':') ++at_;
    value(member, depth + 1);
  }
  ++at_;
}

void JsonPlaces::array(const std::string& pointer, int depth) {
  ++at_;
  std::size_t item = 0;
  for (spaces(); at_ < text_.size() && peek() != ']'; spaces()) {
    if (peek() == ',') {
      ++at_;
      continue;
    }
    value(pointer + "/" + std::to_string(item++), depth + 1);
  }
  ++at_;
}

JsonPlaces::Place JsonPlaces::at(std::string_view text, std::size_t offset) {
  Place place;
  for (std::size_t i = 0; i < std::min(offset, text.size()); ++i) {
    if (text[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) {  // not inside a character
      ++place.column;
    }
  }
  return place;
}

std::size_t JsonPlaces::offset_of(std::string pointer) const {
  for (;;) {
    const auto found = offsets_.find(pointer);
    if (found != offsets_.end()) return found->second;
    const std::size_t slash = pointer.rfind('/');
    if (slash == std::string::npos) return 0;
    pointer.resize(slash);
  }
}

}  // namespace houniao
