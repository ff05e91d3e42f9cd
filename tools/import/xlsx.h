// Workbooks (ECMA-376, .xlsx): sheets by name, shared and inline strings, dates by style, results
// of formulas as they are stored. Nothing is computed. One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/import/xlsx_sheet.h"
#include "tools/import/zip_reader.h"

namespace houniao::importing {

class Workbook {
 public:
  // `file` outlives the workbook. corrupt: no workbook, or a damaged one; invalid_argument: of the
  // old binary kind (the message says what to do); too_large, limit_exceeded:
  // tools/import/limits.h.
  static Result<Workbook> open(ByteView file);

  struct SheetName {
    std::string name;
    std::string part;
  };
  // In the order of their tabs; the first is number 1.
  const std::vector<SheetName>& sheets() const { return sheets_; }
  Result<Sheet> read(const SheetName& sheet) const;

 private:
  explicit Workbook(ZipReader zip) : zip_(std::move(zip)) {}
  Result<void> load();
  Result<void> parse(const std::string& part, XmlHandler& handler) const;

  ZipReader zip_;
  std::vector<SheetName> sheets_;
  SharedStrings strings_;
  XlsxStyles styles_;
  bool from_1904_ = false;
};

// What the first bytes of a file say.
enum class FileKind : std::uint8_t { csv, workbook, old_workbook };
FileKind kind_of(ByteView file);

}  // namespace houniao::importing
