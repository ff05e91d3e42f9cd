// What the acts of the story share: the company, the amounts, and the ids of what was set up so
// far. An act is a function over Story; acts run one after the other on one thread.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "tools/programme_e/numbers.h"
#include "tools/stage/field_records.h"
#include "tools/stage/records_money.h"

namespace houniao::programme_e {

using stage::Body;
using stage::Company;
using stage::days_after;
using stage::Dice;
using stage::Elsewhere;
using stage::Identity;
using stage::kSyncTimeout;
using stage::on;
using stage::Tablet;

inline constexpr std::uint32_t kRegion = 320'400;  // Changzhou
// Organisations that were found in the first year: contests, agreements and payees come from these.
inline constexpr std::size_t kEarly = 300;
// The first so many organisations have a verified account.
inline constexpr std::size_t kPayees = 80;

// One of the youth organisations and social-work agencies.
struct Linked {
  OrganisationId id;
  Day registered;
  bool agency = false;
};

struct Worker {
  StaffId staff;
  PersonId person;
};

struct District {
  std::string code;  // of the scope
  std::uint32_t region = 0;
  ScopeId scope;
  StaffId coordinator;
  Tablet* desk = nullptr;
  std::vector<StaffId> workers;
};

struct Buyer {
  OrganisationId township;
  FundId fund;
};

struct Story {
  // `pack` and `backstage` outlive the story. Nothing is recorded yet.
  Story(const Pack& pack, stage::Backstage& backstage, std::uint64_t seed,
        std::function<void(std::string_view)> tell, std::int64_t permille);
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  const Pack& pack() const { return company.pack; }
  ScopeId scope(std::string_view code) const { return company.scope(code); }
  FundId fund(std::string_view code) const;
  // The i-th organisation of the first year; there are fewer of them in a small story.
  const Linked& early(std::size_t i) const {
    return organisations[i % std::min(kEarly, organisations.size())];
  }

  Company company;
  Numbers numbers;
  std::vector<EventId> kept_held;

  // Set by found_city().
  ProgrammeId programme;
  OrganisationId league, civil_affairs, civility, treasury, federation, youth_federation;
  std::array<OrganisationId, 4> part_time_employers;  // police, procuratorate, court, justice
  std::array<OrganisationId, 3> universities;
  std::array<OrganisationId, 2> third_parties;  // who judge and supervise
  std::array<OrganisationId, 2> platforms;      // of crowdfunding
  OrganisationId foundation;                    // with a licence for public fundraising
  OrganisationId district_league;               // organises the district contests
  OrganisationId model_shop;
  std::vector<OrganisationId> hubs, townships;
  StaffId director_staff, registrar_staff, officer_staff, secretary_staff, finance_staff,
      auditor_staff, calls_staff, chair_staff, care_staff, clerk_staff, shops_staff, schools_staff,
      law_staff;
  std::vector<StaffId> jurors;
  std::array<District, kDistricts> districts;
  SiteId training_base, model_shop_site;
  std::vector<SiteId> communities, schools, shops;
  std::vector<std::pair<std::string, FundId>> funds;
  std::vector<Buyer> buyers;

  Tablet* director = nullptr;   // supervisor of the city League committee
  Tablet* registrar = nullptr;  // of organisations: their status, posts, agreements
  Tablet* officer = nullptr;    // accepts work, first approval
  Tablet* secretary = nullptr;  // second approval
  Tablet* finance = nullptr;
  Tablet* auditor = nullptr;
  Tablet* calls = nullptr;  // keeps the book of contests and fairs
  Tablet* chair = nullptr;  // of the jury: decides awards
  Tablet* care = nullptr;   // supervises case work
  Tablet* clerk = nullptr;  // asks for money
  Tablet* shops_desk = nullptr;
  Tablet* schools_desk = nullptr;
  Tablet* law_desk = nullptr;

  // Set by link_organisations() and engage_workers().
  std::vector<Linked> organisations;
  std::vector<std::string> codes;  // social credit codes of the payees among them
  std::vector<PersonId> talents;
  std::vector<Worker> full_time;
  std::vector<PersonId> trainees;  // workers who are registered as persons
  std::vector<StaffId> supervisors;

  std::vector<EventId> entries_of_one;  // of one client: what is counted as files, not as people
};

// The acts, in the order of the story. Each leaves its events recorded and pushed.
Result<void> found_city(Story& story);          // founding.cc
Result<void> open_funds(Story& story);          // founding.cc
Result<void> link_organisations(Story& story);  // network.cc
Result<void> engage_workers(Story& story);      // workers.cc
Result<void> place_workers(Story& story);       // workers.cc
Result<void> train_workers(Story& story);       // workers.cc
Result<void> fill_posts(Story& story);          // posts.cc
Result<void> keep_files(Story& story);          // casework.cc
Result<void> hold_contests(Story& story);       // contests.cc
Result<void> hold_fairs(Story& story);          // fairs.cc
Result<void> purchase_services(Story& story);   // purchase.cc
Result<void> drive_caravan(Story& story);       // outreach.cc
Result<void> teach_law(Story& story);           // outreach.cc
Result<void> close_books(Story& story);         // closing.cc

}  // namespace houniao::programme_e
