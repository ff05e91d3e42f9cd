// One number for a whole state: equal folds give equal digests on every machine. SHA-256 over the
// canonical encoding (replay/archive.h) behind a label with the version of that encoding. What
// depends on the order of arrival is left out, see replay/state.h. Pure; takes time in proportion
// to the state.
#pragma once

#include "base/bytes.h"
#include "replay/state.h"

namespace houniao {

Hash digest(const State& state);

}  // namespace houniao
