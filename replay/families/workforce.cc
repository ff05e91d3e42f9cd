#include "replay/families/workforce.h"

#include <algorithm>

#include "replay/dispatch.h"
#include "schema/codec.h"

namespace houniao {

namespace {

// 未成年人保护法 62: checked at hire and every year; a leap year is still a year.
constexpr std::int64_t kVettingDays = 366;

// Adds the reasons for a staff member who is named; nullptr when not in the state.
const Staff* check_member(const State& state, StaffId id, Reasons& reasons) {
  const Staff* staff = state.staff(id);
  if (staff == nullptr) {
    not_found(state, id.value, reasons);
    return nullptr;
  }
  reasons.add_if(state.is_retracted(EventId{id.value}), Reason::target_retracted);
  return staff;
}

FactRow staff_row(const State& state, const EventContext& context, std::uint64_t id) {
  FactRow row = start_row(context);
  row.staff = id;
  row.subject = id;
  if (const Staff* staff = state.staff(StaffId{id}); staff != nullptr) {
    if (staff->person) row.subject = staff->person.value;
    if (staff->employer) row.organisation = staff->employer.value;
  }
  return row;
}

}  // namespace

VettingStatus WorkforceState::vetting_on(StaffId id, Day day) const {
  const Staff* member = find(id);
  if (member == nullptr) return VettingStatus::missing;
  const Vetting* last = nullptr;
  for (const Vetting& vetting : member->vettings) {
    if (vetting.day <= day) last = &vetting;
  }
  if (last == nullptr) return VettingStatus::missing;
  if (!last->clear) return VettingStatus::failed;
  return std::int64_t{day.value} - last->day.value > kVettingDays ? VettingStatus::missing
                                                                  : VettingStatus::clear;
}

void admit(const State& state, const EventContext& context, schema::StaffEngaged::Reader body,
           Reasons& reasons) {
  check_known_person(state, PersonId{body.getPerson()}, reasons);
  const OrganisationId employer{body.getEmployer()};
  check_known_organisation(state, employer, reasons);
  reasons.add_if(employer && state.organisation(employer) != nullptr &&
                     !state.organisations.is_active(employer, context.occurred),
                 Reason::organisation_not_active);
}

void apply(State& state, const EventContext& context, schema::StaffEngaged::Reader body) {
  Staff staff;
  staff.id = entity_cast<StaffId>(context.id);
  staff.person = PersonId{body.getPerson()};
  staff.employer = OrganisationId{body.getEmployer()};
  staff.full_time = body.getFullTime();
  staff.channel = state.intern(to_view(body.getChannel()));
  staff.post = state.intern(to_view(body.getPost()));
  staff.qualification = state.intern(to_view(body.getQualification()));
  staff.contract = ContractId{body.getContract()};
  staff.fund = FundId{body.getFund()};
  staff.from = Day{body.getFromDay()};

  FactRow row = start_row(context);
  row.kind = staff.post;
  row.attr = state.intern(staff.full_time ? "full_time" : "part_time");
  row.staff = context.id.value;
  row.subject = staff.person ? staff.person.value : context.id.value;
  if (staff.employer) row.organisation = staff.employer.value;
  row.day = body.getFromDay();
  state.facts.add(row);
  state.workforce.staff.insert_or_assign(staff.id, std::move(staff));
}

void admit(const State& state, const EventContext&, schema::StaffReleased::Reader body,
           Reasons& reasons) {
  const Staff* staff = check_member(state, StaffId{body.getStaff()}, reasons);
  if (staff == nullptr) return;
  check_interval(staff->from, Day{body.getDay()}, reasons);
  reasons.add_if(!staff->releases.empty(), Reason::already_ended);
}

void apply(State& state, const EventContext& context, schema::StaffReleased::Reader body) {
  FactRow row = staff_row(state, context, body.getStaff());
  row.day = body.getDay();
  row.flags |= kFactEnded;
  state.facts.add(row);
  auto at = state.workforce.staff.find(StaffId{body.getStaff()});
  if (at == state.workforce.staff.end()) return;
  insert_by_event(at->second.releases, Ending{context.id, Day{body.getDay()}});
}

void admit(const State& state, const EventContext& context, schema::StaffVetted::Reader body,
           Reasons& reasons) {
  check_member(state, StaffId{body.getStaff()}, reasons);
  check_interval(Day{body.getDay()}, context.occurred, reasons);
  // I6: nobody vets themselves.
  reasons.add_if(context.actor() != 0 && context.actor() == body.getStaff(),
                 Reason::not_independent);
}

void apply(State& state, const EventContext& context, schema::StaffVetted::Reader body) {
  FactRow row = staff_row(state, context, body.getStaff());
  row.kind = state.intern(body.getClear() ? "clear" : "not_clear");
  row.day = body.getDay();
  state.facts.add(row);
  auto at = state.workforce.staff.find(StaffId{body.getStaff()});
  if (at == state.workforce.staff.end()) return;
  const Vetting vetting{context.id, body.getClear(), Day{body.getDay()}};
  std::vector<Vetting>& list = at->second.vettings;
  list.insert(std::upper_bound(list.begin(), list.end(), vetting,
                               [](const Vetting& a, const Vetting& b) {
                                 return a.day != b.day ? a.day < b.day : a.event < b.event;
                               }),
              vetting);
}

void admit(const State& state, const EventContext&, schema::StaffPlaced::Reader body,
           Reasons& reasons) {
  const Day from{body.getInterval().getFromDay()};
  const Day to{body.getInterval().getToDay()};
  const Staff* staff = check_member(state, StaffId{body.getStaff()}, reasons);
  reasons.add_if(staff != nullptr && !staff->engaged_on(from), Reason::staff_not_engaged);
  reasons.add_if(body.getSite() == 0, Reason::value_invalid);
  check_site(state, SiteId{body.getSite()}, from, reasons);
  check_interval(from, to, reasons);
}

void apply(State& state, const EventContext& context, schema::StaffPlaced::Reader body) {
  const Symbol purpose = state.intern(to_view(body.getPurpose()));
  FactRow row = staff_row(state, context, body.getStaff());
  row.kind = purpose;
  row.site = body.getSite();
  row.day = body.getInterval().getFromDay();
  state.facts.add(row);
  if (context.provisional) return;
  auto at = state.workforce.staff.find(StaffId{body.getStaff()});
  if (at == state.workforce.staff.end()) return;
  insert_by_event(at->second.placements, Placement{context.id, SiteId{body.getSite()}, purpose,
                                                   Day{body.getInterval().getFromDay()},
                                                   Day{body.getInterval().getToDay()}});
}

void take_back_workforce(State& state, EventId event, EventType type) {
  for (auto& [id, staff] : state.workforce.staff) {
    bool found = false;
    switch (type) {
      case schema::Event::Body::STAFF_RELEASED:
        found = erase_event(staff.releases, event);
        break;
      case schema::Event::Body::STAFF_VETTED:
        found = erase_event(staff.vettings, event);
        break;
      case schema::Event::Body::STAFF_PLACED:
        found = erase_event(staff.placements, event);
        break;
      default:
        return;
    }
    if (found) return;
  }
}

}  // namespace houniao
