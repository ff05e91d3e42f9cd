// A01, A02: persons who may not exist, and persons who exist twice. Names and numbers are sealed;
// what can be compared is what the log has of them: keyed hashes, sex, five-year band and region.
#include <boost/unordered/unordered_flat_set.hpp>
#include <map>

#include "replay/rules/rules_deliveries_parts.h"

namespace houniao::rules::deliveries {
namespace {

using Verification = schema::PersonRegistered::Verification;
using IdType = schema::PersonRegistered::IdType;

// What is done for a person by name.
constexpr std::initializer_list<EventType> kServed = {
    Body::SERVICE_DELIVERED, Body::ATTENDANCE_RECORDED, Body::AGENCY_CASE_OPENED};

bool is_set(const BlindIndex& index) { return index != BlindIndex{}; }

PersonId representative(const State& state, std::uint64_t person) {
  return state.people.representative_of(PersonId{person});
}

// The deliveries of some persons, by the one who stands for them, each list in order of the table.
using Deliveries = boost::unordered_flat_map<PersonId, std::vector<EventId>>;
void collect(const State& state, std::initializer_list<EventType> types, Deliveries& of) {
  if (of.empty()) return;
  each_row(state, types, [&](const FactTable::Columns& c, std::size_t i) {
    if (c.subject[i] == 0) return;
    const auto at = of.find(representative(state, c.subject[i]));
    if (at != of.end()) at->second.push_back(EventId{c.event[i]});
  });
}

// --- A01 -----------------------------------------------------------------------------------------

constexpr Parameter kGhostParameters[] = {
    {"services_min", 3, "至少服务次数", "services at least"},
    {"phone_shared_max", 4, "同一电话最多登记人数", "persons who may share one phone"},
};

class GhostBeneficiary final : public Rule {
 public:
  explicit GhostBeneficiary(const Parameters& parameters)
      : services_min_(parameters.get("services_min")),
        phone_shared_max_(parameters.get("phone_shared_max")) {}

  void observe(const Observation& seen) override {
    if (seen.type == Body::SERVICE_DELIVERED && seen.event.getEvidence().size() != 0) {
      with_evidence_.insert(seen.id);
    }
  }
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  struct Trace {
    std::int64_t services = 0;
    std::uint64_t worker = 0;
    bool several_workers = false;
    bool seen_elsewhere = false;
  };
  using Traces = boost::unordered_flat_map<PersonId, Trace>;
  struct Signs {
    bool wrong_number = false;
    bool no_phone = false;
    std::int64_t phone_shared = 0;
  };

  Traces traces(const State& state) const;
  // Those who have a guardian on record need no phone of their own.
  static boost::unordered_flat_set<PersonId> with_household(const State& state);
  bool has_evidence(const State& state, const std::vector<EventId>& services) const;

