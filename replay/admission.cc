#include "replay/admission.h"

#include <algorithm>

#include "base/limits.h"
#include "replay/dispatch.h"

namespace houniao {

namespace {

constexpr std::int64_t kUsPerMinute = 60'000'000;
constexpr std::int64_t kSkewMsMax = 600'000;  // devices set by a mobile network differ by seconds
constexpr std::int32_t kLateDays = 366;
// Times that peers state are clamped to year 1 .. about 9999, so that arithmetic cannot overflow.
constexpr std::int32_t kDayMin = -719'162;
constexpr std::int32_t kDayMax = 2'932'896;
constexpr std::int64_t kUsMax = std::int64_t{1} << 62;

std::int64_t occurred_us(schema::Event::Reader event) {
  const Day day{std::clamp(event.getOccurredDay(), kDayMin, kDayMax)};
  const std::int16_t minute = std::max<std::int16_t>(event.getOccurredMinute(), 0);
  return start_of(day).us + minute * kUsPerMinute;
}

constexpr std::int64_t kMsMax = std::int64_t{kDayMax} * 86'400'000;

std::int64_t recorded_ms(schema::Event::Reader event) {
  return std::clamp(event.getRecordedAtMs(), -kMsMax, kMsMax);
}
Day recorded_day(schema::Event::Reader event) {
  return day_of(WallTime{recorded_ms(event) * 1000});
}

bool is_genesis(const State& state, const EventReader& event) {
  return state.system.devices.empty() && event.device_seq().value == 1 &&
         event.type() == schema::Event::Body::DEVICE_ENROLLED &&
         event.get().getBody().getDeviceEnrolled().getNumber() == kServerDevice.value;
}

EventContext context_of(EventId id, const EventReader& event, const Received& received) {
  EventContext context;
  context.id = id;
  context.seq = received.seq;
  context.received_at = received.at;
  context.device = device_of(id);
  context.occurred = event.occurred();
  context.type = event.type();
  context.event = event.get();
  return context;
}

// --- the envelope ------------------------------------------------------------------------------

template <class Id>
void check_reference(const State& state, Id id, bool exists, Reasons& reasons) {
  const EventId event{id.value};
  if (exists) {
    reasons.add_if(state.is_retracted(event), Reason::target_retracted);
  } else {
    not_found(state, id.value, reasons);
  }
}

bool actor_exists(const State& state, std::uint64_t actor) {
  return state.person(PersonId{actor}) != nullptr || state.staff(StaffId{actor}) != nullptr;
}

void check_actor(const State& state, const EventContext& context, const CatalogueRow* row,
                 const Device& device, Reasons& reasons) {
  const std::uint64_t actor = context.actor();
  if (device.holder != 0) {
    reasons.add_if(actor != device.holder, Reason::actor_not_holder);
  } else if (actor != 0 && !actor_exists(state, actor)) {
    reasons.orphan(actor);
  }
  if (row == nullptr) return;
  // The server keeps the book of devices; its own events about them need no grant.
  if (device.number == kServerDevice && row->family == Family::system) return;
  const Day day =
      row->event_class == EventClass::fact ? context.occurred : day_of(context.received_at);
  const auto may = [&](schema::Role role) {
    return state.system.has_role(&device, actor, static_cast<std::uint16_t>(role), context.scope(),
                                 day);
  };
  if (may(row->role)) return;
  // Supervisors and finance both decide about held events.
  if (row->type == schema::Event::Body::HELD_EVENT_DECIDED && may(schema::Role::FINANCE)) return;
  reasons.add(Reason::missing_role);
}

void check_scope(const State& state, const EventContext& context, const Device& device,
                 Reasons& reasons) {
  const ScopeId scope = context.scope();
  if (device.has_scope(scope)) return;
  reasons.add(Reason::scope_not_granted);
  if (scope != kScopeLog && !state.programmes.scopes.contains(scope)) {
    reasons.orphan(wait_key(scope));
  }
}

void check_references(const State& state, const EventContext& context, Reasons& reasons) {
  const schema::Event::Reader event = context.event;
  if (const OrganisationId id{event.getOrganisation()}; id) {
    check_reference(state, id, state.organisation(id) != nullptr, reasons);
  }
  if (const SiteId id{event.getSite()}; id) {
    check_reference(state, id, state.site(id) != nullptr, reasons);
  }
  if (const ProgrammeId id{event.getProgramme()}; id) {
    const Programme* programme = state.programme(id);
    check_reference(state, id, programme != nullptr, reasons);
    if (programme != nullptr) {
      reasons.add_if(context.occurred > programme->closed_on(), Reason::programme_closed);
      reasons.add_if(context.occurred < programme->from || context.occurred > programme->to,
                     Reason::outside_programme_period);
      const std::uint32_t version = event.getPolicyVersion();
      reasons.add_if(version != 0 && !state.programmes.has_policy_version(id, version),
                     Reason::policy_unknown);
    }
  }
  for (std::uint64_t cause : event.getCauses()) {
    if (cause != 0 && !state.knows(EventId{cause})) reasons.orphan(cause);
  }
}

// I18: what counts only after the reports on its period were sealed is booked in the next one. A
// fact counts from its arrival, even while it waits; anything else from when it is let in.
void check_sealed(const State& state, const EventContext& context, const CatalogueRow* row,
                  Reasons& reasons) {
  const bool is_fact = row == nullptr || row->event_class == EventClass::fact;
  const Seq since = is_fact ? context.seq : std::max(context.seq, state.last_seq);
  reasons.add_if(
      is_sealed(state, ProgrammeId{context.event.getProgramme()}, context.occurred, since),
      Reason::period_sealed);
}

void check_times(const EventContext& context, Reasons& reasons) {
  const schema::Event::Reader event = context.event;
  const std::int64_t latest =
      std::min(context.received_at.us, kUsMax) + limits::kFutureToleranceMs * 1000;
  reasons.add_if(occurred_us(event) > latest, Reason::future_dated);
  const std::int64_t offset = event.getClockOffsetMs();
  reasons.add_if(
      offset > kSkewMsMax || offset < -kSkewMsMax || recorded_ahead(event, context.received_at),
      Reason::clock_skew);
  if (event.getSource() != schema::Source::IMPORTED) {
    const std::int64_t late = std::int64_t{recorded_day(event).value} - context.occurred.value;
    reasons.add_if(late > kLateDays, Reason::late_recorded);
  }
}

void check_envelope(const State& state, const EventContext& context, const CatalogueRow* row,
                    DeviceSeq device_seq, Reasons& reasons) {
  const Device* device = state.device(context.device);
  if (device == nullptr) {
    reasons.add(Reason::unknown_device);
    return;
  }
  reasons.add_if(device->revoked_at(device_seq), Reason::device_revoked);
  check_actor(state, context, row, *device, reasons);
  check_scope(state, context, *device, reasons);
  check_references(state, context, reasons);
  check_sealed(state, context, row, reasons);
  check_times(context, reasons);
}

Reasons find_reasons(const State& state, const EventReader& event, const EventContext& context) {
  Reasons reasons;
  const CatalogueRow* row = event.row();
  // The server's first event makes its own device known; there is nothing to check it against.
  if (!is_genesis(state, event)) {
    check_envelope(state, context, row, event.device_seq(), reasons);
  }
  if (row == nullptr) {
    reasons.add(Reason::unknown_type);
  } else {
    admit_body(state, context, reasons);
  }
  return reasons;
}

// --- waiting -----------------------------------------------------------------------------------

void stop_waiting(State& state, EventId id, ParkedEvent& parked) {
  for (std::uint64_t key : parked.waits_for) {
    auto at = state.waiting.find(key);
    if (at == state.waiting.end()) continue;
    std::erase(at->second, id);
    if (at->second.empty()) state.waiting.erase(at);
  }
  parked.waits_for.clear();
}

void start_waiting(State& state, EventId id, ParkedEvent& parked, const Reasons& reasons) {
  parked.waits_for = reasons.missing();
  std::sort(parked.waits_for.begin(), parked.waits_for.end());
  parked.waits_for.erase(std::unique(parked.waits_for.begin(), parked.waits_for.end()),
                         parked.waits_for.end());
  for (std::uint64_t key : parked.waits_for) state.waiting[key].push_back(id);
}

void unpark(State& state, EventId id) {
  auto at = state.parked.find(id);
  if (at == state.parked.end()) return;
  stop_waiting(state, id, at->second);
  state.parked.erase(at);
}

void park(State& state, EventId id, const EventReader& event, const Received& received,
          const Judgement& judgement) {
  ParkedEvent parked;
  parked.bytes.assign(event.bytes().begin(), event.bytes().end());
  parked.seq = received.seq;
  parked.received_at = received.at;
  parked.reasons = judgement.reasons;
  if (judgement.reasons.has(Reason::orphan)) {
    if (judgement.reasons.missing().empty()) {
      // The judgement comes from a record, which does not say what was missing.
      start_waiting(state, id, parked, find_reasons(state, event, context_of(id, event, received)));
    } else {
      start_waiting(state, id, parked, judgement.reasons);
    }
  }
  state.parked.insert_or_assign(id, std::move(parked));
}

void set_reasons(State& state, EventId id, const Reasons& reasons) {
  if (reasons.empty()) {
    state.reasons.erase(id);
  } else {
    state.reasons.insert_or_assign(id, reasons);
  }
}

EventStatus status_for(schema::Verdict verdict) {
  switch (verdict) {
    case schema::Verdict::ACCEPTED:
      return EventStatus::accepted;
    case schema::Verdict::FLAGGED:
      return EventStatus::flagged;
    case schema::Verdict::HELD:
      return EventStatus::held;
  }
  return EventStatus::flagged;
}

// --- what a change sets off --------------------------------------------------------------------

void move_rows_out(State& state, EventId target) {
  std::vector<KeptRow> kept;
  for (FactRow& row : state.facts.take_event(target)) kept.push_back({std::move(row)});
  state.audit.retracted_rows.insert_or_assign(target, std::move(kept));
}

// The event takes its full effect: its rows, those of its corrections, and whoever waited for it.
void take_effect(State& state, EventContext& context, bool retracted) {
  const EventId id = context.id;
  context.provisional = false;
  state.facts.remove_event(id);
  state.audit.original_rows.erase(id);
  state.audit.retracted_rows.erase(id);
  apply_body(state, context);
  if (retracted) {
    move_rows_out(state, id);
    take_back(state, id, static_cast<std::uint16_t>(context.type));
  }
  // After the rows have moved out, so that the rows kept of a retracted event are the corrected
  // ones.
  if (!state.audit.corrections.empty()) project_corrections(state, id);
  wake(state, id.value);
}

// Judges a parked event again.
void judge_again(State& state, EventId id) {
  auto at = state.parked.find(id);
  EventEntry* entry = state.events.find(id);
  if (at == state.parked.end() || entry == nullptr) return;
  EventReader event;
  if (!event.open(at->second.bytes)) return;
  const Received received{at->second.seq, at->second.received_at};
  EventContext context = context_of(id, event, received);
  const Reasons found = find_reasons(state, event, context);
  const Reasons reasons = found.without_waived(at->second.waived);
  const CatalogueRow* row = event.row();
  const schema::Verdict verdict = verdict_for(row, reasons);
  const bool is_fact = row == nullptr || row->event_class == EventClass::fact;
  const bool waits = reasons.has(Reason::orphan) || (!is_fact && verdict == schema::Verdict::HELD);

  stop_waiting(state, id, at->second);
  if (reasons.has(Reason::orphan)) start_waiting(state, id, at->second, found);
  at->second.reasons = reasons;
  set_reasons(state, id, found);
  const bool retracted = entry->status == EventStatus::retracted;
  if (waits) {
    if (retracted && !reasons.has(Reason::orphan)) unpark(state, id);
    return;
  }
  const bool released = at->second.released;
  // The bytes must live until the event has taken effect; moving them does not move the buffer that
  // `event` reads.
  const ParkedEvent parked = std::move(at->second);
  state.parked.erase(at);
  entry->provisional = false;
  if (entry->status == EventStatus::held) {
    const Seq since = std::max(received.seq, state.last_seq);
    state.audit.findings.seals.counted_since.insert_or_assign(id, since);
  }
  if (!retracted) entry->status = released ? EventStatus::released : status_for(verdict);
  const Judgement judgement{verdict, reasons};
  context.judgement = &judgement;
  take_effect(state, context, retracted);
}

void settle_due(State& state) {
  while (!state.due.empty()) {
    const State::Due next = state.due.back();
    state.due.pop_back();
    if (next.judge_itself) {
      judge_again(state, EventId{next.key});
      continue;
    }
    auto at = state.waiting.find(next.key);
    if (at == state.waiting.end()) continue;
    std::vector<EventId> waiters = std::move(at->second);
    state.waiting.erase(at);
    // Popped from the back: the smallest id is judged first.
    std::sort(waiters.begin(), waiters.end(), std::greater<>{});
    for (EventId waiter : waiters) state.due.push_back({waiter.value, true});
  }
}

}  // namespace

bool recorded_ahead(schema::Event::Reader event, WallTime received) {
  const std::int64_t offset = std::clamp<std::int64_t>(event.getClockOffsetMs(), -kMsMax, kMsMax);
  const std::int64_t latest_ms = std::min(received.us, kUsMax) / 1000 + limits::kFutureToleranceMs;
  return recorded_ms(event) + offset > latest_ms;
}

void wake(State& state, std::uint64_t key) {
  if (!state.waiting.empty()) state.due.push_back({key, false});
}

EventId event_id_of(const State& state, const EventReader& event) {
  const std::uint64_t seq = event.device_seq().value;
  if (seq == 0 || seq > kDeviceSeqMax) return {};
  if (is_genesis(state, event)) return event_id(kServerDevice, event.device_seq());
  auto at = state.system.numbers.find(event.device());
  return at == state.system.numbers.end() ? EventId{} : event_id(at->second, event.device_seq());
}

Judgement admit(const State& state, const EventReader& event, const Received& received) {
  const EventId id = event_id_of(state, event);
  if (!id) return {schema::Verdict::HELD, {Reason::unknown_device}};
  Reasons reasons = find_reasons(state, event, context_of(id, event, received));
  const schema::Verdict verdict = verdict_for(event.row(), reasons);
  return {verdict, std::move(reasons)};
}

void apply(State& state, const EventReader& event, const Received& received,
           const Judgement& judgement) {
  if (const EventId id = event_id_of(state, event); id) {
    apply(state, id, event, received, judgement);
  }
}

void apply(State& state, EventId id, const EventReader& event, const Received& received,
           const Judgement& judgement) {
  EventEntry* fresh = state.events.insert(id);
  if (fresh == nullptr) return;
  EventContext context = context_of(id, event, received);
  context.judgement = &judgement;

  EventEntry& entry = *fresh;
  entry.seq = received.seq;
  entry.occurred = context.occurred;
  entry.type = static_cast<std::uint16_t>(context.type);
  entry.status = status_for(judgement.verdict);
  ++state.event_count;
  state.last_seq = received.seq;
  state.last_received = received.at;
  if (!judgement.reasons.empty()) state.reasons.insert_or_assign(id, judgement.reasons);

  if (event.row() == nullptr) {
    ++state.unknown_types[entry.type];
    wake(state, id.value);
  } else if (judgement.verdict == schema::Verdict::HELD) {
    park(state, id, event, received, judgement);
    wake(state, id.value);
  } else if (judgement.reasons.has(Reason::orphan)) {
    entry.provisional = true;
    park(state, id, event, received, judgement);
    context.provisional = true;
    apply_body(state, context);
    state.facts.change_flags(id, kFactOrphan, 0);
    wake(state, id.value);
  } else {
    apply_body(state, context);
    wake(state, id.value);
  }
  if (auto device = state.system.devices.find(context.device);
      device != state.system.devices.end() && device->second.head < event.device_seq()) {
    device->second.head = event.device_seq();
  }
  if (!state.due.empty()) settle_due(state);
}

void release_held(State& state, EventId target) {
  auto at = state.parked.find(target);
  if (at == state.parked.end()) return;
  at->second.waived.add_all(at->second.reasons);
  at->second.released = true;
  state.due.push_back({target.value, true});
}

void refuse_held(State& state, EventId target) {
  EventEntry* entry = state.events.find(target);
  if (entry == nullptr || entry->status != EventStatus::held) return;
  entry->status = EventStatus::refused;
  unpark(state, target);
}

void retract(State& state, EventId target) {
  EventEntry* entry = state.events.find(target);
  if (entry == nullptr || entry->status == EventStatus::retracted ||
      entry->status == EventStatus::refused) {
    return;
  }
  const bool was_in_force = entry->in_force();
  const bool waits = [&] {
    auto at = state.parked.find(target);
    return at != state.parked.end() && !at->second.waits_for.empty();
  }();
  entry->status = EventStatus::retracted;
  move_rows_out(state, target);
  if (was_in_force) take_back(state, target, entry->type);
  // An orphan stays parked: when the rest arrives, what it created becomes known as retracted.
  if (!was_in_force && !waits) unpark(state, target);
}

namespace {

void set_quantity(std::vector<FactRow>& rows, std::int64_t total) {
  // Rows of persons count one each; the difference goes to the last row, which is the anonymous one
  // where there is one.
  std::int64_t rest = total;
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    if (__builtin_sub_overflow(rest, rows[i].quantity, &rest)) return;
  }
  rows.back().quantity = rest;
}

void correct_rows(std::vector<FactRow>& rows, const Correction& correction) {
  using Field = schema::EventCorrected::Field;
  if (static_cast<Field>(correction.field) == Field::QUANTITY ||
      static_cast<Field>(correction.field) == Field::HEADCOUNT) {
    set_quantity(rows, correction.number);
    return;
  }
  for (FactRow& row : rows) {
    switch (static_cast<Field>(correction.field)) {
      case Field::OCCURRED_DAY:
        row.day = static_cast<std::int32_t>(correction.number);
        break;
      case Field::MINUTES:
        row.minutes = static_cast<std::int32_t>(correction.number);
        break;
      case Field::KIND:
        row.kind = correction.text;
        break;
      case Field::SITE:
        row.site = static_cast<std::uint64_t>(correction.number);
        break;
      case Field::STAFF:
        row.staff = static_cast<std::uint64_t>(correction.number);
        break;
      default:
        break;
    }
  }
}

}  // namespace

