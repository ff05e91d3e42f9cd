// A40, custody money: what clients hand over for fees is held for them, never mixed with the money
// of a programme, and ends at nothing (I28).
//
// Reads: movements of custody money, fees of agency cases, and the bank references and purposes of
// the programme's own money.
//   - money of a client held for too long: one anomaly for each client
//   - an attempt to pay on or refund more than is held. It stays held; the attempt is the anomaly,
//     for the money came from somewhere: one for each client
//   - a fee stated, the certificate issued, and no custody money moved, many of one worker: who
//     paid the office? One for each worker
//   - a receipt of a client that is also a bank reference of the programme, or a payment of the
//     programme for fees of clients: one for each fund
#include <algorithm>
#include <map>
#include <string_view>

#include "replay/rules/rules_institutions.h"
#include "replay/rules/rules_institutions_parts.h"

namespace houniao::rules::institutions {
namespace {

using Direction = schema::CustodyMoneyMoved::Direction;
using Stage = schema::AgencyCaseProgressed::Stage;

// Purposes of a request that name fees of clients.
constexpr std::string_view kFeePurposes[] = {"agency_fee", "certificate_fee", "client_fee"};

struct Receipt {
  std::string text;
  EventId event;
};
struct BankMove {
  std::string reference;
  EventId event;
  std::uint64_t fund = 0;     // of a receipt
  std::uint64_t request = 0;  // of a payment
  Fen amount;
};
struct Attempt {
  EventId event;
  std::uint64_t client = 0;
  Fen amount;
};
struct Movement {
  std::int32_t day = 0;
  EventId event;
  std::int64_t fen = 0;  // positive in, negative out

  auto operator<=>(const Movement&) const = default;
};

class Custody final : public Rule {
 public:
  explicit Custody(const Parameters& parameters)
      : clear_days_(parameters.get("clear_days")),
        fees_least_(parameters.get("fees_least")),
        fees_permille_(parameters.get("fees_permille")) {}

  void observe(const Observation& seen) override {
    switch (seen.type) {
      case EventBody::CUSTODY_MONEY_MOVED:
        return observe_custody(seen, seen.event.getBody().getCustodyMoneyMoved());
      case EventBody::FUNDS_RECEIVED: {
        const auto body = seen.event.getBody().getFundsReceived();
        bank_.push_back({std::string(to_view(body.getBankReference())), seen.id, body.getFund(), 0,
                         Fen{body.getAmountFen()}});
        return;
      }
      case EventBody::DISBURSEMENT_PAID: {
        const auto body = seen.event.getBody().getDisbursementPaid();
        bank_.push_back({std::string(to_view(body.getBankReference())), seen.id, 0,
                         body.getRequest(), Fen{body.getAmountFen()}});
        return;
      }
      default:
        return;
    }
  }

  void find(const State& state, Day today, std::vector<Anomaly>& out) const override {
    look_at_balances(state, today, out);
    look_at_attempts(state, out);
    look_at_fees(state, out);
    look_at_funds(state, out);
  }

 private:
  void observe_custody(const Observation& seen, schema::CustodyMoneyMoved::Reader body) {
    if (body.getReceipt().size() != 0) {
      receipts_.push_back({std::string(to_view(body.getReceipt())), seen.id});
    }
    const bool out = body.getDirection() != Direction::RECEIVED;
    if (out && seen.verdict == schema::Verdict::HELD && valid_amount(body.getAmountFen())) {
      attempts_.push_back({seen.id, body.getClient(), Fen{body.getAmountFen()}});
    }
  }

  void look_at_balances(const State& state, Day today, std::vector<Anomaly>& out) const {
    const Symbol received = state.symbols().find("received");
    std::map<std::uint64_t, std::vector<Movement>> clients;
    each_row(state, EventBody::CUSTODY_MONEY_MOVED, [&](const auto& c, std::size_t i) {
      if ((c.flags[i] & kFactOrphan) != 0) return;
      const PersonId client = state.people.representative_of(PersonId{c.subject[i]});
      const bool in = Symbol{c.kind[i]} == received;
      clients[client.value].push_back(
          {c.day[i], EventId{c.event[i]}, in ? c.amount_fen[i] : -c.amount_fen[i]});
    });
    for (auto& [client, moves] : clients) {
      std::sort(moves.begin(), moves.end());
      look_at_client(client, moves, today, out);
    }
  }

  // Since when there is money without a break, and what came in since.
  void look_at_client(std::uint64_t client, const std::vector<Movement>& moves, Day today,
                      std::vector<Anomaly>& out) const {
    std::int64_t balance = 0;
    std::int32_t since = 0;
    Anomaly anomaly;
    for (const Movement& move : moves) {
      if (balance <= 0 && move.fen > 0) {
        since = move.day;
        anomaly.events.clear();
      }
      balance += move.fen;
      if (move.fen > 0) anomaly.events.push_back(move.event);
    }
    const std::int64_t days = std::int64_t{today.value} - since;
    if (balance <= 0 || days <= clear_days_) return;
    anomaly.subject = client;
    anomaly.at_risk = Fen{balance};
    anomaly.zh = "代收款" + yuan(Fen{balance}) + "元自" + to_string(Day{since}) + "起" +
                 number(days) + "天未结清";
    anomaly.en = yuan(Fen{balance}) + " yuan held for a client since " + to_string(Day{since}) +
                 ", " + number(days) + " days, neither paid on nor given back";
    out.push_back(std::move(anomaly));
  }

