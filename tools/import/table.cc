#include "tools/import/table.h"

#include <algorithm>

namespace houniao::importing {

Cell Table::cell(const Row& row, std::size_t column) const {
  if (column >= row.count) return {};
  const Stored& stored = cells_[row.first + column];
  return {stored.kind, std::string_view(text_).substr(stored.offset, stored.length),
          Day{stored.day}, stored.second};
}

bool Table::is_blank(const Row& row) const {
  const auto first = cells_.begin() + static_cast<std::ptrdiff_t>(row.first);
  return !row.bad_quotes && std::all_of(first, first + row.count, [](const Stored& cell) {
    return cell.kind == CellKind::empty;
  });
}

Bytes Table::raw_of(const Row& row) const {
  if (!row.raw.empty()) return Bytes(row.raw.begin(), row.raw.end());
  Bytes out;
  for (std::size_t i = 0; i < row.count; ++i) {
    if (i > 0) out.push_back('\t');
    append(out, as_bytes(cell(row, i).text));
  }
  return out;
}

const Table::Row* Table::find(std::uint32_t number) const {
  const auto at =
      std::lower_bound(rows_.begin(), rows_.end(), number,
                       [](const Row& row, std::uint32_t wanted) { return row.number < wanted; });
  return at != rows_.end() && at->number == number ? &*at : nullptr;
}

void Table::begin_row(std::uint32_t number) { rows_.push_back({number, 0, cells_.size(), {}}); }

void Table::add(CellKind kind, std::string_view text, Day day, std::int32_t second) {
  cells_.push_back(
      {text_.size(), static_cast<std::uint32_t>(text.size()), day.value, second, kind});
  text_ += text;
  ++rows_.back().count;
}

void Table::end_row(ByteView raw, bool bad_quotes) {
  rows_.back().raw = raw;
  rows_.back().bad_quotes = bad_quotes;
}

std::string column_letters(std::size_t column) {
  std::string out;
  for (std::size_t n = column + 1; n > 0; n = (n - 1) / 26) {
    out.insert(out.begin(), static_cast<char>('A' + (n - 1) % 26));
  }
  return out;
}

}  // namespace houniao::importing
