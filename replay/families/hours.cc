#include "replay/families/hours.h"

#include <algorithm>
#include <limits>

#include "replay/dispatch.h"
#include "replay/families/delivery.h"
#include "replay/families/volunteers.h"

namespace houniao {

namespace {

constexpr std::uint32_t kMinutesPerDay = 24 * 60;
constexpr std::int64_t kPostedDaysMin = 7;  // 民发〔2015〕149号

std::string_view name_of(schema::HoursRecorded::Method method) {
  switch (method) {
    case schema::HoursRecorded::Method::CHECK_IN_OUT:
      return "check_in_out";
    case schema::HoursRecorded::Method::LEADER_COUNTED:
      return "leader_counted";
    case schema::HoursRecorded::Method::ADMIN_ENTRY:
      return "admin_entry";
  }
  return "unknown";
}

bool by_day(const ConfirmedHours& a, const ConfirmedHours& b) {
  return a.day != b.day ? a.day < b.day : a.event < b.event;
}

std::int32_t row_minutes(std::uint32_t minutes) {
  constexpr std::uint32_t kMax = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::min(minutes, kMax));
}

// Sums of the accepted minutes of the first n entries, for n from 0.
std::vector<std::int64_t> running_sums(const std::vector<ConfirmedHours>& hours) {
  std::vector<std::int64_t> sums{0};
  sums.reserve(hours.size() + 1);
  for (const ConfirmedHours& item : hours) sums.push_back(sums.back() + item.minutes);
  return sums;
}

// How many entries lie before the day.
std::size_t count_before(const std::vector<ConfirmedHours>& hours, Day day) {
  auto at = std::lower_bound(hours.begin(), hours.end(), day,
                             [](const ConfirmedHours& item, Day d) { return item.day < d; });
  return static_cast<std::size_t>(at - hours.begin());
}
std::size_t count_through(const std::vector<ConfirmedHours>& hours, Day day) {
  auto at = std::upper_bound(hours.begin(), hours.end(), day,
                             [](Day d, const ConfirmedHours& item) { return d < item.day; });
  return static_cast<std::size_t>(at - hours.begin());
}

}  // namespace

// --- queries -----------------------------------------------------------------------------------

std::int64_t HoursState::confirmed_minutes(VolunteerId volunteer, Day from, Day to) const {
  auto at = confirmed.find(volunteer);
  if (at == confirmed.end()) return 0;
  std::int64_t sum = 0;
  for (const ConfirmedHours& item : at->second) {
    if (from <= item.day && item.day <= to) sum += item.minutes;
  }
  return sum;
}

// Certified minutes can be matched with confirmed ones exactly when no stretch of days holds
// certificates over more minutes than were confirmed in it (Hall's theorem, which for intervals
// need only look at stretches from the first day of a certificate to the last day of one). Only
// stretches around the certificate in hand can be changed by it.
bool HoursState::can_certify(VolunteerId volunteer, const HoursCertificate& certificate) const {
  const std::vector<ConfirmedHours> none;
  auto own = confirmed.find(volunteer);
  const std::vector<ConfirmedHours>& hours = own == confirmed.end() ? none : own->second;
  const std::vector<std::int64_t> sums = running_sums(hours);

  std::vector<HoursCertificate> all{certificate};
  if (auto at = certificates.find(volunteer); at != certificates.end()) {
    for (const HoursCertificate& other : at->second) {
      if (other.event != certificate.event) all.push_back(other);
    }
  }
  std::sort(all.begin(), all.end(), [](const HoursCertificate& a, const HoursCertificate& b) {
    return a.to != b.to ? a.to < b.to : a.event < b.event;
  });
  for (const HoursCertificate& first : all) {
    if (first.from > certificate.from) continue;
    const std::size_t before = count_before(hours, first.from);
    std::int64_t certified = 0;
    for (const HoursCertificate& last : all) {
      if (last.from < first.from) continue;
      certified += last.minutes;
      if (last.to < certificate.to) continue;
      const std::size_t through = std::max(count_through(hours, last.to), before);
      if (certified > sums[through] - sums[before]) return false;
    }
  }
  return true;
}

bool HoursState::certificates_hold(VolunteerId volunteer) const {
  auto at = certificates.find(volunteer);
  if (at == certificates.end()) return true;
  return std::all_of(
      at->second.begin(), at->second.end(),
      [&](const HoursCertificate& certificate) { return can_certify(volunteer, certificate); });
}

// --- HoursRecorded -----------------------------------------------------------------------------

