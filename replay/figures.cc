#include "replay/figures.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <limits>
#include <map>
#include <utility>

#include "replay/state.h"

namespace houniao {
namespace {

using Columns = FactTable::Columns;

// Wide enough for any 64-bit number times a permille.
__extension__ typedef __int128 Wide;

// A list of codes as the table's symbols. A code that no row ever used stays in the list as a
// symbol that matches nothing, so that a condition on it stays a condition.
std::vector<Symbol> to_symbols(const FactTable& facts, const std::vector<std::string>& codes) {
  std::vector<Symbol> out;
  out.reserve(codes.size());
  for (const std::string& code : codes) out.push_back(facts.symbols().find(code));
  return out;
}

bool contains(const std::vector<Symbol>& list, std::uint32_t symbol) {
  return std::find(list.begin(), list.end(), Symbol{symbol}) != list.end();
}

std::uint64_t entity(const Columns& c, std::size_t i, MetricJoin::Column column) {
  switch (column) {
    case MetricJoin::Column::subject:
      return c.subject[i];
    case MetricJoin::Column::group:
      return c.group[i];
    case MetricJoin::Column::site:
      return c.site[i];
    case MetricJoin::Column::organisation:
      return c.organisation[i];
    case MetricJoin::Column::staff:
      return c.staff[i];
  }
  return 0;
}

// A join with its codes resolved and its answers remembered: many rows name the same entity.
class JoinTest {
 public:
  JoinTest(const FactTable& facts, const MetricJoin& join)
      : facts_(facts),
        column_(join.column),
        prefix_(join.attr_prefix),
        kinds_(to_symbols(facts, join.kinds)),
        attrs_(to_symbols(facts, join.attrs)),
        types_(join.types) {}

  bool passes(const Columns& c, std::size_t i) {
    const std::uint64_t id = entity(c, i, column_);
    if (id == 0) return false;
    const auto [it, fresh] = answers_.try_emplace(id, false);
    if (fresh) it->second = ask(id);
    return it->second;
  }

 private:
  bool ask(std::uint64_t id) const {
    const Columns& c = facts_.columns();
    const FactTable::RowSpan span = facts_.rows_of(EventId{id});
    for (std::uint32_t row = span.first; row < span.first + span.count; ++row) {
      if (c.event[row] != id) continue;
      if (!types_.empty() && std::find(types_.begin(), types_.end(), c.type[row]) == types_.end()) {
        continue;
      }
      if (!kinds_.empty() && !contains(kinds_, c.kind[row])) continue;
      if (!attrs_.empty() && !contains(attrs_, c.attr[row])) continue;
      if (!prefix_.empty() && !facts_.symbols().text(Symbol{c.attr[row]}).starts_with(prefix_))
        continue;
      return true;
    }
    return false;
  }

  const FactTable& facts_;
  MetricJoin::Column column_;
  std::string_view prefix_;
  std::vector<Symbol> kinds_;
  std::vector<Symbol> attrs_;
  std::vector<std::uint16_t> types_;
  boost::unordered_flat_map<std::uint64_t, bool> answers_;
};

// MetricWhere against one table: the cheap conditions as a FactFilter, then the rest.
class Selection {
 public:
  Selection(const FactTable& facts, const MetricWhere& where)
      : facts_(facts),
        not_kinds_(to_symbols(facts, where.not_kinds)),
        not_attrs_(to_symbols(facts, where.not_attrs)),
        at_site_(where.at_site) {
    for (const std::uint16_t type : where.types) {
      if (type < filter_.types.size()) filter_.types.set(type);
    }
    filter_.kinds = to_symbols(facts, where.kinds);
    filter_.attrs = to_symbols(facts, where.attrs);
    if (where.from) filter_.from_day = where.from->value;
    if (where.to) filter_.to_day = where.to->value;
    want(where.anonymous, kFactAnonymous);
    want(where.bulk, kFactBulk);
    want(where.ended, kFactEnded);
    joins_.reserve(where.joins.size());
    for (const MetricJoin& join : where.joins) joins_.emplace_back(facts, join);
  }

  void limit_days(Day from, Day to) {
    filter_.from_day = std::max(filter_.from_day, from.value);
    filter_.to_day = std::min(filter_.to_day, to.value);
  }
  // "Only what is still so" needs the ends in sight to know what they end.
  void see_ends() { filter_.flags_none &= ~static_cast<std::uint32_t>(kFactEnded); }

