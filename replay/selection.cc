#include "replay/selection.h"

#include <limits>
#include <span>
#include <tuple>

#include "replay/ratio.h"

namespace houniao {
namespace {

constexpr Day kFirstDay{std::numeric_limits<std::int32_t>::min()};
constexpr Day kLastDay{std::numeric_limits<std::int32_t>::max()};

bool within_range(std::uint64_t group, const std::optional<std::int64_t>& from,
                  const std::optional<std::int64_t>& to) {
  if (group == 0 || group > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return false;
  }
  const auto number = static_cast<std::int64_t>(group);
  return (!from || *from <= number) && (!to || number <= *to);
}

bool sorted_contains(const std::vector<std::uint64_t>& list, std::uint64_t value) {
  return std::binary_search(list.begin(), list.end(), value);
}

// Rows of one programme come in long runs, so the answer is mostly that of the row before.
class ProgrammeTest {
 public:
  explicit ProgrammeTest(const std::optional<std::vector<std::uint64_t>>& within)
      : within_(within) {}
  bool passes(std::uint64_t programme) {
    if (!within_) return true;
    if (programme != last_) {
      last_ = programme;
      answer_ = sorted_contains(*within_, programme);
    }
    return answer_;
  }

 private:
  const std::optional<std::vector<std::uint64_t>>& within_;
  std::uint64_t last_ = 0;  // rows with programme 0 belong to no programme
  bool answer_ = false;
};

void add_types(const std::vector<std::uint16_t>& list, std::bitset<256>& types) {
  for (const std::uint16_t type : list) {
    if (type < types.size()) types.set(type);
  }
}

std::uint64_t canonical(const FigureInputs& inputs, std::uint64_t id) {
  return inputs.canonical ? inputs.canonical(id) : id;
}

}  // namespace

std::uint64_t value_in(const FactColumns& c, std::size_t i, FactColumn column) {
  switch (column) {
    case FactColumn::subject:
      return c.subject[i];
    case FactColumn::group:
      return c.group[i];
    case FactColumn::site:
      return c.site[i];
    case FactColumn::organisation:
      return c.organisation[i];
    case FactColumn::staff:
      return c.staff[i];
  }
  return 0;
}

// --- FactIndex ----------------------------------------------------------------------------------

FactIndex::FactIndex(const FactTable& facts, const std::bitset<256>& types,
                     const std::optional<std::vector<std::uint64_t>>& within)
    : types_(types) {
  const FactColumns& c = facts.columns();
  ProgrammeTest programme(within);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const std::uint16_t type = c.type[i];
    if (type >= types_.size() || !types_[type] || c.event[i] == 0) continue;
    if (programme.passes(c.programme[i])) rows_[type].push_back(static_cast<std::uint32_t>(i));
  }
}

void collect_types(const MetricWhere& where, std::bitset<256>& types) {
  add_types(where.types, types);
  for (const MetricIn& in : where.in) collect_types(in.where, types);
}

void collect_types(const Metric& metric, std::bitset<256>& types) {
  collect_types(metric.where, types);
  collect_types(metric.among, types);
  if (metric.population) collect_types(metric.population->where, types);
}

// --- conditions ---------------------------------------------------------------------------------

SymbolSet::SymbolSet(const FactTable& facts, const std::vector<std::string>& codes) {
  symbols_.reserve(codes.size());
  for (const std::string& code : codes) symbols_.push_back(facts.symbols().find(code));
}

JoinTest::JoinTest(const FactTable& facts, const MetricJoin& join)
    : facts_(facts), join_(join), kinds_(facts, join.kinds), attrs_(facts, join.attrs) {}

bool JoinTest::passes(const FactColumns& c, std::size_t i) {
  const std::uint64_t id = value_in(c, i, join_.column);
  if (id == 0) return false;
  const auto [it, fresh] = answers_.try_emplace(id, false);
  if (fresh) it->second = ask(id);
  return it->second;
}

