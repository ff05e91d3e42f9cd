#include "tools/import/run.h"

#include <algorithm>

#include "tools/import/limits.h"

namespace houniao::importing {

EventDraft make_draft(const LedgerFile& file, const BoundEntry& bound, std::uint32_t row_number,
                      RowValues values) {
  EventDraft out;
  out.occurred = values.occurred;
  out.occurred_minute = values.minute;
  out.source = schema::Source::IMPORTED;
  out.actor = values.actor;
  out.organisation = OrganisationId{values.organisation};
  out.programme = ProgrammeId{values.programme};
  out.site = SiteId{values.site};
  out.scope = ScopeId{values.scope};
  out.policy_version = values.policy_version;
  out.causes = std::move(values.causes);
  out.evidence.push_back({file.sha256, file.bytes, file.mime, 0, {}});
  out.import_row = row_number;
  out.import_sheet = bound.sheet->number;
  if (values.personal) out.personal.push_back(std::move(*values.personal));
  out.body = [member = bound.entry->member,
              fields = std::move(values.fields)](schema::Event::Body::Builder body) {
    capnp::DynamicStruct::Builder dynamic = capnp::toDynamic(body);
    write(dynamic.init(member).as<capnp::DynamicStruct>(), fields);
  };
  return out;
}

Result<void> record_plan(const LedgerFile& file, const Plan& plan, Journal& journal, Book& book,
                         const std::function<void(std::uint64_t)>& tell) {
  std::vector<RowReader> readers;
  const auto find = [&](const Mark& key) { return find_key(plan, journal, key); };
  for (const BoundEntry& bound : file.entries) {
    readers.emplace_back(*bound.entry, bound.sheet->table, bound.columns, journal.marker(), find);
  }
  for (std::size_t done = 0; done < plan.order.size();) {
    const std::size_t count = std::min(limits::kImportBatchRows, plan.order.size() - done);
    std::vector<EventDraft> drafts;
    std::vector<JournalRow> marks;
    for (std::size_t i = done; i < done + count; ++i) {
      const PlannedRow& planned = plan.rows[plan.order[i]];
      const BoundEntry& bound = file.entries[planned.entry];
      const Table::Row& row = bound.sheet->table.row(planned.row);
      RowReader::Outcome read = readers[planned.entry].read(row);
      HOUNIAO_ASSERT(read.problems.empty());
      drafts.push_back(make_draft(file, bound, row.number, std::move(read.values)));
      marks.push_back(planned.marks);
    }
    const EventId first = plan.rows[plan.order[done]].event;
    if (book.next_event_id() != first) {
      return fail(Errc::internal,
                  "the device recorded something else meanwhile; run the import again");
    }
    HOUNIAO_TRY(journal.intend(file.sha256, first, std::move(marks)));
    HOUNIAO_TRY(book.record(drafts));
    HOUNIAO_TRY(journal.done());
    done += count;
    if (tell) tell(done);
  }
  return {};
}

Result<Verdicts> collect_verdicts(const Plan& plan, const Book& book) {
  Verdicts out;
  for (std::uint32_t i = 0; i < plan.rows.size(); ++i) {
    const PlannedRow& planned = plan.rows[i];
    if (planned.outcome == Outcome::quarantined) continue;
    auto verdict = book.verdict(planned.event);
    if (!verdict) return verdict.error();
    switch (verdict->status) {
      case SyncStatus::accepted:
        ++out.accepted;
        break;
      case SyncStatus::flagged:
        ++out.flagged;
        break;
      case SyncStatus::held:
        ++out.held;
        break;
      default:
        ++out.waiting;
    }
    verdict->reasons.for_each([&](Reason reason) { ++out.reasons[reason]; });
    out.rows.push_back({i, std::move(*verdict)});
  }
  return out;
}

}  // namespace houniao::importing
