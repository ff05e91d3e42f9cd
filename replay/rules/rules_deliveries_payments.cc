// A13: money that left before anything was accepted for it, to an account that had just changed, or
// when the contract was over. What the fold keeps by order of arrival is looked at here by the days
// that the papers bear: a bank does not pay on the strength of an acceptance that is yet to come.
#include <map>
#include <tuple>

#include "replay/rules/rules_deliveries_parts.h"

namespace houniao::rules::deliveries {
namespace {

constexpr Parameter kPaymentParameters[] = {
    {"acceptance_grace_days", 3, "验收可晚于支付的天数",
     "days by which an acceptance may follow the payment"},
    {"account_days", 30, "账户变更后的观察天数", "days after a change of account"},
    {"settlement_days", 90, "合同期满后可支付的天数",
     "days after the end of a contract in which it may be settled"},
};

class PaidWithoutAcceptance final : public Rule {
 public:
  explicit PaidWithoutAcceptance(const Parameters& parameters)
      : acceptance_grace_(as_int(parameters, "acceptance_grace_days")),
        account_days_(as_int(parameters, "account_days")),
        settlement_days_(as_int(parameters, "settlement_days")) {}

  void observe(const Observation& seen) override;
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  struct Attempt {
    EventId event;
    std::uint64_t contract = 0;
    std::uint64_t payee = 0;
    std::int64_t fen = 0;
  };
  using ByContract = std::map<ContractId, std::vector<const Payment*>>;

  void find_early(const State& state, const Contract& contract,
                  const std::vector<const Payment*>& payments,
                  const std::vector<const Milestone*>& milestones, std::vector<Anomaly>& out) const;
  void find_afterwards(const State& state, const Contract& contract,
                       const std::vector<const Payment*>& payments,
                       std::vector<Anomaly>& out) const;
  void find_account(const State& state, const Payment& payment, std::vector<Anomaly>& out) const;
  void find_attempts(const State& state, std::vector<Anomaly>& out) const;

  int acceptance_grace_;
  int account_days_;
  int settlement_days_;
  boost::unordered_flat_map<PaymentId, std::string> accounts_;  // keyed hash that was paid to
  std::vector<Attempt> attempts_;                               // requests that arrived held
};

void PaidWithoutAcceptance::observe(const Observation& seen) {
  if (seen.type == Body::DISBURSEMENT_PAID) {
    const auto index = seen.event.getBody().getDisbursementPaid().getAccountIndex();
    accounts_.insert_or_assign(entity_cast<PaymentId>(seen.id),
                               std::string(index.begin(), index.size()));
    return;
  }
  if (seen.type != Body::DISBURSEMENT_REQUESTED || seen.verdict != schema::Verdict::HELD) return;
  const auto body = seen.event.getBody().getDisbursementRequested();
  if (!valid_amount(body.getAmountFen())) return;
  attempts_.push_back({seen.id, body.getContract(), body.getPayee(), body.getAmountFen()});
}

// The payments of one contract against what had been accepted by the day of each.
void PaidWithoutAcceptance::find_early(const State& state, const Contract& contract,
                                       const std::vector<const Payment*>& payments,
                                       const std::vector<const Milestone*>& milestones,
                                       std::vector<Anomaly>& out) const {
  struct Step {
    std::int64_t day = 0;
    int order = 0;  // what was accepted on the day of a payment came first
    Fen amount;
    EventId event;
  };
  std::vector<Step> steps;
  for (const Milestone* milestone : milestones) {
    const EventEntry* review = state.events.find(milestone->review);
    if (review == nullptr || milestone->accepted.value == 0) continue;
    steps.push_back({std::int64_t{review->occurred.value} - acceptance_grace_, 0,
                     milestone->accepted, milestone->review});
  }
  for (const Payment* payment : payments) {
    steps.push_back({payment->value_day.value, 1, net_of(*payment), EventId{payment->id.value}});
  }
  std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return std::tie(a.day, a.order, a.event) < std::tie(b.day, b.order, b.event);
  });
  Fen accepted;
  Fen paid;
  Fen most;
  std::vector<EventId> events;
  std::vector<EventId> late;  // acceptances after the first payment that wanted them
  for (const Step& step : steps) {
    if (step.order == 0) {
      accepted = plus(accepted, step.amount);
      if (!events.empty()) late.push_back(step.event);
      continue;
    }
    paid = plus(paid, step.amount);
    const Fen earned = std::max(accepted, contract.advance);
    if (paid <= earned) continue;
    events.push_back(step.event);
    most = std::max(most, Fen{paid.value - earned.value});
  }
  if (events.empty()) return;
  const std::string count = number(static_cast<std::int64_t>(events.size()));
  events.insert(events.end(), late.begin(), late.end());
  events.push_back(EventId{contract.id.value});
  doubt(out, std::move(events), contract.id.value, most,
        count + "笔支付时，累计支付超过已验收金额和约定预付款，最多超出" + yuan(most) + "元",
        "at " + count +
            " payments more had been paid than was accepted or agreed as an advance, "
            "by up to " +
            yuan(most) + " yuan");
}

