// The audit bundle: a log, or a part of one, in one compressed file that can be checked without a
// network and without the server. docs/BUNDLE_FORMAT.md describes it byte by byte.
//
//   "houniao-bundle-1\n", then one zstd frame of items: kind (1), length (4, little-endian),
//   content; then the SHA-256 of every byte before it, because many frames hold the same items
//
// A reader trusts nothing: every length is bounded, and items come in the order of their kinds. One
// thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/os/new_file.h"

namespace houniao::audit {

inline constexpr std::string_view kBundleMagic = "houniao-bundle-1\n";
// No item is longer; a writer cuts records into items of about a megabyte.
inline constexpr std::size_t kBundleItemBytesMax = std::size_t{8} << 20;
inline constexpr std::size_t kBundleItemsMax = 100'000'000;

// In the order in which they stand in the file.
enum class BundleItem : std::uint8_t {
  manifest = 1,     // JSON object, exactly one, first
  checkpoint = 2,   // size (8), signed note; ascending
  device_head = 3,  // device id (16), number (4), seq (8), hash (32), attested (8)
  scope_head = 4,   // scope (8), count (8), hash (32)
  tile = 5,         // level (1), index (8), hashes (n * 32)
  pack = 6,         // code and a line feed, then the JSON of a programme pack
  key = 7,          // subject (8), key (32): only on request
  records = 8,      // seq of the first (8), Record messages one after the other
  subtree = 9,      // level (1), index (8), hash (32): records that are left out
  end = 255,        // number of items before it (8), SHA-256 of all their bytes (32)
};

class BundleWriter {
 public:
  // The file has its name when it is whole, as base/os/new_file.h says; so have its errors.
  static Result<std::unique_ptr<BundleWriter>> create(const std::filesystem::path& path);
  ~BundleWriter();

  Result<void> add(BundleItem kind, ByteView content);
  Result<void> finish();
  std::uint64_t bytes_written() const { return written_; }

 private:
  struct Zstd;
  explicit BundleWriter(os::NewFile file);
  Result<void> compress(ByteView bytes, bool last);
  Result<void> write(ByteView bytes);

  os::NewFile file_;
  std::unique_ptr<Zstd> zstd_;
  Sha256 hash_;       // of the items
  Sha256 file_hash_;  // of the file
  std::uint64_t items_ = 0;
  std::uint64_t written_ = 0;
};

class BundleReader {
 public:
  struct Item {
    BundleItem kind{};
    ByteView content;  // until the next call
  };
  // not_found, or malformed when the file is no bundle.
  static Result<std::unique_ptr<BundleReader>> open(const std::filesystem::path& path);
  ~BundleReader();

  // The next item; nullopt after the end item, which was compared with everything before it, as was
  // the hash of the file.
  // corrupt says at which item the file is damaged, cut off, or goes on after its end.
  Result<std::optional<Item>> next();

 private:
  struct Zstd;
  BundleReader();
  Result<std::size_t> read_some(std::uint8_t* out, std::size_t size);
  Result<void> read_exactly(std::uint8_t* out, std::size_t size);
  Result<void> check_end(ByteView content);
  Result<void> check_file();
  Error damaged(const std::string& what) const;

  std::FILE* file_ = nullptr;
  std::unique_ptr<Zstd> zstd_;
  Sha256 hash_;             // of the items
  Sha256 file_hash_;        // of the file
  std::uint64_t left_ = 0;  // bytes of the frame that were not read yet
  Bytes item_;
  std::uint64_t items_ = 0;
  int last_kind_ = 0;
  bool ended_ = false;
};

// Integers of the format, little-endian.
void put_number(Bytes& out, std::uint64_t value, std::size_t bytes);
// The first `bytes` of `in`, which must have them; shortens it.
std::uint64_t take_number(ByteView& in, std::size_t bytes);
Hash take_hash(ByteView& in);

}  // namespace houniao::audit
