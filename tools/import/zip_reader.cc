#include "tools/import/zip_reader.h"

#include <zip.h>

#include <vector>

#include "tools/import/limits.h"

namespace houniao::importing {
namespace {

constexpr std::size_t kChunk = 256 * 1024;

std::string text_of(zip_error_t& error) {
  std::string out = zip_error_strerror(&error);
  zip_error_fini(&error);
  return out;
}

struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};

Error damaged(const std::string& name, const std::string& why) {
  return fail(Errc::corrupt, "part " + name + " of the workbook cannot be read: " + why);
}

}  // namespace

struct ZipReader::Handle {
  zip_t* archive = nullptr;
  ~Handle() { zip_discard(archive); }
};

ZipReader::ZipReader(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader::~ZipReader() = default;

Result<ZipReader> ZipReader::open(ByteView file) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, &error);
  if (source == nullptr) return fail(Errc::corrupt, "the workbook: " + text_of(error));
  zip_t* archive = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive == nullptr) {
    zip_source_free(source);
    return fail(Errc::corrupt, "the workbook is no zip archive: " + text_of(error));
  }
  auto handle = std::make_unique<Handle>();
  handle->archive = archive;
  const auto entries = static_cast<std::uint64_t>(zip_get_num_entries(archive, 0));
  if (entries > limits::kZipEntriesMax) {
    return fail(Errc::limit_exceeded,
                "the workbook has " + std::to_string(entries) + " parts, at most " +
                    std::to_string(limits::kZipEntriesMax) + " (kZipEntriesMax)");
  }
  return ZipReader(std::move(handle));
}

Result<void> ZipReader::read(const std::string& name, const Take& take) const {
  const zip_int64_t found = zip_name_locate(handle_->archive, name.c_str(), ZIP_FL_NOCASE);
  if (found < 0) return fail(Errc::corrupt, "the workbook has no part " + name);
  const auto index = static_cast<zip_uint64_t>(found);
  zip_stat_t stat;
  if (zip_stat_index(handle_->archive, index, 0, &stat) != 0) return damaged(name, "no entry");
  if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE) {
    return fail(
        Errc::invalid_argument,
        "the workbook is encrypted; save it without a password; 工作簿有密码，请另存为不带密码的");
  }
  const std::unique_ptr<zip_file_t, CloseEntry> entry(zip_fopen_index(handle_->archive, index, 0));
  if (!entry) return damaged(name, zip_strerror(handle_->archive));
  std::vector<std::uint8_t> chunk(kChunk);
  std::size_t total = 0;
  for (;;) {
    const zip_int64_t got = zip_fread(entry.get(), chunk.data(), chunk.size());
    if (got < 0) return damaged(name, zip_file_strerror(entry.get()));
    total += static_cast<std::size_t>(got);
    if (total > limits::kZipPartBytesMax) {
      return fail(Errc::too_large, "part " + name + " of the workbook opens to more than " +
                                       std::to_string(limits::kZipPartBytesMax) +
                                       " bytes (kZipPartBytesMax)");
    }
    if (total > limits::kZipRatioFreeBytes && total / limits::kZipRatioMax > stat.comp_size) {
      return fail(Errc::too_large, "part " + name + " of the workbook grows more than " +
                                       std::to_string(limits::kZipRatioMax) +
                                       " times when it is opened (kZipRatioMax)");
    }
    HOUNIAO_TRY(take(ByteView(chunk).first(static_cast<std::size_t>(got)), got == 0));
    if (got == 0) return {};
  }
}

}  // namespace houniao::importing
