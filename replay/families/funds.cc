#include "replay/families/funds.h"

#include <algorithm>
#include <limits>

#include "replay/families/delivery.h"
#include "schema/checksums.h"

namespace houniao {

namespace {

AccountId account(AccountKind kind, FundId fund) { return {kind, fund.value}; }

// The movement of one request on its contract, beside the movement on the fund.
AccountId committed_account(const Request& request) {
  return {
      request.advance ? AccountKind::contract_advance_committed : AccountKind::contract_committed,
      request.contract.value};
}
AccountId paid_account(const Request& request) {
  return {request.advance ? AccountKind::contract_advance : AccountKind::contract_paid,
          request.contract.value};
}

FactRow fund_row(State& state, const EventContext& context, FundId id) {
  FactRow row = start_row(context);
  row.group = id.value;
  if (const Fund* fund = state.funds.find(id)) {
    row.kind = fund->code;
    row.attr = state.intern(name_of_fund_kind(fund->kind));
  }
  return row;
}

std::int64_t valid_or_zero(std::int64_t fen) { return valid_amount(fen) ? fen : 0; }

// How many approvals a request needs: by the approval ladder in force, else by the pack's policy.
std::uint8_t levels_needed(const State& state, ProgrammeId programme, Day day) {
  using Kind = schema::PolicyVersionPublished::Kind;
  for (Kind kind : {Kind::APPROVAL_LADDER, Kind::PACK}) {
    const PolicyVersion* policy =
        state.programmes.policy(programme, static_cast<std::uint16_t>(kind), day);
    if (policy != nullptr && policy->approval_levels != 0) return policy->approval_levels;
  }
  return 1;
}

// I7: a unified social credit code that checks, and an organisation in good standing. A body
// without code and bank account cannot be paid (没有单位代码和银行账号).
void check_payee(const State& state, OrganisationId payee, Day day, Reasons& reasons) {
  const Organisation* organisation = state.organisation(payee);
  if (organisation == nullptr) return not_found(state, payee.value, reasons);
  reasons.add_if(!organisation->uscc_ok, Reason::payee_without_code);
  reasons.add_if(!state.organisations.is_active(payee, day), Reason::payee_not_active);
}

// I4 at the moment of request and of approval, by what stands in the way.
void check_payable(const State& state, const Contract& contract, const MilestoneId milestone,
                   Fen amount, bool advance, Reasons& reasons) {
  const ContractTotals totals = state.ledger.contract(contract.id);
  if (amount.value > totals.value.value - totals.approved.value) {
    reasons.add(Reason::over_contract_value);
  }
  if (amount > payable(state, contract, advance)) {
    reasons.add(advance ? Reason::over_advance : Reason::payment_before_acceptance);
  }
  const Milestone* named = state.contracts.find_milestone(milestone);
  if (named != nullptr && !advance && !named->is_reviewed()) {
    reasons.add(Reason::payment_before_acceptance);
  }
}

void check_restrictions(const Fund& fund, Symbol purpose, std::uint32_t region, Day day,
                        Reasons& reasons) {
  reasons.add_if(!fund.allows_purpose(purpose), Reason::purpose_outside_fund);
  reasons.add_if(!fund.allows_region(region), Reason::region_outside_fund);
  reasons.add_if(!fund.allows_day(day), Reason::date_outside_fund);
}

bool has_approver(const Request& request, std::uint64_t actor) {
  return std::any_of(request.approvals.begin(), request.approvals.end(),
                     [&](const Approval& approval) { return approval.approver == actor; });
}

Request* find_request(State& state, RequestId id) {
  auto at = state.funds.requests.find(id);
  return at == state.funds.requests.end() ? nullptr : &at->second;
}

Fen plus(Fen a, Fen b) { return checked_add(a, b).value_or(a); }

}  // namespace

bool Fund::allows_purpose(Symbol purpose) const {
  return allowed_purposes.empty() || std::find(allowed_purposes.begin(), allowed_purposes.end(),
                                               purpose) != allowed_purposes.end();
}

bool Fund::allows_region(std::uint32_t region) const {
  if (allowed_regions.empty()) return true;
  for (std::uint32_t allowed : allowed_regions) {
    // A prefix may be written short (44) or filled up with zeros (440000).
    while (allowed != 0 && allowed % 100 == 0) allowed /= 100;
    std::uint32_t prefix = region;
    while (prefix > allowed) prefix /= 100;
    if (prefix == allowed && allowed != 0) return true;
  }
  return false;
}

std::string_view name_of_fund_kind(std::uint16_t kind) {
  using Kind = schema::FundSourceEstablished::Kind;
  switch (static_cast<Kind>(kind)) {
    case Kind::BUDGET:
      return "budget";
    case Kind::PROVINCIAL_GRANT:
      return "provincial_grant";
    case Kind::LOTTERY:
      return "lottery";
    case Kind::DONATION:
      return "donation";
    case Kind::CROWDFUNDING:
      return "crowdfunding";
    case Kind::ENTERPRISE:
      return "enterprise";
    case Kind::PARTY:
      return "party";
    case Kind::PURCHASE:
      return "purchase";
  }
  return "unknown";
}

bool keeps_i3(const FundTotals& totals) {
  return totals.received >= totals.allocated && totals.allocated >= totals.approved &&
         totals.approved >= totals.net_paid() && totals.net_paid() >= Fen{0};
}

void admit(const State& state, const EventContext&, schema::FundSourceEstablished::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getCode().size() == 0, Reason::text_missing);
  check_interval(Day{body.getFromDay()}, Day{body.getToDay()}, reasons);
  if (body.getOwner() != 0) {
    check_known_organisation(state, OrganisationId{body.getOwner()}, reasons);
  }
}

