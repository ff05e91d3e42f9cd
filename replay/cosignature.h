// Witness cosignatures, C2SP tlog-cosignature with Ed25519 (signature type 0x04, "cosignature/v1"):
// somebody else says that, as of a time, a checkpoint is the largest consistent one that it has
// seen of the log. A cosignature is one more signature line of the checkpoint's note.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/error.h"
#include "base/time.h"
#include "replay/checkpoint.h"

namespace houniao {

struct Cosigner {
  std::string name;
  VerifyKey key;
  bool operator==(const Cosigner&) const = default;
};

// "name+hex8+base64(0x04 || public key)"; `name` must be a valid key name.
std::string cosigner_key(std::string_view name, const VerifyKey& key);
// malformed when it is not such a text, also for a key of type 0x01, which signs plain notes.
Result<Cosigner> parse_cosigner_key(std::string_view text);
// First 4 bytes of SHA-256(name || 0x0A || 0x04 || public key).
std::array<std::uint8_t, 4> cosigner_key_hash(std::string_view name, const VerifyKey& key);

// The signature line, with its line feed, of `text` (the signed text of a checkpoint note).
// `seconds` since 1970, at least 0.
std::string cosign(std::string_view text, std::string_view name, const SigningKey& key,
                   std::int64_t seconds);

// The newest time at which the cosigner signed this note. bad_signature when there is no line of
// that cosigner or one of its lines does not hold, malformed when the note cannot be read.
Result<std::int64_t> verify_cosignature(std::string_view note, const Cosigner& cosigner);

// Those of the lines that are good cosignatures of `text` by one of the cosigners, each as a line
// with its line feed; of one cosigner the newest. Other lines are left out, as tlog-witness
// demands.
std::string good_cosignatures(std::string_view text, const std::vector<NoteSignature>& lines,
                              const std::vector<Cosigner>& cosigners);

}  // namespace houniao
