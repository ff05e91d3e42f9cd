#include "tools/import/ledger_file.h"

#include <algorithm>
#include <set>

#include "tools/import/csv.h"
#include "tools/import/limits.h"
#include "tools/import/xlsx.h"

namespace houniao::importing {
namespace {

constexpr const char* kMimeCsv = "text/csv";
constexpr const char* kMimeXlsx =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

Error at(const std::string& place, Errc code, const std::string& what) {
  return fail(code, "mapping " + place + ": " + what);
}

// A name of the header without line ends, which spreadsheets put into narrow columns.
std::string header_name(const Cell& cell) {
  std::string out(trim(cell.text));
  std::erase_if(out, [](char c) { return c == '\n' || c == '\r'; });
  return out;
}

// Whether a name stands between separators in a text that is one cell, or should be several.
bool has_part(std::string_view text, char separator, std::string_view name) {
  if (text.find(separator) == std::string_view::npos) return false;
  for (bool more = true; more;) {
    const std::size_t end = text.find(separator);
    more = end != std::string_view::npos;
    std::string_view part = trim(text.substr(0, end));
    if (part.size() > 1 && part.front() == '"' && part.back() == '"') {
      part = part.substr(1, part.size() - 2);
    }
    if (part == name) return true;
    if (more) text.remove_prefix(end + 1);
  }
  return false;
}

// What to do when the columns of a CSV file are separated by something else than the mapping says;
// empty when the header does not look so.
std::string separator_hint(std::string_view name, const Table& table, const Table::Row& header) {
  if (header.count > 1 && !header.bad_quotes) return {};
  std::vector<std::string_view> texts = {as_text(header.raw)};
  for (std::size_t i = 0; i < header.count; ++i) texts.push_back(table.cell(header, i).text);
  for (const auto& [separator, written] : {std::pair{',', ","}, {';', ";"}, {'\t', "\\t"}}) {
    const bool parted = std::any_of(texts.begin(), texts.end(), [&](std::string_view text) {
      return has_part(text, separator, name);
    });
    if (!parted) continue;
    const std::string member = std::string("\"separator\": \"") + written + "\"";
    return "; the columns seem to be separated otherwise: write " + member +
           " in the mapping; 各列似以其他符号分隔，请在映射中写 " + member;
  }
  return {};
}

Result<std::size_t> find_column(const ColumnName& column, const LedgerSheet& sheet,
                                const Table::Row* header) {
  const Table& table = sheet.table;
  if (column.number != 0 && header != nullptr && column.number > header->count) {
    return at(column.place, Errc::invalid_argument,
              "row " + std::to_string(header->number) + " has " + std::to_string(header->count) +
                  " columns, none of the number " + std::to_string(column.number));
  }
  if (column.number != 0) return column.number - 1;
  if (header == nullptr) {
    return at(column.place, Errc::invalid_argument,
              "a column is named, but the entry has no header row in the file");
  }
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < header->count; ++i) {
    if (header_name(table.cell(*header, i)) == column.name) found.push_back(i);
  }
  if (found.empty()) {
    return at(column.place, Errc::invalid_argument,
              "row " + std::to_string(header->number) + " has no column \"" + column.name + "\"" +
                  (sheet.number == 0 ? separator_hint(column.name, table, *header) : ""));
  }
  if (found.size() > 1) {
    return at(column.place, Errc::invalid_argument,
              "row " + std::to_string(header->number) + " has the column \"" + column.name +
                  "\" twice (" + column_letters(found[0]) + " and " + column_letters(found[1]) +
                  "); give its number");
  }
  return found.front();
}

Result<void> check_header(const Table& table, const Table::Row& header) {
  for (std::size_t i = 0; i < header.count; ++i) {
    if (table.cell(header, i).kind != CellKind::broken) continue;
    return fail(Errc::invalid_argument,
                "the header row is not of this encoding; older files in China are often GB18030: "
                "try --encoding gb18030; 表头不符合所选编码，若为国标编码请加 --encoding gb18030");
  }
  return {};
}

Result<BoundEntry> bind(const Entry& entry, const LedgerSheet& sheet) {
  BoundEntry out{&entry, &sheet, {}, 0};
  const Table::Row* header = entry.header_row == 0 ? nullptr : sheet.table.find(entry.header_row);
  if (entry.header_row != 0 && header == nullptr) {
    return at(entry.place + "/headerRow", Errc::invalid_argument,
              "the sheet has no row " + std::to_string(entry.header_row));
  }
  if (header != nullptr) {
    HOUNIAO_TRY(check_header(sheet.table, *header));
    if (sheet.number == 0) out.width = header->count;
  }
  for (const ColumnName& column : entry.columns) {
    const auto found = find_column(column, sheet, header);
    if (!found) return found.error();
    out.columns.push_back(*found);
  }
  return out;
}

// A merged cell has one value and shows it in several places: which rows it speaks for is a guess.
Result<void> check_merged(const Entry& entry, const Sheet& sheet) {
  const std::uint32_t first = entry.header_row == 0 ? entry.first_row : entry.header_row;
  for (const MergedRange& range : sheet.merged) {
    const bool above = range.last_row < first;
    const bool below = entry.last_row != 0 && range.first_row > entry.last_row;
    if (above || below) continue;
    return at(
        entry.place, Errc::invalid_argument,
        "the cells " + range.text +
            " are merged; take the merge apart and fill every cell, or leave the rows out with "
            "headerRow, firstRow and lastRow; 请取消合并单元格并逐格填写");
  }
  return {};
}

// An empty or damaged workbook would pass for a CSV file without rows, or of rows without sense.
Result<void> check_kind(FileKind kind, std::string_view name) {
  const std::string_view ending = name.substr(name.size() - std::min<std::size_t>(name.size(), 5));
  const std::string lower = lower_ascii(std::string(ending));
  if (kind != FileKind::csv || (lower != ".xlsx" && lower != ".xlsm")) return {};
  return fail(Errc::corrupt,
              "the file is named as a workbook and is none: it is empty or damaged; get it again, "
              "or give it the ending .csv if it is one; "
              "文件名为工作簿，内容却不是：为空或已损坏；请重新取得，若是 CSV 请改后缀为 .csv");
}

Result<void> load_csv(ByteView file, const Mapping& mapping, std::optional<Encoding> encoding,
                      LedgerFile& out) {
  CsvOptions options;
  options.encoding = encoding.value_or(mapping.encoding.value_or(Encoding::utf8));
  options.separator = mapping.separator;
  auto table = read_csv(file, options);
  if (!table) return table.error();
  out.mime = kMimeCsv;
  out.sheets.push_back(std::make_unique<LedgerSheet>());
  out.sheets.back()->table = std::move(*table);
  for (const Entry& entry : mapping.entries) {
    if (!entry.sheet.empty()) {
      return at(entry.place + "/sheet", Errc::invalid_argument, "a CSV file has no sheets");
    }
    auto bound = bind(entry, *out.sheets.back());
    if (!bound) return bound.error();
    out.entries.push_back(std::move(*bound));
  }
  return {};
}

Result<std::size_t> find_sheet(const Workbook& book, const Entry& entry) {
  const auto& sheets = book.sheets();
  if (entry.sheet.empty()) {
    if (sheets.size() == 1) return std::size_t{0};
    return at(
        entry.place, Errc::invalid_argument,
        "the workbook has " + std::to_string(sheets.size()) + " sheets; name one with \"sheet\"");
  }
  const auto found = std::find_if(sheets.begin(), sheets.end(),
                                  [&](const auto& sheet) { return sheet.name == entry.sheet; });
  if (found != sheets.end()) return static_cast<std::size_t>(found - sheets.begin());
  return at(entry.place + "/sheet", Errc::invalid_argument,
            "the workbook has no sheet \"" + entry.sheet + "\"");
}

Result<void> load_workbook(ByteView file, const Mapping& mapping, LedgerFile& out) {
  const auto book = Workbook::open(file);
  if (!book) return book.error();
  out.mime = kMimeXlsx;
  struct Loaded {
    LedgerSheet* ledger;
    Sheet rest;
  };
  std::map<std::size_t, Loaded> loaded;
  for (const Entry& entry : mapping.entries) {
    const auto index = find_sheet(*book, entry);
    if (!index) return index.error();
    auto known = loaded.find(*index);
    if (known == loaded.end()) {
      auto sheet = book->read(book->sheets()[*index]);
      if (!sheet) return sheet.error();
      out.sheets.push_back(std::make_unique<LedgerSheet>());
      LedgerSheet& ledger = *out.sheets.back();
      ledger.name = book->sheets()[*index].name;
      ledger.number = static_cast<std::uint16_t>(*index + 1);
      ledger.table = std::move(sheet->table);
      known = loaded.emplace(*index, Loaded{&ledger, std::move(*sheet)}).first;
    }
    HOUNIAO_TRY(check_merged(entry, known->second.rest));
    auto bound = bind(entry, *known->second.ledger);
    if (!bound) return bound.error();
    out.entries.push_back(std::move(*bound));
  }
  return {};
}

// --- privacy -----------------------------------------------------------------------------------

using SheetColumn = std::pair<const LedgerSheet*, std::size_t>;

std::set<SheetColumn> personal_columns(const LedgerFile& file) {
  std::set<SheetColumn> out;
  for (const BoundEntry& bound : file.entries) {
    const PersonalRules& p = bound.entry->personal;
    for (const auto* rule : {&p.name, &p.id_number, &p.phone, &p.birth_date, &p.note}) {
      if (!*rule) continue;
      for (const ColumnRef ref : (*rule)->columns) out.emplace(bound.sheet, bound.columns[ref]);
    }
  }
  return out;
}

// A code or a reference tells nothing of the text that it was found by; everything else would.
bool shows_its_text(const Rule& rule) {
  return rule.kind != Rule::Kind::codes && rule.kind != Rule::Kind::reference &&
         rule.kind != Rule::Kind::split;
}

// What is sealed in one place must not stand open in another: the fields of an event can be read by
// everybody who has its scope.
Result<void> check_privacy(const LedgerFile& file) {
  const std::set<SheetColumn> personal = personal_columns(file);
  std::optional<Error> error;
  for (const BoundEntry& bound : file.entries) {
    const auto check = [&](const Rule& rule) {
      if (error || !shows_its_text(rule)) return;
      for (const ColumnRef ref : rule.columns) {
        if (!personal.contains({bound.sheet, bound.columns[ref]})) continue;
        error = at(rule.place, Errc::invalid_argument,
                   "column " + column_letters(bound.columns[ref]) +
                       " is personal data elsewhere in the mapping and cannot be the open field " +
                       rule.target.name + "; 该列为个人信息，不得写入公开字段");
      }
    };
    for (const FieldRule& field : bound.entry->fields) visit_rules(field.rule, check);
  }
  if (error) return *error;
  return {};
}

}  // namespace

Result<LedgerFile> load_ledger(ByteView file, std::string name, const Mapping& mapping,
                               std::optional<Encoding> encoding) {
  if (file.size() > limits::kImportFileBytesMax) {
    return fail(Errc::too_large, "the file is over " + std::to_string(limits::kImportFileBytesMax) +
                                     " bytes (kImportFileBytesMax)");
  }
  LedgerFile out;
  out.name = std::move(name);
  out.sha256 = sha256(file);
  out.bytes = file.size();
  const FileKind kind = kind_of(file);
  HOUNIAO_TRY(check_kind(kind, out.name));
  if (kind == FileKind::csv) {
    HOUNIAO_TRY(load_csv(file, mapping, encoding, out));
  } else {
    HOUNIAO_TRY(load_workbook(file, mapping, out));
  }
  HOUNIAO_TRY(check_privacy(out));
  return out;
}

}  // namespace houniao::importing
