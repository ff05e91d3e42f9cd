// The programme packs that are built into the programs, so that nothing has to be found on disk to
// recompute a figure. The text is schema/programmes/<code>.json, byte for byte. Constant; any
// thread.
#pragma once

#include <span>
#include <string_view>

namespace houniao {

struct EmbeddedPack {
  std::string_view code;
  std::string_view text;
};
std::span<const EmbeddedPack> embedded_packs();  // by code

// The JSON of a pack, "b" for instance; empty when there is none of that code.
std::string_view embedded_pack(std::string_view code);

}  // namespace houniao
