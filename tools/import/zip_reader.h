// Parts of a zip archive in memory, each bounded while it is opened: what an entry says about its
// size is not believed. One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace houniao::importing {

class ZipReader {
 public:
  // `file` outlives the reader. corrupt: no archive; limit_exceeded: too many entries.
  static Result<ZipReader> open(ByteView file);
  ZipReader(ZipReader&&) noexcept;
  ~ZipReader();

  using Take = std::function<Result<void>(ByteView chunk, bool last)>;
  // Gives the part's bytes piece by piece; stops at the first error. corrupt: missing or damaged;
  // invalid_argument: encrypted; too_large: opens to more than kZipPartBytesMax, or grows more than
  // kZipRatioMax.
  Result<void> read(const std::string& name, const Take& take) const;

 private:
  struct Handle;
  explicit ZipReader(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace houniao::importing
