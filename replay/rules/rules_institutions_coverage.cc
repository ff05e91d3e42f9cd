// A35, over-coverage: more beneficiaries than there are people who may benefit (财预〔2020〕10号:
// output and benefit of a project are evaluated by what was really reached).
//
// Reads: contracts with the place that they are for, programmes with their target group, persons
// with residence and tags, what was delivered, and reported figures in persons.
//   - the contract names a place: different named beneficiaries of its deliveries against the
//     residents who are registered there. One anomaly for each contract
//   - the programme names a target group that is a tag of persons: its different named
//     beneficiaries against the persons with that tag. One for each programme
//   - a figure in 人 (different persons) against everybody whom the log could mean: registered
//     persons, staff, the anonymous of every delivery and totals of other bodies, each taken as a
//     person of its own. One for each figure
// Where no resident or nobody with the tag is registered, the population is not known and nothing
// is said.
#include <algorithm>
#include <map>

#include "replay/families/parties.h"
#include "replay/rules/rules_institutions.h"
#include "replay/rules/rules_institutions_parts.h"

namespace houniao::rules::institutions {
namespace {

constexpr std::string_view kPersons = "人";

struct Target {
  std::uint64_t programme = 0;
  std::string group;
};

// Who was served, and by what.
struct Reached {
  boost::unordered_flat_set<std::uint64_t> persons;
  std::vector<EventId> strangers;  // deliveries to somebody who is not eligible
};

class OverCoverage final : public Rule {
 public:
  explicit OverCoverage(const Parameters& parameters)
      : tolerance_permille_(parameters.get("tolerance_permille")),
        persons_least_(parameters.get("persons_least")) {}

  void observe(const Observation& seen) override {
    if (seen.type == EventBody::CONTRACT_SIGNED) {
      const std::uint64_t place = seen.event.getBody().getContractSigned().getLocation();
      if (place != 0) places_[seen.id.value] = place;
    } else if (seen.type == EventBody::PROGRAMME_OPENED) {
      const auto body = seen.event.getBody().getProgrammeOpened();
      if (body.getTargetGroup().size() != 0) {
        targets_.push_back({seen.id.value, std::string(to_view(body.getTargetGroup()))});
      }
    }
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    if (!places_.empty()) look_at_contracts(state, out);
    if (!targets_.empty()) look_at_targets(state, out);
    look_at_figures(state, out);
  }

 private:
  bool is_over(std::size_t reached, std::int64_t eligible) const {
    const auto persons = static_cast<std::int64_t>(reached);
    return eligible > 0 && persons >= persons_least_ &&
           persons * 1000 > eligible * (1000 + tolerance_permille_);
  }

  // Calls visit(event, programme, contract, person) for every named beneficiary of a delivery.
  template <class Visit>
  static void each_beneficiary(const State& state, Visit&& visit) {
    each_row(state, EventBody::SERVICE_DELIVERED, [&](const auto& c, std::size_t i) {
      if (c.subject[i] != 0) visit(EventId{c.event[i]}, c.programme[i], c.group[i], c.subject[i]);
    });
    boost::unordered_flat_map<std::uint64_t, std::uint64_t> contracts;  // by occasion
    for (const auto& [id, session] : state.sessions.sessions) {
      if (session.contract && state.in_force(id)) {
        contracts[session.occasion().value] = session.contract.value;
      }
    }
    each_row(state, EventBody::ATTENDANCE_RECORDED, [&](const auto& c, std::size_t i) {
      if (c.subject[i] == 0) return;
      const auto at = contracts.find(c.group[i]);
      visit(EventId{c.event[i]}, c.programme[i], at == contracts.end() ? 0 : at->second,
            c.subject[i]);
    });
  }

  void look_at_contracts(const State& state, std::vector<Anomaly>& out) const {
    boost::unordered_flat_map<std::uint64_t, boost::unordered_flat_set<std::uint64_t>> residents;
    for (const auto& [contract, place] : places_) residents[place];
    for (const auto& [id, person] : state.people.persons) {
      const auto at = residents.find(person.basics.residence_site.value);
      if (at == residents.end() || !state.in_force(id)) continue;
      at->second.insert(identity_of(state, id.value));
    }
    std::map<std::uint64_t, Reached> reached;
    each_beneficiary(
        state, [&](EventId event, std::uint64_t, std::uint64_t contract, std::uint64_t subject) {
          const auto place = places_.find(contract);
          if (place == places_.end()) return;
          const std::uint64_t person = identity_of(state, subject);
          Reached& by = reached[contract];
          by.persons.insert(person);
          if (!residents[place->second].contains(person)) by.strangers.push_back(event);
        });
    for (auto& [contract, by] : reached) {
      const ContractId id{contract};
      const auto eligible =
          static_cast<std::int64_t>(residents[places_.find(contract)->second].size());
      if (!state.in_force(id) || !is_over(by.persons.size(), eligible)) continue;
      const auto persons = static_cast<std::int64_t>(by.persons.size());
      Anomaly anomaly;
      anomaly.subject = contract;
      anomaly.events = std::move(by.strangers);
      anomaly.events.push_back(EventId{contract});
      anomaly.at_risk = portion(contract_value(state, id), persons - eligible, persons);
      anomaly.zh = "合同服务地登记居民" + number(eligible) + "人，合同服务却惠及" +
                   number(persons) + "名不同的人";
      anomaly.en = "the contract is for a place with " + number(eligible) +
                   " registered residents; its deliveries name " + number(persons) +
                   " different persons";
      out.push_back(std::move(anomaly));
    }
  }

