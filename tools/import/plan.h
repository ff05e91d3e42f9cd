// What is to be done with every row, before anything is done: which rows are recorded and as which
// events, which were recorded earlier, which are kept out and why. A row may name entities that
// other rows create, before or after it in the file; rows that wait for those are tried again until
// nothing more can be resolved.
//
// The same file, mapping, journal and next event id give the same plan. One thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <vector>

#include "tools/import/journal.h"
#include "tools/import/ledger_file.h"
#include "tools/import/row_reader.h"

namespace houniao::importing {

enum class Outcome : std::uint8_t {
  record,       // will be recorded, or was in this run
  imported,     // this row of this file was recorded by an earlier run
  known,        // a row of another file with the same key and content was
  quarantined,  // something is wrong with it
};
std::string_view name_of(Outcome outcome);

struct PlannedRow {
  std::uint32_t entry = 0;  // of LedgerFile::entries
  std::uint32_t row = 0;    // of the entry's table
  Outcome outcome = Outcome::quarantined;
  EventId event;  // of record, imported and known
  JournalRow marks;
  std::vector<Problem> problems;  // of quarantined
};

struct Plan {
  std::vector<PlannedRow> rows;      // by entry, then as in the file; blank rows are not in it
  std::vector<std::uint32_t> order;  // of `rows` to record, in the order of their events
  boost::unordered_flat_map<Mark, EventId, MarkHash> keys;  // that rows of this plan create
  std::uint64_t blank = 0;

  std::uint64_t count(Outcome outcome) const;
};

// The journal is reconciled. `next` is the id that the first event gets.
Plan make_plan(const LedgerFile& file, const Journal& journal, EventId next);

// The event of a key: of this plan, else of the journal.
EventId find_key(const Plan& plan, const Journal& journal, const Mark& key);

}  // namespace houniao::importing
