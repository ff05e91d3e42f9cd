#include "replay/rules/rules_conduct_pictures.h"

#include <algorithm>
#include <bit>
#include <boost/unordered/unordered_flat_map.hpp>
#include <numeric>

namespace houniao::rules {
namespace {

constexpr int kHashBits = 64;
constexpr int kFeaturesMin = 5;

// Union-find with path halving; the smaller index leads.
class Groups {
 public:
  explicit Groups(std::size_t size) : leader_(size) {
    std::iota(leader_.begin(), leader_.end(), std::size_t{0});
  }
  std::size_t leader(std::size_t i) {
    while (leader_[i] != i) i = leader_[i] = leader_[leader_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) {
    a = leader(a);
    b = leader(b);
    if (a != b) leader_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::size_t> leader_;
};

std::int64_t square_root(std::int64_t value) {
  std::int64_t low = 0;
  std::int64_t high = 3'000'000'000;
  while (low < high) {
    const std::int64_t middle = low + (high - low + 1) / 2;
    if (middle <= value / middle) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

}  // namespace

bool shows_something(std::uint64_t picture) {
  const int ones = std::popcount(picture);
  return ones >= kFeaturesMin && ones <= kHashBits - kFeaturesMin;
}

std::vector<std::vector<std::uint64_t>> similar_pictures(const std::vector<std::uint64_t>& pictures,
                                                         int bits) {
  Groups groups(pictures.size());
  const int parts = bits + 1;
  for (int part = 0; bits > 0 && part < parts; ++part) {
    const int from = kHashBits * part / parts;
    const int width = kHashBits * (part + 1) / parts - from;
    const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
    boost::unordered_flat_map<std::uint64_t, std::vector<std::size_t>> buckets;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      std::vector<std::size_t>& bucket = buckets[(pictures[i] >> from) & mask];
      if (bucket.size() >= kAlikePerPart) continue;
      for (const std::size_t other : bucket) {
        if (std::popcount(pictures[i] ^ pictures[other]) <= bits) groups.join(i, other);
      }
      bucket.push_back(i);
    }
  }
  std::vector<std::vector<std::uint64_t>> out;
  std::vector<std::size_t> place(pictures.size());
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const std::size_t leader = groups.leader(i);
    if (leader == i) {
      place[i] = out.size();
      out.emplace_back();
    }
    out[place[leader]].push_back(pictures[i]);
  }
  return out;
}

std::int64_t metres_between(Coordinates a, Coordinates b) {
  // A degree of latitude is 111,111 m, so 1e-7 of it is one 90th of a metre.
  constexpr std::int64_t kPerMetre = 90;
  const std::int64_t north =
      (std::int64_t{a.latitude_e7} - std::int64_t{b.latitude_e7}) / kPerMetre;
  const std::int64_t east_at_equator =
      (std::int64_t{a.longitude_e7} - std::int64_t{b.longitude_e7}) / kPerMetre;
  // Bhaskara's cosine of x degrees, 4 (8100 - x^2) / (32400 + x^2), within 0.2 per cent; x in
  // thousandths of a degree.
  const std::int64_t x = std::int64_t{a.latitude_e7} / 10'000;
  const std::int64_t cosine_permille =
      std::max<std::int64_t>(4'000 * (8'100'000'000 - x * x) / (32'400'000'000 + x * x), 0);
  const std::int64_t east = east_at_equator * cosine_permille / 1000;
  return square_root(north * north + east * east);
}

}  // namespace houniao::rules