void apply(State& state, const EventContext& context, schema::FundSourceEstablished::Reader body) {
  if (context.provisional) return;
  Fund fund;
  fund.id = entity_cast<FundId>(context.id);
  fund.code = state.intern(view(body.getCode()));
  fund.name = std::string(view(body.getName()));
  fund.owner = OrganisationId{body.getOwner()};
  fund.kind = static_cast<std::uint16_t>(body.getKind());
  for (const auto purpose : body.getAllowedPurposes()) {
    fund.allowed_purposes.push_back(state.intern(view(purpose)));
  }
  for (std::uint32_t region : body.getAllowedRegions()) fund.allowed_regions.push_back(region);
  fund.from = Day{body.getFromDay()};
  fund.to = Day{body.getToDay()};
  const FundId id = fund.id;
  state.funds.funds.insert_or_assign(id, std::move(fund));
  FactRow row = fund_row(state, context, id);
  row.subject = body.getOwner();
  state.facts.add(row);
}

void admit(const State& state, const EventContext&, schema::FundsReceived::Reader body,
           Reasons& reasons) {
  const FundId fund{body.getFund()};
  if (state.funds.find(fund) == nullptr) not_found(state, fund.value, reasons);
  if (body.getPayer() != 0) {
    check_known_organisation(state, OrganisationId{body.getPayer()}, reasons);
  }
  if (!valid_amount(body.getAmountFen())) return reasons.add(Reason::amount_invalid);
  reasons.add_if(
      !state.ledger.can_post({}, account(AccountKind::fund_free, fund), Fen{body.getAmountFen()}),
      Reason::ledger_limit);
}

void apply(State& state, const EventContext& context, schema::FundsReceived::Reader body) {
  if (context.provisional) return;
  const FundId fund{body.getFund()};
  state.ledger.post(context.id, PostingKind::received, {}, account(AccountKind::fund_free, fund),
                    Fen{body.getAmountFen()});
  FactRow row = fund_row(state, context, fund);
  row.subject = body.getPayer();
  row.amount_fen = valid_or_zero(body.getAmountFen());
  if (body.getValueDay() != 0) row.day = body.getValueDay();
  state.facts.add(row);
}

