#include "replay/families/points.h"

#include <algorithm>
#include <limits>

#include "replay/dispatch.h"
#include "replay/families/delivery.h"
#include "replay/families/volunteers.h"

namespace houniao {

// --- accounts ----------------------------------------------------------------------------------

static_assert(kPointsMax <= std::numeric_limits<std::int64_t>::max() >> 33,
              "the sum over 2^32 entries and its negative must fit");

std::int64_t PointsEntry::change() const {
  switch (kind) {
    case Kind::earned:
    case Kind::adjusted:
    case Kind::given_back:
      return points;
    case Kind::online:
    case Kind::leased:
      return -points;
    case Kind::settled:
      return std::min<std::int64_t>(points, 0);  // the site's own payment is not the volunteer's
    case Kind::handed:
      return 0;
  }
  return 0;
}

bool PointsEntry::before(const PointsEntry& other) const {
  if (day != other.day) return day < other.day;
  return kind != other.kind ? kind < other.kind : event < other.event;
}

void PointsAccount::add(const PointsEntry& entry) {
  insert_sorted(entries, entry,
                [](const PointsEntry& a, const PointsEntry& b) { return a.before(b); });
  settle();
}

bool PointsAccount::remove(EventId event) {
  if (!erase_event(entries, event)) return false;
  settle();
  return true;
}

void PointsAccount::settle() {
  available = 0;
  bool any_handed = false;
  for (const PointsEntry& entry : entries) {
    available += entry.change();
    any_handed = any_handed || entry.kind == PointsEntry::Kind::handed;
  }
  if (!any_handed) return;
  // What is left after each entry, then the least of that from there on.
  std::vector<std::int64_t> least(entries.size());
  std::int64_t left = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) least[i] = left += entries[i].change();
  for (std::size_t i = entries.size() - 1; i-- > 0;) least[i] = std::min(least[i], least[i + 1]);

  std::int64_t covered = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    PointsEntry& entry = entries[i];
    if (entry.kind != PointsEntry::Kind::handed) continue;
    entry.covered = std::clamp<std::int64_t>(least[i] - covered, 0, entry.points);
    covered += entry.covered;
  }
  available -= covered;
}

std::int64_t PointsAccount::shortage(SiteId site) const {
  std::int64_t missing = 0;
  for (const PointsEntry& entry : entries) {
    if (entry.source != site.value) continue;
    if (entry.kind == PointsEntry::Kind::handed) missing += entry.points - entry.covered;
    if (entry.kind == PointsEntry::Kind::settled) {
      missing -= entry.points < 0 ? -entry.points : entry.points;
    }
  }
  return std::max<std::int64_t>(missing, 0);
}

std::int64_t PointsAccount::uncovered() const {
  std::int64_t missing = 0;
  for (const PointsEntry& entry : entries) {
    if (entry.kind == PointsEntry::Kind::handed) missing += entry.points - entry.covered;
  }
  return missing;
}

// --- queries -----------------------------------------------------------------------------------

std::int64_t PointsState::available(VolunteerId volunteer) const {
  const PointsAccount* account = find(volunteer);
  return account == nullptr ? 0 : account->available;
}

std::int64_t PointsState::balance(VolunteerId volunteer) const {
  const PointsAccount* account = find(volunteer);
  if (account == nullptr) return 0;
  std::int64_t sum = account->available;
  for (const PointsEntry& entry : account->entries) {
    if (entry.kind != PointsEntry::Kind::leased) continue;
    const PointsLease* lease = find_lease(LeaseId{entry.source});
    if (lease != nullptr) sum += lease->left();
  }
  return sum;
}

std::int64_t PointsState::redeemed_of(AssetId item) const {
  auto at = redeemed.find(item);
  return at == redeemed.end() ? 0 : at->second;
}

std::int64_t PointsState::shortage(SiteId site, VolunteerId volunteer) const {
  const PointsAccount* account = find(volunteer);
  return account == nullptr ? 0 : account->shortage(site);
}

std::vector<SiteShortage> PointsState::shortages_of(SiteId site) const {
  std::vector<SiteShortage> out;
  for (const auto& [volunteer, account] : accounts) {
    if (const std::int64_t points = account.shortage(site); points > 0) {
      out.push_back({volunteer, points});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const SiteShortage& a, const SiteShortage& b) { return a.volunteer < b.volunteer; });
  return out;
}

