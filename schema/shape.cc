#include "schema/shape.h"

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/limits.h"

namespace houniao {

class Shape {
 public:
  enum class Kind : std::uint8_t { text, data, structure, scalars, texts, datas, structures };
  struct Pointer {
    std::uint32_t index;  // in the pointer section
    Kind kind;
    const Shape* child;  // for structure and structures
    std::uint32_t bits;  // of one element, for scalars
  };
  struct Union {
    std::uint32_t discriminant_offset;          // in 16-bit units of the data section
    std::vector<std::vector<Pointer>> members;  // by discriminant
  };
  std::vector<Pointer> pointers;
  std::vector<Union> unions;
};

namespace {

using capnp::schema::Type;

std::uint32_t scalar_bits(Type::Which which) {
  switch (which) {
    case Type::VOID:
      return 0;
    case Type::BOOL:
      return 1;
    case Type::INT8:
    case Type::UINT8:
      return 8;
    case Type::INT16:
    case Type::UINT16:
    case Type::ENUM:
      return 16;
    case Type::INT32:
    case Type::UINT32:
    case Type::FLOAT32:
      return 32;
    default:
      return 64;
  }
}

class ShapeCache {
 public:
  const Shape& get(capnp::StructSchema schema) {
    const std::lock_guard lock(mutex_);
    return build(schema);
  }

 private:
  const Shape& build(capnp::StructSchema schema) {
    const std::uint64_t id = schema.getProto().getId();
    auto [place, fresh] = shapes_.try_emplace(id);
    if (!fresh) return *place->second;
    place->second = std::make_unique<Shape>();
    Shape& shape = *place->second;
    add_fields(schema, shape, shape.pointers);
    return shape;
  }

  // Fields outside the union go to `out`; the members of the union to a table by discriminant.
  void add_fields(capnp::StructSchema schema, Shape& shape, std::vector<Shape::Pointer>& out) {
    for (auto field : schema.getNonUnionFields()) add_field(field, shape, out);
    const auto proto = schema.getProto().getStruct();
    if (proto.getDiscriminantCount() == 0) return;
    Shape::Union u;
    u.discriminant_offset = proto.getDiscriminantOffset();
    u.members.resize(proto.getDiscriminantCount());
    for (auto field : schema.getUnionFields()) {
      add_field(field, shape, u.members[field.getProto().getDiscriminantValue()]);
    }
    shape.unions.push_back(std::move(u));
  }

  void add_field(capnp::StructSchema::Field field, Shape& shape, std::vector<Shape::Pointer>& out) {
    if (field.getProto().isGroup()) {
      add_fields(field.getType().asStruct(), shape, out);
      return;
    }
    const std::uint32_t offset = field.getProto().getSlot().getOffset();
    const capnp::Type type = field.getType();
    if (type.isText()) {
      out.push_back({offset, Shape::Kind::text, nullptr, 0});
    } else if (type.isData()) {
      out.push_back({offset, Shape::Kind::data, nullptr, 0});
    } else if (type.isStruct()) {
      out.push_back({offset, Shape::Kind::structure, &build(type.asStruct()), 0});
    } else if (type.isList()) {
      out.push_back(list_pointer(offset, type.asList().getElementType()));
    }
  }

  Shape::Pointer list_pointer(std::uint32_t offset, capnp::Type element) {
    if (element.isText()) return {offset, Shape::Kind::texts, nullptr, 0};
    if (element.isData()) return {offset, Shape::Kind::datas, nullptr, 0};
    if (element.isStruct()) {
      return {offset, Shape::Kind::structures, &build(element.asStruct()), 0};
    }
    return {offset, Shape::Kind::scalars, nullptr, scalar_bits(element.which())};
  }

