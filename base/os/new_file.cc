#include "base/os/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace houniao::os {
namespace {

namespace fs = std::filesystem;

Error io_error(const fs::path& path, const char* what) {
  const Errc code = errno == ENOSPC || errno == EDQUOT ? Errc::storage_full : Errc::storage_failed;
  return fail(code, path.string() + ": " + what + ": " + std::strerror(errno));
}

Result<void> sync_directory_of(const fs::path& path) {
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const int directory = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return io_error(parent, "open");
  Result<void> synced;
  if (::fsync(directory) != 0) synced = io_error(parent, "fsync");
  ::close(directory);
  return synced;
}

}  // namespace

NewFile::NewFile(fs::path path, fs::path part, int fd)
    : path_(std::move(path)), part_(std::move(part)), fd_(fd) {}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)),
      part_(std::move(other.part_)),
      fd_(std::exchange(other.fd_, -1)) {}

NewFile::~NewFile() {
  if (fd_ < 0) return;
  if (part_is_ours()) ::unlink(part_.c_str());
  close();
}

Result<NewFile> NewFile::create(const fs::path& path, Readers readers) {
  fs::path part = path;
  part += ".part";
  if (::unlink(part.c_str()) != 0 && errno != ENOENT) return io_error(part, "unlink");
  const mode_t mode = readers == Readers::owner ? 0600 : 0666;
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0) return io_error(part, "open");
  return Result<NewFile>(boost::system::in_place_value, NewFile(path, std::move(part), fd));
}

Result<void> NewFile::write(ByteView content) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd_, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error(part_, "write");
    content = content.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Result<void> NewFile::sync() {
  if (::fdatasync(fd_) != 0) return io_error(part_, "fdatasync");
  return {};
}

bool NewFile::part_is_ours() const {
  struct stat named {};
  struct stat opened {};
  return ::lstat(part_.c_str(), &named) == 0 && ::fstat(fd_, &opened) == 0 &&
         named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

Result<void> NewFile::finish() {
  if (::fsync(fd_) != 0) return io_error(part_, "fsync");
  if (!part_is_ours()) {
    return fail(Errc::storage_failed, part_.string() +
                                          ": another process writes the same file; let it end and "
                                          "try again");
  }
  if (::rename(part_.c_str(), path_.c_str()) != 0) return io_error(path_, "rename");
  close();
  return sync_directory_of(path_);
}

void NewFile::close() { ::close(std::exchange(fd_, -1)); }

}  // namespace houniao::os
