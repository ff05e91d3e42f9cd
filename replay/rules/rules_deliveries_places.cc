// A06: something was done where nobody can have been.
#include <map>

#include "replay/rules/rules_deliveries_parts.h"

namespace houniao::rules::deliveries {
namespace {

using Status = schema::SiteStatusChanged::Status;

constexpr Parameter kClosedParameters[] = {
    {"odd_hours_min", 3, "开放时间之外的记录至少条数", "records outside the hours at least"},
    {"tolerance_minutes", 60, "早到晚走容差（分钟）", "minutes early or late that are let pass"},
};

// 1 is Monday; 1970-01-01 was a Thursday.
int weekday_of(Day day) { return ((day.value + 3) % 7 + 7) % 7 + 1; }

class ClosedSite final : public Rule {
 public:
  explicit ClosedSite(const Parameters& parameters)
      : odd_hours_min_(static_cast<std::size_t>(as_int(parameters, "odd_hours_min"))),
        tolerance_(as_int(parameters, "tolerance_minutes")) {}

  void observe(const Observation& seen) override;
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  struct Hours {
    int weekday = 0;
    int from = 0;
    int to = 0;
  };
  struct Interval {
    int from = -1;  // not known
    int to = -1;
  };
  struct OfSite {
    std::vector<EventId> closed;
    std::vector<EventId> odd;       // on a weekday or at an hour at which it does not open
    std::vector<EventId> operated;  // by the body that has handed it over
  };
  std::map<SiteId, OfSite> look(const State& state) const;
  Interval times_of(const State& state, std::uint16_t type, EventId event, int minutes) const;
  bool is_odd(const State& state, const Site& site, Day day, Interval when) const;