void project_corrections(State& state, EventId target) {
  auto corrections = state.audit.corrections.find(target);
  auto original = state.audit.original_rows.find(target);
  if (corrections == state.audit.corrections.end() && original == state.audit.original_rows.end()) {
    return;
  }
  const EventEntry* entry = state.events.find(target);
  if (entry == nullptr) return;
  const bool retracted = entry->status == EventStatus::retracted;

  std::vector<FactRow> rows;
  auto kept = state.audit.retracted_rows.find(target);
  if (original != state.audit.original_rows.end()) {
    for (const KeptRow& row : original->second) rows.push_back(row.row);
  } else if (kept != state.audit.retracted_rows.end()) {
    for (const KeptRow& row : kept->second) rows.push_back(row.row);
  } else {
    const FactTable::RowSpan span = state.facts.rows_of(target);
    for (std::uint32_t i = 0; i < span.count; ++i) rows.push_back(state.facts.row(span.first + i));
  }
  if (rows.empty()) return;

  bool any = false;
  std::vector<KeptRow> untouched;
  for (const FactRow& row : rows) untouched.push_back({row});
  if (corrections != state.audit.corrections.end()) {
    for (const Correction& correction : corrections->second) {
      if (!correction.in_force) continue;
      correct_rows(rows, correction);
      any = true;
    }
  }
  if (any) {
    state.audit.original_rows.insert_or_assign(target, std::move(untouched));
    for (FactRow& row : rows) row.flags |= kFactCorrected;
  } else {
    state.audit.original_rows.erase(target);
  }
  if (retracted) {
    std::vector<KeptRow> out;
    for (FactRow& row : rows) out.push_back({std::move(row)});
    state.audit.retracted_rows.insert_or_assign(target, std::move(out));
    return;
  }
  state.facts.remove_event(target);
  for (const FactRow& row : rows) state.facts.add(row);
}

}  // namespace houniao
