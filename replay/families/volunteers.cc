#include "replay/families/volunteers.h"

#include <algorithm>

#include "replay/dispatch.h"
#include "replay/families/delivery.h"
#include "replay/families/parties.h"

namespace houniao {

namespace {

constexpr std::uint16_t kMinutesPerDay = 24 * 60;

std::string_view name_of(schema::DutyCheckedIn::Mode mode) {
  switch (mode) {
    case schema::DutyCheckedIn::Mode::REGULAR:
      return "regular";
    case schema::DutyCheckedIn::Mode::CONCENTRATED:
      return "concentrated";
    case schema::DutyCheckedIn::Mode::PHASED:
      return "phased";
  }
  return "unknown";
}

std::string_view name_of(schema::TrainingCompleted::Result result) {
  switch (result) {
    case schema::TrainingCompleted::Result::ATTENDED:
      return "attended";
    case schema::TrainingCompleted::Result::PASSED:
      return "passed";
    case schema::TrainingCompleted::Result::FAILED:
      return "failed";
  }
  return "unknown";
}

// Whether the times of a check-in can be right; 0 as the time of check-out means still on duty.
bool valid_times(std::uint16_t in, std::uint16_t out) {
  return in < kMinutesPerDay && out <= kMinutesPerDay && (out == 0 || in <= out);
}

}  // namespace

// --- queries -----------------------------------------------------------------------------------

std::uint32_t Duty::minutes() const {
  const std::uint16_t until = out_minute == 0 ? kMinutesPerDay : out_minute;
  return valid_times(in_minute, out_minute) ? std::uint32_t{until} - in_minute : 0;
}

bool Duty::overlaps(std::uint16_t in, std::uint16_t out) const {
  if (!valid_times(in, out) || !valid_times(in_minute, out_minute)) return false;
  // Who has not checked out is known to have been there for the one minute of the check-in.
  const auto end = [](std::uint16_t from, std::uint16_t to) {
    return std::max(std::uint32_t{to}, std::uint32_t{from} + 1);
  };
  return in_minute < end(in, out) && in < end(in_minute, out_minute);
}

bool VolunteersState::is_insured(VolunteerId id, Day day) const {
  auto at = covers.find(id);
  if (at == covers.end()) return false;
  return std::any_of(at->second.begin(), at->second.end(), [&](const InsuranceCover& cover) {
    return cover.from <= day && day <= cover.to;
  });
}

bool VolunteersState::is_trained(PersonId id, Day day) const {
  auto at = trainings.find(id);
  if (at == trainings.end()) return false;
  return std::any_of(at->second.begin(), at->second.end(), [&](const Training& training) {
    return !training.failed && training.day <= day;
  });
}

PersonId person_of(const State& state, VolunteerId id) {
  const Volunteer* volunteer = state.volunteers.find(id);
  return volunteer == nullptr ? PersonId{} : volunteer->person;
}

std::vector<VolunteerId> volunteers_of(const State& state, PersonId person) {
  std::vector<VolunteerId> out;
  for (PersonId same : state.people.linked(person)) {
    auto at = state.volunteers.by_person.find(same);
    if (at == state.volunteers.by_person.end()) continue;
    out.insert(out.end(), at->second.begin(), at->second.end());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::int64_t points_balance(const State& state, PersonId person) {
  std::int64_t sum = 0;
  for (VolunteerId id : volunteers_of(state, person)) sum += state.volunteers.points.balance(id);
  return sum;
}

std::int64_t confirmed_minutes(const State& state, PersonId person, Day from, Day to) {
  std::int64_t sum = 0;
  for (VolunteerId id : volunteers_of(state, person)) {
    sum += state.volunteers.hours.confirmed_minutes(id, from, to);
  }
  return sum;
}

// --- for the sources of this family ------------------------------------------------------------

const Volunteer* check_volunteer(const State& state, VolunteerId id, Reasons& reasons) {
  const Volunteer* volunteer = state.volunteers.find(id);
  if (volunteer == nullptr) {
    not_found(state, id.value, reasons);
    return nullptr;
  }
  check_not_retracted(state, id.value, reasons);
  return volunteer;
}

void check_occasion(const State& state, std::uint64_t order, std::uint64_t session, Day day,
                    Reasons& reasons) {
  if (order != 0) check_event(state, EventId{order}, reasons);
  if (session == 0) return;
  const Session* found = state.sessions.find(SessionId{session});
  if (found == nullptr) return not_found(state, session, reasons);
  check_not_retracted(state, session, reasons);
  reasons.add_if(found->day != day, Reason::outside_session_day);
}

bool is_same_person(const State& state, std::uint64_t a, std::uint64_t b) {
  return a != 0 && b != 0 && same_party(state, a, b);
}

FactRow volunteer_row(const State& state, const EventContext& context, VolunteerId volunteer) {
  FactRow row = start_row(context);
  row.subject = person_of(state, volunteer).value;
  return row;
}

Day stated_day(std::int32_t day, const EventContext& context) {
  return day != 0 ? Day{day} : context.occurred;
}

ProgrammeId programme_for(const EventContext& context, const Volunteer* volunteer) {
  const ProgrammeId own{context.event.getProgramme()};
  return own || volunteer == nullptr ? own : volunteer->programme;
}

const PolicyVersion* points_policy(const State& state, ProgrammeId programme, Day day) {
  constexpr auto kPoints = static_cast<std::uint16_t>(schema::PolicyVersionPublished::Kind::POINTS);
  return state.programmes.policy(programme, kPoints, day);
}

// --- VolunteerEnrolled -------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::VolunteerEnrolled::Reader body,
           Reasons& reasons) {
  const PersonId person{body.getPerson()};
  const OrganisationId team{body.getTeam()};
  reasons.add_if(!person, Reason::wrong_reference);
  check_person(state, context, person, reasons);
  check_known_organisation(state, team, reasons);
  const std::size_t number = body.getNumberIndex().size();
  reasons.add_if(number != 0 && number != BlindIndex{}.size(), Reason::hash_invalid);
  if (const VolunteerId referrer{body.getReferredBy()}; referrer) {
    const Volunteer* other = check_volunteer(state, referrer, reasons);
    // A21: nobody brings in themselves.
    reasons.add_if(other != nullptr && is_same_person(state, other->person.value, body.getPerson()),
                   Reason::not_independent);
  }
  for (VolunteerId id : volunteers_of(state, person)) {
    if (id.value == context.id.value || state.is_retracted(EventId{id.value})) continue;
    reasons.add_if(state.volunteers.find(id)->team == team, Reason::already_enrolled);
  }
}

void apply(State& state, const EventContext& context, schema::VolunteerEnrolled::Reader body) {
  Volunteer volunteer;
  volunteer.id = entity_cast<VolunteerId>(context.id);
  volunteer.person = PersonId{body.getPerson()};
  volunteer.team = OrganisationId{body.getTeam()};
  volunteer.enrolled = stated_day(body.getDay(), context);

  FactRow row = start_row(context);
  row.kind = state.intern("volunteer");
  row.subject = volunteer.person.value;
  row.group = volunteer.team.value;
  row.day = volunteer.enrolled.value;
  state.facts.add(row);
  if (context.provisional) return;

  volunteer.referred_by = VolunteerId{body.getReferredBy()};
  volunteer.programme = ProgrammeId{context.event.getProgramme()};
  volunteer.number =
      blind_index_from({body.getNumberIndex().begin(), body.getNumberIndex().size()});
  for (capnp::Text::Reader skill : body.getSkills()) {
    volunteer.skills.push_back(state.intern(view(skill)));
  }
  insert_sorted(state.volunteers.by_person[volunteer.person], volunteer.id);
  state.volunteers.volunteers.insert_or_assign(volunteer.id, std::move(volunteer));
}

// --- DutyCheckedIn -----------------------------------------------------------------------------

namespace {

// A07 and A11, over all enrolments of the person: nobody is on two duties at one time.
void check_other_duties(const State& state, const EventContext& context, const Volunteer& volunteer,
                        Day day, schema::DutyCheckedIn::Reader body, Reasons& reasons) {
  for (VolunteerId id : volunteers_of(state, volunteer.person)) {
    auto at = state.volunteers.duties_on.find({id, day.value});
    if (at == state.volunteers.duties_on.end()) continue;
    for (EventId other : at->second) {
      if (other == context.id) continue;
      reasons.add_if(
          state.volunteers.find_duty(other)->overlaps(body.getInMinute(), body.getOutMinute()),
          Reason::two_places);
    }
  }
}

// I16: whoever is staff on that day is vetted before work with minors.
void check_with_minors(const State& state, PersonId person, Day day, Reasons& reasons) {
  for (const auto& [id, staff] : state.workforce.staff) {
    if (staff.engaged_on(day) && is_same_person(state, staff.person.value, person.value)) {
      check_vetted(state, id, day, reasons);
    }
  }
}

void check_trained(const State& state, PersonId person, Day day, Reasons& reasons) {
  const std::vector<PersonId> same = state.people.linked(person);
  reasons.add_if(std::none_of(same.begin(), same.end(),
                              [&](PersonId id) { return state.volunteers.is_trained(id, day); }),
                 Reason::untrained_duty);
}

}  // namespace

void admit(const State& state, const EventContext& context, schema::DutyCheckedIn::Reader body,
           Reasons& reasons) {
  const Day day = stated_day(body.getDay(), context);
  check_delivery(state, context, day, reasons);
  check_occasion(state, body.getOrder(), body.getSession(), day, reasons);
  reasons.add_if(body.getKind().size() == 0, Reason::text_missing);
  reasons.add_if(!valid_times(body.getInMinute(), body.getOutMinute()), Reason::time_invalid);

  const VolunteerId id{body.getVolunteer()};
  const Volunteer* volunteer = check_volunteer(state, id, reasons);
  if (volunteer == nullptr) return;
  check_person(state, context, volunteer->person, reasons);
  reasons.add_if(day < volunteer->enrolled, Reason::before_enrolment);
  // I17, 志愿服务条例 17.
  reasons.add_if(body.getPhysicalRisk() && !state.volunteers.is_insured(id, day),
                 Reason::uninsured_duty);
  if (body.getWithMinors()) check_with_minors(state, volunteer->person, day, reasons);
  const PolicyVersion* policy = points_policy(state, programme_for(context, volunteer), day);
  if (policy != nullptr && policy->training_before_duty) {
    check_trained(state, volunteer->person, day, reasons);
  }
  check_other_duties(state, context, *volunteer, day, body, reasons);
}

void apply(State& state, const EventContext& context, schema::DutyCheckedIn::Reader body) {
  Duty duty;
  duty.id = context.id;
  duty.volunteer = VolunteerId{body.getVolunteer()};
  duty.day = stated_day(body.getDay(), context);
  duty.in_minute = body.getInMinute();
  duty.out_minute = body.getOutMinute();

  FactRow row = volunteer_row(state, context, duty.volunteer);
  row.kind = state.intern(view(body.getKind()));
  row.attr = state.intern(name_of(body.getMode()));
  row.group = body.getOrder() != 0 ? body.getOrder() : body.getSession();
  row.day = duty.day.value;
  if (duty.out_minute != 0) row.minutes = static_cast<std::int32_t>(duty.minutes());
  state.facts.add(row);
  if (context.provisional) return;

  keep_evidence(state, context);
  insert_sorted(state.volunteers.duties_on[{duty.volunteer, duty.day.value}], duty.id);
  state.volunteers.duties.insert_or_assign(duty.id, std::move(duty));
}

// --- InsuranceCovered --------------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::InsuranceCovered::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getPolicyNumber().size() == 0 || body.getInsurer().size() == 0,
                 Reason::text_missing);
  check_interval(Day{body.getFromDay()}, Day{body.getToDay()}, reasons);
  reasons.add_if(body.getPremiumFen() != 0 && !valid_amount(body.getPremiumFen()),
                 Reason::amount_invalid);
  if (const FundId fund{body.getFund()}; fund && state.funds.find(fund) == nullptr) {
    not_found(state, fund.value, reasons);
  }
  const std::vector<std::uint64_t> insured = distinct_persons(body.getInsured());
  reasons.add_if(insured.empty(), Reason::value_invalid);
  reasons.add_if(insured.size() < body.getInsured().size(), Reason::person_listed_twice);
  for (std::uint64_t id : insured) check_volunteer(state, VolunteerId{id}, reasons);
}

