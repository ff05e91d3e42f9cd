// Texts that somebody else chose, fit for a terminal. Pure; any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace houniao::audit {

inline constexpr std::size_t kQuotedBytesMax = 64;

// In quotation marks, as JSON writes it in ASCII, and cut off where it is long.
inline std::string in_quotes(std::string_view text) {
  const bool cut = text.size() > kQuotedBytesMax;
  return nlohmann::json(std::string(text.substr(0, kQuotedBytesMax)))
             .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) +
         (cut ? "…" : "");
}

}  // namespace houniao::audit
