// What is set aside for devices that redeem points without a connection, and what was redeemed. A
// part of VolunteersState, beside the accounts (points.h); written by the one thread that folds the
// log.
//
// Three ways of redeeming:
//   online       the points are there when the record is written, else it is held
//   leased       a PointsAllowanceLeased sets points aside for one device. What that device redeems
//                within the lease is never refused for want of points, whenever it arrives: they
//                were taken out of the balance when the lease was given
//   handed over  the goods are gone, so it is never held for want of points. What the account does
//                not cover is a shortage that the site owes, not a negative balance (points.h)
//
// A lease is never freed by time. A device without a connection may have redeemed on the last day
// and bring it a year later, so an expired lease still holds its points. It is freed by an event
// that `closes` it, which says how much is left, and by nothing else:
//   by its own device    its chain has no gaps, so everything that it redeemed before has arrived,
//                        and what it redeems afterwards is held (lease_closed)
//   by another device    by a supervisor, only when the lease's device is revoked and everything
//                        from before the place of revocation has arrived (else
//                        lease_of_other_device). What was redeemed before and still waits keeps its
//                        share. What comes from behind that place is held anyway (device_revoked),
//                        and releasing it does not help, because the lease is closed from there on
// So at any time redeemed + given back <= points of the lease, by reasons that no decision waives.
// A lease may be given back in parts; from the first on it is closed. For the same reason a
// retraction does not free a lease, and does not open a closed one: its points stay where they are.
//
// Order of arrival. Leases and online redemptions take from what is available, and every redemption
// from the stock: of those that do not fit together the record that comes first counts and the
// others are held. Redeeming within leases and closing them give one state in any order.
//
// Rows of the fact table; subject is the person behind the volunteer:
//   PointsRedeemed         kind "points", attr the mode ("leased"), group the asset, quantity minus
//                          the points; and a row with the asset's kind, the same attr and group,
//                          and the number of items as quantity
//   PointsAllowanceLeased  kind "points_lease", attr "opened" or "closed", group the lease,
//                          quantity the points set aside or given back
#pragma once

#include <cstdint>

#include "base/ids.h"
#include "base/time.h"

namespace houniao {

class State;

struct PointsLease {
  LeaseId id;
  VolunteerId volunteer;
  DeviceNumber device;  // that may redeem
  SiteId site;
  Day last_day;
  std::int64_t points = 0;
  std::int64_t spent = 0;
  std::int64_t given_back = 0;
  EventId closed_from;  // the first place in the device's chain that is too late; none while open

  std::int64_t left() const { return points - spent - given_back; }
  bool is_closed() const { return static_cast<bool>(closed_from); }
  bool is_closed_for(EventId redemption) const { return is_closed() && redemption >= closed_from; }
  template <class Archive>
  void fields(Archive& a) {
    a(id, volunteer, device, site, last_day, points, spent, given_back, closed_from);
  }
};

// What a PointsRedeemed in force did.
struct PointsRedemption {
  VolunteerId volunteer;
  AssetId item;
  std::int64_t quantity = 0;
  std::int64_t points = 0;
  LeaseId lease;  // none when no lease paid for it

  template <class Archive>
  void fields(Archive& a) {
    a(volunteer, item, quantity, points, lease);
  }
};

// What take_back_volunteers() does for a retracted PointsRedeemed.
void take_back_redemption(State& state, EventId event);

}  // namespace houniao
