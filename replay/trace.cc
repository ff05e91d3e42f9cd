#include "replay/trace.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <deque>

#include "replay/trace_index.h"

namespace houniao {

std::string_view name_of(TraceKind kind) {
  switch (kind) {
#define X(name, zh)     \
  case TraceKind::name: \
    return #name;
    HOUNIAO_TRACE_KINDS(X)
#undef X
  }
  return "unknown";
}

std::string_view name_zh(TraceKind kind) {
  switch (kind) {
#define X(name, zh)     \
  case TraceKind::name: \
    return zh;
    HOUNIAO_TRACE_KINDS(X)
#undef X
  }
  return "未知";
}

namespace {

using Keys = boost::unordered_flat_set<TraceKey>;

// Money of other funds that meets on the same contract does not belong to a fund's trace.
class FundOnly {
 public:
  FundOnly(const TraceIndex& index, const TraceKey& root) : state_(index.state()) {
    if (root.kind == TraceKind::fund) fund_ = root.id;
    if (root.kind != TraceKind::receipt && root.kind != TraceKind::allocation) return;
    for (const Posting& posting : state_.ledger.postings_of(EventId{root.id})) {
      for (const AccountId& account : {posting.from, posting.to}) {
        if (account.kind == AccountKind::fund_free) fund_ = account.entity;
      }
    }
  }
  bool allows(const TraceKey& key) const {
    if (fund_ == 0 || key.kind != TraceKind::request) return true;
    const Request* request = state_.funds.find_request(RequestId{key.id});
    return request == nullptr || request->fund.value == fund_;
  }

