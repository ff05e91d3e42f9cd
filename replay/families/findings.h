// What auditors doubt and find, a part of the family audit: decisions about anomalies, findings and
// what was done about them. Part of State; written by the one thread that folds the log.
//
// An auditor may name any event that the log has, also one that is held, refused or retracted. What
// is proof of a remedy must be in force.
//
// Nothing in the state depends on the order of arrival: of several decisions about one anomaly the
// last by civil date is in force, then by event id; a finding is resolved from the earliest day of
// its resolutions. Rows of the fact table:
//   AnomalyDispositioned  kind the rule ("A03"), attr the verdict ("false_alarm"), group the first
//                         event of its evidence
//   FindingIssued         kind the code, attr the law, subject and organisation whoever is
//                         responsible, group the finding, amount
//   FindingResolved       kind the code, attr "in_time" or "late", subject, organisation and group
//                         as of the finding, kFactEnded: `current` over both types counts what is
//                         still open
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/families/sealing.h"
#include "replay/symbols.h"
#include "schema/catalogue.h"

namespace houniao {

class State;

struct AnomalyDisposition {
  EventId event;
  Symbol rule;
  std::uint32_t rule_version = 0;
  std::vector<EventId> evidence;  // ascending, each once
  std::uint16_t verdict = 0;      // schema::AnomalyDispositioned::Verdict
  std::string reason;
  std::uint64_t actor = 0;
  Day day;

  template <class Archive>
  void fields(Archive& a) {
    a(event, rule, rule_version, evidence, verdict, reason, actor, day);
  }
};

struct Finding {
  EventId id;
  Symbol code;
  std::string law;
  std::int64_t amount_fen = 0;
  std::vector<EventId> events;  // ascending, each once
  OrganisationId responsible;
  Day issued;
  Day deadline;
  std::uint64_t issuer = 0;  // 0 when a shared device names nobody

  template <class Archive>
  void fields(Archive& a) {
    a(id, code, law, amount_fen, events, responsible, issued, deadline, issuer);
  }
};

struct Resolution {
  EventId event;
  std::string action;
  std::vector<EventId> proof;  // ascending, each once
  std::uint64_t actor = 0;
  Day day;

  template <class Archive>
  void fields(Archive& a) {
    a(event, action, proof, actor, day);
  }
};

enum class FindingStatus : std::uint8_t { open, overdue, resolved };
std::string_view name_of(FindingStatus status);  // "overdue"

struct FindingsState {
  boost::unordered_flat_map<EventId, AnomalyDisposition> dispositions;
  // By rule and event of evidence: who decided about it, ascending.
  boost::unordered_flat_map<std::pair<Symbol, EventId>, std::vector<EventId>> by_anomaly;
  boost::unordered_flat_map<EventId, Finding> findings;
  boost::unordered_flat_map<EventId, std::vector<Resolution>> resolutions;  // by finding, event id
  SealsState seals;

  const Finding* find(EventId id) const {
    auto at = findings.find(id);
    return at == findings.end() ? nullptr : &at->second;
  }
  // The decision in force about an event that a rule doubts; nullptr while there is none.
  const AnomalyDisposition* disposition_of(Symbol rule, EventId evidence) const;
  // As it stood at the end of that day, which is not before the finding.
  FindingStatus status_on(const Finding& finding, Day day) const;

  template <class Archive>
  void fields(Archive& a) {
    a(dispositions, by_anomaly, findings, resolutions, seals);
  }
};

// Findings in force that were issued by that day and then stood so, ascending.
std::vector<EventId> findings_on(const State& state, FindingStatus status, Day day);

// True when the event was of one of the types of this file.
bool take_back_findings(State& state, EventId event, EventType type);

}  // namespace houniao