void apply(State& state, const EventContext& context, schema::InsuranceCovered::Reader body) {
  const InsuranceCover cover{context.id, Day{body.getFromDay()}, Day{body.getToDay()}};
  FactRow row = start_row(context);
  row.kind = state.intern("insurance");
  row.group = body.getFund();
  row.day = cover.from.value;
  row.amount_fen = valid_amount(body.getPremiumFen()) ? body.getPremiumFen() : 0;
  for (std::uint64_t id : distinct_persons(body.getInsured())) {
    row.subject = person_of(state, VolunteerId{id}).value;
    state.facts.add(row);
    row.amount_fen = 0;
    if (!context.provisional) insert_by_event(state.volunteers.covers[VolunteerId{id}], cover);
  }
}

// --- TrainingCompleted -------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::TrainingCompleted::Reader body,
           Reasons& reasons) {
  const std::vector<std::uint64_t> persons = distinct_persons(body.getPersons());
  reasons.add_if(persons.empty(), Reason::nobody_served);
  reasons.add_if(persons.size() < body.getPersons().size(), Reason::person_listed_twice);
  for (std::uint64_t person : persons) check_person(state, context, PersonId{person}, reasons);
  check_occasion(state, 0, body.getSession(), stated_day(body.getDay(), context), reasons);
  reasons.add_if(body.getKind().size() == 0, Reason::text_missing);
  reasons.add_if(body.getMinutes() > kMinutesPerDay, Reason::minutes_implausible);
}

