#include "replay/page_directory.h"

#include <algorithm>

namespace houniao {

std::uint32_t PageDirectory::find_far(std::uint64_t number) const {
  const auto at = far_.find(number);
  return at == far_.end() ? kNone : at->second;
}

void PageDirectory::insert(std::uint64_t number, std::uint32_t place) {
  const std::uint64_t device = number >> kPageBits;
  const std::uint64_t page = number & kPageMask;
  if (device < kDevicesMax) {
    if (device >= devices_.size()) devices_.resize(device + 1);
    Pages& pages = devices_[device];
    if (page < pages.size() + kGapMax) {
      if (page >= pages.size()) pages.resize(page + 1, kNone);
      pages[page] = place;
      return;
    }
  }
  far_.emplace(number, place);
}

std::vector<std::pair<std::uint64_t, std::uint32_t>> PageDirectory::sorted() const {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> out(far_.begin(), far_.end());
  for (std::uint64_t device = 0; device < devices_.size(); ++device) {
    const Pages& pages = devices_[device];
    for (std::uint64_t page = 0; page < pages.size(); ++page) {
      if (pages[page] != kNone) out.emplace_back(device << kPageBits | page, pages[page]);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace houniao
