// A09, A10: more than a day or a minute can hold, and records made long after, or all at once.
#include <boost/unordered/unordered_flat_set.hpp>
#include <map>
#include <tuple>

#include "replay/rules/rules_deliveries_parts.h"

namespace houniao::rules::deliveries {
namespace {

std::string count_of(std::size_t count) { return number(static_cast<std::int64_t>(count)); }

// --- A09 -----------------------------------------------------------------------------------------

constexpr Parameter kVolumeParameters[] = {
    {"services_per_day", 60, "每名社工每日服务次数上限", "services of one worker on one day"},
    {"minutes_per_day", 960, "每名社工每日服务分钟上限", "minutes of one worker on one day"},
    {"services_per_hour", 20, "每名社工任一小时服务次数上限",
     "services of one worker within any hour"},
};

class ImpossibleVolume final : public Rule {
 public:
  explicit ImpossibleVolume(const Parameters& parameters)
      : per_day_(parameters.get("services_per_day")),
        minutes_per_day_(parameters.get("minutes_per_day")),
        per_hour_(parameters.get("services_per_hour")) {}
  void observe(const Observation& seen) override {
    times_.observe(seen);
    if (seen.type == Body::SERVICE_DELIVERED &&
        seen.event.getBody().getServiceDelivered().getStaff() == 0) {
      unnamed_.insert(seen.id);
    }
  }
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  struct Piece {
    std::uint64_t staff = 0;
    std::int32_t day = 0;
    int from = -1;  // not known
    int minutes = 0;
    bool session = false;
    EventId event;
  };
  // What one worker did on one day, in order of time.
  using WorkDay = std::span<const Piece>;

  std::vector<Piece> pieces(const State& state) const;
  static std::int64_t most_in_an_hour(WorkDay work);
  void judge(const State& state, WorkDay work, std::vector<Anomaly>& out) const;

