#include "replay/families/demands.h"

#include <algorithm>
#include <iterator>

#include "replay/dispatch.h"
#include "replay/families/delivery.h"
#include "replay/families/parties.h"

namespace houniao {

namespace {

using Period = schema::DemandDigestCompiled::Period;
using Disposition = schema::DemandDigestCompiled::Disposition;
using Urgency = schema::DemandRaised::Urgency;

constexpr std::string_view kUnknownName = "unknown";

template <class Id, class List, class IdOf>
std::vector<Id> distinct_ids(const List& list, IdOf id_of) {
  std::vector<Id> out;
  for (const auto& item : list) out.push_back(Id{id_of(item)});
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  std::erase(out, Id{});
  return out;
}

bool lists(const std::vector<DemandId>& sorted, DemandId id) {
  return std::binary_search(sorted.begin(), sorted.end(), id);
}

DemandDigest digest_of(const EventContext& context, schema::DemandDigestCompiled::Reader body) {
  DemandDigest digest;
  digest.id = context.id;
  digest.period = static_cast<std::uint16_t>(body.getPeriod());
  digest.programme = ProgrammeId{context.event.getProgramme()};
  digest.from = Day{body.getFromDay()};
  digest.to = Day{body.getToDay()};
  digest.items =
      distinct_ids<DemandId>(body.getItems(), [](auto item) { return item.getDemand(); });
  return digest;
}

// Changes what is known about when a demand was settled and keeps the index by settlement in step.
template <class Change>
void change_demand(DemandsState& demands, Demand& demand, Change change) {
  std::vector<std::pair<Day, DemandId>>& index = demands.by_settlement[demand.programme];
  const std::pair<Day, DemandId> before{demand.settled_on(), demand.id};
  auto at = std::lower_bound(index.begin(), index.end(), before);
  // A retracted demand has no place in the index and gets none.
  const bool indexed = at != index.end() && *at == before;
  if (indexed) index.erase(at);
  change(demand);
  if (indexed) insert_sorted(index, {demand.settled_on(), demand.id});
  if (index.empty()) demands.by_settlement.erase(demand.programme);
}

void forget_demand(DemandsState& demands, const Demand& demand) {
  auto at = demands.by_settlement.find(demand.programme);
  if (at == demands.by_settlement.end()) return;
  erase_value(at->second, {demand.settled_on(), demand.id});
  if (at->second.empty()) demands.by_settlement.erase(at);
}

void check_dispatched(const State& state, DemandId demand, OrderId id, Reasons& reasons) {
  if (!id) return reasons.add(Reason::dispatch_without_order);
  const Order* order = state.orders.find(id);
  if (order == nullptr) return not_found(state, id.value, reasons);
  check_not_retracted(state, id.value, reasons);
  reasons.add_if(order->is_withdrawn() || !lists(order->demands, demand),
                 Reason::dispatch_without_order);
}

void check_item(const State& state, Day from, schema::DemandDigestCompiled::Item::Reader item,
                Reasons& reasons) {
  const DemandId demand{item.getDemand()};
  check_demand(state, demand, from, reasons);
  switch (item.getDisposition()) {
    case Disposition::CARRIED:
    case Disposition::ANSWERED:
    case Disposition::RESOLVED:
      return;
    case Disposition::DISPATCHED:
      return check_dispatched(state, demand, OrderId{item.getOrder()}, reasons);
    case Disposition::DECLINED:
    case Disposition::MERGED:
      reasons.add_if(item.getReason().size() == 0, Reason::reason_missing);
      return;
  }
  reasons.add(Reason::value_invalid);  // a disposition that this build does not know
}

// Those present are people served and, for the body, its staff.
void check_attendees(const State& state, const EventContext& context,
                     schema::DeliberationHeld::Reader body, Reasons& reasons) {
  const auto listed = body.getAttendees();
  const std::vector<std::uint64_t> distinct = distinct_persons(listed);
  reasons.add_if(distinct.size() < listed.size(), Reason::person_listed_twice);
  reasons.add_if(distinct.empty() && body.getAnonymous() == 0, Reason::nobody_served);
  for (std::uint64_t id : distinct) {
    if (state.staff(StaffId{id}) == nullptr) check_person(state, context, PersonId{id}, reasons);
  }
}

Day day_of_demand(const EventContext& context, schema::DemandRaised::Reader body) {
  return body.getDay() != 0 ? Day{body.getDay()} : context.occurred;
}

Day day_of_meeting(const EventContext& context, schema::DeliberationHeld::Reader body) {
  return body.getDay() != 0 ? Day{body.getDay()} : context.occurred;
}

DemandStatus status_of(Disposition disposition) {
  switch (disposition) {
    case Disposition::ANSWERED:
      return DemandStatus::answered;
    case Disposition::RESOLVED:
      return DemandStatus::resolved;
    case Disposition::DECLINED:
      return DemandStatus::declined;
    case Disposition::MERGED:
      return DemandStatus::merged;
    case Disposition::CARRIED:
    case Disposition::DISPATCHED:
      break;
  }
  return DemandStatus::carried;
}

}  // namespace

// --- what a demand is --------------------------------------------------------------------------

bool DemandDisposition::settles() const {
  switch (static_cast<Disposition>(disposition)) {
    case Disposition::ANSWERED:
    case Disposition::RESOLVED:
    case Disposition::DECLINED:
    case Disposition::MERGED:
      return true;
    case Disposition::CARRIED:
    case Disposition::DISPATCHED:
      return false;
  }
  return false;
}

Day Demand::settled_on() const {
  Day first = kStillOpen;
  for (const DemandDisposition& item : dispositions) {
    if (item.settles()) first = std::min(first, item.day);
  }
  return first;
}

const DemandDisposition* Demand::last_disposition(bool settling) const {
  const DemandDisposition* last = nullptr;
  for (const DemandDisposition& item : dispositions) {  // by event id
    if (item.settles() == settling && (last == nullptr || item.day >= last->day)) last = &item;
  }
  return last;
}

DemandStatus demand_status(const State& state, const Demand& demand) {
  if (state.is_retracted(EventId{demand.id.value})) return DemandStatus::retracted;
  if (const DemandDisposition* settled = demand.last_disposition(true); settled != nullptr) {
    return status_of(static_cast<Disposition>(settled->disposition));
  }
  const bool dispatched = std::any_of(demand.orders.begin(), demand.orders.end(), [&](OrderId id) {
    const Order* order = state.orders.find(id);
    return order != nullptr && !order->is_withdrawn();
  });
  if (dispatched) return DemandStatus::dispatched;
  return demand.dispositions.empty() ? DemandStatus::open : DemandStatus::carried;
}

std::vector<DemandId> open_demands(const State& state, ProgrammeId programme, Day day) {
  std::vector<DemandId> out;
  const DemandsState& demands = state.orders.demands;
  auto index = demands.by_settlement.find(programme);
  if (index == demands.by_settlement.end()) return out;
  auto at = std::partition_point(index->second.begin(), index->second.end(), [&](const auto& item) {
    return item.first <= day && item.first != kStillOpen;
  });
  for (; at != index->second.end(); ++at) {
    const Demand* demand = demands.find(at->second);
    if (demand != nullptr && demand->day <= day) out.push_back(demand->id);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<DemandId> missing_from_digest(const State& state, const DemandDigest& digest) {
  const std::vector<DemandId> open = open_demands(state, digest.programme, digest.to);
  std::vector<DemandId> out;
  std::set_difference(open.begin(), open.end(), digest.items.begin(), digest.items.end(),
                      std::back_inserter(out));
  return out;
}

std::vector<DemandId> missing_from_digest(const State& state, EventId digest) {
  auto at = state.orders.demands.digests.find(digest);
  if (at == state.orders.demands.digests.end()) return {};
  return missing_from_digest(state, at->second);
}

void carry_demands(DemandsState& demands, OrderId order, const std::vector<DemandId>& carried) {
  for (DemandId id : carried) {
    auto at = demands.demands.find(id);
    if (at != demands.demands.end()) insert_sorted(at->second.orders, order);
  }
}

void drop_demands(DemandsState& demands, OrderId order, const std::vector<DemandId>& carried) {
  for (DemandId id : carried) {
    auto at = demands.demands.find(id);
    if (at != demands.demands.end()) erase_value(at->second.orders, order);
  }
}

void check_demand(const State& state, DemandId id, Day day, Reasons& reasons) {
  const Demand* demand = state.orders.demands.find(id);
  if (demand == nullptr) return not_found(state, id.value, reasons);
  check_not_retracted(state, id.value, reasons);
  reasons.add_if(demand->settled_on() < day, Reason::demand_closed);
}

// --- names -------------------------------------------------------------------------------------

std::string_view name_of(DemandStatus status) {
  static constexpr std::string_view kNames[] = {"open",     "carried",  "dispatched", "answered",
                                                "resolved", "declined", "merged",     "retracted"};
  const auto at = static_cast<std::size_t>(status);
  return at < std::size(kNames) ? kNames[at] : kUnknownName;
}

std::string_view name_zh(DemandStatus status) {
  static constexpr std::string_view kNames[] = {"待办",   "续办",   "已派单", "已答复",
                                                "已解决", "不受理", "已并入", "已撤销"};
  const auto at = static_cast<std::size_t>(status);
  return at < std::size(kNames) ? kNames[at] : "未知";
}

std::string_view name_of_period(std::uint16_t period) {
  switch (static_cast<Period>(period)) {
    case Period::DAY:
      return "day";
    case Period::WEEK:
      return "week";
    case Period::MONTH:
      return "month";
  }
  return kUnknownName;
}

std::string_view name_of_disposition(std::uint16_t disposition) {
  switch (static_cast<Disposition>(disposition)) {
    case Disposition::CARRIED:
      return "carried";
    case Disposition::DISPATCHED:
      return "dispatched";
    case Disposition::ANSWERED:
      return "answered";
    case Disposition::RESOLVED:
      return "resolved";
    case Disposition::DECLINED:
      return "declined";
    case Disposition::MERGED:
      return "merged";
  }
  return kUnknownName;
}

std::string_view name_of_urgency(std::uint16_t urgency) {
  switch (static_cast<Urgency>(urgency)) {
    case Urgency::NORMAL:
      return "normal";
    case Urgency::SOON:
      return "soon";
    case Urgency::URGENT:
      return "urgent";
  }
  return kUnknownName;
}

// --- DemandRaised ------------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::DemandRaised::Reader body,
           Reasons& reasons) {
  check_person(state, context, PersonId{body.getPerson()}, reasons);
  reasons.add_if(body.getCategory().size() == 0, Reason::text_missing);
  reasons.add_if(name_of_urgency(static_cast<std::uint16_t>(body.getUrgency())) == kUnknownName,
                 Reason::value_invalid);
  if (body.getCollector() != 0) {
    check_staff(state, body.getCollector(), day_of_demand(context, body), reasons);
  }
}

void apply(State& state, const EventContext& context, schema::DemandRaised::Reader body) {
  Demand demand;
  demand.id = entity_cast<DemandId>(context.id);
  demand.person = PersonId{body.getPerson()};
  demand.programme = ProgrammeId{context.event.getProgramme()};
  demand.category = state.intern(view(body.getCategory()));
  demand.urgency = static_cast<std::uint16_t>(body.getUrgency());
  demand.channel = state.intern(view(body.getChannel()));
  demand.collector = body.getCollector();
  demand.day = day_of_demand(context, body);

  FactRow row = start_row(context);
  row.kind = demand.category;
  row.attr = demand.channel;
  row.subject = demand.person.value;
  row.day = demand.day.value;
  if (demand.collector != 0) row.staff = demand.collector;
  if (!demand.person) row.flags |= kFactAnonymous;
  state.facts.add(row);
  if (context.provisional) return;
  DemandsState& demands = state.orders.demands;
  insert_sorted(demands.by_settlement[demand.programme], {demand.settled_on(), demand.id});
  demands.demands.insert_or_assign(demand.id, std::move(demand));
}

// --- DemandDigestCompiled ----------------------------------------------------------------------

void admit(const State& state, const EventContext& context,
           schema::DemandDigestCompiled::Reader body, Reasons& reasons) {
  const DemandDigest digest = digest_of(context, body);
  check_interval(digest.from, digest.to, reasons);
  reasons.add_if(name_of_period(digest.period) == kUnknownName, Reason::value_invalid);
  // A demand listed twice could say two things about what became of it.
  reasons.add_if(digest.items.size() != body.getItems().size(), Reason::value_invalid);
  for (auto item : body.getItems()) check_item(state, digest.from, item, reasons);
  reasons.add_if(!missing_from_digest(state, digest).empty(), Reason::digest_incomplete);
}

void apply(State& state, const EventContext& context, schema::DemandDigestCompiled::Reader body) {
  DemandDigest digest = digest_of(context, body);
  const Symbol period = state.intern(name_of_period(digest.period));
  FactRow row = start_row(context);
  row.kind = period;
  row.day = digest.to.value;
  state.facts.add(row);
  row.attr = period;
  DemandsState& demands = state.orders.demands;
  for (auto item : body.getItems()) {
    const auto disposition = static_cast<std::uint16_t>(item.getDisposition());
    row.kind = state.intern(name_of_disposition(disposition));
    row.group = item.getDemand();
    state.facts.add(row);
    auto at = demands.demands.find(DemandId{item.getDemand()});
    if (context.provisional || at == demands.demands.end()) continue;
    change_demand(demands, at->second, [&](Demand& demand) {
      insert_by_event(demand.dispositions, DemandDisposition{context.id, disposition, digest.to,
                                                             OrderId{item.getOrder()},
                                                             std::string{view(item.getReason())}});
    });
  }
  if (context.provisional) return;
  demands.digests.insert_or_assign(context.id, std::move(digest));
}

// --- DeliberationHeld --------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::DeliberationHeld::Reader body,
           Reasons& reasons) {
  const Day day = day_of_meeting(context, body);
  const OrganisationId id{body.getBody()};
  reasons.add_if(!id, Reason::value_invalid);
  check_known_organisation(state, id, reasons);
  reasons.add_if(state.organisation(id) != nullptr && !state.organisations.is_active(id, day),
                 Reason::organisation_not_active);
  const auto itself = [](std::uint64_t demand) { return demand; };
  const std::vector<DemandId> agenda = distinct_ids<DemandId>(body.getAgenda(), itself);
  for (DemandId demand : agenda) check_demand(state, demand, day, reasons);
  check_attendees(state, context, body, reasons);
  for (auto resolution : body.getResolutions()) {
    reasons.add_if(!lists(agenda, DemandId{resolution.getDemand()}), Reason::resolution_off_agenda);
  }
}

void apply(State& state, const EventContext& context, schema::DeliberationHeld::Reader body) {
  Deliberation meeting;
  meeting.id = context.id;
  meeting.body = OrganisationId{body.getBody()};
  meeting.day = day_of_meeting(context, body);
  meeting.attendees = distinct_persons(body.getAttendees());
  meeting.anonymous = body.getAnonymous();

  FactRow row = start_row(context);
  row.day = meeting.day.value;
  const auto add = [&](std::string_view kind, std::uint64_t subject, std::uint64_t group) {
    row.kind = state.intern(kind);
    row.subject = subject;
    row.group = group;
    state.facts.add(row);
  };
  add("deliberation", meeting.body.value, context.id.value);
  for (auto item : body.getResolutions()) {
    const DemandResolution resolution{DemandId{item.getDemand()}, item.getAdopted(),
                                      state.intern(view(item.getOutcome()))};
    row.attr = resolution.outcome;
    add(resolution.adopted ? "adopted" : "not_adopted", 0, resolution.demand.value);
    meeting.resolutions.push_back(resolution);
  }
  row.attr = kNoText;
  for (std::uint64_t attendee : meeting.attendees) add("attendee", attendee, context.id.value);
  if (meeting.anonymous != 0) {
    row.quantity = meeting.anonymous;
    row.flags |= kFactAnonymous;
    add("attendee", 0, context.id.value);
  }
  if (context.provisional) return;
  const auto itself = [](std::uint64_t demand) { return demand; };
  meeting.agenda = distinct_ids<DemandId>(body.getAgenda(), itself);
  state.orders.demands.deliberations.insert_or_assign(context.id, std::move(meeting));
}

// --- retraction --------------------------------------------------------------------------------

void take_back_demands(State& state, EventId event, EventType type) {
  DemandsState& demands = state.orders.demands;
  switch (type) {
    case schema::Event::Body::DEMAND_RAISED:
      if (const Demand* demand = demands.find(entity_cast<DemandId>(event)); demand != nullptr) {
        forget_demand(demands, *demand);
      }
      return;
    case schema::Event::Body::DEMAND_DIGEST_COMPILED: {
      auto digest = demands.digests.find(event);
      if (digest == demands.digests.end()) return;
      for (DemandId id : digest->second.items) {
        auto at = demands.demands.find(id);
        if (at == demands.demands.end()) continue;
        change_demand(demands, at->second,
                      [&](Demand& demand) { erase_event(demand.dispositions, event); });
      }
      demands.digests.erase(digest);
      return;
    }
    case schema::Event::Body::DELIBERATION_HELD:
      demands.deliberations.erase(event);
      return;
    default:
      return;
  }
}

}  // namespace houniao