namespace {

// A11: not more than was served between check-in and check-out, whatever the number of records.
void check_against_duty(const State& state, const EventContext& context,
                        schema::HoursRecorded::Reader body, Day day, Reasons& reasons) {
  const EventId id{body.getDuty()};
  if (!id) return;
  const Duty* duty = state.volunteers.find_duty(id);
  if (duty == nullptr) return not_found(state, id.value, reasons);
  check_not_retracted(state, id.value, reasons);
  reasons.add_if(duty->volunteer.value != body.getVolunteer(), Reason::wrong_reference);
  reasons.add_if(duty->day != day, Reason::outside_session_day);
  std::uint64_t minutes = body.getMinutes();
  for (EventId other : duty->records) {
    const HoursRecord* record = state.volunteers.hours.find_record(other);
    if (other != context.id && record != nullptr) minutes += record->minutes;
  }
  reasons.add_if(minutes > duty->minutes(), Reason::minutes_exceed_duty);
}

void check_against_session(const State& state, schema::HoursRecorded::Reader body,
                           Reasons& reasons) {
  const Session* session = state.sessions.find(SessionId{body.getSession()});
  // A session whose times are not known says nothing.
  if (session == nullptr || session->to_minute <= session->from_minute) return;
  const auto length = static_cast<std::uint32_t>(session->to_minute - session->from_minute);
  reasons.add_if(body.getMinutes() > length, Reason::minutes_exceed_session);
}

}  // namespace

void admit(const State& state, const EventContext& context, schema::HoursRecorded::Reader body,
           Reasons& reasons) {
  const Day day = stated_day(body.getDay(), context);
  const Volunteer* volunteer = check_volunteer(state, VolunteerId{body.getVolunteer()}, reasons);
  reasons.add_if(volunteer != nullptr && day < volunteer->enrolled, Reason::before_enrolment);
  reasons.add_if(body.getMinutes() == 0, Reason::value_invalid);
  reasons.add_if(body.getMinutes() > kMinutesPerDay, Reason::minutes_implausible);
  check_occasion(state, body.getOrder(), body.getSession(), day, reasons);
  check_against_duty(state, context, body, day, reasons);
  check_against_session(state, body, reasons);
}

void apply(State& state, const EventContext& context, schema::HoursRecorded::Reader body) {
  HoursRecord record;
  record.id = context.id;
  record.volunteer = VolunteerId{body.getVolunteer()};
  record.duty = EventId{body.getDuty()};
  record.day = stated_day(body.getDay(), context);
  record.minutes = body.getMinutes();
  record.recorder = context.actor();

  FactRow row = volunteer_row(state, context, record.volunteer);
  row.kind = state.intern("hours_recorded");
  row.attr = state.intern(name_of(body.getMethod()));
  row.group = body.getOrder() != 0 ? body.getOrder() : body.getSession();
  row.day = record.day.value;
  if (record.minutes <= kMinutesPerDay) row.minutes = row_minutes(record.minutes);
  state.facts.add(row);
  if (context.provisional) return;

  record.programme = programme_for(context, state.volunteers.find(record.volunteer));
  if (auto duty = state.volunteers.duties.find(record.duty);
      duty != state.volunteers.duties.end()) {
    insert_sorted(duty->second.records, record.id);
  }
  state.volunteers.hours.records.insert_or_assign(record.id, std::move(record));
}

// --- HoursConfirmed ----------------------------------------------------------------------------

namespace {

// I6: neither who wrote the hours down nor who served them decides about them. Shared devices name
// no person, so there the device must differ.
void check_decider(const State& state, const EventContext& context, const HoursRecord& record,
                   Reasons& reasons) {
  const PersonId served = person_of(state, record.volunteer);
  const bool nobody_named = record.recorder == 0 || context.actor() == 0;
  reasons.add_if(is_same_person(state, context.actor(), record.recorder) ||
                     is_same_person(state, context.actor(), served.value) ||
                     (nobody_named && device_of(record.id) == context.device),
                 Reason::not_independent);
}

}  // namespace

void admit(const State& state, const EventContext& context, schema::HoursConfirmed::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getRefusedMinutes() != 0 && body.getReason().size() == 0,
                 Reason::reason_missing);
  reasons.add_if(body.getAcceptedMinutes() > kMinutesPerDay, Reason::value_invalid);
  const EventId id{body.getRecord()};
  const HoursRecord* record = state.volunteers.hours.find_record(id);
  if (record == nullptr) return not_found(state, id.value, reasons);
  check_not_retracted(state, id.value, reasons);
  const std::uint64_t decided = std::uint64_t{body.getAcceptedMinutes()} + body.getRefusedMinutes();
  reasons.add_if(decided > record->minutes, Reason::minutes_exceed_record);
  reasons.add_if(decided < record->minutes, Reason::value_invalid);
  reasons.add_if(!record->decided_by.empty(), Reason::hours_already_confirmed);
  check_decider(state, context, *record, reasons);
}

void apply(State& state, const EventContext& context, schema::HoursConfirmed::Reader body) {
  HoursState& hours = state.volunteers.hours;
  const HoursDecision decision{EventId{body.getRecord()}, body.getAcceptedMinutes(),
                               body.getRefusedMinutes()};
  auto at = hours.records.find(decision.record);
  HoursRecord* record = at == hours.records.end() ? nullptr : &at->second;

  FactRow row =
      volunteer_row(state, context, record == nullptr ? VolunteerId{} : record->volunteer);
  row.kind = state.intern("hours");
  row.group = decision.record.value;
  row.minutes = row_minutes(decision.accepted);
  if (record != nullptr) row.day = record->day.value;
  state.facts.add(row);
  if (context.provisional || record == nullptr) return;

  insert_sorted(record->decided_by, context.id);
  hours.decisions.insert_or_assign(context.id, decision);
  insert_sorted(hours.confirmed[record->volunteer],
                ConfirmedHours{context.id, record->day, decision.accepted}, by_day);
}

