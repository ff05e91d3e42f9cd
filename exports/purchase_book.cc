#include <algorithm>

#include "exports/books.h"
#include "exports/text.h"
#include "replay/state.h"

namespace houniao::exports {
namespace {

std::string name_of(const State& state, std::uint64_t id) {
  if (id == 0) return {};
  const Organisation* organisation = state.organisation(OrganisationId{id});
  return organisation != nullptr && !organisation->name.empty() ? organisation->name : id_text(id);
}
template <class List>
std::string names_of(const State& state, const List& ids) {
  std::string out;
  for (const auto& id : ids) out += (out.empty() ? "" : "、") + name_of(state, id.value);
  return out;
}
std::string code_of(const State& state, Symbol symbol) {
  return std::string(state.symbols().text(symbol));
}

// Entities in order of id whose event is in force, of the days asked for.
template <class Map>
auto in_order(const State& state, const Map& map) {
  std::vector<const typename Map::mapped_type*> out;
  for (const auto& [id, item] : map) {
    if (state.in_force(EventId{id.value})) out.push_back(&item);
  }
  std::sort(out.begin(), out.end(), [](auto* a, auto* b) { return a->id < b->id; });
  return out;
}

// The programme stands in the first fact row of the event.
bool in_scope(const State& state, const Scope& scope, std::uint64_t event, Day day) {
  const auto rows = state.facts.rows_of(EventId{event});
  const std::uint64_t programme = rows.count == 0 ? 0 : state.facts.row(rows.first).programme;
  return scope.has(programme, day);
}

Day occurred(const State& state, std::uint64_t event) {
  const EventEntry* entry = state.events.find(EventId{event});
  return entry == nullptr ? Day{} : entry->occurred;
}

std::string fund_kind_zh(std::uint16_t kind) {
  static constexpr const char* kNames[] = {"预算资金", "省级专项", "彩票公益金", "捐赠",
                                           "众筹",     "企业",     "党建经费",   "购买服务"};
  return kind < std::size(kNames) ? kNames[kind] : std::to_string(kind);
}

std::string contract_status(const Contract& contract) {
  if (!contract.is_closed()) return "履行中";
  switch (static_cast<schema::ContractClosed::Settlement>(contract.settlement)) {
    case schema::ContractClosed::Settlement::SETTLED:
      return "已结清";
    case schema::ContractClosed::Settlement::TERMINATED:
      return "已终止";
    case schema::ContractClosed::Settlement::BREACH:
      return "违约终止";
  }
  return "已关闭";
}

Sheet contracts_sheet(const State& state, const Scope& scope) {
  Sheet sheet{
      "合同台账", "政府采购合同台账", "金额单位：元。依据：政府采购法第42条、第49条。", {}, {}};
  sheet.columns = {{"合同编号", 16},
                   {"采购人", 24},
                   {"供应商", 24},
                   {"签订日期", 12},
                   {"起始日期", 12},
                   {"截止日期", 12},
                   {"合同金额", 14, true},
                   {"变更金额", 14, true},
                   {"现合同金额", 14, true},
                   {"预付款", 14, true},
                   {"已验收", 14, true},
                   {"已审批", 14, true},
                   {"已支付（净）", 14, true},
                   {"状态", 10},
                   {"资金来源", 22},
                   {"登记号", 10}};
  for (const Contract* c : in_order(state, state.contracts.contracts)) {
    const Day signed_on = occurred(state, c->id.value);
    if (!in_scope(state, scope, c->id.value, signed_on)) continue;
    const ContractTotals totals = state.ledger.contract(c->id);
    std::string funds;
    for (const FundId id : c->funds) {
      const Fund* fund = state.funds.find(id);
      if (fund == nullptr) continue;
      funds += (funds.empty() ? "" : "、") +
               (fund->name.empty() ? code_of(state, fund->code) : fund->name);
    }
    sheet.rows.push_back({c->number, name_of(state, c->buyer.value),
                          names_of(state, c->contractors), day_cell(signed_on), day_cell(c->from),
                          day_cell(c->ends_on()), c->signed_amount,
                          Fen{totals.value.value - c->signed_amount.value}, totals.value,
                          c->advance, totals.accepted, totals.approved, totals.net_paid(),
                          contract_status(*c), funds, id_text(c->id)});
  }
  return sheet;
}

Sheet acceptance_sheet(const State& state, const Scope& scope) {
  Sheet sheet{"验收记录", "阶段成果与验收记录", "依据：政府采购法实施条例第45条。", {}, {}};
  sheet.columns = {{"登记号", 10},         {"合同编号", 16},       {"提交日期", 12},
                   {"成果（数量）", 36},   {"佐证件数", 10, true}, {"是否验收", 10},
                   {"验收金额", 14, true}, {"验收登记号", 12}};
  for (const Milestone* m : in_order(state, state.contracts.milestones)) {
    const Day day = occurred(state, m->id.value);
    if (!in_scope(state, scope, m->id.value, day)) continue;
    const Contract* contract = state.contracts.find(m->contract);
    std::string lines;
    for (const MilestoneLine& line : m->lines) {
      lines += (lines.empty() ? "" : "；") + code_of(state, line.deliverable) + " × " +
               std::to_string(line.quantity);
    }
    sheet.rows.push_back({id_text(m->id), contract == nullptr ? "" : contract->number,
                          day_cell(day), lines, static_cast<std::int64_t>(m->units.size()),
                          std::string(m->is_reviewed() ? "是" : "否"), m->accepted,
                          m->is_reviewed() ? to_string(m->review) : std::string()});
  }
  return sheet;
}

Sheet payments_sheet(const State& state, const Scope& scope) {
  Sheet sheet{"支付台账", "资金支付台账", "金额单位：元。审批人与支付人不得为同一人。", {}, {}};
  sheet.columns = {
      {"支付日期", 12},     {"收款单位", 26}, {"支付金额", 14, true}, {"退回金额", 14, true},
      {"净支付", 14, true}, {"合同编号", 16}, {"资金来源", 22},       {"用途", 18},
      {"发票号码", 18},     {"预付", 8},      {"审批级数", 10},       {"申请登记号", 12},
      {"支付登记号", 12}};
  for (const Payment* p : in_order(state, state.funds.payments)) {
    if (!in_scope(state, scope, p->id.value, p->value_day)) continue;
    const Request* r = state.funds.find_request(p->request);
    if (r == nullptr) continue;
    const Contract* contract = state.contracts.find(r->contract);
    const Fund* fund = state.funds.find(r->fund);
    const auto invoice = state.funds.invoices.find(r->invoice);
    sheet.rows.push_back(
        {day_cell(p->value_day), name_of(state, r->payee.value), p->amount, p->reversed,
         Fen{p->amount.value - p->reversed.value}, contract == nullptr ? "" : contract->number,
         fund == nullptr ? "" : (fund->name.empty() ? code_of(state, fund->code) : fund->name),
         code_of(state, r->purpose),
         invoice == state.funds.invoices.end() ? std::string() : invoice->second.number,
         std::string(r->advance ? "是" : ""), static_cast<std::int64_t>(r->approvals.size()),
         id_text(r->id), id_text(p->id)});
  }
  return sheet;
}

Sheet funds_sheet(const State& state) {
  Sheet sheet{"资金台账", "资金来源与结余台账", "到账 ≥ 分配 ≥ 审批 ≥ 净支付，逐项成立。", {}, {}};
  sheet.columns = {{"资金代码", 16},     {"资金名称", 26},     {"性质", 12},
                   {"归口单位", 24},     {"起始日期", 12},     {"截止日期", 12},
                   {"到账", 14, true},   {"已分配", 14, true}, {"已审批", 14, true},
                   {"已支付", 14, true}, {"已退回", 14, true}, {"未分配结余", 14, true},
                   {"登记号", 10}};
  for (const Fund* f : in_order(state, state.funds.funds)) {
    const FundTotals totals = state.ledger.fund(f->id);
    sheet.rows.push_back({code_of(state, f->code), f->name, fund_kind_zh(f->kind),
                          name_of(state, f->owner.value), day_cell(f->from), day_cell(f->to),
                          totals.received, totals.allocated, totals.approved, totals.paid,
                          totals.reversed, totals.free(), id_text(f->id)});
  }
  return sheet;
}

Sheet invoices_sheet(const State& state, const Scope& scope) {
  Sheet sheet{"票据台账", "票据登记台账", "同一票据只登记一次。", {}, {}};
  sheet.columns = {{"开票日期", 12},     {"开票单位统一社会信用代码", 24},
                   {"票据号码", 20},     {"金额", 14, true},
                   {"被引用申请数", 12}, {"登记号", 10}};
  for (const Invoice* i : in_order(state, state.funds.invoices)) {
    if (!in_scope(state, scope, i->id.value, i->day)) continue;
    const auto uses = state.funds.invoice_uses.find(i->id);
    const std::int64_t count =
        uses == state.funds.invoice_uses.end() ? 0 : static_cast<std::int64_t>(uses->second.size());
    sheet.rows.push_back(
        {day_cell(i->day), i->issuer_uscc, i->number, i->amount, count, id_text(i->id)});
  }
  return sheet;
}

}  // namespace

Book purchase_ledger(const State& state, const Scope& scope) {
  Book book{"政府采购与资金台账", "合同、验收、支付、资金、票据", state.last_received, {}};
  book.sheets = {contracts_sheet(state, scope), acceptance_sheet(state, scope),
                 payments_sheet(state, scope), funds_sheet(state), invoices_sheet(state, scope)};
  return book;
}

}  // namespace houniao::exports
