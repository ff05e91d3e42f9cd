// Follows money and work through the log, both ways: from a fund down to every delivered unit, and
// from a unit, a worker, a site or a person up to the money that paid for it.
//
//   payer -> receipt -> fund -> allocation -> contract -> request -> approval, payment -> reversal
//   payment -> milestone -> acceptance, unit -> attendance -> person, staff, site, evidence
//   fund -> call -> award -> organisation;  contract -> deliverable, milestone;  invoice -> request
//   hours confirmed -> hours recorded, certificate
//
// A payment pays for the units of the milestone that its request names; an advance for the units of
// every accepted milestone of its contract, which earned it; a request without a contract for what
// its envelope names as causes: units, and what is delivered by being there: the award that a
// tender gave, the site that was built or equipped, a certificate. Nothing is guessed: a payment of
// which the log does not say what it was for, or names only money, papers and parties, has no
// units, and says so (Trace::unexplained).
//
// Case work is confidential (I14): no event of it is a root, a node or the end of an edge, here as
// over HTTP and on the command line, because a trace leaves no event that says who read it. Units
// of case work that money paid for are counted in the totals and named nowhere.
//
// Pure. The state must rest while a tracer lives; any number of threads may each have their own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "replay/ledger.h"
#include "replay/symbols.h"

namespace houniao {

class State;
class TraceIndex;

// name, Chinese
#define HOUNIAO_TRACE_KINDS(X) \
  X(fund, "资金")              \
  X(receipt, "到账")           \
  X(allocation, "预算分配")    \
  X(programme, "项目")         \
  X(call, "征集")              \
  X(award, "中选")             \
  X(contract, "合同")          \
  X(deliverable, "约定成果")   \
  X(milestone, "阶段成果")     \
  X(acceptance, "验收")        \
  X(invoice, "票据")           \
  X(request, "用款申请")       \
  X(approval, "审批")          \
  X(payment, "支付")           \
  X(reversal, "冲销")          \
  X(unit, "交付单元")          \
  X(attendance, "签到")        \
  X(hours, "时长认定")         \
  X(certificate, "证明")       \
  X(person, "服务对象")        \
  X(staff, "社工")             \
  X(site, "阵地")              \
  X(organisation, "组织")      \
  X(evidence, "佐证")

enum class TraceKind : std::uint8_t {
#define X(name, zh) name,
  HOUNIAO_TRACE_KINDS(X)
#undef X
};
std::string_view name_of(TraceKind kind);
std::string_view name_zh(TraceKind kind);

struct TraceNode {
  TraceKind kind = TraceKind::fund;
  std::uint64_t id = 0;       // of the event or entity; 0 for evidence and deliverables
  std::string label;          // number, code, kind or hash; never personal data
  std::uint64_t seq = 0;      // of the record, where `id` is an event
  Day day;                    // on which it happened; 0 when it has none
  std::int64_t quantity = 0;  // 0 when it has none
  Fen amount;                 // 0 when it has none
  std::string status;         // "accepted", "flagged", ...; empty for what is no event
};

struct TraceEdge {
  std::uint32_t from = 0;  // places in Trace::nodes; money and proof flow from `from` to `to`
  std::uint32_t to = 0;
  std::uint16_t permille = 1000;  // of a unit that is billed in parts
};

// Sums over everything that belongs to the root, whether or not it is among the nodes.
struct TraceTotals {
  Fen received, allocated, approved, paid, reversed, accepted;
  std::uint64_t payments = 0;
  // Awards, sites and certificates that a payment names as what it is for, and case work included.
  std::uint64_t units = 0;
  std::uint64_t units_withheld = 0;  // of them, those of case work

  friend bool operator==(const TraceTotals&, const TraceTotals&) = default;
};

struct Trace {
  std::uint32_t root = 0;
  std::vector<TraceNode> nodes;
  std::vector<TraceEdge> edges;
  TraceTotals totals;
  std::uint64_t left_out = 0;          // nodes that did not fit
  std::vector<PaymentId> unexplained;  // payments among the nodes without a unit
};

struct TraceOptions {
  std::size_t nodes_max = 2000;
  // Of one node's neighbours of one kind: 10,000 attendances of one site say no more than the
  // first.
  std::size_t siblings_max = 200;
};

class Tracer {
 public:
  explicit Tracer(const State& state);
  ~Tracer();

  // Whatever the id names: a fund, contract, milestone, request, payment, any event of money, a
  // delivery, a person, a worker, a site, an organisation, a call, a certificate. not_found when
  // the log has no such thing, or nothing that money or work hangs on; the same for case work, so
  // that the answer does not tell that an id is one of case work.
  Result<Trace> trace(EventId id, const TraceOptions& options = {}) const;
  // The evidence with this hash. not_found when nothing outside case work names it.
  Result<Trace> trace(const Hash& evidence, const TraceOptions& options = {}) const;
  // Every payment in force, ascending.
  std::vector<PaymentId> payments() const;
  // What a payment paid for (units, awards, sites, certificates), ascending, without case work;
  // empty when the log does not say.
  std::vector<EventId> units_of(PaymentId payment) const;
  // How many units of case work it paid for.
  std::uint64_t units_withheld(PaymentId payment) const;
  // Payments that paid for this unit, ascending.
  std::vector<PaymentId> payments_of(EventId unit) const;

 private:
  std::unique_ptr<const TraceIndex> index_;
};

}  // namespace houniao
