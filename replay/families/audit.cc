#include "replay/families/audit.h"

#include <algorithm>

#include "replay/admission.h"
#include "replay/dispatch.h"
#include "schema/codec.h"

namespace houniao {

namespace {

using Field = schema::EventCorrected::Field;

// A correction cannot make a number larger than any count that people could have made.
constexpr std::int64_t kCountMax = 1'000'000'000;

void check_change(const State& state, const EventContext& context,
                  schema::EventCorrected::Change::Reader item, Reasons& reasons) {
  const std::int64_t number = item.getNumber();
  switch (item.getField()) {
    case Field::OCCURRED_DAY:
      reasons.add_if(number < std::numeric_limits<std::int32_t>::min() ||
                         number > day_of(context.received_at).value + 1,
                     Reason::future_dated);
      return;
    case Field::QUANTITY:
    case Field::MINUTES:
    case Field::HEADCOUNT:
      reasons.add_if(number < 0 || number > kCountMax, Reason::value_invalid);
      return;
    case Field::KIND:
      reasons.add_if(item.getText().size() == 0, Reason::value_invalid);
      return;
    case Field::SITE:
      check_known_site(state, SiteId{static_cast<std::uint64_t>(number)}, reasons);
      return;
    case Field::STAFF: {
      const auto id = static_cast<std::uint64_t>(number);
      if (state.person(PersonId{id}) == nullptr && state.staff(StaffId{id}) == nullptr && id != 0) {
        reasons.orphan(id);
      }
      return;
    }
  }
  reasons.add(Reason::target_not_correctable);
}

// What is in force per field, and who did not know of whom.
void settle_corrections(std::vector<Correction>& corrections) {
  settle(corrections);
  for (std::size_t i = 0; i < corrections.size(); ++i) {
    Correction& item = corrections[i];
    item.in_force = true;
    item.in_conflict = false;
    for (std::size_t j = i + 1; j < corrections.size(); ++j) {
      if (corrections[j].field == item.field) item.in_force = false;
    }
  }
  for (Correction& item : corrections) {
    if (!item.in_force) continue;
    for (Correction& other : corrections) {
      if (other.field != item.field || other.order.event == item.order.event ||
          item.order.knew_of(other.order)) {
        continue;
      }
      // Known through another correction that it names, or that its device made before.
      if (item.order.depth > other.order.depth) continue;
      item.in_conflict = other.in_conflict = true;
    }
  }
}

EventEntry const* target_of(const State& state, std::uint64_t target, Reasons& reasons) {
  const EventEntry* entry = state.events.find(EventId{target});
  if (target == 0) {
    reasons.add(Reason::value_invalid);
  } else if (entry == nullptr) {
    reasons.orphan(target);
  }
  return entry;
}

// The envelope of a parked event, for the rules of independence.
struct Origin {
  std::uint64_t actor = 0;
  DeviceNumber device;
};
Origin origin_of(const State& state, EventId id) {
  Origin origin{0, device_of(id)};
  auto at = state.parked.find(id);
  EventReader event;
  if (at != state.parked.end() && event.open(at->second.bytes))
    origin.actor = event.get().getActor();
  return origin;
}

}  // namespace

// --- EventCorrected ----------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::EventCorrected::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  reasons.add_if(body.getChanges().size() == 0, Reason::value_invalid);
  for (auto item : body.getChanges()) check_change(state, context, item, reasons);
  const EventEntry* target = target_of(state, body.getTarget(), reasons);
  if (target == nullptr) return;
  const auto type = static_cast<EventType>(target->type);
  // I19: money moves only by reversal.
  reasons.add_if(is_money(type), Reason::money_only_reversed);
  reasons.add_if(!is_money(type) && !is_correctable(type), Reason::target_not_correctable);
  reasons.add_if(target->status == EventStatus::retracted, Reason::target_retracted);
  auto earlier = state.audit.corrections.find(EventId{body.getTarget()});
  if (earlier == state.audit.corrections.end()) return;
  const Statement own = statement_of(context);
  for (const Correction& correction : earlier->second) {
    if (correction.order.event == context.id || own.knew_of(correction.order)) continue;
    for (auto item : body.getChanges()) {
      reasons.add_if(
          static_cast<std::uint16_t>(item.getField()) == correction.field && correction.in_force,
          Reason::correction_conflict);
    }
  }
}

