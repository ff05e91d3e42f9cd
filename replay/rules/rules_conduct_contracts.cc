// A14 contract drift: supplements beyond a tenth, a value that its parts do not give, one number
// for two contracts, and purchases that were cut up to stay below the threshold of a tender.
#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "replay/rules/rules_conduct.h"

namespace houniao::rules {
namespace {

constexpr std::array kParameters = {
    Parameter{"supplement_permille", 100,
              "补充金额累计最多占原合同金额的千分比（政府采购法第四十九条）",
              "supplements in total, in permille of the amount signed (Procurement Law 49)"},
    Parameter{"threshold_fen", 200'000'000, "公开招标数额标准（分）",
              "amount from which a tender is needed, in fen"},
    Parameter{"contracts_min", 2, "同一财政年度内视为拆分的最少合同数",
              "contracts within one fiscal year that may be one purchase cut up"},
};

constexpr std::array kReads = {Body::CONTRACT_SIGNED, Body::CONTRACT_AMENDED};

class ContractDrift final : public Rule {
 public:
  explicit ContractDrift(const Parameters& parameters)
      : permille_(capped(parameters, "supplement_permille", kPermilleMax)),
        threshold_(parameters.get("threshold_fen")),
        contracts_min_(parameters.get("contracts_min")) {}

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    Purchases purchases;
    for (const auto& [id, contract] : state.contracts.contracts) {
      if (!state.in_force(id)) continue;
      check_supplements(contract, out);
      check_parts(contract, out);
      enter(state, contract, purchases);
    }
    check_numbers(state, out);
    check_split(purchases, out);
  }

 private:
  struct Purchase {
    ContractId id;
    Fen amount;
  };
  // (buyer, contractor, kind, year) of purchases that are each below the threshold.
  using Purchases =
      std::map<std::tuple<std::uint64_t, std::uint64_t, std::uint32_t, int>, std::vector<Purchase>>;

  void check_supplements(const Contract& contract, std::vector<Anomaly>& out) const;
  static void check_parts(const Contract& contract, std::vector<Anomaly>& out);
  static void check_numbers(const State& state, std::vector<Anomaly>& out);
  void enter(const State& state, const Contract& contract, Purchases& purchases) const;
  void check_split(const Purchases& purchases, std::vector<Anomaly>& out) const;

