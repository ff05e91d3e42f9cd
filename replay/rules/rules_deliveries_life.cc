// A05: what was done for somebody, for a contract or in a programme when there was none.
#include <map>

#include "replay/rules/rules_deliveries_parts.h"

namespace houniao::rules::deliveries {
namespace {

constexpr Parameter kLifeParameters[] = {
    {"registration_grace_days", 30, "登记可晚于首次服务的天数",
     "days by which a registration may follow the first service"},
};

class OutsideLifeTime final : public Rule {
 public:
  explicit OutsideLifeTime(const Parameters& parameters)
      : registration_grace_(as_int(parameters, "registration_grace_days")) {}
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  struct OfPerson {
    std::vector<EventId> before;  // the registration
    std::vector<EventId> after;   // death or moving away
  };
  struct Found {
    std::map<PersonId, OfPerson> persons;
    std::map<ContractId, std::vector<EventId>> contracts;
    std::map<ProgrammeId, std::vector<EventId>> programmes;
  };
  Found look(const State& state) const;
  bool before_registration(const State& state, const Person& person, Day day) const;

  int registration_grace_;
};

// Several records of one person: the earliest of them counts.
bool OutsideLifeTime::before_registration(const State& state, const Person& person, Day day) const {
  const std::int64_t by = std::int64_t{day.value} + registration_grace_;
  if (by >= person.registered.value) return false;
  for (const PersonId same : state.people.linked(person.id)) {
    const Person* other = state.person(same);
    if (other != nullptr && by >= other->registered.value) return false;
  }
  return true;
}

OutsideLifeTime::Found OutsideLifeTime::look(const State& state) const {
  Found found;
  const auto once = [](std::vector<EventId>& list, EventId event) {
    if (list.empty() || list.back() != event) list.push_back(event);
  };
  each_row(state,
           {Body::SERVICE_DELIVERED, Body::ATTENDANCE_RECORDED, Body::AGENCY_CASE_OPENED,
            Body::SESSION_HELD},
           [&](const FactTable::Columns& c, std::size_t i) {
             const EventId event{c.event[i]};
             const Day day{c.day[i]};
             const bool has_persons = c.type[i] != number_of(Body::SESSION_HELD);
             if (has_persons && c.subject[i] != 0) {
               const PersonId id{c.subject[i]};
               const Person* person = state.person(id);
               if (person != nullptr && before_registration(state, *person, day)) {
                 once(found.persons[id].before, event);
               }
               if (person != nullptr && person->status != 0 && state.people.is_gone(id, day)) {
                 once(found.persons[id].after, event);
               }
             }
             // Attendance belongs to its session, which is looked at itself.
             if (c.type[i] == number_of(Body::ATTENDANCE_RECORDED)) return;
             const ContractId contract_id = contract_of(state, event);
             const Contract* contract = state.contracts.find(contract_id);
             if (contract != nullptr && (day < contract->from || day > contract->ends_on())) {
               once(found.contracts[contract_id], event);
             }
             const Programme* programme = state.programme(ProgrammeId{c.programme[i]});
             if (programme != nullptr && !programme->runs_on(day)) {
               once(found.programmes[programme->id], event);
             }
           });
  return found;
}

std::string count_of(const std::vector<EventId>& events) {
  return number(static_cast<std::int64_t>(events.size()));
}

void OutsideLifeTime::find(const State& state, Day, std::vector<Anomaly>& out) const {
  Found found = look(state);
  for (auto& [id, of] : found.persons) {
    if (!of.before.empty()) {
      std::vector<EventId> events = of.before;
      events.push_back(EventId{id.value});
      doubt(out, std::move(events), id.value, worth(state, of.before),
            count_of(of.before) + "次服务早于该服务对象的登记超过" + number(registration_grace_) +
                "天",
            count_of(of.before) + " services more than " + number(registration_grace_) +
                " days before the person was registered");
    }
    if (of.after.empty()) continue;
    std::vector<EventId> events = of.after;
    if (auto statuses = state.people.statuses.find(id); statuses != state.people.statuses.end()) {
      for (const PersonStatusEntry& entry : statuses->second) events.push_back(entry.order.event);
    }
    doubt(out, std::move(events), id.value, worth(state, of.after),
          "该服务对象去世或迁出之后仍有" + count_of(of.after) + "次服务",
          count_of(of.after) + " services after the person had died or moved away");
  }
  for (auto& [id, events] : found.contracts) {
    const Contract& contract = *state.contracts.find(id);
    const Fen risk = worth(state, events);
    const std::string count = count_of(events);
    events.push_back(EventId{id.value});
    doubt(out, std::move(events), id.value, risk,
          count + "次交付不在合同期" + to_string(contract.from) + "至" +
              to_string(contract.ends_on()) + "之内",
          count + " deliveries outside the period of the contract, " + to_string(contract.from) +
              " to " + to_string(contract.ends_on()));
  }
  for (auto& [id, events] : found.programmes) {
    const Fen risk = worth(state, events);
    const std::string count = count_of(events);
    events.push_back(EventId{id.value});
    for (const Ending& ending : state.programme(id)->closings) events.push_back(ending.event);
    doubt(out, std::move(events), id.value, risk, count + "次交付不在项目期间之内",
          count + " deliveries while the programme did not run");
  }
}

constexpr EventType kLifeReads[] = {
    Body::PERSON_REGISTERED,   Body::PERSON_STATUS_CHANGED, Body::SERVICE_DELIVERED,
    Body::ATTENDANCE_RECORDED, Body::AGENCY_CASE_OPENED,    Body::SESSION_HELD,
    Body::SESSION_PLANNED,     Body::CONTRACT_SIGNED,       Body::CONTRACT_AMENDED,
    Body::PROGRAMME_OPENED,    Body::PROGRAMME_CLOSED,      Body::MILESTONE_SUBMITTED};

const RuleRow kRows[] = {
    {.number = 5,
     .zh = "服务不在存续期内",
     .en = "served outside a life time",
     .basis = "政府购买服务管理办法（财政部令第102号）：服务须在合同期内向存在的服务对象提供",
     .basis_en = "Measures for government purchase of services (Ministry of Finance order 102): "
                 "services are for people who are there, within the term of the contract",
     .innocent_zh = "先核对：日期录错；迁出后返回未登记；合同延期未登记变更；纸质登记表补录",
     .innocent_en = "check first: a wrong date; somebody came back and nobody wrote it down; the "
                    "contract was extended without a record; paper forms were entered late",
     .parameters = kLifeParameters,
     .reads = kLifeReads,
     .make = make_rule<OutsideLifeTime>},
};

}  // namespace

std::span<const RuleRow> rules_of_life_times() { return kRows; }

}  // namespace houniao::rules::deliveries
