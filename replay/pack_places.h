// Where the members of a JSON text stand, and what a reader of JSON would not tell: members that
// stand twice in one object, texts that a terminal would obey, and nesting without end. For the
// text of a programme pack and for the manifest of an audit bundle.
//
// A value that is built once; it holds memory in proportion to the text, whatever that says. Any
// thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace houniao {

class JsonPlaces {
 public:
  // Of members that stand twice, and of texts with control characters, so many are named.
  static constexpr std::size_t kNamedMax = 256;
  // Members of objects and items of lists, in all.
  static constexpr std::size_t kPlacesMax = 131'072;

  // The text must be JSON.
  explicit JsonPlaces(std::string_view text);

  struct Place {
    std::size_t line = 1;
    std::size_t column = 1;
  };
  // Of the member that a pointer (RFC 6901) names, or of the innermost one around it that is there.
  std::size_t offset_of(std::string_view pointer) const;
  static Place at(std::string_view text, std::size_t offset);
  // Pointers of members that stand twice in one object: readers of JSON take the last of them.
  const std::vector<std::string>& repeated() const { return repeated_; }
  // Pointers of texts with a control character, and of members whose names have one.
  const std::vector<std::string>& controls() const { return controls_; }
  // Where the objects and lists become nested too deep; what is inside was not walked.
  std::optional<std::size_t> too_deep() const { return too_deep_; }
  // Where there are more than kPlacesMax of them; what follows was not walked.
  std::optional<std::size_t> too_many() const { return too_many_; }

 private:
  using Node = std::size_t;
  static constexpr Node kRoot = 0;

  // The member of a node, which is added when it is not there; whether it was added.
  std::pair<Node, bool> member(Node parent, std::string name, std::size_t offset);
  void value(Node node, int depth);
  void object(Node node, int depth);
  void array(Node node, int depth);
  std::string string();
  void spaces();
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void name(Node node, std::vector<std::string>& list) const;

  std::string_view text_;
  std::size_t at_ = 0;
  struct Entry {
    Node parent = kRoot;
    std::string name;  // as a pointer writes it
    std::size_t offset = 0;
  };
  std::vector<Entry> nodes_;
  boost::unordered_flat_map<std::pair<Node, std::string>, Node> members_;
  std::vector<std::string> repeated_;
  std::vector<std::string> controls_;
  std::optional<std::size_t> too_deep_;
  std::optional<std::size_t> too_many_;
};

}  // namespace houniao