// --- HoursCertificateIssued --------------------------------------------------------------------

namespace {

// 民政部令67号: the number, what was done, who issues it, who answers for it, who made it out,
// where to ask, and that it was posted.
void check_complete(schema::HoursCertificateIssued::Reader body, Reasons& reasons) {
  const bool posted = body.getDisclosure().size() != 0 && body.getDisclosedFromDay() != 0 &&
                      body.getDisclosedToDay() != 0;
  reasons.add_if(body.getNumber().size() == 0 || body.getContent().size() == 0 ||
                     body.getIssuer() == 0 || body.getHead() == 0 || body.getHandler() == 0 ||
                     body.getContact().size() == 0 || !posted,
                 Reason::certificate_incomplete);
  const std::int64_t days = std::int64_t{body.getDisclosedToDay()} - body.getDisclosedFromDay() + 1;
  reasons.add_if(posted && days < kPostedDaysMin, Reason::posted_too_briefly);
}

HoursCertificate certificate_of(const EventContext& context,
                                schema::HoursCertificateIssued::Reader body) {
  return {context.id, Day{body.getFromDay()}, Day{body.getToDay()}, body.getMinutes()};
}

}  // namespace

void admit(const State& state, const EventContext& context,
           schema::HoursCertificateIssued::Reader body, Reasons& reasons) {
  const HoursState& hours = state.volunteers.hours;
  const VolunteerId volunteer{body.getVolunteer()};
  check_volunteer(state, volunteer, reasons);
  check_known_organisation(state, OrganisationId{body.getIssuer()}, reasons);
  check_complete(body, reasons);
  check_interval(Day{body.getFromDay()}, Day{body.getToDay()}, reasons);
  reasons.add_if(body.getMinutes() == 0, Reason::value_invalid);
  if (body.getNumber().size() != 0) {
    auto taken = hours.certificate_numbers.find(std::string(view(body.getNumber())));
    reasons.add_if(taken != hours.certificate_numbers.end() && taken->second.front() != context.id,
                   Reason::certificate_number_taken);
  }
  // While something named has not arrived, what its volunteer served is not known either.
  if (reasons.has(Reason::orphan)) return;
  reasons.add_if(!hours.can_certify(volunteer, certificate_of(context, body)),
                 Reason::certificate_exceeds_hours);
}

void apply(State& state, const EventContext& context, schema::HoursCertificateIssued::Reader body) {
  const VolunteerId volunteer{body.getVolunteer()};
  FactRow row = volunteer_row(state, context, volunteer);
  row.kind = state.intern("hours_certificate");
  row.group = body.getIssuer();
  row.minutes = row_minutes(body.getMinutes());
  state.facts.add(row);
  if (context.provisional) return;

  HoursState& hours = state.volunteers.hours;
  insert_by_event(hours.certificates[volunteer], certificate_of(context, body));
  if (body.getNumber().size() == 0) return;
  insert_sorted(hours.certificate_numbers[std::string(view(body.getNumber()))], context.id);
}

// --- retraction --------------------------------------------------------------------------------

void take_back_hours_record(State& state, EventId event) {
  const HoursRecord* record = state.volunteers.hours.find_record(event);
  if (record == nullptr) return;
  auto duty = state.volunteers.duties.find(record->duty);
  if (duty != state.volunteers.duties.end()) erase_value(duty->second.records, event);
}

void take_back_hours_decision(State& state, EventId event) {
  HoursState& hours = state.volunteers.hours;
  auto decision = hours.decisions.find(event);
  if (decision == hours.decisions.end()) return;
  auto record = hours.records.find(decision->second.record);
  hours.decisions.erase(decision);
  if (record == hours.records.end()) return;
  erase_value(record->second.decided_by, event);
  auto confirmed = hours.confirmed.find(record->second.volunteer);
  if (confirmed == hours.confirmed.end()) return;
  erase_event(confirmed->second, event);
  if (confirmed->second.empty()) hours.confirmed.erase(confirmed);
}

void take_back_certificate(State& state, EventId event) {
  HoursState& hours = state.volunteers.hours;
  // Retractions are rare, so nothing is kept that would lead from the event to its entries.
  boost::unordered::erase_if(hours.certificates, [&](auto& entry) {
    return erase_event(entry.second, event) && entry.second.empty();
  });
  boost::unordered::erase_if(hours.certificate_numbers, [&](auto& entry) {
    return erase_value(entry.second, event) && entry.second.empty();
  });
}

}  // namespace houniao