void admit(const State& state, const EventContext&, schema::BudgetAllocated::Reader body,
           Reasons& reasons) {
  const FundId fund{body.getFund()};
  if (state.funds.find(fund) == nullptr) not_found(state, fund.value, reasons);
  check_known_programme(state, ProgrammeId{body.getProgramme()}, reasons);
  if (const ContractId id{body.getContract()}; id) {
    const Contract* contract = state.contracts.find(id);
    if (contract == nullptr) {
      not_found(state, id.value, reasons);
    } else {
      reasons.add_if(
          std::find(contract->funds.begin(), contract->funds.end(), fund) == contract->funds.end(),
          Reason::fund_not_in_contract);
    }
  }
  const std::int64_t amount = body.getAmountFen();
  if (amount == 0 || amount > kFenMax.value || amount < -kFenMax.value) {
    return reasons.add(Reason::amount_invalid);
  }
  const AccountId free = account(AccountKind::fund_free, fund);
  const AccountId allocated = account(AccountKind::fund_allocated, fund);
  if (amount > 0) {
    reasons.add_if(state.ledger.balance(free) < Fen{amount}, Reason::allocation_exceeds_receipts);
    reasons.add_if(!state.ledger.can_post(free, allocated, Fen{amount}), Reason::ledger_limit);
  } else {
    reasons.add_if(state.ledger.balance(allocated) < Fen{-amount}, Reason::allocation_in_use);
    reasons.add_if(!state.ledger.can_post(allocated, free, Fen{-amount}), Reason::ledger_limit);
  }
}

void apply(State& state, const EventContext& context, schema::BudgetAllocated::Reader body) {
  if (context.provisional) return;
  const FundId fund{body.getFund()};
  const AccountId free = account(AccountKind::fund_free, fund);
  const AccountId allocated = account(AccountKind::fund_allocated, fund);
  const std::int64_t amount = body.getAmountFen();
  const bool posted =
      amount > 0
          ? state.ledger.post(context.id, PostingKind::allocated, free, allocated, Fen{amount})
          : amount >= -kFenMax.value && state.ledger.post(context.id, PostingKind::deallocated,
                                                          allocated, free, Fen{-amount});
  FactRow row = fund_row(state, context, fund);
  row.subject = body.getContract() != 0 ? body.getContract() : body.getProgramme();
  if (body.getProgramme() != 0) row.programme = body.getProgramme();
  row.amount_fen = posted ? amount : 0;
  state.facts.add(row);
}

void admit(const State& state, const EventContext& context, schema::InvoiceRecorded::Reader body,
           Reasons& reasons) {
  const std::string issuer = normalise_number(view(body.getIssuerUscc()));
  const std::string number = normalise_number(view(body.getNumber()));
  reasons.add_if(!valid_uscc(issuer), Reason::uscc_invalid);
  reasons.add_if(number.empty(), Reason::text_missing);
  reasons.add_if(!valid_amount(body.getAmountFen()), Reason::amount_invalid);
  auto same = state.funds.by_number.find({issuer, number});
  reasons.add_if(same != state.funds.by_number.end() &&
                     same->second.front() != entity_cast<InvoiceId>(context.id),
                 Reason::invoice_duplicate);
}

void apply(State& state, const EventContext& context, schema::InvoiceRecorded::Reader body) {
  FactRow row = start_row(context);
  row.kind = state.intern("invoice");
  row.group = context.id.value;
  row.amount_fen = valid_or_zero(body.getAmountFen());
  state.facts.add(row);
  if (context.provisional) return;
  Invoice invoice;
  invoice.id = entity_cast<InvoiceId>(context.id);
  invoice.issuer_uscc = normalise_number(view(body.getIssuerUscc()));
  invoice.number = normalise_number(view(body.getNumber()));
  invoice.amount = Fen{valid_or_zero(body.getAmountFen())};
  invoice.day = Day{body.getDay()};
  insert_sorted(state.funds.by_number[{invoice.issuer_uscc, invoice.number}], invoice.id);
  state.funds.invoices.insert_or_assign(invoice.id, std::move(invoice));
}

