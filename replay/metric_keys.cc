// The operations of a metric that ask each key of a population, and those that ask each day.
#include <map>

#include "replay/ratio.h"
#include "replay/selection.h"

namespace houniao {
namespace {

using KeyPeriod = std::pair<std::uint64_t, std::size_t>;

// The inner count, sum or distinct of each key in each period.
class KeyFold {
 public:
  KeyFold(const FigureInputs& inputs, const Metric& metric) : inputs_(inputs), metric_(metric) {}

  void see(const FactColumns& c, std::size_t i, KeyPeriod at) {
    std::int64_t& value = values_[at];
    if (metric_.inner == MetricOp::sum) {
      value = add_saturating(value, addend(c, i, metric_.of));
    } else if (metric_.inner == MetricOp::count && metric_.of == MetricOf::rows) {
      ++value;
    } else {
      // Events of which several rows fall to one key are one, as different values are.
      const MetricOf of = metric_.inner == MetricOp::count ? MetricOf::events : metric_.of;
      const std::uint64_t id = identity_in(inputs_, c, i, of);
      if (id != 0 && seen_.insert({at, id}).second) ++value;
    }
  }
  std::int64_t value(KeyPeriod at) const {
    const auto found = values_.find(at);
    return found == values_.end() ? 0 : found->second;
  }
  std::vector<std::uint64_t> keys() const {
    std::vector<std::uint64_t> out;
    for (const auto& [at, value] : values_) out.push_back(at.first);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

 private:
  const FigureInputs& inputs_;
  const Metric& metric_;
  boost::unordered_flat_map<KeyPeriod, std::int64_t> values_;
  boost::unordered_flat_set<std::pair<KeyPeriod, std::uint64_t>> seen_;
};

MetricWhere conditions_of(const Metric& metric) {
  MetricWhere where = metric.where;
  if (metric.current) {
    if (!where.last) where.last.emplace();
    where.last->ended = false;
  }
  return where;
}

// Without periods everything falls into one without a name.
std::vector<Period> periods_of(const FigureInputs& inputs, const Metric& metric) {
  if (metric.in_periods) {
    return periods_between(metric.period, metric.from, metric.to, inputs.holidays);
  }
  return {Period{{}, Day{std::numeric_limits<std::int32_t>::min()}, kSpellOpen}};
}

bool owes(const Metric& metric, const std::vector<Spell>& spells, const Period& period) {
  if (metric.in_periods) return belongs_throughout(spells, period.from, period.to);
  return !metric.population->current || spells.back().to == kSpellOpen;
}

struct Owed {
  KeyPeriod at;
  std::int64_t value = 0;
};

// Worst first; among equals the smaller key, then the earlier period.
void keep_worst(const Metric& metric, std::int64_t claimed, const std::vector<Period>& periods,
                std::vector<Owed> owed, MetricValue& out) {
  const Worse worse(metric, claimed);
  const auto before = [&](const Owed& a, const Owed& b) {
    if (worse(a.value, b.value)) return true;
    return !worse(b.value, a.value) && a.at < b.at;
  };
  const std::size_t shown = std::min(owed.size(), kWorstKeysMax);
  std::partial_sort(owed.begin(), owed.begin() + static_cast<std::ptrdiff_t>(shown), owed.end(),
                    before);
  for (std::size_t i = 0; i < shown; ++i) {
    const Ratio in_claimed{Wide{owed[i].value} * metric.scale_divisor, metric.scale};
    out.worst.push_back(
        {owed[i].at.first, periods[owed[i].at.second].name, rounded(in_claimed, Rounding::exact)});
  }
  if (!owed.empty()) out.value = owed.front().value;
}

// Of each period the value that decides in it.
void list_periods(const Metric& metric, std::int64_t claimed, const std::vector<Period>& periods,
                  const std::vector<Owed>& owed, MetricValue& out) {
  const Worse worse(metric, claimed);
  std::map<std::size_t, std::int64_t> decisive;
  for (const Owed& item : owed) {
    const auto [it, fresh] = decisive.try_emplace(item.at.second, item.value);
    if (!fresh && worse(item.value, it->second)) it->second = item.value;
  }
  for (const auto& [at, value] : decisive) {
    const Ratio shown{Wide{value} * metric.scale_divisor, metric.scale};
    out.periods.push_back({periods[at].name, rounded(shown, Rounding::exact)});
  }
}

}  // namespace

MetricValue compute_keys(const FigureInputs& inputs, const Metric& metric, std::int64_t claimed) {
  const std::vector<Period> periods = periods_of(inputs, metric);
  std::optional<Spells> members;
  if (metric.population) {
    members = spells_of(inputs, metric.population->where, metric.population->key);
  }
  const MetricWhere where = conditions_of(metric);
  RowSelection selection(inputs, where);
  if (metric.in_periods) selection.limit_days(metric.from, metric.to);
  const PeriodKind kind = metric.in_periods ? metric.period : PeriodKind::year;
  KeyFold fold(inputs, metric);
  Deciding deciding;
  selection.each([&](const FactColumns& c, std::size_t i) {
    std::uint64_t key = value_in(c, i, metric.per);
    if (inputs.canonical) key = inputs.canonical(key);
    if (key == 0 || (members && !members->contains(key))) return;
    for_each_period_of(periods, kind, selection.day(c, i), [&](std::size_t at) {
      fold.see(c, i, {key, at});
      deciding.see(c.event[i], c.seq[i]);
    });
  });
  std::vector<Owed> owed;
  MetricValue out;
  for (const std::uint64_t key : members ? keys_of(*members) : fold.keys()) {
    bool asked = false;
    for (std::size_t at = 0; at < periods.size(); ++at) {
      if (members && !owes(metric, members->at(key), periods[at])) continue;
      owed.push_back({{key, at}, fold.value({key, at})});
      asked = true;
    }
    out.keys += asked ? 1 : 0;
  }
  if (metric.in_periods) list_periods(metric, claimed, periods, owed, out);
  keep_worst(metric, claimed, periods, std::move(owed), out);
  deciding.give(out);
  return out;
}

namespace {

FactColumn column_of(MetricOf of) {
  switch (of) {
    case MetricOf::group:
      return FactColumn::group;
    case MetricOf::site:
      return FactColumn::site;
    case MetricOf::organisation:
      return FactColumn::organisation;
    case MetricOf::staff:
      return FactColumn::staff;
    default:
      return FactColumn::subject;
  }
}

// How many spells hold on each day of from..to.
std::vector<std::int64_t> levels(const Spells& spells, Day from, Day to) {
  const std::int64_t days = std::int64_t{to.value} - from.value + 1;
  const std::size_t size =
      static_cast<std::size_t>(std::clamp<std::int64_t>(days, 0, std::int64_t{kPeriodsMax}));
  std::vector<std::int64_t> change(size + 1, 0);
  const auto place = [&](Day day) {
    return static_cast<std::size_t>(std::clamp<std::int64_t>(std::int64_t{day.value} - from.value,
                                                             0, static_cast<std::int64_t>(size)));
  };
  for (const auto& [key, list] : spells) {
    for (const Spell& spell : list) {
      if (spell.to < from) continue;
      ++change[place(spell.from)];
      --change[spell.to == kSpellOpen ? size : place(Day{spell.to.value + 1})];
    }
  }
  for (std::size_t i = 1; i <= size; ++i) change[i] += change[i - 1];
  change.resize(size);
  return change;
}

}  // namespace

MetricValue compute_level(const FigureInputs& inputs, const Metric& metric) {
  Deciding deciding;
  const Spells spells = spells_of(inputs, metric.where, column_of(metric.of), &deciding);
  const std::vector<std::int64_t> by_day = levels(spells, metric.from, metric.to);
  MetricValue out;
  out.keys = spells.size();
  const auto lowest = std::min_element(by_day.begin(), by_day.end());
  if (lowest != by_day.end()) {
    out.value = *lowest;
    out.lowest_on = Day{metric.from.value + static_cast<std::int32_t>(lowest - by_day.begin())};
  }
  for (const Period& period :
       periods_between(metric.period, metric.from, metric.to, inputs.holidays)) {
    const auto begin = by_day.begin() + (period.from.value - metric.from.value);
    const auto end = begin + (period.to.value - period.from.value + 1);
    if (by_day.end() - begin < end - begin) break;
    out.periods.push_back({period.name, *std::min_element(begin, end)});
  }
  deciding.give(out);
  return out;
}

}  // namespace houniao
