// Which page holds the ids of a stretch, for tables by id (dense_map.h). A device numbers its
// events without gaps, so that its pages are a short list, which stays in the caches where a hash
// table of all pages would not; what such a list cannot hold, which no honest log has, lies in a
// table of its own. Part of State; written by the one thread that folds the log.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <utility>
#include <vector>

namespace houniao {

class PageDirectory {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  std::uint32_t find(std::uint64_t number) const {
    const std::uint64_t device = number >> kPageBits;
    if (device < devices_.size()) {
      const Pages& pages = devices_[device];
      const std::uint64_t page = number & kPageMask;
      if (page < pages.size() && pages[page] != kNone) return pages[page];
    }
    return far_.empty() ? kNone : find_far(number);
  }
  // The number must not be there yet.
  void insert(std::uint64_t number, std::uint32_t place);
  void clear() { *this = {}; }

  // Number and place of every page, ascending.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> sorted() const;

 private:
  using Pages = std::vector<std::uint32_t>;

  // The number of a device stands this many bits above the number of its page.
  static constexpr unsigned kPageBits = 24;
  static constexpr std::uint64_t kPageMask = (std::uint64_t{1} << kPageBits) - 1;
  static constexpr std::uint64_t kDevicesMax = 65'536;
  static constexpr std::uint64_t kGapMax = 16;  // pages that may be missing within a list

  std::uint32_t find_far(std::uint64_t number) const;

  std::vector<Pages> devices_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> far_;
};

}  // namespace houniao