namespace {

// The invoice is used by no other request, under whichever of its records.
void check_invoice(const State& state, RequestId request, InvoiceId id, std::int64_t amount,
                   Reasons& reasons) {
  auto at = state.funds.invoices.find(id);
  if (at == state.funds.invoices.end()) return not_found(state, id.value, reasons);
  const Invoice& invoice = at->second;
  reasons.add_if(amount > invoice.amount.value, Reason::over_invoice);
  auto records = state.funds.by_number.find({invoice.issuer_uscc, invoice.number});
  if (records == state.funds.by_number.end()) return;
  for (InvoiceId record : records->second) {
    auto uses = state.funds.invoice_uses.find(record);
    if (uses == state.funds.invoice_uses.end()) continue;
    for (RequestId use : uses->second) reasons.add_if(use != request, Reason::invoice_used);
  }
}

void check_request_contract(const State& state, schema::DisbursementRequested::Reader body,
                            Reasons& reasons) {
  const ContractId id{body.getContract()};
  const MilestoneId milestone_id{body.getMilestone()};
  if (!id) {
    // Without a contract there is no agreed advance and nothing that was accepted.
    reasons.add_if(body.getAdvance(), Reason::over_advance);
    reasons.add_if(static_cast<bool>(milestone_id), Reason::milestone_differs);
    return;
  }
  const Contract* contract = state.contracts.find(id);
  if (contract == nullptr) return not_found(state, id.value, reasons);
  reasons.add_if(contract->is_closed(), Reason::contract_closed);
  const auto names = [](const auto& list, auto item) {
    return std::find(list.begin(), list.end(), item) != list.end();
  };
  reasons.add_if(!names(contract->funds, FundId{body.getFund()}), Reason::fund_not_in_contract);
  reasons.add_if(!names(contract->contractors, OrganisationId{body.getPayee()}),
                 Reason::payee_not_contractor);
  if (milestone_id) {
    const Milestone* milestone = state.contracts.find_milestone(milestone_id);
    if (milestone == nullptr) return not_found(state, milestone_id.value, reasons);
    reasons.add_if(milestone->contract != id, Reason::milestone_differs);
  }
  if (!valid_amount(body.getAmountFen())) return;
  check_payable(state, *contract, milestone_id, Fen{body.getAmountFen()}, body.getAdvance(),
                reasons);
}

}  // namespace

void admit(const State& state, const EventContext& context,
           schema::DisbursementRequested::Reader body, Reasons& reasons) {
  const RequestId id = entity_cast<RequestId>(context.id);
  reasons.add_if(!valid_amount(body.getAmountFen()), Reason::amount_invalid);
  if (const Fund* fund = state.funds.find(FundId{body.getFund()})) {
    const Symbol purpose = state.symbols().find(view(body.getPurpose()));
    check_restrictions(*fund, purpose, body.getRegion(), context.occurred, reasons);
  } else {
    not_found(state, body.getFund(), reasons);
  }
  check_payee(state, OrganisationId{body.getPayee()}, context.occurred, reasons);
  check_request_contract(state, body, reasons);
  if (body.getInvoice() != 0) {
    check_invoice(state, id, InvoiceId{body.getInvoice()}, body.getAmountFen(), reasons);
  }
}

void apply(State& state, const EventContext& context, schema::DisbursementRequested::Reader body) {
  if (context.provisional) return;
  Request request;
  request.id = entity_cast<RequestId>(context.id);
  request.fund = FundId{body.getFund()};
  request.contract = ContractId{body.getContract()};
  request.milestone = MilestoneId{body.getMilestone()};
  request.payee = OrganisationId{body.getPayee()};
  request.amount = Fen{valid_or_zero(body.getAmountFen())};
  request.purpose = state.intern(view(body.getPurpose()));
  request.invoice = InvoiceId{body.getInvoice()};
  request.region = body.getRegion();
  request.advance = body.getAdvance();
  request.requester = context.actor();
  request.day = context.occurred;
  for (const std::uint64_t cause : context.event.getCauses()) {
    if (cause != 0) insert_once(request.pays_for, EventId{cause});
  }
  request.levels_needed =
      levels_needed(state, ProgrammeId{context.event.getProgramme()}, context.occurred);
  if (request.invoice) insert_sorted(state.funds.invoice_uses[request.invoice], request.id);
  FactRow row = fund_row(state, context, request.fund);
  row.subject = request.payee.value;
  row.amount_fen = request.amount.value;
  state.facts.add(row);
  state.funds.requests.insert_or_assign(request.id, std::move(request));
}

