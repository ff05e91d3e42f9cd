#include "exports/books/xlsx.h"

#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace houniao::exports {
namespace {

constexpr lxw_row_t kTitleRow = 0;
constexpr lxw_row_t kNoteRow = 1;
constexpr lxw_row_t kHeaderRow = 2;
constexpr lxw_row_t kFirstRow = 3;
// A total stands below the rows.
constexpr std::size_t kRowsMax = LXW_ROW_MAX - kFirstRow - 1;
constexpr std::size_t kTextMax = 32'767;  // of one cell

// Memory with a file descriptor, so that a library that wants a path gets one.
class MemoryFile {
 public:
  MemoryFile() : fd_(::memfd_create("houniao-book", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  bool ok() const { return fd_ >= 0; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }
  Result<std::string> contents() const {
    const off_t size = ::lseek(fd_, 0, SEEK_END);
    if (size < 0) return failed();
    std::string out(static_cast<std::size_t>(size), '\0');
    for (std::size_t done = 0; done < out.size();) {
      const ssize_t n =
          ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(done));
      if (n <= 0) return failed();
      done += static_cast<std::size_t>(n);
    }
    return out;
  }
  static Error failed() {
    return fail(Errc::storage_failed, std::string("a workbook in memory: ") + std::strerror(errno));
  }

 private:
  int fd_;
};

struct Formats {
  explicit Formats(lxw_workbook* book) {
    title = workbook_add_format(book);
    format_set_bold(title);
    format_set_font_size(title, 14);
    note = workbook_add_format(book);
    format_set_italic(note);
    format_set_font_color(note, 0x595959);
    header = boxed(book, nullptr);
    format_set_bold(header);
    format_set_text_wrap(header);
    format_set_align(header, LXW_ALIGN_CENTER);
    format_set_bg_color(header, 0xD9E1F2);
    text = boxed(book, "@");
    count = boxed(book, "#,##0");
    money = boxed(book, "#,##0.00");
    hours = boxed(book, "#,##0.00");
    day = boxed(book, "yyyy-mm-dd");
    total = boxed(book, nullptr);
    format_set_bold(total);
    money_total = boxed(book, "#,##0.00");
    format_set_bold(money_total);
    count_total = boxed(book, "#,##0");
    format_set_bold(count_total);
  }
  static lxw_format* boxed(lxw_workbook* book, const char* number) {
    lxw_format* format = workbook_add_format(book);
    format_set_border(format, LXW_BORDER_THIN);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    if (number != nullptr) format_set_num_format(format, number);
    return format;
  }

  lxw_format *title, *note, *header, *text, *count, *money, *hours, *day, *total, *money_total,
      *count_total;
};

// At most what a cell may hold, cut between characters.
std::string cut(const std::string& text) {
  if (text.size() <= kTextMax) return text;
  std::size_t end = kTextMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

// The number that a spreadsheet shows: yuan and hours have two digits, which a double keeps exactly
// enough for every amount of the log.
double yuan(Fen amount) { return static_cast<double>(amount.value) / 100.0; }
double hours_of(Minutes minutes) { return static_cast<double>(minutes.value) / 60.0; }

class SheetWriter {
 public:
  SheetWriter(lxw_workbook* book, const Sheet& sheet, const Formats& formats)
      : sheet_(sheet), formats_(formats), out_(workbook_add_worksheet(book, sheet.name.c_str())) {}

  Result<void> write() {
    if (out_ == nullptr)
      return fail(Errc::invalid_argument, "no sheet can be named " + sheet_.name);
    if (sheet_.rows.size() > kRowsMax) {
      return fail(Errc::limit_exceeded, "sheet " + sheet_.name +
                                            " has more rows than a workbook "
                                            "can hold; narrow it by programme or dates");
    }
    head();
    for (std::size_t i = 0; i < sheet_.rows.size(); ++i) row(i);
    totals();
    page();
    return {};
  }

 private:
  lxw_col_t last_column() const {
    return static_cast<lxw_col_t>(sheet_.columns.empty() ? 0 : sheet_.columns.size() - 1);
  }

  void head() {
    worksheet_write_string(out_, kTitleRow, 0, sheet_.title.c_str(), formats_.title);
    worksheet_write_string(out_, kNoteRow, 0, sheet_.note.c_str(), formats_.note);
    worksheet_set_row(out_, kHeaderRow, 30, nullptr);
    for (std::size_t i = 0; i < sheet_.columns.size(); ++i) {
      const BookColumn& column = sheet_.columns[i];
      const auto at = static_cast<lxw_col_t>(i);
      worksheet_set_column(out_, at, at, column.width, nullptr);
      worksheet_write_string(out_, kHeaderRow, at, column.title.c_str(), formats_.header);
    }
    worksheet_freeze_panes(out_, kFirstRow, 1);
  }

  void row(std::size_t index) {
    const auto at = static_cast<lxw_row_t>(kFirstRow + index);
    const std::vector<Cell>& cells = sheet_.rows[index];
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cell(at, static_cast<lxw_col_t>(i), cells[i]);
    }
  }

  void cell(lxw_row_t at, lxw_col_t column, const Cell& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      worksheet_write_string(out_, at, column, cut(*text).c_str(), formats_.text);
    } else if (const auto* count = std::get_if<std::int64_t>(&value)) {
      worksheet_write_number(out_, at, column, static_cast<double>(*count), formats_.count);
    } else if (const auto* money = std::get_if<Fen>(&value)) {
      worksheet_write_number(out_, at, column, yuan(*money), formats_.money);
    } else if (const auto* day = std::get_if<Day>(&value)) {
      write_day(at, column, *day);
    } else if (const auto* minutes = std::get_if<Minutes>(&value)) {
      worksheet_write_number(out_, at, column, hours_of(*minutes), formats_.hours);
    } else {
      worksheet_write_blank(out_, at, column, formats_.text);
    }
  }

