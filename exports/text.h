// Words and numbers as the exchange formats write them. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"
#include "exports/sink.h"
#include "replay/ledger.h"

namespace houniao::exports {

std::string snake_case(std::string_view camel);  // "amountFen" -> "amount_fen"
// "local.houniao" of the origin "houniao.local/log".
std::string reverse_dns(std::string_view origin);
// "1234.05", exact.
std::string decimal(Fen amount);
// The same as a JSON number: whole yuan as an integer.
Json json_amount(Fen amount);
// "2016-03-15T09:30:00.000123+08:00"; of equal length, so that texts sort as times do.
std::string rfc3339_exact(WallTime time);
// The moment at which something happened, the start of its day when only that is known.
WallTime occurred_at(Day day, std::int32_t minute);

inline std::string id_text(std::uint64_t id) { return to_string(EventId{id}); }
template <class Tag>
std::string id_text(Strong<Tag> id) {
  return id_text(id.value);
}

}  // namespace houniao::exports
