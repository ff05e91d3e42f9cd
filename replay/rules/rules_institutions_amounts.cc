// A36, amount patterns: money that looks made up (审计法 36; F. Benford 1938, the first digits of
// amounts that grew by themselves).
//
// Reads: payments with their requests, invoices, receipts, awards and contracts.
//   - round: payments to one payee without a contract, many different ones and nearly all round
//   - repeats: one amount paid to one payee several times within days, without a contract
//   - first digits: invoices of one issuer, or payments asked for by one person, whose first digits
//     lie too far from Benford's law; only in large samples, in integers throughout
//   - a deposit shortly before an award or a contract to whoever paid it in
// One anomaly for each payee, issuer, requester, and for each party with such deposits.
#include <algorithm>
#include <array>
#include <map>

#include "replay/rules/rules_institutions.h"
#include "replay/rules/rules_institutions_parts.h"

namespace houniao::rules::institutions {
namespace {

struct Paid {
  EventId event;
  Day day;
  std::int64_t fen = 0;  // what was not given back
  std::uint64_t payee = 0;
  std::uint64_t requester = 0;
  bool under_contract = false;
};

// Of the digits 1 to 9, in ten-thousandths, rounded so that they make up the whole.
constexpr std::array<std::int64_t, 9> kBenford = {3010, 1761, 1249, 969, 792, 669, 580, 512, 458};
constexpr std::int64_t kWhole = 10'000;

int first_digit(std::int64_t fen) {
  while (fen >= 10) fen /= 10;
  return static_cast<int>(fen);
}

// Chi-square of first digits against Benford's law, in thousandths, 8 degrees of freedom. A sample
// of more than kWhole is scaled down to it, which makes the value smaller, never larger.
std::int64_t chi_square_milli(const std::array<std::int64_t, 9>& counted, std::int64_t sample) {
  std::array<std::int64_t, 9> counts = counted;
  if (sample > kWhole) {
    for (std::int64_t& count : counts) count = count * kWhole / sample;
    sample = 0;
    for (const std::int64_t count : counts) sample += count;
  }
  if (sample == 0) return 0;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::int64_t expected = sample * kBenford[i];  // in ten-thousandths
    const std::int64_t apart = counts[i] * kWhole - expected;
    // At most 10^16 in the square: the quotient first, then the thousandths of its rest.
    const std::int64_t square = apart * apart / expected;  // in ten-thousandths
    sum += square / 10;
  }
  return sum;
}

struct Sample {
  std::array<std::int64_t, 9> digits{};
  std::int64_t size = 0;
  Fen sum;
  std::vector<EventId> events;

  void add(EventId event, std::int64_t fen) {
    if (fen <= 0) return;
    ++digits[static_cast<std::size_t>(first_digit(fen) - 1)];
    ++size;
    sum = plus(sum, Fen{fen});
    events.push_back(event);
  }
};

class Amounts final : public Rule {
 public:
  explicit Amounts(const Parameters& parameters)
      : round_fen_(std::max<std::int64_t>(parameters.get("round_fen"), 1)),
        round_least_(parameters.get("round_least")),
        round_permille_(parameters.get("round_permille")),
        repeats_least_(std::max<std::int64_t>(parameters.get("repeats_least"), 2)),
        repeat_days_(parameters.get("repeat_days")),
        sample_least_(parameters.get("sample_least")),
        chi_square_milli_(parameters.get("chi_square_milli")),
        effect_permille_(parameters.get("effect_permille")),
        deposit_days_(parameters.get("deposit_days")) {}

  void observe(const Observation& seen) override {
    if (seen.type != EventBody::FUNDS_RECEIVED) return;
    const auto body = seen.event.getBody().getFundsReceived();
    if (body.getPayer() == 0) return;
    const Day day = body.getValueDay() != 0 ? Day{body.getValueDay()} : seen.occurred;
    deposits_.push_back({seen.id, body.getFund(), body.getPayer(), day});
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    const std::vector<Paid> payments = payments_of(state);
    look_at_payees(payments, out);
    look_at_digits(state, payments, out);
    look_at_deposits(state, out);
  }

 private:
  struct Deposit {
    EventId event;
    std::uint64_t fund = 0;
    std::uint64_t payer = 0;
    Day day;
  };

