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
  const fs::path outer = fs::canonical(data, error);
  if (error) return false;  // no such data directory, which is said when it is opened
  return std::mismatch(outer.begin(), outer.end(), folder.begin(), folder.end()).first ==
         outer.end();
}

// A data directory whose parts stand elsewhere, behind links, reads and writes them there.
bool is_behind_a_link(const fs::path& folder, const fs::path& file, const fs::path& data) {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(data, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code broken;
    if (!entry->is_symlink(broken)) continue;
    const fs::path target = fs::canonical(entry->path(), broken);
    if (broken) continue;
    if (fs::is_directory(target, broken) ? lies_in(folder, target) : file == target) return true;
  }
  return false;
}

bool is_data_directory(const fs::path& folder) {
  std::error_code error;
  const bool server = fs::exists(folder / "server.json", error);
  return server || (fs::exists(folder / "in_use", error) && fs::exists(folder / "data.mdb", error));
}

// The data directory, of a server or of a tablet, that the folder is or lies in; empty when none.
fs::path data_directory_around(fs::path folder) {
  while (!is_data_directory(folder)) {
    if (folder == folder.parent_path()) return {};
    folder = folder.parent_path();
  }
  return folder;
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
  const fs::path real = fs::weakly_canonical(folder, error);
  fs::path harmed = data_directory_around(real);
  if (!data.empty() &&
      (lies_in(real, data) || is_behind_a_link(real, real / file.filename(), data))) {
    harmed = data;
  }
  if (harmed.empty()) return {};
  return fail(Errc::invalid_argument,
              file.string() + ": 属于数据目录 " + harmed.string() +
                  "，写入会毁坏它；请写到别处 / belongs to the data directory " + harmed.string() +
                  ", which writing would damage; write elsewhere");
}

}  // namespace houniao
