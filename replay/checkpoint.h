// Signed statements about the log: C2SP tlog-checkpoint inside a C2SP signed-note, with Ed25519
// (signature type 0x01). The text is what the server publishes, what acknowledgements carry and
// what tablets keep as witnesses. Pure; any thread.
//
//   houniao.example/log           origin, also the key's name
//   1234                          size, decimal
//   q83vEjRWeJCrze8SNFZ4kKvN...   root, base64
//                                 (empty line)
//   — houniao.example/log Az3g... base64 of 4 bytes of key hash and 64 bytes of signature
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/ids.h"

namespace houniao {

// A longer note is refused unread.
inline constexpr std::size_t kNoteBytesMax = 64 * 1024;

struct Checkpoint {
  std::string origin;
  TreeSize size;
  Hash root;
  bool operator==(const Checkpoint&) const = default;
};

// The signed text: "origin\nsize\nroot\n".
std::string checkpoint_body(const Checkpoint& checkpoint);

// The note, signed under the key name `checkpoint.origin`, which must be a valid key name.
std::string sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key);

// Reads and verifies. `vkey` is a verifier key text. Errc::malformed when the note or the key
// cannot be read, Errc::bad_signature when no signature by that key is there or it does not match,
// Errc::checkpoint_mismatch when the origin is not the key's name. Signatures by other keys are
// ignored, as signed-note demands.
Result<Checkpoint> open_checkpoint(std::string_view note, std::string_view vkey);

// The size that a checkpoint note states, before anything about it is verified: to choose the key.
// malformed and too_large as open_checkpoint().
Result<TreeSize> unverified_checkpoint_size(std::string_view note);

// A note with further signature lines, each ending in a line feed; the note's own lines stay first.
// malformed when the note or a line cannot be read. Nothing is verified.
Result<std::string> add_signature_lines(std::string_view note, std::string_view lines);

// The log's raw signature on a note that verifies, for Attestation.witnessedNoteSignature.
Result<Signature> checkpoint_signature(std::string_view note, std::string_view vkey);

// The inverse: whether `signature` is the key's over this checkpoint's text.
bool verify_checkpoint(const Checkpoint& checkpoint, const VerifyKey& key,
                       const Signature& signature);
// The note that carries an existing signature, without a signing key.
std::string note_with_signature(const Checkpoint& checkpoint, const VerifyKey& key,
                                const Signature& signature);

struct VerifierKey {
  std::string name;
  VerifyKey key;
  bool operator==(const VerifierKey&) const = default;
};
// "name+hex8+base64(0x01 || public key)"; `name` must be a valid key name.
std::string verifier_key(std::string_view name, const VerifyKey& key);
Result<VerifierKey> parse_verifier_key(std::string_view text);
// First 4 bytes of SHA-256(name || 0x0A || 0x01 || public key).
std::array<std::uint8_t, 4> key_hash(std::string_view name, const VerifyKey& key);
// Not empty, without white space, control characters and '+'.
bool valid_key_name(std::string_view name);

// The signature line alone, with its line feed.
std::string note_signature_line(std::string_view name, const VerifyKey& key,
                                const Signature& signature);

// One signature line of a note, taken apart; nothing is verified.
struct NoteSignature {
  std::string name;
  std::array<std::uint8_t, 4> key_hash{};
  Bytes signature;  // what follows the key hash, at least one byte
  bool operator==(const NoteSignature&) const = default;
};
std::string signature_line_text(const NoteSignature& line);  // with its line feed
// The signed text with its last line feed, and the signature lines in order; malformed, too_large.
struct NoteParts {
  std::string text;
  std::vector<NoteSignature> signatures;
};
Result<NoteParts> split_note(std::string_view note);
// The same of the signature lines alone.
Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines);
// The checkpoint that a signed text states; malformed. Nothing is verified.
Result<Checkpoint> parse_checkpoint_body(std::string_view text);

// Any note (not only a checkpoint) with one signature; `text` must end with a line feed.
std::string sign_note(std::string_view text, std::string_view name, const SigningKey& key);
// The signed text of a note that this key signed; errors as for open_checkpoint.
Result<std::string> open_note(std::string_view note, std::string_view vkey);

}  // namespace houniao
