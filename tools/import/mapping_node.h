// A value of the mapping file with its place in it, so that every complaint can name the place.
// Views into the parsed JSON; one thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace houniao::importing {

class Node {
 public:
  Node() = default;
  Node(const nlohmann::json& json, std::string place) : json_(&json), place_(std::move(place)) {}

  const std::string& place() const { return place_; }
  bool is_text() const { return json_->is_string(); }
  bool is_number() const { return json_->is_number(); }
  bool is_flag() const { return json_->is_boolean(); }
  bool is_object() const { return json_->is_object(); }
  bool has(const char* member) const { return json_->is_object() && json_->contains(member); }

  // An object that has no other members than these; the message lists them.
  Result<void> only(std::initializer_list<const char*> members) const;
  std::optional<Node> find(const char* member) const;
  Result<Node> need(const char* member) const;
  Result<std::string> text() const;  // not empty
  Result<std::int64_t> whole(std::int64_t min, std::int64_t max) const;
  Result<std::uint64_t> whole_unsigned() const;
  Result<bool> flag() const;
  Result<std::vector<Node>> items() const;  // of an array
  struct Member;
  Result<std::vector<Member>> members() const;  // of an object

  // "mapping /sheets/0/event: ..."
  Error error(const std::string& what) const;

 private:
  const nlohmann::json* json_ = nullptr;
  std::string place_;
};

struct Node::Member {
  std::string name;
  Node value;
};

}  // namespace houniao::importing
