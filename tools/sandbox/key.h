// The key of the sandbox in words: one table of every plant in Markdown, as docs/SANDBOX.md has it.
// Event ids are left out: they depend on what else is in the log. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tools/sandbox/plant.h"

namespace houniao::sandbox {

inline constexpr std::string_view kKeyBegins = "<!-- key: begins -->";
inline constexpr std::string_view kKeyEnds = "<!-- key: ends -->";

// By rule, in the order in which they were planted; ends with a line end.
std::string key_table(std::span<const Plant> plants);

// What stands between the two marks of a document, each mark on a line of its own; none when a mark
// is missing or stands twice.
std::optional<std::string> key_in(std::string_view document);

}  // namespace houniao::sandbox
