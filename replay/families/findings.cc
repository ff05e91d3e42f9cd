#include "replay/families/findings.h"

#include <algorithm>

#include "replay/dispatch.h"
#include "replay/families/delivery.h"
#include "replay/families/parties.h"

namespace houniao {

namespace {

using Verdict = schema::AnomalyDispositioned::Verdict;

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::CONFIRMED:
      return "confirmed";
    case Verdict::FALSE_ALARM:
      return "false_alarm";
    case Verdict::EXPLAINED:
      return "explained";
  }
  return "other";
}

std::vector<EventId> distinct_events(capnp::List<std::uint64_t>::Reader list) {
  std::vector<EventId> out;
  for (std::uint64_t id : distinct_persons(list)) out.push_back(EventId{id});
  return out;
}

// Events that an auditor names: known, whatever became of them.
void check_cited(const State& state, capnp::List<std::uint64_t>::Reader events, Reasons& reasons) {
  reasons.add_if(events.size() == 0, Reason::proof_missing);
  for (std::uint64_t event : events) {
    if (event == 0) {
      reasons.add(Reason::wrong_reference);
    } else if (!state.knows(EventId{event})) {
      reasons.orphan(event);
    }
  }
}

bool names(const State& state, const FactRow& row, std::uint64_t party) {
  return same_party(state, row.staff, party) || same_party(state, row.subject, party);
}

bool any_names(const State& state,
               const boost::unordered_flat_map<EventId, std::vector<KeptRow>>& kept, EventId event,
               std::uint64_t party) {
  auto at = kept.find(event);
  if (at == kept.end()) return false;
  return std::any_of(at->second.begin(), at->second.end(),
                     [&](const KeptRow& kept_row) { return names(state, kept_row.row, party); });
}

// Whether the actor recorded the event, did what it tells of, or is whom it is about. Rows of
// before a correction or a retraction tell it too, so that neither hides anybody.
bool is_concerned(const State& state, const EventContext& context, EventId event) {
  const std::uint64_t actor = context.actor();
  // A shared device names no person, so there the device must differ.
  if (actor == 0) return device_of(event) == context.device;
  const Device* device = state.device(device_of(event));
  if (device != nullptr && same_party(state, device->holder, actor)) return true;
  const FactTable::RowSpan span = state.facts.rows_of(event);
  for (std::uint32_t i = 0; i < span.count; ++i) {
    if (names(state, state.facts.row(span.first + i), actor)) return true;
  }
  return any_names(state, state.audit.original_rows, event, actor) ||
         any_names(state, state.audit.retracted_rows, event, actor);
}

bool is_issuer(const State& state, const EventContext& context, const Finding& finding) {
  if (finding.issuer == 0 || context.actor() == 0) return device_of(finding.id) == context.device;
  return same_party(state, finding.issuer, context.actor());
}

void name_responsible(FactRow& row, OrganisationId responsible) {
  row.subject = responsible.value;
  if (responsible) row.organisation = responsible.value;
}

}  // namespace

std::string_view name_of(FindingStatus status) {
  switch (status) {
    case FindingStatus::open:
      return "open";
    case FindingStatus::overdue:
      return "overdue";
    case FindingStatus::resolved:
      return "resolved";
  }
  return "open";
}

// --- AnomalyDispositioned ----------------------------------------------------------------------

void admit(const State& state, const EventContext& context,
           schema::AnomalyDispositioned::Reader body, Reasons& reasons) {
  reasons.add_if(body.getRule().size() == 0, Reason::text_missing);
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  reasons.add_if(body.getVerdict() > Verdict::EXPLAINED, Reason::value_invalid);
  check_cited(state, body.getEvidence(), reasons);
  // I6: nobody disposes of a doubt about oneself.
  for (std::uint64_t event : body.getEvidence()) {
    reasons.add_if(is_concerned(state, context, EventId{event}), Reason::disposition_by_subject);
  }
}

void apply(State& state, const EventContext& context, schema::AnomalyDispositioned::Reader body) {
  AnomalyDisposition item;
  item.event = context.id;
  item.rule = state.intern(view(body.getRule()));
  item.evidence = distinct_events(body.getEvidence());
  FactRow row = start_row(context);
  row.kind = item.rule;
  row.attr = state.intern(name_of(body.getVerdict()));
  if (!item.evidence.empty()) row.group = item.evidence.front().value;
  state.facts.add(row);
  if (context.provisional) return;

  item.rule_version = body.getRuleVersion();
  item.verdict = static_cast<std::uint16_t>(body.getVerdict());
  item.reason = view(body.getReason());
  item.actor = context.actor();
  item.day = context.occurred;
  FindingsState& findings = state.audit.findings;
  for (EventId event : item.evidence) {
    insert_sorted(findings.by_anomaly[{item.rule, event}], context.id);
  }
  findings.dispositions.insert_or_assign(context.id, std::move(item));
}

const AnomalyDisposition* FindingsState::disposition_of(Symbol rule, EventId evidence) const {
  auto at = by_anomaly.find({rule, evidence});
  if (at == by_anomaly.end()) return nullptr;
  const AnomalyDisposition* last = nullptr;
  for (EventId id : at->second) {
    auto item = dispositions.find(id);
    if (item == dispositions.end()) continue;
    if (last == nullptr || item->second.day >= last->day) last = &item->second;
  }
  return last;
}

