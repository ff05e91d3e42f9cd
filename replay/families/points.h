// Points of volunteers: one account for each. A part of VolunteersState, which redemptions.h goes
// on with; written by the one thread that folds the log.
//
// I8, after every event and for every volunteer:
//
//   available = earned + adjusted - spent - what open leases hold  >=  0
//
// A hand-over is covered by the points that the volunteer had on its day and that nothing else
// needed up to today, see PointsAccount::settle(). That is a function of the set of events: points
// that were earned before and arrive late cover it, points that are earned later do not. The rest
// is a shortage that the site of its envelope owes. It is settled by PointsAdjusted with the cause
// shortageSettled, recorded at that site: a negative delta takes so many points of the volunteer, a
// positive one says that the site paid and leaves the balance as it is. A shortage that turns out
// to be covered after it was settled needs another adjustment.
//
// Order of arrival. Points are scarce: of negative adjustments, leases and online redemptions that
// do not fit together the record that comes first counts and the others are held. The same holds
// for the points of one service and of one day, and for taking back points that may be spent
// (PointsEarned or PointsAdjusted retracted: only what is available goes, the rest stays earned).
// Points that come in and hand-overs give one state in any order.
//
// Rows of the fact table; subject is the person behind the volunteer. With those of PointsRedeemed
// the quantities of kind "points" add up to the balance less what was handed over without cover:
//   PointsEarned    kind "points", attr "earned", group the hours, quantity the points
//   PointsAdjusted  kind "points", attr the cause ("expiry"), quantity the change of the balance
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/dense_map.h"
#include "replay/families/redemptions.h"
#include "replay/stable_map.h"

namespace houniao {

// Of one event. The sum over an account, of fewer than 2^32 events, stays far from overflow.
inline constexpr std::int64_t kPointsMax = 1'000'000'000;
constexpr bool valid_points(std::int64_t points) { return points > 0 && points <= kPointsMax; }

// What one event does to an account. The order of the kinds is that within a day: what comes in is
// there for what goes out, and hand-overs get the rest.
struct PointsEntry {
  enum class Kind : std::uint8_t { earned, adjusted, given_back, online, leased, settled, handed };

  EventId event;
  Day day;
  Kind kind = Kind::earned;
  std::int64_t points = 0;   // signed for adjusted and settled, positive for all others
  std::uint64_t source = 0;  // HoursRecorded of earned, lease of given_back and leased, else site
  std::int64_t covered = 0;  // of a hand-over: what the account paid for it; derived

  // What it adds to what is available, hand-overs left out.
  std::int64_t change() const;
  bool before(const PointsEntry& other) const;
  template <class Archive>
  void fields(Archive& a) {
    a(event, day, kind, points, source, covered);
  }
};

struct PointsAccount {
  std::vector<PointsEntry> entries;  // by day, kind, event id
  std::int64_t available = 0;        // derived

  void add(const PointsEntry& entry);
  // False when the event has no entry.
  bool remove(EventId event);
  // Derives what hand-overs are covered and what is available from the entries. A hand-over takes
  // what nothing on its day or later needs: the least that is left at any time from then on.
  void settle();
  // What is missing for hand-overs at the site and was not settled.
  std::int64_t shortage(SiteId site) const;
  // What is missing for hand-overs anywhere, settled or not.
  std::int64_t uncovered() const;
  template <class Archive>
  void fields(Archive& a) {
    a(entries, available);
  }
};

struct SiteShortage {
  VolunteerId volunteer;
  std::int64_t points = 0;
  bool operator==(const SiteShortage&) const = default;
};

struct PointsState {
  StableMap<VolunteerId, PointsAccount> accounts;
  EntityMap<LeaseId, PointsLease> leases;
  StableMap<EventId, PointsRedemption> redemptions;
  boost::unordered_flat_map<AssetId, std::int64_t> redeemed;  // items, never 0

  const PointsLease* find_lease(LeaseId id) const {
    auto at = leases.find(id);
    return at == leases.end() ? nullptr : &at->second;
  }
  const PointsAccount* find(VolunteerId volunteer) const {
    auto at = accounts.find(volunteer);
    return at == accounts.end() ? nullptr : &at->second;
  }
  // What the volunteer may redeem online or set aside.
  std::int64_t available(VolunteerId volunteer) const;
  // That and what leases hold: the points not spent.
  std::int64_t balance(VolunteerId volunteer) const;
  std::int64_t redeemed_of(AssetId item) const;
  // What the site owes on account of this volunteer.
  std::int64_t shortage(SiteId site, VolunteerId volunteer) const;
  // All that the site owes, by volunteer ascending. Takes time in proportion to all accounts.
  std::vector<SiteShortage> shortages_of(SiteId site) const;

  void enter(VolunteerId volunteer, const PointsEntry& entry);
  void withdraw(VolunteerId volunteer, EventId event);  // nothing when there is no such entry

  template <class Archive>
  void fields(Archive& a) {
    a(accounts, leases, redemptions, redeemed);
  }
};

// What take_back_volunteers() does for a retracted PointsEarned or PointsAdjusted.
void take_back_points(State& state, EventId event);

}  // namespace houniao
