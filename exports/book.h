// A workbook as plain values: what stands in which cell, and how it is to be shown. The books of an
// office (*_book.h) are made of this by pure functions; exports/books/xlsx.h makes a file of it.
// Money stays integer fen and days stay days until there.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/ledger.h"

namespace houniao::exports {

// A length of time, shown in hours with two digits (民政部令第67号 counts hours).
struct Minutes {
  std::int64_t value = 0;
};

// Nothing, text, a count, money, a day, a length of time.
using Cell = std::variant<std::monostate, std::string, std::int64_t, Fen, Day, Minutes>;

// An open or unknown day is an empty cell.
inline Cell day_cell(Day day) {
  if (day.value == 0 || day.value == INT32_MAX) return std::monostate{};
  return day;
}

struct BookColumn {
  std::string title;
  std::uint16_t width = 12;  // characters
  bool summed = false;       // a total stands below it
};

struct Sheet {
  std::string name;   // at most 31 characters, none of []:*?/\ .
  std::string title;  // above the table
  std::string note;   // below the title: source, law, what is left out; may be empty
  std::vector<BookColumn> columns;
  std::vector<std::vector<Cell>> rows;  // as long as columns
  bool landscape = true;
};

struct Book {
  std::string title;
  std::string subject;
  WallTime made;  // when the log last received something: no clock is asked
  std::vector<Sheet> sheets;
};

}  // namespace houniao::exports