void apply(State& state, const EventContext& context, schema::EventCorrected::Reader body) {
  const EventId target{body.getTarget()};
  if (!state.knows(target)) return;
  std::vector<Correction>& corrections = state.audit.corrections[target];
  for (auto item : body.getChanges()) {
    Correction correction;
    correction.order = statement_of(context);
    correction.field = static_cast<std::uint16_t>(item.getField());
    correction.number = item.getNumber();
    correction.text = state.intern(to_view(item.getText()));
    correction.reason = state.intern(to_view(body.getReason()));
    correction.approver = body.getApprover();
    corrections.push_back(std::move(correction));
  }
  settle_corrections(corrections);
  state.audit.correction_targets.insert_or_assign(context.id, target);
  project_corrections(state, target);
}

// --- EventRetracted ----------------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::EventRetracted::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  const EventEntry* target = target_of(state, body.getTarget(), reasons);
  if (target == nullptr) return;
  const auto type = static_cast<EventType>(target->type);
  reasons.add_if(is_money(type), Reason::money_only_reversed);
  reasons.add_if(!is_money(type) && !is_retractable(type), Reason::not_retractable);
  reasons.add_if(target->status == EventStatus::retracted, Reason::target_retracted);
}

void apply(State& state, const EventContext& context, schema::EventRetracted::Reader body) {
  const EventId target{body.getTarget()};
  if (!state.knows(target)) return;
  insert_by_event(
      state.audit.retractions[target],
      Retraction{context.id, std::string{to_view(body.getReason())}, body.getApprover()});
  retract(state, target);
}

// --- HeldEventDecided --------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::HeldEventDecided::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  const EventEntry* target = target_of(state, body.getTarget(), reasons);
  if (target == nullptr) return;
  const EventId id{body.getTarget()};
  reasons.add_if(target->status != EventStatus::held, Reason::target_not_held);
  if (target->status != EventStatus::held) return;
  // I6: whoever recorded it does not decide about it. Shared devices name no person, so there the
  // device must differ.
  const Origin origin = origin_of(state, id);
  const bool same_actor = origin.actor != 0 && origin.actor == context.actor();
  const bool same_device = origin.actor == 0 && origin.device == context.device;
  reasons.add_if(same_actor || same_device, Reason::not_independent);
  // Rights are given by administrators only, also in this way.
  const CatalogueRow* row = find_row(target->type);
  if (row != nullptr && row->family == Family::system) {
    reasons.add_if(!state.system.has_role(state.device(context.device), context.actor(),
                                          static_cast<std::uint16_t>(schema::Role::ADMIN),
                                          context.scope(), day_of(context.received_at)),
                   Reason::missing_role);
  }
}

void apply(State& state, const EventContext& context, schema::HeldEventDecided::Reader body) {
  const EventId target{body.getTarget()};
  HeldDecision decision;
  decision.event = context.id;
  decision.released = body.getReleased();
  decision.reason = to_view(body.getReason());
  decision.legal_ground = to_view(body.getLegalGround());
  decision.actor = context.actor();
  insert_by_event(state.audit.decisions[target], std::move(decision));
  if (body.getReleased()) {
    release_held(state, target);
  } else {
    refuse_held(state, target);
  }
}

// --- FigureReported ----------------------------------------------------------------------------

void admit(const State&, const EventContext&, schema::FigureReported::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getFigure().size() == 0, Reason::value_invalid);
}

void apply(State& state, const EventContext& context, schema::FigureReported::Reader body) {
  FigureReport report;
  report.event = context.id;
  report.figure = state.intern(to_view(body.getFigure()));
  report.phrase = to_view(body.getPhrase());
  report.value = body.getValue();
  report.comparator = state.intern(to_view(body.getComparator()));
  report.unit = state.intern(to_view(body.getUnit()));
  report.as_of = Day{body.getAsOfDay()};
  report.to_whom = to_view(body.getToWhom());
  FactRow row = start_row(context);
  row.kind = report.figure;
  row.attr = report.unit;
  row.quantity = report.value;
  row.day = body.getAsOfDay();
  state.facts.add(row);
  if (context.provisional) return;
  insert_by_event(state.audit.figures, std::move(report));
}

// --- retraction --------------------------------------------------------------------------------

void take_back_audit(State& state, EventId event, EventType type) {
  if (take_back_findings(state, event, type)) return;
  if (type == schema::Event::Body::FIGURE_REPORTED) {
    erase_event(state.audit.figures, event);
    return;
  }
  auto target = state.audit.correction_targets.find(event);
  if (target == state.audit.correction_targets.end()) return;
  const EventId corrected = target->second;
  state.audit.correction_targets.erase(target);
  auto at = state.audit.corrections.find(corrected);
  if (at == state.audit.corrections.end()) return;
  std::erase_if(at->second, [&](const Correction& item) { return item.order.event == event; });
  if (at->second.empty()) {
    state.audit.corrections.erase(at);
  } else {
    settle_corrections(at->second);
  }
  project_corrections(state, corrected);
}

}  // namespace houniao
