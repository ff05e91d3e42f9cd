// Family sites: places with their opening hours, and things with who has them. Part of State;
// written by the one thread that folds the log.
//
// Lending depends on the order of arrival on purpose: of two claims on the last copy the record
// that comes first wins and the other is held (I9).
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/symbols.h"

namespace houniao {

class State;

struct SiteStatusEntry {
  EventId event;
  std::uint16_t status = 0;  // schema::SiteStatusChanged::Status
  Day from;
  Day to;
  OrganisationId operated_by;  // none when unchanged
  std::uint64_t area_dm2 = 0;  // 0 when unchanged

  template <class Archive>
  void fields(Archive& a) {
    a(event, status, from, to, operated_by, area_dm2);
  }
};

struct Site {
  SiteId id;
  Symbol category;
  std::string name;
  std::string address;
  std::uint32_t region = 0;
  std::int32_t latitude_e7 = 0;
  std::int32_t longitude_e7 = 0;
  std::uint32_t radius_m = 0;
  std::uint64_t area_dm2 = 0;
  std::uint32_t capacity = 0;      // of all rooms
  std::uint8_t open_weekdays = 0;  // bit 0 = Monday; 0 when no hours were given
  OrganisationId operated_by;
  std::vector<std::uint64_t> keepers;
  Day from;
  ScopeId scope;
  std::vector<SiteStatusEntry> statuses;  // by first day, then event id

  template <class Archive>
  void fields(Archive& a) {
    a(id, category, name, address, region, latitude_e7, longitude_e7, radius_m, area_dm2, capacity,
      open_weekdays, operated_by, keepers, from, scope, statuses);
  }
};

struct Loan {
  EventId event;
  std::uint64_t borrower = 0;
  Day due;

  template <class Archive>
  void fields(Archive& a) {
    a(event, borrower, due);
  }
};

struct AssetReturn {
  EventId event;
  std::uint64_t borrower = 0;
  std::uint16_t condition = 0;  // schema::AssetReturned::Condition

  template <class Archive>
  void fields(Archive& a) {
    a(event, borrower, condition);
  }
};

struct Asset {
  AssetId id;
  Symbol kind;
  std::string name;
  std::int64_t quantity = 0;
  std::int64_t value_fen = 0;
  FundId fund;
  bool lendable = false;
  std::vector<Loan> loans;           // all, by event id
  std::vector<AssetReturn> returns;  // all, by event id
  // Derived from the two lists.
  std::int64_t out = 0;
  std::int64_t lost = 0;
  std::int64_t damaged = 0;

  std::int64_t available() const { return quantity - lost - out; }  // before redemptions
  // Loans of this borrower that have not come back.
  std::int64_t open_loans(std::uint64_t borrower) const;
  void settle();
  template <class Archive>
  void fields(Archive& a) {
    a(id, kind, name, quantity, value_fen, fund, lendable, loans, returns, out, lost, damaged);
  }
};

struct SitesState {
  boost::unordered_flat_map<SiteId, Site> sites;
  boost::unordered_flat_map<AssetId, Asset> assets;

  const Site* find(SiteId id) const {
    auto at = sites.find(id);
    return at == sites.end() ? nullptr : &at->second;
  }
  const Asset* find_asset(AssetId id) const {
    auto at = assets.find(id);
    return at == assets.end() ? nullptr : &at->second;
  }
  // A06: opened by that day and not closed on it. Weekly hours are not asked: activities outside
  // them are ordinary.
  bool is_open(SiteId id, Day day) const;

  template <class Archive>
  void fields(Archive& a) {
    a(sites, assets);
  }
};

// I9: what can be lent or handed out, one stock for both: neither lost nor lent out nor redeemed
// for points. Below zero where more was handed over than there was.
std::int64_t stock_left(const State& state, const Asset& asset);

}  // namespace houniao
