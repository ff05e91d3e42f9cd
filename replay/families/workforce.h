// Family workforce: staff, their vetting for work with minors, and where they are placed. Part of
// State; written by the one thread that folds the log.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/statements.h"
#include "replay/symbols.h"

namespace houniao {

struct Vetting {
  EventId event;
  bool clear = false;
  Day day;

  template <class Archive>
  void fields(Archive& a) {
    a(event, clear, day);
  }
};

struct Placement {
  EventId event;
  SiteId site;
  Symbol purpose;
  Day from;
  Day to;

  template <class Archive>
  void fields(Archive& a) {
    a(event, site, purpose, from, to);
  }
};

struct Staff {
  StaffId id;
  PersonId person;  // none when the staff member is not registered as a person
  OrganisationId employer;
  bool full_time = false;
  Symbol channel;
  Symbol post;
  Symbol qualification;
  ContractId contract;
  FundId fund;
  Day from;
  std::vector<Ending> releases;       // by event id; the day is the last day of work
  std::vector<Vetting> vettings;      // by day, then event id
  std::vector<Placement> placements;  // by event id

  bool engaged_on(Day day) const { return from <= day && day <= end_day(releases); }
  template <class Archive>
  void fields(Archive& a) {
    a(id, person, employer, full_time, channel, post, qualification, contract, fund, from, releases,
      vettings, placements);
  }
};

// I16, 未成年人保护法 62: vetted at hire and every year, and never with a record.
enum class VettingStatus : std::uint8_t { clear, missing, failed };

struct WorkforceState {
  boost::unordered_flat_map<StaffId, Staff> staff;

  const Staff* find(StaffId id) const {
    auto at = staff.find(id);
    return at == staff.end() ? nullptr : &at->second;
  }
  VettingStatus vetting_on(StaffId id, Day day) const;

  template <class Archive>
  void fields(Archive& a) {
    a(staff);
  }
};

}  // namespace houniao