  static std::vector<Paid> payments_of(const State& state) {
    std::vector<Paid> out;
    for (const auto& [id, payment] : state.funds.payments) {
      const Request* request = state.funds.find_request(payment.request);
      const std::int64_t left = payment.amount.value - payment.reversed.value;
      if (request == nullptr || left <= 0 || !state.in_force(id)) continue;
      out.push_back({EventId{id.value}, payment.value_day, left, request->payee.value,
                     request->requester, static_cast<bool>(request->contract)});
    }
    std::sort(out.begin(), out.end(), [](const Paid& a, const Paid& b) {
      return std::pair(a.day, a.event) < std::pair(b.day, b.event);
    });
    return out;
  }

  void look_at_payees(const std::vector<Paid>& payments, std::vector<Anomaly>& out) const {
    std::map<std::uint64_t, std::vector<const Paid*>> payees;
    for (const Paid& paid : payments) {
      if (!paid.under_contract) payees[paid.payee].push_back(&paid);
    }
    for (const auto& [payee, list] : payees) {
      look_at_round(payee, list, out);
      look_at_repeats(payee, list, out);
    }
  }

  // Rent is round and the same every month: only different amounts say something.
  void look_at_round(std::uint64_t payee, const std::vector<const Paid*>& list,
                     std::vector<Anomaly>& out) const {
    std::map<std::int64_t, EventId> amounts;
    for (const Paid* paid : list) amounts.try_emplace(paid->fen, paid->event);
    Anomaly anomaly;
    for (const auto& [fen, event] : amounts) {
      if (fen % round_fen_ != 0) continue;
      anomaly.events.push_back(event);
      anomaly.at_risk = plus(anomaly.at_risk, Fen{fen});
    }
    const auto round = static_cast<std::int64_t>(anomaly.events.size());
    const auto all = static_cast<std::int64_t>(amounts.size());
    if (round < round_least_ || !reaches(round, all, round_permille_)) return;
    anomaly.subject = payee;
    anomaly.zh = "无合同付给同一收款方的" + number(all) + "种不同金额中" + number(round) + "种是" +
                 yuan(Fen{round_fen_}) + "元的整数倍";
    anomaly.en = "of " + number(all) + " different amounts paid to one payee without a contract " +
                 number(round) + " are multiples of " + yuan(Fen{round_fen_}) + " yuan";
    out.push_back(std::move(anomaly));
  }

  void look_at_repeats(std::uint64_t payee, const std::vector<const Paid*>& list,
                       std::vector<Anomaly>& out) const {
    std::map<std::int64_t, std::vector<const Paid*>> amounts;  // each by day
    for (const Paid* paid : list) amounts[paid->fen].push_back(paid);
    Anomaly anomaly;
    boost::unordered_flat_set<std::uint64_t> seen;
    const auto least = static_cast<std::size_t>(repeats_least_);
    for (const auto& [fen, same] : amounts) {
      for (std::size_t i = 0; i + least <= same.size(); ++i) {
        const std::int64_t days = std::int64_t{same[i + least - 1]->day.value} - same[i]->day.value;
        if (days > repeat_days_) continue;
        for (std::size_t k = i; k < i + least; ++k) {
          if (!seen.insert(same[k]->event.value).second) continue;
          anomaly.events.push_back(same[k]->event);
          anomaly.at_risk = plus(anomaly.at_risk, Fen{fen});
        }
      }
    }
    if (anomaly.events.empty()) return;
    anomaly.subject = payee;
    anomaly.zh = "无合同付给同一收款方的相同金额在" + number(repeat_days_) + "天内重复，共" +
                 count_of(anomaly.events) + "笔";
    anomaly.en = count_of(anomaly.events) +
                 " payments to one payee without a contract repeat an amount within " +
                 number(repeat_days_) + " days";
    out.push_back(std::move(anomaly));
  }

  void look_at_digits(const State& state, const std::vector<Paid>& payments,
                      std::vector<Anomaly>& out) const {
    std::map<std::string, Sample> issuers;
    for (const auto& [id, invoice] : state.funds.invoices) {
      if (state.in_force(id)) {
        issuers[invoice.issuer_uscc].add(EventId{id.value}, invoice.amount.value);
      }
    }
    for (auto& [uscc, sample] : issuers) {
      const auto bodies = state.organisations.by_uscc.find(uscc);
      const std::uint64_t subject =
          bodies == state.organisations.by_uscc.end() || bodies->second.empty()
              ? 0
              : bodies->second.front().value;
      report_digits("同一开票方的票据金额", "invoices of one issuer", subject, sample, out);
    }
    std::map<std::uint64_t, Sample> requesters;
    for (const Paid& paid : payments) requesters[paid.requester].add(paid.event, paid.fen);
    for (auto& [requester, sample] : requesters) {
      report_digits("同一申请人的付款金额", "payments asked for by one person", requester, sample,
                    out);
    }
  }

