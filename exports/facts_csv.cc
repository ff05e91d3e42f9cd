#include "exports/facts_csv.h"

#include "exports/disclosure.h"
#include "exports/text.h"
#include "replay/state.h"

namespace houniao::exports {
namespace {

// What a row is of may be told: case work is not, and what was found about staff neither.
bool may_leave(const State& state, const FactRow& row) {
  const CatalogueRow* type = find_row(row.type);
  return type != nullptr && type->privacy != Privacy::confidential &&
         type->privacy != Privacy::sensitive && may_name(state, row.group) &&
         may_name(state, row.event.value);
}

// Rows about a person alone describe the person: sex, region, birth band, employer, tags.
bool describes_a_person(const FactRow& row) {
  const CatalogueRow* type = find_row(row.type);
  return type->family == Family::people && type->privacy == Privacy::personal;
}

void put_id(CsvOut& out, const State& state, std::uint64_t id) {
  if (id == 0 || !may_name(state, id)) {
    out.empty();
  } else {
    out.text(id_text(id));
  }
}

// A group is mostly an id, and for some types a number such as a year.
void put_group(CsvOut& out, const State& state, std::uint64_t group) {
  if (group != 0 && group < (std::uint64_t{1} << 32)) {
    out.number(static_cast<std::int64_t>(group));
  } else {
    put_id(out, state, group);
  }
}

void put_row(CsvOut& out, const State& state, const FactRow& row) {
  out.text(to_string(row.event)).number(static_cast<std::int64_t>(row.seq.value));
  out.text(find_row(row.type)->name).text(find_row(row.type)->name_zh);
  const bool withheld = describes_a_person(row);
  out.text(withheld ? "" : state.symbols().text(row.kind));
  out.text(withheld ? "" : state.symbols().text(row.attr));
  put_id(out, state, row.programme);
  put_id(out, state, row.site);
  put_id(out, state, withheld ? 0 : row.organisation);
  put_id(out, state, row.subject);
  put_group(out, state, withheld ? 0 : row.group);
  put_id(out, state, row.staff);
  out.text(to_string(Day{row.day})).text(to_string(Day{row.recorded_day}));
  out.number(row.quantity).number(row.minutes).text(decimal(Fen{row.amount_fen}));
  for (const std::uint32_t flag :
       {kFactFlagged, kFactCorrected, kFactLate, kFactAnonymous, kFactBulk, kFactEnded}) {
    out.number((row.flags & flag) != 0 ? 1 : 0);
  }
  out.end_row();
}

}  // namespace

void write_facts(const State& state, const Scope& scope, ByteOrderMark mark, const Sink& sink) {
  CsvOut out(sink, mark);
  out.header({"event",     "seq",          "type",         "type_zh", "kind",       "attr",
              "programme", "site",         "organisation", "subject", "group",      "staff",
              "day",       "recorded_day", "quantity",     "minutes", "amount_cny", "flagged",
              "corrected", "late",         "anonymous",    "bulk",    "ended"});
  for (const std::uint32_t index : state.facts.canonical_order()) {
    if (out.stopped()) return;
    const FactRow row = state.facts.row(index);
    if (!scope.audit_work && is_audit_work(row.type)) continue;
    if (scope.has(row.programme, Day{row.day}) && may_leave(state, row)) put_row(out, state, row);
  }
}

}  // namespace houniao::exports
