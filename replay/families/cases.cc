#include "replay/families/cases.h"

#include <algorithm>

#include "replay/dispatch.h"
#include "replay/families/delivery.h"
#include "replay/families/parties.h"

namespace houniao {

namespace {

using Mode = schema::CaseContactLogged::Mode;
using Authority = schema::MandatoryReportFiled::Authority;

constexpr std::uint32_t kMinutesPerDay = 24 * 60;
// A leap year is still a year.
constexpr std::int64_t kAccessDaysMax = 366;
constexpr auto kRiskMax = static_cast<std::uint16_t>(schema::RiskLevel::CRITICAL);

std::string_view name_of(Mode mode) {
  switch (mode) {
    case Mode::FACE_TO_FACE:
      return "face_to_face";
    case Mode::VISIT:
      return "visit";
    case Mode::PHONE:
      return "phone";
    case Mode::ONLINE:
      return "online";
    case Mode::LETTER:
      return "letter";
  }
  return "unknown";
}

std::string_view name_of(Authority authority) {
  switch (authority) {
    case Authority::POLICE:
      return "police";
    case Authority::CIVIL_AFFAIRS:
      return "civil_affairs";
    case Authority::EDUCATION:
      return "education";
    case Authority::OTHER:
      return "other";
  }
  return "unknown";
}

Day stated_day(const EventContext& context, std::int32_t day) {
  return day != 0 ? Day{day} : context.occurred;
}

// -1 when the time of day is not known or cannot be right.
std::int16_t kept_minute(std::int16_t minute) {
  return minute >= 0 && minute < static_cast<std::int16_t>(kMinutesPerDay) ? minute
                                                                           : std::int16_t{-1};
}

// A level that this build does not know is not taken for less than it may be.
std::uint8_t kept_risk(schema::RiskLevel risk) {
  return static_cast<std::uint8_t>(std::min(static_cast<std::uint16_t>(risk), kRiskMax));
}
void check_risk(schema::RiskLevel risk, Reasons& reasons) {
  reasons.add_if(static_cast<std::uint16_t>(risk) > kRiskMax, Reason::value_invalid);
}

template <class T>
bool by_day(const T& a, const T& b) {
  return a.day != b.day ? a.day < b.day : a.event < b.event;
}

// The case that an event belongs to and that was open on the day; nullptr when there is none.
const Case* check_case(const State& state, std::uint64_t id, Day day, Reasons& reasons) {
  const Case* found = state.cases.find(CaseId{id});
  if (found == nullptr) {
    not_found(state, id, reasons);
    return nullptr;
  }
  check_not_retracted(state, id, reasons);
  check_interval(found->opened, day, reasons);
  reasons.add_if(state.cases.is_closed(CaseId{id}, day), Reason::case_closed);
  return found;
}

// The consent is one of this client, was given by that day and is given still.
void check_consent(const State& state, std::uint64_t id, PersonId client, Day day,
                   Reasons& reasons) {
  auto at = state.people.consents.find(client);
  if (at != state.people.consents.end()) {
    for (const ConsentEntry& entry : at->second) {
      if (entry.order.event.value != id) continue;
      const bool given = entry.given && entry.order.day <= day.value &&
                         state.people.has_consent(client, entry.purpose, day);
      return reasons.add_if(!given, Reason::consent_not_in_force);
    }
  }
  const EventId event{id};
  if (id == 0 || state.in_force(event) || state.is_retracted(event)) {
    reasons.add(Reason::consent_not_in_force);
  } else {
    reasons.orphan(event);
  }
}

// A worker or supervisor on a day; 0 does not pass where somebody must be named.
void check_worker(const State& state, std::uint64_t id, Day day, Reasons& reasons) {
  reasons.add_if(id == 0, Reason::value_invalid);
  check_staff(state, id, day, reasons);
}

// The row of an event of a case; without the client and the ground while the case is not known.
FactRow case_row(const State& state, const EventContext& context, std::uint64_t id, Day day) {
  FactRow row = start_row(context);
  row.group = id;
  row.day = day.value;
  if (const Case* found = state.cases.find(CaseId{id}); found != nullptr) {
    row.attr = found->ground;
    row.subject = found->client.value;
  }
  return row;
}

// Whom a record is about: the client of a case, or the person themselves.
std::uint64_t subject_of(const State& state, std::uint64_t record) {
  if (const Case* found = state.cases.find(CaseId{record}); found != nullptr) {
    return found->client.value;
  }
  return state.person(PersonId{record}) != nullptr ? record : 0;
}

// A record that can be asked for: a case or a person.
void check_record(const State& state, std::uint64_t record, Reasons& reasons) {
  const bool known =
      state.cases.find(CaseId{record}) != nullptr || state.person(PersonId{record}) != nullptr;
  if (!known) return not_found(state, record, reasons);
  check_not_retracted(state, record, reasons);
}

}  // namespace

// --- queries -----------------------------------------------------------------------------------

std::span<const CaseContact> CasesState::contacts_of(CaseId id) const {
  auto at = contacts.find(id);
  if (at == contacts.end()) return {};
  return {at->second.data(), at->second.size()};
}

std::span<const MandatoryReport> CasesState::reports_about(PersonId child) const {
  auto at = reports.find(child);
  if (at == reports.end()) return {};
  return at->second;
}

std::uint8_t CasesState::risk_of(CaseId id) const {
  if (const auto logged = contacts_of(id); !logged.empty()) return logged.back().risk;
  const Case* found = find(id);
  return found == nullptr ? std::uint8_t{0} : found->risk;
}

bool CasesState::is_closed(CaseId id, Day day) const {
  auto at = closings.find(id);
  return at != closings.end() && !at->second.empty() && at->second.front().day < day;
}

bool CasesState::is_sealed(CaseId id, Day day) const {
  auto at = closings.find(id);
  return at != closings.end() &&
         std::any_of(at->second.begin(), at->second.end(), [&](const CaseClosing& closing) {
           return closing.sealed && closing.day <= day;
         });
}

bool CasesState::has_access(std::uint64_t reader, std::uint64_t record, Day day) const {
  auto at = accesses.find({reader, record});
  if (at == accesses.end()) return false;
  bool allowed = false;
  for (const AccessDecision& decision : at->second) {
    if (decision.order.day > day.value) continue;
    if (!decision.granted) {
      allowed = false;
    } else if (day <= decision.until) {
      allowed = true;
    }
  }
  return allowed;
}

std::vector<CaseId> open_cases_of(const State& state, std::uint64_t worker, Day day) {
  std::vector<CaseId> out;
  for (const auto& [id, item] : state.cases.cases) {
    if (item.worker != worker || item.opened > day) continue;
    if (state.is_retracted(EventId{id.value}) || state.cases.is_closed(id, day)) continue;
    out.push_back(id);
  }
  std::sort(out.begin(), out.end());
  return out;
}

bool may_read(const State& state, std::uint64_t reader, std::uint64_t record, Day day) {
  return state.cases.has_access(reader, record, day) && !state.cases.is_sealed(CaseId{record}, day);
}

// --- CaseOpened --------------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::CaseOpened::Reader body,
           Reasons& reasons) {
  const PersonId client{body.getClient()};
  const Day day = stated_day(context, body.getDay());
  reasons.add_if(!client, Reason::nobody_served);
  reasons.add_if(body.getGround().size() == 0, Reason::text_missing);
  check_risk(body.getRisk(), reasons);
  check_person(state, context, client, reasons);
  check_worker(state, body.getWorker(), day, reasons);
  check_staff(state, body.getSupervisor(), day, reasons);
  reasons.add_if(
      body.getSupervisor() != 0 && same_party(state, body.getWorker(), body.getSupervisor()),
      Reason::not_independent);
  check_consent(state, body.getConsent(), client, day, reasons);
}