  void report_digits(std::string_view zh, std::string_view en, std::uint64_t subject,
                     Sample& sample, std::vector<Anomaly>& out) const {
    if (sample.size < sample_least_) return;
    const std::int64_t chi = chi_square_milli(sample.digits, sample.size);
    // A large sample tells small differences; only large ones are worth a question.
    const std::int64_t effect = std::min(sample.size, kWhole) * effect_permille_;
    if (chi < std::max(chi_square_milli_, effect)) return;
    Anomaly anomaly;
    anomaly.subject = subject;
    anomaly.events = std::move(sample.events);
    anomaly.at_risk = sample.sum;
    anomaly.zh = std::string(zh) + number(sample.size) +
                 "个，首位数字偏离本福特分布，卡方（千分之一）" + number(chi);
    anomaly.en = number(sample.size) + " " + std::string(en) +
                 ": first digits far from Benford's law, chi-square in thousandths " + number(chi);
    out.push_back(std::move(anomaly));
  }

  void look_at_deposits(const State& state, std::vector<Anomaly>& out) const {
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<const Deposit*>> by_party;
    for (const Deposit& deposit : deposits_) {
      if (counts(state, deposit.event)) by_party[{deposit.payer, deposit.fund}].push_back(&deposit);
    }
    if (by_party.empty()) return;
    std::map<std::uint64_t, Anomaly> found;
    const auto look = [&](std::uint64_t party, std::uint64_t fund, EventId decision, Fen amount) {
      const auto at = by_party.find({party, fund});
      if (at == by_party.end()) return;
      const Day day = occurred_on(state, decision);
      bool any = false;
      for (const Deposit* deposit : at->second) {
        const std::int64_t before = std::int64_t{day.value} - deposit->day.value;
        if (before < 0 || before > deposit_days_) continue;
        found[party].events.push_back(deposit->event);
        any = true;
      }
      if (!any) return;
      found[party].events.push_back(decision);
      found[party].at_risk = plus(found[party].at_risk, amount);
    };
    each_decision(state, look);
    for (auto& [party, anomaly] : found) {
      anomaly.subject = party;
      anomaly.zh = "中选或签约前" + number(deposit_days_) + "天内，中选方向同一资金缴款；涉及" +
                   yuan(anomaly.at_risk) + "元";
      anomaly.en = "whoever won or signed had paid into the same fund within " +
                   number(deposit_days_) + " days before; " + yuan(anomaly.at_risk) +
                   " yuan concerned";
      out.push_back(std::move(anomaly));
    }
  }

  // Calls look(party, fund, decision, amount) for awards and contracts.
  template <class Look>
  static void each_decision(const State& state, Look&& look) {
    for (const auto& [id, call] : state.calls.calls) {
      for (const Award& award : call.awards) {
        const Proposal* proposal = state.calls.find(award.proposal);
        if (proposal == nullptr) continue;
        for (const ProposalApplicant& applicant : proposal->applicants) {
          look(applicant.party, call.fund.value, award.event, award.amount);
        }
      }
    }
    for (const auto& [id, contract] : state.contracts.contracts) {
      if (!state.in_force(id)) continue;
      for (const OrganisationId contractor : contract.contractors) {
        for (const FundId fund : contract.funds) {
          look(contractor.value, fund.value, EventId{id.value}, contract_value(state, id));
        }
      }
    }
  }

  std::int64_t round_fen_;
  std::int64_t round_least_;
  std::int64_t round_permille_;
  std::int64_t repeats_least_;
  std::int64_t repeat_days_;
  std::int64_t sample_least_;
  std::int64_t chi_square_milli_;
  std::int64_t effect_permille_;
  std::int64_t deposit_days_;
  std::vector<Deposit> deposits_;
};

}  // namespace

std::unique_ptr<Rule> make_amounts(const Parameters& parameters) {
  return std::make_unique<Amounts>(parameters);
}

}  // namespace houniao::rules::institutions
