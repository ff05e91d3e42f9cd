#include "replay/state.h"

namespace houniao {

// Copying hundreds of containers, compiled once.
State::State(const State&) = default;
State& State::operator=(const State& other) { return *this = State(other); }

}  // namespace houniao
