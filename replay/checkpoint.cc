#include "replay/checkpoint.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "replay/note_lines.h"

namespace houniao {
namespace {

constexpr std::string_view kSignaturePrefix = "\xe2\x80\x94 ";  // em dash, space
constexpr std::uint8_t kEd25519Type = 0x01;
// Go's note package refuses notes with more; a note of ours has one.
constexpr std::size_t kSignaturesMax = 100;

// White space outside ASCII that Unicode knows, in UTF-8.
constexpr std::string_view kUnicodeSpaces[] = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

Bytes typed_key(const VerifyKey& key) {
  Bytes out{kEd25519Type};
  append(out, key.bytes);
  return out;
}

bool valid_text(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7f) return false;
  }
  return true;
}

struct SignatureLine {
  std::string_view name;
  Bytes blob;  // key hash, then the signature
};

std::optional<SignatureLine> parse_signature_line(std::string_view line) {
  if (!line.starts_with(kSignaturePrefix)) return std::nullopt;
  line.remove_prefix(kSignaturePrefix.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view name = line.substr(0, space);
  auto blob = from_base64(line.substr(space + 1));
  if (!valid_key_name(name) || !blob || blob->size() < 5) return std::nullopt;
  return SignatureLine{name, std::move(*blob)};
}

struct ParsedNote {
  std::string_view text;  // with its last line feed
  std::vector<SignatureLine> signatures;
};

// `rest` ends in a line feed or is empty.
Result<void> parse_lines(std::string_view rest, std::vector<SignatureLine>& out) {
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    auto line = parse_signature_line(rest.substr(0, end));
    if (!line) return fail(Errc::malformed, "signed note: unreadable signature line");
    out.push_back(std::move(*line));
    if (out.size() > kSignaturesMax) {
      return fail(Errc::malformed, "signed note with too many signatures");
    }
    rest.remove_prefix(end + 1);
  }
  return {};
}

Result<ParsedNote> parse_note(std::string_view note) {
  if (note.size() > kNoteBytesMax) return fail(Errc::too_large, "signed note");
  if (!valid_text(note) || !note.ends_with('\n')) {
    return fail(Errc::malformed, "signed note: control characters or no final line feed");
  }
  const std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos) {
    return fail(Errc::malformed, "signed note without an empty line before the signatures");
  }
  ParsedNote out;
  out.text = note.substr(0, blank + 1);
  HOUNIAO_TRY(parse_lines(note.substr(blank + 2), out.signatures));
  if (out.signatures.empty()) return fail(Errc::malformed, "signed note without signatures");
  return out;
}

struct Opened {
  std::string_view text;
  Signature signature;
  VerifierKey verifier;
};

Result<Opened> open_parsed(std::string_view note, std::string_view vkey) {
  auto verifier = parse_verifier_key(vkey);
  if (!verifier) return std::move(verifier).error();
  auto parsed = parse_note(note);
  if (!parsed) return std::move(parsed).error();
  const auto wanted = key_hash(verifier->name, verifier->key);
  std::optional<Signature> found;
  for (const SignatureLine& line : parsed->signatures) {
    if (line.name != verifier->name || !equal(ByteView(line.blob).first(4), wanted)) continue;
    Signature signature;
    if (line.blob.size() != wanted.size() + signature.bytes.size()) {
      return fail(Errc::bad_signature, "signed note: signature of a wrong length");
    }
    std::memcpy(signature.bytes.data(), line.blob.data() + wanted.size(), signature.bytes.size());
    if (!verify(verifier->key, as_bytes(parsed->text), signature)) {
      return fail(Errc::bad_signature, "signed note: signature by " + verifier->name);
    }
    found = signature;
  }
  if (!found) return fail(Errc::bad_signature, "signed note: no signature by " + verifier->name);
  return Opened{parsed->text, *found, std::move(*verifier)};
}

Result<Checkpoint> parse_body(std::string_view text) {
  const auto origin = take_line(text);
  const auto size_line = origin ? take_line(text) : std::nullopt;
  const auto root_line = size_line ? take_line(text) : std::nullopt;
  if (!root_line || origin->empty()) return fail(Errc::malformed, "checkpoint: fewer than 3 lines");
  const auto size = parse_decimal(*size_line);
  if (!size) return fail(Errc::malformed, "checkpoint: unreadable size");
  const auto root_bytes = from_base64(*root_line);
  const auto root = root_bytes ? hash_from(*root_bytes) : std::nullopt;
  if (!root) return fail(Errc::malformed, "checkpoint: unreadable root");
  // Extension lines may follow; they are opaque but never empty.
  while (!text.empty()) {
    const auto line = take_line(text);
    if (!line || line->empty()) return fail(Errc::malformed, "checkpoint: empty extension line");
  }
  return Checkpoint{std::string(*origin), TreeSize{*size}, *root};
}

