#include "replay/families/programmes.h"

#include <algorithm>

#include "replay/admission.h"
#include "replay/dispatch.h"
#include "replay/statements.h"
#include "schema/catalogue.h"
#include "schema/codec.h"

namespace houniao {

namespace {

constexpr std::uint16_t kPermilleMax = 1000;

std::string_view name_of(schema::PolicyVersionPublished::Kind kind) {
  using Kind = schema::PolicyVersionPublished::Kind;
  switch (kind) {
    case Kind::PACK:
      return "pack";
    case Kind::POINTS:
      return "points";
    case Kind::CAPS:
      return "caps";
    case Kind::COUNTING:
      return "counting";
    case Kind::RATING:
      return "rating";
    case Kind::APPROVAL_LADDER:
      return "approval_ladder";
  }
  return "other";
}

}  // namespace

const PolicyVersion* ProgrammesState::policy(ProgrammeId programme, std::uint16_t kind,
                                             Day day) const {
  const PolicyVersion* best = nullptr;
  for (const PolicyVersion& policy : policies) {
    if (policy.programme != programme || policy.kind != kind || day < policy.valid_from) continue;
    if (best == nullptr || policy.version > best->version) best = &policy;
  }
  return best;
}

bool ProgrammesState::has_policy_version(ProgrammeId programme, std::uint32_t version) const {
  return std::any_of(policies.begin(), policies.end(), [&](const PolicyVersion& policy) {
    return policy.programme == programme && policy.version == version;
  });
}

void admit(const State& state, const EventContext&, schema::ProgrammeOpened::Reader body,
           Reasons& reasons) {
  const Day from{body.getFromDay()};
  const Day to{body.getToDay()};
  check_interval(from, to, reasons);
  const ScopeId scope{body.getScope()};
  reasons.add_if(scope == kScopeLog, Reason::scope_reserved);
  if (const ProgrammeId parent{body.getParent()}; parent) {
    check_known_programme(state, parent, reasons);
    if (const Programme* outer = state.programme(parent); outer != nullptr) {
      reasons.add_if(from < outer->from || to > outer->to, Reason::child_outside_parent);
    }
  }
  const Symbol code = state.symbols().find(to_view(body.getCode()));
  for (const auto& [id, programme] : state.programmes.programmes) {
    reasons.add_if(
        programme.code == code && code != kNoText && !state.is_retracted(EventId{id.value}),
        Reason::code_taken);
  }
}

void apply(State& state, const EventContext& context, schema::ProgrammeOpened::Reader body) {
  Programme programme;
  programme.id = entity_cast<ProgrammeId>(context.id);
  programme.code = state.intern(to_view(body.getCode()));
  programme.parent = ProgrammeId{body.getParent()};
  programme.purpose = to_view(body.getPurpose());
  programme.region = body.getRegion();
  programme.from = Day{body.getFromDay()};
  programme.to = Day{body.getToDay()};
  programme.target_group = to_view(body.getTargetGroup());
  for (std::uint64_t partner : body.getPartners()) programme.partners.push_back(partner);
  programme.scope = ScopeId{body.getScope()};

  FactRow row = start_row(context);
  row.kind = programme.code;
  row.programme = programme.id.value;
  row.day = programme.from.value;
  state.facts.add(row);

  if (programme.scope) {
    insert_sorted(state.programmes.scopes[programme.scope], context.id);
    wake(state, wait_key(programme.scope));
  }
  state.programmes.programmes.insert_or_assign(programme.id, std::move(programme));
}

void admit(const State& state, const EventContext&, schema::ProgrammeClosed::Reader body,
           Reasons& reasons) {
  const ProgrammeId id{body.getProgramme()};
  reasons.add_if(!id, Reason::value_invalid);
  check_known_programme(state, id, reasons);
  check_known_programme(state, ProgrammeId{body.getSuccessor()}, reasons);
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  if (const Programme* programme = state.programme(id); programme != nullptr) {
    reasons.add_if(!programme->closings.empty(), Reason::already_ended);
    check_interval(programme->from, Day{body.getDay()}, reasons);
  }
}

void apply(State& state, const EventContext& context, schema::ProgrammeClosed::Reader body) {
  FactRow row = start_row(context);
  row.programme = body.getProgramme();
  row.group = body.getProgramme();
  row.day = body.getDay();
  row.flags |= kFactEnded;
  state.facts.add(row);
  auto at = state.programmes.programmes.find(ProgrammeId{body.getProgramme()});
  if (at == state.programmes.programmes.end()) return;
  insert_by_event(at->second.closings, Ending{context.id, Day{body.getDay()}, body.getSuccessor()});
}

void admit(const State& state, const EventContext&, schema::PolicyVersionPublished::Reader body,
           Reasons& reasons) {
  const ProgrammeId programme{body.getProgramme()};
  check_known_programme(state, programme, reasons);
  reasons.add_if(body.getVersion() == 0 || body.getNearPermille() > kPermilleMax ||
                     body.getAboutPermille() > kPermilleMax,
                 Reason::value_invalid);
  for (const PolicyVersion& policy : state.programmes.policies) {
    reasons.add_if(policy.programme == programme && policy.version == body.getVersion() &&
                       policy.kind == static_cast<std::uint16_t>(body.getKind()),
                   Reason::policy_version_taken);
  }
}

void apply(State& state, const EventContext& context, schema::PolicyVersionPublished::Reader body) {
  PolicyVersion policy;
  policy.event = context.id;
  policy.programme = ProgrammeId{body.getProgramme()};
  policy.kind = static_cast<std::uint16_t>(body.getKind());
  policy.version = body.getVersion();
  policy.body_sha256 = hash_from(to_view(body.getBodySha256())).value_or(Hash{});
  policy.valid_from = Day{body.getValidFromDay()};
  policy.approval_levels = body.getApprovalLevels();
  policy.near_permille = body.getNearPermille();
  policy.about_permille = body.getAboutPermille();
  policy.minutes_per_point = body.getMinutesPerPoint();
  policy.points_per_day_max = body.getPointsPerDayMax();
  policy.redemption_modes = body.getRedemptionModes();
  policy.training_before_duty = body.getTrainingBeforeDuty();
  insert_by_event(state.programmes.policies, policy);

  FactRow row = start_row(context);
  row.kind = state.intern(name_of(body.getKind()));
  row.programme = body.getProgramme();
  row.group = body.getProgramme();
  row.day = body.getValidFromDay();
  state.facts.add(row);
}

void admit(const State& state, const EventContext&, schema::ObligationDefined::Reader body,
           Reasons& reasons) {
  check_known_programme(state, ProgrammeId{body.getProgramme()}, reasons);
  check_interval(Day{body.getFromDay()}, Day{body.getToDay()}, reasons);
  const std::string_view type = to_view(body.getEventType());
  const bool names_nothing = type.empty() && body.getEventKind().size() == 0;
  reasons.add_if(
      body.getThreshold() <= 0 || names_nothing || (!type.empty() && find_row(type) == nullptr),
      Reason::value_invalid);
}

void apply(State& state, const EventContext& context, schema::ObligationDefined::Reader body) {
  Obligation obligation;
  obligation.id = entity_cast<ObligationId>(context.id);
  obligation.programme = ProgrammeId{body.getProgramme()};
  obligation.code = state.intern(to_view(body.getCode()));
  obligation.event_type = state.intern(to_view(body.getEventType()));
  obligation.event_kind = state.intern(to_view(body.getEventKind()));
  obligation.distinct = static_cast<std::uint16_t>(body.getDistinct());
  obligation.period = static_cast<std::uint16_t>(body.getPeriod());
  obligation.threshold = body.getThreshold();
  obligation.per_scope = static_cast<std::uint16_t>(body.getPerScope());
  obligation.from = Day{body.getFromDay()};
  obligation.to = Day{body.getToDay()};
  obligation.grace_days = body.getGraceDays();
  obligation.evidence_needed = body.getEvidenceNeeded();

  FactRow row = start_row(context);
  row.kind = obligation.event_kind;
  row.attr = obligation.code;
  row.programme = body.getProgramme();
  row.group = context.id.value;
  row.day = body.getFromDay();
  state.facts.add(row);
  state.programmes.obligations.insert_or_assign(obligation.id, std::move(obligation));
}

void admit(const State& state, const EventContext& context, schema::ObligationWaived::Reader body,
           Reasons& reasons) {
  const ObligationId id{body.getObligation()};
  auto at = state.programmes.obligations.find(id);
  if (at == state.programmes.obligations.end()) {
    not_found(state, id.value, reasons);
  } else {
    const Day period{body.getPeriodFromDay()};
    reasons.add_if(period < at->second.from || period > at->second.to, Reason::interval_invalid);
  }
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  // I6: whoever asks for the waiver does not approve it.
  reasons.add_if(body.getApprover() != 0 && body.getApprover() == context.actor(),
                 Reason::not_independent);
}

void apply(State& state, const EventContext& context, schema::ObligationWaived::Reader body) {
  FactRow row = start_row(context);
  row.group = body.getObligation();
  row.day = body.getPeriodFromDay();
  state.facts.add(row);
  auto at = state.programmes.obligations.find(ObligationId{body.getObligation()});
  if (at == state.programmes.obligations.end()) return;
  insert_by_event(at->second.waivers,
                  ObligationWaiver{context.id, Day{body.getPeriodFromDay()}, body.getApprover()});
}

void take_back_programmes(State& state, EventId event, EventType type) {
  switch (type) {
    case schema::Event::Body::PROGRAMME_OPENED: {
      const Programme* programme = state.programme(entity_cast<ProgrammeId>(event));
      if (programme == nullptr) return;
      auto at = state.programmes.scopes.find(programme->scope);
      if (at == state.programmes.scopes.end()) return;
      std::erase(at->second, event);
      if (at->second.empty()) state.programmes.scopes.erase(at);
      return;
    }
    case schema::Event::Body::PROGRAMME_CLOSED:
      for (auto& [id, programme] : state.programmes.programmes) {
        erase_event(programme.closings, event);
      }
      return;
    case schema::Event::Body::OBLIGATION_WAIVED:
      for (auto& [id, obligation] : state.programmes.obligations) {
        erase_event(obligation.waivers, event);
      }
      return;
    default:
      return;
  }
}

}  // namespace houniao
