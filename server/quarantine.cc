#include "server/quarantine.h"

#include "base/crypto.h"
#include "base/os/os.h"

namespace houniao {

Result<std::unique_ptr<DirectoryQuarantine>> DirectoryQuarantine::open(
    const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return fail(Errc::storage_failed, directory.string() + ": " + error.message());
  std::unique_ptr<DirectoryQuarantine> out(new DirectoryQuarantine(directory));
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    std::error_code ignored;
    ++out->files_;
    out->bytes_ += entry.file_size(ignored);
  }
  return out;
}

Hash DirectoryQuarantine::keep(ByteView raw) {
  const Hash hash = sha256(raw);
  const std::lock_guard lock(mutex_);
  const auto path = directory_ / (to_hex(hash.bytes) + ".raw");
  std::error_code error;
  if (std::filesystem::exists(path, error)) return hash;
  if (files_ >= limits::kQuarantineFilesMax || bytes_ + raw.size() > kQuarantineBytesMax ||
      !os::write_file_durably(path, raw)) {
    ++dropped_;
    return hash;
  }
  ++files_;
  bytes_ += raw.size();
  return hash;
}

Hash MemoryQuarantine::keep(ByteView raw) {
  const Hash hash = sha256(raw);
  const std::lock_guard lock(mutex_);
  if (content_.size() >= limits::kQuarantineFilesMax) {
    ++dropped_;
    return hash;
  }
  content_.try_emplace(hash, raw.begin(), raw.end());
  return hash;
}

std::uint64_t MemoryQuarantine::kept() const {
  const std::lock_guard lock(mutex_);
  return content_.size();
}

bool MemoryQuarantine::contains(const Hash& hash) const {
  const std::lock_guard lock(mutex_);
  return content_.contains(hash);
}

}  // namespace houniao
