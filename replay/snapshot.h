// A state as bytes, to start from instead of folding the whole log again. Only a cache of the log:
// it carries its digest and is checked against it, and a snapshot that does not check is thrown
// away.
//
//   8 bytes "HNIAOSN3", 32 bytes digest(state), 32 bytes SHA-256 of the rest, the rest: canonical
//   encoding for the purpose snapshot (replay/archive.h).
//
// Pure functions.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "replay/state.h"

namespace houniao {

Bytes snapshot(const State& state);

// Fails with corrupt when the bytes are damaged, of another version, or do not give a state with
// the digest they carry.
Result<State> restore(ByteView bytes);

}  // namespace houniao
