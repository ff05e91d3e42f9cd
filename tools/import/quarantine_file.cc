#include "tools/import/quarantine_file.h"

#include <nlohmann/json.hpp>

#include "base/os/os.h"
#include "tools/import/clean.h"

namespace houniao::importing {
namespace {

using Json = nlohmann::ordered_json;

Json line_of(const LedgerFile& file, const PlannedRow& planned, const Problem& problem) {
  const BoundEntry& bound = file.entries[planned.entry];
  const Table& table = bound.sheet->table;
  const Table::Row& row = table.row(planned.row);
  const DirtRow& dirt = row_of(problem.dirt);
  Json out{{"file", file.name},
           {"sha256", to_hex(file.sha256.bytes)},
           {"sheet", bound.sheet->name},
           {"entry", bound.entry->label},
           {"row", row.number}};
  if (problem.column) {
    out["column"] = *problem.column + 1;
    out["column_letters"] = column_letters(*problem.column);
    out["column_name"] = column_name(bound, *problem.column);
  }
  if (problem.other_row != 0) out["other_row"] = problem.other_row;
  out["reason"] = dirt.name;
  out["zh"] = dirt.zh;
  out["en"] = dirt.en;
  if (problem.column) out["raw"] = to_base64(as_bytes(table.cell(row, *problem.column).text));
  out["row_raw"] = to_base64(table.raw_of(row));
  return out;
}

}  // namespace

std::string column_name(const BoundEntry& bound, std::size_t column) {
  if (bound.entry->header_row == 0) return {};
  const Table::Row* header = bound.sheet->table.find(bound.entry->header_row);
  if (header == nullptr) return {};
  const auto text = clean_text(bound.sheet->table.cell(*header, column), {.multiline = true});
  return text ? *text : std::string();
}

std::string quarantine_lines(const LedgerFile& file, const Plan& plan) {
  std::string out;
  for (const PlannedRow& planned : plan.rows) {
    for (const Problem& problem : planned.problems) {
      out += line_of(file, planned, problem).dump(-1, ' ', false, Json::error_handler_t::replace);
      out += '\n';
    }
  }
  return out;
}

Result<void> write_quarantine(const std::filesystem::path& path, const LedgerFile& file,
                              const Plan& plan) {
  std::string lines = quarantine_lines(file, plan);
  std::error_code error;
  if (lines.empty() && !std::filesystem::exists(path, error)) return {};
  auto written = os::write_file_durably(path, as_bytes(lines));
  wipe(lines.data(), lines.size());
  return written;
}

}  // namespace houniao::importing
