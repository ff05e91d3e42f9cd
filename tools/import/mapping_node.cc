#include "tools/import/mapping_node.h"

#include <algorithm>
#include <string_view>

#include "tools/import/limits.h"

namespace houniao::importing {
namespace {

// A name as a step of a JSON pointer (RFC 6901).
std::string step(const std::string& name) {
  std::string out = "/";
  for (const char c : name) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

}  // namespace

Error Node::error(const std::string& what) const {
  return fail(Errc::invalid_argument, "mapping " + (place_.empty() ? "/" : place_) + ": " + what);
}

Result<void> Node::only(std::initializer_list<const char*> members) const {
  if (!json_->is_object()) return error("an object { } is needed here");
  for (const auto& [name, value] : json_->items()) {
    const bool known = std::any_of(members.begin(), members.end(),
                                   [&](const char* member) { return name == member; });
    if (known) continue;
    std::string possible;
    for (const char* member : members)
      possible += (possible.empty() ? "" : ", ") + std::string(member);
    return error("no such member \"" + name + "\"; possible are " + possible);
  }
  return {};
}

std::optional<Node> Node::find(const char* member) const {
  if (!has(member)) return std::nullopt;
  return Node((*json_)[member], place_ + step(member));
}

Result<Node> Node::need(const char* member) const {
  auto found = find(member);
  if (!found) return error("the member \"" + std::string(member) + "\" is missing");
  return *found;
}

Result<std::string> Node::text() const {
  if (!json_->is_string() || json_->get_ref<const std::string&>().empty()) {
    return error("a text is needed here");
  }
  return json_->get<std::string>();
}

Result<std::int64_t> Node::whole(std::int64_t min, std::int64_t max) const {
  const bool whole = json_->is_number_integer() &&
                     (!json_->is_number_unsigned() || json_->get<std::uint64_t>() <= INT64_MAX);
  if (!whole || json_->get<std::int64_t>() < min || json_->get<std::int64_t>() > max) {
    return error("a whole number from " + std::to_string(min) + " to " + std::to_string(max) +
                 " is needed here");
  }
  return json_->get<std::int64_t>();
}

Result<std::uint64_t> Node::whole_unsigned() const {
  if (!json_->is_number_unsigned()) return error("a whole number from 0 is needed here");
  return json_->get<std::uint64_t>();
}

Result<bool> Node::flag() const {
  if (!json_->is_boolean()) return error("true or false is needed here");
  return json_->get<bool>();
}

Result<std::vector<Node>> Node::items() const {
  if (!json_->is_array()) return error("an array [ ] is needed here");
  std::vector<Node> out;
  for (std::size_t i = 0; i < json_->size(); ++i) {
    out.emplace_back((*json_)[i], place_ + "/" + std::to_string(i));
  }
  return out;
}

Result<std::vector<Node::Member>> Node::members() const {
  if (!json_->is_object()) return error("an object { } is needed here");
  std::vector<Member> out;
  for (const auto& [name, value] : json_->items()) {
    out.push_back({name, Node(value, place_ + step(name))});
  }
  return out;
}

}  // namespace houniao::importing
