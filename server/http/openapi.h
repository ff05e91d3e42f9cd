// The OpenAPI 3.1 description of the HTTP interface, server/http/openapi.json byte for byte.
// Constant.
#pragma once

#include <string_view>

namespace houniao {

std::string_view openapi_document();

}  // namespace houniao
