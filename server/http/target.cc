#include <algorithm>

#include "server/http/api.h"

namespace houniao {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 3986 percent-decoding, with '+' for a space in queries.
Result<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return fail(Errc::invalid_argument, "a broken escape in the URL");
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return out;
}

}  // namespace

void Target::add(const std::string& name, std::string value) {
  const auto [at, first] = query.try_emplace(name, value);
  if (!first) further[name].push_back(std::move(value));
}

std::string_view Target::after(std::string_view prefix) const {
  const std::string_view whole = path;
  return whole.starts_with(prefix) ? whole.substr(prefix.size()) : std::string_view{};
}

std::string Target::get(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string{} : found->second;
}

std::vector<std::string> Target::all(const std::string& name) const {
  std::vector<std::string> out;
  if (const auto found = query.find(name); found != query.end()) out.push_back(found->second);
  if (const auto more = further.find(name); more != further.end()) {
    out.insert(out.end(), more->second.begin(), more->second.end());
  }
  return out;
}

Result<void> check_parameters(const Target& target, std::string_view page,
                              std::span<const std::string_view> known,
                              std::string_view repeatable) {
  for (const auto& [name, value] : target.query) {
    if (std::find(known.begin(), known.end(), name) != known.end()) {
      if (!value.empty()) continue;
      return fail(Errc::invalid_argument, name + ": no value; give one, or leave the name out");
    }
    std::string wanted;
    for (const std::string_view each : known) wanted += " " + std::string(each);
    return fail(Errc::invalid_argument, std::string(page) + " has no parameter " + name +
                                            "; it takes:" + (wanted.empty() ? " none" : wanted));
  }
  for (const auto& [name, values] : target.further) {
    if (name == repeatable) continue;
    return fail(Errc::invalid_argument, "the parameter " + name + " was given twice; " +
                                            std::string(page) + " takes it once");
  }
  return {};
}

Result<Target> parse_target(std::string_view target) {
  Target out;
  target = target.substr(0, target.find('#'));
  const std::size_t question = target.find('?');
  auto path = decode(target.substr(0, question), false);
  if (!path) return path.error();
  out.path = std::move(*path);
  if (question == std::string_view::npos) return out;
  std::string_view rest = target.substr(question + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view part = rest.substr(0, end);
    const std::size_t equals = part.find('=');
    auto name = decode(part.substr(0, equals), true);
    if (!name) return name.error();
    auto value = decode(equals == std::string_view::npos ? "" : part.substr(equals + 1), true);
    if (!value) return value.error();
    if (!name->empty()) out.add(*name, std::move(*value));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return out;
}

}  // namespace houniao
