#include "replay/families/people.h"

#include <algorithm>
#include <charconv>

#include "replay/dispatch.h"
#include "replay/families/person_corrections.h"
#include "schema/codec.h"

namespace houniao {

namespace {

using Status = schema::PersonStatusChanged::Status;

std::string_view name_of(Status status) {
  switch (status) {
    case Status::ACTIVE:
      return "active";
    case Status::MOVED_OUT:
      return "moved_out";
    case Status::DECEASED:
      return "deceased";
    case Status::LOST_CONTACT:
      return "lost_contact";
    case Status::RETURNED:
      return "returned";
  }
  return "other";
}

PeopleState::Pair ordered(PersonId a, PersonId b) {
  return a < b ? std::pair{a, b} : std::pair{b, a};
}

// --- links -------------------------------------------------------------------------------------

std::vector<PersonId> component(const PeopleState& people, PersonId start) {
  std::vector<PersonId> members{start};
  for (std::size_t i = 0; i < members.size(); ++i) {
    auto at = people.linked_with.find(members[i]);
    if (at == people.linked_with.end()) continue;
    for (PersonId next : at->second) {
      if (std::find(members.begin(), members.end(), next) == members.end()) members.push_back(next);
    }
  }
  std::sort(members.begin(), members.end());
  return members;
}

void set_representative(PeopleState& people, PersonId start) {
  const std::vector<PersonId> members = component(people, start);
  for (PersonId member : members) {
    if (members.size() == 1) {
      people.representative.erase(member);
    } else {
      people.representative.insert_or_assign(member, members.front());
    }
  }
}

void set_edge(PeopleState& people, PersonId from, PersonId to, bool linked) {
  std::vector<PersonId>& others = people.linked_with[from];
  std::erase(others, to);
  if (linked) insert_sorted(others, to);
  if (others.empty()) people.linked_with.erase(from);
}

void settle_link(PeopleState& people, const PeopleState::Pair& pair) {
  auto at = people.links.find(pair);
  const bool linked = at != people.links.end() && !at->second.empty() && at->second.back().same;
  set_edge(people, pair.first, pair.second, linked);
  set_edge(people, pair.second, pair.first, linked);
  set_representative(people, pair.first);
  set_representative(people, pair.second);
}

void settle_status(State& state, PersonId id) {
  auto at = state.people.persons.find(id);
  if (at == state.people.persons.end()) return;
  auto statuses = state.people.statuses.find(id);
  const bool any = statuses != state.people.statuses.end() && !statuses->second.empty();
  at->second.status = any ? static_cast<std::uint8_t>(statuses->second.back().status) : 0;
  at->second.status_day = any ? Day{statuses->second.back().order.day} : Day{};
}

FactRow person_row(const EventContext& context, std::uint64_t person) {
  FactRow row = start_row(context);
  row.subject = person;
  return row;
}

}  // namespace

BlindIndex blind_index_from(ByteView bytes) {
  BlindIndex index{};
  if (bytes.size() == index.size()) std::copy(bytes.begin(), bytes.end(), index.begin());
  return index;
}

// --- queries -----------------------------------------------------------------------------------

std::vector<PersonId> PeopleState::linked(PersonId id) const { return component(*this, id); }

std::vector<PersonChange> PeopleState::conflicts(PersonId id) const {
  std::vector<PersonChange> out;
  auto at = histories.find(id);
  if (at == histories.end()) return out;
  for (const PersonChange& item : at->second.changes) {
    if (item.in_conflict) out.push_back(item);
  }
  return out;
}

bool PeopleState::is_under14(const Person& person, Day day) const {
  if (!person.under14) return false;
  if (person.basics.birth_year_band == 0) return true;
  // The youngest of a five-year band are born in its last year.
  return to_civil(day).year < person.basics.birth_year_band + 4 + 14;
}

bool PeopleState::has_consent(PersonId id, Symbol purpose, Day day) const {
  auto at = consents.find(id);
  if (at == consents.end()) return false;
  for (auto entry = at->second.rbegin(); entry != at->second.rend(); ++entry) {
    if (entry->order.day > day.value) continue;
    if (purpose == kNoText || entry->purpose == purpose) return entry->given;
  }
  return false;
}

bool PeopleState::has_guardian_consent(PersonId id, Day day) const {
  auto at = consents.find(id);
  if (at == consents.end()) return false;
  // In force for some purpose: the last word per purpose, given by a guardian.
  for (std::size_t i = at->second.size(); i-- > 0;) {
    const ConsentEntry& entry = at->second[i];
    if (entry.order.day > day.value || !entry.given || !entry.by_guardian) continue;
    const bool replaced =
        std::any_of(at->second.begin() + static_cast<std::ptrdiff_t>(i) + 1, at->second.end(),
                    [&](const ConsentEntry& later) {
                      return later.purpose == entry.purpose && later.order.day <= day.value;
                    });
    if (!replaced) return true;
  }
  return false;
}

bool PeopleState::is_guardian(PersonId guardian, PersonId of) const {
  auto at = households.find({of, guardian});
  if (at == households.end() || at->second.empty()) return false;
  return at->second.back().guardian && !at->second.back().ended;
}

bool PeopleState::is_gone(PersonId id, Day day) const {
  auto at = statuses.find(id);
  if (at == statuses.end()) return false;
  for (auto entry = at->second.rbegin(); entry != at->second.rend(); ++entry) {
    if (entry->order.day >= day.value) continue;
    const auto status = static_cast<Status>(entry->status);
    return status == Status::MOVED_OUT || status == Status::DECEASED;
  }
  return false;
}

// --- PersonRegistered --------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::PersonRegistered::Reader body,
           Reasons& reasons) {
  const bool has_number = body.getIdType() == schema::PersonRegistered::IdType::RESIDENT_ID;
  reasons.add_if(has_number && !body.getIdChecksOk(), Reason::id_check_failed);
  if (body.hasBlindIndex() && number_is_taken(state, entity_cast<PersonId>(context.id),
                                              blind_index_of(body.getBlindIndex()))) {
    reasons.add(Reason::duplicate_person);
  }
  check_known_site(state, SiteId{body.getResidenceSite()}, reasons);
  check_known_organisation(state, OrganisationId{body.getEmployer()}, reasons);
}

