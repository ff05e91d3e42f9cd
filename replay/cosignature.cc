#include "replay/cosignature.h"

#include <algorithm>
#include <optional>

namespace houniao {
namespace {

constexpr std::uint8_t kCosignatureType = 0x04;
constexpr std::string_view kHeader = "cosignature/v1\n";
constexpr std::size_t kStampBytes = 8;

Bytes typed_key(const VerifyKey& key) {
  Bytes out{kCosignatureType};
  append(out, key.bytes);
  return out;
}

std::string signed_message(std::string_view text, std::uint64_t seconds) {
  return std::string(kHeader) + "time " + std::to_string(seconds) + "\n" + std::string(text);
}

bool is_by(const NoteSignature& line, const Cosigner& cosigner) {
  return line.name == cosigner.name &&
         line.key_hash == cosigner_key_hash(cosigner.name, cosigner.key);
}

// The time of a line that is by this cosigner; nullopt when it does not hold.
std::optional<std::int64_t> time_of(std::string_view text, const NoteSignature& line,
                                    const Cosigner& cosigner) {
  Signature signature;
  if (line.signature.size() != kStampBytes + signature.bytes.size()) return std::nullopt;
  std::uint64_t seconds = 0;
  for (std::size_t i = 0; i < kStampBytes; ++i) seconds = seconds << 8 | line.signature[i];
  if (seconds > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  std::copy(line.signature.begin() + kStampBytes, line.signature.end(), signature.bytes.begin());
  const std::string message = signed_message(text, seconds);
  if (!verify(cosigner.key, as_bytes(message), signature)) return std::nullopt;
  return static_cast<std::int64_t>(seconds);
}

}  // namespace

std::string cosigner_key(std::string_view name, const VerifyKey& key) {
  HOUNIAO_ASSERT(valid_key_name(name));
  return std::string(name) + "+" + to_hex(cosigner_key_hash(name, key)) + "+" +
         to_base64(typed_key(key));
}

Result<Cosigner> parse_cosigner_key(std::string_view text) {
  const Error malformed = fail(Errc::malformed, "cosigner key: want name+hash+key");
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return malformed;
  const std::string_view name = text.substr(0, first);
  const auto key = from_base64(text.substr(second + 1));
  if (!valid_key_name(name) || !key) return malformed;
  Cosigner out;
  if (key->size() != 1 + out.key.bytes.size() || key->front() != kCosignatureType) {
    return fail(Errc::malformed,
                "cosigner key: not an Ed25519 key for cosignatures (signature type 0x04)");
  }
  out.name = std::string(name);
  std::copy(key->begin() + 1, key->end(), out.key.bytes.begin());
  if (to_hex(cosigner_key_hash(name, out.key)) != text.substr(first + 1, second - first - 1)) {
    return fail(Errc::malformed, "cosigner key: the hash does not fit the name and key");
  }
  return out;
}

std::array<std::uint8_t, 4> cosigner_key_hash(std::string_view name, const VerifyKey& key) {
  static constexpr std::uint8_t kSeparator[] = {0x0a};
  const Hash full = sha256(as_bytes(name), kSeparator, typed_key(key));
  return {full.bytes[0], full.bytes[1], full.bytes[2], full.bytes[3]};
}

std::string cosign(std::string_view text, std::string_view name, const SigningKey& key,
                   std::int64_t seconds) {
  HOUNIAO_ASSERT(valid_key_name(name) && text.ends_with('\n'));
  const auto stamp = static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0));
  const std::string message = signed_message(text, stamp);
  NoteSignature line;
  line.name = std::string(name);
  line.key_hash = cosigner_key_hash(name, key.verify_key());
  Bytes& body = line.signature;
  for (int shift = 56; shift >= 0; shift -= 8) {
    body.push_back(static_cast<std::uint8_t>(stamp >> shift));
  }
  append(body, sign(key, as_bytes(message)).bytes);
  return signature_line_text(line);
}

Result<std::int64_t> verify_cosignature(std::string_view note, const Cosigner& cosigner) {
  const auto parts = split_note(note);
  if (!parts) return parts.error();
  std::optional<std::int64_t> newest;
  for (const NoteSignature& line : parts->signatures) {
    if (!is_by(line, cosigner)) continue;
    const auto time = time_of(parts->text, line, cosigner);
    if (!time) return fail(Errc::bad_signature, "cosignature by " + cosigner.name);
    newest = std::max(newest.value_or(*time), *time);
  }
  if (!newest) return fail(Errc::bad_signature, "no cosignature by " + cosigner.name);
  return *newest;
}

std::string good_cosignatures(std::string_view text, const std::vector<NoteSignature>& lines,
                              const std::vector<Cosigner>& cosigners) {
  std::string out;
  for (const Cosigner& cosigner : cosigners) {
    const NoteSignature* best = nullptr;
    std::int64_t newest = -1;
    for (const NoteSignature& line : lines) {
      if (!is_by(line, cosigner)) continue;
      const auto time = time_of(text, line, cosigner);
      if (!time || *time <= newest) continue;
      newest = *time;
      best = &line;
    }
    if (best != nullptr) out += signature_line_text(*best);
  }
  return out;
}

}  // namespace houniao
