// What the acts of programme D share: the amounts, the cast, the calendar, and the ids of what was
// set up so far. An act is a function over Story; acts run one after the other on one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/programme_d/numbers.h"
#include "tools/stage/company.h"
#include "tools/stage/field_records.h"
#include "tools/stage/records.h"
#include "tools/stage/records_money.h"
#include "tools/stage/records_orders.h"

namespace houniao::programme_d {

using stage::BookedDemand;
using stage::Company;
using stage::days_after;
using stage::kSyncTimeout;
using stage::on;
using stage::Tablet;

inline constexpr std::size_t kCompounds = 7;
inline constexpr std::size_t kUniversities = 9;
// Not insured, and whatever else has no day.
inline constexpr Day kNever{std::numeric_limits<std::int32_t>::max()};
// From December 2021, in which demands are first collected, to July 2024.
inline constexpr int kMonths = 32;

struct Month {
  int serial = 0;
  int year = 0;
  int month = 0;
  Day from;
  Day to;

  Day day(int date) const { return Day{from.value + date - 1}; }
};
Month month_of(int serial);
bool is_weekend(Day day);

// What residents ask for, and the kind of order that students can take for it; none where the
// community answers by itself.
struct Need {
  const char* category;
  const char* order_kind;
  bool with_minors;
};
inline constexpr std::array<Need, 9> kNeeds = {{{"elder_visit", "home_visit", false},
                                                {"child_care", "after_school_care", true},
                                                {"cleaning", "cleanup", false},
                                                {"health_check", "tcm_clinic", false},
                                                {"digital_help", "digital_class", false},
                                                {"study_help", "weekend_school", true},
                                                {"facility_repair", nullptr, false},
                                                {"dispute", nullptr, false},
                                                {"information", nullptr, false}}};
const Need& need_of(const std::string& category);

struct Compound {
  SiteId site;
  StaffId grid_worker;
  Tablet* tablet = nullptr;
  std::vector<PersonId> residents;   // who stay to the end
  bool away = false;                 // the tablet has no network
  std::vector<BookedDemand> unsent;  // demands that have not reached the centre
};

struct Student {
  PersonId person;
  VolunteerId volunteer;
  Day insured = kNever;  // first day of duty
  bool officer = false;
  std::int64_t points = 0;               // not redeemed yet
  std::map<int, std::uint32_t> minutes;  // confirmed, by year
  Day last_duty;
};

struct University {
  OrganisationId id;
  OrganisationId pairing;  // its group that works in the community
  StaffId teacher;
  Tablet* tablet = nullptr;
  std::vector<Student> students;
  std::size_t next = 0;  // whose turn it is
};

struct Offer {
  ClaimId claim;
  std::vector<std::size_t> universities;  // the first one leads
};

struct Duty {
  EventId record;
  std::size_t university = 0;
  std::size_t student = 0;
  std::uint32_t minutes = 0;
  Day day;
};

// An order from its posting to its acceptance.
struct Task {
  int serial = 0;
  OrderId id;
  const Need* need = nullptr;
  std::size_t compound = 0;
  std::vector<DemandId> demands;
  PersonId requester;
  schema::OrderPosted::Rule rule = schema::OrderPosted::Rule::FEWEST_IN_FORCE;
  std::vector<std::size_t> invited;
  std::vector<Offer> offers;
  Offer taken;
  std::vector<EventId> units;
  std::vector<Duty> duties;
};

// Who plays. Owned by the company.
struct Cast {
  Tablet* secretary = nullptr;       // of the community: demands, orders, reviews
  Tablet* branch = nullptr;          // of the community League branch: volunteers, hours, points
  Tablet* kiosk = nullptr;           // where points are redeemed
  Tablet* league_officer = nullptr;  // of the district League: first approval
  Tablet* league_secretary = nullptr;
  Tablet* finance = nullptr;
  Tablet* auditor = nullptr;
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
  OrganisationId committee, branch_body, district, council, panel, insurer, supplier;
  std::string insurer_uscc, supplier_uscc;
  StaffId secretary, branch_secretary;
  SiteId centre, shop;
  std::array<Compound, kCompounds> compounds;
  std::array<University, kUniversities> universities;
  struct Gone {
    PersonId person;
    std::size_t compound = 0;
    Day day;
    bool died = false;
  };
  std::vector<Gone> gone;
  std::vector<PersonId> council_members;
  struct PanelMember {
    PersonId person;
    std::size_t university = kUniversities;  // kUniversities for a resident
  };
  std::vector<PanelMember> panel_members;

  // Set by the money.
  FundId special_money, reward_money;
  std::vector<AssetId> goods;

  stage::DemandBook book;
  std::vector<DemandId> agenda;         // of the next council
  std::vector<DemandId> adopted;        // by the last one
  std::map<std::uint64_t, int> load;    // orders in hand, by university
  int tasks = 0;                        // posted so far
  std::vector<EventId> reviews_by_own;  // that the auditor finds
  EventId independent_review;           // the first after the finding
  std::vector<EventId> kept_held;

  const Pack& pack() const { return company.pack; }
  void tell(std::string_view line) const { company.tell(line); }
  University& university(std::size_t index) { return universities[index]; }
};

// The acts. Each leaves its events recorded and pushed, unless its tablet is away.
Result<void> found(Story& story);              // founding.cc
Result<void> settle_residents(Story& story);   // people.cc
Result<void> pair_universities(Story& story);  // people.cc
Result<void> change_officers(Story& story);    // people.cc
// Puts what became of residents in a month on the piles of the compounds' tablets.
void change_residents(Story& story, const Month& month);                          // people.cc
Result<void> open_funds(Story& story);                                            // money.cc
Result<void> insure_students(Story& story, int policy);                           // money.cc
Result<void> buy_rewards(Story& story);                                           // money.cc
Result<void> collect_demands(Story& story, const Month& month);                   // demands.cc
Result<void> deliberate(Story& story, const Month& month);                        // demands.cc
Result<std::vector<Task>> give_out_orders(Story& story, const Month& month);      // orders.cc
Result<void> serve(Story& story, const Month& month, std::vector<Task>& tasks);   // service.cc
Result<void> credit(Story& story, const Month& month, std::vector<Task>& tasks);  // service.cc
Result<void> review(Story& story, const Month& month, std::vector<Task>& tasks);  // review.cc
Result<void> redeem(Story& story, const Month& month);                            // rewards.cc
Result<void> honour(Story& story, int year);                                      // closing.cc
Result<void> find_dependence(Story& story);                                       // closing.cc
Result<void> close_books(Story& story);                                           // closing.cc

}  // namespace houniao::programme_d