void apply(State& state, const EventContext& context, schema::PersonRegistered::Reader body) {
  FactRow row = person_row(context, context.id.value);
  row.kind = state.intern(name_of_sex(body.getSex()));
  row.group = body.getBirthYearBand();
  if (body.getNativeRegion() != 0) {
    char text[16];
    const auto end = std::to_chars(text, text + sizeof text, body.getNativeRegion());
    row.attr = state.intern({text, static_cast<std::size_t>(end.ptr - text)});
  }
  state.facts.add(row);
  if (context.provisional) return;

  Person person;
  person.id = entity_cast<PersonId>(context.id);
  person.basics.sex = static_cast<std::uint8_t>(body.getSex());
  person.basics.verification = static_cast<std::uint8_t>(body.getVerification());
  person.basics.birth_year_band = body.getBirthYearBand();
  person.basics.native_region = body.getNativeRegion();
  person.basics.residence_site = SiteId{body.getResidenceSite()};
  person.basics.employer = OrganisationId{body.getEmployer()};
  if (body.hasTags()) {
    for (auto tag : body.getTags()) person.basics.tags.push_back(state.intern(to_view(tag)));
  }
  person.basics.blind_index = blind_index_of(body.getBlindIndex());
  person.id_type = static_cast<std::uint8_t>(body.getIdType());
  person.id_checks_ok = body.getIdChecksOk();
  person.under14 = body.getUnder14();
  person.registered = context.occurred;
  if (body.hasPhoneIndex()) person.phone_index = blind_index_of(body.getPhoneIndex());
  person.programme = ProgrammeId{context.event.getProgramme()};
  person.site = SiteId{context.event.getSite()};
  index_number(state, person.id, person.basics.blind_index);
  state.people.persons.insert_or_assign(person.id, std::move(person));
}

// --- PersonLinkDecided -------------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::PersonLinkDecided::Reader body,
           Reasons& reasons) {
  const PersonId first{body.getFirst()};
  const PersonId second{body.getSecond()};
  reasons.add_if(!first || !second, Reason::value_invalid);
  reasons.add_if(first == second, Reason::same_person_twice);
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  check_known_person(state, first, reasons);
  check_known_person(state, second, reasons);
  reasons.add_if(!body.getSame() && !state.people.links.contains(ordered(first, second)),
                 Reason::link_unknown);
}

void apply(State& state, const EventContext& context, schema::PersonLinkDecided::Reader body) {
  const PersonId first{body.getFirst()};
  const PersonId second{body.getSecond()};
  if (first == second || !first || !second) return;
  FactRow row = person_row(context, first.value);
  row.group = second.value;
  if (!body.getSame()) row.flags |= kFactEnded;
  state.facts.add(row);
  const PeopleState::Pair pair = ordered(first, second);
  std::vector<LinkDecision>& decisions = state.people.links[pair];
  decisions.push_back({statement_of(context), body.getSame()});
  settle(decisions);
  settle_link(state.people, pair);
}

// --- HouseholdChanged --------------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::HouseholdChanged::Reader body,
           Reasons& reasons) {
  const PersonId person{body.getPerson()};
  const PersonId member{body.getMember()};
  reasons.add_if(!person || !member, Reason::value_invalid);
  reasons.add_if(person == member, Reason::same_person_twice);
  check_known_person(state, person, reasons);
  check_known_person(state, member, reasons);
}

void apply(State& state, const EventContext& context, schema::HouseholdChanged::Reader body) {
  FactRow row = person_row(context, body.getPerson());
  row.kind = state.intern(to_view(body.getRelation()));
  row.group = body.getMember();
  if (body.getEnded()) row.flags |= kFactEnded;
  state.facts.add(row);
  if (context.provisional) return;
  auto& entries = state.people.households[{PersonId{body.getPerson()}, PersonId{body.getMember()}}];
  entries.push_back({statement_of(context), std::string{to_view(body.getRelation())},
                     body.getGuardian(), body.getEnded()});
  settle(entries);
}

