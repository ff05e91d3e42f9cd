#include "tools/houniao/output_file.h"

#include <algorithm>
#include <system_error>

namespace houniao {
namespace {

namespace fs = std::filesystem;

bool is_free_or_plain(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(file, error);
  return status.type() == fs::file_type::not_found || status.type() == fs::file_type::regular;
}

// Both as the system sees them, links followed.
bool lies_in(const fs::path& folder, const fs::path& data) {
  std::error_code error;
  const fs::path inner = fs::weakly_canonical(folder, error);
  const fs::path outer = fs::canonical(data, error);
  if (error) return false;  // no such data directory, which is said when it is opened
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

}  // namespace

Result<void> expect_output(const fs::path& file, const fs::path& data) {
  if (file.empty()) return {};
  std::error_code error;
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, error)) {
    return fail(Errc::not_found, folder.string() +
                                     ": 没有此文件夹，请先建立 / no such folder; "
                                     "make it first");
  }
  for (const fs::path& name : {file, fs::path(file.string() + ".part")}) {
    if (is_free_or_plain(name)) continue;
    return fail(Errc::invalid_argument,
                name.string() +
                    ": 不是普通文件（链接、设备或文件夹），不覆盖；请写到普通文件 / a link, a "
                    "device or a folder, which is not written over; name a plain file");
  }
  if (!data.empty() && lies_in(folder, data)) {
    return fail(Errc::invalid_argument,
                file.string() +
                    ": 在所读的数据目录之内，写入会毁坏它；请写到别处 / lies in the data "
                    "directory that is read, which writing would damage; write elsewhere");
  }
  return {};
}

}  // namespace houniao
