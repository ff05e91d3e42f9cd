#include "replay/period_report.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "replay/families/sealing.h"
#include "replay/figures.h"
#include "replay/state.h"
#include "schema/catalogue.h"

namespace houniao {
namespace {

using Json = nlohmann::json;  // members in order of their names

// Saturates, so that a sum is the same whatever the order of its parts may be once it is too large.
void add(std::int64_t& sum, std::int64_t value) {
  if (__builtin_add_overflow(sum, value, &sum)) sum = value < 0 ? INT64_MIN : INT64_MAX;
}

struct Span {
  Day from;
  Day to;
  bool covers(Day day) const { return from <= day && day <= to; }
};

// --- figures ------------------------------------------------------------------------------------

void restrict_days(MetricWhere& where, std::optional<Day> from, Day to) {
  where.booked = true;
  if (from) where.from = std::max(where.from.value_or(*from), *from);
  where.to = std::min(where.to.value_or(to), to);
}

bool depends_on_what_was_before(const Metric& metric) {
  return metric.current || metric.op == MetricOp::level_min || metric.where.last.has_value();
}

bool has_days_of_its_own(const Metric& metric) {
  switch (metric.op) {
    case MetricOp::min_per_period:
    case MetricOp::each_period:
    case MetricOp::mean_per_period:
    case MetricOp::level_min:
      return true;
    case MetricOp::min_per:
    case MetricOp::each_per:
      return metric.in_periods;
    default:
      return false;
  }
}

// False when the metric speaks of other days only.
bool restrict_metric(Metric& metric, const Span& period) {
  std::optional<Day> from = period.from;
  if (depends_on_what_was_before(metric)) from.reset();
  restrict_days(metric.where, from, period.to);
  restrict_days(metric.among, from, period.to);
  if (metric.where.from && *metric.where.to < *metric.where.from) return false;
  if (!has_days_of_its_own(metric)) return true;
  metric.from = std::max(metric.from, period.from);
  metric.to = std::min(metric.to, period.to);
  return metric.from <= metric.to;
}

bool restrict_figure(PackFigure& figure, const Span& period) {
  if (!restrict_metric(figure.metric, period)) return false;
  std::erase_if(figure.also, [&](PackPart& part) { return !restrict_metric(part.metric, period); });
  return true;
}

Json json_of(const FigureResult& figure) {
  Json also = Json::array();
  for (const FigurePart& part : figure.also) {
    also.push_back({{"unit", part.unit}, {"computed", part.computed}});
  }
  return {{"id", figure.id},
          {"unit", figure.unit},
          {"computed", figure.computed},
          {"numerator", figure.detail.numerator},
          {"denominator", figure.detail.denominator},
          {"events", figure.detail.events},
          {"also", std::move(also)}};
}

Json figures_of(const State& state, const std::vector<std::uint64_t>& programmes,
                const Span& period, const Pack* pack) {
  Json out = Json::array();
  if (pack == nullptr) return out;
  FigureInputs inputs = figure_inputs(state);
  inputs.within = programmes;
  for (const FigureResult& figure :
       compute_figures(inputs, restricted_to(*pack, period.from, period.to))) {
    out.push_back(json_of(figure));
  }
  return out;
}

// --- facts --------------------------------------------------------------------------------------

struct Sums {
  std::set<std::uint64_t> events;
  std::int64_t rows = 0;
  std::int64_t quantity = 0;
  std::int64_t minutes = 0;
  std::int64_t amount_fen = 0;
};

std::string type_name(std::uint16_t type) {
  const CatalogueRow* row = find_row(type);
  return row == nullptr ? std::to_string(type) : std::string(row->name);
}

bool is_in(const std::vector<std::uint64_t>& programmes, std::uint64_t programme) {
  return std::binary_search(programmes.begin(), programmes.end(), programme);
}

Json facts_of(const State& state, const std::vector<std::uint64_t>& programmes,
              const Span& period) {
  std::map<std::pair<std::string, std::string>, Sums> sums;
  state.facts.scan(FactFilter{}, [&](const FactTable::Columns& c, std::size_t i) {
    if (!is_in(programmes, c.programme[i]) || !period.covers(booked_day(state, c, i))) return;
    const std::string_view kind = state.symbols().text(Symbol{c.kind[i]});
    Sums& of = sums[{type_name(c.type[i]), std::string(kind)}];
    of.events.insert(c.event[i]);
    ++of.rows;
    add(of.quantity, c.quantity[i]);
    add(of.minutes, c.minutes[i]);
    add(of.amount_fen, c.amount_fen[i]);
  });
  Json out = Json::array();
  for (const auto& [key, of] : sums) {
    out.push_back({{"type", key.first},
                   {"kind", key.second},
                   {"events", of.events.size()},
                   {"rows", of.rows},
                   {"quantity", of.quantity},
                   {"minutes", of.minutes},
                   {"amount_fen", of.amount_fen}});
  }
  return out;
}

// --- the ledger ---------------------------------------------------------------------------------

bool is_money(std::uint16_t type) {
  switch (static_cast<EventType>(type)) {
    case EventType::FUND_SOURCE_ESTABLISHED:
    case EventType::FUNDS_RECEIVED:
    case EventType::BUDGET_ALLOCATED:
    case EventType::DISBURSEMENT_REQUESTED:
    case EventType::DISBURSEMENT_APPROVED:
    case EventType::DISBURSEMENT_PAID:
    case EventType::DISBURSEMENT_REVERSED:
      return true;
    default:
      return false;
  }
}

std::set<FundId> funds_of(const State& state, const std::vector<std::uint64_t>& programmes) {
  std::set<FundId> out;
  state.facts.scan(FactFilter{}, [&](const FactTable::Columns& c, std::size_t i) {
    if (!is_money(c.type[i]) || !is_in(programmes, c.programme[i])) return;
    if (const FundId fund{c.group[i]}; state.funds.find(fund) != nullptr) out.insert(fund);
  });
  return out;
}

// Turnover by kind of posting.
class Movements {
 public:
  void see(PostingKind kind, Fen amount) {
    switch (kind) {
      case PostingKind::received:
        return add(received_, amount.value);
      case PostingKind::allocated:
        return add(allocated_, amount.value);
      case PostingKind::deallocated:
        return add(allocated_, -amount.value);
      case PostingKind::approved:
        return add(approved_, amount.value);
      case PostingKind::paid:
        return add(paid_, amount.value);
      case PostingKind::reversed:
        return add(reversed_, amount.value);
      default:
        return;
    }
  }
  Json json() const {
    return {{"received_fen", received_},
            {"allocated_fen", allocated_},
            {"approved_fen", approved_},
            {"paid_fen", paid_},
            {"reversed_fen", reversed_}};
  }

