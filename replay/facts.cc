#include "replay/facts.h"

#include <numeric>

#include "base/error.h"
#include "replay/context.h"
#include "schema/event.capnp.h"

namespace houniao {

namespace {

// A device's clock may say anything; beyond some hundred thousand years it says the same.
WallTime wall_time_of_ms(std::int64_t ms) {
  constexpr std::int64_t kMsMax = std::numeric_limits<std::int64_t>::max() / 2000;
  return WallTime{std::clamp(ms, -kMsMax, kMsMax) * 1000};
}

}  // namespace

FactRow start_row(const EventContext& context) {
  const schema::Event::Reader& event = context.event;
  FactRow row;
  row.event = context.id;
  row.seq = context.seq;
  row.type = static_cast<std::uint16_t>(context.type);
  row.programme = event.getProgramme();
  row.site = event.getSite();
  row.organisation = event.getOrganisation();
  row.staff = event.getActor();
  row.day = context.occurred.value;
  row.recorded_day = day_of(wall_time_of_ms(event.getRecordedAtMs())).value;
  row.quantity = 1;
  if (context.flagged()) row.flags |= kFactFlagged;
  if (context.provisional) row.flags |= kFactOrphan;
  return row;
}

FactTable::RowSpan FactTable::rows_of(EventId event) const {
  const RowSpan* span = spans_.find(event.value);
  return span == nullptr ? RowSpan{} : *span;
}

void FactTable::append_row(const FactRow& row) {
  Columns& c = columns_;
  c.event.push_back(row.event.value);
  c.seq.push_back(row.seq.value);
  c.type.push_back(row.type);
  c.kind.push_back(row.kind.value);
  c.attr.push_back(row.attr.value);
  c.programme.push_back(row.programme);
  c.site.push_back(row.site);
  c.organisation.push_back(row.organisation);
  c.subject.push_back(row.subject);
  c.group.push_back(row.group);
  c.staff.push_back(row.staff);
  c.day.push_back(row.day);
  c.recorded_day.push_back(row.recorded_day);
  c.quantity.push_back(row.quantity);
  c.minutes.push_back(row.minutes);
  c.amount_fen.push_back(row.amount_fen);
  c.flags.push_back(row.flags);
}

void FactTable::add(const FactRow& row) {
  HOUNIAO_ASSERT(row.event.value != 0);
  HOUNIAO_ASSERT(size() < std::numeric_limits<std::uint32_t>::max());
  RowSpan& span = spans_[row.event.value];
  if (span.count != 0 && span.first + span.count != size()) {
    // Rows of another event came in between: the event's rows move to the end, where it can grow.
    const RowSpan old = span;
    span.first = static_cast<std::uint32_t>(size());
    for (std::uint32_t i = 0; i < old.count; ++i) append_row(this->row(old.first + i));
    kill(old);
  }
  if (span.count == 0) span.first = static_cast<std::uint32_t>(size());
  append_row(row);
  ++span.count;
}

void FactTable::kill(RowSpan span) {
  for (std::uint32_t i = 0; i < span.count; ++i) columns_.event.set(span.first + i, 0);
  dead_ += span.count;
}

std::size_t FactTable::remove_event(EventId event) {
  RowSpan* span = spans_.find(event.value);
  if (span == nullptr || span->count == 0) return 0;
  const std::size_t removed = span->count;
  kill(*span);
  *span = {};
  compact_if_sparse();
  return removed;
}

std::vector<FactRow> FactTable::take_event(EventId event) {
  std::vector<FactRow> rows;
  const RowSpan span = rows_of(event);
  rows.reserve(span.count);
  for (std::uint32_t i = 0; i < span.count; ++i) rows.push_back(row(span.first + i));
  remove_event(event);
  return rows;
}

FactRow FactTable::row(std::size_t i) const {
  const Columns& c = columns_;
  return FactRow{.event = EventId{c.event[i]},
                 .seq = Seq{c.seq[i]},
                 .type = c.type[i],
                 .kind = Symbol{c.kind[i]},
                 .attr = Symbol{c.attr[i]},
                 .programme = c.programme[i],
                 .site = c.site[i],
                 .organisation = c.organisation[i],
                 .subject = c.subject[i],
                 .group = c.group[i],
                 .staff = c.staff[i],
                 .day = c.day[i],
                 .recorded_day = c.recorded_day[i],
                 .quantity = c.quantity[i],
                 .minutes = c.minutes[i],
                 .amount_fen = c.amount_fen[i],
                 .flags = c.flags[i]};
}

void FactTable::set_row(std::size_t i, const FactRow& row) {
  Columns& c = columns_;
  HOUNIAO_ASSERT(i < size() && c.event[i] == row.event.value && row.event.value != 0);
  c.seq.set(i, row.seq.value);
  c.type.set(i, row.type);
  c.kind.set(i, row.kind.value);
  c.attr.set(i, row.attr.value);
  c.programme.set(i, row.programme);
  c.site.set(i, row.site);
  c.organisation.set(i, row.organisation);
  c.subject.set(i, row.subject);
  c.group.set(i, row.group);
  c.staff.set(i, row.staff);
  c.day.set(i, row.day);
  c.recorded_day.set(i, row.recorded_day);
  c.quantity.set(i, row.quantity);
  c.minutes.set(i, row.minutes);
  c.amount_fen.set(i, row.amount_fen);
  c.flags.set(i, row.flags);
}

void FactTable::change_flags(EventId event, std::uint32_t set, std::uint32_t clear) {
  const RowSpan span = rows_of(event);
  for (std::uint32_t i = 0; i < span.count; ++i) {
    const std::size_t row = span.first + i;
    columns_.flags.set(row, (columns_.flags[row] & ~clear) | set);
  }
}

std::vector<std::uint32_t> FactTable::canonical_order() const {
  std::vector<std::uint32_t> order;
  order.reserve(live_rows());
  spans_.for_each([&](std::uint64_t, const RowSpan& span) {
    for (std::uint32_t i = 0; i < span.count; ++i) order.push_back(span.first + i);
  });
  return order;
}

void FactTable::compact_if_sparse() {
  if (dead_ < 1024 || dead_ < live_rows()) return;
  Columns& c = columns_;
  const auto keep = [&](auto& column) {
    std::size_t to = 0;
    for (std::size_t i = 0; i < column.size(); ++i) {
      if (c.event[i] != 0) column.set(to++, column[i]);
    }
    column.truncate(to);
  };
  // The event column decides what stays, so it goes last.
  std::vector<std::uint32_t> moved_to(size());
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < size(); ++i) moved_to[i] = c.event[i] != 0 ? next++ : next;
  spans_.for_each_value([&](RowSpan& span) {
    if (span.count != 0) span.first = moved_to[span.first];
  });
  keep(c.seq), keep(c.type), keep(c.kind), keep(c.attr), keep(c.programme), keep(c.site);
  keep(c.organisation), keep(c.subject), keep(c.group), keep(c.staff), keep(c.day);
  keep(c.recorded_day), keep(c.quantity), keep(c.minutes), keep(c.amount_fen), keep(c.flags);
  keep(c.event);
  dead_ = 0;
}

}  // namespace houniao