bool JoinTest::ask(std::uint64_t id) const {
  const FactColumns& c = facts_.columns();
  const FactTable::RowSpan span = facts_.rows_of(EventId{id});
  for (std::uint32_t row = span.first; row < span.first + span.count; ++row) {
    if (c.event[row] == id && row_passes(c, row)) return true;
  }
  return false;
}

bool JoinTest::row_passes(const FactColumns& c, std::size_t row) const {
  const auto& types = join_.types;
  if (!types.empty() && std::find(types.begin(), types.end(), c.type[row]) == types.end()) {
    return false;
  }
  if (!kinds_.empty() && !kinds_.has(c.kind[row])) return false;
  if (!attrs_.empty() && !attrs_.has(c.attr[row])) return false;
  if (!facts_.symbols().text(Symbol{c.attr[row]}).starts_with(join_.attr_prefix)) return false;
  return (!join_.group_from && !join_.group_to) ||
         within_range(c.group[row], join_.group_from, join_.group_to);
}

InTest::InTest(const FigureInputs& inputs, const MetricIn& in)
    : inputs_(inputs), column_(in.column), negated_(in.negated) {
  RowSelection selection(inputs, in.where);
  selection.each([&](const FactColumns& c, std::size_t i) {
    const std::uint64_t key = value_in(c, i, in.key);
    if (key != 0) keys_.insert(canonical(inputs, key));
  });
}

bool InTest::passes(const FactColumns& c, std::size_t i) const {
  const std::uint64_t id = value_in(c, i, column_);
  const bool found = id != 0 && keys_.contains(canonical(inputs_, id));
  return found != negated_;
}

// --- RowSelection
// ----------------------------------------------------------------------------------

RowSelection::RowSelection(const FigureInputs& inputs, const MetricWhere& where, Ends ends)
    : inputs_(inputs),
      facts_(inputs.facts),
      where_(where),
      ends_in_sight_(ends == Ends::in_sight || where.last.has_value()),
      by_group_(where.group_from || where.group_to),
      last_(where.last),
      from_(kFirstDay),
      to_(kLastDay),
      not_kinds_(facts_, where.not_kinds),
      not_attrs_(facts_, where.not_attrs) {
  if (where.booked && inputs.booked) booked_ = &inputs.booked;
  add_types(where.types, filter_.types);
  filter_.kinds = SymbolSet(facts_, where.kinds).list();
  filter_.attrs = SymbolSet(facts_, where.attrs).list();
  limit_days(where.from.value_or(kFirstDay), where.to.value_or(kLastDay));
  want(where.anonymous, kFactAnonymous);
  want(where.bulk, kFactBulk);
  if (!ends_in_sight_ || where.ended.value_or(false)) want(where.ended, kFactEnded);
  const auto let_in_bare = [&](std::vector<Symbol>& list) {
    const bool needed = ends_in_sight_ && !list.empty() &&
                        std::find(list.begin(), list.end(), kNoText) == list.end();
    if (needed) list.push_back(kNoText);
    return needed;
  };
  bare_kind_ = let_in_bare(filter_.kinds);
  bare_attr_ = let_in_bare(filter_.attrs);
  if (last_) {
    last_kinds_ = SymbolSet(facts_, last_->kinds);
    last_not_kinds_ = SymbolSet(facts_, last_->not_kinds);
    last_attrs_ = SymbolSet(facts_, last_->attrs);
    last_not_attrs_ = SymbolSet(facts_, last_->not_attrs);
  }
  if (inputs.index != nullptr && inputs.index->covers(filter_.types)) index_ = inputs.index;
  if (index_ == nullptr) within_ = inputs.within;
  if (!where.programmes.empty()) {
    programmes_.emplace();
    for (const std::string& code : where.programmes) {
      if (!inputs.programmes) break;
      const std::vector<std::uint64_t> ids = inputs.programmes(code);
      programmes_->insert(programmes_->end(), ids.begin(), ids.end());
    }
    std::sort(programmes_->begin(), programmes_->end());
  }
  joins_.reserve(where.joins.size());
  for (const MetricJoin& join : where.joins) joins_.emplace_back(facts_, join);
  in_.reserve(where.in.size());
  for (const MetricIn& in : where.in) in_.emplace_back(inputs, in);
}