  // A workbook knows the years 1900 to 9999; what lies outside stands as text.
  void write_day(lxw_row_t at, lxw_col_t column, Day day) {
    const CivilDate date = to_civil(day);
    if (date.year < 1900 || date.year > 9999) {
      worksheet_write_string(out_, at, column, to_string(day).c_str(), formats_.text);
      return;
    }
    lxw_datetime moment{};
    moment.year = date.year;
    moment.month = date.month;
    moment.day = date.day;
    worksheet_write_datetime(out_, at, column, &moment, formats_.day);
  }

  // Sums are formulas with the value beside them, so that a program that does not compute shows it.
  void totals() {
    const bool any = std::any_of(sheet_.columns.begin(), sheet_.columns.end(),
                                 [](const BookColumn& column) { return column.summed; });
    if (!any || sheet_.rows.empty()) return;
    const auto at = static_cast<lxw_row_t>(kFirstRow + sheet_.rows.size());
    for (std::size_t i = 0; i < sheet_.columns.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      if (!sheet_.columns[i].summed) {
        worksheet_write_string(out_, at, column, i == 0 ? "合计" : "", formats_.total);
        continue;
      }
      char first[LXW_MAX_CELL_NAME_LENGTH];
      char last[LXW_MAX_CELL_NAME_LENGTH];
      lxw_rowcol_to_cell(first, kFirstRow, column);
      lxw_rowcol_to_cell(last, at - 1, column);
      const std::string formula = std::string("=SUM(") + first + ":" + last + ")";
      const auto [sum, format] = sum_of(i);
      worksheet_write_formula_num(out_, at, column, formula.c_str(), format, sum);
    }
  }
  std::pair<double, lxw_format*> sum_of(std::size_t column) const {
    std::int64_t count = 0;
    std::int64_t fen = 0;
    std::int64_t minutes = 0;
    lxw_format* format = formats_.count_total;
    for (const std::vector<Cell>& row : sheet_.rows) {
      const Cell& value = row[column];
      if (const auto* money = std::get_if<Fen>(&value)) {
        fen += money->value;
        format = formats_.money_total;
      } else if (const auto* time = std::get_if<Minutes>(&value)) {
        minutes += time->value;
        format = formats_.money_total;
      } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
        count += *number;
      }
    }
    return {static_cast<double>(count) + yuan(Fen{fen}) + hours_of(Minutes{minutes}), format};
  }

  void page() {
    if (!sheet_.rows.empty()) {
      worksheet_autofilter(out_, kHeaderRow, 0,
                           static_cast<lxw_row_t>(kHeaderRow + sheet_.rows.size()), last_column());
    }
    worksheet_set_paper(out_, 9);  // A4
    if (sheet_.landscape) worksheet_set_landscape(out_);
    worksheet_repeat_rows(out_, kTitleRow, kHeaderRow);
    worksheet_fit_to_pages(out_, 1, 0);
    worksheet_set_margins(out_, 0.4, 0.4, 0.6, 0.6);
    worksheet_set_footer(out_, "&L&A&C第 &P 页，共 &N 页");
  }

  const Sheet& sheet_;
  const Formats& formats_;
  lxw_worksheet* out_;
};

// The library closes a workbook also when it is given up.
class Workbook {
 public:
  explicit Workbook(const std::string& path) : book_(workbook_new(path.c_str())) {}
  ~Workbook() {
    if (book_ != nullptr) workbook_close(book_);
  }
  Workbook(const Workbook&) = delete;
  Workbook& operator=(const Workbook&) = delete;

  lxw_workbook* get() { return book_; }
  lxw_error close() {
    lxw_workbook* book = std::exchange(book_, nullptr);
    return workbook_close(book);
  }

 private:
  lxw_workbook* book_;
};

void describe(lxw_workbook* out, const Book& book) {
  lxw_doc_properties properties{};
  std::string title = book.title;
  std::string subject = book.subject;
  std::string author = "houniao";
  properties.title = title.data();
  properties.subject = subject.data();
  properties.author = author.data();
  // The library would ask the clock.
  properties.created =
      static_cast<std::time_t>(std::max<std::int64_t>(book.made.us / 1'000'000, 1));
  workbook_set_properties(out, &properties);
}

}  // namespace

Result<std::string> xlsx_of(const Book& book) {
  const MemoryFile file;
  if (!file.ok()) return MemoryFile::failed();
  Workbook out(file.path());
  if (out.get() == nullptr) return fail(Errc::storage_failed, "a workbook cannot be begun");
  describe(out.get(), book);
  const Formats formats(out.get());
  for (const Sheet& sheet : book.sheets) {
    HOUNIAO_TRY(SheetWriter(out.get(), sheet, formats).write());
  }
  const lxw_error error = out.close();
  if (error != LXW_NO_ERROR) {
    return fail(Errc::storage_failed, std::string("a workbook: ") + lxw_strerror(error));
  }
  return file.contents();
}

}  // namespace houniao::exports
