#include "replay/families/redemptions.h"

#include <algorithm>

#include "replay/dispatch.h"
#include "replay/families/delivery.h"
#include "replay/families/volunteers.h"

namespace houniao {

namespace {

using Kind = PointsEntry::Kind;
using Mode = schema::PointsRedeemed::Mode;

// Of PolicyVersion::redemption_modes.
unsigned bit_of(Mode mode) {
  switch (mode) {
    case Mode::ONLINE:
      return 1;
    case Mode::LEASED:
      return 2;
    case Mode::HANDED_OVER:
      return 4;
  }
  return 0;
}

void check_mode(const State& state, const EventContext& context, const Volunteer* volunteer,
                Mode mode, Reasons& reasons) {
  const PolicyVersion* policy =
      points_policy(state, programme_for(context, volunteer), context.occurred);
  if (policy == nullptr || policy->redemption_modes == 0) return;
  reasons.add_if((policy->redemption_modes & bit_of(mode)) == 0,
                 Reason::redemption_mode_not_allowed);
}

// The lease that an event works with; nullptr when it is not in the state. What is in force and no
// lease will never be one, and no decision makes it one.
const PointsLease* check_lease(const State& state, LeaseId id, Reasons& reasons) {
  const PointsLease* lease = state.volunteers.points.find_lease(id);
  if (lease != nullptr) return lease;
  if (!id || state.in_force(id)) {
    reasons.add(Reason::lease_of_other_device);
  } else {
    reasons.orphan(id);
  }
  return nullptr;
}

}  // namespace

// --- PointsAllowanceLeased ---------------------------------------------------------------------

namespace {

void admit_opening(const State& state, const EventContext& context,
                   schema::PointsAllowanceLeased::Reader body, Reasons& reasons) {
  const VolunteerId id{body.getVolunteer()};
  const Volunteer* volunteer = check_volunteer(state, id, reasons);
  check_known_site(state, SiteId{body.getSite()}, reasons);
  check_interval(context.occurred, Day{body.getLastDay()}, reasons);
  check_mode(state, context, volunteer, Mode::LEASED, reasons);
  const Device* device = state.device(DeviceNumber{body.getDevice()});
  reasons.add_if(device == nullptr, Reason::unknown_device);
  reasons.add_if(device != nullptr && device->revoked_from, Reason::device_revoked);
  if (!valid_points(body.getPoints())) return reasons.add(Reason::value_invalid);
  // While something named has not arrived, what the volunteer has is not known either.
  if (reasons.has(Reason::orphan)) return;
  reasons.add_if(state.volunteers.points.available(id) < body.getPoints(), Reason::points_short);
}

// Points of redemptions that the lease's device recorded before it was revoked and that are still
// held, for instance because the asset they name has not arrived.
std::int64_t waiting_redemptions(const State& state, const PointsLease& lease, EventId before) {
  std::int64_t sum = 0;
  for (const auto& [id, parked] : state.parked) {
    if (device_of(id) != lease.device || id >= before || state.is_retracted(id)) continue;
    EventReader event;
    if (!event.open(parked.bytes) || event.type() != schema::Event::Body::POINTS_REDEEMED) continue;
    const auto body = event.get().getBody().getPointsRedeemed();
    if (LeaseId{body.getLease()} == lease.id && valid_points(body.getPoints())) {
      sum += body.getPoints();
    }
  }
  return sum;
}

// The place in the chain of the lease's device from which on nothing is in force any more; none
// while it is not revoked.
EventId revoked_place(const State& state, const PointsLease& lease) {
  const Device* device = state.device(lease.device);
  if (device == nullptr || !device->revoked_from) return {};
  return event_id(device->number, device->revoked_from);
}

void check_closing_for_revoked(const State& state, const EventContext& context,
                               const PointsLease& lease, std::int64_t points, Reasons& reasons) {
  const EventId place = revoked_place(state, lease);
  const bool complete =
      place && state.device(lease.device)->head.value + 1 >= device_seq_of(place).value;
  if (!complete) return reasons.add(Reason::lease_of_other_device);
  reasons.add_if(!state.system.has_role(state.device(context.device), context.actor(),
                                        static_cast<std::uint16_t>(schema::Role::SUPERVISOR),
                                        context.scope(), day_of(context.received_at)),
                 Reason::missing_role);
  reasons.add_if(points > lease.left() - waiting_redemptions(state, lease, place),
                 Reason::lease_short);
}

void admit_closing(const State& state, const EventContext& context,
                   schema::PointsAllowanceLeased::Reader body, Reasons& reasons) {
  const PointsLease* lease = check_lease(state, LeaseId{body.getCloses()}, reasons);
  if (lease == nullptr) return;
  const std::int64_t points = body.getPoints();
  reasons.add_if(lease->volunteer.value != body.getVolunteer(), Reason::lease_of_other_device);
  reasons.add_if(points < 0, Reason::value_invalid);
  reasons.add_if(points > lease->left(), Reason::lease_short);
  reasons.add_if(lease->is_closed() && lease->left() == 0, Reason::lease_closed);
  if (lease->device != context.device) {
    check_closing_for_revoked(state, context, *lease, points, reasons);
  }
}

void open_lease(State& state, const EventContext& context,
                schema::PointsAllowanceLeased::Reader body) {
  if (!valid_points(body.getPoints())) return;
  PointsLease lease;
  lease.id = entity_cast<LeaseId>(context.id);
  lease.volunteer = VolunteerId{body.getVolunteer()};
  lease.device = DeviceNumber{body.getDevice()};
  lease.site = SiteId{body.getSite()};
  lease.last_day = Day{body.getLastDay()};
  lease.points = body.getPoints();
  state.volunteers.points.enter(
      lease.volunteer, {context.id, context.occurred, Kind::leased, lease.points, lease.id.value});
  state.volunteers.points.leases.insert_or_assign(lease.id, lease);
}

void close_lease(State& state, const EventContext& context,
                 schema::PointsAllowanceLeased::Reader body) {
  auto at = state.volunteers.points.leases.find(LeaseId{body.getCloses()});
  if (at == state.volunteers.points.leases.end()) return;
  PointsLease& lease = at->second;
  const EventId place = lease.device == context.device ? context.id : revoked_place(state, lease);
  if (!lease.is_closed() || place < lease.closed_from) lease.closed_from = place;
  const std::int64_t points =
      std::clamp<std::int64_t>(body.getPoints(), 0, std::max<std::int64_t>(lease.left(), 0));
  if (points == 0) return;
  lease.given_back += points;
  state.volunteers.points.enter(
      lease.volunteer, {context.id, context.occurred, Kind::given_back, points, lease.id.value});
}

}  // namespace

void admit(const State& state, const EventContext& context,
           schema::PointsAllowanceLeased::Reader body, Reasons& reasons) {
  if (body.getCloses() != 0) return admit_closing(state, context, body, reasons);
  admit_opening(state, context, body, reasons);
}

void apply(State& state, const EventContext& context, schema::PointsAllowanceLeased::Reader body) {
  const bool closes = body.getCloses() != 0;
  FactRow row = volunteer_row(state, context, VolunteerId{body.getVolunteer()});
  row.kind = state.intern("points_lease");
  row.attr = state.intern(closes ? "closed" : "opened");
  row.group = closes ? body.getCloses() : context.id.value;
  row.quantity = std::clamp<std::int64_t>(body.getPoints(), 0, kPointsMax);
  if (closes) row.flags |= kFactEnded;
  state.facts.add(row);
  if (context.provisional) return;
  if (closes) {
    close_lease(state, context, body);
  } else {
    open_lease(state, context, body);
  }
}

// --- PointsRedeemed ----------------------------------------------------------------------------

namespace {

// Items of one redemption; more is a typing error.
constexpr std::int64_t kItemsMax = 1'000'000;
constexpr bool valid_items(std::int64_t quantity) { return quantity > 0 && quantity <= kItemsMax; }

std::string_view name_of(Mode mode) {
  switch (mode) {
    case Mode::ONLINE:
      return "online";
    case Mode::LEASED:
      return "leased";
    case Mode::HANDED_OVER:
      return "handed_over";
  }
  return "unknown";
}

// I9: what was redeemed is gone, beside what is lent out or lost.
void check_stock(const State& state, schema::PointsRedeemed::Reader body, Reasons& reasons) {
  const AssetId item{body.getItem()};
  const Asset* asset = state.sites.find_asset(item);
  if (asset == nullptr) return not_found(state, item.value, reasons);
  check_not_retracted(state, item.value, reasons);
  if (body.getQuantity() <= stock_left(state, *asset)) return;
  reasons.add(body.getMode() == Mode::HANDED_OVER ? Reason::stock_shortage : Reason::stock_short);
}

void check_leased(const State& state, const EventContext& context,
                  schema::PointsRedeemed::Reader body, Reasons& reasons) {
  const PointsLease* lease = check_lease(state, LeaseId{body.getLease()}, reasons);
  if (lease == nullptr) return;
  reasons.add_if(lease->device != context.device || lease->volunteer.value != body.getVolunteer(),
                 Reason::lease_of_other_device);
  reasons.add_if(lease->is_closed_for(context.id), Reason::lease_closed);
  reasons.add_if(context.occurred > lease->last_day, Reason::lease_expired);
  reasons.add_if(body.getPoints() > lease->left(), Reason::lease_short);
}

PointsEntry redemption_entry(const EventContext& context, schema::PointsRedeemed::Reader body) {
  const Kind kind = body.getMode() == Mode::HANDED_OVER ? Kind::handed : Kind::online;
  return {context.id, context.occurred, kind, body.getPoints(), context.event.getSite()};
}

// Whether somebody's hand-over is short of points once this one is known.
bool makes_shortage(const State& state, const EventContext& context,
                    schema::PointsRedeemed::Reader body) {
  const PointsAccount* account = state.volunteers.points.find(VolunteerId{body.getVolunteer()});
  PointsAccount after = account == nullptr ? PointsAccount{} : *account;
  const std::int64_t before = after.uncovered();
  after.add(redemption_entry(context, body));
  return after.uncovered() > before;
}

void check_payment(const State& state, const EventContext& context,
                   schema::PointsRedeemed::Reader body, Reasons& reasons) {
  const VolunteerId id{body.getVolunteer()};
  switch (body.getMode()) {
    case Mode::ONLINE:
      reasons.add_if(state.volunteers.points.available(id) < body.getPoints(),
                     Reason::points_short);
      return;
    case Mode::LEASED:
      return check_leased(state, context, body, reasons);
    case Mode::HANDED_OVER:
      reasons.add_if(makes_shortage(state, context, body), Reason::points_shortage);
      return;
  }
  reasons.add(Reason::points_short);  // a way of redeeming that this build does not know
}

}  // namespace

void admit(const State& state, const EventContext& context, schema::PointsRedeemed::Reader body,
           Reasons& reasons) {
  const Volunteer* volunteer = check_volunteer(state, VolunteerId{body.getVolunteer()}, reasons);
  reasons.add_if(volunteer != nullptr && context.occurred < volunteer->enrolled,
                 Reason::before_enrolment);
  const std::size_t signature = body.getSignatureSha256().size();
  reasons.add_if(signature != 0 && signature != Hash{}.bytes.size(), Reason::hash_invalid);
  reasons.add_if(!valid_items(body.getQuantity()), Reason::value_invalid);
  check_stock(state, body, reasons);
  // A lease was given under the rules of its day; they bind who relies on it.
  if (body.getMode() != Mode::LEASED) {
    check_mode(state, context, volunteer, body.getMode(), reasons);
  }
  if (!valid_points(body.getPoints())) return reasons.add(Reason::value_invalid);
  // While something named has not arrived, what the volunteer has is not known either.
  if (reasons.has(Reason::orphan)) return;
  check_payment(state, context, body, reasons);
}

void apply(State& state, const EventContext& context, schema::PointsRedeemed::Reader body) {
  PointsState& points = state.volunteers.points;
  PointsRedemption redemption;
  redemption.volunteer = VolunteerId{body.getVolunteer()};
  redemption.item = AssetId{body.getItem()};
  redemption.quantity = valid_items(body.getQuantity()) ? body.getQuantity() : 0;
  redemption.points = valid_points(body.getPoints()) ? body.getPoints() : 0;

  FactRow row = volunteer_row(state, context, redemption.volunteer);
  row.kind = state.intern("points");
  row.attr = state.intern(name_of(body.getMode()));
  row.group = redemption.item.value;
  row.quantity = -redemption.points;
  state.facts.add(row);
  const Asset* asset = state.sites.find_asset(redemption.item);
  row.kind = asset == nullptr ? kNoText : asset->kind;
  row.quantity = redemption.quantity;
  state.facts.add(row);
  if (context.provisional) return;

  if (redemption.points != 0) {
    auto lease = points.leases.find(LeaseId{body.getLease()});
    if (body.getMode() != Mode::LEASED) {
      state.volunteers.points.enter(redemption.volunteer, redemption_entry(context, body));
    } else if (lease != points.leases.end()) {
      lease->second.spent += redemption.points;
      redemption.lease = lease->first;
    }
  }
  if (redemption.quantity != 0) points.redeemed[redemption.item] += redemption.quantity;
  points.redemptions.insert_or_assign(context.id, redemption);
}

// --- retraction --------------------------------------------------------------------------------

void take_back_redemption(State& state, EventId event) {
  PointsState& points = state.volunteers.points;
  auto at = points.redemptions.find(event);
  if (at == points.redemptions.end()) return;
  const PointsRedemption redemption = at->second;
  points.redemptions.erase(at);
  points.withdraw(redemption.volunteer, event);
  if (auto lease = points.leases.find(redemption.lease); lease != points.leases.end()) {
    lease->second.spent -= redemption.points;
  }
  auto item = points.redeemed.find(redemption.item);
  if (item == points.redeemed.end()) return;
  item->second -= redemption.quantity;
  if (item->second == 0) points.redeemed.erase(item);
}

}  // namespace houniao
