// What the plants of the rules A01 to A13 share: short forms of events of which every part may be
// out of the ordinary. Internal to tools/sandbox; each puts one event on the pile of a tablet.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/sandbox/plant.h"
#include "tools/sandbox/yard.h"

namespace houniao::sandbox::deliveries {

using Ids = std::vector<EventId>;
using Plants = std::vector<Plant>;

void fraud(Plants& out, std::uint16_t rule, std::string zh, std::string en, Ids events);
void honest(Plants& out, std::uint16_t rule, std::string zh, std::string en, Ids events);

// The n-th day of the yard, from 0.
inline Day day(const Yard& yard, std::int64_t n) { return stage::days_after(yard.opened, n); }
template <class Id>
EventId event_of(Id id) {
  return EventId{id.value};
}

// An event whose envelope says what the members say; by default that of the tablet.
struct Stamp {
  stage::Tablet* tablet = nullptr;
  std::optional<Day> when;  // none: the tablet's own civil day, outside the yard's programme
  int minute = -1;
  schema::Source source = schema::Source::IMPORTED;
  std::optional<SiteId> site;
  std::optional<OrganisationId> organisation;
  std::optional<ProgrammeId> programme;
};
EventId record(const Stamp& stamp, stage::Tablet::Fill body);

// --- people --------------------------------------------------------------------------------------

// An identity without a document: a name and a phone.
stage::Identity without_document(Yard& yard);
EventId change_person_status(stage::Tablet& tablet, Day when, PersonId person,
                             schema::PersonStatusChanged::Status status);

// --- delivery ------------------------------------------------------------------------------------

struct Visit {
  Stamp stamp;
  std::vector<PersonId> persons;
  std::string kind = "home_visit";
  std::uint32_t minutes = 30;
  StaffId staff;
  ContractId contract;
  std::uint32_t anonymous = 0;
  std::vector<std::pair<FundId, std::uint16_t>> shares = {};
};
EventId visit(const Visit& draft);
// By one of the yard's workers at that worker's site.
Stamp stamp_of(const Yard& yard, int worker, Day when, int minute = -1);

struct Gathering {
  Stamp stamp;
  std::string kind = "weekend_class";
  std::uint32_t headcount = 0;
  schema::SessionHeld::CountingMethod method = schema::SessionHeld::CountingMethod::COUNTED;
  int from_minute = 14 * 60;
  int to_minute = 16 * 60;
  std::uint64_t leader = 0;
};
SessionId gather(const Gathering& draft);
// Signs in at a session with times; without persons `anonymous` people.
EventId sign_in(const Stamp& stamp, SessionId session, const std::vector<PersonId>& persons,
                int in_minute, int out_minute, std::uint32_t anonymous = 0);

// --- places --------------------------------------------------------------------------------------

struct Opening {
  std::string name;
  int first_weekday = 1;  // open from this weekday to Sunday; 1 is Monday
  std::uint32_t capacity = 60;
};
SiteId open_site(Yard& yard, const Opening& opening);
EventId change_site(Yard& yard, Day from, Day to, SiteId site,
                    schema::SiteStatusChanged::Status status, OrganisationId operated_by = {});

// --- money ---------------------------------------------------------------------------------------

// Claims `quantity` visits of a contract of the yard.
MilestoneId claim(Yard& yard, Day when, ContractId contract, std::int64_t quantity,
                  const Ids& units, schema::Source source = schema::Source::IMPORTED);
// Reviewed by `second_supervisor`.
EventId review(Yard& yard, Day when, MilestoneId milestone, std::int64_t accepted,
               std::int64_t refused, std::int64_t fen);

}  // namespace houniao::sandbox::deliveries

namespace houniao::sandbox {

Result<void> plant_a01(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a02(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a03(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a04(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a05(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a06(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a07(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a08(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a09(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a10(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a11(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a12(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a13(Yard& yard, std::vector<Plant>& out);

}  // namespace houniao::sandbox