std::vector<NoteSignature> taken_apart(const std::vector<SignatureLine>& lines) {
  std::vector<NoteSignature> out;
  for (const SignatureLine& line : lines) {
    NoteSignature one;
    one.name = std::string(line.name);
    std::copy_n(line.blob.begin(), one.key_hash.size(), one.key_hash.begin());
    one.signature.assign(line.blob.begin() + one.key_hash.size(), line.blob.end());
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

std::string checkpoint_body(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size.value) + "\n" +
         to_base64(checkpoint.root.view()) + "\n";
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key) {
  return sign_note(checkpoint_body(checkpoint), checkpoint.origin, key);
}

Result<Checkpoint> open_checkpoint(std::string_view note, std::string_view vkey) {
  auto opened = open_parsed(note, vkey);
  if (!opened) return std::move(opened).error();
  auto checkpoint = parse_body(opened->text);
  if (checkpoint && checkpoint->origin != opened->verifier.name) {
    return fail(Errc::checkpoint_mismatch,
                "checkpoint of " + checkpoint->origin + " signed by " + opened->verifier.name);
  }
  return checkpoint;
}

Result<Signature> checkpoint_signature(std::string_view note, std::string_view vkey) {
  auto opened = open_parsed(note, vkey);
  if (!opened) return std::move(opened).error();
  return opened->signature;
}

bool verify_checkpoint(const Checkpoint& checkpoint, const VerifyKey& key,
                       const Signature& signature) {
  const std::string body = checkpoint_body(checkpoint);
  return verify(key, as_bytes(body), signature);
}

std::string note_with_signature(const Checkpoint& checkpoint, const VerifyKey& key,
                                const Signature& signature) {
  return checkpoint_body(checkpoint) + "\n" +
         note_signature_line(checkpoint.origin, key, signature);
}

std::string note_signature_line(std::string_view name, const VerifyKey& key,
                                const Signature& signature) {
  Bytes blob;
  append(blob, key_hash(name, key));
  append(blob, signature.bytes);
  return std::string(kSignaturePrefix) + std::string(name) + " " + to_base64(blob) + "\n";
}

std::string signature_line_text(const NoteSignature& line) {
  Bytes blob(line.key_hash.begin(), line.key_hash.end());
  append(blob, line.signature);
  return std::string(kSignaturePrefix) + line.name + " " + to_base64(blob) + "\n";
}

Result<NoteParts> split_note(std::string_view note) {
  auto parsed = parse_note(note);
  if (!parsed) return std::move(parsed).error();
  return NoteParts{std::string(parsed->text), taken_apart(parsed->signatures)};
}

Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines) {
  if (lines.size() > kNoteBytesMax) return fail(Errc::too_large, "signature lines");
  if (!valid_text(lines) || (!lines.empty() && !lines.ends_with('\n'))) {
    return fail(Errc::malformed, "signature lines: control characters or no final line feed");
  }
  std::vector<SignatureLine> out;
  HOUNIAO_TRY(parse_lines(lines, out));
  return taken_apart(out);
}

Result<Checkpoint> parse_checkpoint_body(std::string_view text) { return parse_body(text); }

Result<TreeSize> unverified_checkpoint_size(std::string_view note) {
  auto parsed = parse_note(note);
  if (!parsed) return std::move(parsed).error();
  auto checkpoint = parse_body(parsed->text);
  if (!checkpoint) return std::move(checkpoint).error();
  return checkpoint->size;
}

Result<std::string> add_signature_lines(std::string_view note, std::string_view lines) {
  const auto parsed = parse_note(note);
  if (!parsed) return parsed.error();
  const auto more = parse_signature_lines(lines);
  if (!more) return more.error();
  if (parsed->signatures.size() + more->size() > kSignaturesMax ||
      note.size() + lines.size() > kNoteBytesMax) {
    return fail(Errc::too_large, "signed note with too many signatures");
  }
  return std::string(note) + std::string(lines);
}

std::string verifier_key(std::string_view name, const VerifyKey& key) {
  HOUNIAO_ASSERT(valid_key_name(name));
  return std::string(name) + "+" + to_hex(key_hash(name, key)) + "+" + to_base64(typed_key(key));
}

Result<VerifierKey> parse_verifier_key(std::string_view text) {
  const Error malformed = fail(Errc::malformed, "verifier key: want name+hash+key");
  const std::size_t first = text.find('+');
  if (first == std::string_view::npos) return malformed;
  const std::size_t second = text.find('+', first + 1);
  if (second == std::string_view::npos) return malformed;
  const std::string_view name = text.substr(0, first);
  const std::string_view hash_text = text.substr(first + 1, second - first - 1);
  const auto key_bytes = from_base64(text.substr(second + 1));
  if (!valid_key_name(name) || hash_text.size() != 8 || !key_bytes) return malformed;
  if (key_bytes->size() != 33 || key_bytes->front() != kEd25519Type) {
    return fail(Errc::malformed, "verifier key: not an Ed25519 key");
  }
  VerifierKey out;
  out.name = std::string(name);
  std::memcpy(out.key.bytes.data(), key_bytes->data() + 1, out.key.bytes.size());
  if (to_hex(key_hash(out.name, out.key)) != hash_text) {
    return fail(Errc::malformed, "verifier key: the hash does not fit the name and key");
  }
  return out;
}

std::array<std::uint8_t, 4> key_hash(std::string_view name, const VerifyKey& key) {
  static constexpr std::uint8_t kSeparator[] = {0x0a};
  const Hash full = sha256(as_bytes(name), kSeparator, typed_key(key));
  return {full.bytes[0], full.bytes[1], full.bytes[2], full.bytes[3]};
}

bool valid_key_name(std::string_view name) {
  if (name.empty() || name.find('+') != std::string_view::npos) return false;
  for (const char c : name) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte <= 0x20 || byte == 0x7f) return false;
  }
  for (const std::string_view space : kUnicodeSpaces) {
    if (name.find(space) != std::string_view::npos) return false;
  }
  return true;
}

std::string sign_note(std::string_view text, std::string_view name, const SigningKey& key) {
  HOUNIAO_ASSERT(text.ends_with('\n') && valid_text(text) && valid_key_name(name));
  const Signature signature = sign(key, as_bytes(text));
  return std::string(text) + "\n" + note_signature_line(name, key.verify_key(), signature);
}

Result<std::string> open_note(std::string_view note, std::string_view vkey) {
  auto opened = open_parsed(note, vkey);
  if (!opened) return std::move(opened).error();
  return std::string(opened->text);
}

}  // namespace houniao
