// Hours of volunteers: what was recorded, what a second person confirmed, and the certificates over
// it. A part of VolunteersState; written by the one thread that folds the log.
//
// Order of arrival. Hours are decided once: of two decisions on one record the one that comes first
// counts and the other is held. Certificates give out confirmed minutes, so of two that do not fit
// together the first record counts; the same holds for the number of a certificate.
//
// A confirmation stands until it is retracted itself, also when the record that it decides about is
// retracted. Retracting it takes the minutes away and leaves certificates as they are; whether they
// are still covered is certificates_hold().
//
// Rows of the fact table; subject is the person behind the volunteer:
//   HoursRecorded           kind "hours_recorded", attr the method ("leader_counted"), group the
//                           order, else the session, minutes as stated
//   HoursConfirmed          kind "hours", group the record, minutes accepted, on the day of service
//   HoursCertificateIssued  kind "hours_certificate", group the issuer, minutes certified
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/dense_map.h"
#include "replay/short_list.h"
#include "replay/stable_map.h"

namespace houniao {

class State;

// The entity that an HoursRecorded creates.
struct HoursRecord {
  EventId id;
  VolunteerId volunteer;
  ProgrammeId programme;  // whose rules give points for it
  EventId duty;           // none for an entry by hand
  Day day;
  std::uint32_t minutes = 0;  // as stated
  std::uint64_t recorder = 0;
  ShortList<EventId, 1> decided_by;   // HoursConfirmed in force, ascending
  ShortList<EventId, 1> credited_by;  // PointsEarned in force, ascending

  template <class Archive>
  void fields(Archive& a) {
    a(id, volunteer, programme, duty, day, minutes, recorder, decided_by, credited_by);
  }
};

// What an HoursConfirmed in force decided.
struct HoursDecision {
  EventId record;
  std::uint32_t accepted = 0;
  std::uint32_t refused = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(record, accepted, refused);
  }
};

// Accepted minutes of a volunteer.
struct ConfirmedHours {
  EventId event;  // the HoursConfirmed
  Day day;        // of service
  std::uint32_t minutes = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(event, day, minutes);
  }
};

struct HoursCertificate {
  EventId event;
  Day from;
  Day to;  // inclusive
  std::uint32_t minutes = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(event, from, to, minutes);
  }
};

struct HoursState {
  EntityMap<EventId, HoursRecord> records;
  StableMap<EventId, HoursDecision> decisions;
  StableMap<VolunteerId, std::vector<ConfirmedHours>> confirmed;  // by day, then event id
  boost::unordered_flat_map<VolunteerId, std::vector<HoursCertificate>> certificates;  // by event
  boost::unordered_flat_map<std::string, std::vector<EventId>> certificate_numbers;    // ascending

  const HoursRecord* find_record(EventId id) const {
    auto at = records.find(id);
    return at == records.end() ? nullptr : &at->second;
  }
  const HoursDecision* find_decision(EventId id) const {
    auto at = decisions.find(id);
    return at == decisions.end() ? nullptr : &at->second;
  }
  // Accepted minutes of days in the period, both ends included.
  std::int64_t confirmed_minutes(VolunteerId volunteer, Day from, Day to) const;
  // I25: whether the certificate fits beside the volunteer's others: each certified minute has a
  // confirmed one of its own within the period of its certificate.
  bool can_certify(VolunteerId volunteer, const HoursCertificate& certificate) const;
  // Whether that is so for all of them.
  bool certificates_hold(VolunteerId volunteer) const;

  template <class Archive>
  void fields(Archive& a) {
    a(records, decisions, confirmed, certificates, certificate_numbers);
  }
};

// What take_back_volunteers() does for a retracted HoursRecorded, HoursConfirmed and
// HoursCertificateIssued.
void take_back_hours_record(State& state, EventId event);
void take_back_hours_decision(State& state, EventId event);
void take_back_certificate(State& state, EventId event);

}  // namespace houniao
