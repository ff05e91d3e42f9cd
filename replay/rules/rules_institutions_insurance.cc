// A29, uninsured duty, and A39, insurance count (志愿服务条例 17: accident insurance before duty
// with physical risk; 慈善法 69).
//
// A29 reads duties with physical risk (said by the duty or by its order), the covers of the person
// under any enrolment, and the civil day on which a cover was concluded: a policy dated back over a
// duty covers nothing. One anomaly for each team.
//
// A39 reads the same duties and the lists of the insured. Of each policy: who on the list was never
// on duty while it ran, and who stands on it twice. Of each team and year: whether fewer persons
// were insured than were on duty. One anomaly for each policy, and for each team and year.
#include <algorithm>
#include <map>

#include "replay/families/parties.h"
#include "replay/rules/rules_institutions.h"
#include "replay/rules/rules_institutions_parts.h"

namespace houniao::rules::institutions {
namespace {

struct SeenDuty {
  EventId event;
  std::uint64_t order = 0;
  bool risk = false;
};

// Duties that may be risky: by their own word, or because an order could say so.
class RiskyDuties {
 public:
  void observe(const Observation& seen) {
    const auto duty = seen.event.getBody().getDutyCheckedIn();
    if (!duty.getPhysicalRisk() && duty.getOrder() == 0) return;
    duties_.push_back({seen.id, duty.getOrder(), duty.getPhysicalRisk()});
  }
  // Calls visit(Duty, Volunteer) for each in force.
  template <class Visit>
  void each(const State& state, Visit&& visit) const {
    for (const SeenDuty& seen : duties_) {
      if (!seen.risk) {
        const Order* order = state.orders.find(OrderId{seen.order});
        if (order == nullptr || !order->physical_risk || !state.in_force(order->id)) continue;
      }
      if (!state.in_force(seen.event)) continue;
      const Duty* duty = state.volunteers.find_duty(seen.event);
      const Volunteer* volunteer =
          duty == nullptr ? nullptr : state.volunteers.find(duty->volunteer);
      if (volunteer != nullptr) visit(*duty, *volunteer);
    }
  }

 private:
  std::vector<SeenDuty> duties_;
};

// Calls visit(InsuranceCover) for the covers of a person under every enrolment.
template <class Visit>
void each_cover(const State& state, const Volunteer& volunteer, Visit&& visit) {
  const auto of = [&](VolunteerId id) {
    const auto at = state.volunteers.covers.find(id);
    if (at == state.volunteers.covers.end()) return;
    for (const InsuranceCover& cover : at->second) visit(cover);
  };
  of(volunteer.id);
  for (const VolunteerId id : volunteers_of(state, volunteer.person)) {
    if (id != volunteer.id) of(id);
  }
}

// --- A29 ----------------------------------------------------------------------------------------

class Uninsured final : public Rule {
 public:
  explicit Uninsured(const Parameters& parameters)
      : entry_days_(parameters.get("entry_days")), duties_least_(parameters.get("duties_least")) {}

  void observe(const Observation& seen) override {
    if (seen.type == EventBody::DUTY_CHECKED_IN) duties_.observe(seen);
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    std::map<std::uint64_t, Team> teams;
    duties_.each(state, [&](const Duty& duty, const Volunteer& volunteer) {
      look(state, duty, volunteer, teams);
    });
    for (auto& [id, team] : teams) {
      if (static_cast<std::int64_t>(team.duties) < duties_least_) continue;
      Anomaly anomaly;
      anomaly.subject = id;
      anomaly.events = std::move(team.events);
      const std::string duties = number(team.duties);
      const std::string people = count_of(team.people);
      anomaly.zh = "有人身风险的值守" + duties + "次、涉及" + people + "人，当日没有生效的意外险" +
                   (team.late == 0 ? "" : "，其中" + number(team.late) + "次的保单在事后才订立");
      anomaly.en = duties + " duties with physical risk of " + people +
                   " volunteers without accident insurance in force that day" +
                   (team.late == 0 ? ""
                                   : "; for " + number(team.late) +
                                         " of them a policy was concluded only afterwards");
      out.push_back(std::move(anomaly));
    }
  }

 private:
  struct Team {
    std::vector<EventId> events;
    std::int64_t duties = 0;
    std::int64_t late = 0;  // covered by a policy dated back
    boost::unordered_flat_set<std::uint64_t> people;
  };

