#include "tools/houniao/pack_file.h"

#include <filesystem>
#include <system_error>

#include "base/bytes.h"
#include "base/os/os.h"
#include "replay/pack_check.h"

namespace houniao {
namespace {

Error wrong_file(const std::string& file, const std::string& what) {
  return fail(Errc::invalid_argument, file + ": " + what);
}

}  // namespace

Result<std::string> read_pack_file(const std::string& file) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(file, ignored);
  if (status.type() == std::filesystem::file_type::not_found) {
    return wrong_file(file, "there is no such file (没有此文件)");
  }
  if (std::filesystem::is_directory(status)) {
    return wrong_file(file, "is a directory, not the file of a pack (是目录，不是项目包文件)");
  }
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return wrong_file(file, "is no plain file (不是普通文件)");
  }
  const auto bytes = os::read_file(file, kPackBytesMax);
  if (bytes) return std::string(as_text(*bytes));
  if (bytes.error().code != Errc::too_large) return bytes.error();
  return wrong_file(file,
                    "is over the limit of 1 MiB for a pack; packs are small, so look whether this "
                    "is one (超过项目包的上限 1 MiB；项目包都很小，请核对是否给错文件)");
}

Result<Pack> load_pack_file(const std::string& file) {
  const auto text = read_pack_file(file);
  if (!text) return text.error();
  auto pack = parse_pack(*text);
  if (!pack) return wrong_file(file, pack.error().detail);
  return pack;
}

}  // namespace houniao
