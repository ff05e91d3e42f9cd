// A07, A08: a person or a worker who would have to be in two places, and a worker who was not
// there.
#include <boost/unordered/unordered_flat_set.hpp>
#include <map>

#include "replay/rules/rules_deliveries_parts.h"

namespace houniao::rules::deliveries {
namespace {

constexpr Parameter kTravelParameters[] = {
    {"tolerance_minutes", 10, "时间重叠容差（分钟）", "minutes of overlap that are let pass"},
    {"km_per_hour", 60, "两地之间的最快行程（公里/小时）",
     "fastest way between two places, km per hour"},
};

constexpr Parameter kWorkerParameters[] = {
    kTravelParameters[0],
    kTravelParameters[1],
    {"elsewhere_min", 2, "派驻他处期间的记录至少条数",
     "records at a site while placed at another, at least"},
};

TravelLimits travel_limits(const Parameters& parameters) {
  return {as_int(parameters, "tolerance_minutes"), as_int(parameters, "km_per_hour")};
}

std::string count_of(std::size_t count) { return number(static_cast<std::int64_t>(count)); }

// Clashes of one person or worker as one anomaly. The cheaper of two clashing deliveries is what
// cannot be owed.
struct Clashing {
  std::vector<EventId> events;
  std::size_t times = 0;
  Fen risk;
  Clash worst;

  void add(const State& state, const Clash& clash) {
    events.push_back(clash.first.event);
    events.push_back(clash.second.event);
    risk = plus(risk, std::min(worth(state, clash.first.event), worth(state, clash.second.event)));
    if (times == 0 || clash.short_by > worst.short_by) worst = clash;
    ++times;
  }
  std::string zh() const {
    return to_string(Day{worst.first.day}) + " " + clock(worst.first.from) + "至" +
           clock(worst.first.to) + "在一处，" + clock(worst.second.from) + "又在另一处，差" +
           number(worst.short_by) + "分钟";
  }
  std::string en() const {
    return "on " + to_string(Day{worst.first.day}) + " at one place from " +
           clock(worst.first.from) + " to " + clock(worst.first.to) + " and at another from " +
           clock(worst.second.from) + ", " + number(worst.short_by) + " minutes short";
  }
};

// --- A07 -----------------------------------------------------------------------------------------

class TwoPlaces final : public Rule {
 public:
  explicit TwoPlaces(const Parameters& parameters) : limits_(travel_limits(parameters)) {}
  void observe(const Observation& seen) override { times_.observe(seen); }
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  std::vector<Stay> stays(const State& state) const;

  TravelLimits limits_;
  ServiceTimes times_;
};

std::vector<Stay> TwoPlaces::stays(const State& state) const {
  std::vector<Stay> out;
  const auto one = [&](PersonId person) { return state.people.representative_of(person).value; };
  const FactTable::Columns& c = state.facts.columns();
  const auto site_of = [&](EventId event) -> std::uint64_t {
    const FactTable::RowSpan rows = state.facts.rows_of(event);
    return rows.count == 0 ? 0 : c.site[rows.first];
  };
  for (const auto& [key, presences] : state.sessions.presences) {
    for (const Presence& presence : presences) {
      if (!state.in_force(presence.event)) continue;
      out.push_back({one(key.first), key.second, presence.from_minute, presence.to_minute,
                     presence.site.value, presence.occasion.value, presence.event});
    }
  }
  for (const auto& [id, duty] : state.volunteers.duties) {
    if (duty.out_minute <= duty.in_minute || !state.in_force(id)) continue;
    const PersonId person = person_of(state, duty.volunteer);
    out.push_back(
        {one(person), duty.day.value, duty.in_minute, duty.out_minute, site_of(id), 0, id});
  }
  if (times_.empty()) return out;
  EventId current;
  int minutes = 0;
  each_row(state, {Body::SERVICE_DELIVERED}, [&](const FactTable::Columns&, std::size_t i) {
    const EventId event{c.event[i]};
    if (event != current) {
      current = event;
      minutes = c.minutes[i];
    }
    const int from = times_.minute_of(event);
    if (from < 0 || c.subject[i] == 0) return;
    out.push_back(
        {one(PersonId{c.subject[i]}), c.day[i], from, from + minutes, c.site[i], 0, event});
  });
  return out;
}

void TwoPlaces::find(const State& state, Day, std::vector<Anomaly>& out) const {
  std::map<std::uint64_t, Clashing> found;
  for (const Clash& clash : clashes(state, stays(state), limits_)) {
    found[clash.first.who].add(state, clash);
  }
  for (auto& [person, clashing] : found) {
    const std::string count = count_of(clashing.times);
    doubt(out, clashing.events, person, clashing.risk,
          "同一人有" + count + "次不可能同时到场的记录：" + clashing.zh(),
          count + " times one person would have to be in two places: " + clashing.en());
  }
}

// --- A08 -----------------------------------------------------------------------------------------

class WorkerNotThere final : public Rule {
 public:
  explicit WorkerNotThere(const Parameters& parameters)
      : limits_(travel_limits(parameters)),
        elsewhere_min_(static_cast<std::size_t>(as_int(parameters, "elsewhere_min"))) {}

