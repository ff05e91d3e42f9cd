// A03, A04: one piece of work that two contracts pay for.
#include <map>
#include <set>
#include <tuple>

#include "replay/rules/rules_deliveries_parts.h"

namespace houniao::rules::deliveries {
namespace {

// --- A03 -----------------------------------------------------------------------------------------

class BilledTwice final : public Rule {
 public:
  explicit BilledTwice(const Parameters&) {}

  void observe(const Observation& seen) override {
    if (seen.type != Body::MILESTONE_REVIEWED) return;
    std::int64_t refused = 0;
    for (const auto& line : seen.event.getBody().getMilestoneReviewed().getLines()) {
      const std::int64_t quantity = line.getRefused();
      if (quantity > 0 && quantity <= kQuantityMax) refused += quantity;
    }
    if (refused > 0) refused_.insert_or_assign(seen.id, refused);
  }
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  static constexpr std::int64_t kQuantityMax = 1'000'000'000;

  // A milestone that claims what earlier ones claimed already.
  struct Repeat {
    std::vector<EventId> units;
    std::vector<std::uint32_t> excess;            // thousandths of each unit beyond the whole
    std::map<MilestoneId, std::int64_t> earlier;  // with how many units they share
  };
  // Claimed and not refused altogether.
  static bool stands(const State& state, const Milestone* milestone);
  std::int64_t refused_of(const State& state, MilestoneId id) const;

  boost::unordered_flat_map<EventId, std::int64_t> refused_;  // by MilestoneReviewed, in units
};

bool BilledTwice::stands(const State& state, const Milestone* milestone) {
  if (milestone == nullptr || !state.in_force(milestone->id)) return false;
  return !milestone->is_reviewed() || milestone->accepted.value > 0;
}

std::int64_t BilledTwice::refused_of(const State& state, MilestoneId id) const {
  const Milestone* milestone = state.contracts.find_milestone(id);
  const auto at = refused_.find(milestone->review);
  return at == refused_.end() ? 0 : at->second;
}

void BilledTwice::find(const State& state, Day, std::vector<Anomaly>& out) const {
  std::map<MilestoneId, Repeat> repeats;
  for (const auto& [unit, shares] : state.contracts.billed) {
    if (shares.size() < 2 || !state.in_force(unit)) continue;
    std::vector<std::pair<Seq, const BilledShare*>> standing;  // in the order of the log
    std::uint32_t sum = 0;
    for (const BilledShare& share : shares) {
      if (!stands(state, state.contracts.find_milestone(share.milestone))) continue;
      standing.emplace_back(state.events.find(EventId{share.milestone.value})->seq, &share);
      sum += share.permille;
    }
    if (sum <= 1000 || standing.size() < 2) continue;
    std::sort(standing.begin(), standing.end());
    const BilledShare* last = standing.back().second;
    Repeat& repeat = repeats[last->milestone];
    repeat.units.push_back(unit);
    repeat.excess.push_back(std::min(sum - 1000, std::uint32_t{last->permille}));
    for (const auto& [seq, share] : standing) {
      if (share != last) ++repeat.earlier[share->milestone];
    }
  }
  std::map<MilestoneId, std::int64_t> repeated;  // units of an earlier milestone, over all later
  for (const auto& [id, repeat] : repeats) {
    for (const auto& [earlier, units] : repeat.earlier) repeated[earlier] += units;
  }
  for (auto& [id, repeat] : repeats) {
    // What an earlier milestone had refused may be claimed again once it has been put right.
    const bool put_right = std::all_of(
        repeat.earlier.begin(), repeat.earlier.end(),
        [&](const auto& entry) { return repeated[entry.first] <= refused_of(state, entry.first); });
    if (put_right) continue;
    const Milestone* milestone = state.contracts.find_milestone(id);
    const Contract* contract = state.contracts.find(milestone->contract);
    if (contract == nullptr) continue;
    Fen risk;
    for (std::size_t i = 0; i < repeat.units.size(); ++i) {
      risk = plus(risk, part(price_under(state, *contract, repeat.units[i]), repeat.excess[i]));
    }
    std::vector<EventId> events = repeat.units;
    events.push_back(EventId{id.value});
    if (milestone->is_reviewed()) events.push_back(milestone->review);
    for (const auto& [earlier, shared] : repeat.earlier) events.push_back(EventId{earlier.value});
    const std::string units = number(static_cast<std::int64_t>(repeat.units.size()));
    const std::string others = number(static_cast<std::int64_t>(repeat.earlier.size()));
    doubt(out, std::move(events), contract->id.value, risk,
          units + "个交付单元此前已在另外" + others + "次阶段成果中计费，份额合计超过百分之百",
          units + " delivered units were billed in " + others +
              " other milestones before; their shares sum to more than the whole");
  }
}

// --- A04 -----------------------------------------------------------------------------------------

constexpr Parameter kClaimParameters[] = {
    {"tolerance_minutes", 5, "重叠容差（分钟）", "minutes of overlap that are let pass"},
};

class ClaimedTwice final : public Rule {
 public:
  explicit ClaimedTwice(const Parameters& parameters)
      : tolerance_(as_int(parameters, "tolerance_minutes")) {}

  void observe(const Observation& seen) override { times_.observe(seen); }
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  struct Claim {
    std::uint64_t person = 0;
    std::int32_t day = 0;
    std::uint32_t kind = 0;
    EventId event;
    ContractId contract;
    int from = -1;  // not known
    int to = -1;
  };
  std::vector<Claim> claims(const State& state) const;
  bool overlap(const Claim& a, const Claim& b) const {
    if (a.from < 0 || b.from < 0) return true;  // nothing says that they were at different times
    return std::min(a.to, b.to) - std::max(a.from, b.from) > tolerance_;
  }