void apply(State& state, const EventContext& context, schema::TrainingCompleted::Reader body) {
  Training training;
  training.event = context.id;
  training.kind = state.intern(view(body.getKind()));
  training.day = stated_day(body.getDay(), context);
  training.failed = body.getResult() == schema::TrainingCompleted::Result::FAILED;

  FactRow row = start_row(context);
  row.kind = training.kind;
  row.attr = state.intern(name_of(body.getResult()));
  row.group = body.getSession();
  row.day = training.day.value;
  if (body.getMinutes() <= kMinutesPerDay) {
    row.minutes = static_cast<std::int32_t>(body.getMinutes());
  }
  for (std::uint64_t person : distinct_persons(body.getPersons())) {
    row.subject = person;
    state.facts.add(row);
    if (!context.provisional) {
      insert_by_event(state.volunteers.trainings[PersonId{person}], training);
    }
  }
}

// --- HonourConferred ---------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::HonourConferred::Reader body,
           Reasons& reasons) {
  if (body.getRecipientIsOrganisation()) {
    check_known_organisation(state, OrganisationId{body.getRecipient()}, reasons);
  } else {
    check_known_person(state, PersonId{body.getRecipient()}, reasons);
  }
  reasons.add_if(body.getRecipient() == 0, Reason::wrong_reference);
  reasons.add_if(body.getTitle().size() == 0, Reason::text_missing);
  const Symbol title = state.symbols().find(view(body.getTitle()));
  auto at = state.volunteers.honours.find({body.getRecipient(), title});
  if (title == kUnknownSymbol || at == state.volunteers.honours.end()) return;
  for (const Honour& other : at->second) {
    reasons.add_if(other.year == body.getYear() && other.event != context.id,
                   Reason::honour_repeated);
  }
}