  // Only what is still held for want of the client's own money.
  void look_at_attempts(const State& state, std::vector<Anomaly>& out) const {
    std::map<std::uint64_t, Anomaly> clients;
    for (const Attempt& attempt : attempts_) {
      const auto reasons = state.reasons.find(attempt.event);
      const EventEntry* entry = state.events.find(attempt.event);
      if (entry == nullptr || entry->status != EventStatus::held) continue;
      if (reasons == state.reasons.end() || !reasons->second.has(Reason::custody_short)) continue;
      Anomaly& anomaly = clients[attempt.client];
      anomaly.events.push_back(attempt.event);
      anomaly.at_risk = plus(anomaly.at_risk, attempt.amount);
    }
    for (auto& [client, anomaly] : clients) {
      anomaly.subject = client;
      anomaly.zh = "付出或退回的代缴款多于代收款，" + yuan(anomaly.at_risk) +
                   "元来源不明（事件待决，未入账）";
      anomaly.en = "more was paid on or given back than is held for the client; where " +
                   yuan(anomaly.at_risk) + " yuan came from is not said (held, not booked)";
      out.push_back(std::move(anomaly));
    }
  }

  struct Fees {
    std::vector<EventId> events;
    std::int64_t whole = 0;
    Fen sum;
  };

  void look_at_fees(const State& state, std::vector<Anomaly>& out) const {
    boost::unordered_flat_set<std::uint64_t> cases;    // for which money moved
    boost::unordered_flat_set<std::uint64_t> clients;  // whose money moved for no case
    each_row(state, EventBody::CUSTODY_MONEY_MOVED, [&](const auto& c, std::size_t i) {
      if (c.group[i] != 0) cases.insert(c.group[i]);
      if (c.group[i] == 0) clients.insert(c.subject[i]);
    });
    std::map<std::uint64_t, Fees> workers;
    for (const auto& [id, item] : state.services.cases) {
      const CaseStage* latest = item.latest();
      if (item.fee_fen == 0 || latest == nullptr || !state.in_force(id)) continue;
      const auto stage = static_cast<Stage>(latest->stage);
      if (stage != Stage::ISSUED && stage != Stage::HANDED_OVER) continue;
      const FactTable::RowSpan rows = state.facts.rows_of(EventId{id.value});
      if (rows.count == 0) continue;
      Fees& fees = workers[state.facts.columns().staff[rows.first]];
      ++fees.whole;
      if (cases.contains(id.value) || clients.contains(item.person.value)) continue;
      fees.events.push_back(EventId{id.value});
      fees.sum = plus(fees.sum, Fen{item.fee_fen});
    }
    for (auto& [worker, fees] : workers) {
      const auto without = static_cast<std::int64_t>(fees.events.size());
      if (without < fees_least_ || !reaches(without, fees.whole, fees_permille_)) continue;
      Anomaly anomaly;
      anomaly.subject = worker;
      anomaly.events = std::move(fees.events);
      anomaly.at_risk = fees.sum;
      anomaly.zh = "一人经办并办成的" + number(without) + "件代办写明收费" + yuan(fees.sum) +
                   "元，却没有任何代收代缴记录";
      anomaly.en = number(without) + " cases of one worker state fees of " + yuan(fees.sum) +
                   " yuan and were issued, but no custody money ever moved";
      out.push_back(std::move(anomaly));
    }
  }

  static std::uint64_t fund_of(const State& state, const BankMove& move) {
    if (move.fund != 0) return move.fund;
    const Request* request = state.funds.find_request(RequestId{move.request});
    return request == nullptr ? 0 : request->fund.value;
  }

  static bool is_for_fees(const State& state, const BankMove& move) {
    const Request* request = state.funds.find_request(RequestId{move.request});
    if (request == nullptr) return false;
    const std::string_view purpose = state.symbols().text(request->purpose);
    return std::find(std::begin(kFeePurposes), std::end(kFeePurposes), purpose) !=
           std::end(kFeePurposes);
  }

  void look_at_funds(const State& state, std::vector<Anomaly>& out) const {
    std::map<std::string_view, std::vector<EventId>> receipts;
    for (const Receipt& receipt : receipts_) {
      if (counts(state, receipt.event)) receipts[receipt.text].push_back(receipt.event);
    }
    std::map<std::uint64_t, Anomaly> funds;
    for (const BankMove& move : bank_) {
      const auto same = receipts.find(move.reference);
      const bool mixed = !move.reference.empty() && same != receipts.end();
      if (!mixed && !is_for_fees(state, move)) continue;
      if (!counts(state, move.event)) continue;
      Anomaly& anomaly = funds[fund_of(state, move)];
      anomaly.events.push_back(move.event);
      if (mixed) {
        anomaly.events.insert(anomaly.events.end(), same->second.begin(), same->second.end());
      }
      anomaly.at_risk = plus(anomaly.at_risk, move.amount);
    }
    for (auto& [fund, anomaly] : funds) {
      anomaly.subject = fund;
      anomaly.zh =
          "代缴款与项目资金混用：项目账户的收付与代缴票据同号，或以项目资金代付个人规费，"
          "合计" +
          yuan(anomaly.at_risk) + "元";
      anomaly.en =
          "clients' money is mixed with the programme's: a bank reference equals a "
          "client's receipt, or the programme pays clients' fees, " +
          yuan(anomaly.at_risk) + " yuan in all";
      out.push_back(std::move(anomaly));
    }
  }

  std::int64_t clear_days_;
  std::int64_t fees_least_;
  std::int64_t fees_permille_;
  std::vector<Receipt> receipts_;
  std::vector<BankMove> bank_;
  std::vector<Attempt> attempts_;
};

}  // namespace

std::unique_ptr<Rule> make_custody(const Parameters& parameters) {
  return std::make_unique<Custody>(parameters);
}

}  // namespace houniao::rules::institutions
