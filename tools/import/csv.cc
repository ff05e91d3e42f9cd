#include "tools/import/csv.h"

#include <algorithm>

#include "schema/shape.h"
#include "tools/import/limits.h"

namespace houniao::importing {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";
constexpr std::string_view kUtf16Little = "\xFF\xFE";
constexpr std::string_view kUtf16Big = "\xFE\xFF";

// Splits bytes into records and fields. In UTF-8 and in GB18030 no byte of a longer character is a
// separator, a quotation mark or a line end, so this works before the conversion.
class CsvReader {
 public:
  CsvReader(std::string_view text, char separator, Decoder decoder)
      : text_(text), separator_(separator), decoder_(std::move(decoder)) {}

  Result<Table> read() {
    while (at_ < text_.size()) HOUNIAO_TRY(read_record());
    HOUNIAO_TRY(check_encoding());
    return std::move(table_);
  }

 private:
  bool ends_field() const { return at_ >= text_.size() || text_[at_] == separator_ || ends_line(); }
  bool ends_line() const {
    return at_ < text_.size() &&
           (text_[at_] == '\n' || text_.substr(at_, 2) == std::string_view("\r\n"));
  }
  void skip_line_end() {
    if (at_ < text_.size()) at_ += text_[at_] == '\n' ? 1 : 2;
  }

  Result<void> read_record() {
    if (number_ >= limits::kImportRowsMax) {
      return fail(Errc::limit_exceeded,
                  "the file has more than " + std::to_string(limits::kImportRowsMax) + " rows");
    }
    const std::size_t start = at_;
    table_.begin_row(++number_);
    bool broken = false;
    bool foreign = false;
    for (std::size_t columns = 1;; ++columns) {
      if (columns > limits::kImportColumnsMax) return too_many_columns();
      const auto paired = read_field(broken, foreign);
      if (!paired) return paired.error();
      if (!*paired) {
        at_ = std::min(text_.find('\n', at_), text_.size());
        return end_record(start, true, broken, foreign);
      }
      if (at_ >= text_.size() || text_[at_] != separator_) break;
      ++at_;
    }
    return end_record(start, false, broken, foreign);
  }

  Result<void> end_record(std::size_t start, bool bad_quotes, bool broken, bool foreign) {
    std::string_view raw = text_.substr(start, at_ - start);
    if (bad_quotes && raw.ends_with('\r')) raw.remove_suffix(1);
    table_.end_row(as_bytes(raw), bad_quotes);
    skip_line_end();
    foreign_rows_ += foreign ? 1 : 0;
    broken_rows_ += broken ? 1 : 0;
    return {};
  }

  // False when the field's quotation marks do not pair.
  Result<bool> read_field(bool& broken, bool& foreign) {
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted(broken, foreign);
    const std::size_t start = at_;
    while (!ends_field()) {
      if (text_[at_] == '"') return false;
      ++at_;
    }
    HOUNIAO_TRY(add(text_.substr(start, at_ - start), broken, foreign));
    return true;
  }

  Result<bool> read_quoted(bool& broken, bool& foreign) {
    std::string unquoted;
    std::size_t start = ++at_;
    for (;;) {
      const std::size_t quote = text_.find('"', at_);
      if (quote == std::string_view::npos) {
        return fail(Errc::invalid_argument, "row " + std::to_string(number_) +
                                                ": a quotation mark is opened and never closed; "
                                                "第" +
                                                std::to_string(number_) + "行引号未闭合");
      }
      unquoted += text_.substr(start, quote - start);
      at_ = quote + 1;
      if (unquoted.size() > limits::kImportCellBytesMax) return cell_too_large();
      if (at_ >= text_.size() || text_[at_] != '"') break;
      start = at_++;
    }
    if (!ends_field()) return false;
    HOUNIAO_TRY(add(unquoted, broken, foreign));
    return true;
  }

  Result<void> add(std::string_view bytes, bool& broken, bool& foreign) {
    if (bytes.size() > limits::kImportCellBytesMax) return cell_too_large();
    if (table_.text_bytes() > limits::kImportSheetBytesMax) {
      return fail(Errc::too_large, "the text of the file is over " +
                                       std::to_string(limits::kImportSheetBytesMax) + " bytes");
    }
    if (bytes.empty()) {
      table_.add(CellKind::empty, {});
      return {};
    }
    const auto text = decoder_.decode(bytes);
    foreign = foreign || !is_ascii(bytes);
    broken = broken || !text;
    table_.add(text ? CellKind::text : CellKind::broken, text.value_or(bytes));
    return {};
  }

  Error cell_too_large() const {
    return fail(Errc::too_large, "row " + std::to_string(number_) + ": a cell is over " +
                                     std::to_string(limits::kImportCellBytesMax) +
                                     " bytes; is a quotation mark left open before it?");
  }
  Error too_many_columns() const {
    return fail(Errc::limit_exceeded, "row " + std::to_string(number_) + " has more than " +
                                          std::to_string(limits::kImportColumnsMax) + " columns");
  }

  // Here and there a damaged cell is one thing; most rows unreadable is another encoding.
  Result<void> check_encoding() const {
    if (broken_rows_ * 2 <= foreign_rows_) return {};
    return fail(Errc::invalid_argument,
                std::to_string(broken_rows_) + " of " + std::to_string(foreign_rows_) +
                    " rows with other than ASCII characters are not of this encoding; older files "
                    "in China are often GB18030: try --encoding gb18030; "
                    "多数行不符合所选编码，若为国标编码请加 --encoding gb18030");
  }

  std::string_view text_;
  char separator_;
  Decoder decoder_;
  std::size_t at_ = 0;
  std::uint32_t number_ = 0;
  std::size_t foreign_rows_ = 0;
  std::size_t broken_rows_ = 0;
  Table table_;
};

// Text in Chinese is three bytes a character in UTF-8; that a GB18030 file forms nothing but those
// by chance does not happen.
bool is_chinese_utf8(std::string_view text) {
  return valid_utf8(text) && std::any_of(text.begin(), text.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xF0) == 0xE0;
         });
}

}  // namespace

Result<Table> read_csv(ByteView file, const CsvOptions& options) {
  std::string_view text = as_text(file);
  if (text.starts_with(kUtf16Little) || text.starts_with(kUtf16Big)) {
    return fail(Errc::invalid_argument,
                "the file is UTF-16; save it as CSV UTF-8; 文件为 UTF-16，请另存为 CSV UTF-8");
  }
  const bool has_bom = text.starts_with(kBom);
  if (options.encoding == Encoding::gb18030 && (has_bom || is_chinese_utf8(text))) {
    return fail(Errc::invalid_argument,
                "the file is UTF-8, not GB18030; leave --encoding away; "
                "文件是 UTF-8，请去掉 --encoding");
  }
  if (has_bom) text.remove_prefix(kBom.size());
  auto decoder = Decoder::open(options.encoding);
  if (!decoder) return decoder.error();
  return CsvReader(text, options.separator, std::move(*decoder)).read();
}

}  // namespace houniao::importing
