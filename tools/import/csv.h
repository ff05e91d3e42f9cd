// Comma-separated values by RFC 4180: quoted fields with line ends inside, "" for a quotation mark,
// LF or CR LF between records, a byte order mark at the start. Strict where leniency would be a
// guess: a record whose quotation marks do not pair is kept as one damaged row, so that the rows
// after it stay where they are. Pure but for the converter of the C library; one thread.
#pragma once

#include "tools/import/encoding.h"
#include "tools/import/table.h"

namespace houniao::importing {

struct CsvOptions {
  Encoding encoding = Encoding::utf8;
  char separator = ',';
};

// `file` outlives the table, whose rows point into it. invalid_argument: the file as a whole is in
// another encoding (the message says which to try), or a quotation mark is never closed. too_large
// and limit_exceeded: a cell, row or sheet beyond tools/import/limits.h. A single cell with broken
// bytes is no error but a cell of kind `broken`.
Result<Table> read_csv(ByteView file, const CsvOptions& options);

}  // namespace houniao::importing
