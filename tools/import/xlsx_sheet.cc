#include "tools/import/xlsx_sheet.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "tools/import/dates.h"
#include "tools/import/limits.h"

namespace houniao::importing {
namespace {

constexpr int kSpreadsheetDigits = 15;
constexpr std::int64_t kSecondsOfDay = 86'400;
constexpr std::size_t kEscapeBytes = 7;  // _xHHHH_

template <class T>
std::optional<T> whole(std::string_view text) {
  T out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

// The number of a cell, as it is written in the file.
std::optional<double> parse_number(std::string_view text) {
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(out)) {
    return std::nullopt;
  }
  return out;
}

// As a spreadsheet shows it at full width: files hold 1.1 as 1.1000000000000001.
std::string decimal(double number) {
  char out[48];
  const auto end =
      std::to_chars(out, out + sizeof out, number, std::chars_format::general, kSpreadsheetDigits);
  return std::string(out, end.ptr);
}

struct Place {
  std::size_t column = 0;  // from 0
  std::uint32_t row = 0;   // from 1
};

// "B3", also "$B$3".
std::optional<Place> parse_place(std::string_view text) {
  Place out;
  std::size_t at = 0;
  std::size_t column = 0;
  for (; at < text.size() && text[at] >= 'A' && text[at] <= 'Z'; ++at) {
    column = column * 26 + static_cast<std::size_t>(text[at] - 'A' + 1);
    if (column > 1'000'000) return std::nullopt;
  }
  const auto row = whole<std::uint32_t>(text.substr(at));
  if (column == 0 || !row || *row == 0) return std::nullopt;
  out.column = column - 1;
  out.row = *row;
  return out;
}

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | code >> 6));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xE0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

std::optional<unsigned> escape_at(std::string_view text) {
  if (text.size() < kEscapeBytes || !text.starts_with("_x") || text[6] != '_') return std::nullopt;
  unsigned code = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, code, 16);
  if (error != std::errc{} || end != text.data() + 6) return std::nullopt;
  if (code >= 0xD800 && code <= 0xDFFF) return 0xFFFD;  // half a character is none
  return code;
}

}  // namespace

std::string unescape_xstring(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (const auto code = escape_at(text.substr(at))) {
      append_utf8(out, *code);
      at += kEscapeBytes;
    } else {
      out.push_back(text[at++]);
    }
  }
  return out;
}

// --- shared strings ----------------------------------------------------------------------------

std::string_view SharedStrings::get(std::size_t i) const {
  const std::size_t from = i == 0 ? 0 : ends_[i - 1];
  return std::string_view(text_).substr(from, ends_[i] - from);
}

Result<void> SharedStringsReader::start(std::string_view name, const XmlAttributes&) {
  if (name == "si") piece_.clear();
  if (name == "rPh") ++phonetic_;
  in_text_ = name == "t" && phonetic_ == 0;
  return {};
}

Result<void> SharedStringsReader::end(std::string_view name) {
  in_text_ = false;
  if (name == "rPh") --phonetic_;
  if (name != "si") return {};
  strings_.text_ += unescape_xstring(piece_);
  strings_.ends_.push_back(strings_.text_.size());
  if (strings_.ends_.size() > limits::kSharedStringsMax ||
      strings_.text_.size() > limits::kSharedStringBytesMax) {
    return fail(Errc::too_large, "the workbook shares too many strings (kSharedStringsMax " +
                                     std::to_string(limits::kSharedStringsMax) +
                                     ", kSharedStringBytesMax " +
                                     std::to_string(limits::kSharedStringBytesMax) + ")");
  }
  return {};
}

Result<void> SharedStringsReader::text(std::string_view piece) {
  if (!in_text_) return {};
  piece_ += piece;
  if (piece_.size() > limits::kImportCellBytesMax) {
    return fail(Errc::too_large, "a string of the workbook is over " +
                                     std::to_string(limits::kImportCellBytesMax) +
                                     " bytes (kImportCellBytesMax)");
  }
  return {};
}

// --- cells -------------------------------------------------------------------------------------

Result<void> SheetReader::start(std::string_view name, const XmlAttributes& attributes) {
  if (name == "row") return start_row(attributes);
  if (name == "c" && row_open_) return start_cell(attributes);
  if (name == "mergeCell") return add_merged(attributes);
  if (!in_cell_) return {};
  if (name == "v") has_value_ = in_value_ = true;
  if (name == "f") has_formula_ = true;
  if (name == "is") in_inline_ = true;
  if (name == "rPh") ++phonetic_;
  in_text_ = name == "t" && in_inline_ && phonetic_ == 0;
  return {};
}

Result<void> SheetReader::end(std::string_view name) {
  if (name == "row" && row_open_) {
    end_row();
  } else if (name == "c" && in_cell_) {
    in_cell_ = false;
    return end_cell();
  } else if (name == "v") {
    in_value_ = false;
  } else if (name == "is") {
    in_inline_ = false;
  } else if (name == "rPh" && in_cell_) {
    --phonetic_;
  }
  in_text_ = false;
  return {};
}

Result<void> SheetReader::text(std::string_view piece) {
  std::string* into = in_value_ ? &value_ : in_text_ ? &inline_text_ : nullptr;
  if (into == nullptr) return {};
  *into += piece;
  if (into->size() > limits::kImportCellBytesMax) {
    return fail(Errc::too_large, "row " + std::to_string(row_) + ": a cell is over " +
                                     std::to_string(limits::kImportCellBytesMax) +
                                     " bytes (kImportCellBytesMax)");
  }
  return {};
}

