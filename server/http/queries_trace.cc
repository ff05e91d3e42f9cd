// Pages that follow money to what it paid for, and back (replay/trace.h), without naming case work.
#include <algorithm>

#include "server/http/queries_parts.h"
#include "server/http/trace_json.h"

namespace houniao {

nlohmann::ordered_json to_json(const TraceTotals& totals) {
  return {{"received_fen", totals.received.value},
          {"allocated_fen", totals.allocated.value},
          {"approved_fen", totals.approved.value},
          {"accepted_fen", totals.accepted.value},
          {"paid_fen", totals.paid.value},
          {"reversed_fen", totals.reversed.value},
          {"payments", totals.payments},
          {"units", totals.units},
          {"units_withheld", totals.units_withheld}};
}

nlohmann::ordered_json to_json(const Trace& trace) {
  using queries::Json;
  Json out;
  out["root"] = trace.root;
  out["nodes"] = Json::array();
  for (const TraceNode& node : trace.nodes) {
    out["nodes"].push_back(
        {{"kind", std::string(name_of(node.kind))},
         {"kind_zh", std::string(name_zh(node.kind))},
         {"id", queries::id_text(node.id)},
         {"label", node.label},
         {"seq", node.status.empty() ? Json(nullptr) : Json(node.seq)},
         {"day", node.day.value == 0 ? Json(nullptr) : Json(to_string(node.day))},
         {"quantity", node.quantity},
         {"amount_fen", node.amount.value},
         {"status", node.status.empty() ? Json(nullptr) : Json(node.status)}});
  }
  out["edges"] = Json::array();
  for (const TraceEdge& edge : trace.edges) {
    out["edges"].push_back({{"from", edge.from}, {"to", edge.to}, {"permille", edge.permille}});
  }
  out["totals"] = to_json(trace.totals);
  out["left_out"] = trace.left_out;
  out["unexplained"] = queries::ids_text(trace.unexplained);
  return out;
}

namespace queries {
namespace {

// A list of ids that tells how many there are and shows the first.
constexpr std::size_t kShownMax = 500;

Json shown(const std::vector<PaymentId>& ids) {
  return ids_text(std::vector<PaymentId>(
      ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), kShownMax))));
}

// The totals of every fund's trace beside those of the ledger.
Json funds_json(const State& state, const Tracer& tracer, bool& agrees) {
  std::vector<FundId> ids;
  for (const auto& [id, fund] : state.funds.funds) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  Json out = Json::array();
  for (const FundId id : ids) {
    const auto trace = tracer.trace(EventId{id.value}, {.nodes_max = 1, .siblings_max = 1});
    const TraceTotals totals = trace ? trace->totals : TraceTotals{};
    const FundTotals ledger = state.ledger.fund(id);
    const bool same = totals.received == ledger.received && totals.allocated == ledger.allocated &&
                      totals.paid == ledger.paid && totals.reversed == ledger.reversed;
    agrees = agrees && same;
    out.push_back({{"fund", id_text(id)},
                   {"received_fen", totals.received.value},
                   {"allocated_fen", totals.allocated.value},
                   {"paid_fen", totals.paid.value},
                   {"reversed_fen", totals.reversed.value},
                   {"ledger_received_fen", ledger.received.value},
                   {"ledger_allocated_fen", ledger.allocated.value},
                   {"ledger_paid_fen", ledger.paid.value},
                   {"ledger_reversed_fen", ledger.reversed.value},
                   {"agrees", same}});
  }
  return out;
}

Result<Json> all_payments(const State& state) {
  const Tracer tracer(state);
  std::vector<PaymentId> unexplained;
  std::vector<PaymentId> one_way;
  std::uint64_t units = 0;
  std::uint64_t withheld = 0;
  const std::vector<PaymentId> payments = tracer.payments();
  for (const PaymentId payment : payments) {
    const std::vector<EventId> paid_for = tracer.units_of(payment);
    const std::uint64_t of_case_work = tracer.units_withheld(payment);
    units += paid_for.size() + of_case_work;
    withheld += of_case_work;
    if (paid_for.empty() && of_case_work == 0) unexplained.push_back(payment);
    for (const EventId unit : paid_for) {
      const std::vector<PaymentId> back = tracer.payments_of(unit);
      if (!std::binary_search(back.begin(), back.end(), payment)) {
        one_way.push_back(payment);
        break;
      }
    }
  }
  bool agrees = true;
  Json out;
  out["payments"] = payments.size();
  out["units"] = units;
  out["units_withheld"] = withheld;
  out["without_units"] = unexplained.size();
  out["unexplained"] = shown(unexplained);
  out["not_found_back"] = shown(one_way);
  out["funds"] = funds_json(state, tracer, agrees);
  out["agrees_with_ledger"] = agrees;
  return answer(std::move(out));
}

}  // namespace

Result<Json> traces_page(const Query& query) {
  if (query.id.empty()) return all_payments(query.state);
  const Tracer tracer(query.state);
  constexpr std::size_t kHexOfHash = 64;
  const auto trace = [&]() -> Result<Trace> {
    if (const EventId id = parse_event_id(std::string(query.id))) return tracer.trace(id);
    const auto bytes = query.id.size() == kHexOfHash ? from_hex(query.id) : std::nullopt;
    if (!bytes) return fail(Errc::invalid_argument, "id: an id such as 7-12, or a SHA-256");
    Hash hash;
    std::copy(bytes->begin(), bytes->end(), hash.bytes.begin());
    return tracer.trace(hash);
  }();
  if (!trace) return trace.error();
  return answer(to_json(*trace));
}

}  // namespace queries
}  // namespace houniao
