// Family programmes: the service centres' programmes, their rules by version, and what they
// promised. Part of State; written by the one thread that folds the log.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "replay/statements.h"
#include "replay/symbols.h"

namespace houniao {

// An end that is still open, as Interval.toDay writes it.
inline constexpr Day kOpenEnd{std::numeric_limits<std::int32_t>::max()};

struct Programme {
  ProgrammeId id;
  Symbol code;
  ProgrammeId parent;
  std::string purpose;
  std::uint32_t region = 0;  // GB/T 2260
  Day from;
  Day to = kOpenEnd;
  std::string target_group;
  std::vector<std::uint64_t> partners;
  ScopeId scope;
  std::vector<Ending> closings;  // by event id

  Day closed_on() const { return end_day(closings); }  // its last day
  bool runs_on(Day day) const { return from <= day && day <= to && day <= closed_on(); }
  template <class Archive>
  void fields(Archive& a) {
    a(id, code, parent, purpose, region, from, to, target_group, partners, scope, closings);
  }
};

struct PolicyVersion {
  EventId event;
  ProgrammeId programme;
  std::uint16_t kind = 0;  // schema::PolicyVersionPublished::Kind
  std::uint32_t version = 0;
  Hash body_sha256;
  Day valid_from;
  std::uint8_t approval_levels = 0;
  std::uint16_t near_permille = 0;
  std::uint16_t about_permille = 0;
  std::uint32_t minutes_per_point = 0;   // of confirmed hours; 0: no points
  std::uint32_t points_per_day_max = 0;  // of one volunteer; 0: no limit
  std::uint8_t redemption_modes = 0;     // bits 1 online, 2 leased, 4 handed over; 0: any
  bool training_before_duty = false;

  template <class Archive>
  void fields(Archive& a) {
    a(event, programme, kind, version, body_sha256, valid_from, approval_levels, near_permille,
      about_permille, minutes_per_point, points_per_day_max, redemption_modes,
      training_before_duty);
  }
};

struct ObligationWaiver {
  EventId event;
  Day period_from;
  std::uint64_t approver = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(event, period_from, approver);
  }
};

struct Obligation {
  ObligationId id;
  ProgrammeId programme;
  Symbol code;
  Symbol event_type;           // name in the catalogue; none: SessionHeld and ServiceDelivered
  Symbol event_kind;           // none: any kind of the type
  std::uint16_t distinct = 0;  // schema::ObligationDefined::Distinct
  std::uint16_t period = 0;    // schema::ObligationDefined::Period
  std::int64_t threshold = 0;
  std::uint16_t per_scope = 0;  // schema::ObligationDefined::Per
  Day from;
  Day to = kOpenEnd;
  std::uint16_t grace_days = 0;
  bool evidence_needed = false;
  std::vector<ObligationWaiver> waivers;  // by event id

  template <class Archive>
  void fields(Archive& a) {
    a(id, programme, code, event_type, event_kind, distinct, period, threshold, per_scope, from, to,
      grace_days, evidence_needed, waivers);
  }
};

struct ProgrammesState {
  boost::unordered_flat_map<ProgrammeId, Programme> programmes;
  boost::unordered_flat_map<ScopeId, std::vector<EventId>> scopes;  // definitions, ascending
  std::vector<PolicyVersion> policies;                              // by event id
  boost::unordered_flat_map<ObligationId, Obligation> obligations;

  // The policy of this kind (a schema::PolicyVersionPublished::Kind) in force on a day: the highest
  // version whose validity has begun. nullptr when none is.
  const PolicyVersion* policy(ProgrammeId programme, std::uint16_t kind, Day day) const;
  bool has_policy_version(ProgrammeId programme, std::uint32_t version) const;

  template <class Archive>
  void fields(Archive& a) {
    a(programmes, scopes, policies, obligations);
  }
};

}  // namespace houniao
