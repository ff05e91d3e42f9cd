#include "tests/unit/tools/stage/row_count.h"

#include <algorithm>
#include <set>
#include <utility>

namespace houniao::stage {
namespace {

Row row_at(const State& state, std::size_t i) {
  const FactRow fact = state.facts.row(i);
  return {fact, state.symbols().text(fact.kind), state.symbols().text(fact.attr)};
}

bool has(const std::vector<std::uint16_t>& types, std::uint16_t type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}
bool has(const std::vector<std::string>& codes, std::string_view code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}
bool has(const std::vector<std::uint64_t>& ascending, std::uint64_t id) {
  return std::binary_search(ascending.begin(), ascending.end(), id);
}

bool lies_within(std::uint64_t group, const std::optional<std::int64_t>& from,
                 const std::optional<std::int64_t>& to) {
  const auto number = static_cast<std::int64_t>(group);
  return number > 0 && (!from || *from <= number) && (!to || number <= *to);
}

bool flag_is(const std::optional<bool>& wanted, const FactRow& fact, std::uint32_t flag) {
  return !wanted || *wanted == ((fact.flags & flag) != 0);
}

// What a join asks of a row of the entity.
bool answers(const MetricJoin& join, const Row& row) {
  return (join.types.empty() || has(join.types, row.fact.type)) &&
         (join.kinds.empty() || has(join.kinds, row.kind)) &&
         (join.attrs.empty() || has(join.attrs, row.attr)) &&
         row.attr.starts_with(join.attr_prefix) &&
         ((!join.group_from && !join.group_to) ||
          lies_within(row.fact.group, join.group_from, join.group_to));
}

std::uint64_t id_in(const FactRow& fact, FactColumn column) {
  switch (column) {
    case FactColumn::subject:
      return fact.subject;
    case FactColumn::group:
      return fact.group;
    case FactColumn::site:
      return fact.site;
    case FactColumn::organisation:
      return fact.organisation;
    case FactColumn::staff:
      return fact.staff;
  }
  return 0;
}

std::int64_t addend(const Row& row, MetricOf of) {
  if (of == MetricOf::minutes) return row.fact.minutes;
  if (of == MetricOf::amount_fen) return row.fact.amount_fen;
  return row.fact.quantity;
}

std::string name_of_id(std::uint64_t id) { return id == 0 ? std::string{} : std::to_string(id); }

// What makes a row different from others, as text; empty when it tells nothing.
std::string identity(const Ground& ground, const Row& row, MetricOf of) {
  switch (of) {
    case MetricOf::subject:
      return name_of_id(ground.person(row.fact.subject));
    case MetricOf::group:
      return name_of_id(row.fact.group);
    case MetricOf::site:
      return name_of_id(row.fact.site);
    case MetricOf::organisation:
      return name_of_id(row.fact.organisation);
    case MetricOf::staff:
      return name_of_id(row.fact.staff);
    case MetricOf::programme:
      return name_of_id(row.fact.programme);
    case MetricOf::types:
      return std::to_string(row.fact.type);
    case MetricOf::kinds:
      return std::string(row.kind);
    case MetricOf::attrs:
      return std::string(row.attr);
    case MetricOf::days:
      return std::to_string(row.fact.day);
    default:
      return name_of_id(row.fact.event.value);
  }
}

}  // namespace

std::vector<Row> rows_of(const State& state, EventId event) {
  std::vector<Row> out;
  const FactTable::RowSpan span = state.facts.rows_of(event);
  for (std::uint32_t i = 0; i < span.count; ++i) out.push_back(row_at(state, span.first + i));
  return out;
}

Ground::Ground(const State& state, const Pack& pack)
    : state_(state), inputs_(figure_inputs(state)), programmes_(inputs_.programmes(pack.code)) {}

bool Ground::is_of_pack(const FactRow& fact) const { return has(programmes_, fact.programme); }

bool Ground::is_of_programme(const FactRow& fact, const std::string& code) const {
  return has(inputs_.programmes(code), fact.programme);
}

bool Ground::meets(const MetricWhere& where, const Row& row, bool ends) const {
  const FactRow& fact = row.fact;
  if (!has(where.types, fact.type) || !is_of_pack(fact)) return false;
  const bool end = ends && row.ended();
  const auto listed = [&](const std::vector<std::string>& codes, std::string_view code) {
    return codes.empty() || has(codes, code) || (end && code.empty());
  };
  if (!listed(where.kinds, row.kind) || !listed(where.attrs, row.attr)) return false;
  if (has(where.not_kinds, row.kind) || has(where.not_attrs, row.attr)) return false;
  if (!row.attr.starts_with(where.attr_prefix) && !(end && row.attr.empty())) return false;
  if (where.from && fact.day < where.from->value) return false;
  if (where.to && fact.day > where.to->value) return false;
  if ((where.group_from || where.group_to) && !(end && fact.group == 0) &&
      !lies_within(fact.group, where.group_from, where.group_to)) {
    return false;
  }
  if (!flag_is(where.anonymous, fact, kFactAnonymous)) return false;
  if (!flag_is(where.bulk, fact, kFactBulk)) return false;
  if (!ends && !flag_is(where.ended, fact, kFactEnded)) return false;
  if (where.at_site && *where.at_site != (fact.site != 0)) return false;
  return where.programmes.empty() ||
         std::any_of(where.programmes.begin(), where.programmes.end(),
                     [&](const std::string& code) { return is_of_programme(fact, code); });
}

bool Ground::may_meet(const MetricWhere& where, const Row& row) const {
  if (meets(where, row, true)) return true;
  return std::any_of(where.joins.begin(), where.joins.end(),
                     [&](const MetricJoin& join) { return answers(join, row); }) ||
         std::any_of(where.in.begin(), where.in.end(),
                     [&](const MetricIn& in) { return may_meet(in.where, row); });
}

bool Ground::may_meet(const Metric& metric, const Row& row) const {
  return may_meet(metric.where, row) ||
         (metric.op == MetricOp::share && may_meet(metric.among, row)) ||
         (metric.population && may_meet(metric.population->where, row));
}

bool Ground::passes_joins(const MetricWhere& where, const Row& row) const {
  return std::all_of(where.joins.begin(), where.joins.end(), [&](const MetricJoin& join) {
    const std::uint64_t id = id_in(row.fact, join.column);
    const std::vector<Row> entity = rows_of(state_, EventId{id});
    return id != 0 && std::any_of(entity.begin(), entity.end(),
                                  [&](const Row& other) { return answers(join, other); });
  });
}

std::uint64_t Ground::person(std::uint64_t id) const {
  return state_.people.representative_of(PersonId{id}).value;
}

std::vector<Number> numbers_of(const State& state, const Pack& pack) {
  const FigureInputs inputs = figure_inputs(state);
  const FigureInputs of_pack = inputs_of(inputs, pack);
  const std::vector<FigureResult> figures = compute_figures(state, pack);
  std::vector<Number> out;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const PackFigure& claim = pack.figures[i];
    const MetricValue& own = figures[i].detail;
    out.push_back({claim.id, &claim.metric, true, own.value, own.numerator, own.denominator});
    for (std::size_t j = 0; j < claim.also.size(); ++j) {
      const Metric& metric = claim.also[j].metric;
      const bool stored = metric.scale == 1 && metric.scale_divisor == 1;
      out.push_back({claim.id + " part " + std::to_string(j + 1), &metric, stored,
                     figures[i].also[j].computed, 0, 0});
    }
    if (!claim.reading) continue;
    const Metric& metric = claim.reading->metric;
    const MetricValue other = compute_metric(of_pack, metric, claim.value);
    out.push_back({claim.id + " other reading", &metric, true, other.value, other.numerator,
                   other.denominator});
  }
  return out;
}

