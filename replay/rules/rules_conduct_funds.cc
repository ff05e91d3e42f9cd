// A16 restricted money: requests outside of a fund's restriction, which stay held and are doubted
// as attempts; money given to a programme in another region or outside the fund's days; work done
// outside the region that the money is for; and money that comes back into another fund.
#include <algorithm>
#include <array>

#include "replay/rules/rules_conduct.h"

namespace houniao::rules {
namespace {

constexpr std::array kParameters = {
    Parameter{"transfer_days", 60, "付款后多少日内由收款单位转入另一资金视为挪转",
              "days after a payment in which the payee's money in another fund is doubted"},
    Parameter{"transfer_permille", 800, "转入金额至少占付款的千分比",
              "least share of the payment that comes back, in permille"},
    Parameter{"outside_permille", 500, "合同交付在限定地区之外的千分比",
              "share of a contract's deliveries outside the region, in permille"},
};

constexpr std::array kReads = {Body::DISBURSEMENT_REQUESTED, Body::DISBURSEMENT_PAID,
                               Body::DISBURSEMENT_REVERSED,  Body::BUDGET_ALLOCATED,
                               Body::FUNDS_RECEIVED,         Body::FUND_SOURCE_ESTABLISHED,
                               Body::MILESTONE_SUBMITTED,    Body::MILESTONE_REVIEWED,
                               Body::PROGRAMME_OPENED,       Body::SITE_OPENED,
                               Body::CONTRACT_SIGNED,        Body::SESSION_HELD,
                               Body::SERVICE_DELIVERED,      Body::ATTENDANCE_RECORDED};

// A GB/T 2260 code without the zeros of the levels that it does not name.
std::uint32_t named_part(std::uint32_t region) {
  while (region != 0 && region % 100 == 0) region /= 100;
  return region;
}
bool contains(std::uint32_t outer, std::uint32_t inner) {
  while (inner > outer) inner /= 100;
  return inner == outer && outer != 0;
}

// Neither inside one of the fund's regions nor a region that has one of them inside it.
bool is_elsewhere(const Fund& fund, std::uint32_t region) {
  if (region == 0 || fund.allowed_regions.empty()) return false;
  const std::uint32_t place = named_part(region);
  return std::none_of(fund.allowed_regions.begin(), fund.allowed_regions.end(),
                      [&](std::uint32_t allowed) {
                        const std::uint32_t part = named_part(allowed);
                        return contains(part, place) || contains(place, part);
                      });
}

class RestrictedMoney final : public Rule {
 public:
  explicit RestrictedMoney(const Parameters& parameters)
      : transfer_days_(capped(parameters, "transfer_days", kDaysMax)),
        transfer_permille_(capped(parameters, "transfer_permille", kPermilleMax)),
        outside_permille_(capped(parameters, "outside_permille", kPermilleMax)) {}

  void observe(const Observation& seen) override {
    switch (seen.type) {
      case Body::DISBURSEMENT_REQUESTED: {
        const auto body = seen.event.getBody().getDisbursementRequested();
        return keep(seen, FundId{body.getFund()}, body.getAmountFen());
      }
      case Body::DISBURSEMENT_PAID: {
        const auto body = seen.event.getBody().getDisbursementPaid();
        const Request* request = seen.state.funds.find_request(RequestId{body.getRequest()});
        return keep(seen, request == nullptr ? FundId{} : request->fund, body.getAmountFen());
      }
      case Body::BUDGET_ALLOCATED: {
        const auto body = seen.event.getBody().getBudgetAllocated();
        allocations_.push_back({seen.id, FundId{body.getFund()}, ProgrammeId{body.getProgramme()},
                                body.getAmountFen(), seen.occurred});
        return;
      }
      case Body::FUNDS_RECEIVED: {
        const auto body = seen.event.getBody().getFundsReceived();
        const Day day = body.getValueDay() != 0 ? Day{body.getValueDay()} : seen.occurred;
        receipts_.push_back({seen.id, FundId{body.getFund()}, OrganisationId{body.getPayer()},
                             body.getAmountFen(), day});
        return;
      }
      default:
        return;
    }
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    find_attempts(state, out);
    find_allocations(state, out);
    find_transfers(state, out);
    find_work_elsewhere(state, out);
  }