void PaidWithoutAcceptance::find_afterwards(const State& state, const Contract& contract,
                                            const std::vector<const Payment*>& payments,
                                            std::vector<Anomaly>& out) const {
  std::vector<EventId> events;
  Fen risk;
  for (const Payment* payment : payments) {
    const std::int64_t day = payment->value_day.value;
    const bool late = day > std::int64_t{contract.ends_on().value} + settlement_days_;
    const bool closed = contract.is_closed() && state.in_force(contract.closed) &&
                        payment->value_day > contract.closed_on;
    if (!late && !closed) continue;
    events.push_back(EventId{payment->id.value});
    risk = plus(risk, net_of(*payment));
  }
  if (events.empty()) return;
  const std::string count = number(static_cast<std::int64_t>(events.size()));
  events.push_back(EventId{contract.id.value});
  if (contract.is_closed()) events.push_back(contract.closed);
  doubt(out, std::move(events), contract.id.value, risk,
        count + "笔支付在合同期满" + number(settlement_days_) + "天之后或结清之后",
        count + " payments more than " + number(settlement_days_) +
            " days after the contract had ended, or after it was closed");
}

// The account was new to the payee, and it had had another one before.
void PaidWithoutAcceptance::find_account(const State& state, const Payment& payment,
                                         std::vector<Anomaly>& out) const {
  const Request* request = state.funds.find_request(payment.request);
  const auto account = accounts_.find(payment.id);
  if (request == nullptr || account == accounts_.end() || account->second.empty()) return;
  const Organisation* payee = state.organisation(request->payee);
  if (payee == nullptr) return;
  const Credential* own = nullptr;     // the first record of the account that was paid to
  const Credential* before = nullptr;  // the first record of any other
  for (const Credential& credential : payee->credentials) {
    using Kind = schema::OrganisationCredentialRecorded::Kind;
    if (credential.kind != static_cast<std::uint16_t>(Kind::BANK_ACCOUNT)) continue;
    const Credential*& place = credential.value == account->second ? own : before;
    if (place == nullptr || credential.valid_from < place->valid_from) place = &credential;
  }
  if (own == nullptr || before == nullptr || before->valid_from >= own->valid_from) return;
  const std::int64_t days = std::int64_t{payment.value_day.value} - own->valid_from.value;
  if (days < 0 || days >= account_days_) return;
  doubt(out, {EventId{payment.id.value}, own->event, before->event, EventId{request->id.value}},
        request->payee.value, net_of(payment),
        "收款账户变更后第" + number(days) + "天即支付" + yuan(net_of(payment)) + "元",
        yuan(net_of(payment)) + " yuan were paid " + number(days) +
            " days after the payee's account had changed");
}