void admit(const State& state, const EventContext& context,
           schema::DisbursementApproved::Reader body, Reasons& reasons) {
  const Request* request = state.funds.find_request(RequestId{body.getRequest()});
  if (request == nullptr) return not_found(state, body.getRequest(), reasons);
  if (request->refused) return reasons.add(Reason::request_refused);
  reasons.add_if(request->is_approved() || body.getLevel() != request->approvals.size() + 1,
                 Reason::approval_out_of_order);
  reasons.add_if(context.actor() == request->requester || has_approver(*request, context.actor()),
                 Reason::duties_not_separated);
  if (!body.getApproved()) {
    reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
    return;
  }
  check_payee(state, request->payee, context.occurred, reasons);
  reasons.add_if(!state.organisations.has_bank_account(request->payee, {}, context.occurred),
                 Reason::payee_without_account);
  const AccountId allocated = account(AccountKind::fund_allocated, request->fund);
  const AccountId committed = account(AccountKind::fund_committed, request->fund);
  reasons.add_if(state.ledger.balance(allocated) < request->amount,
                 Reason::approval_exceeds_allocation);
  reasons.add_if(!state.ledger.can_post(allocated, committed, request->amount),
                 Reason::ledger_limit);
  if (const Contract* contract = state.contracts.find(request->contract)) {
    check_payable(state, *contract, request->milestone, request->amount, request->advance, reasons);
  }
}

void apply(State& state, const EventContext& context, schema::DisbursementApproved::Reader body) {
  Request* request = find_request(state, RequestId{body.getRequest()});
  if (context.provisional || request == nullptr) return;
  FactRow row = fund_row(state, context, request->fund);
  row.subject = request->payee.value;
  row.quantity = body.getApproved() ? 1 : 0;
  row.amount_fen = body.getApproved() ? request->amount.value : 0;
  state.facts.add(row);
  if (!body.getApproved()) {
    request->refused = context.id;
    if (auto uses = state.funds.invoice_uses.find(request->invoice);
        uses != state.funds.invoice_uses.end()) {
      std::erase(uses->second, request->id);
      if (uses->second.empty()) state.funds.invoice_uses.erase(uses);
    }
    return;
  }
  request->approvals.push_back({context.id, body.getLevel(), context.actor()});
  // The last rung commits the money, on the fund and on the contract.
  if (request->approvals.size() != request->levels_needed) return;
  state.ledger.post(context.id, PostingKind::approved,
                    account(AccountKind::fund_allocated, request->fund),
                    account(AccountKind::fund_committed, request->fund), request->amount);
  if (!request->contract) return;
  state.ledger.post(context.id, PostingKind::approved,
                    {AccountKind::contract_due, request->contract.value},
                    committed_account(*request), request->amount);
}

void admit(const State& state, const EventContext& context, schema::DisbursementPaid::Reader body,
           Reasons& reasons) {
  const Request* request = state.funds.find_request(RequestId{body.getRequest()});
  if (request == nullptr) return not_found(state, body.getRequest(), reasons);
  const Day day = body.getValueDay() != 0 ? Day{body.getValueDay()} : context.occurred;
  reasons.add_if(static_cast<bool>(request->refused), Reason::request_refused);
  reasons.add_if(!request->is_approved(), Reason::request_not_approved);
  reasons.add_if(context.actor() == request->requester || has_approver(*request, context.actor()),
                 Reason::duties_not_separated);
  reasons.add_if(body.getBankReference().size() == 0, Reason::text_missing);
  check_payee(state, request->payee, day, reasons);
  // An empty index would ask for any account.
  const std::string_view index = view(body.getAccountIndex());
  if (!state.organisations.has_bank_account(request->payee, {}, day)) {
    reasons.add(Reason::payee_without_account);
  } else {
    reasons.add_if(
        index.empty() || !state.organisations.has_bank_account(request->payee, index, day),
        Reason::account_differs);
  }
  if (const Fund* fund = state.funds.find(request->fund)) {
    check_restrictions(*fund, request->purpose, request->region, day, reasons);
  }
  if (!valid_amount(body.getAmountFen())) return reasons.add(Reason::amount_invalid);
  const Fen amount{body.getAmountFen()};
  const AccountId committed = account(AccountKind::fund_committed, request->fund);
  reasons.add_if(amount > request->open() || state.ledger.balance(committed) < amount,
                 Reason::payment_exceeds_approval);
  reasons.add_if(
      !state.ledger.can_post(committed, account(AccountKind::fund_paid, request->fund), amount),
      Reason::ledger_limit);
}

