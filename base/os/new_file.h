// A file that appears under its name when it is whole. One thread at a time.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace houniao::os {

enum class Readers {
  owner,     // mode 0600
  by_umask,  // mode 0666 less the process's umask, as programs make files for their users
};

// Until finish() the content stands beside the final name, under that name and ".part". What had
// the temporary name before, such as the rest of an attempt that was killed, is removed; where it
// was a link, symbolic or hard, its target stays as it is. Errors are storage_full and
// storage_failed.
class NewFile {
 public:
  static Result<NewFile> create(const std::filesystem::path& path, Readers readers);
  ~NewFile();  // unfinished: nothing is left
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // For a program that is to write here; valid until finish().
  int descriptor() const { return fd_; }
  Result<void> write(ByteView content);
  Result<void> sync();  // the content so far is on the disk
  // Syncs, renames over the final name and syncs the directory: after a crash the name holds the
  // old content or the new, never a mixture. storage_failed as well when another process took the
  // temporary name meanwhile. Once.
  Result<void> finish();

 private:
  NewFile(std::filesystem::path path, std::filesystem::path part, int fd);
  bool part_is_ours() const;
  void close();

  std::filesystem::path path_;
  std::filesystem::path part_;
  int fd_;
};

}  // namespace houniao::os
