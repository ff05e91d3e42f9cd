// Family services: what was done for people, certificates handled for them, money held for them.
// Part of State; written by the one thread that folds the log.
//
// Rows of the fact table:
//   ServiceDelivered      kind, attr the unit; a row for each person (quantity 1) and one for the
//                         anonymous (quantity n). Without either, one row with the quantity stated:
//                         material handed out, or the total that another body reported (kFactBulk,
//                         organisation is then that body). group is the asset handed out, else the
//                         contract. Minutes are those of the delivery and stand on its first row.
//   AgencyCaseOpened      kind "agency_case", attr the certificate, group the case, amount the fee
//   AgencyCaseProgressed  kind the stage ("issued"), attr the certificate, group the case
//   CustodyMoneyMoved     kind the direction ("received"), subject the client, group the case
//   OutcomeConfirmed      kind ("job"), subject the person, group the counterparty. A follow-up has
//                         kind "<kind>_follow_up" and attr the days, so it never counts twice
//   EvidenceAttached      kind "evidence", attr the media type, group the event it belongs to
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "replay/dense_map.h"
#include "replay/short_list.h"
#include "replay/stable_map.h"
#include "replay/symbols.h"

namespace houniao {

struct CaseStage {
  EventId event;
  std::uint16_t stage = 0;  // schema::AgencyCaseProgressed::Stage
  Day day;

  template <class Archive>
  void fields(Archive& a) {
    a(event, stage, day);
  }
};

// A certificate that is obtained for a client.
struct AgencyCase {
  AgencyCaseId id;
  PersonId person;
  Symbol certificate;
  Symbol destination;
  std::uint32_t destination_region = 0;
  std::int64_t fee_fen = 0;
  Day opened;
  ShortList<CaseStage, 2> stages;  // by day, then event id

  // The stage in force; nullptr while nothing was submitted.
  const CaseStage* latest() const { return stages.empty() ? nullptr : &stages.back(); }
  template <class Archive>
  void fields(Archive& a) {
    a(id, person, certificate, destination, destination_region, fee_fen, opened, stages);
  }
};
std::string_view name_of_stage(std::uint16_t stage);  // "handed_over"

struct OutcomeEntry {
  EventId event;
  Day day;
  std::uint16_t follow_up_days = 0;
  std::uint64_t counterparty = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(event, day, follow_up_days, counterparty);
  }
};

struct EvidenceUse {
  EventId event;   // the EvidenceAttached
  EventId target;  // what it belongs to

  template <class Archive>
  void fields(Archive& a) {
    a(event, target);
  }
};

struct EvidenceHash {
  std::size_t operator()(const Hash& hash) const {
    std::size_t h = 0;
    std::memcpy(&h, hash.bytes.data(), sizeof h);
    return h;
  }
};

struct ServicesState {
  EntityMap<AgencyCaseId, AgencyCase> cases;
  // cases of one person for one certificate, ascending (A31)
  StableMap<std::pair<PersonId, Symbol>, ShortList<AgencyCaseId, 1>> by_certificate;
  // what came of it for one person, by kind; each list by event id
  boost::unordered_flat_map<std::pair<PersonId, Symbol>, std::vector<OutcomeEntry>> outcomes;
  // by SHA-256 of the blob; each list by event id (A18)
  boost::unordered_flat_map<Hash, std::vector<EvidenceUse>, EvidenceHash> evidence;

  const AgencyCase* find(AgencyCaseId id) const {
    auto at = cases.find(id);
    return at == cases.end() ? nullptr : &at->second;
  }

  template <class Archive>
  void fields(Archive& a) {
    a(cases, by_certificate, outcomes, evidence);
  }
};

}  // namespace houniao
