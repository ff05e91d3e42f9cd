#include "schema/segment.h"

#include <cstdint>
#include <cstring>

#include "base/limits.h"

namespace houniao {
namespace {

// The layout of pointers: https://capnproto.org/encoding.html
enum Kind : std::uint64_t { kStruct = 0, kList = 1 };
enum ElementSize : std::uint64_t { kPointers = 6, kComposite = 7 };
constexpr std::uint64_t kElementBits[] = {0, 1, 8, 16, 32, 64};

class Walk {
 public:
  explicit Walk(kj::ArrayPtr<const capnp::word> segment)
      : words_(segment.begin()), size_(segment.size()), budget_(segment.size() * 2 + 64) {}

  bool root() { return pointers_at(0, 1, limits::kNestingMax); }

 private:
  // Behind the pointer by a signed distance; what wraps around is outside.
  static std::uint64_t target_of(std::uint64_t at, std::uint64_t pointer) {
    const auto distance = static_cast<std::int32_t>(static_cast<std::uint32_t>(pointer)) >> 2;
    return at + 1 + static_cast<std::uint64_t>(std::int64_t{distance});
  }
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

}  // namespace

bool is_self_contained(kj::ArrayPtr<const capnp::word> segment) {
  return segment.size() != 0 && Walk(segment).root();
}

}  // namespace houniao
