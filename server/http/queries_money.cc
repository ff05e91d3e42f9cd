// Pages of the families contracts and funds: what was agreed, what was accepted, and every request
// and payment.
#include "server/http/queries_parts.h"

namespace houniao::queries {
namespace {

Json contract_json(const State& state, const Contract& c) {
  Json deliverables = Json::array();
  for (const Deliverable& d : c.deliverables) {
    deliverables.push_back({{"code", symbol(state, d.code)},
                            {"kind", symbol(state, d.kind)},
                            {"unit", symbol(state, d.unit)},
                            {"quantity", d.quantity},
                            {"unit_price_fen", d.unit_price.value},
                            {"claimed", d.claimed},
                            {"accepted", d.accepted}});
  }
  const ContractTotals totals = state.ledger.contract(c.id);
  return {{"id", id_text(c.id)},
          {"number", c.number},
          {"buyer", id_text(c.buyer)},
          {"contractors", ids_text(c.contractors)},
          {"funds", ids_text(c.funds)},
          {"signed_fen", c.signed_amount.value},
          {"value_fen", totals.value.value},
          {"accepted_fen", totals.accepted.value},
          {"approved_fen", totals.approved.value},
          {"paid_fen", totals.paid.value},
          {"reversed_fen", totals.reversed.value},
          {"advance_fen", c.advance.value},
          {"payable_fen", payable(state, c, false).value},
          {"keeps_i4", keeps_i4(state, c)},
          {"from", day_text(c.from)},
          {"to", day_text(c.ends_on())},
          {"closed", id_text(c.closed)},
          {"deliverables", std::move(deliverables)}};
}

Json milestone_json(const State& state, const Milestone& m) {
  Json lines = Json::array();
  for (const MilestoneLine& line : m.lines) {
    lines.push_back(
        {{"deliverable", symbol(state, line.deliverable)}, {"quantity", line.quantity}});
  }
  return {{"id", id_text(m.id)},
          {"contract", id_text(m.contract)},
          {"submitter", id_text(m.submitter)},
          {"lines", std::move(lines)},
          {"units", m.units.size()},
          {"review", id_text(m.review)},
          {"reviewer", id_text(m.reviewer)},
          {"accepted_fen", m.accepted.value}};
}

Json fund_json(const State& state, const Fund& f) {
  const FundTotals totals = state.ledger.fund(f.id);
  return {{"id", id_text(f.id)},
          {"code", symbol(state, f.code)},
          {"name", f.name},
          {"kind", text(name_of_fund_kind(f.kind))},
          {"owner", id_text(f.owner)},
          {"allowed_purposes", symbols(state, f.allowed_purposes)},
          {"allowed_regions", f.allowed_regions},
          {"from", day_text(f.from)},
          {"to", day_text(f.to)},
          {"received_fen", totals.received.value},
          {"allocated_fen", totals.allocated.value},
          {"approved_fen", totals.approved.value},
          {"paid_fen", totals.paid.value},
          {"reversed_fen", totals.reversed.value},
          {"free_fen", totals.free().value},
          {"keeps_i3", keeps_i3(totals)}};
}

std::string_view request_status(const Request& r) {
  if (r.refused) return "refused";
  if (!r.is_approved()) return "requested";
  return r.open().value > 0 ? "approved" : "paid";
}

Json request_json(const State& state, const Request& r) {
  Json approvals = Json::array();
  for (const Approval& a : r.approvals) {
    approvals.push_back(
        {{"event", id_text(a.event)}, {"level", a.level}, {"approver", id_text(a.approver)}});
  }
  return {{"id", id_text(r.id)},
          {"status", text(request_status(r))},
          {"fund", id_text(r.fund)},
          {"contract", id_text(r.contract)},
          {"milestone", id_text(r.milestone)},
          {"payee", id_text(r.payee)},
          {"amount_fen", r.amount.value},
          {"paid_fen", r.paid.value},
          {"reversed_fen", r.reversed.value},
          {"purpose", symbol(state, r.purpose)},
          {"invoice", id_text(r.invoice)},
          {"region", r.region},
          {"advance", r.advance},
          {"requester", id_text(r.requester)},
          {"day", day_text(r.day)},
          {"levels_needed", r.levels_needed},
          {"approvals", std::move(approvals)},
          {"refused", id_text(r.refused)}};
}

Json payment_json(const Payment& p) {
  return {{"id", id_text(p.id)},          {"request", id_text(p.request)},
          {"amount_fen", p.amount.value}, {"reversed_fen", p.reversed.value},
          {"payer", id_text(p.payer)},    {"value_day", day_text(p.value_day)}};
}

Json invoice_json(const State& state, const Invoice& i) {
  const auto uses = state.funds.invoice_uses.find(i.id);
  return {{"id", id_text(i.id)},
          {"issuer_uscc", i.issuer_uscc},
          {"number", i.number},
          {"amount_fen", i.amount.value},
          {"day", day_text(i.day)},
          {"requests",
           uses == state.funds.invoice_uses.end() ? Json::array() : ids_text(uses->second)}};
}

}  // namespace

Result<Json> contracts_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t organisation = filters.id("organisation");
  const std::uint64_t fund = filters.id("fund");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.contracts.contracts,
      [&](const Contract& c) {
        return (fits(organisation, c.buyer) || fits_any(organisation, c.contractors)) &&
               fits_any(fund, c.funds);
      },
      [&](const Contract& c) { return contract_json(query.state, c); });
}

Result<Json> milestones_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t contract = filters.id("contract");
  const auto reviewed = filters.flag("reviewed");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.contracts.milestones,
      [&](const Milestone& m) {
        return fits(contract, m.contract) && (!reviewed || *reviewed == m.is_reviewed());
      },
      [&](const Milestone& m) { return milestone_json(query.state, m); });
}

Result<Json> funds_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t organisation = filters.id("organisation");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.funds.funds, [&](const Fund& f) { return fits(organisation, f.owner); },
      [&](const Fund& f) { return fund_json(query.state, f); });
}

Result<Json> requests_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t fund = filters.id("fund");
  const std::uint64_t contract = filters.id("contract");
  const std::uint64_t organisation = filters.id("organisation");
  const std::string status = filters.word("status", {"requested", "approved", "paid", "refused"});
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.funds.requests,
      [&](const Request& r) {
        return fits(fund, r.fund) && fits(contract, r.contract) && fits(organisation, r.payee) &&
               fits(status, request_status(r));
      },
      [&](const Request& r) { return request_json(query.state, r); });
}

Result<Json> payments_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t request = filters.id("request");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.funds.payments, [&](const Payment& p) { return fits(request, p.request); },
      payment_json);
}

Result<Json> invoices_page(const Query& query) {
  return list_or_one(
      query, query.state.funds.invoices, [](const Invoice&) { return true; },
      [&](const Invoice& i) { return invoice_json(query.state, i); });
}

}  // namespace houniao::queries
