#include "replay/state.h"

#include "replay/context.h"
#include "replay/statements.h"

namespace houniao {

// Dropping and moving hundreds of containers, compiled once.
State::State() = default;
State::~State() = default;
State::State(State&&) noexcept = default;
State& State::operator=(State&&) noexcept = default;

Statement statement_of(const EventContext& context) {
  Statement statement;
  statement.event = context.id;
  statement.day = context.occurred.value;
  statement.minute = context.event.getOccurredMinute();
  for (std::uint64_t cause : context.event.getCauses()) {
    if (cause != 0) statement.causes.push_back(cause);
  }
  return statement;
}

void not_found(const State& state, std::uint64_t id, Reasons& reasons) {
  if (id == 0) {
    reasons.add(Reason::value_invalid);
  } else if (state.in_force(EventId{id})) {
    reasons.add(Reason::wrong_reference);
  } else {
    reasons.orphan(id);
  }
}

namespace {

template <class Id>
bool check_known(const State& state, Id id, bool exists, Reasons& reasons) {
  if (!id) return false;
  if (!exists) {
    not_found(state, id.value, reasons);
    return false;
  }
  reasons.add_if(state.is_retracted(EventId{id.value}), Reason::target_retracted);
  return true;
}

}  // namespace

void check_known_person(const State& state, PersonId id, Reasons& reasons) {
  check_known(state, id, state.person(id) != nullptr, reasons);
}

void check_known_organisation(const State& state, OrganisationId id, Reasons& reasons) {
  check_known(state, id, state.organisation(id) != nullptr, reasons);
}

void check_known_programme(const State& state, ProgrammeId id, Reasons& reasons) {
  check_known(state, id, state.programme(id) != nullptr, reasons);
}

void check_known_site(const State& state, SiteId id, Reasons& reasons) {
  check_known(state, id, state.site(id) != nullptr, reasons);
}

void check_person(const State& state, const EventContext& context, PersonId id, Reasons& reasons) {
  const Person* person = state.person(id);
  if (!check_known(state, id, person != nullptr, reasons)) return;
  const Day day = context.occurred;
  reasons.add_if(person->erased || person->restricted, Reason::person_erased);
  reasons.add_if(day < person->registered, Reason::before_registration);
  if (person->status != 0) {
    reasons.add_if(state.people.is_gone(id, day), Reason::outside_life_time);
  }
  if (person->under14 && state.people.is_under14(*person, day)) {
    reasons.add_if(!state.people.has_guardian_consent(id, day), Reason::guardian_consent_missing);
  }
}

void check_site(const State& state, SiteId id, Day day, Reasons& reasons) {
  if (!check_known(state, id, state.site(id) != nullptr, reasons)) return;
  reasons.add_if(!state.sites.is_open(id, day), Reason::site_closed);
}

void check_staff(const State& state, std::uint64_t id, Day day, Reasons& reasons) {
  if (state.person(PersonId{id}) != nullptr) return;
  const Staff* staff = state.staff(StaffId{id});
  if (!check_known(state, StaffId{id}, staff != nullptr, reasons)) return;
  reasons.add_if(!staff->engaged_on(day), Reason::staff_not_engaged);
}

void check_vetted(const State& state, StaffId id, Day day, Reasons& reasons) {
  switch (state.workforce.vetting_on(id, day)) {
    case VettingStatus::clear:
      return;
    case VettingStatus::missing:
      reasons.add(Reason::staff_not_vetted);
      return;
    case VettingStatus::failed:
      reasons.add(Reason::vetting_failed);
      return;
  }
}

void check_interval(Day from, Day to, Reasons& reasons) {
  reasons.add_if(to < from, Reason::interval_invalid);
}

}  // namespace houniao