  void look(const State& state, const Duty& duty, const Volunteer& volunteer,
            std::map<std::uint64_t, Team>& teams) const {
    bool covered = false;
    EventId late;
    each_cover(state, volunteer, [&](const InsuranceCover& cover) {
      if (duty.day < cover.from || duty.day > cover.to) return;
      const std::int64_t after =
          std::int64_t{occurred_on(state, cover.event).value} - duty.day.value;
      if (after <= entry_days_)
        covered = true;
      else
        late = cover.event;
    });
    if (covered) return;
    Team& team = teams[volunteer.team.value];
    ++team.duties;
    team.people.insert(identity_of(state, volunteer.person.value));
    team.events.push_back(duty.id);
    if (!late) return;
    ++team.late;
    team.events.push_back(late);
  }

  std::int64_t entry_days_;
  std::int64_t duties_least_;
  RiskyDuties duties_;
};

// --- A39 ----------------------------------------------------------------------------------------

struct SeenPolicy {
  EventId event;
  std::uint64_t fund = 0;
  Day from;
  Day to;
  Fen premium;
  std::vector<std::uint64_t> insured;  // volunteers
};

class InsuranceCount final : public Rule {
 public:
  explicit InsuranceCount(const Parameters& parameters)
      : insured_least_(parameters.get("insured_least")),
        unused_permille_(parameters.get("unused_permille")),
        wait_days_(parameters.get("wait_days")),
        cover_days_least_(parameters.get("cover_days_least")) {}

  void observe(const Observation& seen) override {
    if (seen.type == EventBody::DUTY_CHECKED_IN) return duties_.observe(seen);
    if (seen.type != EventBody::INSURANCE_COVERED) return;
    const auto body = seen.event.getBody().getInsuranceCovered();
    SeenPolicy policy;
    policy.event = seen.id;
    policy.fund = body.getFund();
    policy.from = Day{body.getFromDay()};
    policy.to = Day{body.getToDay()};
    policy.premium = Fen{valid_amount(body.getPremiumFen()) ? body.getPremiumFen() : 0};
    for (const std::uint64_t id : body.getInsured()) policy.insured.push_back(id);
    policies_.push_back(std::move(policy));
  }

  void find(const State& state, Day today, std::vector<Anomaly>& out) const override {
    if (!policies_.empty()) look_at_policies(state, today, out);
    look_at_teams(state, out);
  }

 private:
  // Days on duty by person, ascending.
  using DutyDays = boost::unordered_flat_map<std::uint64_t, std::vector<std::int32_t>>;

  static DutyDays duty_days(const State& state) {
    DutyDays out;
    each_row(state, EventBody::DUTY_CHECKED_IN, [&](const auto& c, std::size_t i) {
      if (c.subject[i] != 0) out[identity_of(state, c.subject[i])].push_back(c.day[i]);
    });
    for (auto& [person, days] : out) std::sort(days.begin(), days.end());
    return out;
  }

  static bool served(const DutyDays& days, std::uint64_t person, Day from, Day to) {
    const auto at = days.find(person);
    if (at == days.end()) return false;
    const auto first = std::lower_bound(at->second.begin(), at->second.end(), from.value);
    return first != at->second.end() && *first <= to.value;
  }

  void look_at_policies(const State& state, Day today, std::vector<Anomaly>& out) const {
    const DutyDays days = duty_days(state);
    for (const SeenPolicy& policy : policies_) {
      const bool waited = today.value > policy.to.value ||
                          std::int64_t{today.value} - policy.from.value >= wait_days_;
      const auto heads = static_cast<std::int64_t>(policy.insured.size());
      // A cover that only bridges some weeks has no time to be used by everybody.
      const std::int64_t length = std::int64_t{policy.to.value} - policy.from.value + 1;
      if (!waited || length < cover_days_least_ || heads < insured_least_ ||
          !counts(state, policy.event))
        continue;
      boost::unordered_flat_set<std::uint64_t> persons;
      std::int64_t idle = 0;
      for (const std::uint64_t id : policy.insured) {
        const PersonId person = person_of(state, VolunteerId{id});
        const std::uint64_t one = person ? identity_of(state, person.value) : id;
        if (!persons.insert(one).second) continue;
        if (!served(days, one, policy.from, policy.to)) ++idle;
      }
      const std::int64_t twice = heads - static_cast<std::int64_t>(persons.size());
      if (!reaches(idle + twice, heads, unused_permille_)) continue;
      Anomaly anomaly;
      anomaly.events = {policy.event};
      anomaly.subject = policy.fund != 0 ? policy.fund : policy.event.value;
      anomaly.at_risk = portion(policy.premium, idle + twice, heads);
      anomaly.zh = "保单列" + number(heads) + "人，其中" + number(idle) +
                   "人在保期内从未值守，重复" + number(twice) + "人次；对应保费" +
                   yuan(anomaly.at_risk) + "元";
      anomaly.en = "the policy lists " + number(heads) + ": " + number(idle) +
                   " were never on duty while it ran, " + number(twice) +
                   " stand on it twice; premium for them " + yuan(anomaly.at_risk) + " yuan";
      out.push_back(std::move(anomaly));
    }
  }

