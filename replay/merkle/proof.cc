#include "replay/merkle/proof.h"

#include <bit>
#include <string>

namespace houniao::merkle {
namespace {

// A run of leaves [first, first + count) whose `first` is a multiple of the smallest power of two
// that is at least `count`: the shape of every subtree that RFC 9162 splits off.
struct Range {
  std::uint64_t first;
  std::uint64_t count;
};

// The largest power of two smaller than n; n > 1.
std::uint64_t split_point(std::uint64_t n) { return std::bit_floor(n - 1); }

// Root over a range: the perfect subtrees it consists of, folded from the right.
Result<Hash> range_root(const NodeSource& nodes, Range range) {
  std::uint64_t end = range.first + range.count;
  std::uint64_t left = range.count;
  Hash root;
  bool any = false;
  while (left != 0) {
    const auto level = static_cast<unsigned>(std::countr_zero(left));
    const std::uint64_t width = std::uint64_t{1} << level;
    auto node = nodes.node(level, (end - width) >> level);
    if (!node) return node;
    root = any ? node_hash(*node, root) : *node;
    any = true;
    end -= width;
    left -= width;
  }
  return any ? root : empty_root();
}

std::string sizes_text(std::uint64_t a, std::uint64_t b) {
  return std::to_string(a) + " and tree size " + std::to_string(b);
}

}  // namespace

Result<std::vector<Hash>> inclusion_proof(const NodeSource& nodes, Seq leaf, TreeSize size) {
  if (leaf.value >= size.value) {
    return fail(Errc::invalid_argument,
                "inclusion proof for leaf " + sizes_text(leaf.value, size.value));
  }
  // Walks down from the root, so the siblings come out uppermost first.
  std::vector<Hash> proof;
  Range at{0, size.value};
  while (at.count > 1) {
    const std::uint64_t k = split_point(at.count);
    const bool go_left = leaf.value - at.first < k;
    const Range left{at.first, k};
    const Range right{at.first + k, at.count - k};
    auto sibling = range_root(nodes, go_left ? right : left);
    if (!sibling) return std::move(sibling).error();
    proof.push_back(*sibling);
    at = go_left ? left : right;
  }
  return std::vector<Hash>(proof.rbegin(), proof.rend());
}

Result<std::vector<Hash>> consistency_proof(const NodeSource& nodes, TreeSize from, TreeSize to) {
  if (from > to) {
    return fail(Errc::invalid_argument,
                "consistency proof from " + sizes_text(from.value, to.value));
  }
  std::vector<Hash> proof;
  if (from == to || from.value == 0) return proof;
  Range at{0, to.value};
  std::uint64_t m = from.value;  // leaves of the old tree inside `at`
  bool complete = true;          // whether the old root is that of `at`'s first m leaves
  while (m != at.count) {
    const std::uint64_t k = split_point(at.count);
    const bool go_left = m <= k;
    const Range left{at.first, k};
    const Range right{at.first + k, at.count - k};
    auto sibling = range_root(nodes, go_left ? right : left);
    if (!sibling) return std::move(sibling).error();
    proof.push_back(*sibling);
    at = go_left ? left : right;
    if (!go_left) {
      m -= k;
      complete = false;
    }
  }
  if (!complete) {
    auto old_part = range_root(nodes, at);
    if (!old_part) return std::move(old_part).error();
    proof.push_back(*old_part);
  }
  return std::vector<Hash>(proof.rbegin(), proof.rend());
}

Result<Hash> root_at(const NodeSource& nodes, TreeSize size) {
  return range_root(nodes, Range{0, size.value});
}

Result<Frontier> frontier_at(const NodeSource& nodes, TreeSize size) {
  std::vector<Hash> peaks;
  std::uint64_t first = 0;
  for (std::uint64_t left = size.value; left != 0;) {
    const std::uint64_t width = std::bit_floor(left);
    const auto level = static_cast<unsigned>(std::countr_zero(width));
    auto node = nodes.node(level, first >> level);
    if (!node) return std::move(node).error();
    peaks.push_back(*node);
    first += width;
    left -= width;
  }
  return Frontier::from_peaks(size, peaks);
}

// RFC 9162 section 2.1.3.2.
bool verify_inclusion(const Hash& leaf, Seq index, TreeSize size, std::span<const Hash> proof,
                      const Hash& root) {
  if (index.value >= size.value) return false;
  std::uint64_t fn = index.value;
  std::uint64_t sn = size.value - 1;
  Hash r = leaf;
  for (const Hash& p : proof) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      r = node_hash(p, r);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      r = node_hash(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && r == root;
}

// RFC 9162 section 2.1.4.2.
bool verify_consistency(TreeSize from, const Hash& from_root, TreeSize to, const Hash& to_root,
                        std::span<const Hash> proof) {
  if (from > to) return false;
  if (from == to) {
    return proof.empty() && from_root == to_root && (from.value != 0 || from_root == empty_root());
  }
  if (from.value == 0) return proof.empty() && from_root == empty_root();
  if (proof.empty()) return false;
  std::uint64_t fn = from.value - 1;
  std::uint64_t sn = to.value - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  // When the old size is a power of two, the old root itself is where the path starts.
  Hash fr;
  if (std::has_single_bit(from.value)) {
    fr = from_root;
  } else {
    fr = proof.front();
    proof = proof.subspan(1);
  }
  Hash sr = fr;
  for (const Hash& c : proof) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      fr = node_hash(c, fr);
      sr = node_hash(c, sr);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = node_hash(sr, c);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == from_root && sr == to_root;
}

}  // namespace houniao::merkle
