#include "tests/unit/tools/import/xlsx_fixture.h"

#include <xlsxwriter.h>
#include <zip.h>

#include "base/error.h"
#include "base/os/os.h"

namespace houniao::tests {
namespace {

constexpr std::size_t kBytesMax = std::size_t{64} << 20;
constexpr const char* kMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr const char* kRelations =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
constexpr const char* kPackage = "http://schemas.openxmlformats.org/package/2006/relationships";

std::string relation(const std::string& id, const std::string& type, const std::string& target) {
  return "<Relationship Id=\"" + id + "\" Type=\"" + kRelations + "/" + type + "\" Target=\"" +
         target + "\"/>";
}

std::string relations(const std::string& inside) {
  return std::string("<Relationships xmlns=\"") + kPackage + "\">" + inside + "</Relationships>";
}

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "houniao.XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}
ScratchFolder::~ScratchFolder() { std::filesystem::remove_all(path_); }

Bytes xlsx(const std::function<void(lxw_workbook*)>& fill) {
  const ScratchFolder folder;
  const std::string path = (folder / "book.xlsx").string();
  lxw_workbook* book = workbook_new(path.c_str());
  fill(book);
  HOUNIAO_ASSERT(workbook_close(book) == LXW_NO_ERROR);
  return os::read_file(path, kBytesMax).value();
}

Bytes zip_of(const Parts& parts, const std::string& password) {
  const ScratchFolder folder;
  const std::string path = (folder / "parts.zip").string();
  int error = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  HOUNIAO_ASSERT(archive != nullptr);
  for (const auto& [name, content] : parts) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    HOUNIAO_ASSERT(index >= 0);
    if (password.empty()) continue;
    HOUNIAO_ASSERT(zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index),
                                           ZIP_EM_AES_256, password.c_str()) == 0);
  }
  HOUNIAO_ASSERT(zip_close(archive) == 0);
  return os::read_file(path, kBytesMax).value();
}

Parts workbook_parts(const std::string& sheet, const std::string& strings) {
  Parts out = {
      {"_rels/.rels", relations(relation("r1", "officeDocument", "xl/workbook.xml"))},
      {"xl/workbook.xml", std::string("<workbook xmlns=\"") + kMain + "\" xmlns:r=\"" + kRelations +
                              "\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"s1\"/>"
                              "</sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels",
       relations(relation("s1", "worksheet", "worksheets/sheet1.xml") +
                 (strings.empty() ? "" : relation("s2", "sharedStrings", "sharedStrings.xml")))},
      {"xl/worksheets/sheet1.xml", sheet},
  };
  if (!strings.empty()) {
    out.emplace_back("xl/sharedStrings.xml",
                     std::string("<sst xmlns=\"") + kMain + "\">" + strings + "</sst>");
  }
  return out;
}

std::string sheet_xml(const std::string& rows, const std::string& after) {
  return std::string("<worksheet xmlns=\"") + kMain + "\"><sheetData>" + rows + "</sheetData>" +
         after + "</worksheet>";
}

}  // namespace houniao::tests
