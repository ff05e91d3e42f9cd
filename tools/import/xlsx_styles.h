// Which cell styles of a workbook show a number as a date. A workbook has no dates of its own: a
// date is a number of days with a style. Pure.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "tools/import/xml_reader.h"

namespace houniao::importing {

class XlsxStyles {
 public:
  // Whether a cell with this style (attribute s) shows a date or a time. A style that the workbook
  // does not have shows a number.
  bool shows_date(std::size_t style) const { return style < dates_.size() && dates_[style]; }

 private:
  friend class XlsxStylesReader;
  std::vector<bool> dates_;
};

// Reads the part xl/styles.xml.
class XlsxStylesReader final : public XmlHandler {
 public:
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override;
  Result<void> end(std::string_view name) override;
  Result<void> text(std::string_view) override { return {}; }
  XlsxStyles take() { return std::move(styles_); }

 private:
  bool in_cell_formats_ = false;
  std::map<unsigned, bool> own_formats_;
  XlsxStyles styles_;
};

// Whether a number format shows a date or a time: "yyyy-mm-dd", "[$-804]yyyy\"年\"m\"月\"", "h:mm",
// but not "0.00", "#,##0\"day\"" or "[Red]0".
bool is_date_format(std::string_view code);
// The same for the formats that have only a number (ECMA-376 part 1, 18.8.30, those of East Asian
// languages included).
bool is_date_format_number(unsigned number);

}  // namespace houniao::importing
