// A28, unvetted with minors (未成年人保护法 62: vetted at hire and every year).
//
// Reads: sessions planned with minors or attended by children under 14 who are registered, duties
// with minors, services and case work for such children; who led, was on duty or served; and the
// vettings of that member of staff. One anomaly for each member of staff.
//
// A plan under a leader who was not vetted is held; that attempt alone is no anomaly. A session
// that was held all the same is one, although the log keeps it waiting for its plan: what the plan
// said is kept here for it.
//
// Only whoever is staff is looked at: volunteers are not recorded as vetted.
#include <algorithm>
#include <map>

#include "replay/families/parties.h"
#include "replay/rules/rules_institutions.h"
#include "replay/rules/rules_institutions_parts.h"

namespace houniao::rules::institutions {
namespace {

struct HeldSession {
  EventId event;
  std::uint64_t occasion = 0;  // the plan where there is one
  bool names_leader = false;
};
struct Plan {
  std::uint64_t leader = 0;
  bool with_minors = false;
};

// What one member of staff did with minors while not vetted.
struct Exposure {
  std::vector<EventId> sessions;
  std::vector<EventId> duties;
  std::vector<EventId> services;                      // and case work
  boost::unordered_flat_set<std::uint64_t> children;  // of the services
  Day first;
  Day last;
  bool failed = false;  // the last vetting was not clear

  void meet(Day day, bool not_clear) {
    if (first.value == 0 || day < first) first = day;
    last = std::max(last, day);
    failed = failed || not_clear;
  }
};

// Staff by the person behind them.
using StaffOfPerson = boost::unordered_flat_map<std::uint64_t, std::vector<StaffId>>;

StaffOfPerson index_staff(const State& state) {
  StaffOfPerson out;
  for (const auto& [id, staff] : state.workforce.staff) {
    if (staff.person) out[identity_of(state, staff.person.value)].push_back(id);
  }
  for (auto& [person, list] : out) std::sort(list.begin(), list.end());
  return out;
}

class Unvetted final : public Rule {
 public:
  explicit Unvetted(const Parameters& parameters)
      : since_{static_cast<std::int32_t>(parameters.get("since_day"))},
        vetting_days_(parameters.get("vetting_days")),
        children_in_session_(parameters.get("children_in_session")),
        children_served_(parameters.get("children_served")) {}

  void observe(const Observation& seen) override {
    switch (seen.type) {
      case EventBody::PERSON_REGISTERED:
        if (seen.event.getBody().getPersonRegistered().getUnder14()) {
          children_.insert(seen.id.value);
        }
        return;
      case EventBody::SESSION_PLANNED: {
        const auto plan = seen.event.getBody().getSessionPlanned();
        if (plan.getWithMinors() || plan.getLeader() != 0) {
          plans_[seen.id.value] = {plan.getLeader(), plan.getWithMinors()};
        }
        return;
      }
      case EventBody::SESSION_HELD: {
        const auto held = seen.event.getBody().getSessionHeld();
        const std::uint64_t plan = held.getPlanned();
        if (plan == 0 && held.getLeader() == 0) return;
        held_.push_back({seen.id, plan != 0 ? plan : seen.id.value, held.getLeader() != 0});
        return;
      }
      case EventBody::DUTY_CHECKED_IN:
        if (seen.event.getBody().getDutyCheckedIn().getWithMinors()) duties_.push_back(seen.id);
        return;
      default:
        return;
    }
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    const StaffOfPerson staff = index_staff(state);
    std::map<StaffId, Exposure> found;
    look_at_sessions(state, staff, found);
    look_at_duties(state, staff, found);
    if (!children_.empty()) {
      look_at_services(state, EventBody::SERVICE_DELIVERED, found);
      look_at_services(state, EventBody::CASE_OPENED, found);
      look_at_services(state, EventBody::CASE_CONTACT_LOGGED, found);
    }
    for (auto& [id, exposure] : found) report(state, id, exposure, out);
  }

 private:
  bool is_child(const State& state, std::uint64_t id, Day day) const {
    if (!children_.contains(id)) return false;
    const Person* person = state.person(PersonId{id});
    return person != nullptr && state.people.is_under14(*person, day);
  }

  const Vetting* last_vetting(const State& state, StaffId id, Day day) const {
    const Vetting* last = nullptr;
    for (const Vetting& vetting : state.staff(id)->vettings) {  // by day
      if (vetting.day <= day) last = &vetting;
    }
    return last;
  }

  // The exposure to add to; nullptr when the one who was there is no staff or was vetted.
  Exposure* exposure_of(const State& state, StaffId id, Day day,
                        std::map<StaffId, Exposure>& found) const {
    if (day < since_ || state.staff(id) == nullptr) return nullptr;
    const Vetting* last = last_vetting(state, id, day);
    const bool current =
        last != nullptr && std::int64_t{day.value} - last->day.value <= vetting_days_;
    if (current && last->clear) return nullptr;
    Exposure& exposure = found[id];
    exposure.meet(day, current && !last->clear);
    return &exposure;
  }

