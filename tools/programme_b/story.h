// What the acts of the play share: the pack, the amounts, the cast, and the ids of what was set up
// so far. An act is a function over Story; acts run one after the other on one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/pack.h"
#include "tools/programme_b/cast.h"
#include "tools/programme_b/numbers.h"
#include "tools/stage/identities.h"

namespace houniao::programme_b {

using stage::Identities;
using stage::Identity;

// A stretch of the story: half a year, the last one shorter.
struct Season {
  std::string_view name_zh;
  std::string_view name_en;
  Day from;
  Day to;
};
inline constexpr std::size_t kSeasons = 9;
const std::array<Season, kSeasons>& seasons();
std::size_t season_of(Day day);

// A person as the station that registered them remembers.
struct Served {
  PersonId id;
  Day registered;
};

// One activity of the 98, laid down before the story starts.
struct Activity {
  std::string kind;
  Day day;
  std::size_t place = kStations;  // station, or kStations for the centre
  bool outdoors = false;          // on a square, at no site of ours
  int people = 0;
  bool listed = false;        // some sign in by name
  bool for_contract = false;  // a unit of the purchase contract
};

struct Station {
  SiteId site;
  ScopeId scope;
  StaffId worker;
  std::vector<Served> clients;
};

struct Story {
  // `pack` and `cast` outlive the story; `tell` gets one line of progress at a time, never with
  // personal data. Amounts are chosen and activities laid down; nothing is recorded yet.
  Story(const Pack& pack, Cast& cast, std::uint64_t seed,
        std::function<void(std::string_view)> tell);
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  const Pack& pack;
  Cast& cast;
  std::function<void(std::string_view)> tell;
  Dice dice;
  Numbers numbers;
  Identities identities;

  // Set by found_centre().
  ProgrammeId programme;
  OrganisationId centre;
  OrganisationId league_body;  // buyer and evaluator
  OrganisationId treasury;
  OrganisationId printer;
  std::string printer_uscc;
  OrganisationId troupe;
  OrganisationId party_branch;
  SiteId centre_site;
  StaffId director, clerk, officer, secretary, finance, auditor;
  std::array<Station, kStations> stations;
  std::vector<OrganisationId> committees_abroad;
  std::vector<OrganisationId> branches_zhuhai;
  std::vector<OrganisationId> firms;
  std::vector<AssetId> channels;
  AssetId handbook;
  ObligationId weekend_classes;

  // Set by the money.
  std::vector<std::pair<std::string, FundId>> funds;
  ContractId contract;
  std::vector<EventId> units_classes, units_stage, units_care, units_advice;
  // A payment that was asked for before acceptance, and others that must stay held.
  EventId held_before_acceptance;
  std::vector<EventId> kept_held;
  // The total of a committee that was typed with a digit too many, and what it should be.
  EventId mistyped;
  std::int64_t mistyped_right = 0;
  // Persons that two tablets registered, as the tablets named them.
  std::vector<std::pair<PersonId, PersonId>> registered_twice;
  bool lost_tablet_refused = false;
  EventId seal;  // of a year

  // Laid down by plan_activities().
  std::vector<Activity> activities;
  std::int64_t attendance = 0;

  FundId fund(std::string_view code) const;
  ScopeId scope(std::string_view code) const;
};

// The acts, in the order of the story. Each leaves its events recorded and pushed.
Result<void> found_centre(Story& story);  // founding.cc
Result<void> equip_centre(Story& story);  // founding.cc: channels, committees, handbook
void plan_activities(Story& story);       // activities.cc
// Puts the activities of a season that belong to `place` on the pile of its tablet.
void hold_activities(Story& story, std::size_t season, std::size_t place);
Result<void> import_members(Story& story);  // field_work.cc: League members elsewhere
Result<void> work_season(Story& story, std::size_t season);  // field_work.cc
Result<void> open_funds(Story& story);                       // money.cc
Result<void> sign_contract(Story& story);                    // money.cc
Result<void> ask_too_early(Story& story);                    // money.cc: payment before acceptance
Result<void> accept_and_pay(Story& story);                   // money.cc
Result<void> spend_provincial_money(Story& story);           // money.cc
Result<void> report_committees(Story& story);                // closing.cc
Result<void> evaluate_and_publish(Story& story);             // closing.cc
Result<void> come_home(Story& story);            // field_work.cc: every station online and in step
Result<void> meet_twice(Story& story);           // troubles.cc: one client on two tablets
Result<void> correct_and_retract(Story& story);  // troubles.cc
Result<void> lose_tablet(Story& story);          // troubles.cc
// Everything is in the log when it is called.
Result<void> seal_first_year(Story& story);  // sealing.cc

inline constexpr std::chrono::seconds kSyncTimeout{120};
// The keyed hash of a payee's bank account, as a verified credential and a payment both carry it.
std::string account_index(OrganisationId organisation);
// A day on which the sites are open: they rest on Mondays.
Day open_day(Day day);

}  // namespace houniao::programme_b
