// The ground on which frauds and look-alikes are planted: a sixth, invented programme in the same
// log, with its offices, its money and its tablets. Every office has a tablet of its own, so that a
// decision can be taken independently, or on purpose is not.
//
// The days of the yard: everything happens between yard.opened and yard.today, the civil days of
// 2024-01-01 and 2025-12-31; records are typed in from a book (Source::IMPORTED) unless a plant
// says otherwise on the draft.
//
// Owned by the play; one thread. The yard is founded before the first plant.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/pack.h"
#include "tools/stage/company.h"
#include "tools/stage/field_records.h"
#include "tools/stage/records.h"
#include "tools/stage/records_money.h"
#include "tools/stage/records_orders.h"

namespace houniao::sandbox {

class Yard {
 public:
  // `backstage` outlives the yard; `tell` gets one line of progress at a time.
  Yard(stage::Backstage& backstage, std::uint64_t seed, std::function<void(std::string_view)> tell);

  // Enrols the tablets and records the founding: bodies, sites, staff, fund, receipts, pack.
  Result<void> found();
  // Saves and syncs every tablet, so that what follows is later in the log than what was written.
  // Call it where one office must have seen what another wrote. What the tablets wrote since the
  // last call reaches the log tablet by tablet in the order of all(): contracts and volunteers
  // before what is done for them in the field.
  Result<void> settle();

  stage::Company company;  // pack "s" (yard_pack()), dice, identities
  Day opened;
  Day today;

  // --- offices: each tablet's actor is its holder
  // --------------------------------------------------
  stage::Tablet* admin = nullptr;       // organisations, sites, staff, policies
  stage::Tablet* field[3] = {};         // three workers in the field, holders worker[0..2]
  stage::Tablet* supervisor = nullptr;  // plans, assigns, confirms hours, reviews
  stage::Tablet* second_supervisor = nullptr;
  stage::Tablet* requester = nullptr;  // asks for money, submits milestones
  stage::Tablet* approver = nullptr;   // finance, first rung
  stage::Tablet* second_approver = nullptr;
  stage::Tablet* payer = nullptr;    // pays
  stage::Tablet* auditor = nullptr;  // dispositions, findings
  std::vector<stage::Tablet*> all() const;

  // --- founded
  // -------------------------------------------------------------------------------------
  ProgrammeId programme;
  ScopeId scope;
  OrganisationId league;      // buyer
  OrganisationId centre;      // operates the sites, employs the workers
  OrganisationId contractor;  // a social organisation that can be paid
  OrganisationId rival;       // another one
  OrganisationId supplier;    // sells goods; can be paid
  std::string contractor_uscc, rival_uscc, supplier_uscc;
  // Open every day 08:00-22:00, the third closes on Mondays; each has one room for 60. The first
  // and the second lie 8 km apart, the third 13 and 21 km away.
  SiteId sites[3];
  StaffId workers[3];  // engaged for all of the yard's days, vetted always, placed nowhere
  StaffId chief;       // holder of `supervisor`
  FundId fund;         // purchase money for "service", region 440402, all the yard's days
  FundId lottery;      // restricted: purpose "youth_service" only
  std::int64_t fund_free_fen = 0;  // received and not used by plants: plenty

  // --- short forms
  // --------------------------------------------------------------------------------- A registered,
  // verified adult with phone and a valid resident number; on field[n]'s pile.
  PersonId person(int worker, Day when);
  // An enrolled volunteer with insurance from `when` to the end of the yard's days; on the pile of
  // `supervisor`.
  VolunteerId volunteer(Day when);
  // A contract over `fen`, a multiple of `units`, signed on `from` with the contractor (or `with`)
  // for `units` services of kind "home_visit", allocated from `fund`; on the pile of `payer`.
  ContractId contract(Day from, Day to, std::int64_t fen, std::int64_t units,
                      OrganisationId with = {}, std::int64_t advance_fen = 0);
  // The terms of such a contract, for stage::submit_milestone() and accept_milestone(): these take
  // number and lines from them. Every call has another number.
  PackContract contract_terms(Day from, Day to, std::int64_t fen, std::int64_t units,
                              std::int64_t advance_fen = 0);
  // One service of that kind by that worker at sites[worker]; minute -1 leaves the time open.
  EventId service(int worker, Day when, PersonId person, const std::string& kind = "home_visit",
                  int minute = -1, std::uint32_t minutes = 30, ContractId contract = {});
  // Asked for on `when` by requester, approved two and four days later, paid after seven, each by
  // its own office. Settles before and after every step.
  Result<PaymentId> pay(Day when, const stage::RequestDraft& draft);
  // A body with a valid code, registered on `opened` by admin; given `uscc` it also gets that code
  // back and a verified account, and can be paid.
  OrganisationId body(const std::string& kind, const std::string& name, std::string* uscc = nullptr,
                      const std::string& uscc_kind = "52");
  // Another member of staff, engaged by admin; `vetted` from that day on, once a year.
  StaffId staff(OrganisationId employer, const std::string& post, Day from, bool vetted = false);
  // A further tablet of the yard with its holder as actor. It is not in all(): sync it yourself.
  Result<stage::Tablet*> enrol(const std::string& label, schema::Role role, StaffId holder,
                               OrganisationId organisation, SiteId site = {});

 private:
  Result<void> found_bodies();
  Result<void> enrol_offices();
  Result<void> found_money();

  // Of the numbers that the yard has given out.
  std::uint64_t contracts_ = 0;
  std::uint64_t policies_ = 0;
  std::uint64_t vettings_ = 0;
};

// Days between two vettings of one member of staff: within the year that the law gives
// (未成年人保护法 62).
inline constexpr std::int32_t kVettedAgainDays = 360;

// The invented pack of the yard, and the text that it was read from.
const Pack& yard_pack();
std::string_view yard_pack_text();

}  // namespace houniao::sandbox