void PointsState::enter(VolunteerId volunteer, const PointsEntry& entry) {
  accounts[volunteer].add(entry);
}

void PointsState::withdraw(VolunteerId volunteer, EventId event) {
  auto at = accounts.find(volunteer);
  if (at == accounts.end() || !at->second.remove(event)) return;
  if (at->second.entries.empty()) accounts.erase(at);
}

// --- PointsEarned ------------------------------------------------------------------------------

namespace {

using Kind = PointsEntry::Kind;
using Cause = schema::PointsAdjusted::Cause;

// What the volunteer earned in the programme for service on the day.
std::int64_t earned_for(const State& state, const HoursRecord& service) {
  const PointsAccount* account = state.volunteers.points.find(service.volunteer);
  if (account == nullptr) return 0;
  std::int64_t sum = 0;
  for (const PointsEntry& entry : account->entries) {
    if (entry.kind != Kind::earned) continue;
    const HoursRecord* record = state.volunteers.hours.find_record(EventId{entry.source});
    if (record != nullptr && record->day == service.day && record->programme == service.programme) {
      sum += entry.points;
    }
  }
  return sum;
}

// The rules in force on the day of service are those by which it was promised.
void check_points_rule(const State& state, const HoursRecord& service, std::uint32_t accepted,
                       std::int64_t points, Reasons& reasons) {
  const PolicyVersion* policy = points_policy(state, service.programme, service.day);
  if (policy == nullptr || policy->minutes_per_point == 0) {
    return reasons.add(Reason::points_exceed_rule);
  }
  reasons.add_if(points > accepted / policy->minutes_per_point, Reason::points_exceed_rule);
  const std::uint32_t day_max = policy->points_per_day_max;
  reasons.add_if(day_max != 0 && points > day_max - earned_for(state, service),
                 Reason::points_exceed_rule);
}

}  // namespace

void admit(const State& state, const EventContext& context, schema::PointsEarned::Reader body,
           Reasons& reasons) {
  const VolunteerId id{body.getVolunteer()};
  check_volunteer(state, id, reasons);
  reasons.add_if(is_same_person(state, context.actor(), person_of(state, id).value),
                 Reason::not_independent);
  if (!valid_points(body.getPoints())) return reasons.add(Reason::value_invalid);

  const EventId hours{body.getHours()};
  const HoursDecision* decision = state.volunteers.hours.find_decision(hours);
  if (decision == nullptr) {
    if (!state.is_retracted(hours)) return not_found(state, hours.value, reasons);
    // Hours that were taken back give nothing.
    reasons.add(Reason::target_retracted);
    return reasons.add(Reason::points_exceed_rule);
  }
  const HoursRecord* service = state.volunteers.hours.find_record(decision->record);
  if (service == nullptr) return not_found(state, decision->record.value, reasons);
  reasons.add_if(service->volunteer != id, Reason::wrong_reference);
  reasons.add_if(!service->credited_by.empty(), Reason::points_credited_twice);
  check_points_rule(state, *service, decision->accepted, body.getPoints(), reasons);
}

void apply(State& state, const EventContext& context, schema::PointsEarned::Reader body) {
  FactRow row = volunteer_row(state, context, VolunteerId{body.getVolunteer()});
  row.kind = state.intern("points");
  row.attr = state.intern("earned");
  row.group = body.getHours();
  row.quantity = valid_points(body.getPoints()) ? body.getPoints() : 0;
  state.facts.add(row);
  if (context.provisional || !valid_points(body.getPoints())) return;

  HoursState& hours = state.volunteers.hours;
  const HoursDecision* decision = hours.find_decision(EventId{body.getHours()});
  const EventId service = decision == nullptr ? EventId{} : decision->record;
  if (auto record = hours.records.find(service); record != hours.records.end()) {
    insert_sorted(record->second.credited_by, context.id);
  }
  state.volunteers.points.enter(
      VolunteerId{body.getVolunteer()},
      {context.id, context.occurred, Kind::earned, body.getPoints(), service.value});
}

// --- PointsAdjusted ----------------------------------------------------------------------------