void apply(State& state, const EventContext& context, schema::DisbursementPaid::Reader body) {
  Request* request = find_request(state, RequestId{body.getRequest()});
  if (context.provisional || request == nullptr || !valid_amount(body.getAmountFen())) return;
  Payment payment;
  payment.id = entity_cast<PaymentId>(context.id);
  payment.request = request->id;
  payment.amount = Fen{body.getAmountFen()};
  payment.payer = context.actor();
  payment.value_day = body.getValueDay() != 0 ? Day{body.getValueDay()} : context.occurred;
  request->paid = plus(request->paid, payment.amount);
  state.ledger.post(context.id, PostingKind::paid,
                    account(AccountKind::fund_committed, request->fund),
                    account(AccountKind::fund_paid, request->fund), payment.amount);
  if (request->contract) {
    state.ledger.post(context.id, PostingKind::paid, committed_account(*request),
                      paid_account(*request), payment.amount);
  }
  FactRow row = fund_row(state, context, request->fund);
  row.subject = request->payee.value;
  row.amount_fen = payment.amount.value;
  row.day = payment.value_day.value;
  state.facts.add(row);
  state.funds.payments.insert_or_assign(payment.id, std::move(payment));
}

void admit(const State& state, const EventContext&, schema::DisbursementReversed::Reader body,
           Reasons& reasons) {
  const Payment* payment = state.funds.find_payment(PaymentId{body.getPayment()});
  if (payment == nullptr) return not_found(state, body.getPayment(), reasons);
  const Request* request = state.funds.find_request(payment->request);
  if (request == nullptr) return not_found(state, payment->request.value, reasons);
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  if (!valid_amount(body.getAmountFen())) return reasons.add(Reason::amount_invalid);
  const Fen amount{body.getAmountFen()};
  reasons.add_if(amount.value > payment->amount.value - payment->reversed.value,
                 Reason::reversal_exceeds_payment);
  reasons.add_if(
      !state.ledger.can_post(account(AccountKind::fund_paid, request->fund),
                             account(AccountKind::fund_committed, request->fund), amount),
      Reason::ledger_limit);
}

void apply(State& state, const EventContext& context, schema::DisbursementReversed::Reader body) {
  auto at = state.funds.payments.find(PaymentId{body.getPayment()});
  if (context.provisional || at == state.funds.payments.end()) return;
  Payment& payment = at->second;
  Request* request = find_request(state, payment.request);
  if (request == nullptr || !valid_amount(body.getAmountFen())) return;
  const Fen amount{body.getAmountFen()};
  payment.reversed = plus(payment.reversed, amount);
  insert_once(payment.reversals, context.id);
  request->reversed = plus(request->reversed, amount);
  state.ledger.post(context.id, PostingKind::reversed,
                    account(AccountKind::fund_paid, request->fund),
                    account(AccountKind::fund_committed, request->fund), amount);
  if (request->contract) {
    state.ledger.post(context.id, PostingKind::reversed, paid_account(*request),
                      committed_account(*request), amount);
  }
  FactRow row = fund_row(state, context, request->fund);
  row.subject = request->payee.value;
  row.amount_fen = -amount.value;  // sums of payments and reversals are what stays paid
  row.flags |= kFactEnded;
  if (body.getValueDay() != 0) row.day = body.getValueDay();
  state.facts.add(row);
}

}  // namespace houniao
