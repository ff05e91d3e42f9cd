// Family organisations: bodies, their credentials and state of life, members, posts and agreements.
// Part of State; written by the one thread that folds the log.
//
// Where several events speak about one thing, all are kept and the last by civil date is in force
// (then by event id), so that the order of arrival does not matter.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/short_list.h"
#include "replay/stable_map.h"
#include "replay/statements.h"
#include "replay/symbols.h"

namespace houniao {

struct OrganisationStatusEntry {
  EventId event;
  std::uint16_t status = 0;  // schema::OrganisationStatusChanged::Status
  Day day;

  template <class Archive>
  void fields(Archive& a) {
    a(event, status, day);
  }
};

struct Credential {
  EventId event;
  std::uint16_t kind = 0;  // schema::OrganisationCredentialRecorded::Kind
  std::string value;
  std::string issuer;
  Day valid_from;
  Day valid_to;

  template <class Archive>
  void fields(Archive& a) {
    a(event, kind, value, issuer, valid_from, valid_to);
  }
};

struct Organisation {
  OrganisationId id;
  Symbol kind;
  std::string name;
  std::string uscc;
  bool uscc_ok = false;  // present and its check characters are right
  Symbol level;
  OrganisationId parent;
  std::uint32_t region = 0;
  std::vector<OrganisationStatusEntry> statuses;  // by day, then event id
  std::vector<Credential> credentials;            // by event id

  template <class Archive>
  void fields(Archive& a) {
    a(id, kind, name, uscc, uscc_ok, level, parent, region, statuses, credentials);
  }
};

struct MembershipEntry {
  EventId event;
  Symbol role;
  bool joined = false;
  bool member_is_organisation = false;
  Day day;

  template <class Archive>
  void fields(Archive& a) {
    a(event, role, joined, member_is_organisation, day);
  }
};

struct AppointmentEntry {
  EventId event;
  std::uint64_t person = 0;
  Symbol post;
  std::string concurrent_with;
  bool started = false;
  Day day;

  template <class Archive>
  void fields(Archive& a) {
    a(event, person, post, concurrent_with, started, day);
  }
};

struct Election {
  EventId event;
  Day day;
  std::uint32_t seats = 0;
  std::uint32_t electorate = 0;
  std::uint32_t turnout = 0;
  std::vector<std::uint64_t> elected;

  template <class Archive>
  void fields(Archive& a) {
    a(event, day, seats, electorate, turnout, elected);
  }
};

struct Agreement {
  AgreementId id;
  std::vector<std::uint64_t> parties;
  std::string fields_covered;
  Day from;
  Day to;
  std::vector<Ending> endings;  // by event id

  bool in_force_on(Day day) const { return from <= day && day <= to && day < end_day(endings); }
  template <class Archive>
  void fields(Archive& a) {
    a(id, parties, fields_covered, from, to, endings);
  }
};

struct OrganisationsState {
  boost::unordered_flat_map<OrganisationId, Organisation> organisations;
  boost::unordered_flat_map<std::string, std::vector<OrganisationId>> by_uscc;  // ascending
  // (member, group) -> what happened, by day, then event id
  StableMap<std::pair<std::uint64_t, std::uint64_t>, ShortList<MembershipEntry, 1>> memberships;
  boost::unordered_flat_map<OrganisationId, std::vector<AppointmentEntry>> appointments;  // by body
  boost::unordered_flat_map<OrganisationId, std::vector<Election>> elections;
  boost::unordered_flat_map<AgreementId, Agreement> agreements;

  const Organisation* find(OrganisationId id) const {
    auto at = organisations.find(id);
    return at == organisations.end() ? nullptr : &at->second;
  }
  // Status on a day (a schema::OrganisationStatusChanged::Status); ACTIVE before the first change.
  std::uint16_t status_on(OrganisationId id, Day day) const;
  // Neither suspended nor deregistered on that day, and registered at all.
  bool is_active(OrganisationId id, Day day) const;
  // I7: whether a bank account with this keyed hash was verified for the organisation and is valid
  // on that day. An empty `account` asks for any account.
  bool has_bank_account(OrganisationId id, std::string_view account, Day day) const;

  template <class Archive>
  void fields(Archive& a) {
    a(organisations, by_uscc, memberships, appointments, elections, agreements);
  }
};

}  // namespace houniao
