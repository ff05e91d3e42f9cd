// Who a party is and who acts for it, for checks of independence between families: persons are one
// when they are linked, a staff member is the person behind it, and an organisation acts through
// its staff, its members and the holders of its posts. Internal to replay/families; only reads the
// state; same thread as the fold.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "replay/reasons.h"

namespace houniao {

class State;

// A person, a staff member or an organisation that is known. 0 does not pass.
void check_party(const State& state, std::uint64_t id, Reasons& reasons);

// The one id that stands for the party: for staff the person behind it where there is one, for
// persons the smallest id of those linked, for everything else its own.
std::uint64_t identity_of(const State& state, std::uint64_t id);
bool same_party(const State& state, std::uint64_t a, std::uint64_t b);

// Whether the actor is the party, or on that day works for it, is a member of it or holds one of
// its posts. False for actor 0.
bool acts_for(const State& state, std::uint64_t actor, std::uint64_t party, Day day);

}  // namespace houniao