  std::int64_t permille_;
  std::int64_t threshold_;
  std::int64_t contracts_min_;
};

// Supplements without those that a later reduction of the same size took back.
std::vector<Amendment> standing_supplements(const Contract& contract) {
  std::vector<Amendment> up;
  for (const Amendment& amendment : contract.amendments) {
    if (amendment.delta.value > 0) {
      up.push_back(amendment);
    } else if (amendment.delta.value < 0) {
      const auto same = std::find_if(up.rbegin(), up.rend(), [&](const Amendment& earlier) {
        return earlier.delta.value == -amendment.delta.value;
      });
      if (same != up.rend()) up.erase(std::next(same).base());
    }
  }
  return up;
}

void ContractDrift::check_supplements(const Contract& contract, std::vector<Anomaly>& out) const {
  const std::vector<Amendment> supplements = standing_supplements(contract);
  Fen sum;
  std::vector<EventId> events = {EventId{contract.id.value}};
  for (const Amendment& amendment : supplements) {
    sum = plus(sum, amendment.delta);
    events.push_back(amendment.event);
  }
  const std::int64_t signed_fen = contract.signed_amount.value;
  const std::int64_t allowed = signed_fen / 1000 * permille_ + signed_fen % 1000 * permille_ / 1000;
  if (sum.value <= allowed) return;
  doubt(out, std::move(events), contract.id.value, Fen{sum.value - allowed},
        "合同原金额 " + yuan(contract.signed_amount) + " 元，补充 " +
            number(static_cast<std::int64_t>(supplements.size())) + " 次共 " + yuan(sum) +
            " 元，超过限度 " + yuan(Fen{allowed}) + " 元",
        "signed for " + yuan(contract.signed_amount) + " CNY, supplemented " +
            number(static_cast<std::int64_t>(supplements.size())) + " times by " + yuan(sum) +
            " CNY in total, more than the " + yuan(Fen{allowed}) + " CNY allowed");
}

void ContractDrift::check_parts(const Contract& contract, std::vector<Anomaly>& out) {
  if (contract.deliverables.empty()) return;
  Fen sum;
  for (const Deliverable& line : contract.deliverables) {
    sum = plus(sum, checked_multiply(line.unit_price, line.quantity).value_or(kFenMax));
  }
  if (sum == contract.signed_amount) return;
  const std::int64_t gap = contract.signed_amount.value - sum.value;
  doubt(out, {EventId{contract.id.value}}, contract.id.value, Fen{std::max<std::int64_t>(gap, 0)},
        "合同金额 " + yuan(contract.signed_amount) + " 元，交付项按数量和单价合计 " + yuan(sum) +
            " 元，没有变更说明差额",
        "signed for " + yuan(contract.signed_amount) + " CNY, but the deliverables come to " +
            yuan(sum) + " CNY by quantity and unit price, and no amendment explains it");
}

void ContractDrift::check_numbers(const State& state, std::vector<Anomaly>& out) {
  for (const auto& [contract_number, ids] : state.contracts.by_number) {
    const Contract* first = nullptr;
    std::vector<EventId> events;
    Fen least = kFenMax;
    Fen most;
    for (const ContractId id : ids) {
      const Contract* contract = state.contracts.find(id);
      if (contract == nullptr || !state.in_force(id)) continue;
      if (first == nullptr) first = contract;
      least = std::min(least, contract->signed_amount);
      most = std::max(most, contract->signed_amount);
      events.push_back(EventId{id.value});
    }
    if (events.size() < 2 || least == most) continue;
    doubt(out, std::move(events), first->id.value, Fen{most.value - least.value},
          "同一合同编号登记了不同金额：最低 " + yuan(least) + " 元，最高 " + yuan(most) +
              " 元，没有变更",
          "one contract number stands for different amounts, from " + yuan(least) + " to " +
              yuan(most) + " CNY, without an amendment");
  }
}

void ContractDrift::enter(const State& state, const Contract& contract,
                          Purchases& purchases) const {
  if (contract.signed_amount.value >= threshold_ || contract.contractors.empty()) return;
  const EventEntry* entry = state.events.find(EventId{contract.id.value});
  const int year = to_civil(entry->occurred).year;
  std::vector<Symbol> kinds;
  for (const Deliverable& line : contract.deliverables) kinds.push_back(line.kind);
  if (kinds.empty()) kinds.push_back(kNoText);
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  for (const OrganisationId contractor : contract.contractors) {
    for (const Symbol kind : kinds) {
      purchases[{contract.buyer.value, contractor.value, kind.value, year}].push_back(
          {contract.id, contract.signed_amount});
    }
  }
}

void ContractDrift::check_split(const Purchases& purchases, std::vector<Anomaly>& out) const {
  for (const auto& [key, list] : purchases) {
    if (static_cast<std::int64_t>(list.size()) < contracts_min_) continue;
    Fen sum;
    std::vector<EventId> events;
    for (const Purchase& purchase : list) {
      sum = plus(sum, purchase.amount);
      events.push_back(EventId{purchase.id.value});
    }
    if (sum.value < threshold_) continue;
    // The text names no kind, so that purchases which share several kinds are doubted once.
    const std::string count = number(static_cast<std::int64_t>(list.size()));
    doubt(out, std::move(events), std::get<1>(key), sum,
          "同一采购人一年内与同一承接方就同类服务签订 " + count + " 份合同，均低于 " +
              yuan(Fen{threshold_}) + " 元，合计 " + yuan(sum) + " 元",
          "within one year the buyer signed " + count +
              " contracts for the same kind of service with one contractor, each below " +
              yuan(Fen{threshold_}) + " CNY, together " + yuan(sum) + " CNY");
  }
}

const std::array kRows = {RuleRow{
    .number = 14,
    .version = 1,
    .zh = "合同走样",
    .en = "contract drift",
    .basis = "政府采购法第四十九条；政府采购法实施条例第二十八条（化整为零规避公开招标）",
    .basis_en = "Government Procurement Law 49; its implementing regulation 28 (purchases cut up)",
    .innocent_zh =
        "核对补充是否有法定依据、总价是否另有优惠或取整、年度内各合同是否分别立项并经批准",
    .innocent_en = "check for a legal ground, a rebate or rounding of the total, and whether the "
                   "contracts of the year are separate, approved projects",
    .parameters = kParameters,
    .reads = kReads,
    .by_day = false,
    .make = make_rule<ContractDrift>,
}};

}  // namespace

std::span<const RuleRow> rules_of_contract_drift() { return kRows; }

}  // namespace houniao::rules