bool is_plain(const Number& number) {
  const Metric& metric = *number.metric;
  if (metric.op != MetricOp::count && metric.op != MetricOp::sum &&
      metric.op != MetricOp::distinct) {
    return false;
  }
  return number.in_stored_units && !metric.current && !metric.where.last &&
         metric.where.in.empty() && !metric.where.booked;
}

std::int64_t tally(const Ground& ground, const Metric& metric, const std::vector<Row>& rows) {
  std::int64_t sum = 0;
  std::set<std::string> different;
  for (const Row& row : rows) {
    if (!ground.meets(metric.where, row) || !ground.passes_joins(metric.where, row)) continue;
    if (metric.op == MetricOp::sum) {
      sum += addend(row, metric.of);
    } else if (metric.op == MetricOp::count && metric.of == MetricOf::rows) {
      ++sum;
    } else {
      const MetricOf of = metric.op == MetricOp::count ? MetricOf::events : metric.of;
      std::string name = identity(ground, row, of);
      if (!name.empty()) different.insert(std::move(name));
    }
  }
  return sum + static_cast<std::int64_t>(different.size());
}

std::int64_t tally(const Ground& ground, const Metric& metric, const State& state) {
  std::vector<Row> rows;
  const FactTable::Columns& c = state.facts.columns();
  for (std::size_t i = 0; i < state.facts.size(); ++i) {
    if (c.event[i] != 0 && has(metric.where.types, c.type[i])) rows.push_back(row_at(state, i));
  }
  return tally(ground, metric, rows);
}

}  // namespace houniao::stage
