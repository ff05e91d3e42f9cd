// A25 correction abuse: corrections and retractions of what was already paid or questioned by an
// auditor, one device that corrects many records of others, and deliveries that were taken back and
// entered again larger. What an auditor's finding asked for and named as its remedy is no abuse.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "replay/rules/rules_conduct.h"

namespace houniao::rules {
namespace {

constexpr std::array kParameters = {
    Parameter{"by_one", 20, "一台设备在期限内更正或撤销他人记录的次数",
              "records of others that one device changes within the days, at least"},
    Parameter{"days", 30, "计数的天数", "days in which they are counted"},
    Parameter{"grow_permille", 200, "重录数量超过原数量的千分比",
              "by how much more the record entered again says, in permille"},
};
constexpr std::array kReads = {
    Body::FINDING_ISSUED,       Body::FINDING_RESOLVED,       Body::ANOMALY_DISPOSITIONED,
    Body::DISBURSEMENT_PAID,    Body::MILESTONE_SUBMITTED,    Body::MILESTONE_REVIEWED,
    Body::SESSION_HELD,         Body::SERVICE_DELIVERED,      Body::HOURS_RECORDED,
    Body::ATTENDANCE_RECORDED,  Body::DISBURSEMENT_REQUESTED, Body::DISBURSEMENT_REVERSED,
    Body::DISBURSEMENT_APPROVED};

// A correction or a retraction as it arrived.
struct Change {
  EventId event;
  EventId target;
  Seq seq;
  Day day;
  std::uint64_t actor = 0;
  bool takes_back = false;
};

class Corrections final : public Rule {
 public:
  explicit Corrections(const Parameters& parameters)
      : by_one_(parameters.get("by_one")),
        days_(capped(parameters, "days", kDaysMax)),
        grow_permille_(capped(parameters, "grow_permille", kPermilleMax)) {}

  void observe(const Observation& seen) override {
    if (seen.type == Body::EVENT_CORRECTED) {
      const auto body = seen.event.getBody().getEventCorrected();
      changes_.push_back({seen.id, EventId{body.getTarget()}, seen.seq, seen.occurred,
                          seen.event.getActor(), false});
    } else if (seen.type == Body::EVENT_RETRACTED) {
      const auto body = seen.event.getBody().getEventRetracted();
      changes_.push_back({seen.id, EventId{body.getTarget()}, seen.seq, seen.occurred,
                          seen.event.getActor(), true});
    }
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    std::vector<Change> changes;
    for (const Change& change : changes_) {
      if (state.in_force(change.event)) changes.push_back(change);
    }
    if (changes.empty()) return;
    find_after_the_fact(state, changes, out);
    find_by_one(changes, out);
    find_entered_again(state, changes, out);
  }

 private:
  static void find_after_the_fact(const State& state, const std::vector<Change>& changes,
                                  std::vector<Anomaly>& out);
  void find_by_one(std::vector<Change> changes, std::vector<Anomaly>& out) const;
  void find_entered_again(const State& state, const std::vector<Change>& changes,
                          std::vector<Anomaly>& out) const;

