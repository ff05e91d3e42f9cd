// Every mistake of a programme pack with its place, for whoever writes one: what parse_pack()
// refuses, and what it takes although it is most likely wrong. Both read by the same function.
// Nothing that is said of a pack holds a control character, so all of it may be shown on a
// terminal. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/pack.h"

namespace houniao {

struct PackFault {
  std::string pointer;     // JSON pointer (RFC 6901); empty for the whole text
  std::size_t line = 0;    // from 1
  std::size_t column = 0;  // from 1, in characters
  Label what;
  bool warning = false;  // the pack can be used
};

struct PackCheck {
  std::optional<Pack> pack;       // absent when there is a fault that is no warning
  std::vector<PackFault> faults;  // in order of place
  bool complete = true;           // false: there were more than kPackFaultsMax
  bool is_json = true;            // false: then the only fault says where it stops being JSON
};

inline constexpr std::size_t kPackFaultsMax = 200;
inline constexpr std::size_t kPackBytesMax = std::size_t{1} << 20;

PackCheck check_pack(std::string_view json);

}  // namespace houniao
