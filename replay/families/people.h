// Family people: the persons served, without anything that identifies them: names, numbers, phones
// and birth dates are only in Event.sealed. Part of State; written by the one thread that folds the
// log.
//
// Nothing here is last-write-wins. Edits of one person are kept as a set; which of them are in
// force follows from the set alone, so two replicas that got them in different order agree. Two
// edits of one field that did not know of each other are a conflict: the first (by base version,
// then event id) stays in force, the other is kept and shown until a further edit, made with both
// in view, settles it.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "replay/dense_map.h"
#include "replay/short_list.h"
#include "replay/stable_map.h"
#include "replay/statements.h"
#include "replay/symbols.h"

namespace houniao {

// 16 bytes of a keyed hash; all zero when there is none.
using BlindIndex = std::array<std::uint8_t, 16>;
inline std::uint64_t hash_value(const BlindIndex& index) {
  std::uint64_t h = 0;
  for (int i = 0; i < 8; ++i) h = (h << 8) | index[static_cast<std::size_t>(i)];
  return h;
}
struct BlindIndexHash {
  std::size_t operator()(const BlindIndex& index) const { return hash_value(index); }
};

BlindIndex blind_index_from(ByteView bytes);  // none when they are not 16

// What PersonCorrected can change.
struct PersonBasics {
  std::uint8_t sex = 0;           // schema::Sex
  std::uint8_t verification = 0;  // schema::PersonRegistered::Verification
  std::uint16_t birth_year_band = 0;
  std::uint32_t native_region = 0;
  SiteId residence_site;
  OrganisationId employer;
  std::vector<Symbol> tags;
  BlindIndex blind_index{};

  bool operator==(const PersonBasics&) const = default;
  template <class Archive>
  void fields(Archive& a) {
    a(sex, verification, birth_year_band, native_region, residence_site, employer, tags,
      blind_index);
  }
};

struct Person {
  PersonId id;
  PersonBasics basics;       // in force
  std::uint8_t id_type = 0;  // schema::PersonRegistered::IdType
  bool id_checks_ok = false;
  bool under14 = false;  // at registration
  bool erased = false;
  bool restricted = false;
  std::uint8_t status = 0;    // schema::PersonStatusChanged::Status, latest by day
  std::uint32_t version = 1;  // 1 + corrections received
  Day status_day;
  Day registered;
  BlindIndex phone_index{};
  ProgrammeId programme;
  SiteId site;

  template <class Archive>
  void fields(Archive& a) {
    a(id, basics, id_type, id_checks_ok, under14, erased, restricted, status, version, status_day,
      registered, phone_index, programme, site);
  }
};

struct PersonChange {
  EventId event;
  std::uint32_t base_version = 0;
  std::uint16_t field = 0;  // schema::PersonCorrected::Field
  std::string before;
  std::string after;  // empty for sealed fields
  BlindIndex blind_index{};
  bool in_conflict = false;

  template <class Archive>
  void fields(Archive& a) {
    a(event, base_version, field, before, after, blind_index, in_conflict);
  }
};

struct PersonHistory {
  PersonBasics registered;
  std::vector<PersonChange> changes;  // by base version, then event id

  template <class Archive>
  void fields(Archive& a) {
    a(registered, changes);
  }
};

struct LinkDecision {
  Statement order;
  bool same = false;

  template <class Archive>
  void fields(Archive& a) {
    a(order, same);
  }
};

struct HouseholdEntry {
  Statement order;
  std::string relation;
  bool guardian = false;
  bool ended = false;

  template <class Archive>
  void fields(Archive& a) {
    a(order, relation, guardian, ended);
  }
};

struct ConsentEntry {
  Statement order;
  Symbol purpose;
  bool given = false;
  PersonId by_guardian;  // none when by self

  template <class Archive>
  void fields(Archive& a) {
    a(order, purpose, given, by_guardian);
  }
};

struct PersonStatusEntry {
  Statement order;
  std::uint16_t status = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(order, status);
  }
};

struct Erasure {
  EventId event;
  std::string legal_ground;
  bool restricted_only = false;
  std::vector<std::uint64_t> key_ids;

  template <class Archive>
  void fields(Archive& a) {
    a(event, legal_ground, restricted_only, key_ids);
  }
};

struct PeopleState {
  using Pair = std::pair<PersonId, PersonId>;

  EntityMap<PersonId, Person> persons;
  boost::unordered_flat_map<PersonId, PersonHistory> histories;  // of persons with corrections
  StableMap<BlindIndex, ShortList<PersonId, 1>, BlindIndexHash> by_blind_index;
  boost::unordered_flat_map<Pair, std::vector<LinkDecision>> links;        // smaller id first
  boost::unordered_flat_map<PersonId, std::vector<PersonId>> linked_with;  // links in force
  boost::unordered_flat_map<PersonId, PersonId> representative;            // of linked persons only
  boost::unordered_flat_map<Pair, std::vector<HouseholdEntry>> households;  // (person, member)
  StableMap<PersonId, std::vector<ConsentEntry>> consents;
  boost::unordered_flat_map<PersonId, std::vector<PersonStatusEntry>> statuses;
  boost::unordered_flat_map<PersonId, std::vector<Erasure>> erasures;

  const Person* find(PersonId id) const {
    auto at = persons.find(id);
    return at == persons.end() ? nullptr : &at->second;
  }
  // The one id that stands for all persons linked with this one: the smallest. Its own for a person
  // without links, known or not.
  PersonId representative_of(PersonId id) const {
    auto at = representative.find(id);
    return at == representative.end() ? id : at->second;
  }
  // Every id that stands for the same person as this one, itself included, ascending.
  std::vector<PersonId> linked(PersonId id) const;
  // Edits of one field that did not know of each other and are not settled yet.
  std::vector<PersonChange> conflicts(PersonId id) const;
  // Under 14 on that day as far as the five-year band tells.
  bool is_under14(const Person& person, Day day) const;
  // Whether consent for the purpose (any when empty is kNoText) is in force on a day. Withdrawal is
  // not retroactive (PIPL 15).
  bool has_consent(PersonId id, Symbol purpose, Day day) const;
  bool has_guardian_consent(PersonId id, Day day) const;
  bool is_guardian(PersonId guardian, PersonId of) const;
  // Whether the person had died or moved away before that day (A05).
  bool is_gone(PersonId id, Day day) const;

  template <class Archive>
  void fields(Archive& a) {
    a(persons, histories, by_blind_index, links, linked_with, representative, households, consents,
      statuses, erasures);
  }
};

}  // namespace houniao