void apply(State& state, const EventContext& context, schema::CaseOpened::Reader body) {
  Case opened;
  opened.client = PersonId{body.getClient()};
  opened.worker = body.getWorker();
  opened.supervisor = body.getSupervisor();
  opened.ground = state.intern(view(body.getGround()));
  opened.opened = stated_day(context, body.getDay());
  opened.risk = kept_risk(body.getRisk());

  FactRow row = start_row(context);
  row.kind = state.intern("case");
  row.attr = opened.ground;
  row.subject = opened.client.value;
  row.group = context.id.value;
  if (opened.worker != 0) row.staff = opened.worker;
  row.day = opened.opened.value;
  state.facts.add(row);
  if (context.provisional) return;
  state.cases.cases.insert_or_assign(entity_cast<CaseId>(context.id), opened);
}

// --- CaseContactLogged -------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::CaseContactLogged::Reader body,
           Reasons& reasons) {
  const Day day = stated_day(context, body.getDay());
  check_delivery(state, context, day, reasons);
  check_risk(body.getRisk(), reasons);
  reasons.add_if(body.getMinutes() > kMinutesPerDay, Reason::minutes_implausible);
  const Case* found = check_case(state, body.getCase(), day, reasons);
  if (found != nullptr) check_person(state, context, found->client, reasons);
  if (body.getWorker() != 0) {
    check_staff(state, body.getWorker(), day, reasons);
  } else if (found != nullptr) {
    check_worker(state, found->worker, day, reasons);
  }
}

