// What the acts of programme A share: the amounts, the cast, and the ids of what was set up so far.
// An act is a function over Story; acts run one after the other on one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tools/programme_a/numbers.h"
#include "tools/stage/company.h"
#include "tools/stage/field_records.h"
#include "tools/stage/records.h"
#include "tools/stage/records_money.h"
#include "tools/stage/records_orders.h"

namespace houniao::programme_a {

using stage::Company;
using stage::kSyncTimeout;
using stage::on;
using stage::Tablet;

inline constexpr std::size_t kDesks = 2;
inline constexpr std::size_t kFirms = 15;
inline constexpr std::size_t kBranches = 6;
inline constexpr std::size_t kParties = 6;
inline constexpr Day kStays{std::numeric_limits<std::int32_t>::max()};

// A stretch of the story after which the tablets that are online are in step.
struct Season {
  std::string_view name_zh;
  std::string_view name_en;
  Day from;
  Day to;
};
inline constexpr std::size_t kSeasons = 4;
const std::array<Season, kSeasons>& seasons();
inline bool falls_in(std::size_t season, Day day) {
  return seasons()[season].from <= day && day <= seasons()[season].to;
}

struct Firm {
  OrganisationId id;
  OrganisationId branch;  // its League branch, a member of the alliance
  PersonId representative;
};

struct Resident {
  PersonId id;
  Day registered;
  Day left = kStays;
  std::size_t desk = 0;
  bool arrived = false;  // at the centre: the desk has synced since
};

struct Branch {
  std::string code;
  OrganisationId id;
  std::vector<PersonId> members;
};

struct Book {
  AssetId id;
  int copies = 0;  // on the shelf
};
struct Loan {
  std::size_t book = 0;
  PersonId borrower;
};

// Who plays. Owned by the company.
struct Cast {
  Tablet* director = nullptr;  // head of the volunteer station that manages the centre
  Tablet* clerk = nullptr;     // activities at the centre
  Tablet* desks[kDesks] = {};  // where residents move in
  Tablet* librarian = nullptr;
  Tablet* social_worker = nullptr;
  Tablet* case_supervisor = nullptr;
  Tablet* roster = nullptr;     // leads the volunteers
  Tablet* alliance = nullptr;   // secretary of the alliance of enterprise branches
  Tablet* officer = nullptr;    // of the development zone: first approval
  Tablet* secretary = nullptr;  // of the district League: second approval, buys services
  Tablet* finance = nullptr;
  Tablet* auditor = nullptr;
};

struct Story;

// Whom a draw meets: people of whom the centre has heard, or also those whose desk is still away;
// what names them waits until the desk comes back.
enum class Whom { known, anybody };

// Draws residents who stay to the end, each at most once.
class Draw {
 public:
  // Steps through the residents by `step_max` at most, so that two draws meet different people.
  // Where anybody may come, those who moved in last come first.
  Draw(const Story& story, std::string_view purpose, int step_max, Whom whom = Whom::known);
  PersonId next(Day day);
  std::vector<PersonId> next(Day day, int count);

 private:
  bool may_take(std::size_t index) const;

  const Story& story_;
  Dice dice_;
  int step_max_;
  Whom whom_;
  bool started_ = false;
  std::size_t at_ = 0;
  std::set<std::size_t> taken_;
};

// Those who come to the same thing again and again: whoever is new is drawn, whoever came before is
// known.
struct Audience {
  Draw newcomers;
  std::vector<PersonId> known;

  // `fresh` people who come for the first time, and up to `again` others.
  std::vector<PersonId> come(Dice& dice, Day day, int fresh, int again);
};

struct Story {
  // `pack` and `backstage` outlive the story; nothing is recorded yet.
  Story(const Pack& pack, stage::Backstage& backstage, std::uint64_t seed,
        std::function<void(std::string_view)> tell, std::int64_t permille);
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  Company company;
  Numbers numbers;
  Cast cast;