 private:
  const State& state_;
  std::uint64_t fund_ = 0;
};

// Money ends with who gets it and begins with who gives it: what a payee gives to another fund, and
// what a payer is paid out of one, is other money.
bool is_end(const TraceKey& at, const TraceKey& root) {
  return at.kind == TraceKind::organisation && at != root;
}

bool is_unit(TraceKind kind) {
  return kind == TraceKind::unit || kind == TraceKind::attendance || kind == TraceKind::hours;
}
// What an award gave, the site that was built or equipped, a certificate: named by the payment's
// request as what it is for, and no unit of service.
bool is_other_purpose(TraceKind kind) {
  return kind == TraceKind::award || kind == TraceKind::site || kind == TraceKind::certificate;
}

// Everything that money connects with the root, in one direction. A milestone that several payments
// share is reached once. Upwards the way also leads from who was there, who did it and where to the
// deliveries, on which the money hangs.
Keys closure(const TraceIndex& index, const TraceKey& root, bool down) {
  const FundOnly filter(index, root);
  Keys seen = {root};
  std::deque<TraceKey> open = {root};
  while (!open.empty()) {
    const TraceKey at = open.front();
    open.pop_front();
    if (is_end(at, root)) continue;
    for (const TraceLink& link : down ? index.below(at, false) : index.above(at, true)) {
      if (filter.allows(link.to) && seen.insert(link.to).second) open.push_back(link.to);
    }
  }
  return seen;
}

Fen sum(Fen a, Fen b) { return checked_add(a, b).value_or(Fen{INT64_MAX}); }

void count(const TraceIndex& index, const TraceKey& key, TraceTotals& totals) {
  const State& state = index.state();
  switch (key.kind) {
    case TraceKind::receipt:
      totals.received = sum(totals.received, index.node_of(key).amount);
      return;
    case TraceKind::allocation:
      totals.allocated = sum(totals.allocated, index.node_of(key).amount);
      return;
    case TraceKind::request:
      if (const Request* request = state.funds.find_request(RequestId{key.id})) {
        if (request->is_approved()) totals.approved = sum(totals.approved, request->amount);
      }
      return;
    case TraceKind::payment:
      if (const Payment* payment = state.funds.find_payment(PaymentId{key.id})) {
        ++totals.payments;
        totals.paid = sum(totals.paid, payment->amount);
        totals.reversed = sum(totals.reversed, payment->reversed);
      }
      return;
    case TraceKind::milestone:
      if (const Milestone* milestone = state.contracts.find_milestone(MilestoneId{key.id})) {
        totals.accepted = sum(totals.accepted, milestone->accepted);
      }
      return;
    case TraceKind::unit:
    case TraceKind::attendance:
    case TraceKind::hours:
      ++totals.units;
      return;
    default:
      return;
  }
}

// Units of case work below any of these, each counted once.
std::uint64_t count_withheld(const TraceIndex& index, const Keys& keys) {
  boost::unordered_flat_set<EventId> units;
  for (const TraceKey& key : keys) {
    const std::vector<EventId>& withheld = index.withheld(key);
    units.insert(withheld.begin(), withheld.end());
  }
  return units.size();
}

// Below any of these payments, each once.
std::uint64_t count_other_purposes(const TraceIndex& index, const Keys& keys) {
  Keys paid_for;
  for (const TraceKey& key : keys) {
    if (key.kind != TraceKind::payment) continue;
    for (const TraceLink& link : index.below(key, false)) {
      if (is_other_purpose(link.to.kind)) paid_for.insert(link.to);
    }
  }
  return paid_for.size();
}

// A sign-in to a session that was reached, and the confirmation of hours whose record was, are the
// same work once more. On the way up only: what is billed is billed as what it is.
void drop_said_twice(const TraceIndex& index, const TraceKey& root, Keys& keys) {
  std::vector<TraceKey> gone;
  for (const TraceKey& key : keys) {
    const bool sign_in = key.kind == TraceKind::attendance;
    if (key == root || (!sign_in && key.kind != TraceKind::hours)) continue;
    const auto work = sign_in ? index.above(key, true) : index.below(key, true);
    const bool said = std::any_of(work.begin(), work.end(), [&](const TraceLink& link) {
      return link.to.kind == TraceKind::unit && keys.contains(link.to);
    });
    if (said) gone.push_back(key);
  }
  for (const TraceKey& key : gone) keys.erase(key);
}

TraceTotals totals_of(const TraceIndex& index, const TraceKey& root) {
  Keys keys = closure(index, root, true);
  TraceTotals totals;
  totals.units_withheld = count_withheld(index, keys);
  totals.units = totals.units_withheld;
  Keys upwards = closure(index, root, false);
  drop_said_twice(index, root, upwards);
  keys.merge(upwards);
  for (const TraceKey& key : keys) count(index, key, totals);
  totals.units += count_other_purposes(index, keys);
  return totals;
}

// Lays out the nodes that are shown, nearest first.
class Walk {
 public:
  Walk(const TraceIndex& index, const TraceKey& root, const TraceOptions& options)
      : index_(index), options_(options), filter_(index, root) {
    place_of(root);
    run(root, true);
    run(root, false);
  }
  Trace take() { return std::move(out_); }

 private:
  std::uint32_t place_of(const TraceKey& key) {
    const auto [at, added] =
        places_.try_emplace(key, static_cast<std::uint32_t>(out_.nodes.size()));
    if (added) out_.nodes.push_back(index_.node_of(key));
    return at->second;
  }

  void run(const TraceKey& root, bool down) {
    Keys seen = {root};
    std::deque<TraceKey> open = {root};
    while (!open.empty()) {
      const TraceKey at = open.front();
      open.pop_front();
      if (is_end(at, root)) continue;
      boost::unordered_flat_map<TraceKind, std::size_t> siblings;
      for (const TraceLink& link : down ? index_.below(at, true) : index_.above(at, true)) {
        if (!filter_.allows(link.to)) continue;
        const bool known = places_.contains(link.to);
        if (!known && (out_.nodes.size() >= options_.nodes_max ||
                       ++siblings[link.to.kind] > options_.siblings_max)) {
          if (left_out_.insert(link.to).second) ++out_.left_out;
          continue;
        }
        const std::uint32_t here = places_.at(at);
        const std::uint32_t there = place_of(link.to);
        out_.edges.push_back({down ? here : there, down ? there : here, link.permille});
        if (seen.insert(link.to).second) open.push_back(link.to);
      }
    }
  }

