// The members of the items of a list, in their order, as openapi.json describes them: what a list
// without items has for columns. Constant; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace houniao {

// Empty for what is no list.
std::vector<std::string> columns_of_list(std::string_view page);

}  // namespace houniao
