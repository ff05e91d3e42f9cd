// A sheet in memory: rows of cells with their place in the file. Cells of all rows stand in one
// array and their texts in one string, so that a million rows cost what their text costs. Filled by
// one reader, then only read; any thread may read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace houniao::importing {

enum class CellKind : std::uint8_t {
  empty,
  text,
  number,   // of a workbook; the text is its decimal form, at most 15 digits
  date,     // of a workbook, by the cell's style
  boolean,  // of a workbook; "1" or "0"
  error,    // of a workbook: "#REF!"
  formula,  // of a workbook: a formula without a stored result
  broken,   // bytes that the encoding does not allow; the text is those bytes
};

// Day of a date cell that holds only a time.
inline constexpr Day kNoDay{INT32_MIN};

struct Cell {
  CellKind kind = CellKind::empty;
  std::string_view text;  // as the file has it; valid as long as the table
  Day day;                // of a date
  std::int32_t second = 0;
};

class Table {
 public:
  struct Row {
    std::uint32_t number = 0;  // as a reader of the file counts, from 1
    std::uint32_t count = 0;   // cells
    std::size_t first = 0;
    ByteView raw;             // of a CSV file: the row's bytes in the file, without the line end
    bool bad_quotes = false;  // of a CSV file: the columns are not certain
  };

  std::size_t size() const { return rows_.size(); }
  const Row& row(std::size_t i) const { return rows_[i]; }
  // Empty beyond the end of the row; `column` counts from 0.
  Cell cell(const Row& row, std::size_t column) const;
  bool is_blank(const Row& row) const;
  // The bytes that the row is to be repaired from: those of the file, or the texts of a workbook's
  // cells with tabs between them.
  Bytes raw_of(const Row& row) const;
  // The row with this number; nullptr when the sheet has none.
  const Row* find(std::uint32_t number) const;
  std::size_t text_bytes() const { return text_.size(); }

  // For readers: rows in ascending order, cells from the left.
  void begin_row(std::uint32_t number);
  void add(CellKind kind, std::string_view text, Day day = {}, std::int32_t second = 0);
  void end_row(ByteView raw = {}, bool bad_quotes = false);

 private:
  struct Stored {
    std::size_t offset;
    std::uint32_t length;
    std::int32_t day;
    std::int32_t second;
    CellKind kind;
  };
  std::string text_;
  std::vector<Stored> cells_;
  std::vector<Row> rows_;
};

// "A", "Z", "AA": what a spreadsheet program calls the column with this number from 0.
std::string column_letters(std::size_t column);

}  // namespace houniao::importing
