// Recording a plan, and asking afterwards what became of it. One thread; blocks for the disk.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "tools/import/book.h"
#include "tools/import/plan.h"

namespace houniao::importing {

// The event of a planned row: what the row says, marked as imported, with the file as evidence and
// the row's place in it.
EventDraft make_draft(const LedgerFile& file, const BoundEntry& bound, std::uint32_t row_number,
                      RowValues values);

// Records every row of plan.order in batches of kImportBatchRows, each first in the journal. `tell`
// gets the number of rows done now and then. After an error the rows told of are recorded; running
// the import again goes on where it stopped.
Result<void> record_plan(const LedgerFile& file, const Plan& plan, Journal& journal, Book& book,
                         const std::function<void(std::uint64_t)>& tell);

// What the device knows of the plan's events.
struct Verdicts {
  std::uint64_t accepted = 0;
  std::uint64_t flagged = 0;
  std::uint64_t held = 0;
  std::uint64_t waiting = 0;  // not judged yet
  std::map<Reason, std::uint64_t> reasons;
  struct Row {
    std::uint32_t row = 0;  // of Plan::rows
    Book::Verdict verdict;
  };
  std::vector<Row> rows;  // of record, imported and known, as in the plan
};
Result<Verdicts> collect_verdicts(const Plan& plan, const Book& book);

}  // namespace houniao::importing
