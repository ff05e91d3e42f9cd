#include "replay/rules/rules_institutions_parts.h"

#include <algorithm>

#include "replay/families/parties.h"

namespace houniao::rules::institutions {

namespace {

// Programmes below programmes; a circle of parents ends here.
constexpr int kNestingMax = 16;

std::int64_t quantity_for(const State& state, EventId delivery, Symbol kind) {
  const FactTable::RowSpan rows = state.facts.rows_of(delivery);
  const FactTable::Columns& c = state.facts.columns();
  std::int64_t sum = 0;
  for (std::uint32_t i = rows.first; i < rows.first + rows.count; ++i) {
    const bool of_kind = c.kind[i] == kind.value || c.attr[i] == kind.value;
    if (of_kind && __builtin_add_overflow(sum, c.quantity[i], &sum)) return 0;
  }
  return sum;
}

Fen value_under(const State& state, const Contract& contract, EventId delivery) {
  Fen sum;
  for (const Deliverable& line : contract.deliverables) {
    const std::int64_t quantity = quantity_for(state, delivery, line.kind);
    sum = plus(sum, checked_multiply(line.unit_price, quantity).value_or(Fen{}));
  }
  return sum;
}

}  // namespace

bool counts(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  if (entry == nullptr) return false;
  switch (entry->status) {
    case EventStatus::accepted:
    case EventStatus::flagged:
    case EventStatus::released:
      return true;
    default:
      return false;
  }
}

Seq seq_of(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  return entry == nullptr ? Seq{} : entry->seq;
}

Day occurred_on(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  return entry == nullptr ? Day{} : entry->occurred;
}

Fen plus(Fen a, Fen b) {
  const Fen sum = checked_add(a, b).value_or(kFenMax);
  return std::clamp(sum, Fen{-kFenMax.value}, kFenMax);
}

Fen portion(Fen whole, std::int64_t part, std::int64_t of) {
  if (part <= 0 || of <= 0) return {};
  const std::int64_t within = std::min(part, of);
  return Fen{whole.value / of * within + whole.value % of * within / of};
}

Fen contract_value(const State& state, ContractId id) {
  return id && state.contracts.find(id) != nullptr ? state.ledger.contract(id).value : Fen{};
}

Fen billed(const State& state, EventId delivery) {
  const auto at = state.contracts.billed.find(delivery);
  if (at == state.contracts.billed.end()) return {};
  Fen sum;
  for (const BilledShare& share : at->second) {
    const Milestone* milestone = state.contracts.find_milestone(share.milestone);
    if (milestone == nullptr || !state.in_force(milestone->id)) continue;
    const Contract* contract = state.contracts.find(milestone->contract);
    if (contract == nullptr) continue;
    sum = plus(sum, portion(value_under(state, *contract, delivery), share.permille, 1000));
  }
  return sum;
}

void ContractSum::add(const State& state, ContractId id) {
  if (id && seen_.insert(id.value).second) sum_ = plus(sum_, contract_value(state, id));
}

std::uint64_t root_of(const State& state, std::uint64_t programme) {
  for (int depth = 0; depth < kNestingMax; ++depth) {
    const Programme* found = state.programme(ProgrammeId{programme});
    if (found == nullptr || !found->parent) break;
    programme = found->parent.value;
  }
  return programme;
}

Interests::Interests(const State& state) : state_(state) {
  for (const auto& [id, staff] : state.workforce.staff) {
    offices_.insert({identity_of(state, id.value), staff.employer.value});
  }
  for (const auto& [body, entries] : state.organisations.appointments) {
    for (const AppointmentEntry& entry : entries) {
      offices_.insert({identity_of(state, entry.person), body.value});
    }
  }
  for (const auto& [pair, entries] : state.people.households) {
    if (entries.empty() || entries.back().ended) continue;
    const std::uint64_t one = identity_of(state, pair.first.value);
    const std::uint64_t other = identity_of(state, pair.second.value);
    relatives_[one].push_back(other);
    relatives_[other].push_back(one);
  }
}

bool Interests::may_act(std::uint64_t actor, std::uint64_t party) const {
  if (actor == 0 || party == 0) return false;
  if (same_party(state_, actor, party)) return true;
  const std::uint64_t identity = identity_of(state_, actor);
  if (offices_.contains({identity, party})) return true;
  for (const PersonId id : state_.people.linked(PersonId{identity})) {
    if (state_.organisations.memberships.contains({id.value, party})) return true;
    const Person* person = state_.person(id);
    if (person != nullptr && person->basics.employer.value == party) return true;
  }
  return false;
}

bool Interests::acts_for(std::uint64_t actor, std::uint64_t party, Day day) const {
  return may_act(actor, party) && houniao::acts_for(state_, actor, party, day);
}

bool Interests::relative_acts_for(std::uint64_t actor, std::uint64_t party, Day day) const {
  const auto at = relatives_.find(identity_of(state_, actor));
  return at != relatives_.end() &&
         std::any_of(at->second.begin(), at->second.end(),
                     [&](std::uint64_t relative) { return acts_for(relative, party, day); });
}

std::string yuan(Fen amount) {
  const std::int64_t whole = amount.value / 100;
  const std::int64_t rest = amount.value % 100;
  const std::string cents = std::to_string(rest < 0 ? -rest : rest);
  const std::string sign = amount.value < 0 && whole == 0 ? "-" : "";
  return sign + std::to_string(whole) + (cents.size() < 2 ? ".0" : ".") + cents;
}

}  // namespace houniao::rules::institutions
