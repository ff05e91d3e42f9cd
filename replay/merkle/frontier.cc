#include "replay/merkle/frontier.h"

#include <bit>
#include <string>

namespace houniao::merkle {

Hash Frontier::root() const {
  if (peaks_.empty()) return empty_root();
  Hash root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = node_hash(peaks_[i], root);
  return root;
}

bool Frontier::append_subtree(unsigned level, const Hash& root) {
  constexpr unsigned kLevelMax = 62;
  if (level > kLevelMax) return false;
  const std::uint64_t leaves = std::uint64_t{1} << level;
  if (size_ % leaves != 0 || size_ > UINT64_MAX - leaves) return false;
  Hash hash = root;
  for (std::uint64_t index = size_ >> level; (index & 1) != 0; index >>= 1) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
  }
  peaks_.push_back(hash);
  size_ += leaves;
  return true;
}

Result<Frontier> Frontier::from_peaks(TreeSize size, std::span<const Hash> peaks) {
  if (static_cast<std::size_t>(std::popcount(size.value)) != peaks.size()) {
    return fail(Errc::malformed, std::to_string(peaks.size()) + " peaks for a tree of size " +
                                     std::to_string(size.value));
  }
  Frontier out;
  out.size_ = size.value;
  out.peaks_.assign(peaks.begin(), peaks.end());
  return out;
}

}  // namespace houniao::merkle
