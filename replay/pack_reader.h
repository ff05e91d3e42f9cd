// Reads JSON objects strictly and notes every fault with the pointer to its place; reading goes on
// with defaults, so no caller has to ask at each step. Internal to the reading of packs.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/time.h"
#include "replay/label.h"

namespace houniao::pack_reader {

using Json = nlohmann::json;

template <class T, std::size_t N>
using Names = std::array<std::pair<std::string_view, T>, N>;

struct Note {
  std::string pointer;
  Label what;
  bool warning = false;
};

class Notes {
 public:
  void fault(std::string pointer, std::string zh, std::string en) {
    notes_.push_back({std::move(pointer), {std::move(zh), std::move(en)}, false});
  }
  void warning(std::string pointer, std::string zh, std::string en) {
    notes_.push_back({std::move(pointer), {std::move(zh), std::move(en)}, true});
  }
  const std::vector<Note>& all() const { return notes_; }
  const Note* first_fault() const;

 private:
  std::vector<Note> notes_;
};

// "~" and "/" of a member name as RFC 6901 writes them.
std::string escaped(std::string_view name);

class Object {
 public:
  Object(const Json& json, std::string path, Notes& notes);

  const Json* find(const char* key);  // nullptr when absent
  bool has(const char* key) const { return json_.contains(key); }
  std::string text(const char* key);  // must be there and not be empty
  std::string text_or(const char* key, std::string fallback);
  template <class T>
  T number(const char* key, std::int64_t least = std::numeric_limits<std::int64_t>::min(),
           std::int64_t most = std::numeric_limits<std::int64_t>::max()) {
    const Json* value = need(key);
    return value == nullptr ? T{}
                            : static_cast<T>(whole(*value, at(key), std::max(least, min_of<T>()),
                                                   std::min(most, max_of<T>())));
  }
  template <class T>
  T number_or(const char* key, T fallback,
              std::int64_t least = std::numeric_limits<std::int64_t>::min(),
              std::int64_t most = std::numeric_limits<std::int64_t>::max()) {
    return has(key) ? number<T>(key, least, most) : fallback;
  }
  std::optional<std::int64_t> maybe_number(const char* key);
  std::optional<bool> maybe(const char* key);
  Day day(const char* key);
  std::optional<Day> maybe_day(const char* key);
  // Both days, the second not before the first.
  void days(const char* from_key, const char* to_key, Day& from, Day& to);
  Label label(const char* key);
  Label label_or_empty(const char* key) { return has(key) ? label(key) : Label{}; }
  template <class T, std::size_t N>
  T one_of(const char* key, const Names<T, N>& names) {
    const std::string written = text(key);
    for (const auto& [name, value] : names) {
      if (name == written) return value;
    }
    if (!written.empty()) {
      std::string list;
      for (const auto& [name, value] : names) {
        list += (list.empty() ? "" : ", ") + std::string(name);
      }
      unknown(key, written, list);
    }
    return names.front().second;
  }
  template <class T, std::size_t N>
  T one_of_or(const char* key, const Names<T, N>& names, T fallback) {
    return has(key) ? one_of(key, names) : fallback;
  }
  std::vector<std::string> texts(const char* key);
  template <class T>
  std::vector<T> numbers(const char* key) {
    std::vector<T> out;
    each(key, [&](const Json& item, const std::string& path) {
      out.push_back(static_cast<T>(whole(item, path, min_of<T>(), max_of<T>())));
    });
    return out;
  }
  // Reads a list of objects with `read(Object&) -> T`.
  template <class Read>
  auto objects(const char* key, Read&& read) {
    std::vector<decltype(read(*this))> out;
    each(key, [&](const Json& item, const std::string& path) {
      Object inner(item, path, notes_);
      out.push_back(read(inner));
      inner.finish();
    });
    return out;
  }
  // Reads the member with `read(Object&) -> T`; T{} when it is missing.
  template <class Read>
  auto object(const char* key, Read&& read) {
    const Json* value = need(key);
    decltype(read(*this)) out{};
    if (value == nullptr) return out;
    Object inner(*value, at(key), notes_);
    out = read(inner);
    inner.finish();
    return out;
  }
  // Makes members that nobody asked for a fault.
  void finish();
  // What follows cannot be judged: its members are not held against it.
  void abandon() { abandoned_ = true; }

  void wrong(const char* key, std::string zh, std::string en) {
    notes_.fault(at(key), std::move(zh), std::move(en));
  }
  // About an item of a list: "type/0".
  void wrong_item(const std::string& place, std::string zh, std::string en) {
    notes_.fault(path_ + "/" + place, std::move(zh), std::move(en));
  }
  // About the object itself.
  void wrong_here(std::string zh, std::string en) {
    notes_.fault(path_, std::move(zh), std::move(en));
  }
  std::string at(std::string_view key) const { return path_ + "/" + escaped(key); }
  const std::string& path() const { return path_; }
  std::size_t faults() const { return notes_.all().size(); }  // noted so far, anywhere

 private:
  template <class T>
  static constexpr std::int64_t min_of() {
    return std::is_signed_v<T> ? static_cast<std::int64_t>(std::numeric_limits<T>::min()) : 0;
  }
  template <class T>
  static constexpr std::int64_t max_of() {
    return std::in_range<std::int64_t>(std::numeric_limits<T>::max())
               ? static_cast<std::int64_t>(std::numeric_limits<T>::max())
               : std::numeric_limits<std::int64_t>::max();
  }
  const Json* need(const char* key);
  std::int64_t whole(const Json& value, const std::string& path, std::int64_t least,
                     std::int64_t most);
  void unknown(const char* key, const std::string& written, const std::string& list);
  template <class Visit>
  void each(const char* key, Visit&& visit) {
    const Json* list = find(key);
    if (list == nullptr) return;
    if (!list->is_array()) return wrong(key, "应为列表 [...]", "a list [...] is needed");
    for (std::size_t i = 0; i < list->size(); ++i) {
      visit((*list)[i], at(key) + "/" + std::to_string(i));
    }
  }

  const Json& json_;
  std::string path_;
  Notes& notes_;
  std::set<std::string, std::less<>> seen_;
  bool abandoned_ = false;
};

}  // namespace houniao::pack_reader
