// Every format by its name: the one table that the command line and the HTTP pages go by, and the
// call that writes it. Any thread; the state must rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exports/books.h"
#include "exports/csv.h"
#include "exports/logged_event.h"

namespace houniao {
class State;
}

namespace houniao::exports {

struct Format {
  std::string_view name;  // "ocds-records"
  std::string_view zh;
  std::string_view en;
  std::string_view content_type;
  std::string_view extension;  // of a file, without the dot
  // What it can be narrowed or shaped by, separated by spaces. Anything else has to be refused:
  // left out in silence, it would give another export than the one that was asked for.
  std::string_view parameters;

  std::vector<std::string_view> parameter_names() const;
};
// In the order in which they are shown.
std::span<const Format> formats();
// nullptr when there is none of that name.
const Format* find_format(std::string_view name);

struct ExportRequest {
  std::string format;
  Scope scope;
  std::string case_type = "contract";        // xes
  std::uint64_t process = 0;                 // ocds: one process only
  std::string ocid_prefix = "ocds-houniao";  // ocds
  std::string origin = "houniao.local/log";
  ByteOrderMark mark = ByteOrderMark::none;  // csv
  Names names;                               // volunteer record; empty: no names
  // What an export that is made as a whole in memory may take: a workbook, an SQLite database.
  // Others end when their sink wants no more.
  std::size_t bytes_max = SIZE_MAX;
};
// The id of a contracting process; 0 for an empty text, which does not restrict. invalid_argument
// for what is no id.
Result<std::uint64_t> parse_process(const std::string& text);

// Writes the export of the first `end` records, from which `state` was folded. invalid_argument for
// a format that is not known or needs something else; not_found for a process that there is not,
// before anything is written; too_large beyond bytes_max; errors of the
// source and of the libraries. Success when the sink wanted no more, which its owner knows.
Result<void> run_export(const ExportRequest& request, const State& state, const EventSource& source,
                        TreeSize end, const Sink& sink);

// The programme and all below it, and days as YYYY-MM-DD; empty texts do not restrict.
// invalid_argument for what is none; not_found for a programme that the state does not have.
Result<Scope> parse_scope(const State& state, const std::string& programme, const std::string& from,
                          const std::string& to);

}  // namespace houniao::exports