  struct TeamYear {
    boost::unordered_flat_set<std::uint64_t> on_duty;
    boost::unordered_flat_set<std::uint64_t> uncovered;
    std::vector<EventId> events;  // the duties of those who are not insured
  };

  // Persons of each team who were insured at some time of a year.
  using Insured = std::map<std::pair<std::uint64_t, int>, boost::unordered_flat_set<std::uint64_t>>;

  Insured insured_of_teams(const State& state,
                           const std::map<std::pair<std::uint64_t, int>, TeamYear>& wanted) const {
    Insured out;
    for (const SeenPolicy& policy : policies_) {
      if (!counts(state, policy.event)) continue;
      for (const std::uint64_t id : policy.insured) {
        const Volunteer* volunteer = state.volunteers.find(VolunteerId{id});
        if (volunteer == nullptr) continue;
        const std::uint64_t person = identity_of(state, volunteer->person.value);
        const auto first = wanted.lower_bound({volunteer->team.value, to_civil(policy.from).year});
        for (auto at = first; at != wanted.end() && at->first.first == volunteer->team.value;
             ++at) {
          if (to_day({at->first.second, 1, 1}) > policy.to) break;
          out[at->first].insert(person);
        }
      }
    }
    return out;
  }

  void look_at_teams(const State& state, std::vector<Anomaly>& out) const {
    std::map<std::pair<std::uint64_t, int>, TeamYear> teams;
    duties_.each(state, [&](const Duty& duty, const Volunteer& volunteer) {
      const int year = to_civil(duty.day).year;
      TeamYear& team = teams[{volunteer.team.value, year}];
      const std::uint64_t person = identity_of(state, volunteer.person.value);
      team.on_duty.insert(person);
      const Day first = to_day({year, 1, 1});
      const Day last{to_day({year + 1, 1, 1}).value - 1};
      bool covered = false;
      each_cover(state, volunteer, [&](const InsuranceCover& cover) {
        covered = covered || (cover.from <= last && first <= cover.to);
      });
      if (covered) return;
      team.uncovered.insert(person);
      team.events.push_back(duty.id);
    });
    Insured insured = insured_of_teams(state, teams);
    for (auto& [key, team] : teams) {
      // Whoever is covered by a policy of another team counts as insured here.
      std::size_t covered = insured[key].size();
      const std::size_t elsewhere = team.on_duty.size() - team.uncovered.size();
      covered = std::max(covered, elsewhere);
      if (team.events.empty() || covered >= team.on_duty.size()) continue;
      Anomaly anomaly;
      anomaly.subject = key.first;
      anomaly.events = std::move(team.events);
      anomaly.zh = std::to_string(key.second) + "年该队有人身风险的值守涉及" +
                   count_of(team.on_duty) + "人，投保仅" + number(static_cast<int>(covered)) +
                   "人，" + count_of(team.uncovered) + "人全年无保险";
      anomaly.en = "in " + std::to_string(key.second) + " " + count_of(team.on_duty) +
                   " volunteers of the team were on duty with physical risk, " +
                   number(static_cast<int>(covered)) + " were insured; " +
                   count_of(team.uncovered) + " had no insurance all year";
      out.push_back(std::move(anomaly));
    }
  }

  std::int64_t insured_least_;
  std::int64_t unused_permille_;
  std::int64_t wait_days_;
  std::int64_t cover_days_least_;
  RiskyDuties duties_;
  std::vector<SeenPolicy> policies_;
};

}  // namespace

std::unique_ptr<Rule> make_uninsured(const Parameters& parameters) {
  return std::make_unique<Uninsured>(parameters);
}

std::unique_ptr<Rule> make_insurance_count(const Parameters& parameters) {
  return std::make_unique<InsuranceCount>(parameters);
}

}  // namespace houniao::rules::institutions