  void observe(const Observation& seen) override {
    times_.observe(seen);
    if (seen.type == Body::SERVICE_DELIVERED &&
        seen.event.getBody().getServiceDelivered().getStaff() == 0) {
      unnamed_.insert(seen.id);
    }
  }
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  // Calls visit(columns, first row, staff) for each service and session that names its worker.
  template <class Visit>
  void each_delivery(const State& state, Visit&& visit) const;
  std::vector<Stay> stays(const State& state) const;
  // Services and sessions of a worker on days on which he or she was not engaged, or was placed at
  // other sites only.
  struct Absence {
    std::vector<EventId> not_engaged;
    std::vector<EventId> elsewhere;
    std::vector<EventId> placements;
  };
  std::map<StaffId, Absence> absences(const State& state) const;

  TravelLimits limits_;
  std::size_t elsewhere_min_;
  ServiceTimes times_;
  boost::unordered_flat_set<EventId> unnamed_;  // services whose worker is just who recorded them
};

template <class Visit>
void WorkerNotThere::each_delivery(const State& state, Visit&& visit) const {
  EventId current;
  each_row(state, {Body::SERVICE_DELIVERED, Body::SESSION_HELD},
           [&](const FactTable::Columns& c, std::size_t i) {
             const EventId event{c.event[i]};
             if (event == current) return;
             current = event;
             const Staff* staff = state.staff(StaffId{c.staff[i]});
             if (staff == nullptr || unnamed_.contains(event)) return;
             if (c.type[i] == number_of(Body::SESSION_HELD)) {
               const Session* session = state.sessions.find(SessionId{event.value});
               if (session == nullptr || session->leader == 0) return;
             }
             visit(c, i, *staff);
           });
}

std::vector<Stay> WorkerNotThere::stays(const State& state) const {
  std::vector<Stay> out;
  each_delivery(state, [&](const FactTable::Columns& c, std::size_t i, const Staff& staff) {
    const EventId event{c.event[i]};
    const Session* session = state.sessions.find(SessionId{event.value});
    if (session == nullptr) {
      const int from = times_.minute_of(event);
      if (from >= 0) {
        out.push_back({staff.id.value, c.day[i], from, from + c.minutes[i], c.site[i], 0, event});
      }
    } else if (session->to_minute > session->from_minute) {
      out.push_back({staff.id.value, c.day[i], session->from_minute, session->to_minute, c.site[i],
                     session->occasion().value, event});
    }
  });
  return out;
}

std::map<StaffId, WorkerNotThere::Absence> WorkerNotThere::absences(const State& state) const {
  std::map<StaffId, Absence> out;
  each_delivery(state, [&](const FactTable::Columns& c, std::size_t i, const Staff& staff) {
    const EventId event{c.event[i]};
    const Day day{c.day[i]};
    if (!staff.engaged_on(day)) return out[staff.id].not_engaged.push_back(event);
    if (c.site[i] == 0) return;
    std::vector<EventId> others;
    for (const Placement& placement : staff.placements) {
      if (day < placement.from || placement.to < day) continue;
      if (placement.site.value == c.site[i]) return;
      others.push_back(placement.event);
    }
    if (others.empty()) return;
    Absence& absence = out[staff.id];
    absence.elsewhere.push_back(event);
    absence.placements.insert(absence.placements.end(), others.begin(), others.end());
  });
  return out;
}

void WorkerNotThere::find(const State& state, Day, std::vector<Anomaly>& out) const {
  for (auto& [id, absence] : absences(state)) {
    if (!absence.not_engaged.empty()) {
      const std::string count = count_of(absence.not_engaged.size());
      std::vector<EventId> events = absence.not_engaged;
      events.push_back(EventId{id.value});
      for (const Ending& ending : state.staff(id)->releases) events.push_back(ending.event);
      doubt(out, std::move(events), id.value, worth(state, absence.not_engaged),
            "该社工不在聘用期内却有" + count + "次服务或活动记在其名下",
            count + " services or sessions stand under a worker who was not engaged on that day");
    }
    if (absence.elsewhere.size() < elsewhere_min_ || absence.elsewhere.empty()) continue;
    const std::string count = count_of(absence.elsewhere.size());
    std::vector<EventId> events = absence.elsewhere;
    events.insert(events.end(), absence.placements.begin(), absence.placements.end());
    doubt(out, std::move(events), id.value, worth(state, absence.elsewhere),
          "该社工派驻他处期间有" + count + "次服务或活动记在另一阵地",
          count +
              " services or sessions at one site on days on which the worker was placed at "
              "another");
  }
  std::map<std::uint64_t, Clashing> found;
  for (const Clash& clash : clashes(state, stays(state), limits_)) {
    found[clash.first.who].add(state, clash);
  }
  for (auto& [staff, clashing] : found) {
    const std::string count = count_of(clashing.times);
    doubt(out, clashing.events, staff, clashing.risk,
          "同一社工有" + count + "次分身两处的记录：" + clashing.zh(),
          count + " times one worker would have to be in two places: " + clashing.en());
  }
}

constexpr EventType kPlacesReads[] = {
    Body::ATTENDANCE_RECORDED, Body::DUTY_CHECKED_IN, Body::SERVICE_DELIVERED,
    Body::SESSION_HELD,        Body::SESSION_PLANNED, Body::SITE_OPENED,
    Body::VOLUNTEER_ENROLLED,  Body::CONTRACT_SIGNED, Body::MILESTONE_SUBMITTED};
constexpr EventType kWorkerReads[] = {
    Body::SERVICE_DELIVERED, Body::SESSION_HELD,    Body::SESSION_PLANNED,
    Body::STAFF_ENGAGED,     Body::STAFF_RELEASED,  Body::STAFF_PLACED,
    Body::SITE_OPENED,       Body::CONTRACT_SIGNED, Body::MILESTONE_SUBMITTED};

const RuleRow kRows[] = {
    {.number = 7,
     .zh = "同一人同时在两处",
     .en = "one person in two places",
     .basis = "同一人不可能同时在两地，也不可能快于行程到达；按人次付费须人到场",
     .basis_en = "nobody is in two places, or faster than the road; paid by attendance, so the "
                 "person must have been there",
     .innocent_zh = "先核对：中途离场未改签退时间；代签家人；时间抄错",
     .innocent_en = "check first: somebody left early and the sheet kept the full time; signed for "
                    "a relative; a miscopied time",
     .parameters = kTravelParameters,
     .reads = kPlacesReads,
     .make = make_rule<TwoPlaces>},
    {.number = 8,
     .zh = "社工不在场",
     .en = "the worker was not there",
     .basis = "政府购买服务管理办法（财政部令第102号）：服务须由承接主体在岗人员提供",
     .basis_en = "Measures for government purchase of services (Ministry of Finance order 102): "
                 "services are delivered by staff whom the contractor employs",
     .innocent_zh = "先核对：离任日期登记过早；由同事代为记录时选错姓名；时间抄错",
     .innocent_en = "check first: the day of leaving was recorded too early; a colleague chose the "
                    "wrong name; a miscopied time",
     .parameters = kWorkerParameters,
     .reads = kWorkerReads,
     .make = make_rule<WorkerNotThere>},
};

}  // namespace

std::span<const RuleRow> rules_of_movements() { return kRows; }

}  // namespace houniao::rules::deliveries
