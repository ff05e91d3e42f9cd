// What an import tells: totals, counts by reason, places. Never what stands in a cell. One thread.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <optional>

#include "tools/import/plan.h"
#include "tools/import/run.h"

namespace houniao::importing {

struct Report {
  const LedgerFile* file = nullptr;
  const Plan* plan = nullptr;
  bool dry_run = false;
  std::uint64_t recorded = 0;  // rows of the plan that are on the device
  std::filesystem::path quarantine;
  bool synced = false;
  std::optional<Error> stopped;     // recording did not get to its end
  std::optional<Error> sync_error;  // the server was asked, and was not in step in time
  std::optional<Verdicts> verdicts;
};

// One object. Lists of places stop at kImportListedMax; "left_out" says how many are not shown.
nlohmann::ordered_json json_of(const Report& report);
void print(std::ostream& out, const Report& report);

// One JSON line per row with its outcome, event, and verdict when there is one.
std::string row_lines(const Report& report);

}  // namespace houniao::importing