  std::int64_t by_one_;
  std::int64_t days_;
  std::int64_t grow_permille_;
  std::vector<Change> changes_;
};

Seq seq_of(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  return entry == nullptr ? Seq{} : entry->seq;
}

// Where in the log something first happened to each event, and what it was.
using Firsts = boost::unordered_flat_map<EventId, std::pair<Seq, EventId>>;
void keep_first(Firsts& firsts, EventId target, Seq seq, EventId by) {
  const auto [at, fresh] = firsts.try_emplace(target, seq, by);
  if (!fresh && seq < at->second.first) at->second = {seq, by};
}

// Payments against acceptance, by each delivery that the paid milestone bills.
Firsts paid_units(const State& state) {
  boost::unordered_flat_map<ContractId, std::pair<Seq, EventId>> of_contract;
  boost::unordered_flat_map<MilestoneId, std::pair<Seq, EventId>> of_milestone;
  const auto keep = [](auto& map, auto key, Seq seq, EventId by) {
    const auto [at, fresh] = map.try_emplace(key, seq, by);
    if (!fresh && seq < at->second.first) at->second = {seq, by};
  };
  for (const auto& [id, payment] : state.funds.payments) {
    const Request* request = state.funds.find_request(payment.request);
    if (request == nullptr || request->advance || !state.in_force(id)) continue;
    if (payment.reversed >= payment.amount) continue;
    const EventId event{id.value};
    if (request->milestone) {
      keep(of_milestone, request->milestone, seq_of(state, event), event);
    } else if (request->contract) {
      keep(of_contract, request->contract, seq_of(state, event), event);
    }
  }
  Firsts out;
  for (const auto& [id, milestone] : state.contracts.milestones) {
    if (milestone.accepted.value == 0) continue;
    const auto own = of_milestone.find(id);
    const auto whole = of_contract.find(milestone.contract);
    for (const EventId unit : milestone.units) {
      if (own != of_milestone.end()) keep_first(out, unit, own->second.first, own->second.second);
      if (whole != of_contract.end() && own == of_milestone.end()) {
        keep_first(out, unit, whole->second.first, whole->second.second);
      }
    }
  }
  return out;
}

// Findings and decisions on doubts, by each event that they question.
Firsts questioned(const State& state) {
  Firsts out;
  for (const auto& [id, finding] : state.audit.findings.findings) {
    if (!state.in_force(id)) continue;
    for (const EventId event : finding.events) keep_first(out, event, seq_of(state, id), id);
  }
  for (const auto& [id, disposition] : state.audit.findings.dispositions) {
    if (!state.in_force(id)) continue;
    for (const EventId event : disposition.evidence) {
      keep_first(out, event, seq_of(state, id), id);
    }
  }
  return out;
}

// What resolutions name as their proof: changes that an auditor asked for.
std::set<std::uint64_t> remedies(const State& state) {
  std::set<std::uint64_t> out;
  for (const auto& [finding, list] : state.audit.findings.resolutions) {
    for (const Resolution& resolution : list) {
      for (const EventId proof : resolution.proof) out.insert(proof.value);
    }
  }
  return out;
}

void Corrections::find_after_the_fact(const State& state, const std::vector<Change>& changes,
                                      std::vector<Anomaly>& out) {
  const Firsts paid = paid_units(state);
  const Firsts asked = questioned(state);
  const std::set<std::uint64_t> remedied = remedies(state);
  for (const Change& change : changes) {
    if (remedied.contains(change.event.value)) continue;
    const auto after = [&](const Firsts& firsts) -> EventId {
      const auto at = firsts.find(change.target);
      return at == firsts.end() || change.seq < at->second.first ? EventId{} : at->second.second;
    };
    const char* zh = change.takes_back ? "撤销" : "更正";
    const char* en = change.takes_back ? "retracted" : "corrected";
    if (const EventId payment = after(paid)) {
      doubt(out, {change.event, change.target, payment}, change.actor,
            billed_value(state, change.target), std::string("交付已验收付款后被") + zh,
            std::string("a delivery was ") + en + " after it had been accepted and paid");
    }
    if (const EventId question = after(asked)) {
      doubt(out, {change.event, change.target, question}, change.actor,
            billed_value(state, change.target),
            std::string("审计提出疑问后记录被") + zh + "，且不是整改措施",
            std::string("a record was ") + en +
                " after an auditor had questioned it, and not as the remedy");
    }
  }
}

void Corrections::find_by_one(std::vector<Change> changes, std::vector<Anomaly>& out) const {
  // Whoever puts right what their own device recorded does what they should.
  std::erase_if(changes, [](const Change& change) {
    return device_of(change.event) == device_of(change.target);
  });
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return std::tuple{device_of(a.event), a.day, a.event} <
           std::tuple{device_of(b.event), b.day, b.event};
  });
  for (std::size_t from = 0; from < changes.size();) {
    const DeviceNumber device = device_of(changes[from].event);
    std::size_t end = from;
    while (end < changes.size() && device_of(changes[end].event) == device) ++end;
    std::size_t best_from = from;
    std::size_t best = 0;
    for (std::size_t i = from, first = from; i < end; ++i) {
      while (std::int64_t{changes[i].day.value} - changes[first].day.value >= days_) ++first;
      if (i - first + 1 > best) {
        best = i - first + 1;
        best_from = first;
      }
    }
    if (static_cast<std::int64_t>(best) >= by_one_) {
      std::vector<EventId> events;
      for (std::size_t i = best_from; i < best_from + best; ++i) events.push_back(changes[i].event);
      const std::string count = number(static_cast<std::int64_t>(best));
      doubt(out, std::move(events), changes[best_from].actor, {},
            "同一设备在 " + number(days_) + " 天内更正或撤销他人记录 " + count + " 条",
            "one device changed " + count + " records of others within " + number(days_) + " days");
    }
    from = end;
  }
}

// What is the same about a delivery and its second entry: type, kind, place, day and worker.
using Likeness =
    std::tuple<std::uint16_t, std::uint32_t, std::uint64_t, std::int32_t, std::uint64_t>;

struct Size {
  std::int64_t amount = 0;
  std::vector<EventId> events;
};

