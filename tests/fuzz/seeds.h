// Well-formed inputs of every decoder, made by code from the schema itself: one event per type of
// the catalogue, one frame per kind, records, notes, verifier keys. They are the starting corpus of
// the fuzzers and of the mutation tests. Functions are deterministic; any thread.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"

namespace houniao::fuzz {

std::vector<Bytes> event_seeds();
std::vector<Bytes> record_seeds();
std::vector<Bytes> frame_seeds();
std::vector<Bytes> checkpoint_seeds();
std::vector<Bytes> verifier_key_seeds();

// The log whose notes checkpoint_seeds() holds.
SigningKey log_key();
std::string log_vkey();

}  // namespace houniao::fuzz