  int tolerance_;
  ServiceTimes times_;
};

std::vector<ClaimedTwice::Claim> ClaimedTwice::claims(const State& state) const {
  std::vector<Claim> out;
  EventId current;
  ContractId contract;
  int minutes = 0;
  each_row(state, {Body::SERVICE_DELIVERED}, [&](const FactTable::Columns& c, std::size_t i) {
    const EventId event{c.event[i]};
    if (event != current) {  // the rows of one event stand together; the first has the minutes
      current = event;
      contract = contract_of(state, event);
      minutes = c.minutes[i];
    }
    if (!contract || c.subject[i] == 0) return;
    Claim claim;
    claim.person = state.people.representative_of(PersonId{c.subject[i]}).value;
    claim.day = c.day[i];
    claim.kind = c.kind[i];
    claim.event = event;
    claim.contract = contract;
    claim.from = times_.minute_of(event);
    if (claim.from >= 0) claim.to = claim.from + minutes;
    out.push_back(claim);
  });
  std::sort(out.begin(), out.end(), [](const Claim& a, const Claim& b) {
    return std::tie(a.person, a.day, a.kind, a.from, a.event) <
           std::tie(b.person, b.day, b.kind, b.from, b.event);
  });
  return out;
}

void ClaimedTwice::find(const State& state, Day, std::vector<Anomaly>& out) const {
  const std::vector<Claim> all = claims(state);
  std::map<std::uint64_t, std::set<std::pair<EventId, EventId>>> pairs;  // by person
  // Of those before, of the same person, day and kind: the one that ends last, and the first, which
  // is the one without a time where there is one.
  const Claim* latest = nullptr;
  const Claim* first = nullptr;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Claim& claim = all[i];
    const bool goes_on = latest != nullptr && latest->person == claim.person &&
                         latest->day == claim.day && latest->kind == claim.kind;
    if (!goes_on) latest = first = nullptr;
    for (const Claim* before : {latest, first, goes_on ? &all[i - 1] : nullptr}) {
      if (before == nullptr || before->event == claim.event || before->contract == claim.contract ||
          !overlap(*before, claim)) {
        continue;
      }
      pairs[claim.person].insert(std::minmax(before->event, claim.event));
    }
    if (first == nullptr) first = &claim;
    if (latest == nullptr || claim.to >= latest->to) latest = &claim;
  }
  for (const auto& [person, events_of] : pairs) {
    std::vector<EventId> events;
    Fen risk;
    for (const auto& [a, b] : events_of) {
      events.push_back(a);
      events.push_back(b);
      risk = plus(risk, std::min(worth(state, a), worth(state, b)));
    }
    const std::string count = number(static_cast<std::int64_t>(events_of.size()));
    doubt(out, std::move(events), person, risk,
          "同一人同一天的同类服务由两个合同各计一次，时间重叠或未写明，共" + count + "处",
          "the same kind of service for one person on one day stands under two contracts, at "
          "overlapping times or at none: " +
              count + " times");
  }
}

constexpr EventType kBilledReads[] = {Body::MILESTONE_SUBMITTED, Body::MILESTONE_REVIEWED,
                                      Body::CONTRACT_SIGNED,     Body::SESSION_HELD,
                                      Body::ATTENDANCE_RECORDED, Body::SERVICE_DELIVERED};
constexpr EventType kClaimReads[] = {Body::SERVICE_DELIVERED, Body::CONTRACT_SIGNED,
                                     Body::MILESTONE_SUBMITTED};

const RuleRow kRows[] = {
    {.number = 3,
     .zh = "同一交付重复结算",
     .en = "one delivery billed twice",
     .basis = "政府购买服务管理办法（财政部令第102号）第二条：按服务数量付费；"
              "一次交付在所有合同和资金中合计最多计百分之百",
     .basis_en = "Measures for government purchase of services (Ministry of Finance order 102), "
                 "article 2: paid by quantity; one delivery is billed at most once over all "
                 "contracts and funds",
     .innocent_zh = "先核对：事前约定的共同出资份额未登记；前一次验收拒付后整改重报",
     .innocent_en = "check first: shares agreed before the delivery were not recorded; an earlier "
                    "review refused the units and they were put right",
     .parameters = {},
     .reads = kBilledReads,
     .make = make_rule<BilledTwice>},
    {.number = 4,
     .zh = "同一人同日同类服务由两家申领",
     .en = "two contractors claim the same kind of service for one person on one day",
     .basis = "政府购买服务管理办法（财政部令第102号）第二条：按服务数量付费，"
              "同一服务不得由两个承接主体分别计费",
     .basis_en = "Measures for government purchase of services (Ministry of Finance order 102), "
                 "article 2: paid by quantity; two contractors cannot each be paid for one service",
     .innocent_zh = "先核对：两家先后上门但未写明时间；同一天确有两次不同内容的服务",
     .innocent_en = "check first: both came one after the other and wrote no time down; there were "
                    "two services of different content on that day",
     .parameters = kClaimParameters,
     .reads = kClaimReads,
     .make = make_rule<ClaimedTwice>},
};

}  // namespace

std::span<const RuleRow> rules_of_billing() { return kRows; }

}  // namespace houniao::rules::deliveries