  // The member of staff behind an id of staff or of a person who is engaged on that day.
  StaffId staff_behind(const State& state, const StaffOfPerson& staff, std::uint64_t id,
                       Day day) const {
    if (state.staff(StaffId{id}) != nullptr) return StaffId{id};
    const auto at = staff.find(identity_of(state, id));
    if (at == staff.end()) return {};
    for (const StaffId member : at->second) {
      if (state.staff(member)->engaged_on(day)) return member;
    }
    return {};
  }

  // Occasions to which enough registered children came.
  boost::unordered_flat_set<std::uint64_t> occasions_with_children(const State& state) const {
    boost::unordered_flat_set<std::uint64_t> out;
    if (children_.empty()) return out;
    boost::unordered_flat_map<std::uint64_t, boost::unordered_flat_set<std::uint64_t>> present;
    each_row(state, EventBody::ATTENDANCE_RECORDED, [&](const auto& c, std::size_t i) {
      if (is_child(state, c.subject[i], Day{c.day[i]})) present[c.group[i]].insert(c.subject[i]);
    });
    for (const auto& [occasion, children] : present) {
      if (static_cast<std::int64_t>(children.size()) >= children_in_session_) out.insert(occasion);
    }
    return out;
  }

  void look_at_sessions(const State& state, const StaffOfPerson& staff,
                        std::map<StaffId, Exposure>& found) const {
    const auto with_children = occasions_with_children(state);
    for (const HeldSession& held : held_) {
      const auto plan = plans_.find(held.occasion);
      const bool planned_so = plan != plans_.end() && plan->second.with_minors;
      if (!planned_so && !with_children.contains(held.occasion)) continue;
      const FactTable::RowSpan rows = state.facts.rows_of(held.event);
      if (rows.count == 0) continue;
      const FactRow row = state.facts.row(rows.first);
      const std::uint64_t of_plan = plan == plans_.end() ? 0 : plan->second.leader;
      const std::uint64_t leader = held.names_leader ? row.staff : of_plan;
      if (leader == 0) continue;
      const StaffId member = staff_behind(state, staff, leader, Day{row.day});
      if (Exposure* exposure = exposure_of(state, member, Day{row.day}, found)) {
        exposure->sessions.push_back(held.event);
      }
    }
  }

  void look_at_duties(const State& state, const StaffOfPerson& staff,
                      std::map<StaffId, Exposure>& found) const {
    for (const EventId id : duties_) {
      if (!state.in_force(id)) continue;
      const Duty* duty = state.volunteers.find_duty(id);
      if (duty == nullptr) continue;
      const PersonId person = person_of(state, duty->volunteer);
      if (!person) continue;
      const StaffId member = staff_behind(state, staff, person.value, duty->day);
      if (Exposure* exposure = exposure_of(state, member, duty->day, found)) {
        exposure->duties.push_back(id);
      }
    }
  }

  void look_at_services(const State& state, EventType type,
                        std::map<StaffId, Exposure>& found) const {
    each_row(state, type, [&](const auto& c, std::size_t i) {
      const Day day{c.day[i]};
      if (!is_child(state, c.subject[i], day)) return;
      if (Exposure* exposure = exposure_of(state, StaffId{c.staff[i]}, day, found)) {
        exposure->services.push_back(EventId{c.event[i]});
        exposure->children.insert(c.subject[i]);
      }
    });
  }

  void report(const State& state, StaffId id, Exposure& exposure, std::vector<Anomaly>& out) const {
    if (static_cast<std::int64_t>(exposure.children.size()) < children_served_) {
      exposure.services.clear();
    }
    Anomaly anomaly;
    anomaly.subject = id.value;
    for (const auto* list : {&exposure.sessions, &exposure.duties, &exposure.services}) {
      anomaly.events.insert(anomaly.events.end(), list->begin(), list->end());
    }
    if (anomaly.events.empty()) return;
    for (const EventId event : anomaly.events) {
      anomaly.at_risk = plus(anomaly.at_risk, billed(state, event));
    }
    const std::string days = to_string(exposure.first) + " – " + to_string(exposure.last);
    anomaly.zh =
        "一名工作人员接触未成年人时" +
        std::string(exposure.failed ? "最近一次查询结果不符合要求" : "没有有效的违法犯罪记录查询") +
        "：带领活动" + count_of(exposure.sessions) + "场，值守" + count_of(exposure.duties) +
        "次，服务或个案" + count_of(exposure.services) + "次，" + days;
    anomaly.en = "a member of staff worked with minors " +
                 std::string(exposure.failed ? "after a vetting that was not clear: "
                                             : "without a valid vetting: ") +
                 count_of(exposure.sessions) + " sessions, " + count_of(exposure.duties) +
                 " duties, " + count_of(exposure.services) + " services or case contacts, " + days;
    out.push_back(std::move(anomaly));
  }

  Day since_;
  std::int64_t vetting_days_;
  std::int64_t children_in_session_;
  std::int64_t children_served_;
  boost::unordered_flat_set<std::uint64_t> children_;  // registered as under 14
  boost::unordered_flat_map<std::uint64_t, Plan> plans_;
  std::vector<HeldSession> held_;
  std::vector<EventId> duties_;  // with minors
};

}  // namespace

std::unique_ptr<Rule> make_unvetted(const Parameters& parameters) {
  return std::make_unique<Unvetted>(parameters);
}

}  // namespace houniao::rules::institutions