  std::int64_t per_day_;
  std::int64_t minutes_per_day_;
  std::int64_t per_hour_;
  ServiceTimes times_;
  // Services of nobody in particular stand under whoever wrote them down, who writes for many: they
  // count as records, but their minutes are not that person's.
  boost::unordered_flat_set<EventId> unnamed_;
};

bool is_unled(const State& state, EventId held) {
  const Session* session = state.sessions.find(SessionId{held.value});
  return session == nullptr || session->leader == 0;
}

std::vector<ImpossibleVolume::Piece> ImpossibleVolume::pieces(const State& state) const {
  std::vector<Piece> out;
  EventId current;
  each_row(state, {Body::SERVICE_DELIVERED, Body::SESSION_HELD},
           [&](const FactTable::Columns& c, std::size_t i) {
             const EventId event{c.event[i]};
             // Another body's total is nobody's working day.
             if (event == current || c.staff[i] == 0 || (c.flags[i] & kFactBulk) != 0) return;
             current = event;
             const bool session = c.type[i] == number_of(Body::SESSION_HELD);
             const bool unnamed = session ? is_unled(state, event) : unnamed_.contains(event);
             out.push_back({c.staff[i], c.day[i], session || unnamed ? -1 : times_.minute_of(event),
                            unnamed ? 0 : c.minutes[i], session, event});
           });
  std::sort(out.begin(), out.end(), [](const Piece& a, const Piece& b) {
    return std::tie(a.staff, a.day, a.from, a.event) < std::tie(b.staff, b.day, b.from, b.event);
  });
  return out;
}

std::int64_t ImpossibleVolume::most_in_an_hour(WorkDay work) {
  std::size_t most = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < work.size(); ++i) {
    if (work[i].from < 0) {
      first = i + 1;
      continue;
    }
    while (work[i].from - work[first].from >= 60) ++first;
    most = std::max(most, i - first + 1);
  }
  return static_cast<std::int64_t>(most);
}

void ImpossibleVolume::judge(const State& state, WorkDay work, std::vector<Anomaly>& out) const {
  std::int64_t services = 0;
  std::int64_t minutes = 0;
  for (const Piece& piece : work) {
    services += piece.session ? 0 : 1;
    minutes += piece.minutes;
  }
  const std::int64_t hour = most_in_an_hour(work);
  if (services <= per_day_ && minutes <= minutes_per_day_ && hour <= per_hour_) return;
  std::vector<EventId> events;
  for (const Piece& piece : work) events.push_back(piece.event);
  const Fen risk = worth(state, events);
  const std::string day = to_string(Day{work.front().day});
  doubt(out, std::move(events), work.front().staff, risk,
        day + "：同一社工一天" + number(services) + "次服务，共" + number(minutes) +
            "分钟，最忙的一小时" + number(hour) + "次",
        day + ": one worker has " + number(services) + " services and " + number(minutes) +
            " minutes on one day, " + number(hour) + " services in the busiest hour");
}

void ImpossibleVolume::find(const State& state, Day, std::vector<Anomaly>& out) const {
  const std::vector<Piece> all = pieces(state);
  for (std::size_t first = 0; first < all.size();) {
    std::size_t end = first;
    while (end < all.size() && all[end].staff == all[first].staff &&
           all[end].day == all[first].day) {
      ++end;
    }
    judge(state, WorkDay(all).subspan(first, end - first), out);
    first = end;
  }
}

// --- A10 -----------------------------------------------------------------------------------------

constexpr Parameter kBurstParameters[] = {
    {"burst_events", 40, "短时间内的记录条数", "records within a short time"},
    {"burst_seconds", 120, "短时间（秒）", "the short time, in seconds"},
    {"back_dated_days", 30, "补录超过的天数", "days after which a record counts as late"},
    {"back_dated_min", 20, "判断补录的最少记录条数", "records to judge lateness from at least"},
    {"back_dated_permille", 500, "补录所占千分比", "thousandths of them that are late"},
    {"claim_days", 3, "提交阶段成果之前的天数", "days before a milestone is submitted"},
    {"claim_late_days", 7, "其中补录超过的天数",
     "days after which a record made in them counts as late"},
};

// A delivery that somebody wrote down at a time that means something.
struct Written {
  EventId event;
  std::uint64_t actor = 0;
  std::int64_t at_ms = 0;
};

class BurstOrBackDated final : public Rule {
 public:
  explicit BurstOrBackDated(const Parameters& parameters)
      : burst_events_(static_cast<std::size_t>(as_int(parameters, "burst_events"))),
        burst_ms_(parameters.get("burst_seconds") * 1000),
        late_days_(as_int(parameters, "back_dated_days")),
        late_min_(parameters.get("back_dated_min")),
        late_permille_(as_int(parameters, "back_dated_permille")),
        claim_days_(as_int(parameters, "claim_days")),
        claim_late_days_(as_int(parameters, "claim_late_days")) {}

  void observe(const Observation& seen) override {
    // Signing in takes a second, and a roster is one record: only what takes its time is counted.
    const bool takes_time = seen.type == Body::SERVICE_DELIVERED ||
                            seen.type == Body::SESSION_HELD ||
                            seen.type == Body::AGENCY_CASE_OPENED;
    const bool claims = seen.type == Body::MILESTONE_SUBMITTED;
    if (!(takes_time || claims) || seen.event.getSource() == schema::Source::IMPORTED) return;
    constexpr std::int64_t kMsMax = std::int64_t{1} << 50;  // far beyond any calendar in use
    const std::int64_t at_ms = std::clamp(seen.event.getRecordedAtMs(), -kMsMax, kMsMax);
    (claims ? claims_ : written_).push_back({seen.id, seen.event.getActor(), at_ms});
  }
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  void find_bursts(const State& state, std::vector<Written>& records,
                   std::vector<Anomaly>& out) const;
  void find_late(const State& state, std::vector<Written>& records,
                 std::vector<Anomaly>& out) const;
  void find_claims(const State& state, std::vector<Written>& records,
                   std::vector<Anomaly>& out) const;