  // Set by found().
  ProgrammeId programme;
  ProgrammeId social_work, film, reading;  // special services below it
  OrganisationId zone, district, community_branch, alliance, station, residents_office, library;
  OrganisationId social_body, hospital, university, caterer, builder;
  std::string caterer_uscc, builder_uscc;
  StaffId director, clerk, social_worker, case_supervisor, roster, secretary, officer;
  SiteId estate, centre;
  std::array<Firm, kFirms> firms;
  std::array<Branch, kBranches> branches;
  ObligationId friendship, talk, party;
  AssetId film_group;

  // Set by move_in(); by day of registration.
  std::vector<Resident> residents;

  // Set by bring_volunteers().
  std::vector<VolunteerId> volunteers;

  // Set by open_library() and what is lent.
  std::vector<Book> books;
  std::vector<PersonId> readers;
  std::multimap<Day, Loan> out;  // by the day on which it comes back
  bool book_lost = false;        // one of them does not

  // What residents proposed.
  stage::DemandBook proposals;
  int months_listed = 0;

  // Set by the money.
  FundId building, purchase, party_enterprises, party_centre;
  ContractId contract;
  std::vector<EventId> units;  // deliveries that the contract pays for
  std::vector<EventId> kept_held;

  Audience film_audience, guests;
  SessionId first_film;

  const Pack& pack() const { return company.pack; }
  void tell(std::string_view line) const { company.tell(line); }
  // How many had moved in by that day.
  std::size_t registered_by(Day day) const;
};

struct Gathering {
  std::string kind;
  Day day;
  int from_minute = 19 * 60;
  int to_minute = 21 * 60;
  SiteId site;
  ProgrammeId programme;  // none: the tablet's
  std::uint64_t leader = 0;
  std::vector<PersonId> persons;
  std::uint32_t anonymous = 0;
  std::uint32_t elsewhere = 0;  // sign a sheet of their own
  ContractId contract;
  SessionId planned;
  std::string tag;
};
// The session and its sign-in sheet, as the tablet writes them.
SessionId hold(Tablet& tablet, const Gathering& gathering);
// Outside the eight working hours: the evening of a working day, the afternoon of a free one.
void set_free_hours(Gathering& gathering, int minutes);
bool is_weekend(Day day);
Day next_weekend(Day day);
// `count` of `from`, starting anywhere.
std::vector<PersonId> some_of(Dice& dice, const std::vector<PersonId>& from, std::size_t count);
// The part of `total` that falls to place `cell` of `cells`: parts sum to the total.
inline int part(int total, int cell, int cells) {
  return total * (cell + 1) / cells - total * cell / cells;
}

// The acts. Each leaves its events recorded and pushed, unless its tablet is away.
Result<void> found(Story& story);                                  // founding.cc
Result<void> move_in(Story& story, std::size_t season);            // residents.cc
Result<void> register_twice(Story& story);                         // residents.cc
Result<void> form_branches(Story& story);                          // activities.cc
Result<void> work_season(Story& story, std::size_t season);        // activities.cc
void keep_promises(Story& story, std::size_t season);              // gatherings.cc
Result<void> hold_parties(Story& story, std::size_t season);       // gatherings.cc
Result<void> bring_volunteers(Story& story);                       // volunteers.cc
Result<void> keep_roster(Story& story, std::size_t season);        // volunteers.cc
Result<void> open_library(Story& story);                           // library.cc
Result<void> lend(Story& story, std::size_t season);               // library.cc
Result<void> lend_last_copy_twice(Story& story);                   // library.cc
Result<void> care(Story& story);                                   // casework.cc
Result<void> take_up_proposals(Story& story, std::size_t season);  // proposals.cc
Result<void> open_funds(Story& story);                             // money.cc
Result<void> sign_purchase(Story& story);                          // money.cc
Result<void> settle_purchase(Story& story);                        // money.cc
// The bills of a party that was held: each funder pays its share of them.
Result<void> pay_party(Story& story, Day day, SessionId party, std::int64_t enterprises_fen,
                       std::int64_t centre_fen, int number);  // money.cc
Result<void> close_books(Story& story);                       // closing.cc

}  // namespace houniao::programme_a
