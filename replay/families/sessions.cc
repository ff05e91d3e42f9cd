#include "replay/families/sessions.h"

#include "replay/families/delivery.h"

namespace houniao {

namespace {

constexpr std::uint16_t kMinutesPerDay = 24 * 60;

// Bit 0 of Site::open_weekdays is Monday; 1970-01-01 was a Thursday.
constexpr std::uint8_t weekday_bit(Day day) {
  const std::int32_t weekday = ((day.value + 3) % 7 + 7) % 7;
  return static_cast<std::uint8_t>(1u << weekday);
}

void check_times(std::uint16_t from, std::uint16_t to, Reasons& reasons) {
  reasons.add_if(from > kMinutesPerDay || to > kMinutesPerDay || to < from, Reason::time_invalid);
}

// A12: more people than the plan or the rooms of the site take.
void check_capacity(const State& state, const Session* plan, SiteId site, std::uint64_t people,
                    Reasons& reasons) {
  if (plan != nullptr && plan->capacity != 0 && people > plan->capacity) {
    reasons.add(Reason::over_capacity);
  }
  const Site* place = state.site(site);
  if (place != nullptr && place->capacity != 0 && people > place->capacity) {
    reasons.add(Reason::over_capacity);
  }
}

void check_opening_days(const State& state, SiteId site, Day day, Reasons& reasons) {
  const Site* place = state.site(site);
  if (place == nullptr || place->open_weekdays == 0) return;
  reasons.add_if((place->open_weekdays & weekday_bit(day)) == 0, Reason::outside_opening_hours);
}

bool overlap(std::uint16_t from_a, std::uint16_t to_a, std::uint16_t from_b, std::uint16_t to_b) {
  return from_a < to_b && from_b < to_a;
}

const Session* plan_of(const State& state, const Session& session) {
  return session.held ? state.sessions.find(session.plan) : &session;
}

// Counts only where people signed in or were counted; an estimate says little about sign-ins.
bool is_exact(std::uint16_t counting_method) {
  return counting_method ==
             static_cast<std::uint16_t>(schema::SessionHeld::CountingMethod::SIGN_IN) ||
         counting_method ==
             static_cast<std::uint16_t>(schema::SessionHeld::CountingMethod::COUNTED);
}

std::uint16_t minutes_between(std::uint16_t from, std::uint16_t to) {
  return from <= to && to <= kMinutesPerDay ? static_cast<std::uint16_t>(to - from)
                                            : std::uint16_t{0};
}

std::string_view name_of(schema::AttendanceRecorded::Method method) {
  switch (method) {
    case schema::AttendanceRecorded::Method::QR:
      return "qr";
    case schema::AttendanceRecorded::Method::NFC:
      return "nfc";
    case schema::AttendanceRecorded::Method::FACE_TO_FACE:
      return "face_to_face";
    case schema::AttendanceRecorded::Method::SHEET:
      return "sheet";
    case schema::AttendanceRecorded::Method::ADMIN:
      return "admin";
  }
  return "unknown";
}

void check_two_places(const State& state, const EventContext& context, PersonId person,
                      const Session& session, SiteId site, std::uint16_t from, std::uint16_t to,
                      Reasons& reasons) {
  auto at = state.sessions.presences.find({person, context.occurred.value});
  if (at == state.sessions.presences.end()) return;
  for (const Presence& other : at->second) {
    if (other.occasion == session.occasion() || other.event == context.id) continue;
    if (!site || !other.site || other.site == site) continue;
    if (overlap(from, to, other.from_minute, other.to_minute)) reasons.add(Reason::two_places);
  }
}

SiteId site_of(const EventContext& context, const Session* session) {
  const SiteId own{context.event.getSite()};
  return own || session == nullptr ? own : session->site;
}

}  // namespace

void admit(const State& state, const EventContext& context, schema::SessionPlanned::Reader body,
           Reasons& reasons) {
  const Day day{body.getDay()};
  const SiteId site{context.event.getSite()};
  reasons.add_if(body.getKind().size() == 0, Reason::text_missing);
  check_times(body.getFromMinute(), body.getToMinute(), reasons);
  check_delivery(state, context, day, reasons);
  check_opening_days(state, site, day, reasons);
  check_capacity(state, nullptr, site, body.getCapacity(), reasons);
  if (body.getLeader() != 0) check_staff(state, body.getLeader(), day, reasons);
  if (body.getWithMinors() && state.staff(StaffId{body.getLeader()}) != nullptr) {
    check_vetted(state, StaffId{body.getLeader()}, day, reasons);
  }
  if (const ObligationId obligation{body.getObligation()};
      obligation && !state.programmes.obligations.contains(obligation)) {
    not_found(state, obligation.value, reasons);
  }
  check_contract(state, ContractId{body.getContract()}, day, reasons);
  check_shares(state, body.getShares(), reasons);
}

void apply(State& state, const EventContext& context, schema::SessionPlanned::Reader body) {
  if (context.provisional) return;
  Session session;
  session.id = entity_cast<SessionId>(context.id);
  session.kind = state.intern(view(body.getKind()));
  session.site = SiteId{context.event.getSite()};
  session.programme = ProgrammeId{context.event.getProgramme()};
  session.day = Day{body.getDay()};
  session.from_minute = body.getFromMinute();
  session.to_minute = body.getToMinute();
  session.capacity = body.getCapacity();
  session.leader = body.getLeader();
  session.contract = ContractId{body.getContract()};
  session.with_minors = body.getWithMinors();
  state.sessions.sessions.insert_or_assign(session.id, session);
  keep_shares(state, context.id, body.getShares());
}

void admit(const State& state, const EventContext& context, schema::SessionHeld::Reader body,
           Reasons& reasons) {
  const SiteId site{context.event.getSite()};
  const Session* plan = nullptr;
  reasons.add_if(body.getKind().size() == 0, Reason::text_missing);
  check_times(body.getFromMinute(), body.getToMinute(), reasons);
  if (const SessionId planned{body.getPlanned()}; planned) {
    plan = state.sessions.find(planned);
    if (plan == nullptr || plan->held) {
      not_found(state, planned.value, reasons);
      plan = nullptr;
    } else {
      check_not_retracted(state, planned.value, reasons);
      reasons.add_if(plan->day != context.occurred, Reason::outside_session_day);
      auto held = state.sessions.held_of_plan.find(planned);
      reasons.add_if(held != state.sessions.held_of_plan.end() && !held->second.empty() &&
                         held->second.front() != entity_cast<SessionId>(context.id),
                     Reason::session_held_twice);
      reasons.add_if(is_exact(static_cast<std::uint16_t>(body.getCountingMethod())) &&
                         state.sessions.sign_ins_of(planned) > body.getHeadcount(),
                     Reason::headcount_mismatch);
    }
  }
  check_delivery(state, context, context.occurred, reasons);
  check_opening_days(state, site, context.occurred, reasons);
  check_capacity(state, plan, site, body.getHeadcount(), reasons);
  if (body.getLeader() != 0) check_staff(state, body.getLeader(), context.occurred, reasons);
  if (plan != nullptr && plan->with_minors && state.staff(StaffId{body.getLeader()}) != nullptr) {
    check_vetted(state, StaffId{body.getLeader()}, context.occurred, reasons);
  }
  check_contract(state, ContractId{body.getContract()}, context.occurred, reasons);
}

void apply(State& state, const EventContext& context, schema::SessionHeld::Reader body) {
  Session session;
  session.id = entity_cast<SessionId>(context.id);
  session.held = true;
  session.plan = SessionId{body.getPlanned()};
  session.kind = state.intern(view(body.getKind()));

  FactRow row = start_row(context);
  row.kind = session.kind;
  if (body.getTags().size() != 0) {
    row.attr = state.intern(view(body.getTags()[0]));
  }
  row.group = session.occasion().value;
  if (body.getLeader() != 0) row.staff = body.getLeader();
  row.minutes = minutes_between(body.getFromMinute(), body.getToMinute());
  state.facts.add(row);
  if (context.provisional) return;

  session.site = SiteId{context.event.getSite()};
  session.programme = ProgrammeId{context.event.getProgramme()};
  session.day = context.occurred;
  session.from_minute = body.getFromMinute();
  session.to_minute = body.getToMinute();
  session.headcount = body.getHeadcount();
  session.counting_method = static_cast<std::uint16_t>(body.getCountingMethod());
  session.leader = body.getLeader();
  session.contract = ContractId{body.getContract()};
  state.sessions.sessions.insert_or_assign(session.id, session);
  if (session.plan) insert_sorted(state.sessions.held_of_plan[session.plan], session.id);
  keep_evidence(state, context);
}

void admit(const State& state, const EventContext& context, schema::AttendanceRecorded::Reader body,
           Reasons& reasons) {
  const auto persons = body.getPersons();
  const std::vector<std::uint64_t> distinct = distinct_persons(persons);
  reasons.add_if(distinct.size() < persons.size(), Reason::person_listed_twice);
  reasons.add_if(distinct.empty() && body.getAnonymous() == 0, Reason::nobody_served);
  const std::uint16_t from = body.getInMinute();
  const std::uint16_t to = body.getOutMinute();
  check_times(from, to, reasons);
  check_delivery(state, context, context.occurred, reasons);
  for (std::uint64_t person : distinct) check_person(state, context, PersonId{person}, reasons);

  const SessionId id{body.getSession()};
  const Session* session = state.sessions.find(id);
  if (session == nullptr) {
    not_found(state, id.value, reasons);
    return;
  }
  check_not_retracted(state, id.value, reasons);
  reasons.add_if(session->day != context.occurred, Reason::outside_session_day);
  const std::uint64_t people = state.sessions.sign_ins_of(session->occasion()) + distinct.size() +
                               std::uint64_t{body.getAnonymous()};
  check_capacity(state, plan_of(state, *session), session->site, people, reasons);
  reasons.add_if(session->held && is_exact(session->counting_method) && people > session->headcount,
                 Reason::headcount_mismatch);
  const SiteId site = site_of(context, session);
  for (std::uint64_t person : distinct) {
    check_two_places(state, context, PersonId{person}, *session, site, from, to, reasons);
  }
}

void apply(State& state, const EventContext& context, schema::AttendanceRecorded::Reader body) {
  const SessionId id{body.getSession()};
  const Session* session = state.sessions.find(id);
  const std::vector<std::uint64_t> persons = distinct_persons(body.getPersons());
  FactRow row = start_row(context);
  if (session != nullptr) row.kind = session->kind;
  row.attr = state.intern(name_of(body.getMethod()));
  row.site = site_of(context, session).value;
  row.group = session != nullptr ? session->occasion().value : id.value;
  row.minutes = minutes_between(body.getInMinute(), body.getOutMinute());
  for (std::uint64_t person : persons) {
    row.subject = person;
    state.facts.add(row);
  }
  if (body.getAnonymous() != 0) {
    row.subject = 0;
    row.quantity = body.getAnonymous();
    row.flags |= kFactAnonymous;
    state.facts.add(row);
  }
  if (context.provisional || session == nullptr) return;

  const SessionId occasion = session->occasion();
  const std::uint64_t people = persons.size() + std::uint64_t{body.getAnonymous()};
  SignIns& sign_ins = state.sessions.sign_ins[occasion];
  sign_ins.total += people;
  insert_by_event(sign_ins.entries, SignIn{context.id, people});
  keep_evidence(state, context);
  if (row.minutes == 0) return;
  for (std::uint64_t person : persons) {
    insert_by_event(
        state.sessions.presences[{PersonId{person}, context.occurred.value}],
        Presence{context.id, occasion, SiteId{row.site}, body.getInMinute(), body.getOutMinute()});
  }
}

void take_back_sessions(State& state, EventId event, EventType type) {
  SessionsState& sessions = state.sessions;
  forget_evidence(state, event);
  if (type == schema::Event::Body::SESSION_HELD) {
    const Session* session = sessions.find(entity_cast<SessionId>(event));
    auto held = session == nullptr ? sessions.held_of_plan.end()
                                   : sessions.held_of_plan.find(session->plan);
    if (held == sessions.held_of_plan.end()) return;
    std::erase(held->second, session->id);
    if (held->second.empty()) sessions.held_of_plan.erase(held);
  }
  if (type != schema::Event::Body::ATTENDANCE_RECORDED) return;
  // Retractions are rare, so nothing is kept that would lead from the event to its entries.
  boost::unordered::erase_if(sessions.sign_ins, [&](auto& entry) {
    SignIns& sign_ins = entry.second;
    for (const SignIn& sign_in : sign_ins.entries) {
      if (sign_in.event == event) sign_ins.total -= sign_in.people;
    }
    return erase_event(sign_ins.entries, event) && sign_ins.entries.empty();
  });
  boost::unordered::erase_if(sessions.presences, [&](auto& entry) {
    return erase_event(entry.second, event) && entry.second.empty();
  });
}

}  // namespace houniao
