#include "tools/import/plan.h"

#include <algorithm>

namespace houniao::importing {
namespace {

using KeySeen = boost::unordered_flat_map<Mark, std::uint32_t, MarkHash>;  // row number

std::string_view view(const Mark& mark) {
  return {reinterpret_cast<const char*>(mark.data()), mark.size()};
}

class Planner {
 public:
  Planner(const LedgerFile& file, const Journal& journal, EventId next)
      : file_(file), journal_(journal), next_(next) {}

  Plan make() {
    for (std::uint32_t i = 0; i < file_.entries.size(); ++i) plan_entry(i);
    // Rows that waited come last, each when the row has joined that it was found to lack.
    for (std::size_t i = 0; i < again_.size(); ++i) try_row(again_[i]);
    return std::move(plan_);
  }

 private:
  void plan_entry(std::uint32_t index) {
    const BoundEntry& bound = file_.entries[index];
    const Entry& entry = *bound.entry;
    const Table& table = bound.sheet->table;
    readers_.emplace_back(entry, table, bound.columns, journal_.marker(),
                          [this](const Mark& key) { return find_key(plan_, journal_, key); });
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      const Table::Row& row = table.row(i);
      if (row.number < entry.first_row) continue;
      if (entry.last_row != 0 && row.number > entry.last_row) break;
      if (is_blank(table, row)) {
        ++plan_.blank;
        continue;
      }
      const auto place = static_cast<std::uint32_t>(plan_.rows.size());
      PlannedRow& planned = plan_.rows.emplace_back();
      planned.entry = index;
      planned.row = i;
      if (is_fresh(bound, row, planned)) try_row(place);
    }
  }

  static bool is_blank(const Table& table, const Table::Row& row) {
    if (row.bad_quotes) return false;
    for (std::size_t i = 0; i < row.count; ++i) {
      if (!is_empty(table.cell(row, i))) return false;
    }
    return true;
  }

  // Whether the row is one to be recorded, as far as can be told without its values; settles the
  // outcome if not.
  bool is_fresh(const BoundEntry& bound, const Table::Row& row, PlannedRow& planned) {
    if (row.bad_quotes || (bound.width != 0 && row.count != bound.width)) {
      planned.problems = {{row.bad_quotes ? Dirt::bad_quotes : Dirt::column_count, {}, 0}};
      return false;
    }
    RowReader::Key key = readers_[planned.entry].key_of(row);
    if (!key.problems.empty()) {
      planned.problems = std::move(key.problems);
      return false;
    }
    planned.marks = marks_of(bound, row, key.mark);
    return !is_known(row, key.mark, planned);
  }

  JournalRow marks_of(const BoundEntry& bound, const Table::Row& row,
                      const std::optional<Mark>& key) const {
    const Table& table = bound.sheet->table;
    JournalRow out;
    out.row = row.number;
    out.type = static_cast<std::uint16_t>(bound.entry->event->type);
    std::vector<std::string_view> all;
    for (std::size_t i = 0; i < row.count; ++i) all.push_back(table.cell(row, i).text);
    while (!all.empty() && all.back().empty()) all.pop_back();
    std::vector<std::string_view> used;
    for (const std::size_t column : bound.columns) used.push_back(table.cell(row, column).text);
    const Marker& marker = journal_.marker();
    out.content = marker.mark("content", used);
    const Mark whole = marker.mark("content", all);
    const std::string number = std::to_string(row.number);
    const std::array<std::string_view, 5> identity = {
        as_text(file_.sha256.bytes), bound.sheet->name, bound.entry->label,
        key ? view(*key) : std::string_view(number), view(whole)};
    out.identity = marker.mark("row", identity);
    if (key) out.key = *key;
    return out;
  }

  // Whether the row, or another one with its key, was there before; settles the outcome if so.
  bool is_known(const Table::Row& row, const std::optional<Mark>& key, PlannedRow& planned) {
    if (const Journal::Known* known = journal_.find_row(planned.marks.identity)) {
      if (known->row != row.number) return refuse(planned, Dirt::duplicate_key, known->row);
      planned.outcome = Outcome::imported;
      planned.event = known->event;
      return true;
    }
    if (!key) return false;
    const auto [first, fresh] = seen_.emplace(*key, row.number);
    if (!fresh) return refuse(planned, Dirt::duplicate_key, first->second);
    const Journal::Known* known = journal_.find_key(*key);
    if (known == nullptr) return false;
    const bool this_file = known->file == file_.sha256;
    if (this_file && known->row != row.number) {
      return refuse(planned, Dirt::duplicate_key, known->row);
    }
    if (known->content != planned.marks.content) {
      return refuse(planned, Dirt::key_taken, known->row);
    }
    planned.outcome = this_file ? Outcome::imported : Outcome::known;
    planned.event = known->event;
    return true;
  }

  static bool refuse(PlannedRow& planned, Dirt dirt, std::uint32_t other_row) {
    planned.problems = {{dirt, {}, other_row}};
    return true;
  }

  // A row that lacks several others waits for the first, and then for the next.
  void try_row(std::uint32_t place) {
    PlannedRow& planned = plan_.rows[place];
    const Table& table = file_.entries[planned.entry].sheet->table;
    RowReader::Outcome read = readers_[planned.entry].read(table.row(planned.row));
    if (read.waits()) waiting_[read.missing.front()].push_back(place);
    planned.problems = std::move(read.problems);
    if (!planned.problems.empty()) return;
    planned.marks.occurred = read.values.occurred;
    planned.outcome = Outcome::record;
    planned.event = next_;
    ++next_.value;
    plan_.order.push_back(place);
    if (planned.marks.key != Mark{}) join(planned.marks.key, planned.event);
  }

  void join(const Mark& key, EventId event) {
    plan_.keys.emplace(key, event);
    const auto waiting = waiting_.find(key);
    if (waiting == waiting_.end()) return;
    again_.insert(again_.end(), waiting->second.begin(), waiting->second.end());
    waiting_.erase(waiting);
  }

  const LedgerFile& file_;
  const Journal& journal_;
  EventId next_;
  Plan plan_;
  std::vector<RowReader> readers_;
  boost::unordered_flat_map<Mark, std::vector<std::uint32_t>, MarkHash> waiting_;
  std::vector<std::uint32_t> again_;
  KeySeen seen_;
};

}  // namespace

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::record:
      return "record";
    case Outcome::imported:
      return "imported";
    case Outcome::known:
      return "known";
    case Outcome::quarantined:
      return "quarantined";
  }
  return "unknown";
}

std::uint64_t Plan::count(Outcome outcome) const {
  return static_cast<std::uint64_t>(
      std::count_if(rows.begin(), rows.end(),
                    [outcome](const PlannedRow& row) { return row.outcome == outcome; }));
}

Plan make_plan(const LedgerFile& file, const Journal& journal, EventId next) {
  return Planner(file, journal, next).make();
}

EventId find_key(const Plan& plan, const Journal& journal, const Mark& key) {
  const auto found = plan.keys.find(key);
  if (found != plan.keys.end()) return found->second;
  const Journal::Known* known = journal.find_key(key);
  return known == nullptr ? EventId{} : known->event;
}

}  // namespace houniao::importing
