// A file that only grows, line by line, with a say in when it is on the disk. Mode 0600. One
// thread.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace houniao::importing {

class AppendFile {
 public:
  // Makes the file and its directory (durably) when they are not there, and cuts it to `bytes`:
  // what lies beyond was never finished.
  static Result<AppendFile> open(const std::filesystem::path& path, std::size_t bytes);
  AppendFile(AppendFile&& other) noexcept;
  AppendFile& operator=(AppendFile&& other) noexcept;
  ~AppendFile();

  // With `durably` on the disk when it returns, with everything appended before.
  Result<void> append(std::string_view text, bool durably);

 private:
  AppendFile(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}
  int fd_ = -1;
  std::filesystem::path path_;
};

}  // namespace houniao::importing