  std::mutex mutex_;
  std::map<std::uint64_t, std::unique_ptr<Shape>> shapes_;
};

Result<void> check_text(capnp::Text::Reader text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return fail(Errc::too_large, "a text of " + std::to_string(text.size()) + " bytes");
  }
  if (!valid_utf8({text.cStr(), text.size()}))
    return fail(Errc::malformed, "a text that is not UTF-8");
  return {};
}

Result<void> check_count(std::size_t count) {
  if (count > limits::kListItemsMax) {
    return fail(Errc::limit_exceeded, "a list of " + std::to_string(count) + " items");
  }
  return {};
}

Result<void> check_texts(capnp::AnyPointer::Reader pointer) {
  auto list = pointer.getAs<capnp::List<capnp::Text>>();
  HOUNIAO_TRY(check_count(list.size()));
  for (auto text : list) HOUNIAO_TRY(check_text(text, limits::kTextBytesMax));
  return {};
}

Result<void> check_structs(capnp::AnyPointer::Reader pointer, const Shape& child) {
  auto list = pointer.getAs<capnp::AnyList>();
  HOUNIAO_TRY(check_count(list.size()));
  if (list.getElementSize() != capnp::ElementSize::INLINE_COMPOSITE) {
    return fail(Errc::malformed, "a list of the wrong kind");  // an empty one too: getters throw
  }
  for (auto item : list.as<capnp::List<capnp::AnyStruct>>()) HOUNIAO_TRY(check_shape(child, item));
  return {};
}

Result<void> check_scalars(capnp::AnyPointer::Reader pointer, std::uint32_t bits) {
  auto list = pointer.getAs<capnp::AnyList>();
  HOUNIAO_TRY(check_count(list.size()));
  static constexpr std::uint32_t kBits[] = {0, 1, 8, 16, 32, 64};
  const auto size = static_cast<std::size_t>(list.getElementSize());
  if (size >= std::size(kBits) || kBits[size] != bits) {
    return fail(Errc::malformed, "a list of the wrong kind");
  }
  return {};
}

Result<void> check_pointer(const Shape::Pointer& expected, capnp::AnyPointer::Reader pointer) {
  if (pointer.isNull()) return {};
  switch (expected.kind) {
    case Shape::Kind::text:
      return check_text(pointer.getAs<capnp::Text>(), limits::kEventBytesMax);
    case Shape::Kind::data:
      pointer.getAs<capnp::Data>();
      return {};
    case Shape::Kind::structure:
      return check_shape(*expected.child, pointer.getAs<capnp::AnyStruct>());
    case Shape::Kind::scalars:
      return check_scalars(pointer, expected.bits);
    case Shape::Kind::texts:
      return check_texts(pointer);
    case Shape::Kind::datas:
      for (auto item : pointer.getAs<capnp::List<capnp::Data>>()) static_cast<void>(item);
      return check_count(pointer.getAs<capnp::List<capnp::Data>>().size());
    case Shape::Kind::structures:
      return check_structs(pointer, *expected.child);
  }
  return {};
}

Result<void> check_pointers(const std::vector<Shape::Pointer>& expected,
                            capnp::List<capnp::AnyPointer>::Reader section) {
  for (const Shape::Pointer& pointer : expected) {
    if (pointer.index < section.size()) HOUNIAO_TRY(check_pointer(pointer, section[pointer.index]));
  }
  return {};
}

std::size_t discriminant(capnp::AnyStruct::Reader value, std::uint32_t offset) {
  const auto data = value.getDataSection();
  const std::size_t at = std::size_t{offset} * 2;
  if (at + 2 > data.size()) return 0;
  return data[at] | (std::size_t{data[at + 1]} << 8);
}

}  // namespace

const Shape& shape_of(capnp::StructSchema schema) {
  static ShapeCache cache;
  return cache.get(schema);
}

Result<void> check_shape(const Shape& shape, capnp::AnyStruct::Reader value) {
  const auto section = value.getPointerSection();
  HOUNIAO_TRY(check_pointers(shape.pointers, section));
  for (const Shape::Union& u : shape.unions) {
    const std::size_t which = discriminant(value, u.discriminant_offset);
    if (which < u.members.size()) HOUNIAO_TRY(check_pointers(u.members[which], section));
  }
  return {};
}

// RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF.
bool valid_utf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = p + text.size();
  while (p < end) {
    if (*p < 0x80) {
      ++p;
      continue;
    }
    int more = 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (*p >= 0xC2 && *p <= 0xDF) {
      more = 1;
    } else if (*p >= 0xE0 && *p <= 0xEF) {
      more = 2;
      if (*p == 0xE0) low = 0xA0;
      if (*p == 0xED) high = 0x9F;
    } else if (*p >= 0xF0 && *p <= 0xF4) {
      more = 3;
      if (*p == 0xF0) low = 0x90;
      if (*p == 0xF4) high = 0x8F;
    } else {
      return false;
    }
    ++p;
    for (int i = 0; i < more; ++i, ++p) {
      if (p >= end || *p < low || *p > high) return false;
      low = 0x80;
      high = 0xBF;
    }
  }
  return true;
}

}  // namespace houniao