 private:
  struct Attempt {
    EventId event;
    FundId fund;
    std::int64_t fen = 0;
  };
  struct Allocation {
    EventId event;
    FundId fund;
    ProgrammeId programme;
    std::int64_t fen = 0;
    Day day;
  };
  struct Receipt {
    EventId event;
    FundId fund;
    OrganisationId payer;
    std::int64_t fen = 0;
    Day day;
  };

  void keep(const Observation& seen, FundId fund, std::int64_t fen) {
    if (seen.verdict == schema::Verdict::HELD) attempts_.push_back({seen.id, fund, fen});
  }
  void find_attempts(const State& state, std::vector<Anomaly>& out) const;
  void find_allocations(const State& state, std::vector<Anomaly>& out) const;
  void find_transfers(const State& state, std::vector<Anomaly>& out) const;
  void find_work_elsewhere(const State& state, std::vector<Anomaly>& out) const;
  bool is_transfer(const State& state, const Receipt& receipt, const Payment& payment) const;

  std::int64_t transfer_days_;
  std::int64_t transfer_permille_;
  std::int64_t outside_permille_;
  std::vector<Attempt> attempts_;
  std::vector<Allocation> allocations_;
  std::vector<Receipt> receipts_;
};

// What is still held. What was refused since was dealt with; a decision cannot let it through.
void RestrictedMoney::find_attempts(const State& state, std::vector<Anomaly>& out) const {
  for (const Attempt& attempt : attempts_) {
    const EventEntry* entry = state.events.find(attempt.event);
    const auto at = state.reasons.find(attempt.event);
    if (entry == nullptr || entry->status != EventStatus::held || at == state.reasons.end()) {
      continue;
    }
    std::string zh;
    std::string en;
    const auto say = [&](Reason reason, const char* text_zh, const char* text_en) {
      if (!at->second.has(reason)) return;
      zh += (zh.empty() ? "" : "、") + std::string(text_zh);
      en += (en.empty() ? "" : ", ") + std::string(text_en);
    };
    say(Reason::purpose_outside_fund, "用途", "the purpose");
    say(Reason::region_outside_fund, "地区", "the region");
    say(Reason::date_outside_fund, "日期", "the date");
    if (zh.empty()) continue;
    doubt(out, {attempt.event}, attempt.fund.value,
          Fen{valid_amount(attempt.fen) ? attempt.fen : 0},
          "用款超出资金限定范围：" + zh + "；事件待决，尚未支付",
          "money is asked for outside of the fund's restriction: " + en +
              "; the event is held and nothing was paid");
  }
}

void RestrictedMoney::find_allocations(const State& state, std::vector<Anomaly>& out) const {
  for (const Allocation& item : allocations_) {
    const Fund* fund = state.funds.find(item.fund);
    if (fund == nullptr || !valid_amount(item.fen) || !state.in_force(item.event)) continue;
    const Programme* programme = state.programme(item.programme);
    if (programme != nullptr && is_elsewhere(*fund, programme->region)) {
      doubt(out, {item.event, EventId{item.programme.value}}, item.fund.value, Fen{item.fen},
            "限定地区的资金分配给了其他地区（" + std::to_string(programme->region) + "）的项目",
            "money restricted to a region was allocated to a programme in another (" +
                std::to_string(programme->region) + ")");
    }
    if (!fund->allows_day(item.day)) {
      doubt(out, {item.event}, item.fund.value, Fen{item.fen},
            "分配日期 " + to_string(item.day) + " 不在资金使用期内",
            "allocated on " + to_string(item.day) + ", outside the days of the fund");
    }
  }
}

bool RestrictedMoney::is_transfer(const State& state, const Receipt& receipt,
                                  const Payment& payment) const {
  const Request* request = state.funds.find_request(payment.request);
  if (request == nullptr || request->fund == receipt.fund) return false;
  const Fund* from = state.funds.find(request->fund);
  const Fund* to = state.funds.find(receipt.fund);
  if (from == nullptr || to == nullptr) return false;
  const bool restricted = !from->allowed_purposes.empty() || !from->allowed_regions.empty();
  const bool same_restriction = from->allowed_purposes == to->allowed_purposes &&
                                from->allowed_regions == to->allowed_regions;
  if (!restricted || same_restriction) return false;
  const std::int64_t paid = payment.amount.value - payment.reversed.value;
  const std::int64_t days = std::int64_t{receipt.day.value} - payment.value_day.value;
  return days >= 0 && days <= transfer_days_ && receipt.fen <= paid &&
         receipt.fen >= paid / 1000 * transfer_permille_;
}

void RestrictedMoney::find_transfers(const State& state, std::vector<Anomaly>& out) const {
  boost::unordered_flat_map<OrganisationId, std::vector<const Payment*>> by_payee;
  for (const auto& [id, payment] : state.funds.payments) {
    const Request* request = state.funds.find_request(payment.request);
    if (request != nullptr && state.in_force(id)) by_payee[request->payee].push_back(&payment);
  }
  for (auto& [payee, payments] : by_payee) {
    std::sort(payments.begin(), payments.end(),
              [](const Payment* a, const Payment* b) { return a->id < b->id; });
  }
  for (const Receipt& receipt : receipts_) {
    if (!receipt.payer || !valid_amount(receipt.fen) || !state.in_force(receipt.event)) continue;
    const auto at = by_payee.find(receipt.payer);
    if (at == by_payee.end()) continue;
    const auto source =
        std::find_if(at->second.begin(), at->second.end(),
                     [&](const Payment* payment) { return is_transfer(state, receipt, *payment); });
    if (source == at->second.end()) continue;
    doubt(out, {receipt.event, EventId{(*source)->id.value}}, receipt.fund.value, Fen{receipt.fen},
          "限定用途的资金付出 " + yuan((*source)->amount) + " 元后，收款单位向另一资金转入 " +
              yuan(Fen{receipt.fen}) + " 元",
          "after " + yuan((*source)->amount) + " CNY of restricted money was paid, the payee put " +
              yuan(Fen{receipt.fen}) + " CNY into another fund");
  }
}

// Deliveries that a contract bills at places where none of its funds may be spent.
void RestrictedMoney::find_work_elsewhere(const State& state, std::vector<Anomaly>& out) const {
  struct Work {
    std::int64_t placed = 0;
    std::vector<EventId> outside;
  };
  boost::unordered_flat_map<ContractId, Work> work;
  for (const auto& [id, milestone] : state.contracts.milestones) {
    const Contract* contract = state.contracts.find(milestone.contract);
    if (contract == nullptr || contract->funds.empty() || !state.in_force(id)) continue;
    Work& of = work[contract->id];
    for (const EventId unit : milestone.units) {
      const FactTable::RowSpan rows = state.facts.rows_of(unit);
      if (rows.count == 0) continue;
      const Site* site = state.site(SiteId{state.facts.columns().site[rows.first]});
      if (site == nullptr || site->region == 0) continue;
      ++of.placed;
      const bool outside =
          std::all_of(contract->funds.begin(), contract->funds.end(), [&](FundId fund_id) {
            const Fund* fund = state.funds.find(fund_id);
            return fund != nullptr && is_elsewhere(*fund, site->region);
          });
      if (outside) of.outside.push_back(unit);
    }
  }
  for (auto& [id, of] : work) {
    const auto outside = static_cast<std::int64_t>(of.outside.size());
    if (outside == 0 || outside * 1000 < of.placed * outside_permille_) continue;
    Fen at_risk;
    for (const EventId unit : of.outside) at_risk = plus(at_risk, billed_value(state, unit));
    of.outside.push_back(EventId{id.value});
    doubt(out, std::move(of.outside), id.value, at_risk,
          "合同资金限定地区，" + number(of.placed) + " 项有地点的交付中 " + number(outside) +
              " 项在地区之外",
          "the contract's money is for one region, but " + number(outside) + " of " +
              number(of.placed) + " deliveries with a place were made elsewhere");
  }
}

const std::array kRows = {RuleRow{
    .number = 16,
    .version = 1,
    .zh = "专项资金挪用",
    .en = "restricted money used for something else",
    .basis = "慈善法第五十四条、第五十六条；彩票管理条例第三十三条；公益事业捐赠法第十八条",
    .basis_en = "Charity Law 54 and 56; Lottery Regulation 33; Donations Law 18",
    .innocent_zh = "核对是否取得捐赠人或主管部门同意变更用途、是否录错用途代码、是否退款应回原资金",
    .innocent_en = "check whether donor or authority agreed to the change, whether a code was "
                   "mistyped, and whether a refund belongs to the first fund",
    .parameters = kParameters,
    .reads = kReads,
    .by_day = false,
    .make = make_rule<RestrictedMoney>,
}};

}  // namespace

std::span<const RuleRow> rules_of_funds() { return kRows; }

}  // namespace houniao::rules
