// Comparing pictures by their 64-bit perceptual hashes and places by their coordinates, in whole
// numbers, so that every machine gives the same answer. Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

namespace houniao::rules {

// False for no hash, and for hashes of pictures without features (a white wall, darkness), which
// are all alike.
bool shows_something(std::uint64_t picture);

// Groups of at least one picture each, in which every picture is within `bits` (0 to 15) of some
// other one of the group. `pictures` ascending, each once; so are the groups, by their first.
//
// Pictures within n bits agree in at least one of n + 1 parts of the hash, so only those that share
// a part are compared: near-linear for hashes that spread. At most kAlikePerPart of those that
// share one part are compared with each other, so that a flood of forged hashes costs no more.
inline constexpr std::size_t kAlikePerPart = 512;
std::vector<std::vector<std::uint64_t>> similar_pictures(const std::vector<std::uint64_t>& pictures,
                                                         int bits);

struct Coordinates {
  std::int32_t latitude_e7 = 0;
  std::int32_t longitude_e7 = 0;
};
// Along the surface, on a sphere of 40,000 km round, rounded down; within a per cent for places of
// one city.
std::int64_t metres_between(Coordinates a, Coordinates b);

}  // namespace houniao::rules
