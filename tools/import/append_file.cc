#include "tools/import/append_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace houniao::importing {
namespace {

Error io_error(const std::filesystem::path& path, const char* what) {
  const Errc code = errno == ENOSPC || errno == EDQUOT ? Errc::storage_full : Errc::storage_failed;
  return fail(code, path.string() + ": " + what + ": " + std::strerror(errno));
}

Result<void> sync_directory(const std::filesystem::path& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return io_error(directory, "open");
  const int synced = ::fsync(fd);
  ::close(fd);
  if (synced != 0) return io_error(directory, "fsync");
  return {};
}

}  // namespace

Result<AppendFile> AppendFile::open(const std::filesystem::path& path, std::size_t bytes) {
  const std::filesystem::path directory = path.parent_path();
  if (::mkdir(directory.c_str(), 0700) == 0) {
    HOUNIAO_TRY(sync_directory(directory.parent_path()));
  } else if (errno != EEXIST) {
    return io_error(directory, "mkdir");
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return io_error(path, "open");
  AppendFile out(fd, path);
  if (::ftruncate(fd, static_cast<off_t>(bytes)) != 0) return io_error(path, "truncate");
  if (::fsync(fd) != 0) return io_error(path, "fsync");
  HOUNIAO_TRY(sync_directory(directory));
  return out;
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}

AppendFile::~AppendFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> AppendFile::append(std::string_view text, bool durably) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd_, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error(path_, "write");
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  if (durably && ::fdatasync(fd_) != 0) return io_error(path_, "fsync");
  return {};
}

}  // namespace houniao::importing