// --- FindingIssued -----------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::FindingIssued::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getLaw().size() == 0, Reason::text_missing);
  reasons.add_if(body.getAmountFen() < 0, Reason::value_invalid);
  check_cited(state, body.getEvents(), reasons);
  check_known_organisation(state, OrganisationId{body.getResponsible()}, reasons);
  check_interval(context.occurred, Day{body.getDeadlineDay()}, reasons);
}

void apply(State& state, const EventContext& context, schema::FindingIssued::Reader body) {
  Finding finding;
  finding.id = context.id;
  finding.code = state.intern(view(body.getCode()));
  finding.responsible = OrganisationId{body.getResponsible()};
  FactRow row = start_row(context);
  row.kind = finding.code;
  row.attr = state.intern(view(body.getLaw()));
  row.group = context.id.value;
  row.amount_fen = body.getAmountFen();
  name_responsible(row, finding.responsible);
  state.facts.add(row);
  if (context.provisional) return;

  finding.law = view(body.getLaw());
  finding.amount_fen = body.getAmountFen();
  finding.events = distinct_events(body.getEvents());
  finding.issued = context.occurred;
  finding.deadline = Day{body.getDeadlineDay()};
  finding.issuer = context.actor();
  state.audit.findings.findings.insert_or_assign(context.id, std::move(finding));
}

// --- FindingResolved ---------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::FindingResolved::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getAction().size() == 0, Reason::text_missing);
  reasons.add_if(body.getProof().size() == 0, Reason::proof_missing);
  for (std::uint64_t event : body.getProof()) check_event(state, EventId{event}, reasons);
  const EventId id{body.getFinding()};
  const Finding* finding = state.audit.findings.find(id);
  if (finding == nullptr) return not_found(state, id.value, reasons);
  check_not_retracted(state, id.value, reasons);
  reasons.add_if(is_issuer(state, context, *finding), Reason::not_independent);
  auto earlier = state.audit.findings.resolutions.find(id);
  if (earlier == state.audit.findings.resolutions.end()) return;
  for (const Resolution& resolution : earlier->second) {
    reasons.add_if(resolution.event != context.id, Reason::already_resolved);
  }
}

void apply(State& state, const EventContext& context, schema::FindingResolved::Reader body) {
  const EventId id{body.getFinding()};
  const Finding* finding = state.audit.findings.find(id);
  FactRow row = start_row(context);
  row.group = id.value;
  row.flags |= kFactEnded;
  if (finding != nullptr) {
    row.kind = finding->code;
    row.attr = state.intern(context.occurred > finding->deadline ? "late" : "in_time");
    name_responsible(row, finding->responsible);
  }
  state.facts.add(row);
  if (context.provisional) return;

  Resolution resolution;
  resolution.event = context.id;
  resolution.action = view(body.getAction());
  resolution.proof = distinct_events(body.getProof());
  resolution.actor = context.actor();
  resolution.day = context.occurred;
  insert_by_event(state.audit.findings.resolutions[id], std::move(resolution));
}

FindingStatus FindingsState::status_on(const Finding& finding, Day day) const {
  if (auto at = resolutions.find(finding.id); at != resolutions.end()) {
    for (const Resolution& resolution : at->second) {
      if (resolution.day <= day) return FindingStatus::resolved;
    }
  }
  return day > finding.deadline ? FindingStatus::overdue : FindingStatus::open;
}

std::vector<EventId> findings_on(const State& state, FindingStatus status, Day day) {
  std::vector<EventId> out;
  for (const auto& [id, finding] : state.audit.findings.findings) {
    if (!state.in_force(id) || finding.issued > day) continue;
    if (state.audit.findings.status_on(finding, day) == status) out.push_back(id);
  }
  std::sort(out.begin(), out.end());
  return out;
}

// --- retraction --------------------------------------------------------------------------------

namespace {

void take_back_disposition(FindingsState& findings, EventId event) {
  auto at = findings.dispositions.find(event);
  if (at == findings.dispositions.end()) return;
  for (EventId evidence : at->second.evidence) {
    auto decided = findings.by_anomaly.find({at->second.rule, evidence});
    if (decided == findings.by_anomaly.end()) continue;
    erase_value(decided->second, event);
    if (decided->second.empty()) findings.by_anomaly.erase(decided);
  }
  findings.dispositions.erase(at);
}

}  // namespace

bool take_back_findings(State& state, EventId event, EventType type) {
  FindingsState& findings = state.audit.findings;
  switch (type) {
    case schema::Event::Body::ANOMALY_DISPOSITIONED:
      take_back_disposition(findings, event);
      return true;
    case schema::Event::Body::FINDING_ISSUED:
      return true;  // it stays, marked by its entry in the index
    case schema::Event::Body::FINDING_RESOLVED:
      boost::unordered::erase_if(findings.resolutions, [&](auto& entry) {
        return erase_event(entry.second, event) && entry.second.empty();
      });
      return true;
    case schema::Event::Body::PERIOD_SEALED:
      take_back_seal(state, event);
      return true;
    default:
      return false;
  }
}

}  // namespace houniao