  template <class Visit>
  void each(Visit&& visit) {
    facts_.scan(filter_, [&](const Columns& c, std::size_t i) {
      if (passes(c, i)) visit(c, i);
    });
  }

 private:
  void want(const std::optional<bool>& wanted, std::uint32_t flag) {
    if (!wanted) return;
    (*wanted ? filter_.flags_all : filter_.flags_none) |= flag;
  }
  bool passes(const Columns& c, std::size_t i) {
    if (!not_kinds_.empty() && contains(not_kinds_, c.kind[i])) return false;
    if (!not_attrs_.empty() && contains(not_attrs_, c.attr[i])) return false;
    if (at_site_ && *at_site_ != (c.site[i] != 0)) return false;
    for (JoinTest& join : joins_) {
      if (!join.passes(c, i)) return false;
    }
    return true;
  }

  const FactTable& facts_;
  FactFilter filter_;
  std::vector<Symbol> not_kinds_;
  std::vector<Symbol> not_attrs_;
  std::optional<bool> at_site_;
  std::vector<JoinTest> joins_;
};

// The events that decide a value: how many, and the first few by id. The rows of an event stand
// together, so a change of event is a new one.
class Deciding {
 public:
  void see(std::uint64_t event, std::uint64_t seq) {
    if (event == last_) return;
    last_ = event;
    ++events_;
    const auto place =
        std::lower_bound(sample_.begin(), sample_.end(), event,
                         [](const DecidingEvent& a, std::uint64_t b) { return a.event.value < b; });
    if (place == sample_.end() && sample_.size() >= kDecidingSampleMax) return;
    sample_.insert(place, DecidingEvent{EventId{event}, Seq{seq}});
    if (sample_.size() > kDecidingSampleMax) sample_.pop_back();
  }
  std::uint64_t events() const { return events_; }
  std::vector<DecidingEvent> take_sample() { return std::move(sample_); }

 private:
  std::uint64_t last_ = 0;
  std::uint64_t events_ = 0;
  std::vector<DecidingEvent> sample_;
};

// Sums within 64 bits; a table cannot hold so many valid amounts that it saturates, a hostile one
// may.
std::int64_t add_saturating(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<std::int64_t>::max()
               : std::numeric_limits<std::int64_t>::min();
}

std::int64_t addend(const Columns& c, std::size_t i, MetricOf of) {
  switch (of) {
    case MetricOf::minutes:
      return c.minutes[i];
    case MetricOf::amount_fen:
      return c.amount_fen[i];
    default:
      return c.quantity[i];
  }
}

// Folds count, sum or distinct over the rows it is shown.
class Counter {
 public:
  Counter(const FigureInputs& inputs, MetricOp op, MetricOf of)
      : inputs_(inputs), op_(op), of_(of) {}

  void see(const Columns& c, std::size_t i) {
    switch (op_) {
      case MetricOp::sum:
        value_ = add_saturating(value_, addend(c, i, of_));
        break;
      case MetricOp::distinct:
        if (!see_distinct(c, i)) return;
        break;
      default:
        if (of_ == MetricOf::rows) ++value_;
        break;
    }
    deciding_.see(c.event[i], c.seq[i]);
  }
  std::int64_t value() const {
    if (op_ == MetricOp::distinct) return static_cast<std::int64_t>(seen_.size());
    if (op_ == MetricOp::count && of_ != MetricOf::rows) {
      return static_cast<std::int64_t>(deciding_.events());
    }
    return value_;
  }
  MetricValue finish() {
    MetricValue out;
    out.value = value();
    out.events = deciding_.events();
    out.sample = deciding_.take_sample();
    return out;
  }

 private:
  bool see_distinct(const Columns& c, std::size_t i) {
    std::uint64_t id = 0;
    switch (of_) {
      case MetricOf::group:
        id = c.group[i];
        break;
      case MetricOf::site:
        id = c.site[i];
        break;
      case MetricOf::organisation:
        id = c.organisation[i];
        break;
      case MetricOf::staff:
        id = c.staff[i];
        break;
      case MetricOf::subject:
        id = c.subject[i];
        if (inputs_.canonical) id = inputs_.canonical(id);
        break;
      default:
        id = c.event[i];
        break;
    }
    if (id == 0) return false;
    seen_.insert(id);
    return true;
  }

