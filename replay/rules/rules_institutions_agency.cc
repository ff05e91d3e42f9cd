// A31, agency: certificates that are obtained for clients.
//
// Reads: agency cases with their stages, certificate numbers of the stage "issued", persons.
//   - one person gets a certificate of one type again while the first is still valid: one anomaly
//     for each person and type
//   - one certificate number stands under different cases: one for each number
//   - certificates issued and never handed over, many of one worker: one for each worker
//   - cases for persons who were never registered, many of one worker: one for each worker
//   - more cases for a type of certificate than the programme has persons: one for each of both
#include <algorithm>
#include <map>

#include "replay/rules/rules_institutions.h"
#include "replay/rules/rules_institutions_parts.h"

namespace houniao::rules::institutions {
namespace {

using Stage = schema::AgencyCaseProgressed::Stage;
constexpr std::string_view kResidentId = "resident_id";

bool is_stage(const CaseStage& stage, Stage wanted) {
  return stage.stage == static_cast<std::uint16_t>(wanted);
}

// The stage by which the certificate was there; nullptr while it is not.
const CaseStage* issue_of(const AgencyCase& agency_case) {
  for (const CaseStage& stage : agency_case.stages) {
    if (is_stage(stage, Stage::ISSUED) || is_stage(stage, Stage::HANDED_OVER)) return &stage;
  }
  return nullptr;
}

bool came_to_nothing(const AgencyCase& agency_case) {
  const CaseStage* latest = agency_case.latest();
  return latest != nullptr &&
         (is_stage(*latest, Stage::REFUSED) || is_stage(*latest, Stage::WITHDRAWN));
}

struct SeenNumber {
  BlindIndex number{};
  EventId event;
  AgencyCaseId of;

  auto key() const { return std::tie(number, event); }
};

// Of one worker.
struct Pile {
  std::vector<EventId> events;
  std::int64_t whole = 0;
  Fen fees;
};

class Agency final : public Rule {
 public:
  explicit Agency(const Parameters& parameters)
      : resident_id_days_(parameters.get("resident_id_days")),
        other_days_(parameters.get("other_certificate_days")),
        handover_days_(parameters.get("handover_days")),
        undelivered_least_(parameters.get("undelivered_least")),
        undelivered_permille_(parameters.get("undelivered_permille")),
        unregistered_least_(parameters.get("unregistered_least")),
        unregistered_days_(parameters.get("unregistered_days")) {}

  void observe(const Observation& seen) override {
    if (seen.type != EventBody::AGENCY_CASE_PROGRESSED) return;
    const auto body = seen.event.getBody().getAgencyCaseProgressed();
    if (body.getStage() != Stage::ISSUED) return;
    const BlindIndex index = blind_index_from(to_view(body.getNumberIndex()));
    if (index != BlindIndex{}) numbers_.push_back({index, seen.id, AgencyCaseId{body.getCase()}});
  }

  void find(const State& state, Day today, std::vector<Anomaly>& out) const override {
    look_at_persons(state, out);
    look_at_numbers(state, out);
    look_at_handovers(state, today, out);
    look_at_strangers(state, today, out);
    look_at_programmes(state, out);
  }

 private:
  using Cases = std::vector<const AgencyCase*>;

  void look_at_persons(const State& state, std::vector<Anomaly>& out) const {
    std::map<std::pair<std::uint64_t, std::uint32_t>, Cases> groups;
    for (const auto& [key, cases] : state.services.by_certificate) {
      const PersonId one = state.people.representative_of(key.first);
      const bool linked = state.people.linked_with.contains(key.first);
      if (cases.size() < 2 && !linked) continue;
      Cases& group = groups[{one.value, key.second.value}];
      for (const AgencyCaseId id : cases) {
        if (state.in_force(id)) group.push_back(state.services.find(id));
      }
    }
    for (auto& [key, cases] : groups) {
      look_at_group(state, PersonId{key.first}, Symbol{key.second}, cases, out);
    }
  }

