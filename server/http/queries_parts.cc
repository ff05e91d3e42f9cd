#include "server/http/queries_parts.h"

#include <charconv>

#include "server/http/queries.h"

namespace houniao::queries {

std::string snake_case(std::string_view camel) {
  std::string out;
  for (char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      if (!out.empty()) out.push_back('_');
      c = static_cast<char>(c - 'A' + 'a');
    }
    out.push_back(c);
  }
  return out;
}

void Filters::refuse(const std::string& name, const std::string& wanted) {
  if (!error_) error_ = fail(Errc::invalid_argument, name + ": " + wanted);
}

std::uint64_t Filters::id(const std::string& name) {
  const std::string given = query_.target.get(name);
  if (given.empty()) return 0;
  const EventId id = parse_event_id(given);
  if (!id) refuse(name, "an id such as 7-12");
  return id.value;
}

Day Filters::day(const std::string& name, Day otherwise) {
  const std::string given = query_.target.get(name);
  if (given.empty()) return otherwise;
  const std::optional<Day> day = parse_day(given);
  if (!day) refuse(name, "a day such as 2016-03-15");
  return day.value_or(otherwise);
}

std::optional<bool> Filters::flag(const std::string& name) {
  const std::string given = word(name, {"true", "false"});
  if (given.empty()) return std::nullopt;
  return given == "true";
}

std::string Filters::word(const std::string& name, std::initializer_list<std::string_view> words) {
  const std::string given = query_.target.get(name);
  if (given.empty() || std::find(words.begin(), words.end(), given) != words.end()) return given;
  std::string known = "one of";
  for (std::string_view each : words) known += " " + std::string(each);
  refuse(name, known);
  return given;
}

std::optional<Symbol> Filters::code(const std::string& name) const {
  const std::string given = query_.target.get(name);
  if (given.empty()) return std::nullopt;
  return query_.state.symbols().find(given);
}

Result<Page> parse_page(const Target& target) {
  Page out;
  out.limit = kPageDefault;
  const std::string cursor = target.get("cursor");
  if (!cursor.empty()) {
    out.after = parse_event_id(cursor);
    if (!out.after) return fail(Errc::invalid_argument, "cursor: an id such as 7-12");
  }
  const std::string limit = target.get("limit");
  if (!limit.empty()) {
    const auto parsed = std::from_chars(limit.data(), limit.data() + limit.size(), out.limit);
    if (parsed.ec != std::errc{} || parsed.ptr != limit.data() + limit.size() || out.limit == 0 ||
        out.limit > kPageMax) {
      return fail(Errc::invalid_argument, "limit: 1 to " + std::to_string(kPageMax));
    }
  }
  return out;
}

}  // namespace houniao::queries
