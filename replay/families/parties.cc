#include "replay/families/parties.h"

#include <algorithm>

#include "replay/families/delivery.h"

namespace houniao {

namespace {

bool is_employed(const State& state, std::uint64_t actor, OrganisationId party, Day day) {
  const std::uint64_t identity = identity_of(state, actor);
  const auto works = [&](const Staff& staff) {
    return staff.employer == party && staff.engaged_on(day);
  };
  return std::any_of(
      state.workforce.staff.begin(), state.workforce.staff.end(), [&](const auto& entry) {
        return works(entry.second) && identity_of(state, entry.first.value) == identity &&
               !state.is_retracted(EventId{entry.first.value});
      });
}

bool is_member(const State& state, PersonId person, OrganisationId party, Day day) {
  auto at = state.organisations.memberships.find({person.value, party.value});
  if (at == state.organisations.memberships.end()) return false;
  bool joined = false;
  for (const MembershipEntry& entry : at->second) {  // by day
    if (entry.day <= day) joined = entry.joined;
  }
  return joined;
}

// The list is by day, so of each post the last entry up to the day says whether it is held.
bool holds_post(const State& state, std::uint64_t identity, OrganisationId party, Day day) {
  auto at = state.organisations.appointments.find(party);
  if (at == state.organisations.appointments.end()) return false;
  std::vector<std::pair<Symbol, bool>> posts;
  for (const AppointmentEntry& entry : at->second) {
    if (entry.day > day || identity_of(state, entry.person) != identity) continue;
    auto post = std::find_if(posts.begin(), posts.end(),
                             [&](const auto& known) { return known.first == entry.post; });
    if (post == posts.end()) {
      posts.emplace_back(entry.post, entry.started);
    } else {
      post->second = entry.started;
    }
  }
  return std::any_of(posts.begin(), posts.end(), [](const auto& post) { return post.second; });
}

}  // namespace

void check_party(const State& state, std::uint64_t id, Reasons& reasons) {
  if (state.person(PersonId{id}) == nullptr && state.staff(StaffId{id}) == nullptr &&
      state.organisation(OrganisationId{id}) == nullptr) {
    return not_found(state, id, reasons);
  }
  check_not_retracted(state, id, reasons);
}

std::uint64_t identity_of(const State& state, std::uint64_t id) {
  if (const Staff* staff = state.staff(StaffId{id}); staff != nullptr && staff->person) {
    return state.people.representative_of(staff->person).value;
  }
  return state.people.representative_of(PersonId{id}).value;
}

bool same_party(const State& state, std::uint64_t a, std::uint64_t b) {
  return a == b || identity_of(state, a) == identity_of(state, b);
}

bool acts_for(const State& state, std::uint64_t actor, std::uint64_t party, Day day) {
  if (actor == 0 || party == 0) return false;
  if (same_party(state, actor, party)) return true;
  const OrganisationId organisation{party};
  if (state.organisation(organisation) == nullptr) return false;
  if (is_employed(state, actor, organisation, day)) return true;
  const std::uint64_t identity = identity_of(state, actor);
  if (holds_post(state, identity, organisation, day)) return true;
  const std::vector<PersonId> ids = state.people.linked(PersonId{identity});
  return std::any_of(ids.begin(), ids.end(), [&](PersonId id) {
    const Person* person = state.person(id);
    return is_member(state, id, organisation, day) ||
           (person != nullptr && person->basics.employer == organisation);
  });
}

}  // namespace houniao
