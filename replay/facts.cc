#include "replay/facts.h"

#include <numeric>
#include <utility>

#include "base/error.h"
#include "replay/context.h"
#include "replay/warm.h"
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

namespace {

template <class Columns, class Do>
void each_column(Columns& c, Do&& work) {
  work(c.event), work(c.seq), work(c.type), work(c.kind), work(c.attr), work(c.programme);
  work(c.site), work(c.organisation), work(c.subject), work(c.group), work(c.staff), work(c.day);
  work(c.recorded_day), work(c.quantity), work(c.minutes), work(c.amount_fen), work(c.flags);
}

}  // namespace

void FactTable::append_row(const FactRow& row) {
  Columns& c = columns_;
  const std::size_t place = rows_ % kChunkRows;
  if (place == 0) each_column(c, [](auto& column) { column.start_chunk(); });
  c.event.put(place, row.event.value);
  c.seq.put(place, row.seq.value);
  c.type.put(place, row.type);
  c.kind.put(place, row.kind.value);
  c.attr.put(place, row.attr.value);
  c.programme.put(place, row.programme);
  c.site.put(place, row.site);
  c.organisation.put(place, row.organisation);
  c.subject.put(place, row.subject);
  c.group.put(place, row.group);
  c.staff.put(place, row.staff);
  c.day.put(place, row.day);
  c.recorded_day.put(place, row.recorded_day);
  c.quantity.put(place, row.quantity);
  c.minutes.put(place, row.minutes);
  c.amount_fen.put(place, row.amount_fen);
  c.flags.put(place, row.flags);
  ++rows_;
}

void FactTable::add(const FactRow& row) {
  HOUNIAO_ASSERT(row.event.value != 0);
  HOUNIAO_ASSERT(size() < std::numeric_limits<std::uint32_t>::max());
  RowSpan& span = spans_[row.event.value];
  warm_line_after(span);  // where the device's next events go
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
  std::vector<std::uint32_t> live;  // ascending
  live.reserve(live_rows());
  std::vector<std::uint32_t> moved_to(size());
  for (std::size_t i = 0; i < size(); ++i) {
    moved_to[i] = static_cast<std::uint32_t>(live.size());
    if (columns_.event[i] != 0) live.push_back(static_cast<std::uint32_t>(i));
  }
  spans_.for_each_value([&](RowSpan& span) {
    if (span.count != 0) span.first = moved_to[span.first];
  });
  each_column(columns_, [&](auto& column) {
    const auto all = std::exchange(column, {});
    for (std::size_t to = 0; to < live.size(); ++to) {
      if (to % kChunkRows == 0) column.start_chunk();
      column.put(to % kChunkRows, all[live[to]]);
    }
  });
  rows_ = live.size();
  dead_ = 0;
}

// --- scans --------------------------------------------------------------------------------------

namespace {

// Narrows a list of places, condition by condition; columns that cannot tell rows of the chunk
// apart are asked once.
class Narrowing {
 public:
  Narrowing(std::size_t chunk, std::uint16_t* places, std::size_t count)
      : chunk_(chunk), places_(places), count_(count) {}

  std::size_t count() const { return count_; }

  template <class T, class Test>
  void keep(const Column<T>& column, Test&& test) {
    if (count_ == 0) return;
    if (column.is_same(chunk_)) {
      if (!test(column[chunk_ * Column<T>::kRows])) count_ = 0;
      return;
    }
    typename Column<T>::Values scratch;
    const T* values = column.values(chunk_, scratch);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      const std::uint16_t place = places_[i];
      places_[kept] = place;
      kept += test(values[place]) ? 1 : 0;
    }
    count_ = kept;
  }
  template <class T>
  void keep_equal(const Column<T>& column, T wanted) {
    if (!column.may_hold(chunk_, wanted)) {
      count_ = 0;
    } else {
      keep(column, [wanted](T value) { return value == wanted; });
    }
  }
  void keep_symbols(const Column<std::uint32_t>& column, const std::vector<Symbol>& wanted) {
    if (wanted.size() == 1) return keep_equal(column, wanted.front().value);
    keep(column, [&](std::uint32_t value) {
      return std::find(wanted.begin(), wanted.end(), Symbol{value}) != wanted.end();
    });
  }

 private:
  std::size_t chunk_;
  std::uint16_t* places_;
  std::size_t count_;
};

}  // namespace

std::size_t FactTable::select(std::size_t chunk, const FactFilter& f, Places& places) const {
  const Columns& c = columns_;
  const std::size_t count = std::min(kChunkRows, rows_ - chunk * kChunkRows);
  std::iota(places.begin(), places.end(), std::uint16_t{0});
  Narrowing rows(chunk, places.data(), count);
  if (f.subject != 0) rows.keep_equal(c.subject, f.subject);
  if (f.programme != 0) rows.keep_equal(c.programme, f.programme);
  if (f.site != 0) rows.keep_equal(c.site, f.site);
  if (f.organisation != 0) rows.keep_equal(c.organisation, f.organisation);
  if (f.group != 0) rows.keep_equal(c.group, f.group);
  if (f.staff != 0) rows.keep_equal(c.staff, f.staff);
  if (f.types.any()) {
    rows.keep(c.type, [&](std::uint16_t type) { return type < f.types.size() && f.types[type]; });
  }
  if (!f.kinds.empty()) rows.keep_symbols(c.kind, f.kinds);
  if (!f.attrs.empty()) rows.keep_symbols(c.attr, f.attrs);
  const bool any_day = f.from_day == std::numeric_limits<std::int32_t>::min() &&
                       f.to_day == std::numeric_limits<std::int32_t>::max();
  if (!any_day) {
    rows.keep(c.day, [&](std::int32_t day) { return f.from_day <= day && day <= f.to_day; });
  }
  if ((f.flags_all | f.flags_none) != 0) {
    rows.keep(c.flags, [&](std::uint32_t flags) {
      return (flags & f.flags_all) == f.flags_all && (flags & f.flags_none) == 0;
    });
  }
  if (dead_ != 0) rows.keep(c.event, [](std::uint64_t event) { return event != 0; });
  return rows.count();
}

}  // namespace houniao
