#include "replay/families/services.h"

#include <algorithm>
#include <limits>
#include <string>

#include "replay/families/delivery.h"
#include "replay/warm.h"

namespace houniao {

namespace {

using Stage = schema::AgencyCaseProgressed::Stage;
using Direction = schema::CustodyMoneyMoved::Direction;

constexpr std::uint32_t kMinutesPerDay = 24 * 60;

bool may_follow(const CaseStage* before, Stage stage) {
  if (before == nullptr) return stage == Stage::SUBMITTED || stage == Stage::WITHDRAWN;
  switch (static_cast<Stage>(before->stage)) {
    case Stage::SUBMITTED:
      return stage == Stage::RETURNED || stage == Stage::ISSUED || stage == Stage::REFUSED ||
             stage == Stage::WITHDRAWN;
    case Stage::RETURNED:
      return stage == Stage::SUBMITTED || stage == Stage::WITHDRAWN;
    case Stage::ISSUED:
      return stage == Stage::HANDED_OVER;
    case Stage::HANDED_OVER:
    case Stage::REFUSED:
    case Stage::WITHDRAWN:
      return false;
  }
  return false;
}

bool by_day(const CaseStage& a, const CaseStage& b) {
  return a.day != b.day ? a.day < b.day : a.event < b.event;
}

CaseStage stage_of(const EventContext& context, schema::AgencyCaseProgressed::Reader body) {
  const Day day = body.getDay() != 0 ? Day{body.getDay()} : context.occurred;
  return {context.id, static_cast<std::uint16_t>(body.getStage()), day};
}

// Whether a case came to nothing, so that another one for the same certificate is in order.
bool came_to_nothing(const AgencyCase& agency_case) {
  const CaseStage* latest = agency_case.latest();
  return latest != nullptr && (latest->stage == static_cast<std::uint16_t>(Stage::REFUSED) ||
                               latest->stage == static_cast<std::uint16_t>(Stage::WITHDRAWN));
}

std::string_view name_of_direction(Direction direction) {
  switch (direction) {
    case Direction::RECEIVED:
      return "received";
    case Direction::PAID_ON:
      return "paid_on";
    case Direction::REFUNDED:
      return "refunded";
  }
  return "unknown";
}

struct CustodyMove {
  PostingKind kind;
  AccountId from;
  AccountId to;
};

CustodyMove custody_move(PersonId client, Direction direction) {
  const AccountId held{AccountKind::custody_held, client.value};
  if (direction == Direction::PAID_ON) {
    return {PostingKind::custody_paid_on, held, {AccountKind::custody_paid_on, client.value}};
  }
  if (direction == Direction::REFUNDED) {
    return {PostingKind::custody_refunded, held, {AccountKind::custody_refunded, client.value}};
  }
  return {PostingKind::custody_received, {AccountKind::custody_source, client.value}, held};
}

// A number that is at most flagged when it cannot be right, and then does not count.
constexpr std::int64_t non_negative(std::int64_t value, std::int64_t max) {
  return value >= 0 && value <= max ? value : 0;
}
// Units of one delivery; more is a typing error.
constexpr std::int64_t kQuantityMax = 1'000'000'000;

}  // namespace

std::string_view name_of_stage(std::uint16_t stage) {
  switch (static_cast<Stage>(stage)) {
    case Stage::SUBMITTED:
      return "submitted";
    case Stage::RETURNED:
      return "returned";
    case Stage::ISSUED:
      return "issued";
    case Stage::HANDED_OVER:
      return "handed_over";
    case Stage::REFUSED:
      return "refused";
    case Stage::WITHDRAWN:
      return "withdrawn";
  }
  return "unknown";
}

void admit(const State& state, const EventContext& context, schema::ServiceDelivered::Reader body,
           Reasons& reasons) {
  const auto persons = body.getPersons();
  if (persons.size() == 1) {
    check_person(state, context, PersonId{persons[0]}, reasons);
  } else {
    const std::vector<std::uint64_t> distinct = distinct_persons(persons);
    reasons.add_if(distinct.size() < persons.size(), Reason::person_listed_twice);
    for (std::uint64_t person : distinct) check_person(state, context, PersonId{person}, reasons);
  }
  check_delivery(state, context, context.occurred, reasons);
  reasons.add_if(persons.size() == 0 && body.getAnonymous() == 0 && body.getQuantity() == 0,
                 Reason::nobody_served);
  reasons.add_if(body.getQuantity() < 0 || body.getQuantity() > kQuantityMax,
                 Reason::value_invalid);
  reasons.add_if(body.getKind().size() == 0, Reason::text_missing);
  reasons.add_if(body.getMinutes() > kMinutesPerDay, Reason::minutes_implausible);
  if (body.getStaff() != 0) check_staff(state, body.getStaff(), context.occurred, reasons);
  if (body.getContract() != 0) {
    check_contract(state, ContractId{body.getContract()}, context.occurred, reasons);
  }
  if (body.getShares().size() != 0) check_shares(state, body.getShares(), reasons);
  if (body.getAsset() != 0 && state.sites.find_asset(AssetId{body.getAsset()}) == nullptr) {
    not_found(state, body.getAsset(), reasons);
  }
  if (body.getReportedBy() != 0) {
    check_known_organisation(state, OrganisationId{body.getReportedBy()}, reasons);
  }
}

void apply(State& state, const EventContext& context, schema::ServiceDelivered::Reader body) {
  FactRow row = start_row(context);
  row.kind = state.intern(view(body.getKind()));
  row.attr = state.intern(view(body.getUnit()));
  row.group = body.getAsset() != 0 ? body.getAsset() : body.getContract();
  if (body.getStaff() != 0) row.staff = body.getStaff();
  if (body.getReportedBy() != 0) {
    row.organisation = body.getReportedBy();
    row.flags |= kFactBulk;
  }
  row.minutes = static_cast<std::int32_t>(non_negative(body.getMinutes(), kMinutesPerDay));
  const auto add = [&](std::uint64_t subject, std::int64_t quantity) {
    row.subject = subject;
    row.quantity = quantity;
    state.facts.add(row);
    row.minutes = 0;
  };

  const auto persons = body.getPersons();
  if (persons.size() == 1 && persons[0] != 0) {
    add(persons[0], 1);
  } else {
    for (std::uint64_t person : distinct_persons(persons)) add(person, 1);
  }
  if (body.getAnonymous() != 0) {
    row.flags |= kFactAnonymous;
    add(0, body.getAnonymous());
  } else if (persons.size() == 0) {
    add(0, non_negative(body.getQuantity(), kQuantityMax));
  }
  if (context.provisional) return;
  if (body.hasShares()) keep_shares(state, context.id, body.getShares());
  keep_evidence(state, context);
}

void admit(const State& state, const EventContext& context, schema::AgencyCaseOpened::Reader body,
           Reasons& reasons) {
  const PersonId person{body.getPerson()};
  check_person(state, context, person, reasons);
  check_delivery(state, context, context.occurred, reasons);
  reasons.add_if(!person, Reason::nobody_served);
  reasons.add_if(body.getCertificate().size() == 0, Reason::text_missing);
  reasons.add_if(body.getFeeFen() != 0 && !valid_amount(body.getFeeFen()), Reason::amount_invalid);
  const Symbol certificate = state.symbols().find(view(body.getCertificate()));
  auto others = state.services.by_certificate.find({person, certificate});
  if (certificate == kUnknownSymbol || others == state.services.by_certificate.end()) return;
  for (AgencyCaseId other : others->second) {
    if (other.value == context.id.value) continue;
    reasons.add_if(!came_to_nothing(*state.services.find(other)), Reason::certificate_twice);
  }
}

void apply(State& state, const EventContext& context, schema::AgencyCaseOpened::Reader body) {
  AgencyCase opened;
  opened.id = entity_cast<AgencyCaseId>(context.id);
  opened.person = PersonId{body.getPerson()};
  opened.certificate = state.intern(view(body.getCertificate()));
  opened.fee_fen = valid_amount(body.getFeeFen()) ? body.getFeeFen() : 0;

  FactRow row = start_row(context);
  row.kind = state.intern("agency_case");
  row.attr = opened.certificate;
  row.subject = opened.person.value;
  row.group = opened.id.value;
  row.amount_fen = opened.fee_fen;
  state.facts.add(row);
  if (context.provisional) return;

  opened.destination = state.intern(view(body.getDestination()));
  opened.destination_region = body.getDestinationRegion();
  opened.opened = context.occurred;
  keep_evidence(state, context);
  insert_sorted(state.services.by_certificate[{opened.person, opened.certificate}], opened.id);
  state.services.cases.insert_or_assign(opened.id, std::move(opened));
}

void admit(const State& state, const EventContext& context,
           schema::AgencyCaseProgressed::Reader body, Reasons& reasons) {
  const AgencyCase* agency_case = state.services.find(AgencyCaseId{body.getCase()});
  if (agency_case == nullptr) return not_found(state, body.getCase(), reasons);
  check_not_retracted(state, body.getCase(), reasons);
  check_delivery(state, context, context.occurred, reasons);
  const CaseStage stage = stage_of(context, body);
  const auto& stages = agency_case->stages;
  auto after = std::upper_bound(stages.begin(), stages.end(), stage, by_day);
  const CaseStage* before = after == stages.begin() ? nullptr : &*(after - 1);
  reasons.add_if(!may_follow(before, body.getStage()) || stage.day < agency_case->opened,
                 Reason::stage_out_of_order);
}

void apply(State& state, const EventContext& context, schema::AgencyCaseProgressed::Reader body) {
  const CaseStage stage = stage_of(context, body);
  auto at = state.services.cases.find(AgencyCaseId{body.getCase()});
  AgencyCase* agency_case = at == state.services.cases.end() ? nullptr : &at->second;
  // Among many cases this one is far away and lies in several lines of memory: all are asked for
  // before the first is waited for.
  if (agency_case != nullptr) warm_object(*agency_case);

  FactRow row = start_row(context);
  row.kind = state.intern(name_of_stage(stage.stage));
  row.group = body.getCase();
  if (agency_case != nullptr) {
    row.attr = agency_case->certificate;
    row.subject = agency_case->person.value;
  }
  state.facts.add(row);
  if (context.provisional || agency_case == nullptr) return;
  insert_sorted(agency_case->stages, stage, by_day);
  keep_evidence(state, context);
}

void admit(const State& state, const EventContext& context, schema::CustodyMoneyMoved::Reader body,
           Reasons& reasons) {
  const PersonId client{body.getClient()};
  check_person(state, context, client, reasons);
  reasons.add_if(!client, Reason::wrong_reference);
  if (const AgencyCaseId id{body.getCase()}; id) {
    const AgencyCase* agency_case = state.services.find(id);
    if (agency_case == nullptr) {
      not_found(state, id.value, reasons);
    } else {
      reasons.add_if(agency_case->person != client, Reason::wrong_reference);
    }
  }
  if (!valid_amount(body.getAmountFen())) return reasons.add(Reason::amount_invalid);
  const Fen amount{body.getAmountFen()};
  const CustodyMove move = custody_move(client, body.getDirection());
  reasons.add_if(
      move.from.kind == AccountKind::custody_held && state.ledger.balance(move.from) < amount,
      Reason::custody_short);
  reasons.add_if(!state.ledger.can_post(move.from, move.to, amount), Reason::ledger_limit);
}

void apply(State& state, const EventContext& context, schema::CustodyMoneyMoved::Reader body) {
  FactRow row = start_row(context);
  row.kind = state.intern(name_of_direction(body.getDirection()));
  row.subject = body.getClient();
  row.group = body.getCase();
  row.amount_fen = valid_amount(body.getAmountFen()) ? body.getAmountFen() : 0;
  state.facts.add(row);
  if (context.provisional) return;
  const CustodyMove move = custody_move(PersonId{body.getClient()}, body.getDirection());
  state.ledger.post(context.id, move.kind, move.from, move.to, Fen{body.getAmountFen()});
}

void admit(const State& state, const EventContext& context, schema::OutcomeConfirmed::Reader body,
           Reasons& reasons) {
  const PersonId person{body.getPerson()};
  check_person(state, context, person, reasons);
  reasons.add_if(!person, Reason::nobody_served);
  reasons.add_if(body.getKind().size() == 0, Reason::text_missing);
  reasons.add_if(body.getAmountFen() != 0 && !valid_amount(body.getAmountFen()),
                 Reason::amount_invalid);
  if (body.getCounterparty() != 0) check_event(state, EventId{body.getCounterparty()}, reasons);
  bool confirmed = false;
  const Symbol kind = state.symbols().find(view(body.getKind()));
  if (auto at = state.services.outcomes.find({person, kind});
      kind != kUnknownSymbol && at != state.services.outcomes.end()) {
    for (const OutcomeEntry& entry : at->second) {
      if (entry.event == context.id) continue;
      confirmed = confirmed || entry.follow_up_days == 0;
      reasons.add_if(entry.follow_up_days == body.getFollowUpDays(), Reason::outcome_repeated);
    }
  }
  reasons.add_if(body.getFollowUpDays() != 0 && !confirmed, Reason::follow_up_without_outcome);
}

void apply(State& state, const EventContext& context, schema::OutcomeConfirmed::Reader body) {
  const std::string kind{view(body.getKind())};
  const std::uint16_t days = body.getFollowUpDays();
  FactRow row = start_row(context);
  row.kind = days == 0 ? state.intern(kind) : state.intern(kind + "_follow_up");
  if (days != 0) row.attr = state.intern(std::to_string(days));
  row.subject = body.getPerson();
  row.group = body.getCounterparty();
  row.amount_fen = valid_amount(body.getAmountFen()) ? body.getAmountFen() : 0;
  state.facts.add(row);
  if (context.provisional) return;
  const Day day = body.getDay() != 0 ? Day{body.getDay()} : context.occurred;
  insert_by_event(state.services.outcomes[{PersonId{body.getPerson()}, state.intern(kind)}],
                  OutcomeEntry{context.id, day, days, body.getCounterparty()});
}

void admit(const State& state, const EventContext& context, schema::EvidenceAttached::Reader body,
           Reasons& reasons) {
  const EventId target{body.getTarget()};
  check_event(state, target, reasons);
  const std::optional<Hash> hash = hash_from({body.getSha256().begin(), body.getSha256().size()});
  if (!hash) return reasons.add(Reason::hash_invalid);
  auto uses = state.services.evidence.find(*hash);
  if (uses == state.services.evidence.end()) return;
  for (const EvidenceUse& use : uses->second) {
    reasons.add_if(use.target != target && use.event != context.id, Reason::evidence_reused);
  }
}

void apply(State& state, const EventContext& context, schema::EvidenceAttached::Reader body) {
  FactRow row = start_row(context);
  row.kind = state.intern("evidence");
  row.attr = state.intern(view(body.getMime()));
  row.group = body.getTarget();
  state.facts.add(row);
  if (context.provisional) return;
  const std::optional<Hash> hash = hash_from({body.getSha256().begin(), body.getSha256().size()});
  if (!hash) return;
  insert_by_event(state.services.evidence[*hash],
                  EvidenceUse{context.id, EventId{body.getTarget()}});
}

void take_back_services(State& state, EventId event, EventType type) {
  ServicesState& services = state.services;
  forget_evidence(state, event);
  switch (type) {
    case schema::Event::Body::SERVICE_DELIVERED:
      state.contracts.shares.erase(event);
      return;
    case schema::Event::Body::AGENCY_CASE_OPENED:
      erase_if(services.by_certificate, [&](auto& entry) {
        return erase_value(entry.second, entity_cast<AgencyCaseId>(event)) && entry.second.empty();
      });
      return;
    case schema::Event::Body::AGENCY_CASE_PROGRESSED:
      for (auto& [id, agency_case] : services.cases) {
        if (erase_event(agency_case.stages, event)) return;
      }
      return;
    case schema::Event::Body::OUTCOME_CONFIRMED:
      boost::unordered::erase_if(services.outcomes, [&](auto& entry) {
        return erase_event(entry.second, event) && entry.second.empty();
      });
      return;
    default:
      return;
  }
}

}  // namespace houniao
