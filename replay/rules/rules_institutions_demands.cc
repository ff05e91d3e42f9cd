// A37, lost demand: what residents ask for is listed every week or month with what became of it.
//
// Reads: demands with their dispositions and orders, and digests of a week or a month. A demand is
// missed by a digest that was compiled when the log had it already (by seq, not by any clock) and
// while it was open. One anomaly for each demand that was missed too often, or that no digest ever
// listed and no order carries; and one for each programme that stopped collecting for a while.
#include <algorithm>
#include <map>

#include "replay/rules/rules_institutions.h"
#include "replay/rules/rules_institutions_parts.h"

namespace houniao::rules::institutions {
namespace {

using Period = schema::DemandDigestCompiled::Period;

class LostDemand final : public Rule {
 public:
  explicit LostDemand(const Parameters& parameters)
      : missed_least_(parameters.get("missed_least")),
        forgotten_days_(parameters.get("forgotten_days")),
        gap_days_(parameters.get("gap_days")),
        collecting_days_(parameters.get("collecting_days")),
        spacing_days_(parameters.get("spacing_days")) {}

  void find(const State& state, Day today, std::vector<Anomaly>& out) const override {
    const DemandsState& demands = state.orders.demands;
    if (demands.demands.empty()) return;
    const Digests digests = digests_of(state);
    for (const auto& [id, demand] : demands.demands) {
      if (state.in_force(id)) look_at_demand(state, demand, digests, today, out);
    }
    look_at_days(state, out);
  }

 private:
  using Digests = std::map<std::uint64_t, std::vector<const DemandDigest*>>;

  // Of weeks and months, by programme, in order of their last days.
  static Digests digests_of(const State& state) {
    Digests out;
    for (const auto& [id, digest] : state.orders.demands.digests) {
      const auto period = static_cast<Period>(digest.period);
      if (period != Period::WEEK && period != Period::MONTH) continue;
      if (state.in_force(id)) out[digest.programme.value].push_back(&digest);
    }
    for (auto& [programme, list] : out) {
      std::sort(list.begin(), list.end(), [](const DemandDigest* a, const DemandDigest* b) {
        return std::pair(a->to, a->id) < std::pair(b->to, b->id);
      });
    }
    return out;
  }

  void look_at_demand(const State& state, const Demand& demand, const Digests& digests, Day today,
                      std::vector<Anomaly>& out) const {
    const auto at = digests.find(demand.programme.value);
    if (at == digests.end()) return;
    const Seq seq = seq_of(state, EventId{demand.id.value});
    const Day settled = demand.settled_on();
    Anomaly anomaly;
    auto digest = std::partition_point(at->second.begin(), at->second.end(),
                                       [&](const DemandDigest* d) { return d->to < demand.day; });
    std::int64_t missed = 0;
    for (; digest != at->second.end() && (*digest)->to < settled; ++digest) {
      const bool knew = seq < seq_of(state, (*digest)->id);
      const auto& items = (*digest)->items;
      if (!knew || std::binary_search(items.begin(), items.end(), demand.id)) continue;
      ++missed;
      anomaly.events.push_back((*digest)->id);
    }
    const std::int64_t age = std::int64_t{today.value} - demand.day.value;
    const bool forgotten =
        demand.dispositions.empty() && demand.orders.empty() && age > forgotten_days_;
    if (missed < missed_least_ && !forgotten) return;
    anomaly.events.push_back(EventId{demand.id.value});
    anomaly.subject = demand.id.value;
    anomaly.at_risk = money_of(state, demand);
    anomaly.zh = to_string(demand.day) + "的点单未办结，" + number(missed) +
                 "份周汇总或月清单漏列" + (forgotten ? "，至今没有任何去向" : "");
    anomaly.en = "a demand of " + to_string(demand.day) + " is missing from " + number(missed) +
                 " weekly or monthly lists while it was open" +
                 (forgotten ? "; nothing says what became of it" : "");
    out.push_back(std::move(anomaly));
  }

  static Fen money_of(const State& state, const Demand& demand) {
    ContractSum sum;
    for (const OrderId id : demand.orders) {
      if (const Order* order = state.orders.find(id)) sum.add(state, order->contract);
    }
    return sum.sum();
  }

  using Collected = std::map<std::int32_t, EventId>;  // the last demand of each day

  void look_at_days(const State& state, std::vector<Anomaly>& out) const {
    std::map<std::uint64_t, Collected> programmes;
    for (const auto& [id, demand] : state.orders.demands.demands) {
      if (!state.in_force(id)) continue;
      EventId& last = programmes[demand.programme.value][demand.day.value];
      last = std::max(last, EventId{id.value});
    }
    for (const auto& [programme, days] : programmes) look_at_gaps(programme, days, out);
  }

  // A gap is told from a slow place by the days before it: there was something every few days.
  void look_at_gaps(std::uint64_t programme, const Collected& days,
                    std::vector<Anomaly>& out) const {
    Anomaly anomaly;
    std::int64_t gaps = 0;
    std::int64_t lost = 0;
    std::int64_t before = 1;
    auto last = days.begin();
    for (auto day = std::next(days.begin()); day != days.end(); last = day++, ++before) {
      const std::int64_t gap = std::int64_t{day->first} - last->first - 1;
      const std::int64_t span = std::int64_t{last->first} - days.begin()->first + 1 - lost;
      if (gap < gap_days_ || before < collecting_days_ || span > before * spacing_days_) continue;
      ++gaps;
      lost += gap;
      anomaly.events.push_back(last->second);
      anomaly.events.push_back(day->second);
    }
    if (gaps == 0) return;
    anomaly.subject = programme;
    anomaly.zh =
        "平时几乎天天收集点单，却有" + number(gaps) + "段共" + number(lost) + "天没有任何收集";
    anomaly.en = "demands were collected nearly every day, but for " + number(gaps) +
                 " stretches of " + number(lost) + " days in all there are none";
    out.push_back(std::move(anomaly));
  }

  std::int64_t missed_least_;
  std::int64_t forgotten_days_;
  std::int64_t gap_days_;
  std::int64_t collecting_days_;
  std::int64_t spacing_days_;
};

}  // namespace

std::unique_ptr<Rule> make_lost_demand(const Parameters& parameters) {
  return std::make_unique<LostDemand>(parameters);
}

}  // namespace houniao::rules::institutions
