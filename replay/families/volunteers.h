// Family volunteers: enrolment, duty, insurance, training, and honours of persons and
// organisations. Hours with their certificates are in hours.h, points in points.h and
// redemptions.h; they are members of VolunteersState. Part of State; written by the one thread that
// folds the log.
//
// A person may be enrolled in several teams and is then several volunteers. Hours and points are
// kept per volunteer; those of a person are the sum over the person's enrolments and those of the
// persons linked with it (PersonLinkDecided), found when asked.
//
// Nothing in this header depends on the order of arrival. What does: the decision on hours
// (hours.h) and points (points.h).
//
// Rows of the fact table; a volunteer's subject is the person behind the enrolment:
//   VolunteerEnrolled   kind "volunteer", group the team
//   DutyCheckedIn       kind, attr the mode ("regular"), group the order, else the session, minutes
//                       between check-in and check-out
//   InsuranceCovered    kind "insurance", group the fund, a row for each one insured, day the first
//                       of the cover; the premium stands on the first row
//   TrainingCompleted   kind, attr the result ("passed"), group the session, a row for each person
//   HonourConferred     kind the title, attr the grade, subject the recipient, group the year that
//                       the honour is given for, day the day of conferment
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/dense_map.h"
#include "replay/families/hours.h"
#include "replay/families/people.h"
#include "replay/families/points.h"
#include "replay/short_list.h"
#include "replay/stable_map.h"
#include "replay/symbols.h"

namespace houniao {

class Reasons;
class State;
struct EventContext;
struct FactRow;
struct PolicyVersion;

struct Honour {
  EventId event;
  std::uint16_t year = 0;
  Symbol grade;
  Day day;
  std::string issuer;

  template <class Archive>
  void fields(Archive& a) {
    a(event, year, grade, day, issuer);
  }
};

struct Volunteer {
  VolunteerId id;
  PersonId person;
  OrganisationId team;
  VolunteerId referred_by;
  ProgrammeId programme;  // of the enrolment's envelope
  Day enrolled;
  BlindIndex number{};  // of the national volunteer number
  ShortList<Symbol, 1> skills;

  template <class Archive>
  void fields(Archive& a) {
    a(id, person, team, referred_by, programme, enrolled, number, skills);
  }
};

// The entity that a DutyCheckedIn creates.
struct Duty {
  EventId id;
  VolunteerId volunteer;
  Day day;
  std::uint16_t in_minute = 0;
  std::uint16_t out_minute = 0;   // 0 while nobody checked out
  ShortList<EventId, 1> records;  // HoursRecorded that come from it, ascending

  // What hours may come from it. Who never checked out stayed until midnight at most.
  std::uint32_t minutes() const;
  bool overlaps(std::uint16_t in, std::uint16_t out) const;
  template <class Archive>
  void fields(Archive& a) {
    a(id, volunteer, day, in_minute, out_minute, records);
  }
};

struct InsuranceCover {
  EventId event;
  Day from;
  Day to;  // inclusive

  template <class Archive>
  void fields(Archive& a) {
    a(event, from, to);
  }
};

struct Training {
  EventId event;
  Symbol kind;
  Day day;
  bool failed = false;

  template <class Archive>
  void fields(Archive& a) {
    a(event, kind, day, failed);
  }
};

struct VolunteersState {
  // (recipient, title) -> honours by event id
  boost::unordered_flat_map<std::pair<std::uint64_t, Symbol>, std::vector<Honour>> honours;
  EntityMap<VolunteerId, Volunteer> volunteers;
  // enrolments of one person, ascending, retracted ones among them
  StableMap<PersonId, ShortList<VolunteerId, 1>> by_person;
  EntityMap<EventId, Duty> duties;
  // duty of one volunteer on one day, ascending
  StableMap<std::pair<VolunteerId, std::int32_t>, ShortList<EventId, 1>> duties_on;
  boost::unordered_flat_map<VolunteerId, std::vector<InsuranceCover>> covers;  // by event id
  boost::unordered_flat_map<PersonId, std::vector<Training>> trainings;        // by event id
  HoursState hours;
  PointsState points;

  const Volunteer* find(VolunteerId id) const {
    auto at = volunteers.find(id);
    return at == volunteers.end() ? nullptr : &at->second;
  }
  const Duty* find_duty(EventId id) const {
    auto at = duties.find(id);
    return at == duties.end() ? nullptr : &at->second;
  }
  // I17, 志愿服务条例 17: accident insurance is in force on that day.
  bool is_insured(VolunteerId id, Day day) const;
  // Completed a training, whatever its kind, and did not fail it, by that day.
  bool is_trained(PersonId id, Day day) const;

  template <class Archive>
  void fields(Archive& a) {
    a(honours, volunteers, by_person, duties, duties_on, covers, trainings, hours, points);
  }
};

// --- queries -----------------------------------------------------------------------------------

// None when no such volunteer is in the state.
PersonId person_of(const State& state, VolunteerId id);
// Every enrolment of the person and of those linked with it, ascending.
std::vector<VolunteerId> volunteers_of(const State& state, PersonId person);
// Sums over volunteers_of().
std::int64_t points_balance(const State& state, PersonId person);
std::int64_t confirmed_minutes(const State& state, PersonId person, Day from, Day to);

// --- for the sources of this family ------------------------------------------------------------

// The enrolment that an event names: adds that it is not found or retracted; nullptr when it is not
// in the state.
const Volunteer* check_volunteer(const State& state, VolunteerId id, Reasons& reasons);
// An order or a session that something was done for, on that day; 0 passes.
void check_occasion(const State& state, std::uint64_t order, std::uint64_t session, Day day,
                    Reasons& reasons);
// A row of the fact table whose subject is the person behind the volunteer.
FactRow volunteer_row(const State& state, const EventContext& context, VolunteerId volunteer);
// Both are ids of staff or persons; 0 is nobody. Linked persons are one.
bool is_same_person(const State& state, std::uint64_t a, std::uint64_t b);
// The day that a body states, else the envelope's.
Day stated_day(std::int32_t day, const EventContext& context);
// The programme of the envelope, else that of the enrolment.
ProgrammeId programme_for(const EventContext& context, const Volunteer* volunteer);
// The rules for points and duty in force on a day; nullptr when there are none.
const PolicyVersion* points_policy(const State& state, ProgrammeId programme, Day day);

}  // namespace houniao