// Asked for before anything was accepted. The log has stopped it; whether somebody tries is worth
// knowing.
void PaidWithoutAcceptance::find_attempts(const State& state, std::vector<Anomaly>& out) const {
  struct Tried {
    std::vector<EventId> events;
    Fen fen;
  };
  std::map<std::pair<std::uint64_t, std::uint64_t>, Tried> all;  // by contract and payee
  for (const Attempt& attempt : attempts_) {
    const EventEntry* entry = state.events.find(attempt.event);
    const auto reasons = state.reasons.find(attempt.event);
    if (entry == nullptr || entry->status != EventStatus::held) continue;
    if (reasons == state.reasons.end()) continue;
    if (!reasons->second.has(Reason::payment_before_acceptance) &&
        !reasons->second.has(Reason::over_advance)) {
      continue;
    }
    Tried& tried = all[{attempt.contract, attempt.payee}];
    tried.events.push_back(attempt.event);
    tried.fen = plus(tried.fen, Fen{attempt.fen});
  }
  for (auto& [key, tried] : all) {
    const std::string count = number(static_cast<std::int64_t>(tried.events.size()));
    doubt(out, std::move(tried.events), key.first != 0 ? key.first : key.second, tried.fen,
          count + "次在验收之前或超出预付款申请用款，共" + yuan(tried.fen) + "元，已暂缓待决",
          count + " requests before acceptance or beyond the advance, " + yuan(tried.fen) +
              " yuan in all; they are held");
  }
}

void PaidWithoutAcceptance::find(const State& state, Day, std::vector<Anomaly>& out) const {
  ByContract by_contract;
  for (const auto& [id, payment] : state.funds.payments) {
    if (!state.in_force(id) || net_of(payment).value == 0) continue;
    find_account(state, payment, out);
    const Request* request = state.funds.find_request(payment.request);
    if (request != nullptr && request->contract) by_contract[request->contract].push_back(&payment);
  }
  std::map<ContractId, std::vector<const Milestone*>> milestones;
  for (const auto& [id, milestone] : state.contracts.milestones) {
    if (milestone.is_reviewed() && state.in_force(milestone.review)) {
      milestones[milestone.contract].push_back(&milestone);
    }
  }
  for (const auto& [id, payments] : by_contract) {
    const Contract* contract = state.contracts.find(id);
    if (contract == nullptr) continue;
    find_early(state, *contract, payments, milestones[id], out);
    find_afterwards(state, *contract, payments, out);
  }
  find_attempts(state, out);
}

constexpr EventType kPaymentReads[] = {
    Body::DISBURSEMENT_REQUESTED,  Body::DISBURSEMENT_PAID,
    Body::DISBURSEMENT_REVERSED,   Body::CONTRACT_SIGNED,
    Body::CONTRACT_AMENDED,        Body::CONTRACT_CLOSED,
    Body::MILESTONE_SUBMITTED,     Body::MILESTONE_REVIEWED,
    Body::ORGANISATION_REGISTERED, Body::ORGANISATION_CREDENTIAL_RECORDED};

const RuleRow kRows[] = {
    {.number = 13,
     .zh = "未验收先付款",
     .en = "paid without acceptance",
     .basis = "政府采购法第四十一条、实施条例第四十五条：先验收后付款；"
              "未核实的账户变更是常见的骗款手法",
     .basis_en = "Government Procurement Law article 41 and its regulations article 45: acceptance "
                 "comes before payment; an unverified change of account is a common fraud",
     .innocent_zh =
         "先核对：验收日期登记为补签日期；预付款条款未录入合同；收款单位确已换户并有银行证明",
     .innocent_en = "check first: the acceptance bears the day on which it was countersigned; the "
                    "advance is missing from the contract's record; the bank confirms the account",
     .parameters = kPaymentParameters,
     .reads = kPaymentReads,
     .make = make_rule<PaidWithoutAcceptance>},
};

}  // namespace

std::span<const RuleRow> rules_of_payments() { return kRows; }

}  // namespace houniao::rules::deliveries