void RowSelection::limit_days(Day from, Day to) {
  from_ = std::max(from_, from);
  to_ = std::min(to_, to);
  if (inputs_.effective) filter_.to_day = std::min(filter_.to_day, inputs_.effective->value);
  if (booked_ != nullptr) return;  // the filter knows only the day of the fact
  filter_.from_day = from_.value;
  filter_.to_day = std::min(filter_.to_day, to_.value);
}

void RowSelection::want(const std::optional<bool>& wanted, std::uint32_t flag) {
  if (!wanted) return;
  (*wanted ? filter_.flags_all : filter_.flags_none) |= flag;
}

bool RowSelection::group_passes(std::uint64_t group, bool ended) const {
  if (ended && ends_in_sight_ && group == 0) return true;
  return within_range(group, where_.group_from, where_.group_to);
}

// Every condition that passes() knows beside the filter.
bool RowSelection::is_plain() const {
  return !last_ && index_ == nullptr && !bare_kind_ && !bare_attr_ && not_kinds_.empty() &&
         not_attrs_.empty() && where_.attr_prefix.empty() && !where_.at_site && !by_group_ &&
         !within_ && !programmes_ && joins_.empty() && in_.empty() && booked_ == nullptr;
}

bool RowSelection::passes(const FactColumns& c, std::size_t i) {
  const bool ended = (c.flags[i] & kFactEnded) != 0;
  if (bare_kind_ && !ended && Symbol{c.kind[i]} == kNoText) return false;
  if (bare_attr_ && !ended && Symbol{c.attr[i]} == kNoText) return false;
  if (!not_kinds_.empty() && not_kinds_.has(c.kind[i])) return false;
  if (!not_attrs_.empty() && not_attrs_.has(c.attr[i])) return false;
  if (!where_.attr_prefix.empty() && !(ended && ends_in_sight_ && Symbol{c.attr[i]} == kNoText) &&
      !facts_.symbols().text(Symbol{c.attr[i]}).starts_with(where_.attr_prefix)) {
    return false;
  }
  if (where_.at_site && *where_.at_site != (c.site[i] != 0)) return false;
  if (by_group_ && !group_passes(c.group[i], ended)) return false;
  if (within_ && !sorted_contains(*within_, c.programme[i])) return false;
  if (programmes_ && !sorted_contains(*programmes_, c.programme[i])) return false;
  for (JoinTest& join : joins_) {
    if (!join.passes(c, i)) return false;
  }
  for (const InTest& in : in_) {
    if (!in.passes(c, i)) return false;
  }
  if (booked_ == nullptr) return true;
  const Day booked = day(c, i);
  return from_ <= booked && booked <= to_;
}

bool RowSelection::last_passes(const FactColumns& c, std::size_t i) const {
  const bool ended = (c.flags[i] & kFactEnded) != 0;
  if (last_->ended && *last_->ended != ended) return false;
  if (!last_kinds_.empty() && !last_kinds_.has(c.kind[i])) return false;
  if (!last_attrs_.empty() && !last_attrs_.has(c.attr[i])) return false;
  if (!last_not_kinds_.empty() && last_not_kinds_.has(c.kind[i])) return false;
  return last_not_attrs_.empty() || !last_not_attrs_.has(c.attr[i]);
}