  void look_at_group(const State& state, PersonId person, Symbol certificate, const Cases& cases,
                     std::vector<Anomaly>& out) const {
    Cases issued;
    for (const AgencyCase* item : cases) {
      if (issue_of(*item) != nullptr) issued.push_back(item);
    }
    std::sort(issued.begin(), issued.end(), [](const AgencyCase* a, const AgencyCase* b) {
      return std::pair(a->opened, a->id) < std::pair(b->opened, b->id);
    });
    const std::string_view name = state.symbols().text(certificate);
    const std::int64_t valid = name == kResidentId ? resident_id_days_ : other_days_;
    Anomaly anomaly;
    anomaly.subject = person.value;
    std::int64_t again = 0;
    for (std::size_t i = 1; i < issued.size(); ++i) {
      const CaseStage* before = issue_of(*issued[i - 1]);
      if (std::int64_t{issued[i]->opened.value} - before->day.value >= valid) continue;
      ++again;
      anomaly.events.push_back(EventId{issued[i - 1]->id.value});
      anomaly.events.push_back(EventId{issued[i]->id.value});
      anomaly.at_risk = plus(anomaly.at_risk, Fen{issued[i]->fee_fen});
    }
    if (again == 0) return;
    anomaly.zh = "同一人同类证件（" + std::string(name) + "）在" + number(valid) +
                 "天有效期内又办成" + number(again) + "次";
    anomaly.en = "one person got a certificate of one type (" + std::string(name) + ") " +
                 number(again) + " more times within the " + number(valid) +
                 " days that it is valid at least";
    out.push_back(std::move(anomaly));
  }

  void look_at_numbers(const State& state, std::vector<Anomaly>& out) const {
    std::vector<SeenNumber> numbers;
    for (const SeenNumber& seen : numbers_) {
      if (counts(state, seen.event)) numbers.push_back(seen);
    }
    std::sort(numbers.begin(), numbers.end(),
              [](const SeenNumber& a, const SeenNumber& b) { return a.key() < b.key(); });
    for (std::size_t i = 0; i < numbers.size();) {
      std::size_t end = i + 1;
      bool other_case = false;
      while (end < numbers.size() && numbers[end].number == numbers[i].number) {
        other_case = other_case || numbers[end].of != numbers[i].of;
        ++end;
      }
      if (other_case) report_number(state, numbers, i, end, out);
      i = end;
    }
  }

  static void report_number(const State& state, const std::vector<SeenNumber>& numbers,
                            std::size_t first, std::size_t end, std::vector<Anomaly>& out) {
    Anomaly anomaly;
    boost::unordered_flat_set<std::uint64_t> cases;
    for (std::size_t i = first; i < end; ++i) {
      anomaly.events.push_back(numbers[i].event);
      if (!cases.insert(numbers[i].of.value).second || cases.size() == 1) continue;
      const AgencyCase* item = state.services.find(numbers[i].of);
      if (item != nullptr) anomaly.at_risk = plus(anomaly.at_risk, Fen{item->fee_fen});
    }
    anomaly.subject = numbers[first].of.value;
    anomaly.zh = "同一证件号码出现在" + count_of(cases) + "件代办中";
    anomaly.en = "one certificate number stands under " + count_of(cases) + " agency cases";
    out.push_back(std::move(anomaly));
  }

  // Who opened the case.
  static std::uint64_t worker_of(const State& state, AgencyCaseId id) {
    const FactTable::RowSpan rows = state.facts.rows_of(EventId{id.value});
    return rows.count == 0 ? 0 : state.facts.columns().staff[rows.first];
  }

  void look_at_handovers(const State& state, Day today, std::vector<Anomaly>& out) const {
    std::map<std::uint64_t, Pile> piles;
    for (const auto& [id, item] : state.services.cases) {
      const CaseStage* issue = issue_of(item);
      if (issue == nullptr || !state.in_force(id)) continue;
      Pile& pile = piles[worker_of(state, id)];
      ++pile.whole;
      const CaseStage& latest = *item.latest();
      const std::int64_t age = std::int64_t{today.value} - latest.day.value;
      if (!is_stage(latest, Stage::ISSUED) || age <= handover_days_) continue;
      pile.events.push_back(latest.event);
      pile.fees = plus(pile.fees, Fen{item.fee_fen});
    }
    for (auto& [worker, pile] : piles) {
      const auto left = static_cast<std::int64_t>(pile.events.size());
      if (left < undelivered_least_ || !reaches(left, pile.whole, undelivered_permille_)) continue;
      Anomaly anomaly;
      anomaly.subject = worker;
      anomaly.events = std::move(pile.events);
      anomaly.at_risk = pile.fees;
      anomaly.zh = "一人经办的证件已签发" + number(pile.whole) + "件，其中" + number(left) +
                   "件超过" + number(handover_days_) + "天未交到本人";
      anomaly.en = "of " + number(pile.whole) + " certificates issued through one worker " +
                   number(left) + " were not handed over for more than " + number(handover_days_) +
                   " days";
      out.push_back(std::move(anomaly));
    }
  }

