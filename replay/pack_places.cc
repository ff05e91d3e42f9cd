// Where the members of a JSON text stand. The text was read by a JSON reader before, so this only
// walks it; anything unexpected ends the walk.
#include "replay/pack_places.h"

#include <algorithm>

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
  spaces();
  nodes_.push_back({kRoot, "", at_});
  value(kRoot, 0);
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

std::pair<JsonPlaces::Node, bool> JsonPlaces::member(Node parent, std::string name,
                                                     std::size_t offset) {
  const auto [at, fresh] = members_.try_emplace({parent, name}, nodes_.size());
  if (fresh) nodes_.push_back({parent, std::move(name), offset});
  return {at->second, fresh};
}

void JsonPlaces::name(Node node, std::vector<std::string>& list) const {
  if (list.size() == kNamedMax) return;
  std::vector<std::string_view> steps;
  for (; node != kRoot; node = nodes_[node].parent) steps.emplace_back(nodes_[node].name);
  std::string pointer;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    pointer += '/';
    pointer += *step;
  }
  list.push_back(std::move(pointer));
}

void JsonPlaces::value(Node node, int depth) {
  spaces();
  if (depth > kDepthMax || nodes_.size() > kPlacesMax) {
    (depth > kDepthMax ? too_deep_ : too_many_) = at_;
    at_ = text_.size();
    return;
  }
  switch (peek()) {
    case '{':
      return object(node, depth);
    case '[':
      return array(node, depth);
    case '"':
      if (has_control(string())) name(node, controls_);
      return;
    default:
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
  }
}

void JsonPlaces::object(Node node, int depth) {
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
    const std::string written = string();
    const auto [at, fresh] = member(node, pack_reader::escaped(written), start);
    if (has_control(written)) name(at, controls_);
    if (!fresh) name(at, repeated_);
    spaces();
    if (peek() == ':') ++at_;
    value(at, depth + 1);
  }
  ++at_;
}

void JsonPlaces::array(Node node, int depth) {
  ++at_;
  std::size_t item = 0;
  for (spaces(); at_ < text_.size() && peek() != ']'; spaces()) {
    if (peek() == ',') {
      ++at_;
      continue;
    }
    value(member(node, std::to_string(item++), at_).first, depth + 1);
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

std::size_t JsonPlaces::offset_of(std::string_view pointer) const {
  Node node = kRoot;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);  // the slash
    const std::string_view step = pointer.substr(0, pointer.find('/'));
    const auto found = members_.find({node, std::string(step)});
    if (found == members_.end()) break;
    node = found->second;
    pointer.remove_prefix(step.size());
  }
  return nodes_[node].offset;
}

}  // namespace houniao