std::vector<std::uint32_t> RowSelection::last_rows() {
  boost::unordered_flat_map<std::pair<std::uint64_t, std::uint64_t>, std::uint32_t> last;
  each_row([&](const FactColumns& c, std::size_t i) {
    const std::uint64_t first =
        canonical(inputs_, value_in(c, i, last_->by.value_or(FactColumn::subject)));
    const std::uint64_t second = last_->by ? 0 : c.group[i];
    const auto [it, fresh] = last.try_emplace({first, second}, static_cast<std::uint32_t>(i));
    if (fresh) return;
    const std::size_t other = it->second;
    if (std::pair{c.day[i], c.event[i]} > std::pair{c.day[other], c.event[other]}) {
      it->second = static_cast<std::uint32_t>(i);
    }
  });
  std::vector<std::uint32_t> rows;
  rows.reserve(last.size());
  for (const auto& [key, row] : last) {
    if (last_passes(facts_.columns(), row)) rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

// --- counting -----------------------------------------------------------------------------------

void Deciding::keep(std::uint64_t event, std::uint64_t seq) {
  const auto place =
      std::lower_bound(sample_.begin(), sample_.end(), event,
                       [](const DecidingEvent& a, std::uint64_t b) { return a.event.value < b; });
  sample_.insert(place, DecidingEvent{EventId{event}, Seq{seq}});
  if (sample_.size() > kDecidingSampleMax) sample_.pop_back();
}

std::int64_t addend(const FactColumns& c, std::size_t i, MetricOf of) {
  switch (of) {
    case MetricOf::minutes:
      return c.minutes[i];
    case MetricOf::amount_fen:
      return c.amount_fen[i];
    default:
      return c.quantity[i];
  }
}

std::uint64_t identity_in(const FigureInputs& inputs, const FactColumns& c, std::size_t i,
                          MetricOf of) {
  switch (of) {
    case MetricOf::subject:
      return canonical(inputs, c.subject[i]);
    case MetricOf::group:
      return c.group[i];
    case MetricOf::site:
      return c.site[i];
    case MetricOf::organisation:
      return c.organisation[i];
    case MetricOf::staff:
      return c.staff[i];
    case MetricOf::programme:
      return c.programme[i];
    case MetricOf::types:
      return std::uint64_t{c.type[i]} + 1;
    case MetricOf::kinds:
      return c.kind[i];
    case MetricOf::attrs:
      return c.attr[i];
    case MetricOf::days:
      return (std::uint64_t{1} << 32) + static_cast<std::uint32_t>(c.day[i]);
    default:
      return c.event[i];
  }
}

void Counter::see(const FactColumns& c, std::size_t i) {
  if (op_ == MetricOp::sum) {
    value_ = add_saturating(value_, addend(c, i, of_));
  } else if (op_ == MetricOp::distinct) {
    const std::uint64_t id = identity_in(inputs_, c, i, of_);
    if (id == 0) return;
    seen_.insert(id);
  } else if (of_ == MetricOf::rows) {
    ++value_;
  }
  deciding_.see(c.event[i], c.seq[i]);
}

template <class T>
void Counter::sum(const Column<T>& addends, const FactTable::Rows& rows) {
  typename Column<T>::Values scratch;
  const T* values = addends.values(rows.chunk, scratch);
  for (const std::uint16_t place : rows.places) {
    value_ = add_saturating(value_, std::int64_t{values[place]});
  }
}

void Counter::see(const FactColumns& c, const FactTable::Rows& rows) {
  if (op_ == MetricOp::distinct) {
    for (const std::uint16_t place : rows.places) see(c, rows.first() + place);
    return;
  }
  if (op_ == MetricOp::sum && of_ == MetricOf::minutes) {
    sum(c.minutes, rows);
  } else if (op_ == MetricOp::sum && of_ == MetricOf::amount_fen) {
    sum(c.amount_fen, rows);
  } else if (op_ == MetricOp::sum) {
    sum(c.quantity, rows);
  } else if (of_ == MetricOf::rows) {
    value_ += static_cast<std::int64_t>(rows.places.size());
  }
  Column<std::uint64_t>::Values scratch;
  const std::uint64_t* events = c.event.values(rows.chunk, scratch);
  for (const std::uint16_t place : rows.places) {
    if (deciding_.see(events[place])) deciding_.keep(events[place], c.seq[rows.first() + place]);
  }
}

std::int64_t Counter::value() const {
  if (op_ == MetricOp::distinct) return static_cast<std::int64_t>(seen_.size());
  if (op_ == MetricOp::count && of_ != MetricOf::rows) {
    return static_cast<std::int64_t>(deciding_.events());
  }
  return value_;
}

MetricValue Counter::finish() {
  MetricValue out;
  out.value = value();
  deciding_.give(out);
  return out;
}

// --- spells -------------------------------------------------------------------------------------

namespace {

struct Turn {  // a row that begins or ends
  std::uint64_t key = 0;
  std::int32_t day = 0;
  std::uint64_t event = 0;
  std::uint64_t group = 0;
  bool ends = false;

  auto order() const { return std::tuple{key, day, event, group}; }
};

// The times of one key, from its turns in order; groups that are open at once overlap.
std::vector<Spell> spells_from(std::span<const Turn> turns) {
  std::vector<Spell> spells;
  std::vector<std::pair<std::uint64_t, Day>> open;  // group, since
  for (const Turn& turn : turns) {
    if (!turn.ends) {
      const bool known = std::any_of(open.begin(), open.end(),
                                     [&](const auto& item) { return item.first == turn.group; });
      if (!known) open.emplace_back(turn.group, Day{turn.day});
      continue;
    }
    std::erase_if(open, [&](const auto& item) {
      if (turn.group != 0 && item.first != turn.group) return false;
      spells.push_back({item.second, Day{turn.day}});
      return true;
    });
  }
  for (const auto& [group, since] : open) spells.push_back({since, kSpellOpen});
  return spells;
}

// Sorted, and those that overlap or follow day on day made one.
void merge(std::vector<Spell>& spells) {
  std::sort(spells.begin(), spells.end(), [](const Spell& a, const Spell& b) {
    return std::pair{a.from, a.to} < std::pair{b.from, b.to};
  });
  std::vector<Spell> merged;
  for (const Spell& spell : spells) {
    const bool joins = !merged.empty() &&
                       std::int64_t{spell.from.value} <= std::int64_t{merged.back().to.value} + 1;
    if (joins) {
      merged.back().to = std::max(merged.back().to, spell.to);
    } else {
      merged.push_back(spell);
    }
  }
  spells = std::move(merged);
}

}  // namespace

Spells spells_of(const FigureInputs& inputs, const MetricWhere& where, FactColumn key,
                 Deciding* deciding) {
  RowSelection selection(inputs, where, RowSelection::Ends::in_sight);
  std::vector<Turn> turns;
  selection.each([&](const FactColumns& c, std::size_t i) {
    const std::uint64_t id = canonical(inputs, value_in(c, i, key));
    if (id == 0) return;
    const bool ends = (c.flags[i] & kFactEnded) != 0;
    turns.push_back({id, selection.day(c, i).value, c.event[i], c.group[i], ends});
    if (deciding != nullptr) deciding->see(c.event[i], c.seq[i]);
  });
  std::sort(turns.begin(), turns.end(),
            [](const Turn& a, const Turn& b) { return a.order() < b.order(); });
  Spells out;
  for (std::size_t first = 0; first < turns.size();) {
    std::size_t end = first;
    while (end < turns.size() && turns[end].key == turns[first].key) ++end;
    std::vector<Spell> spells = spells_from(std::span(turns).subspan(first, end - first));
    merge(spells);
    if (!spells.empty()) out.emplace(turns[first].key, std::move(spells));
    first = end;
  }
  return out;
}

bool belongs_throughout(const std::vector<Spell>& spells, Day from, Day to) {
  return std::any_of(spells.begin(), spells.end(),
                     [&](const Spell& spell) { return spell.from <= from && to <= spell.to; });
}

bool belongs_on(const std::vector<Spell>& spells, Day day) {
  return belongs_throughout(spells, day, day);
}

std::vector<std::uint64_t> keys_of(const Spells& spells) {
  std::vector<std::uint64_t> keys;
  keys.reserve(spells.size());
  for (const auto& [key, list] : spells) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

}  // namespace houniao