  std::size_t burst_events_;
  std::int64_t burst_ms_;
  int late_days_;
  std::int64_t late_min_;
  std::int64_t late_permille_;
  int claim_days_;
  int claim_late_days_;
  std::vector<Written> written_;
  std::vector<Written> claims_;  // MilestoneSubmitted
};

// Days between what happened and its being written down.
std::int64_t days_late(const State& state, const Written& record) {
  const FactTable::RowSpan rows = state.facts.rows_of(record.event);
  const Day day = rows.count == 0 ? state.events.find(record.event)->occurred
                                  : Day{state.facts.columns().day[rows.first]};
  return std::int64_t{day_of(WallTime{record.at_ms * 1000}).value} - day.value;
}

void BurstOrBackDated::find_bursts(const State& state, std::vector<Written>& records,
                                   std::vector<Anomaly>& out) const {
  const auto device = [](const Written& record) { return device_of(record.event).value; };
  std::sort(records.begin(), records.end(), [&](const Written& a, const Written& b) {
    return std::tuple(device(a), a.at_ms, a.event) < std::tuple(device(b), b.at_ms, b.event);
  });
  const std::size_t least = std::max<std::size_t>(burst_events_, 2);
  std::map<std::uint32_t, std::vector<EventId>> bursts;  // by device
  std::size_t first = 0;
  std::size_t taken = 0;  // records before this one are in a burst already
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::uint32_t number_of_device = device(records[i]);
    while (device(records[first]) != number_of_device ||
           records[i].at_ms - records[first].at_ms > burst_ms_) {
      ++first;
    }
    if (i - first + 1 < least) continue;
    for (std::size_t k = std::max(first, taken); k <= i; ++k) {
      bursts[number_of_device].push_back(records[k].event);
    }
    taken = i + 1;
  }
  for (auto& [number_of_device, events] : bursts) {
    const Fen risk = worth(state, events);
    const std::string count = count_of(events.size());
    const Device* from = state.device(DeviceNumber{number_of_device});
    doubt(out, std::move(events), from == nullptr ? 0 : from->holder, risk,
          "同一设备在数秒之间成批写入，共" + count + "条服务或活动记录",
          count + " records of services or sessions were written on one device within seconds");
  }
}

void BurstOrBackDated::find_late(const State& state, std::vector<Written>& records,
                                 std::vector<Anomaly>& out) const {
  struct OfActor {
    std::int64_t all = 0;
    std::vector<EventId> late;
  };
  std::map<std::uint64_t, OfActor> actors;
  for (const Written& record : records) {
    // Who works on a shared device that names nobody is known by the device.
    OfActor& of = actors[record.actor != 0 ? record.actor : device_of(record.event).value];
    ++of.all;
    if (days_late(state, record) > late_days_) of.late.push_back(record.event);
  }
  for (auto& [actor, of] : actors) {
    const auto late = static_cast<std::int64_t>(of.late.size());
    if (of.all < late_min_ || late == 0 || late * 1000 < of.all * late_permille_) continue;
    const Fen risk = worth(state, of.late);
    doubt(out, std::move(of.late), actor, risk,
          "该记录人的" + number(of.all) + "条服务或活动记录中有" + number(late) + "条在发生" +
              number(late_days_) + "天以后才写入",
          number(late) + " of " + number(of.all) +
              " records of this person were written more than " + number(late_days_) +
              " days after they happened");
  }
}

