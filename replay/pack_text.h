// The steps by which the text of a pack becomes a Pack, and what is said about each. Internal to
// the reading of packs.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/pack.h"
#include "replay/pack_reader.h"

namespace houniao {

// Members, their kinds and their bounds.
Pack read_pack(const pack_reader::Json& json, pack_reader::Notes& notes);
// Names inside the pack must lead somewhere, and each must stand there once.
void check_names(const Pack& pack, pack_reader::Notes& notes);
// Warnings: what is most likely not meant.
void check_codes(const Pack& pack, pack_reader::Notes& notes);

// Whether the text (UTF-8) holds a character below U+0020 or one of U+007F to U+009F. A terminal
// obeys them.
bool has_control(std::string_view text);
// The text with those characters as JSON writes them: "\u001b".
std::string shown(std::string_view text);

// Calls visit(pointer, metric) for every metric of the pack, wherever it stands.
void for_each_metric(const Pack& pack,
                     const std::function<void(const std::string&, const Metric&)>& visit);
// Calls visit(pointer, where) for every `where` of it.
void for_each_where(const std::string& pointer, const Metric& metric,
                    const std::function<void(const std::string&, const MetricWhere&)>& visit);
// For the `where` that stands at the pointer, and for those inside it.
void for_each_where(const std::string& pointer, const MetricWhere& where,
                    const std::function<void(const std::string&, const MetricWhere&)>& visit);

// Where the members of a JSON text stand.
class JsonPlaces {
 public:
  // The text must be JSON.
  explicit JsonPlaces(std::string_view text);

  struct Place {
    std::size_t line = 1;
    std::size_t column = 1;
  };
  // Of the member that a pointer names, or of the innermost one around it that is there.
  std::size_t offset_of(std::string pointer) const;
  static Place at(std::string_view text, std::size_t offset);
  // Pointers of members that stand twice in one object: readers of JSON take the last of them.
  const std::vector<std::string>& repeated() const { return repeated_; }
  // Pointers of texts with a control character, and of members whose names have one.
  const std::vector<std::string>& controls() const { return controls_; }
  // Where the objects and lists become nested too deep; what is inside was not walked.
  std::optional<std::size_t> too_deep() const { return too_deep_; }

 private:
  void value(const std::string& pointer, int depth);
  void object(const std::string& pointer, int depth);
  void array(const std::string& pointer, int depth);
  std::string string();
  void spaces();
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::string_view text_;
  std::size_t at_ = 0;
  boost::unordered_flat_map<std::string, std::size_t> offsets_;
  std::vector<std::string> repeated_;
  std::vector<std::string> controls_;
  std::optional<std::size_t> too_deep_;
};

}  // namespace houniao
