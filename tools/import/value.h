// A value on its way into an event, and the place in the schema that it goes to. Works on the
// schema that the program carries, so that every event type can be written without code of its own.
// Plain values; pure.
#pragma once

#include <capnp/dynamic.h>
#include <capnp/schema.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "schema/catalogue.h"

namespace houniao::importing {

struct FieldValue;

struct Enumerant {
  std::uint16_t number = 0;
};

struct Value {
  using List = std::vector<Value>;
  using Struct = std::vector<FieldValue>;
  std::variant<bool, std::int64_t, std::uint64_t, Enumerant, std::string, Bytes, List, Struct> it;
};

struct FieldValue {
  capnp::StructSchema::Field field;
  Value value;
};

// Sets the fields of `out`. The values fit their fields: the mapping made them for those.
void write(capnp::DynamicStruct::Builder out, const Value::Struct& values);
// Bytes of texts and lists: what makes an event large.
std::size_t bytes_of(const Value& value);

// A field, or the element of a list, as far as values for it are concerned.
struct Target {
  enum class Kind : std::uint8_t {
    text,
    data,
    boolean,
    signed_integer,
    unsigned_integer,
    enumeration,
    list,
    structure
  };
  Kind kind = Kind::text;
  std::int64_t min = 0;   // of integers
  std::uint64_t max = 0;  // of integers
  capnp::Type type;
  std::string name;  // "PersonRegistered.sex"
};
// nullopt for a type that no event has.
std::optional<Target> target_of(capnp::Type type, std::string name);
// An envelope field: an unsigned 64-bit id, or a number with these bounds.
Target integer_target(std::string name, std::int64_t min, std::uint64_t max);

// A whole number as the integer that the target holds; nullopt outside its bounds.
std::optional<Value> fit(bool negative, std::uint64_t magnitude, const Target& target);

// The number of an enumerant by its name in the schema; nullopt when there is none.
std::optional<std::uint16_t> find_enumerant(const Target& target, const std::string& name);
std::string enumerants(const Target& target);  // "unknown, male, female, notStated"

// The member of Event.body for an event type, and the struct behind it.
capnp::StructSchema::Field member_of(const CatalogueRow& event);
capnp::StructSchema body_of(const CatalogueRow& event);
std::optional<capnp::StructSchema::Field> find_field(capnp::StructSchema schema,
                                                     const std::string& name);
std::string fields_of(capnp::StructSchema schema);  // "sex, birthYearBand, ..."

}  // namespace houniao::importing
