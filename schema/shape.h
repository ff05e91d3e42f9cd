// Checks a message against its schema without reading it field by field: every pointer that the
// schema knows must lie inside the message and have the type it should, texts must be valid UTF-8
// and within the limits. After that the generated getters cannot fail. Pure.
#pragma once

#include <capnp/any.h>
#include <capnp/schema.h>

#include <string>

#include "base/error.h"

namespace houniao {

class Shape;

// The shape of a struct type, made once per process from the compiled-in schema. Thread-safe.
const Shape& shape_of(capnp::StructSchema schema);

// Throws kj::Exception for what Cap'n Proto itself detects, returns an error for the limits.
Result<void> check_shape(const Shape& shape, capnp::AnyStruct::Reader value);

bool valid_utf8(std::string_view text);

}  // namespace houniao
