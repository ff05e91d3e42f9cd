#include "tools/audit/cosigned.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include "base/os/os.h"
#include "replay/checkpoint.h"
#include "tools/audit/in_quotes.h"

namespace houniao::audit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameDigits = 20;
constexpr std::size_t kCosignatureBytes = 72;  // time and Ed25519 signature

// The name of a file in the directory, fit for a terminal.
std::string shown_name(const fs::path& path) {
  const std::string name = path.filename().string();
  const bool digits = !name.empty() && std::all_of(name.begin(), name.end(),
                                                   [](char c) { return '0' <= c && c <= '9'; });
  return "cosigned/" + (digits && name.size() == kNameDigits ? name : in_quotes(name));
}

std::string expected_name(TreeSize size) {
  const std::string digits = std::to_string(size.value);
  return std::string(kNameDigits - digits.size(), '0') + digits;
}

class Reading {
 public:
  void entry(const fs::path& path) {
    where_ = shown_name(path);
    std::error_code error;
    const fs::file_status status = fs::symlink_status(path, error);
    if (status.type() == fs::file_type::not_found) return;  // a server took it away meanwhile
    if (error)
      return unused("无法查看：" + error.message(), "it cannot be examined: " + error.message());
    if (fs::is_symlink(status)) {
      return unused("是链接，未跟随", "it is a link and was not followed");
    }
    if (fs::is_directory(status)) return unused("是目录", "it is a directory");
    if (!fs::is_regular_file(status)) return unused("不是普通文件", "it is no plain file");
    file(path);
  }
  void unlisted(const fs::path& directory, const std::string& why) {
    where_ = directory.filename().string();
    unused("无法列出其中的文件：" + why, "its files cannot be listed: " + why);
  }
  void no_directory(const fs::path& path) {
    where_ = path.filename().string();
    unused("不是目录", "it is no directory");
  }

  CosignedNotes take() {
    std::sort(out_.notes.begin(), out_.notes.end(),
              [](const CosignedNote& a, const CosignedNote& b) { return a.name < b.name; });
    std::sort(out_.warnings.begin(), out_.warnings.end(),
              [](const Warning& a, const Warning& b) { return a.where < b.where; });
    return std::move(out_);
  }

 private:
  void warn(std::string zh, std::string en) {
    out_.warnings.push_back({where_, {std::move(zh), std::move(en)}});
  }
  void unused(const std::string& zh, const std::string& en) {
    warn(zh + "；没有与日志比较", en + "; it was not compared with the log");
  }

  void file(const fs::path& path) {
    const auto raw = os::read_file(path, kNoteBytesMax);
    if (!raw) {
      return raw.error().code == Errc::too_large
                 ? unused("不是检查点：超过 64 KiB", "it is no checkpoint: it is over 64 KiB")
                 : unused("读不出：" + raw.error().detail,
                          "it cannot be read: " + raw.error().detail);
    }
    const auto parts = split_note(as_text(*raw));
    const auto checkpoint =
        parts ? parse_checkpoint_body(parts->text) : Result<Checkpoint>(parts.error());
    if (!checkpoint) {
      return unused("不是检查点：" + checkpoint.error().detail,
                    "it is no checkpoint: " + checkpoint.error().detail);
    }
    const std::string name = expected_name(checkpoint->size);
    if (path.filename() != name) {
      warn("文件名与其中检查点的大小不符，应为 " + name,
           "its name is not the size of the checkpoint in it, " + name);
    }
    const bool cosigned =
        std::any_of(parts->signatures.begin(), parts->signatures.end(),
                    [](const auto& line) { return line.signature.size() == kCosignatureBytes; });
    if (!cosigned) warn("没有见证人的联署", "it has no cosignature of a witness");
    out_.notes.push_back({where_, std::string(as_text(*raw))});
  }

  std::string where_;
  CosignedNotes out_;
};

}  // namespace

CosignedNotes read_cosigned(const fs::path& directory) {
  Reading reading;
  std::error_code error;
  const fs::file_status status = fs::status(directory, error);
  const bool link_to_nothing = fs::is_symlink(fs::symlink_status(directory, error));
  if (!fs::exists(status) && !link_to_nothing) return reading.take();
  if (!fs::is_directory(status)) {
    reading.no_directory(directory);
    return reading.take();
  }
  error.clear();
  for (auto entry = fs::directory_iterator(directory, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    reading.entry(entry->path());
  }
  if (error) reading.unlisted(directory, error.message());
  return reading.take();
}

}  // namespace houniao::audit
