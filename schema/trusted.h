// Follows pointers of messages that were walked over beforehand (schema/segment.h), inline: the
// same answers as the generated readers, for a tenth of their instructions. A fold opens four
// structs and reads three to five lists of bytes for every event, and Cap'n Proto's own way to each
// goes through a shared library that checks again what the walk has vouched for.
//
// Readers that Cap'n Proto checks at every step (those that belong to a segment), and pointers of
// another kind than expected, are left to the library. Pure; a reader must not outlive its message.
#pragma once

#include <capnp/any.h>
#include <capnp/message.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/bytes.h"

namespace houniao::trusted {

// What a capnp::_::StructReader holds. Its own constructor from these parts is private; that the
// parts lie like this is checked by sizes here and by the tests against the generated readers.
struct Parts {
  const void* segment = nullptr;  // none: not checked at every step
  const void* capabilities = nullptr;
  const std::uint8_t* data = nullptr;
  const std::uint8_t* pointers = nullptr;
  std::uint32_t data_bits = 0;
  std::uint16_t pointer_count = 0;
  std::int32_t nesting_limit = 0x7fffffff;
};
static_assert(std::endian::native == std::endian::little);
static_assert(sizeof(Parts) == sizeof(capnp::_::StructReader));
static_assert(std::is_trivially_copyable_v<capnp::_::StructReader>);

// https://capnproto.org/encoding.html
inline constexpr std::size_t kWordBytes = 8;
inline constexpr std::uint64_t kBytePointer = 1 | std::uint64_t{2} << 32;  // list of bytes
inline constexpr std::uint64_t kListKindMask = 3 | std::uint64_t{7} << 32;

// A generated reader holds one StructReader and nothing else.
template <class Reader>
Parts parts_of(const Reader& reader) {
  return std::bit_cast<Parts>(reader);
}
// One of the parts, for callers that need no copy of all.
template <class Part, class Reader>
Part part_of(const Reader& reader, std::size_t offset) {
  static_assert(sizeof(Reader) == sizeof(Parts));
  Part part{};
  std::memcpy(&part, reinterpret_cast<const std::uint8_t*>(&reader) + offset, sizeof part);
  return part;
}
template <class Reader>
bool is_checked(const Reader& reader) {
  return part_of<const void*>(reader, offsetof(Parts, segment)) != nullptr;
}

inline const std::uint8_t* target_of(const std::uint8_t* at, std::uint64_t pointer) {
  const auto distance = static_cast<std::int32_t>(static_cast<std::uint32_t>(pointer)) >> 2;
  return at + kWordBytes + static_cast<std::ptrdiff_t>(distance) * 8;
}

inline std::uint64_t load(const std::uint8_t* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// Where the pointer section has this place; nullptr when the struct is older than the member.
template <class Reader>
const std::uint8_t* place_at(const Reader& reader, unsigned index) {
  if (index >= part_of<std::uint16_t>(reader, offsetof(Parts, pointer_count))) return nullptr;
  return part_of<const std::uint8_t*>(reader, offsetof(Parts, pointers)) + index * kWordBytes;
}

// The struct that a pointer leads to; `pointer` is of kind struct and not empty.
inline Parts struct_behind(const std::uint8_t* at, std::uint64_t pointer) {
  Parts out;
  const auto words = static_cast<std::uint32_t>((pointer >> 32) & 0xffff);
  out.data = target_of(at, pointer);
  out.pointers = out.data + words * kWordBytes;
  out.data_bits = words * 64;
  out.pointer_count = static_cast<std::uint16_t>(pointer >> 48);
  return out;
}

template <class Struct>
typename Struct::Reader reader_of(const Parts& parts) {
  return typename Struct::Reader(std::bit_cast<capnp::_::StructReader>(parts));
}

// What leads to the root of a segment that the walk has vouched for. Anything but a struct is left
// to the library, which says what is wrong with it.
template <class Struct>
typename Struct::Reader root(const capnp::word* segment) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(segment);
  const std::uint64_t pointer = load(at);
  if (pointer == 0 || (pointer & 3) != 0) return capnp::readMessageUnchecked<Struct>(segment);
  return reader_of<Struct>(struct_behind(at, pointer));
}

// The ways of the library, which checks.
template <class Type, class Reader>
[[gnu::noinline, gnu::cold]] typename Type::Reader checked_at(const Reader& reader,
                                                              unsigned index) {
  const auto section = capnp::AnyStruct::Reader(reader).getPointerSection();
  if (index >= section.size()) return {};
  return section[index].template getAs<Type>();
}

// The member at this place of the pointer section, which is a struct.
template <class Struct, class Reader>
typename Struct::Reader struct_at(const Reader& reader, unsigned index) {
  const std::uint8_t* at = place_at(reader, index);
  const std::uint64_t pointer = at == nullptr ? 0 : load(at);
  if (pointer == 0) return {};
  if ((pointer & 3) != 0 || is_checked(reader)) return checked_at<Struct>(reader, index);
  return reader_of<Struct>(struct_behind(at, pointer));
}

// The same for a member of type Data.
template <class Reader>
ByteView data_at(const Reader& reader, unsigned index) {
  const std::uint8_t* at = place_at(reader, index);
  const std::uint64_t pointer = at == nullptr ? 0 : load(at);
  if (pointer == 0) return {};
  if ((pointer & kListKindMask) != kBytePointer || is_checked(reader)) {
    const auto data = checked_at<capnp::Data>(reader, index);
    return {data.begin(), data.size()};
  }
  return {target_of(at, pointer), static_cast<std::size_t>(pointer >> 35)};
}

// Whether a member that is a pointer is set at all.
template <class Reader>
bool has_at(const Reader& reader, unsigned index) {
  const std::uint8_t* at = place_at(reader, index);
  return at != nullptr && load(at) != 0;
}

// Places in the pointer sections; fixed once published, and held against the schema by the tests.
namespace record {
inline constexpr unsigned kReasons = 1;
inline constexpr unsigned kEvent = 2;
}  // namespace record
namespace event {
inline constexpr unsigned kDevice = 0;
inline constexpr unsigned kBody = 5;  // of whatever type
}  // namespace event

}  // namespace houniao::trusted