  void look_at_targets(const State& state, std::vector<Anomaly>& out) const {
    for (const Target& target : targets_) {
      const Symbol tag = state.symbols().find(target.group);
      if (tag == kUnknownSymbol || !state.in_force(EventId{target.programme})) continue;
      boost::unordered_flat_set<std::uint64_t> eligible;
      for (const auto& [id, person] : state.people.persons) {
        const auto& tags = person.basics.tags;
        if (std::find(tags.begin(), tags.end(), tag) == tags.end() || !state.in_force(id)) continue;
        eligible.insert(identity_of(state, id.value));
      }
      if (!eligible.empty()) look_at_target(state, target, eligible, out);
    }
  }

  void look_at_target(const State& state, const Target& target,
                      const boost::unordered_flat_set<std::uint64_t>& eligible,
                      std::vector<Anomaly>& out) const {
    Reached reached;
    each_beneficiary(
        state, [&](EventId event, std::uint64_t programme, std::uint64_t, std::uint64_t subject) {
          if (programme != target.programme) return;
          const std::uint64_t person = identity_of(state, subject);
          reached.persons.insert(person);
          if (!eligible.contains(person)) reached.strangers.push_back(event);
        });
    const auto most = static_cast<std::int64_t>(eligible.size());
    if (!is_over(reached.persons.size(), most)) return;
    Anomaly anomaly;
    anomaly.subject = target.programme;
    for (const EventId event : reached.strangers) {
      anomaly.at_risk = plus(anomaly.at_risk, billed(state, event));
    }
    anomaly.events = std::move(reached.strangers);
    anomaly.zh = "项目面向“" + target.group + "”，登记在册" + number(most) + "人，却服务了" +
                 count_of(reached.persons) + "名不同的人";
    anomaly.en = "the programme is for \"" + target.group + "\", of whom " + number(most) +
                 " are registered; it served " + count_of(reached.persons) + " different persons";
    out.push_back(std::move(anomaly));
  }

  void look_at_figures(const State& state, std::vector<Anomaly>& out) const {
    const Symbol unit = state.symbols().find(kPersons);
    if (unit == kUnknownSymbol) return;
    // The last report of each figure of a programme.
    std::map<std::pair<std::uint64_t, std::uint32_t>, const FigureReport*> reports;
    for (const FigureReport& report : state.audit.figures) {
      if (report.unit != unit || !counts(state, report.event)) continue;
      const std::uint64_t root = root_of(state, programme_of(state, report.event));
      const FigureReport*& last = reports[{root, report.figure.value}];
      if (last == nullptr || last->as_of <= report.as_of) last = &report;
    }
    std::map<std::uint64_t, std::int64_t> everybody;
    for (const auto& [key, report] : reports) {
      if (report->value < persons_least_) continue;
      const auto [most, fresh] = everybody.try_emplace(key.first);
      if (fresh) most->second = count_everybody(state, key.first);
      const std::int64_t value = std::min(report->value, kPeopleMax);
      if (most->second == 0) continue;
      if (value * 1000 <= most->second * (1000 + tolerance_permille_)) continue;
      Anomaly anomaly;
      anomaly.subject = key.first;
      anomaly.events = {report->event};
      anomaly.zh = "上报" + number(report->value) + "人，记录中连同未登记者最多只有" +
                   number(most->second) + "人";
      anomaly.en = "a figure of " + number(report->value) +
                   " persons; everybody in the log, the anonymous included, makes at most " +
                   number(most->second);
      out.push_back(std::move(anomaly));
    }
  }

  static std::uint64_t programme_of(const State& state, EventId event) {
    const FactTable::RowSpan rows = state.facts.rows_of(event);
    return rows.count == 0 ? 0 : state.facts.columns().programme[rows.first];
  }

  // At most: nobody is counted less than once.
  static std::int64_t count_everybody(const State& state, std::uint64_t root) {
    boost::unordered_flat_map<std::uint64_t, bool> below;
    const auto belongs = [&](std::uint64_t programme) {
      const auto [at, fresh] = below.try_emplace(programme, false);
      if (fresh) at->second = root_of(state, programme) == root;
      return at->second;
    };
    std::int64_t sum = static_cast<std::int64_t>(state.workforce.staff.size());
    for (const auto& [id, person] : state.people.persons) {
      if (belongs(person.programme.value)) ++sum;
    }
    const FactTable::Columns& c = state.facts.columns();
    for (std::size_t i = 0; i < state.facts.size(); ++i) {
      if (c.event[i] == 0 || c.subject[i] != 0 || c.quantity[i] <= 1) continue;
      if ((c.flags[i] & (kFactAnonymous | kFactBulk)) == 0 || !belongs(c.programme[i])) continue;
      sum = std::min(sum + std::min(c.quantity[i], kPeopleMax), kPeopleMax);
    }
    return sum;
  }

  // More than the people of the world: no number that the log can hold leaves the range.
  static constexpr std::int64_t kPeopleMax = 1'000'000'000'000;

  std::int64_t tolerance_permille_;
  std::int64_t persons_least_;
  boost::unordered_flat_map<std::uint64_t, std::uint64_t> places_;  // site by contract
  std::vector<Target> targets_;
};

}  // namespace

std::unique_ptr<Rule> make_over_coverage(const Parameters& parameters) {
  return std::make_unique<OverCoverage>(parameters);
}

}  // namespace houniao::rules::institutions
