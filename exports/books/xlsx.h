// Workbooks (Office Open XML, ECMA-376) of the books: a title and a frozen header row, real dates
// and numbers, filters, totals, widths, and a page set-up that prints every column on A4 with the
// header on each page. The same book gives the same bytes: no clock is read.
//
// Needs no place on disk: the library writes into memory that has a file's name. Any thread; one
// book at a time per call.
#pragma once

#include <string>

#include "base/error.h"
#include "exports/book.h"

namespace houniao::exports {

// limit_exceeded for a sheet with more rows than a workbook can have; storage_failed when the
// library cannot write, with its reason.
Result<std::string> xlsx_of(const Book& book);

}  // namespace houniao::exports