namespace {

std::string_view name_of(Cause cause) {
  switch (cause) {
    case Cause::CORRECTION:
      return "correction";
    case Cause::EXPIRY:
      return "expiry";
    case Cause::PENALTY:
      return "penalty";
    case Cause::TRANSFER_IN:
      return "transfer_in";
    case Cause::SHORTAGE_SETTLED:
      return "shortage_settled";
  }
  return "unknown";
}

bool valid_delta(std::int64_t delta) {
  return delta != 0 && -kPointsMax <= delta && delta <= kPointsMax;
}

// Points expire and are forfeited in one direction, and come over in the other.
bool has_right_sign(Cause cause, std::int64_t delta) {
  if (cause == Cause::EXPIRY || cause == Cause::PENALTY) return delta < 0;
  return cause != Cause::TRANSFER_IN || delta > 0;
}

PointsEntry adjustment_entry(const EventContext& context, schema::PointsAdjusted::Reader body) {
  const Kind kind = body.getCause() == Cause::SHORTAGE_SETTLED ? Kind::settled : Kind::adjusted;
  return {context.id, context.occurred, kind, body.getDelta(), context.event.getSite()};
}

}  // namespace

void admit(const State& state, const EventContext& context, schema::PointsAdjusted::Reader body,
           Reasons& reasons) {
  const VolunteerId id{body.getVolunteer()};
  const std::int64_t delta = body.getDelta();
  check_volunteer(state, id, reasons);
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  // I6: one records, another approves, and neither is the volunteer.
  const std::uint64_t owner = person_of(state, id).value;
  reasons.add_if(body.getApprover() == 0 ||
                     is_same_person(state, body.getApprover(), context.actor()) ||
                     is_same_person(state, body.getApprover(), owner) ||
                     is_same_person(state, context.actor(), owner),
                 Reason::not_independent);
  if (!valid_delta(delta)) return reasons.add(Reason::value_invalid);
  reasons.add_if(!has_right_sign(body.getCause(), delta), Reason::value_invalid);
  // While something named has not arrived, what the volunteer has is not known either.
  if (reasons.has(Reason::orphan)) return;
  const PointsState& points = state.volunteers.points;
  reasons.add_if(delta < 0 && points.available(id) < -delta, Reason::points_short);
  if (body.getCause() == Cause::SHORTAGE_SETTLED) {
    const std::int64_t owed = points.shortage(SiteId{context.event.getSite()}, id);
    reasons.add_if((delta < 0 ? -delta : delta) > owed, Reason::value_invalid);
  }
}

void apply(State& state, const EventContext& context, schema::PointsAdjusted::Reader body) {
  const bool valid = valid_delta(body.getDelta());
  const PointsEntry entry = adjustment_entry(context, body);
  FactRow row = volunteer_row(state, context, VolunteerId{body.getVolunteer()});
  row.kind = state.intern("points");
  row.attr = state.intern(name_of(body.getCause()));
  row.quantity = valid ? entry.change() : 0;
  state.facts.add(row);
  if (context.provisional || !valid) return;
  state.volunteers.points.enter(VolunteerId{body.getVolunteer()}, entry);
}

// --- retraction --------------------------------------------------------------------------------

void take_back_points(State& state, EventId event) {
  PointsState& points = state.volunteers.points;
  // Retractions are rare, so nothing is kept that would lead from the event to its account.
  for (auto& [volunteer, account] : points.accounts) {
    auto entry = std::find_if(account.entries.begin(), account.entries.end(),
                              [&](const PointsEntry& item) { return item.event == event; });
    if (entry == account.entries.end()) continue;
    // What is spent or set aside cannot be taken back; it stays earned.
    const std::int64_t gives = std::max<std::int64_t>(entry->change(), 0);
    if (const std::int64_t free = std::max<std::int64_t>(account.available, 0); gives > free) {
      entry->points -= free;
      return account.settle();
    }
    auto record = state.volunteers.hours.records.find(EventId{entry->source});
    if (entry->kind == Kind::earned && record != state.volunteers.hours.records.end()) {
      erase_value(record->second.credited_by, event);
    }
    return points.withdraw(volunteer, event);
  }
}

}  // namespace houniao