Result<void> SheetReader::start_row(const XmlAttributes& attributes) {
  std::uint32_t number = row_ + 1;
  if (const auto given = attributes.get("r")) {
    const auto parsed = whole<std::uint32_t>(*given);
    if (!parsed) return fail(Errc::corrupt, "a row without a proper number");
    number = *parsed;
  }
  if (row_open_ || number <= row_) {
    return fail(Errc::corrupt,
                "row " + std::to_string(number) + " comes after row " + std::to_string(row_));
  }
  if (number > limits::kImportRowsMax) {
    return fail(Errc::limit_exceeded, "row " + std::to_string(number) + " is beyond row " +
                                          std::to_string(limits::kImportRowsMax) +
                                          " (kImportRowsMax)");
  }
  row_ = number;
  column_ = 0;
  written_ = 0;
  row_open_ = true;
  sheet_.table.begin_row(row_);
  return {};
}

void SheetReader::end_row() {
  sheet_.table.end_row();
  row_open_ = false;
}

Result<void> SheetReader::start_cell(const XmlAttributes& attributes) {
  if (const auto given = attributes.get("r")) {
    const auto place = parse_place(*given);
    if (!place || place->row != row_ || place->column < column_) {
      return fail(Errc::corrupt,
                  "row " + std::to_string(row_) + ": a cell is not where its place says");
    }
    column_ = place->column;
  }
  if (column_ >= limits::kImportColumnsMax) {
    return fail(Errc::limit_exceeded, "row " + std::to_string(row_) + " has more than " +
                                          std::to_string(limits::kImportColumnsMax) +
                                          " columns (kImportColumnsMax)");
  }
  type_ = attributes.get("t").value_or("n");
  style_ = whole<std::size_t>(attributes.get("s").value_or("0")).value_or(0);
  value_.clear();
  inline_text_.clear();
  has_value_ = has_formula_ = false;
  in_value_ = in_inline_ = in_text_ = false;
  phonetic_ = 0;
  in_cell_ = true;
  return {};
}

void SheetReader::add(CellKind kind, std::string_view text, Day day, std::int32_t second) {
  for (; written_ < column_; ++written_) sheet_.table.add(CellKind::empty, {});
  sheet_.table.add(text.empty() && kind == CellKind::text ? CellKind::empty : kind, text, day,
                   second);
  ++written_;
  ++column_;
}

Result<void> SheetReader::end_cell() {
  if (sheet_.table.text_bytes() > limits::kImportSheetBytesMax) {
    return fail(Errc::too_large, "the text of the sheet is over " +
                                     std::to_string(limits::kImportSheetBytesMax) +
                                     " bytes (kImportSheetBytesMax)");
  }
  if (type_ == "inlineStr") {
    add(CellKind::text, unescape_xstring(inline_text_));
    return {};
  }
  if (!has_value_ || value_.empty()) {
    // A formula that gives an empty text is stored as a string without characters.
    const bool computed = !has_formula_ || (type_ == "str" && has_value_);
    add(computed ? CellKind::empty : CellKind::formula, {});
    return {};
  }
  if (type_ == "s") return add_shared();
  if (type_ == "str") {
    add(CellKind::text, unescape_xstring(value_));
  } else if (type_ == "b") {
    add(CellKind::boolean, value_);
  } else if (type_ == "e") {
    add(CellKind::error, value_);
  } else if (type_ == "d") {
    const auto day = parse_day(std::string_view(value_).substr(0, 10));
    if (!day) return fail(Errc::corrupt, "row " + std::to_string(row_) + ": a date cell");
    add(CellKind::date, value_, *day);
  } else {
    return add_number();
  }
  return {};
}

Result<void> SheetReader::add_shared() {
  const auto index = whole<std::size_t>(value_);
  if (!index || *index >= strings_.size()) {
    return fail(Errc::corrupt, "row " + std::to_string(row_) +
                                   ": a cell names a shared string that the workbook lacks");
  }
  add(CellKind::text, strings_.get(*index));
  return {};
}

Result<void> SheetReader::add_number() {
  const auto number = parse_number(value_);
  if (!number) {
    return fail(Errc::corrupt, "row " + std::to_string(row_) +
                                   ": a cell is not the number it "
                                   "says it is");
  }
  if (!styles_.shows_date(style_)) {
    add(CellKind::number, decimal(*number));
    return {};
  }
  if (*number < 0 || *number > 3e6) {  // a spreadsheet shows ##### for those
    add(CellKind::error, value_);
    return {};
  }
  auto seconds = static_cast<std::int64_t>(std::llround(*number * double{kSecondsOfDay}));
  const std::int64_t serial = seconds / kSecondsOfDay;
  seconds %= kSecondsOfDay;
  const auto day = day_of_serial(serial, from_1904_);
  add(CellKind::date, value_, day.value_or(kNoDay), static_cast<std::int32_t>(seconds));
  return {};
}

Result<void> SheetReader::add_merged(const XmlAttributes& attributes) {
  const std::string_view range = attributes.get("ref").value_or("");
  const std::size_t colon = range.find(':');
  const auto first = parse_place(range.substr(0, colon));
  const auto last = colon == std::string_view::npos ? first : parse_place(range.substr(colon + 1));
  if (!first || !last || last->row < first->row) {
    return fail(Errc::corrupt, "a merged range that is no range of cells");
  }
  if (sheet_.merged.size() >= limits::kMergedRangesMax) {
    return fail(Errc::limit_exceeded, "the sheet has more than " +
                                          std::to_string(limits::kMergedRangesMax) +
                                          " merged ranges (kMergedRangesMax)");
  }
  sheet_.merged.push_back({first->row, last->row, std::string(range)});
  return {};
}

}  // namespace houniao::importing
