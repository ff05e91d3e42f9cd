#include "replay/families/contracts.h"

#include <algorithm>
#include <limits>

#include "replay/families/delivery.h"

namespace houniao {

namespace {

constexpr std::int64_t kQuantityMax = 1'000'000'000;
constexpr std::int64_t kMinutesPerHour = 60;

AccountId account(AccountKind kind, ContractId contract) { return {kind, contract.value}; }

// Adds amounts that are each at most kFenMax; stays at the largest value instead of overflowing.
Fen saturating_sum(Fen a, Fen b) {
  return checked_add(a, b).value_or(Fen{std::numeric_limits<std::int64_t>::max()});
}

Deliverable* find_deliverable(Contract& contract, Symbol code) {
  for (Deliverable& deliverable : contract.deliverables) {
    if (deliverable.code == code) return &deliverable;
  }
  return nullptr;
}
const Deliverable* find_deliverable(const Contract& contract, Symbol code) {
  return find_deliverable(const_cast<Contract&>(contract), code);
}

bool is_of_type(const State& state, EventId id, EventType type) {
  const EventEntry* entry = state.events.find(id);
  return entry != nullptr && entry->type == static_cast<std::uint16_t>(type);
}

// The shares that a delivery declares: its own, or those of the plan that its session was held on.
const std::vector<DeclaredShare>* declared_shares(const State& state, EventId unit) {
  if (auto own = state.contracts.shares.find(unit); own != state.contracts.shares.end()) {
    return &own->second;
  }
  SessionId session{unit.value};
  if (state.sessions.find(session) == nullptr) {
    const FactTable::RowSpan rows = state.facts.rows_of(unit);
    if (rows.count == 0) return nullptr;
    session = SessionId{state.facts.columns().group[rows.first]};
  }
  const Session* held = state.sessions.find(session);
  if (held == nullptr) return nullptr;
  auto plan = state.contracts.shares.find(EventId{held->occasion().value});
  return plan == state.contracts.shares.end() ? nullptr : &plan->second;
}

std::uint16_t share_of(const State& state, const Contract& contract, EventId unit) {
  const std::vector<DeclaredShare>* shares = declared_shares(state, unit);
  if (shares == nullptr) return 1000;
  std::uint32_t permille = 0;
  for (const DeclaredShare& share : *shares) {
    if (std::find(contract.funds.begin(), contract.funds.end(), share.fund) !=
        contract.funds.end()) {
      permille += share.permille;
    }
  }
  // Money that was not declared before the delivery has no share of it: it would bill all of it.
  return permille == 0 || permille > 1000 ? std::uint16_t{1000}
                                          : static_cast<std::uint16_t>(permille);
}

std::vector<EventId> distinct_units(capnp::List<std::uint64_t>::Reader units) {
  std::vector<EventId> out;
  for (std::uint64_t unit : distinct_persons(units)) out.push_back(EventId{unit});
  return out;
}

std::vector<EventId> distinct_billed(const State& state, const std::vector<EventId>& units) {
  std::vector<EventId> out;
  for (EventId unit : units) out.push_back(billed_unit(state, unit));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// What the listed deliveries amount to for one deliverable, in its unit; of hours of service the
// whole ones.
std::int64_t delivered(const State& state, const std::vector<EventId>& units, Symbol kind) {
  std::int64_t sum = 0;
  std::int64_t minutes = 0;
  const FactTable::Columns& c = state.facts.columns();
  for (EventId unit : units) {
    const FactTable::RowSpan rows = state.facts.rows_of(unit);
    for (std::uint32_t i = rows.first; i < rows.first + rows.count; ++i) {
      if (c.kind[i] != kind.value && c.attr[i] != kind.value) continue;
      if (is_of_type(state, unit, schema::Event::Body::HOURS_CONFIRMED)) {
        minutes += c.minutes[i];
      } else if (__builtin_add_overflow(sum, c.quantity[i], &sum)) {
        return kQuantityMax;
      }
    }
  }
  return saturating_sum(Fen{sum}, Fen{minutes / kMinutesPerHour}).value;
}

FactRow contract_row(State& state, const EventContext& context, ContractId id) {
  FactRow row = start_row(context);
  row.group = id.value;
  if (const Contract* contract = state.contracts.find(id)) {
    row.kind = state.intern(contract->number);
    if (!contract->contractors.empty()) row.subject = contract->contractors.front().value;
  }
  return row;
}

Fen supplements(const Contract& contract) {
  Fen sum;
  for (const Amendment& amendment : contract.amendments) {
    if (amendment.delta.value > 0) sum = saturating_sum(sum, amendment.delta);
  }
  return sum;
}

bool within(std::int64_t value, std::int64_t max) { return value >= 0 && value <= max; }

}  // namespace

bool is_delivery(std::uint16_t type) {
  switch (static_cast<EventType>(type)) {
    case schema::Event::Body::SESSION_HELD:
    case schema::Event::Body::ATTENDANCE_RECORDED:
    case schema::Event::Body::SERVICE_DELIVERED:
    case schema::Event::Body::AGENCY_CASE_OPENED:
    case schema::Event::Body::AGENCY_CASE_PROGRESSED:
    case schema::Event::Body::HOURS_CONFIRMED:
      return true;
    default:
      return false;
  }
}

EventId billed_unit(const State& state, EventId delivery) {
  if (!is_of_type(state, delivery, schema::Event::Body::AGENCY_CASE_PROGRESSED)) return delivery;
  const FactTable::RowSpan rows = state.facts.rows_of(delivery);
  return rows.count == 0 ? delivery : EventId{state.facts.columns().group[rows.first]};
}

Day Contract::ends_on() const {
  Day end = to;
  for (const Amendment& amendment : amendments) {
    if (amendment.to.value != 0) end = std::max(end, amendment.to);
  }
  return end;
}

std::uint32_t ContractsState::billed_permille(EventId unit, bool accepted_only) const {
  auto at = billed.find(unit);
  if (at == billed.end()) return 0;
  std::uint32_t sum = 0;
  for (const BilledShare& share : at->second) {
    const Milestone* milestone = find_milestone(share.milestone);
    if (milestone == nullptr || (accepted_only && milestone->accepted.value == 0)) continue;
    sum += share.permille;
  }
  return sum;
}

Fen payable(const State& state, const Contract& contract, bool advance) {
  const ContractTotals totals = state.ledger.contract(contract.id);
  const std::int64_t approved = totals.approved.value;
  std::int64_t limit = totals.accepted.value - approved;
  if (advance) {
    // Work that is accepted earns the advance, so what it covers is not paid twice.
    limit = std::max(totals.accepted.value, contract.advance.value) - approved;
    limit = std::min(limit, contract.advance.value - totals.advance_approved.value);
  }
  limit = std::min(limit, totals.value.value - approved);
  return Fen{std::max<std::int64_t>(limit, 0)};
}

bool keeps_i4(const State& state, const Contract& contract) {
  const ContractTotals totals = state.ledger.contract(contract.id);
  const Fen earned = std::max(totals.accepted, contract.advance);
  return totals.net_paid() <= totals.approved && totals.approved <= totals.value &&
         totals.approved <= earned && totals.accepted <= totals.value &&
         totals.net_paid() >= Fen{0};
}

void admit(const State& state, const EventContext& context, schema::ContractSigned::Reader body,
           Reasons& reasons) {
  const std::string number{view(body.getNumber())};
  reasons.add_if(number.empty(), Reason::text_missing);
  if (auto same = state.contracts.by_number.find(number); same != state.contracts.by_number.end()) {
    reasons.add_if(same->second.front() != entity_cast<ContractId>(context.id),
                   Reason::contract_number_taken);
  }
  check_known_organisation(state, OrganisationId{body.getBuyer()}, reasons);
  reasons.add_if(body.getBuyer() == 0 || body.getContractors().size() == 0,
                 Reason::parties_too_few);
  for (std::uint64_t contractor : body.getContractors()) {
    check_known_organisation(state, OrganisationId{contractor}, reasons);
    reasons.add_if(contractor == body.getBuyer() || contractor == 0, Reason::parties_too_few);
  }
  for (std::uint64_t fund : body.getFunds()) {
    if (state.funds.find(FundId{fund}) == nullptr) not_found(state, fund, reasons);
  }
  check_interval(Day{body.getFromDay()}, Day{body.getToDay()}, reasons);
  if (!valid_amount(body.getAmountFen())) return reasons.add(Reason::amount_invalid);
  reasons.add_if(!within(body.getAdvanceFen(), body.getAmountFen()), Reason::advance_invalid);
  Fen sum;
  for (const auto& line : body.getDeliverables()) {
    const bool valid = line.getQuantity() > 0 && line.getQuantity() <= kQuantityMax &&
                       within(line.getUnitPriceFen(), kFenMax.value);
    reasons.add_if(!valid, Reason::value_invalid);
    reasons.add_if(line.getCode().size() == 0, Reason::text_missing);
    const auto price = checked_multiply(Fen{line.getUnitPriceFen()}, line.getQuantity());
    sum = price ? saturating_sum(sum, *price) : Fen{std::numeric_limits<std::int64_t>::max()};
  }
  reasons.add_if(body.getDeliverables().size() != 0 && sum != Fen{body.getAmountFen()},
                 Reason::deliverables_differ);
}

void apply(State& state, const EventContext& context, schema::ContractSigned::Reader body) {
  if (context.provisional) return;
  Contract contract;
  contract.id = entity_cast<ContractId>(context.id);
  contract.number = std::string(view(body.getNumber()));
  contract.buyer = OrganisationId{body.getBuyer()};
  for (std::uint64_t id : body.getContractors()) contract.contractors.push_back(OrganisationId{id});
  for (std::uint64_t id : body.getFunds()) contract.funds.push_back(FundId{id});
  for (const auto& line : body.getDeliverables()) {
    contract.deliverables.push_back({.code = state.intern(view(line.getCode())),
                                     .kind = state.intern(view(line.getKind())),
                                     .unit = state.intern(view(line.getUnit())),
                                     .quantity = line.getQuantity(),
                                     .unit_price = Fen{line.getUnitPriceFen()}});
  }
  contract.signed_amount = Fen{body.getAmountFen()};
  contract.advance = Fen{body.getAdvanceFen()};
  contract.from = Day{body.getFromDay()};
  contract.to = Day{body.getToDay()};
  insert_sorted(state.contracts.by_number[contract.number], contract.id);
  state.ledger.post(context.id, PostingKind::signed_value,
                    account(AccountKind::contract_source, contract.id),
                    account(AccountKind::contract_open, contract.id), contract.signed_amount);
  const ContractId id = contract.id;
  state.contracts.contracts.insert_or_assign(id, std::move(contract));
  FactRow row = contract_row(state, context, id);
  row.amount_fen = body.getAmountFen();
  state.facts.add(row);
}

void admit(const State& state, const EventContext& context, schema::ContractAmended::Reader body,
           Reasons& reasons) {
  const ContractId id{body.getContract()};
  const Contract* contract = state.contracts.find(id);
  if (contract == nullptr) return not_found(state, id.value, reasons);
  reasons.add_if(contract->is_closed(), Reason::contract_closed);
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  reasons.add_if(body.getApprover() != 0 && body.getApprover() == context.actor(),
                 Reason::duties_not_separated);
  reasons.add_if(body.getToDay() != 0 && Day{body.getToDay()} < contract->from,
                 Reason::interval_invalid);
  const std::int64_t delta = body.getDeltaFen();
  if (delta == 0) {
    reasons.add_if(body.getToDay() == 0, Reason::amount_invalid);
    return;
  }
  if (delta > kFenMax.value || delta < -kFenMax.value) return reasons.add(Reason::amount_invalid);
  const AccountId source = account(AccountKind::contract_source, id);
  const AccountId open = account(AccountKind::contract_open, id);
  if (delta > 0) {
    const Fen total = saturating_sum(supplements(*contract), Fen{delta});
    reasons.add_if(
        body.getLegalGround().size() == 0 && total.value > contract->signed_amount.value / 10,
        Reason::amendment_over_tenth);
    reasons.add_if(!state.ledger.can_post(source, open, Fen{delta}), Reason::ledger_limit);
    return;
  }
  // Neither what is accepted nor what is approved for payment may exceed the new value.
  const ContractTotals totals = state.ledger.contract(id);
  const std::int64_t value = totals.value.value + delta;
  reasons.add_if(value < totals.accepted.value || value < totals.approved.value || value <= 0,
                 Reason::over_contract_value);
  reasons.add_if(!state.ledger.can_post(open, source, Fen{-delta}), Reason::ledger_limit);
}

void apply(State& state, const EventContext& context, schema::ContractAmended::Reader body) {
  const ContractId id{body.getContract()};
  auto at = state.contracts.contracts.find(id);
  if (context.provisional || at == state.contracts.contracts.end()) return;
  const std::int64_t delta = body.getDeltaFen();
  insert_by_event(at->second.amendments, Amendment{context.id, Fen{delta}, Day{body.getToDay()}});
  const AccountId source = account(AccountKind::contract_source, id);
  const AccountId open = account(AccountKind::contract_open, id);
  if (delta > 0) {
    state.ledger.post(context.id, PostingKind::amended, source, open, Fen{delta});
  } else if (delta != 0 && delta >= -kFenMax.value) {
    state.ledger.post(context.id, PostingKind::amended, open, source, Fen{-delta});
  }
  FactRow row = contract_row(state, context, id);
  row.amount_fen = delta;
  state.facts.add(row);
}

void admit(const State& state, const EventContext&, schema::MilestoneSubmitted::Reader body,
           Reasons& reasons) {
  const std::vector<EventId> units = distinct_units(body.getUnits());
  for (EventId unit : units) {
    const EventEntry* entry = state.events.find(unit);
    if (entry == nullptr || !entry->in_force()) {
      // A delivery that was taken back will not come again.
      if (state.is_retracted(unit)) {
        reasons.add(Reason::target_retracted);
      } else {
        reasons.orphan(unit);
      }
    } else {
      reasons.add_if(!is_delivery(entry->type), Reason::unit_not_delivery);
    }
  }
  const ContractId id{body.getContract()};
  const Contract* contract = state.contracts.find(id);
  if (contract == nullptr) return not_found(state, id.value, reasons);
  reasons.add_if(contract->is_closed(), Reason::contract_closed);
  reasons.add_if(body.getLines().size() == 0 && units.empty(), Reason::nobody_served);
  for (const auto& line : body.getLines()) {
    const Deliverable* deliverable =
        find_deliverable(*contract, state.symbols().find(view(line.getDeliverable())));
    reasons.add_if(deliverable == nullptr, Reason::deliverable_unknown);
    const std::int64_t quantity = line.getQuantity();
    reasons.add_if(quantity <= 0 || quantity > kQuantityMax, Reason::value_invalid);
    if (deliverable == nullptr || quantity <= 0 || quantity > kQuantityMax) continue;
    reasons.add_if(deliverable->claimed > deliverable->quantity - quantity,
                   Reason::accepted_exceeds_claim);
    reasons.add_if(!units.empty() && delivered(state, units, deliverable->kind) < quantity,
                   Reason::units_differ_from_lines);
  }
  const std::vector<EventId> billed = distinct_billed(state, units);
  reasons.add_if(billed.size() < units.size(), Reason::unit_billed_twice);
  for (EventId unit : billed) {
    reasons.add_if(
        state.contracts.billed_permille(unit, false) + share_of(state, *contract, unit) > 1000,
        Reason::unit_billed_twice);
  }
}

void apply(State& state, const EventContext& context, schema::MilestoneSubmitted::Reader body) {
  const ContractId id{body.getContract()};
  FactRow row = contract_row(state, context, id);
  state.facts.add(row);
  auto at = state.contracts.contracts.find(id);
  if (context.provisional || at == state.contracts.contracts.end()) return;
  Contract& contract = at->second;

  Milestone milestone;
  milestone.id = entity_cast<MilestoneId>(context.id);
  milestone.contract = id;
  milestone.submitter = context.actor();
  for (const auto& line : body.getLines()) {
    const std::int64_t quantity = line.getQuantity();
    if (quantity <= 0 || quantity > kQuantityMax) continue;
    const Symbol code = state.intern(view(line.getDeliverable()));
    milestone.lines.push_back({code, quantity});
    if (Deliverable* deliverable = find_deliverable(contract, code)) {
      if (__builtin_add_overflow(deliverable->claimed, quantity, &deliverable->claimed)) {
        deliverable->claimed = std::numeric_limits<std::int64_t>::max();
      }
    }
  }
  milestone.units = distinct_units(body.getUnits());
  milestone.billed = distinct_billed(state, milestone.units);
  for (EventId unit : milestone.billed) {
    insert_sorted(
        state.contracts.billed[unit], BilledShare{milestone.id, share_of(state, contract, unit)},
        [](const BilledShare& a, const BilledShare& b) { return a.milestone < b.milestone; });
  }
  state.contracts.milestones.insert_or_assign(milestone.id, std::move(milestone));
}

namespace {

// I27, 实施条例 45: every standard is listed, the people served gave an opinion, the result is
// public.
void check_acceptance_form(schema::MilestoneReviewed::Reader body, Reasons& reasons) {
  reasons.add_if(!body.getStandardsListed() || body.getBeneficiaryOpinions() == 0 ||
                     body.getDisclosure().size() == 0,
                 Reason::acceptance_incomplete);
}

// Accepted quantities stay within what was claimed, and the amount within their price.
void check_acceptance_amount(const State& state, const Contract& contract,
                             const Milestone& milestone, schema::MilestoneReviewed::Reader body,
                             Reasons& reasons) {
  Fen worth;
  for (const auto& line : body.getLines()) {
    const Symbol code = state.symbols().find(view(line.getDeliverable()));
    std::int64_t claimed = 0;
    for (const MilestoneLine& own : milestone.lines) {
      if (own.deliverable == code) claimed = saturating_sum(Fen{claimed}, Fen{own.quantity}).value;
    }
    const Deliverable* deliverable = find_deliverable(contract, code);
    reasons.add_if(deliverable == nullptr, Reason::deliverable_unknown);
    const std::int64_t accepted = line.getAccepted();
    const std::int64_t refused = line.getRefused();
    if (!within(accepted, kQuantityMax) || !within(refused, kQuantityMax)) {
      reasons.add(Reason::value_invalid);
      continue;
    }
    reasons.add_if(accepted + refused > claimed, Reason::accepted_exceeds_claim);
    reasons.add_if(refused != 0 && line.getReason().size() == 0, Reason::reason_missing);
    if (deliverable == nullptr) continue;
    const auto price = checked_multiply(deliverable->unit_price, accepted);
    worth = price ? saturating_sum(worth, *price) : kFenMax;
  }
  reasons.add_if(!contract.deliverables.empty() && Fen{body.getAcceptedFen()} > worth,
                 Reason::accepted_exceeds_claim);
}

}  // namespace

void admit(const State& state, const EventContext& context, schema::MilestoneReviewed::Reader body,
           Reasons& reasons) {
  const MilestoneId id{body.getMilestone()};
  const Milestone* milestone = state.contracts.find_milestone(id);
  if (milestone == nullptr) return not_found(state, id.value, reasons);
  const Contract* contract = state.contracts.find(milestone->contract);
  if (contract == nullptr) return not_found(state, milestone->contract.value, reasons);
  reasons.add_if(milestone->is_reviewed(), Reason::milestone_reviewed);
  reasons.add_if(contract->is_closed(), Reason::contract_closed);
  reasons.add_if(context.actor() == milestone->submitter, Reason::duties_not_separated);
  for (std::uint64_t reviewer : body.getReviewers()) {
    reasons.add_if(reviewer == milestone->submitter, Reason::duties_not_separated);
  }
  check_acceptance_form(body, reasons);
  if (!within(body.getAcceptedFen(), kFenMax.value)) return reasons.add(Reason::amount_invalid);
  check_acceptance_amount(state, *contract, *milestone, body, reasons);
  if (body.getAcceptedFen() == 0) return;  // everything refused

  for (EventId unit : milestone->units) {
    reasons.add_if(state.is_retracted(unit), Reason::target_retracted);
  }
  reasons.add_if(milestone->billed.size() < milestone->units.size(), Reason::unit_billed_twice);
  for (EventId unit : milestone->billed) {
    reasons.add_if(
        state.contracts.billed_permille(unit, true) + share_of(state, *contract, unit) > 1000,
        Reason::unit_billed_twice);
  }
  const Fen accepted{body.getAcceptedFen()};
  const AccountId open = account(AccountKind::contract_open, contract->id);
  const AccountId due = account(AccountKind::contract_due, contract->id);
  reasons.add_if(state.ledger.balance(open) < accepted, Reason::over_contract_value);
  reasons.add_if(!state.ledger.can_post(open, due, accepted), Reason::ledger_limit);
}

void apply(State& state, const EventContext& context, schema::MilestoneReviewed::Reader body) {
  auto at = state.contracts.milestones.find(MilestoneId{body.getMilestone()});
  if (context.provisional || at == state.contracts.milestones.end()) return;
  Milestone& milestone = at->second;
  milestone.review = context.id;
  milestone.reviewer = context.actor();
  if (auto contract = state.contracts.contracts.find(milestone.contract);
      contract != state.contracts.contracts.end()) {
    for (const auto& line : body.getLines()) {
      const Symbol code = state.symbols().find(view(line.getDeliverable()));
      Deliverable* deliverable = find_deliverable(contract->second, code);
      if (deliverable == nullptr || !within(line.getAccepted(), kQuantityMax)) continue;
      if (__builtin_add_overflow(deliverable->accepted, line.getAccepted(),
                                 &deliverable->accepted)) {
        deliverable->accepted = std::numeric_limits<std::int64_t>::max();
      }
    }
  }
  if (state.ledger.post(context.id, PostingKind::accepted,
                        account(AccountKind::contract_open, milestone.contract),
                        account(AccountKind::contract_due, milestone.contract),
                        Fen{body.getAcceptedFen()})) {
    milestone.accepted = Fen{body.getAcceptedFen()};
  }
  FactRow row = contract_row(state, context, milestone.contract);
  row.amount_fen = milestone.accepted.value;
  state.facts.add(row);
}

void admit(const State& state, const EventContext&, schema::ContractClosed::Reader body,
           Reasons& reasons) {
  const ContractId id{body.getContract()};
  const Contract* contract = state.contracts.find(id);
  if (contract == nullptr) return not_found(state, id.value, reasons);
  reasons.add_if(contract->is_closed(), Reason::contract_closed);
  reasons.add_if(Day{body.getDay()} < contract->from, Reason::interval_invalid);
  reasons.add_if(body.getSettlement() != schema::ContractClosed::Settlement::SETTLED &&
                     body.getReason().size() == 0,
                 Reason::reason_missing);
  const ContractTotals totals = state.ledger.contract(id);
  reasons.add_if(totals.approved > totals.net_paid(), Reason::contract_not_settled);
}

void apply(State& state, const EventContext& context, schema::ContractClosed::Reader body) {
  auto at = state.contracts.contracts.find(ContractId{body.getContract()});
  if (context.provisional || at == state.contracts.contracts.end()) return;
  Contract& contract = at->second;
  if (!contract.is_closed() || context.id < contract.closed) {
    contract.closed = context.id;
    contract.settlement = static_cast<std::uint16_t>(body.getSettlement());
    contract.closed_on = Day{body.getDay()};
  }
  FactRow row = contract_row(state, context, contract.id);
  row.flags |= kFactEnded;
  state.facts.add(row);
}

}  // namespace houniao
