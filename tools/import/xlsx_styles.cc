#include "tools/import/xlsx_styles.h"

#include <charconv>

#include "tools/import/limits.h"

namespace houniao::importing {
namespace {

unsigned number(std::optional<std::string_view> text) {
  unsigned out = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), out);
  return out;
}

}  // namespace

bool is_date_format_number(unsigned number) {
  return (number >= 14 && number <= 22) || (number >= 27 && number <= 36) ||
         (number >= 45 && number <= 47) || (number >= 50 && number <= 58);
}

bool is_date_format(std::string_view code) {
  for (std::size_t at = 0; at < code.size(); ++at) {
    const char c = code[at];
    if (c == '"') {
      at = code.find('"', at + 1);
      if (at == std::string_view::npos) return false;
    } else if (c == '\\' || c == '_' || c == '*') {
      ++at;  // the character after it stands for itself
    } else if (c == '[') {
      // [h], [mm] and [s] are elapsed time; colours, conditions and languages are no date.
      const std::size_t close = code.find(']', at);
      if (close == std::string_view::npos) return false;
      const std::string_view inside = code.substr(at + 1, close - at - 1);
      if (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos) {
        return true;
      }
      at = close;
    } else if (std::string_view("yYmMdDhHsS").find(c) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

Result<void> XlsxStylesReader::start(std::string_view name, const XmlAttributes& attributes) {
  if (name == "numFmt") {
    const auto code = attributes.get("formatCode");
    if (own_formats_.size() >= limits::kCellStylesMax) {
      return fail(Errc::limit_exceeded, "the workbook has too many number formats");
    }
    own_formats_[number(attributes.get("numFmtId"))] = code && is_date_format(*code);
  } else if (name == "cellXfs") {
    in_cell_formats_ = true;
  } else if (name == "xf" && in_cell_formats_) {
    if (styles_.dates_.size() >= limits::kCellStylesMax) {
      return fail(Errc::limit_exceeded, "the workbook has more than " +
                                            std::to_string(limits::kCellStylesMax) +
                                            " cell styles (kCellStylesMax)");
    }
    const unsigned format = number(attributes.get("numFmtId"));
    const auto own = own_formats_.find(format);
    styles_.dates_.push_back(own == own_formats_.end() ? is_date_format_number(format)
                                                       : own->second);
  }
  return {};
}

Result<void> XlsxStylesReader::end(std::string_view name) {
  if (name == "cellXfs") in_cell_formats_ = false;
  return {};
}

}  // namespace houniao::importing