  // The case counts and waits for a person who never arrived.
  void look_at_strangers(const State& state, Day today, std::vector<Anomaly>& out) const {
    std::map<std::uint64_t, Pile> piles;
    each_row(state, EventBody::AGENCY_CASE_OPENED, [&](const auto& c, std::size_t i) {
      if (state.person(PersonId{c.subject[i]}) != nullptr) return;
      if (std::int64_t{today.value} - c.day[i] <= unregistered_days_) return;
      Pile& pile = piles[c.staff[i]];
      pile.events.push_back(EventId{c.event[i]});
      pile.fees = plus(pile.fees, Fen{c.amount_fen[i]});
    });
    for (auto& [worker, pile] : piles) {
      if (static_cast<std::int64_t>(pile.events.size()) < unregistered_least_) continue;
      Anomaly anomaly;
      anomaly.subject = worker;
      anomaly.at_risk = pile.fees;
      anomaly.zh = "一人经办的" + count_of(pile.events) + "件代办，其服务对象从未登记";
      anomaly.en = count_of(pile.events) +
                   " agency cases of one worker are for persons who were never registered";
      anomaly.events = std::move(pile.events);
      out.push_back(std::move(anomaly));
    }
  }

  void look_at_programmes(const State& state, std::vector<Anomaly>& out) const {
    boost::unordered_flat_map<std::uint64_t, std::int64_t> persons;
    for (const auto& [id, person] : state.people.persons) {
      if (state.in_force(id)) ++persons[person.programme.value];
    }
    std::map<std::pair<std::uint64_t, std::uint32_t>, Pile> piles;
    each_row(state, EventBody::AGENCY_CASE_OPENED, [&](const auto& c, std::size_t i) {
      const AgencyCase* item = state.services.find(AgencyCaseId{c.event[i]});
      if (item != nullptr && came_to_nothing(*item)) return;
      Pile& pile = piles[{c.programme[i], c.attr[i]}];
      pile.events.push_back(EventId{c.event[i]});
      pile.fees = plus(pile.fees, Fen{c.amount_fen[i]});
    });
    for (auto& [key, pile] : piles) {
      const auto known = persons.find(key.first);
      const auto cases = static_cast<std::int64_t>(pile.events.size());
      if (key.first == 0 || known == persons.end() || cases <= known->second) continue;
      const std::string name{state.symbols().text(Symbol{key.second})};
      Anomaly anomaly;
      anomaly.subject = key.first;
      anomaly.events = std::move(pile.events);
      anomaly.at_risk = portion(pile.fees, cases - known->second, cases);
      anomaly.zh = "该项目代办同类证件（" + name + "）" + number(cases) + "件，多于登记的" +
                   number(known->second) + "人";
      anomaly.en = number(cases) + " cases for one type of certificate (" + name +
                   ") in a programme with " + number(known->second) + " registered persons";
      out.push_back(std::move(anomaly));
    }
  }

  std::int64_t resident_id_days_;
  std::int64_t other_days_;
  std::int64_t handover_days_;
  std::int64_t undelivered_least_;
  std::int64_t undelivered_permille_;
  std::int64_t unregistered_least_;
  std::int64_t unregistered_days_;
  std::vector<SeenNumber> numbers_;
};

}  // namespace

std::unique_ptr<Rule> make_agency(const Parameters& parameters) {
  return std::make_unique<Agency>(parameters);
}

}  // namespace houniao::rules::institutions
