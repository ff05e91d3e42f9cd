// What the acts of the story share: the company, the amounts, and the ids of what was set up so
// far. An act is a function over Story; acts run one after the other on one thread.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "tools/programme_c/numbers.h"
#include "tools/stage/field_records.h"
#include "tools/stage/records_money.h"

namespace houniao::programme_c {

using stage::Body;
using stage::Company;
using stage::days_after;
using stage::Dice;
using stage::Elsewhere;
using stage::Identity;
using stage::kSyncTimeout;
using stage::on;
using stage::Tablet;

inline constexpr std::uint32_t kRegion = 371'302;  // Lanshan district

// One of the four communities with its project.
struct Community {
  std::string code;   // of the scope, and with "c_" before it of the child programme
  std::string focus;  // kind of the sessions that this project adds to what all four do
  ProgrammeId programme;
  ScopeId scope;
  SiteId site;
  OrganisationId contractor;
  StaffId manager;               // of the contractor, at the community
  std::vector<StaffId> workers;  // social workers placed there
  Tablet* tablet = nullptr;      // the manager's
  Tablet* second = nullptr;      // of a worker, where there are two
  ContractId contract;
  std::vector<PersonId> residents;
  // What was delivered for the contract, by deliverable, in the order of days.
  std::array<std::vector<EventId>, 3> units;
  std::array<std::size_t, 3> submitted{};  // of them, in milestones so far
};

struct Volunteer {
  PersonId person;
  VolunteerId id;
};

struct Story {
  // `pack` and `backstage` outlive the story. Nothing is recorded yet.
  Story(const Pack& pack, stage::Backstage& backstage, std::uint64_t seed,
        std::function<void(std::string_view)> tell, std::int64_t permille);
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  const Pack& pack() const { return company.pack; }
  ScopeId scope(std::string_view code) const { return company.scope(code); }
  const PackSite& site_of(std::string_view code) const;
  FundId fund(std::string_view code) const;

  Company company;
  Numbers numbers;
  std::vector<EventId> kept_held;

  // Set by found_district().
  ProgrammeId programme;
  OrganisationId league;  // district League committee: buyer, organiser
  OrganisationId treasury;
  OrganisationId personnel;  // recruits social workers
  OrganisationId evaluator;  // third party
  OrganisationId insurer;
  std::string insurer_uscc;
  OrganisationId campaign;  // the river patrol
  std::vector<OrganisationId> townships, departments, schools, universities;
  std::array<OrganisationId, kPatrolTeams> welfare;
  std::vector<OrganisationId> lecturer_teams;
  std::vector<OrganisationId> branches;
  StaffId director_staff, clerk_staff, officer_staff, secretary_staff, finance_staff, auditor_staff;
  std::array<StaffId, kPatrolTeams> patrol_staff;
  std::array<StaffId, 2> centre_staff;
  StaffId university_staff, training_staff;
  std::array<StaffId, 2> camp_leaders;  // the first one holds the camps' tablet
  std::array<Community, kCommunities> communities;
  SiteId centre, base;  // of the district; where courses are held
  std::vector<SiteId> youth_homes;
  std::vector<std::pair<std::string, FundId>> funds;

  Tablet* director = nullptr;   // supervisor of the district League committee
  Tablet* clerk = nullptr;      // organisation work, requests of money
  Tablet* officer = nullptr;    // accepts work, first approval
  Tablet* secretary = nullptr;  // second approval, decides on what is held
  Tablet* finance = nullptr;
  Tablet* auditor = nullptr;
  std::array<Tablet*, kPatrolTeams> patrol{};
  std::array<Tablet*, 2> volunteering{};
  Tablet* university = nullptr;
  Tablet* training = nullptr;
  Tablet* camps = nullptr;

  // What later acts come back to.
  std::vector<EventId> unexplained_elections;
  EventId uninsured_duty;  // a latecomer's, and the cover that came after it
  EventId late_cover;
  std::vector<StaffId> social_workers;  // in order of engagement
};

// The acts, in the order of the story. Each leaves its events recorded and pushed.
Result<void> found_district(Story& story);   // founding.cc
Result<void> open_funds(Story& story);       // founding.cc
Result<void> engage_workers(Story& story);   // workers.cc: all who are in post when 2021 begins
Result<void> move_workers(Story& story);     // workers.cc: 2021
Result<void> hold_camps(Story& story);       // camps.cc
Result<void> hold_activities(Story& story);  // activities.cc
Result<void> hold_lectures(Story& story);    // activities.cc
Result<void> send_teams(Story& story);       // courses.cc
Result<void> teach_trade(Story& story);      // courses.cc
Result<void> sign_projects(Story& story);    // projects.cc: contracts and advances
Result<void> run_projects(Story& story);     // projects.cc: four quarters, two milestones
// One quarter of a year at one community, put on the pile of its tablets.
void work_quarter(Story& story, Community& community, int quarter);  // communities.cc
Result<void> meet_twice(Story& story);      // communities.cc: one resident on two tablets
Result<void> elect_branches(Story& story);  // elections.cc
Result<void> patrol_rivers(Story& story);   // patrol.cc
Result<void> close_books(Story& story);     // closing.cc

}  // namespace houniao::programme_c
