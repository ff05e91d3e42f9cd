// How the command line prints JSON: one object, two-space indentation, members in the order they
// were set, Chinese as UTF-8. Free functions; no thread rules.
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace houniao {

// Keeps members in the order in which a reader wants them.
using Json = nlohmann::ordered_json;

// One object and a line end. Bytes that are not UTF-8 are replaced, never thrown on.
void write_json(std::ostream& out, const Json& value);
// {"code": "bad_signature", "number": 3, "detail": ..., "what_to_do_zh": ..., "what_to_do_en": ...}
Json json_of(const Error& error);

}  // namespace houniao
