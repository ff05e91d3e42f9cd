#include "replay/report_diff.h"

#include <algorithm>
#include <tuple>

#include "replay/selection.h"
#include "replay/state.h"

namespace houniao {

std::string_view name_of(ChangeCause cause) {
  static constexpr std::string_view kNames[] = {
#define X(name, zh, en) #name,
      HOUNIAO_CHANGE_CAUSES(X)
#undef X
  };
  return kNames[static_cast<std::size_t>(cause)];
}
std::string_view name_zh(ChangeCause cause) {
  static constexpr std::string_view kNames[] = {
#define X(name, zh, en) zh,
      HOUNIAO_CHANGE_CAUSES(X)
#undef X
  };
  return kNames[static_cast<std::size_t>(cause)];
}
std::string_view name_en(ChangeCause cause) {
  static constexpr std::string_view kNames[] = {
#define X(name, zh, en) en,
      HOUNIAO_CHANGE_CAUSES(X)
#undef X
  };
  return kNames[static_cast<std::size_t>(cause)];
}

namespace {

void collect(const State& state, const FigureInputs& inputs, const MetricWhere& where,
             ReportBasis& out) {
  RowSelection selection(inputs, where);
  selection.each([&](const FactColumns& c, std::size_t i) {
    FactRow row = state.facts.row(i);
    // What a flag says of the arrival may change without the figure.
    row.flags &= ~(kFactFlagged | kFactOrphan);
    row.subject = inputs.canonical ? inputs.canonical(row.subject) : row.subject;
    out.rows[EventId{c.event[i]}].push_back(row);
  });
}

struct Sums {
  std::int64_t quantity = 0;
  std::int64_t minutes = 0;
  std::int64_t amount = 0;
};
// Saturates: a difference is for people to read.
void add(std::int64_t& sum, std::int64_t value) {
  if (__builtin_add_overflow(sum, value, &sum)) sum = value < 0 ? INT64_MIN : INT64_MAX;
}
Sums sums_of(const std::vector<FactRow>* rows) {
  Sums out;
  if (rows == nullptr) return out;
  for (const FactRow& row : *rows) {
    add(out.quantity, row.quantity);
    add(out.minutes, row.minutes);
    add(out.amount, row.amount_fen);
  }
  return out;
}

Seq seq_of(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  return entry == nullptr ? Seq{} : entry->seq;
}

// The last statement about the event that lies after the earlier place.
template <class List, class Event>
const typename List::mapped_type::value_type* latest(const List& list, EventId target,
                                                     const State& state, TreeSize since,
                                                     Event&& event) {
  const auto at = list.find(target);
  if (at == list.end()) return nullptr;
  const typename List::mapped_type::value_type* found = nullptr;
  for (const auto& statement : at->second) {
    if (seq_of(state, event(statement)).value < since.value) continue;
    if (found == nullptr || seq_of(state, event(*found)) < seq_of(state, event(statement))) {
      found = &statement;
    }
  }
  return found;
}

void explain(const State& state, TreeSize since, bool gone, ReportChange& change) {
  const auto set = [&](ChangeCause cause, EventId by, std::string reason) {
    change.cause = cause;
    change.by = by;
    change.by_seq = seq_of(state, by);
    change.reason = std::move(reason);
  };
  const AuditState& audit = state.audit;
  if (const Retraction* by = latest(audit.retractions, change.event, state, since,
                                    [](const Retraction& r) { return r.event; })) {
    return set(ChangeCause::retracted, by->event, by->reason);
  }
  if (const HeldDecision* by = latest(audit.decisions, change.event, state, since,
                                      [](const HeldDecision& d) { return d.event; })) {
    return set(by->released ? ChangeCause::released : ChangeCause::refused, by->event, by->reason);
  }
  if (const Correction* by = latest(audit.corrections, change.event, state, since,
                                    [](const Correction& c) { return c.order.event; })) {
    return set(ChangeCause::corrected, by->order.event,
               std::string(state.symbols().text(by->reason)));
  }
  if (change.seq.value >= since.value) return set(ChangeCause::recorded, change.event, "");
  set(gone ? ChangeCause::displaced : ChangeCause::completed, {}, "");
}

}  // namespace

ReportBasis report_basis(const State& state, TreeSize size, const Pack& pack,
                         const PackFigure& figure) {
  ReportBasis out;
  out.size = size;
  const PackReport report = pack_report(state, pack);
  for (const FigureResult& result : report.figures) {
    if (result.id == figure.id) out.figure = result;
  }
  const FigureInputs inputs = inputs_of(figure_inputs(state), pack);
  collect(state, inputs, figure.metric.where, out);
  if (figure.metric.op == MetricOp::share) collect(state, inputs, figure.metric.among, out);
  if (figure.metric.population) collect(state, inputs, figure.metric.population->where, out);
  for (auto& [event, rows] : out.rows) {
    std::sort(rows.begin(), rows.end(), [](const FactRow& a, const FactRow& b) {
      return std::tie(a.subject, a.kind.value, a.day, a.quantity) <
             std::tie(b.subject, b.kind.value, b.day, b.quantity);
    });
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  }
  return out;
}

std::vector<ReportChange> report_diff(const ReportBasis& before, const ReportBasis& after,
                                      const State& state) {
  std::vector<ReportChange> out;
  const auto compare = [&](EventId event, const std::vector<FactRow>* was,
                           const std::vector<FactRow>* is) {
    if (was != nullptr && is != nullptr && *was == *is) return;
    const Sums a = sums_of(was);
    const Sums b = sums_of(is);
    ReportChange change;
    change.event = event;
    change.seq = seq_of(state, event);
    change.quantity_before = a.quantity;
    change.quantity_after = b.quantity;
    change.minutes_before = a.minutes;
    change.minutes_after = b.minutes;
    change.amount_fen_before = a.amount;
    change.amount_fen_after = b.amount;
    explain(state, before.size, is == nullptr, change);
    out.push_back(std::move(change));
  };
  auto was = before.rows.begin();
  auto is = after.rows.begin();
  while (was != before.rows.end() || is != after.rows.end()) {
    if (is == after.rows.end() || (was != before.rows.end() && was->first < is->first)) {
      compare(was->first, &was->second, nullptr);
      ++was;
    } else if (was == before.rows.end() || is->first < was->first) {
      compare(is->first, nullptr, &is->second);
      ++is;
    } else {
      compare(was->first, &was->second, &is->second);
      ++was;
      ++is;
    }
  }
  return out;
}

}  // namespace houniao