// People of a session, minutes of hours, the quantity of anything else.
std::int64_t amount_of(const State& state, const FactRow& row) {
  switch (static_cast<EventType>(row.type)) {
    case Body::SESSION_HELD: {
      const Session* session = state.sessions.find(SessionId{row.event.value});
      return session == nullptr ? 0 : session->headcount;
    }
    case Body::HOURS_RECORDED:
      return row.minutes;
    default:
      return row.quantity;
  }
}

bool may_be_entered_again(std::uint16_t type) {
  switch (static_cast<EventType>(type)) {
    case Body::SESSION_HELD:
    case Body::SERVICE_DELIVERED:
    case Body::HOURS_RECORDED:
      return true;
    default:
      return false;
  }
}

// Hours are those of one volunteer; deliveries go by who made them.
Likeness likeness_of(const FactRow& row) {
  const bool hours = row.type == static_cast<std::uint16_t>(Body::HOURS_RECORDED);
  return {row.type, row.kind.value, row.site, row.day, hours ? row.subject : row.staff};
}

void Corrections::find_entered_again(const State& state, const std::vector<Change>& changes,
                                     std::vector<Anomaly>& out) const {
  struct TakenBack {
    const Change* change = nullptr;
    std::int64_t amount = 0;
  };
  std::map<Likeness, std::vector<TakenBack>> taken_back;
  for (const Change& change : changes) {
    const auto kept = state.audit.retracted_rows.find(change.target);
    if (!change.takes_back || kept == state.audit.retracted_rows.end()) continue;
    if (kept->second.empty() || !may_be_entered_again(kept->second.front().row.type)) continue;
    std::int64_t amount = 0;
    for (const KeptRow& row : kept->second) {
      if (__builtin_add_overflow(amount, amount_of(state, row.row), &amount)) amount = 0;
    }
    taken_back[likeness_of(kept->second.front().row)].push_back({&change, amount});
  }
  if (taken_back.empty()) return;
  std::map<Likeness, std::map<std::uint64_t, std::int64_t>> again;  // by event
  FactFilter filter;
  filter.types.set(static_cast<std::size_t>(Body::SESSION_HELD));
  filter.types.set(static_cast<std::size_t>(Body::SERVICE_DELIVERED));
  filter.types.set(static_cast<std::size_t>(Body::HOURS_RECORDED));
  state.facts.scan(filter, [&](const FactTable::Columns& c, std::size_t i) {
    const bool hours = c.type[i] == static_cast<std::uint16_t>(Body::HOURS_RECORDED);
    const Likeness key{c.type[i], c.kind[i], c.site[i], c.day[i],
                       hours ? c.subject[i] : c.staff[i]};
    if (!taken_back.contains(key)) return;
    std::int64_t& sum = again[key][c.event[i]];
    if (__builtin_add_overflow(sum, amount_of(state, state.facts.row(i)), &sum)) sum = 0;
  });
  for (const auto& [key, list] : taken_back) {
    for (const TakenBack& item : list) {
      Size largest;
      for (const auto& [event, amount] : again[key]) {
        if (seq_of(state, EventId{event}) < item.change->seq || amount <= largest.amount) continue;
        largest.amount = amount;
        largest.events = {EventId{event}};
      }
      const std::int64_t limit = item.amount + item.amount / 1000 * grow_permille_ +
                                 item.amount % 1000 * grow_permille_ / 1000;
      if (largest.amount <= limit) continue;
      const Fen at_risk = billed_value(state, largest.events.front());
      largest.events.push_back(item.change->event);
      largest.events.push_back(item.change->target);
      doubt(out, std::move(largest.events), item.change->actor, at_risk,
            "撤销后重新登记，数量由 " + number(item.amount) + " 变为 " + number(largest.amount),
            "taken back and entered again, " + number(item.amount) + " having become " +
                number(largest.amount));
    }
  }
}

const std::array kRows = {RuleRow{
    .number = 25,
    .version = 1,
    .zh = "更正异常",
    .en = "correction abuse",
    .basis = "审计法第三十八条（不得转移、隐匿、篡改、毁弃资料）；会计法第二十三条",
    .basis_en = "Audit Law 38 (nothing hidden, altered or destroyed); Accounting Law 23",
    .innocent_zh = "核对是否审计要求的整改、是否统一清理录入错误、是否原记录漏计且有佐证",
    .innocent_en =
        "check whether the auditor asked for it, whether known typing errors were cleaned "
        "up, and whether the first record really missed something",
    .parameters = kParameters,
    .reads = kReads,
    .by_day = false,
    .make = make_rule<Corrections>,
}};

}  // namespace

std::span<const RuleRow> rules_of_corrections() { return kRows; }

}  // namespace houniao::rules
