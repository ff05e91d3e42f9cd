// Where refused bytes are kept, so that nothing a tablet sent is ever lost for being unreadable:
// the operator and an auditor can look at them later. Files are named by the SHA-256 of their
// content, so the same bytes take space once; the number of files and of bytes is bounded, after
// which further bytes are only counted.
//
// Threads: keep() may be called from any thread. It writes a file, rarely: only for refused frames.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>

#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"

namespace houniao {

class Quarantine {
 public:
  virtual ~Quarantine() = default;
  // The hash under which the bytes are kept; also when there was no room to keep them.
  virtual Hash keep(ByteView raw) = 0;
  virtual std::uint64_t kept() const = 0;
  virtual std::uint64_t dropped() const = 0;
};

inline constexpr std::uint64_t kQuarantineBytesMax = std::uint64_t{1} << 30;

class DirectoryQuarantine final : public Quarantine {
 public:
  // Creates the directory; counts what is there.
  static Result<std::unique_ptr<DirectoryQuarantine>> open(const std::filesystem::path& directory);
  Hash keep(ByteView raw) override;
  std::uint64_t kept() const override { return files_; }
  std::uint64_t dropped() const override { return dropped_; }

 private:
  explicit DirectoryQuarantine(std::filesystem::path directory)
      : directory_(std::move(directory)) {}
  std::filesystem::path directory_;
  std::mutex mutex_;
  std::atomic<std::uint64_t> files_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

class MemoryQuarantine final : public Quarantine {
 public:
  Hash keep(ByteView raw) override;
  std::uint64_t kept() const override;
  std::uint64_t dropped() const override { return dropped_; }
  bool contains(const Hash& hash) const;

 private:
  mutable std::mutex mutex_;
  std::map<Hash, Bytes> content_;
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace houniao
