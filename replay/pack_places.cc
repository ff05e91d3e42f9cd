// Where the members of a JSON text stand. The text was read by a JSON reader before, so this only
// walks it; anything unexpected ends the walk.
#include "replay/pack_text.h"

namespace houniao {
namespace {

constexpr int kDepthMax = 64;

}  // namespace

JsonPlaces::JsonPlaces(std::string_view text) : text_(text) { value("", 0); }

void JsonPlaces::spaces() {
  while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string::npos) {
    ++at_;
  }
}

// Escapes other than \uXXXX stand for themselves closely enough to compare names by; names with
// \uXXXX keep it and are found by the object around them.
std::string JsonPlaces::string() {
  std::string out;
  ++at_;
  while (at_ < text_.size() && text_[at_] != '"') {
    if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != 'u') ++at_;
    out += text_[at_++];
  }
  ++at_;
  return out;
}

void JsonPlaces::value(const std::string& pointer, int depth) {
  spaces();
  offsets_.try_emplace(pointer, at_);
  if (depth > kDepthMax) {
    too_deep_ = true;
    at_ = text_.size();
    return;
  }
  switch (peek()) {
    case '{':
      return object(pointer, depth);
    case '[':
      return array(pointer, depth);
    case '"':
      static_cast<void>(string());
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
    const std::string member = pointer + "/" + pack_reader::escaped(string());
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

JsonPlaces::Place JsonPlaces::find(std::string pointer) const {
  for (;;) {
    const auto found = offsets_.find(pointer);
    if (found != offsets_.end()) return at(text_, found->second);
    const std::size_t slash = pointer.rfind('/');
    if (slash == std::string::npos) return {};
    pointer.resize(slash);
  }
}

}  // namespace houniao
