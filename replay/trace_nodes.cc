// What a node of a trace says about itself. Never personal data: a person is its id.
#include "replay/trace_index.h"
#include "schema/catalogue.h"

namespace houniao {
namespace {

std::string text(const State& state, Symbol symbol) {
  return std::string(state.symbols().text(symbol));
}

void add_amounts(const State& state, const TraceKey& key, TraceNode& node) {
  // Rows of an event together say what moved: quantities and amounts stand on its first rows.
  const FactTable::RowSpan rows = state.facts.rows_of(EventId{key.id});
  const FactTable::Columns& c = state.facts.columns();
  std::int64_t amount = 0;
  for (std::uint32_t row = rows.first; row < rows.first + rows.count; ++row) {
    if (__builtin_add_overflow(node.quantity, c.quantity[row], &node.quantity) ||
        __builtin_add_overflow(amount, c.amount_fen[row], &amount)) {
      return;
    }
    node.day = Day{c.day[row]};
    if (node.label.empty()) node.label = text(state, Symbol{c.kind[row]});
  }
  if (node.amount.value == 0) node.amount = Fen{amount};
}

void add_event(const State& state, const TraceKey& key, TraceNode& node) {
  const EventEntry* entry = state.events.find(EventId{key.id});
  if (entry == nullptr) return;
  node.seq = entry->seq.value;
  node.day = entry->occurred;
  node.status = std::string(name_of(entry->status));
}

std::string contract_label(const State& state, ContractId id) {
  const Contract* contract = state.contracts.find(id);
  return contract == nullptr ? "" : contract->number;
}

void describe_money(const State& state, const TraceKey& key, TraceNode& node) {
  switch (key.kind) {
    case TraceKind::fund:
      if (const Fund* fund = state.funds.find(FundId{key.id})) {
        node.label = text(state, fund->code) + " " + fund->name;
        node.amount = state.ledger.fund(fund->id).received;
      }
      return;
    case TraceKind::contract:
      node.label = contract_label(state, ContractId{key.id});
      node.amount = state.ledger.contract(ContractId{key.id}).value;
      return;
    case TraceKind::milestone:
      if (const Milestone* milestone = state.contracts.find_milestone(MilestoneId{key.id})) {
        node.label = contract_label(state, milestone->contract);
        node.amount = milestone->accepted;
        node.quantity = static_cast<std::int64_t>(milestone->units.size());
      }
      return;
    case TraceKind::invoice:
      if (auto at = state.funds.invoices.find(InvoiceId{key.id});
          at != state.funds.invoices.end()) {
        node.label = at->second.issuer_uscc + " " + at->second.number;
        node.amount = at->second.amount;
      }
      return;
    case TraceKind::request:
      if (const Request* request = state.funds.find_request(RequestId{key.id})) {
        node.label = text(state, request->purpose);
        node.amount = request->amount;
      }
      return;
    case TraceKind::payment:
      if (const Payment* payment = state.funds.find_payment(PaymentId{key.id})) {
        node.amount = payment->amount;
        node.day = payment->value_day;
      }
      return;
    default:
      return;
  }
}

void describe_entity(const State& state, const TraceKey& key, TraceNode& node) {
  switch (key.kind) {
    case TraceKind::programme:
      if (const Programme* programme = state.programme(ProgrammeId{key.id})) {
        node.label = text(state, programme->code);
      }
      return;
    case TraceKind::site:
      if (const Site* site = state.site(SiteId{key.id})) node.label = site->name;
      return;
    case TraceKind::organisation:
      if (const Organisation* body = state.organisation(OrganisationId{key.id})) {
        node.label = body->name;
      }
      return;
    case TraceKind::staff:
      if (const Staff* staff = state.staff(StaffId{key.id})) node.label = text(state, staff->post);
      return;
    case TraceKind::call:
      if (const Call* call = state.calls.find(CallId{key.id})) {
        node.label = text(state, call->code);
        node.amount = call->budget;
      }
      return;
    default:
      return;
  }
}

// A unit of no row (an asset, a site, a plan) is called by its type.
void name_by_type(const State& state, const TraceKey& key, TraceNode& node) {
  const EventEntry* entry = state.events.find(EventId{key.id});
  const CatalogueRow* row = entry == nullptr ? nullptr : find_row(entry->type);
  if (row != nullptr) node.label = std::string(row->name);
}

const Deliverable* find_deliverable(const State& state, const TraceKey& key) {
  const Contract* contract = state.contracts.find(ContractId{key.id});
  if (contract == nullptr) return nullptr;
  for (const Deliverable& deliverable : contract->deliverables) {
    if (deliverable.code.value == key.part) return &deliverable;
  }
  return nullptr;
}

}  // namespace

TraceNode TraceIndex::node_of(const TraceKey& key) const {
  TraceNode node;
  node.kind = key.kind;
  if (key.kind == TraceKind::evidence) {
    node.label = to_hex(hashes_[key.id].bytes);
    return node;
  }
  if (key.kind == TraceKind::deliverable) {
    if (const Deliverable* deliverable = find_deliverable(state_, key)) {
      node.label = text(state_, deliverable->code) + " " + text(state_, deliverable->unit);
      node.quantity = deliverable->quantity;
      node.amount = deliverable->unit_price;
    }
    return node;
  }
  node.id = key.id;
  add_event(state_, key, node);
  describe_money(state_, key, node);
  describe_entity(state_, key, node);
  switch (key.kind) {
    case TraceKind::receipt:
    case TraceKind::allocation:
    case TraceKind::award:
    case TraceKind::acceptance:
    case TraceKind::reversal:
    case TraceKind::unit:
    case TraceKind::attendance:
    case TraceKind::hours:
    case TraceKind::certificate:
      add_amounts(state_, key, node);
      break;
    default:
      break;
  }
  if (node.label.empty()) name_by_type(state_, key, node);
  return node;
}

}  // namespace houniao