// --- ConsentChanged ----------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::ConsentChanged::Reader body,
           Reasons& reasons) {
  const PersonId id{body.getPerson()};
  const PersonId guardian{body.getByGuardian()};
  reasons.add_if(!id || body.getPurpose().size() == 0, Reason::value_invalid);
  check_known_person(state, id, reasons);
  check_known_person(state, guardian, reasons);
  reasons.add_if(guardian && guardian == id, Reason::same_person_twice);
  reasons.add_if(guardian && !state.people.is_guardian(guardian, id), Reason::not_guardian);
  // I15: a child under 14 cannot consent for itself.
  const Person* person = state.person(id);
  reasons.add_if(person != nullptr && body.getGiven() && !guardian &&
                     state.people.is_under14(*person, context.occurred),
                 Reason::guardian_consent_missing);
}

void apply(State& state, const EventContext& context, schema::ConsentChanged::Reader body) {
  const Symbol purpose = state.intern(to_view(body.getPurpose()));
  FactRow row = person_row(context, body.getPerson());
  row.kind = purpose;
  row.group = body.getByGuardian();
  if (!body.getGiven()) row.flags |= kFactEnded;
  state.facts.add(row);
  if (context.provisional) return;
  auto& entries = state.people.consents[PersonId{body.getPerson()}];
  entries.push_back(
      {statement_of(context), purpose, body.getGiven(), PersonId{body.getByGuardian()}});
  settle(entries);
}

// --- PersonStatusChanged -----------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::PersonStatusChanged::Reader body,
           Reasons& reasons) {
  const PersonId id{body.getPerson()};
  reasons.add_if(!id, Reason::value_invalid);
  check_known_person(state, id, reasons);
  if (const Person* person = state.person(id); person != nullptr) {
    reasons.add_if(Day{body.getDay()} < person->registered, Reason::before_registration);
    reasons.add_if(
        state.people.is_gone(id, Day{body.getDay()}) && body.getStatus() != Status::RETURNED,
        Reason::outside_life_time);
  }
}

void apply(State& state, const EventContext& context, schema::PersonStatusChanged::Reader body) {
  FactRow row = person_row(context, body.getPerson());
  row.kind = state.intern(name_of(body.getStatus()));
  row.day = body.getDay();
  state.facts.add(row);
  if (context.provisional) return;
  const PersonId id{body.getPerson()};
  auto& entries = state.people.statuses[id];
  PersonStatusEntry entry{statement_of(context), static_cast<std::uint16_t>(body.getStatus())};
  entry.order.day = body.getDay();
  entries.push_back(std::move(entry));
  settle(entries);
  settle_status(state, id);
}

// --- PersonalDataErased ------------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::PersonalDataErased::Reader body,
           Reasons& reasons) {
  const PersonId id{body.getPerson()};
  reasons.add_if(!id, Reason::value_invalid);
  reasons.add_if(body.getLegalGround().size() == 0, Reason::legal_ground_missing);
  check_known_person(state, id, reasons);
  // Money that is still held for a client must be given back to somebody who can be named.
  reasons.add_if(!body.getRestrictedOnly() && state.ledger.custody(id).held().value != 0,
                 Reason::retention_runs);
}

void apply(State& state, const EventContext& context, schema::PersonalDataErased::Reader body) {
  state.facts.add(person_row(context, body.getPerson()));
  auto at = state.people.persons.find(PersonId{body.getPerson()});
  if (at == state.people.persons.end()) return;
  Erasure erasure;
  erasure.event = context.id;
  erasure.legal_ground = to_view(body.getLegalGround());
  erasure.restricted_only = body.getRestrictedOnly();
  for (std::uint64_t key : body.getKeyIds()) erasure.key_ids.push_back(key);
  insert_by_event(state.people.erasures[at->first], std::move(erasure));
  (body.getRestrictedOnly() ? at->second.restricted : at->second.erased) = true;
}

// --- retraction --------------------------------------------------------------------------------

void take_back_people(State& state, EventId event, EventType type) {
  PeopleState& people = state.people;
  switch (type) {
    case schema::Event::Body::PERSON_CORRECTED:
      return take_back_correction(state, event);
    case schema::Event::Body::HOUSEHOLD_CHANGED:
      for (auto at = people.households.begin(); at != people.households.end(); ++at) {
        if (!remove_statement(at->second, event)) continue;
        if (at->second.empty()) people.households.erase(at);
        return;
      }
      return;
    case schema::Event::Body::CONSENT_CHANGED:
      for (auto at = people.consents.begin(); at != people.consents.end(); ++at) {
        if (!remove_statement(at->second, event)) continue;
        if (at->second.empty()) people.consents.erase(at);
        return;
      }
      return;
    case schema::Event::Body::PERSON_STATUS_CHANGED:
      for (auto at = people.statuses.begin(); at != people.statuses.end(); ++at) {
        if (!remove_statement(at->second, event)) continue;
        const PersonId id = at->first;
        if (at->second.empty()) people.statuses.erase(at);
        settle_status(state, id);
        return;
      }
      return;
    default:
      return;
  }
}

}  // namespace houniao
