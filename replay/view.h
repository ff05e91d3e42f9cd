// What a state says about persons and events, in the form in which HTTP, the command line and the
// console show it. Values without pointers into the state; nothing here identifies a person. Pure;
// the state must rest while a function runs.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/state.h"

namespace houniao {

struct ReasonView {
  Reason reason;
  std::string name;
  std::string zh;
  std::string en;
};
std::vector<ReasonView> view_reasons(const Reasons& reasons);

struct EventView {
  EventId id;
  Seq seq;
  std::uint16_t type = 0;  // number on the wire
  std::string name;        // "PersonRegistered"; "type 999" when this build does not know it
  std::string name_zh;
  EventStatus status = EventStatus::unseen;
  bool waits = false;  // names something that has not arrived
  Day occurred;
  std::vector<ReasonView> reasons;  // in force
};
std::optional<EventView> view_event(const State& state, EventId id);

// Events with this status in order of id, at most `limit`, from the first after `after`: pass the
// last id of a page to get the next.
std::vector<EventView> events_by_status(const State& state, EventStatus status, std::size_t limit,
                                        EventId after = {});
// What waits for a decision or for something to arrive: held events by id, without those that are
// retracted.
std::vector<EventView> held_events(const State& state, std::size_t limit, EventId after = {});

struct PersonView {
  PersonId id;
  PersonId representative;       // of all ids linked as one person
  std::vector<PersonId> linked;  // itself included
  std::string sex;
  std::uint16_t birth_year_band = 0;
  std::uint32_t native_region = 0;
  SiteId residence_site;
  OrganisationId employer;
  std::vector<std::string> tags;
  std::string verification;
  std::string status;
  std::uint32_t version = 1;
  bool under14 = false;
  bool erased = false;
  bool restricted = false;
  bool retracted = false;
  Day registered;
  // Ids of other persons with the same number who are not linked with this one.
  std::vector<PersonId> duplicates;
  std::vector<PersonChange> conflicts;
};
std::optional<PersonView> view_person(const State& state, PersonId id);

// How many events have each status, in the order of EventStatus.
std::array<std::uint64_t, 7> count_by_status(const State& state);

}  // namespace houniao