  std::int64_t services_min_;
  std::int64_t phone_shared_max_;
  boost::unordered_flat_set<EventId> with_evidence_;  // services whose envelope names some
};

GhostBeneficiary::Traces GhostBeneficiary::traces(const State& state) const {
  Traces out;
  each_row(state, {Body::SERVICE_DELIVERED}, [&](const FactTable::Columns& c, std::size_t i) {
    if (c.subject[i] == 0) return;
    Trace& trace = out[representative(state, c.subject[i])];
    trace.several_workers =
        trace.several_workers || (trace.services > 0 && trace.worker != c.staff[i]);
    trace.worker = c.staff[i];
    ++trace.services;
  });
  each_row(state,
           {Body::ATTENDANCE_RECORDED, Body::AGENCY_CASE_OPENED, Body::OUTCOME_CONFIRMED,
            Body::TRAINING_COMPLETED, Body::DUTY_CHECKED_IN, Body::VOLUNTEER_ENROLLED},
           [&](const FactTable::Columns& c, std::size_t i) {
             if (c.subject[i] == 0) return;
             const auto at = out.find(representative(state, c.subject[i]));
             if (at != out.end()) at->second.seen_elsewhere = true;
           });
  return out;
}

boost::unordered_flat_set<PersonId> GhostBeneficiary::with_household(const State& state) {
  boost::unordered_flat_set<PersonId> out;
  for (const auto& [pair, entries] : state.people.households) {
    if (!entries.empty()) out.insert(pair.first);
  }
  return out;
}

bool GhostBeneficiary::has_evidence(const State& state,
                                    const std::vector<EventId>& services) const {
  return std::any_of(services.begin(), services.end(), [&](EventId service) {
    return with_evidence_.contains(service) && state.in_force(service);
  });
}

// Whether the number that was given is no number, and nobody has put it right.
bool has_wrong_number(const State& state, const Person& person) {
  if (person.id_type != static_cast<std::uint8_t>(IdType::RESIDENT_ID) || person.id_checks_ok) {
    return false;
  }
  const auto history = state.people.histories.find(person.id);
  if (history == state.people.histories.end()) return true;
  return std::none_of(history->second.changes.begin(), history->second.changes.end(),
                      [](const PersonChange& change) {
                        using Field = schema::PersonCorrected::Field;
                        return change.field == static_cast<std::uint16_t>(Field::ID_NUMBER);
                      });
}

std::string signs_zh(bool wrong_number, bool no_phone, std::int64_t shared) {
  if (wrong_number) return "证件号校验不符";
  return no_phone ? "未核验证件且无电话" : "未核验证件且电话与" + number(shared) + "人共用";
}
std::string signs_en(bool wrong_number, bool no_phone, std::int64_t shared) {
  if (wrong_number) return "the id number does not check";
  return no_phone ? "no document was seen and there is no phone"
                  : "no document was seen and " + number(shared) + " persons have the phone";
}

void GhostBeneficiary::find(const State& state, Day, std::vector<Anomaly>& out) const {
  const Traces all = traces(state);
  boost::unordered_flat_map<BlindIndex, std::int64_t, BlindIndexHash> phones;
  for (const auto& [id, person] : state.people.persons) {
    if (is_set(person.phone_index) && state.in_force(id)) ++phones[person.phone_index];
  }
  const boost::unordered_flat_set<PersonId> kept_by_others = with_household(state);
  std::map<PersonId, Signs> suspects;
  for (const auto& [id, person] : state.people.persons) {
    const auto at = all.find(id);  // linked persons are judged by the one who stands for them
    if (at == all.end() || person.erased || !state.in_force(id)) continue;
    const Trace& trace = at->second;
    if (trace.services < services_min_ || trace.several_workers || trace.seen_elsewhere) continue;
    Signs signs;
    signs.wrong_number = has_wrong_number(state, person);
    const bool verified =
        person.basics.verification >= static_cast<std::uint8_t>(Verification::SEEN);
    if (!verified && !person.under14 && !kept_by_others.contains(id)) {
      signs.no_phone = !is_set(person.phone_index);
      if (!signs.no_phone) signs.phone_shared = phones[person.phone_index];
    }
    if (signs.wrong_number || signs.no_phone || signs.phone_shared > phone_shared_max_) {
      suspects.emplace(id, signs);
    }
  }
  Deliveries services;
  for (const auto& [id, signs] : suspects) services.try_emplace(id);
  collect(state, {Body::SERVICE_DELIVERED}, services);
  boost::unordered_flat_set<EventId> pictured;
  if (!suspects.empty()) {
    each_row(state, {Body::EVIDENCE_ATTACHED}, [&](const FactTable::Columns& c, std::size_t i) {
      pictured.insert(EventId{c.group[i]});
    });
  }
  for (const auto& [id, signs] : suspects) {
    std::vector<EventId> events = std::move(services[id]);
    const bool shown = has_evidence(state, events) ||
                       std::any_of(events.begin(), events.end(),
                                   [&](EventId event) { return pictured.contains(event); });
    if (shown) continue;
    const std::string count = number(static_cast<std::int64_t>(events.size()));
    const Fen risk = worth(state, events);
    events.push_back(EventId{id.value});
    doubt(out, std::move(events), id.value, risk,
          "该服务对象" + signs_zh(signs.wrong_number, signs.no_phone, signs.phone_shared) + "，" +
              count + "次服务均由同一名社工记录，此外没有任何到场痕迹",
          signs_en(signs.wrong_number, signs.no_phone, signs.phone_shared) + "; all " + count +
              " services are by one worker and nothing else shows that the person was there");
  }
}

// --- A02 -----------------------------------------------------------------------------------------

class DuplicatePerson final : public Rule {
 public:
  explicit DuplicatePerson(const Parameters&) {}
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  enum class Alike : std::uint8_t { number, phone };
  using Group = std::vector<PersonId>;
  // Groups of persons who look alike, each ascending, the smallest first.
  static std::map<Group, Alike> groups(const State& state);
};

// What two records of one person have in common when the number was not given.
struct Likeness {
  BlindIndex phone;
  std::uint8_t sex;
  std::uint16_t birth_year_band;
  std::uint32_t native_region;
  auto operator<=>(const Likeness&) const = default;
};

bool was_told_apart(const State& state, PersonId a, PersonId b) {
  const auto at = state.people.links.find(a < b ? std::pair{a, b} : std::pair{b, a});
  return at != state.people.links.end() && !at->second.empty() && !at->second.back().same;
}

// One of each set of linked persons, ascending.
void keep_representatives(const State& state, std::vector<PersonId>& persons) {
  for (PersonId& person : persons) person = state.people.representative_of(person);
  std::sort(persons.begin(), persons.end());
  persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
}

std::map<DuplicatePerson::Group, DuplicatePerson::Alike> DuplicatePerson::groups(
    const State& state) {
  std::map<BlindIndex, Group> by_number;
  std::map<Likeness, Group> by_likeness;
  // Most phones and numbers belong to one person only: those are not kept.
  boost::unordered_flat_map<BlindIndex, std::uint32_t, BlindIndexHash> phones;
  for (const auto& [id, person] : state.people.persons) {
    if (is_set(person.phone_index)) ++phones[person.phone_index];
  }
  for (const auto& [id, person] : state.people.persons) {
    if (person.erased || !state.in_force(id)) continue;
    const PersonBasics& basics = person.basics;
    if (is_set(basics.blind_index)) {
      const auto same = state.people.by_blind_index.find(basics.blind_index);
      const bool alone = same != state.people.by_blind_index.end() && same->second.size() < 2;
      if (!alone) by_number[basics.blind_index].push_back(id);
    }
    const bool known = basics.sex != 0 && basics.birth_year_band != 0 && basics.native_region != 0;
    if (known && is_set(person.phone_index) && phones[person.phone_index] > 1) {
      by_likeness[{person.phone_index, basics.sex, basics.birth_year_band, basics.native_region}]
          .push_back(id);
    }
  }
  std::map<Group, Alike> out;
  for (auto& [likeness, persons] : by_likeness) {
    keep_representatives(state, persons);
    std::erase_if(persons, [&](PersonId person) {
      return person != persons.front() && was_told_apart(state, persons.front(), person);
    });
    if (persons.size() > 1) out.emplace(persons, Alike::phone);
  }
  for (auto& [blind_index, persons] : by_number) {
    keep_representatives(state, persons);
    if (persons.size() > 1) out.insert_or_assign(persons, Alike::number);
  }
  return out;
}

void DuplicatePerson::find(const State& state, Day, std::vector<Anomaly>& out) const {
  const std::map<Group, Alike> found = groups(state);
  Deliveries deliveries;
  for (const auto& [group, alike] : found) {
    for (const PersonId person : group) deliveries.try_emplace(person);
  }
  collect(state, kServed, deliveries);
  for (const auto& [group, alike] : found) {
    std::vector<EventId> events;
    std::int64_t served = 0;
    Fen all;
    Fen most;
    for (const PersonId person : group) {
      const std::vector<EventId>& own = deliveries[person];
      if (own.empty()) continue;
      ++served;
      const Fen price = worth(state, own);
      all = plus(all, price);
      most = std::max(most, price);
      events.insert(events.end(), own.begin(), own.end());
      events.push_back(EventId{person.value});
    }
    if (served < 2) continue;  // registered twice, served once: nothing is counted twice
    const bool by_number = alike == Alike::number;
    doubt(out, std::move(events), group.front().value, Fen{all.value - most.value},
          std::string(by_number ? "证件号索引相同" : "电话、性别、出生年段和籍贯均相同") + "的" +
              number(served) + "个登记均有服务记录，可能是同一人被重复计算",
          number(served) + " registrations with the same " +
              (by_number ? "id number" : "phone, sex, years of birth and region") +
              " were served; one person may be counted more than once");
  }
}

constexpr EventType kGhostReads[] = {
    Body::PERSON_REGISTERED,  Body::PERSON_CORRECTED,   Body::PERSONAL_DATA_ERASED,
    Body::HOUSEHOLD_CHANGED,  Body::SERVICE_DELIVERED,  Body::ATTENDANCE_RECORDED,
    Body::AGENCY_CASE_OPENED, Body::OUTCOME_CONFIRMED,  Body::TRAINING_COMPLETED,
    Body::DUTY_CHECKED_IN,    Body::VOLUNTEER_ENROLLED, Body::EVIDENCE_ATTACHED,
    Body::CONTRACT_SIGNED,    Body::MILESTONE_SUBMITTED};
constexpr EventType kDuplicateReads[] = {Body::PERSON_REGISTERED,    Body::PERSON_CORRECTED,
                                         Body::PERSONAL_DATA_ERASED, Body::SERVICE_DELIVERED,
                                         Body::ATTENDANCE_RECORDED,  Body::AGENCY_CASE_OPENED,
                                         Body::SESSION_HELD,         Body::SESSION_PLANNED,
                                         Body::CONTRACT_SIGNED,      Body::MILESTONE_SUBMITTED};

const RuleRow kRows[] = {
    {.number = 1,
     .zh = "查无其人的服务对象",
     .en = "a beneficiary who may not exist",
     .basis = "政府购买服务管理办法（财政部令第102号）第二条：按服务数量和质量付费，"
              "服务对象须真实",
     .basis_en = "Measures for government purchase of services (Ministry of Finance order 102), "
                 "article 2: paid by quantity and quality, so whoever was served must be real",
     .innocent_zh = "先核对：老人、儿童用家人电话；证件号抄错尚未更正；只有一名社工负责该片区",
     .innocent_en = "check first: the old and children use a relative's phone; a number was "
                    "miscopied and not yet corrected; one worker looks after that quarter alone",
     .parameters = kGhostParameters,
     .reads = kGhostReads,
     .make = make_rule<GhostBeneficiary>},
    {.number = 2,
     .zh = "同一人两个登记且都计了服务",
     .en = "one person registered twice and served under both",
     .basis = "GB 11643：公民身份号码唯一；按人数考核的指标不得重复计人",
     .basis_en = "GB 11643: an id number belongs to one citizen; targets that count persons count "
                 "each once",
     .innocent_zh = "先核对：双胞胎或同住亲属共用电话；两站各自登记尚未判重合并",
     .innocent_en = "check first: twins or relatives at one address share the phone; two stations "
                    "registered the person and nobody has linked the records yet",
     .parameters = {},
     .reads = kDuplicateReads,
     .make = make_rule<DuplicatePerson>},
};

}  // namespace

std::span<const RuleRow> rules_of_persons() { return kRows; }

}  // namespace houniao::rules::deliveries
