// One line for whoever runs the server, on standard error: what a counter cannot say and somebody
// has to act on. Rare, each once per cause; in Chinese, then English. Names of machines and
// witnesses that the operator configured may stand in it, nothing of a person.
//
// Any thread; the line is written in one piece.
#pragma once

#include <string_view>

namespace houniao {

void tell_operator(std::string_view line);

}  // namespace houniao
