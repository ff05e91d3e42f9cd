// Where a text stops being JSON, and why. Internal to the reading of packs. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace houniao {

struct JsonBroken {
  std::size_t offset = 0;  // of the first byte that does not fit
  bool too_great = false;  // it begins a number that no reader of JSON can hold
};

// The text must not be JSON.
JsonBroken json_broken(std::string_view text);

}  // namespace houniao
