#include "server/cosignatures.h"

#include <algorithm>

#include "base/os/os.h"

namespace houniao {
namespace {

constexpr std::size_t kNameDigits = 20;
constexpr std::uint8_t kStampedBytes = 72;  // time and Ed25519 signature

// The lines of a kept file that are cosignatures; the others are the log's own signatures.
std::string cosignature_lines(const NoteParts& parts) {
  std::string out;
  for (const NoteSignature& line : parts.signatures) {
    if (line.signature.size() == kStampedBytes) out += signature_line_text(line);
  }
  return out;
}

// The note without cosignatures.
std::string bare_note(const NoteParts& parts) {
  std::string out = parts.text + "\n";
  for (const NoteSignature& line : parts.signatures) {
    if (line.signature.size() != kStampedBytes) out += signature_line_text(line);
  }
  return out;
}

// Those of the kept lines whose signer is not among the fresh ones.
std::string lines_of_others(const std::string& kept, const std::string& fresh) {
  const auto old_lines = parse_signature_lines(kept);
  const auto new_lines = parse_signature_lines(fresh);
  std::string out;
  if (!old_lines || !new_lines) return out;
  for (const NoteSignature& line : *old_lines) {
    const bool again =
        std::any_of(new_lines->begin(), new_lines->end(), [&](const NoteSignature& other) {
          return other.name == line.name && other.key_hash == line.key_hash;
        });
    if (!again) out += signature_line_text(line);
  }
  return out;
}

}  // namespace

std::filesystem::path Cosignatures::file_of(TreeSize size) const {
  std::string name = std::to_string(size.value);
  name.insert(0, kNameDigits - name.size(), '0');
  return directory_ / name;
}

Result<std::unique_ptr<Cosignatures>> Cosignatures::open(const std::filesystem::path& directory) {
  std::unique_ptr<Cosignatures> out(new Cosignatures(directory));
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return fail(Errc::storage_failed, directory.string() + ": " + error.message());
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().filename().string().size() != kNameDigits) continue;
    const auto raw = os::read_file(entry.path(), kNoteBytesMax);
    if (!raw) continue;
    const auto parts = split_note(as_text(*raw));
    const auto checkpoint = parts ? parse_checkpoint_body(parts->text)
                                  : Result<Checkpoint>(fail(Errc::malformed, "note"));
    if (!checkpoint || out->file_of(checkpoint->size) != entry.path()) continue;
    out->kept_[checkpoint->size] = {parts->text, bare_note(*parts), cosignature_lines(*parts)};
  }
  if (error) return fail(Errc::storage_failed, directory.string() + ": " + error.message());
  return out;
}

Result<std::size_t> Cosignatures::add(const std::string& note, std::string_view lines,
                                      const std::vector<Cosigner>& cosigners) {
  const auto parts = split_note(note);
  if (!parts) return parts.error();
  const auto checkpoint = parse_checkpoint_body(parts->text);
  if (!checkpoint) return checkpoint.error();
  const auto fresh = parse_signature_lines(lines);
  if (!fresh) return fresh.error();
  const std::string good = good_cosignatures(parts->text, *fresh, cosigners);
  if (good.empty()) return std::size_t{0};
  const std::string bare = bare_note(*parts);
  std::string all;
  std::vector<TreeSize> dropped;
  {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(checkpoint->size);
    const bool same = found != kept_.end() && found->second.text == parts->text;
    all = (same ? lines_of_others(found->second.lines, good) : std::string{}) + good;
    kept_[checkpoint->size] = {parts->text, bare, all};
    dropped = drop_old();
  }
  for (const TreeSize size : dropped) {
    std::error_code ignored;
    std::filesystem::remove(file_of(size), ignored);
  }
  const std::string file = bare + all;
  HOUNIAO_TRY(os::write_file_durably(file_of(checkpoint->size), as_bytes(file)));
  return static_cast<std::size_t>(std::count(good.begin(), good.end(), '\n'));
}

std::vector<TreeSize> Cosignatures::drop_old() {
  std::vector<TreeSize> out;
  while (kept_.size() > kKept) {
    out.push_back(kept_.begin()->first);
    kept_.erase(kept_.begin());
  }
  return out;
}

std::string Cosignatures::with_cosignatures(std::string note) const {
  const auto parts = split_note(note);
  const auto checkpoint = parts ? parse_checkpoint_body(parts->text)
                                : Result<Checkpoint>(fail(Errc::malformed, "note"));
  if (!checkpoint) return note;
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(checkpoint->size);
  if (found == kept_.end() || found->second.text != parts->text) return note;
  return note + found->second.lines;
}

std::optional<std::string> Cosignatures::newest() const {
  const std::lock_guard lock(mutex_);
  if (kept_.empty()) return std::nullopt;
  const Kept& kept = kept_.rbegin()->second;
  return kept.note + kept.lines;
}

std::vector<std::string> Cosignatures::notes() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [size, kept] : kept_) out.push_back(kept.note + kept.lines);
  return out;
}

std::vector<TreeSize> Cosignatures::sizes() const {
  const std::lock_guard lock(mutex_);
  std::vector<TreeSize> out;
  for (const auto& [size, kept] : kept_) out.push_back(size);
  return out;
}

}  // namespace houniao
