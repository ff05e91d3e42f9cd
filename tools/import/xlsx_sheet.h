// The cells of one sheet of a workbook, and the strings that sheets share. Pure; one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/import/table.h"
#include "tools/import/xlsx_styles.h"
#include "tools/import/xml_reader.h"

namespace houniao::importing {

// Texts that cells name by number: the part xl/sharedStrings.xml.
class SharedStrings {
 public:
  std::size_t size() const { return ends_.size(); }
  // `i` < size().
  std::string_view get(std::size_t i) const;

 private:
  friend class SharedStringsReader;
  std::string text_;
  std::vector<std::size_t> ends_;
};

class SharedStringsReader final : public XmlHandler {
 public:
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override;
  Result<void> end(std::string_view name) override;
  Result<void> text(std::string_view piece) override;
  SharedStrings take() { return std::move(strings_); }

 private:
  SharedStrings strings_;
  std::string piece_;
  bool in_text_ = false;
  int phonetic_ = 0;  // inside <rPh>: how it is read, not what it says
};

// Cells that are shown as one. Rows and columns count from 1.
struct MergedRange {
  std::uint32_t first_row = 0;
  std::uint32_t last_row = 0;
  std::string text;  // "A1:F1"
};

struct Sheet {
  Table table;
  std::vector<MergedRange> merged;
};

class SheetReader final : public XmlHandler {
 public:
  // All outlive the reader.
  SheetReader(const SharedStrings& strings, const XlsxStyles& styles, bool from_1904)
      : strings_(strings), styles_(styles), from_1904_(from_1904) {}

  Result<void> start(std::string_view name, const XmlAttributes& attributes) override;
  Result<void> end(std::string_view name) override;
  Result<void> text(std::string_view piece) override;
  Sheet take() { return std::move(sheet_); }

 private:
  Result<void> start_row(const XmlAttributes& attributes);
  Result<void> start_cell(const XmlAttributes& attributes);
  Result<void> end_cell();
  Result<void> add_merged(const XmlAttributes& attributes);
  void end_row();
  Result<void> add_number();
  Result<void> add_shared();
  void add(CellKind kind, std::string_view text, Day day = {}, std::int32_t second = 0);

  const SharedStrings& strings_;
  const XlsxStyles& styles_;
  const bool from_1904_;
  Sheet sheet_;

  std::uint32_t row_ = 0;    // of the row being read, from 1
  std::size_t column_ = 0;   // of the next cell, from 0
  std::size_t written_ = 0;  // cells of the row that the table has
  bool row_open_ = false;
  std::string type_;  // attribute t of the cell
  std::size_t style_ = 0;
  std::string value_;        // <v>
  std::string inline_text_;  // <is>
  bool has_value_ = false;
  bool has_formula_ = false;
  bool in_cell_ = false;
  bool in_value_ = false;
  bool in_inline_ = false;
  bool in_text_ = false;
  int phonetic_ = 0;
};

// "_x000D_" stands for the character with that number (ECMA-376 part 1, 22.9.2.19).
std::string unescape_xstring(std::string_view text);

}  // namespace houniao::importing
