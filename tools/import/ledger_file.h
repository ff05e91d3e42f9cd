// A ledger in memory: its bytes' hash, its sheets, and where each entry of the mapping finds its
// columns. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "tools/import/mapping.h"
#include "tools/import/table.h"

namespace houniao::importing {

struct LedgerSheet {
  std::string name;          // empty for a CSV file
  std::uint16_t number = 0;  // from 1; 0 for a CSV file
  Table table;
};

// An entry of the mapping and its place in the file.
struct BoundEntry {
  const Entry* entry = nullptr;
  const LedgerSheet* sheet = nullptr;
  std::vector<std::size_t> columns;  // of Entry::columns, from 0
  std::size_t width = 0;             // cells that each row of a CSV file has; 0: not known
};

struct LedgerFile {
  std::string name;  // without its folder
  Hash sha256;
  std::uint64_t bytes = 0;
  std::string mime;
  std::vector<std::unique_ptr<LedgerSheet>> sheets;
  std::vector<BoundEntry> entries;  // as in the mapping
};

// `file` and `mapping` outlive the result. `encoding` overrides the mapping's. Besides what csv.h
// and xlsx.h say: invalid_argument for a sheet or a column that the file does not have,
// for merged cells among the rows that an entry reads, for a column name that occurs twice, and for
// personal data that would also stand open.
Result<LedgerFile> load_ledger(ByteView file, std::string name, const Mapping& mapping,
                               std::optional<Encoding> encoding);

}  // namespace houniao::importing
