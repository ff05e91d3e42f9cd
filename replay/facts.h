// The columnar table of everything that can be counted. Each family's apply() emits the rows of its
// events here, and every report, figure and obligation is a scan over these columns; there is no
// projection per report.
//
// One row is one countable thing: where an event lists persons there is a row per person with
// quantity 1, and one row with subject 0 and quantity n for the anonymous. Only events in force
// have rows: those of held, refused or retracted events are removed, so a scan never has to ask.
//
// Owned by State; written by the one thread that folds the log. Scans do not allocate and may run
// on any thread while nobody writes.
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/column.h"
#include "replay/dense_map.h"
#include "replay/symbols.h"

namespace houniao {

struct EventContext;

// Bits of FactRow::flags.
enum FactFlag : std::uint32_t {
  kFactFlagged = 1u << 0,    // the event was accepted with reasons
  kFactOrphan = 1u << 1,     // names an entity that the log does not have yet
  kFactCorrected = 1u << 2,  // values after EventCorrected
  kFactLate = 1u << 3,       // recorded long after it happened
  kFactAnonymous = 1u << 4,  // persons who are not registered
  kFactBulk = 1u << 5,       // a total that another organisation reported
  kFactEnded = 1u << 6,      // an end or a withdrawal: left, closed, revoked
};

struct FactRow {
  EventId event;
  Seq seq;                 // of the record; depends on arrival, so outside the digest
  std::uint16_t type = 0;  // EventType, the number on the wire
  Symbol kind;             // what was done: "legal_advice", "weekend_class"
  Symbol attr;             // second dimension: certificate, region, role, grade
  std::uint64_t programme = 0;
  std::uint64_t site = 0;
  std::uint64_t organisation = 0;
  std::uint64_t subject = 0;  // person or organisation; 0 for the anonymous
  std::uint64_t group = 0;    // session, contract, case, channel, fund
  std::uint64_t staff = 0;
  std::int32_t day = 0;
  std::int32_t recorded_day = 0;
  std::int64_t quantity = 0;  // person-times or the natural count
  std::int32_t minutes = 0;
  std::int64_t amount_fen = 0;
  std::uint32_t flags = 0;

  bool operator==(const FactRow&) const = default;

  // Without seq, kind and attr, which an owner writes before them. Whether an event was flagged
  // tells what was known when it arrived, so that bit stays out of a digest.
  template <class Archive>
  void fields(Archive& a) {
    a(event, type, programme, site, organisation, subject, group, staff, day, recorded_day,
      quantity, minutes, amount_fen);
    std::uint32_t stable = flags;
    if constexpr (!Archive::kReading) {
      if (!a.is_snapshot()) stable &= ~kFactFlagged;
    }
    a(stable);
    if constexpr (Archive::kReading) flags = stable;
  }
};

// The row of an event with the columns that the envelope fills; quantity is 1, staff is the actor.
FactRow start_row(const EventContext& context);

// Which rows a scan looks at. Empty or zero members do not restrict.
struct FactFilter {
  std::bitset<256> types;
  std::vector<Symbol> kinds;
  std::vector<Symbol> attrs;
  std::uint64_t programme = 0;
  std::uint64_t site = 0;
  std::uint64_t organisation = 0;
  std::uint64_t subject = 0;
  std::uint64_t group = 0;
  std::uint64_t staff = 0;
  std::int32_t from_day = std::numeric_limits<std::int32_t>::min();
  std::int32_t to_day = std::numeric_limits<std::int32_t>::max();  // inclusive
  std::uint32_t flags_all = 0;                                     // every one of these bits
  std::uint32_t flags_none = 0;                                    // none of these
};

class FactTable {
 public:
  struct Columns {
    Column<std::uint64_t> event;  // EventId; 0 marks a removed row
    Column<std::uint64_t> seq;
    Column<std::uint16_t> type;
    Column<std::uint32_t> kind;
    Column<std::uint32_t> attr;
    Column<std::uint64_t> programme;
    Column<std::uint64_t> site;
    Column<std::uint64_t> organisation;
    Column<std::uint64_t> subject;
    Column<std::uint64_t> group;
    Column<std::uint64_t> staff;
    Column<std::int32_t> day;
    Column<std::int32_t> recorded_day;
    Column<std::int64_t> quantity;
    Column<std::int32_t> minutes;
    Column<std::int64_t> amount_fen;
    Column<std::uint32_t> flags;
  };
  // Rows [first, first + count) of one event.
  struct RowSpan {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };

  Symbol intern(std::string_view text) { return symbols_.intern(text); }
  const Symbols& symbols() const { return symbols_; }