  const TraceIndex& index_;
  const TraceOptions options_;
  FundOnly filter_;
  boost::unordered_flat_map<TraceKey, std::uint32_t> places_;
  Keys left_out_;
  Trace out_;
};

}  // namespace

Tracer::Tracer(const State& state) : index_(std::make_unique<TraceIndex>(state)) {}
Tracer::~Tracer() = default;

namespace {

Trace lay_out(const TraceIndex& index, const TraceKey& root, const Tracer& tracer,
              const TraceOptions& options) {
  Trace out = Walk(index, root, options).take();
  out.totals = totals_of(index, root);
  for (const TraceNode& node : out.nodes) {
    if (node.kind != TraceKind::payment) continue;
    const PaymentId payment{node.id};
    const bool explained = !tracer.units_of(payment).empty() || tracer.units_withheld(payment) > 0;
    if (!explained) out.unexplained.push_back(payment);
  }
  return out;
}

}  // namespace

Result<Trace> Tracer::trace(EventId id, const TraceOptions& options) const {
  const auto nothing = [&] {
    return fail(Errc::not_found, "the log has no event " + to_string(id) +
                                     " on which money or work hangs: name a fund, contract, "
                                     "payment, delivery, person, worker, site or certificate");
  };
  const TraceKey root = index_->key_of(id);
  if (root.id == 0) return nothing();
  Trace out = lay_out(*index_, root, *this, options);
  if (out.nodes.size() == 1 && out.left_out == 0 && out.totals.units_withheld == 0) {
    return nothing();
  }
  return out;
}

Result<Trace> Tracer::trace(const Hash& evidence, const TraceOptions& options) const {
  const auto place = index_->find(evidence);
  if (!place) {
    return fail(Errc::not_found, "no event outside case work names evidence with this SHA-256");
  }
  return lay_out(*index_, {TraceKind::evidence, *place, 0}, *this, options);
}

std::vector<PaymentId> Tracer::payments() const {
  std::vector<PaymentId> out;
  for (const auto& [id, payment] : index_->state().funds.payments) out.push_back(id);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<EventId> Tracer::units_of(PaymentId payment) const {
  std::vector<EventId> out;
  const TraceKey from{TraceKind::payment, payment.value, 0};
  for (const TraceLink& link : index_->below(from, false)) {
    if (is_unit(link.to.kind) || is_other_purpose(link.to.kind)) {
      out.push_back(EventId{link.to.id});
    }
    if (link.to.kind != TraceKind::milestone) continue;
    for (const TraceLink& billed : index_->below(link.to, false)) {
      if (is_unit(billed.to.kind)) out.push_back(EventId{billed.to.id});
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::uint64_t Tracer::units_withheld(PaymentId payment) const {
  const TraceKey from{TraceKind::payment, payment.value, 0};
  Keys keys = {from};
  for (const TraceLink& link : index_->below(from, false)) keys.insert(link.to);
  return count_withheld(*index_, keys);
}

std::vector<PaymentId> Tracer::payments_of(EventId unit) const {
  std::vector<PaymentId> out;
  for (TraceKind kind : {TraceKind::unit, TraceKind::attendance, TraceKind::hours, TraceKind::site,
                         TraceKind::certificate, TraceKind::award}) {
    for (const TraceLink& link : index_->above({kind, unit.value, 0}, false)) {
      if (link.to.kind == TraceKind::payment) out.push_back(PaymentId{link.to.id});
      if (link.to.kind != TraceKind::milestone) continue;
      for (const TraceLink& paid : index_->above(link.to, false)) {
        if (paid.to.kind == TraceKind::payment) out.push_back(PaymentId{paid.to.id});
      }
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace houniao