void apply(State& state, const EventContext& context, schema::HonourConferred::Reader body) {
  const Symbol title = state.intern(view(body.getTitle()));
  const Symbol grade = state.intern(view(body.getGrade()));
  const Day day = stated_day(body.getDay(), context);
  FactRow row = start_row(context);
  row.kind = title;
  row.attr = grade;
  row.subject = body.getRecipient();
  row.group = body.getYear();
  row.day = day.value;
  state.facts.add(row);
  if (context.provisional) return;
  insert_by_event(
      state.volunteers.honours[{body.getRecipient(), title}],
      Honour{context.id, body.getYear(), grade, day, std::string(view(body.getIssuer()))});
}

// --- retraction --------------------------------------------------------------------------------

namespace {

// Retractions are rare, so nothing is kept that would lead from the event to its entries.
template <class Map>
void erase_statements(Map& map, EventId event) {
  boost::unordered::erase_if(
      map, [&](auto& entry) { return erase_event(entry.second, event) && entry.second.empty(); });
}

void take_back_duty(State& state, EventId event) {
  forget_evidence(state, event);
  const Duty* duty = state.volunteers.find_duty(event);
  if (duty == nullptr) return;
  auto at = state.volunteers.duties_on.find({duty->volunteer, duty->day.value});
  if (at == state.volunteers.duties_on.end()) return;
  erase_value(at->second, event);
  if (at->second.empty()) state.volunteers.duties_on.erase(at);
}

}  // namespace

void take_back_volunteers(State& state, EventId event, EventType type) {
  switch (type) {
    case schema::Event::Body::HONOUR_CONFERRED:
      return erase_statements(state.volunteers.honours, event);
    case schema::Event::Body::DUTY_CHECKED_IN:
      return take_back_duty(state, event);
    case schema::Event::Body::INSURANCE_COVERED:
      return erase_statements(state.volunteers.covers, event);
    case schema::Event::Body::TRAINING_COMPLETED:
      return erase_statements(state.volunteers.trainings, event);
    case schema::Event::Body::HOURS_RECORDED:
      return take_back_hours_record(state, event);
    case schema::Event::Body::HOURS_CONFIRMED:
      return take_back_hours_decision(state, event);
    case schema::Event::Body::HOURS_CERTIFICATE_ISSUED:
      return take_back_certificate(state, event);
    case schema::Event::Body::POINTS_EARNED:
    case schema::Event::Body::POINTS_ADJUSTED:
      return take_back_points(state, event);
    case schema::Event::Body::POINTS_REDEEMED:
      return take_back_redemption(state, event);
    default:
      return;  // an enrolment stays, marked as retracted; a lease stays until it is closed
  }
}

}  // namespace houniao