  const FigureInputs& inputs_;
  MetricOp op_;
  MetricOf of_;
  std::int64_t value_ = 0;
  boost::unordered_flat_set<std::uint64_t> seen_;
  Deciding deciding_;
};

// Rows that are the last word on their (subject, group), unless that word is an end. The last word
// is the latest day, then the higher event id, so that the order of arrival does not matter.
std::vector<std::size_t> current_rows(const FigureInputs& inputs, Selection& selection) {
  selection.see_ends();
  boost::unordered_flat_map<std::pair<std::uint64_t, std::uint64_t>, std::size_t> last;
  selection.each([&](const Columns& c, std::size_t i) {
    const std::uint64_t person = inputs.canonical ? inputs.canonical(c.subject[i]) : c.subject[i];
    const auto [it, fresh] = last.try_emplace({person, c.group[i]}, i);
    if (fresh) return;
    const std::size_t other = it->second;
    if (std::pair{c.day[i], c.event[i]} > std::pair{c.day[other], c.event[other]}) it->second = i;
  });
  std::vector<std::size_t> rows;
  rows.reserve(last.size());
  const Columns& c = inputs.facts.columns();
  for (const auto& [key, row] : last) {
    if ((c.flags[row] & kFactEnded) == 0) rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

MetricValue fold(const FigureInputs& inputs, const Metric& metric, const MetricWhere& where,
                 MetricOp op) {
  Selection selection(inputs.facts, where);
  Counter counter(inputs, op, metric.of);
  if (metric.current) {
    for (const std::size_t row : current_rows(inputs, selection)) {
      counter.see(inputs.facts.columns(), row);
    }
  } else {
    selection.each([&](const Columns& c, std::size_t i) { counter.see(c, i); });
  }
  return counter.finish();
}

// A share is a count of one thing among the same thing; "subject" counts persons once.
MetricOp share_op(MetricOf of) {
  switch (of) {
    case MetricOf::events:
    case MetricOf::rows:
      return MetricOp::count;
    case MetricOf::quantity:
    case MetricOf::minutes:
    case MetricOf::amount_fen:
      return MetricOp::sum;
    default:
      return MetricOp::distinct;
  }
}

// Percentage to the nearest whole, halves up.
std::int64_t percent(std::int64_t part, std::int64_t whole) {
  if (whole <= 0 || part < 0) return 0;
  const Wide doubled = static_cast<Wide>(part) * 200 + whole;
  return static_cast<std::int64_t>(doubled / (static_cast<Wide>(whole) * 2));
}

MetricValue compute_share(const FigureInputs& inputs, const Metric& metric) {
  const MetricOp op = share_op(metric.of);
  MetricValue part = fold(inputs, metric, metric.where, op);
  const MetricValue whole = fold(inputs, metric, metric.among, op);
  part.numerator = part.value;
  part.denominator = whole.value;
  part.value = percent(part.numerator, part.denominator);
  return part;
}

// Periods are numbered through all years, so that empty ones are not forgotten.
int periods_per_year(MetricPeriod period) {
  switch (period) {
    case MetricPeriod::month:
      return 12;
    case MetricPeriod::quarter:
      return 4;
    case MetricPeriod::half_year:
      return 2;
    case MetricPeriod::year:
      return 1;
  }
  return 1;
}
int period_of(Day day, MetricPeriod period) {
  const CivilDate date = to_civil(day);
  const int per_year = periods_per_year(period);
  return date.year * per_year + (date.month - 1) * per_year / 12;
}
std::string period_name(int number, MetricPeriod period) {
  const int per_year = periods_per_year(period);
  const std::string year = std::to_string(number / per_year);
  const int place = number % per_year + 1;
  switch (period) {
    case MetricPeriod::month:
      return year + (place < 10 ? "-0" : "-") + std::to_string(place);
    case MetricPeriod::quarter:
      return year + "-Q" + std::to_string(place);
    case MetricPeriod::half_year:
      return year + "-H" + std::to_string(place);
    case MetricPeriod::year:
      return year;
  }
  return year;
}

MetricValue compute_periods(const FigureInputs& inputs, const Metric& metric,
                            std::int64_t claimed) {
  Selection selection(inputs.facts, metric.where);
  selection.limit_days(metric.from, metric.to);
  std::map<int, Counter> counters;
  const int first = period_of(metric.from, metric.period);
  const int last = period_of(metric.to, metric.period);
  for (int number = first; number <= last; ++number) {
    counters.emplace(number, Counter(inputs, metric.inner, metric.of));
  }
  Deciding deciding;
  selection.each([&](const Columns& c, std::size_t i) {
    counters.at(period_of(Day{c.day[i]}, metric.period)).see(c, i);
    deciding.see(c.event[i], c.seq[i]);
  });
  MetricValue out;
  const std::int64_t wanted = claimed * metric.scale;
  for (auto& [number, counter] : counters) {
    const std::int64_t value = counter.value();
    const bool first_period = out.periods.empty();
    const auto distance = [&](std::int64_t v) { return v > wanted ? v - wanted : wanted - v; };
    if (first_period ||
        (metric.op == MetricOp::min_per_period ? value < out.value
                                               : distance(value) > distance(out.value))) {
      out.value = value;
    }
    out.periods.push_back({period_name(number, metric.period), value / metric.scale});
  }
  out.events = deciding.events();
  out.sample = deciding.take_sample();
  return out;
}

MetricValue compute_years_running(const FigureInputs& inputs, const Metric& metric) {
  Selection selection(inputs.facts, metric.where);
  std::map<int, std::int64_t> years;
  Deciding deciding;
  selection.each([&](const Columns& c, std::size_t i) {
    ++years[to_civil(Day{c.day[i]}).year];
    deciding.see(c.event[i], c.seq[i]);
  });
  MetricValue out;
  std::int64_t run = 0;
  int previous = 0;
  for (const auto& [year, count] : years) {
    run = run > 0 && year == previous + 1 ? run + 1 : 1;
    previous = year;
    out.value = std::max(out.value, run);
    out.periods.push_back({std::to_string(year), count});
  }
  out.events = deciding.events();
  out.sample = deciding.take_sample();
  return out;
}

// --- sentences
// -------------------------------------------------------------------------------------

struct Sentence {
  std::string zh;
  std::string en;
};

Sentence comparator_sentence(const PackFigure& figure, const PackPolicy& policy) {
  const std::string value = with_commas(figure.value);
  switch (figure.comparator) {
    case Comparator::equal:
      return {"应等于 " + value, "must equal " + value};
    case Comparator::above:
      return {"应多于 " + value, "must be above " + value};
    case Comparator::at_least:
      return {"应不少于 " + value, "must be at least " + value};
    case Comparator::near: {
      const std::string least = std::to_string(policy.near_permille);
      return {"应少于 " + value + " 且不低于其 " + least + "‰",
              "must be below " + value + " and not below " + least + " permille of it"};
    }
    case Comparator::about: {
      const std::string most = std::to_string(policy.about_permille);
      return {"与 " + value + " 相差应不超过 " + most + "‰",
              "must be within " + most + " permille of " + value};
    }
  }
  return {};
}

std::string period_list(const std::vector<PeriodValue>& periods) {
  std::string out;
  for (const PeriodValue& period : periods) {
    if (!out.empty()) out += ", ";
    out += period.period + ":" + with_commas(period.value);
  }
  return out;
}

void explain(FigureResult& result, const PackFigure& figure, const PackPolicy& policy) {
  const Sentence rule = comparator_sentence(figure, policy);
  const std::string computed = with_commas(result.computed);
  const std::string events = with_commas(static_cast<std::int64_t>(result.detail.events));
  result.reason_zh = "由 " + events + " 条事件重算得 " + computed + "，" + rule.zh +
                     (result.holds ? "，成立" : "，不成立");
  result.reason_en = "recomputed as " + computed + " from " + events + " events, " + rule.en +
                     (result.holds ? ": holds" : ": does not hold");
  if (figure.metric.op == MetricOp::share) {
    const std::string share =
        with_commas(result.detail.numerator) + "/" + with_commas(result.detail.denominator);
    result.reason_zh += "（" + share + "）";
    result.reason_en += " (" + share + ")";
  }
  if (!result.detail.periods.empty()) {
    const std::string list = period_list(result.detail.periods);
    result.reason_zh += "（各期：" + list + "）";
    result.reason_en += " (by period: " + list + ")";
  }
}

// States what the other reading of a figure comes to, so that both numbers stand side by side.
void add_reading(FigureResult& result, const PackFigure& figure, const FigureInputs& inputs,
                 const PackPolicy& policy) {
  const PackFigure::Reading& reading = *figure.reading;
  const MetricValue other = compute_metric(inputs, reading.metric, figure.value);
  const std::int64_t value = other.value / reading.metric.scale;
  const bool would_hold = holds(figure.comparator, figure.value, value, policy);
  result.reason_zh += "；按“" + figure.unit + "”为 " + with_commas(result.computed) + "，按“" +
                      reading.unit.zh + "”为 " + with_commas(value) +
                      (would_hold ? "，仅后者与所称数字相符" : "，两者均与所称数字不符");
  result.reason_en += "; as written it is " + with_commas(result.computed) + ", as " +
                      reading.unit.en + " it is " + with_commas(value) +
                      (would_hold ? ", and only the latter bears the claim out"
                                  : ", and neither bears the claim out");
}

FigureResult compute_figure(const FigureInputs& inputs, const PackFigure& figure,
                            const PackPolicy& policy) {
  FigureResult result;
  result.id = figure.id;
  result.label = figure.label;
  result.value = figure.value;
  result.comparator = figure.comparator;
  result.word = figure.word;
  result.unit = figure.unit;
  result.detail = compute_metric(inputs, figure.metric, figure.value);
  result.computed = result.detail.value / figure.metric.scale;
  std::int64_t claimed = 0;
  result.holds = !__builtin_mul_overflow(figure.value, figure.metric.scale, &claimed) &&
                 holds(figure.comparator, claimed, result.detail.value, policy);
  explain(result, figure, policy);
  if (figure.reading) add_reading(result, figure, inputs, policy);
  if (!figure.note.zh.empty()) result.reason_zh += "；" + figure.note.zh;
  if (!figure.note.en.empty()) result.reason_en += "; " + figure.note.en;
  return result;
}

// --- reconciliations
// -------------------------------------------------------------------------------

const FigureResult& find_result(const std::vector<FigureResult>& figures, const std::string& id) {
  const auto it = std::find_if(figures.begin(), figures.end(),
                               [&](const FigureResult& figure) { return figure.id == id; });
  HOUNIAO_ASSERT(it != figures.end());  // parse_pack() checked the names
  return *it;
}

ReconciliationLine line_of(const FigureResult& figure) {
  return {{figure.id + " " + figure.label.zh, figure.id + " " + figure.label.en},
          figure.value,
          figure.computed};
}

void reconcile_parts(ReconciliationResult& out, const PackReconciliation& rule,
                     const std::vector<FigureResult>& figures) {
  ReconciliationLine sum{{"各分项之和", "sum of the parts"}, 0, 0};
  for (const std::string& part : rule.parts) {
    const ReconciliationLine line = line_of(find_result(figures, part));
    sum.claimed = add_saturating(sum.claimed, line.claimed);
    sum.computed = add_saturating(sum.computed, line.computed);
    out.lines.push_back(line);
  }
  const ReconciliationLine whole = line_of(find_result(figures, rule.right));
  const ReconciliationLine rest{{"没有分项说明的", "without an item"},
                                whole.claimed - sum.claimed,
                                whole.computed - sum.computed};
  out.lines.push_back(sum);
  out.lines.push_back(whole);
  out.lines.push_back(rest);
  out.claimed_holds = rest.claimed == 0;
  out.computed_holds = rest.computed == 0;
  out.reason_zh = "所称分项合计 " + with_commas(sum.claimed) + " / " + with_commas(whole.claimed) +
                  "，余 " + with_commas(rest.claimed) + " 无分项；日志重算分项合计 " +
                  with_commas(sum.computed) + " / " + with_commas(whole.computed) + "，余 " +
                  with_commas(rest.computed);
  out.reason_en = "as published the parts sum to " + with_commas(sum.claimed) + " of " +
                  with_commas(whole.claimed) + ", leaving " + with_commas(rest.claimed) +
                  " without an item; recomputed from the log " + with_commas(sum.computed) +
                  " of " + with_commas(whole.computed) + ", leaving " + with_commas(rest.computed);
}

void reconcile_at_most(ReconciliationResult& out, const PackReconciliation& rule,
                       const std::vector<FigureResult>& figures) {
  const ReconciliationLine left = line_of(find_result(figures, rule.left));
  const ReconciliationLine right = line_of(find_result(figures, rule.right));
  out.lines = {left, right};
  out.claimed_holds = left.claimed <= right.claimed;
  out.computed_holds = left.computed <= right.computed;
  out.reason_zh = "所称 " + with_commas(left.claimed) + " 对 " + with_commas(right.claimed) +
                  "；日志重算 " + with_commas(left.computed) + " 对 " + with_commas(right.computed);
  out.reason_en = "as published " + with_commas(left.claimed) + " against " +
                  with_commas(right.claimed) + "; recomputed " + with_commas(left.computed) +
                  " against " + with_commas(right.computed);
}

// The period of an obligation as the engine numbers it; days and weeks are not needed by any
// metric.
MetricPeriod obligation_period(const std::string& text) {
  if (text == "quarter") return MetricPeriod::quarter;
  if (text == "halfYear") return MetricPeriod::half_year;
  if (text == "year") return MetricPeriod::year;
  return MetricPeriod::month;
}

void reconcile_obligation(ReconciliationResult& out, const PackReconciliation& rule,
                          const Pack& pack, const std::vector<FigureResult>& figures) {
  const PackObligation& promise = *pack.obligation(rule.obligation);
  const MetricPeriod period = obligation_period(promise.period);
  const std::int64_t periods = period_of(promise.to, period) - period_of(promise.from, period) + 1;
  const std::int64_t promised = periods * promise.threshold;
  const ReconciliationLine held = line_of(find_result(figures, rule.left));
  out.lines = {{{"承诺次数", "promised"}, promised, promised}, held};
  out.claimed_holds = held.claimed >= promised;
  out.computed_holds = held.computed >= promised;
  out.reason_zh = with_commas(periods) + " 期、每期 " + with_commas(promise.threshold) +
                  " 次，共应 " + with_commas(promised) + " 次；所称举办 " +
                  with_commas(held.claimed) + " 次，日志中 " + with_commas(held.computed) + " 次";
  out.reason_en = with_commas(promise.threshold) + " in each of " + with_commas(periods) +
                  " periods makes " + with_commas(promised) + "; " + with_commas(held.claimed) +
                  " held as published, " + with_commas(held.computed) + " in the log";
}

}  // namespace

std::string with_commas(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t start = number < 0 ? 1 : 0;
  for (std::size_t place = digits.size(); place > start + 3;) {
    place -= 3;
    digits.insert(place, ",");
  }
  return digits;
}

bool holds(Comparator comparator, std::int64_t claimed, std::int64_t computed,
           const PackPolicy& policy) {
  const Wide n = claimed;
  const Wide v = computed;
  switch (comparator) {
    case Comparator::equal:
      return v == n;
    case Comparator::above:
      return v > n;
    case Comparator::at_least:
      return v >= n;
    case Comparator::near:
      return v < n && v * 1000 >= n * policy.near_permille;
    case Comparator::about: {
      const Wide difference = v > n ? v - n : n - v;
      return difference * 1000 <= (n < 0 ? -n : n) * policy.about_permille;
    }
  }
  return false;
}

MetricValue compute_metric(const FigureInputs& inputs, const Metric& metric, std::int64_t claimed) {
  switch (metric.op) {
    case MetricOp::share:
      return compute_share(inputs, metric);
    case MetricOp::min_per_period:
    case MetricOp::each_period:
      return compute_periods(inputs, metric, claimed);
    case MetricOp::years_running:
      return compute_years_running(inputs, metric);
    default:
      return fold(inputs, metric, metric.where, metric.op);
  }
}

std::vector<FigureResult> compute_figures(const FigureInputs& inputs, const Pack& pack) {
  std::vector<FigureResult> out;
  out.reserve(pack.figures.size());
  for (const PackFigure& figure : pack.figures) {
    out.push_back(compute_figure(inputs, figure, pack.policy));
  }
  return out;
}

FigureInputs figure_inputs(const State& state) {
  return {state.facts, [&state](std::uint64_t id) {
            return state.people.representative_of(PersonId{id}).value;
          }};
}

std::vector<FigureResult> compute_figures(const State& state, const Pack& pack) {
  return compute_figures(figure_inputs(state), pack);
}

std::vector<ReconciliationResult> reconcile(const Pack& pack,
                                            const std::vector<FigureResult>& figures) {
  std::vector<ReconciliationResult> out;
  for (const PackReconciliation& rule : pack.reconciliations) {
    ReconciliationResult result;
    result.id = rule.id;
    result.label = rule.label;
    switch (rule.kind) {
      case PackReconciliation::Kind::parts_of_whole:
        reconcile_parts(result, rule, figures);
        break;
      case PackReconciliation::Kind::at_most:
        reconcile_at_most(result, rule, figures);
        break;
      case PackReconciliation::Kind::obligation:
        reconcile_obligation(result, rule, pack, figures);
        break;
    }
    if (!rule.note.zh.empty()) result.reason_zh += "；" + rule.note.zh;
    if (!rule.note.en.empty()) result.reason_en += "; " + rule.note.en;
    out.push_back(std::move(result));
  }
  return out;
}

}  // namespace houniao