  std::size_t odd_hours_min_;
  int tolerance_;
  ServiceTimes times_;
  boost::unordered_flat_map<SiteId, std::vector<Hours>> hours_;
};

void ClosedSite::observe(const Observation& seen) {
  times_.observe(seen);
  if (seen.type != Body::SITE_OPENED) return;
  std::vector<Hours>& hours = hours_[entity_cast<SiteId>(seen.id)];
  for (const auto& entry : seen.event.getBody().getSiteOpened().getHours()) {
    hours.push_back({entry.getWeekday(), entry.getFromMinute(), entry.getToMinute()});
  }
}

ClosedSite::Interval ClosedSite::times_of(const State& state, std::uint16_t type, EventId event,
                                          int minutes) const {
  if (type == number_of(Body::SERVICE_DELIVERED)) {
    const int from = times_.minute_of(event);
    return from < 0 ? Interval{} : Interval{from, from + minutes};
  }
  if (type == number_of(Body::DUTY_CHECKED_IN)) {
    const Duty* duty = state.volunteers.find_duty(event);
    if (duty == nullptr || duty->out_minute == 0) return {};
    return {duty->in_minute, duty->out_minute};
  }
  const Session* session = state.sessions.find(SessionId{event.value});
  if (session == nullptr || session->to_minute <= session->from_minute) return {};
  return {session->from_minute, session->to_minute};
}

bool announced_open(const Site& site, Day day) {
  return std::any_of(site.statuses.begin(), site.statuses.end(), [&](const SiteStatusEntry& entry) {
    return entry.status == static_cast<std::uint16_t>(Status::OPEN) && entry.from <= day &&
           day <= entry.to;
  });
}

bool ClosedSite::is_odd(const State& state, const Site& site, Day day, Interval when) const {
  const auto at = hours_.find(site.id);
  if (at == hours_.end() || at->second.empty() || announced_open(site, day)) return false;
  if (!state.in_force(site.id)) return false;
  bool opens = false;
  for (const Hours& hours : at->second) {
    if (hours.weekday != weekday_of(day)) continue;
    opens = true;
    if (when.from < 0) return false;
    if (when.from >= hours.from - tolerance_ && when.to <= hours.to + tolerance_) return false;
  }
  return !opens || when.from >= 0;
}

// The body that ran the site before the last handover, when that was by the day; none else.
OrganisationId former_operator(const Site& site, Day day) {
  OrganisationId before;
  OrganisationId current = site.operated_by;
  for (const SiteStatusEntry& entry : site.statuses) {  // by first day
    if (!entry.operated_by || entry.from >= day) continue;
    if (entry.operated_by == current) continue;
    before = current;
    current = entry.operated_by;
  }
  return before;
}

std::map<SiteId, ClosedSite::OfSite> ClosedSite::look(const State& state) const {
  std::map<SiteId, OfSite> found;
  EventId current;
  each_row(
      state, {Body::SESSION_HELD, Body::SERVICE_DELIVERED, Body::DUTY_CHECKED_IN},
      [&](const FactTable::Columns& c, std::size_t i) {
        const EventId event{c.event[i]};
        const Site* site = state.site(SiteId{c.site[i]});
        if (event == current || site == nullptr) return;
        current = event;
        const Day day{c.day[i]};
        if (!state.sites.is_open(site->id, day)) {
          found[site->id].closed.push_back(event);
        } else if (is_odd(state, *site, day, times_of(state, c.type[i], event, c.minutes[i]))) {
          found[site->id].odd.push_back(event);
        }
        const OrganisationId former =
            site->statuses.empty() ? OrganisationId{} : former_operator(*site, day);
        if (former && former.value == c.organisation[i]) {
          found[site->id].operated.push_back(event);
        }
      });
  return found;
}

std::string count_of(const std::vector<EventId>& events) {
  return number(static_cast<std::int64_t>(events.size()));
}

void ClosedSite::find(const State& state, Day, std::vector<Anomaly>& out) const {
  for (auto& [id, of] : look(state)) {
    const Site& site = *state.site(id);
    const auto with_statuses = [&](std::vector<EventId> events, Status status) {
      for (const SiteStatusEntry& entry : site.statuses) {
        const bool told = status == Status::CHANGED
                              ? static_cast<bool>(entry.operated_by)
                              : entry.status == static_cast<std::uint16_t>(status);
        if (told) events.push_back(entry.event);
      }
      events.push_back(EventId{site.id.value});
      return events;
    };
    if (!of.closed.empty()) {
      doubt(out, with_statuses(of.closed, Status::CLOSED), id.value, worth(state, of.closed),
            "阵地停用期间或启用之前有" + count_of(of.closed) + "条活动、服务或值班记录",
            count_of(of.closed) +
                " sessions, services or duties at a site that was closed or not yet open");
    }
    if (of.odd.size() >= std::max<std::size_t>(odd_hours_min_, 1)) {
      std::vector<EventId> events = of.odd;
      events.push_back(EventId{id.value});
      doubt(out, std::move(events), id.value, worth(state, of.odd),
            count_of(of.odd) + "条记录在该阵地不开放的星期或时段",
            count_of(of.odd) + " records on weekdays or at hours at which the site does not open");
    }
    if (!of.operated.empty()) {
      doubt(out, with_statuses(of.operated, Status::CHANGED), id.value, worth(state, of.operated),
            "阵地移交之后原运营方仍在此记录了" + count_of(of.operated) + "次交付",
            "the former operator recorded " + count_of(of.operated) +
                " deliveries after the site was handed over");
    }
  }
}

constexpr EventType kClosedReads[] = {Body::SITE_OPENED,       Body::SITE_STATUS_CHANGED,
                                      Body::SESSION_HELD,      Body::SESSION_PLANNED,
                                      Body::SERVICE_DELIVERED, Body::DUTY_CHECKED_IN,
                                      Body::CONTRACT_SIGNED,   Body::MILESTONE_SUBMITTED};

const RuleRow kRows[] = {
    {.number = 6,
     .zh = "阵地未开放却有交付",
     .en = "delivered at a closed site",
     .basis = "阵地开放时间与运营方是公布的承诺；停用、移交期间的交付无从发生",
     .basis_en = "opening hours and operator of a site are published; nothing can be delivered "
                 "there while it is closed or by a body that has left",
     .innocent_zh = "先核对：临时开放未登记；上门或户外服务挂在本阵地名下；移交日期登记有误",
     .innocent_en = "check first: an extra opening nobody recorded; home visits and outdoor work "
                    "kept under the station's name; a wrong date of the handover",
     .parameters = kClosedParameters,
     .reads = kClosedReads,
     .make = make_rule<ClosedSite>},
};

}  // namespace

std::span<const RuleRow> rules_of_places() { return kRows; }

}  // namespace houniao::rules::deliveries
