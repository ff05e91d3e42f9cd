// Family sessions: activities that are planned, held and attended. Part of State; written by the
// one thread that folds the log.
//
// One occasion is a plan and the session held on it, or a session that was never planned; it goes
// by the id of the plan where there is one. Rows of the fact table:
//   SessionHeld         kind of the session, attr its first tag, group the occasion, staff the
//   leader,
//                       quantity 1, minutes its length
//   AttendanceRecorded  kind of the session, attr the method ("qr"), group the occasion, a row for
//                       each person and one for the anonymous, minutes present
// A plan is a promise, not a fact: it has no row.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/symbols.h"

namespace houniao {

struct Session {
  SessionId id;
  bool held = false;  // false: planned
  SessionId plan;     // of a session held; none when it was not planned
  Symbol kind;
  SiteId site;
  ProgrammeId programme;
  Day day;
  std::uint16_t from_minute = 0;
  std::uint16_t to_minute = 0;
  std::uint32_t capacity = 0;         // of a plan; 0 when none was set
  std::uint32_t headcount = 0;        // of a session held
  std::uint16_t counting_method = 0;  // schema::SessionHeld::CountingMethod
  std::uint64_t leader = 0;
  ContractId contract;
  bool with_minors = false;

  SessionId occasion() const { return plan ? plan : id; }
  template <class Archive>
  void fields(Archive& a) {
    a(id, held, plan, kind, site, programme, day, from_minute, to_minute, capacity, headcount,
      counting_method, leader, contract, with_minors);
  }
};

// Somebody was somewhere: kept to find the same person in two places (A07).
struct Presence {
  EventId event;
  SessionId occasion;
  SiteId site;
  std::uint16_t from_minute = 0;
  std::uint16_t to_minute = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(event, occasion, site, from_minute, to_minute);
  }
};

struct SignIn {
  EventId event;
  std::uint64_t people = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(event, people);
  }
};

// Everybody who signed in at one occasion.
struct SignIns {
  std::uint64_t total = 0;
  std::vector<SignIn> entries;  // by event id

  template <class Archive>
  void fields(Archive& a) {
    a(total, entries);
  }
};

struct SessionsState {
  boost::unordered_flat_map<SessionId, Session> sessions;
  boost::unordered_flat_map<SessionId, std::vector<SessionId>> held_of_plan;  // ascending
  boost::unordered_flat_map<SessionId, SignIns> sign_ins;                     // by occasion
  // by person and day, each list by event id; only attendance with times
  boost::unordered_flat_map<std::pair<PersonId, std::int32_t>, std::vector<Presence>> presences;

  const Session* find(SessionId id) const {
    auto at = sessions.find(id);
    return at == sessions.end() ? nullptr : &at->second;
  }
  std::uint64_t sign_ins_of(SessionId occasion) const {
    auto at = sign_ins.find(occasion);
    return at == sign_ins.end() ? 0 : at->second.total;
  }

  template <class Archive>
  void fields(Archive& a) {
    a(sessions, held_of_plan, sign_ins, presences);
  }
};

}  // namespace houniao
