#include "schema/segment.h"

#include <cstdint>
#include <cstring>
#include <utility>

#include "base/limits.h"

namespace houniao {
namespace {

// The layout of pointers: https://capnproto.org/encoding.html
enum Kind : std::uint64_t { kStruct = 0, kList = 1 };
enum ElementSize : std::uint64_t { kPointers = 6, kComposite = 7 };
constexpr std::uint64_t kListKindMask = 3 | std::uint64_t{7} << 32;
constexpr std::uint64_t kByteList = kList | std::uint64_t{2} << 32;
constexpr std::uint64_t kWordList = kList | std::uint64_t{5} << 32;
constexpr std::uint64_t kElementBits[] = {0, 1, 8, 16, 32, 64};

// Behind the pointer by a signed distance; what wraps around is outside.
std::uint64_t target_of(std::uint64_t at, std::uint64_t pointer) {
  const auto distance = static_cast<std::int32_t>(static_cast<std::uint32_t>(pointer)) >> 2;
  return at + 1 + static_cast<std::uint64_t>(std::int64_t{distance});
}

// Lists that were followed may overlap; together they may be so much larger than their message.
std::uint64_t budget_for(std::uint64_t words) { return words * 2 + 64; }

class Walk {
 public:
  explicit Walk(kj::ArrayPtr<const capnp::word> segment)
      : words_(segment.begin()), size_(segment.size()), budget_(budget_for(segment.size())) {}

  bool root() { return pointers_at(0, 1, limits::kNestingMax); }

 private:
  bool follow(std::uint64_t at, std::uint64_t pointer, unsigned depth) {
    if (depth == 0) return false;
    const std::uint64_t target = target_of(at, pointer);
    switch (pointer & 3) {
      case kStruct:
        return structures(target, 1, pointer, depth);
      case kList:
        return list(target, (pointer >> 32) & 7, pointer >> 35, depth);
      default:
        return false;
    }
  }
  std::uint64_t load(std::uint64_t at) const {
    std::uint64_t value = 0;
    std::memcpy(&value, words_ + at, sizeof value);
    return value;
  }
  bool visit(std::uint64_t target, std::uint64_t words) {
    if (target > size_ || words > size_ - target || words >= budget_) return false;
    budget_ -= words + 1;
    return true;
  }
  // `sizes` is a pointer to a struct or the tag of a list of them.
  bool structures(std::uint64_t target, std::uint64_t count, std::uint64_t sizes, unsigned depth) {
    const std::uint64_t data = (sizes >> 32) & 0xffff;
    const std::uint64_t pointers = sizes >> 48;
    if (!visit(target, count * (data + pointers))) return false;
    if (pointers == 0) return true;
    for (std::uint64_t i = 0; i < count; ++i, target += data + pointers) {
      if (!pointers_at(target + data, pointers, depth - 1)) return false;
    }
    return true;
  }
  bool pointers_at(std::uint64_t first, std::uint64_t count, unsigned depth) {
    for (std::uint64_t at = first; at < first + count; ++at) {
      const std::uint64_t value = load(at);
      if (value == 0) continue;
      // Most of what is not empty is text or data: a list of bytes, which leads no further.
      const std::uint64_t kind = value & 3;
      const std::uint64_t element = (value >> 32) & 7;
      if (kind == kList && element - 1 < 5) {
        if (depth == 0 ||
            !visit(target_of(at, value), ((value >> 35) * kElementBits[element] + 63) / 64)) {
          return false;
        }
        continue;
      }
      if (!follow(at, value, depth)) return false;
    }
    return true;
  }
  bool list(std::uint64_t target, std::uint64_t element, std::uint64_t count, unsigned depth) {
    if (element == kComposite) {
      if (!visit(target, count + 1)) return false;
      const std::uint64_t tag = load(target);
      const std::uint64_t items = (tag & 0xffffffff) >> 2;
      const std::uint64_t item_words = ((tag >> 32) & 0xffff) + (tag >> 48);
      // Items without a size cost nothing here and time in every loop over them.
      if ((tag & 3) != kStruct || items > count || items * item_words > count) return false;
      return structures(target + 1, items, tag, depth);
    }
    if (element == kPointers) {
      return visit(target, count) && pointers_at(target, count, depth - 1);
    }
    if (element == 0) return count == 0;
    return visit(target, (count * kElementBits[element] + 63) / 64);
  }

  const capnp::word* words_;
  std::uint64_t size_;
  std::uint64_t budget_;
};

// The same for the usual message, in half the steps: a struct of texts, data and lists of numbers,
// and one more such struct below it. What is not of this form it does not vouch for.
class Shallow {
 public:
  explicit Shallow(kj::ArrayPtr<const capnp::word> segment)
      : words_(segment.begin()), size_(segment.size()) {}

  bool root() {
    const std::uint64_t pointer = load(0);
    if ((pointer & 3) != kStruct || !members(target_of(0, pointer), pointer)) return false;
    if (const std::uint64_t below = std::exchange(below_, 0); below != 0) {
      if (!members(target_of(below_at_, below), below) || below_ != 0) return false;
    }
    return visited_ < budget_for(size_);
  }

 private:
  std::uint64_t load(std::uint64_t at) const {
    std::uint64_t value = 0;
    std::memcpy(&value, words_ + at, sizeof value);
    return value;
  }
  bool visit(std::uint64_t target, std::uint64_t words) {
    visited_ += words + 1;
    return target <= size_ && words <= size_ - target;
  }
  // The pointers of one struct. A struct among them is left for later; there must be only one.
  bool members(std::uint64_t target, std::uint64_t sizes) {
    const std::uint64_t data = (sizes >> 32) & 0xffff;
    const std::uint64_t pointers = sizes >> 48;
    if (!visit(target, data + pointers)) return false;
    const std::uint64_t end = target + data + pointers;
    for (std::uint64_t at = target + data; at != end; ++at) {
      const std::uint64_t value = load(at);
      if (value == 0) continue;
      if ((value & kListKindMask) == kByteList) {
        if (!visit(target_of(at, value), ((value >> 35) + 7) / 8)) return false;
      } else if ((value & kListKindMask) == kWordList) {
        if (!visit(target_of(at, value), value >> 35)) return false;
      } else {
        if ((value & 3) != kStruct || below_ != 0) return false;
        below_at_ = at;
        below_ = value;
      }
    }
    return true;
  }

  const capnp::word* words_;
  std::uint64_t size_;
  std::uint64_t visited_ = 0;
  std::uint64_t below_at_ = 0;
  std::uint64_t below_ = 0;  // a pointer
};

}  // namespace

bool is_self_contained(kj::ArrayPtr<const capnp::word> segment) {
  return segment.size() != 0 && (Shallow(segment).root() || Walk(segment).root());
}

}  // namespace houniao
