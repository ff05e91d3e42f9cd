#include "replay/rules/rules_conduct.h"

#include <algorithm>

#include "replay/figures.h"

namespace houniao::rules {
namespace {

// The price of one unit of what a row is about, by the contract's deliverables; 0 for none.
Fen price_of(const Contract& contract, Symbol kind, Symbol attr) {
  for (const Deliverable& line : contract.deliverables) {
    if (line.kind == kind || line.kind == attr) return line.unit_price;
  }
  return {};
}

// What the rows of a delivery come to on one contract; of one that was taken back, those that it
// had.
Fen worth_on(const State& state, const Contract& contract, EventId unit) {
  Fen sum;
  const auto add = [&](Symbol kind, Symbol attr, std::int64_t quantity) {
    const Fen price = price_of(contract, kind, attr);
    sum = plus(sum, checked_multiply(price, quantity).value_or(kFenMax));
  };
  if (const auto kept = state.audit.retracted_rows.find(unit);
      kept != state.audit.retracted_rows.end()) {
    for (const KeptRow& item : kept->second) add(item.row.kind, item.row.attr, item.row.quantity);
    return sum;
  }
  const FactTable::Columns& c = state.facts.columns();
  const FactTable::RowSpan rows = state.facts.rows_of(unit);
  for (std::uint32_t i = rows.first; i < rows.first + rows.count; ++i) {
    add(Symbol{c.kind[i]}, Symbol{c.attr[i]}, c.quantity[i]);
  }
  return sum;
}

}  // namespace

void doubt(std::vector<Anomaly>& out, std::vector<EventId> events, std::uint64_t subject,
           Fen at_risk, std::string zh, std::string en) {
  Anomaly anomaly;
  anomaly.events = std::move(events);
  anomaly.subject = subject;
  anomaly.at_risk = at_risk;
  anomaly.zh = std::move(zh);
  anomaly.en = std::move(en);
  out.push_back(std::move(anomaly));
}

std::int64_t capped(const Parameters& parameters, std::string_view name, std::int64_t most) {
  return std::clamp<std::int64_t>(parameters.get(name), 0, most);
}

Fen plus(Fen a, Fen b) {
  const std::int64_t left = std::clamp<std::int64_t>(a.value, 0, kFenMax.value);
  const std::int64_t right = std::clamp<std::int64_t>(b.value, 0, kFenMax.value);
  return Fen{std::min(left + right, kFenMax.value)};
}

std::string number(std::int64_t value) { return with_commas(value); }

std::string yuan(Fen amount) {
  const std::int64_t fen = amount.value < 0 ? 0 : amount.value;
  const std::int64_t cents = fen % 100;
  return with_commas(fen / 100) + (cents < 10 ? ".0" : ".") + std::to_string(cents);
}

Fen billed_value(const State& state, EventId unit) {
  const auto at = state.contracts.billed.find(unit);
  if (at == state.contracts.billed.end()) return {};
  Fen sum;
  for (const BilledShare& share : at->second) {
    const Milestone* milestone = state.contracts.find_milestone(share.milestone);
    if (milestone == nullptr || milestone->accepted.value == 0) continue;
    const Contract* contract = state.contracts.find(milestone->contract);
    if (contract == nullptr) continue;
    const Fen whole = std::min(worth_on(state, *contract, unit), milestone->accepted);
    sum = plus(
        sum, Fen{whole.value / 1000 * share.permille + whole.value % 1000 * share.permille / 1000});
  }
  return sum;
}

std::int64_t people_in(const State& state, EventId unit) {
  if (state.sessions.find(SessionId{unit.value}) != nullptr) {
    const std::uint64_t people = people_at(state, unit.value);
    return static_cast<std::int64_t>(std::min<std::uint64_t>(people, 1'000'000'000));
  }
  const FactTable::RowSpan rows = state.facts.rows_of(unit);
  std::int64_t sum = 0;
  for (std::uint32_t i = rows.first; i < rows.first + rows.count; ++i) {
    const std::int64_t quantity = state.facts.columns().quantity[i];
    sum += std::clamp<std::int64_t>(quantity, 0, 1'000'000'000);
  }
  return sum;
}

int minute_of_day(std::int64_t at_ms) {
  constexpr std::int64_t kDayMs = 86'400'000;
  constexpr std::int64_t kShanghaiMs = 8 * 3'600'000;
  // The remainders are taken first, so that no stated time can overflow the sum.
  const std::int64_t in_day = ((at_ms % kDayMs + kShanghaiMs) % kDayMs + kDayMs) % kDayMs;
  return static_cast<int>(in_day / 60'000);
}

std::string_view status_zh(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  return entry == nullptr ? std::string_view{} : name_zh(entry->status);
}

std::string_view status_en(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  return entry == nullptr ? std::string_view{} : name_of(entry->status);
}

std::span<const RuleRow> rules_of_conduct() {
  static const std::vector<RuleRow> rows = [] {
    std::vector<RuleRow> out;
    for (const auto part :
         {rules_of_contract_drift(), rules_of_duties(), rules_of_funds(), rules_of_promises(),
          rules_of_evidence(), rules_of_opinions(), rules_of_points(), rules_of_stock(),
          rules_of_figures(), rules_of_devices(), rules_of_corrections(), rules_of_casework()}) {
      out.insert(out.end(), part.begin(), part.end());
    }
    return out;
  }();
  return rows;
}

}  // namespace houniao::rules
