// What the state says, as JSON: the pages below /v1. Pure functions of a state; no personal data,
// because the state holds none.
//
// Lists come in order of id. `cursor` is the id after which the page begins ("7-12"), `limit` at
// most kPageMax; "next" in the answer is the cursor of the following page, or null.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/ids.h"
#include "server/http/api.h"

namespace houniao {

class State;

inline constexpr std::size_t kPageDefault = 100;
inline constexpr std::size_t kPageMax = 500;

// `what` is the path below /v1, such as "contracts" or "contracts/2-7". not_found for unknown paths
// and ids, invalid_argument for bad parameters.
Result<nlohmann::ordered_json> query_state(const State& state, TreeSize size, std::string_view what,
                                           const Target& target);

}  // namespace houniao