 private:
  std::int64_t received_ = 0;
  std::int64_t allocated_ = 0;
  std::int64_t approved_ = 0;
  std::int64_t paid_ = 0;
  std::int64_t reversed_ = 0;
};

Json fund_json(const State& state, const Fund& fund, const std::vector<std::uint64_t>& programmes,
               const Span& period) {
  Movements before, within;
  for (const Posting& posting : state.ledger.trace(fund.id)) {
    const FactTable::RowSpan rows = state.facts.rows_of(posting.event);
    const FactTable::Columns& c = state.facts.columns();
    if (rows.count == 0 || !is_in(programmes, c.programme[rows.first])) continue;
    const Day day = booked_day(state, c, rows.first);
    if (day < period.from) before.see(posting.kind, posting.amount);
    if (period.covers(day)) within.see(posting.kind, posting.amount);
  }
  return {{"fund", to_string(EventId{fund.id.value})},
          {"code", std::string(state.symbols().text(fund.code))},
          {"before", before.json()},
          {"period", within.json()}};
}

Json ledger_of(const State& state, const std::vector<std::uint64_t>& programmes,
               const Span& period) {
  Json out = Json::array();
  for (const FundId id : funds_of(state, programmes)) {
    out.push_back(fund_json(state, *state.funds.find(id), programmes, period));
  }
  return out;
}

}  // namespace

Pack restricted_to(const Pack& pack, Day from, Day to) {
  Pack out;
  out.policy = pack.policy;
  out.holidays = pack.holidays;
  for (PackFigure figure : pack.figures) {
    // What the whole claim's doubts rest on says nothing about a part of its days.
    figure.doubts.clear();
    figure.reading.reset();
    if (restrict_figure(figure, {from, to})) out.figures.push_back(std::move(figure));
  }
  return out;
}

Result<std::string> period_report(const State& state, ProgrammeId programme, Day from, Day to,
                                  const Pack* pack) {
  if (to < from) return fail(Errc::invalid_argument, "the period ends before it begins");
  const std::vector<std::uint64_t> programmes = programmes_below(state, programme);
  const Programme* found = state.programme(programme);
  if (programmes.empty() || found == nullptr) {
    return fail(Errc::not_found,
                "the log has no programme " + to_string(EventId{programme.value}) + " in force");
  }
  const Span period{from, to};
  const Json out = {{"format", std::string(kPeriodReportName)},
                    {"programme", to_string(EventId{programme.value})},
                    {"code", std::string(state.symbols().text(found->code))},
                    {"from", to_string(from)},
                    {"to", to_string(to)},
                    {"figures", figures_of(state, programmes, period, pack)},
                    {"facts", facts_of(state, programmes, period)},
                    {"funds", ledger_of(state, programmes, period)}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace houniao
