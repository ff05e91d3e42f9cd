// Family cases: case work, from the file that is opened to the one that is closed or sealed, and
// who may read it. Part of State; written by the one thread that folds the log.
//
// What was said and found is only in Event.sealed, under the client's key. Here is what supervision
// and proof need, and of that only what a question is asked about: a district has a hundred
// thousand files, most of them without a single contact.
//
// Nothing in the state depends on the order of arrival, but for one thing: that the approver of an
// access decision is its reader can only be found as far as the state knows, when the decision
// arrives, which staff and person ids stand for one human being. Whether a file was sealed never
// holds a decision: a grant for a sealed file counts and opens nothing while the sealing stands.
//
// A reading is a fact, and every one is an event of its own; nothing but its row is kept (I14).
//
// Rows of the fact table, all with quantity 1 and the day that the event states:
//   CaseOpened              kind "case", attr the ground, subject the client, group the case, staff
//                           the worker
//   CaseContactLogged       kind the mode ("visit"), attr the ground of the case, subject the
//                           client, group the case, staff the worker, minutes
//   CaseReferred            kind "referral", attr the ground, subject the client, group the case,
//                           organisation the one referred to
//   MandatoryReportFiled    kind the authority ("police"), attr the ground stated, subject the
//                           child, group the case
//   CaseClosed              kind the outcome, attr the ground, subject the client, group the case,
//                           kFactEnded
//   SensitiveAccessDecided  kind "granted" or "refused", attr the purpose, subject the reader,
//                           group the record
//   SensitiveRecordRead     kind "read", attr the purpose, subject the person read about, group the
//                           record, staff the reader
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/dense_map.h"
#include "replay/short_list.h"
#include "replay/stable_map.h"
#include "replay/statements.h"
#include "replay/symbols.h"

namespace houniao {

class State;

struct Case {
  PersonId client;
  std::uint64_t worker = 0;  // staff or person
  std::uint64_t supervisor = 0;
  Symbol ground;
  Day opened;
  std::uint8_t risk = 0;  // schema::RiskLevel when opened; see CasesState::risk_of()

  template <class Archive>
  void fields(Archive& a) {
    a(client, worker, supervisor, ground, opened, risk);
  }
};
static_assert(sizeof(Case) <= 40, "the state holds one for every file of a district");

struct CaseContact {
  EventId event;
  std::uint64_t worker = 0;
  Day day;
  std::uint32_t minutes = 0;
  std::uint16_t mode = 0;  // schema::CaseContactLogged::Mode
  std::uint8_t risk = 0;   // schema::RiskLevel as found

  template <class Archive>
  void fields(Archive& a) {
    a(event, worker, day, minutes, mode, risk);
  }
};

struct CaseClosing {
  EventId event;
  Day day;
  Symbol outcome;
  bool sealed = false;

  template <class Archive>
  void fields(Archive& a) {
    a(event, day, outcome, sealed);
  }
};

struct MandatoryReport {
  EventId event;
  CaseId of_case;               // none when there was no case yet
  std::uint16_t authority = 0;  // schema::MandatoryReportFiled::Authority
  Day day;
  std::int16_t minute = -1;

  template <class Archive>
  void fields(Archive& a) {
    a(event, of_case, authority, day, minute);
  }
};

struct AccessDecision {
  Statement order;
  bool granted = false;
  Day until;  // inclusive
  std::uint64_t approver = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(order, granted, until, approver);
  }
};

struct CasesState {
  using ReaderAndRecord = std::pair<std::uint64_t, std::uint64_t>;

  EntityMap<CaseId, Case> cases;
  StableMap<CaseId, ShortList<CaseContact, 1>> contacts;  // by day, then event id
  StableMap<CaseId, ShortList<CaseClosing, 1>> closings;  // by day, then event id
  boost::unordered_flat_map<PersonId, std::vector<MandatoryReport>> reports;  // by event id
  // Settled: a decision comes after those that it names or that its device made before.
  boost::unordered_flat_map<ReaderAndRecord, std::vector<AccessDecision>> accesses;

  const Case* find(CaseId id) const {
    auto at = cases.find(id);
    return at == cases.end() ? nullptr : &at->second;
  }
  // By day, then event id. Valid until the next write.
  std::span<const CaseContact> contacts_of(CaseId id) const;
  // About this child, with or without a case, by event id. Valid until the next write.
  std::span<const MandatoryReport> reports_about(PersonId child) const;
  // The schema::RiskLevel in force: of the latest contact, else as it was when the case was opened.
  std::uint8_t risk_of(CaseId id) const;
  // Closed before that day. What is recorded of the day of closing still belongs to the case.
  bool is_closed(CaseId id, Day day) const;
  // From the day of a closing that seals: 预防未成年人犯罪法 59.
  bool is_sealed(CaseId id, Day day) const;
  // Whether a decision in force lets the reader see the record on that day, sealed or not. A
  // refusal that comes after a grant ends it.
  bool has_access(std::uint64_t reader, std::uint64_t record, Day day) const;

  template <class Archive>
  void fields(Archive& a) {
    a(cases, contacts, closings, reports, accesses);
  }
};

// Cases of a worker that are in force, opened by that day and not closed before it, ascending.
// Looks at every case.
std::vector<CaseId> open_cases_of(const State& state, std::uint64_t worker, Day day);
// I14: whether a reader (staff or person) may read a record (a case or a person) on a day: a
// decision in force says so, and the case is not sealed.
bool may_read(const State& state, std::uint64_t reader, std::uint64_t record, Day day);

}  // namespace houniao