void apply(State& state, const EventContext& context, schema::CaseContactLogged::Reader body) {
  const CaseId id{body.getCase()};
  const Case* found = state.cases.find(id);
  CaseContact contact;
  contact.event = context.id;
  contact.worker = body.getWorker();
  if (contact.worker == 0 && found != nullptr) contact.worker = found->worker;
  contact.day = stated_day(context, body.getDay());
  contact.minutes = body.getMinutes() <= kMinutesPerDay ? body.getMinutes() : 0;
  contact.mode = static_cast<std::uint16_t>(body.getMode());
  contact.risk = kept_risk(body.getRisk());

  FactRow row = case_row(state, context, id.value, contact.day);
  row.kind = state.intern(name_of(body.getMode()));
  if (contact.worker != 0) row.staff = contact.worker;
  row.minutes = static_cast<std::int32_t>(contact.minutes);
  state.facts.add(row);
  if (context.provisional || found == nullptr) return;
  keep_evidence(state, context);
  insert_sorted(state.cases.contacts[id], contact, by_day<CaseContact>);
}

// --- CaseReferred ------------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::CaseReferred::Reader body,
           Reasons& reasons) {
  const Day day = stated_day(context, body.getDay());
  const OrganisationId to{body.getTo()};
  reasons.add_if(!to, Reason::value_invalid);
  check_known_organisation(state, to, reasons);
  reasons.add_if(state.organisation(to) != nullptr && !state.organisations.is_active(to, day),
                 Reason::organisation_not_active);
  // What is passed on must be stated, or nobody can tell later whether the consent covered it.
  reasons.add_if(body.getShared().size() == 0, Reason::text_missing);
  const Case* found = check_case(state, body.getCase(), day, reasons);
  if (found == nullptr) return;
  check_person(state, context, found->client, reasons);
  check_consent(state, body.getConsent(), found->client, day, reasons);
}

void apply(State& state, const EventContext& context, schema::CaseReferred::Reader body) {
  FactRow row = case_row(state, context, body.getCase(), stated_day(context, body.getDay()));
  row.kind = state.intern("referral");
  if (body.getTo() != 0) row.organisation = body.getTo();
  state.facts.add(row);
}

// --- MandatoryReportFiled ----------------------------------------------------------------------

void admit(const State& state, const EventContext& context,
           schema::MandatoryReportFiled::Reader body, Reasons& reasons) {
  const Day day = stated_day(context, body.getDay());
  const PersonId child{body.getPerson()};
  reasons.add_if(body.getCase() == 0 && !child, Reason::report_without_case);
  reasons.add_if(body.getGround().size() == 0, Reason::text_missing);
  reasons.add_if(kept_minute(body.getMinute()) != body.getMinute(), Reason::time_invalid);
  // The duty to report does not wait for anybody's consent (未成年人保护法 11), so nothing is asked
  // about the child but who it is.
  check_known_person(state, child, reasons);
  if (body.getCase() == 0) return;
  const Case* found = check_case(state, body.getCase(), day, reasons);
  reasons.add_if(found != nullptr && child && found->client != child, Reason::wrong_reference);
}

void apply(State& state, const EventContext& context, schema::MandatoryReportFiled::Reader body) {
  MandatoryReport report;
  report.event = context.id;
  report.of_case = CaseId{body.getCase()};
  report.authority = static_cast<std::uint16_t>(body.getAuthority());
  report.day = stated_day(context, body.getDay());
  report.minute = kept_minute(body.getMinute());

  FactRow row = case_row(state, context, body.getCase(), report.day);
  row.kind = state.intern(name_of(body.getAuthority()));
  row.attr = state.intern(view(body.getGround()));
  if (body.getPerson() != 0) row.subject = body.getPerson();
  const PersonId child{row.subject};
  state.facts.add(row);
  if (context.provisional || !child) return;
  insert_by_event(state.cases.reports[child], report);
}

// --- CaseClosed --------------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::CaseClosed::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getOutcome().size() == 0, Reason::text_missing);
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  const CaseId id{body.getCase()};
  check_case(state, id.value, stated_day(context, body.getDay()), reasons);
  reasons.add_if(state.cases.closings.contains(id), Reason::case_closed);
}

void apply(State& state, const EventContext& context, schema::CaseClosed::Reader body) {
  const CaseId id{body.getCase()};
  CaseClosing closing;
  closing.event = context.id;
  closing.day = stated_day(context, body.getDay());
  closing.outcome = state.intern(view(body.getOutcome()));
  closing.sealed = body.getSealed();

  FactRow row = case_row(state, context, id.value, closing.day);
  row.kind = closing.outcome;
  row.flags |= kFactEnded;
  state.facts.add(row);
  if (context.provisional) return;
  insert_sorted(state.cases.closings[id], closing, by_day<CaseClosing>);
}

