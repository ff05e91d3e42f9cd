// Workbooks for tests: proper ones written by libxlsxwriter, and archives put together part by part
// for what no spreadsheet program would write. Temporary files; one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"

struct lxw_workbook;

namespace houniao::tests {

class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// The bytes of the workbook that `fill` writes.
Bytes xlsx(const std::function<void(lxw_workbook*)>& fill);

using Parts = std::vector<std::pair<std::string, std::string>>;
// A zip archive with these parts, encrypted when there is a password.
Bytes zip_of(const Parts& parts, const std::string& password = {});
// The parts of a workbook with one sheet "Sheet1", whose XML is `sheet`; `strings` is the content
// of <sst>, left out when empty.
Parts workbook_parts(const std::string& sheet, const std::string& strings = {});
// <worksheet><sheetData>ROWS</sheetData>AFTER</worksheet>
std::string sheet_xml(const std::string& rows, const std::string& after = {});

}  // namespace houniao::tests