// The last days before a claim, in which the units that it rests on were made up.
void BurstOrBackDated::find_claims(const State& state, std::vector<Written>& records,
                                   std::vector<Anomaly>& out) const {
  if (claims_.empty()) return;
  boost::unordered_flat_map<EventId, const Written*> by_event;
  for (const Written& record : records) by_event.emplace(record.event, &record);
  const std::int64_t window_ms = std::int64_t{claim_days_} * 86'400'000;
  for (const Written& claim : claims_) {
    const Milestone* milestone =
        state.contracts.find_milestone(entity_cast<MilestoneId>(claim.event));
    if (milestone == nullptr || !state.in_force(claim.event)) continue;
    std::int64_t all = 0;
    std::vector<EventId> late;
    for (const EventId unit : milestone->units) {
      const auto at = by_event.find(unit);
      if (at == by_event.end()) continue;
      ++all;
      const std::int64_t before_ms = claim.at_ms - at->second->at_ms;
      if (before_ms >= 0 && before_ms <= window_ms &&
          days_late(state, *at->second) > claim_late_days_) {
        late.push_back(unit);
      }
    }
    const auto count = static_cast<std::int64_t>(late.size());
    if (all < late_min_ || count == 0 || count * 1000 < all * late_permille_) continue;
    const Fen risk = worth(state, late);
    late.push_back(claim.event);
    doubt(out, std::move(late), milestone->contract.value, risk,
          "阶段成果所列" + number(all) + "个单元中有" + number(count) + "个在提交前" +
              number(claim_days_) + "天内才补录",
          number(count) + " of " + number(all) + " units of a milestone were written in the " +
              number(claim_days_) + " days before it was submitted, long after they happened");
  }
}

void BurstOrBackDated::find(const State& state, Day, std::vector<Anomaly>& out) const {
  std::vector<Written> records;
  for (const Written& record : written_) {
    if (state.in_force(record.event)) records.push_back(record);
  }
  find_late(state, records, out);
  find_claims(state, records, out);
  find_bursts(state, records, out);
}

constexpr EventType kVolumeReads[] = {Body::SERVICE_DELIVERED, Body::SESSION_HELD,
                                      Body::SESSION_PLANNED, Body::CONTRACT_SIGNED,
                                      Body::MILESTONE_SUBMITTED};
constexpr EventType kBurstReads[] = {Body::SERVICE_DELIVERED,  Body::SESSION_HELD,
                                     Body::AGENCY_CASE_OPENED, Body::SESSION_PLANNED,
                                     Body::CONTRACT_SIGNED,    Body::MILESTONE_SUBMITTED,
                                     Body::DEVICE_ENROLLED};

const RuleRow kRows[] = {
    {.number = 9,
     .zh = "一人一日服务量超出可能",
     .en = "more than one worker can do in a day",
     .basis = "一天只有二十四小时；按次付费的服务须逐次完成",
     .basis_en = "a day has twenty-four hours; what is paid by the piece is done one by one",
     .innocent_zh = "先核对：多名同事用一人账号录入；补录时日期写成同一天；集体服务拆成逐人记录",
     .innocent_en = "check first: colleagues used one account; late entries were all given one "
                    "day; one service to a group was written down person by person",
     .parameters = kVolumeParameters,
     .reads = kVolumeReads,
     .make = make_rule<ImpossibleVolume>},
    {.number = 10,
     .zh = "成批突击录入或集中补录",
     .en = "written in a burst or long afterwards",
     .basis = "政府购买服务管理办法（财政部令第102号）：承接主体须如实建立服务台账",
     .basis_en = "Measures for government purchase of services (Ministry of Finance order 102): "
                 "the contractor keeps a true ledger of its services",
     .innocent_zh = "先核对：纸质记录经批准后补录；停电停网后集中录入；培训时的练习数据",
     .innocent_en = "check first: paper records entered late with approval; entries after a power "
                    "cut; exercises at a training",
     .parameters = kBurstParameters,
     .reads = kBurstReads,
     .make = make_rule<BurstOrBackDated>},
};

}  // namespace

std::span<const RuleRow> rules_of_volume() { return kRows; }

}  // namespace houniao::rules::deliveries