// --- reading -----------------------------------------------------------------------------------

void admit(const State& state, const EventContext& context,
           schema::SensitiveAccessDecided::Reader body, Reasons& reasons) {
  const std::uint64_t reader = body.getReader();
  check_worker(state, reader, context.occurred, reasons);
  check_record(state, body.getRecord(), reasons);
  reasons.add_if(body.getPurpose().size() == 0, Reason::text_missing);
  // Who approves must be known: an approval that nobody gave by name proves nothing.
  reasons.add_if(context.actor() == 0 || same_party(state, context.actor(), reader),
                 Reason::not_independent);
  if (!body.getGranted()) return;
  check_interval(context.occurred, Day{body.getUntilDay()}, reasons);
  const std::int64_t days = std::int64_t{body.getUntilDay()} - context.occurred.value;
  reasons.add_if(days > kAccessDaysMax, Reason::access_too_long);
}

void apply(State& state, const EventContext& context, schema::SensitiveAccessDecided::Reader body) {
  FactRow row = start_row(context);
  row.kind = state.intern(body.getGranted() ? "granted" : "refused");
  row.attr = state.intern(view(body.getPurpose()));
  row.subject = body.getReader();
  row.group = body.getRecord();
  state.facts.add(row);
  if (context.provisional) return;
  auto& decisions = state.cases.accesses[{body.getReader(), body.getRecord()}];
  decisions.push_back(
      {statement_of(context), body.getGranted(), Day{body.getUntilDay()}, context.actor()});
  settle(decisions);
}

namespace {

// The decision that a reading names must be about this reader and record.
void check_named_access(const State& state, const EventContext& context, EventId access,
                        std::uint64_t record, Reasons& reasons) {
  if (!access) return;
  auto at = state.cases.accesses.find({context.actor(), record});
  const bool named = at != state.cases.accesses.end() &&
                     std::any_of(at->second.begin(), at->second.end(),
                                 [&](const AccessDecision& d) { return d.order.event == access; });
  if (named) return;
  if (state.is_retracted(access)) return reasons.add(Reason::target_retracted);
  not_found(state, access.value, reasons);
}

}  // namespace

void admit(const State& state, const EventContext& context,
           schema::SensitiveRecordRead::Reader body, Reasons& reasons) {
  const std::uint64_t record = body.getRecord();
  check_record(state, record, reasons);
  reasons.add_if(body.getPurpose().size() == 0, Reason::text_missing);
  check_named_access(state, context, EventId{body.getAccess()}, record, reasons);
  reasons.add_if(!state.cases.has_access(context.actor(), record, context.occurred),
                 Reason::access_missing);
  reasons.add_if(state.cases.is_sealed(CaseId{record}, context.occurred), Reason::case_sealed);
  const Person* person = state.person(PersonId{subject_of(state, record)});
  reasons.add_if(person != nullptr && (person->erased || person->restricted),
                 Reason::person_erased);
}

void apply(State& state, const EventContext& context, schema::SensitiveRecordRead::Reader body) {
  FactRow row = start_row(context);
  row.kind = state.intern("read");
  row.attr = state.intern(view(body.getPurpose()));
  row.subject = subject_of(state, body.getRecord());
  row.group = body.getRecord();
  state.facts.add(row);
}

// --- retraction --------------------------------------------------------------------------------

namespace {

// Takes the event out of whichever list of the map holds it; retractions are rare, so nothing is
// kept that would lead there.
template <class Map, class Erase>
void erase_entry(Map& map, Erase&& erase) {
  for (auto at = map.begin(); at != map.end(); ++at) {
    if (!erase(at->second)) continue;
    if (at->second.empty()) map.erase(at);
    return;
  }
}

}  // namespace

void take_back_cases(State& state, EventId event, EventType type) {
  CasesState& own = state.cases;
  const auto erase = [&](auto& list) { return erase_event(list, event); };
  switch (type) {
    case schema::Event::Body::CASE_CONTACT_LOGGED:
      forget_evidence(state, event);
      return erase_entry(own.contacts, erase);
    case schema::Event::Body::MANDATORY_REPORT_FILED:
      return erase_entry(own.reports, erase);
    case schema::Event::Body::CASE_CLOSED:
      return erase_entry(own.closings, erase);
    case schema::Event::Body::SENSITIVE_ACCESS_DECIDED:
      return erase_entry(own.accesses, [&](auto& list) { return remove_statement(list, event); });
    default:
      return;
  }
}

}  // namespace houniao
