#include "tools/import/value.h"

#include <limits>

namespace houniao::importing {
namespace {

capnp::DynamicValue::Reader scalar(const Value& value, capnp::Type type) {
  if (const auto* it = std::get_if<bool>(&value.it)) return *it;
  if (const auto* it = std::get_if<std::int64_t>(&value.it)) return *it;
  if (const auto* it = std::get_if<std::uint64_t>(&value.it)) return *it;
  if (const auto* it = std::get_if<Enumerant>(&value.it)) {
    return capnp::DynamicEnum(type.asEnum(), it->number);
  }
  if (const auto* it = std::get_if<std::string>(&value.it)) {
    return capnp::Text::Reader(it->c_str(), it->size());
  }
  const auto& bytes = std::get<Bytes>(value.it);
  return capnp::Data::Reader(bytes.data(), bytes.size());
}

void write_list(capnp::DynamicList::Builder out, const Value::List& values) {
  const capnp::Type element = out.getSchema().getElementType();
  for (unsigned i = 0; i < out.size(); ++i) {
    if (const auto* fields = std::get_if<Value::Struct>(&values[i].it)) {
      write(out[i].as<capnp::DynamicStruct>(), *fields);
    } else {
      out.set(i, scalar(values[i], element));
    }
  }
}

template <class Int>
Target integer(capnp::Type type, std::string name) {
  Target out;
  out.kind = std::is_signed_v<Int> ? Target::Kind::signed_integer : Target::Kind::unsigned_integer;
  out.min = static_cast<std::int64_t>(std::numeric_limits<Int>::min());
  out.max = static_cast<std::uint64_t>(std::numeric_limits<Int>::max());
  out.type = type;
  out.name = std::move(name);
  return out;
}

}  // namespace

void write(capnp::DynamicStruct::Builder out, const Value::Struct& values) {
  for (const auto& [field, value] : values) {
    if (const auto* list = std::get_if<Value::List>(&value.it)) {
      if (list->empty()) continue;
      write_list(out.init(field, static_cast<unsigned>(list->size())).as<capnp::DynamicList>(),
                 *list);
    } else if (const auto* fields = std::get_if<Value::Struct>(&value.it)) {
      write(out.init(field).as<capnp::DynamicStruct>(), *fields);
    } else {
      out.set(field, scalar(value, field.getType()));
    }
  }
}

std::size_t bytes_of(const Value& value) {
  constexpr std::size_t kPointer = 8;
  if (const auto* text = std::get_if<std::string>(&value.it)) return text->size() + kPointer;
  if (const auto* bytes = std::get_if<Bytes>(&value.it)) return bytes->size() + kPointer;
  std::size_t out = kPointer;
  if (const auto* list = std::get_if<Value::List>(&value.it)) {
    for (const Value& item : *list) out += bytes_of(item);
  } else if (const auto* fields = std::get_if<Value::Struct>(&value.it)) {
    for (const FieldValue& item : *fields) out += bytes_of(item.value);
  }
  return out;
}

std::optional<Target> target_of(capnp::Type type, std::string name) {
  Target out;
  out.type = type;
  out.name = name;
  switch (type.which()) {
    case capnp::schema::Type::TEXT:
      out.kind = Target::Kind::text;
      return out;
    case capnp::schema::Type::DATA:
      out.kind = Target::Kind::data;
      return out;
    case capnp::schema::Type::BOOL:
      out.kind = Target::Kind::boolean;
      return out;
    case capnp::schema::Type::ENUM:
      out.kind = Target::Kind::enumeration;
      return out;
    case capnp::schema::Type::LIST:
      out.kind = Target::Kind::list;
      return out;
    case capnp::schema::Type::STRUCT:
      out.kind = Target::Kind::structure;
      return out;
    case capnp::schema::Type::INT8:
      return integer<std::int8_t>(type, std::move(name));
    case capnp::schema::Type::INT16:
      return integer<std::int16_t>(type, std::move(name));
    case capnp::schema::Type::INT32:
      return integer<std::int32_t>(type, std::move(name));
    case capnp::schema::Type::INT64:
      return integer<std::int64_t>(type, std::move(name));
    case capnp::schema::Type::UINT8:
      return integer<std::uint8_t>(type, std::move(name));
    case capnp::schema::Type::UINT16:
      return integer<std::uint16_t>(type, std::move(name));
    case capnp::schema::Type::UINT32:
      return integer<std::uint32_t>(type, std::move(name));
    case capnp::schema::Type::UINT64:
      return integer<std::uint64_t>(type, std::move(name));
    default:
      return std::nullopt;
  }
}

Target integer_target(std::string name, std::int64_t min, std::uint64_t max) {
  Target out;
  out.kind = min < 0 ? Target::Kind::signed_integer : Target::Kind::unsigned_integer;
  out.min = min;
  out.max = max;
  out.name = std::move(name);
  return out;
}

std::optional<Value> fit(bool negative, std::uint64_t magnitude, const Target& target) {
  if (!negative && magnitude > target.max) return std::nullopt;
  if (target.kind == Target::Kind::unsigned_integer) {
    if (negative || magnitude < static_cast<std::uint64_t>(target.min)) return std::nullopt;
    return Value{magnitude};
  }
  // 2^63 is the greatest magnitude of a negative number; negated as unsigned it is its own bits.
  if (negative && magnitude > std::uint64_t{1} << 63) return std::nullopt;
  const auto number = static_cast<std::int64_t>(negative ? ~magnitude + 1 : magnitude);
  if (number < target.min) return std::nullopt;
  return Value{number};
}

std::optional<std::uint16_t> find_enumerant(const Target& target, const std::string& name) {
  KJ_IF_MAYBE (found, target.type.asEnum().findEnumerantByName(name.c_str())) {
    return found->getOrdinal();
  }
  return std::nullopt;
}

std::string enumerants(const Target& target) {
  std::string out;
  for (const auto enumerant : target.type.asEnum().getEnumerants()) {
    if (!out.empty()) out += ", ";
    out += enumerant.getProto().getName().cStr();
  }
  return out;
}

capnp::StructSchema::Field member_of(const CatalogueRow& event) {
  const auto body = capnp::Schema::from<schema::Event::Body>();
  std::string name(event.name);
  name[0] = static_cast<char>(name[0] - 'A' + 'a');
  return body.getFieldByName(name.c_str());
}

capnp::StructSchema body_of(const CatalogueRow& event) {
  return member_of(event).getType().asStruct();
}

std::optional<capnp::StructSchema::Field> find_field(capnp::StructSchema schema,
                                                     const std::string& name) {
  KJ_IF_MAYBE (found, schema.findFieldByName(name.c_str())) {
    return *found;
  }
  return std::nullopt;
}

std::string fields_of(capnp::StructSchema schema) {
  std::string out;
  for (const auto field : schema.getFields()) {
    if (!out.empty()) out += ", ";
    out += field.getProto().getName().cStr();
  }
  return out;
}

}  // namespace houniao::importing