  // Appends a row; the rows of one event stay together and keep their order.
  void add(const FactRow& row);
  // Removes every row of the event; returns how many there were. Projecting an event again is
  // remove_event() and then add().
  std::size_t remove_event(EventId event);
  // Removes and returns the rows, so that a correction or a retraction can be taken back.
  std::vector<FactRow> take_event(EventId event);
  // The event's rows; count is 0 when it has none. Valid until the next write.
  RowSpan rows_of(EventId event) const;
  FactRow row(std::size_t index) const;
  // Overwrites a live row in place; its event must not change.
  void set_row(std::size_t index, const FactRow& row);
  // Sets and clears flag bits on every row of the event.
  void change_flags(EventId event, std::uint32_t set, std::uint32_t clear);

  std::size_t live_rows() const { return rows_ - dead_; }
  // Including removed rows: columns().event[i] == 0 there.
  std::size_t size() const { return rows_; }
  const Columns& columns() const { return columns_; }

  static bool matches(const Columns& c, std::size_t i, const FactFilter& filter);
  // Live rows of one chunk of the columns, by their place in it, ascending.
  struct Rows {
    std::size_t chunk = 0;
    std::span<const std::uint16_t> places;

    std::size_t first() const { return chunk * kChunkRows; }  // row of place 0
  };
  // Calls visit(columns, rows) for each chunk with live rows that the filter lets through.
  template <class Visit>
  void scan_chunks(const FactFilter& filter, Visit&& visit) const {
    Places places;
    for (std::size_t chunk = 0; chunk * kChunkRows < rows_; ++chunk) {
      const std::size_t count = select(chunk, filter, places);
      if (count != 0) visit(columns_, Rows{chunk, std::span(places).first(count)});
    }
  }
  // Calls visit(columns, index) for each live row that the filter lets through.
  template <class Visit>
  void scan(const FactFilter& filter, Visit&& visit) const {
    scan_chunks(filter, [&](const Columns& c, const Rows& rows) {
      for (const std::uint16_t place : rows.places) visit(c, rows.first() + place);
    });
  }
  // Live row indexes by event id; the order of the canonical encoding.
  std::vector<std::uint32_t> canonical_order() const;

  template <class Archive>
  void fields(Archive& a) {
    if constexpr (Archive::kReading) {
      std::uint64_t rows = 0;
      a(rows);
      for (std::uint64_t i = 0; i < rows && a.ok(); ++i) {
        FactRow row;
        a(row.seq, row.kind, row.attr, row);
        if (row.event.value == 0) a.fail();
        if (a.ok()) add(row);
      }
    } else {
      const std::vector<std::uint32_t> order = canonical_order();
      std::uint64_t rows = order.size();
      a(rows);
      for (std::uint32_t i : order) {
        FactRow out = row(i);
        a(out.seq, out.kind, out.attr, out);
      }
    }
  }

 private:
  static constexpr std::size_t kChunkRows = Column<std::uint64_t>::kRows;
  using Places = std::array<std::uint16_t, kChunkRows>;

  // Where the live rows of a chunk stand that the filter lets through, and how many there are.
  std::size_t select(std::size_t chunk, const FactFilter& filter, Places& places) const;
  void append_row(const FactRow& row);
  void kill(RowSpan span);
  void compact_if_sparse();

  Symbols symbols_;
  Columns columns_;
  std::size_t rows_ = 0;
  std::size_t dead_ = 0;
  PagedArray<RowSpan, 256> spans_;  // by event
};

inline bool FactTable::matches(const Columns& c, std::size_t i, const FactFilter& f) {
  if (c.event[i] == 0) return false;
  if (c.day[i] < f.from_day || c.day[i] > f.to_day) return false;
  if (f.types.any() && (c.type[i] >= f.types.size() || !f.types[c.type[i]])) return false;
  if (!f.kinds.empty() &&
      std::find(f.kinds.begin(), f.kinds.end(), Symbol{c.kind[i]}) == f.kinds.end())
    return false;
  if (!f.attrs.empty() &&
      std::find(f.attrs.begin(), f.attrs.end(), Symbol{c.attr[i]}) == f.attrs.end())
    return false;
  if (f.programme != 0 && c.programme[i] != f.programme) return false;
  if (f.site != 0 && c.site[i] != f.site) return false;
  if (f.organisation != 0 && c.organisation[i] != f.organisation) return false;
  if (f.subject != 0 && c.subject[i] != f.subject) return false;
  if (f.group != 0 && c.group[i] != f.group) return false;
  if (f.staff != 0 && c.staff[i] != f.staff) return false;
  if ((c.flags[i] & f.flags_all) != f.flags_all) return false;
  return (c.flags[i] & f.flags_none) == 0;
}

}  // namespace houniao
